//! `xep open`.

use super::layers::layers;
use super::omemo_files::OmemoFiles;
use super::seal::stanza;
use super::stage::{Circumstances, CommandStage};
use super::{Failure, Outcome, Settings, output};
use crate::example::explanation::{Explanation, Outcome as Verdict, Shows, discreet};
use crate::example::generate::indented;
use crate::example::receive::Incoming;
use crate::example::round_trip::receiver_of;
use crate::example::sealed::{Occasion, Opening, Receiver};
use crate::protocol::Identity;
use crate::report::one_line;
use crate::sce::arrival::{Address, Knowledge};
use crate::source::Sources;
use crate::xml::write::{Style, write};
use crate::xml::{CLIENT, Element};
use crate::xmpp::jid;
use clap::Args;
use std::path::PathBuf;

/// Open one sealed stanza: from standard input to standard output
///
/// Prints the restored stanza, and on standard error what was verified. A stanza that a receiver has to refuse is not printed;
/// the exit code is 1. `--format layers` tells layer by layer what happened, `--format json` the same for programs.
#[derive(Debug, Args)]
pub(super) struct Open {
    /// Who opens it; without it, the stanza's `to`
    #[arg(long = "as", value_name = "WHO")]
    receiver: Option<String>,
    /// The secret key of who opens it, in a file (OpenPGP, armoured or binary)
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// The public key of who wrote it, in a file
    #[arg(long, value_name = "FILE")]
    cert: Vec<PathBuf>,
    /// The real address of the occupant from whom the room says that it came: by presence, so that it says nothing of copies, archives and
    /// delayed messages
    #[arg(long, value_name = "JID")]
    occupant: Option<String>,
    /// A room that who opens it has joined; of the cast, their rooms are known. No other room's messages are accepted
    #[arg(long, value_name = "JID")]
    room: Vec<String>,
    /// The id of an archive query that was made; with one, results of other queries are refused. Results that name no query always are
    #[arg(long, value_name = "ID")]
    query: Vec<String>,
    #[command(flatten)]
    omemo: OmemoFiles,
    #[command(flatten)]
    circumstances: Circumstances,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Part::Restored)]
    part: Part,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Xml)]
    format: Format,
    /// Print also a stanza for whose author nobody vouches
    #[arg(long)]
    unauthenticated: bool,
    /// Show also content that was refused, marked as not verified
    #[arg(long)]
    show_refused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The restored stanza
    Restored,
    /// The envelope
    Envelope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The stanza or envelope alone, as XML; what was verified goes to standard error
    Xml,
    /// Layer by layer, for people
    Layers,
    /// Layer by layer, for programs
    Json,
}

