//! Everything that rules look at, found out once: what examples carry, what came out when they were opened, what schemas say.

use super::namespaces::Gathered;
use super::prose::Prose;
use super::schema_violation::ByCause;
use super::stanzas;
use crate::document::Document;
use crate::document::number::Numbers;
use crate::document::requirement::{self, Requirement};
use crate::example::attack;
use crate::example::cast::{Cast, Person};
use crate::example::compare::Difference;
use crate::example::generate::{self, Plain};
use crate::example::proven::{Passed, Proofs};
use crate::example::round_trip::{self, RoundTrip, Scene, Stage, Trouble};
use crate::example::sealed::{self, Occasion, Opening, Receiver, Sealed};
use crate::example::sibling::{Sibling, referred};
use crate::example::{Example, Kind, Verdict};
use crate::protocol::{Failure, Identity, Keyring};
use crate::random::SeededRandom;
use crate::sce::arrival::{Address, Arrival, Knowledge, arrive, situation_of};
use crate::sce::{Fault, FaultKind, Profile, Rulebook, Rules, envelope, open, seal};
use crate::schema::{ForeignViolation, SchemaSet, SchemaSource, Validator, Violation};
use crate::series::{Neighbours, Origin};
use crate::source::Span;
use crate::xml::{CLIENT, Element};
use crate::xmpp::StanzaKind;
use jiff::Timestamp;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What a document is held against.
#[derive(Clone, Copy)]
pub struct Yardstick<'a> {
    /// Policy and profiles.
    pub rules: &'a Rules,
    /// Who plays in the examples.
    pub cast: Option<&'a Cast>,
    /// The document's schemas.
    pub schemas: &'a SchemaSet,
    /// The same as trees.
    pub schema_sources: &'a [SchemaSource],
    /// Whether the schemas are the draft's own and everything that they forbid is told; else only what is precise on examples
    /// that are abridged as XEPs are.
    pub strict_schema: bool,
    /// The other documents, as far as they are known.
    pub neighbours: Neighbours<'a>,
    /// What the place of the document says about it.
    pub origin: &'a Origin,
    /// The other documents of its folder that it refers to.
    pub siblings: &'a [Sibling],
    /// What round trips have shown already.
    pub proofs: Proofs<'a>,
}

/// A document with everything that was found out about its examples.
pub struct Context<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its numbers.
    pub numbers: &'a Numbers,
    /// Its examples.
    pub examples: &'a [Example],
    /// What it is held against.
    pub yardstick: Yardstick<'a>,
    /// What is wrong with sealed stanzas and envelopes, by the number of the example.
    pub faults: Vec<(usize, Fault)>,
    /// Sealed stanzas that were opened, or could not be.
    pub openings: Vec<OpenedExample>,
    /// What schemas forbid.
    pub violations: Vec<(usize, Violation)>,
    /// What the schemas of other documents forbid.
    pub foreign_violations: Vec<(usize, ForeignViolation)>,
    /// Round trips that were made.
    pub round_trips: Vec<(usize, RoundTrip)>,
    /// Generated examples that are not what they should be: the number, and why.
    pub stale: Vec<(usize, String)>,
    /// What receivers do with what examples hold, by the number of the example: the last word where there are several.
    pub verdicts: BTreeMap<usize, Verdict>,
    /// Examples of which something could not be tried, since nobody has the keys.
    pub untried: Vec<usize>,
    /// The checks that ran, by the number of the example.
    pub checks: Vec<Vec<&'static str>>,
    /// The profiles whose namespace the document uses.
    used: Vec<&'a Profile>,
    /// The namespaces that it uses and defines.
    pub(super) namespaces: Gathered<'a>,
    /// What its own schemas forbid, by what is probably wrong.
    pub(super) by_cause: OnceCell<ByCause>,
    /// The running text, found out when it is first asked for.
    prose: OnceCell<Prose>,
    /// What the document requires, likewise.
    requirements: OnceCell<Vec<Requirement<'a>>>,
    /// The examples that only sketch what a URI stands for, likewise.
    sketches: OnceCell<HashSet<&'a str>>,
    /// What tells one fault from another, of those that are known.
    known: HashSet<(usize, FaultKind, Span, Option<String>, String)>,
}

