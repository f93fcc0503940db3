//! What a document asks the XMPP Registrar to register, as far as namespaces go.

use crate::document::walk;
use crate::document::{Block, Document, Section};
use std::collections::BTreeSet;

/// How namespaces of XMPP begin.
const STARTS: [&str; 5] =
    ["urn:xmpp:", "http://jabber.org/", "jabber:", "urn:ietf:params:xml:ns:xmpp-", "http://etherx.jabber.org/"];

/// The namespaces that the document asks the Registrar to register.
pub(crate) fn registered(document: &Document) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    walk::body(document, &mut |place| {
        if let walk::Place::Enter(section) = place
            && is_for_registrar(section)
        {
            register(section, &mut all);
        }
    });
    all
}

/// Whether a section is about what the Registrar is to do.
pub(crate) fn is_for_registrar(section: &Section) -> bool {
    let anchor = section.anchor.as_ref().map_or("", |anchor| anchor.as_str());
    anchor == "registrar" || section.topic.as_str().contains("Registrar Considerations")
}

/// Takes the namespaces that the part on namespaces names; all of the section where it has no parts and speaks of them.
pub(crate) fn register(section: &Section, registered: &mut BTreeSet<String>) {
    let parts: Vec<&Section> = section.blocks.iter().filter_map(as_section).collect();
    let speaks = |text: &str| text.to_ascii_lowercase().contains("namespace");
    if parts.is_empty() {
        let text = walk::blocks_text(&section.blocks);
        registered.extend(Some(text).filter(|text| speaks(text)).iter().flat_map(|text| names(text)));
    }
    for part in parts.into_iter().filter(|part| speaks(part.topic.as_str())) {
        registered.extend(names(&walk::blocks_text(&part.blocks)));
    }
}

fn as_section(block: &Block) -> Option<&Section> {
    match block {
        Block::Section(section) => Some(section),
        _ => None,
    }
}

/// The words of a text that are namespaces of the series.
pub(crate) fn names(text: &str) -> Vec<String> {
    if !text.contains(':') {
        return Vec::new();
    }
    let is_end = |c: char| c.is_whitespace() || "'\"<>(),;\u{2018}\u{2019}\u{201c}\u{201d}".contains(c);
    let words = text.split(is_end).map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    words.filter(|word| is_of_xmpp(word)).map(str::to_owned).collect()
}

/// Whether a word is a namespace of XMPP, and no pattern of one.
pub(crate) fn is_of_xmpp(word: &str) -> bool {
    let begins = STARTS.iter().any(|start| word.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
    begins && !word.contains(['[', '{', '*', '$', '\u{2026}']) && !word.contains("...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_words_of_the_text() {
        let text =
            "Adds 'urn:xmpp:a:0' and (http://jabber.org/protocol/b#c). Not urn:xmpp:x:[media], jabber: or http://x.";
        assert_eq!(names(text), ["urn:xmpp:a:0", "http://jabber.org/protocol/b#c"]);
    }
}
