//! From XEP-XML to Markdown and back: every real XEP is the same as data.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use rayon::prelude::*;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use xep::document::{Block, Document, Section};
use xep::finding::Sink;
use xep::read::series::SharedEntities;
use xep::read::{markdown, xep_xml};
use xep::render;
use xep::source::Sources;

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
        return format!("header: {}", first_line_that_differs(&format!("{:#?}", before.header), &format!("{:#?}", after.header)));
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
        let place = |line: &&str| !["start:", "end:", "file:", "origin", "FileId", "Verbatim", "Stands", "Span"].iter().any(|word| line.contains(word));
        text.lines().filter(place).filter(|line| line.trim().parse::<u64>().is_err() && line.trim().trim_end_matches(',').parse::<u64>().is_err()).map(str::to_owned).collect()
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
        round.findings.iter().filter(|_| std::env::var_os("XEP_FINDINGS").is_some()).for_each(|finding| eprintln!("{finding}"));
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
