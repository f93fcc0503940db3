//! Characters that cannot stand as they are.

/// Text between tags.
pub(super) fn text(text: &str) -> String {
    escaped(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#13;"),
        _ => None,
    })
}

/// The value of an attribute in single quotes.
pub(super) fn attribute(text: &str) -> String {
    escaped(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\'' => Some("&apos;"),
        '\n' => Some("&#10;"),
        '\r' => Some("&#13;"),
        '\t' => Some("&#9;"),
        _ => None,
    })
}

fn escaped(text: &str, escape: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match escape(c) {
            Some(escape) => out.push_str(escape),
            None => out.push(allowed(c)),
        }
    }
    out
}

/// XML has no place for most control characters, not even as references.
fn allowed(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// A CDATA section; one that holds the end of such a section is made of two.
pub(super) fn cdata(text: &str) -> String {
    let text: String = text.chars().map(allowed).collect();
    let text = text.replace("]]>", "]]]]><![CDATA[>").replace('\r', "]]>&#13;<![CDATA[");
    format!("<![CDATA[{text}]]>")
}

/// A comment. Two hyphens cannot stand in one.
pub(super) fn comment(text: &str) -> String {
    let mut text: String = text.chars().map(allowed).collect();
    while text.contains("--") {
        text = text.replace("--", "- -");
    }
    let space = if text.ends_with('-') { " " } else { "" };
    format!("<!--{text}{space}-->")
}

/// A processing instruction. Its end cannot stand in its text.
pub(super) fn instruction(target: &str, text: &str) -> String {
    let text: String = text.trim().chars().map(allowed).collect();
    let text = text.replace("?>", "? >");
    let space = if text.is_empty() { "" } else { " " };
    format!("<?{target}{space}{text}?>")
}

/// `name='value'` in a processing instruction, which has no references but the ones that its reader resolves itself.
pub(super) fn pseudo_attribute(name: &str, value: &str) -> String {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { allowed(c) }).collect();
    let value = value.replace('&', "&amp;").replace("?>", "?&gt;");
    match (value.contains('\''), value.contains('"')) {
        (true, true) => format!("{name}='{}'", value.replace('\'', "&apos;")),
        (true, false) => format!("{name}=\"{value}\""),
        _ => format!("{name}='{value}'"),
    }
}
