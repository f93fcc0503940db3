//! # missing-error-condition
//!
//! An error names no defined condition.
//!
//! ## What it does
//!
//! Looks in the `error` of a stanza for the element of one of the conditions of RFC 6120, in its namespace. Errors out of which
//! something was left are passed over, and those that only have a `code`, as before RFC 3920.
//!
//! ## Why it matters
//!
//! A receiver tells by the condition what went wrong. Without a namespace of its own the element is another one, and nobody knows it.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <item-not-found/>
//!   </error>
//! </iq>
//! ```
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 8.3.2 and 8.3.3: <https://www.rfc-editor.org/rfc/rfc6120#section-8.3.2>

use super::stanzas;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::xml::Element;
use crate::xmpp::stanza::{STANZA_ERRORS, condition, error_condition, stanza_error};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-error-condition",
    severity: Severity::Error,
    source: include_str!("missing_error_condition.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for stanza in stanzas::shown(context) {
        let Some(error) = stanza_error(stanza.element).filter(|error| error_condition(error).is_none()) else {
            continue;
        };
        let is_old = error.attribute("code").is_some() && error.elements().next().is_none();
        if is_old || beside_elision(error) || beside_elision(stanza.element) {
            continue;
        }
        sink.extend_in(&stanza.example.id, [finding(error)]);
    }
}

fn finding(error: &Element) -> Finding {
    let unqualified = error.elements().find(|child| condition(&child.name.local).is_some());
    if let Some(child) = unqualified {
        let message = format!("`{}` is not in the namespace of conditions", child.name.local);
        return Finding::new(RULE.name, child.name_span, message).help(format!("add `xmlns='{STANZA_ERRORS}'`"));
    }
    let unknown = error.elements().find(|child| child.name.namespace == STANZA_ERRORS && child.name.local != "text");
    if let Some(child) = unknown {
        let message = format!("`{}` is no condition that RFC 6120 defines", child.name.local);
        return Finding::new(RULE.name, child.name_span, message)
            .help("name the nearest defined one, and add an element of your own namespace to say more");
    }
    Finding::new(RULE.name, error.name_span, "this error names no condition of RFC 6120").help(format!(
        "add one, as in `<bad-request xmlns='{STANZA_ERRORS}'/>`; an element of your own comes beside it"
    ))
}
