//! The strict parser for what comes over the wire: XML as XMPP restricts it (RFC 6120, section 11), and bounds.
//!
//! [`parse`](super::parse()) recovers from everything, which is right for examples that people type and wrong for stanzas and
//! envelopes of others. This stands in front of it. What it accepts, [`parse_accepted`](super::parse_accepted()) reads without a problem.

use rxml::error::EndOrError;
use rxml::parser::Options;
use rxml::{Event, Parse, Parser, RawEvent, RawParser, WithOptions};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// How many bytes a stanza or an envelope has at most.
pub const MAX_BYTES: usize = 4 << 20;

/// How many attributes an element has at most, declarations of namespaces included.
pub const MAX_ATTRIBUTES: usize = 512;

/// How many elements, attributes and texts it holds at most: fewer than [`parse`](super::parse()) reads.
pub const MAX_PARTS: usize = super::parse::MAX_PARTS / 4;

/// How deep elements are nested at most.
pub const MAX_DEPTH: usize = super::parse::MAX_DEPTH;

/// Why a text is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in one short sentence.
    pub message: String,
    /// Where, in bytes from the beginning of the text.
    pub at: usize,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (byte {})", self.message, self.at)
    }
}

/// Accepts exactly one element, with nothing before or behind it but white space and an XML declaration of version 1.0 in UTF-8.
///
/// # Errors
/// When it is not well-formed, with namespaces; holds a comment, a processing instruction, a document type or a reference to an
/// entity that is not predefined; or exceeds a bound.
pub fn check(text: &str) -> Result<(), Refusal> {
    if text.len() > MAX_BYTES {
        return Err(Refusal { message: format!("it is longer than {MAX_BYTES} bytes"), at: MAX_BYTES });
    }
    let trimmed = text.trim_matches(super::is_space);
    let begins = text.len() - text.trim_start_matches(super::is_space).len();
    if trimmed.starts_with('\u{feff}') {
        return Err(Refusal { message: "it begins with a byte order mark".into(), at: begins });
    }
    tags(trimmed, begins)?;
    events(trimmed, begins)
}

