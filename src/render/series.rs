//! What the documents of one run say about themselves and about one another.

mod gather;

use crate::document::Document;
use crate::example::Example;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A document as the other pages, the lists and the graph tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Its name in the site.
    pub name: String,
    /// Whether the site has no page of it: it only lies beside what was asked for.
    #[serde(skip)]
    pub is_elsewhere: bool,
    /// The number as written, four digits or `XXXX`.
    pub number: String,
    /// The title.
    pub title: String,
    /// The abstract.
    pub abstract_: String,
    /// The status.
    pub status: String,
    /// The type.
    pub type_: String,
    /// The special interest group; may be empty.
    pub sig: String,
    /// The short name; may be empty.
    pub shortname: String,
    /// Who approves.
    pub approvers: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Specifications that it builds on, as written.
    pub dependencies: Vec<String>,
    /// What it supersedes, as written.
    pub supersedes: Vec<String>,
    /// What supersedes it, as written.
    pub superseded_by: Vec<String>,
    /// Ends of last calls.
    pub last_calls: Vec<String>,
    /// The authors.
    pub authors: Vec<AuthorFacts>,
    /// The newest revision.
    pub last_revision: RevisionFacts,
    /// The date of the oldest revision.
    pub first_date: String,
    /// The numbers of the XEPs that its text links to.
    pub references: BTreeSet<String>,
    /// The namespaces that its schemas describe.
    pub described: BTreeSet<String>,
    /// The namespaces that it asks the registrar to register.
    pub registered: BTreeSet<String>,
}

/// An author, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorFacts {
    /// First name.
    pub first_name: String,
    /// Surname.
    pub surname: String,
    /// Organisation; may be empty.
    pub org: String,
    /// Mail address; may be empty.
    pub email: String,
}

/// A revision, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionFacts {
    /// The version.
    pub version: String,
    /// The date.
    pub date: String,
    /// Initials of who made it.
    pub initials: String,
    /// What changed, as plain text.
    pub remark: String,
}

impl DocumentFacts {
    /// What a document with these examples tells. `name` is its folder in the site.
    pub fn of(document: &Document, examples: &[Example], name: &str) -> DocumentFacts {
        gather::facts(document, examples, name)
    }

    /// Whether it has a number; else it is a proposal.
    pub fn is_numbered(&self) -> bool {
        number_at_start(&self.number).is_some_and(|number| number == self.number)
    }

    /// `XEP-0030`; the name of a proposal.
    pub fn id(&self) -> String {
        if self.is_numbered() { format!("XEP-{}", self.number) } else { self.name.clone() }
    }

    /// What a link to it says: `XEP-0030: Service Discovery`.
    pub fn heading(&self) -> String {
        if self.is_numbered() { format!("XEP-{}: {}", self.number, self.title) } else { self.title.clone() }
    }

    /// The link from the root of the site to its page; to the published one where the site has none.
    pub fn href(&self) -> String {
        match (self.is_elsewhere, self.is_numbered()) {
            (false, _) => format!("{}.html", self.name),
            (true, true) => format!("https://xmpp.org/extensions/xep-{}.html", self.number),
            (true, false) => format!("https://xmpp.org/extensions/inbox/{}.html", self.name),
        }
    }
}

/// How a document is related to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It builds on it.
    Dependency,
    /// It supersedes it.
    Supersedes,
    /// Its text links to it.
    Reference,
}

impl Relation {
    /// Its name in data.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Dependency => "dependency",
            Relation::Supersedes => "supersedes",
            Relation::Reference => "reference",
        }
    }
}

/// That a document is related to another one, both by their place in [`SeriesFacts::documents`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Which document.
    pub from: usize,
    /// To which.
    pub to: usize,
    /// How.
    pub relation: Relation,
}

/// All documents of a run, and how they are related.
#[derive(Clone, Debug, Default)]
pub struct SeriesFacts {
    documents: Vec<DocumentFacts>,
    edges: Vec<Edge>,
    /// The documents that have a relation to a document, by its place.
    referrers: Vec<Vec<(Relation, usize)>>,
    /// Which document defines a namespace.
    namespaces: BTreeMap<String, usize>,
}

impl SeriesFacts {
    /// The relations of documents.
    pub fn of(documents: Vec<DocumentFacts>) -> SeriesFacts {
        let edges = edges(&documents);
        let mut referrers = vec![Vec::new(); documents.len()];
        for edge in &edges {
            if let Some(all) = referrers.get_mut(edge.to) {
                all.push((edge.relation, edge.from));
            }
        }
        let namespaces = namespaces(&documents);
        SeriesFacts { documents, edges, referrers, namespaces }
    }

