//! Many places, asked about one after the other whether one of them meets another.

use crate::source::{FileId, Span};
use std::collections::BTreeMap;

/// SpanSet by their files.
pub(super) struct SpanSet(BTreeMap<FileId, InFile>);

/// The places of one file in the order of their starts.
struct InFile {
    starts: Vec<usize>,
    /// The last end of each and those before it.
    last_ends: Vec<usize>,
    /// The first end of each and those behind it.
    first_ends: Vec<usize>,
}

impl SpanSet {
    pub(super) fn new(spans: impl IntoIterator<Item = Span>) -> SpanSet {
        let mut files: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
        for span in spans {
            files.entry(span.file).or_default().push(span);
        }
        SpanSet(files.into_iter().map(|(file, spans)| (file, InFile::new(spans))).collect())
    }

    /// Whether one of the places covers `span`, or lies within it.
    pub(super) fn meet(&self, span: Span) -> bool {
        self.0.get(&span.file).is_some_and(|places| places.cover(span) || places.lie_within(span))
    }
}

impl InFile {
    fn new(mut spans: Vec<Span>) -> InFile {
        spans.sort_unstable();
        let ends = || spans.iter().map(|span| span.end);
        let last_ends = ends().scan(0, |last, end| Some(replaced(last, end.max(*last)))).collect();
        let mut first_ends: Vec<usize> =
            ends().rev().scan(usize::MAX, |first, end| Some(replaced(first, end.min(*first)))).collect();
        first_ends.reverse();
        InFile { starts: spans.iter().map(|span| span.start).collect(), last_ends, first_ends }
    }

    /// Whether one begins no later and ends no earlier.
    fn cover(&self, span: Span) -> bool {
        let behind = self.starts.partition_point(|start| *start <= span.start);
        behind.checked_sub(1).and_then(|at| self.last_ends.get(at)).is_some_and(|end| *end >= span.end)
    }

    /// Whether one begins no earlier and ends no later.
    fn lie_within(&self, span: Span) -> bool {
        let first = self.starts.partition_point(|start| *start < span.start);
        self.first_ends.get(first).is_some_and(|end| *end <= span.end)
    }
}

fn replaced(place: &mut usize, value: usize) -> usize {
    *place = value;
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spans_meet_as_each_one_does(
            ranges in prop::collection::vec((0usize..30, 0usize..12), 0..8),
            start in 0usize..30,
            length in 0usize..12,
        ) {
            let mut sources = Sources::default();
            let file = sources.add("a", "");
            let span = |(start, length): (usize, usize)| Span::new(file, start, start + length);
            let asked = span((start, length));
            let spans: Vec<Span> = ranges.into_iter().map(span).collect();
            let expected = spans.iter().any(|one| one.contains(asked) || asked.contains(*one));
            prop_assert_eq!(SpanSet::new(spans).meet(asked), expected);
        }
    }
}
