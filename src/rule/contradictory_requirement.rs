//! # contradictory-requirement
//!
//! A requirement contradicts another one.
//!
//! ## What it does
//!
//! Compares all sentences with key words of RFC 2119 in a document. Reports one that has the same words as one before it and
//! another key word: `MUST` and `MUST NOT`, or `MUST` and `SHOULD`. Case, punctuation and articles do not count, and `SHALL` is
//! `MUST`. Sentences of fewer than five words are not compared, nor those that depend on their place: they say "it" or "this", or a
//! list follows.
//!
//! ## Why it matters
//!
//! No implementation can do both, and two implementations choose differently.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Sending'>
//!     <p>A client MUST answer a request from a stranger.</p>
//!     <p>A client MUST NOT answer a request from a stranger.</p>
//!   </section1>
//! </xep>
//! ```
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Sending'>
//!     <p>The client SHOULD answer requests from strangers.</p>
//!     <p>The client MUST answer requests from strangers.</p>
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
//!     <p>A client MUST answer a request from a contact.</p>
//!     <p>A client MUST NOT answer a request from a stranger.</p>
//!     <p>In this case, the client MUST wait for the server.</p>
//!     <p>In this case, the client SHOULD wait for the server.</p>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - RFC 2119, 1 to 5: <https://www.rfc-editor.org/rfc/rfc2119#section-1>

use super::repeated_requirement::stands_alone;
use super::{Context, Rule};
use crate::document::key_words::{KeyWord, Strength};
use crate::document::requirement::{self, Statement};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "contradictory-requirement",
    severity: Severity::Warning,
    source: include_str!("contradictory_requirement.rs"),
    check: Some(check),
};

/// How many words a sentence has at least.
const LEAST: usize = 5;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let all = requirement::requirements(context.document);
    for group in requirement::alike(&all) {
        for (at, (_, statement)) in group.iter().enumerate() {
            let first = group.iter().take(at).find(|(_, first)| demands(first) != demands(statement));
            sink.extend(first.filter(|_| is_comparable(statement)).map(|(_, first)| finding(first, statement)));
        }
    }
}

fn is_comparable(statement: &Statement) -> bool {
    stands_alone(statement) && statement.words().len() >= LEAST
}

/// What its key words demand, whichever of those with one meaning they are.
fn demands(statement: &Statement) -> Vec<(Strength, bool)> {
    statement.key_words.iter().map(|(word, _)| (word.strength, word.is_denied)).collect()
}

fn finding(first: &Statement, second: &Statement) -> Finding {
    let words = |statement: &Statement| statement.key_words.iter().map(|(word, _)| *word).collect::<Vec<KeyWord>>();
    let (before, now) = (words(first), words(second));
    let other = before.iter().zip(&now).find(|(one, other)| one != other);
    let (before, now) = other.map_or(("", ""), |(one, other)| (one.name, other.name));
    let message = format!("this requirement says `{now}`, and the same one before it `{before}`");
    Finding::new(RULE.name, second.span, message)
        .related(first.span, "the other")
        .help("decide which of the two is meant")
}
