//! Sealed stanzas and envelopes that stand in examples: finding them, opening them, and what they are said to come from.

use super::compare::{Difference, difference};
use super::kind::is_elided;
use super::{Example, Verdict};
use crate::protocol::{self, Carrier, Failure, Identity, Keyring, OpenRequest, Protection, Protocol};
use crate::sce::arrival::{Arrival, situation_of};
use crate::sce::open::{Authorship, Restored, Verification, restore, verify};
use crate::sce::profile::Profiles;
use crate::sce::{Envelope, Fault, FaultKind, Profile, Rulebook, envelope};
use crate::source::{MappedText, Span};
use crate::xml::canonical::{Whitespace, canonical};
use crate::xml::{Element, Name, parse_accepted, strict};
use crate::xmpp::StanzaKind;
use jiff::Timestamp;
use std::borrow::Cow;

/// A stanza that carries sealed content.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    /// The stanza.
    pub stanza: &'a Element,
    /// The element that carries it.
    pub carrier: &'a Element,
    /// The profile of that element.
    pub profile: &'a Profile,
}

/// The sealed stanzas in trees, at any depth.
pub fn sealed_stanzas<'a>(elements: impl Iterator<Item = &'a Element>, profiles: &'a Profiles) -> Vec<Sealed<'a>> {
    let stanzas = elements.flat_map(Element::descendants).filter(|element| is_stanza(element));
    let carried = stanzas.flat_map(|stanza| {
        stanza.elements().filter_map(move |carrier| {
            let profile = profiles.of_carrier(&carrier.name)?;
            Some(Sealed { stanza, carrier, profile })
        })
    });
    carried.collect()
}

/// The profiles whose carrier stands somewhere in examples. Of several with the same carrier, the one that the others extend.
pub fn used<'p>(examples: &[Example], profiles: &'p Profiles) -> Vec<&'p Profile> {
    let is_used = |profile: &&Profile| {
        let base = profile.extends.as_deref().and_then(|id| profiles.get(id));
        let is_variant = base.is_some_and(|base| base.carrier == profile.carrier);
        let names = |element: &Element| element.name == profile.carrier;
        !is_variant && examples.iter().any(|example| example.elements().flat_map(Element::descendants).any(names))
    };
    profiles.iter().filter(is_used).collect()
}

/// Whether an element is a message, presence or iq.
pub fn is_stanza(element: &Element) -> bool {
    crate::xmpp::stanza::StanzaKind::of(element).is_some()
}

/// The envelopes in trees, those with the name of another version included.
pub fn envelopes<'a>(elements: impl Iterator<Item = &'a Element>, profiles: &Profiles) -> Vec<&'a Element> {
    let all = elements.flat_map(Element::descendants);
    all.filter(|element| {
        profiles.envelopes().any(|name| *name == element.name || is_other_version(name, &element.name))
    })
    .collect()
}

/// Whether a name is that of an envelope in another version of its namespace: `urn:xmpp:sce:0` for `urn:xmpp:sce:1`.
pub fn is_other_version(envelope: &Name, name: &Name) -> bool {
    let unversioned = |namespace: &str| namespace.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    envelope.local == name.local
        && envelope.namespace != name.namespace
        && envelope.namespace.ends_with(|c: char| c.is_ascii_digit())
        && unversioned(&envelope.namespace) == unversioned(&name.namespace)
}

/// Who opens what in examples.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'a> {
    /// Whose keys open it.
    pub identity: &'a Identity,
    /// Whose signatures are known.
    pub known: &'a Keyring,
    /// The clock by which keys and signatures are judged.
    pub clock: Timestamp,
}

/// A stanza that was opened, as far as that went.
#[derive(Debug)]
pub struct Opening {
    /// The plaintext.
    pub plaintext: MappedText,
    /// The envelope's tree, if the plaintext is one element.
    pub tree: Option<Element>,
    /// The envelope.
    pub envelope: Option<Envelope>,
    /// What was verified.
    pub verification: Verification,
    /// The stanza as restored.
    pub restored: Option<Restored>,
    /// Everything that is wrong, in the order in which a receiver notices it.
    pub faults: Vec<Fault>,
    /// What the protocol did, a sentence a layer.
    pub layers: Vec<String>,
    /// Who signed, as the protocol verified.
    pub signer: Option<String>,
    /// When it was signed, where the protocol says so.
    pub signed_at: Option<Timestamp>,
    /// What the protocol found done to the text.
    pub protection: Protection,
    /// Whether the form that was opened says who wrote: XEP-0373 has one that does not.
    pub is_authored: bool,
}

