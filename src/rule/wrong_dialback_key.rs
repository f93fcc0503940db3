//! # wrong-dialback-key
//!
//! A dialback key is not the one that its inputs give.
//!
//! ## What it does
//!
//! Looks for the formula of XEP-0185 with the secret, the two servers and the stream written out, computes the key and holds the last key
//! of the same block against it.
//!
//! ## Why it matters
//!
//! Implementers test their code with such values.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <code>key = HMAC-SHA256( SHA256('s3cr3tf0rd14lb4ck'),
//!       { 'xmpp.example.com', ' ', 'example.org', ' ', 'D60000229F' } )
//!     = 404fe54e60d0259b2b6d9a620e72990ab3e8fe2faca420653da71eb80597e5a4</code>
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
//!     <code>key = HMAC-SHA256( SHA256('s3cr3tf0rd14lb4ck'),
//!       { 'xmpp.example.com', ' ', 'example.org', ' ', 'D60000229F' } )
//!     = 37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643</code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0185, 2: <https://xmpp.org/extensions/xep-0185.html#algorithm>

use super::{Context, Rule};
use crate::example::Example;
use crate::finding::{Finding, Severity, Sink};
use crate::xmpp::hash::{Algorithm, hmac_sha256, to_hexadecimal};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-dialback-key",
    severity: Severity::Error,
    source: include_str!("wrong_dialback_key.rs"),
    check: Some(check),
};

/// What stands before the secret.
const SECRET: &str = "SHA256('";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        sink.extend_in(&example.id, finding(example));
    }
}

fn finding(example: &Example) -> Option<Finding> {
    let text = example.text.as_str();
    let (_, rest) = text.split_once(SECRET)?;
    let (secret, rest) = rest.split_once('\'')?;
    let (inputs, rest) = rest.split_once('{')?.1.split_once('}')?;
    let key = to_hexadecimal(&Algorithm::Sha256.digest(secret.as_bytes()));
    let actual = to_hexadecimal(&hmac_sha256(key.as_bytes(), quoted(inputs).as_bytes()));
    let is_key = |word: &&str| word.len() == actual.len() && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shown = rest.split(|c: char| !c.is_ascii_alphanumeric()).rfind(is_key).filter(|shown| *shown != key)?;
    let at = text.rfind(shown)?;
    (shown != actual).then_some(())?;
    let finding = Finding::new(RULE.name, example.text.span(at..at + shown.len())?, format!("the key is `{actual}`"));
    Some(finding.help("write the key that the inputs above give"))
}

/// What stands in quotes, one after the other.
fn quoted(text: &str) -> String {
    text.split('\'').skip(1).step_by(2).collect()
}
