//! Pages of real XEPs: they are made without a fault, and hold the words and link targets of the XSF's own pages where those
//! are at hand (`XEP_SHARED`, or `../shared` beside the project).
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use xep::document::Document;
use xep::document::number::Numbers;
use xep::finding::{Severity, Sink};
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::render::rules::{RulesPage, rules_page};
use xep::render::{
    IndexEntry, IndexInput, Layer, ListingFacts, PageFinding, PageInput, PageLink, ReportFinding, ReportGap,
    ReportGroup, ReportInput, ReportLine, RoundTripFact, Templates, index, page, report_page,
};
use xep::series::{DocumentFacts, SeriesFacts, SeriesPlace, Statement};
use xep::source::Sources;

/// The folder with real XEPs, or nothing where it is missing.
fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("XEP_SHARED").map_or_else(beside, PathBuf::from);
    let found = folder.join("corpus").is_dir();
    if !found {
        eprintln!("skipped: no XEPs in {}", folder.display());
    }
    found.then_some(folder)
}

/// A document from XEP-XML alone.
fn read(text: &str) -> Document {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let file = sources.add("test.xml", text);
    xep_xml::read(&sources, file, None, &mut sink)
}

/// The page of a document about which nothing is known.
fn plain_page(document: &Document) -> String {
    let facts = BTreeMap::new();
    page(&input(document, &Numbers::of(document), &facts)).unwrap()
}

fn input<'a>(document: &'a Document, numbers: &'a Numbers, facts: &'a BTreeMap<String, ListingFacts>) -> PageInput<'a> {
    PageInput {
        document,
        numbers,
        facts,
        findings: &[],
        links: &[],
        report: None,
        series: None,
        assets: "assets",
        home: "",
        generator: "test",
    }
}

fn render(path: &Path, entities: &str) -> String {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let shared_file = sources.add("xep.ent", entities);
    let shared = SharedEntities::read(&sources, shared_file, &mut sink);
    let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(path).unwrap());
    let document = xep_xml::read(&sources, file, Some(&shared), &mut sink);
    plain_page(&document)
}

/// Renders every XEP of the corpus into a folder; gives how many there are.
fn render_all(shared: &Path, out: &Path) -> usize {
    let corpus = shared.join("corpus");
    let entities = std::fs::read_to_string(corpus.join("xep.ent")).unwrap();
    std::fs::create_dir_all(out).unwrap();
    let files = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|kind| kind == "xml")).collect();
    for file in &files {
        let page = out.join(file.with_extension("html").file_name().unwrap());
        let html = render(file, &entities);
        assert_eq!(repeated_ids(&html), [""; 0], "{}", file.display());
        std::fs::write(page, html).unwrap();
    }
    files.len()
}

#[test]
fn pages_hold_the_words_and_targets_of_the_published_ones() {
    let Some(shared) = shared() else { return };
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/parity");
    assert!(render_all(&shared, &out) > 0);
    let held = Command::new("python3").arg(shared.join("tools/page_parity.py")).arg(&out).output();
    let Ok(held) = held else {
        eprintln!("skipped: python3 is not installed");
        return;
    };
    assert!(held.status.success(), "{}", String::from_utf8_lossy(&held.stdout));
}

/// The ids that stand on a page more than once.
fn repeated_ids(html: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    let ids = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    ids.filter(|id| !seen.insert(*id)).collect()
}

/// A document that has one of almost everything.
const SMALL: &str = r##"<xep>
<header>
  <title>Small &amp; whole</title><abstract>One of everything.</abstract>
  <number>XXXX</number><status>ProtoXEP</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
  <dependencies><spec>XMPP Core</spec><spec>XEP-0082</spec><spec>RFC 7622</spec></dependencies>
  <supersedes/><supersededby/><shortname>small</shortname><tags><tag>one</tag></tags>
  <author><firstname>Ann</firstname><surname>Author</surname><email>ann@example.org</email><jid>ann@example.org</jid><uri>javascript:alert(1)</uri></author>
  <revision><version>0.2</version><date>2026-02-01</date><initials>aa</initials><remark><p>More<note>Of the header.</note>.</p></remark></revision>
  <revision><version>0.1</version><date>2026-01-01</date><initials>aa</initials><remark>First.</remark></revision>
