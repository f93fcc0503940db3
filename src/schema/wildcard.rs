//! Wildcards (`xs:any`) of a content model, read from the schema's own tree.

use super::XSD;
use super::lint::Component;
use crate::xml::Element;

/// How deep references to groups and base types are followed.
const MAX_REFERENCES: usize = 16;

/// The wildcard in the content of `type_` that admits elements of `namespace`, but only a limited number of them; with that
/// number. `find` gives the component that a reference on an element of the schema names.
pub(super) fn limited<'s>(
    type_: &'s Element,
    target: &str,
    namespace: &str,
    find: &dyn Fn(&Element, &str) -> Option<&'s Element>,
) -> Option<(&'s Element, usize)> {
    let mut wildcards = Vec::new();
    collect(type_, find, MAX_REFERENCES, &mut wildcards);
    let admitting: Vec<&Element> = wildcards.into_iter().filter(|any| admits(any, target, namespace)).collect();
    let limits: Option<Vec<usize>> = admitting.iter().map(|any| limit(any)).collect();
    let most = limits?.into_iter().sum();
    admitting.first().map(|any| (*any, most))
}

fn collect<'s>(
    element: &'s Element,
    find: &dyn Fn(&Element, &str) -> Option<&'s Element>,
    left: usize,
    wildcards: &mut Vec<&'s Element>,
) {
    for child in element.elements().filter(|child| child.name.namespace == XSD) {
        match child.name.local.as_str() {
            "any" => wildcards.push(child),
            // What a local element holds is content of its own.
            "element" | "attribute" | "attributeGroup" | "anyAttribute" | "annotation" => {}
            _ => {
                let reference = Component::references(&child.name.local).iter().map(|reference| reference.0).next();
                if let Some(name) = reference.filter(|name| left > 0 && child.attribute(name).is_some())
                    && let Some(found) = find(child, name)
                {
                    collect(found, find, left - 1, wildcards);
                }
                collect(child, find, left, wildcards);
            }
        }
    }
}

/// How many elements a wildcard admits; `None` for any number.
fn limit(any: &Element) -> Option<usize> {
    match any.value("maxOccurs").map(str::trim) {
        None => Some(1),
        Some(number) => number.parse().ok(),
    }
}

/// Whether a wildcard admits elements of a namespace.
pub(super) fn admits(any: &Element, target: &str, namespace: &str) -> bool {
    any.value("namespace").unwrap_or("##any").split_whitespace().any(|token| match token {
        "##any" => true,
        "##other" => namespace != target && !namespace.is_empty(),
        "##local" => namespace.is_empty(),
        "##targetNamespace" => namespace == target,
        other => other == namespace,
    })
}
