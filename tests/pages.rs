//! Pages of real XEPs: they are made without a fault, and hold the words and link targets of the XSF's own pages where those
//! are at hand (`XEP_SHARED`, or `../shared` beside the project).
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use xep::document::number::Numbers;
use xep::finding::Sink;
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::render::{PageInput, page};
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

fn render(path: &Path, entities: &str) -> String {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let shared_file = sources.add("xep.ent", entities);
    let shared = SharedEntities::read(&sources, shared_file, &mut sink);
    let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(path).unwrap());
    let document = xep_xml::read(&sources, file, Some(&shared), &mut sink);
    let numbers = Numbers::of(&document);
    let facts = BTreeMap::new();
    let input = PageInput {
        document: &document,
        numbers: &numbers,
        facts: &facts,
        findings: &[],
        links: &[],
        assets: "assets",
        home: "",
        generator: "test",
    };
    page(&input).unwrap()
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
        std::fs::write(page, render(file, &entities)).unwrap();
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
