//! The receiver's side: verifying an envelope in its situation, and putting the stanza together again.

use super::arrival::{Address, Arrival};
use super::envelope::{Envelope, Found, trimmed};
use super::fault::{Fault, FaultKind};
use super::policy::{Once, Outside, Place, Policy, Row, Side};
use super::profile::{Affix, Holds, Late, Profile, Profiles, Situation, Term, Verify};
use crate::source::Span;
use crate::xml::canonical::{Whitespace, is_same};
use crate::xml::{Element, Name, Node};
use crate::xmpp::{StanzaKind, jid, time};
use jiff::Timestamp;

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
    /// Who signed: of several accounts that have the key, the one that is said to have written.
    pub signer: Option<String>,
    /// All comparisons, in order.
    pub comparisons: Vec<Comparison>,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// What the encryption protocol says of who wrote.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authorship<'a> {
    /// The bare JIDs that it authenticated: none where it authenticates nobody, several where a key is of several accounts.
    pub signers: &'a [String],
    /// When that was signed, where the protocol says so.
    pub signed_at: Option<Timestamp>,
}

/// Verifies the affixes of an envelope, and who signed it, in the situation of its arrival.
pub fn verify(
    envelope: &Envelope,
    form: &Profile,
    profiles: &Profiles,
    arrival: &Arrival,
    authorship: Authorship<'_>,
) -> Verification {
    let mut verification = Verification { faults: arrival.faults.clone(), ..Verification::default() };
    let Some(situation) = profiles.situation(&arrival.situation) else {
        let message = format!("the table has no situation `{}`, so nothing can be compared", arrival.situation);
        verification.faults.push(Fault::new(FaultKind::NotProtected, envelope.span, message));
        return verification;
    };
    verify_wrapper(envelope.span, situation, arrival, &mut verification);
    verify_own(envelope.span, situation, arrival, &mut verification);
    verify_room(envelope.span, situation, arrival, &mut verification);
    let strict = profiles.strictest(form, &envelope.content, Some(&arrival.situation));
    for (name, affix) in &form.affixes {
        let found: Vec<&Found> = envelope.affixes.iter().filter(|one| one.name == *name).collect();
        match affix.verify {
            Verify::None => {}
            Verify::Address => verify_address(&found, affix, situation, arrival, &mut verification),
            Verify::Time => verify_time(&found, affix, &strict, situation, arrival, &mut verification),
            Verify::Terms => verify_terms(&found, affix, situation, arrival, &mut verification),
        }
    }
    let claimed = named_author(envelope, form, situation, arrival);
    let is_claimed = |signer: &&String| claimed.as_ref().is_some_and(|claimed| jid::same_bare(signer, claimed));
    let signer = authorship.signers.iter().find(is_claimed).or(authorship.signers.first()).cloned();
    verification.signer.clone_from(&signer);
    if let Some(signer) = &signer {
        verify_signer(signer, envelope, form, situation, arrival, &mut verification);
    }
    // What a server says of who wrote is nobody's word, so what nobody signed speaks for nobody.
    let said = || holding(envelope, form, Holds::Sender).map(|found| found.value.clone());
    let author = signer.or_else(said).unwrap_or_default();
    verify_claims(&author, envelope, profiles, arrival, &mut verification);
    if let Some(signed_at) = authorship.signed_at {
        verify_signing_time(signed_at, envelope, form, &mut verification);
    }
    verification
}

/// A message that a room hands on counts only where the receiver has joined that room: anybody can send a message that looks like one.
fn verify_room(span: Span, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let speaks_of_room = situation.to.contains(&Term::Room) || situation.when_room.is_some();
    if !speaks_of_room || !arrival.knows_rooms || arrival.room.is_some() {
        return;
    }
    let from = arrival.stanza_from.as_ref();
    let named = from.map_or("nobody", |from| from.jid.as_str());
    let message =
        format!("the message is said to come from the room `{}`, which the receiver has not joined", jid::bare(named));
    let at = from.and_then(|from| from.span).unwrap_or(span);
    let note = format!("{}: {}", situation.title, situation.reason);
    out.faults.push(Fault::new(FaultKind::UnknownRoom, at, message).note(note).ground(&situation.requirement));
}

