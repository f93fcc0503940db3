//! The entities that all XEPs share: from an `xep.ent`, or, where there is none, from a table of facts.
//!
//! `series.tsv` is made by `tools/make_series_table.py`, which says what its columns hold: names, numbers, titles and
//! addresses, no sentences and no persons. A lone file reads with it as it would beside its series.

use super::xep_xml::{self, header};
use crate::document::{Author, Inline, Legal};
use crate::finding::Sink;
use crate::source::{FileId, MappedText, Sources, Span};
use crate::xml::entities::{self, Catalogue, Surroundings};
use crate::xml::{Element, Node, parse};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What an `xep.ent` declares. Read once, used for all documents of a series.
#[derive(Clone, Debug)]
pub struct SharedEntities {
    file: FileId,
    catalogue: Catalogue,
}

/// The highest number of the XEPs that an `xep.ent` names.
pub fn newest_declared(text: &str) -> Option<u16> {
    const START: &str = "<!ENTITY xep";
    let names = memchr::memmem::find_iter(text.as_bytes(), START).filter_map(|at| text.get(at + START.len()..));
    let number = |rest: &str| {
        let number = four_digits(rest)?;
        rest.get(4..)?.starts_with(char::is_whitespace).then_some(number)
    };
    names.filter_map(number).max()
}

impl SharedEntities {
    /// Reads an `xep.ent`.
    pub fn read(sources: &Sources, file: FileId, sink: &mut Sink) -> SharedEntities {
        SharedEntities { file, catalogue: entities::catalogue(sources, file, sink) }
    }

    /// The file.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// What is declared.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What a reference at `span` stands for in running text; `None` for an unknown entity. Text alone for one that holds
    /// no markup. An entity that is a paragraph gives what is in it.
    pub fn reference(&self, name: &str, span: Span) -> Option<Vec<Inline>> {
        entities::replacement(&self.catalogue, name).map(|xml| inlines(&xml, span))
    }

    /// The author that a reference at `span` stands for.
    pub fn author(&self, name: &str, span: Span) -> Option<Author> {
        let xml = entities::replacement(&self.catalogue, name)?;
        let nodes = nodes(&xml, span);
        let element = only_element(&nodes, "author")?;
        Some(Author { entity: Some(name.to_owned()), ..header::author(element) })
    }

    /// The legal notice that a reference at `span` stands for.
    pub fn legal(&self, name: &str, span: Span) -> Option<Legal> {
        let xml = entities::replacement(&self.catalogue, name)?;
        let nodes = nodes(&xml, span);
        let parts = header::legal_parts(only_element(&nodes, "legal")?);
        Some(Legal::Reference { entity: name.to_owned(), parts })
    }
}

/// What a reference at `span` stands for in running text where no `xep.ent` says it. Of XEPs and RFCs that the table does
/// not know, the number and the page. `None` for any other unknown entity, and for the legal notice.
pub fn reference(name: &str, span: Span) -> Option<Vec<Inline>> {
    let xml = replacement(name).filter(|_| !is_legal(name))?;
    Some(inlines(&expand(&xml), span))
}

/// Whether an entity of the series is a paragraph of its own (`&CONFORMANCE;`), not running text.
pub fn is_block(name: &str) -> bool {
    replacement(name).is_some_and(|xml| xml.starts_with("<p>"))
}

/// Whether an entity of the series is a legal notice (`&LEGALNOTICE;`).
pub fn is_legal(name: &str) -> bool {
    row(name).is_some_and(|row| row.kind == "legal")
}

/// The highest number of the XEPs that the table knows.
pub fn newest_known() -> Option<u16> {
    LINES.lines().filter_map(|line| four_digits(line.strip_prefix("xep")?)).max()
}

/// The number that four digits at the start of a text are.
fn four_digits(text: &str) -> Option<u16> {
    let digits = text.get(..4)?;
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The replacement text of an entity of the series, with references in it still standing.
pub fn replacement(name: &str) -> Option<String> {
    match row(name) {
        Some(row) => Some(row.replacement(name)),
        None => numbered(name),
    }
}

const LINES: &str = include_str!("series.tsv");

static TABLE: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let lines = LINES.lines();
    lines.filter_map(|line| line.split_once('\t')).filter_map(|(name, rest)| Some((name, Row::new(rest)?))).collect()
});

fn row(name: &str) -> Option<&'static Row> {
    TABLE.get(name)
}

/// A line of the table.
struct Row {
    kind: &'static str,
    fields: Vec<&'static str>,
}

impl Row {
    fn new(line: &'static str) -> Option<Row> {
        let mut fields = line.split('\t');
        Some(Row { kind: fields.next()?, fields: fields.collect() })
    }

    fn field(&self, at: usize) -> String {
        escape(self.fields.get(at).unwrap_or(&""))
    }

