//! Edits to bytes. All places are those of the original document, so the order of edits elsewhere does not matter.

use super::place::{Tree, is_section};
use super::{Action, Contribution, Edit, Misfit, Part};
use crate::source::{FileId, Sources, Span};
use crate::xml::Element;
use crate::xml::write::escape_text;

/// What a revision block says beside the remarks of the contributions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The new version of the document.
    pub version: String,
    /// The date, as `YYYY-MM-DD`.
    pub date: String,
    /// The initials of who made the changes.
    pub initials: String,
}

/// A document with edits applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its text.
    pub text: String,
    /// What should be looked at although everything fits: moved blocks, another version.
    pub notes: Vec<Misfit>,
    /// Where in the text each edit has written something, in order.
    written: Vec<Written>,
}

/// What an edit has written.
#[derive(Clone, Debug)]
struct Written {
    start: usize,
    end: usize,
    by: Span,
}

impl Applied {
    /// The edit that wrote the text at a place, or else the one whose text is nearest before it.
    pub fn edit_at(&self, at: usize) -> Option<Span> {
        let inside = self.written.iter().find(|one| (one.start..=one.end).contains(&at));
        inside.or_else(|| self.written.iter().rev().find(|one| one.end <= at)).map(|one| one.by)
    }
}

/// A change to a range of the document. Changes at one place are done in the order of `rank`, then in the order given.
struct Change {
    start: usize,
    end: usize,
    rank: u8,
    text: String,
    /// The edit that asks for it.
    by: Span,
}

/// Applies contributions to a document; `revision` adds a revision block.
///
/// # Errors
/// All edits that do not fit, in order: of another document, for another text, overlapping, or with a result that is not well-formed.
pub fn apply(
    sources: &Sources,
    file: FileId,
    contributions: &[Contribution],
    revision: Option<&Revision>,
) -> Result<Applied, Vec<Misfit>> {
    let tree = Tree::read(sources, file).map_err(|misfit| vec![misfit])?;
    let text = sources.get(file).text().as_str();
    let bytes = Bytes { text, sources, line_end: line_end(text) };
    let wrong: Vec<Misfit> = contributions.iter().filter_map(|one| wrong_document(&tree, one)).collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut notes: Vec<Misfit> = contributions.iter().filter_map(|one| other_version(&tree, one)).collect();
    let edits = contributions.iter().flat_map(|one| &one.edits);
    let mut located: Vec<_> = edits.map(|edit| change(&tree, &bytes, edit, &mut notes)).collect();
    located.extend(revision.map(|revision| added_revision(&tree, &bytes, contributions, revision)));
    let (mut changes, mut misfits) = (Vec::new(), Vec::new());
    for one in located {
        match one {
            Ok(change) => changes.push(change),
            Err(misfit) => misfits.push(misfit),
        }
    }
    changes.sort_by_key(|change| (change.start, change.rank));
    let changes = once(changes);
    misfits.extend(overlaps(sources, &changes));
    if !misfits.is_empty() {
        return Err(misfits);
    }
    let (text, written) = bytes.applied(&changes);
    Ok(Applied { text, notes, written })
}

/// The bytes of a document and how its lines end.
struct Bytes<'s> {
    text: &'s str,
    sources: &'s Sources,
    line_end: &'static str,
}

