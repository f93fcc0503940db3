//! What the grammar of XEPs allows, held against `xmllint`: the same verdict on every real XEP and on mutants of them.
//!
//! The XEPs and `xmllint` are not part of this project: without them the tests say that they were skipped.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use xep::finding::Sink;
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::source::Sources;
use xep::xml::content_model::{self, ContentModel};

/// The rules that make a document invalid.
const INVALID: [&str; 9] = [
    "entity-bound",
    "malformed-xml",
    "misplaced-element",
    "misplaced-text",
    "missing-element",
    "not-a-xep",
    "undeclared-entity",
    "unknown-element",
    "wrong-attribute",
];

/// How many mutants are tried.
const MUTANTS: usize = 400;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let corpus = std::env::var_os("XEP_SHARED").map_or(beside, PathBuf::from).join("corpus");
    let is_there = corpus.join("xep.dtd").is_file();
    if !is_there {
        eprintln!("skipped: no real XEPs with their `xep.dtd`, neither in $XEP_SHARED nor in ../shared");
    }
    is_there.then_some(corpus)
}

fn has_xmllint() -> bool {
    let is_there = Command::new("xmllint").arg("--version").output().is_ok();
    if !is_there {
        eprintln!("skipped: there is no `xmllint` on this machine");
    }
    is_there
}

fn files(corpus: &Path) -> Vec<PathBuf> {
    let below = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = below(corpus.into()).chain(below(corpus.join("inbox"))).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    files
}

/// The files that `xmllint` calls invalid or not well-formed, of those given.
fn invalid_by_xmllint(corpus: &Path, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut invalid = BTreeSet::new();
    for files in files.chunks(64) {
        let mut command = Command::new("xmllint");
        command.args(["--nonet", "--noout", "--valid", "--path"]).arg(corpus).args(files);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let is_told = |file: &&PathBuf| {
            let path = file.to_string_lossy();
            told.lines().any(|line| {
                line.starts_with(&*path) && !line.contains(" : warning") && !line.contains("namespace error")
            }) || told.contains(&format!("Document {path} does not validate"))
        };
        invalid.extend(files.iter().filter(is_told).cloned());
    }
    invalid
}

struct Judge {
    sources: Sources,
    shared: SharedEntities,
    model: ContentModel,
}

impl Judge {
    fn new(corpus: &Path) -> Judge {
        let mut sources = Sources::default();
        let text = std::fs::read_to_string(corpus.join("xep.ent")).unwrap();
        let file = sources.add("xep.ent", text);
        let shared = SharedEntities::read(&sources, file, &mut Sink::default());
        let model = ContentModel::parse(&std::fs::read_to_string(corpus.join("xep.dtd")).unwrap());
        Judge { sources, shared, model }
    }

    /// What makes a text invalid.
    fn complaints(&mut self, text: &str) -> Vec<String> {
        let file = self.sources.add("x.xml", text);
        let mut sink = Sink::default();
        xep_xml::read_by(&self.sources, file, Some(&self.shared), &self.model, &mut sink);
        let findings = sink.into_findings().into_iter().filter(|finding| INVALID.contains(&finding.rule));
        findings.map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
    }
}

/// The table of verdicts; whether they are all equal.
fn compare(corpus: &Path, files: &[PathBuf]) -> Vec<String> {
    let theirs = invalid_by_xmllint(corpus, files);
    let mut judge = Judge::new(corpus);
    let (mut counts, mut differing) = ([[0; 2]; 2], Vec::new());
    for file in files {
        let complaints = judge.complaints(&std::fs::read_to_string(file).unwrap());
        let (own, their) = (!complaints.is_empty(), theirs.contains(file));
        counts[usize::from(own)][usize::from(their)] += 1;
        if own != their {
            differing.push(format!(
                "{}: xmllint says {}, we {complaints:?}",
                file.display(),
                if their { "invalid" } else { "valid" }
            ));
        }
    }
    eprintln!("{:>20} {:>14} {:>14}", "", "xmllint valid", "invalid");
    eprintln!("{:>20} {:>14} {:>14}", "valid here", counts[0][0], counts[0][1]);
    eprintln!("{:>20} {:>14} {:>14}", "invalid here", counts[1][0], counts[1][1]);
    differing
}

