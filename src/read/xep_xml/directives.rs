//! What the author says to the checker: processing instructions before an example, a code block or a table.

use crate::document::{Block, Directives};
use crate::source::{MappedText, Span};
use crate::xml::{Node, tree::Text};

/// Instructions that wait for the block that they belong to.
#[derive(Default)]
pub(super) struct Pending<'n> {
    instructions: Vec<(&'n str, &'n Text)>,
}

/// Whether instructions of this name speak of the block that follows.
pub(super) fn speaks_of_next(target: &str) -> bool {
    matches!(target, "example" | "generated" | "table" | "allow")
}

impl<'n> Pending<'n> {
    pub(super) fn push(&mut self, target: &'n str, text: &'n Text) {
        self.instructions.push((target, text));
    }

    /// The directives of a block that `targets` may speak of. All other instructions become blocks before it, and so does
    /// every `allow`, which rules look for there.
    pub(super) fn take(&mut self, targets: &[&str], blocks: &mut Vec<Block>) -> Directives {
        let mut directives = Directives::default();
        for (target, text) in self.instructions.drain(..) {
            if !targets.contains(&target) || target == "allow" {
                blocks.push(Block::Instruction(target.to_owned(), text.text.clone()));
            }
            if targets.contains(&target) {
                for (name, value, span) in pseudo_attributes(&text.text) {
                    let name = if target == "allow" && name == "rule" { "allow".into() } else { name };
                    directives.push(name, value, span);
                }
            }
        }
        directives
    }
}

/// The names in `<?profiles names='...'?>`; the whole text where the author wrote them bare.
pub(super) fn names(text: &MappedText) -> MappedText {
    let named = pseudo_attributes(text).into_iter().find(|(name, ..)| name == "names");
    named.map_or_else(|| text.trimmed(), |(_, value, _)| value.trimmed())
}

/// The `name='value'` pairs of an instruction. What is no pair is passed over.
pub(crate) fn pseudo_attributes(text: &MappedText) -> Vec<(String, MappedText, Span)> {
    let all = text.as_str();
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(equals) = all.get(at..).and_then(|rest| rest.find('=')).map(|offset| at + offset) {
        let before = all.get(at..equals).unwrap_or("").trim_end();
        let name_start = at + before.rfind(char::is_whitespace).map_or(0, |space| space + white_length(before, space));
        let name = all.get(name_start..at + before.len()).unwrap_or("");
        let after = all.get(equals + 1..).unwrap_or("");
        let open = equals + 1 + after.len() - after.trim_start().len();
        let quote = all.get(open..).and_then(|rest| rest.chars().next()).filter(|c| matches!(c, '"' | '\''));
        let length = quote.and_then(|quote| all.get(open + 1..)?.find(quote));
        let Some(length) = length else {
            at = equals + 1;
            continue;
        };
        let value = text.slice(open + 1..open + 1 + length);
        at = open + length + 2;
        if let Some(span) = text.span(name_start..at).filter(|_| !name.is_empty()) {
            pairs.push((name.to_owned(), unescape(value), span));
        }
    }
    pairs
}

fn white_length(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// A value with the five entities of XML resolved, which an author may need for quotes.
fn unescape(value: MappedText) -> MappedText {
    const KNOWN: [(&str, &str); 5] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    if !value.as_str().contains('&') {
        return value;
    }
    let all = value.as_str();
    let (mut out, mut at) = (MappedText::new(), 0);
    while let Some(start) = all.get(at..).and_then(|rest| rest.find('&')).map(|offset| at + offset) {
        out.push_mapped(&value, at..start);
        let rest = all.get(start..).unwrap_or("");
        let (length, character) = KNOWN
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .map_or((1, "&"), |(name, character)| (name.len(), *character));
        if let Some(span) = value.span(start..start + length) {
            out.push_standing_for(character, span);
        }
        at = start + length;
    }
    out.push_mapped(&value, at..all.len());
    out
}

/// The id of the requirement that an element states: an instruction before anything else in it, and what follows it.
pub(super) fn requirement(nodes: &[Node]) -> Option<(crate::source::Spanned<String>, &[Node])> {
    let at = nodes.iter().position(|node| !super::inlines::is_blank([node]))?;
    match nodes.get(at)? {
        Node::Instruction(target, text) if target == "requirement" => {
            let pairs = pseudo_attributes(&text.text);
            let (_, value, _) = pairs.into_iter().find(|(name, ..)| name == "id")?;
            let id = crate::source::Spanned::new(value.to_string(), value.whole().unwrap_or(text.span));
            Some((id, nodes.get(at + 1..)?))
        }
        _ => None,
    }
}
