//! The lint of references: `type`, `ref`, `base` and their kin must name something.
//!
//! The engine reports the first error only, and misses a dangling `type` on a global element. This finds each of them, and
//! takes the dangling ones out of the tree, so that the rest of the schema can be used: what referred to nothing becomes
//! open (anything goes), never strict.

use super::engine::Scope;
use super::{FAULTY_SCHEMA, XSD};
use crate::finding::Finding;
use crate::source::Span;
use crate::xml::parse::distance_at_most;
use crate::xml::{Attribute, Element, Name, Node, XML};
use std::collections::{BTreeMap, BTreeSet};

/// The sorts of global components that a schema declares; each has names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Component {
    Element,
    Attribute,
    Type,
    Group,
    AttributeGroup,
}

impl Component {
    /// The component that an element at the top of a schema declares.
    pub(super) fn declared(local: &str) -> Option<Component> {
        Some(match local {
            "element" => Component::Element,
            "attribute" => Component::Attribute,
            "simpleType" | "complexType" => Component::Type,
            "group" => Component::Group,
            "attributeGroup" => Component::AttributeGroup,
            _ => return None,
        })
    }

    /// The attributes of a schema's element that refer to components.
    pub(super) fn references(local: &str) -> &'static [(&'static str, Component)] {
        match local {
            "element" => {
                &[("ref", Component::Element), ("type", Component::Type), ("substitutionGroup", Component::Element)]
            }
            "attribute" => &[("ref", Component::Attribute), ("type", Component::Type)],
            "group" => &[("ref", Component::Group)],
            "attributeGroup" => &[("ref", Component::AttributeGroup)],
            "restriction" | "extension" => &[("base", Component::Type)],
            "list" => &[("itemType", Component::Type)],
            "union" => &[("memberTypes", Component::Type)],
            _ => &[],
        }
    }

    /// What people call it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Component::Element => "element",
            Component::Attribute => "attribute",
            Component::Type => "type",
            Component::Group => "group",
            Component::AttributeGroup => "attribute group",
        }
    }

    /// The element that declares one, for stand-ins.
    fn local(self) -> &'static str {
        match self {
            Component::Element => "element",
            Component::Attribute => "attribute",
            Component::Type => "simpleType",
            Component::Group => "group",
            Component::AttributeGroup => "attributeGroup",
        }
    }
}

/// All global components of all schemas of a set.
#[derive(Debug, Default)]
pub(super) struct Index {
    components: BTreeSet<(Component, Name)>,
    /// Namespaces that schemas of the set describe.
    described: BTreeSet<String>,
    /// Those of them of which more may exist: a schema includes others, or could not be read whole.
    incomplete: BTreeSet<String>,
}

impl Index {
    /// Adds what a schema declares. `complete`: whether its whole text could be read.
    pub(super) fn add(&mut self, root: &Element, complete: bool) {
        let target = root.value("targetNamespace").unwrap_or("").to_owned();
        for child in root.elements().filter(|child| child.name.namespace == XSD) {
            let component = Component::declared(&child.name.local);
            if let (Some(component), Some(name)) = (component, child.value("name")) {
                self.components.insert((component, Name::new(target.clone(), name.trim())));
            }
        }
        let includes = root.elements().any(|child| child.name.is(XSD, "include") || child.name.is(XSD, "redefine"));
        if includes || !complete {
            self.incomplete.insert(target.clone());
        }
        self.described.insert(target);
    }

    /// Whether what is not found under a name does certainly not exist.
    fn is_complete(&self, component: Component, namespace: &str) -> bool {
        match namespace {
            XSD => component == Component::Type,
            namespace => self.described.contains(namespace) && !self.incomplete.contains(namespace),
        }
    }

    fn has(&self, component: Component, name: &Name) -> bool {
        if name.namespace == XSD {
            return component == Component::Type && BUILT_IN.contains(&name.local.as_str());
        }
        self.components.contains(&(component, name.clone()))
    }

