//! The file of a contribution, in TOML.

use super::{Action, Contribution, DIGITS, Edit, Misfit, Part, Step};
use crate::source::{FileId, MappedText, Sources, Span};
use crate::xml::parse::{ProblemKind, parse as parse_xml};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    why: String,
    document: Spanned<String>,
    version: String,
    remark: Option<Spanned<String>>,
    #[serde(rename = "edit")]
    edits: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    section: Option<String>,
    at: Option<Spanned<String>>,
    hash: Spanned<String>,
    parent: Option<Spanned<String>>,
    replace: Option<Spanned<String>>,
    insert_before: Option<Spanned<String>>,
    insert_after: Option<Spanned<String>>,
    append: Option<Spanned<String>>,
    delete: Option<bool>,
    substitute: Option<Spanned<String>>,
    words: Option<Spanned<String>>,
    word: Option<String>,
    attribute: Option<String>,
}

impl Contribution {
    /// Reads the file of a contribution.
    ///
    /// # Errors
    /// When it is not TOML of the form that `docs/writing.md` describes, or a text in it is not well-formed.
    pub fn read(sources: &Sources, file: FileId) -> Result<Contribution, Misfit> {
        let whole = sources.whole(file);
        let read: File = toml::from_str(sources.slice(whole)).map_err(|error| {
            let span = error.span().map_or(whole.at_start(), |range| Span::new(file, range.start, range.end));
            let help = "a contribution has `title`, `why`, `document`, `version` and a table `[[edit]]` for each edit, with `section` or `at`, `hash` and what to do";
            Misfit::new(span, error.message().trim_end().replace('\n', "; "), help)
        })?;
        let span = within(file, &read.document);
        if let Some(remark) = &read.remark {
            well_formed(remark.get_ref(), within(file, remark))?;
        }
        if read.edits.is_empty() {
            return Err(Misfit::new(whole.at_start(), "the contribution has no edit", "add a table `[[edit]]`"));
        }
        let edits = read.edits.into_iter().map(|row| edit(file, row)).collect::<Result<_, _>>()?;
        let remark = read.remark.map(Spanned::into_inner);
        let document = read.document.into_inner();
        Ok(Contribution { title: read.title, why: read.why, document, version: read.version, remark, edits, span })
    }
}

fn within<T>(file: FileId, value: &Spanned<T>) -> Span {
    Span::new(file, value.span().start, value.span().end)
}

fn edit(file: FileId, row: Spanned<Row>) -> Result<Edit, Misfit> {
    let span = within(file, &row);
    let mut row = row.into_inner();
    let at = match &row.at {
        Some(at) => steps(at.get_ref(), within(file, at))?,
        None => Vec::new(),
    };
    if row.section.is_none() && at.is_empty() {
        return Err(Misfit::new(span, "the edit names no place", "add `section`, `at`, or both"));
    }
    let hash = hash_in(file, &row.hash)?;
    let parent = row.parent.take().map(|parent| hash_in(file, &parent)).transpose()?;
    let section = row.section.take();
    let action = action(file, row, span)?;
    Ok(Edit { section, at, hash, parent, action, span })
}

fn hash_in(file: FileId, stated: &Spanned<String>) -> Result<String, Misfit> {
    let hash = stated.get_ref();
    if hash.len() == DIGITS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(hash.clone());
    }
    let help = format!("write the {DIGITS} digits that `xep apply --places --to FILE` lists");
    Err(Misfit::new(within(file, stated), format!("`{hash}` is not the hash of a place"), help))
}

fn steps(text: &str, span: Span) -> Result<Vec<Step>, Misfit> {
    text.split('/').map(|step| one_step(step, span)).collect()
}

/// `td 4`, or `title` for the first one.
fn one_step(text: &str, span: Span) -> Result<Step, Misfit> {
    let mut words = text.split_whitespace();
    let name = words.next();
    let number = words.next().map_or(Ok(1), str::parse);
    match (name, number, words.next()) {
        (Some(name), Ok(number @ 1..), None) => Ok(Step { name: name.to_owned(), number }),
        _ => Err(Misfit::new(
            span,
            format!("`{}` is not a step to an element", text.trim()),
            "write a path such as `table 1 / tr 3 / td 2`: names of elements, each with its number",
        )),
    }
}

/// How the text of an edit becomes what it does.
type Kind = fn(String) -> Action;

fn action(file: FileId, mut row: Row, span: Span) -> Result<Action, Misfit> {
    let mut actions: Vec<Action> = substitution(file, &mut row, span)?.into_iter().collect();
    actions.extend(row.delete.filter(|is_deleted| *is_deleted).map(|_| Action::Delete));
    let kinds: [(Option<Spanned<String>>, Kind); 4] = [
        (row.replace, Action::Replace),
        (row.insert_before, Action::InsertBefore),
        (row.insert_after, Action::InsertAfter),
        (row.append, Action::Append),
    ];
    for (text, kind) in kinds {
        if let Some(text) = text {
            well_formed(text.get_ref(), within(file, &text))?;
            let text = text.into_inner();
            // White space around a block means nothing; in a line it separates words.
            actions.push(kind(if text.contains('\n') { text.trim().to_owned() } else { text }));
        }
    }
    match (actions.pop(), actions.is_empty()) {
        (Some(action), true) => Ok(action),
        (found, _) => Err(Misfit::new(
            span,
            format!("the edit says {} what to do", if found.is_some() { "more than once" } else { "nowhere" }),
            "write one of `replace`, `insert-before`, `insert-after`, `append`, `delete` and `substitute`",
        )),
    }
}

/// A change of a part of the element, if the edit is one.
fn substitution(file: FileId, row: &mut Row, span: Span) -> Result<Option<Action>, Misfit> {
    let mut parts: Vec<Part> = Vec::new();
    if let Some(words) = row.words.take() {
        parts.push(range(words.get_ref(), within(file, &words))?);
    }
    parts.extend(row.word.take().map(Part::Word));
    parts.extend(row.attribute.take().map(Part::Attribute));
    match (row.substitute.take(), parts.pop(), parts.is_empty()) {
        (None, None, _) => Ok(None),
        (Some(text), Some(part), true) => Ok(Some(Action::Substitute(part, text.into_inner().trim().to_owned()))),
        _ => {
            let help = "`substitute` needs one of `words`, `word` and `attribute`, and these need `substitute`";
            Err(Misfit::new(span, "it is not clear which part of the block changes", help))
        }
    }
}

/// `7`, or `7-12`.
fn range(text: &str, span: Span) -> Result<Part, Misfit> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first @ 1..), Ok(last)) if first <= last => Ok(Part::Words(first, last)),
        _ => Err(Misfit::new(
            span,
            format!("`{text}` is not a range of words"),
            "write `7` or `7-12`; words count from 1",
        )),
    }
}

/// An entity may be one of the document, so it is not looked at.
fn well_formed(text: &str, span: Span) -> Result<(), Misfit> {
    let parsed = parse_xml(&MappedText::standing_for(text, span), "");
    match parsed.problems.into_iter().find(|problem| problem.kind != ProblemKind::BadReference) {
        None => Ok(()),
        Some(problem) => {
            let help = problem.help.unwrap_or_else(|| "write XEP-XML in which each element is closed".into());
            Err(Misfit::new(span, format!("the text is not well-formed: {}", problem.message), help))
        }
    }
}
