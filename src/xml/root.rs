//! What a file of XML is, told by its beginning.

/// The name of the root element, prefix included, of a file that may be broken behind it: what comes first that is neither a comment, a
/// processing instruction nor a document type. Nothing where that is no tag.
pub fn root_name(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        rest = rest.get(memchr::memchr(b'<', rest)?..)?;
        rest = match rest {
            [b'<', b'?', ..] => behind(rest, b"?>")?,
            [b'<', b'!', b'-', b'-', ..] => behind(rest, b"-->")?,
            [b'<', b'!', ..] => behind_declaration(rest.get(2..)?)?,
            _ => break,
        };
    }
    let name = rest.get(1..)?;
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<');
    let name = name.get(..name.iter().position(is_end)?)?;
    (!name.is_empty()).then_some(name)
}

fn behind<'t>(text: &'t [u8], end: &[u8]) -> Option<&'t [u8]> {
    text.get(memchr::memmem::find(text, end)? + end.len()..)
}

/// What is behind a document type, with its internal subset.
fn behind_declaration(text: &[u8]) -> Option<&[u8]> {
    let (mut rest, mut is_inside) = (text, false);
    loop {
        rest = match rest {
            [b'<', b'!', b'-', b'-', ..] => behind(rest, b"-->")?,
            [b'<', b'?', ..] => behind(rest, b"?>")?,
            [quote @ (b'"' | b'\''), text @ ..] => behind(text, &[*quote])?,
            [b'>', rest @ ..] if !is_inside => return Some(rest),
            [byte, rest @ ..] => {
                is_inside = *byte == b'[' || (is_inside && *byte != b']');
                rest
            }
            [] => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::root_name;

    #[test]
    fn the_first_tag_names_the_root() {
        for (text, expected) in [
            ("<xep>", Some("xep")),
            ("\u{feff}<?xml version='1.0'?>\n<xep a='b'>", Some("xep")),
            ("<!-- <xep> --><xeps><xep/></xeps>", Some("xeps")),
            ("<?pi <xep>?><xep\n>", Some("xep")),
            ("<!DOCTYPE xep SYSTEM 'a>b' [<!ENTITY a \"]>'<xep>\"><!-- ' ]> --><?p '?>%a;] ><xep/>", Some("xep")),
            ("<!DOCTYPE xep [<!ENTITY a 'it'><x:xep>", None),
            ("text <xep>", Some("xep")),
            ("<!-- <xep>", None),
            ("< xep>", None),
            ("", None),
            ("<xep", None),
        ] {
            assert_eq!(root_name(text.as_bytes()), expected.map(str::as_bytes), "{text}");
        }
    }
}
