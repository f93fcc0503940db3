//! What a check has to say, and the sink that collects it.

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Wrong in any reading.
    Error,
    /// Likely wrong.
    Warning,
    /// A remark.
    Info,
}

impl Severity {
    /// The name in every output format.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// A span and what is to be said about it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say there; may be empty for the primary place.
    pub message: String,
}

/// A change to the author's own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it never changes meaning.
    pub safe: bool,
    /// What it does.
    pub message: String,
    /// The edits, in order of place, not overlapping.
    pub edits: Vec<Edit>,
}

/// One thing that a check found.
///
/// It has no severity: that comes from the rule's metadata and from configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that it belongs to, in kebab case.
    pub rule: &'static str,
    /// One short sentence, in lower case, without a full stop.
    pub message: String,
    /// The smallest span that is wrong.
    pub span: Span,
    /// What to say beside the underlined place; empty: nothing.
    pub label: String,
    /// Other places that matter ("declared here").
    pub related: Vec<Label>,
    /// Why it is wrong, with the text that says so.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// The id of the example (`example-6`, `code-2`) in which it stands, if it stands in one.
    pub example: Option<String>,
    /// The requirement of the draft because of which a receiver refuses what is wrong, if that is known.
    pub requirement: Option<String>,
}

impl Finding {
    /// A finding of `rule` at `span`.
    pub fn new(rule: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding {
            rule,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            example: None,
            requirement: None,
        }
    }

    /// Says `message` beside the underlined place.
    pub fn label(mut self, message: impl Into<String>) -> Finding {
        self.label = message.into();
        self
    }

    /// Shows another place.
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Finding {
        self.related.push(Label { span, message: message.into() });
        self
    }

    /// Adds a reason.
    pub fn note(mut self, note: impl Into<String>) -> Finding {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// Offers a change.
    pub fn fix(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }
}

/// How much is told in one message, note or help, in characters.
pub const MOST_CHARACTERS: usize = 2000;

/// How much of that is from the end of the text.
const FROM_THE_END: usize = 200;

impl Finding {
    /// The same with no text that is longer than [`MOST_CHARACTERS`]: findings repeat what is wrong, and that may be megabytes.
    pub fn bounded(mut self) -> Finding {
        let related = self.related.iter_mut().map(|label| &mut label.message);
        let help = self.help.iter_mut().chain(self.fix.as_mut().map(|fix| &mut fix.message));
        let told = [&mut self.message, &mut self.label].into_iter().chain(related).chain(&mut self.notes).chain(help);
        told.for_each(bound);
        self
    }
}

/// Replaces the middle of a text that is too long by how much is left out.
fn bound(text: &mut String) {
    // Most texts are short, and no character is less than a byte.
    if text.len() <= MOST_CHARACTERS || text.chars().nth(MOST_CHARACTERS).is_none() {
        return;
    }
    let begin = text.char_indices().nth(MOST_CHARACTERS - FROM_THE_END).map_or(0, |(at, _)| at);
    let end = text.char_indices().nth_back(FROM_THE_END - 1).map_or(text.len(), |(at, _)| at);
    let left_out = text.get(begin..end).map_or(0, |middle| middle.chars().count());
    text.replace_range(begin..end, &format!(" … ({left_out} characters left out) … "));
}

/// Where checks leave their findings.
#[derive(Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
}

impl Sink {
    /// Takes a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Takes findings, giving each the example it stands in.
    pub fn extend_in(&mut self, example: &str, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings.into_iter().map(|mut finding| {
            finding.example.get_or_insert_with(|| example.to_owned());
            finding
        }));
    }

    /// Takes all findings of another sink.
    pub fn append(&mut self, other: Sink) {
        self.findings.extend(other.findings);
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// All findings, in the order in which they came.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

impl Extend<Finding> for Sink {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.findings.extend(findings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn what_is_told_is_bounded_and_says_what_it_leaves_out() {
        let mut sources = Sources::default();
        let file = sources.add("a", "b");
        let finding = |length| Finding::new("malformed-xml", Span::new(file, 0, 1), "é".repeat(length)).bounded();
        assert_eq!(finding(MOST_CHARACTERS).message.chars().count(), MOST_CHARACTERS);
        let told = finding(MOST_CHARACTERS + 1).message;
        assert!(told.contains("é … (1 characters left out) … é"), "{told}");
        let long = finding(1_000_000).note("n".repeat(5000)).related(Span::new(file, 0, 1), "r".repeat(5000)).bounded();
        let texts = [&long.message, &long.notes[0], &long.related[0].message];
        assert!(texts.iter().all(|text| text.chars().count() < MOST_CHARACTERS + 50));
    }
}
