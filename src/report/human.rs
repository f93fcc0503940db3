//! Findings as a person reads them in a terminal: code frames, underlined places, notes, help, and the counts at the end.

use super::excerpt::Excerpt;
use super::{Judged, Report, path, start, summary};
use crate::finding::{Edit, Finding, Fix, Severity};
use crate::source::{FileId, Sources, Span};
use annotate_snippets::renderer::Renderer;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Padding, Patch, Snippet, normalize_untrusted_str,
};
use std::ops::Range;

/// Columns that the frame itself takes: line numbers, the bar, signs of a diff.
const FRAME: usize = 12;

/// A line of code is shown at least this wide, however narrow the terminal.
const NARROWEST: usize = 40;

/// An edit that touches more lines than this is told, not shown.
const LINES_OF_A_SHOWN_EDIT: usize = 8;

/// Every finding with its code frame, then the summary as the last line. `width` is that of the terminal.
pub fn human(report: &Report, sources: &Sources, colour: bool, width: usize) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    // Lines are cut here, around the places that matter; the library is never to cut them again.
    let renderer = renderer.term_width(width.saturating_mul(4).max(400));
    let frame = Frame { sources, width: width.saturating_sub(FRAME).max(NARROWEST) };
    let mut out = String::new();
    for judged in &report.findings {
        push_frame(&mut out, &renderer.render(&frame.groups(judged)));
    }
    out.push_str(&summary(report));
    out.push('\n');
    out
}

/// Adds a rendered finding and a blank line.
///
/// A place is told by an `Origin`, because a column counted in a cut line would be wrong. The library then puts a lone
/// `:::` where the path of the snippet would stand, which is left out here.
fn push_frame(out: &mut String, rendered: &str) {
    for line in rendered.lines().filter(|line| !is_lone_mark(line)) {
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
}

/// Whether a line holds nothing but spaces, terminal codes and `:::`.
fn is_lone_mark(line: &str) -> bool {
    let Some((before, after)) = line.split_once("::: ") else { return false };
    let is_code = |part: &str| part.chars().all(|letter| "\u{1b}[0123456789m ".contains(letter));
    is_code(before) && is_code(after)
}

/// What is needed to show a place.
struct Frame<'a> {
    sources: &'a Sources,
    width: usize,
}

/// The places of one file.
struct Places<'a> {
    file: FileId,
    places: Vec<(AnnotationKind, Span, &'a str)>,
}

