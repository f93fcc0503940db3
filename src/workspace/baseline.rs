//! What was found before and is put up with: a baseline.
//!
//! A finding is told by its path from the root of the workspace on, its rule, its message and the text of its line, not by the
//! number of the line: a baseline outlives edits elsewhere in a file.

use crate::finding::Finding;
use crate::report::Judged;
use crate::source::{FileId, Sources};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The paths of the files in which findings stand, from the roots of their workspaces on.
pub type Paths = HashMap<FileId, String>;

/// The first line of the text of a baseline: what it is, and the version of its form.
const FIRST_LINE: &str = "# xep baseline 1";

/// The second one.
const ABOUT: &str =
    "# path, rule, how many, message and line of each finding that was there; `xep check --write-baseline` writes this";

/// How many characters of a line are kept.
const MOST_OF_A_LINE: usize = 160;

/// Findings and how often each was there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<Entry, usize>);

/// What makes two findings the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    path: String,
    rule: String,
    message: String,
    line: String,
}

/// What a report comes to beside a baseline.
#[derive(Debug)]
pub struct Compared {
    /// What is not in the baseline.
    pub new: Vec<Judged>,
    /// How many findings are.
    pub known: usize,
    /// What is left of the baseline.
    pub left: Baseline,
}

impl Baseline {
    /// One that holds these findings.
    pub fn of(findings: &[Judged], sources: &Sources, paths: &Paths) -> Baseline {
        let mut counts = BTreeMap::new();
        for judged in findings {
            *counts.entry(Entry::of(&judged.finding, sources, paths)).or_default() += 1;
        }
        Baseline(counts)
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.0.values().sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part of it that is about files of which `is_meant` holds.
    pub fn about(mut self, is_meant: impl Fn(&str) -> bool) -> Baseline {
        let paths: BTreeSet<String> = self.0.keys().map(|entry| entry.path.clone()).collect();
        let meant: BTreeSet<String> = paths.into_iter().filter(|path| is_meant(path)).collect();
        self.0.retain(|entry, _| meant.contains(&entry.path));
        self
    }

    /// Takes out of findings what it holds. Where more are the same than it holds, the first ones are taken for known.
    pub fn compare(mut self, findings: Vec<Judged>, sources: &Sources, paths: &Paths) -> Compared {
        let all = findings.len();
        let mut new = findings;
        new.retain(|judged| !self.take(&Entry::of(&judged.finding, sources, paths)));
        let known = all - new.len();
        self.0.retain(|_, count| *count > 0);
        Compared { new, known, left: self }
    }

    fn take(&mut self, entry: &Entry) -> bool {
        let count = self.0.get_mut(entry).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    }

    /// The baseline as text, in the order of paths: a line an entry, its parts with a tab between them.
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n{ABOUT}\n");
        for (entry, count) in &self.0 {
            let parts =
                [&entry.path, &entry.rule, &count.to_string(), &entry.message, &entry.line].map(|part| escaped(part));
            text.push_str(&parts.join("\t"));
            text.push('\n');
        }
        text
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// When it is none, or one of a later version: the reason, with the line.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        let mut lines = text.lines().enumerate();
        match lines.next() {
            Some((_, FIRST_LINE)) => {}
            Some((_, line)) if line.starts_with("# xep baseline ") => {
                return Err("it was written by a later version of the program; write it anew".into());
            }
            _ => return Err(format!("it is no baseline: its first line is not `{FIRST_LINE}`")),
        }
        let mut counts = BTreeMap::new();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let (entry, count) =
                Entry::parse(line).ok_or_else(|| format!("line {} is no entry of a baseline", at + 1))?;
            *counts.entry(entry).or_default() += count;
        }
        Ok(Baseline(counts))
    }
}

impl Entry {
    fn of(finding: &Finding, sources: &Sources, paths: &Paths) -> Entry {
        let source = sources.get(finding.span.file);
        let line = source.line(source.position(finding.span.start).line);
        let line = line.and_then(|range| source.text().get(range)).unwrap_or("");
        let words: Vec<&str> =
            line.get(..line.floor_char_boundary(MOST_OF_A_LINE * 8)).unwrap_or(line).split_whitespace().collect();
        Entry {
            path: paths.get(&finding.span.file).cloned().unwrap_or_else(|| source.path().to_owned()),
            rule: finding.rule.to_owned(),
            message: finding.message.clone(),
            line: words.join(" ").chars().take(MOST_OF_A_LINE).collect(),
        }
    }

    fn parse(line: &str) -> Option<(Entry, usize)> {
        let parts: Vec<String> = line.split('\t').map(unescaped).collect();
        let [path, rule, count, message, line] = <[String; 5]>::try_from(parts).ok()?;
        Some((Entry { path, rule, message, line }, count.parse().ok()?))
    }
}

/// A part of an entry in one line and without tabs; one that begins with `#` would be a comment.
fn escaped(part: &str) -> String {
    let plain = part.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r");
    if plain.starts_with('#') { format!("\\{plain}") } else { plain }
}

fn unescaped(part: &str) -> String {
    let mut plain = String::with_capacity(part.len());
    let mut letters = part.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            letter => letter,
        });
    }
    plain
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::source::Span;

    fn judged(sources: &Sources, file: FileId, word: &str, nth: usize) -> Judged {
        let at = sources.get(file).text().match_indices(word).nth(nth).unwrap().0;
        let finding = Finding::new("dead-link", Span::new(file, at, at + word.len()), format!("# no\t`{word}`\\n"));
        Judged { severity: Severity::Error, finding }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let mut sources = Sources::default();
        let file = sources.add("#a\t.xml", "one\n  two\ttwo\n");
        let findings =
            [judged(&sources, file, "one", 0), judged(&sources, file, "two", 0), judged(&sources, file, "two", 1)];
        let baseline = Baseline::of(&findings, &sources, &Paths::new());
        assert_eq!(Baseline::parse(&baseline.text()), Ok(baseline.clone()), "{}", baseline.text());
        assert_eq!((baseline.len(), baseline.text().lines().count()), (3, 4));
    }

    #[test]
    fn it_outlives_edits_elsewhere_and_counts() {
        let mut sources = Sources::default();
        let before = sources.add("a.xml", "bad\ngood\nbad\nworse");
        let old = [
            judged(&sources, before, "bad", 0),
            judged(&sources, before, "bad", 1),
            judged(&sources, before, "worse", 0),
        ];
        let baseline = Baseline::of(&old, &sources, &Paths::new());
        let after = sources.add("a.xml", "new\n\n   bad\ngood\nbad\nbad");
        let new: Vec<Judged> = (0..3).map(|nth| judged(&sources, after, "bad", nth)).collect();
        let compared = baseline.compare(new.clone(), &sources, &Paths::new());
        assert_eq!((compared.new, compared.known, compared.left.len()), (new[2..].to_vec(), 2, 1));
        assert!(compared.left.about(|path| path != "a.xml").is_empty());
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for (text, words) in [
            ("", "it is no baseline"),
            ("# xep baseline 2\n", "a later version"),
            ("# xep baseline 1\na\tb\tc\td\te\n", "line 2 is no entry"),
            ("# xep baseline 1\n\n# fine\na\tb\t1\n", "line 4 is no entry"),
        ] {
            assert!(Baseline::parse(text).unwrap_err().contains(words), "{text}");
        }
    }
}
