//! What a receiver did with a stanza, layer by layer, as data: for `xep open`, for people and for programs.
//!
//! Content that was not verified is in no layer. Where it is asked for, it stands in [`Explanation::unverified`], and nowhere else.

use super::sealed::{Opening, Sealed};
use crate::protocol::Failure;
use crate::sce::arrival::{Arrival, Wrapped};
use crate::sce::{Fault, FaultKind, Rulebook, seal};
use crate::xml::write::{Style, write};
use crate::xml::{CLIENT, Element, Name};
use serde::Serialize;

/// The version of the form; a change that readers notice makes it another.
pub const VERSION: u32 = 1;

/// How a stanza fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything was verified.
    Accepted,
    /// Everything was verified but the time, which is too far away: it is shown, and marked for that.
    Late,
    /// A receiver refuses it.
    Refused,
    /// It carries nothing that a profile describes.
    NotSealed,
    /// It opened and nothing in it is wrong, but nobody vouches for who wrote it.
    Unauthenticated,
}

/// A stanza, layer by layer.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The version of this form.
    pub version: u32,
    /// How it fared.
    pub outcome: Outcome,
    /// The stanza as it arrived.
    pub message: MessageLayer,
    /// What the encryption protocol did.
    pub protocol: Option<ProtocolLayer>,
    /// The envelope, as far as nothing of its content is told.
    pub envelope: Option<EnvelopeLayer>,
    /// The affixes, each with what it was compared with.
    pub affixes: Vec<AffixLayer>,
    /// What else was compared: who signed, who sent the wrapper.
    pub comparisons: Vec<ComparisonLayer>,
    /// Where each element stood, and what became of it.
    pub policy: Vec<PolicyLayer>,
    /// What is wrong, in the order in which a receiver notices it.
    pub faults: Vec<FaultLayer>,
    /// Whom a receiver takes for the author; nobody where nobody vouches for it.
    pub author: Option<String>,
    /// The stanza as restored, where it was accepted.
    pub restored: Option<String>,
    /// Where each child of the restored stanza stood, in order: `inside`, its author's word, or `outside`, anybody's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// What could be read and was not verified, where it was asked for.
    pub unverified: Option<Unverified>,
}

/// The stanza as it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct MessageLayer {
    /// `message`, `presence` or `iq`.
    pub stanza: String,
    /// Its `type`.
    #[serde(rename = "type")]
    pub type_: Option<String>,
    /// Its `id`.
    pub id: Option<String>,
    /// Its `from`.
    pub from: Option<String>,
    /// Its `to`.
    pub to: Option<String>,
    /// The situation in which it arrived.
    pub situation: String,
    /// The account that received it.
    pub account: Option<String>,
    /// The receiver's clock.
    pub clock: Option<String>,
    /// Who sent the wrapper, where it came in one.
    pub wrapper_from: Option<String>,
    /// The stamp in the wrapper.
    pub delay: Option<String>,
}

/// What the encryption protocol did.
#[derive(Clone, Debug, Serialize)]
pub struct ProtocolLayer {
    /// The profile.
    pub profile: String,
    /// What people call it.
    pub title: String,
    /// The element that carries the ciphertext.
    pub carrier: String,
    /// What was done, a sentence a step.
    pub steps: Vec<String>,
    /// Who signed, verified.
    pub signer: Option<String>,
    /// Whether it was encrypted.
    pub encrypted: bool,
    /// Whether it was signed by somebody known.
    pub signed: bool,
    /// Why it does not open.
    pub failure: Option<String>,
}

/// The envelope.
#[derive(Clone, Debug, Serialize)]
pub struct EnvelopeLayer {
    /// Its name.
    pub element: String,
    /// The form of the profile that it is of, where it is one.
    pub form: Option<String>,
    /// Its length in bytes, padding included.
    pub bytes: usize,
}

