//! What a document requires: the paragraphs and items that its author gave an id, and every other sentence with a key word of
//! BCP 14.
//!
//! Key words in code, in quotation marks, in quotations, headings, tables' lone cells and listings require nothing. Nor does the
//! sentence that says how the key words are to be read.

use super::actor;
use super::key_words::{self, KeyWord, Strength};
use super::walk::plain_text;
use super::{Block, Document, Inline, Item, Paragraph};
use crate::source::{MappedText, Span, Spanned};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// A requirement.
#[derive(Clone, Debug)]
pub struct Requirement<'a> {
    /// The id that the author gave.
    pub id: Option<&'a Spanned<String>>,
    /// What it says, as one line without markup.
    pub text: String,
    /// Where: the paragraph or item that has the id, or the sentence.
    pub span: Span,
    /// The sections around it, outermost first, as indexes in [`super::number::Numbers::sections`].
    pub sections: Vec<usize>,
    /// Its sentences with key words: one where it has no id, else any number.
    pub statements: Vec<Statement>,
}

/// A sentence with key words.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The sentence, as one line without markup.
    pub text: String,
    /// Where it is.
    pub span: Span,
    /// Its key words, in order, with their places in the text.
    pub key_words: Vec<(KeyWord, Range<usize>)>,
    /// Whether a list or an example completes it.
    pub is_continued: bool,
}

impl Requirement<'_> {
    /// Its different key words, the strongest first.
    pub fn key_words(&self) -> Vec<KeyWord> {
        let mut all: Vec<KeyWord> = Vec::new();
        for (word, _) in self.statements.iter().flat_map(|statement| &statement.key_words) {
            if !all.contains(word) {
                all.push(*word);
            }
        }
        all.sort_by_key(|word| word.strength);
        all
    }

    /// The strength of its strongest key word.
    pub fn strength(&self) -> Option<Strength> {
        self.key_words().first().map(|word| word.strength)
    }

    /// Who must do it: the one of its strongest key word, where that is certain.
    pub fn actor(&self) -> Option<String> {
        let strength = self.strength()?;
        let is_strongest = |statement: &&Statement| statement.strength() == Some(strength);
        self.statements.iter().find(is_strongest)?.actor()
    }
}

impl Statement {
    /// The strength of its strongest key word.
    pub fn strength(&self) -> Option<Strength> {
        self.key_words.iter().map(|(word, _)| word.strength).min()
    }

    /// Who must do it: the one of its strongest key word, where that is certain.
    pub fn actor(&self) -> Option<String> {
        let strength = self.strength()?;
        let at = self.key_words.iter().position(|(word, _)| word.strength == strength)?;
        actor::of(&self.text, &self.key_words, at)
    }

    /// Whether it has the same key words as another one, in the same order.
    pub fn has_key_words_of(&self, other: &Statement) -> bool {
        self.key_words.iter().map(|(word, _)| word).eq(other.key_words.iter().map(|(word, _)| word))
    }

    /// Its words in lower case, without articles and punctuation; `None` stands for a key word. Two sentences with the same words
    /// and the same key words say the same.
    pub fn words(&self) -> Vec<Option<String>> {
        let mut words = Vec::new();
        let mut from = 0;
        for (_, range) in &self.key_words {
            words.extend(plain_words(self.text.get(from..range.start).unwrap_or("")).map(Some));
            words.push(None);
            from = range.end;
        }
        words.extend(plain_words(self.text.get(from..).unwrap_or("")).map(Some));
        words
    }
}

fn plain_words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split_whitespace().enumerate().map(|(at, word)| plain_word(word, at == 0));
    words.filter(|word| !matches!(word.as_str(), "" | "a" | "an" | "the"))
}

/// A word without punctuation. Signs of numbers and comparisons are none; a capital A is a name where no sentence begins with it.
fn plain_word(word: &str, is_first: bool) -> String {
    const SIGNS: [char; 8] = ['+', '±', '≤', '≥', '≠', '=', '<', '>'];
    if word == "A" && !is_first || word.chars().all(|c| SIGNS.contains(&c)) {
        return word.to_owned();
    }
    let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
    let sign = word.find(plain).and_then(|at| word.get(..at)).and_then(|before| before.chars().next_back());
    let is_signed = plain.starts_with(|c: char| c.is_ascii_digit());
    match sign.filter(|sign| is_signed && (SIGNS.contains(sign) || *sign == '-')) {
        Some(sign) => format!("{sign}{}", plain.to_lowercase()),
        None => plain.to_lowercase(),
    }
}

