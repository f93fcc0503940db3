//! # wrong-count
//!
//! A number does not go with what stands beside it.
//!
//! ## What it does
//!
//! Recounts what an example shows: a result set does not hold more items than its `count` says, nor lie behind it; a block of an in-band
//! byte stream is not larger than the `block-size` with which the stream was opened.
//!
//! ## Why it matters
//!
//! Readers take such numbers for an explanation of what they mean. A receiver closes a stream whose blocks are too large.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='result' id='a1' from='montague.example' to='romeo@montague.example/orchard'>
//!   <query xmlns='http://jabber.org/protocol/disco#items'>
//!     <item jid='rose.montague.example'/>
//!     <item jid='thorn.montague.example'/>
//!     <set xmlns='http://jabber.org/protocol/rsm'><count>1</count></set>
//!   </query>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='result' id='a1' from='montague.example' to='romeo@montague.example/orchard'>
//!   <query xmlns='http://jabber.org/protocol/disco#items'>
//!     <item jid='rose.montague.example'/>
//!     <item jid='thorn.montague.example'/>
//!     <set xmlns='http://jabber.org/protocol/rsm'><count>2</count></set>
//!   </query>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - XEP-0059, 2.6: <https://xmpp.org/extensions/xep-0059.html#count>
//! - XEP-0047, 2.2: <https://xmpp.org/extensions/xep-0047.html#send>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::base64;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-count",
    severity: Severity::Warning,
    source: include_str!("wrong_count.rs"),
    check: Some(check),
};

/// The namespace of result sets (XEP-0059), and that of in-band byte streams (XEP-0047).
const RESULT_SETS: &str = "http://jabber.org/protocol/rsm";
const STREAMS: &str = "http://jabber.org/protocol/ibb";

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut sizes: HashMap<&str, (usize, Span)> = HashMap::new();
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            if let Some((stream, size)) = opened(element) {
                sizes.insert(stream, size);
            }
            sink.extend_in(&example.id, of_set(element).or_else(|| of_block(element, &sizes)));
        }
    }
}

/// A stream that is opened, with the size of its blocks.
fn opened(open: &Element) -> Option<(&str, (usize, Span))> {
    let size = open.attribute("block-size").filter(|_| open.name.is(STREAMS, "open"))?;
    Some((open.value("sid")?, (size.value.as_str().parse().ok()?, size.value_span)))
}

fn of_block(data: &Element, sizes: &HashMap<&str, (usize, Span)>) -> Option<Finding> {
    let (size, opened) = sizes.get(data.value("sid").filter(|_| data.name.is(STREAMS, "data"))?)?;
    let text = data.text().trimmed();
    let length = base64::decode(&text).ok()?.len();
    (length > *size).then_some(())?;
    let finding = Finding::new(RULE.name, text.whole()?, format!("this block has {length} bytes, and may have {size}"));
    Some(finding.related(*opened, "the size of blocks"))
}

/// A set of results that says of itself how many there are.
fn of_set(holder: &Element) -> Option<Finding> {
    let set = holder.child(RESULT_SETS, "set")?;
    let count = set.child(RESULT_SETS, "count")?;
    let said: usize = count.text().as_str().trim().parse().ok()?;
    let first = set.child(RESULT_SETS, "first").and_then(|first| first.value("index")?.parse::<usize>().ok());
    let item = holder.elements().find(|child| child.name.namespace != RESULT_SETS);
    let shown = item.map_or(0, |item| holder.elements().filter(|child| child.name == item.name).count());
    let index = first.unwrap_or(0);
    (index + shown > said).then_some(())?;
    let before = if index > 0 { format!("behind {index} others ") } else { String::new() };
    let message = format!("the set has {said} items, and {shown} are shown {before}");
    Some(Finding::new(RULE.name, count.text().trimmed().whole()?, message.trim_end()))
}