/// An affix.
#[derive(Clone, Debug, Serialize)]
pub struct AffixLayer {
    /// Its name.
    pub name: String,
    /// Its value; of padding its length in bytes.
    pub value: String,
    /// Whether the profile demands it in this situation.
    pub demanded: String,
    /// What it was compared with.
    pub comparisons: Vec<ComparisonLayer>,
    /// `verified`, `failed`, or `not compared`; of a stanza that is refused `agrees` in place of `verified`, for nobody vouches for it.
    pub verdict: String,
    /// The requirement that says how it is verified.
    pub requirement: Option<String>,
}

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub struct ComparisonLayer {
    /// What was compared.
    pub subject: String,
    /// Its value.
    pub value: String,
    /// With what, as the table of situations calls it.
    pub term: String,
    /// The value of that; nothing where it is not known.
    pub with: Option<String>,
    /// Whether they agree.
    pub agrees: bool,
}

/// An element, where it stood and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyLayer {
    /// Its name.
    pub element: String,
    /// `inside` or `outside`.
    pub stood: String,
    /// Its place by the policy.
    pub place: String,
    /// `kept`, `discarded`, `ignored`; of a stanza that is refused: `unused`.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// Where that is said.
    pub source: String,
}

/// Something that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct FaultLayer {
    /// The kind, in a word.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// Why.
    pub note: Option<String>,
    /// The requirements that decide.
    pub requirements: Vec<String>,
    /// Whether a receiver refuses the stanza for it.
    pub fatal: bool,
}

/// What could be read of a stanza that a receiver refuses. Nobody vouches for it.
#[derive(Clone, Debug, Serialize)]
pub struct Unverified {
    /// Says so.
    pub warning: String,
    /// The plaintext as it came out, or as it stood in the open.
    pub plaintext: String,
}

/// What is told although nobody vouches for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shows {
    /// The text of what is refused.
    pub refused: bool,
    /// The stanza that somebody unknown wrote.
    pub unauthenticated: bool,
}

/// What there is to be explained.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The stanza, without its wrapper.
    pub stanza: &'a Element,
    /// Its wrapper.
    pub wrapped: Option<&'a Wrapped<'a>>,
    /// All that it carries.
    pub sealed: &'a [Sealed<'a>],
    /// How it arrived.
    pub arrival: &'a Arrival,
    /// The tables.
    pub rules: &'a Rulebook,
    /// What came of opening the first carrier.
    pub result: Option<&'a Result<Opening, Failure>>,
    /// What of it is told although nobody vouches for it.
    pub shows: Shows,
}

impl Explanation {
    /// Explains a stanza.
    pub fn of(case: &Case<'_>) -> Explanation {
        let opening = case.result.and_then(|result| result.as_ref().ok());
        let mut faults = faults_outside(case);
        faults.extend(opening.into_iter().flat_map(|opening| opening.faults.iter().cloned()));
        let is_refused = faults.iter().any(|fault| fault.fatal);
        let accepted = opening.filter(|opening| opening.is_accepted() && !is_refused);
        let outcome = match (case.sealed, accepted) {
            ([], _) if is_refused => Outcome::Refused,
            ([], _) => Outcome::NotSealed,
            (_, Some(opening)) if opening.is_unauthenticated() => Outcome::Unauthenticated,
            (_, Some(opening)) if opening.is_late() => Outcome::Late,
            (_, Some(_)) => Outcome::Accepted,
            (_, None) => Outcome::Refused,
        };
        let hides = accepted.is_none() && !case.shows.refused;
        let mut faults: Vec<FaultLayer> = faults.iter().map(|fault| fault_layer(fault, hides)).collect();
        faults.extend(case.result.and_then(|result| result.as_ref().err()).map(|failure| not_opened(failure, case)));
        let is_shown = outcome != Outcome::Unauthenticated || case.shows.unauthenticated || case.shows.refused;
        let restored = accepted.and_then(|opening| opening.restored.as_ref()).filter(|_| is_shown);
        Explanation {
            version: VERSION,
            outcome,
            message: message(case),
            protocol: case.sealed.first().map(|sealed| protocol(sealed, case.result)),
            envelope: opening.and_then(|opening| envelope(opening, case, hides)),
            affixes: opening.map_or_else(Vec::new, |opening| affixes(opening, case, accepted.is_some())),
            comparisons: opening.map_or_else(Vec::new, other_comparisons),
            policy: policy(case, accepted),
            faults,
            author: accepted.and_then(Opening::author).map(str::to_owned),
            origins: restored.into_iter().flat_map(|one| &one.origins).map(|origin| origin.word().to_owned()).collect(),
            restored: restored.map(|restored| write(&restored.stanza, CLIENT, Style::default())),
            unverified: opening.filter(|_| case.shows.refused && accepted.is_none()).map(|opening| Unverified {
                warning: "NOT VERIFIED: nobody vouches for what follows, nor for who wrote it.".into(),
                plaintext: opening.plaintext.as_str().to_owned(),
            }),
        }
    }
}