impl Bytes<'_> {
    /// The white space between the start of a line and an element; nothing where something else is before it.
    fn indentation(&self, at: usize) -> Option<&str> {
        let before = self.text.get(..at)?;
        let indentation = before.get(before.rfind('\n').map_or(0, |end| end + 1)..)?;
        indentation.chars().all(|letter| matches!(letter, ' ' | '\t')).then_some(indentation)
    }

    /// What is between an element and one that is written beside it: nothing, if something else is before it in its line.
    fn between(&self, element: &Element) -> String {
        let blank = if is_section(element) { self.line_end } else { "" };
        let indentation = self.indentation(element.span.start);
        indentation.map(|space| format!("{}{blank}{space}", self.line_end)).unwrap_or_default()
    }

    /// Text with the line ends of the document.
    fn lines(&self, text: &str) -> String {
        let text = text.replace("\r\n", "\n");
        if self.line_end == "\n" { text } else { text.replace('\n', self.line_end) }
    }

    fn applied(&self, changes: &[Change]) -> (String, Vec<Written>) {
        let mut new = String::with_capacity(self.text.len());
        let mut written = Vec::with_capacity(changes.len());
        let mut at = 0;
        for change in changes {
            new.push_str(self.text.get(at..change.start).unwrap_or(""));
            let start = new.len();
            new.push_str(&change.text);
            written.push(Written { start, end: new.len(), by: change.by });
            at = change.end;
        }
        new.push_str(self.text.get(at..).unwrap_or(""));
        (new, written)
    }

    /// Whether a text stands before a place (`false`) or behind it already, white space aside.
    fn has_beside(&self, at: usize, is_behind: bool, text: &str) -> bool {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let (before, behind) = (self.text.get(..at).unwrap_or(""), self.text.get(at..).unwrap_or(""));
        !words.is_empty()
            && match is_behind {
                true => behind.split_ascii_whitespace().take(words.len()).eq(words.iter().copied()),
                false => before.split_ascii_whitespace().rev().take(words.len()).eq(words.iter().rev().copied()),
            }
    }
}

/// The order of changes at one place: what follows the element before, then what precedes the next one, then that one itself.
const AFTER: u8 = 0;
const BEFORE: u8 = 1;
const ITSELF: u8 = 2;

fn line_end(text: &str) -> &'static str {
    let is_crlf = text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
    if is_crlf { "\r\n" } else { "\n" }
}

fn header<'t>(tree: &'t Tree<'_>, name: &str) -> Option<&'t Element> {
    tree.root.child("", "header")?.child("", name)
}

fn wrong_document(tree: &Tree<'_>, contribution: &Contribution) -> Option<Misfit> {
    let number = header(tree, "number").map(|number| number.text().as_str().trim().to_owned()).unwrap_or_default();
    let message = format!("the contribution is for XEP-{}, but the document is XEP-{number}", contribution.document);
    let is_four_digits = contribution.document.len() == 4 || contribution.document.parse::<u16>().is_err();
    let help = match is_four_digits {
        true => "name the right file after `--to`",
        false => "write the number with four digits, as in `document = \"0420\"`",
    };
    (number != contribution.document).then(|| Misfit::new(contribution.span, message, help))
}

fn other_version(tree: &Tree<'_>, contribution: &Contribution) -> Option<Misfit> {
    let version = tree.revision()?.child("", "version")?.text().as_str().trim().to_owned();
    let message = format!("the document has version {version}; the edits were written for {}", contribution.version);
    let help = "every hash was found, so the texts are the same; read the rest of the document again";
    (version != contribution.version).then(|| Misfit::new(contribution.span, message, help))
}

