//! Writing HTML: escaping, and what of a document's attributes and links may reach a page.

use crate::document::Attributes;

/// Adds text, escaped for content and for attributes in double or single quotes.
pub fn push_escaped(out: &mut String, text: &str) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if PLAIN[usize::from(byte)] {
            continue;
        }
        let Some(escape) = escape(byte) else { continue };
        out.push_str(text.get(copied..at).unwrap_or(""));
        out.push_str(escape);
        copied = at + 1;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
}

/// The bytes that stand in HTML as they are.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < plain.len() {
        plain[byte] = escape(byte as u8).is_none();
        byte += 1;
    }
    plain
};

/// What is written for a byte that HTML cannot hold as it is; all of them are characters of one byte.
const fn escape(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        // HTML has no way to write these.
        0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f => Some("\u{fffd}"),
        _ => None,
    }
}

/// Adds the address of a text that a page holds itself (RFC 2397), as it stands in an attribute in double quotes.
pub fn push_data_link(out: &mut String, media_type: &str, text: &str) {
    out.push_str("data:");
    out.push_str(media_type);
    out.push_str(";charset=utf-8,");
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"!$'()*+,-./:;=?@_~".contains(&byte) || !byte.is_ascii();
        if is_plain {
            continue;
        }
        out.push_str(text.get(copied..at).unwrap_or(""));
        push_percent(out, byte);
        copied = at + 1;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
}

fn push_percent(out: &mut String, byte: u8) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
    out.push('%');
    out.push(digit(byte >> 4));
    out.push(digit(byte & 15));
}

/// Adds ` name="value"`.
pub fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    push_escaped(out, value);
    out.push('"');
}

/// The link to a place on the same page: `#id`, with the characters that a fragment must not hold in percent notation.
pub fn fragment(id: &str) -> String {
    let mut link = String::from("#");
    for character in id.chars() {
        match character {
            ' ' | '#' | '%' | '"' | '<' | '>' | '`' | '\\' | '^' | '{' | '|' | '}' | '\t' | '\n' | '\r' => {
                link.push_str(&format!("%{:02X}", u32::from(character)));
            }
            character => link.push(character),
        }
    }
    link
}

/// A value as it stands in the query of a link.
pub fn query(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            byte => push_percent(&mut out, byte),
        }
    }
    out
}

/// The schemes that a link may have.
const LINK_SCHEMES: [&str; 6] = ["http", "https", "mailto", "xmpp", "ftp", "tel"];

/// A link's target, where it is one that a page may offer: a harmless scheme, a relative path or a `#fragment`.
pub fn link_target(url: &str) -> Option<&str> {
    let url = url.trim();
    let hidden = url.chars().any(|character| character.is_control());
    if url.is_empty() || hidden {
        return None;
    }
    match scheme(url) {
        Some(scheme) if !LINK_SCHEMES.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed)) => None,
        _ => Some(url),
    }
}

/// The source of an image that a page may show without asking another host: inside the page, or beside it.
pub fn image_source(url: &str) -> Option<&str> {
    let url = url.trim();
    let inside = url.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
    let beside = scheme(url).is_none() && !url.starts_with("//") && link_target(url).is_some();
    (inside || beside).then_some(url)
}

/// What stands before the first colon, where that is before any `/`, `?` or `#`.
fn scheme(url: &str) -> Option<&str> {
    let end = url.find([':', '/', '?', '#'])?;
    url.get(end..)?.starts_with(':').then(|| url.get(..end)).flatten()
}

/// Adds those attributes of the document that a page may carry.
pub fn push_attributes(out: &mut String, attributes: &Attributes) {
    for (name, value) in attributes {
        let value = value.as_str();
        match name.as_str() {
            "title" | "lang" | "dir" => push_attribute(out, name, value),
            "class" => push_classes(out, value),
            "style" if is_harmless_style(value) => push_attribute(out, name, value),
            "align" if is_word(value) => push_attribute(out, "style", &format!("text-align: {value}")),
            "colspan" | "rowspan" | "start" | "height" | "width" if is_number(value) => {
                push_attribute(out, name, value.trim());
            }
            "type" if matches!(value, "1" | "a" | "A" | "i" | "I") => push_attribute(out, name, value),
            _ => {}
        }
    }
}

/// The classes that an author's element may have: those that XEPs use. The others are for what a build says, such as badges.
const CLASSES: [&str; 9] = ["ref", "box", "info", "super", "example", "em", "def", "indent", "note"];

