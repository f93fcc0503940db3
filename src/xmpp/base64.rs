//! Base64 (RFC 4648, section 4) as it stands in stanzas, read strictly.
//!
//! White space is allowed anywhere, as in `xs:base64Binary`; every other deviation is reported with its place.

use crate::source::{MappedText, Span};
use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};

/// Text that is not Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBase64 {
    /// The smallest place that is wrong.
    pub span: Span,
    /// What is wrong there: one short sentence, in lower case, without a full stop.
    pub reason: String,
}

/// The bytes that `text` stands for.
pub fn decode(text: &MappedText) -> Result<Vec<u8>, BadBase64> {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let digits: Vec<u8> = text.as_str().bytes().filter(|&byte| !is_space(byte)).collect();
    STANDARD.decode(&digits).map_err(|error| {
        let (digit, reason) = explain(&error, &digits);
        let mut places = text.as_str().bytes().enumerate().filter(|&(_, byte)| !is_space(byte)).map(|(at, _)| at);
        bad(text, digit.and_then(|digit| places.nth(digit)), reason)
    })
}

/// The Base64 of `bytes`, on one line.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// The digit that is wrong (none: the end of the text is) and why.
///
/// The decoder looks at the end first; people want the first fault.
fn explain(error: &DecodeError, digits: &[u8]) -> (Option<usize>, String) {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let padding = digits.iter().rev().take_while(|&&byte| byte == b'=').count();
    let before_padding = digits.iter().take(digits.len() - padding);
    if let Some((at, byte)) = before_padding.enumerate().find(|(_, byte)| !is_digit(byte)) {
        let reason = match byte {
            b'=' => "`=` stands only at the end of Base64",
            _ => "this character is not part of Base64",
        };
        return (Some(at), reason.to_owned());
    }
    match *error {
        DecodeError::InvalidLastSymbol(at, _) => (Some(at), "the last character of Base64 has stray bits".to_owned()),
        DecodeError::InvalidByte(at, _) => (Some(at), "there is more `=` than Base64 needs".to_owned()),
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => {
            (None, format!("Base64 comes in groups of four characters, these are {}", digits.len()))
        }
    }
}

/// The failure at byte `at` of `text`, or at its last character.
fn bad(text: &MappedText, at: Option<usize>, reason: String) -> BadBase64 {
    let at = at.unwrap_or(text.as_str().trim_end().len().saturating_sub(1));
    let character = text.as_str().char_indices().take_while(|&(start, _)| start <= at).last();
    let (start, length) = character.map_or((0, 0), |(start, character)| (start, character.len_utf8()));
    let span = text.span(start..start + length).expect("text that is not empty comes from somewhere");
    BadBase64 { span, reason }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<u8>, (usize, usize, String)> {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        let mapped = MappedText::verbatim(&sources, sources.whole(file));
        decode(&mapped).map_err(|bad| (bad.span.start, bad.span.end, bad.reason))
    }

    #[test]
    fn white_space_may_stand_anywhere() {
        for text in ["aGVsbG8=", " aGVs\n\tbG8= \r\n", "a G V s b G 8 ="] {
            assert_eq!(read(text).unwrap(), b"hello");
        }
        assert_eq!(read("").unwrap(), b"");
        assert_eq!(read(" \n").unwrap(), b"");
    }

    #[test]
    fn the_first_wrong_character_is_named() {
        let check = |text, start, end, part: &str| {
            let (at, to, reason) = read(text).unwrap_err();
            assert_eq!((at, to), (start, end), "{text}: {reason}");
            assert!(reason.contains(part), "{text}: {reason}");
        };
        check("aGVs\nb_8=", 6, 7, "not part of");
        check("aGVs bGä=", 7, 9, "not part of");
        check("aG=sbG8=", 2, 3, "only at the end");
        check("aGVsbG9=", 6, 7, "stray bits");
        check("aGVsbG8 \n", 6, 7, "groups of four");
        check("a", 0, 1, "groups of four");
        check("aGVs====", 4, 5, "more `=`");
        check("-----BEGIN PGP MESSAGE-----", 0, 1, "not part of");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(read(&encode(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9+/= \nä]{0,40}") {
            let _ = read(&text);
        }
    }
}
