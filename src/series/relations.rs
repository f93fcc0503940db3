//! What the documents of one run say about themselves and about one another.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

/// A document as the other pages tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Its name in the site.
    pub name: String,
    /// Whether the site has no page of it: it only lies beside what was asked for.
    #[serde(skip, default = "elsewhere")]
    pub is_elsewhere: bool,
    /// The number as written, four digits or `XXXX`.
    pub number: String,
    /// The title.
    pub title: String,
    /// The status.
    pub status: String,
    /// What it says of its relations to XEPs, and their numbers.
    pub related: Vec<(Statement, u16)>,
    /// Whether something supersedes it.
    pub is_superseded: bool,
    /// The namespaces that its schemas describe, one a line.
    pub described: String,
    /// The namespaces that it asks the registrar to register, one a line.
    pub registered: String,
    /// What only the lists of its own site tell; nothing for one that lies beside.
    #[serde(skip)]
    pub details: Option<Arc<DocumentDetails>>,
}

/// What is read from an index lies elsewhere until it is asked for.
fn elsewhere() -> bool {
    true
}

/// What a document says of its relation to a XEP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Statement {
    /// That it builds on it.
    DependsOn,
    /// That it supersedes it.
    Supersedes,
    /// That it is superseded by it.
    SupersededBy,
    /// Nothing, but its text links to it.
    LinksTo,
}

/// What the lists and the graph tell of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentDetails {
    /// The abstract.
    pub abstract_: String,
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
    /// What only the lists of its own site tell.
    pub fn details(&self) -> &DocumentDetails {
        static NOTHING: LazyLock<DocumentDetails> = LazyLock::new(DocumentDetails::default);
        self.details.as_deref().unwrap_or(&NOTHING)
    }

    /// Its number, if it has one.
    fn digits(&self) -> Option<u16> {
        self.number.parse().ok().filter(|_| self.is_numbered())
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
    documents: Vec<Arc<DocumentFacts>>,
    edges: Vec<Edge>,
    /// The documents that have a relation to a document, by its place.
    referrers: Vec<Vec<(Relation, usize)>>,
    /// Which document defines a namespace.
    namespaces: BTreeMap<String, usize>,
}

impl SeriesFacts {
    /// The relations of documents.
    pub fn of(documents: Vec<Arc<DocumentFacts>>) -> SeriesFacts {
        let all = documents.len();
        SeriesFacts::around(documents, all)
    }

    /// The relations that the first documents have to one another and to the others.
    pub fn around(documents: Vec<Arc<DocumentFacts>>, first: usize) -> SeriesFacts {
        let edges = edges(&documents, first);
        let mut referrers = vec![Vec::new(); documents.len()];
        for edge in &edges {
            if let Some(all) = referrers.get_mut(edge.to) {
                all.push((edge.relation, edge.from));
            }
        }
        let namespaces = defined(documents.iter().map(Arc::as_ref).enumerate());
        SeriesFacts { documents, edges, referrers, namespaces }
    }

    /// The documents, in the order in which they were given.
    pub fn documents(&self) -> &[Arc<DocumentFacts>] {
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
        named.into_iter().filter_map(|(relation, from)| Some((relation, self.documents.get(from)?.as_ref()))).collect()
    }

    /// What the first documents say of one another, where there are more of them.
    pub fn first(&self, count: usize) -> Option<SeriesFacts> {
        let first = self.documents.get(..count).filter(|first| first.len() < self.documents.len())?;
        Some(SeriesFacts::of(first.to_vec()))
    }

    /// The namespaces that documents define, in order, with those documents.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &DocumentFacts)> {
        self.namespaces.iter().filter_map(|(name, at)| Some((name.as_str(), self.documents.get(*at)?.as_ref())))
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
        self.series.documents.get(at).map(Arc::as_ref)
    }
}