/// What is wrong around the carrier.
fn faults_outside(case: &Case<'_>) -> Vec<Fault> {
    let mut faults = super::sealed::further_carriers(case.sealed);
    if let Some(sealed) = case.sealed.first() {
        faults.extend(seal::check_outside(sealed.stanza, sealed.carrier, sealed.profile, &case.rules.policy));
    }
    // Where nothing is carried, nothing else looks at how it arrived.
    if case.sealed.is_empty() {
        faults.extend(case.arrival.faults.iter().filter(|fault| fault.kind == FaultKind::WrapperShape).cloned());
    }
    // A receiver drops such an envelope and goes on.
    faults.extend(seal::unencrypted_envelopes(case.stanza, &case.rules.profiles).into_iter().map(Fault::tolerated));
    faults.iter_mut().for_each(|fault| case.rules.profiles.complete(fault));
    faults
}

/// What is wrong, in words that repeat nothing of a content that was not verified.
pub fn discreet(fault: &Fault) -> Option<&'static str> {
    match fault.kind {
        FaultKind::MalformedPlaintext => Some("what came out of the payload is not one well-formed element"),
        FaultKind::WrongEnvelope => Some("what came out of the payload is no envelope of the profile"),
        FaultKind::UnqualifiedContent => Some("an element of the content has no namespace of its own"),
        FaultKind::ServerProcessedInside => {
            Some("an element of the content is for servers, which cannot read it there")
        }
        _ => None,
    }
}

fn fault_layer(fault: &Fault, hides: bool) -> FaultLayer {
    let told = discreet(fault).filter(|_| hides);
    FaultLayer {
        kind: fault.kind.word().to_owned(),
        message: told.map_or_else(|| fault.message.clone(), str::to_owned),
        note: fault.note.clone().filter(|_| told.is_none()),
        requirements: fault.requirement.iter().chain(&fault.grounds).cloned().collect(),
        fatal: fault.fatal,
    }
}

fn not_opened(failure: &Failure, case: &Case<'_>) -> FaultLayer {
    FaultLayer {
        kind: "not-opened".into(),
        message: failure.message().to_owned(),
        note: None,
        // Bytes that are no text are no XML either.
        requirements: case
            .rules
            .profiles
            .verdict(if failure.is_not_text() { "malformed-plaintext" } else { "not-opened" })
            .map(str::to_owned)
            .into_iter()
            .collect(),
        fatal: true,
    }
}

fn message(case: &Case<'_>) -> MessageLayer {
    let value = |name: &str| case.stanza.value(name).map(str::to_owned);
    let arrival = case.arrival;
    MessageLayer {
        stanza: case.stanza.name.local.clone(),
        type_: value("type"),
        id: value("id"),
        from: value("from"),
        to: value("to"),
        situation: arrival.situation.clone(),
        account: arrival.account.as_ref().map(|account| account.jid.clone()),
        clock: arrival.now.map(|now| now.to_string()),
        wrapper_from: case.wrapped.and_then(|wrapped| wrapped.from.as_ref()).map(|from| from.jid.clone()),
        delay: arrival.delay.map(|delay| delay.to_string()),
    }
}

fn protocol(sealed: &Sealed<'_>, result: Option<&Result<Opening, Failure>>) -> ProtocolLayer {
    let opening = result.and_then(|result| result.as_ref().ok());
    ProtocolLayer {
        profile: sealed.profile.id.clone(),
        title: sealed.profile.title.clone(),
        carrier: sealed.profile.carrier.to_string(),
        steps: opening.map_or_else(Vec::new, |opening| opening.layers.clone()),
        signer: opening.and_then(|opening| opening.signer.clone()),
        encrypted: opening.is_some_and(|opening| opening.protection.encrypted),
        signed: opening.is_some_and(|opening| opening.protection.signed),
        failure: result.and_then(|result| result.as_ref().err()).map(|failure| failure.message().to_owned()),
    }
}