</header>
<section1 topic='Texts' anchor='texts'>
  <p><?requirement id='req-a'?>A client MUST <em>do</em> <strong>it</strong><note>See <link url='#req-a'>there</link><note>Nested.</note>.</note> with <tt>code</tt><note>Of the header.</note>.</p>
  <p class='box' style='color: green'>A <link url='https://example.org/?a=1&amp;b=2'>link</link>, a <link url='javascript:alert(1)'>trap</link>.<br/><cite>Cited</cite> <img src='http://example.org/x.png' alt='far away'/></p>
  <section2 topic='No anchor'>
    <ul><li>one</li><li><p>two</p><ol start='3'><li>three</li></ol></li></ul>
    <dl><di><dt>Term</dt><dd>Meaning</dd></di></dl>
    <blockquote>Quoted</blockquote>
  </section2>
</section1>
<section1 topic='Data'>
  <table caption='Places'><tr><th>Element</th><th>Place</th></tr><tr><td colspan='2'><p>any</p></td></tr></table>
  <example caption='A picture'><![CDATA[
<message to='a@example.org'>
  <!-- <x/> --><body>a &amp; b</body>
</message>
]]></example>
  <?example id='ex-sealed'?>
  <example><![CDATA[<message/>]]></example>
  <example caption='Wrong'><![CDATA[<iq <]]></example>
  <code caption='Code'>if a &lt; b { <em>c</em> }</code>
  <code>plain</code>
</section1>
</xep>"##;

/// Facts of all kinds about the listings of [`SMALL`].
fn small_facts() -> BTreeMap<String, ListingFacts> {
    let trip = |profile: &str, encrypted, ok| RoundTripFact {
        profile: profile.to_owned(),
        title: profile.to_uppercase(),
        encrypted,
        sealed_bytes: 1126,
        ok,
    };
    let facts = |id: &str, kind: &str, round_trips| ListingFacts {
        id: id.to_owned(),
        kind: kind.to_owned(),
        kind_reason: "because".to_owned(),
        syntax: "xml".to_owned(),
        checks: vec!["well-formed".to_owned(), "policy".to_owned()],
        round_trips,
        file: Some(format!("{id}.xml")),
        ..ListingFacts::default()
    };
    let trips = vec![trip("openpgp", true, true), trip("stub", false, true), trip("omemo", true, false)];
    let layers = vec![Layer { title: "Envelope".to_owned(), xml: "<envelope/>".to_owned() }];
    let sealed = ListingFacts {
        layers,
        text: "<message>generated</message>".to_owned(),
        ..facts("example-2", "complete", Vec::new())
    };
    let all = [facts("example-1", "complete", trips), sealed, facts("example-3", "counter-example", Vec::new())];
    all.into_iter().map(|facts| (facts.id.clone(), facts)).collect()
}

fn small_page(templates: &Templates) -> String {
    let document = read(SMALL);
    let (numbers, facts) = (Numbers::of(&document), small_facts());
    let findings = [PageFinding {
        severity: Severity::Error,
        rule: "malformed-xml".to_owned(),
        message: "`<iq <` is no <tag>".to_owned(),
        line: 32,
        example: Some("example-3".to_owned()),
    }];
    let links = [PageLink { title: "XEP-XML".to_owned(), href: "small.xml".to_owned() }];
    let input =
        PageInput { findings: &findings, links: &links, home: "index.html", ..input(&document, &numbers, &facts) };
    templates.page(&input).unwrap()
}

#[test]
fn a_small_page_is_whole() {
    let html = small_page(Templates::embedded());
    assert_eq!(repeated_ids(&html), [""; 0]);
    assert_eq!(html, small_page(&Templates::with(&[]).unwrap()), "the same input gives the same bytes");
    insta::assert_snapshot!(html);
}

#[test]
fn a_page_tells_who_refers_to_it_and_leads_to_what_it_uses() {
    let document = |number: &str, on: &[u16]| DocumentFacts {
        number: number.to_owned(),
        name: format!("xep-{number}"),
        title: "A <title>".to_owned(),
        related: on.iter().map(|number| (Statement::DependsOn, *number)).collect(),
        described: format!("urn:x:{number}"),
        ..DocumentFacts::default()
    };
    let series = SeriesFacts::of(vec![document("0001", &[]).into(), document("0002", &[1]).into()]);
    let document = read(&SMALL.replace("<message/>", "<message><x xmlns='urn:x:0002'/></message>"));
    let (numbers, facts) = (Numbers::of(&document), BTreeMap::new());
    let place = SeriesPlace { series: &series, at: 0 };
    let html = page(&PageInput { series: Some(place), ..input(&document, &numbers, &facts) }).unwrap();
    assert!(html.contains("Referred to by 1 document of this series"));
    assert!(html.contains("<a href=\"xep-0002.html\" title=\"XEP-0002: A &lt;title&gt;\">urn:x:0002</a>"));
    assert!(!plain_page(&document).contains("Referred to by"), "alone there is nobody to refer to it");
}

