//! # wrong-sender
//!
//! The caption says that a server answers, and the stanza goes from a client to it.
//!
//! ## What it does
//!
//! Takes examples that show one `iq` of type `result` or `error`, and whose caption says that a server, or a service on one, returns,
//! responds, refuses and the like. Where the stanza comes from a full address and goes to a mere domain, the client would be the one who answers.
//!
//! ## Why it matters
//!
//! The addresses were copied from the request, mostly. Who follows the example looks for the answer at the wrong end.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-nick caption="Service returns the nickname"}
//! <iq type='result' id='a1' from='romeo@montague.example/orchard' to='rooms.capulet.example'>
//!   <nick xmlns='urn:example:nick'>Romeo</nick>
//! </iq>
//! ```
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-nick caption="Service returns the nickname"}
//! <iq type='result' id='a1' from='rooms.capulet.example' to='romeo@montague.example/orchard'>
//!   <nick xmlns='urn:example:nick'>Romeo</nick>
//! </iq>
//! ```
//! ````
//!
//! ## Source
//!
//! - RFC 6120, 8.1.2: <https://www.rfc-editor.org/rfc/rfc6120#section-8.1.2>

use super::{Context, Rule};
use crate::example::story::{self, Party};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-sender",
    severity: Severity::Warning,
    source: include_str!("wrong_sender.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        let Some(iq) = story::only_iq(example) else { continue };
        let says = example.caption.as_deref().and_then(story::said_to_answer) == Some(Party::Server);
        let is_answer = matches!(iq.value("type"), Some("result" | "error"));
        let Some(from) = iq.attribute("from").filter(|_| says && is_answer) else { continue };
        if story::by_addresses(iq) == Some(Party::Client) && iq.attribute("to").is_some() {
            let message = "the caption says that a server answers, and this comes from a client";
            let mut finding = Finding::new(RULE.name, from.value_span, message);
            if let Some(to) = iq.attribute("to") {
                finding = finding.related(to.value_span, "the server");
            }
            sink.extend_in(&example.id, [finding.help("exchange the two addresses, if the caption is right")]);
        }
    }
}
