//! Examples, code and tables made from data: fences with attributes.

use super::escape;
use crate::document::{Directives, Listing, ListingKind, Table};

/// A listing as a fence. `allowed`: the rules that instructions before it allow already.
pub(super) fn listing(listing: &Listing, allowed: &[(String, String)]) -> Option<String> {
    if !listing.markup.is_empty() || !listing.attributes.is_empty() {
        return None;
    }
    let mut words = Vec::new();
    let text = body(listing);
    let is_included = listing.directives.get("src").is_some();
    match &listing.language {
        Some(language) => words.push(format!(".{}", language.value)),
        None if text.trim_start().starts_with('<') || listing.directives.get("seal").is_some() => {
            words.push(".xml".to_owned());
        }
        None => {}
    }
    words.extend((listing.kind == ListingKind::Example).then(|| ".example".to_owned()));
    words.extend(is_included.then(|| ".include".to_owned()));
    let caption = listing.caption.as_ref().map(|caption| ("caption".to_owned(), caption.as_str().to_owned()));
    words.extend(attributes(&listing.directives, caption, allowed));
    let info = match words.as_slice() {
        [] => String::new(),
        [language] if language == ".xml" => "xml".to_owned(),
        words => format!("{{{}}}", words.join(" ")),
    };
    Some(fenced(&info, &text))
}

/// A table made from data.
pub(super) fn generated_table(table: &Table) -> Option<String> {
    if !table.attributes.is_empty() {
        return None;
    }
    let mut words = vec![".table".to_owned()];
    words.extend(table.id.as_ref().map(|id| format!("#{}", id.value)));
    let caption = table.caption.as_ref().map(|caption| ("caption".to_owned(), caption.as_str().to_owned()));
    words.extend(attributes(&table.directives, caption, &[]));
    Some(fenced(&format!("{{{}}}", words.join(" ")), ""))
}

/// The text of a listing. One that is generated has none.
fn body(listing: &Listing) -> String {
    if listing.is_generated() {
        return String::new();
    }
    let text = listing.trimmed_text();
    // A reader takes one line end away.
    let line_end = if text.as_str().starts_with(['\n', '\r']) { "\n" } else { "" };
    format!("{line_end}{text}")
}

fn attributes(directives: &Directives, caption: Option<(String, String)>, allowed: &[(String, String)]) -> Vec<String> {
    let mut allowed = allowed.to_vec();
    let said = |name: &str, value: &str, allowed: &mut Vec<(String, String)>| {
        let at = allowed.iter().position(|(other, text)| other == name && text == value);
        at.map(|at| allowed.swap_remove(at)).is_some()
    };
    let own: Vec<(String, String)> = directives
        .iter()
        .filter(|(name, _)| *name != "class")
        .map(|(name, value)| (name.to_owned(), value.value.as_str().to_owned()))
        .filter(|(name, value)| !said(name, value, &mut allowed))
        .collect();
    let (ids, others): (Vec<_>, Vec<_>) = own.into_iter().partition(|(name, value)| name == "id" && is_plain(value));
    let ids = ids.into_iter().map(|(_, value)| format!("#{value}"));
    ids.chain(caption.into_iter().chain(others).map(|(name, value)| entry(&name, &value))).collect()
}

fn entry(name: &str, value: &str) -> String {
    if is_plain(value) && name != "caption" {
        return format!("{name}={value}");
    }
    let quote = if value.contains('"') && !value.contains('\'') { '\'' } else { '"' };
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if c == quote || c == '\\' {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("{name}={quote}{escaped}{quote}")
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A fence around a text, of marks that neither the text nor the attributes hold.
pub(super) fn fenced(info: &str, text: &str) -> String {
    let mark = if info.contains('`') { '~' } else { '`' };
    let marks = mark.to_string().repeat(escape::longest_run(text, mark).saturating_add(1).max(3));
    let end = if text.is_empty() { "" } else { "\n" };
    format!("{marks}{info}\n{text}{end}{marks}")
}