#[test]
fn only_a_profile_that_encrypts_is_said_to_encrypt() {
    let html = small_page(Templates::embedded());
    let claim = |claim: &str| {
        let at = html.find(&format!("<span class=\"claim\">{claim}</span>")).unwrap();
        html.get(at..).and_then(|rest| rest.split("</li>").next()).unwrap().to_owned()
    };
    assert!(claim("encrypted and decrypted").contains("OPENPGP"));
    assert!(!claim("encrypted and decrypted").contains("STUB") && !claim("encrypted and decrypted").contains("OMEMO"));
    assert!(claim("encoded and decoded").contains("STUB"));
    assert!(claim("round trip failed").contains("OMEMO"));
    assert!(!plain_page(&read(SMALL)).contains("class=\"badges\""), "nothing ran, so nothing is claimed");
}

#[test]
fn nothing_of_a_document_runs_on_its_page() {
    let trap = "\"'><script>alert(1)</script>";
    let escaped = trap.replace('<', "&lt;").replace('\'', "&apos;");
    let everywhere = SMALL
        .replace("One of everything.", &escaped)
        .replace("topic='Data'", &format!("topic='{escaped}'"))
        .replace("caption='A picture'", &format!("caption='{escaped}'"))
        .replace("anchor='texts'", &format!("anchor='{escaped}'"))
        .replace("color: green", "background: url(https://example.org/x)")
        .replace("<iq <", trap);
    let html = plain_page(&read(&everywhere));
    for harmful in ["<script>", "href=\"javascript:", "src=\"http", "url(https"] {
        assert!(!html.contains(harmful), "{harmful}");
    }
}

/// The policy that a page states.
fn policy_of(html: &str) -> &str {
    let after = html.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"").map(|(_, after)| after);
    after.and_then(|after| after.split('"').next()).unwrap_or_else(|| panic!("no policy on {html}"))
}

/// The hash of a text as a policy states it, computed without the program's own code.
fn hash(text: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text)))
}

/// Holds a page against its own policy: scripts and style sheets come from beside it, all other style by its hash, and there is
/// nothing that a policy would have to refuse.
fn hold_policy(name: &str, html: &str) {
    let policy = policy_of(html);
    for part in
        ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'", "object-src 'none'"]
    {
        assert!(policy.split("; ").any(|directive| directive == part), "{name}: no {part} in {policy}");
    }
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval") && !policy.contains('*'),
        "{name}: {policy}"
    );
    let before = html.split_once("http-equiv").unwrap().0;
    assert!(
        !before.contains("<script") && !before.contains("<link") && !before.contains("<title"),
        "{name}: the policy is late"
    );
    // With the markup alone, a browser's reader of HTML would see the same tags: all text is escaped.
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    let mut hashes = 0;
    for tag in tags {
        let kind = tag.split([' ', '\n']).next().unwrap();
        assert!(!["iframe", "object", "embed", "base", "frame", "applet"].contains(&kind), "{name}: <{tag}>");
        assert!(kind != "script" || tag == "script src=\"assets/xep.js\" defer", "{name}: <{tag}>");
        assert!(kind != "meta" || !tag.contains("refresh"), "{name}: <{tag}>");
        assert!(kind != "form" || !tag.contains("action"), "{name}: <{tag}>");
        // What stands in quotes is a value; what is left are names.
        let names: String = tag.split('"').step_by(2).collect();
        let handler = names.split_whitespace().skip(1).find(|name| name.starts_with("on"));
        assert!(handler.is_none(), "{name}: <{tag}>");
        for target in ["href", "src", "action", "formaction", "xlink:href"] {
            let Some((_, value)) = tag.split_once(&format!(" {target}=\"")) else { continue };
            let value = value.trim_start().to_ascii_lowercase();
            let harmless = !value.starts_with("javascript:") && !value.starts_with("vbscript:");
            assert!(harmless && (!value.starts_with("data:text/html")), "{name}: <{tag}>");
        }
        if let Some((_, value)) = tag.split_once(" style=\"") {
            let value = value.split('"').next().unwrap().replace("&#39;", "'").replace("&quot;", "\"");
            assert!(
                policy.split("style-src-attr").nth(1).is_some_and(|part| part.contains(&hash(&value))),
                "{name}: {value}"
            );
            hashes += 1;
        }
    }
    for sheet in html.split("<style>").skip(1) {
        let sheet = sheet.split("</style>").next().unwrap();
        assert!(policy.contains(&hash(sheet)), "{name}: a style sheet without its hash");
        hashes += 1;
    }
    assert!(hashes > 0 || !policy.contains("sha256"), "{name}: a hash for nothing");
}

