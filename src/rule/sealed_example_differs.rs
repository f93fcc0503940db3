//! # sealed-example-differs
//!
//! A sealed example opens to something else than the text says.
//!
//! ## What it does
//!
//! Opens sealed examples and compares what comes out with what they are said to come from: the example that `sealed-from` names, else the
//! nearest envelope before it in its section. White space and the order of affixes do not count; what is abridged matches anything.
//!
//! ## Why it matters
//!
//! A reader who decodes the example gets another message than the one above it. Mostly the plaintext was changed and the
//! ciphertext was forgotten.
//!
//! ## Wrong
//!
//! The Base64 says good night.
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example caption="The envelope"}
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//! </envelope>
//! ```
//!
//! ```{.xml .example caption="The message that carries it"}
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'>
//!     <payload>
//!       PGVudmVsb3BlIHhtbG5zPSd1cm46eG1wcDpzY2U6MSc+PGNvbnRlbnQ+PGJvZHkgeG1sbnM9
//!       J2phYmJlcjpjbGllbnQnPkdvb2QgbmlnaHQuPC9ib2R5PjwvY29udGVudD48L2VudmVsb3Bl
//!       Pg==
//!     </payload>
//!   </encrypted>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:encryption:stub:sce:1'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example caption="The envelope"}
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good night.</body>
//!   </content>
//! </envelope>
//! ```
//!
//! ```{.xml .example caption="The message that carries it"}
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'>
//!     <payload>
//!       PGVudmVsb3BlIHhtbG5zPSd1cm46eG1wcDpzY2U6MSc+PGNvbnRlbnQ+PGJvZHkgeG1sbnM9
//!       J2phYmJlcjpjbGllbnQnPkdvb2QgbmlnaHQuPC9ib2R5PjwvY29udGVudD48L2VudmVsb3Bl
//!       Pg==
//!     </payload>
//!   </encrypted>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:encryption:stub:sce:1'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//! ````
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#sending`
//! - XEP-0420, Sending an encrypted stanza: <https://xmpp.org/extensions/xep-0420.html#sending>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sealed-example-differs",
    severity: Severity::Error,
    source: include_str!("sealed_example_differs.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for opened in &context.openings {
        let (Some(difference), Some(example)) = (&opened.difference, context.examples.get(opened.example)) else {
            continue;
        };
        let message =
            format!("the sealed example opens to something else than it is said to come from: {}", difference.message);
        let finding =
            Finding::new(RULE.name, difference.actual, message).related(difference.expected, "said to come from here");
        sink.extend_in(&example.id, [finding.help("generate it from its plaintext: `seal=\"#...\"`")]);
    }
}