    /// The documents, in the order in which they were given.
    pub fn documents(&self) -> &[DocumentFacts] {
        &self.documents
    }

    /// The places of the documents in the order in which people look for them: by number, then the proposals by name.
    pub fn in_order(&self) -> Vec<usize> {
        let key = |at: &usize| {
            let document = self.documents.get(*at);
            document.map(|document| (!document.is_numbered(), document.number.clone(), document.name.clone()))
        };
        let mut places: Vec<usize> = (0..self.documents.len()).collect();
        places.sort_by_cached_key(key);
        places
    }

    /// All relations between documents of the run, sorted.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The documents that build on, supersede or link to the one at a place; one that does several of these is named for
    /// the first of them.
    pub fn referrers(&self, at: usize) -> Vec<(Relation, &DocumentFacts)> {
        let all = self.referrers.get(at).map_or(&[][..], Vec::as_slice);
        let first = |(place, (relation, from)): &(usize, &(Relation, usize))| {
            !all.iter()
                .enumerate()
                .any(|(other, (earlier, same))| same == from && (*earlier, other) < (*relation, *place))
        };
        let mut named: Vec<_> = all.iter().enumerate().filter(first).map(|(_, referrer)| *referrer).collect();
        let is_proposal = |at: usize| self.documents.get(at).is_some_and(|document| !document.is_numbered());
        named.sort_by_key(|(relation, from)| (*relation, is_proposal(*from), *from));
        named.into_iter().filter_map(|(relation, from)| Some((relation, self.documents.get(from)?))).collect()
    }

    /// What the first documents say of one another, where there are more of them.
    pub fn first(&self, count: usize) -> Option<SeriesFacts> {
        let first = self.documents.get(..count).filter(|first| first.len() < self.documents.len())?;
        Some(SeriesFacts::of(first.to_vec()))
    }

    /// The namespaces that documents define, in order, with those documents.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &DocumentFacts)> {
        self.namespaces.iter().filter_map(|(name, at)| Some((name.as_str(), self.documents.get(*at)?)))
    }

    /// The document that defines a namespace, where the run leaves no doubt which one does.
    pub fn defines(&self, namespace: &str) -> Option<usize> {
        self.namespaces.get(namespace).copied()
    }
}

/// A document in its series.
#[derive(Clone, Copy, Debug)]
pub struct SeriesPlace<'a> {
    /// The series.
    pub series: &'a SeriesFacts,
    /// The place of the document in it.
    pub at: usize,
}

impl<'a> SeriesPlace<'a> {
    /// The other document that defines a namespace.
    pub fn defines(self, namespace: &str) -> Option<&'a DocumentFacts> {
        let at = self.series.defines(namespace).filter(|at| *at != self.at)?;
        self.series.documents.get(at)
    }
}

fn edges(documents: &[DocumentFacts]) -> Vec<Edge> {
    let mut by_number: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, document) in documents.iter().enumerate().filter(|(_, document)| document.is_numbered()) {
        by_number.entry(&document.number).or_insert(at);
    }
    let find = |text: &String| xep_number(text).and_then(|number| by_number.get(number).copied());
    let mut edges = BTreeSet::new();
    for (from, document) in documents.iter().enumerate() {
        let mut add = |from: usize, to: usize, relation| from == to || edges.insert(Edge { from, to, relation });
        document.dependencies.iter().filter_map(find).for_each(|to| {
            add(from, to, Relation::Dependency);
        });
        document.supersedes.iter().filter_map(find).for_each(|to| {
            add(from, to, Relation::Supersedes);
        });
        document.superseded_by.iter().filter_map(find).for_each(|by| {
            add(by, from, Relation::Supersedes);
        });
        document.references.iter().filter_map(|number| by_number.get(number.as_str())).for_each(|to| {
            add(from, *to, Relation::Reference);
        });
    }
    edges.into_iter().collect()
}

/// Namespaces with the one document that defines them: the one whose schema describes it, else the one that registers it.
/// Where several do, a numbered XEP comes before proposals and what is in force before what is not; still several: none.
fn namespaces(documents: &[DocumentFacts]) -> BTreeMap<String, usize> {
    let mut claims: BTreeMap<&str, Vec<(Claim, usize)>> = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        let all = document.described.iter().map(|namespace| (namespace, true));
        let all = all.chain(document.registered.iter().map(|namespace| (namespace, false)));
        for (namespace, described) in all.filter(|(namespace, _)| !is_common(namespace)) {
            let claim = (described, document.is_numbered(), document.superseded_by.is_empty());
            let claims = claims.entry(namespace).or_default();
            if claims.last().is_none_or(|(_, other)| *other != at) {
                claims.push((claim, at));
            }
        }
    }
    let sole = |(namespace, claims): (&str, Vec<(Claim, usize)>)| {
        let strongest = claims.iter().map(|(claim, _)| *claim).max()?;
        let mut strongest = claims.iter().filter(|(claim, _)| *claim == strongest);
        let (_, at) = strongest.next()?;
        strongest.next().is_none().then(|| (namespace.to_owned(), *at))
    };
    claims.into_iter().filter_map(sole).collect()
}

