//! # wrong-number
//!
//! The number of a XEP is not that of its file.
//!
//! ## What it does
//!
//! Compares the number in the header with the name of the file. In the inbox it must be `XXXX`, elsewhere four digits or
//! `XXXX`.
//!
//! ## Why it matters
//!
//! Pages, references and the list of all XEPs go by the number.
//!
//! ## Wrong
//!
//! ```yaml
//! number: 42
//! ```
//!
//! ## Right
//!
//! ```yaml
//! number: XXXX
//! ```
//!
//! ## Source
//!
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::span;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-number",
    severity: Severity::Error,
    source: include_str!("wrong_number.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let field = &context.document.header.number;
    let number = field.as_str().trim();
    let (Some(span), false) = (span(field), number.is_empty()) else { return };
    let finding = |message: String| Finding::new(RULE.name, span, message);
    let is_placeholder = number.eq_ignore_ascii_case("xxxx");
    match &context.yardstick.origin.number {
        Some(own) if own != number => {
            sink.push(
                finding(format!("the file is that of XEP-{own}, not of XEP-{number}")).help(format!("write `{own}`")),
            );
        }
        Some(_) => {}
        None if context.yardstick.origin.is_inbox && !is_placeholder => {
            let finding = finding(format!("a XEP in the inbox has no number yet, but this one says `{number}`"));
            sink.push(finding.help("write `XXXX`: the editors give the number when it is accepted"));
        }
        None if !is_placeholder && !crate::series::is_number(number) => {
            sink.push(
                finding(format!("`{number}` is no number of a XEP"))
                    .help("write four digits, or `XXXX` before it has one"),
            );
        }
        None => {}
    }
}
