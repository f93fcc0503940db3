//! The one line that counts everything.

use super::{Counts, Report};

/// One line without a line end: `31 examples in 1 document: 58 round trips, 1 error, 2 warnings`.
pub fn summary(report: &Report) -> String {
    let counts = report.counts();
    format!(
        "{} in {}: {}, {}{}{}",
        count(counts.examples, "example"),
        count(counts.documents, "document"),
        count(counts.round_trips, "round trip"),
        findings(counts),
        left_out(report.left_out),
        built_in(&report.built_in)
    )
}

/// Which schemas are not those of documents.
fn built_in(titles: &[String]) -> String {
    const MOST: usize = 4;
    match titles.len() {
        0 => String::new(),
        1..=MOST => format!("; built-in schemas: {}", titles.join(", ")),
        number => format!("; built-in schemas of {number} XEPs, which JSON lists"),
    }
}

/// What is not told of documents that nobody works on, and how to see it.
fn left_out(number: usize) -> String {
    match number {
        0 => String::new(),
        _ => format!("; {number} more that are not errors, in inactive documents, with --pedantic"),
    }
}

/// `1 error, 2 warnings`; `no findings` without any.
fn findings(counts: Counts) -> String {
    let kinds = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.infos, "remark")];
    let told: Vec<String> = kinds.iter().filter(|(number, _)| *number > 0).map(|(n, word)| count(*n, word)).collect();
    if told.is_empty() { "no findings".to_owned() } else { told.join(", ") }
}

/// `no examples`, `1 example`, `2 examples`.
pub(super) fn count(number: usize, word: &str) -> String {
    match number {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}
