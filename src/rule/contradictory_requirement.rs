//! # contradictory-requirement
//!
//! A requirement contradicts another one.
//!
//! ## What it does
//!
//! Compares the sentences with key words of RFC 2119 in each section, and those with an id in the whole document. Reports one that has the same words as one before it and
//! another key word: `MUST` and `MUST NOT`, or `MUST` and `SHOULD`. Case, punctuation and articles do not count, signs of numbers and
//! comparisons do, and `SHALL` is `MUST`. Sentences of fewer than five words are not compared, nor those without an id whose actor is not certain, nor those that
//! depend on their place: they say "it" or "this", or a list follows.
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

use super::repeated_requirement::{earlier, stands_alone};
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
    let all = context.requirements();
    for group in requirement::alike(all) {
        for (at, (number, statement)) in group.iter().enumerate() {
            let first = earlier(&group, at).find(|(_, first)| disagree(first, statement)).filter(|(other, _)| {
                let sections = |at: &usize| all.get(*at).map(|requirement| &requirement.sections);
                let has_id = |at: &usize| all.get(*at).is_some_and(|requirement| requirement.id.is_some());
                let are_named = has_id(number) && has_id(other);
                // What differs between two sections may be what the sections are about, save for what an author has named.
                let is_near = are_named || sections(number) == sections(other);
                is_near && stands_alone(statement) && (are_named || statement.actor().is_some())
            });
            sink.extend(first.filter(|_| statement.words().len() >= LEAST).map(|(_, first)| finding(first, statement)));
        }
    }
}

/// Whether nobody can do both, or whether one demands more than the other.
fn disagree(first: &Statement, second: &Statement) -> bool {
    let words = first.key_words.iter().zip(&second.key_words);
    words.into_iter().any(|((one, _), (other, _))| are_at_odds(*one, *other))
}

fn are_at_odds(one: KeyWord, other: KeyWord) -> bool {
    let is_may_not = |word: KeyWord| word.strength == Strength::May && word.is_denied;
    match (is_may_not(one), is_may_not(other)) {
        (false, false) => (one.strength, one.is_denied) != (other.strength, other.is_denied),
        // `MAY NOT` is read as `MUST NOT` by some and as `need not` by others; a `MUST` contradicts both.
        (true, false) => other.strength == Strength::Must && !other.is_denied,
        (false, true) => one.strength == Strength::Must && !one.is_denied,
        (true, true) => false,
    }
}

fn finding(first: &Statement, second: &Statement) -> Finding {
    let mut both = first.key_words.iter().zip(&second.key_words).map(|((one, _), (other, _))| (*one, *other));
    let different = both.find(|(one, other)| are_at_odds(*one, *other));
    let (before, now) = different.map_or(("", ""), |(one, other)| (one.name, other.name));
    let message = format!("this requirement says `{now}`, and the same one before it `{before}`");
    Finding::new(RULE.name, second.span, message)
        .related(first.span, "the other")
        .help("decide which of the two is meant")
}