/// A sealed stanza of an example, opened.
pub struct OpenedExample {
    /// The number of the example.
    pub example: usize,
    /// Where the carrier is.
    pub carrier: Span,
    /// What came out.
    pub result: Result<Opening, Failure>,
    /// How it differs from what it is said to come from.
    pub difference: Option<Difference>,
}

impl<'a> Context<'a> {
    /// Finds out everything about the examples of a document, schemas and round trips aside: see [`Context::validate`] and
    /// [`Context::go_round`].
    pub fn new(
        document: &'a Document,
        numbers: &'a Numbers,
        examples: &'a [Example],
        yardstick: Yardstick<'a>,
    ) -> Context<'a> {
        let mut context = Context {
            document,
            numbers,
            examples,
            yardstick,
            faults: Vec::new(),
            openings: Vec::new(),
            violations: Vec::new(),
            foreign_violations: Vec::new(),
            round_trips: Vec::new(),
            stale: Vec::new(),
            verdicts: BTreeMap::new(),
            untried: Vec::new(),
            checks: vec![Vec::new(); examples.len()],
            used: Vec::new(),
            namespaces: Gathered::default(),
            by_cause: OnceCell::new(),
            prose: OnceCell::new(),
            requirements: OnceCell::new(),
            sketches: OnceCell::new(),
            known: HashSet::new(),
        };
        if !examples.is_empty() {
            // To read the profiles takes a millisecond.
            context.used = sealed::used(examples, &yardstick.rules.profiles);
        }
        for at in 0..examples.len() {
            context.look_at(at);
        }
        context
    }

    /// The examples that are not wrong on purpose.
    pub fn meant_right(&self) -> impl Iterator<Item = &'a Example> + use<'a> {
        self.examples.iter().filter(|example| example.kind != Kind::CounterExample)
    }

    /// What a receiver does with what an example holds; nothing where it holds neither a stanza nor an envelope that was tried.
    pub fn verdict(&self, at: usize) -> Option<Verdict> {
        let example = self.examples.get(at)?;
        let stands_open = || example.elements().any(sealed::is_stanza).then_some(Verdict::Unsealed);
        self.verdicts.get(&at).copied().or_else(stands_open)
    }

    /// The requirements because of which a receiver does not simply accept an example.
    pub fn grounds(&self, at: usize) -> BTreeSet<&str> {
        let faults = self.faults.iter().filter(|(other, _)| *other == at).map(|(_, fault)| fault);
        let decides = faults.flat_map(|fault| fault.requirement.iter().chain(&fault.grounds)).map(String::as_str);
        let failed = self.openings.iter().any(|opened| opened.example == at && opened.result.is_err());
        let not_opened = self.yardstick.rules.profiles.verdict("not-opened").filter(|_| failed);
        decides.chain(not_opened).collect()
    }

    fn judge(&mut self, at: usize, verdict: Verdict) {
        let entry = self.verdicts.entry(at).or_insert(verdict);
        if verdict != Verdict::Accept && *entry != Verdict::Reject {
            *entry = verdict;
        }
    }

    /// The words of the running text.
    pub(super) fn prose(&self) -> &Prose {
        self.prose.get_or_init(|| Prose::of(self.document))
    }

    /// What the document requires.
    pub(super) fn requirements(&self) -> &[Requirement<'a>] {
        self.requirements.get_or_init(|| requirement::requirements(self.document))
    }

    /// Whether an example only sketches what a URI before it stands for: of such stanzas only that is shown which the URI decides.
    pub(super) fn is_sketch(&self, example: &Example) -> bool {
        self.sketches.get_or_init(|| stanzas::sketches(self.examples)).contains(example.id.as_str())
    }

    fn look_at(&mut self, at: usize) {
        let Some(example) = self.examples.get(at) else { return };
        if example.syntax != "xml" {
            return;
        }
        self.ran(at, "well-formed");
        self.sealed(at, example);
        self.lone_envelopes(at, example);
    }

    /// Notes that a check ran on an example.
    pub fn ran(&mut self, at: usize, check: &'static str) {
        if let Some(checks) = self.checks.get_mut(at)
            && !checks.contains(&check)
        {
            checks.push(check);
        }
    }

    fn fault(&mut self, at: usize, mut fault: Fault) {
        self.yardstick.rules.profiles.complete(&mut fault);
        if self.known.insert((at, fault.kind, fault.span, fault.rule.clone(), fault.message.clone())) {
            self.faults.push((at, fault));
        }
    }

    fn sealed(&mut self, at: usize, example: &Example) {
        let rules = self.yardstick.rules;
        let all = sealed::sealed_stanzas(example.elements(), &rules.profiles);
        for second in sealed::further_carriers(&all) {
            self.judge(at, Verdict::Reject);
            self.fault(at, second);
        }
        for sealed in all {
            self.ran(at, "policy");
            for fault in seal::check_outside(sealed.stanza, sealed.carrier, sealed.profile, &rules.policy) {
                self.fault(at, fault);
            }
            if !sealed::is_placeholder(&sealed) {
                self.open(at, example, &sealed);
            }
        }
        for stanza in example.elements().flat_map(Element::descendants).filter(|element| sealed::is_stanza(element)) {
            for fault in seal::unencrypted_envelopes(stanza, &rules.profiles) {
                self.ran(at, "policy");
                self.fault(at, fault);
            }
        }
    }

    fn open(&mut self, at: usize, example: &Example, sealed: &Sealed<'_>) {
        let Some(opener) = self.opener(sealed, example) else {
            self.untried.push(at);
            return;
        };
        // What somebody meddled with is shown as it arrives.
        let is_shown_arrived = example.generated && example.directives.get("situation").is_some();
        let stanza = match is_shown_arrived {
            true => sealed.stanza.clone(),
            false => opener.delivered(sealed.stanza, self.yardstick.cast),
        };
        let Some(carrier) = stanza.elements().find(|child| child.name == sealed.carrier.name) else { return };
        let arrived = Sealed { stanza: &stanza, carrier, profile: sealed.profile };
        let arrival = self.arrival(&arrived, example, opener.person);
        let nobody = Keyring::default();
        let known = self.yardstick.cast.map_or(&nobody, Cast::keyring);
        let receiver = Receiver { identity: &opener.identity, known, clock: opener.clock };
        let rules: &Rulebook = self.yardstick.rules;
        let occasion = Occasion::of(example.directives.text("tamper"));
        let result = sealed::open_on(occasion, &arrived, rules, &arrival, &receiver);
        // What came out has to be an envelope, unless nothing is wrong without one, as with the empty messages of OMEMO.
        if result.as_ref().is_ok_and(|opening| opening.envelope.is_some() || opening.faults.is_empty()) {
            self.ran(at, if sealed.profile.encrypted { "decrypted" } else { "decoded" });
        }
        self.judge(at, result.as_ref().map_or(Verdict::Reject, Opening::verdict));
        for fault in result.as_ref().map(|opening| opening.faults.clone()).unwrap_or_default() {
            self.fault(at, fault);
        }
        let difference = self.compare(at, example, &result, &arrival, sealed.profile);
        self.openings.push(OpenedExample { example: at, carrier: sealed.carrier.span, result, difference });
    }

    /// How a stanza of an example arrived: in the wrapper in which it stands there, else as its author says.
    fn arrival(&self, arrived: &Sealed<'_>, example: &Example, person: Option<&Person>) -> Arrival {
        let profiles = &self.yardstick.rules.profiles;
        let knowledge = Knowledge {
            account: person.map(|person| Address::known(&person.jid)),
            now: self.sealed_at(example),
            rooms: self
                .yardstick
                .cast
                .zip(person)
                .map(|(cast, person)| cast.rooms_of(person).into_iter().chain(example.joined()).collect()),
            accounts: self.yardstick.cast.map(Cast::accounts).unwrap_or_default(),
            occupant: example.directives.text("occupant").map(Address::known),
            queries: example.queries(),
        };
        let told = example.directives.text("situation");
        let root = example.elements().find(|root| sealed::is_stanza(root)).filter(|_| example.generated);
        match root.map(|root| arrive(root, profiles, &knowledge, told)) {
            Some(whole) if whole.wrapped.is_some() => whole.arrival,
            _ => Arrival::known(arrived.stanza, told.unwrap_or(situation_of(arrived.stanza)), profiles, &knowledge),
        }
    }

    /// Compares what came out with what the author says that it was made from.
    fn compare(
        &mut self,
        at: usize,
        example: &Example,
        result: &Result<Opening, Failure>,
        arrival: &Arrival,
        profile: &Profile,
    ) -> Option<Difference> {
        if example.generated {
            return None;
        }
        let (from, source) = sealed::said_to_come_from(self.examples, at, &self.yardstick.rules.profiles)?;
        let difference = match result {
            Ok(opening) if opening.envelope.is_some() => sealed::differs(opening, source, profile),
            _ => None,
        };
        let is_same = result.as_ref().is_ok_and(Opening::is_accepted) && difference.is_none();
        let mismatch = |fault: &Fault| fault.kind == FaultKind::AffixMismatch;
        let is_told = result.as_ref().is_ok_and(|opening| opening.faults.iter().any(mismatch));
        if !is_same && !is_told {
            self.addresses(from, source, arrival);
        }
        difference
    }

    /// Holds the affixes of an envelope that a sealed stanza is said to come from against that stanza's addresses.
    fn addresses(&mut self, from: &Example, element: &Element, arrival: &Arrival) {
        let profiles = &self.yardstick.rules.profiles;
        let Some(form) = profiles.of_envelope(&element.name) else { return };
        let Some(at) = self.examples.iter().position(|example| example.id == from.id) else { return };
        let (envelope, _) = envelope::read(element, form, profiles, None, false);
        for fault in open::verify(&envelope, form, profiles, arrival, open::Authorship::default()).faults {
            self.fault(at, fault);
        }
    }

    /// Who opens a sealed stanza: somebody of the cast; nobody in particular where no keys are needed.
    fn opener(&self, sealed: &Sealed<'_>, example: &Example) -> Option<Opener<'a>> {
        let needs_keys = sealed.profile.encrypted || sealed.profile.signed;
        let cast = self.yardstick.cast;
        let clock = self.sealed_at(example).or(cast.map(|cast| cast.clock)).unwrap_or(Timestamp::UNIX_EPOCH);
        let original = self.source_of(example).map(|plain| plain.stanza);
        if example.directives.get("as").is_some() && cast.and_then(|cast| attack::opener(example, cast)).is_none() {
            return None;
        }
        let person = cast.and_then(|cast| {
            let named = attack::opener(example, cast);
            named.or_else(|| round_trip::receiver_of(original.as_ref().unwrap_or(sealed.stanza), cast))
        });
        let identity = match person {
            Some(person) => person.identity.clone(),
            None if needs_keys => return None,
            None => Identity::new(crate::xmpp::BareJid::parse("nobody.invalid").ok()?),
        };
        Some(Opener { person, identity, clock })
    }

    /// The plain example that a generated one comes from.
    pub fn source_of(&self, example: &Example) -> Option<Plain> {
        let order = generate::order(example)?;
        let source = referred(order.source, self.examples, self.yardstick.siblings)?;
        generate::plain(source, self.yardstick.rules, self.yardstick.cast?)
    }

    /// When a generated example was sealed; `None` for one that the author wrote.
    fn sealed_at(&self, example: &Example) -> Option<Timestamp> {
        match example.directives.text("at") {
            Some(at) => at.parse().ok(),
            None => self.source_of(example).map(|plain| plain.scene.at),
        }
    }

    /// Envelopes that stand in an example as they are, outside of stanzas.
    fn lone_envelopes(&mut self, at: usize, example: &Example) {
        if !example.problems.is_empty() {
            return;
        }
        let rules = self.yardstick.rules;
        let named = example.directives.text("profile").filter(|_| example.directives.text("seal").is_none());
        let profile = named.and_then(|id| rules.profiles.get(id));
        for element in sealed::envelopes(example.elements(), &rules.profiles) {
            // An envelope that is shown in place of the ciphertext is judged like one that stands alone.
            let stands_in_stanza =
                example.elements().any(|root| sealed::is_stanza(root) && root.span.contains(element.span));
            let mut carriers = sealed::sealed_stanzas(example.elements(), &rules.profiles).into_iter();
            if stands_in_stanza && !carriers.any(|sealed| sealed.carrier.span.contains(element.span)) {
                continue;
            }
            self.ran(at, "policy");
            match form_of(element, profile, rules) {
                Ok(form) => self.lone_envelope(at, example, element, form, profile),
                Err(fault) => self.fault(at, *fault),
            }
        }
    }

    fn lone_envelope(
        &mut self,
        at: usize,
        example: &Example,
        element: &Element,
        form: &Profile,
        profile: Option<&Profile>,
    ) {
        let rules = self.yardstick.rules;
        let (envelope, faults) = envelope::read(element, form, &rules.profiles, None, profile.is_some());
        for fault in faults.into_iter().chain(open::check_inside(&envelope, "message", &rules.policy)) {
            self.fault(at, fault);
        }
        let Some(profile) = profile.filter(|_| example.is_whole()) else { return };
        let (stage, now) = (Stage { rules, cast: self.yardstick.cast }, self.scene_time(example));
        let message = round_trip::message_of(element, profile, example);
        // The affixes are verified as the author wrote them before they are sealed: what is wrong has its place there.
        let mut arrival = Arrival::of_stanza(&message, "one-to-one");
        arrival.now = Some(now);
        for fault in open::verify(&envelope, form, &rules.profiles, &arrival, open::Authorship::default()).faults {
            self.fault(at, fault);
        }
        let mut random = SeededRandom::new(&format!("check/{}", example.label()));
        let Ok(opening) = round_trip::send_envelope(element, &message, profile, stage, now, &mut random) else {
            self.untried.push(at);
            return;
        };
        self.judge(at, opening.verdict());
        for fault in opening.faults {
            let known = self.faults.iter().any(|(other, one)| *other == at && one.kind == fault.kind);
            if !known {
                self.fault(at, fault);
            }
        }
    }

    /// When an example is sent, by its author or by the cast's clock.
    fn scene_time(&self, example: &Example) -> Timestamp {
        let clock = self.yardstick.cast.map_or(Timestamp::UNIX_EPOCH, |cast| cast.clock);
        example.directives.text("at").and_then(|at| at.parse().ok()).unwrap_or(clock)
    }

    /// Holds every example against the schemas.
    pub fn validate(&mut self) {
        let schemas = self.yardstick.schemas;
        let validator: Validator<'_> = schemas.validator();
        let own: HashSet<&str> = self.yardstick.schema_sources.iter().map(SchemaSource::target_namespace).collect();
        for (at, example) in self.examples.iter().enumerate() {
            let is_schema = example.elements().any(|element| element.name.namespace == crate::schema::XSD);
            if is_schema || example.syntax != "xml" {
                continue;
            }
            let mut elements = example.elements().flat_map(Element::descendants);
            if elements.any(|element| schemas.knows(&element.name.namespace)) {
                self.ran(at, "schema");
            }
            let found: Vec<Violation> = example.elements().flat_map(|element| validator.validate(element)).collect();
            self.violations.extend(found.into_iter().map(|violation| (at, violation)));
        }
        self.validate_as_others_say(&own);
    }

    /// Holds examples against the schemas of other documents, where the document has none of its own.
    fn validate_as_others_say(&mut self, own: &HashSet<&str>) {
        let xml = self.examples.iter().enumerate().filter(|(_, example)| example.syntax == "xml");
        let elements = xml.flat_map(|(at, example)| {
            let roots = example.elements().filter(|root| root.name.namespace != crate::schema::XSD);
            roots.flat_map(with_known_namespace).map(move |element| (at, element))
        });
        let registry = self.yardstick.neighbours.registry;
        self.foreign_violations = registry.validate(elements, &|namespace| own.contains(namespace));
    }

    /// Sends every example that holds a stanza or an envelope through the profiles that it goes through, and holds the
    /// envelopes that this makes against the schemas.
    pub fn go_round(&mut self) {
        let stage = Stage { rules: self.yardstick.rules, cast: self.yardstick.cast };
        let validator = self.yardstick.schemas.validator();
        for (at, example) in self.examples.iter().enumerate() {
            for profile in self.profiles_of(example) {
                let Some(planned) = Planned::new(example, profile, stage) else { continue };
                let directive = |name| example.directives.text(name).unwrap_or_default();
                let names = [example.label(), &profile.id, directive("at"), directive("situation")];
                let parts = ["round trip", names[0], names[1], names[2], names[3], example.text.as_str()];
                let known = |passed: Passed| (RoundTrip::passed(profile, passed.receivers), passed.is_valid);
                let (outcome, is_held) = self.yardstick.proofs.recall(&parts, known, || {
                    let mut outcome = planned.go(example, profile, stage);
                    let envelope = outcome.envelope.take().filter(|_| self.yardstick.strict_schema);
                    let envelope = envelope.filter(|one| self.yardstick.schemas.knows(&one.name.namespace));
                    if let Some(envelope) = &envelope {
                        outcome.troubles.extend(validator.validate(envelope).into_iter().map(|violation| Trouble {
                            message: format!("the schema forbids its envelope: {}", violation.message),
                            note: violation.blames_schema.map(|blame| blame.message),
                            span: violation.span,
                        }));
                    }
                    let is_held = envelope.is_some();
                    let passed = Passed { receivers: outcome.receivers, is_valid: is_held };
                    let went_well = outcome.is_ok().then_some(passed);
                    ((outcome, is_held), went_well)
                });
                self.ran(at, "policy");
                if is_held {
                    self.ran(at, "envelope");
                }
                self.round_trips.push((at, outcome));
            }
        }
    }

    /// Takes back the checks that an example did not pass: a badge is for what holds.
    pub fn take_back_checks(&mut self) {
        let faulty: HashSet<usize> = self.faults.iter().map(|(at, _)| *at).collect();
        let violating: HashSet<usize> = self.violations.iter().map(|(at, _)| *at).collect();
        for (at, example) in self.examples.iter().enumerate() {
            let failed = [
                ("well-formed", !example.problems.is_empty()),
                ("policy", faulty.contains(&at)),
                ("schema", !example.problems.is_empty()),
                ("schema", violating.contains(&at)),
            ];
            if let Some(checks) = self.checks.get_mut(at) {
                checks.retain(|check| !failed.contains(&(*check, true)));
            }
        }
    }

    /// The profiles that an example goes through: its own, else the document's, else those whose namespace the document uses.
    pub fn profiles_of(&self, example: &Example) -> Vec<&'a Profile> {
        let profiles = &self.yardstick.rules.profiles;
        let named = example.profile_names(self.document);
        match named {
            Some(names) => names.iter().filter_map(|name| profiles.get(name)).collect(),
            None => self.used.clone(),
        }
    }
}

