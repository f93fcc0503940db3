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
    read_text(path, std::fs::read_to_string(path).unwrap(), ents)
}

fn read_text(path: &Path, text: String, ents: Option<&str>) -> Read {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let shared = ents.map(|text| {
        let file = sources.add("xep.ent", text);
        SharedEntities::read(&sources, file, &mut sink)
    });
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let file = sources.add(name.as_str(), text);
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
        shared: read.shared.as_ref().map(SharedEntities::catalogue),
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

/// Every tenth XEP with one to four pieces cut out and others put in.
#[test]
fn damaged_xeps_are_read() {
    let Some(folder) = corpus() else { return };
    let ents = std::fs::read_to_string(folder.join("xep.ent")).unwrap();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % limit.max(1) as u64).unwrap()
    };
    let put_in = ["", "<", ">", "&", "'", "\"", "]]>", "</p>", "<p>", "<!--", "&ns;", "<![CDATA[", "<?", "</section1>"];
    for path in files(&folder).into_iter().step_by(10) {
        let mut text = std::fs::read_to_string(&path).unwrap();
        for _ in 0..=below(4) {
            let start = text.floor_char_boundary(below(text.len()));
            let end = text.floor_char_boundary((start + below(30)).min(text.len()));
            text.replace_range(start..end, put_in[below(put_in.len())]);
        }
        check_map(&read_text(&path, text, Some(&ents)));
    }
}

/// Faults put into the examples of XEP-0420, which are spliced from CDATA and entities, come out at their own places.
#[test]
fn planted_faults_are_found_where_they_stand() {
    let Some(folder) = corpus() else { return };
    let ents = std::fs::read_to_string(folder.join("xep.ent")).unwrap();
    let path = folder.join("xep-0420.xml");
    let mut lines: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    for (line, from, to) in
        [(299, "<from jid=", "<from jid"), (300, "/>", ""), (322, "&ns;", "&nss;"), (334, "</content>", "</contents>")]
    {
        let at = lines.get_mut(line - 1).unwrap();
        assert!(at.contains(from), "{line}: {at}");
        *at = at.replace(from, to);
    }
    let read = read_text(&path, lines.join("\n"), Some(&ents));
    let places: Vec<&str> = read.findings.iter().map(|finding| finding.split(' ').next().unwrap()).collect();
    assert_eq!(places, ["xep-0420.xml:322:21"], "{:?}", read.findings);
    let problems = listings(&read.document)
        .into_iter()
        .flat_map(|listing| super::problems::causes(crate::xml::parse(&listing.text, "").problems));
    let place = |problem: crate::xml::Problem| read.sources.get(problem.span.file).position(problem.span.start);
    let mut places: Vec<_> = problems.map(place).map(|at| (at.line, at.column)).collect();
    places.retain(|(line, _)| (290..=337).contains(line));
    places.dedup_by_key(|(line, _)| *line);
    assert_eq!(places, [(299, 9), (300, 3), (322, 21), (334, 3)]);
}
