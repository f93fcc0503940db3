//! Where an author left something out on purpose.

use crate::xml::{Element, Node};

/// Ways in which XEPs write that something was left out.
const MARKS: &[&str] = &["...", "…", "[..", "[ ..", "[snip", "more item", "[cut", "etc."];

/// Whether what `parent` holds is shown abridged: an ellipsis, a bracketed note or a comment stands among its children, or
/// in an attribute. What is missing there, or stands in the wrong order, says nothing about the specification.
pub fn beside_elision(parent: &Element) -> bool {
    parent.children.iter().any(is_elision)
        || parent.attributes.iter().any(|attribute| is_mark(attribute.value.as_str()))
}

fn is_elision(node: &Node) -> bool {
    match node {
        Node::Comment(_) => true,
        Node::Text(text) => is_mark(text.text.as_str()) || is_bracketed(text.text.as_str()),
        Node::Instruction(..) => false,
        // `<...>` has no name that a parser could read; `<snip/>` has.
        Node::Element(element) => element.name.local == "snip",
    }
}

fn is_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

fn is_bracketed(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']')
}

/// Beginnings of values that stand for something: `some-sequence-number`.
const STANDING_FOR: &[&str] = &["some", "another", "any", "your", "my", "other", "example"];

/// Whether a value that is not valid stands for one: `{form-type}`, `some-number`, `IMAGE DATA`. `owner` is the name of the
/// attribute or element whose value it is, `built_in` the type of XML Schema that it is held against, if it is one.
pub fn is_placeholder(value: &str, owner: &str, built_in: Option<&str>) -> bool {
    let value = value.trim();
    let words: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let Some(first) = words.first() else { return false };
    let is_enclosed = [('{', '}'), ('[', ']'), ('<', '>'), ('(', ')'), ('%', '%')]
        .iter()
        .any(|&(open, close)| value.len() > 1 && value.starts_with(open) && value.ends_with(close));
    let stands_for = words.len() > 1 && STANDING_FOR.contains(&first.to_lowercase().as_str());
    let names_itself =
        value.eq_ignore_ascii_case(owner) || built_in.is_some_and(|type_| value.eq_ignore_ascii_case(type_));
    let is_choice = value.contains('|') && words.len() > 1;
    if is_mark(value) || is_enclosed || stands_for || names_itself || is_choice {
        return true;
    }
    match built_in {
        Some("boolean") => words.len() > 1,
        Some("base64Binary" | "hexBinary") => describes_bytes(value, &words),
        Some(
            "string" | "normalizedString" | "token" | "anyURI" | "language" | "NMTOKEN" | "Name" | "NCName" | "ID"
            | "QName",
        ) => false,
        // Numbers and times have digits.
        Some(_) => !value.contains(|c: char| c.is_ascii_digit()),
        None => false,
    }
}

/// Whether a value says in words which bytes are meant.
fn describes_bytes(value: &str, words: &[&str]) -> bool {
    let of_one_case = |word: &&str| {
        let letters = || word.chars().filter(|c| c.is_alphabetic());
        letters().all(char::is_lowercase) || letters().all(char::is_uppercase)
    };
    let named = value.to_lowercase().replace(['-', '_', ' '], "").contains("base64");
    named || (words.len() > 1 && words.iter().all(of_one_case) && words.iter().any(|word| word.len() > 2))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn values_that_stand_for_others_are_known() {
        let cases = [
            ("{form-type}", None, true),
            ("some-defined-value", None, true),
            ("get|set", None, true),
            ("type", None, true),
            ("WarningUnsigned", None, false),
            ("sha-11", None, false),
            ("some-sequence-number", Some("unsignedInt"), true),
            ("image-height-in-pixels", Some("unsignedShort"), true),
            ("43253", Some("short"), false),
            ("12a", Some("int"), false),
            ("boolean", Some("boolean"), true),
            ("True", Some("boolean"), false),
            ("IMAGE DATA", Some("base64Binary"), true),
            ("base64/encoded/payload", Some("base64Binary"), true),
            ("BASE-64 encoded challenge", Some("base64Binary"), true),
            ("MQYCAQMGASk", Some("base64Binary"), false),
            ("2020-01-01", Some("dateTime"), false),
            ("tomorrow", Some("dateTime"), true),
        ];
        for (value, type_, expected) in cases {
            assert_eq!(is_placeholder(value, "type", type_), expected, "{value}");
        }
    }
}
