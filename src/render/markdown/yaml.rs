//! Texts as YAML.

use super::WIDTH;

/// A text as the value of a key or an entry of a list, behind `key:` or `-`. `indent`: of the lines that go on with it.
pub(super) fn scalar(text: &str, indent: usize) -> String {
    if is_plain(text) {
        return match is_foldable(text) && indent + text.chars().count() > WIDTH {
            true => format!(">-\n{}", folded(text, indent)),
            false => text.to_owned(),
        };
    }
    let is_literal = text.contains('\n') && is_printable(text) && !text.starts_with([' ', '\n']);
    match is_literal && text.lines().all(|line| line.trim_end() == line) {
        true => literal(text, indent),
        false if is_printable(text) && is_foldable(text) && text.chars().count() > WIDTH => {
            format!(">-\n{}", folded(text, indent))
        }
        false => quoted(text),
    }
}

/// A text of several lines, as it is.
pub(super) fn literal(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{space}{line}") };
    let lines: Vec<String> = text.trim_end().split('\n').map(line).collect();
    format!("|-\n{}", lines.join("\n"))
}

/// Whether single spaces alone part the words, so that lines may end there.
fn is_foldable(text: &str) -> bool {
    !text.contains(['\n', '\t', '\r']) && !text.contains("  ") && text.trim() == text
}

fn folded(text: &str, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() + indent <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let space = " ".repeat(indent);
    let lines: Vec<String> = lines.into_iter().map(|line| format!("{space}{line}")).collect();
    lines.join("\n")
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')))
}

/// Whether a text means itself without quotes.
fn is_plain(text: &str) -> bool {
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '(' | '/' | '$' | '+' | ';' | '^' | '_');
    text.starts_with(begins)
        && is_printable(text)
        && !text.contains(['\n', '\t'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && text.trim() == text
        && !matches!(text.to_lowercase().as_str(), "null" | "nil")
        && !text.starts_with("---")
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if !is_printable(c.encode_utf8(&mut [0; 4])) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
