//! The way back from a text that a parser gave to the source that it was made from.

use crate::source::MappedText;

/// `text`, each of whose characters leads back to the ones in `source` that it was made from.
///
/// It knows the ways in which Markdown and YAML change a text: escapes, doubled quotes, folded lines, indentation taken away.
/// Where none of them explains the text, the rest of it stands for the rest of the source.
pub(super) fn align(text: &str, source: &MappedText) -> MappedText {
    let raw = source.as_str();
    if raw == text {
        return source.clone();
    }
    let mut out = MappedText::new();
    let mut at = 0;
    for (position, wanted) in text.char_indices() {
        let Some((skip, step)) = next_step(raw.get(at..).unwrap_or(""), wanted) else {
            let rest = text.get(position..).unwrap_or("");
            push_standing(&mut out, rest, source, at..raw.len());
            return out;
        };
        at += skip;
        match step {
            Step::Same => out.push_mapped(source, at..at + wanted.len_utf8()),
            Step::StandsFor(length) => {
                push_standing(&mut out, wanted.encode_utf8(&mut [0; 4]), source, at..at + length);
            }
        }
        at += step.length(wanted);
    }
    if out.is_empty() {
        push_standing(&mut out, "", source, 0..raw.len());
    }
    out
}

enum Step {
    /// The character stands there as it is.
    Same,
    /// So many bytes of the source stand for the character.
    StandsFor(usize),
}

impl Step {
    fn length(&self, wanted: char) -> usize {
        match self {
            Step::Same => wanted.len_utf8(),
            Step::StandsFor(length) => *length,
        }
    }
}

/// How many bytes of `rest` are passed over, and what then makes the wanted character.
fn next_step(rest: &str, wanted: char) -> Option<(usize, Step)> {
    let first = rest.chars().next()?;
    if first == '\\' && rest.chars().nth(1) == Some(wanted) {
        return Some((0, Step::StandsFor(1 + wanted.len_utf8())));
    }
    if first == wanted {
        return Some((0, Step::Same));
    }
    let space = rest.len() - rest.trim_start().len();
    if wanted.is_whitespace() && space > 0 {
        return Some((0, Step::StandsFor(space)));
    }
    let behind = rest.get(space..)?;
    if space > 0 {
        return behind.starts_with(wanted).then_some((space, Step::Same)).or_else(|| {
            let (skip, step) = next_step(behind, wanted)?;
            Some((space + skip, step))
        });
    }
    match first {
        '\'' => rest.get(1..).filter(|rest| rest.starts_with(wanted)).map(|_| (1, Step::Same)),
        '\\' => Some((0, Step::StandsFor(escape_length(rest)))),
        _ => None,
    }
}

/// The length of an escape of a double-quoted YAML text.
fn escape_length(rest: &str) -> usize {
    let digits = match rest.chars().nth(1) {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    rest.char_indices().nth(2 + digits).map_or(rest.len(), |(at, _)| at)
}

fn push_standing(out: &mut MappedText, text: &str, source: &MappedText, range: std::ops::Range<usize>) {
    if let Some(span) = source.span(range) {
        out.push_standing_for(text, span);
    }
}
