//! The text that an author edits, and the way back to it.
//!
//! Everything the program says is said about a [`Span`] of a file that the author edits. Text that was derived from such a
//! file (entities expanded, CDATA spliced, Markdown converted, Base64 decoded) is a [`MappedText`]: it carries the map that
//! leads from each of its bytes back to the author's own.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The number of a file within one [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in a file that the author edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The span of `start..end` in `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        Span { file, start, end: end.max(start) }
    }

    /// The smallest span that covers both, or the first one where they lie in different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A place as people count: line and column from 1, columns in Unicode scalar values, a tab as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A file as the author wrote it.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: Arc<String>,
    /// Made when the first place is asked for: most files have nothing to tell.
    places: OnceLock<Places>,
}

/// What leads from a byte to its line and column.
#[derive(Clone, Debug)]
struct Places {
    /// Where lines begin.
    lines: Vec<usize>,
    /// How many characters begin before byte 0, [`BLOCK`], twice as many, and so on: a line may be as long as the file.
    characters: Vec<usize>,
}

/// How many bytes lie between two counts of characters.
const BLOCK: usize = 512;

impl Source {
    fn new(path: String, text: Arc<String>) -> Source {
        Source { path, text, places: OnceLock::new() }
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let lines = std::iter::once(0).chain(newlines.map(|at| at + 1)).collect();
            Places { lines, characters: characters_before_blocks(&self.text) }
        })
    }

    /// The path as it was given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<String> {
        &self.text
    }

    /// Line and column of a byte; a byte past the end counts as the end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.text.floor_char_boundary(byte.min(self.text.len()));
        let lines = &self.places().lines;
        let line = lines.partition_point(|&start| start <= byte);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let column = self.characters_before(byte) - self.characters_before(start);
        Position { line, column: column + 1 }
    }

    /// The bytes of a line, its end included; `None` for a line that does not exist.
    pub fn line(&self, number: usize) -> Option<Range<usize>> {
        let lines = &self.places().lines;
        let start = *lines.get(number.checked_sub(1)?)?;
        Some(start..lines.get(number).copied().unwrap_or(self.text.len()))
    }

    /// The number of characters before a byte at which one begins.
    fn characters_before(&self, byte: usize) -> usize {
        let block = byte / BLOCK;
        let counted = self.text.floor_char_boundary(block * BLOCK);
        let rest = self.text.get(counted..byte).map_or(0, |text| text.chars().count());
        self.places().characters.get(block).copied().unwrap_or(0) + rest
    }
}

fn characters_before_blocks(text: &str) -> Vec<usize> {
    let boundary = |block: usize| text.floor_char_boundary(block * BLOCK);
    let mut before = vec![0];
    let mut count = 0;
    for block in 0..text.len() / BLOCK {
        count += text.get(boundary(block)..boundary(block + 1)).map_or(0, |text| text.chars().count());
        before.push(count);
    }
    before
}

/// All files of one run. A clone shares their texts.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Takes a file in. `path` is the one that people are shown.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files are read"));
        self.files.push(Source::new(path.into(), Arc::new(text.into())));
        id
    }

    /// The file of that number.
    pub fn get(&self, file: FileId) -> &Source {
        self.files.get(file.0 as usize).expect("file numbers are given out by `add` of the same set")
    }

    /// How many bytes their texts have.
    pub fn size(&self) -> usize {
        self.files.iter().map(|file| file.text().len()).sum()
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).text().get(span.start..span.end).unwrap_or("")
    }

    /// The whole of a file.
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0, self.get(file).text().len())
    }

    /// All files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }
}

/// Where a piece of derived text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Byte for byte from here on.
    Verbatim(FileId, usize),
    /// The whole piece stands for this span: an entity reference, an escape, Base64.
    Stands(Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    start: usize,
    origin: Origin,
}

/// Text with the way back to the author's files.
///
/// Two texts are equal when their characters are, wherever they come from. A part of a text that was [`shared`](Self::shared)
/// costs no copy: a document is read once, and its paragraphs and values are parts of what was read.
#[derive(Clone)]
pub struct MappedText(Repr);

#[derive(Clone)]
enum Repr {
    Own(Box<Characters>),
    Part { of: Arc<Characters>, start: usize, end: usize },
}