impl Open {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        if self.show_refused && self.format == Format::Xml {
            let message =
                "`--show-refused` needs `--format layers` or `json`: XML alone could not say that it is not verified";
            return Err(Failure(message.into()));
        }
        for address in self.room.iter().chain(&self.occupant) {
            jid::parse(address).map_err(|error| Failure(format!("`{address}` is no JID: {error}")))?;
        }
        let mut sources = Sources::default();
        let mut stage = self.circumstances.stage(&mut sources)?;
        if let Some(account) = self.room.iter().find(|room| stage.cast.person(room).is_some()) {
            return Err(Failure(format!("`--room {account}`: that is the account of somebody, not a room")));
        }
        let input = output::input()?;
        let outer = stanza(&input, &mut sources)?;
        // Whose keys open it is settled by the stanza inside of a wrapper.
        let (inner, needs_keys) = unwrapped(&outer, &stage);
        let device = self.omemo.take(inner.value("from"), Some(&input), &mut stage)?;
        device.expect_of(self.receiver.as_deref())?;
        let who = self.who(&inner, &mut stage)?.or_else(|| device.address());
        let identity = identity(who.as_deref(), &inner, needs_keys, &stage)?;
        let at = self.circumstances.at();
        let told = self.circumstances.told(&stage)?;
        let knowledge = self.knowledge(identity.as_ref(), at, &stage);
        let incoming = Incoming::of(&outer, &stage.rules, &knowledge, told);
        let found = &incoming.arrived.arrival.situation;
        if let Some(told) = told.filter(|told| told != found) {
            return Err(Failure(format!("the stanza cannot have arrived as `{told}`: it is one of `{found}`")));
        }
        if let (Format::Xml, Some(why)) = (self.format, not_one(&incoming, &stage)) {
            output::note(&one_line(&why));
            return Ok(Outcome::Findings);
        }
        let nobody = Identity::new(crate::xmpp::BareJid::parse("nobody.invalid")?);
        let receiver =
            Receiver { identity: identity.as_ref().unwrap_or(&nobody), known: stage.cast.keyring(), clock: at };
        let result = incoming.open(&stage.rules, &receiver, Occasion::First);
        if device.settle(result.as_ref())? {
            return device.delivered().map(|()| Outcome::Clean);
        }
        let (outcome, is_delivered) = match (self.format, &result) {
            (Format::Xml, Some(Err(failure))) => {
                output::note(&one_line(&format!("refused: {failure}")));
                Ok((Outcome::Findings, true))
            }
            (Format::Xml, Some(Ok(opening))) => self.tell(opening),
            _ => {
                let shows = Shows { refused: self.show_refused, unauthenticated: self.unauthenticated };
                self.explain(&incoming.explain(&stage.rules, result.as_ref(), shows), settings)
            }
        }?;
        // What nobody took is kept: the same message opens again.
        if is_delivered {
            device.delivered()?;
        }
        Ok(outcome)
    }

    /// What the receiver knows besides the stanza: its account, the time, the rooms that it has joined.
    fn knowledge(&self, identity: Option<&Identity>, at: jiff::Timestamp, stage: &CommandStage) -> Knowledge {
        let person = identity.and_then(|identity| stage.cast.person(&identity.jid().to_string()));
        let of_cast = person.map(|person| stage.cast.rooms_of(person)).unwrap_or_default();
        Knowledge {
            account: identity.map(|identity| Address::known(identity.jid().to_string())),
            now: Some(at),
            rooms: Some(of_cast.into_iter().chain(self.room.iter().cloned()).collect()),
            accounts: stage.cast.accounts(),
            occupant: self.occupant.clone().map(Address::known),
            queries: Some(self.query.clone()).filter(|queries| !queries.is_empty()),
        }
    }

    fn explain(&self, explanation: &Explanation, settings: Settings) -> Result<(Outcome, bool), Failure> {
        let text = match self.format {
            Format::Json => serde_json::to_string_pretty(explanation)
                .map_err(|error| Failure(format!("the explanation cannot be written: {error}")))?,
            _ => layers(explanation, settings.colour),
        };
        let is_delivered = output::deliver(&format!("{}\n", text.trim_end()))?;
        let outcome = match explanation.outcome {
            Verdict::Accepted => Outcome::Clean,
            Verdict::Late | Verdict::Refused | Verdict::NotSealed => Outcome::Findings,
            Verdict::Unauthenticated if self.unauthenticated => Outcome::Clean,
            Verdict::Unauthenticated => Outcome::Findings,
        };
        Ok((outcome, is_delivered))
    }

    /// Takes in the keys that were given; answers who is named to open the stanza.
    fn who(&self, stanza: &Element, stage: &mut CommandStage) -> Result<Option<String>, Failure> {
        if !self.cert.is_empty() {
            let from = stanza
                .value("from")
                .ok_or_else(|| Failure("the stanza has no `from` whom `--cert` could be of".into()))?;
            let is_room = stage.cast.room(from).is_some() || self.room.iter().any(|room| jid::same_bare(room, from));
            let author = match (&self.occupant, is_room) {
                (Some(occupant), _) => occupant,
                (None, false) => from,
                (None, true) => {
                    let message = "in a room `--cert` needs `--occupant`, the account whose key it is: the stanza names the room alone";
                    return Err(Failure(message.into()));
                }
            };
            stage.add(author, &self.cert)?;
        }
        let who =
            self.receiver.clone().or_else(|| stanza.value("to").filter(|_| !self.key.is_empty()).map(str::to_owned));
        match (&who, self.key.is_empty()) {
            (Some(who), _) => stage.add(who, &self.key).map(Some),
            (None, false) => Err(Failure("the stanza has no `to`; name with `--as` whose the key is".into())),
            (None, true) => Ok(None),
        }
    }

    fn tell(&self, opening: &Opening) -> Result<(Outcome, bool), Failure> {
        for layer in &opening.layers {
            output::note(&one_line(layer));
        }
        for comparison in &opening.verification.comparisons {
            let verdict = match (&comparison.with, comparison.agrees) {
                (None, _) => "not compared".to_owned(),
                (Some(with), true) => format!("agrees with {} `{with}`", comparison.term),
                (Some(with), false) => format!("DOES NOT AGREE with {} `{with}`", comparison.term),
            };
            output::note(&one_line(&format!("{} `{}`: {verdict}", comparison.subject, comparison.value)));
        }
        for fault in &opening.faults {
            let word = if fault.fatal { "refused" } else { "remark" };
            let requirement = fault.requirement.as_deref().map_or_else(String::new, |id| format!(" ({id})"));
            let told = discreet(fault).filter(|_| !opening.is_accepted()).unwrap_or(&fault.message);
            output::note(&one_line(&format!("{word}: {told}{requirement}")));
        }
        if !opening.is_accepted() {
            return Ok((Outcome::Findings, true));
        }
        if opening.is_unauthenticated() {
            output::note("nobody vouches for who wrote this: it is not signed, or signed for nobody in particular");
            if !self.unauthenticated {
                output::note("`--unauthenticated` prints it all the same");
                return Ok((Outcome::Findings, true));
            }
        }
        if opening.protection.signed && !opening.protection.encrypted {
            output::note("signed and not encrypted: whoever handed it on could read it");
        }
        let restored = opening.restored.as_ref().map(|restored| write(&restored.stanza, CLIENT, Style::default()));
        let text = match self.part {
            Part::Restored => restored,
            Part::Envelope => opening.tree.as_ref().map(|tree| indented(tree, "")),
        };
        let is_delivered = output::deliver(&format!("{}\n", text.unwrap_or_default()))?;
        if opening.is_late() {
            output::note("late: show it with its own time, do not act on it");
            return Ok((Outcome::Findings, is_delivered));
        }
        Ok((Outcome::Clean, is_delivered))
    }
}

