//! The YAML header: names and values of the XEP header's elements.

use super::tree::Node;
use super::yaml::{self, Value};
use super::{Context, read_blocks};
use crate::document::{Author, Block, Entity, Field, Header, Inline, Legal, LegalParts, Revision, walk};
use crate::finding::{Finding, Sink};
use crate::source::{MappedText, Span};
use pulldown_cmark::{Event, Tag};

/// The keys of the header, each with whether it must be there.
const KEYS: &[(&str, bool)] = &[
    ("title", true),
    ("abstract", true),
    ("legal", true),
    ("number", true),
    ("status", true),
    ("lastcall", false),
    ("interim", false),
    ("type", true),
    ("sig", true),
    ("approver", false),
    ("dependencies", false),
    ("supersedes", false),
    ("supersededby", false),
    ("shortname", true),
    ("tags", false),
    ("schemaloc", false),
    ("registry", false),
    ("discuss", false),
    ("expires", false),
    ("author", true),
    ("revision", true),
    ("councilnote", false),
    ("profiles", false),
    ("entities", false),
];

const AUTHOR_KEYS: &[(&str, bool)] = &[
    ("firstname", true),
    ("surname", true),
    ("authornote", false),
    ("org", false),
    ("email", false),
    ("jid", false),
    ("uri", false),
];

const REVISION_KEYS: &[(&str, bool)] = &[("version", true), ("date", true), ("initials", true), ("remark", true)];

const SCHEMA_KEYS: &[(&str, bool)] = &[("ns", false), ("url", true)];

/// The parts of a legal notice that is written out.
const LEGAL_KEYS: &[(&str, bool)] =
    &[("copyright", true), ("permissions", true), ("warranty", true), ("liability", true), ("conformance", true)];

/// Reads the header from the document's first node, and the entities that it declares, which `context` gets as well.
pub(super) fn read(
    text: &MappedText,
    first: Option<&Node<'_>>,
    context: &mut Context<'_>,
    sink: &mut Sink,
) -> (Header, Vec<Entity>) {
    let block = first.filter(|node| node.range.start == 0 && is_metadata(node));
    let Some(block) = block else {
        let help = "begin the file with a line `---`, the fields (`title: ...`) and another line `---`";
        sink.push(Finding::new("missing-header-field", context.start, "the document has no header").help(help));
        return (Header::default(), Vec::new());
    };
    let opening = text.span(0..3).unwrap_or(context.start);
    let yaml = yaml_text(text, block);
    match yaml::read(&yaml) {
        Ok(value) => {
            context.entities = Fields { context, sink, place: opening }.entities(&value);
            let header = Fields { context, sink, place: opening }.header(value);
            (header, context.entities.iter().map(|(entity, _)| entity.clone()).collect())
        }
        Err(error) => {
            let span = yaml.span(error.at..error.at).unwrap_or(opening);
            sink.push(Finding::new("malformed-header", span, error.message).help("the header is YAML"));
            (Header::default(), Vec::new())
        }
    }
}

fn is_metadata(node: &Node<'_>) -> bool {
    matches!(node.event, Event::Start(Tag::MetadataBlock(_)))
}

fn yaml_text(text: &MappedText, block: &Node<'_>) -> MappedText {
    let start = block.children.first().map_or(block.range.end, |node| node.range.start);
    let end = block.children.last().map_or(start, |node| node.range.end);
    text.slice(start..end)
}

/// Takes values for the fields that they are to be, and says what does not fit.
struct Fields<'a, 'c> {
    context: &'a Context<'c>,
    sink: &'a mut Sink,
    /// Where a missing field would stand.
    place: Span,
}

impl Fields<'_, '_> {
    fn header(&mut self, value: Value) -> Header {
        let mut header = Header::default();
        for (key, value) in self.map(value, KEYS, "the header") {
            self.set(&mut header, key.as_str(), value);
        }
        header
    }

