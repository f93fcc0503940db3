//! From what the grammar of XEPs forbids to findings, in the words of who writes XEPs.

use crate::finding::Finding;
use crate::source::{Sources, Span};
use crate::xml::Element;
use crate::xml::content_model::{Content, ContentModel, Violation, ViolationKind};
use crate::xml::parse::distance_at_most;
use std::collections::BTreeSet;

/// How many names a help line lists.
const MAX_LISTED: usize = 14;

/// What HTML and other formats call an element, and what stands for it in a XEP.
const HTML: [(&str, &str); 22] = [
    ("a", "link url='...'"),
    ("b", "strong"),
    ("i", "em"),
    ("u", "em"),
    ("kbd", "tt"),
    ("samp", "tt"),
    ("var", "tt"),
    ("pre", "code"),
    ("h1", "section1 topic='...'"),
    ("h2", "section1 topic='...'"),
    ("h3", "section2 topic='...'"),
    ("h4", "section3 topic='...'"),
    ("section", "section1 topic='...'"),
    ("footnote", "note"),
    ("list", "ul"),
    ("item", "li"),
    ("caption", "table caption='...'"),
    ("ulink", "link url='...'"),
    ("xref", "link url='#...'"),
    ("eref", "link url='...'"),
    ("para", "p"),
    ("artwork", "code"),
];

/// What HTML calls an attribute, and what does its work in a XEP.
const HTML_ATTRIBUTES: [(&str, &str); 6] =
    [("href", "url"), ("id", "anchor"), ("name", "anchor"), ("title", "topic"), ("title", "caption"), ("src", "url")];

/// Elements that stand beside paragraphs, never in one.
const BLOCKS: [&str; 9] = ["p", "ul", "ol", "dl", "table", "example", "code", "div", "blockquote"];

/// What the grammar forbids in a document. What came out of one reference is told once.
pub(super) fn findings(sources: &Sources, model: &ContentModel, root: &Element) -> Vec<Finding> {
    let mut told: BTreeSet<(Span, &'static str)> = BTreeSet::new();
    let words = Words { sources, model };
    let mut violations = model.violations(root);
    violations.retain(|violation| !words.is_abridged(violation));
    // Authors whom nobody declares: where that is a fault, it is told at the reference.
    let are_unknown = violations.iter().any(|violation| words.is_unknown_author(violation));
    let is_lacking = |violation: &Violation| violation.kind == ViolationKind::Missing(vec!["author".into()]);
    if are_unknown {
        violations.retain(|violation| !words.is_unknown_author(violation) && !is_lacking(violation));
    }
    let findings = violations.into_iter().map(|violation| words.finding(&violation));
    findings.filter(|finding| told.insert((finding.span, finding.rule))).collect()
}

struct Words<'a> {
    sources: &'a Sources,
    model: &'a ContentModel,
}

