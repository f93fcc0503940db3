//! The sections of a XEP, as the template and XEP-0143 have them: which there are, in which order, and which must be there.

use crate::document::{Block, Document, Inline, Section};
use crate::source::Span;

/// How much a section is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Every XEP has it; what it says where it has nothing to say.
    Required(&'static str),
    /// It is strongly recommended.
    Recommended,
    /// It is strongly recommended where no section of the document's own says how the protocol works.
    Core,
    /// A protocol has it.
    OfProtocols,
    /// It is there if there is something to say.
    Optional,
}

/// A section of the template.
#[derive(Debug)]
pub(super) struct TemplateSection {
    /// Its heading.
    pub(super) topic: &'static str,
    /// What other headings authors give it, in small letters.
    others: &'static [&'static str],
    /// How much it is needed.
    pub(super) need: Need,
}

const fn section(topic: &'static str, others: &'static [&'static str], need: Need) -> TemplateSection {
    TemplateSection { topic, others, need }
}

/// The sections in their order. Sources: XEP-0143, section 6, and `xep-template.xml`, which agree; *Error Codes* and
/// *Acknowledgements* are in XEP-0143 alone, *Accessibility Considerations* in the template alone. *Privacy Considerations* and
/// *Design Considerations* stand where the series of 2026-06-30 has them (XEP-0494, XEP-0506, XEP-0513).
const SECTIONS: [TemplateSection; 16] = [
    section("Introduction", &[], Need::Recommended),
    section("Requirements", &["requirement", "requirements and approach"], Need::Recommended),
    section("Glossary", &["terminology"], Need::Optional),
    section("Use Cases", &["use case"], Need::Core),
    section("Error Codes", &[], Need::Optional),
    section("Business Rules", &[], Need::Optional),
    section("Implementation Notes", &[], Need::Optional),
    section("Accessibility Considerations", &["accessibility"], Need::Optional),
    section(
        "Internationalization Considerations",
        &["internationalization", "internationalisation considerations"],
        Need::Optional,
    ),
    section(
        "Security Considerations",
        &["security", "security consideration", "security and privacy considerations"],
        Need::Required("There are no security features or concerns related to this proposal."),
    ),
    section("Privacy Considerations", &["privacy"], Need::Optional),
    section(
        "IANA Considerations",
        &["iana", "iana consideration"],
        Need::Required("This document requires no interaction with &IANA;."),
    ),
    section(
        "XMPP Registrar Considerations",
        &["registrar considerations", "xmpp registrar consideration", "xmpp registrar"],
        Need::Required(
            "No namespaces or parameters need to be registered with the XMPP Registrar as a result of this document.",
        ),
    ),
    section("Design Considerations", &[], Need::Optional),
    section("XML Schema", &["xml schemas", "schema", "schemas", "xml schema definition"], Need::OfProtocols),
    section("Acknowledgements", &["acknowledgments", "acknowledgement", "acknowledgment"], Need::Optional),
];

impl TemplateSection {
    fn is_called(&self, topic: &str) -> bool {
        let topic = topic.trim().to_lowercase();
        self.topic.to_lowercase() == topic || self.others.contains(&topic.as_str())
    }
}

/// The outermost sections of a document.
pub(super) struct Sections<'a> {
    /// Those that the template has too, with their places in it.
    named: Vec<(usize, &'a Section)>,
    /// Whether the document has others.
    pub(super) has_others: bool,
}

/// A place beside a section.
pub(super) struct Place<'a> {
    /// `before` or `after`.
    pub(super) side: &'static str,
    /// The heading of the section.
    pub(super) section: &'a str,
    /// The section.
    pub(super) span: Span,
}

/// A section that is not where the template has it.
pub(super) struct Moved<'a> {
    /// Its heading.
    pub(super) topic: &'a str,
    /// `before` or `after`.
    pub(super) side: &'static str,
    /// The heading of the section before or after which the template has it.
    pub(super) other: &'a str,
    /// Its own.
    pub(super) span: Span,
}