    fn set(&mut self, header: &mut Header, key: &str, value: Value) {
        match key {
            "title" => header.title = self.field(value),
            "abstract" => header.abstract_ = self.field(value),
            "legal" => header.legal = self.legal(value),
            "number" => header.number = self.field(value),
            "status" => header.status = self.field(value),
            "lastcall" => header.last_calls = self.fields(value),
            "interim" => header.interim = self.flag(value),
            "type" => header.type_ = self.field(value),
            "sig" => header.sig = self.field(value),
            "approver" => header.approvers = self.fields(value),
            "dependencies" => header.dependencies = self.fields(value),
            "supersedes" => header.supersedes = self.fields(value),
            "supersededby" => header.superseded_by = self.fields(value),
            "shortname" => header.shortname = self.field(value),
            "tags" => header.tags = Some(self.fields(value)),
            "schemaloc" => header.schema_locations = self.schema_locations(value),
            "registry" => header.registry = self.flag(value),
            "discuss" => header.discuss = self.optional(value),
            "expires" => header.expires = self.optional(value),
            "author" => header.authors = self.each(value, Self::author),
            "revision" => header.revisions = self.each(value, Self::revision),
            "councilnote" => header.council_note = self.optional(value),
            "profiles" => header.profiles = self.words(value),
            _ => {}
        }
    }

    /// The entries of a mapping; unknown keys and missing ones are findings.
    fn map(&mut self, value: Value, keys: &[(&str, bool)], what: &str) -> Vec<(MappedText, Value)> {
        let Value::Map(entries, place) = value else {
            self.unfit(&value, &format!("{what} is made of names and values"));
            return Vec::new();
        };
        let place = if keys == KEYS { self.place } else { first_line(&place).unwrap_or(self.place) };
        for (name, _) in keys.iter().filter(|(name, required)| *required && !has(&entries, name)) {
            let message = format!("{what} has no `{name}`");
            self.sink.push(Finding::new("missing-header-field", place, message).help(format!("add `{name}: ...`")));
        }
        let is_known = |key: &MappedText| keys.iter().any(|(name, _)| *name == key.as_str());
        for (key, _) in entries.iter().filter(|(key, _)| !is_known(key)) {
            self.report_unknown(key, keys, what);
        }
        entries
    }

    fn report_unknown(&mut self, key: &MappedText, keys: &[(&str, bool)], what: &str) {
        let Some(span) = key.whole() else { return };
        let finding = Finding::new("unknown-header-field", span, format!("{what} has no field `{key}`"));
        self.sink.push(match nearest(key.as_str(), keys.iter().map(|(name, _)| *name)) {
            Some(name) => finding.help(format!("did you mean `{name}`?")),
            None => {
                let names: Vec<String> = keys.iter().map(|(name, _)| format!("`{name}`")).collect();
                finding.help(format!("the fields are {}", names.join(", ")))
            }
        });
    }

    fn unfit(&mut self, value: &Value, message: &str) {
        let span = first_line(value.place()).unwrap_or(self.place);
        self.sink.push(Finding::new("malformed-header", span, message));
    }

    fn field(&mut self, value: Value) -> Field {
        match value {
            Value::Text(text) => text,
            Value::Nothing(place) => place.slice(0..0),
            other => {
                self.unfit(&other, "this field is a single text");
                Field::default()
            }
        }
    }

    fn optional(&mut self, value: Value) -> Option<Field> {
        match value {
            Value::Nothing(_) => None,
            other => Some(self.field(other)),
        }
    }

    fn fields(&mut self, value: Value) -> Vec<Field> {
        match value {
            Value::List(values, _) => values.into_iter().map(|value| self.field(value)).collect(),
            other => self.optional(other).into_iter().collect(),
        }
    }

    fn each<T>(&mut self, value: Value, read: impl Fn(&mut Self, Value) -> T) -> Vec<T> {
        match value {
            Value::List(values, _) => values.into_iter().map(|value| read(self, value)).collect(),
            Value::Nothing(_) => Vec::new(),
            single => vec![read(self, single)],
        }
    }

    fn flag(&mut self, value: Value) -> bool {
        match &value {
            Value::Text(text) if matches!(text.as_str(), "true" | "yes") => true,
            Value::Text(text) if matches!(text.as_str(), "false" | "no") => false,
            Value::Nothing(_) => false,
            other => {
                self.unfit(other, "this field is `true` or `false`");
                false
            }
        }
    }

