//! What is told, and what is not, of examples that are written as XEPs write them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use xep::workspace::{Extent, Memory, Options, Silent, check};

/// A schema in which most things can be wrong.
const SCHEMA: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' xmlns='urn:t' elementFormDefault='qualified'>
<xs:element name='count'><xs:complexType><xs:attribute name='of' type='xs:int' use='required'/></xs:complexType></xs:element>
<xs:element name='mode'><xs:complexType><xs:attribute name='is' type='modes'/></xs:complexType></xs:element>
<xs:simpleType name='modes'><xs:restriction base='xs:string'><xs:enumeration value='a'/><xs:enumeration value='bee'/></xs:restriction></xs:simpleType>
<xs:element name='data' type='xs:base64Binary'/>
<xs:element name='code'><xs:complexType><xs:attribute name='n'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='^x+$'/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType></xs:element>
<xs:element name='box'><xs:complexType><xs:sequence><xs:element ref='count' minOccurs='0'/><xs:element ref='data' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>
</xs:schema>";

/// The same with attributes that need a prefix.
const QUALIFIED: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' xmlns='urn:t' attributeFormDefault='qualified'>
<xs:element name='count'><xs:complexType><xs:attribute name='of' type='xs:int'/><xs:attribute name='by' type='xs:int'/></xs:complexType></xs:element>
</xs:schema>";

/// The findings of a document with these examples and this schema, as `rule: message`, without what the small document itself
/// lacks.
fn told(schema: &str, examples: &[&str]) -> Vec<String> {
    let examples: String =
        examples.iter().map(|text| format!("<example caption='x'><![CDATA[{text}]]></example>")).collect();
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?><xep><header><title>T</title></header><section1 topic='A' anchor='a'>{examples}<code><![CDATA[{schema}]]></code></section1></xep>"
    );
    let world = Memory::default().with("x.xml", text.as_str());
    let checked = check(&world, &[PathBuf::from("x.xml")], Options::fresh(Extent::Full), &Silent).unwrap();
    let findings = checked.report().findings.into_iter().map(|judged| judged.finding);
    let about_examples = findings.filter(|finding| ["malformed-xml", "schema-violation"].contains(&finding.rule));
    about_examples.map(|finding| finding.message).collect()
}

#[track_caller]
fn holds(schema: &str, examples: &[&str], expected: &[&str]) {
    assert_eq!(told(schema, examples), expected, "{examples:#?}");
}

#[test]
fn faults_are_told() {
    holds(SCHEMA, &["<count xmlns='urn:t' of='x1'/>"], &["`x1` is no `xs:int`"]);
    holds(SCHEMA, &["<count xmlns='urn:t'/>"], &["`count` lacks the attribute `of`"]);
    holds(SCHEMA, &["<mode xmlns='urn:t' is='be'/>"], &["`be` is not `a` or `bee`"]);
    holds(SCHEMA, &["<mode xmlns='urn:t' si='a'/>"], &["`mode` has no attribute `si`, only `is`"]);
    holds(SCHEMA, &["<none xmlns='urn:t'/>"], &["the schema of `urn:t` has no element `none`"]);
    holds(SCHEMA, &["<data xmlns='urn:t'>YQ=</data>"], &["`YQ=` is no `xs:base64Binary`"]);
}

#[test]
fn conventions_are_understood() {
    for text in [
        "<count xmlns='urn:t' of='some-number'/>",
        "<count xmlns='urn:t' of='{number}'/>",
        "<mode xmlns='urn:t' is='a|bee'/>",
        "<data xmlns='urn:t'>IMAGE DATA</data>",
        "<box xmlns='urn:t'><count/>...</box>",
        "<box xmlns='urn:t'><data/><count of='1'/></box>",
        "<box xmlns='urn:t'><b xmlns='urn:other'/></box>",
        "<iq type='error' id='a1'><count xmlns='urn:t' of='x1'/><error type='cancel'/></iq>",
    ] {
        holds(SCHEMA, &[text], &[]);
    }
}

#[test]
fn a_fault_of_the_schema_is_told_once() {
    holds(
        SCHEMA,
        &["<code xmlns='urn:t' n='x'/>", "<code xmlns='urn:t' n='xx'/>"],
        &["`x` does not match the pattern `^x+$`"],
    );
    holds(
        QUALIFIED,
        &["<count xmlns='urn:t' of='1'/>", "<count xmlns='urn:t' of='1' by='2'/>"],
        &["`count` has the attribute `of` only in the namespace `urn:t`"],
    );
    let malformed = SCHEMA.replace("<xs:element name='data' type='xs:base64Binary'/>", "<xs:element name='data'>");
    let found = told(&malformed, &["<none xmlns='urn:t'/>"]);
    assert_eq!(found, ["`<xs:element>` is never closed"], "what a broken schema forbids is not known");
}

#[test]
fn an_excerpt_may_use_the_prefixes_of_another_example() {
    let first = "<x xmlns:p='urn:p'><p:a/></x>";
    holds(SCHEMA, &[first, "<field><p:a/></field>"], &[]);
    holds(SCHEMA, &[first, "<iq><p:a/></iq>"], &["the prefix `p` has no namespace"]);
}
