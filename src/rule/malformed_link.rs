//! # malformed-link
//!
//! A link leads nowhere: its target has neither a scheme nor a `#`.
//!
//! ## What it does
//!
//! Reads the target of each link: it begins with a scheme such as `https:`, or with `#` for a place in the same document,
//! and holds no white space. The page of another XEP beside this one (`xep-0030.html`) is understood.
//!
//! ## Why it matters
//!
//! A browser looks for a file of that name beside the page, and there is none.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! As [above](case) it is.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Case {#case}
//!
//! As [above](#case) it is.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, Anchors and links: <https://xmpp.org/extensions/xep-0143.html#format>

use super::places;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::MappedText;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-link",
    severity: Severity::Error,
    source: include_str!("malformed_link.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let is_id = |url: &str| context.numbers.ids().any(|id| id == url);
    sink.extend(places::of_all(context.document).links.into_iter().filter_map(|url| malformed(url, is_id)));
}

fn malformed(url: &MappedText, is_id: impl Fn(&str) -> bool) -> Option<Finding> {
    let target = url.as_str().trim();
    let finding = |message: String| Some(Finding::new(RULE.name, url.whole()?, message));
    if target.is_empty() {
        return finding("the link has no target".into());
    }
    if target.starts_with('#') || has_scheme(target) {
        let has_space = target.contains(char::is_whitespace);
        return has_space.then(|| finding(format!("`{target}` holds white space"))).flatten();
    }
    let page = target.split('#').next().unwrap_or(target);
    if places::xep_of_page(page).is_some() {
        return None;
    }
    let help = match target {
        _ if is_id(target) => format!("write `#{target}`"),
        _ if target.starts_with("//") => format!("write `https:{target}`"),
        _ => "write the whole address, or `#` and an anchor of this document".into(),
    };
    Some(finding(format!("`{target}` has neither a scheme nor a `#`"))?.help(help))
}

fn has_scheme(target: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    target.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_fit) && !rest.is_empty()
    })
}