fn change(tree: &Tree<'_>, bytes: &Bytes<'_>, edit: &Edit, notes: &mut Vec<Misfit>) -> Result<Change, Misfit> {
    let found = tree.find(edit)?;
    let element = found.element;
    if found.is_moved {
        let line = bytes.sources.get(tree.file).position(element.span.start).line;
        let message = format!("{} is in line {line} now; the text is the same", edit.name());
        notes.push(Misfit::new(edit.span, message, "name its new place"));
    }
    let (start, end) = (element.span.start, element.span.end);
    let made = |start, end, rank, text| Change { start, end, rank, text, by: edit.span };
    let between = || bytes.between(element);
    let fresh = |at, is_behind, text: &str| match bytes.has_beside(at, is_behind, text) {
        true => {
            let line = bytes.sources.get(tree.file).position(at).line;
            let message = format!("what the edit inserts is there already, in line {line} of the document");
            Err(Misfit::new(edit.span, message, "the contribution was applied before; leave it out"))
        }
        false => Ok(()),
    };
    Ok(match &edit.action {
        Action::Replace(text) => made(start, end, ITSELF, bytes.lines(text)),
        Action::InsertBefore(text) => {
            fresh(start, false, text)?;
            made(start, start, BEFORE, bytes.lines(text) + &between())
        }
        Action::InsertAfter(text) => {
            fresh(end, true, text)?;
            made(end, end, AFTER, between() + &bytes.lines(text))
        }
        Action::Append(text) => {
            let (at, between) = last_place(bytes, edit, element)?;
            fresh(at, false, text)?;
            made(at, at, AFTER, between + &bytes.lines(text))
        }
        Action::Delete => {
            let start = whole_line(bytes, start, end);
            made(start, end, ITSELF, String::new())
        }
        Action::Substitute(part, text) => {
            let (from, to) = part_of(bytes, edit, element, part)?;
            made(from, to, ITSELF, bytes.lines(text))
        }
    })
}

/// Where a further child of an element goes, and what is between it and the one before.
fn last_place(bytes: &Bytes<'_>, edit: &Edit, element: &Element) -> Result<(usize, String), Misfit> {
    let source = bytes.text.get(element.span.start..element.span.end).unwrap_or("");
    let end_tag = source.rfind("</").filter(|at| element.start_tag.end <= element.span.start + at);
    let Some(end_tag) = end_tag else {
        let message = format!("{} has no closing tag, so nothing can be appended", edit.name());
        return Err(Misfit::new(edit.span, message, "replace the element"));
    };
    let inside = source.get(..end_tag).unwrap_or("").trim_end();
    let at = (element.span.start + inside.len()).max(element.start_tag.end);
    let of_child = element.elements().last().and_then(|child| bytes.indentation(child.span.start));
    let own = || bytes.indentation(element.span.start).map(|space| format!("{space}  "));
    let is_on_one_line = !source.contains('\n') && element.elements().next().is_some();
    let indentation = if is_on_one_line { None } else { of_child.map(str::to_owned).or_else(own) };
    let between = indentation.map(|space| format!("{}{space}", bytes.line_end)).unwrap_or_default();
    Ok((at, between))
}

/// Where the removal of an element starts: at the end of the line before, if nothing else is on its lines.
fn whole_line(bytes: &Bytes<'_>, start: usize, end: usize) -> usize {
    let rest = bytes.text.get(end..).unwrap_or("");
    let is_last = rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.trim().is_empty();
    match bytes.indentation(start).filter(|_| is_last) {
        Some(space) => {
            let line = bytes.text.get(..start - space.len()).unwrap_or("");
            line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line).len()
        }
        None => start,
    }
}

fn part_of(bytes: &Bytes<'_>, edit: &Edit, element: &Element, part: &Part) -> Result<(usize, usize), Misfit> {
    let start = element.span.start;
    let source = bytes.text.get(start..element.span.end).unwrap_or("");
    match part {
        Part::Attribute(name) => {
            let span = element.attribute(name).map(|attribute| (attribute.value_span.start, attribute.value_span.end));
            span.ok_or_else(|| {
                let message = format!("{} has no attribute `{name}`", edit.name());
                Misfit::new(edit.span, message, "name an attribute of its start tag")
            })
        }
        Part::Word(word) => match whole_words(source, word).as_slice() {
            [at] => Ok((start + at, start + at + word.len())),
            found => {
                let message = format!("`{word}` stands as a word {} times in {}", found.len(), edit.name());
                let help =
                    "name a whole word of the text that occurs once, not one of a tag or a reference; or use `words`";
                Err(Misfit::new(edit.span, message, help))
            }
        },
        Part::Words(first, last) => {
            let words = words(source);
            let word = |number: &usize| number.checked_sub(1).and_then(|at| words.get(at));
            match (word(first), word(last)) {
                (Some((from, _)), Some((_, to))) if from < to => Ok((start + from, start + to)),
                _ => {
                    let message = format!("{} has {} words", edit.name(), words.len());
                    Err(Misfit::new(edit.span, message, "words count from 1, tags included"))
                }
            }
        }
    }
}