    /// A name of the same sort that is a slip away.
    fn near(&self, component: Component, name: &Name) -> Option<String> {
        let limit = if name.local.len() < 5 { 1 } else { 2 };
        if name.namespace == XSD {
            return BUILT_IN
                .iter()
                .find(|known| distance_at_most(known, &name.local, limit))
                .map(|known| (*known).to_owned());
        }
        let mut same =
            self.components.iter().filter(|(sort, known)| *sort == component && known.namespace == name.namespace);
        same.find(|(_, known)| distance_at_most(&known.local, &name.local, limit)).map(|(_, known)| known.local.clone())
    }
}

/// What the lint makes of a schema.
#[derive(Debug, Default)]
pub(super) struct Linted {
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
    /// Components that it needs and nobody declares: stand-ins for them are to be made.
    pub(super) wanted: BTreeSet<(Component, Name)>,
}

/// Checks every reference of a schema, and takes out of its tree what refers to nothing.
pub(super) fn lint(root: &mut Element, index: &Index) -> Linted {
    // What it redefines lies in a file that is not read: that is unknown, and the engine would call it wrong.
    root.children.retain(|node| node.element().is_none_or(|child| !child.name.is(XSD, "redefine")));
    let imported = root.elements().filter(|child| child.name.is(XSD, "import"));
    let imported = imported.map(|import| import.value("namespace").unwrap_or("").to_owned()).collect();
    let target = root.value("targetNamespace").unwrap_or("").to_owned();
    let mut linter = Linter { index, target, imported, missing_imports: BTreeMap::new(), out: Linted::default() };
    let scope = Scope::default().within(root);
    linter.children(root, &scope);
    let missing = std::mem::take(&mut linter.missing_imports);
    let out = linter.out;
    add_imports(root, missing);
    out
}

/// What the element above has to do because of a reference that names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// The complex type or group around is opened.
    OpenType,
    /// The simple type around becomes a plain string.
    PlainString,
    /// The element is replaced by `anyAttribute`.
    AnyAttribute,
}

enum Verdict {
    Good,
    /// Nobody can know: its schema is not in the set.
    Unknown,
    /// Certainly names nothing.
    Dangling,
    /// It means a component of the target namespace, but says so with another namespace or none.
    Misplaced,
}

struct Linter<'i> {
    index: &'i Index,
    target: String,
    imported: BTreeSet<String>,
    missing_imports: BTreeMap<String, Span>,
    out: Linted,
}