fn envelope(opening: &Opening, case: &Case<'_>, hides: bool) -> Option<EnvelopeLayer> {
    let tree = opening.tree.as_ref()?;
    let form = case.sealed.first().and_then(|sealed| sealed.profile.form(&tree.name));
    Some(EnvelopeLayer {
        element: match form {
            None if hides => "another element".into(),
            _ => tree.name.to_string(),
        },
        form: form.map(|form| form.id.clone()),
        bytes: opening.plaintext.as_str().len(),
    })
}

fn affixes(opening: &Opening, case: &Case<'_>, is_accepted: bool) -> Vec<AffixLayer> {
    let Some((envelope, form)) = opening
        .envelope
        .as_ref()
        .zip(opening.tree.as_ref())
        .and_then(|(envelope, tree)| Some((envelope, case.sealed.first()?.profile.form(&tree.name)?)))
    else {
        return Vec::new();
    };
    let layer = |found: &crate::sce::envelope::Found| {
        let affix = form.affixes.get(&found.name)?;
        let all = opening.verification.comparisons.iter();
        let comparisons: Vec<ComparisonLayer> = all.filter(|one| one.subject == found.name).map(comparison).collect();
        let is_padding = affix.holds == crate::sce::profile::Holds::Padding;
        Some(AffixLayer {
            name: found.name.clone(),
            value: if is_padding { format!("{} bytes", found.value.len()) } else { found.value.clone() },
            demanded: affix.use_in(Some(&case.arrival.situation)).word().to_owned(),
            verdict: match comparisons
                .iter()
                .filter(|one| one.with.is_some())
                .map(|one| one.agrees)
                .reduce(|a, b| a && b)
            {
                None => "not compared",
                Some(true) if is_accepted => "verified",
                // Of a stanza that is refused nothing was verified: it only says what others say as well.
                Some(true) => "agrees",
                Some(false) => "failed",
            }
            .to_owned(),
            comparisons,
            requirement: affix.requirement.clone(),
        })
    };
    envelope.affixes.iter().filter_map(layer).collect()
}

fn comparison(one: &crate::sce::open::Comparison) -> ComparisonLayer {
    ComparisonLayer {
        subject: one.subject.clone(),
        value: one.value.clone(),
        term: one.term.to_owned(),
        with: one.with.clone(),
        agrees: one.agrees,
    }
}

/// The comparisons that are about no affix.
fn other_comparisons(opening: &Opening) -> Vec<ComparisonLayer> {
    let is_affix = |subject: &str| {
        opening.envelope.iter().flat_map(|envelope| &envelope.affixes).any(|found| found.name == subject)
    };
    opening.verification.comparisons.iter().filter(|one| !is_affix(&one.subject)).map(comparison).collect()
}

/// Where each element stood. What stood inside is told of accepted stanzas alone.
fn policy(case: &Case<'_>, accepted: Option<&Opening>) -> Vec<PolicyLayer> {
    let kind = case.stanza.name.local.as_str();
    let carriers: Vec<&Name> = case.sealed.iter().map(|sealed| &sealed.carrier.name).collect();
    let layer = |element: &Element, stood: &str, outcome: &str| {
        let row = case.rules.policy.row(&element.name, kind);
        PolicyLayer {
            element: element.name.to_string(),
            stood: stood.to_owned(),
            place: row.place.word().to_owned(),
            outcome: outcome.to_owned(),
            reason: row.reason.clone(),
            source: row.source.clone(),
        }
    };
    let restored = accepted.and_then(|opening| opening.restored.as_ref());
    let fate = |element: &Element| match restored {
        Some(restored) if restored.ignored.contains(&element.name) => "ignored",
        None if !case.sealed.is_empty() => "unused",
        _ => "kept",
    };
    let outside = case.stanza.elements().filter(|child| !carriers.contains(&&child.name));
    let mut layers: Vec<PolicyLayer> = outside.map(|child| layer(child, "outside", fate(child))).collect();
    let content = accepted.and_then(|opening| opening.envelope.as_ref()).map(|envelope| &envelope.content);
    layers.extend(content.into_iter().flatten().map(|child| {
        let is_discarded = restored.is_some_and(|restored| restored.discarded.contains(&child.name));
        layer(child, "inside", if is_discarded { "discarded" } else { "kept" })
    }));
    layers
}