/// Builds a site with the program itself; gives the folder.
fn built(name: &str, documents: &Path) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&out);
    let arguments = ["build", "--no-cache", "--quiet", "--out"];
    let run = Command::new(env!("CARGO_BIN_EXE_xep")).args(arguments).arg(&out).arg(documents).output().unwrap();
    assert!(run.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&run.stderr));
    out
}

fn files(folder: &Path, kind: &str) -> Vec<(String, String)> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = all.filter(|file| file.extension().is_some_and(|extension| extension == kind));
    all.map(|file| (file.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(file).unwrap()))
        .collect()
}

#[test]
fn every_page_of_a_site_has_a_policy_that_it_keeps() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut kinds = HashSet::new();
    for (name, documents) in
        [("fixtures", "tests/fixtures"), ("hostile", "tests/hostile"), ("draft", "spec/xep-sce/draft.md")]
    {
        for (page, html) in files(&built(&format!("policy-{name}"), &project.join(documents)), "html") {
            hold_policy(&page, &html);
            kinds.insert(page.split_once('.').map_or(page.clone(), |(_, kind)| kind.to_owned()));
            kinds.extend(
                ["index.html", "graph.html", "rules.html"]
                    .iter()
                    .find(|own| **own == page)
                    .map(|own| (*own).to_owned()),
            );
        }
    }
    for kind in ["html", "report.html", "vectors.html", "index.html", "graph.html", "rules.html"] {
        assert!(kinds.contains(kind), "no page of the kind {kind}");
    }
}

#[test]
fn nothing_that_an_author_writes_is_taken_for_what_a_build_says() {
    let out = built("hostile-badges", &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/hostile.xml"));
    let html = std::fs::read_to_string(out.join("hostile.html")).unwrap();
    let body = html.split_once("encrypted and decrypted").unwrap().0;
    assert!(!body.contains("class=\"badges\"") && !body.contains("class=\"claim\""), "{body}");
    for kept in ["style=\"color: green\"", "Over everything.", "Over the margin."] {
        assert!(html.contains(kept), "{kept}");
    }
    for dropped in ["position: fixed", "-100px"] {
        assert!(!html.contains(dropped), "{dropped}");
    }
}

#[test]
fn published_xep_xml_carries_no_foreign_style_sheet_and_no_script() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, text) in files(&built("hostile-sources", &project.join("tests/hostile")), "xml") {
        if name == "xeplist.xml" {
            continue;
        }
        assert!(xep::render::xep_xml::is_inert(&text), "{name}: {text}");
        // An independent reader: no element has a namespace, and the one style sheet is the series' own.
        let whole =
            text.split_once("<xep>").map(|(_, rest)| format!("<xep>{rest}")).unwrap_or_else(|| panic!("{name}"));
        let tree = roxmltree::Document::parse(&whole).unwrap_or_else(|error| panic!("{name}: {error}: {whole}"));
        assert!(tree.descendants().all(|node| node.tag_name().namespace().is_none()), "{name}");
        assert_eq!(text.matches("<?xml-stylesheet").count(), 1, "{name}");
        assert!(text.contains("<?xml-stylesheet type='text/xsl' href='xep.xsl'?>"), "{name}");
        assert!(!text.contains("ATTLIST") && text.contains("Hostile"), "{name}");
    }
    let plain = std::fs::read_to_string(project.join("tests/fixtures/grammar.xml")).unwrap();
    let out = built("plain-source", &project.join("tests/fixtures/grammar.xml"));
    assert_eq!(std::fs::read_to_string(out.join("grammar.xml")).unwrap(), plain, "what is inert is published as it is");
}

