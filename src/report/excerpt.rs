//! The few lines of a file that a reader needs to see, none of them too wide.
//!
//! A file may have 400 kilobytes and a line of it ten thousand characters of Base64. What stands far from every span is
//! blank in an excerpt, and long runs within a line are replaced by `…`, so that the cost of showing a finding depends on
//! the finding.

use crate::source::Source;
use std::ops::Range;

/// How many lines around the begin and end of a span are kept.
const LINES_AROUND: usize = 6;

/// A gap that is not worth an ellipsis, in characters.
const SMALL_GAP: usize = 3;

/// What stands for a left-out run.
const ELLIPSIS: &str = "…";

/// Some lines of a file, and the way from its bytes to theirs.
pub(super) struct Excerpt {
    /// The lines.
    pub(super) text: String,
    /// The number of the first one.
    pub(super) first_line: usize,
    pieces: Vec<Piece>,
}

/// A run of bytes that was kept.
struct Piece {
    /// Where it stands in the file.
    from: Range<usize>,
    /// Where it stands in the excerpt.
    at: usize,
}

impl Excerpt {
    /// The lines of `source` around `spans`, each about `width` characters wide at most.
    pub(super) fn new(source: &Source, spans: &[Range<usize>], width: usize) -> Excerpt {
        let text: &str = source.text();
        let mut anchors: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
        anchors.iter_mut().for_each(|byte| *byte = text.floor_char_boundary((*byte).min(text.len())));
        anchors.sort_unstable();
        anchors.dedup();
        let first = anchors.first().copied().unwrap_or(0);
        let last = anchors.last().copied().unwrap_or(0);
        let anchor_lines: Vec<usize> = anchors.iter().map(|byte| source.position(*byte).line).collect();
        let first_line = anchor_lines.first().copied().unwrap_or(1);

        let mut excerpt = Excerpt { text: String::new(), first_line, pieces: Vec::new() };
        let mut start = line_start(text, first);
        for (offset, line) in text.get(start..line_end(text, last)).unwrap_or("").split_inclusive('\n').enumerate() {
            let number = first_line + offset;
            if anchor_lines.iter().any(|anchor| anchor.abs_diff(number) <= LINES_AROUND) {
                excerpt.push_line(line, start, &anchors, width);
            } else {
                excerpt.push_blank(line, start);
            }
            start += line.len();
        }
        excerpt
    }

    /// Where a range of the file stands in the excerpt; what was left out counts as its ellipsis.
    pub(super) fn place(&self, span: Range<usize>) -> Range<usize> {
        let start = self.place_of(span.start);
        start..self.place_of(span.end).max(start)
    }

    fn place_of(&self, byte: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.from.start <= byte);
        let Some(piece) = next.checked_sub(1).and_then(|at| self.pieces.get(at)) else { return 0 };
        let place = piece.at + byte.min(piece.from.end) - piece.from.start;
        self.text.floor_char_boundary(place)
    }

    fn push_line(&mut self, line: &str, start: usize, anchors: &[usize], width: usize) {
        let body = line.trim_end_matches(['\n', '\r']);
        let here: Vec<usize> = anchors
            .iter()
            .filter(|byte| (start..=start + body.len()).contains(*byte))
            .map(|byte| byte - start)
            .collect();
        let mut shown = 0;
        for kept in kept_runs(body, &here, width) {
            if kept.start > shown {
                self.text.push_str(ELLIPSIS);
            }
            shown = kept.end;
            self.push_piece(body, kept, start);
        }
        if shown < body.len() {
            self.text.push_str(ELLIPSIS);
        }
        self.push_piece(line, body.len()..line.len(), start);
    }

    fn push_blank(&mut self, line: &str, start: usize) {
        let body = line.trim_end_matches('\n');
        self.push_piece(line, body.len()..line.len(), start);
    }

    fn push_piece(&mut self, line: &str, range: Range<usize>, start: usize) {
        let Some(text) = line.get(range.clone()) else { return };
        self.pieces.push(Piece { from: start + range.start..start + range.end, at: self.text.len() });
        self.text.push_str(text);
    }
}

fn line_start(text: &str, byte: usize) -> usize {
    text.get(..byte).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, byte: usize) -> usize {
    text.get(byte..).and_then(|behind| behind.find('\n')).map_or(text.len(), |newline| byte + newline + 1)
}

/// Which runs of a line are kept: all of a short line, else as much around the anchors as fits into `width`.
fn kept_runs(line: &str, anchors: &[usize], width: usize) -> Vec<Range<usize>> {
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
    if starts.len() <= width {
        return std::iter::once(0..line.len()).collect();
    }
    let byte = |index: usize| starts.get(index).copied().unwrap_or(line.len());
    let anchors: Vec<usize> = anchors.iter().map(|anchor| starts.partition_point(|start| start < anchor)).collect();
    let windows = windows(&anchors, starts.len(), width);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for window in windows {
        match runs.last_mut() {
            Some(last) if window.start <= last.end + SMALL_GAP => last.end = last.end.max(window.end),
            None if window.start <= SMALL_GAP => runs.push(0..window.end),
            _ => runs.push(window),
        }
    }
    runs.into_iter().map(|run| byte(run.start)..byte(run.end)).collect()
}

/// One window of characters around each anchor, in order; the begin of the line where there is none.
fn windows(anchors: &[usize], length: usize, width: usize) -> Vec<Range<usize>> {
    let half = (width / anchors.len().max(1) / 2).max(SMALL_GAP);
    let window = |anchor: &usize| {
        // A window that would reach over an end of the line shows more on the other side.
        let last_start = length.saturating_sub(2 * half);
        let start = anchor.saturating_sub(half).min(last_start);
        start..start + 2 * half
    };
    if anchors.is_empty() { vec![window(&0)] } else { anchors.iter().map(window).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    fn check(text: &str, span: Range<usize>, width: usize, expected: &str) {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        let excerpt = Excerpt::new(sources.get(file), std::slice::from_ref(&span), width);
        let place = excerpt.place(span);
        let marked =
            format!("{}[{}]{}", &excerpt.text[..place.start], &excerpt.text[place.clone()], &excerpt.text[place.end..]);
        assert_eq!(format!("{}:{marked}", excerpt.first_line), expected);
    }

    #[test]
    fn lines_around_a_span() {
        check("", 0..0, 10, "1:[]");
        check("ab\ncd\nef\n", 3..4, 10, "2:[c]d\n");
        check("ab\ncd\nef\n", 9..9, 10, "4:[]");
        check("ab\r\ncd\r\n", 1..5, 10, "1:a[b\r\nc]d\r\n");
        check("0123456789abcdefghij", 10..11, 8, "1:…789[a]bcd…");
        check("0123456789abcdefghijk", 0..21, 8, "1:[012345…fghijk]");
        check("ääääääääääää", 8..10, 6, "1:ääää[ä]äää…");
    }

    proptest! {
        #[test]
        fn every_place_is_in_the_excerpt(text in "[ab…ä\\r\\n]{0,200}", start in 0usize..300, len in 0usize..300, width in 0usize..40) {
            let mut sources = Sources::default();
            let file = sources.add("a", text);
            let span = start..start + len;
            let excerpt = Excerpt::new(sources.get(file), std::slice::from_ref(&span), width);
            let place = excerpt.place(span);
            prop_assert!(excerpt.text.get(place).is_some());
        }
    }
}
