//! # repeated-requirement
//!
//! Two requirements say the same.
//!
//! ## What it does
//!
//! Compares all sentences with key words of RFC 2119 in a document. Reports one that has the same words and the same key words as
//! one before it in the same section. Case, punctuation and articles do not count. Sentences of fewer than eight words are not
//! compared, nor those whose actor is not certain, nor those that depend on their place: they say "it" or "this", or a list follows.
//! What is said in each of several sections is meant for the use case of each. `xep requirements` lists that too.
//!
//! ## Why it matters
//!
//! Somebody changes one of the two later, and the document contradicts itself. Readers look for the difference.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Sending'>
//!     <p>A client MUST NOT send more than one answer to a request.</p>
//!     <p>All else is up to the client. The client MUST NOT send more than one answer to the request!</p>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Sending'>
//!     <p>A client MUST NOT send more than one answer to a request.</p>
//!     <p>A client SHOULD NOT send more than one request to a server.</p>
//!     <p>If this fails, the client MUST NOT send it to the server again.</p>
//!     <p>If this fails, the client MUST NOT send it to the server again.</p>
//!   </section1>
//!   <section1 topic='Receiving'>
//!     <p>A client MUST NOT send more than one answer to a request.</p>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - RFC 2119, 6: <https://www.rfc-editor.org/rfc/rfc2119#section-6>

use super::{Context, Rule};
use crate::document::requirement::{self, Numbered, Statement};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "repeated-requirement",
    severity: Severity::Warning,
    source: include_str!("repeated_requirement.rs"),
    check: Some(check),
};

/// How many words a sentence has at least.
const LEAST: usize = 8;

/// With how many alike before it a sentence is compared.
const NEAR: usize = 100;

/// Words by which a sentence depends on what is said around it.
const DEPENDENT: [&str; 27] = [
    "above",
    "below",
    "case",
    "cases",
    "either",
    "following",
    "former",
    "he",
    "here",
    "it",
    "its",
    "latter",
    "otherwise",
    "previous",
    "same",
    "section",
    "she",
    "such",
    "their",
    "them",
    "then",
    "these",
    "they",
    "this",
    "those",
    "thus",
    "two",
];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let all = context.requirements();
    for group in requirement::alike(all) {
        for (at, (number, statement)) in group.iter().enumerate() {
            let Some(own) = all.get(*number) else { continue };
            let is_same = |(other, first): &&Numbered<'_>| {
                let is_near = all.get(*other).is_some_and(|other| other.sections == own.sections);
                is_near && other != number && first.has_key_words_of(statement)
            };
            let first = earlier(&group, at).find(is_same);
            sink.extend(first.filter(|_| is_comparable(statement)).map(|(_, first)| finding(first, statement)));
        }
    }
}

/// The nearest statements of a group before one, the nearest last.
pub(super) fn earlier<'g, 'a>(group: &'g [Numbered<'a>], at: usize) -> impl Iterator<Item = &'g Numbered<'a>> {
    group.get(at.saturating_sub(NEAR)..at).unwrap_or_default().iter()
}

/// Whether a sentence says the same wherever it is.
fn is_comparable(statement: &Statement) -> bool {
    stands_alone(statement) && statement.words().len() >= LEAST && statement.actor().is_some()
}

/// Whether a sentence does not depend on what is said around it.
pub(super) fn stands_alone(statement: &Statement) -> bool {
    let is_dependent = |word: &String| DEPENDENT.binary_search(&word.as_str()).is_ok();
    !statement.is_continued && !statement.words().iter().flatten().any(is_dependent)
}

fn finding(first: &Statement, second: &Statement) -> Finding {
    let finding = Finding::new(RULE.name, second.span, "this requirement says the same as one before it");
    finding.related(first.span, "the first").help("say it once, and refer to it where it matters again")
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_sorted() {
        assert!(super::DEPENDENT.is_sorted());
    }
}
