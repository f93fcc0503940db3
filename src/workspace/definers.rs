//! Which documents of a series define what others use: their schemas are held against the examples of those.

use crate::example::Example;
use crate::schema::{Described, SchemaSource};
use crate::source::{FileId, MappedText, Sources};
use crate::xmpp::schemas::{self, RfcSchema};
use std::collections::BTreeSet;

/// The namespaces that examples declare, one a line.
pub fn used(examples: &[Example]) -> String {
    let texts = examples.iter().map(|example| example.text.as_str());
    joined(texts.flat_map(|text| values(text, "xmlns")))
}

/// The namespaces that the schemas among examples import, one a line.
pub fn imported(examples: &[Example]) -> String {
    let texts = examples.iter().map(|example| example.text.as_str()).filter(|text| SchemaSource::seems_schema(text));
    joined(texts.filter(|text| text.contains("import")).flat_map(|text| values(text, "namespace")))
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
    namespaces.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("\n")
}

/// The values of all attributes whose name begins so, `xmlns` and `xmlns:a` alike. A value is what stands between quotes;
/// where the text is broken it is something else, and names no namespace.
fn values<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    memchr::memmem::find_iter(text.as_bytes(), name).filter_map({
        let length = name.len();
        move |at| {
            let rest = text.get(at + length..)?;
            let (before, value) = rest.split_once(['\'', '"'])?;
            let quote = rest.as_bytes().get(before.len())?;
            let (value, _) = value.split_once(char::from(*quote))?;
            (before.trim_end().ends_with('=') && !value.contains(['\n', '<'])).then_some(value)
        }
    })
}
