//! The cache: what it saves, and that nobody can tell its findings and pages from fresh ones.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{root, shared};

/// A folder with a series of two XEPs, a site and a cache.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let folder = root().join("target/tests/cache").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("s")).unwrap();
        std::fs::write(folder.join("s/xep.toml"), "").unwrap();
        Place(folder)
    }

    fn with_two(name: &str) -> Place {
        let place = Place::new(name);
        place.write(
            "xep-0001.xml",
            &xep("0001", "First", "See <link url='https://xmpp.org/extensions/xep-0002.html#case'>it</link>."),
        );
        place.write("xep-0002.xml", &xep("0002", "Second", "Nothing is shown &nowhere; here."));
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join("s").join(name), text).unwrap();
    }

    fn page(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join("site").join(name)).unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xep")).args(words).current_dir(&self.0).output().unwrap()
    }

    /// Builds the series; answers what was said on standard error.
    fn build(&self, path: &str, more: &[&str]) -> String {
        let words = [&["build", path, "--out", "site", "--cache-dir", "cache"], more].concat();
        String::from_utf8(self.run(&words).stderr).unwrap()
    }
}

fn xep(number: &str, title: &str, text: &str) -> String {
    format!(
        "<xep><header><title>{title}</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number}</number><status>Experimental</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies/><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header><section1 topic='Case' anchor='case'><p>{text}</p></section1></xep>"
    )
}

#[test]
fn a_second_build_writes_nothing_and_an_edit_writes_what_depends_on_it() {
    let place = Place::with_two("edit");
    assert!(place.build("s", &[]).contains(", 0 unchanged"));
    assert!(place.build("s", &[]).starts_with("0 files written"));
    let second = xep("0002", "Second", "Something &nowhere; else.");
    place.write("xep-0002.xml", &second);
    assert!(place.build("s", &[]).starts_with("3 files written"), "the page, the XEP-XML and the report");
    // The title stands on the page of the document that is referred to, and in the lists.
    place.write(
        "xep-0001.xml",
        &xep("0001", "Other", "See <link url='https://xmpp.org/extensions/xep-0002.html#case'>it</link>."),
    );
    place.build("s", &[]);
    assert!(place.page("xep-0002.html").contains("Other"));
    // What a site has lost is written again.
    std::fs::remove_file(place.0.join("site/xep-0002.html")).unwrap();
    assert!(place.build("s", &[]).starts_with("1 files written"));
}

#[test]
fn a_report_is_written_again_when_a_finding_is_gone() {
    let place = Place::with_two("report");
    place.build("s", &[]);
    assert!(place.page("xep-0002.report.html").contains("undeclared-entity"));
    assert!(place.page("xep-0002.html").contains("xep-0002.report.html"));
    assert!(place.page("index.html").contains("xep-0002.report.html"));
    place.write("xep-0002.xml", &xep("0002", "Second", "Nothing is shown here."));
    place.build("s", &[]);
    let report = std::fs::read_to_string(place.0.join("site/xep-0002.report.html")).unwrap_or_default();
    assert!(!report.contains("undeclared-entity"));
    place.run(&["build", "s", "--out", "pages", "--no-check"]);
    assert!(!place.0.join("pages/xep-0002.report.html").exists(), "nothing was checked");
}

#[test]
fn findings_come_out_of_the_cache_as_they_went_in() {
    let place = Place::with_two("findings");
    let words = ["check", "s", "--format", "json", "--cache-dir", "cache"];
    let (first, second) = (place.run(&words), place.run(&words));
    let fresh = place.run(&["check", "s", "--format", "json", "--no-cache"]);
    assert!(String::from_utf8_lossy(&fresh.stdout).contains("undeclared-entity"));
    assert_eq!(first.stdout, fresh.stdout);
    assert_eq!(second.stdout, fresh.stdout);
    assert_eq!((first.status.code(), second.status.code()), (Some(1), Some(1)));
}

#[test]
fn a_link_that_dies_by_an_edit_of_another_document_is_told() {
    let place = Place::with_two("dies");
    let words = ["check", "s", "--format", "concise", "--cache-dir", "cache"];
    assert!(!String::from_utf8_lossy(&place.run(&words).stdout).contains("dead-link"));
    place.write("xep-0002.xml", &xep("0002", "Second", "").replace("anchor='case'", "anchor='cases'"));
    assert!(String::from_utf8_lossy(&place.run(&words).stdout).contains("dead-link"));
    let alone = ["check", "s/xep-0001.xml", "--format", "concise", "--cache-dir", "cache"];
    assert!(String::from_utf8_lossy(&place.run(&alone).stdout).contains("dead-link"), "also where one file is named");
}

#[test]
fn a_broken_cache_is_none_and_without_one_nothing_is_kept() {
    let place = Place::with_two("broken");
    place.build("s", &[]);
    let files: Vec<PathBuf> =
        std::fs::read_dir(place.0.join("cache")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 2);
    for file in files {
        std::fs::write(file, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
    }
    assert!(place.build("s", &[]).starts_with("0 files written"), "the pages are as they were");
    let other = Place::with_two("none");
    other.run(&["build", "s", "--out", "site", "--no-cache"]);
    assert!(!other.0.join("cache").exists());
    assert!(std::fs::read_dir(other.0.join("s")).unwrap().count() == 3, "nothing is written beside the documents");
}

#[test]
fn one_file_links_to_its_series_where_that_is_published() {
    let place = Place::with_two("single");
    place.write(
        "xep-0002.xml",
        &xep("0002", "Second", "").replace("<dependencies/>", "<dependencies><spec>XEP-0001</spec></dependencies>"),
    );
    place.build("s/xep-0001.xml", &[]);
    let page = place.page("xep-0001.html");
    assert!(page.contains("href=\"https://xmpp.org/extensions/xep-0002.html\""), "who refers to it");
    assert!(!place.0.join("site/xep-0002.html").exists());
    assert!(!page.contains("graph.html"));
}

/// The pages and findings of the whole series are the same with a warm cache, with a cold one, and without one.
#[test]
fn real_xeps_come_out_of_the_cache_as_they_went_in() {
    let Some(folder) = shared("the cache over real XEPs") else { return };
    let place = Place::new("corpus");
    let corpus = folder.join("corpus");
    let check = |more: &[&str]| {
        let corpus = corpus.to_string_lossy();
        let words = [&["check", &corpus, "--format", "json"], more].concat();
        place.run(&words).stdout
    };
    let fresh = check(&["--no-cache"]);
    let cold = check(&["--cache-dir", "cache"]);
    let warm = check(&["--cache-dir", "cache"]);
    assert!(fresh == cold, "a cold cache changes what is found");
    assert!(fresh == warm, "a warm cache changes what is found");
    assert_eq!(files_in(&place.0.join("cache")), 3, "an index, what is newer, and the results of one kind of run");
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
