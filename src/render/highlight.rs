//! Colours for XML, also for text that is no well-formed XML: it never fails and never changes a character.

use super::html::{push_attribute, push_escaped};
use crate::series::SeriesPlace;

/// XML as HTML with a `span` around each coloured piece. The classes: `xt` tag names and their angle brackets, `xa` names of
/// attributes, `xv` values, `xc` comments, `xd` declarations, instructions and CDATA marks, `xr` references.
pub fn xml(text: &str) -> String {
    linked_xml(text, None)
}

/// The same, with a link from each declared namespace to the document of the series that defines it.
pub fn linked_xml(text: &str, series: Option<SeriesPlace<'_>>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while !rest.is_empty() {
        rest = piece(rest, series, &mut out);
    }
    out
}

/// Whether text looks like XML enough to be coloured.
pub fn looks_like_xml(text: &str) -> bool {
    text.trim_start()
        .strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|c: char| is_name_start(c) || "/!?".contains(c)))
}

/// Writes the next piece and gives what is left.
fn piece<'a>(text: &'a str, series: Option<SeriesPlace<'_>>, out: &mut String) -> &'a str {
    const MARKED: [(&str, &str, &str); 4] =
        [("<!--", "-->", "xc"), ("<?", "?>", "xd"), ("<![CDATA[", "[CDATA[", "xd"), ("<!", ">", "xd")];
    for (start, end, class) in MARKED {
        if let Some(after) = text.strip_prefix(start) {
            let inside =
                if start == "<![CDATA[" { 0 } else { after.find(end).map_or(after.len(), |at| at + end.len()) };
            return coloured(text, start.len() + inside, class, out);
        }
    }
    if text.starts_with("]]>") {
        return coloured(text, 3, "xd", out);
    }
    if text.starts_with('&') {
        return reference(text, out);
    }
    match tag_name_length(text) {
        Some(length) => tag(coloured(text, length, "xt", out), series, out),
        None => plain(text, out),
    }
}

/// Text up to the next character that could begin something.
fn plain<'a>(text: &'a str, out: &mut String) -> &'a str {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = text.get(first..).and_then(|rest| rest.find(['<', '&', ']'])).map_or(text.len(), |at| first + at);
    let (now, later) = text.split_at(end);
    push_escaped(out, now);
    later
}

/// Writes the first `length` bytes in a colour.
fn coloured<'a>(text: &'a str, length: usize, class: &str, out: &mut String) -> &'a str {
    let (now, later) = text.split_at_checked(length).unwrap_or((text, ""));
    out.push_str("<span class=\"");
    out.push_str(class);
    out.push_str("\">");
    push_escaped(out, now);
    out.push_str("</span>");
    later
}

fn reference<'a>(text: &'a str, out: &mut String) -> &'a str {
    let name = text.strip_prefix('&').unwrap_or(text);
    let length = name.find(|c: char| !(is_name(c) || c == '#')).unwrap_or(name.len());
    let ends = name.get(length..).is_some_and(|rest| rest.starts_with(';'));
    if length > 0 && ends { coloured(text, length + 2, "xr", out) } else { plain(text, out) }
}

/// The length of `<name` or `</name`, if a tag begins here.
fn tag_name_length(text: &str) -> Option<usize> {
    let after = text.strip_prefix('<')?;
    let name = after.strip_prefix('/').unwrap_or(after);
    let starts = name.starts_with(is_name_start);
    let length = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
    starts.then(|| text.len() - name.len() + length)
}

/// What stands in a tag, up to and with its `>`; an unfinished tag ends where the next one begins.
fn tag<'a>(mut text: &'a str, series: Option<SeriesPlace<'_>>, out: &mut String) -> &'a str {
    let mut declares = false;
    while let Some(first) = text.chars().next() {
        text = match first {
            '>' => return coloured(text, 1, "xt", out),
            '<' => return text,
            '/' if text.starts_with("/>") => return coloured(text, 2, "xt", out),
            '"' | '\'' if declares => namespace(text, first, series, out),
            '"' | '\'' => value(text, first, out),
            c if is_name_start(c) => {
                let length = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
                let name = text.get(..length).unwrap_or("");
                declares = series.is_some() && (name == "xmlns" || name.starts_with("xmlns:"));
                coloured(text, length, "xa", out)
            }
            c => {
                let (now, later) = text.split_at(c.len_utf8());
                push_escaped(out, now);
                later
            }
        };
    }
    text
}

/// A value with its quotes; one that is never closed ends at its line.
fn value<'a>(text: &'a str, quote: char, out: &mut String) -> &'a str {
    let inside = text.get(1..).unwrap_or("");
    let length = match inside.find(quote) {
        Some(at) => at + 2,
        None => inside.find(['\n', '<']).unwrap_or(inside.len()) + 1,
    };
    coloured(text, length, "xv", out)
}