/// The text with the line ends that a parser makes of those of other systems (XML 1.0, section 2.11).
pub fn with_line_feeds(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

fn options() -> Options {
    Options { max_token_length: MAX_BYTES, ..Options::default() }
}

/// The attributes of each tag, declarations of namespaces included: none stands twice, and they are bounded. That a declaration does
/// not stand twice is not seen where namespaces are resolved.
fn tags(text: &str, begins: usize) -> Result<(), Refusal> {
    let mut parser = RawParser::with_options(options());
    let (mut rest, mut seen) = (text.as_bytes(), HashSet::new());
    loop {
        let at = begins + text.len() - rest.len();
        let refused = |message: String| Err(Refusal { message, at });
        match parser.parse(&mut rest, true) {
            Ok(Some(RawEvent::ElementHeadOpen(..))) => seen.clear(),
            Ok(Some(RawEvent::Attribute(_, name, _))) => {
                if !seen.insert(name) {
                    return refused("an attribute stands twice".into());
                }
                if seen.len() > MAX_ATTRIBUTES {
                    return refused(format!("an element has more than {MAX_ATTRIBUTES} attributes"));
                }
            }
            Ok(Some(_)) => {}
            // What is wrong otherwise is told with namespaces resolved.
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}

fn events(text: &str, begins: usize) -> Result<(), Refusal> {
    let mut parser = Parser::with_options(options());
    let (mut rest, mut depth, mut elements, mut parts) = (text.as_bytes(), 0_usize, 0_usize, 0_usize);
    loop {
        let at = begins + text.len() - rest.len();
        let refused = |message: &str| Err(Refusal { message: message.to_owned(), at });
        if parts > MAX_PARTS {
            return refused(&format!("it holds more than {MAX_PARTS} elements, attributes and texts"));
        }
        match parser.parse(&mut rest, true) {
            Ok(Some(Event::StartElement(_, _, attributes))) => {
                (depth, elements, parts) = (depth + 1, elements + 1, parts + 1 + attributes.len());
                if depth > MAX_DEPTH {
                    return refused(&format!("elements are nested more than {MAX_DEPTH} deep"));
                }
            }
            Ok(Some(Event::EndElement(_))) => depth = depth.saturating_sub(1),
            Ok(Some(_)) => parts += 1,
            Ok(None) if elements == 0 => return refused("it holds no element"),
            Ok(None) => return Ok(()),
            Err(EndOrError::NeedMoreData) => return refused("it ends too early"),
            Err(EndOrError::Error(error)) => return refused(&error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MappedText;
    use crate::source::Sources;
    use crate::xml::{CLIENT, parse_accepted};
    use proptest::prelude::*;

    #[test]
    fn refuses_what_xmpp_forbids() {
        let cases = [
            "",
            " ",
            "hello",
            "<a",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "x<a/>",
            "<a/>x",
            "<a b='1' b='2'/>",
            "<a xmlns='urn:a' xmlns='urn:b'/>",
            "<a xmlns:p='urn:a' xmlns:p='urn:a'/>",
            "<a b=1/>",
            "<p:a/>",
            "<:a/>",
            "<a:/>",
            "<a:b:c xmlns:a='urn:a'/>",
            "<a>&nbsp;</a>",
            "<a>&#0;</a>",
            "<a>]]></a>",
            "<a><!-- --></a>",
            "<!-- --><a/>",
            "<a><?x y?></a>",
            "<?x y?><a/>",
            "<!DOCTYPE a><a/>",
            "<?xml version='1.1'?><a/>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<a ... b='1'/>",
            "<a>\u{1}</a>",
            "<a b='<'/>",
            "\u{feff}<a/>",
            "<a xmlns:b=''/>",
            "<a xmlns:xml='urn:x'/>",
            "<a>&lt</a>",
            "<message ... from='...'/>",
            "...<a/>",
            "<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='1' q:b='2'/>",
            "<a b='1'c='2'/>",
            "<1a/>",
            "<a>\u{ffff}</a>",
        ];
        for case in cases {
            assert!(check(case).is_err(), "{case:?} was accepted");
        }
    }

    #[test]
    fn accepts_what_it_allows() {
        let cases = [
            "<a/>",
            " <a></a>\n",
            "<?xml version='1.0'?><a/>",
            "<?xml version='1.0' encoding='utf-8'?>\n<a/>",
            "<a>&lt;&#65;&apos;</a>",
            "<a><![CDATA[<b>]]></a>",
            "<p:a xmlns:p='urn:a' p:b='1' b='2'/>",
            "<a xml:lang='de'/>",
            "<a>...</a>",
            "<a>\u{1f600}</a>",
        ];
        for case in cases {
            assert_eq!(check(case), Ok(()), "{case:?}");
        }
    }

    #[test]
    fn bounds_have_two_sides() {
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(check(&nested(MAX_DEPTH)).is_ok() && check(&nested(MAX_DEPTH + 1)).is_err());
        let wide = |count: usize| format!("<a {}/>", (0..count).map(|at| format!("a{at}='' ")).collect::<String>());
        assert!(check(&wide(MAX_ATTRIBUTES)).is_ok() && check(&wide(MAX_ATTRIBUTES + 1)).is_err());
        let many = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
        assert!(check(&many(MAX_PARTS - 1)).is_ok() && check(&many(MAX_PARTS)).is_err());
        let long = |length: usize| format!("<a>{}</a>", "x".repeat(length - 7));
        assert!(check(&long(MAX_BYTES)).is_ok() && check(&long(MAX_BYTES + 1)).is_err());
    }

    fn ours_reads(text: &str) -> bool {
        let mut sources = Sources::default();
        let file = sources.add("wire", text);
        let parsed = parse_accepted(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
        parsed.problems.is_empty() && parsed.elements().count() == 1
    }

    #[test]
    fn ours_reads_the_deepest_and_widest() {
        let nested = "<a>".repeat(MAX_DEPTH) + &"</a>".repeat(MAX_DEPTH);
        assert!(ours_reads(&nested));
        let wide = format!("<a {}/>", (0..MAX_ATTRIBUTES).map(|at| format!("a{at}='' ")).collect::<String>());
        assert!(ours_reads(&wide));
    }

    proptest! {
        /// Whatever the gate lets through, our parser reads as one element and without a problem.
        #[test]
        fn what_it_accepts_ours_reads(pieces in proptest::collection::vec(piece(), 1..12)) {
            let text = pieces.concat();
            if check(&text).is_ok() {
                prop_assert!(ours_reads(&text), "{text:?}");
            }
            let wrapped = format!("<a xmlns='urn:a' xmlns:p='urn:p'>{text}</a>");
            if check(&wrapped).is_ok() {
                prop_assert!(ours_reads(&wrapped), "{wrapped:?}");
            }
        }
    }

    fn piece() -> impl Strategy<Value = String> {
        let fixed = prop::sample::select(vec![
            "<a>",
            "</a>",
            "<a/>",
            "<p:b q='1'>",
            "</p:b>",
            "<p:b/>",
            "...",
            "x='y'>",
            " z='y'/>",
            "<a ...>",
            "<x y='...'/>",
            "&amp;",
            "&#x41;",
            "<![CDATA[",
            "]]>",
            " ",
            "\n",
            "'",
            "\"",
            "<",
            ">",
            "=",
            "<a b=\"1\" c='&lt;'/>",
            "[...]",
            "<...>",
            "<a xmlns='urn:b'/>",
            "<!-- x -->",
            "<?xml version='1.0'?>",
            "<a xml:lang='en'/>",
            "\u{e9}",
            "<\u{e9}/>",
            "&quot;",
            "\u{a0}",
            "<a\tb='\n'/>",
            "<a></a >",
            "<a.-_1/>",
        ]);
        prop_oneof![4 => fixed.prop_map(str::to_owned), 1 => "[a-z<>&;'= /:.\u{80}-\u{ff}]{0,6}"]
    }
}