impl Opening {
    /// Who wrote it: whom the protocol authenticated, and the envelope does not contradict. Nobody's word is no author.
    pub fn author(&self) -> Option<&str> {
        self.signer.as_deref().filter(|_| self.is_authored && self.is_accepted())
    }

    /// Whether it opened and nothing in it is wrong, and yet nobody vouches for who wrote it.
    pub fn is_unauthenticated(&self) -> bool {
        self.is_accepted() && !self.is_authored
    }

    /// Whether a receiver shows it and marks it as late.
    pub fn is_late(&self) -> bool {
        self.is_accepted() && self.faults.iter().any(|fault| fault.kind == FaultKind::Late)
    }

    /// What a receiver does with it.
    pub fn verdict(&self) -> Verdict {
        match (self.is_accepted(), self.is_unauthenticated()) {
            (_, true) => Verdict::Unauthenticated,
            (true, false) if self.is_late() => Verdict::Late,
            (true, false) => Verdict::Accept,
            (false, false) => Verdict::Reject,
        }
    }

    /// Whether a receiver goes on to process the stanza.
    pub fn is_accepted(&self) -> bool {
        self.restored.is_some() && !self.faults.iter().any(|fault| fault.fatal)
    }
}

/// Opens a sealed stanza all the way: protocol, envelope, affixes, restored stanza.
///
/// # Errors
/// When the protocol cannot open it.
pub fn open(
    sealed: &Sealed<'_>,
    rules: &Rulebook,
    arrival: &Arrival,
    receiver: &Receiver<'_>,
) -> Result<Opening, Failure> {
    open_on(Occasion::First, sealed, rules, arrival, receiver)
}

/// Which time a receiver gets a stanza.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Occasion {
    /// The first.
    #[default]
    First,
    /// The second, and everything is remembered of the first.
    Second,
    /// The second, and the encryption protocol remembers nothing of the first: until a client has caught up, OMEMO keeps the key with
    /// which a session began, so that the message which began it opens again (XEP-0384, section 7).
    SecondForgotten,
}

impl Occasion {
    /// The occasion that a tamper makes.
    pub fn of(tamper: Option<&str>) -> Occasion {
        match tamper {
            Some("repeat") => Occasion::Second,
            Some("repeat-forgotten") => Occasion::SecondForgotten,
            _ => Occasion::First,
        }
    }

    /// The occasion with these two properties.
    pub fn new(repeated: bool, forgotten: bool) -> Occasion {
        match (repeated, forgotten) {
            (false, _) => Occasion::First,
            (true, false) => Occasion::Second,
            (true, true) => Occasion::SecondForgotten,
        }
    }

    /// Whether the stanza came before.
    pub fn is_repeated(self) -> bool {
        self != Occasion::First
    }

    /// Whether the encryption protocol remembers nothing of that.
    pub fn is_forgotten(self) -> bool {
        self == Occasion::SecondForgotten
    }
}

/// Opens a sealed stanza on an occasion.
///
/// # Errors
/// When the protocol cannot open it, or does not open it again.
pub fn open_on(
    occasion: Occasion,
    sealed: &Sealed<'_>,
    rules: &Rulebook,
    arrival: &Arrival,
    receiver: &Receiver<'_>,
) -> Result<Opening, Failure> {
    let mut protocol = protocol_of(sealed.profile)?;
    let first = open_with(protocol.as_mut(), sealed, rules, arrival, receiver)?;
    match occasion {
        Occasion::First => return Ok(first),
        Occasion::Second => {}
        Occasion::SecondForgotten => protocol = protocol_of(sealed.profile)?,
    }
    let mut again = open_with(protocol.as_mut(), sealed, rules, arrival, receiver)?;
    let as_bytes = |opening: &Opening| opening.tree.as_ref().map(|tree| canonical(tree, Whitespace::Exact));
    if first.is_accepted() && as_bytes(&first) == as_bytes(&again) {
        let fault = Fault::new(FaultKind::Repeated, sealed.carrier.span, "the same envelope was accepted before");
        // What makes a receiver act is refused; of what is shown, a second copy is no harm.
        let is_request = arrival.situation == situation_of(sealed.stanza) && requests(sealed.stanza);
        let mut fault = match is_request {
            true => fault,
            false => fault.tolerated().requirement(rules.profiles.verdict("duplicate")),
        };
        rules.profiles.complete(&mut fault);
        again.faults.push(fault);
    }
    Ok(again)
}

/// Whether a stanza is an IQ that makes its receiver act.
fn requests(stanza: &Element) -> bool {
    let kind = StanzaKind::of(stanza);
    kind == Some(StanzaKind::Iq) && matches!(stanza.value("type"), Some("get" | "set"))
}

