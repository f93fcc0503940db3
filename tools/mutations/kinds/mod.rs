//! The kinds of mistakes: a file for each part of a document in which they are made.

mod forms;
mod links;
mod markup;
mod names;
mod namespaces;
mod sce;
mod stanzas;
mod values;

use super::dice::Dice;
use super::ground::{Ground, Injection};

/// A kind of mistake.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// All places of a document where it can be made, each with one mistake.
    pub mistakes: fn(&Ground<'_>, &mut Dice) -> Vec<Injection>,
}

const fn kind(name: &'static str, mistakes: fn(&Ground<'_>, &mut Dice) -> Vec<Injection>) -> Kind {
    Kind { name, mistakes }
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    kind("closing tag: name misspelt", markup::closing_name),
    kind("closing tag: missing", markup::closing_tag),
    kind("closing tags: crossed", markup::crossed),
    kind("empty tag: slash missing", markup::slash),
    kind("tag: `>` missing", markup::bracket),
    kind("attribute: quote missing", markup::quote),
    kind("attribute: written twice", markup::doubled),
    kind("text: bare ampersand", markup::ampersand),
    kind("text: entity within CDATA", markup::entity),
    kind("text: stray characters", markup::stray),
    kind("element: misspelt, own schema", names::element_of_schema),
    kind("element: misspelt, no schema", names::element_without_schema),
    kind("element: misspelt, stanza", names::element_of_stanza),
    kind("attribute: misspelt, own schema", names::attribute_of_schema),
    kind("attribute: misspelt, no schema", names::attribute_without_schema),
    kind("attribute: misspelt, stanza", names::attribute_of_stanza),
    kind("attribute: required one removed", names::required),
    kind("enumeration: value misspelt", names::enumeration),
    kind("integer: no integer", names::integer),
    kind("namespace: misspelt", namespaces::misspelt),
    kind("namespace: version that is not", namespaces::no_version),
    kind("namespace: version before", namespaces::version_before),
    kind("namespace: xmlns misspelt", namespaces::xmlns),
    kind("namespace: missing on a payload", namespaces::missing),
    kind("namespace: feature misspelt", namespaces::feature),
    kind("iq: id removed", stanzas::id_removed),
    kind("iq: type removed", stanzas::type_removed),
    kind("iq: type misspelt", stanzas::type_misspelt),
    kind("iq: another type", stanzas::type_changed),
    kind("answer: id changed", stanzas::answer_id),
    kind("answer: address not mirrored", stanzas::answer_address),
    kind("error: condition removed", stanzas::condition_removed),
    kind("error: condition misspelt", stanzas::condition_misspelt),
    kind("error: type misspelt", stanzas::error_type),
    kind("address: misspelt", stanzas::address),
    kind("address: no JID", stanzas::no_jid),
    kind("time: no dateTime", values::time),
    kind("Base64: broken", values::base64),
    kind("hash: changed", values::hash),
    kind("form: field without name", forms::nameless),
    kind("form: type misspelt", forms::type_),
    kind("form: field type misspelt", forms::field_type),
    kind("form: submitted field misspelt", forms::submitted),
    kind("command: node misspelt", forms::command_node),
    kind("document: anchor twice", links::anchor),
    kind("document: dead link", links::dead),
    kind("envelope: affix misspelt", sce::affix_misspelt),
    kind("envelope: affix missing", sce::affix_missing),
    kind("envelope: sensitive element outside", sce::outside),
];

/// What each of these makes, where it makes something.
fn each<T>(all: impl Iterator<Item = T>, make: impl FnMut(T) -> Option<Injection>) -> Vec<Injection> {
    all.filter_map(make).collect()
}
