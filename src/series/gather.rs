//! One pass over a document for what the series wants to know of it.

use super::registrar::{is_for_registrar, register};
use super::relations::{
    AuthorFacts, DocumentDetails, DocumentFacts, RevisionFacts, Statement, number_at_start, xep_number,
};
use crate::document::walk::{self, Place, collapsed};
use crate::document::{Author, Block, Document, Field, Revision};
use crate::example::Example;
use crate::schema::SchemaSource;
use std::collections::BTreeSet;
use std::sync::Arc;

impl DocumentFacts {
    /// What a document with these examples tells. `name` is its folder in the site.
    pub fn of(document: &Document, examples: &[Example], name: &str) -> DocumentFacts {
        let header = &document.header;
        let (references, registered) = said_in_body(document);
        let details = details(document);
        DocumentFacts {
            name: name.to_owned(),
            is_elsewhere: false,
            number: value(&header.number),
            title: value(&header.title),
            status: value(&header.status),
            related: related(&details, &references),
            is_superseded: !details.superseded_by.is_empty(),
            described: described(document, examples).into_iter().collect::<Vec<_>>().join("\n"),
            registered: registered.into_iter().collect::<Vec<_>>().join("\n"),
            details: Some(Arc::new(details)),
        }
    }
}

fn details(document: &Document) -> DocumentDetails {
    let header = &document.header;
    DocumentDetails {
        abstract_: value(&header.abstract_),
        type_: value(&header.type_),
        sig: value(&header.sig),
        shortname: value(&header.shortname),
        approvers: values(&header.approvers),
        tags: header.tags.as_deref().map(values).unwrap_or_default(),
        dependencies: values(&header.dependencies),
        supersedes: values(&header.supersedes),
        superseded_by: values(&header.superseded_by),
        last_calls: values(&header.last_calls),
        authors: header.authors.iter().map(author).collect(),
        last_revision: header.revisions.first().map(revision).unwrap_or_default(),
        first_date: header.revisions.last().map_or_else(String::new, |revision| value(&revision.date)),
    }
}

/// What the header says of relations, and which XEPs the text links to.
fn related(details: &DocumentDetails, references: &BTreeSet<String>) -> Vec<(Statement, u16)> {
    let stated = [
        (Statement::DependsOn, &details.dependencies),
        (Statement::Supersedes, &details.supersedes),
        (Statement::SupersededBy, &details.superseded_by),
    ];
    let number = |text: &str| xep_number(text)?.parse().ok();
    let stated = stated
        .into_iter()
        .flat_map(|(statement, specs)| specs.iter().filter_map(move |spec| Some((statement, number(spec)?))));
    let linked = references.iter().filter_map(|number| Some((Statement::LinksTo, number.parse().ok()?)));
    stated.chain(linked).collect()
}

fn value(field: &Field) -> String {
    collapsed(field.as_str())
}

fn values(fields: &[Field]) -> Vec<String> {
    fields.iter().map(value).filter(|value| !value.is_empty()).collect()
}

fn author(author: &Author) -> AuthorFacts {
    let optional = |field: &Option<Field>| field.as_ref().map(value).unwrap_or_default();
    AuthorFacts {
        first_name: value(&author.first_name),
        surname: value(&author.surname),
        org: optional(&author.org),
        email: optional(&author.email),
    }
}

fn revision(revision: &Revision) -> RevisionFacts {
    RevisionFacts {
        version: value(&revision.version),
        date: value(&revision.date),
        initials: value(&revision.initials),
        remark: collapsed(&plain(&revision.remark)),
    }
}

/// The text of blocks, with a space between them and between items of lists.
fn plain(blocks: &[Block]) -> String {
    let text = |block: &Block| match block {
        Block::List(list) => list.items.iter().map(|item| plain(&item.blocks)).collect::<Vec<_>>().join(" "),
        block => walk::blocks_text(std::slice::from_ref(block)),
    };
    blocks.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The namespaces that schemas describe: those in the text, and what the header says of schemas elsewhere.
fn described(document: &Document, examples: &[Example]) -> BTreeSet<String> {
    let targets = examples.iter().flat_map(|example| SchemaSource::targets(&example.text)).map(|name| collapsed(&name));
    let locations = document.header.schema_locations.iter().filter_map(|(namespace, _)| namespace.as_ref().map(value));
    targets.chain(locations).filter(|namespace| !namespace.is_empty()).collect()
}

/// The numbers of XEPs that are linked to, and the namespaces that are to be registered.
fn said_in_body(document: &Document) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut references, mut registered) = (BTreeSet::new(), BTreeSet::new());
    walk::body(document, &mut |place| match place {
        Place::Link(url) => references.extend(linked(url.as_str()).map(str::to_owned)),
        Place::Enter(section) if is_for_registrar(section) => register(section, &mut registered),
        _ => {}
    });
    (references, registered)
}

/// The number of the XEP that a link leads to.
fn linked(url: &str) -> Option<&str> {
    const PLACES: [&str; 2] = ["xmpp.org/extensions/xep-", "jabber.org/jeps/jep-"];
    PLACES.iter().find_map(|place| number_at_start(url.split_once(place)?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_xeps_are_known_by_their_address() {
        for (url, number) in [
            ("https://xmpp.org/extensions/xep-0030.html#info", Some("0030")),
            ("http://www.xmpp.org/extensions/xep-0030.html", Some("0030")),
            ("http://www.jabber.org/jeps/jep-0030.html", Some("0030")),
            ("https://xmpp.org/extensions/inbox/x.html", None),
            ("https://xmpp.org/extensions/xep-003.html", None),
            ("#xep-0030", None),
        ] {
            assert_eq!(linked(url), number, "{url}");
        }
    }

    #[test]
    fn relations_are_numbers() {
        let details = DocumentDetails {
            dependencies: vec!["XMPP Core".into(), "XEP-0002 (REQUIRED)".into()],
            superseded_by: vec!["XEP-0003".into()],
            ..DocumentDetails::default()
        };
        let expected = [(Statement::DependsOn, 2), (Statement::SupersededBy, 3), (Statement::LinksTo, 4)];
        assert_eq!(related(&details, &BTreeSet::from(["0004".to_owned()])), expected);
    }
}
