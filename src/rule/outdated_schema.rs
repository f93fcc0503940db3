//! # outdated-schema
//!
//! The schema of a document is behind its text and its examples.
//!
//! ## What it does
//!
//! Looks at what the document's own schema forbids in its examples. Where the text speaks of the very same, or the examples do it
//! again and again, it is the schema that was forgotten, and the finding stands there: an attribute, an element or a value that
//! the schema does not know, a required attribute that most examples do without.
//!
//! ## Why it matters
//!
//! Who writes software from the schema refuses what everybody else sends.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//! <header><title>A Case</title></header>
//! <section1 topic='Use' anchor='use'>
//! <p>The &lt;offer/&gt; element may have the attribute 'price'.</p>
//! <example caption='An Offer'><![CDATA[
//! <offer xmlns='urn:example:market' thing='lute' price='12'/>
//! ]]></example>
//! </section1>
//! <section1 topic='XML Schema' anchor='schema'>
//! <code><![CDATA[
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:market' xmlns='urn:example:market'>
//!   <xs:element name='offer'>
//!     <xs:complexType>
//!       <xs:attribute name='thing' type='xs:string' use='required'/>
//!     </xs:complexType>
//!   </xs:element>
//! </xs:schema>
//! ]]></code>
//! </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//! <header><title>A Case</title></header>
//! <section1 topic='Use' anchor='use'>
//! <p>The &lt;offer/&gt; element may have the attribute 'price'.</p>
//! <example caption='An Offer'><![CDATA[
//! <offer xmlns='urn:example:market' thing='lute' price='12'/>
//! ]]></example>
//! </section1>
//! <section1 topic='XML Schema' anchor='schema'>
//! <code><![CDATA[
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:market' xmlns='urn:example:market'>
//!   <xs:element name='offer'>
//!     <xs:complexType>
//!       <xs:attribute name='thing' type='xs:string' use='required'/>
//!       <xs:attribute name='price' type='xs:integer'/>
//!     </xs:complexType>
//!   </xs:element>
//! </xs:schema>
//! ]]></code>
//! </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0143, XML Schema: <https://xmpp.org/extensions/xep-0143.html#sections-schema>

use super::prose::Prose;
use super::schema_violation::{Told, of_schema, seems_misspelt};
use super::{Context, Rule};
use crate::example::Lexicon;
use crate::finding::{Finding, Severity, Sink};
use crate::schema::{Violation, ViolationKind};

/// The rule.
pub static RULE: Rule = Rule {
    name: "outdated-schema",
    severity: Severity::Warning,
    source: include_str!("outdated_schema.rs"),
    check: Some(check),
};

/// How many places are shown.
const SHOWN: usize = 3;

/// How many examples must do without an attribute that the schema requires.
const SEVERAL: usize = 2;

fn check(context: &Context<'_>, sink: &mut Sink) {
    for group in of_schema(context) {
        sink.extend(finding(&group));
    }
}

/// What a schema is held against where it and an example disagree.
pub(super) struct Judge<'c> {
    prose: &'c Prose,
    shown: Lexicon,
}

impl<'c> Judge<'c> {
    pub(super) fn of(context: &'c Context<'_>) -> Judge<'c> {
        let mut shown = Lexicon::default();
        shown.learn(context.examples, &|namespace| namespace != crate::schema::XSD);
        Judge { prose: context.prose(), shown }
    }

    /// Whether it is the schema rather than the examples that is wrong.
    pub(super) fn blames_schema(&self, group: &[Told<'_>]) -> bool {
        let Some((_, violation)) = group.first() else { return false };
        if violation.declared.is_none() || violation.blames_schema.is_some() || violation.foreign {
            return false;
        }
        let (parent, name) = (violation.parent.local.as_str(), violation.name.local.as_str());
        match violation.kind {
            ViolationKind::UnknownAttribute => !seems_misspelt(violation) && self.prose.has_together(parent, name),
            ViolationKind::UnknownElement => {
                !seems_misspelt(violation) && !self.is_of_others(violation) && self.prose.has_together(parent, name)
            }
            ViolationKind::MissingAttribute => self.is_mostly_left_out(violation),
            ViolationKind::InvalidAttributeValue => {
                value(violation).is_some_and(|value| self.prose.has_together(name, value))
            }
            _ => false,
        }
    }

    /// Whether an element of that name is used in another namespace: then it is the example that forgot to say so.
    fn is_of_others(&self, violation: &Violation) -> bool {
        let mut all = self.shown.elements().map(|(name, _)| name);
        all.any(|name| name.local == violation.name.local && name.namespace != violation.name.namespace)
    }

    fn is_mostly_left_out(&self, violation: &Violation) -> bool {
        let Some(usage) = self.shown.get(&violation.parent) else { return false };
        let with = usage.attributes.get(&violation.name.local).copied().unwrap_or(0);
        let without = usage.count - with;
        without >= SEVERAL && without > with
    }
}

/// The value that is wrong, if it is a word.
fn value(violation: &Violation) -> Option<&str> {
    let value = violation.message.split('`').nth(1)?;
    (!value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))).then_some(value)
}

fn finding(group: &[Told<'_>]) -> Option<Finding> {
    let (_, violation) = group.first()?;
    let (parent, name) = (&violation.parent.local, &violation.name.local);
    let message = match violation.kind {
        ViolationKind::UnknownAttribute => {
            format!("the schema gives `{parent}` no attribute `{name}`, but examples and text do")
        }
        ViolationKind::UnknownElement => {
            format!("the schema has no `{name}` in `{parent}`, but examples and text do")
        }
        ViolationKind::MissingAttribute => {
            format!("the schema requires the attribute `{name}` of `{parent}`, but most examples do without")
        }
        _ => format!("the schema does not allow `{}` for `{name}`, but examples and text do", value(violation)?),
    };
    let mut finding = Finding::new(RULE.name, violation.missing_from.or(violation.declared)?, message);
    for (_, violation) in group.iter().take(SHOWN) {
        finding = finding.related(violation.span, "shown here");
    }
    if group.len() > SHOWN {
        finding = finding.note(format!("and in {} more places", group.len() - SHOWN));
    }
    Some(finding.help("bring the schema up to date, or mend the examples if it is right"))
}