#[test]
fn real_xeps_are_published_as_they_are() {
    let Some(shared) = shared() else { return };
    let texts = files(&shared.join("corpus"), "xml");
    let changed: Vec<&str> =
        texts.iter().filter(|(_, text)| !xep::render::xep_xml::is_inert(text)).map(|(name, _)| name.as_str()).collect();
    eprintln!("{} of {} XEPs are written again: {changed:?}", changed.len(), texts.len());
    assert!(changed.len() * 50 < texts.len(), "{changed:?}");
}

#[test]
fn a_template_can_be_replaced_and_a_wrong_one_is_an_error() {
    let templates = Templates::with(&[("page.html", "{{ heading }}")]).unwrap();
    assert_eq!(small_page(&templates), "XEP-XXXX: Small &amp; whole");
    assert!(Templates::with(&[("page.html", "{% if %}")]).is_err());
}

#[test]
fn a_report_shows_findings_behind_the_lines_that_they_are_about() {
    let line = |number: usize, text: &str, mark: Option<std::ops::Range<usize>>| ReportLine {
        number,
        text: text.to_owned(),
        marks: mark.into_iter().collect(),
    };
    let finding = ReportFinding {
        severity: Severity::Error,
        rule: "malformed-xml".to_owned(),
        message: "`<iq>` is <never> closed".to_owned(),
        label: String::new(),
        place: (12, 1),
        related: vec![("line 2, column 1".to_owned(), "the first".to_owned())],
        notes: vec!["a reason".to_owned()],
        help: Some("add `</iq>`".to_owned()),
    };
    let group = ReportGroup {
        title: "Example 1".to_owned(),
        example: Some("example-1".to_owned()),
        lines: vec![line(4, "a & b", None), line(12, "<iq <", Some(0..3)), line(13, "after", None)],
        findings: vec![finding],
    };
    let gap = ReportGap { what: "No XML".to_owned(), why: "text".to_owned(), examples: vec!["code-1".to_owned()] };
    let input = ReportInput {
        heading: "XEP-0001: A <title>".to_owned(),
        page: "xep-0001.html".to_owned(),
        groups: vec![group],
        gaps: vec![gap],
        rules: "rules.html".to_owned(),
        ..ReportInput::default()
    };
    let html = report_page(&input).unwrap();
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("`{text}` is not in {html}"));
    let order = [
        "<a href=\"xep-0001.html#example-1\">Example 1</a>",
        "a &amp; b",
        "⋯",
        "<mark>&lt;iq</mark> &lt;",
        "<code>&lt;iq&gt;</code> is &lt;never&gt; closed",
        "rules.html#malformed-xml",
        "the first",
        "a reason",
        "after",
        "xep-0001.html#code-1",
    ];
    let places: Vec<usize> = order.map(place).into();
    assert!(places.is_sorted(), "{places:?}");
    assert!(html.contains("<b>1</b> error<"));
}

#[test]
fn the_page_of_the_rules_has_a_place_for_each() {
    let html = rules_page(RulesPage { assets: "assets", generator: "test" }).unwrap();
    for rule in xep::rule::RULES {
        assert!(html.contains(&format!("<section id=\"{}\">\n<h2>{}</h2>", rule.name, rule.name)), "{}", rule.name);
    }
}

#[test]
fn the_index_lists_documents_with_their_results() {
    let entry = |number: &str, failed| IndexEntry {
        number: number.to_owned(),
        proposal: number == "XXXX",
        title: "A <title>".to_owned(),
        summary: "What it is.".to_owned(),
        status: if number == "XXXX" { "ProtoXEP" } else { "Stable" }.to_owned(),
        type_: "Standards Track".to_owned(),
        shortname: "short".to_owned(),
        tags: vec!["a tag".to_owned()],
        version: "0.1".to_owned(),
        date: "2026-01-01".to_owned(),
        examples: 31,
        round_trips: 58,
        failed,
        errors: failed,
        warnings: 0,
        href: "xep-sce.html".to_owned(),
        report: (failed > 0).then(|| "xep-sce.report.html".to_owned()),
    };
    let input = IndexInput {
        title: "Drafts".to_owned(),
        introduction: String::new(),
        documents: vec![entry("XXXX", 0), entry("0420", 2)],
        checked: true,
        links: vec![PageLink { title: "xeplist.xml".to_owned(), href: "xeplist.xml".to_owned() }],
        assets: "assets".to_owned(),
        generator: "test".to_owned(),
    };
    insta::assert_snapshot!(index(&input).unwrap());
}
