//! # malformed-link
//!
//! A link leads nowhere: its target has neither a scheme nor a `#`.
//!
//! ## What it does
//!
//! Reads the target of each link: it begins with a scheme such as `https:`, or with `#` for a place in the same document,
//! and holds no white space; behind `https:` stands the name of a server. The page of another XEP beside this one
//! (`xep-0030.html`) is understood.
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
//! ```markdown
//! # Case {#case}
//!
//! As [elsewhere](rfc6120) it is.
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

use super::places::{self, has_scheme};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::MappedText;
use crate::xml::parse::distance_at_most;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-link",
    severity: Severity::Error,
    source: include_str!("malformed_link.rs"),
    check: Some(check),
};

/// The schemes that a server's name follows.
const WEB: [&str; 2] = ["https", "http"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let is_id = |url: &str| context.numbers.ids().any(|id| id == url);
    let is_of_folder = |url: &MappedText| {
        let siblings = context.yardstick.siblings;
        siblings.iter().any(|sibling| sibling.is_page(url.as_str().trim()))
    };
    let links = places::of_all(context.document).links.into_iter().filter(|url| !is_of_folder(url));
    sink.extend(links.filter_map(|url| malformed(url, is_id)));
}

fn malformed(url: &MappedText, is_id: impl Fn(&str) -> bool) -> Option<Finding> {
    let target = url.as_str().trim();
    let (message, help) = trouble(target, is_id)?;
    Some(Finding::new(RULE.name, url.whole()?, message).help(help))
}

/// What is wrong with a target, and what to do.
fn trouble(target: &str, is_id: impl Fn(&str) -> bool) -> Option<(String, String)> {
    if target.is_empty() {
        let help = "write the whole address, or `#` and an anchor of this document";
        return Some(("the link has no target".into(), help.into()));
    }
    if target.starts_with('#') || has_scheme(target) {
        return scheme_trouble(target).or_else(|| space_trouble(target));
    }
    let page = target.split('#').next().unwrap_or(target);
    if places::xep_of_page(page).is_some() || is_placeholder(page) {
        return None;
    }
    let help = match address(target) {
        _ if is_id(target) => format!("write `#{target}`"),
        Some(address) => format!("write `{address}`"),
        None => "write the whole address, or `#` and an anchor of this document".into(),
    };
    Some((format!("`{target}` has neither a scheme nor a `#`"), help))
}

/// The page of a XEP that has no number yet, `xep-xxxx.html` or `xep-name.html`; where it should have one, `placeholder-left` tells.
fn is_placeholder(page: &str) -> bool {
    let name = page.strip_suffix(".html").and_then(|name| name.strip_prefix("xep-"));
    let is_plain =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'0'..=b'9' | b'-'));
    page.eq_ignore_ascii_case("xep-xxxx.html")
        || name.is_some_and(|name| is_plain(name) && name.starts_with(|first: char| first.is_ascii_lowercase()))
}

/// A slip in the beginning of a web address: `http:/`, `htps://`.
fn scheme_trouble(target: &str) -> Option<(String, String)> {
    let (scheme, rest) = target.split_once(':')?;
    let is_web = WEB.contains(&scheme.to_ascii_lowercase().as_str());
    let path = rest.trim_start_matches('/');
    if is_web && (!rest.starts_with("//") || path.is_empty()) {
        let help = format!("write `{scheme}://` and the name of a server");
        return Some((format!("`{target}` names no server"), help));
    }
    let is_slip = !is_web && rest.starts_with("//");
    let meant = WEB.into_iter().find(|web| is_slip && distance_at_most(web, scheme, 1))?;
    Some((format!("`{scheme}` is no scheme"), format!("write `{meant}:{rest}`")))
}

fn space_trouble(target: &str) -> Option<(String, String)> {
    let has_space = target.contains(char::is_whitespace);
    let help = "take the white space out, or write `%20` for it";
    has_space.then(|| (format!("`{target}` holds white space"), help.into()))
}

/// The whole address of what is named without one, as far as it can be known: an RFC, a XEP, a server.
fn address(target: &str) -> Option<String> {
    let lower = target.to_ascii_lowercase();
    let number = |series: &str| {
        let rest = lower.strip_prefix(series)?.trim_start_matches(['-', ' ', '_']);
        let rest = rest.strip_suffix(".html").or_else(|| rest.strip_suffix(".xml")).unwrap_or(rest);
        rest.parse::<u16>().ok().filter(|number| (1..=9999).contains(number))
    };
    if let Some(number) = number("rfc") {
        return Some(format!("https://www.rfc-editor.org/rfc/rfc{number}"));
    }
    if let Some(number) = number("xep") {
        return Some(format!("https://xmpp.org/extensions/xep-{number:04}.html"));
    }
    let is_mail = target.split_once('@').is_some_and(|(local, domain)| !local.contains('/') && domain.contains('.'));
    if is_mail {
        return Some(format!("mailto:{target}"));
    }
    if let Some((scheme, rest)) = target.split_once("//").filter(|(scheme, _)| WEB.contains(scheme)) {
        return Some(format!("{scheme}://{rest}"));
    }
    let is_server = lower.starts_with("www.") || lower.starts_with("xmpp.org/");
    match target.trim_start_matches('/') {
        rest if target.starts_with("//") => Some(format!("https://{rest}")),
        rest if lower.starts_with("/extensions/") => Some(format!("https://xmpp.org/{rest}")),
        _ => is_server.then(|| format!("https://{target}")),
    }
}
