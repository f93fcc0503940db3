//! Base64 as XMPP carries it: RFC 4648, section 4, with white space taken out, nothing else forgiven.

use crate::source::{MappedText, Span};
use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Why a text is no Base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Error {
    /// A character that is not of the alphabet.
    Character(char),
    /// A `=` before the end, or too many of them.
    Padding,
    /// The number of characters is no multiple of four.
    Length,
    /// The last character holds bits that belong to no byte.
    LooseBits,
}

impl fmt::Display for Base64Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Base64Error::Character(character) => write!(out, "`{character}` is no character of Base64"),
            Base64Error::Padding => out.write_str("the padding `=` stands at the wrong place"),
            Base64Error::Length => out.write_str("the number of characters is no multiple of four"),
            Base64Error::LooseBits => out.write_str("the last character holds bits that belong to no byte"),
        }
    }
}

impl std::error::Error for Base64Error {}

/// Decodes a text, white space anywhere taken out.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    decode_at(text).map_err(|(error, _)| error)
}

/// Decodes a text with the way back; tells the place of the first character that is wrong. Where the text comes from
/// nowhere, there is no place.
pub fn decode_mapped(text: &MappedText) -> Result<Vec<u8>, (Base64Error, Option<Span>)> {
    decode_at(text.as_str()).map_err(|(error, at)| {
        let length = text.as_str().get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (error, text.span(at..at + length))
    })
}

/// Encodes bytes, with padding and without line breaks.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Decodes; on failure gives the byte of the text at which the fault stands.
fn decode_at(text: &str) -> Result<Vec<u8>, (Base64Error, usize)> {
    let kept: Vec<(usize, char)> = text.char_indices().filter(|(_, character)| !is_white_space(*character)).collect();
    let wrong = kept.iter().find(|(_, character)| !is_of_alphabet(*character) && *character != '=');
    if let Some(&(at, character)) = wrong {
        return Err((Base64Error::Character(character), at));
    }
    let padding = kept.iter().rev().take_while(|(_, character)| *character == '=').count();
    let data = kept.len() - padding;
    if let Some(&(at, _)) = kept.iter().take(data).find(|(_, character)| *character == '=') {
        return Err((Base64Error::Padding, at));
    }
    if padding > 0 && (4 - data % 4) % 4 != padding {
        return Err((Base64Error::Padding, kept.get(data).map_or(text.len(), |(at, _)| *at)));
    }
    let last = data.checked_sub(1).and_then(|last| kept.get(last)).map_or(text.len(), |(at, _)| *at);
    if !kept.len().is_multiple_of(4) || data % 4 == 1 {
        return Err((Base64Error::Length, last));
    }
    let plain: String = kept.iter().map(|(_, character)| character).collect();
    STANDARD.decode(plain).map_err(|_| (Base64Error::LooseBits, last))
}

/// The white space of XML, which may break Base64 into lines.
fn is_white_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_of_alphabet(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '+' || character == '/'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn texts() {
        let check = |text: &str, expected: Result<&[u8], (Base64Error, &str)>| {
            let mut sources = Sources::default();
            let file = sources.add("a", text);
            let mapped = MappedText::verbatim(&sources, sources.whole(file));
            let found = decode_mapped(&mapped);
            let found = found.map_err(|(error, span)| (error, span.map_or("", |span| sources.slice(span)).to_owned()));
            assert_eq!(found, expected.map(<[u8]>::to_vec).map_err(|(error, at)| (error, at.to_owned())), "{text:?}");
        };
        check("", Ok(b""));
        check("YWJj", Ok(b"abc"));
        check(" YW\n Jj\tZA == ", Ok(b"abcd"));
        check("YW-j", Err((Base64Error::Character('-'), "-")));
        check("YWä", Err((Base64Error::Character('ä'), "ä")));
        check("YW=j", Err((Base64Error::Padding, "=")));
        check("YWJj=", Err((Base64Error::Padding, "=")));
        check("YQ===", Err((Base64Error::Padding, "=")));
        check("YQ", Err((Base64Error::Length, "Q")));
        check("YWJjZ", Err((Base64Error::Length, "Z")));
        check("YR==", Err((Base64Error::LooseBits, "R")));
        check("====", Err((Base64Error::Padding, "=")));
    }

    proptest::proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn nothing_panics(text in "[A-Za-z0-9+/= ]{0,12}|\\PC{0,12}") {
            let _ = decode(&text);
        }
    }
}