fn protocol_of(profile: &Profile) -> Result<Box<dyn Protocol>, Failure> {
    protocol::by_name(&profile.protocol).ok_or_else(|| Failure::unknown_protocol(&profile.protocol))
}

/// The faults of stanzas that carry more than one thing.
pub fn further_carriers(sealed: &[Sealed<'_>]) -> Vec<Fault> {
    let pairs = sealed.windows(2).filter_map(|pair| match pair {
        [first, second] if std::ptr::eq(first.stanza, second.stanza) => Some((first, second)),
        _ => None,
    });
    let fault = |(first, second): (&Sealed<'_>, &Sealed<'_>)| {
        let message = format!("a second carrier, `<{}>`, in one stanza", second.carrier.written_name());
        Fault::new(FaultKind::CarrierCount, second.carrier.start_tag, message)
            .related(first.carrier.start_tag, "the first one")
            .help("send one: receivers disagree about which of two they open")
    };
    pairs.map(fault).collect()
}

/// Opens a sealed stanza with a protocol that may remember sessions.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    protocol: &mut dyn Protocol,
    sealed: &Sealed<'_>,
    rules: &Rulebook,
    arrival: &Arrival,
    receiver: &Receiver<'_>,
) -> Result<Opening, Failure> {
    let profile = sealed.profile;
    let carrier = Carrier::new(profile.carrier.clone(), &profile.payload);
    let request = OpenRequest {
        receiver: receiver.identity,
        known: receiver.known,
        sender: None,
        time: receiver.clock,
        demand: Protection::NONE,
        carrier: &carrier,
    };
    let opened = protocol.open(sealed.carrier, &request)?;
    let mut opening = Opening {
        plaintext: opened.plaintext,
        tree: None,
        envelope: None,
        verification: Verification::default(),
        restored: None,
        faults: Vec::new(),
        layers: opened.layers,
        signer: opened.signer.map(|signer| signer.to_string()),
        signed_at: opened.signed_at,
        protection: opened.protection,
        is_authored: true,
    };
    let also = opened.also.iter().map(ToString::to_string);
    let signers: Vec<String> = opening.signer.iter().cloned().chain(also).collect();
    let authorship = Authorship { signers: &signers, signed_at: opened.signed_at };
    read_plaintext(sealed, rules, arrival, authorship, opened.protection, &mut opening);
    for fault in &mut opening.faults {
        rules.profiles.complete(fault);
    }
    Ok(opening)
}

fn read_plaintext(
    sealed: &Sealed<'_>,
    rules: &Rulebook,
    arrival: &Arrival,
    authorship: Authorship<'_>,
    protection: Protection,
    opening: &mut Opening,
) {
    let span = opening.plaintext.whole().unwrap_or(sealed.carrier.span);
    let Some(tree) = one_element(&opening.plaintext, span, &mut opening.faults) else { return };
    let Some(form) = sealed.profile.form(&tree.name) else {
        opening.faults.push(wrong_plaintext(&tree, &sealed.profile.envelope, span));
        opening.tree = Some(tree);
        return;
    };
    if let Some(fault) = unprotected(form, protection, span) {
        opening.faults.push(fault);
    }
    let (envelope, faults) = envelope::read(&tree, form, &rules.profiles, Some(&arrival.situation), true);
    opening.faults.extend(faults);
    // Encrypted by nobody knows whom: even a signature would not say for whom it was made.
    opening.is_authored = form.signed || !form.encrypted;
    if !opening.is_authored && StanzaKind::of(sealed.stanza) == Some(StanzaKind::Iq) {
        let message = "an IQ makes its receiver act, and nobody vouches for who wrote this one";
        let fault = Fault::new(FaultKind::NotProtected, span, message);
        opening.faults.push(fault.requirement(rules.profiles.verdict("unauthored-iq")));
    }
    let verification = verify(&envelope, form, &rules.profiles, arrival, authorship);
    opening.faults.extend(verification.faults.iter().cloned());
    let restored = restore(sealed.stanza, &sealed.carrier.name, &envelope, form, &rules.policy);
    opening.faults.extend(restored.faults.iter().cloned());
    opening.signer = verification.signer.clone().or(opening.signer.take());
    opening.verification = verification;
    opening.envelope = Some(envelope);
    opening.tree = Some(tree);
    opening.restored = Some(restored);
}

