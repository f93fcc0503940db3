//! Which documents of a series define what others use: their schemas are held against the examples of those.

use crate::example::Example;
use crate::example::lexicon::{Lexicon, Shown, Usage};
use crate::key::{Hash, Key};
use crate::schema::built_in::BuiltIn;
use crate::schema::{Described, SchemaSource, XSD};
use crate::source::{FileId, MappedText, Sources};
use crate::xml::{CLIENT, Element, XML, parse};
use crate::xmpp::schemas::{self, RfcSchema};
use std::collections::{BTreeMap, BTreeSet};

/// The namespaces that examples declare, one a line.
pub fn used(examples: &[Example]) -> String {
    let texts = examples.iter().map(|example| example.text.as_str());
    let odd: Vec<String> = examples.iter().filter(|one| is_odd(one.text.as_str())).flat_map(in_tree).collect();
    joined(texts.flat_map(|text| values(text, "xmlns")).chain(odd.iter().map(String::as_str)))
}

/// Whether an example may declare a namespace in a way that only its tree tells: by references, or far behind the name of the attribute.
fn is_odd(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_far = |at: usize| {
        let near = bytes.get(at..bytes.len().min(at + FAR)).unwrap_or_default();
        near.len() == FAR && memchr::memchr2(b'\'', b'"', near).is_none()
    };
    let mut names = memchr::memmem::find_iter(bytes, "xmlns").peekable();
    names.peek().is_some() && (text.contains("&#") || names.any(is_far))
}

/// The namespaces of the elements in an example.
fn in_tree(example: &Example) -> BTreeSet<String> {
    let tree = parse(&example.text, CLIENT);
    tree.elements().flat_map(Element::descendants).map(|element| element.name.namespace.to_string()).collect()
}

/// The namespaces that the schemas among examples import, one a line.
pub fn imported(examples: &[Example]) -> String {
    let texts = examples.iter().map(|example| example.text.as_str()).filter(|text| SchemaSource::seems_schema(text));
    joined(texts.filter(|text| text.contains("import")).flat_map(|text| values(text, "namespace")))
}

/// The hash of all that the examples of a document with a text can say to others: schemas whole, and on which lines, of others the names
/// that they show, and what their author says of their kinds.
pub fn hash_of(examples: &[Example], whole: &str) -> Hash {
    let mut key = Key::default();
    let (mut line, mut before) = (0_usize, 0);
    for example in examples {
        let text = example.text.as_str();
        match SchemaSource::seems_schema(text) {
            true => {
                // The examples come in the order of the text, so that its lines are counted once.
                let passed = whole.get(before..example.span.start).unwrap_or_default();
                (line, before) = (line + passed.matches('\n').count(), before.max(example.span.start));
                key.add(line.to_le_bytes());
                key.add(text);
            }
            false => key.add(shape(text).as_deref().unwrap_or(text)),
        }
        key.add(example.directives.text("kind").unwrap_or_default());
    }
    key.done()
}

/// The tags of a text without the values of their attributes, save for namespaces: its tree has no other names. Nothing for a text in which
/// that is not sure: one with broken tags, or with more than tags.
fn shape(text: &str) -> Option<String> {
    let mut shape = String::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (tag, behind) = tag_shape(rest.get(at..)?)?;
        shape.push_str(&tag);
        rest = behind;
    }
    Some(shape)
}

/// The tag at the beginning of a text without values, and what is behind it.
fn tag_shape(text: &str) -> Option<(String, &str)> {
    let mut shape = String::new();
    let mut rest = text;
    if text.starts_with("<!") || text.starts_with("<?") {
        return None;
    }
    loop {
        let at =
            rest.find(['>', '"', '\'']).filter(|at| !rest.get(1..*at).is_some_and(|before| before.contains('<')))?;
        let (before, quote) = (rest.get(..at)?, rest.get(at..=at)?);
        shape.push_str(before);
        shape.push_str(quote);
        rest = rest.get(at + 1..)?;
        if quote == ">" {
            return Some((shape, rest));
        }
        let name = before.trim_end().strip_suffix('=')?.trim_end().rsplit(|c: char| c.is_whitespace()).next()?;
        let (value, behind) = rest.split_once(quote).filter(|(value, _)| !value.contains('<'))?;
        if name.starts_with("xmlns") {
            shape.push_str(value);
        }
        shape.push_str(quote);
        rest = behind;
    }
}