/// The value of a declaration: its namespace leads to the document that defines it.
fn namespace<'a>(text: &'a str, quote: char, series: Option<SeriesPlace<'_>>, out: &mut String) -> &'a str {
    let rest = text.get(1..).unwrap_or("");
    let found = rest.split_once(quote).and_then(|(name, rest)| Some((name, series?.defines(name)?, rest)));
    let Some((name, document, rest)) = found else { return value(text, quote, out) };
    out.push_str("<span class=\"xv\">");
    push_escaped(out, quote.encode_utf8(&mut [0; 4]));
    out.push_str("<a");
    push_attribute(out, "href", &document.href());
    push_attribute(out, "title", &document.heading());
    out.push('>');
    push_escaped(out, name);
    out.push_str("</a>");
    push_escaped(out, quote.encode_utf8(&mut [0; 4]));
    out.push_str("</span>");
    rest
}

fn is_name_start(character: char) -> bool {
    character.is_alphabetic() || character == '_' || character == ':'
}

fn is_name(character: char) -> bool {
    is_name_start(character) || character.is_numeric() || character == '-' || character == '.'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::series::{DocumentFacts, SeriesFacts};

    fn check(text: &str, expected: &str) {
        assert_eq!(xml(text).replace("<span class=\"", "{").replace("\">", ":").replace("</span>", "}"), expected);
    }

    /// The characters of the HTML that [`xml`] writes.
    fn characters(html: &str) -> String {
        let mut text = String::new();
        let mut inside = false;
        for character in html.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                _ if inside => {}
                other => text.push(other),
            }
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        text.replace("&amp;", "&")
    }

    #[test]
    fn pieces_get_their_colours() {
        check("<a b='c'/>", "{xt:&lt;a} {xa:b}={xv:&#39;c&#39;}{xt:/&gt;}");
        check("<x:a>t&amp;u</x:a>", "{xt:&lt;x:a}{xt:&gt;}t{xr:&amp;amp;}u{xt:&lt;/x:a}{xt:&gt;}");
        check("<!-- a <b> -->c", "{xc:&lt;!-- a &lt;b&gt; --&gt;}c");
        check("<?xml version='1.0'?>", "{xd:&lt;?xml version=&#39;1.0&#39;?&gt;}");
        check("<![CDATA[<a/>]]>", "{xd:&lt;![CDATA[}{xt:&lt;a}{xt:/&gt;}{xd:]]&gt;}");
    }

    #[test]
    fn declared_namespaces_lead_to_what_defines_them() {
        let document = |name: &str, namespace: &str| DocumentFacts {
            name: name.into(),
            title: name.to_uppercase(),
            described: namespace.to_owned(),
            ..DocumentFacts::default()
        };
        let series = SeriesFacts::of(vec![document("a", "urn:x:a").into(), document("b", "urn:x:b").into()]);
        let linked = |text| {
            let html = linked_xml(text, Some(SeriesPlace { series: &series, at: 0 }));
            (html.matches("<a href=\"b.html\" title=\"B\">urn:x:b</a>").count(), html.matches("<a ").count())
        };
        assert_eq!(linked("<x xmlns='urn:x:b' xmlns:y=\"urn:x:b\" to='urn:x:b'/>"), (2, 2));
        assert_eq!(linked("<x xmlns='urn:x:a'>xmlns='urn:x:b'</x>"), (0, 0), "not to itself, and not from text");
        assert_eq!(linked("<x xmlns='urn:x:b"), (0, 0));
    }

    #[test]
    fn text_that_is_no_xml_stays_text() {
        check("a < b && c", "a &lt; b &amp;&amp; c");
        check("<iq ...>", "{xt:&lt;iq} ...{xt:&gt;}");
        check("<a b='c\n<d/>", "{xt:&lt;a} {xa:b}={xv:&#39;c}\n{xt:&lt;d}{xt:/&gt;}");
        check("<!-- open", "{xc:&lt;!-- open}");
    }

    #[test]
    fn xml_is_known_by_its_first_tag() {
        assert!(looks_like_xml("\n  <iq/>"));
        assert!(!looks_like_xml("C: <iq/>"));
        assert!(!looks_like_xml("< b"));
    }

    proptest! {
        #[test]
        fn no_character_is_changed(text in "([<>&'\"/!?a-c=; \\]\\[-]|<!--|-->|CDATA|\u{e9}|\u{1f600}|\n)*") {
            prop_assert_eq!(characters(&xml(&text)), text);
        }
    }
}