impl Linter<'_> {
    /// Checks the children of an element and does what they ask for, as far as it is done here.
    fn children(&mut self, element: &mut Element, scope: &Scope) -> Vec<Effect> {
        let mut effects = Vec::new();
        let parent = element.name.local.clone();
        for node in &mut element.children {
            if let Node::Element(child) = node {
                effects.extend(self.element(child, &parent, scope));
            }
        }
        apply(element, effects)
    }

    fn element(&mut self, element: &mut Element, parent: &str, outer: &Scope) -> Vec<Effect> {
        if element.name.namespace != XSD {
            return Vec::new();
        }
        let scope = outer.within(element);
        let mut effects = self.children(element, &scope);
        for &(attribute, component) in Component::references(&element.name.local) {
            if let Some(found) = element.attribute(attribute).cloned() {
                effects.extend(self.reference(element, parent, &found, component, &scope));
            }
        }
        effects
    }

    /// Checks one reference attribute; a list of names in `memberTypes`.
    fn reference(
        &mut self,
        element: &mut Element,
        parent: &str,
        attribute: &Attribute,
        component: Component,
        scope: &Scope,
    ) -> Option<Effect> {
        let text = attribute.value.as_str();
        let mut effect = None;
        for written in text.split_whitespace() {
            match self.judge(written, attribute, component, scope) {
                (Verdict::Good, _) => {}
                (Verdict::Misplaced, name) => qualify(element, attribute, written, &name),
                (Verdict::Unknown | Verdict::Dangling, name) => {
                    effect = effect.or(self.neutralise(element, parent, attribute, written, component, &name));
                }
            }
        }
        effect
    }

    fn judge(&mut self, written: &str, attribute: &Attribute, component: Component, scope: &Scope) -> (Verdict, Name) {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let Some(namespace) = scope.namespace(prefix) else {
            let message = format!("the prefix of `{written}` has no namespace");
            self.find(attribute, message).help = Some(format!("declare it with `xmlns:{prefix}='...'`"));
            return (Verdict::Dangling, Name::new("", local));
        };
        let name = Name::new(namespace, local);
        if namespace.is_empty() && !self.target.is_empty() && !self.imported.contains("") {
            return self.judge_unqualified(written, attribute, component, name);
        }
        if namespace != XSD && namespace != self.target && !self.imported.contains(namespace) {
            self.missing_import(&name, attribute);
        }
        if self.index.has(component, &name) {
            return (Verdict::Good, name);
        }
        let own = Name::new(self.target.clone(), local);
        if namespace == XSD && self.target != XSD && self.index.has(component, &own) {
            let message =
                format!("`{written}` is taken for one of XML Schema, but this schema declares it in `{}`", self.target);
            self.find(attribute, message).help =
                Some("give it a prefix that is declared for this namespace".to_owned());
            return (Verdict::Misplaced, own);
        }
        if !self.index.is_complete(component, namespace) {
            return (Verdict::Unknown, name);
        }
        self.dangling(written, attribute, component, &name);
        (Verdict::Dangling, name)
    }

    /// A name without a prefix where no default namespace is declared: it means no namespace, but never on purpose.
    fn judge_unqualified(
        &mut self,
        written: &str,
        attribute: &Attribute,
        component: Component,
        name: Name,
    ) -> (Verdict, Name) {
        let own = Name::new(self.target.clone(), name.local.clone());
        let target = self.target.clone();
        if self.index.has(component, &own) {
            let message = format!("`{written}` is in no namespace, but this schema declares it in `{target}`");
            self.find(attribute, message).help = Some(format!("add `xmlns='{target}'` to the `schema` element"));
            return (Verdict::Misplaced, own);
        }
        if component == Component::Type && BUILT_IN.contains(&name.local.as_str()) {
            let message = format!("`{written}` is in no namespace; the type of XML Schema has a prefix");
            self.find(attribute, message).help =
                Some("write it with the prefix that is declared for XML Schema".to_owned());
            return (Verdict::Dangling, name);
        }
        self.dangling(written, attribute, component, &own);
        (Verdict::Dangling, own)
    }

    fn missing_import(&mut self, name: &Name, attribute: &Attribute) {
        if self.missing_imports.contains_key(&name.namespace) {
            return;
        }
        self.missing_imports.insert(name.namespace.clone(), attribute.span);
        let message = format!("the namespace `{}` is used but not imported", name.namespace);
        let help = format!("add `<xs:import namespace='{}'/>` at the start of the schema", name.namespace);
        self.find(attribute, message).help = Some(help);
    }

    fn dangling(&mut self, written: &str, attribute: &Attribute, component: Component, name: &Name) {
        let near = self.index.near(component, name);
        let what = component.words();
        let message = match name.namespace.as_str() {
            XSD => format!("XML Schema has no {what} `{written}`"),
            _ if name.namespace == self.target => format!("the {what} `{written}` is declared nowhere in this schema"),
            other => format!("the schema of `{other}` has no {what} `{written}`"),
        };
        let finding = self.find(attribute, message);
        finding.help = near.map(|near| format!("did you mean `{near}`?"));
    }

    fn find(&mut self, attribute: &Attribute, message: String) -> &mut Finding {
        self.out.findings.push(Finding::new(FAULTY_SCHEMA, attribute.value_span, message));
        self.out.findings.last_mut().expect("one was just pushed")
    }

    /// Makes a reference that names nothing harmless.
    fn neutralise(
        &mut self,
        element: &mut Element,
        parent: &str,
        attribute: &Attribute,
        written: &str,
        component: Component,
        name: &Name,
    ) -> Option<Effect> {
        let local = attribute.name.local.as_str();
        match (element.name.local.as_str(), local) {
            // XEPs mean one thing by a type of this name, and often forget to declare it.
            (_, "type" | "base") if name.local == "empty" && name.namespace == self.target => {
                self.out.wanted.insert((Component::Type, name.clone()));
                qualify(element, attribute, written, name);
                None
            }
            ("element" | "attribute", "ref") if name.namespace.is_empty() && !self.target.is_empty() => {
                Some(if component == Component::Attribute { Effect::AnyAttribute } else { Effect::OpenType })
            }
            ("element" | "attribute", "ref") => {
                self.out.wanted.insert((component, name.clone()));
                qualify(element, attribute, written, name);
                None
            }
            ("element" | "attribute", _) => {
                element.attributes.retain(|known| known.name != attribute.name);
                None
            }
            ("attributeGroup", _) => Some(Effect::AnyAttribute),
            ("group", _) => Some(Effect::OpenType),
            ("extension" | "restriction", _) if parent == "complexContent" => Some(Effect::OpenType),
            ("restriction", _) if parent == "simpleContent" => Some(Effect::OpenType),
            ("extension", _) => {
                qualify(element, attribute, written, &Name::new(XSD, "string"));
                None
            }
            _ => Some(Effect::PlainString),
        }
    }
}