/// What the schemas among the examples of a document describe, as far as the document is the one that `counts` for a
/// namespace.
pub fn described(title: &str, examples: &[Example], counts: &dyn Fn(&str) -> bool) -> Described {
    let texts = examples.iter().filter(|example| SchemaSource::seems_schema(example.text.as_str()));
    let schemas: Vec<SchemaSource> = texts.flat_map(|example| SchemaSource::read(&example.text)).collect();
    let namespaces = schemas.iter().map(SchemaSource::target_namespace).filter(|namespace| counts(namespace));
    let namespaces = namespaces.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect();
    Described { title: title.to_owned(), schemas, namespaces }
}

/// What the examples of documents show of elements, by the places of the documents.
#[derive(Debug, Default)]
pub struct Vocabulary {
    all: Lexicon,
    parts: BTreeMap<usize, Lexicon>,
}

impl Vocabulary {
    /// That of the documents at these places.
    pub fn new(parts: BTreeMap<usize, Lexicon>) -> Vocabulary {
        let mut all = Lexicon::default();
        parts.values().for_each(|part| all.extend(part));
        Vocabulary { all, parts }
    }

    /// Takes in what no document of the run shows.
    pub fn learn(&mut self, more: &Lexicon) {
        self.all.extend(more);
    }

    /// What the document at a place sees of it.
    pub fn seen_by(&self, at: Option<usize>) -> Shown<'_> {
        Shown { all: &self.all, own: at.and_then(|at| self.parts.get(&at)) }
    }
}

/// What the program itself knows of the elements that a XEP describes.
pub fn shown_by(one: &BuiltIn) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for shown in one.shown() {
        let (attributes, children) = (shown.attributes.into_iter().collect(), shown.children.into_iter().collect());
        lexicon.add(shown.name, &Usage { count: shown.count, attributes, children });
    }
    lexicon
}

/// Which documents use the namespaces that no schema describes: their names can only be learned from all examples.
#[derive(Debug, Default)]
pub struct Users<'a>(BTreeMap<&'a str, Vec<usize>>);

impl<'a> Users<'a> {
    /// Those among documents: the place of each with the namespaces that it uses, and what they describe.
    pub fn among(uses: impl Iterator<Item = (usize, &'a str)>, described: impl Iterator<Item = &'a str>) -> Users<'a> {
        let of_rfcs = schemas::ALL.iter().map(|schema| schema.namespace).chain(["", CLIENT, XML, XSD]);
        let described: BTreeSet<&str> = described.flat_map(str::lines).chain(of_rfcs).collect();
        let mut users: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, uses) in uses {
            for namespace in uses.lines().filter(|namespace| !described.contains(namespace)) {
                users.entry(namespace).or_default().push(at);
            }
        }
        Users(users)
    }

    /// Whether the document at a place bears witness of a namespace.
    pub fn has(&self, namespace: &str, at: usize) -> bool {
        self.0.get(namespace).is_some_and(|users| users.contains(&at))
    }

    /// The hash of who uses what.
    pub fn hash(&self) -> Hash {
        let mut key = Key::default();
        for (namespace, users) in &self.0 {
            key.add(namespace);
            key.add_all(users.iter().map(|at| at.to_le_bytes()));
        }
        key.done()
    }

    /// The documents that use one of some namespaces.
    pub fn of(&self, namespaces: &BTreeSet<&str>) -> BTreeSet<usize> {
        namespaces.iter().filter_map(|namespace| self.0.get(namespace)).flatten().copied().collect()
    }

    /// What the documents that use each of the namespaces show, each of which gives its part.
    pub fn hashes(&self, part: impl Fn(usize, &mut Key)) -> BTreeMap<&'a str, Hash> {
        let hash = |(namespace, users): (&&'a str, &Vec<usize>)| {
            let mut key = Key::default();
            users.iter().for_each(|at| part(*at, &mut key));
            (*namespace, key.done())
        };
        self.0.iter().map(hash).collect()
    }
}