    /// A list of words, or a text of words.
    fn words(&mut self, value: Value) -> Option<Field> {
        let mut all = Field::default();
        for word in self.fields(value) {
            if let (false, Some(span)) = (all.is_empty(), word.whole()) {
                all.push_standing_for(" ", span.at_start());
            }
            all.push_mapped(&word, 0..word.len());
        }
        (!all.is_empty()).then_some(all)
    }

    fn legal(&mut self, value: Value) -> Legal {
        match value {
            Value::Text(text) => match text.as_str() {
                "xsf" => reference("LEGALNOTICE"),
                "public-domain" => reference("PUBLICDOMAINNOTICE"),
                name if is_name(name) && name.chars().any(char::is_uppercase) => reference(name),
                _ => {
                    self.unfit(&Value::Text(text), "the legal notice is `xsf`, `public-domain`, or its parts");
                    Legal::Missing
                }
            },
            parts @ Value::Map(..) => {
                let entries = self.map(parts, LEGAL_KEYS, "the legal notice");
                let part = |(name, value): (MappedText, Value)| (name.as_str().to_owned(), self.running_text(value));
                Legal::Parts(entries.into_iter().map(part).collect())
            }
            other => {
                self.unfit(&other, "the legal notice is `xsf`, `public-domain`, or its parts");
                Legal::Missing
            }
        }
    }

    /// A text of Markdown without blocks in it.
    fn running_text(&mut self, value: Value) -> Vec<Inline> {
        let text = self.field(value);
        let blocks = read_blocks(&text, self.context, self.sink);
        match <[Block; 1]>::try_from(blocks) {
            Ok([Block::Paragraph(paragraph)]) if paragraph.requirement.is_none() => paragraph.text,
            _ => vec![Inline::Text(text)],
        }
    }

    fn schema_locations(&mut self, value: Value) -> Vec<(Option<Field>, Field)> {
        self.each(value, |fields, value| {
            if let Value::Text(url) = value {
                return (None, url);
            }
            let mut location = (None, Field::default());
            for (key, value) in fields.map(value, SCHEMA_KEYS, "a schema's location") {
                match key.as_str() {
                    "ns" => location.0 = fields.optional(value),
                    "url" => location.1 = fields.field(value),
                    _ => {}
                }
            }
            location
        })
    }

    fn author(&mut self, value: Value) -> Author {
        if let Value::Text(name) = &value {
            return self.known_author(name);
        }
        let mut author = Author::default();
        for (key, value) in self.map(value, AUTHOR_KEYS, "an author") {
            match key.as_str() {
                "firstname" => author.first_name = self.field(value),
                "surname" => author.surname = self.field(value),
                "authornote" => author.note = self.flag(value),
                "org" => author.org = self.optional(value),
                "email" => author.email = self.optional(value),
                "jid" => author.jid = self.optional(value),
                "uri" => author.uri = self.optional(value),
                _ => {}
            }
        }
        author
    }

    /// An author by the name of an entity.
    fn known_author(&mut self, name: &MappedText) -> Author {
        let place = name.whole().unwrap_or(self.place);
        if !is_name(name.as_str()) {
            self.unfit(&Value::Text(name.clone()), "an author is made of names and values, or the name of an entity");
        }
        let mut author = Author { entity: Some(name.as_str().to_owned()), ..Author::default() };
        let expansion = (self.context.references)(name.as_str(), place).unwrap_or_default();
        fill(&mut author, &expansion, place);
        author
    }

    fn revision(&mut self, value: Value) -> Revision {
        let mut revision = Revision::default();
        for (key, value) in self.map(value, REVISION_KEYS, "a revision") {
            match key.as_str() {
                "version" => revision.version = self.field(value),
                "date" => revision.date = self.field(value),
                "initials" => revision.initials = self.field(value),
                "remark" => revision.remark = self.remark(value),
                _ => {}
            }
        }
        revision
    }

    /// A text or several are read as Markdown each; `text: ...` is running text without a paragraph around it.
    fn remark(&mut self, value: Value) -> Vec<Block> {
        if let Value::Map(..) = value {
            let parts = self.map(value, &[("text", true)], "a remark");
            let texts = parts.into_iter().map(|(_, value)| self.field(value)).collect::<Vec<_>>();
            let blocks = texts.iter().map(|text| read_blocks(text, self.context, self.sink));
            return blocks.collect::<Vec<_>>().concat().into_iter().map(without_paragraph).collect();
        }
        let texts = self.fields(value);
        let blocks = texts.iter().map(|text| read_blocks(text, self.context, self.sink));
        blocks.collect::<Vec<_>>().concat()
    }

