//! # outdated-namespace
//!
//! A namespace has a version that nobody defines.
//!
//! ## What it does
//!
//! Takes the namespaces that examples declare or name (as a feature, the type of a form, ...), and that neither the RFCs nor this
//! document nor any XEP of the series defines. Tells those that are defined with another version: the number at the end; and one that
//! stands in the examples once, where the text or the other examples have another version of it. What the running text of the document
//! names is meant as it stands. The namespace of a schema is held against those that the text names.
//!
//! ## Why it matters
//!
//! A version of a namespace is a protocol of its own. When a XEP moves to the next one, examples and schema easily stay behind, there
//! and in the XEPs that build on it.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[<message to='juliet@capulet.example'><seen xmlns='urn:xmpp:case:0'/></message>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <section2 topic='Protocol Namespaces'><p>The namespace is 'urn:xmpp:case:1'.</p></section2>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[<message to='juliet@capulet.example'><seen xmlns='urn:xmpp:case:1'/></message>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <section2 topic='Protocol Namespaces'><p>The namespace is 'urn:xmpp:case:1'.</p></section2>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0053, Protocol Namespaces: <https://xmpp.org/extensions/xep-0053.html>

use super::namespaces::{self, parted};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::sce::FaultKind;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "outdated-namespace",
    severity: Severity::Warning,
    source: include_str!("outdated_namespace.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let unknown = namespaces::unknown(context);
    let targets: Vec<(String, Span)> = namespaces::targets(context).collect();
    if unknown.is_empty() && targets.is_empty() {
        return;
    }
    let named = namespaces::named(context);
    for (target, span) in targets.iter().filter(|(target, _)| !named.contains(target)) {
        if let Some(other) = other_version(target, named.iter().map(String::as_str)) {
            let message = format!("the schema describes `{target}`, and the text speaks of `{other}`");
            sink.push(Finding::new(RULE.name, *span, message).help("give both the same version"));
        }
    }
    let own = namespaces::defined(context);
    let here = namespaces::meant_here(context);
    // Of envelopes another rule tells which one is meant.
    let envelopes = context.faults.iter().filter(|(_, fault)| fault.kind == FaultKind::WrongEnvelope);
    let envelopes: Vec<Span> = envelopes.map(|(_, fault)| fault.span).collect();
    let is_told = |span: Span| envelopes.iter().any(|envelope| envelope.contains(span));
    for used in unknown.iter().filter(|used| !named.contains(used.name) && !is_told(used.span)) {
        let known = own.iter().map(String::as_str).chain(context.yardstick.neighbours.series.namespaces());
        let shown = || named.iter().chain(here).map(String::as_str).filter(|_| !here.contains(used.name));
        let message = match (other_version(used.name, known), other_version(used.name, shown())) {
            (Some(other), _) => format!("`{}` is defined nowhere, but `{other}` is", used.name),
            (None, Some(other)) => format!("`{}` stands here alone, elsewhere `{other}`", used.name),
            (None, None) => continue,
        };
        sink.extend_in(
            &used.example.id,
            [Finding::new(RULE.name, used.span, message).help("write the version that is meant")],
        );
    }
}

/// The newest of the other versions of a namespace.
fn other_version<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let (stem, version) = parted(name);
    version?;
    known.filter(|known| parted(known).0 == stem && parted(known).1.is_some()).max_by_key(|known| parted(known).1)
}