/// The first affix of an envelope that holds something.
fn holding<'e>(envelope: &'e Envelope, form: &Profile, holds: Holds) -> Option<&'e Found> {
    envelope.affixes.iter().find(|found| form.affixes.get(&found.name).is_some_and(|affix| affix.holds == holds))
}

/// Who is said to have written what nobody signed: the envelope's word, else the stanza's.
fn named_author(envelope: &Envelope, form: &Profile, situation: &Situation, arrival: &Arrival) -> Option<String> {
    let named = holding(envelope, form, Holds::Sender).map(|found| found.value.clone());
    named.or_else(|| situation.from.iter().find_map(|term| arrival.address(*term)).map(|address| address.jid.clone()))
}

/// Nobody's word counts about an account but its own, and among the devices of one account each other's.
fn verify_claims(signer: &str, envelope: &Envelope, profiles: &Profiles, arrival: &Arrival, out: &mut Verification) {
    if arrival.account.as_ref().is_some_and(|account| jid::same_bare(&account.jid, signer)) {
        return;
    }
    for claim in profiles.claims() {
        let (Some(element), Some(child)) = (Name::from_clark(&claim.element), Name::from_clark(&claim.child)) else {
            continue;
        };
        let claiming = envelope.content.iter().filter(|one| one.name == element);
        let named = claiming.flat_map(|one| one.elements()).filter(|one| one.name == child);
        let foreign = named.filter(|one| one.value(&claim.attribute).is_none_or(|jid| !jid::same_bare(jid, signer)));
        for one in foreign {
            let whose = one.value(&claim.attribute).unwrap_or("nobody");
            let message = format!("`<{}/>` speaks for `{whose}`, and not for its author `{signer}`", element.local);
            let fault = Fault::new(FaultKind::ForeignClaim, one.start_tag, message);
            out.faults.push(fault.note(claim.reason.clone()).requirement(Some(&claim.requirement)));
        }
    }
}

/// The time of the signature is that of the envelope: a key that was given up must not speak with an old date.
fn verify_signing_time(signed_at: Timestamp, envelope: &Envelope, form: &Profile, out: &mut Verification) {
    let Some(found) = holding(envelope, form, Holds::Time) else { return };
    let Ok(sent) = time::parse_date_time_or_utc(&found.value) else { return };
    // A signature has whole seconds, so the fraction of the envelope's time does not count.
    let seconds = (signed_at.as_second() - sent.as_second()).abs();
    let agrees = seconds <= form.time_margin;
    out.comparisons.push(Comparison {
        subject: "signing time".into(),
        value: signed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        term: "the envelope",
        with: Some(found.value.clone()),
        agrees,
    });
    if !agrees {
        let message = format!("it was signed {seconds} seconds away from the time that the envelope says");
        out.faults.push(Fault::new(FaultKind::SigningTime, found.span, message));
    }
}