/// Characters and where each of them comes from.
#[derive(Clone, Default)]
struct Characters {
    text: String,
    segments: Vec<Segment>,
}

impl Default for MappedText {
    fn default() -> Self {
        MappedText(Repr::Own(Box::default()))
    }
}

impl PartialEq for MappedText {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for MappedText {}

impl fmt::Debug for MappedText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for MappedText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Characters {
    fn push_segment(&mut self, segment: Segment) {
        let last_end = self.text.len();
        if let Some(last) = self.segments.last() {
            let continues = match (last.origin, segment.origin) {
                (Origin::Verbatim(a, from), Origin::Verbatim(b, to)) => {
                    a == b && from + (segment.start - last.start) == to
                }
                (Origin::Stands(a), Origin::Stands(b)) => a == b && segment.start == last_end,
                _ => false,
            };
            if continues {
                return;
            }
            if last.start == segment.start {
                self.segments.pop();
            }
        }
        self.segments.push(segment);
    }

    /// The origin of a byte, and where in the text that origin ends.
    fn origin(&self, byte: usize) -> (Origin, usize) {
        self.origin_in(self.segment_of(byte), byte)
    }

    /// The number of the segment in which a byte stands.
    fn segment_of(&self, byte: usize) -> usize {
        self.segments.partition_point(|segment| segment.start <= byte).saturating_sub(1)
    }

    /// The same for a byte that probably stands in that segment or the next one.
    fn segment_near(&self, near: usize, byte: usize) -> usize {
        let holds = |at: usize| {
            self.segments.get(at).is_some_and(|segment| segment.start <= byte)
                && self.segments.get(at + 1).is_none_or(|next| byte < next.start)
        };
        [near, near + 1].into_iter().find(|at| holds(*at)).unwrap_or_else(|| self.segment_of(byte))
    }

    /// The origin of a byte in a segment, and where in the text that origin ends.
    fn origin_in(&self, at: usize, byte: usize) -> (Origin, usize) {
        let end = self.segments.get(at + 1).map_or(self.text.len().max(byte + 1), |segment| segment.start);
        let segment = self.segments.get(at).expect("text has a segment from byte 0 on");
        match segment.origin {
            Origin::Verbatim(file, start) => (Origin::Verbatim(file, start + byte - segment.start), end),
            stands => (stands, end),
        }
    }
}

impl MappedText {
    /// No text.
    pub fn new() -> MappedText {
        MappedText::default()
    }

    /// No text, with room for some bytes.
    pub fn with_capacity(bytes: usize) -> MappedText {
        MappedText(Repr::Own(Box::new(Characters { text: String::with_capacity(bytes), segments: Vec::new() })))
    }

    /// The text of a span, byte for byte.
    pub fn verbatim(sources: &Sources, span: Span) -> MappedText {
        let mut text = MappedText::new();
        text.push_verbatim(sources.slice(span), span);
        text
    }

    /// A text that as a whole stands for a span.
    pub fn standing_for(text: impl Into<String>, span: Span) -> MappedText {
        let segments = vec![Segment { start: 0, origin: Origin::Stands(span) }];
        MappedText(Repr::Own(Box::new(Characters { text: text.into(), segments })))
    }

    /// The same text, of which parts can be taken without a copy.
    pub fn shared(&self) -> MappedText {
        match &self.0 {
            Repr::Own(_) => self.clone().into_shared(),
            Repr::Part { .. } => self.clone(),
        }
    }

    /// The same text, of which parts can be taken without a copy. A text without characters stays what it is.
    pub fn into_shared(self) -> MappedText {
        match self.0 {
            Repr::Own(characters) if !characters.text.is_empty() => {
                let end = characters.text.len();
                MappedText(Repr::Part { of: Arc::new(*characters), start: 0, end })
            }
            repr => MappedText(repr),
        }
    }

    /// The characters that this text is a part of, and where it begins and ends in them.
    fn place(&self) -> (&Characters, usize, usize) {
        match &self.0 {
            Repr::Own(characters) => (characters, 0, characters.text.len()),
            Repr::Part { of, start, end } => (of, *start, *end),
        }
    }

