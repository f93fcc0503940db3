//! The keys that people of the cast publish, what somebody makes of them on their way, and whether a sender uses them.

use super::Example;
use super::cast::Cast;
use super::generate::indented;
use crate::protocol::Failure;
use crate::protocol::omemo::Bundle;
use crate::protocol::omemo::bundle::Breach;
use crate::xml::{CLIENT, Element, Node};

/// The text of an example in which keys of the cast take the place of an empty element: `fill="juliet"` fills `<devices/>`, and
/// `fill="juliet/2001"` fills `<bundle/>`. With `breach` it is what that word makes of the bundle.
///
/// # Errors
/// A sentence about why it cannot be filled.
pub fn fill(example: &Example, wanted: &str, cast: &Cast) -> Result<String, String> {
    let (who, device) = wanted.split_once('/').unwrap_or((wanted, ""));
    let person = cast.person(who).ok_or_else(|| format!("nobody of the cast is called `{who}`"))?;
    let span = example.span;
    let keys = match device {
        "" => person.device_list(&cast.seed)?.write(span),
        number => {
            let device = person.omemo_device(&cast.seed, number)?;
            let bundle = device.bundle().map_err(|failure| failure.to_string())?;
            breach(example).map_or_else(|| bundle.clone(), |breach| bundle.against(breach)).write(span)
        }
    };
    let mut root = example.elements().next().ok_or("it holds no element to be filled")?.clone();
    match replace(&mut root, &keys) {
        true => Ok(indented(&root, CLIENT)),
        false => Err(format!("it holds no `<{} xmlns='{}'/>` to be filled", keys.name.local, keys.name.namespace)),
    }
}

/// Puts an element in the place of the first one of its name below another.
fn replace(element: &mut Element, by: &Element) -> bool {
    element.children.iter_mut().any(|node| match node {
        Node::Element(child) if child.name == by.name => {
            **child = by.clone();
            true
        }
        Node::Element(child) => replace(child, by),
        _ => false,
    })
}

/// What somebody makes of the bundle that an example shows.
pub fn breach(example: &Example) -> Option<Breach> {
    let word = example.directives.text("breach")?;
    Breach::ALL.into_iter().find(|breach| breach.word() == word)
}

/// The bundles that an example shows, each as a sender reads it.
pub fn bundles(example: &Example) -> Vec<(&Element, Result<Bundle, Failure>)> {
    let all = example.elements().flat_map(Element::descendants).filter(|element| Bundle::is_one(element));
    all.map(|element| (element, Bundle::read(element))).collect()
}
