//! # dead-link
//!
//! A link leads to a place that is not there.
//!
//! ## What it does
//!
//! Looks up `#fragment` among the ids of the page, and the fragment of a link to another XEP among the ids of that XEP's
//! page if it is among the documents of the run; finds links to the page of a XEP with a number that no XEP has yet. Ids that
//! the XSF's pages make anew in each build are unknown, not wrong.
//!
//! ## Why it matters
//!
//! The reader ends up at the top of a page and has to search.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! As [below](#cases) it is.
//! ```
//!
//! ```markdown
//! # Case {#case}
//!
//! As [elsewhere](https://xmpp.org/extensions/xep-9999.html) it is.
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
use crate::source::{MappedText, Span};
use crate::xml::parse::distance_at_most;
use std::collections::{HashMap, HashSet};

/// The rule.
pub static RULE: Rule =
    Rule { name: "dead-link", severity: Severity::Error, source: include_str!("dead_link.rs"), check: Some(check) };

/// Beginnings of ids that the XSF's pages make, another one in each build.
const MADE_ANEW: [&str; 4] = ["sect-id", "nt-id", "id2", "note-"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let own = Places::new(context.numbers.ids());
    let mut of_others: HashMap<&str, Places<'_>> = HashMap::new();
    for url in places::of_all(context.document).links {
        if let Some(finding) = nowhere(context, url) {
            sink.push(finding);
            continue;
        }
        if let Some(finding) = nowhere_in_sibling(context, url) {
            sink.push(finding);
            continue;
        }
        let Some((number, fragment)) = target(url.as_str().trim()) else { continue };
        let Some(span) = fragment_span(url) else { continue };
        let is_own = number.is_none_or(|number| number == context.document.header.number.as_str().trim());
        let entry = number.and_then(|number| context.yardstick.neighbours.series.get(number));
        let ids = match (is_own, number.zip(entry)) {
            (true, _) => &own,
            (false, Some((number, entry))) => of_others.entry(number).or_insert_with(|| Places::new(entry.ids())),
            (false, None) => continue,
        };
        // An anchor that begins with `#` is the cause, and told by `malformed-anchor`.
        let is_there = ids.has(fragment) || ids.has_block(fragment) || ids.has(&format!("#{fragment}"));
        if !is_there {
            let page = number.filter(|_| !is_own).map_or("this document".to_owned(), |number| format!("XEP-{number}"));
            sink.push(ids.dead(fragment, &page, span));
        }
    }
}

/// A link to the page of a XEP that does not exist. In a draft, 0000 may stand for the number that it will get.
fn nowhere(context: &Context<'_>, url: &MappedText) -> Option<Finding> {
    let page = url.as_str().trim().split('#').next()?;
    let own = context.document.header.number.as_str().trim();
    let finding = |message: String| Some(Finding::new(RULE.name, url.whole()?, message));
    if let Some(number) = places::xep_of_page(page) {
        let is_none = number != own && context.yardstick.neighbours.series.exists(number) == Some(false);
        let finding = is_none.then(|| finding(format!("there is no XEP-{number}"))).flatten()?;
        return Some(finding.help("mend the number, or link to a XEP that exists"));
    }
    let digits = page.split_once("xmpp.org/extensions/xep-")?.1.strip_suffix(".html")?;
    let number = digits.parse::<u16>().ok()?;
    let is_left = number != 0 || crate::series::is_number(own);
    let finding = is_left.then(|| finding(format!("there is no page `xep-{digits}.html`"))).flatten()?;
    Some(match number {
        0 | 10_000.. => finding.help("write the number of the XEP that is meant"),
        _ => finding.help(format!("write `xep-{number:04}.html`")),
    })
}

/// A link to a place that another document of the folder does not have.
fn nowhere_in_sibling(context: &Context<'_>, url: &MappedText) -> Option<Finding> {
    let text = url.as_str().trim();
    let mut siblings = context.yardstick.siblings.iter();
    let (sibling, fragment) = siblings.find_map(|one| Some((one, one.place(text)?)))?;
    let ids = Places::new(sibling.ids.iter().map(String::as_str));
    let span = fragment_span(url).filter(|_| !ids.has(fragment) && !ids.has_block(fragment))?;
    Some(ids.dead(fragment, &format!("`{}`", sibling.name), span))
}

/// The places of a page.
struct Places<'a> {
    /// In their order.
    ids: Vec<&'a str>,
    known: HashSet<&'a str>,
}

impl<'a> Places<'a> {
    fn new(ids: impl Iterator<Item = &'a str>) -> Places<'a> {
        let ids: Vec<&str> = ids.collect();
        Places { known: ids.iter().copied().collect(), ids }
    }

    fn has(&self, id: &str) -> bool {
        self.known.contains(id)
    }

    /// Whether a fragment is the id of a block that requires something, as our pages have it: that of its section, `.p` and a number.
    fn has_block(&self, fragment: &str) -> bool {
        let parts = fragment.rsplit_once(".p").filter(|(_, number)| number.parse::<u16>().is_ok());
        parts.is_some_and(|(section, _)| self.has(section))
    }

    fn dead(&self, fragment: &str, page: &str, span: Span) -> Finding {
        let finding = Finding::new(RULE.name, span, format!("{page} has no place `#{fragment}`"));
        let same = self.ids.iter().find(|id| id.eq_ignore_ascii_case(fragment));
        let near = same.or_else(|| self.ids.iter().find(|id| distance_at_most(id, fragment, 2)));
        match near {
            Some(near) => finding.help(format!("did you mean `#{near}`?")),
            None => finding.help("give the place that is meant this anchor, or link to one that is there"),
        }
    }
}

/// The XEP, unless it is the same document, and the fragment. `None` where nothing can be said.
fn target(url: &str) -> Option<(Option<&str>, &str)> {
    let (page, fragment) = url.split_once('#')?;
    let is_unknown = fragment.contains(['%', ' ']) || MADE_ANEW.iter().any(|start| fragment.starts_with(start));
    if is_unknown || fragment.is_empty() {
        return None;
    }
    if page.is_empty() {
        return Some((None, fragment));
    }
    let number = places::xep_of_page(page)?;
    Some((Some(number), fragment))
}

fn fragment_span(url: &MappedText) -> Option<Span> {
    let start = url.as_str().find('#')?;
    url.span(start..url.len())
}
