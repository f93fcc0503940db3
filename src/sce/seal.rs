//! The sender's side: splitting a stanza by policy, and putting the sealed one together.

use super::fault::{Fault, FaultKind};
use super::policy::{Place, Policy, Side};
use super::profile::{Hint, Profile, Profiles, Use};
use crate::xml::{Element, Name, Node};

/// A stanza, taken apart.
#[derive(Clone, Debug)]
pub struct Split {
    /// The stanza with what stays outside.
    pub outside: Element,
    /// What goes inside, in order.
    pub inside: Vec<Element>,
}

/// Splits a stanza: each child goes where its row says, to both sides if it says so, or where the policy puts unknown elements.
///
/// Carriers stay where they are. Where a row has a stand-in, that stays outside for the element that goes inside.
pub fn split(stanza: &Element, policy: &Policy, profiles: &Profiles) -> Split {
    let mut outside = stanza.clone();
    outside.children.clear();
    let mut inside = Vec::new();
    for child in stanza.elements() {
        let row = policy.row(&child.name, &stanza.name.local);
        let is_carrier = profiles.iter().any(|profile| profile.carrier == child.name);
        let is_of_protocol = is_carrier || profiles.is_control(&child.name);
        if is_of_protocol || row.sender != Side::Inside {
            outside.children.push(Node::from(child.clone()));
        }
        if is_of_protocol || row.sender == Side::Outside {
            continue;
        }
        outside.children.extend(row.stand_in.clone().map(Node::from));
        inside.push(child.clone());
    }
    Split { outside, inside }
}

/// Puts the carrier into what stayed outside, with the hints of the profile that are not there yet. One that names another encryption
/// makes way. `inside` is the content, as far as it is known. Answers the sealed stanza and the names of the hints that were added.
pub fn assemble(outside: &Element, inside: &[Element], carrier: Element, profile: &Profile) -> (Element, Vec<Name>) {
    let mut sealed = outside.clone();
    sealed.children.push(Node::from(carrier));
    let mut added = Vec::new();
    for hint in hints_for(profile, &outside.name.local) {
        if !hint.use_.is_sent() || has_hint(outside, hint) {
            continue;
        }
        let passes = inside.iter().all(|child| hint.transient.iter().any(|name| is_named(child, name)));
        let element = if passes && !inside.is_empty() { hint.passing.as_ref() } else { Some(&hint.element) };
        let Some(element) = element else { continue };
        added.push(element.name.clone());
        sealed.children.retain(|node| node.element().is_none_or(|child| child.name != element.name));
        sealed.children.push(Node::from(element.clone()));
    }
    (sealed, added)
}

/// Whether an element has a name, or is in its namespace where any local name will do.
fn is_named(element: &Element, name: &Name) -> bool {
    element.name.namespace == name.namespace && (name.local == "*" || element.name.local == name.local)
}

fn hints_for<'a>(profile: &'a Profile, stanza: &'a str) -> impl Iterator<Item = &'a Hint> {
    profile.hints.iter().filter(move |hint| hint.stanzas.iter().any(|kind| kind == stanza))
}

/// Whether a stanza has the hint: the element, for the same encryption where it names one (XEP-0380, section 3), or another that says
/// the opposite.
fn has_hint(stanza: &Element, hint: &Hint) -> bool {
    if stanza.elements().any(|child| hint.unless.iter().any(|name| is_named(child, name))) {
        return true;
    }
    let named = hint.element.value("namespace");
    stanza
        .elements()
        .any(|child| child.name == hint.element.name && (named.is_none() || child.value("namespace") == named))
}

/// What is wrong outside of a carrier: hints that are missing, sensitive elements in the open.
pub fn check_outside(stanza: &Element, carrier: &Element, profile: &Profile, policy: &Policy) -> Vec<Fault> {
    let kind = stanza.name.local.as_str();
    let mut faults: Vec<Fault> = hints_for(profile, kind)
        .filter(|hint| hint.use_ == Use::Required && !has_hint(stanza, hint))
        .map(|hint| missing_hint(stanza, carrier, profile, hint))
        .collect();
    for child in stanza.elements() {
        let row = policy.row(&child.name, kind);
        let is_of_protocol = child.name == carrier.name || profile.control.contains(&child.name);
        let allowed = row.stand_in.is_some() || profile.outside.contains(&child.name) || is_of_protocol;
        let classified = policy.knows(&child.name, kind);
        if row.place == Place::Inside && classified && !allowed {
            let message = format!("`<{}>` stands in the open beside the encrypted content", child.written_name());
            faults.push(
                Fault::new(FaultKind::SensitiveOutside, child.start_tag, message)
                    .tolerated()
                    .note(format!("{} ({})", row.reason, row.source))
                    .help("move it into the content: a receiver ignores it here"),
            );
        }
    }
    faults
}

fn missing_hint(stanza: &Element, carrier: &Element, profile: &Profile, hint: &Hint) -> Fault {
    let text = crate::xml::write::write(&hint.element, "", crate::xml::write::Style::default());
    let message =
        format!("this {} has no `<{}/>` beside its encrypted content", stanza.name.local, hint.element.name.local);
    let mut fault = Fault::new(FaultKind::MissingHint, stanza.start_tag, message)
        .tolerated()
        .related(carrier.start_tag, "the encrypted content")
        .help(format!("add `{text}`"))
        .requirement(hint.requirement.as_deref());
    fault.note = Some(format!("the profile `{}` adds it to every {}", profile.id, stanza.name.local));
    fault.rule = Some(hint.rule.clone());
    fault
}

/// The envelopes that stand in a stanza without encryption.
pub fn unencrypted_envelopes(stanza: &Element, profiles: &Profiles) -> Vec<Fault> {
    let mut faults = Vec::new();
    for child in stanza.elements() {
        if profiles.envelopes().any(|name| *name == child.name) {
            let message = format!("`<{}>` stands in a stanza without encryption", child.written_name());
            faults.push(
                Fault::new(FaultKind::UnencryptedEnvelope, child.start_tag, message)
                    .note("whoever forwards the stanza can read and change it; a receiver drops it")
                    .help("encrypt it, and put the carrier here"),
            );
        }
    }
    faults
}