/// Does to an element what its children ask for; gives back what the element above has to do.
fn apply(element: &mut Element, effects: Vec<Effect>) -> Vec<Effect> {
    let mut rest = Vec::new();
    for effect in effects {
        match (effect, element.name.local.as_str()) {
            (Effect::OpenType, "complexType" | "group") => open(element),
            (Effect::PlainString, "simpleType") => open(element),
            (Effect::AnyAttribute, _) => allow_any_attribute(element),
            (effect, _) => rest.push(effect),
        }
    }
    rest.dedup();
    rest
}

/// Replaces what a component holds so that it accepts everything.
pub(super) fn open(component: &mut Element) {
    let span = component.span;
    let make = |local: &str| schema_element(local, component);
    let any = || make("any").with_attribute("minOccurs", "0").with_attribute("maxOccurs", "unbounded");
    let any_attribute = || make("anyAttribute").with_attribute("processContents", "lax");
    let any = any().with_attribute("processContents", "lax");
    let children = match component.name.local.as_str() {
        "complexType" => vec![make("sequence").with_child(any), any_attribute()],
        "group" => vec![make("sequence").with_child(any)],
        "attributeGroup" => vec![any_attribute()],
        "simpleType" => {
            let mut restriction = make("restriction");
            restriction.declarations.push(declaration("xep-xs", XSD, span));
            vec![restriction.with_attribute("base", "xep-xs:string")]
        }
        _ => Vec::new(),
    };
    if component.name.local == "complexType" {
        component.set_attribute("mixed", "true");
    }
    if matches!(component.name.local.as_str(), "element" | "attribute") {
        let keep = ["name", "ref", "minOccurs", "maxOccurs", "use", "form"];
        component.attributes.retain(|attribute| keep.contains(&attribute.name.local.as_str()));
    }
    component.children = children.into_iter().map(Node::from).collect();
}

/// A new element of XML Schema, written with the same prefix as `like`.
pub(super) fn schema_element(local: &str, like: &Element) -> Element {
    let mut element = Element::new(Name::new(XSD, local), like.span);
    element.prefix.clone_from(&like.prefix);
    element.name_span = like.name_span;
    element.start_tag = like.start_tag;
    element
}

