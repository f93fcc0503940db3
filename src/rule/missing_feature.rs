//! # missing-feature
//!
//! The answer to a disco#info request lacks the feature that the text above it demands.
//!
//! ## What it does
//!
//! Takes the sentences by which whoever supports something MUST advertise a namespace of this document as a feature, and the
//! disco#info results in the same section. Tells the first of those results if none of them has the feature. Results without any
//! feature, and those about a node, show something else.
//!
//! ## Why it matters
//!
//! Implementers copy the example. Others will not see that they support the protocol.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Discovering Support'>
//!     <p>Who supports this MUST advertise it by a feature of 'urn:example:rank:0' in service discovery.</p>
//!     <example><![CDATA[<iq type='result' id='a1' from='capulet.example' to='romeo@montague.example/orchard'>
//!   <query xmlns='http://jabber.org/protocol/disco#info'>
//!     <feature var='http://jabber.org/protocol/disco#info'/>
//!   </query>
//! </iq>]]></example>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:rank:0'>
//!   <xs:element name='rank' type='xs:byte'/>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Discovering Support'>
//!     <p>Who supports this MUST advertise it by a feature of 'urn:example:rank:0' in service discovery.</p>
//!     <example><![CDATA[<iq type='result' id='a1' from='capulet.example' to='romeo@montague.example/orchard'>
//!   <query xmlns='http://jabber.org/protocol/disco#info'>
//!     <feature var='urn:example:rank:0'/>
//!   </query>
//! </iq>]]></example>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:rank:0'>
//!   <xs:element name='rank' type='xs:byte'/>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0030, 3.1: <https://xmpp.org/extensions/xep-0030.html#info-basic>

use super::sentences::{self, Word};
use super::stanzas::{self, Stanza};
use super::{Context, Rule, namespaces};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::caps::DISCO_INFO;
use crate::xmpp::stanza::StanzaKind;
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-feature",
    severity: Severity::Warning,
    source: include_str!("missing_feature.rs"),
    check: Some(check),
};

/// How the words begin by which a feature is demanded.
const VERBS: [&str; 8] = ["adverti", "announc", "includ", "indicat", "list", "report", "return", "specif"];

/// A result that shows features.
struct Answer<'a> {
    stanza: Stanza<'a>,
    query: &'a Element,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut answers: BTreeMap<usize, Vec<Answer<'_>>> = BTreeMap::new();
    for answer in stanzas::shown(context).into_iter().filter_map(answer) {
        if let Some(&section) = answer.stanza.example.sections.last() {
            answers.entry(section).or_default().push(answer);
        }
    }
    if answers.is_empty() {
        return;
    }
    let own = namespaces::defined(context);
    let mut told = BTreeSet::new();
    for passage in sentences::passages(context.document) {
        let Some((section, answers)) = passage.section.and_then(|at| answers.get_key_value(&at)) else { continue };
        let demands = || sentences::sentences(&passage.text);
        let demanded = if passage.text.contains("MUST") { demands() } else { Vec::new() };
        for name in demanded.iter().filter_map(|sentence| demanded_in(sentence, own)) {
            let is_shown = answers.iter().any(|answer| features(answer.query).any(|feature| feature == name));
            if !is_shown && told.insert((*section, name.to_owned())) {
                sink.extend(answers.first().map(|answer| finding(answer, name, passage.span)));
            }
        }
    }
}

fn answer(stanza: Stanza<'_>) -> Option<Answer<'_>> {
    let is_result = stanza.kind == StanzaKind::Iq && stanza.element.value("type") == Some("result");
    let query = stanza.element.child(DISCO_INFO, "query").filter(|query| is_result && query.value("node").is_none())?;
    features(query).next()?;
    Some(Answer { stanza, query })
}

fn features(query: &Element) -> impl Iterator<Item = &str> {
    query.elements().filter(|child| child.name.is(DISCO_INFO, "feature")).filter_map(|feature| feature.value("var"))
}

/// The namespace that must be advertised by what a sentence says.
fn demanded_in<'w>(sentence: &'w [Word], own: &BTreeSet<String>) -> Option<&'w str> {
    let has = |is_meant: &dyn Fn(&str) -> bool| sentence.iter().any(|word| !word.is_quoted && is_meant(&word.text));
    let is_demand = has(&|word| word == "MUST") && !has(&|word| matches!(word, "NOT" | "not"));
    let is_told = has(&|word| VERBS.iter().any(|verb| word.starts_with(verb)));
    let is_disco = has(&|word| word.starts_with("feature") || word.contains("disco") || word == "Discovery");
    let mut names =
        sentence.iter().map(|word| word.text.as_str()).filter(|word| word.contains(':') && own.contains(*word));
    names.next().filter(|_| is_demand && is_told && is_disco)
}

fn finding(answer: &Answer<'_>, name: &str, demand: Span) -> Finding {
    let message = format!("no answer here has the feature `{name}`, which the text demands");
    let finding = Finding::new(RULE.name, answer.query.name_span, message).related(demand, "the text");
    finding.help(format!("add `<feature var='{name}'/>`"))
}
