//! Lists of a series for programs: `xeplist.xml` and `xeplist.json`, and one BibXML reference a XEP.

use super::html::{push_attribute, push_escaped};
use super::page::published_url;
use crate::series::{AuthorFacts, DocumentFacts, RevisionFacts, SeriesFacts};
use serde::Serialize;

/// `xeplist.xml`, with the elements that the XSF's list has, and the dependencies and tags beside them.
pub fn xml(series: &SeriesFacts) -> String {
    let mut list = XmlText::new();
    list.open("xep-infos");
    for document in in_order(series) {
        list.xep(document);
    }
    list.close("xep-infos");
    list.out
}

fn in_order(series: &SeriesFacts) -> impl Iterator<Item = &DocumentFacts> {
    series.in_order().into_iter().filter_map(|at| series.documents().get(at).map(AsRef::as_ref))
}

/// XML that is written line by line.
struct XmlText {
    out: String,
    depth: usize,
}

impl XmlText {
    fn new() -> XmlText {
        XmlText { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into(), depth: 0 }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn open(&mut self, tag: &str) {
        self.indent();
        self.out.push_str(&format!("<{tag}>\n"));
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.indent();
        self.out.push_str(&format!("</{name}>\n"));
    }

    /// An element with text; nothing where there is none.
    fn field(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.indent();
            self.out.push_str(&format!("<{name}>"));
            push_escaped(&mut self.out, text);
            self.out.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with attributes alone; those without a value are left out.
    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            push_attribute(&mut self.out, key, value);
        }
        self.out.push_str("/>\n");
    }

    fn group(&mut self, group: &str, name: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.open(group);
            texts.iter().for_each(|text| self.field(name, text));
            self.close(group);
        }
    }

    fn xep(&mut self, document: &DocumentFacts) {
        self.open(&format!("xep accepted=\"{}\"", document.is_numbered()));
        if document.is_numbered() {
            self.field("number", &document.number);
        } else {
            self.field("proto-name", &document.name);
        }
        self.field("title", &document.title);
        self.field("abstract", &document.details().abstract_);
        self.field("type", &document.details().type_);
        self.field("status", &document.status);
        self.revision(&document.details().last_revision);
        document.details().last_calls.iter().for_each(|end| self.field("last-call", end));
        self.field("sig", &document.details().sig);
        document.details().approvers.iter().for_each(|approver| self.field("approver", approver));
        self.field("shortname", &document.details().shortname);
        self.group("dependencies", "spec", &document.details().dependencies);
        self.group("supersedes", "spec", &document.details().supersedes);
        self.group("supersededby", "spec", &document.details().superseded_by);
        self.group("tags", "tag", &document.details().tags);
        self.field("src", &source(document));
        self.close("xep");
    }

    fn revision(&mut self, revision: &RevisionFacts) {
        self.open("last-revision");
        self.field("date", &revision.date);
        self.field("version", &revision.version);
        self.field("initials", &revision.initials);
        self.field("remark", &revision.remark);
        self.close("last-revision");
    }
}

/// Where the XEP-XML of a document lies in the site.
fn source(document: &DocumentFacts) -> String {
    format!("{}.xml", document.name)
}

#[derive(Serialize)]
struct List<'a> {
    version: u32,
    xeps: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    accepted: bool,
    number: Option<&'a str>,
    title: &'a str,
    #[serde(rename = "abstract")]
    abstract_: &'a str,
    #[serde(rename = "type")]
    type_: &'a str,
    status: &'a str,
    last_revision: Revision<'a>,
    last_calls: &'a [String],
    sig: &'a str,
    approvers: &'a [String],
    shortname: &'a str,
    authors: Vec<String>,
    dependencies: &'a [String],
    supersedes: &'a [String],
    superseded_by: &'a [String],
    tags: &'a [String],
    href: String,
    source: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct Revision<'a> {
    version: &'a str,
    date: &'a str,
    initials: &'a str,
    remark: &'a str,
}

/// `xeplist.json`: the same facts, and the authors. Its `version` is that of the format.
pub fn json(series: &SeriesFacts) -> String {
    pretty(&List { version: 1, xeps: in_order(series).map(entry).collect() })
}

/// Data as JSON with a line break at its end.
pub(super) fn pretty(data: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(data).expect("text and numbers alone can be written as JSON");
    text.push('\n');
    text
}

fn entry(document: &DocumentFacts) -> Entry<'_> {
    let revision = &document.details().last_revision;
    Entry {
        id: document.id(),
        accepted: document.is_numbered(),
        number: document.is_numbered().then_some(&document.number),
        title: &document.title,
        abstract_: &document.details().abstract_,
        type_: &document.details().type_,
        status: &document.status,
        last_revision: Revision {
            version: &revision.version,
            date: &revision.date,
            initials: &revision.initials,
            remark: &revision.remark,
        },
        last_calls: &document.details().last_calls,
        sig: &document.details().sig,
        approvers: &document.details().approvers,
        shortname: &document.details().shortname,
        authors: document.details().authors.iter().map(full_name).collect(),
        dependencies: &document.details().dependencies,
        supersedes: &document.details().supersedes,
        superseded_by: &document.details().superseded_by,
        tags: &document.details().tags,
        href: document.href(),
        source: source(document),
        url: published_url(&document.number),
    }
}