/// The one element that a plaintext is. It comes from others, so it passes the strict parser before ours reads it.
fn one_element(plaintext: &MappedText, span: Span, faults: &mut Vec<Fault>) -> Option<Element> {
    if let Err(refusal) = strict::check(plaintext.as_str()) {
        let message = "the payload opens to what is not one well-formed element";
        let shown = super::compare::cut(plaintext.as_str().trim());
        let fault = Fault::new(FaultKind::MalformedPlaintext, span, message);
        faults.push(fault.note(format!("{refusal}; it reads: {shown}")));
        return None;
    }
    let parsed = match strict::with_line_feeds(plaintext.as_str()) {
        Cow::Borrowed(_) => parse_accepted(plaintext, ""),
        Cow::Owned(text) => parse_accepted(&MappedText::standing_for(text, span), ""),
    };
    let element = parsed.elements().next().filter(|_| parsed.problems.is_empty()).cloned();
    if element.is_none() {
        faults.push(Fault::new(FaultKind::MalformedPlaintext, span, "the payload opens to what cannot be read"));
    }
    element
}

/// The fault of a root that is no envelope.
pub fn wrong_envelope(found: &Element, expected: &Name, span: Span) -> Fault {
    let message = format!("`<{} xmlns='{}'>` is no envelope", found.name.local, found.name.namespace);
    wrong_name(message, expected, span)
}

/// The fault of a plaintext whose root is no envelope.
fn wrong_plaintext(found: &Element, expected: &Name, span: Span) -> Fault {
    let message =
        format!("the payload opens to `<{} xmlns='{}'>`, which is no envelope", found.name.local, found.name.namespace);
    wrong_name(message, expected, span)
}

fn wrong_name(message: String, expected: &Name, span: Span) -> Fault {
    let help = format!("the envelope is `<{} xmlns='{}'>`", expected.local, expected.namespace);
    Fault::new(FaultKind::WrongEnvelope, span, message).help(help)
}

fn unprotected(form: &Profile, protection: Protection, span: Span) -> Option<Fault> {
    let missing = match (form.encrypted && !protection.encrypted, form.signed && !protection.signed) {
        (true, _) => "encrypted",
        (false, true) => "signed by anybody who is known",
        (false, false) => return None,
    };
    Some(Fault::new(
        FaultKind::NotProtected,
        span,
        format!("the envelope is not {missing}, but the profile `{}` demands that", form.id),
    ))
}

/// Whether the text of a carrier is a placeholder that specifications write instead of ciphertext.
pub fn is_placeholder(sealed: &Sealed<'_>) -> bool {
    let holder = match sealed.profile.payload.as_str() {
        "" => sealed.carrier,
        name => match sealed.carrier.elements().find(|child| child.name.local == name) {
            Some(payload) => payload,
            None => return true,
        },
    };
    let text = holder.text();
    let text = text.as_str().trim();
    let is_word = text.len() < 40 && text.chars().any(|c| !c.is_ascii_alphanumeric() && !"+/= \n\t".contains(c));
    is_elided(text) || is_word || text.is_empty()
}

/// The envelope that a sealed example is said to come from: the one that the author names, else the nearest before it in its
/// section.
pub fn said_to_come_from<'a>(
    examples: &'a [Example],
    at: usize,
    profiles: &Profiles,
) -> Option<(&'a Example, &'a Element)> {
    let example = examples.get(at)?;
    if example.directives.get("tamper").is_some() {
        return None;
    }
    if let Some(name) = example.directives.text("sealed-from").or(example.directives.text("seal")) {
        let name = name.trim_start_matches('#');
        let source = examples.iter().find(|other| other.name.as_deref() == Some(name) || other.id == name)?;
        return Some((source, source.elements().next()?));
    }
    let before = examples.get(..at)?.iter().rev();
    let same_section = before.take_while(|other| other.sections.last() == example.sections.last());
    let mut candidates =
        same_section.filter(|other| !other.generated).take_while(|other| !holds_carrier(other, profiles));
    candidates.find_map(|other| {
        let found = envelopes(other.elements(), profiles).into_iter().next()?;
        Some((other, found))
    })
}

fn holds_carrier(example: &Example, profiles: &Profiles) -> bool {
    !sealed_stanzas(example.elements(), profiles).is_empty()
}

/// How an opened stanza differs from what it is said to come from: an envelope, or a stanza, to which the sender may have
/// added the hints of the profile.
pub fn differs(opening: &Opening, source: &Element, profile: &Profile) -> Option<Difference> {
    if !is_stanza(source) {
        return difference(source, opening.tree.as_ref()?);
    }
    let mut restored = opening.restored.as_ref()?.stanza.clone();
    let is_hint = |name: &Name| profile.hints.iter().any(|hint| hint.element.name == *name);
    let is_added = |child: &Element| is_hint(&child.name) && source.elements().all(|own| own.name != child.name);
    restored.children.retain(|node| node.element().is_none_or(|child| !is_added(child)));
    difference(source, &restored)
}
