//! Real XEPs, where they are at hand: `XEP_SHARED`, or `../shared` beside the project.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use crate::document::{Block, Document, Inline, Listing};
use crate::finding::Sink;
use crate::read::series::SharedEntities;
use crate::source::{FileId, MappedText, Sources};
use crate::xml::entities::{Surroundings, expand};
use std::path::{Path, PathBuf};

/// The corpus, or nothing where it is missing.
fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("XEP_SHARED").map_or_else(beside, PathBuf::from).join("corpus");
    let found = folder.is_dir();
    if !found {
        eprintln!("skipped: no XEPs in {}", folder.display());
    }
    found.then_some(folder)
}

/// All XEPs and ProtoXEPs, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let list = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = list(folder.to_owned()).chain(list(folder.join("inbox"))).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    files
}

struct Read {
    name: String,
    sources: Sources,
    file: FileId,
    shared: Option<SharedEntities>,
    document: Document,
    findings: Vec<String>,
}

fn read(path: &Path, ents: Option<&str>) -> Read {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let shared = ents.map(|text| {
        let file = sources.add("xep.ent", text);
        SharedEntities::read(&sources, file, &mut sink)
    });
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let file = sources.add(name.as_str(), std::fs::read_to_string(path).unwrap());
    let document = super::read(&sources, file, shared.as_ref(), &mut sink);
    let findings = sink.findings().iter().map(|finding| {
        let at = sources.get(finding.span.file).position(finding.span.start);
        format!("{name}:{}:{} {} {}", at.line, at.column, finding.rule, finding.message)
    });
    let findings = findings.collect();
    Read { name, sources, file, shared, document, findings }
}

#[test]
fn every_xep_is_read_with_and_without_the_shared_entities() {
    let Some(folder) = corpus() else { return };
    let ents = std::fs::read_to_string(folder.join("xep.ent")).unwrap();
    let mut findings = Vec::new();
    for path in files(&folder) {
        let beside = read(&path, Some(&ents));
        let alone = read(&path, None);
        check_map(&beside);
        check_map(&alone);
        let texts = |read: &Read| listings(&read.document).iter().map(|l| l.text.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(&beside), texts(&alone), "{}", beside.name);
        assert_eq!(unresolved(&alone), [""; 0], "{}", alone.name);
        findings.extend(beside.findings);
        findings.extend(alone.findings.into_iter().map(|finding| format!("alone {finding}")));
    }
    assert_eq!(findings, [""; 0]);
}

/// Every verbatim piece equals the author's bytes.
fn check_map(read: &Read) {
    let around = Surroundings {
        shared: read.shared.as_ref().map(SharedEntities::declarations),
        fallback: &crate::read::series::replacement,
    };
    let expansion = expand(&read.sources, read.file, around, &mut Sink::default());
    check_text(read, &expansion.text);
    for listing in listings(&read.document) {
        check_text(read, &listing.text);
    }
}

fn check_text(read: &Read, text: &MappedText) {
    for (range, span, verbatim) in text.pieces() {
        assert_eq!(span.file, read.file);
        assert!(!verbatim || text.as_str().get(range) == Some(read.sources.slice(span)), "{}", read.name);
    }
}

/// References in text that stand for nothing.
fn unresolved(read: &Read) -> Vec<String> {
    let mut names = Vec::new();
    each_inline(&read.document.body, &mut |inline| {
        if let Inline::Reference { name, expansion, .. } = inline
            && matches!(expansion.as_slice(), [Inline::Text(text)] if text.as_str() == format!("&{name};"))
        {
            names.push(name.clone());
        }
    });
    names
}

fn each_inline(blocks: &[Block], found: &mut dyn FnMut(&Inline)) {
    for block in blocks {
        match block {
            Block::Section(section) => each_inline(&section.blocks, found),
            Block::Paragraph(paragraph) => paragraph.text.iter().for_each(&mut *found),
            Block::Plain(text) => text.iter().for_each(&mut *found),
            Block::List(list) => list.items.iter().for_each(|item| each_inline(&item.blocks, found)),
            Block::Definitions(list) => list.items.iter().for_each(|item| each_inline(&item.meaning, found)),
            Block::Table(table) => {
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| each_inline(&cell.blocks, found));
            }
            Block::Quote(inner) | Block::Division(inner) => each_inline(&inner.blocks, found),
            Block::Unknown { blocks, .. } => each_inline(blocks, found),
            Block::Listing(_) | Block::Vulnerability { .. } | Block::Comment(_) | Block::Instruction(..) => {}
        }
    }
}

fn listings(document: &Document) -> Vec<&Listing> {
    let mut all = Vec::new();
    collect(&document.body, &mut all);
    all
}

fn collect<'d>(blocks: &'d [Block], all: &mut Vec<&'d Listing>) {
    for block in blocks {
        match block {
            Block::Listing(listing) => all.push(listing),
            Block::Section(section) => collect(&section.blocks, all),
            Block::List(list) => list.items.iter().for_each(|item| collect(&item.blocks, all)),
            Block::Definitions(list) => list.items.iter().for_each(|item| collect(&item.meaning, all)),
            Block::Table(table) => {
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| collect(&cell.blocks, all));
            }
            Block::Quote(inner) | Block::Division(inner) => collect(&inner.blocks, all),
            Block::Unknown { blocks, .. } => collect(blocks, all),
            _ => {}
        }
    }
}

#[test]
fn dump_temporary() {
    let Some(folder) = corpus() else { return };
    let ents = std::fs::read_to_string(folder.join("xep.ent")).unwrap();
    let mut out = String::new();
    let start = std::time::Instant::now();
    for path in files(&folder) {
        let read = read(&path, Some(&ents));
        let texts: Vec<_> = listings(&read.document)
            .iter()
            .map(|l| (format!("{:?}", l.kind), l.caption.as_ref().map(|c| c.to_string()), l.text.to_string()))
            .collect();
        out += &serde_json::to_string(&(path.to_string_lossy(), texts)).unwrap();
        out.push('\n');
        let dump = format!("{:#?}", read.document);
        if read.name == "xep-0420.xml" {
            std::fs::write("/tmp/reader-0420.txt", &dump).unwrap();
        }
        for found in ["Unknown {", "Instruction(", "Plain("] {
            if found != "Plain(" && dump.contains(found) {
                eprintln!("{} {found} {}", read.name, dump.matches(found).count());
            }
        }
        let mut names = std::collections::BTreeSet::new();
        each_inline(&read.document.body, &mut |i| {
            if let Inline::Element { name, .. } = i {
                names.insert(name.clone());
            }
        });
        names.retain(|n| !["cite", "span", "dfn", "acronym"].contains(&n.as_str()));
        if !names.is_empty() {
            eprintln!("{} {names:?}", read.name);
        }
    }
    eprintln!("{:?}", start.elapsed());
    std::fs::write("/tmp/reader-dump.jsonl", out).unwrap();
}