    /// The characters to add to: those of a part are copied first.
    fn own(&mut self) -> &mut Characters {
        if let Repr::Part { .. } = self.0 {
            let mut copy = MappedText::new();
            copy.push_mapped(self, 0..self.len());
            *self = copy;
        }
        match &mut self.0 {
            Repr::Own(characters) => characters,
            Repr::Part { .. } => unreachable!("a part was made a text of its own above"),
        }
    }

    /// Adds a text that stands in the author's file byte for byte, beginning at the start of `span`.
    pub fn push_verbatim(&mut self, text: &str, span: Span) {
        self.push(text, Origin::Verbatim(span.file, span.start));
    }

    /// Adds a text that as a whole stands for a span (an entity reference and its expansion).
    pub fn push_standing_for(&mut self, text: &str, span: Span) {
        self.push(text, Origin::Stands(span));
    }

    fn push(&mut self, text: &str, origin: Origin) {
        let own = self.own();
        own.push_segment(Segment { start: own.text.len(), origin });
        own.text.push_str(text);
    }

    /// Adds a part of another text, with its origins.
    pub fn push_mapped(&mut self, other: &MappedText, range: Range<usize>) {
        let Some(text) = other.as_str().get(range.clone()) else { return };
        if text.is_empty() {
            return;
        }
        let own = self.own();
        let mut at = range.start;
        while at < range.end {
            let (origin, end) = other.origin(at);
            own.push_segment(Segment { start: own.text.len() + at - range.start, origin });
            at = end.min(range.end);
        }
        own.text.push_str(text);
    }

    /// The origin of a byte, and where in this text that origin ends.
    fn origin(&self, byte: usize) -> (Origin, usize) {
        let (characters, start, end) = self.place();
        let (origin, ends) = characters.origin(start + byte);
        (origin, ends.min(end.max(start + byte + 1)) - start)
    }

    /// A part of the text, with its origins.
    pub fn slice(&self, range: Range<usize>) -> MappedText {
        if range.is_empty() {
            return self
                .span_at(range.start)
                .map(|span| MappedText::standing_for("", span.at_start()))
                .unwrap_or_default();
        }
        if self.as_str().get(range.clone()).is_none() {
            return MappedText::new();
        }
        if let Repr::Part { of, start, .. } = &self.0 {
            return MappedText(Repr::Part { of: of.clone(), start: start + range.start, end: start + range.end });
        }
        let mut part = MappedText::new();
        part.push_mapped(self, range);
        part
    }

    /// The author's span of a range of this text; an empty range gives the place where it stands. `None` only for a text
    /// that comes from nowhere (an empty one).
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let first = self.span_at(range.start)?;
        if range.end <= range.start {
            return Some(if range.start >= self.len() { first } else { first.at_start() });
        }
        // Most ranges lie in one piece of the author's text.
        if range.end <= self.len()
            && let (Origin::Verbatim(file, at), ends) = self.origin(range.start)
            && range.end <= ends
        {
            return Some(Span::new(file, at, at + range.end - range.start));
        }
        let last = self.span_at(range.end - 1)?;
        let last_end = match self.origin(range.end - 1).0 {
            Origin::Verbatim(file, at) => Span::new(file, at, at + 1),
            Origin::Stands(span) => span,
        };
        Some(first.to(last).to(last_end))
    }

    /// The author's span of a range that he wrote letter by letter, in one piece; nothing for one of which a part stands for
    /// something else.
    pub fn own_span(&self, range: Range<usize>) -> Option<Span> {
        if range.is_empty() || range.end > self.len() {
            return None;
        }
        match self.origin(range.start) {
            (Origin::Verbatim(file, at), ends) if range.end <= ends => {
                Some(Span::new(file, at, at + range.end - range.start))
            }
            _ => None,
        }
    }

    /// The same as [`span`](Self::span) for somebody who goes through a text from front to back: `near` is where he was.
    pub fn span_near(&self, range: Range<usize>, near: &Cell<usize>) -> Option<Span> {
        let (characters, start, end) = self.place();
        if range.start < range.end && start + range.end <= end {
            let at = characters.segment_near(near.get(), start + range.start);
            near.set(at);
            if let (Origin::Verbatim(file, from), ends) = characters.origin_in(at, start + range.start)
                && start + range.end <= ends
            {
                return Some(Span::new(file, from, from + range.end - range.start));
            }
        }
        self.span(range)
    }