fn edges(documents: &[Arc<DocumentFacts>], first: usize) -> Vec<Edge> {
    let mut by_number: HashMap<u16, usize> = HashMap::with_capacity(documents.len());
    for (at, document) in documents.iter().enumerate() {
        if let Some(number) = document.digits() {
            by_number.entry(number).or_insert(at);
        }
    }
    let mut edges = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        for (statement, number) in &document.related {
            let is_meant = |other: usize| other != at && (at < first || other < first);
            let Some(&other) = by_number.get(number).filter(|other| is_meant(**other)) else { continue };
            let (from, to, relation) = match statement {
                Statement::DependsOn => (at, other, Relation::Dependency),
                Statement::Supersedes => (at, other, Relation::Supersedes),
                Statement::SupersededBy => (other, at, Relation::Supersedes),
                Statement::LinksTo => (at, other, Relation::Reference),
            };
            edges.push(Edge { from, to, relation });
        }
    }
    // Nearly all of them are in order already.
    edges.sort();
    edges.dedup();
    edges
}

/// Namespaces with the one document that defines them: the one whose schema describes it, else the one that registers it.
/// Where several do, a numbered XEP comes before proposals and what is in force before what is not; still several: none.
pub(super) fn defined<'a>(documents: impl Iterator<Item = (usize, &'a DocumentFacts)>) -> BTreeMap<String, usize> {
    let mut claims: Vec<(&str, usize, Claim)> = Vec::new();
    for (at, document) in documents {
        for (namespaces, is_described) in [(&document.described, true), (&document.registered, false)] {
            let claim = (is_described, document.is_numbered(), !document.is_superseded);
            let all = namespaces.lines().filter(|namespace| !is_common(namespace));
            claims.extend(all.map(|namespace| (namespace, at, claim)));
        }
    }
    // The stronger claim of a document stands first, and is its only one.
    claims.sort_by_key(|(namespace, at, _)| (*namespace, *at));
    claims.dedup_by_key(|(namespace, at, _)| (*namespace, *at));
    let sole = |claims: &[(&str, usize, Claim)]| {
        let strongest = claims.iter().map(|(.., claim)| *claim).max()?;
        let mut strongest = claims.iter().filter(|(.., claim)| *claim == strongest);
        let (namespace, at, _) = strongest.next()?;
        strongest.next().is_none().then(|| ((*namespace).to_owned(), *at))
    };
    claims.chunk_by(|one, next| one.0 == next.0).filter_map(sole).collect()
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
pub(super) fn number_at_start(text: &str) -> Option<&str> {
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

    fn series(documents: Vec<DocumentFacts>) -> SeriesFacts {
        SeriesFacts::of(documents.into_iter().map(Arc::new).collect())
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
        use Statement::{DependsOn, LinksTo, SupersededBy};
        let related = vec![(DependsOn, 2), (DependsOn, 1), (DependsOn, 9999), (LinksTo, 2), (LinksTo, 3)];
        let a = DocumentFacts { related, ..document("0001") };
        let b = DocumentFacts { related: vec![(SupersededBy, 3)], is_superseded: true, ..document("0002") };
        let facts = series(vec![a, b, document("0003")]);
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
        let lines = |lines: &[&str]| lines.join("\n");
        let a = DocumentFacts { described: lines(&["urn:xmpp:a:0", both, crate::xml::CLIENT]), ..document("0001") };
        let b = DocumentFacts {
            described: both.into(),
            registered: lines(&["urn:xmpp:a:0", "urn:xmpp:b:0"]),
            ..document("0002")
        };
        let proposal = DocumentFacts { described: "urn:xmpp:a:0".into(), ..document("XXXX") };
        let facts = series(vec![a, b, proposal]);
        let defines = |namespace| facts.defines(namespace);
        assert_eq!(defines("urn:xmpp:a:0"), Some(0));
        assert_eq!(defines("urn:xmpp:b:0"), Some(1));
        assert_eq!((defines(both), defines(crate::xml::CLIENT), defines("urn:xmpp:c:0")), (None, None, None));
    }

    #[test]
    fn numbered_documents_come_first() {
        let facts = series(vec![document("XXXX"), document("0420"), document("0002")]);
        assert_eq!(facts.in_order(), [2, 1, 0]);
        assert_eq!(facts.documents().first().unwrap().id(), "xep-XXXX");
    }
}
