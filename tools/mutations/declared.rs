//! What the schemas of a document declare, as far as it can be read off their trees without doubt.

use std::collections::{BTreeMap, BTreeSet};
use xep::schema::{SchemaSource, XSD};
use xep::xml::{Element, Name};

/// An attribute of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeFacts {
    /// Whether it has to be there.
    pub required: bool,
    /// Its values, if they are listed.
    pub values: Vec<String>,
    /// The name of its type, without prefix.
    pub type_: String,
}

/// What is declared.
#[derive(Debug, Default)]
pub struct Declared {
    /// The namespaces.
    pub namespaces: BTreeSet<String>,
    /// The elements, global or within others.
    pub elements: BTreeSet<Name>,
    /// The attributes by element and name; of an element that is declared twice, those that are the same in both.
    pub attributes: BTreeMap<(Name, String), AttributeFacts>,
    /// The attributes that any element of a namespace may have.
    pub all_attributes: BTreeSet<String>,
}

impl Declared {
    /// What these schemas declare. One that is not well-formed says nothing.
    pub fn of(schemas: &[SchemaSource]) -> Declared {
        let mut declared = Declared::default();
        let mut doubtful = BTreeSet::new();
        for schema in schemas.iter().filter(|schema| schema.problems().is_empty()) {
            let target = schema.target_namespace().to_owned();
            for element in schema.root().descendants() {
                declared.element(element, &target, &mut doubtful);
            }
            declared.namespaces.insert(target);
        }
        declared.attributes.retain(|key, _| !doubtful.contains(key));
        declared
    }

    fn element(&mut self, element: &Element, target: &str, doubtful: &mut BTreeSet<(Name, String)>) {
        if element.name.is(XSD, "attribute") {
            self.all_attributes.extend(element.value("name").map(str::to_owned));
        }
        let Some(local) = element.value("name").filter(|_| element.name.is(XSD, "element")) else { return };
        let name = Name::new(target, local);
        let is_new = self.elements.insert(name.clone());
        for (attribute, facts) in attributes(element) {
            let key = (name.clone(), attribute);
            match self.attributes.get(&key) {
                Some(known) if *known == facts => {}
                None if is_new => drop(self.attributes.insert(key, facts)),
                _ => drop(doubtful.insert(key)),
            }
        }
        if !is_new {
            let known = self.attributes.keys().filter(|(other, _)| *other == name).cloned();
            let here: BTreeSet<String> = attributes(element).into_iter().map(|(name, _)| name).collect();
            doubtful.extend(known.filter(|(_, attribute)| !here.contains(attribute)));
        }
    }
}

/// The attributes that stand in the declaration of an element itself.
fn attributes(element: &Element) -> Vec<(String, AttributeFacts)> {
    let mut found = Vec::new();
    let mut open: Vec<&Element> = element.elements().collect();
    while let Some(part) = open.pop() {
        match part.name.local.as_str() {
            "element" => {}
            "attribute" => found.extend(part.value("name").map(|name| (name.to_owned(), facts(part)))),
            _ => open.extend(part.elements()),
        }
    }
    found
}

fn facts(attribute: &Element) -> AttributeFacts {
    let parts = attribute.descendants();
    let values = parts.iter().filter(|part| part.name.is(XSD, "enumeration"));
    let type_ = attribute.value("type").unwrap_or("");
    AttributeFacts {
        required: attribute.value("use") == Some("required"),
        values: values.filter_map(|part| part.value("value")).map(str::to_owned).collect(),
        type_: type_.rsplit(':').next().unwrap_or("").to_owned(),
    }
}