/// Why there is not one thing to open.
fn not_one(incoming: &Incoming<'_>, stage: &CommandStage) -> Option<String> {
    let fault = incoming.arrived.arrival.faults.iter().find(|fault| fault.fatal);
    match (incoming.sealed.len(), fault) {
        (1, _) => None,
        (0, None) => Some("not sealed: the stanza carries nothing that a profile describes".into()),
        (0, Some(fault)) => {
            let requirement = fault.requirement.as_deref().or(stage.rules.profiles.verdict(fault.kind.word()));
            let requirement = requirement.map_or_else(String::new, |id| format!(" ({id})"));
            Some(format!("refused: {}{requirement}", fault.message))
        }
        _ => Some("refused: the stanza carries more than one encrypted content".into()),
    }
}

/// The stanza without its wrapper, and whether keys are needed to open it.
fn unwrapped(outer: &Element, stage: &CommandStage) -> (Element, bool) {
    let incoming = Incoming::of(outer, &stage.rules, &Knowledge::default(), None);
    let needs_keys = incoming.sealed.first().is_some_and(|one| one.profile.encrypted || one.profile.signed);
    (incoming.arrived.inner.clone(), needs_keys)
}

/// Whose keys open it: who was named, else the recipient. Nobody's where no keys are needed, and nobody was named.
fn identity(
    who: Option<&str>,
    stanza: &Element,
    needs_keys: bool,
    stage: &CommandStage,
) -> Result<Option<Identity>, Failure> {
    let person = match who {
        Some(who) => stage.cast.person(who),
        None => receiver_of(stanza, &stage.cast),
    };
    match person {
        Some(person) => Ok(Some(person.identity.clone())),
        None if needs_keys => {
            let to = who.or(stanza.value("to")).unwrap_or("nobody");
            Err(Failure(format!(
                "there is no secret key for `{to}`; name a file with `--key`, or somebody of the cast with `--as`"
            )))
        }
        None => Ok(None),
    }
}