/// The schemas of the RFCs, as files of a run.
pub struct RfcFiles(Vec<(&'static RfcSchema, FileId)>);

impl RfcFiles {
    /// Takes them into the files of a run.
    pub fn add(sources: &mut Sources) -> RfcFiles {
        RfcFiles(schemas::ALL.iter().map(|schema| (schema, sources.add(schema.name, schema.text()))).collect())
    }

    /// What they describe.
    pub fn described(&self, sources: &Sources) -> Vec<Described> {
        let described = self.0.iter().map(|(schema, file)| Described {
            title: schema.title.to_owned(),
            schemas: SchemaSource::read(&MappedText::verbatim(sources, sources.whole(*file))),
            namespaces: vec![schema.namespace.to_owned()],
        });
        described.collect()
    }
}

fn joined<'t>(namespaces: impl Iterator<Item = &'t str>) -> String {
    // There are many, and few different ones: mostly the one that stood before.
    let (mut all, mut last) = (BTreeSet::new(), None);
    for namespace in namespaces {
        if last.replace(namespace) != Some(namespace) {
            all.insert(namespace);
        }
    }
    all.into_iter().collect::<Vec<_>>().join("\n")
}

/// The values of all attributes whose name begins so, `xmlns` and `xmlns:a` alike. A value is what stands between quotes;
/// where the text is broken it is something else, and names no namespace.
fn values<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let (bytes, length) = (text.as_bytes(), name.len());
    memchr::memmem::find_iter(bytes, name).filter_map(move |at| {
        let rest = bytes.get(at + length..)?;
        let open = memchr::memchr2(b'\'', b'"', rest.get(..FAR.min(rest.len()))?)?;
        let before = rest.get(..open)?.trim_ascii_end();
        let start = at + length + open + 1;
        let rest = bytes.get(start..)?;
        let end = memchr::memchr3(*bytes.get(start - 1)?, b'<', b'\n', rest)?;
        let is_value = before.last() == Some(&b'=') && rest.get(end) == bytes.get(start - 1);
        text.get(start..start + end).filter(|_| is_value)
    })
}

/// How far behind its name the value of an attribute begins at most.
const FAR: usize = 80;

#[cfg(test)]
mod tests {
    use super::{joined, shape, values};

    #[test]
    fn the_shape_of_an_example_has_its_names_and_namespaces() {
        let of = |text: &str| shape(text).unwrap_or_else(|| "unsure".into());
        assert_eq!(
            of("<a b='c' xmlns:d=\"urn:d\" xmlns = 'urn:a'>text > <d:e f='>'/></a>"),
            "<a b='' xmlns:d=\"urn:d\" xmlns = 'urn:a'><d:e f=''/></a>"
        );
        assert_eq!(of("<a>one</a>"), of("<a>&two; ...</a>"));
        for text in [
            "<a b='c<d e='f'/>",
            "<a b=c'd'/>",
            "<a <b>",
            "<a",
            "<!-- <a> -->",
            "<?a?>",
            "<![CDATA[<a/>]]>",
            "<a b='c/>",
        ] {
            assert_eq!(of(text), "unsure", "{text}");
        }
        assert_ne!(of("<a b='c'/>"), of("<a b2='c'/>"));
    }

    #[test]
    fn namespaces_are_what_examples_declare() {
        let text = "<a xmlns='urn:a'><b:c xmlns:b=\"urn:b\" xmlns = 'urn:a'/><d xmlns='urn:lost/><e xmlns>'no'</e>";
        assert_eq!(joined(values(text, "xmlns")), "urn:a\nurn:b");
        let many: Vec<String> = (0..1000).map(|at| format!("urn:{}", at % 300)).collect();
        assert_eq!(joined(many.iter().map(String::as_str)).lines().count(), 300);
    }
}
