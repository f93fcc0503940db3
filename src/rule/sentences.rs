//! The running text of a document, sentence by sentence: what it says of a name.

use crate::document::walk::{blocks_text, plain_text};
use crate::document::{Block, Document};
use crate::source::Span;

/// A paragraph, an item, or a row of a table.
pub(super) struct Passage {
    /// Its text.
    pub(super) text: String,
    /// What a row is about: its first cell, without quotation marks.
    pub(super) subject: Option<String>,
    /// Where it stands; of a row the whole table.
    pub(super) span: Span,
    /// The section it stands in, counted through the document.
    pub(super) section: Option<usize>,
}

/// A word, or what stands between quotation marks or angle brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Without the marks.
    pub(super) text: String,
    /// Whether it has such marks.
    pub(super) is_quoted: bool,
}

/// The passages of a body.
pub(super) fn passages(document: &Document) -> Vec<Passage> {
    let mut all = Passages::default();
    all.take(&document.body, None);
    all.found
}

#[derive(Default)]
struct Passages {
    found: Vec<Passage>,
    sections: usize,
}

impl Passages {
    fn take(&mut self, blocks: &[Block], section: Option<usize>) {
        for block in blocks {
            match block {
                Block::Section(inner) => {
                    self.sections += 1;
                    self.take(&inner.blocks, Some(self.sections - 1));
                }
                Block::List(list) => list.items.iter().for_each(|item| self.take(&item.blocks, section)),
                Block::Quote(container) | Block::Division(container) => self.take(&container.blocks, section),
                Block::Definitions(definitions) => {
                    for item in &definitions.items {
                        let subject = plain_text(&item.term);
                        self.add(blocks_text(&item.meaning), Some(&subject), definitions.span.0, section);
                    }
                }
                Block::Table(table) => {
                    for row in &table.rows {
                        let mut cells = row.cells.iter().map(|cell| blocks_text(&cell.blocks));
                        let subject = cells.next();
                        let rest = cells.collect::<Vec<_>>().join(". ");
                        self.add(rest, subject.as_deref(), table.span.0, section);
                    }
                }
                Block::Paragraph(paragraph) => {
                    self.add(plain_text(&paragraph.text), None, paragraph.span.0, section);
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, text: String, subject: Option<&str>, span: Span, section: Option<usize>) {
        let subject = subject.map(|name| name.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
        self.found.push(Passage { text, subject, span, section });
    }
}

/// The sentences of a text, as words.
pub(super) fn sentences(text: &str) -> Vec<Vec<Word>> {
    let mut all = vec![Vec::new()];
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or("");
        if let Some((word, behind)) = quoted(c, behind).filter(|_| !before.is_alphanumeric()) {
            push(&mut all, Word { text: word.to_owned(), is_quoted: true });
            (rest, before) = (behind, c);
            continue;
        }
        if is_part(c) {
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            let is_last = word.ends_with(['.', ';']) && !behind.starts_with(|c: char| c.is_alphanumeric());
            push(&mut all, Word { text: word.trim_end_matches(['.', ';', ':']).to_owned(), is_quoted: false });
            if is_last {
                all.push(Vec::new());
            }
            (rest, before) = (behind, word.chars().last().unwrap_or(' '));
            continue;
        }
        (rest, before) = (behind, c);
    }
    all.retain(|sentence| !sentence.is_empty());
    all
}

fn push(all: &mut [Vec<Word>], word: Word) {
    if let Some(last) = all.last_mut().filter(|_| !word.text.is_empty() || word.is_quoted) {
        last.push(word);
    }
}

/// What stands between a mark and its other, which is no text but a name.
fn quoted(mark: char, behind: &str) -> Option<(&str, &str)> {
    let close = match mark {
        '"' | '\'' => mark,
        '\u{201c}' => '\u{201d}',
        '\u{2018}' => '\u{2019}',
        '<' => '>',
        _ => return None,
    };
    let end = behind.find(close)?;
    let inside = behind.get(..end)?;
    let is_name = !inside.is_empty() && !inside.contains(char::is_whitespace);
    is_name.then(|| {
        (inside.trim_matches(if mark == '<' { '/' } else { close }), behind.get(end + close.len_utf8()..).unwrap_or(""))
    })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | ';' | ':' | '-' | '_' | '+' | '/' | '#' | '@')
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn sentences_are_words_and_names() {
        let all = sentences("Don't send <a/>; the 'b' is \"c d\" (or 1.5). See urn:x:y.");
        let shown: Vec<String> = all
            .iter()
            .map(|sentence| {
                let word =
                    |word: &super::Word| if word.is_quoted { format!("[{}]", word.text) } else { word.text.clone() };
                sentence.iter().map(word).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(shown, ["Don t send [a]", "the [b] is c d or 1.5", "See urn:x:y"]);
    }
}
