//! # stale-example
//!
//! What is generated from an example is missing in `examples/`, or no longer fits it.
//!
//! ## What it does
//!
//! Compares what is kept in `examples/` with what it was made from: the plain example, the profile, the cast. Says also when an example
//! asks for something that cannot be made.
//!
//! ## Why it matters
//!
//! Ciphertext is kept so that a page does not change from build to build. When its plaintext changes and it does not, the page shows a
//! sealed message that says something else. `xep examples` makes it anew.
//!
//! ## Wrong
//!
//! An example that is to be sealed, as long as `examples/` does not hold the outcome:
//!
//! ```xml profiles="openpgp"
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! One that asks for what cannot be made, because `ex-plain` is no whole stanza:
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-plain caption="Before"}
//! <body>Good morrow.</body>
//! ```
//!
//! ```{.xml .example #ex-sealed caption="After" seal="#ex-plain" profile=openpgp}
//! ```
//! ````
//!
//! ## Right
//!
//! Nothing is generated from this one:
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ## Source
//!
//! - What the examples of the draft are made from: `spec/xep-sce/draft.md#security-keys`
//! - XEP-0143, XEP Styleguide: <https://xmpp.org/extensions/xep-0143.html#styleguide>

use super::{Context, Rule};
use crate::example::Example;
use crate::example::sibling::referred;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "stale-example",
    severity: Severity::Error,
    source: include_str!("stale_example.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, reason) in &context.stale {
        let Some(example) = context.examples.get(*at) else { continue };
        if !names_nothing(context, example) {
            sink.extend_in(&example.id, [finding(example, reason)]);
        }
    }
}

/// Whether the example is to be made from one that does not exist, which is another rule's cause.
fn names_nothing(context: &Context<'_>, example: &Example) -> bool {
    let Some(source) = example.directives.text("seal") else { return false };
    referred(source.trim_start_matches('#'), context.examples, context.yardstick.siblings).is_none()
}

fn finding(example: &Example, reason: &str) -> Finding {
    if let Some(order) = example.directives.get("seal") {
        return Finding::new(RULE.name, order.span, format!("the example cannot be generated: {reason}"));
    }
    let name = example.directives.get("id").or(example.directives.get("profiles"));
    let span = name.map_or(example.span, |name| name.span);
    let finding = Finding::new(RULE.name, span, format!("what is generated from this example is stale: {reason}"));
    finding.help("run `xep examples` and commit what it writes")
}
