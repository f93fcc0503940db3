//! What documents require: a table for a terminal, and one JSON object, version 1. Scripts rely on that: nothing is renamed or
//! removed within a version.

use super::one_line;
use super::summary::count;
use serde::Serialize;

/// The requirements of a document.
#[derive(Clone, Debug, Default)]
pub struct DocumentRequirements {
    /// The path as it was given.
    pub path: String,
    /// The number: four digits or `XXXX`.
    pub number: String,
    /// The title.
    pub title: String,
    /// What it requires, in order.
    pub requirements: Vec<RequirementReport>,
}

/// A requirement.
#[derive(Clone, Debug, Default)]
pub struct RequirementReport {
    /// The id that the author gave.
    pub id: Option<String>,
    /// Its file.
    pub path: String,
    /// The line where it begins.
    pub line: usize,
    /// The section that it is in.
    pub section: Option<Whereabouts>,
    /// Who must do it, where that is certain.
    pub actor: Option<String>,
    /// How strong its strongest key word is: `must`, `should` or `may`.
    pub strength: Option<&'static str>,
    /// Its key words, the strongest first.
    pub key_words: Vec<&'static str>,
    /// What it says, as one line without markup.
    pub text: String,
    /// The examples that show it.
    pub examples: Vec<Shower>,
    /// Why none can.
    pub excuse: Option<String>,
    /// The other requirements of the document that say the same.
    pub twins: Vec<Twin>,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// Its number: `4.2`.
    pub number: String,
    /// Its heading.
    pub title: String,
    /// Its link target.
    pub anchor: String,
}

/// An example that shows a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shower {
    /// `example-6`.
    pub id: String,
    /// The name that the author gave it.
    pub name: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
}

/// Another requirement that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Its id.
    pub id: Option<String>,
    /// The line where it begins.
    pub line: usize,
}

impl RequirementReport {
    /// Whether neither an example shows it nor a reason excuses it.
    pub fn is_open(&self) -> bool {
        self.examples.is_empty() && self.excuse.is_none()
    }
}

/// The requirements as one JSON object with a line end.
pub fn requirements_json(documents: &[DocumentRequirements]) -> String {
    let object = ListJson {
        version: 1,
        documents: documents.iter().map(DocumentJson::new).collect(),
        summary: SummaryJson::of(documents),
    };
    let mut text = serde_json::to_string_pretty(&object).expect("strings, numbers and lists always serialise");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct ListJson<'a> {
    version: u32,
    documents: Vec<DocumentJson<'a>>,
    summary: SummaryJson,
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    number: &'a str,
    title: &'a str,
    requirements: Vec<RequirementJson<'a>>,
}

#[derive(Serialize)]
struct RequirementJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    path: &'a str,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<SectionJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<&'a str>,
    key_words: &'a [&'static str],
    text: &'a str,
    examples: Vec<ExampleJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excused: Option<&'a str>,
    duplicates: Vec<DuplicateJson<'a>>,
}

#[derive(Serialize)]
struct SectionJson<'a> {
    number: &'a str,
    title: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
}

#[derive(Serialize)]
struct DuplicateJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    line: usize,
}

/// How many requirements there are of each kind.
#[derive(Serialize)]
struct SummaryJson {
    documents: usize,
    requirements: usize,
    must: usize,
    should: usize,
    may: usize,
    without_key_word: usize,
    with_id: usize,
    shown: usize,
    excused: usize,
    unshown: usize,
}

impl SummaryJson {
    fn of(documents: &[DocumentRequirements]) -> SummaryJson {
        let all = || documents.iter().flat_map(|document| &document.requirements);
        let strength = |strength| all().filter(|one| one.strength == strength).count();
        SummaryJson {
            documents: documents.len(),
            requirements: all().count(),
            must: strength(Some("must")),
            should: strength(Some("should")),
            may: strength(Some("may")),
            without_key_word: strength(None),
            with_id: all().filter(|one| one.id.is_some()).count(),
            shown: all().filter(|one| !one.examples.is_empty()).count(),
            excused: all().filter(|one| one.examples.is_empty() && one.excuse.is_some()).count(),
            unshown: all().filter(|one| one.is_open()).count(),
        }
    }
}

impl<'a> DocumentJson<'a> {
    fn new(document: &'a DocumentRequirements) -> DocumentJson<'a> {
        DocumentJson {
            path: &document.path,
            number: &document.number,
            title: &document.title,
            requirements: document.requirements.iter().map(RequirementJson::new).collect(),
        }
    }
}

impl<'a> RequirementJson<'a> {
    fn new(one: &'a RequirementReport) -> RequirementJson<'a> {
        let section = |section: &'a Whereabouts| SectionJson {
            number: &section.number,
            title: &section.title,
            id: &section.anchor,
        };
        let example = |example: &'a Shower| ExampleJson {
            id: &example.id,
            name: example.name.as_deref(),
            caption: example.caption.as_deref(),
        };
        RequirementJson {
            id: one.id.as_deref(),
            path: &one.path,
            line: one.line,
            section: one.section.as_ref().map(section),
            actor: one.actor.as_deref(),
            strength: one.strength,
            key_words: &one.key_words,
            text: &one.text,
            examples: one.examples.iter().map(example).collect(),
            excused: one.excuse.as_deref(),
            duplicates: one
                .twins
                .iter()
                .map(|twin| DuplicateJson { id: twin.id.as_deref(), line: twin.line })
                .collect(),
        }
    }
}

