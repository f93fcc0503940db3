//! Raw HTML: comments, instructions to the checker, and what does not belong into a XEP.

use super::Reader;
use crate::finding::Finding;
use crate::source::MappedText;

/// What a comment of the author begins with that speaks to the checker.
const INSTRUCTION: &str = "xep:";

/// A piece of raw HTML.
pub(super) enum Html {
    /// A comment, without its delimiters.
    Comment(MappedText),
    /// `<!-- xep:allow rule='...' -->`: target and text.
    Instruction(String, MappedText),
    /// Anything else.
    Raw(MappedText),
}

impl Reader<'_, '_> {
    /// The pieces of raw HTML; what is no comment is a finding.
    pub(super) fn html(&mut self, text: &MappedText) -> Vec<Html> {
        let pieces = pieces(text);
        for piece in &pieces {
            if let Html::Raw(raw) = piece {
                self.report_raw(raw);
            }
        }
        pieces
    }

    fn report_raw(&mut self, raw: &MappedText) {
        let Some(span) = raw.trimmed().whole() else { return };
        // The end tag says nothing that the start tag has not said.
        if raw.as_str().starts_with("</") {
            return;
        }
        let tag = raw.as_str().split_inclusive('>').next().unwrap_or("").trim();
        let help = if tag.contains(['`', '\n']) || tag.len() > 60 {
            "put it into backticks".to_owned()
        } else {
            format!("put it into backticks: `{tag}`")
        };
        self.report(Finding::new("raw-html", span, "raw HTML has no place in a XEP").help(help));
    }
}

fn pieces(text: &MappedText) -> Vec<Html> {
    let mut pieces = Vec::new();
    let mut rest = text.trimmed();
    while let Some((comment, end)) = comment(&rest) {
        pieces.push(instruction(comment));
        rest = rest.slice(end..rest.len()).trimmed();
    }
    if !rest.is_empty() {
        pieces.push(Html::Raw(rest));
    }
    pieces
}

/// The comment with which a text begins, and where it ends.
fn comment(text: &MappedText) -> Option<(MappedText, usize)> {
    let inside = text.as_str().strip_prefix("<!--")?;
    let length = inside.find("-->")?;
    let start = "<!--".len();
    Some((text.slice(start..start + length), start + length + "-->".len()))
}

fn instruction(comment: MappedText) -> Html {
    let inside = comment.trimmed();
    let Some(said) = inside.as_str().strip_prefix(INSTRUCTION) else { return Html::Comment(comment) };
    let target = said.split_whitespace().next().unwrap_or("").to_owned();
    if target.is_empty() || !target.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Html::Comment(comment);
    }
    let text = inside.slice(INSTRUCTION.len() + target.len()..inside.len()).trimmed();
    Html::Instruction(target, text)
}