/// A statement, and the number of the requirement that it belongs to.
pub type Numbered<'a> = (usize, &'a Statement);

/// The statements of different requirements that have the same words, key words aside, in the order of the first ones.
pub fn alike<'a>(requirements: &'a [Requirement<'_>]) -> Vec<Vec<Numbered<'a>>> {
    let mut groups: Vec<Vec<Numbered<'_>>> = Vec::new();
    let mut places: HashMap<Vec<Option<String>>, usize> = HashMap::new();
    let statements = |(at, requirement): (usize, &'a Requirement<'_>)| {
        requirement.statements.iter().map(move |statement| (at, statement))
    };
    for (at, statement) in requirements.iter().enumerate().flat_map(statements) {
        let place = *places.entry(statement.words()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push((at, statement)),
            None => groups.push(vec![(at, statement)]),
        }
    }
    groups.retain(|group| group.iter().any(|(at, _)| group.first().is_some_and(|(first, _)| at != first)));
    groups
}

/// The requirements of a body, in order.
pub fn requirements(document: &Document) -> Vec<Requirement<'_>> {
    let mut all = Requirements::default();
    all.blocks(&document.body);
    all.found
}

#[derive(Default)]
struct Requirements<'a> {
    found: Vec<Requirement<'a>>,
    /// How many sections began.
    begun: usize,
    /// Those that are open.
    open: Vec<usize>,
    /// The texts of notes that were passed.
    notes: HashSet<String>,
}

impl<'a> Requirements<'a> {
    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            match block {
                Block::Section(section) => {
                    self.open.push(self.begun);
                    self.begun += 1;
                    self.blocks(&section.blocks);
                    self.open.pop();
                }
                Block::Paragraph(paragraph) => self.paragraph(paragraph),
                Block::Plain(text) => self.sentences(text),
                Block::List(list) => list.items.iter().for_each(|item| self.item(item)),
                Block::Definitions(definitions) => {
                    definitions.items.iter().for_each(|item| self.blocks(&item.meaning));
                }
                Block::Table(table) => {
                    table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| self.blocks(&cell.blocks));
                }
                Block::Division(container) => self.blocks(&container.blocks),
                Block::Unknown { blocks, .. } => self.blocks(blocks),
                // Sections in quotations are counted; what they require is not this document's.
                Block::Quote(container) => {
                    let before = self.found.len();
                    self.blocks(&container.blocks);
                    self.found.truncate(before);
                }
                Block::Listing(_) | Block::Vulnerability { .. } | Block::Comment(_) | Block::Instruction(..) => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &'a Paragraph) {
        match &paragraph.requirement {
            Some(id) => self.named(id, paragraph.span.0, &[&paragraph.text]),
            None => self.sentences(&paragraph.text),
        }
    }

    fn item(&mut self, item: &'a Item) {
        let Some(id) = &item.requirement else { return self.blocks(&item.blocks) };
        let own: Vec<&[Inline]> = item.blocks.iter().filter_map(own_text).collect();
        self.named(id, item.span.0, &own);
        // Those paragraphs are done; what else is in the item speaks for itself.
        for block in &item.blocks {
            if own_text(block).is_none() {
                self.blocks(std::slice::from_ref(block));
            }
        }
    }

    fn named(&mut self, id: &'a Spanned<String>, span: Span, texts: &[&'a [Inline]]) {
        let running: Vec<Running<'_>> = texts.iter().map(|text| Running::of(text)).collect();
        let text = running.iter().map(|one| flat(one.text.as_str())).collect::<Vec<_>>().join(" ");
        let statements = running.iter().flat_map(Running::statements).collect();
        self.found.push(Requirement { id: Some(id), text, span, sections: self.open.clone(), statements });
        running.iter().flat_map(|one| &one.notes).for_each(|note| self.note(note));
    }

    fn sentences(&mut self, text: &'a [Inline]) {
        if !may_require(text) {
            return;
        }
        let running = Running::of(text);
        for statement in running.statements() {
            self.found.push(Requirement {
                id: None,
                text: statement.text.clone(),
                span: statement.span,
                sections: self.open.clone(),
                statements: vec![statement],
            });
        }
        running.notes.iter().for_each(|note| self.note(note));
    }

    /// Notes with the same text are one note, as on pages.
    fn note(&mut self, note: &'a [Inline]) {
        if self.notes.insert(plain_text(note)) {
            self.sentences(note);
        }
    }
}

