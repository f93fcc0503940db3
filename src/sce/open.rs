//! The receiver's side: verifying an envelope in its situation, and putting the stanza together again.

use super::arrival::{Address, Arrival};
use super::envelope::{Envelope, Found};
use super::fault::{Fault, FaultKind};
use super::policy::{Place, Policy};
use super::profile::{Affix, Holds, Profile, Profiles, Situation, Term, Verify};
use crate::source::Span;
use crate::xml::{Element, Name, Node};
use crate::xmpp::{StanzaKind, jid, time};

/// One comparison that a receiver made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The affix, or `signer`.
    pub subject: String,
    /// Its value.
    pub value: String,
    /// What it was compared with, as the table calls it.
    pub term: &'static str,
    /// The value of that; nothing where it is not known.
    pub with: Option<String>,
    /// Whether they agree; what is not known is not held against anybody.
    pub agrees: bool,
}

/// What a receiver verified.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// All comparisons, in order.
    pub comparisons: Vec<Comparison>,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// Verifies the affixes of an envelope, and who signed it, in the situation of its arrival.
///
/// `signer` is the bare JID that the protocol authenticated, if it did.
pub fn verify(
    envelope: &Envelope,
    form: &Profile,
    profiles: &Profiles,
    arrival: &Arrival,
    signer: Option<&str>,
) -> Verification {
    let mut verification = Verification::default();
    let Some(situation) = profiles.situation(&arrival.situation) else { return verification };
    verify_wrapper(envelope.span, situation, arrival, &mut verification);
    verify_own(envelope.span, situation, arrival, &mut verification);
    for (name, affix) in &form.affixes {
        let found: Vec<&Found> = envelope.affixes.iter().filter(|one| one.name == *name).collect();
        match affix.verify {
            Verify::None => {}
            Verify::Address => verify_address(&found, affix, situation, arrival, &mut verification),
            Verify::Time => verify_time(&found, affix, form, situation, arrival, &mut verification),
        }
    }
    if form.signed
        && let Some(signer) = signer
    {
        verify_signer(signer, envelope, form, situation, arrival, &mut verification);
    }
    verification
}

/// Who may send a copy or what an archive holds is settled before the stanza inside is looked at.
fn verify_wrapper(span: Span, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let Some(found) = &arrival.wrapper_from else { return };
    for &term in &situation.wrapper_from {
        let with = arrival.address(term);
        let agrees = with.is_none_or(|with| jid::same_bare(&found.jid, &with.jid));
        out.comparisons.push(Comparison {
            subject: "wrapper".into(),
            value: found.jid.clone(),
            term: term.word(),
            with: with.map(|with| with.jid.clone()),
            agrees,
        });
        if let (false, Some(with)) = (agrees, with) {
            let message = format!("the wrapper comes from `{}`, not from `{}`", found.jid, jid::bare(&with.jid));
            let fault = Fault::new(FaultKind::ForgedWrapper, found.span.unwrap_or(span), message)
                .note(format!("{}: compared with `{}`. {}", situation.title, term.word(), situation.reason))
                .requirement(Some(&situation.requirement));
            out.faults.push(fault);
        }
    }
}

/// What the own archive holds is of the own account, or for it.
fn verify_own(span: Span, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let Some(account) = arrival.account.as_ref().filter(|_| !situation.own.is_empty()) else { return };
    let addresses: Vec<&Address> = situation.own.iter().filter_map(|term| arrival.address(*term)).collect();
    let agrees = addresses.iter().any(|address| jid::same_bare(&address.jid, &account.jid));
    out.comparisons.push(Comparison {
        subject: "account".into(),
        value: account.jid.clone(),
        term: situation.own.first().map_or("none", |term| term.word()),
        with: Some(addresses.iter().map(|address| jid::bare(&address.jid)).collect::<Vec<_>>().join(", ")),
        agrees,
    });
    if !agrees {
        let message = format!("neither address of the stanza is the own account, `{}`", account.jid);
        let fault = Fault::new(FaultKind::ForgedWrapper, span, message)
            .note(format!("{}: {}", situation.title, situation.reason))
            .requirement(situation.own_requirement.as_deref().or(Some(&situation.requirement)));
        out.faults.push(fault);
    }
}