/// Takes the attribute groups that name nothing out, and allows any attribute in their place.
fn allow_any_attribute(element: &mut Element) {
    let has_wildcard = element.elements().any(|child| child.name.is(XSD, "anyAttribute"));
    let is_reference = |child: &Element| {
        matches!(child.name.local.as_str(), "attributeGroup" | "attribute") && child.attribute("ref").is_some()
    };
    element.children.retain(|node| node.element().is_none_or(|child| !is_reference(child)));
    if !has_wildcard {
        let any = schema_element("anyAttribute", element).with_attribute("processContents", "lax");
        element.children.push(Node::from(any));
    }
}

/// Lets the reference `written` in an attribute name `name`, by a prefix of its own.
fn qualify(element: &mut Element, attribute: &Attribute, written: &str, name: &Name) {
    if name.namespace.is_empty() || name.namespace == XML {
        return;
    }
    let prefix = format!("xep-ns{}", element.declarations.len());
    let better = format!("{prefix}:{}", name.local);
    let value = element.value(&attribute.name.local).unwrap_or_default();
    let names: Vec<&str> =
        value.split_whitespace().map(|known| if known == written { &better } else { known }).collect();
    let value = names.join(" ");
    element.declarations.push(declaration(&prefix, &name.namespace, element.span));
    element.set_attribute(&attribute.name.local, &value);
}

fn declaration(prefix: &str, namespace: &str, span: Span) -> crate::xml::tree::Declaration {
    crate::xml::tree::Declaration { prefix: Some(prefix.to_owned()), namespace: namespace.to_owned(), span }
}

/// Adds the imports that a schema forgot.
fn add_imports(root: &mut Element, missing: BTreeMap<String, Span>) {
    for namespace in missing.into_keys() {
        let mut import = schema_element("import", root);
        if !namespace.is_empty() {
            import.set_attribute("namespace", &namespace);
        }
        root.children.insert(0, Node::from(import));
    }
}

/// Schemas that declare what others want and nobody has: one a namespace, everything in it open.
pub(super) fn stand_ins(wanted: &BTreeSet<(Component, Name)>) -> Vec<String> {
    let mut schemas: BTreeMap<&str, String> = BTreeMap::new();
    for (component, name) in wanted {
        let text = schemas.entry(&name.namespace).or_default();
        let local = component.local();
        text.push_str(&match component {
            // The type `empty`, as XEPs declare it.
            Component::Type => format!(
                "<xs:simpleType name='{}'><xs:restriction base='xs:string'><xs:enumeration value=''/></xs:restriction></xs:simpleType>",
                name.local
            ),
            _ => format!("<xs:{local} name='{}'/>", crate::xml::write::escape_value(&name.local)),
        });
    }
    let wrap = |(namespace, text): (&str, String)| {
        let target = match namespace {
            "" => String::new(),
            namespace => format!(" targetNamespace='{}'", crate::xml::write::escape_value(namespace)),
        };
        format!("<xs:schema xmlns:xs='{XSD}'{target}>{text}</xs:schema>")
    };
    schemas.into_iter().map(wrap).collect()
}

/// The types of XML Schema 1.0, and the two that stand above all others.
const BUILT_IN: &[&str] = &[
    "ENTITIES",
    "ENTITY",
    "ID",
    "IDREF",
    "IDREFS",
    "NCName",
    "NMTOKEN",
    "NMTOKENS",
    "NOTATION",
    "Name",
    "QName",
    "anySimpleType",
    "anyType",
    "anyURI",
    "base64Binary",
    "boolean",
    "byte",
    "date",
    "dateTime",
    "decimal",
    "double",
    "duration",
    "float",
    "gDay",
    "gMonth",
    "gMonthDay",
    "gYear",
    "gYearMonth",
    "hexBinary",
    "int",
    "integer",
    "language",
    "long",
    "negativeInteger",
    "nonNegativeInteger",
    "nonPositiveInteger",
    "normalizedString",
    "positiveInteger",
    "short",
    "string",
    "time",
    "token",
    "unsignedByte",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
];