/// The width of the columns before the text.
const LINE: usize = 5;
const STRENGTH: usize = 11;
const ACTOR: usize = 16;

/// Between two columns.
const GAP: &str = "  ";

/// The least width of a text.
const LEAST: usize = 30;

/// The requirements as a table that is so many characters wide, and what they come to.
pub fn requirements_table(documents: &[DocumentRequirements], width: usize) -> String {
    let before = LINE + STRENGTH + ACTOR + 3 * GAP.len();
    let text_width = width.saturating_sub(before).max(LEAST);
    let mut out = String::new();
    for document in documents.iter().filter(|document| !document.requirements.is_empty()) {
        out.push_str(&one_line(&format!("{}: {}", document.path, document.title)));
        out.push_str("\n\n");
        push_row(&mut out, &["LINE".into()], &["STRENGTH".into()], &["ACTOR".into()], &["REQUIREMENT".into()]);
        let mut section = None;
        for one in &document.requirements {
            if section != Some(&one.section) {
                out.push_str(&one_line(&one.section.as_ref().map_or_else(String::new, heading)));
                out.push('\n');
                section = Some(&one.section);
            }
            push_requirement(&mut out, one, document, text_width);
        }
        out.push('\n');
    }
    out.push_str(&totals(&SummaryJson::of(documents)));
    out
}

fn heading(section: &Whereabouts) -> String {
    format!("{} {}", section.number, section.title)
}

fn push_requirement(out: &mut String, one: &RequirementReport, document: &DocumentRequirements, width: usize) {
    let words: Vec<String> = one.key_words.iter().flat_map(|word| wrapped(word, STRENGTH)).collect();
    let strength = if words.is_empty() { vec!["-".into()] } else { words };
    let actor = wrapped(&one_line(one.actor.as_deref().unwrap_or("-")), ACTOR);
    let text = notes(one, document).iter().flat_map(|note| wrapped(&one_line(note), width)).collect::<Vec<_>>();
    push_row(out, &[format!("{:>LINE$}", one.line)], &strength, &actor, &text);
}

/// Its id, what it says and what is known of it, each from a line of its own on.
fn notes(one: &RequirementReport, document: &DocumentRequirements) -> Vec<String> {
    let mut notes: Vec<String> = one.id.iter().map(|id| format!("[{id}]")).collect();
    notes.push(one.text.clone());
    if one.path != document.path {
        notes.push(format!("in: {}", one.path));
    }
    if !one.examples.is_empty() {
        let names = one.examples.iter().map(|example| example.name.as_ref().unwrap_or(&example.id).as_str());
        notes.push(format!("shown by: {}", names.collect::<Vec<_>>().join(", ")));
    }
    notes.extend(one.excuse.iter().map(|reason| format!("excused: {reason}")));
    if !one.twins.is_empty() {
        let name = |twin: &Twin| twin.id.clone().unwrap_or_else(|| format!("line {}", twin.line));
        notes.push(format!("same as: {}", one.twins.iter().map(name).collect::<Vec<_>>().join(", ")));
    }
    notes
}

/// Adds cells side by side, of which each is some lines.
fn push_row(out: &mut String, line: &[String], strength: &[String], actor: &[String], text: &[String]) {
    let height = [line.len(), strength.len(), actor.len(), text.len()].into_iter().max().unwrap_or(0);
    let cell = |cell: &[String], at: usize| cell.get(at).cloned().unwrap_or_default();
    for at in 0..height {
        let (line, strength) = (cell(line, at), cell(strength, at));
        let row =
            format!("{line:>LINE$}{GAP}{strength:STRENGTH$}{GAP}{:ACTOR$}{GAP}{}", cell(actor, at), cell(text, at));
        out.push_str(row.trim_end());
        out.push('\n');
    }
}

/// A text in lines of at most so many characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a list of requirements comes to, in two lines.
fn totals(summary: &SummaryJson) -> String {
    let all = format!("{} in {}", count(summary.requirements, "requirement"), count(summary.documents, "document"));
    if summary.requirements == 0 {
        return format!("{all}\n");
    }
    let strengths = [
        (summary.must, "MUST"),
        (summary.should, "SHOULD"),
        (summary.may, "MAY"),
        (summary.without_key_word, "without a key word"),
    ];
    let listed = strengths.iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}"));
    format!(
        "{all}: {}\n{} with an id, {} shown by an example, {} excused, {} neither\n",
        listed.collect::<Vec<_>>().join(", "),
        summary.with_id,
        summary.shown,
        summary.excused,
        summary.unshown
    )
}