    fn replacement(&self, name: &str) -> String {
        match self.kind {
            "xep" => xep(name.trim_start_matches("xep"), &self.field(0), &self.field(self.fields.len() - 1)),
            "rfc" => rfc(name.trim_start_matches("rfc"), Some(&self.field(0))),
            "ref" => linked(&self.field(0), &self.field(1), &self.field(2)),
            "plain" => format!("<span class='ref'>{}</span> <note>{}.</note>", self.field(0), self.field(1)),
            "link" => format!("<span class='ref'><link url='{}'>{}</link></span>", self.field(1), self.field(0)),
            "url" => format!("&lt;<link url='{0}'>{0}</link>&gt;", self.field(0)),
            "text" => self.field(0),
            "legal" => "<legal/>".into(),
            _ => self.fields.first().unwrap_or(&"").to_string(),
        }
    }
}

/// A XEP or an RFC that the table does not know, by its number alone.
fn numbered(name: &str) -> Option<String> {
    let digits = |number: &str| !number.is_empty() && number.len() < 6 && number.bytes().all(|b| b.is_ascii_digit());
    if let Some(number) = name.strip_prefix("xep").filter(|number| number.len() == 4 && digits(number)) {
        let url = format!("https://xmpp.org/extensions/xep-{number}.html");
        return Some(linked(&format!("XEP-{number}"), &format!("XEP-{number}"), &url));
    }
    name.strip_prefix("rfc").filter(|number| digits(number)).map(|number| rfc(number, None))
}

fn xep(number: &str, title: &str, full: &str) -> String {
    let url = format!("https://xmpp.org/extensions/xep-{number}.html");
    linked(&format!("{title} (XEP-{number})"), &format!("XEP-{number}: {full}"), &url)
}

fn rfc(number: &str, title: Option<&str>) -> String {
    let (url, short) = (format!("http://tools.ietf.org/html/rfc{number}"), number.trim_start_matches('0'));
    let note = match title {
        Some(title) => format!("RFC {short}: {title}"),
        None => format!("RFC {short}"),
    };
    linked(&format!("RFC {short}"), &note, &url)
}

/// A linked name and a note, in the form in which the series writes its references.
fn linked(display: &str, title: &str, url: &str) -> String {
    format!(
        "<span class='ref'><link url='{url}'>{display}</link></span> <note>{title} &lt;<link url='{url}'>{url}</link>&gt;.</note>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

/// Expands the references inside of a replacement text with the table.
fn expand(xml: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("", format!("<!DOCTYPE x [<!ENTITY % ents SYSTEM 'xep.ent'>%ents;]>{xml}"));
    let around = Surroundings { shared: None, fallback: &replacement };
    entities::expand(&sources, file, around, &mut Sink::default()).text.to_string()
}

fn nodes(xml: &str, span: Span) -> Vec<Node> {
    parse(&MappedText::standing_for(xml, span), "").nodes
}

fn only_element<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Element> {
    nodes.iter().filter_map(Node::element).find(|element| element.name.local == name)
}

fn inlines(xml: &str, span: Span) -> Vec<Inline> {
    let nodes = nodes(xml, span);
    match nodes.as_slice() {
        [Node::Element(paragraph)] if paragraph.name.local == "p" => xep_xml::inlines(&paragraph.children),
        nodes => xep_xml::inlines(nodes),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_row_is_well_formed() {
        for (name, row) in TABLE.iter() {
            let kinds = ["xep", "rfc", "ref", "plain", "link", "url", "text", "signs", "own", "legal"];
            assert!(kinds.contains(&row.kind), "{name}");
            let xml = expand(&replacement(name).unwrap());
            let mut sources = Sources::default();
            let file = sources.add("", xml.as_str());
            let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
            assert!(parsed.problems.is_empty(), "{name}: {xml}: {:?}", parsed.problems);
            assert!(!xml.contains("&amp;") || row.fields.iter().any(|field| field.contains('&')), "{name}: {xml}");
        }
    }

    #[test]
    fn shared_entities_give_text_authors_and_notices() {
        let ents = "<!ENTITY a '<author><firstname>F</firstname></author>'><!ENTITY l '<legal><copyright>C</copyright></legal>'>\
                    <!ENTITY t '<p>x &q;</p>'><!ENTITY q '&lt;q/&gt;'>";
        let mut sources = Sources::default();
        let file = sources.add("xep.ent", ents);
        let span = sources.whole(file);
        let shared = SharedEntities::read(&sources, file, &mut Sink::default());
        let text = |text: &str| Inline::Text(MappedText::standing_for(text, span));
        assert_eq!(shared.reference("t", span).unwrap(), [text("x <q/>")]);
        assert_eq!(shared.reference("nope", span), None);
        let author = shared.author("a", span).unwrap();
        assert_eq!((author.first_name.as_str(), author.entity.as_deref()), ("F", Some("a")));
        assert!(matches!(shared.legal("l", span), Some(Legal::Reference { parts, .. }) if parts.0.len() == 1));
        assert_eq!((shared.author("l", span), shared.legal("a", span)), (None, None));
    }

    #[test]
    fn the_table_knows_what_it_holds() {
        let mut sources = Sources::default();
        let file = sources.add("a", "&x;");
        let span = sources.whole(file);
        assert!(is_block("CONFORMANCE") && !is_block("xep0001") && is_legal("LEGALNOTICE") && !is_legal("xep0001"));
        assert!(reference("xep0420", span).is_some() && reference("xep9999", span).is_some());
        assert!(reference("LEGALNOTICE", span).is_none() && reference("someone", span).is_none());
    }
}