fn full_name(author: &AuthorFacts) -> String {
    format!("{} {}", author.first_name, author.surname).trim().to_owned()
}

/// The BibXML references of the numbered documents: file names and texts.
pub fn references(series: &SeriesFacts) -> Vec<(String, String)> {
    let numbered = in_order(series).filter(|document| document.is_numbered());
    numbered.map(|document| (format!("reference.XSF.{}.xml", document.id()), reference(document))).collect()
}

fn reference(document: &DocumentFacts) -> String {
    let mut text = XmlText::new();
    text.open(&format!("reference anchor=\"{}\"", document.id()));
    text.open("front");
    text.field("title", &document.title);
    document.details().authors.iter().for_each(|author| text.author(author));
    text.date(&document.details().last_revision.date);
    text.close("front");
    text.empty("seriesInfo", &[("name", "XSF XEP"), ("value", &document.number)]);
    if let Some(url) = published_url(&document.number) {
        text.empty("format", &[("type", "HTML"), ("target", &url)]);
    }
    text.close("reference");
    text.out
}

impl XmlText {
    fn author(&mut self, author: &AuthorFacts) {
        let mut tag = String::from("author");
        push_attribute(&mut tag, "initials", &initials(&author.first_name));
        push_attribute(&mut tag, "surname", &author.surname);
        push_attribute(&mut tag, "fullname", &full_name(author));
        self.open(&tag);
        if author.org.is_empty() {
            self.empty("organization", &[]);
        } else {
            self.field("organization", &author.org);
        }
        if !author.email.is_empty() {
            self.open("address");
            self.field("email", &author.email);
            self.close("address");
        }
        self.close("author");
    }

    fn date(&mut self, date: &str) {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let month = month.and_then(|month| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?));
        let day = day.map_or("", |day| day.trim_start_matches('0'));
        let month = month.copied().unwrap_or("");
        self.empty("date", &[("day", day), ("month", month), ("year", year.unwrap_or(""))]);
    }
}

/// `J. P.` for `Jean Paul`.
fn initials(first_name: &str) -> String {
    let letters = first_name.split([' ', '-']).filter_map(|name| name.chars().next());
    letters.map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::series::DocumentDetails;
    use std::sync::Arc;

    fn series() -> SeriesFacts {
        let revision = RevisionFacts {
            version: "1.0".into(),
            date: "2008-06-06".into(),
            initials: "psa".into(),
            remark: "A < B & \"C\"".into(),
        };
        let author = AuthorFacts {
            first_name: "Jean Paul".into(),
            surname: "M\u{fc}ller".into(),
            org: String::new(),
            email: "jp@example.org".into(),
        };
        let numbered = DocumentFacts {
            name: "xep-0030".into(),
            number: "0030".into(),
            title: "Discovery & <more>".into(),
            status: "Final".into(),
            details: Some(Arc::new(DocumentDetails {
                dependencies: vec!["XMPP Core".into()],
                tags: vec!["one".into()],
                authors: vec![author],
                last_revision: revision,
                ..DocumentDetails::default()
            })),
            ..DocumentFacts::default()
        };
        let proposal = DocumentFacts { name: "new".into(), number: "XXXX".into(), ..DocumentFacts::default() };
        SeriesFacts::of(vec![proposal.into(), numbered.into()])
    }

    #[test]
    fn the_list_is_xml_with_the_numbered_first() {
        let text = xml(&series());
        let tree = roxmltree::Document::parse(&text).unwrap();
        let accepted = |xep: roxmltree::Node<'_, '_>| xep.attribute("accepted").unwrap_or("").to_owned();
        let all: Vec<String> = tree.root_element().children().filter(|node| node.is_element()).map(accepted).collect();
        assert_eq!(all, ["true", "false"]);
        assert!(text.contains("<remark>A &lt; B &amp; &quot;C&quot;</remark>"), "{text}");
        assert!(text.contains("<proto-name>new</proto-name>"));
    }

    #[test]
    fn the_list_is_json() {
        let list: serde_json::Value = serde_json::from_str(&json(&series())).unwrap();
        let at = |path: &str| list.pointer(path).cloned().unwrap_or_default();
        assert_eq!(at("/xeps/0/number"), "0030");
        assert_eq!(at("/xeps/0/url"), "https://xmpp.org/extensions/xep-0030.html");
        assert_eq!(at("/xeps/1/number"), serde_json::Value::Null);
    }

    #[test]
    fn references_are_bibxml() {
        let all = references(&series());
        let [(name, text)] = all.as_slice() else { return assert_eq!(all.len(), 1) };
        assert_eq!(name, "reference.XSF.XEP-0030.xml");
        roxmltree::Document::parse(text).unwrap();
        assert!(text.contains("<reference anchor=\"XEP-0030\">"));
        assert!(
            text.contains("<author initials=\"J. P.\" surname=\"M\u{fc}ller\" fullname=\"Jean Paul M\u{fc}ller\">")
        );
        assert!(text.contains("<date day=\"6\" month=\"June\" year=\"2008\"/>"), "{text}");
    }
}
