//! From XEP-XML to Markdown and back: every real XEP is the same as data.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use proptest::prelude::*;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use xep::document::number::Numbers;
use xep::document::{Block, Document, Section};
use xep::finding::Sink;
use xep::read::series::SharedEntities;
use xep::read::{markdown, xep_xml};
use xep::render;
use xep::source::Sources;
use xep::workspace::{Disk, ForInbox, Memory, Silent, for_inbox};

/// The files that are not the same, each with the reason.
const EXCEPTIONS: &str = include_str!("convert/exceptions.txt");

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let corpus = std::env::var_os("XEP_SHARED").map_or(beside, PathBuf::from).join("corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: no real XEPs, neither in $XEP_SHARED nor in ../shared");
        return None;
    }
    Some(corpus)
}

fn files(corpus: &Path) -> Vec<PathBuf> {
    let list = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = list(corpus.to_owned()).chain(list(corpus.join("inbox"))).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    files
}

/// A document, and how it reads after it was written as Markdown.
struct Round {
    name: String,
    before: Document,
    markdown: String,
    after: Document,
    /// Findings of the Markdown.
    findings: Vec<String>,
}

fn round(path: &Path, corpus: &Path) -> Round {
    let mut sources = Sources::default();
    let ents = sources.add("xep.ent", std::fs::read_to_string(corpus.join("xep.ent")).unwrap());
    let shared = SharedEntities::read(&sources, ents, &mut Sink::default());
    let name = path.strip_prefix(corpus).unwrap().to_string_lossy().into_owned();
    let file = sources.add(name.as_str(), std::fs::read_to_string(path).unwrap());
    let before = xep_xml::read(&sources, file, Some(&shared), &mut Sink::default());
    let markdown = render::markdown::write(&before, Some(&shared));
    let file = sources.add("again.md", markdown.as_str());
    let mut sink = Sink::default();
    let after = markdown::read_in_series(&sources, file, Some(&shared), &mut sink);
    let findings = sink.findings().iter().map(|finding| {
        let at = sources.get(finding.span.file).position(finding.span.start);
        format!("{name}: {}:{} {} {}", at.line, at.column, finding.rule, finding.message)
    });
    let findings = findings.collect();
    Round { name, before, markdown, after, findings }
}

/// The first place at which two documents differ.
fn difference(before: &Document, after: &Document) -> String {
    if before.header != after.header {
        return format!(
            "header: {}",
            first_line_that_differs(&format!("{:#?}", before.header), &format!("{:#?}", after.header))
        );
    }
    if before.entities != after.entities {
        return format!("entities: {:?}", before.entities.iter().zip(&after.entities).find(|(a, b)| a != b));
    }
    blocks_differ(&before.body, &after.body).unwrap_or_default()
}

fn blocks_differ(before: &[Block], after: &[Block]) -> Option<String> {
    for (a, b) in before.iter().zip(after) {
        if a != b {
            return match (a, b) {
                (Block::Section(a), Block::Section(b)) if titles(a) == titles(b) => {
                    blocks_differ(&a.blocks, &b.blocks).map(|rest| format!("{} > {rest}", a.topic))
                }
                _ => Some(short(&format!("{a:?}\n   NOT {b:?}"))),
            };
        }
    }
    let (a, b) = (before.len(), after.len());
    (a != b).then(|| format!("{a} blocks, then {b}: {}", short(&format!("{:?} {:?}", before.get(b), after.get(a)))))
}

fn titles(section: &Section) -> (u8, String, Option<String>) {
    (section.level, section.topic.to_string(), section.anchor.as_ref().map(ToString::to_string))
}