    /// The author's span of the byte at `byte`, or the end of the text's last byte for a place behind it.
    fn span_at(&self, byte: usize) -> Option<Span> {
        let (characters, _, _) = self.place();
        if characters.segments.is_empty() {
            return None;
        }
        if self.is_empty() {
            return characters.segments.first().map(|segment| match segment.origin {
                Origin::Verbatim(file, at) => Span::new(file, at, at),
                Origin::Stands(span) => span,
            });
        }
        let behind = byte >= self.len();
        let at = byte.min(self.len() - 1);
        Some(match (self.origin(at).0, behind) {
            (Origin::Verbatim(file, at), false) => Span::new(file, at, at + 1),
            (Origin::Verbatim(file, at), true) => Span::new(file, at + 1, at + 1),
            (Origin::Stands(span), false) => span,
            (Origin::Stands(span), true) => Span::new(span.file, span.end, span.end),
        })
    }

    /// The span of the whole text.
    pub fn whole(&self) -> Option<Span> {
        self.span(0..self.len())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        let (characters, start, end) = self.place();
        characters.text.get(start..end).unwrap_or("")
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        let (_, start, end) = self.place();
        end - start
    }

    /// Whether a byte stands for a span (it came out of a reference) rather than being the author's own.
    pub fn is_derived(&self, byte: usize) -> bool {
        byte < self.len() && matches!(self.origin(byte).0, Origin::Stands(_))
    }

    /// The text without white space at both ends.
    pub fn trimmed(&self) -> MappedText {
        let text = self.as_str();
        let start = text.len() - text.trim_start().len();
        let end = start + text.trim().len();
        self.slice(start..end)
    }

    /// The pieces of the text that have one origin each: range in the text, span, and whether it is verbatim.
    pub fn pieces(&self) -> Vec<(Range<usize>, Span, bool)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < self.len() {
            let (origin, end) = self.origin(at);
            pieces.push(match origin {
                Origin::Verbatim(file, start) => (at..end, Span::new(file, start, start + end - at), true),
                Origin::Stands(span) => (at..end, span, false),
            });
            at = end;
        }
        pieces
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where the author wrote it.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, which stands at `span`.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }
}

/// Values are compared without their places.
impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a", "ä\tb\nc");
        let at = |byte| sources.get(file).position(byte);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(3), Position { line: 1, column: 3 });
        assert_eq!(at(5), Position { line: 2, column: 1 });
        assert_eq!(at(99), Position { line: 2, column: 2 });
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_its_start() {
        let mut sources = Sources::default();
        let text = format!("ä\n{}\nb", "aé日".repeat(2000));
        let file = sources.add("a", text.as_str());
        let source = sources.get(file);
        for (byte, _) in text.char_indices() {
            let before = &text[..byte];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let line = before.matches('\n').count() + 1;
            let column = text[start..byte].chars().count() + 1;
            assert_eq!(source.position(byte), Position { line, column });
            assert!(source.line(line).is_some_and(|range| range.contains(&byte)));
        }
        assert_eq!((source.line(0), source.line(4)), (None, None));
    }

    #[test]
    fn spliced_text_leads_back_to_its_pieces() {
        let mut sources = Sources::default();
        let file = sources.add("a", "ab&ns;cd");
        let mut text = MappedText::new();
        text.push_verbatim("ab", Span::new(file, 0, 2));
        text.push_standing_for("urn:x", Span::new(file, 2, 6));
        text.push_verbatim("cd", Span::new(file, 6, 8));
        assert_eq!(text.as_str(), "aburn:xcd");
        assert_eq!(text.span(0..1), Some(Span::new(file, 0, 1)));
        assert_eq!(text.span(3..4), Some(Span::new(file, 2, 6)));
        assert_eq!(text.span(1..8), Some(Span::new(file, 1, 7)));
        assert_eq!(text.span(9..9), Some(Span::new(file, 8, 8)));
        assert_eq!(text.own_span(1..2), Some(Span::new(file, 1, 2)));
        assert_eq!((text.own_span(1..3), text.own_span(3..4), text.own_span(8..10)), (None, None, None));
        let part = text.slice(1..8);
        assert_eq!(part.as_str(), "burn:xc");
        assert_eq!(part.span(6..7), Some(Span::new(file, 6, 7)));
        assert_eq!(part.span(0..1), Some(Span::new(file, 1, 2)));
    }
}
