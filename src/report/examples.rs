//! The examples of documents: what each is taken for, and why.

use super::summary::count;
use super::{ExampleReport, Report, one_line};

/// `path:line: id kind, syntax (reason), from a client, answers example-1: caption`, one line an example, and how many there are of each kind.
pub fn examples(report: &Report) -> String {
    let mut out = String::new();
    for document in &report.documents {
        for example in &document.examples {
            out.push_str(&one_line(&format!("{}:{}: {}", document.path, example.line, described(example))));
            out.push('\n');
        }
    }
    out.push_str(&totals(report));
    out
}

fn described(example: &ExampleReport) -> String {
    let kind = example.kind.as_deref().unwrap_or("not judged");
    let reason = if example.kind_reason.is_empty() { String::new() } else { format!(" ({})", example.kind_reason) };
    // The kind of what is no XML is `text`; the syntax says more.
    let syntax = if example.syntax == kind { String::new() } else { format!(", {}", example.syntax) };
    let caption = example.caption.as_ref().map(|caption| format!(": {caption}")).unwrap_or_default();
    let sender = example.sender.as_ref().map(|sender| format!(", from a {sender}")).unwrap_or_default();
    let answers = example.answers.as_ref().map(|id| format!(", answers {id}")).unwrap_or_default();
    format!("{} {kind}{syntax}{reason}{sender}{answers}{caption}", example.id)
}

fn totals(report: &Report) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let all = || report.documents.iter().flat_map(|document| &document.examples);
    for kind in all().map(|example| example.kind.as_deref().unwrap_or("not judged")) {
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, number)) => *number += 1,
            None => counts.push((kind, 1)),
        }
    }
    counts.sort_by_key(|(kind, number)| (std::cmp::Reverse(*number), *kind));
    let listed: Vec<String> = counts.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    match listed.is_empty() {
        true => "no examples\n".to_owned(),
        false => format!("{}: {}\n", count(all().count(), "example"), listed.join(", ")),
    }
}