/// Where a word stands in the text of an element's source: whole, and outside of tags, comments and references.
fn whole_words(source: &str, word: &str) -> Vec<usize> {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let is_text = |at: usize| {
        let before = source.get(..at).unwrap_or("");
        let is_in_tag = before.rfind('<') > before.rfind('>');
        let reference = before.rfind('&').and_then(|start| before.get(start..));
        let is_in_reference = reference.is_some_and(|rest| !rest.contains(|c: char| c == ';' || c.is_whitespace()));
        !is_in_tag && !is_in_reference
    };
    let is_whole = |at: usize| {
        let (before, behind) = (source.get(..at).unwrap_or(""), source.get(at + word.len()..).unwrap_or(""));
        let cuts_before = is_part(before.chars().next_back()) && is_part(word.chars().next());
        let cuts_behind = is_part(behind.chars().next()) && is_part(word.chars().next_back());
        !cuts_before && !cuts_behind
    };
    let places = source.match_indices(word).map(|(at, _)| at);
    places.filter(|at| !word.is_empty() && is_text(*at) && is_whole(*at)).collect()
}

/// Where the words of a text are, as white space separates them.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    let place = |word: &str| {
        let start = at + text.get(at..)?.find(word)?;
        at = start + word.len();
        Some((start, at))
    };
    text.split_ascii_whitespace().filter_map(place).collect()
}

/// Leaves out changes that another contribution makes too: two topics may need the same dependency.
fn once(changes: Vec<Change>) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        let is_same = |other: &Change| {
            (other.start, other.end, other.rank) == (change.start, change.end, change.rank)
                && other.text == change.text
                && other.by.file != change.by.file
        };
        if !kept.iter().any(is_same) {
            kept.push(change);
        }
    }
    kept
}

fn overlaps(sources: &Sources, changes: &[Change]) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    let mut last: Option<&Change> = None;
    for change in changes {
        if let Some(before) = last.filter(|before| change.start < before.end) {
            let file = sources.get(before.by.file);
            let at = format!("{}:{}", file.path(), file.position(before.by.start).line);
            let message = format!("the edit changes text that the edit at {at} changes too");
            misfits.push(Misfit::new(change.by, message, "make one edit of the two, or apply one of them only"));
        }
        if last.is_none_or(|before| before.end <= change.end) {
            last = Some(change);
        }
    }
    misfits
}

/// A revision block in front of the others, with a paragraph for each contribution.
fn added_revision(
    tree: &Tree<'_>,
    bytes: &Bytes<'_>,
    contributions: &[Contribution],
    revision: &Revision,
) -> Result<Change, Misfit> {
    let Some(first) = tree.revision() else {
        let help = "apply the contributions without `--revision`";
        return Err(Misfit::new(tree.root.start_tag, "the document has no `<revision>` in its header", help));
    };
    let end = bytes.line_end;
    let space = bytes.indentation(first.span.start).unwrap_or("  ");
    let remark = |one: &Contribution| one.remark.clone().unwrap_or_else(|| escape_text(&one.title));
    let paragraphs: String =
        contributions.iter().map(|one| format!("{space}    <p>{}</p>{end}", bytes.lines(remark(one).trim()))).collect();
    let (version, date) = (escape_text(&revision.version), escape_text(&revision.date));
    let initials = escape_text(&revision.initials);
    let text = format!(
        "<revision>{end}{space}  <version>{version}</version>{end}{space}  <date>{date}</date>{end}\
         {space}  <initials>{initials}</initials>{end}{space}  <remark>{end}{paragraphs}{space}  </remark>{end}\
         {space}</revision>{end}{space}"
    );
    let at = first.span.start;
    Ok(Change { start: at, end: at, rank: BEFORE, text, by: tree.root.start_tag })
}