fn push_classes(out: &mut String, value: &str) {
    let kept: Vec<&str> = value.split_whitespace().filter(|class| CLASSES.contains(class)).collect();
    if !kept.is_empty() {
        push_attribute(out, "class", &kept.join(" "));
    }
}

/// The properties that an author may set: those of text, lists and cells, none that moves, covers or loads something.
const PROPERTIES: [&str; 13] = [
    "background-color",
    "color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "list-style",
    "list-style-type",
    "margin-left",
    "text-align",
    "text-decoration",
    "vertical-align",
    "white-space",
];

/// Whether a style sets nothing but harmless properties to plain values: words, numbers and colours. There are no functions,
/// escapes and comments in them, and nothing below zero.
fn is_harmless_style(style: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" .,#%-".contains(&byte);
    let is_harmless = |declaration: &str| {
        let Some((property, value)) = declaration.split_once(':') else { return false };
        let property = property.trim().to_ascii_lowercase();
        PROPERTIES.contains(&property.as_str())
            && value.bytes().all(is_plain)
            && !value.split([' ', ',']).any(|word| word.starts_with('-'))
    };
    let declarations = || style.split(';').filter(|declaration| !declaration.trim().is_empty());
    declarations().next().is_some() && declarations().all(is_harmless)
}

fn is_word(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|character| character.is_ascii_alphabetic())
}

fn is_number(value: &str) -> bool {
    let value = value.trim();
    (1..=5).contains(&value.len()) && value.chars().all(|character| character.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_to_harmless_schemes() {
        for kept in
            ["https://xmpp.org/a?b#c", "HTTP://x", "mailto:a@b", "xmpp:a@b?join", "ftp://x", "#a:b", "a/b:c", "x"]
        {
            assert_eq!(link_target(kept), Some(kept), "{kept}");
        }
        for refused in ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "java\nscript:x", "vbscript:x", ""]
        {
            assert_eq!(link_target(refused), None, "{refused}");
        }
    }

    #[test]
    fn images_come_from_the_page_or_beside_it() {
        for kept in ["data:image/png;base64,AA", "picture.png", "../a/b.svg"] {
            assert_eq!(image_source(kept), Some(kept), "{kept}");
        }
        for refused in ["http://example.org/x.png", "//example.org/x.png", "data:text/html,x", "javascript:x", ""] {
            assert_eq!(image_source(refused), None, "{refused}");
        }
    }

    #[test]
    fn styles_that_load_or_cover_are_dropped() {
        for harmless in
            ["list-style-type: lower-alpha", "color:green", "margin-left: 5%; Font-Weight:bold;", "color: #0a0"]
        {
            assert!(is_harmless_style(harmless), "{harmless}");
        }
        for harmful in [
            "background: URL(x)",
            "width: expression(x)",
            "@import 'x'",
            "color: u\\72l(x)",
            "position: fixed",
            "color: a/**/b",
            "margin-left: -9999px",
            "transform: scale(99)",
            "color: red; z-index: 9",
            "--x: 1",
            "color",
            ";",
            "",
        ] {
            assert!(!is_harmless_style(harmful), "{harmful}");
        }
    }

    #[test]
    fn classes_of_what_a_build_says_are_dropped() {
        let written = |value: &str| {
            let mut out = String::new();
            push_classes(&mut out, value);
            out
        };
        assert_eq!(written("box  info"), " class=\"box info\"");
        assert_eq!(written("badges box ok"), " class=\"box\"");
        assert_eq!(written("badges claim"), "");
    }

    #[test]
    fn fragments_hold_any_id() {
        assert_eq!(fragment("a b#c%"), "#a%20b%23c%25");
        assert_eq!(fragment("ex-\u{e9}"), "#ex-\u{e9}");
        assert_eq!(query("a b&\u{e9}"), "a%20b%26%C3%A9");
    }

    #[test]
    fn a_page_can_hold_a_file() {
        let mut out = String::new();
        push_data_link(&mut out, "application/xml", "<a b='\u{e9}'>\n 100% & \"#\"</a>");
        assert_eq!(
            out,
            "data:application/xml;charset=utf-8,%3Ca%20b='\u{e9}'%3E%0A%20100%25%20%26%20%22%23%22%3C/a%3E"
        );
    }

    #[test]
    fn everything_is_escaped() {
        let mut out = String::new();
        push_escaped(&mut out, "<a b=\"c\" d='e'>&\u{1}");
        assert_eq!(out, "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}");
    }
}