#[test]
fn the_built_in_grammar_is_that_of_the_series() {
    let Some(corpus) = corpus() else { return };
    let theirs = ContentModel::parse(&std::fs::read_to_string(corpus.join("xep.dtd")).unwrap());
    let names: BTreeSet<&str> = theirs.names().chain(content_model::xep().names()).collect();
    for name in names {
        assert_eq!(content_model::xep().element(name), theirs.element(name), "{name}");
    }
}

#[test]
fn verdicts_on_real_xeps_are_those_of_xmllint() {
    let Some(corpus) = corpus().filter(|_| has_xmllint()) else { return };
    let differing = compare(&corpus, &files(&corpus));
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// A stream of numbers that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The start tags of a text outside of CDATA, comments and the document type, as ranges.
fn tags(text: &str) -> Vec<(usize, usize)> {
    let (mut tags, mut at) = (Vec::new(), text.find("<xep").unwrap_or(0));
    while let Some(start) = text[at..].find('<').map(|start| at + start) {
        let rest = &text[start..];
        let skip = |mark: &str| rest.find(mark).map_or(text.len(), |end| start + end + mark.len());
        at = match rest {
            _ if rest.starts_with("<![CDATA[") => skip("]]>"),
            _ if rest.starts_with("<!--") => skip("-->"),
            _ => skip(">"),
        };
        if rest[1..].starts_with(|c: char| c.is_ascii_lowercase()) {
            tags.push((start, at));
        }
    }
    tags
}

/// One slip more in a XEP.
fn mutant(text: &str, model: &ContentModel, dice: &mut Dice) -> Option<String> {
    let tags = tags(text);
    let (start, end) = *tags.get(dice.below(tags.len()))?;
    let tag = &text[start..end];
    let name: &str = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let names: Vec<&str> = model.names().collect();
    let other = names[dice.below(names.len())];
    let whole_end = match tag.ends_with("/>") {
        true => end,
        false => end + text[end..].find(&format!("</{name}>"))? + name.len() + 3,
    };
    let with =
        |range: std::ops::Range<usize>, new: &str| format!("{}{new}{}", &text[..range.start], &text[range.end..]);
    Some(match dice.below(7) {
        0 => with(start..whole_end, ""),
        1 => with(whole_end..whole_end, &text[start..whole_end]),
        2 => with(start..start, &format!("<{other}/>")),
        3 => with(end..end, &format!("<{other}></{other}>")),
        4 => with(
            start + 1 + name.len()..start + 1 + name.len(),
            [" topic='x'", " class='x'", " bogus='x'"][dice.below(3)],
        ),
        5 => with(end..end, "text"),
        _ => {
            let inner = &text[start + 1 + name.len()..whole_end];
            let renamed = match inner.strip_suffix(&format!("</{name}>")) {
                Some(inner) => format!("<{other}{inner}</{other}>"),
                None => format!("<{other}{inner}"),
            };
            with(start..whole_end, &renamed)
        }
    })
}

#[test]
fn verdicts_on_mutants_are_those_of_xmllint() {
    let Some(corpus) = corpus().filter(|_| has_xmllint()) else { return };
    let folder = std::env::temp_dir().join(format!("xep-mutants-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["xep.dtd", "xep.ent"] {
        std::fs::copy(corpus.join(name), folder.join(name)).unwrap();
    }
    let model = content_model::xep();
    let originals: Vec<PathBuf> = files(&corpus)
        .into_iter()
        .filter(|file| std::fs::metadata(file).is_ok_and(|data| data.len() < 40_000))
        .collect();
    let mut dice = Dice(2026);
    let mut written = Vec::new();
    while written.len() < MUTANTS {
        let original = &originals[dice.below(originals.len())];
        let text = std::fs::read_to_string(original).unwrap();
        if let Some(mutant) = mutant(&text, model, &mut dice) {
            let path = folder.join(format!("{:04}-{}", written.len(), original.file_name().unwrap().to_string_lossy()));
            std::fs::write(&path, mutant).unwrap();
            written.push(path);
        }
    }
    let differing = compare(&folder, &written);
    assert!(
        differing.is_empty(),
        "{} differ, kept in {}:\n{}",
        differing.len(),
        folder.display(),
        differing.join("\n")
    );
    std::fs::remove_dir_all(&folder).unwrap();
}
