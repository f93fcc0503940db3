#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::document::Block;
use crate::finding::{Finding, Sink};
use crate::read::series::{self, SharedEntities};
use crate::read::{markdown, xep_xml};
use crate::source::{MappedText, Sources, Span};
use std::path::{Path, PathBuf};
use std::process::Command;

const EVERYTHING: &str = include_str!("../../../tests/markdown/everything.md");

fn from_markdown(text: &str) -> (Document, Vec<Finding>) {
    let mut sources = Sources::default();
    let file = sources.add("draft.md", text);
    let mut sink = Sink::default();
    let no_xml = |text: MappedText, _: &[crate::document::Entity], _: &mut Sink| vec![Block::Comment(text)];
    let references = |name: &str, span: Span| match name {
        "romeo" => Some(Vec::new()),
        name => series::reference(name, span),
    };
    let document = markdown::read(&sources, file, &references, &no_xml, &mut sink);
    (document, sink.into_findings())
}

fn from_xml(text: &str, shared: Option<&str>) -> (Document, Vec<Finding>) {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let shared = shared.map(|text| {
        let file = sources.add("xep.ent", text);
        SharedEntities::read(&sources, file, &mut sink)
    });
    let file = sources.add("xep.xml", text);
    let document = xep_xml::read(&sources, file, shared.as_ref(), &mut sink);
    (document, sink.into_findings())
}

/// The first parts of two documents that differ.
fn difference(a: &Document, b: &Document) -> String {
    if a.header != b.header {
        return format!("{:#?}\n---- other\n{:#?}", a.header, b.header);
    }
    if a.entities != b.entities {
        return format!("{:#?}\n---- other\n{:#?}", a.entities, b.entities);
    }
    difference_of_blocks(&a.body, &b.body)
}

fn difference_of_blocks(a: &[Block], b: &[Block]) -> String {
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((Block::Section(a), Block::Section(b))) if a.topic == b.topic => {
            difference_of_blocks(&a.blocks, &b.blocks)
        }
        Some((a, b)) => format!("{a:#?}\n---- other\n{b:#?}"),
        None => format!("{} blocks and {}: {a:#?}\n---- other\n{b:#?}", a.len(), b.len()),
    }
}

/// What is written is read again as the same data.
fn check_round_trip(document: &Document, shared: Option<&str>) -> String {
    let written = write(document);
    let (again, _) = from_xml(&written, shared);
    assert!(again == *document, "{}", difference(document, &again));
    assert_eq!(write(&again), written, "the second writing differs");
    written
}

#[test]
fn a_document_from_markdown_is_the_same_data_in_xep_xml() {
    let (document, findings) = from_markdown(EVERYTHING);
    assert_eq!(findings, []);
    let written = check_round_trip(&document, None);
    assert!(written.contains("<?requirement id='req-this'?>"));
}

#[test]
fn the_snapshot_is_what_is_written() {
    let (document, _) = from_markdown(EVERYTHING);
    insta::assert_snapshot!("everything", write(&document));
}

/// The folder with the real `xep.dtd`, where a checkout of the XEPs lies at hand.
fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("XEP_SHARED").map(PathBuf::from);
    let beside = || Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    shared.or_else(beside).map(|shared| shared.join("corpus")).filter(|corpus| corpus.join("xep.dtd").is_file())
}

/// Whether `xmllint` finds a document valid under the real DTD; `None` where it or the DTD is missing.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn validity(name: &str, xml: &str, more_entities: &str) -> Option<String> {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: no xep.dtd (set XEP_SHARED)");
        return None;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/xmllint").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(corpus.join("xep.dtd"), folder.join("xep.dtd")).unwrap();
    let entities = std::fs::read_to_string(corpus.join("xep.ent")).unwrap() + more_entities;
    std::fs::write(folder.join("xep.ent"), entities).unwrap();
    std::fs::write(folder.join("xep.xml"), xml).unwrap();
    let run = Command::new("xmllint")
        .args(["--noout", "--noent", "--valid", "--nonet", "xep.xml"])
        .current_dir(&folder)
        .output();
    match run {
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => {
            eprintln!("skipped: xmllint does not run: {error}");
            None
        }
    }
}

