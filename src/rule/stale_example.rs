//! # stale-example
//!
//! An example that is generated from another one is missing in `examples/`, or no longer fits it.
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
//! There is no example of that name that could be sealed.
//!
//! ```xml seal="#ex-greeting" profile=openpgp
//! ```
//!
//! ## Right
//!
//! An example that stands as its author wrote it is never stale.
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
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule =
    Rule { name: "stale-example", severity: Severity::Error, source: include_str!("stale_example.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, reason) in &context.stale {
        let Some(example) = context.examples.get(*at) else { continue };
        let finding = Finding::new(RULE.name, example.span, format!("the generated example is stale: {reason}"));
        sink.extend_in(&example.id, [finding.help("run `xep examples` and commit what it writes")]);
    }
}
