//! Schemas in short: one component a line, as the table of built-in schemas holds them.
//!
//! A line has as many spaces before it as its component is deep, the component's word, and its attributes. `name`, `ref` and `value` come first
//! and bare (`element query`); `min` and `max` are one word (`0..*`), a required attribute has a `!`, and whatever else there is
//! stands as `name=value`. Documentation is left out. In values, spaces, line ends and `%` are written as in URLs.

use super::{SchemaSource, XSD};
use crate::xml::Element;
use std::fmt::Write as _;

/// The components that have a word of one letter.
const WORDS: [(&str, &str); 20] = [
    ("all", "&"),
    ("any", "*"),
    ("anyAttribute", "@"),
    ("attribute", "a"),
    ("attributeGroup", "G"),
    ("choice", "|"),
    ("complexContent", "c"),
    ("complexType", "t"),
    ("element", "e"),
    ("enumeration", "="),
    ("extension", "+"),
    ("group", "g"),
    ("import", "i"),
    ("list", "l"),
    ("pattern", "p"),
    ("restriction", "-"),
    ("sequence", ","),
    ("simpleContent", "\""),
    ("simpleType", "s"),
    ("union", "u"),
];

/// The attribute whose value is bare, by the sign before it.
const BARE: [(&str, &str); 3] = [("name", ""), ("ref", ">"), ("value", "")];

/// A schema in short.
pub fn brief(schema: &SchemaSource) -> String {
    let mut out = String::new();
    write_brief(schema.root(), 0, &mut out);
    out
}

fn write_brief(element: &Element, depth: usize, out: &mut String) {
    let local = element.name.local.as_str();
    let is_left_out = element.name.namespace != XSD || matches!(local, "annotation" | "include");
    if is_left_out {
        return;
    }
    let word = WORDS.iter().find(|(name, _)| *name == local).map_or(local, |(_, word)| word);
    let _ = write!(out, "{}{word}", " ".repeat(depth));
    for (name, sign) in BARE {
        if let Some(value) = element.value(name) {
            let _ = write!(out, " {sign}{}", escaped(value));
        }
    }
    let occurs = [element.value("minOccurs"), element.value("maxOccurs")];
    if occurs != [None, None] {
        let max = occurs[1].map_or("1", |max| if max == "unbounded" { "*" } else { max });
        let _ = write!(out, " {}..{max}", occurs[0].unwrap_or("1"));
    }
    for attribute in element.attributes.iter().filter(|attribute| attribute.name.namespace.is_empty()) {
        let (name, value) = (attribute.name.local.as_str(), attribute.value.as_str());
        match (name, value) {
            ("use", "required") => out.push_str(" !"),
            ("use", "optional")
            | ("name" | "ref" | "value" | "minOccurs" | "maxOccurs" | "schemaLocation" | "id", _) => {}
            _ => {
                let _ = write!(out, " {name}={}", escaped(value));
            }
        }
    }
    for declaration in element.declarations.iter().filter(|one| one.prefix.as_deref() != Some("xs")) {
        let colon = if declaration.prefix.is_some() { ":" } else { "" };
        let prefix = declaration.prefix.as_deref().unwrap_or_default();
        let _ = write!(out, " xmlns{colon}{prefix}={}", escaped(&declaration.namespace));
    }
    out.push('\n');
    element.elements().for_each(|child| write_brief(child, depth + 1, out));
}

/// The text of a schema that was written in short: each component on a line of its own.
pub fn spelled_out(brief: &str) -> String {
    let mut out = String::new();
    let mut open: Vec<&str> = Vec::new();
    for line in brief.lines() {
        let rest = line.trim_start_matches(' ');
        let depth = line.len() - rest.len();
        while open.len() > depth {
            let _ = write!(out, "</xs:{}>", open.pop().unwrap_or_default());
        }
        let mut parts = rest.split(' ');
        let word = parts.next().unwrap_or_default();
        let name = WORDS.iter().find(|(_, short)| *short == word).map_or(word, |(name, _)| name);
        let _ = write!(out, "{}{}<xs:{name}", if out.is_empty() { "" } else { "\n" }, " ".repeat(depth));
        if depth == 0 {
            let _ = write!(out, " xmlns:xs='{XSD}'");
        }
        if is_facet(name) {
            let _ = write!(out, " value='{}'", quoted(parts.next().unwrap_or_default()));
        }
        parts.for_each(|part| spell_out_attribute(part, &mut out));
        out.push('>');
        open.push(name);
    }
    while let Some(name) = open.pop() {
        let _ = write!(out, "</xs:{name}>");
    }
    out
}

/// Whether a component has a value: those of one letter have names, save for two.
fn is_facet(component: &str) -> bool {
    let is_listed = WORDS.iter().any(|(name, _)| *name == component);
    matches!(component, "enumeration" | "pattern") || (!is_listed && component != "schema")
}

fn spell_out_attribute(part: &str, out: &mut String) {
    let _ = match (part.strip_prefix('>'), part.split_once('='), part.split_once("..")) {
        _ if part == "!" => write!(out, " use='required'"),
        (Some(name), ..) => write!(out, " ref='{}'", quoted(name)),
        (_, Some((name, value)), _) => write!(out, " {name}='{}'", quoted(value)),
        (_, _, Some((min, max))) => {
            let max = if max == "*" { "unbounded" } else { max };
            write!(out, " minOccurs='{min}' maxOccurs='{max}'")
        }
        _ => write!(out, " name='{}'", quoted(part)),
    };
}

fn escaped(value: &str) -> String {
    value.trim().replace('%', "%25").replace(' ', "%20").replace('\n', "%0A").replace(['\t', '\r'], "%20")
}

/// A value as it stands between apostrophes.
fn quoted(value: &str) -> String {
    let value = value.replace("%20", " ").replace("%0A", "\n").replace("%25", "%");
    value.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MappedText, Sources};

    fn read(text: &str) -> SchemaSource {
        let mut sources = Sources::default();
        let file = sources.add("t", text);
        SchemaSource::read(&MappedText::verbatim(&sources, sources.whole(file))).remove(0)
    }

    const SCHEMA: &str = "<x:schema xmlns:x='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:a' xmlns='urn:a' \
        elementFormDefault='qualified'><x:import namespace='urn:b' schemaLocation='b.xsd'/><x:element name='q'><x:annotation>\
        <x:documentation>Words.</x:documentation></x:annotation><x:complexType><x:sequence><x:element ref='p' minOccurs='0' \
        maxOccurs='unbounded'/><x:element xmlns:b='urn:b' ref='b:c' maxOccurs='2'/></x:sequence><x:attribute name='a' use='required'/>\
        <x:attribute name='b' type='x:string' default=\"it's 5% of &lt;\"/></x:complexType></x:element><x:simpleType name='s'>\
        <x:restriction base='x:NCName'><x:enumeration value=''/><x:enumeration value='a b'/><x:enumeration value='1..2'/><x:enumeration value='!'/>\
        <x:maxLength value='3'/></x:restriction></x:simpleType></x:schema>";

    #[test]
    fn a_schema_is_the_same_when_it_is_spelled_out() {
        let short = brief(&read(SCHEMA));
        insta::assert_snapshot!(short);
        let long = spelled_out(&short);
        assert!(long.contains("<xs:element ref='p' minOccurs='0' maxOccurs='unbounded'>"), "{long}");
        assert!(long.contains("default='it&#39;s 5% of &lt;'"), "{long}");
        assert!(long.contains("<xs:enumeration value='1..2'>") && long.contains("<xs:maxLength value='3'>"), "{long}");
        let again = brief(&read(&long));
        assert_eq!(again, short);
    }
}