fn first_line_that_differs(before: &str, after: &str) -> String {
    let without_places = |text: &str| -> Vec<String> {
        let place = |line: &&str| {
            !["start:", "end:", "file:", "origin", "FileId", "Verbatim", "Stands", "Span"]
                .iter()
                .any(|word| line.contains(word))
        };
        text.lines()
            .filter(place)
            .filter(|line| {
                line.trim().parse::<u64>().is_err() && line.trim().trim_end_matches(',').parse::<u64>().is_err()
            })
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (without_places(before), without_places(after));
    let pair = before.iter().zip(&after).find(|(a, b)| a != b);
    pair.map_or_else(|| "length".to_owned(), |(a, b)| format!("{}  NOT  {}", short(a), short(b)))
}

fn short(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    // Places are of no interest here.
    while let Some(at) = rest.find("segments: [") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = rest.find(']').map_or("", |end| &rest[end + 1..]);
    }
    out.push_str(rest);
    out.chars().take(700).collect()
}

#[test]
fn our_draft_is_the_same_after_any_way() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce/draft.md")).unwrap();
    let draft = read_markdown(&text);
    let again = read_markdown(&render::markdown::write(&draft, None));
    assert!(again == draft, "{}", difference(&draft, &again));
    let xml = read_xml(&render::xep_xml::write(&draft));
    assert!(xml == draft, "{}", difference(&draft, &xml));
    let markdown = render::markdown::write(&xml, None);
    assert_eq!(render::markdown::count_fences(&markdown), 0);
    let again = read_markdown(&markdown);
    assert!(again == draft, "{}", difference(&draft, &again));
}

fn read_markdown(text: &str) -> Document {
    let mut sources = Sources::default();
    let file = sources.add("draft.md", text);
    markdown::read_in_series(&sources, file, None, &mut Sink::default())
}

fn read_xml(text: &str) -> Document {
    let mut sources = Sources::default();
    let file = sources.add("draft.xml", text);
    xep_xml::read(&sources, file, None, &mut Sink::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_is_read_as_markup(texts in prop::collection::vec(text(), 6)) {
        let [topic, first, second, item, cell, code] = texts.as_slice() else { unreachable!("six texts") };
        let xml = format!(
            "<xep><header/><section1 topic='{topic}'><p>{first}</p><p>{second}<em>{item}</em>{first}</p><ul><li>{item}</li>\
             <li><p>{first}</p></li></ul><table caption='{topic}'><tr><th>a</th></tr><tr><td>{cell}</td></tr></table>\
             <p>{second}</p><example caption='{topic}'>{code}</example><p><link url='{cell}'>{second}</link> \
             <tt>{code}</tt><note>{first}</note></p></section1></xep>"
        );
        let before = read_xml(&xml);
        let markdown = render::markdown::write(&before, None);
        let after = read_markdown(&markdown);
        prop_assert!(before == after, "{}\n{xml}\n{markdown}", difference(&before, &after));
    }

    #[test]
    fn no_markdown_is_too_strange(pieces in prop::collection::vec(prop::sample::select(vec![
        "\n", "\n\n", "# a\n", "### b {#b}\n", "- x", "  - y", "1. z", "> q", "```\n", "| a | b |\n|---|---|\n",
        "Table: c {#t}\n", "[^1]", "\n[^1]: note\n", "<!-- c -->", "<!-- xep:end-section -->\n", "<!-- xep:allow rule='r' -->\n",
        "&xep0001;", "&amp;", "*e*", "**s**", "`c`", "[l](u)", "![i](s)", "term\n: meaning\n", "\\\n", "text", " {#req-x}",
        "\n```{.xep-xml}\n<p class='x'>&xep0001;</p><ul><li>a<p/></li></ul>\n```\n", "<b>", "\t", "    ", "\u{a0}",
    ]), 0..24)) {
        let document = read_markdown(&pieces.concat());
        read_markdown(&render::markdown::write(&document, None));
    }
}

/// Text of an element or attribute, full of what Markdown takes for marks.
fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a",
        "b1",
        " ",
        "  ",
        "\n",
        "*",
        "**",
        "_",
        "`",
        "``",
        "[",
        "]",
        "(",
        ")",
        "&lt;",
        "&lt;b>",
        "&lt;!--",
        "--&gt;",
        "#",
        "# ",
        "- ",
        "+ ",
        "1. ",
        "2) ",
        "> ",
        ": ",
        "|",
        "\\",
        "~",
        "~~~",
        "---",
        "===",
        "&amp;",
        "&amp;amp;",
        "&amp;xep0001;",
        "{#x}",
        "{",
        "}",
        "!",
        "^1",
        "[^1]",
        "]:",
        "](",
        "http://x.y/",
        "Table: ",
        ".",
        "\u{a0}",
        "é",
        "&quot;",
        "&#39;",
        "$",
        "%",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..9).prop_map(|pieces| pieces.concat())
}