impl<'a> Frame<'a> {
    fn groups(&self, judged: &'a Judged) -> Vec<Group<'a>> {
        let finding = &judged.finding;
        let mut group =
            level(judged.severity).primary_title(&finding.message).id(finding.rule).elements(None::<Origin>);
        for (number, places) in places_by_file(finding).into_iter().enumerate() {
            let gap = (number > 0).then_some(Padding);
            group = group.elements(gap);
            group = group.element(self.origin(&places)).element(self.snippet(&places));
        }
        for note in &finding.notes {
            group = group.element(Level::NOTE.message(self.wrapped(note)));
        }
        let is_told_by_fix = |help: &&String| finding.fix.as_ref().is_some_and(|fix| fix.message == **help);
        if let Some(help) = finding.help.as_ref().filter(|help| !is_told_by_fix(help)) {
            group = group.element(Level::HELP.message(self.wrapped(help)));
        }
        let fix = finding.fix.as_ref().map(|fix| self.fix(fix));
        std::iter::once(group).chain(fix).collect()
    }

    /// `path:line:column`, counted in the file and not in the excerpt.
    fn origin(&self, places: &Places<'a>) -> Origin<'a> {
        let span = places.places.first().map_or(Span::new(places.file, 0, 0), |(_, span, _)| *span);
        let at = start(span, self.sources);
        Origin::path(path(span, self.sources)).line(at.line).char_column(at.column)
    }

    fn snippet(&self, places: &Places<'a>) -> Snippet<'a, Annotation<'a>> {
        let spans: Vec<Range<usize>> = places.places.iter().map(|(_, span, _)| span.start..span.end).collect();
        let excerpt = Excerpt::new(self.sources.get(places.file), &spans, self.width);
        let annotations: Vec<Annotation<'a>> = places
            .places
            .iter()
            .zip(spans)
            .map(|((kind, _, message), span)| kind.span(excerpt.place(span)).label(label(message)))
            .collect();
        Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations)
    }

    /// The fix as a help of its own, with the changed lines where they are few.
    fn fix(&self, fix: &'a Fix) -> Group<'a> {
        let caution = if fix.safe { "" } else { " (this may change the meaning)" };
        let title = Level::HELP.secondary_title(format!("{}{caution}", normalize_untrusted_str(&fix.message)));
        let Some(file) = fix.edits.first().map(|edit| edit.span.file) else { return Group::with_title(title) };
        let edits: Vec<&Edit> = fix.edits.iter().filter(|edit| edit.span.file == file).collect();
        if edits.iter().any(|edit| self.lines(edit) > LINES_OF_A_SHOWN_EDIT) {
            return Group::with_title(title);
        }
        title.element(self.patches(file, &edits))
    }

    fn patches(&self, file: FileId, edits: &[&'a Edit]) -> Snippet<'a, Patch<'a>> {
        let spans: Vec<Range<usize>> = edits.iter().map(|edit| edit.span.start..edit.span.end).collect();
        let excerpt = Excerpt::new(self.sources.get(file), &spans, self.width);
        let patches: Vec<Patch<'a>> = edits
            .iter()
            .zip(spans)
            .map(|(edit, span)| Patch::new(excerpt.place(span), shortened(&edit.text, self.width)))
            .collect();
        Snippet::source(excerpt.text)
            .line_start(excerpt.first_line)
            .path(self.sources.get(file).path())
            .patches(patches)
    }

    /// The text in lines that fit, broken between words; code in backticks is never broken.
    fn wrapped(&self, text: &str) -> String {
        let text = normalize_untrusted_str(text);
        let mut out = String::new();
        let (mut letters, mut in_code) = (0, false);
        for (number, word) in text.split(' ').enumerate() {
            let length = word.chars().count();
            if number > 0 {
                let breaks = !in_code && letters + 1 + length > self.width;
                out.push(if breaks { '\n' } else { ' ' });
                letters = if breaks { 0 } else { letters + 1 };
            }
            out.push_str(word);
            letters += length;
            in_code ^= word.matches('`').count() % 2 == 1;
        }
        out
    }

    /// How many lines an edit touches or brings.
    fn lines(&self, edit: &Edit) -> usize {
        let newlines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        newlines(self.sources.slice(edit.span)).max(newlines(&edit.text)) + 1
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

/// The places of a finding, file by file; the file of the finding itself comes first.
fn places_by_file(finding: &Finding) -> Vec<Places<'_>> {
    let primary = (AnnotationKind::Primary, finding.span, finding.label.as_str());
    let mut files = vec![Places { file: finding.span.file, places: vec![primary] }];
    for related in &finding.related {
        let place = (AnnotationKind::Context, related.span, related.message.as_str());
        match files.iter_mut().find(|places| places.file == related.span.file) {
            Some(places) => places.places.push(place),
            None => files.push(Places { file: related.span.file, places: vec![place] }),
        }
    }
    files
}

fn label(message: &str) -> Option<String> {
    (!message.is_empty()).then(|| normalize_untrusted_str(message))
}

/// The text, with its middle left out where it is much wider than a line.
fn shortened(text: &str, width: usize) -> String {
    let letters = text.chars().count();
    if letters <= width * 2 {
        return text.to_owned();
    }
    let begin: String = text.chars().take(width / 2).collect();
    let end: String = text.chars().skip(letters - width / 2).collect();
    format!("{begin}…{end}")
}