/// Who may send a copy or what an archive holds is settled before the stanza inside is looked at.
fn verify_wrapper(span: Span, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let Some(found) = arrival.wrapper_from.as_ref().filter(|_| !situation.wrapper_from.is_empty()) else { return };
    let owners: Vec<(Term, Option<&Address>)> =
        situation.wrapper_from.iter().map(|&term| (term, arrival.address(term))).collect();
    // A room is its bare address: what comes from a nickname is an occupant's.
    let is_occupant =
        |term: Term| term == Term::Room && jid::parse(&found.jid).is_ok_and(|jid| jid.resource().is_some());
    let is_owner = |(term, with): &(Term, Option<&Address>)| {
        with.is_some_and(|with| jid::same_bare(&found.jid, &with.jid)) && !is_occupant(*term)
    };
    // What is not known is not held against anybody, save for rooms: that none was joined is known.
    let is_unknown = owners.iter().any(|(term, with)| with.is_none() && !(*term == Term::Room && arrival.knows_rooms));
    let owner = owners.iter().find(|owner| is_owner(owner)).or(owners.first());
    let agrees = is_unknown || owners.iter().any(is_owner);
    let Some(&(term, with)) = owner else { return };
    out.comparisons.push(Comparison {
        subject: "wrapper".into(),
        value: found.jid.clone(),
        term: term.word(),
        with: with.map(|with| with.jid.clone()),
        agrees,
    });
    if !agrees {
        let of = owners.iter().filter_map(|(_, with)| with.map(|with| format!("`{}`", jid::bare(&with.jid))));
        let message =
            format!("the wrapper comes from `{}`, not from {}", found.jid, of.collect::<Vec<_>>().join(" or "));
        let fault = Fault::new(FaultKind::ForgedWrapper, found.span.unwrap_or(span), message)
            .note(format!("{}: compared with `{}`. {}", situation.title, term.word(), situation.reason))
            .requirement(situation.wrapper_requirement.as_deref().or(Some(&situation.requirement)));
        out.faults.push(fault);
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
        Holds::Padding | Holds::Stanza | Holds::Other => &[],
    }
}