/// Of every twelfth XEP that is valid, the XEP-XML that is made from its Markdown is valid too.
#[test]
fn xep_xml_from_markdown_is_valid() {
    let Some(corpus) = corpus() else { return };
    if !has_xmllint() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("convert");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["xep.dtd", "xep.ent"] {
        std::fs::write(folder.join(name), std::fs::read(corpus.join(name)).unwrap()).unwrap();
    }
    let (mut valid, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for path in files(&corpus).iter().filter(|path| !path.parent().unwrap().ends_with("inbox")).step_by(12) {
        if !lint(path).is_empty() {
            continue;
        }
        let round = round(path, &corpus);
        let written = folder.join(&round.name);
        std::fs::write(&written, render::xep_xml::write(&round.after)).unwrap();
        let said = lint(&written);
        all += 1;
        valid += usize::from(said.is_empty());
        wrong.extend((!said.is_empty()).then(|| format!("{}: {}", round.name, short(&said))));
    }
    eprintln!("{valid} of {all} valid");
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn links_to_requirements_of_other_drafts_lead_to_their_sections() {
    let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce/xep-sce-notes.md");
    let text = for_inbox(&Disk, &notes, &Silent).unwrap().text;
    assert!(
        text.contains("xep-sce.html#") && !text.contains(".html#req-"),
        "a link leads to what the inbox does not have"
    );
}

/// What is for this program alone does not reach the inbox, and links lead to what the XSF's pages have.
#[test]
fn our_draft_for_the_inbox_is_a_proto_xep() {
    let draft = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce/draft.md");
    let first = for_inbox(&Disk, &draft, &Silent).unwrap();
    let text = &first.text;
    for wanted in [
        "<number>XXXX</number>",
        "<status>ProtoXEP</status>",
        "<shortname>NOT_YET_ASSIGNED</shortname>",
        "&LEGALNOTICE;",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    for name in [
        "<?allow",
        "<?example",
        "<?generated",
        "<?profiles",
        "<?requirement",
        "<?table",
        "url='#ex-",
        "url='#req-",
        "'></example>",
    ] {
        assert!(!text.contains(name), "{name}");
    }
    let told: BTreeSet<&str> = first.report.findings.iter().map(|judged| judged.finding.rule).collect();
    assert!(told.iter().all(|rule| xep::rule::find(rule).unwrap().is_for_inbox()), "{told:?}");
    assert!(told.contains("example-address"), "{told:?}");
    let again = in_memory("xep-sce.xml", text);
    assert!(again.text == *text, "{}", first_line_that_differs(text, &again.text));
    let dead: Vec<_> = again.report.findings.iter().filter(|judged| judged.finding.rule == "dead-link").collect();
    assert!(dead.is_empty(), "{dead:?}");
    if let (Some(corpus), true) = (corpus(), has_xmllint()) {
        assert_eq!(lint_text(&corpus, "xep-sce.xml", text), "");
    }
}

fn in_memory(name: &str, text: &str) -> ForInbox {
    for_inbox(&Memory::default().with(name, text), Path::new(name), &Silent).unwrap()
}

/// Of every twentieth XEP, what is written for the inbox is that XEP without what is for this program. Written again it is the
/// same, and it is valid if the XEP was.
#[test]
fn published_xeps_for_the_inbox_are_the_same() {
    let Some(corpus) = corpus() else { return };
    let has_xmllint = has_xmllint();
    for path in files(&corpus).iter().step_by(20) {
        let read = |name: &str, text: &str| {
            let mut sources = Sources::default();
            let ents = sources.add("xep.ent", std::fs::read_to_string(corpus.join("xep.ent")).unwrap());
            let shared = SharedEntities::read(&sources, ents, &mut Sink::default());
            let file = sources.add(name, text);
            xep_xml::read(&sources, file, Some(&shared), &mut Sink::default())
        };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let before = read(&name, &std::fs::read_to_string(path).unwrap());
        let written = render::xep_xml::as_proto_xep(&before, &Numbers::of(&before), &[]);
        let text = render::xep_xml::for_inbox(&before, &Numbers::of(&before), &[]);
        let after = read(&name, &text);
        assert!(after == written, "{name}: {}", difference(&written, &after));
        let again = render::xep_xml::for_inbox(&after, &Numbers::of(&after), &[]);
        assert!(again == text, "{name}: {}", first_line_that_differs(&text, &again));
        if has_xmllint && lint(path).is_empty() {
            assert_eq!(lint_text(&corpus, &name, &text), "", "{name}");
        }
    }
}

/// The text is written, what the editor would refuse is told with what to do, and the exit code says so.
#[test]
fn what_the_editor_would_refuse_is_told() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inbox/draft.md");
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_xep")).arg("convert").args(arguments).arg(&fixture).output().unwrap()
    };
    let outcome = run(&["--for-inbox"]);
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(1), "{told}");
    assert!(String::from_utf8_lossy(&outcome.stdout).contains("<number>0042</number>"));
    assert!(told.contains("draft.md:23:12: error[example-address]: `moonlight@montague.example`"), "{told}");
    assert!(told.contains("\n  help: write an address at which the author can be reached\n"), "{told}");
    let outcome = run(&["--for-inbox", "--to", "markdown"]);
    assert_eq!(outcome.status.code(), Some(2));
}

