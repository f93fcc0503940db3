//! # imprecise-example
//!
//! An example does not follow its schema to the letter.
//!
//! ## What it does
//!
//! Tells what *schema-violation* keeps quiet about in the examples of a XEP, because it is mostly an abridgement that every reader
//! understands: children in another order, children that are not shown, children and attributes of other namespaces that the schema
//! does not make room for. What stands beside an ellipsis, and values that stand for others, are passed over. The rule is off unless
//! `--pedantic` or `xep.toml` asks for it.
//!
//! ## Why it matters
//!
//! Most examples are abridged on purpose. Before a specification goes final it is still worth to see which of them no validator would
//! accept: some show an order that nobody meant, and some schemas forgot to allow extensions.
//!
//! ## Wrong
//!
//! ```document
//! <xep><header><title>A Case</title></header>
//! <section1 topic='Garden' anchor='garden'><example caption='The rose comes first'><![CDATA[
//! <garden xmlns='urn:example:garden'>
//!   <rose/>
//!   <gate/>
//! </garden>
//! ]]></example><code><![CDATA[
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:garden' elementFormDefault='qualified'>
//!   <xs:element name='garden'>
//!     <xs:complexType>
//!       <xs:sequence>
//!         <xs:element name='gate' type='xs:string'/>
//!         <xs:element name='rose' type='xs:string'/>
//!       </xs:sequence>
//!     </xs:complexType>
//!   </xs:element>
//! </xs:schema>
//! ]]></code></section1></xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep><header><title>A Case</title></header>
//! <section1 topic='Garden' anchor='garden'><example caption='The gate comes first'><![CDATA[
//! <garden xmlns='urn:example:garden'>
//!   <gate/>
//!   <rose/>
//! </garden>
//! ]]></example><code><![CDATA[
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:garden' elementFormDefault='qualified'>
//!   <xs:element name='garden'>
//!     <xs:complexType>
//!       <xs:sequence>
//!         <xs:element name='gate' type='xs:string'/>
//!         <xs:element name='rose' type='xs:string'/>
//!       </xs:sequence>
//!     </xs:complexType>
//!   </xs:element>
//! </xs:schema>
//! ]]></code></section1></xep>
//! ```
//!
//! ## Source
//!
//! - XML Schema 1.0, Structures: <https://www.w3.org/TR/xmlschema-1/>

use super::schema_violation::{is_elision, is_precise, is_readable, is_returned};
use super::{Context, Rule};
use crate::example::{Example, Kind};
use crate::finding::{Severity, Sink};
use crate::schema::{Violation, ViolationKind};
use crate::xml::XML;

/// The rule.
pub static RULE: Rule = Rule {
    name: "imprecise-example",
    severity: Severity::Info,
    source: include_str!("imprecise_example.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    // What has a schema of its own beside it is held to the letter by the other rule.
    if context.yardstick.strict_schema {
        return;
    }
    for (at, violation) in &context.violations {
        let Some(example) = context.examples.get(*at) else { continue };
        if !is_precise(example, violation, context) && is_shown_in_full(example, violation, context) {
            sink.extend_in(&example.id, [violation.finding(RULE.name)]);
        }
    }
}

/// Whether what is wrong is an ellipsis, however it is written: `. . .`.
fn names_dots(violation: &Violation) -> bool {
    let is_dots = |word: &str| {
        word.contains(['.', '\u{2026}']) && word.chars().all(|c| c.is_whitespace() || ".\u{2026}[]()".contains(c))
    };
    violation.message.split('`').skip(1).step_by(2).any(is_dots)
}

/// Whether nothing says that the place is shown abridged, and nothing else explains it.
fn is_shown_in_full(example: &Example, violation: &Violation, context: &Context<'_>) -> bool {
    let lacks = matches!(violation.kind, ViolationKind::MissingAttribute | ViolationKind::MissingChild);
    let left_out = violation.beside_elision || lacks && example.kind == Kind::Partial;
    let stands_for =
        violation.only_white_space || violation.placeholder || is_elision(violation) || names_dots(violation);
    // Every element may have these, whatever its schema says (RFC 6120, 8.1.5).
    let is_of_xml = violation.name.namespace == XML;
    !left_out && !stands_for && !is_of_xml && !is_returned(example, violation.span) && is_readable(context, violation)
}
