//! The texts of `<code>` and `<example>` blocks of XEP-XML, quick and without the reader: CDATA and local entities only.

use std::path::PathBuf;
use xep::source::{FileId, MappedText, Sources, Span};

/// The folder with real XEPs; says so when there is none.
pub fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("XEP_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let found = given.into_iter().chain([beside]).find(|path| path.join("corpus").is_dir());
    if found.is_none() {
        eprintln!("skipped: no folder with real XEPs (XEP_SHARED)");
    }
    found
}

/// The texts of all elements of that name.
pub fn blocks(sources: &Sources, file: FileId, name: &str) -> Vec<MappedText> {
    let text = sources.get(file).text().clone();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(&format!("<{name}")).map(|found| at + found) {
        let Some(inner) = text[start..].find('>').map(|found| start + found + 1) else { break };
        at = inner;
        if text[..inner].ends_with("/>") {
            continue;
        }
        let (block, end) = block(&text, file, inner, name);
        blocks.push(block);
        at = end;
    }
    blocks
}

fn block(text: &str, file: FileId, start: usize, name: &str) -> (MappedText, usize) {
    let mut out = MappedText::new();
    let mut at = start;
    let close = format!("</{name}>");
    while at < text.len() && !text[at..].starts_with(&close) {
        let rest = &text[at..];
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            let from = at + 9;
            out.push_verbatim(&data[..end], Span::new(file, from, from + end));
            at = (from + end + 3).min(text.len());
        } else if rest.starts_with('&') {
            let end = rest.find(';').map_or(1, |end| end + 1);
            out.push_standing_for(&entity(text, &rest[1..end - 1]), Span::new(file, at, at + end));
            at += end;
        } else {
            let end = rest.char_indices().skip(1).find(|(_, c)| "<&".contains(*c)).map_or(rest.len(), |(end, _)| end);
            out.push_verbatim(&rest[..end], Span::new(file, at, at + end));
            at += end;
        }
    }
    (out, at)
}

fn entity(text: &str, name: &str) -> String {
    let built_in = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'")];
    if let Some((_, value)) = built_in.iter().find(|(known, _)| *known == name) {
        return (*value).to_owned();
    }
    let declared = || {
        let (_, rest) = text.split_once(&format!("<!ENTITY {name} "))?;
        let rest = rest.trim_start();
        let quote = rest.chars().next()?;
        rest[1..].split_once(quote).map(|(value, _)| value.to_owned())
    };
    declared().unwrap_or_else(|| format!("&{name};"))
}
