//! # reworded-boilerplate
//!
//! A section says in words of its own that it has nothing to ask for.
//!
//! ## What it does
//!
//! Looks at the sections *IANA Considerations* and *XMPP Registrar Considerations* of one paragraph that ask for nothing, and
//! holds their words against the sentences that XEP-0143 gives.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The editor looks for these sentences, and asks what any other one means.
//!
//! ## Wrong
//!
//! ```markdown
//! # IANA Considerations {#iana}
//!
//! None.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # IANA Considerations {#iana}
//!
//! This document requires no interaction with &IANA;.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, The Sections of a XEP Document: <https://xmpp.org/extensions/xep-0143.html#sections>
//! - The template: <https://github.com/xsf/xeps/blob/master/xep-template.xml>

use super::template::{Need, Sections, said};
use super::{Context, Rule};
use crate::document::Block;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "reworded-boilerplate",
    severity: Severity::Info,
    source: include_str!("reworded_boilerplate.rs"),
    check: Some(check),
};

/// The sections that ask somebody for something.
const ASKING: [&str; 2] = ["IANA Considerations", "XMPP Registrar Considerations"];

/// What the usual sentences say, whoever their subject is: the document, the XEP, the specification.
const USUAL: [&str; 2] = [" requires no interaction with ", "no namespaces or parameters need to be registered "];

/// How a paragraph begins that asks for nothing.
const NOTHING: [&str; 8] =
    ["n/a", "no", "none", "nothing", "there are no", "there is no", "there is nothing", "not applicable"];

/// What a sentence about the document itself says then.
const OF_THE_DOCUMENT: [&str; 4] = ["has no", "does not require", "needs no", "requires no"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let sections = Sections::of(context.document);
    for topic in ASKING {
        let Some((section, template)) = sections.named(topic) else { continue };
        let is_shown = |block: &&Block| !matches!(block, Block::Comment(_) | Block::Instruction(..));
        let shown: Vec<&Block> = section.blocks.iter().filter(is_shown).collect();
        let [Block::Paragraph(paragraph)] = shown.as_slice() else { continue };
        let said = said(&paragraph.text).to_lowercase();
        let (true, Need::Required(nothing)) =
            (asks_for_nothing(&said) && !USUAL.iter().any(|usual| said.contains(usual)), template.need)
        else {
            continue;
        };
        let finding =
            Finding::new(RULE.name, paragraph.span.0, format!("`{topic}` asks for nothing in words of its own"));
        sink.push(finding.help(format!("write \"{nothing}\"")));
    }
}

fn asks_for_nothing(said: &str) -> bool {
    let begins = |start: &str| said.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let subject = ["this document ", "this specification ", "this protocol ", "this xep ", "this extension "];
    let predicate = subject.iter().find_map(|subject| said.strip_prefix(subject));
    NOTHING.iter().any(|start| begins(start))
        || predicate.is_some_and(|rest| OF_THE_DOCUMENT.iter().any(|start| rest.starts_with(start)))
}
