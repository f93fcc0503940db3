//! Mends: slips in a schema whose meaning is plain. Each is a finding, and the schema is used as it was meant.

use super::{FAULTY_SCHEMA, XSD};
use crate::finding::Finding;
use crate::xml::{Element, Node};

/// A mend changes a tree where it has the slip, and says so.
type Mend = fn(&mut Element, Position, &mut Vec<Finding>);

/// All mends. They are tried on every element of a schema, from the outside in.
const MENDS: &[Mend] = &[attributes_before_content, attributes_of_local_declarations];

/// Where an element stands in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Top,
    Inside,
}

/// Mends what can be mended, and tells each slip.
pub(super) fn mend(root: &mut Element) -> Vec<Finding> {
    let mut findings = Vec::new();
    mend_children(root, Position::Top, &mut findings);
    findings
}

fn mend_children(element: &mut Element, position: Position, findings: &mut Vec<Finding>) {
    for node in &mut element.children {
        if let Node::Element(child) = node
            && child.name.namespace == XSD
        {
            for mend in MENDS {
                mend(child, position, findings);
            }
            mend_children(child, Position::Inside, findings);
        }
    }
}

/// Declarations of attributes that stand before the content, where XML Schema wants them behind it.
fn attributes_before_content(element: &mut Element, _: Position, findings: &mut Vec<Finding>) {
    if !matches!(element.name.local.as_str(), "complexType" | "extension" | "restriction") {
        return;
    }
    let rank = |node: &Node| node.element().map_or(0, |child| rank(&child.name.local));
    let Some(content) = element.elements().find(|child| self::rank(&child.name.local) == 1).cloned() else { return };
    let last = element.children.iter().rposition(|node| rank(node) == 1).unwrap_or(0);
    let early = element.children.iter().take(last).find(|node| rank(node) > 1).and_then(Node::element);
    let Some(early) = early else { return };
    let message = format!("`{}` stands before `{}`", early.written_name(), content.written_name());
    let finding = Finding::new(FAULTY_SCHEMA, early.name_span, message);
    let finding = finding.related(content.name_span, "the content");
    findings.push(finding.help("put attributes behind the content"));
    element.children.sort_by_key(rank);
}

/// The order of what a complex type, extension or restriction holds.
fn rank(local: &str) -> u8 {
    match local {
        "sequence" | "choice" | "all" | "group" => 1,
        "attribute" | "attributeGroup" => 2,
        "anyAttribute" => 3,
        _ => 0,
    }
}

/// Attributes of declarations that only a local one may have.
fn attributes_of_local_declarations(element: &mut Element, position: Position, findings: &mut Vec<Finding>) {
    let local_only: &[&str] = match (position, element.name.local.as_str()) {
        (Position::Top, "element") => &["minOccurs", "maxOccurs", "form"],
        (Position::Top, "attribute") => &["use", "form"],
        (Position::Top, "group") => &["minOccurs", "maxOccurs"],
        _ => return,
    };
    let written = element.written_name();
    element.attributes.retain(|attribute| {
        let wrong = attribute.name.namespace.is_empty() && local_only.contains(&attribute.name.local.as_str());
        if wrong {
            let name = &attribute.name.local;
            let message = format!("`{name}` on a global `{written}`");
            let finding = Finding::new(FAULTY_SCHEMA, attribute.span, message);
            findings
                .push(finding.help(format!("leave it out here; `{name}` belongs to where the declaration is used")));
        }
        !wrong
    });
}