/// Of several affixes of one name (several recipients), one has to agree with all terms.
fn verify_address(found: &[&Found], affix: &Affix, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    let Some(first) = found.first() else { return };
    let compared = terms(situation, affix.holds).iter().filter(|term| **term != Term::None);
    let pairs = compared.flat_map(|&term| {
        let known = arrival.addresses(term);
        // What is not known stands in the list of comparisons too.
        let unknown = known.is_empty().then_some((term, None));
        known.into_iter().map(move |with| (term, Some(with))).chain(unknown).collect::<Vec<_>>()
    });
    let pairs: Vec<(Term, Option<&Address>)> = pairs.collect();
    let is_with = |one: &Found, term: Term, with: Option<&Address>| {
        with.is_none_or(|with| jid::same_bare(&one.value, &with.jid) == (term != Term::NotRoom))
    };
    // One of them has to agree with everything: two would each speak of somebody else.
    let count = |one: &&&Found| pairs.iter().filter(|(term, with)| is_with(one, *term, *with)).count();
    let Some(&best) = found.iter().rev().max_by_key(count) else { return };
    for &(term, with) in &pairs {
        let agrees = match term {
            Term::NotRoom => found.iter().all(|one| is_with(one, term, with)),
            _ => is_with(best, term, with),
        };
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
                Term::Room => "the room is",
                _ => "the stanza says",
            };
            let (name, named, with_jid) = (&first.name, jid::bare(&best.value), jid::bare(&with.jid));
            let message = match term {
                Term::NotRoom => format!("`<{name}/>` names the room `{named}`, and the message is a private one"),
                _ => format!("`<{name}/>` names `{named}`, but {who} `{with_jid}`"),
            };
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
    let Ok(sent) = time::parse_date_time_or_utc(&first.value) else { return };
    let delay = arrival.past_delay(form.time_margin);
    for &term in terms(situation, affix.holds) {
        let with = arrival.time(term, form.time_margin);
        let difference = with.map(|with| seconds_between(with, sent));
        let agrees = difference.is_none_or(|seconds| seconds <= form.time_margin);
        out.comparisons.push(Comparison {
            subject: first.name.clone(),
            value: first.value.clone(),
            term: if term == Term::Delay && delay.is_none() { Term::Now.word() } else { term.word() },
            with: with.map(|with| with.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            agrees,
        });
        if let (false, Some(with), Some(seconds)) = (agrees, with, difference) {
            let message = format!("`<{}/>` says `{}`, {seconds} seconds away from `{with}`", first.name, first.value);
            let note = format!("{}: at most {} seconds are tolerated", situation.title, form.time_margin);
            out.faults.push(match form.late == Late::Mark && !situation.prompt {
                true => Fault::new(FaultKind::Late, first.span, message).note(note).tolerated(),
                false => Fault::new(FaultKind::AffixMismatch, first.span, message)
                    .note(note)
                    .requirement(affix.requirement.as_deref())
                    .ground(&situation.requirement),
            });
        }
    }
}

/// What an affix repeats of the stanza is what the stanza says.
fn verify_terms(found: &[&Found], affix: &Affix, situation: &Situation, arrival: &Arrival, out: &mut Verification) {
    for (one, part) in found.iter().flat_map(|one| one.parts.iter().map(move |part| (one, part))) {
        let with = arrival.attribute(part.term);
        let agrees = with.is_some_and(|(value, _)| match part.term {
            Term::StanzaTo | Term::StanzaFrom => jid::same(value, &part.value),
            _ => value == part.value,
        });
        out.comparisons.push(Comparison {
            subject: one.name.clone(),
            value: part.value.clone(),
            term: part.term.word(),
            with: with.map(|(value, _)| value.to_owned()),
            agrees,
        });
        if agrees {
            continue;
        }
        let said = with.map_or("nothing".to_owned(), |(value, _)| format!("`{value}`"));
        let message = format!("`<{}/>` says `{}`, but `{}` is {said}", one.name, part.value, part.term.word());
        let mut fault = Fault::new(FaultKind::AffixMismatch, part.span, message)
            .note(format!("{}: {}", situation.title, affix.reason))
            .requirement(affix.requirement.as_deref())
            .ground(&situation.requirement);
        if let Some(span) = with.and_then(|(_, span)| span) {
            fault = fault.related(span, "what the stanza says");
        }
        out.faults.push(fault);
    }
}

/// The seconds between two times, rounded up.
fn seconds_between(one: Timestamp, other: Timestamp) -> i64 {
    const NANOSECONDS: i128 = 1_000_000_000;
    let apart = (one.as_nanosecond() - other.as_nanosecond()).unsigned_abs();
    i64::try_from(apart.div_ceil(NANOSECONDS.unsigned_abs())).unwrap_or(i64::MAX)
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
    let named = holding(envelope, form, Holds::Sender);
    let claims: Vec<(&'static str, String)> = match named {
        Some(found) => vec![("the envelope", found.value.clone())],
        None => {
            let known = |term: &Term| {
                arrival.addresses(*term).into_iter().map(|one| (term.word(), one.jid.clone())).collect::<Vec<_>>()
            };
            situation.from.iter().flat_map(known).collect()
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
    /// Where each of its children stood, in order.
    pub origins: Vec<Origin>,
    /// Elements of the content that a receiver discards, since they belong outside.
    pub discarded: Vec<Name>,
    /// Elements beside the carrier that a receiver ignores, since they belong inside, or one inside counts.
    pub ignored: Vec<Name>,
    /// What was wrong.
    pub faults: Vec<Fault>,
}

/// Where a child of a restored stanza stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the envelope: its author's word.
    Inside,
    /// Beside it: anybody's word.
    Outside,
}

impl Origin {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Inside => "inside",
            Origin::Outside => "outside",
        }
    }
}