fn terms(situation: &Situation, holds: Holds) -> &[Term] {
    match holds {
        Holds::Recipient => &situation.to,
        Holds::Sender => &situation.from,
        Holds::Time => &situation.time,
        Holds::Padding | Holds::Other => &[],
    }
}

/// Of several affixes of one name (several recipients), one has to agree with each term.
fn verify_address(found: &[&Found], affix: &Affix, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let Some(first) = found.first() else { return };
    for &term in terms(situation, affix.holds).iter().filter(|term| **term != Term::None) {
        let with = arrival.address(term);
        let agrees = with.is_none_or(|with| found.iter().any(|one| jid::same_bare(&one.value, &with.jid)));
        out.comparisons.push(Comparison {
            subject: first.name.clone(),
            value: found.iter().map(|one| one.value.as_str()).collect::<Vec<_>>().join(", "),
            term: term.word(),
            with: with.map(|with| with.jid.clone()),
            agrees,
        });
        if let (false, Some(with)) = (agrees, with) {
            let who = match term {
                Term::Account => "the own account is",
                Term::WrapperFrom => "the wrapper comes from",
                Term::Occupant => "the room says that it is of",
                _ => "the stanza says",
            };
            let message = format!(
                "`<{}/>` names `{}`, but {who} `{}`",
                first.name,
                jid::bare(&first.value),
                jid::bare(&with.jid)
            );
            let mut fault = Fault::new(FaultKind::AffixMismatch, first.span, message)
                .note(format!("{}: compared with `{}`. {}", situation.title, term.word(), affix.reason))
                .requirement(affix.requirement.as_deref())
                .ground(&situation.requirement);
            if let Some(span) = with.span {
                fault = fault.related(span, "the stanza's address");
            }
            out.faults.push(fault);
            return;
        }
    }
}

fn verify_time(
    found: &[&Found],
    affix: &Affix,
    form: &Profile,
    situation: &Situation,
    arrival: &Arrival,
    out: &mut Verification,
) {
    let Some(first) = found.first() else { return };
    let Ok(sent) = time::parse_date_time(&first.value) else { return };
    for &term in terms(situation, affix.holds) {
        let with = arrival.time(term);
        let difference = with.map(|with| (with.as_second() - sent.as_second()).abs());
        let agrees = difference.is_none_or(|seconds| seconds <= form.time_margin);
        out.comparisons.push(Comparison {
            subject: first.name.clone(),
            value: first.value.clone(),
            term: if term == Term::Delay && arrival.delay.is_none() { Term::Now.word() } else { term.word() },
            with: with.map(|with| with.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            agrees,
        });
        if let (false, Some(with), Some(seconds)) = (agrees, with, difference) {
            let message = format!("`<{}/>` says `{}`, {seconds} seconds away from `{with}`", first.name, first.value);
            out.faults.push(
                Fault::new(FaultKind::AffixMismatch, first.span, message)
                    .note(format!("{}: at most {} seconds are tolerated", situation.title, form.time_margin))
                    .requirement(affix.requirement.as_deref())
                    .ground(&situation.requirement),
            );
        }
    }
}

/// Who signed must be the sender that the envelope names; where it names none, the one that the situation knows.
fn verify_signer(
    signer: &str,
    envelope: &Envelope,
    form: &Profile,
    situation: &Situation,
    arrival: &Arrival,
    out: &mut Verification,
) {
    let named = envelope
        .affixes
        .iter()
        .find(|one| form.affixes.get(&one.name).is_some_and(|affix| affix.holds == Holds::Sender));
    let claims: Vec<(&'static str, String)> = match named {
        Some(found) => vec![("the envelope", found.value.clone())],
        None => {
            situation.from.iter().filter_map(|&term| Some((term.word(), arrival.address(term)?.jid.clone()))).collect()
        }
    };
    for (term, claimed) in claims {
        let agrees = jid::same_bare(signer, &claimed);
        out.comparisons.push(Comparison {
            subject: "signer".into(),
            value: signer.into(),
            term,
            with: Some(claimed.clone()),
            agrees,
        });
        if !agrees {
            let message =
                format!("the signature is of `{signer}`, but the sender is said to be `{}`", jid::bare(&claimed));
            let span = named.map_or(envelope.span, |found| found.span);
            out.faults.push(Fault::new(FaultKind::WrongSigner, span, message).ground(&situation.requirement));
        }
    }
}

/// A stanza after opening.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The stanza, the carrier replaced by the content.
    pub stanza: Element,
    /// Elements of the content that a receiver discards, since they belong outside.
    pub discarded: Vec<Name>,
    /// Elements beside the carrier that a receiver ignores, since they belong inside.
    pub ignored: Vec<Name>,
    /// What was wrong.
    pub faults: Vec<Fault>,
}

