//! # disagreeing-table
//!
//! A table says of an attribute that it is required, and the schema that it is not, or the other way round.
//!
//! ## What it does
//!
//! Takes the tables whose first column names attributes and that have a column for whether each is required, and holds them against all
//! declarations of an attribute of that name in the schemas of the document. Tells those where all of the declarations say otherwise.
//!
//! ## Why it matters
//!
//! Some implementers read the table and some the schema. One of them refuses what the other sends.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <table><tr><th>Attribute</th><th>Inclusion</th></tr><tr><td>num</td><td>REQUIRED</td></tr></table>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:rank'>
//!   <xs:element name='rank'><xs:complexType><xs:attribute name='num' type='xs:byte' use='optional'/></xs:complexType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <table><tr><th>Attribute</th><th>Inclusion</th></tr><tr><td>num</td><td>REQUIRED</td></tr></table>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:rank'>
//!   <xs:element name='rank'><xs:complexType><xs:attribute name='num' type='xs:byte' use='required'/></xs:complexType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XML Schema, part 1, 3.2.2: <https://www.w3.org/TR/xmlschema-1/#declare-attribute>

use super::{Context, Rule};
use crate::document::{Cell, Table, walk};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::XSD;
use crate::source::Span;
use crate::xml::Element;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "disagreeing-table",
    severity: Severity::Warning,
    source: include_str!("disagreeing_table.rs"),
    check: Some(check),
};

/// The headings of columns that say whether something is required.
const INCLUSION: [&str; 5] = ["inclusion", "occurrence", "presence", "required", "required?"];

/// The declarations of attributes, by name.
type Declared<'a> = HashMap<&'a str, Vec<&'a Element>>;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let declared = declared(context);
    if declared.is_empty() {
        return;
    }
    walk::body(context.document, &mut |place| {
        if let walk::Place::Table(table) = place {
            said(table).into_iter().for_each(|(name, is_required)| {
                let declarations = declared.get(name.as_str()).map_or(&[][..], Vec::as_slice);
                sink.extend(finding(&name, is_required, declarations, table.span.0));
            });
        }
    });
}

fn declared<'a>(context: &Context<'a>) -> Declared<'a> {
    let mut all = Declared::new();
    let roots = context.examples.iter().flat_map(|example| example.elements());
    let schemas = roots.filter(|element| element.name.is(XSD, "schema"));
    for attribute in schemas.flat_map(Element::descendants).filter(|element| element.name.is(XSD, "attribute")) {
        if let Some(name) = attribute.value("name") {
            all.entry(name).or_default().push(attribute);
        }
    }
    all
}

/// The attributes of which a table says whether they are required, and what it says.
fn said(table: &Table) -> Vec<(String, bool)> {
    let mut rows = table.rows.iter();
    let heading: Vec<String> =
        rows.next().map_or_else(Vec::new, |row| row.cells.iter().map(|cell| text(cell).to_lowercase()).collect());
    let column = heading.iter().position(|heading| INCLUSION.contains(&heading.as_str()));
    let is_of_attributes = heading.first().is_some_and(|first| first.starts_with("attribute"));
    let Some(column) = column.filter(|_| is_of_attributes) else { return Vec::new() };
    let said = rows.filter_map(|row| {
        let name = text(row.cells.first()?);
        Some((name.trim_matches(['\'', '"']).to_owned(), is_required(&text(row.cells.get(column)?))?))
    });
    said.collect()
}

fn text(cell: &Cell) -> String {
    walk::blocks_text(&cell.blocks).trim().to_owned()
}

/// What a word says; nothing for what depends on something else.
fn is_required(word: &str) -> Option<bool> {
    match word.to_uppercase().trim_end_matches('.') {
        "REQUIRED" | "MUST" | "YES" | "MANDATORY" => Some(true),
        "OPTIONAL" | "RECOMMENDED" | "MAY" | "SHOULD" | "NO" => Some(false),
        _ => None,
    }
}

fn finding(name: &str, is_required: bool, declarations: &[&Element], table: Span) -> Option<Finding> {
    let first = declarations.first()?;
    let is_declared = |one: &&Element| one.value("use") == Some("required");
    declarations.iter().all(|one| is_declared(one) != is_required).then_some(())?;
    let (said, declared) = if is_required { ("required", "optional") } else { ("not required", "required") };
    let message = format!("`{name}` is {declared} here, and {said} in a table");
    let finding = Finding::new(RULE.name, first.start_tag, message);
    Some(finding.related(table, "this table").help("let both say the same"))
}