/// The text of a block that belongs to the item around it.
fn own_text(block: &Block) -> Option<&[Inline]> {
    match block {
        Block::Plain(text) => Some(text),
        Block::Paragraph(paragraph) if paragraph.requirement.is_none() => Some(&paragraph.text),
        _ => None,
    }
}

/// Whether a key word is anywhere in a text, which is found out sooner than its sentences.
fn may_require(text: &[Inline]) -> bool {
    text.iter().any(|piece| match piece {
        Inline::Text(text) => key_words::next(text.as_str(), 0).is_some(),
        Inline::Emphasis(text)
        | Inline::Strong(text)
        | Inline::Link { text, .. }
        | Inline::Note(text)
        | Inline::Element { text, .. }
        | Inline::Reference { expansion: text, .. } => may_require(text),
        Inline::Code(_) | Inline::Break | Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => false,
    })
}

/// Running text in one piece.
#[derive(Default)]
struct Running<'a> {
    text: MappedText,
    /// Where it is code, in order.
    code: Vec<Range<usize>>,
    /// The notes, which are not part of it.
    notes: Vec<&'a [Inline]>,
}

impl<'a> Running<'a> {
    fn of(text: &'a [Inline]) -> Running<'a> {
        let mut running = Running::default();
        running.push(text);
        running
    }

    fn push(&mut self, text: &'a [Inline]) {
        for piece in text {
            match piece {
                Inline::Text(text) => self.text.push_mapped(text, 0..text.len()),
                Inline::Emphasis(text)
                | Inline::Strong(text)
                | Inline::Link { text, .. }
                | Inline::Element { text, .. }
                | Inline::Reference { expansion: text, .. } => self.push(text),
                Inline::Code(text) => {
                    let start = self.text.len();
                    self.push(text);
                    // Code inside of code is a part of it.
                    self.code.truncate(self.code.partition_point(|range| range.start < start));
                    self.code.push(start..self.text.len());
                }
                Inline::Note(text) => self.notes.push(text),
                Inline::Break => {
                    if let Some(span) = self.text.span(self.text.len()..self.text.len()) {
                        self.text.push_standing_for(" ", span);
                    }
                }
                Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => {}
            }
        }
    }

    fn is_code(&self, at: usize) -> bool {
        let next = self.code.partition_point(|range| range.end <= at);
        self.code.get(next).is_some_and(|range| range.contains(&at))
    }

    /// The sentences with key words.
    fn statements(&self) -> Vec<Statement> {
        let sentences = sentences(self.text.as_str(), &|at| self.is_code(at));
        sentences.into_iter().filter_map(|range| self.statement(range)).collect()
    }

    fn statement(&self, range: Range<usize>) -> Option<Statement> {
        let raw = self.text.as_str().get(range.clone())?;
        let mut key_words = Vec::new();
        let (mut text, mut from) = (String::new(), 0);
        while let Some(found) = key_words::next_or_may_not(raw, from) {
            push_flat(&mut text, raw.get(from..found.start)?);
            let start = text.len();
            push_flat(&mut text, raw.get(found.clone())?);
            let word = KeyWord::of(text.get(start..)?);
            let is_spoken = !self.is_code(range.start + found.start) && !is_quoted(raw, &found);
            key_words.extend(word.filter(|_| is_spoken).map(|word| (word, start..text.len())));
            from = found.end;
        }
        push_flat(&mut text, raw.get(from..)?);
        text.truncate(text.trim_end().len());
        if key_words.is_empty() || is_about_key_words(&text) || is_lone(&text, &key_words) {
            return None;
        }
        let is_continued = text.ends_with([':', '\u{2026}', ',']);
        Some(Statement { span: self.text.span(range)?, text, key_words, is_continued })
    }
}

/// Whether a key word is only spoken of: `"MUST"`.
fn is_quoted(text: &str, word: &Range<usize>) -> bool {
    let before = text.get(..word.start).and_then(|before| before.chars().next_back());
    let after = text.get(word.end..).and_then(|after| after.chars().next());
    let is_mark = |c: char| matches!(c, '"' | '\'' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}');
    before.is_some_and(is_mark) && after.is_some_and(is_mark)
}

/// Whether a sentence says how key words are to be read.
fn is_about_key_words(text: &str) -> bool {
    let text = text.to_lowercase();
    (text.contains("key words") || text.contains("keywords")) && text.contains("interpreted")
}

/// Whether a sentence is nothing but key words and at most one more word, as cells of tables are.
fn is_lone(text: &str, key_words: &[(KeyWord, Range<usize>)]) -> bool {
    let words: usize = key_words.iter().map(|(word, _)| word.name.split(' ').count()).sum();
    text.split_whitespace().count() <= words + 1
}

/// Words behind which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 16] =
    ["e.g", "i.e", "cf", "vs", "etc", "sec", "no", "fig", "resp", "approx", "incl", "ca", "dr", "mr", "mrs", "st"];

/// The sentences of a text, without white space at their ends.
fn sentences(text: &str, is_code: &dyn Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices() {
        if at < start || !matches!(mark, '.' | '!' | '?') || is_code(at) {
            continue;
        }
        let Some(end) = sentence_end(text, at) else { continue };
        all.extend(trimmed(text, start..end));
        start = end;
    }
    all.extend(trimmed(text, start..text.len()));
    all
}

/// The end of the sentence that a mark ends, closing quotation marks and brackets included; nothing where it ends none.
fn sentence_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at + 1..)?;
    let behind = rest.trim_start_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}']);
    let next = behind.trim_start();
    if next.len() == behind.len() || next.starts_with(char::is_lowercase) {
        return None;
    }
    let word = text.get(..at)?.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("").to_lowercase();
    let is_short = ABBREVIATIONS.contains(&word.as_str());
    (!is_short).then_some(text.len() - behind.len())
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let start = range.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    (start < end).then_some(start..end)
}