/// Puts the stanza together again: server-processed elements in the content are discarded, sensitive ones outside ignored, the
/// carrier is replaced by the content's children, and what stands inside wins over the same outside.
pub fn restore(sealed: &Element, carrier: &Name, envelope: &Envelope, form: &Profile, policy: &Policy) -> Restored {
    let kind = sealed.name.local.as_str();
    let (kept, discarded): (Vec<Element>, Vec<Element>) =
        envelope.content.iter().cloned().partition(|child| policy.row(&child.name, kind).place != Place::Outside);
    let mut restored = Restored {
        stanza: Element { children: Vec::new(), ..sealed.clone() },
        origins: Vec::new(),
        discarded: discarded.iter().map(|child| child.name.clone()).collect(),
        ignored: Vec::new(),
        faults: check_inside(envelope, kind, policy),
    };
    for child in sealed.elements() {
        if child.name == *carrier {
            let language = sealed.language();
            kept.iter().for_each(|inner| restored.put(in_language(inner, envelope, language), Origin::Inside));
            continue;
        }
        // What the protocol needs for its sessions is none of the stanza's.
        if is_stray_hint(child, form, kind) || form.control.contains(&child.name) {
            restored.ignored.push(child.name.clone());
            continue;
        }
        let row = policy.row(&child.name, kind);
        let is_inside = kept.iter().any(|inner| inner.name == child.name);
        // What a sender puts on both sides says the same on both.
        let is_copy = row.sender == Side::Both && kept.iter().any(|inner| is_same(inner, child, Whitespace::Exact));
        match outside(row, is_inside) {
            Fate::Kept => restored.put(child.clone(), Origin::Outside),
            fate => {
                restored.ignored.push(child.name.clone());
                let stands_in = is_copy || row.stand_in.is_some() || form.outside.contains(&child.name);
                restored.faults.extend((fate == Fate::Superseded && !stands_in).then(|| superseded(child, row)));
            }
        }
    }
    restored.faults.extend(wrong_children(&restored, envelope.span));
    restored.faults.extend(returned_error(sealed, &kept, envelope.span, policy));
    restored
}

impl Restored {
    fn put(&mut self, child: Element, origin: Origin) {
        self.stanza.children.push(Node::from(child));
        self.origins.push(origin);
    }
}

/// What becomes of an element outside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// It belongs inside.
    Ignored,
    /// It may stand on either side, and does not count outside.
    Superseded,
}

fn outside(row: &Row, is_inside: bool) -> Fate {
    match (row.place, row.outside) {
        (Place::Inside, _) => Fate::Ignored,
        (Place::Outside, _) | (_, Outside::Stays) => Fate::Kept,
        (_, Outside::Dropped) => Fate::Superseded,
        (_, Outside::Yields) if is_inside => Fate::Superseded,
        (_, Outside::Yields) => Fate::Kept,
    }
}

fn superseded(child: &Element, row: &Row) -> Fault {
    let name = child.written_name();
    let (message, requirement) = match row.outside {
        Outside::Dropped => (format!("`<{name}>` outside does not count for what is inside"), row.requirement()),
        _ => (format!("`<{name}>` stands on both sides; the one inside counts"), None),
    };
    let note = format!("{} ({})", row.reason, row.source);
    Fault::new(FaultKind::Superseded, child.start_tag, message).tolerated().note(note).requirement(requirement)
}

/// Whether an element is a hint of the profile, on a kind of stanza that gets none: senders who put it on an IQ too mean nothing by it.
fn is_stray_hint(child: &Element, form: &Profile, kind: &str) -> bool {
    let mut hints = form.hints.iter().filter(|hint| hint.element.name == child.name).peekable();
    hints.peek().is_some() && hints.all(|hint| hint.stanzas.iter().all(|stanza| stanza != kind))
}

/// A child of the content in the language that its envelope declares, unless it declares one itself. That of the stanza, which servers can
/// change, is none of its.
fn in_language(child: &Element, envelope: &Envelope, outer: Option<&str>) -> Element {
    let mut child = child.clone();
    if let Some(language) = &envelope.language {
        child.set_language(language);
    } else if outer.is_some() {
        child.set_language("");
    }
    child
}