    /// The document's own entities: names and the characters that they stand for.
    fn entities(&mut self, header: &Value) -> Vec<(Entity, Option<String>)> {
        let Value::Map(entries, _) = header else { return Vec::new() };
        let Some((_, declared)) = entries.iter().find(|(key, _)| key.as_str() == "entities") else { return Vec::new() };
        let Value::Map(declared, _) = declared else {
            self.unfit(declared, "entities are made of names and texts");
            return Vec::new();
        };
        declared.iter().filter_map(|(name, value)| self.entity(name, value)).collect()
    }

    fn entity(&mut self, name: &MappedText, value: &Value) -> Option<(Entity, Option<String>)> {
        if let Some(markup) = markup_of(value).filter(|_| is_name(name.as_str())) {
            let span = name.whole()?.to(markup.whole()?);
            return Some((Entity { name: name.as_str().to_owned(), value: markup.clone(), span }, None));
        }
        let (Value::Text(text) | Value::Nothing(text)) = value else {
            self.unfit(value, "an entity stands for a text");
            return None;
        };
        if !is_name(name.as_str()) {
            self.unfit(&Value::Text(name.clone()), "an entity's name begins with a letter and has no spaces");
            return None;
        }
        let span = name.whole()?.to(text.whole()?);
        let escaped = entity_value(text.as_str());
        let value =
            if escaped == text.as_str() { text.clone() } else { MappedText::standing_for(escaped, text.whole()?) };
        Some((Entity { name: name.as_str().to_owned(), value, span }, Some(text.as_str().to_owned())))
    }
}

/// The XML that an entity stands for: `{xml: "..."}`.
fn markup_of(value: &Value) -> Option<&MappedText> {
    let Value::Map(entries, _) = value else { return None };
    match entries.as_slice() {
        [(key, Value::Text(markup) | Value::Nothing(markup))] if key.as_str() == "xml" => Some(markup),
        _ => None,
    }
}

/// A text as the value in the declaration of an entity.
pub(crate) fn entity_value(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '%' => "&#37;".to_owned(),
        '"' => "&#34;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn without_paragraph(block: Block) -> Block {
    match block {
        Block::Paragraph(paragraph) if paragraph.requirement.is_none() => Block::Plain(paragraph.text),
        other => other,
    }
}

fn reference(entity: &str) -> Legal {
    Legal::Reference { entity: entity.to_owned(), parts: LegalParts::default() }
}

fn has(entries: &[(MappedText, Value)], name: &str) -> bool {
    entries.iter().any(|(key, value)| key.as_str() == name && !matches!(value, Value::Nothing(_)))
}

/// The span of the first line of a place.
fn first_line(place: &MappedText) -> Option<Span> {
    let line = place.as_str().lines().next().unwrap_or("").trim_end();
    place.span(0..line.len())
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Takes an author's fields from what an entity stands for.
fn fill(author: &mut Author, expansion: &[Inline], place: Span) {
    for inline in expansion {
        let Inline::Element { name, text, .. } = inline else { continue };
        let field = || MappedText::standing_for(walk::plain_text(text).trim(), place);
        match name.as_str() {
            "firstname" => author.first_name = field(),
            "surname" => author.surname = field(),
            "authornote" => author.note = true,
            "org" => author.org = Some(field()),
            "email" => author.email = Some(field()),
            "jid" => author.jid = Some(field()),
            "uri" => author.uri = Some(field()),
            _ => fill(author, text, place),
        }
    }
}

/// The name that an author may have meant: one within two changes, or one that begins the word.
fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    names.map(|name| (distance(&word, name), name)).filter(|(distance, _)| *distance <= 2).min().map(|(_, name)| name)
}

/// How many characters must be put in, taken out or changed to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().take(64).enumerate() {
        let mut next = vec![line + 1];
        for ((to, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(row.iter()) {
            let change = diagonal + usize::from(from != *to);
            let left = next.last().copied().unwrap_or(usize::MAX - 1);
            next.push(change.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