const ROMEO: &str = "<!ENTITY romeo '<author><firstname>R</firstname><surname>M</surname></author>'>";

#[test]
fn xmllint_finds_it_valid() {
    let (document, _) = from_markdown(EVERYTHING);
    if let Some(complaints) = validity("everything", &write(&document), ROMEO) {
        assert_eq!(complaints, "");
    }
}

#[test]
fn with_the_entities_of_the_series_it_is_the_same_data() {
    let Some(corpus) = corpus() else { return };
    let shared = std::fs::read_to_string(corpus.join("xep.ent")).unwrap() + ROMEO;
    check_round_trip(&from_markdown(EVERYTHING).0, Some(&shared));
}

/// What the DTD has no place for keeps its words.
#[test]
fn what_the_dtd_cannot_say_keeps_its_words() {
    const HEADER: &str = "---\ntitle: T\nabstract: A\nlegal: xsf\nnumber: 0001\nstatus: S\ntype: T\nsig: S\nshortname: s\n\
        author: {firstname: R, surname: M}\n\
        revision: {version: 0.1.0, date: 2026-11-23, initials: r, remark: \"1. one\\n2. two\\n\\n```\\ncode\\n```\"}\n---\n";
    for (number, (markdown, words)) in [
        ("- a\n\n  | b | c |\n  |---|---|\n  | d | e |\n", "d | e"),
        ("- a\n\n  T\n  : meaning\n", "meaning"),
        ("- a  \n  b ![alt](x.png)\n", "alt"),
        ("- > quoted\n", "quoted"),
        ("loose\n\n# S", "loose"),
        ("T[^n] &xep0384; [l](u) `c`\n: m\n\n[^n]: note", "OMEMO"),
        ("*a *b* ![i](i)*", "i"),
        ("> 1. a\n> 2. b\n>\n> ```\n> code\n> ```\n> > c\n", "code"),
        ("a[^n]\n\n[^n]: b  \n    c ![d](e)\n\n    | x | y |\n    |---|---|\n    | z | w |\n", "z"),
        ("\u{1}\u{b} control", "control"),
    ]
    .into_iter()
    .enumerate()
    {
        let (document, _) = from_markdown(&format!("{HEADER}{markdown}"));
        let written = write(&document);
        assert!(written.contains(words), "{markdown}\n{written}");
        if let Some(complaints) = validity(&format!("words-{number}"), &written, "") {
            assert_eq!(complaints, "", "{markdown}\n{written}");
        }
    }
}

#[test]
fn the_draft_of_this_project_survives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce/draft.md");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let (document, findings) = from_markdown(&text);
    assert_eq!(findings, []);
    let written = check_round_trip(&document, None);
    if let Some(complaints) = validity("draft", &written, "") {
        assert_eq!(complaints, "");
    }
}

/// Documents of the series that are written as something else than they were, and why.
const KNOWN: &[(&str, &str)] = &[(
    "xep-0081.xml",
    "a comment behind the last item of a list is read as part of the item, whose text it would go on",
)];

/// Every XEP of the series is the same data when it is written and read again.
#[test]
fn the_series_survives() {
    let Some(corpus) = corpus() else { return };
    let shared = std::fs::read_to_string(corpus.join("xep.ent")).unwrap();
    let mut paths: Vec<PathBuf> = [corpus.clone(), corpus.join("inbox")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    paths.sort();
    let mut different = Vec::new();
    for path in paths {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let (document, _) = from_xml(&text, Some(&shared));
        let (again, _) = from_xml(&write(&document), Some(&shared));
        if again != document {
            different.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert_eq!(different, KNOWN.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}