/// The elements that stand twice in a content although a stanza has them once.
fn twice(envelope: &Envelope, stanza: &str, policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, child) in envelope.content.iter().enumerate() {
        let Some(once) = policy.row(&child.name, stanza).once else { continue };
        let language =
            |one: &Element| trimmed(one.language().or(envelope.language.as_deref()).unwrap_or("")).to_lowercase();
        let is_same =
            |one: &&Element| one.name == child.name && (once == Once::Altogether || language(one) == language(child));
        if let Some(first) = envelope.content.iter().take(at).find(is_same) {
            let message = format!("a second `<{}>` in one content", child.written_name());
            let fault = Fault::new(FaultKind::ContentTwice, child.start_tag, message);
            faults.push(
                fault.related(first.start_tag, "the first one").help("receivers disagree about which of two they take"),
            );
        }
    }
    faults
}

/// An IQ that asks has one child, a result has one at most, an error says which (RFC 6120, section 8.2.3).
fn wrong_children(restored: &Restored, span: Span) -> Option<Fault> {
    let stanza = &restored.stanza;
    if StanzaKind::of(stanza) != Some(StanzaKind::Iq) {
        return None;
    }
    let is_error = |child: &Element| child.name.local == "error";
    let errors = stanza.elements().filter(|child| is_error(child)).count();
    let payloads = stanza.elements().count() - errors;
    // What stood outside is nobody's word, and fills no request.
    let children = stanza.elements().zip(&restored.origins);
    let inside = children.filter(|(child, origin)| **origin == Origin::Inside && !is_error(child)).count();
    let demand = match stanza.value("type") {
        Some("get" | "set") if payloads != 1 || inside != 1 || errors > 0 => "has exactly one child",
        Some("result") if payloads > 1 || inside != payloads || errors > 0 => {
            "has one child at most, and no `<error/>`"
        }
        Some("error") if errors != 1 || payloads > 1 => "has one `<error/>`, and beside it one child at most",
        Some("get" | "set" | "result" | "error") => return None,
        other => {
            let message = match other {
                Some(type_) => format!("an IQ has no type `{type_}`: it is get, set, result or error"),
                None => "the IQ has no `type`: it is get, set, result or error".to_owned(),
            };
            return Some(Fault::new(FaultKind::IqChildren, span, message));
        }
    };
    let type_ = stanza.value("type").unwrap_or_default();
    let count = match stanza.elements().count() {
        0 => "no child".to_owned(),
        1 => "one child".to_owned(),
        count => format!("{count} children"),
    };
    let message = format!("the restored IQ has {count}, but one of type `{type_}` {demand}");
    Some(Fault::new(FaultKind::IqChildren, span, message))
}

/// An error outside without one inside: a server may have returned what it got, and made an error of it.
fn returned_error(sealed: &Element, kept: &[Element], span: Span, policy: &Policy) -> Option<Fault> {
    let has_stand_in = |child: &Element| policy.row(&child.name, &sealed.name.local).stand_in.is_some();
    let is_error = sealed.value("type") == Some("error");
    (is_error && !kept.iter().any(has_stand_in)).then(|| {
        let message =
            "the error stands outside alone: it is the word of an unknown server, and returns what was sealed";
        Fault::new(FaultKind::ReturnedError, span, message)
    })
}

/// The elements of a content that belong outside, and those that stand in it twice.
pub fn check_inside(envelope: &Envelope, stanza: &str, policy: &Policy) -> Vec<Fault> {
    let outside = envelope.content.iter().map(|child| (child, policy.row(&child.name, stanza)));
    outside
        .filter(|(_, row)| row.place == Place::Outside)
        .map(|(child, row)| inside_fault(child, &row.reason, &row.source))
        .chain(twice(envelope, stanza, policy))
        .collect()
}

fn inside_fault(child: &Element, reason: &str, source: &str) -> Fault {
    let message = format!("`<{}>` is for servers, and inside the envelope none can read it", child.written_name());
    Fault::new(FaultKind::ServerProcessedInside, child.start_tag, message)
        .tolerated()
        .note(format!("{reason} ({source})"))
        .help("put it beside the encrypted content: a receiver discards it here")
}
