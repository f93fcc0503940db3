//! The findings over real XEPs are a committed report, reviewed as a diff when they change.
//!
//! The XEPs are not part of this project: without them the test says that it was skipped. `XEP_BLESS=1` writes the report
//! anew.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use xep::finding::{Finding, Severity};
use xep::report::{Judged, Report};
use xep::workspace::{Disk, Extent, Options, Silent, Snapshot, check};

/// The report, beside this file.
const REPORT: &str = "tests/corpus/findings.txt";

/// The folder with real XEPs, if this machine has it.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("XEP_SHARED").map_or(beside, PathBuf::from);
    let corpus = shared.join("corpus");
    corpus.is_dir().then_some(corpus)
}

/// The report: how often each rule spoke, then each finding as `file:line rule`, in order. What is left out by default, since
/// nobody works on the document, stands there as well.
fn report(corpus: &Path, checked: &Snapshot) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines: Vec<(String, usize, String)> = Vec::new();
    for judged in found(checked).findings {
        let (rule, span) = (judged.finding.rule, judged.finding.span);
        let file = checked.sources.get(span.file);
        let path = Path::new(file.path()).strip_prefix(corpus).unwrap_or(Path::new(file.path()));
        let left_out = if judged.severity == Severity::Info { ", a remark or left out" } else { "" };
        *counts.entry(rule).or_default() += 1;
        lines.push((path.to_string_lossy().into_owned(), file.position(span.start).line, format!("{rule}{left_out}")));
    }
    lines.sort();
    let mut text = String::from("# findings over the real XEPs of 2026-06-30: how many by rule, then each\n");
    for (rule, count) in &counts {
        writeln!(text, "# {count:5} {rule}").unwrap();
    }
    for (path, line, rule) in lines {
        writeln!(text, "{path}:{line} {rule}").unwrap();
    }
    text
}

/// What was found, told or not.
fn found(checked: &Snapshot) -> Report {
    let judged = checked.examined().flat_map(|(_, examined)| {
        let judged = |finding: &Finding| {
            let severity = examined.severity(finding).unwrap_or(Severity::Info);
            Judged { severity, finding: finding.clone() }
        };
        examined.findings.iter().map(judged)
    });
    Report::new(Vec::new(), judged.collect(), &checked.sources)
}

#[test]
fn findings_over_real_xeps_are_those_of_the_report() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: no real XEPs, neither in $XEP_SHARED nor in ../shared");
        return;
    };
    let checked = check(&Disk, std::slice::from_ref(&corpus), Options::fresh(Extent::Full), &Silent).unwrap();
    let actual = report(&corpus, &checked);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(REPORT);
    if std::env::var_os("XEP_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let news: Vec<&str> = actual.lines().filter(|line| !expected.lines().any(|other| other == *line)).collect();
    let gone: Vec<&str> = expected.lines().filter(|line| !actual.lines().any(|other| other == *line)).collect();
    assert!(
        expected == actual,
        "the findings over real XEPs changed\nnew:\n  {}\ngone:\n  {}\nread them; if they are right, run the test with XEP_BLESS=1",
        news.join("\n  "),
        gone.join("\n  ")
    );
}

/// What a receiver makes of the envelopes that the series prints is a committed table.
#[test]
fn envelopes_of_the_series_are_judged_as_the_table_says() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: envelopes of the series: neither XEP_SHARED nor ../shared is there");
        return;
    };
    let program =
        Command::new(env!("CARGO_BIN_EXE_xep")).args(["envelopes", "--quiet", "."]).current_dir(&corpus).output();
    let table = String::from_utf8(program.unwrap().stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/envelopes.txt");
    if std::env::var_os("XEP_BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(path).unwrap(), "XEP_BLESS=1 writes the table anew");
}
