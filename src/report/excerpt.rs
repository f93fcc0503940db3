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
        let anchor_lines: Vec<usize> = anchors.iter().map(|byte| source.position(*byte).line).collect();
        let first_line = anchor_lines.first().copied().unwrap_or(1);

        let mut excerpt = Excerpt { text: String::new(), first_line, pieces: Vec::new() };
        let last_line = anchor_lines.last().copied().unwrap_or(1);
        for number in first_line..=last_line {
            let start = source.line(number).map_or(0, |range| range.start);
            let line = source.line(number).and_then(|range| text.get(range)).unwrap_or("");
            if anchor_lines.iter().any(|anchor| anchor.abs_diff(number) <= LINES_AROUND) {
                excerpt.push_line(line, start, &anchors, width);
            } else {
                excerpt.push_blank(line, start);
            }
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

/// Which runs of a line are kept: all of a short line, else as much around the anchors as fits into `width`. What is far from
/// the anchors is not looked at.
fn kept_runs(line: &str, anchors: &[usize], width: usize) -> Vec<Range<usize>> {
    if line.char_indices().nth(width).is_none() {
        return std::iter::once(0..line.len()).collect();
    }
    let half = (width / anchors.len().max(1) / 2).max(SMALL_GAP);
    let anchors = if anchors.is_empty() { &[0] } else { anchors };
    let mut runs: Vec<Range<usize>> = Vec::new();
    for window in anchors.iter().map(|anchor| window(line, *anchor, half)) {
        match runs.last_mut() {
            Some(last) if window.start <= forward(line, last.end, SMALL_GAP).0 => last.end = last.end.max(window.end),
            None if window.start <= forward(line, 0, SMALL_GAP).0 => runs.push(0..window.end),
            _ => runs.push(window),
        }
    }
    runs
}

/// `half` characters before an anchor and as many behind it; at an end of the line there are more on the other side.
fn window(line: &str, anchor: usize, half: usize) -> Range<usize> {
    let (start, missing) = backward(line, anchor, half);
    let (end, left_over) = forward(line, anchor, half + missing);
    backward(line, start, left_over).0..end
}

/// Where one comes to some characters behind `byte`, and how many of them there are not.
fn forward(line: &str, byte: usize, characters: usize) -> (usize, usize) {
    let behind = line.get(byte..).unwrap_or("");
    let (length, passed) =
        behind.chars().take(characters).fold((0, 0), |(length, passed), one| (length + one.len_utf8(), passed + 1));
    (byte + length, characters - passed)
}

/// The same in the other direction.
fn backward(line: &str, byte: usize, characters: usize) -> (usize, usize) {
    let before = line.get(..byte).unwrap_or("");
    let passed = before.chars().rev().take(characters);
    let (length, passed) = passed.fold((0, 0), |(length, passed), one| (length + one.len_utf8(), passed + 1));
    (byte - length, characters - passed)
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
