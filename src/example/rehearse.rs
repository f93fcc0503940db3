//! What receivers will make of a stanza that was just sealed: found out before it is sent, and without anybody's secret keys.

use super::round_trip::{Scene, SealedStanza, Stage, deliveries, demanded};
use super::sealed::{Receiver, Sealed, open_with};
use crate::protocol::{AlreadyOpen, Keyring};
use crate::sce::Profile;
use crate::sce::arrival::Address;
use crate::sce::envelope::serialise;
use crate::sce::policy::Side;
use crate::sce::profile::Term;
use crate::source::MappedText;
use crate::xml::{Element, Name};
use crate::xmpp::BareJid;
use crate::xmpp::jid;

/// That somebody whom a stanza reaches will refuse it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose client it is.
    pub whom: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The requirement that decides.
    pub requirement: Option<String>,
}

/// Why a stanza cannot go where it says, or shows servers what only servers write: sealed or not, its receivers would do nothing with it.
pub fn misdirected(stanza: &Element, stage: Stage<'_>) -> Option<String> {
    let wrappers: Vec<Name> = stage.rules.profiles.situations().flat_map(|(_, row)| row.wrapper_names()).collect();
    let stays = |child: &&Element| stage.rules.policy.row(&child.name, &stanza.name.local).sender == Side::Outside;
    if let Some(wrapper) = stanza.elements().filter(stays).find(|child| wrappers.contains(&child.name)) {
        return Some(format!("`<{}>` is written by servers and archives alone", wrapper.written_name()));
    }
    if stanza.value("type") != Some("groupchat") {
        return None;
    }
    let to = stanza.value("to")?;
    let has_resource = jid::parse(to).is_ok_and(|jid| jid.resource().is_some());
    let account = stage.cast.filter(|cast| cast.room(to).is_none()).and_then(|cast| cast.person(to));
    match account.filter(|person| person.has_keys()) {
        Some(_) => Some(format!("`type='groupchat'` is for rooms, and `{to}` is an account")),
        None if has_resource => {
            Some("`type='groupchat'` goes to the room, without a nickname (XEP-0045, section 7.4)".to_owned())
        }
        None => None,
    }
}

/// Who will refuse a stanza, and why: each whom it reaches, as it gets there. Of a room that the cast does not have, its occupants are
/// not known; whoever gets a message from it has joined it.
pub fn rehearse(
    original: &Element,
    sealed: &SealedStanza,
    profile: &Profile,
    stage: Stage<'_>,
    scene: &Scene,
) -> Vec<Refusal> {
    let sender = original.value("from").and_then(|from| BareJid::parse(&jid::bare(from)).ok());
    let known = Keyring::default();
    let mut refusals = Vec::new();
    let situation = stage.rules.profiles.situation(&scene.situation);
    let is_of_room = situation.is_some_and(|situation| situation.to.contains(&Term::Room));
    for mut delivery in deliveries(original, &sealed.stanza, profile, stage, scene) {
        if is_of_room && delivery.arrival.room.is_none() {
            delivery.arrival.room = original.value("to").map(Address::known);
        }
        let Some(carrier) = delivery.stanza.elements().find(|child| child.name == profile.carrier) else { continue };
        let plaintext = MappedText::standing_for(serialise(&sealed.envelope, profile), carrier.span);
        let mut protocol = AlreadyOpen::of(plaintext, demanded(profile), sender.clone(), scene.at);
        let receiver = Receiver { identity: &delivery.identity, known: &known, clock: scene.at };
        let arrived = Sealed { stanza: &delivery.stanza, carrier, profile };
        let whom = delivery.identity.jid().to_string();
        match open_with(&mut protocol, &arrived, stage.rules, &delivery.arrival, &receiver) {
            Err(failure) => refusals.push(Refusal { whom, reason: failure.to_string(), requirement: None }),
            Ok(opening) => {
                let fault = opening.faults.into_iter().find(|fault| fault.fatal);
                refusals.extend(fault.map(|fault| Refusal {
                    whom,
                    reason: fault.message,
                    requirement: fault.requirement,
                }));
            }
        }
    }
    refusals
}