/// A root of an example, or what it holds where it is shown without what it stands in: it may then have inherited another
/// namespace than that of stanzas.
fn with_known_namespace(root: &Element) -> Vec<&Element> {
    match root.name.namespace == CLIENT && StanzaKind::of(root).is_none() {
        true => root.elements().flat_map(with_known_namespace).collect(),
        false => vec![root],
    }
}

/// The round trips of an example, among those of all of them, which stand in the order of the examples.
pub fn round_trips_of(all: &[(usize, RoundTrip)], example: usize) -> impl Iterator<Item = &RoundTrip> {
    let first = all.partition_point(|(at, _)| *at < example);
    all.iter().skip(first).take_while(move |(at, _)| *at == example).map(|(_, trip)| trip)
}

/// Whether somebody's keys can be looked up for a lone envelope: it travels in a message addressed by its own affixes.
fn can_travel(envelope: &Element, profile: &Profile) -> bool {
    let needs_keys = profile.encrypted || profile.signed;
    let message = round_trip::message_for(envelope, profile);
    !needs_keys || ["from", "to"].iter().all(|address| message.value(address).is_some())
}

/// Who opens, and when.
struct Opener<'a> {
    person: Option<&'a Person>,
    identity: Identity,
    clock: Timestamp,
}

impl Opener<'_> {
    /// The stanza as it reaches who opens it.
    fn delivered(&self, stanza: &Element, cast: Option<&Cast>) -> Element {
        match (self.person, cast) {
            (Some(person), Some(cast)) => round_trip::delivered(stanza, person, cast),
            _ => stanza.clone(),
        }
    }
}