impl Words<'_> {
    /// Whether an element that came out of a reference lacks something: where there is no `xep.ent`, `&LEGALNOTICE;` stands for
    /// a notice without its text.
    fn is_abridged(&self, violation: &Violation) -> bool {
        let is_all_of_it = violation.related == Some(violation.span);
        let is_missing = matches!(violation.kind, ViolationKind::Missing(_));
        is_missing && is_all_of_it && self.sources.slice(violation.span).starts_with('&')
    }

    /// Whether text in the header is references alone, which stand there as they are written.
    fn is_unknown_author(&self, violation: &Violation) -> bool {
        let is_reference = |word: &str| word.starts_with('&') && word.ends_with(';');
        violation.kind == ViolationKind::Text
            && violation.element == "header"
            && self.sources.slice(violation.span).split_whitespace().all(is_reference)
    }

    fn finding(&self, violation: &Violation) -> Finding {
        let (rule, message, help) = self.told(violation);
        let mut finding = Finding::new(rule, violation.span, message);
        finding.help = help;
        if let Some(around) = violation.related.filter(|around| !around.contains(violation.span)) {
            let is_before = matches!(violation.kind, ViolationKind::Repeated(_));
            finding = finding.related(around, if is_before { "it stands here already" } else { "in this element" });
        }
        let written = self.sources.slice(violation.span);
        match written.starts_with('&') && written.ends_with(';') {
            true => finding.note(format!("it comes out of `{written}`")),
            false => finding,
        }
    }

    fn told(&self, violation: &Violation) -> (&'static str, String, Option<String>) {
        let around = &violation.element;
        match &violation.kind {
            ViolationKind::UnknownElement(name) => {
                ("unknown-element", format!("`<{name}>` is no element of a XEP"), Some(self.instead_of(name)))
            }
            ViolationKind::Misplaced(name) => {
                let message = format!("`<{name}>` cannot stand in `<{around}>`");
                ("misplaced-element", message, self.place_for(name, around))
            }
            ViolationKind::OutOfOrder(name) => {
                let message = format!("`<{name}>` stands in the wrong place of `<{around}>`");
                ("misplaced-element", message, self.order(around))
            }
            ViolationKind::Repeated(name) => {
                ("misplaced-element", format!("`<{around}>` holds a further `<{name}>`"), self.order(around))
            }
            ViolationKind::Missing(names) => {
                let help = match names.as_slice() {
                    [legal] if legal == "legal" => Some("write `&LEGALNOTICE;` where it belongs".to_owned()),
                    _ => self.order(around),
                };
                let names = listed(names.iter().map(String::as_str));
                ("missing-element", format!("`<{around}>` lacks {names}"), help)
            }
            ViolationKind::Text => {
                let message = format!("text cannot stand right in `<{around}>`");
                let help = self.holder_of_text(around).map(|name| format!("put it into `<{name}>`"));
                ("misplaced-text", message, help)
            }
            ViolationKind::NotEmpty => {
                let help = format!("write `<{around}/>`");
                ("misplaced-text", format!("`<{around}>` holds nothing, not even white space"), Some(help))
            }
            ViolationKind::UnknownAttribute(name) => {
                ("wrong-attribute", format!("`<{around}>` has no attribute `{name}`"), self.attribute(around, name))
            }
            ViolationKind::MissingAttribute(name) => {
                ("wrong-attribute", format!("`<{around}>` lacks its attribute `{name}`"), None)
            }
            ViolationKind::WrongValue(name) => {
                let own = self.model.element(around).map(|element| element.attributes.as_slice()).unwrap_or_default();
                let values =
                    own.iter().find(|one| one.name == *name).map(|one| one.values.as_slice()).unwrap_or_default();
                let help = (!values.is_empty()).then(|| format!("it may be {}", values.join(", ")));
                ("wrong-attribute", format!("`{name}` of `<{around}>` cannot have this value"), help)
            }
        }
    }

    fn instead_of(&self, name: &str) -> String {
        let known = HTML.iter().find(|(html, _)| *html == name).map(|(_, instead)| *instead);
        if let Some(instead) = known.filter(|instead| self.model.element(first_name(instead)).is_some()) {
            return format!("write `<{instead}>`");
        }
        match near(name, self.model.names()) {
            Some(near) => format!("did you mean `<{near}>`?"),
            None => format!("write `&lt;{name}&gt;` where the characters are meant, in `<tt>` or `<example>`"),
        }
    }

    fn place_for(&self, name: &str, around: &str) -> Option<String> {
        let element = self.model.element(around)?;
        if matches!(&element.content, Content::Mixed(names) if names.is_empty()) {
            return Some(format!("`<{around}>` holds text alone"));
        }
        if around == "p" && BLOCKS.contains(&name) {
            return Some(format!("close the paragraph before it: `</p>`, then `<{name}>`"));
        }
        let holders: Vec<&str> = self.model.parents_of(name).collect();
        if let Some(between) = element.names().into_iter().find(|held| holders.contains(held)) {
            return Some(format!("put it into `<{between}>`"));
        }
        Some(format!("`<{around}>` may hold {}", listed(element.names().into_iter())))
    }

    fn order(&self, around: &str) -> Option<String> {
        let Content::Elements(particle) = &self.model.element(around)?.content else { return None };
        let mut order = Vec::new();
        particle.in_order(&mut order);
        (order.len() > 1).then(|| format!("the order is {}", order.join(", ")))
    }

    /// The element that an author mostly means for text in one that holds none: a paragraph or an item.
    fn holder_of_text(&self, around: &str) -> Option<&'static str> {
        let held = self.model.element(around)?.names();
        ["p", "li", "td", "dd"].into_iter().find(|name| held.contains(name))
    }

    fn attribute(&self, around: &str, name: &str) -> Option<String> {
        let own = &self.model.element(around)?.attributes;
        let names = || own.iter().map(|attribute| attribute.name.as_str());
        let known = HTML_ATTRIBUTES.iter().filter(|(html, _)| *html == name).map(|(_, instead)| *instead);
        if let Some(instead) = known.into_iter().find(|instead| names().any(|own| own == *instead)) {
            return Some(format!("write `{instead}`"));
        }
        match near(name, names()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if own.is_empty() => Some(format!("`<{around}>` has no attributes")),
            None => Some(format!("it may have {}", listed(names()))),
        }
    }
}

/// The name of an element as a help line writes it.
fn first_name(written: &str) -> &str {
    written.split(' ').next().unwrap_or(written)
}

fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if name.chars().count() < 4 { 1 } else { 2 };
    names.filter(|other| other.len() > 1).find(|other| distance_at_most(name, other, limit))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.get(..MAX_LISTED) {
        Some(first) if names.len() > MAX_LISTED => format!("{}, ...", first.join(", ")),
        _ => names.join(", "),
    }
}