impl<'a> Sections<'a> {
    /// Those of a document.
    pub(super) fn of(document: &'a Document) -> Sections<'a> {
        let mut sections = Sections { named: Vec::new(), has_others: false };
        for block in &document.body {
            let Block::Section(section) = block else { continue };
            match SECTIONS.iter().position(|one| one.is_called(section.topic.as_str())) {
                Some(at) => sections.named.push((at, section)),
                None => sections.has_others = true,
            }
        }
        sections
    }

    /// The sections of the template that are needed so much and are not there.
    pub(super) fn missing(&self, is_needed: impl Fn(Need) -> bool) -> Vec<&'static TemplateSection> {
        let is_there = |at: usize| self.named.iter().any(|(other, _)| *other == at);
        let missing = SECTIONS.iter().enumerate().filter(|(at, section)| is_needed(section.need) && !is_there(*at));
        missing.map(|(_, section)| section).collect()
    }

    /// Where a section that is missing belongs: before the first one that the template has after it, else after the last one.
    pub(super) fn place_of(&self, missing: &TemplateSection) -> Option<Place<'a>> {
        let place = SECTIONS.iter().position(|section| section.topic == missing.topic)?;
        let next = self.named.iter().find(|(at, _)| *at > place).map(|(_, next)| ("before", next));
        let (side, section) = next.or(self.named.last().map(|(_, last)| ("after", last)))?;
        Some(Place { side, section: section.topic.as_str(), span: section.span.0 })
    }

    /// The section of that heading, and what the template says about it.
    pub(super) fn named(&self, topic: &str) -> Option<(&'a Section, &'static TemplateSection)> {
        let of_topic = |(at, section): &(usize, &'a Section)| Some((*section, SECTIONS.get(*at)?));
        self.named.iter().filter_map(of_topic).find(|(_, template)| template.topic == topic)
    }

    /// The fewest sections that have to move so that all are in the order of the template.
    pub(super) fn out_of_order(&self) -> Vec<Moved<'a>> {
        let kept = longest_ascent(&self.named.iter().map(|(at, _)| *at).collect::<Vec<_>>());
        let moved = self.named.iter().enumerate().filter(|(here, _)| !kept.contains(here));
        moved.filter_map(|(here, (at, section))| self.moved(here, *at, section, &kept)).collect()
    }

    /// Where a section belongs among those that stay.
    fn moved(&self, here: usize, at: usize, section: &'a Section, kept: &[usize]) -> Option<Moved<'a>> {
        let stay = || kept.iter().filter_map(|place| Some((*place, self.named.get(*place)?)));
        let before =
            stay().find(|(place, (other, _))| *place < here && *other > at).map(|(_, found)| ("before", found));
        let after = stay().rfind(|(place, (other, _))| *place > here && *other < at);
        let (side, (_, other)) = before.or(after.map(|(_, found)| ("after", found)))?;
        Some(Moved { topic: section.topic.as_str(), side, other: other.topic.as_str(), span: section.span.0 })
    }
}

/// The places of one of the longest runs of numbers that do not fall.
fn longest_ascent(numbers: &[usize]) -> Vec<usize> {
    let mut best: Vec<Vec<usize>> = Vec::new();
    for (here, number) in numbers.iter().enumerate() {
        let fits =
            |run: &&Vec<usize>| run.last().and_then(|last| numbers.get(*last)).is_some_and(|last| last <= number);
        let mut run = longest(best.iter().filter(fits));
        run.push(here);
        best.push(run);
    }
    longest(best.iter())
}

/// The first of the longest runs.
fn longest<'r>(runs: impl Iterator<Item = &'r Vec<usize>>) -> Vec<usize> {
    runs.fold(Vec::new(), |longest, run| if run.len() > longest.len() { run.clone() } else { longest })
}

/// What running text says, notes left out, with single spaces.
pub(super) fn said(text: &[Inline]) -> String {
    let mut all = String::new();
    push_said(text, &mut all);
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_said(text: &[Inline], all: &mut String) {
    for piece in text {
        match piece {
            Inline::Text(text) => all.push_str(text.as_str()),
            Inline::Break => all.push(' '),
            Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Code(text)
            | Inline::Link { text, .. }
            | Inline::Element { text, .. }
            | Inline::Reference { expansion: text, .. } => push_said(text, all),
            Inline::Note(_) | Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::longest_ascent;

    #[test]
    fn as_few_as_possible_move() {
        assert_eq!(longest_ascent(&[0, 2, 1, 3]), [0, 1, 3]);
        assert_eq!(longest_ascent(&[15, 0, 1, 2]), [1, 2, 3]);
        assert_eq!(longest_ascent(&[0, 1, 1, 2]), [0, 1, 2, 3]);
        assert!(longest_ascent(&[]).is_empty());
    }
}