/// The form of a profile that an envelope is of; a fault where it is one of another version.
fn form_of<'r>(element: &Element, profile: Option<&'r Profile>, rules: &'r Rules) -> Result<&'r Profile, Box<Fault>> {
    let found = match profile {
        Some(profile) => profile.form(&element.name),
        None => rules.profiles.of_envelope(&element.name),
    };
    found.ok_or_else(|| {
        let near = rules.profiles.envelopes().find(|name| sealed::is_other_version(name, &element.name));
        let expected = near.or(profile.map(|profile| &profile.envelope)).unwrap_or(&element.name);
        Box::new(sealed::wrong_envelope(element, expected, element.start_tag))
    })
}

/// What goes through a profile, and is compared with what comes out.
enum Planned<'e> {
    Stanza(&'e Element, Scene),
    Envelope(&'e Element),
}

impl<'e> Planned<'e> {
    /// What of an example goes through a profile, if anything does.
    fn new(example: &'e Example, profile: &Profile, stage: Stage<'_>) -> Option<Planned<'e>> {
        let is_made = example.generated || example.directives.get("seal").is_some();
        let is_shown = !is_made && example.kind != Kind::CounterExample && example.is_whole();
        if !is_shown || !round_trip::can_go_through(profile, stage) {
            return None;
        }
        if let Some(stanza) = crate::example::stanza_of(example) {
            let holds_sealed = !sealed::sealed_stanzas(std::iter::once(stanza), &stage.rules.profiles).is_empty();
            let is_never_sealed = round_trip::unsealable(stanza, stage).is_some();
            let (at, situation) = (example.directives.text("at"), example.directives.text("situation"));
            let is_sealed = !holds_sealed && !is_never_sealed;
            return is_sealed.then(|| Planned::Stanza(stanza, Scene::new(stanza, at, situation, stage.cast)));
        }
        let mut elements = example.elements();
        let (envelope, rest) = (elements.next()?, elements.next());
        let travels = rest.is_none() && profile.form(&envelope.name).is_some() && can_travel(envelope, profile);
        travels.then_some(Planned::Envelope(envelope))
    }

    fn go(&self, example: &Example, profile: &Profile, stage: Stage<'_>) -> RoundTrip {
        let mut random = SeededRandom::new(&format!("round trip/{}/{}", example.label(), profile.id));
        match self {
            Planned::Stanza(stanza, scene) => round_trip::round_trip(stanza, profile, stage, scene, &mut random),
            Planned::Envelope(envelope) => {
                round_trip::envelope_trip(envelope, profile, stage, example.directives.text("at"), &mut random)
            }
        }
    }
}