/// Text with single spaces: lines of a source may break anywhere.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds a text with single spaces.
fn push_flat(out: &mut String, text: &str) {
    for c in text.chars() {
        match c.is_whitespace() {
            true if out.is_empty() || out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// The statements of a paragraph with this text, in which code is between backticks.
    fn statements(text: &str) -> Vec<Statement> {
        let mut sources = Sources::default();
        let file = sources.add("draft.md", text);
        let pieces = text.split('`').scan(0, |at, part| {
            let span = Span::new(file, *at, *at + part.len());
            *at += part.len() + 1;
            Some(Inline::Text(MappedText::verbatim(&sources, span)))
        });
        let inlines = pieces.enumerate().map(|(at, piece)| if at % 2 == 1 { Inline::Code(vec![piece]) } else { piece });
        Running::of(&inlines.collect::<Vec<_>>()).statements()
    }

    fn shown(text: &str) -> Vec<String> {
        let words = |one: &Statement| one.key_words.iter().map(|(word, _)| word.name).collect::<Vec<_>>().join("+");
        statements(text).iter().map(|one| format!("{}: {}", words(one), one.text)).collect()
    }

    #[test]
    fn sentences_with_key_words_are_found() {
        assert_eq!(
            shown("It is so. A client MUST\n  NOT do it (e.g. Romeo's); it MAY wait. Servers SHOULD.\nThat is all."),
            ["MUST NOT+MAY: A client MUST NOT do it (e.g. Romeo's); it MAY wait."]
        );
        assert_eq!(shown("Send 'a'.\" Then clients MUST stop."), ["MUST: Then clients MUST stop."]);
        assert_eq!(shown("Version 1.5 MUST be sent? Yes."), ["MUST: Version 1.5 MUST be sent?"]);
    }

    #[test]
    fn key_words_that_are_only_spoken_of_require_nothing() {
        assert!(shown("The word \"MUST\" is strong.").is_empty());
        assert!(shown("Clients write `MUST` here.").is_empty());
        assert!(shown("The key words MUST and MAY are to be interpreted as in RFC 2119.").is_empty());
        assert!(shown("REQUIRED").is_empty());
    }

    #[test]
    fn words_are_compared_without_articles_and_punctuation() {
        let same = |one: &str, other: &str| statements(one)[0].words() == statements(other)[0].words();
        assert!(same("A client MUST send the `<a/>`.", "The client MUST  send an 'a'"));
        assert!(same("A client MUST wait.", "A client MUST NOT wait."));
        assert!(!same("A client MUST wait.", "A server MUST wait."));
        assert!(!same("The priority MUST be -1.", "The priority MUST be +1."));
        assert!(!same("The size MUST be ≤ 255.", "The size MUST be ≥ 255."));
        assert!(!same("A client MUST ask server A first.", "A client MUST ask a server first."));
    }
}