/// How strong a claim to a namespace is: a schema describes it, the document is numbered, nothing supersedes it.
type Claim = (bool, bool, bool);

/// Namespaces of other bodies, of which XEPs show schemas at most by the way, and those that only illustrate.
fn is_common(namespace: &str) -> bool {
    const FOREIGN: [&str; 5] =
        ["urn:ietf:", "http://www.w3.org/", "http://etherx.jabber.org/", "urn:example", "http://example."];
    let is_bare = !namespace.contains(':');
    namespace == crate::xml::CLIENT
        || namespace == "jabber:server"
        || namespace == "jabber:iq:roster"
        || is_bare
        || FOREIGN.iter().any(|start| namespace.starts_with(start))
}

/// The number in the name of a XEP, wherever it stands in a text: `XEP-0004 (OPTIONAL)`.
pub(super) fn xep_number(text: &str) -> Option<&str> {
    let starts = text.match_indices("EP").filter_map(|(at, found)| text.get(at + found.len()..));
    let mut numbers = starts.filter_map(|rest| number_at_start(rest.strip_prefix(['-', ' '])?));
    numbers.next()
}

/// Four digits that no fifth one follows.
fn number_at_start(text: &str) -> Option<&str> {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let digits = text.bytes().take_while(|byte| is_digit(byte)).count();
    (digits == 4).then(|| text.get(..4)).flatten()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn document(number: &str) -> DocumentFacts {
        DocumentFacts { number: number.into(), name: format!("xep-{number}"), ..DocumentFacts::default() }
    }

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn numbers_are_found_in_names() {
        for (text, number) in [
            ("XEP-0004", Some("0004")),
            ("XEP 0004", Some("0004")),
            ("JEP-0004 (OPTIONAL)", Some("0004")),
            ("see XEP-00045", None),
            ("RFC 6120", None),
            ("XEP-004", None),
            ("XEP-", None),
        ] {
            assert_eq!(xep_number(text), number, "{text}");
        }
        assert_eq!(number_at_start("0030.html"), Some("0030"));
    }

    #[test]
    fn relations_lead_both_ways_and_never_to_oneself() {
        let a = DocumentFacts {
            dependencies: vec!["XMPP Core".into(), "XEP-0002 (REQUIRED)".into(), "XEP-0001".into(), "XEP-9999".into()],
            references: set(&["0002", "0003"]),
            ..document("0001")
        };
        let b = DocumentFacts { superseded_by: vec!["XEP-0003".into()], ..document("0002") };
        let facts = SeriesFacts::of(vec![a, b, document("0003")]);
        let told = |at| -> Vec<(&str, String)> {
            facts.referrers(at).into_iter().map(|(relation, document)| (relation.name(), document.id())).collect()
        };
        assert_eq!(told(0), []);
        assert_eq!(told(1), [("dependency", "XEP-0001".into()), ("supersedes", "XEP-0003".into())]);
        assert_eq!(told(2), [("reference", "XEP-0001".into())]);
        assert_eq!(facts.edges().len(), 4);
    }

    #[test]
    fn a_namespace_is_defined_by_the_schema_that_has_it_or_by_nobody() {
        let both = "urn:xmpp:both:0";
        let a = DocumentFacts { described: set(&["urn:xmpp:a:0", both, crate::xml::CLIENT]), ..document("0001") };
        let b = DocumentFacts {
            described: set(&[both]),
            registered: set(&["urn:xmpp:a:0", "urn:xmpp:b:0"]),
            ..document("0002")
        };
        let proposal = DocumentFacts { described: set(&["urn:xmpp:a:0"]), ..document("XXXX") };
        let facts = SeriesFacts::of(vec![a, b, proposal]);
        let defines = |namespace| facts.defines(namespace);
        assert_eq!(defines("urn:xmpp:a:0"), Some(0));
        assert_eq!(defines("urn:xmpp:b:0"), Some(1));
        assert_eq!((defines(both), defines(crate::xml::CLIENT), defines("urn:xmpp:c:0")), (None, None, None));
    }

    #[test]
    fn numbered_documents_come_first() {
        let facts = SeriesFacts::of(vec![document("XXXX"), document("0420"), document("0002")]);
        assert_eq!(facts.in_order(), [2, 1, 0]);
        assert_eq!(facts.documents().first().unwrap().id(), "xep-XXXX");
    }
}