/// Puts the stanza together again: server-processed elements in the content are discarded, sensitive ones outside ignored,
/// the carrier is replaced by the content's children, and a stand-in gives way to what it stands for.
pub fn restore(sealed: &Element, carrier: &Name, envelope: &Envelope, form: &Profile, policy: &Policy) -> Restored {
    let kind = sealed.name.local.as_str();
    let mut faults = Vec::new();
    let (mut kept, mut discarded, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    for child in &envelope.content {
        let row = policy.row(&child.name, kind);
        if row.place == Place::Outside {
            discarded.push(child.name.clone());
            faults.push(inside_fault(child, &row.reason, &row.source));
        } else {
            kept.push(child.clone());
        }
    }
    let mut stanza = sealed.clone();
    stanza.children.clear();
    for child in sealed.elements() {
        let row = policy.row(&child.name, kind);
        let stands_in = row.stand_in.is_some() && kept.iter().any(|inner| inner.name == child.name);
        if child.name == *carrier {
            stanza.children.extend(kept.iter().cloned().map(Node::from));
        } else if row.place == Place::Inside && !form.outside.contains(&child.name) {
            ignored.push(child.name.clone());
        } else if !stands_in {
            stanza.children.push(Node::from(child.clone()));
        }
    }
    faults.extend(wrong_children(&stanza, envelope.span));
    Restored { stanza, discarded, ignored, faults }
}

/// An IQ that asks has one child, a result has one at most, an error says which (RFC 6120, section 8.2.3).
fn wrong_children(stanza: &Element, span: Span) -> Option<Fault> {
    if StanzaKind::of(stanza) != Some(StanzaKind::Iq) {
        return None;
    }
    let (errors, payloads): (Vec<&Element>, Vec<&Element>) =
        stanza.elements().partition(|child| child.name.local == "error");
    let demand = match stanza.value("type") {
        Some("get" | "set") if payloads.len() != 1 || !errors.is_empty() => "has exactly one child",
        Some("result") if payloads.len() > 1 || !errors.is_empty() => "has one child at most",
        Some("error") if errors.len() != 1 => "has one `<error/>`",
        _ => return None,
    };
    let type_ = stanza.value("type").unwrap_or_default();
    let message =
        format!("the restored IQ has {} children, but one of type `{type_}` {demand}", stanza.elements().count());
    Some(Fault::new(FaultKind::IqChildren, span, message))
}

/// The elements of a content that belong outside.
pub fn check_inside(envelope: &Envelope, stanza: &str, policy: &Policy) -> Vec<Fault> {
    let outside = envelope.content.iter().map(|child| (child, policy.row(&child.name, stanza)));
    outside
        .filter(|(_, row)| row.place == Place::Outside)
        .map(|(child, row)| inside_fault(child, &row.reason, &row.source))
        .collect()
}

fn inside_fault(child: &Element, reason: &str, source: &str) -> Fault {
    let message = format!("`<{}>` is for servers, and inside the envelope none can read it", child.written_name());
    Fault::new(FaultKind::ServerProcessedInside, child.start_tag, message)
        .tolerated()
        .note(format!("{reason} ({source})"))
        .help("put it beside the encrypted content: a receiver discards it here")
}