fn has_xmllint() -> bool {
    let is_there = Command::new("xmllint").arg("--version").output().is_ok();
    if !is_there {
        eprintln!("skipped: there is no xmllint");
    }
    is_there
}

/// What xmllint says against a text beside the DTD of the series.
fn lint_text(corpus: &Path, name: &str, text: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inbox").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for shared in ["xep.dtd", "xep.ent"] {
        std::fs::write(folder.join(shared), std::fs::read(corpus.join(shared)).unwrap()).unwrap();
    }
    std::fs::write(folder.join(name), text).unwrap();
    lint(&folder.join(name))
}

/// What xmllint says against a file.
fn lint(path: &Path) -> String {
    let outcome = Command::new("xmllint").args(["--nonet", "--noout", "--valid"]).arg(path).output().unwrap();
    String::from_utf8_lossy(&outcome.stderr).into_owned()
}

#[test]
fn every_xep_is_the_same_after_a_way_through_markdown() {
    let Some(corpus) = corpus() else { return };
    let mut rounds: Vec<Round> = files(&corpus).par_iter().map(|path| round(path, &corpus)).collect();
    rounds.sort_by(|a, b| a.name.cmp(&b.name));
    let mut report = String::new();
    let mut different = Vec::new();
    for round in &rounds {
        if round.before != round.after {
            writeln!(report, "{}: {}", round.name, difference(&round.before, &round.after)).unwrap();
            different.push(round.name.as_str());
        }
        round
            .findings
            .iter()
            .filter(|_| std::env::var_os("XEP_FINDINGS").is_some())
            .for_each(|finding| eprintln!("{finding}"));
    }
    let equal = rounds.len() - different.len();
    let fences: usize = rounds.iter().map(|round| render::markdown::count_fences(&round.markdown)).sum();
    eprintln!("{equal} of {} equal; {fences} blocks stand as XEP-XML\n{report}", rounds.len());
    if let Some(folder) = std::env::var_os("XEP_CONVERT_OUT").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).unwrap();
        for round in &rounds {
            std::fs::write(folder.join(round.name.replace('/', "-")).with_extension("md"), &round.markdown).unwrap();
        }
    }
    let expected: Vec<&str> =
        EXCEPTIONS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(different, expected, "the exceptions are not those of tests/convert/exceptions.txt");
    assert!(equal * 100 >= rounds.len() * 99);
}
