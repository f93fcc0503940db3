//! `xep open`.

use super::seal::stanza;
use super::stage::Circumstances;
use super::{Failure, Outcome, output};
use crate::example::generate::indented;
use crate::example::sealed::{Opening, Receiver, open, receiver_of, sealed_stanzas};
use crate::sce::arrival::{Address, Arrival};
use crate::source::Sources;
use crate::xml::CLIENT;
use crate::xml::write::{Style, write};
use clap::Args;
use std::path::PathBuf;

/// Open one sealed stanza: from standard input to standard output
///
/// Prints the restored stanza, and on standard error what was verified. A stanza that a receiver has to refuse is not printed;
/// the exit code is 1.
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
    #[command(flatten)]
    circumstances: Circumstances,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Part::Restored)]
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The restored stanza
    Restored,
    /// The envelope
    Envelope,
}

impl Open {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut sources = Sources::default();
        let mut stage = self.circumstances.stage(&mut sources)?;
        let stanza = stanza(&output::input()?, &mut sources)?;
        if let Some(from) = stanza.value("from").filter(|_| !self.cert.is_empty()) {
            stage.add(from, &self.cert)?;
        }
        let who = self.receiver.clone().or_else(|| stanza.value("to").map(str::to_owned)).unwrap_or_default();
        if !self.key.is_empty() {
            stage.add(&who, &self.key)?;
        }
        let sealed = sealed_stanzas(std::iter::once(&stanza), &stage.rules.profiles);
        let sealed =
            sealed.first().ok_or_else(|| Failure("the stanza carries nothing that a profile describes".into()))?;
        let scene = self.circumstances.scene(&stanza, &stage)?;
        let person = stage
            .cast
            .person(&who)
            .map(|person| &person.identity)
            .or_else(|| receiver_of(&stanza, &stage.cast).map(|person| &person.identity));
        let needs_keys = sealed.profile.encrypted || sealed.profile.signed;
        let nobody = crate::protocol::Identity::new(::jid::BareJid::new("nobody.invalid")?);
        let identity = match (person, needs_keys) {
            (Some(identity), _) => identity,
            (None, false) => &nobody,
            (None, true) => {
                return Err(Failure(format!(
                    "there is no secret key for `{who}`; name a file with `--key`, or somebody of the cast with `--as`"
                )));
            }
        };
        let mut arrival = Arrival::of_stanza(&stanza, &scene.situation);
        arrival.account = Some(Address { jid: identity.jid().to_string(), span: None }).filter(|_| needs_keys);
        arrival.now = Some(scene.at);
        let keyring = stage.cast.keyring();
        let receiver = Receiver { identity, known: &keyring, clock: scene.at };
        match open(sealed, &stage.rules, &arrival, &receiver) {
            Err(failure) => {
                output::note(&format!("refused: {failure}"));
                Ok(Outcome::Findings)
            }
            Ok(opening) => self.tell(&opening),
        }
    }

    fn tell(&self, opening: &Opening) -> Result<Outcome, Failure> {
        for layer in &opening.layers {
            output::note(layer);
        }
        for comparison in &opening.verification.comparisons {
            let verdict = match (&comparison.with, comparison.agrees) {
                (None, _) => "not compared".to_owned(),
                (Some(with), true) => format!("agrees with {} `{with}`", comparison.term),
                (Some(with), false) => format!("DOES NOT AGREE with {} `{with}`", comparison.term),
            };
            output::note(&format!("{} `{}`: {verdict}", comparison.subject, comparison.value));
        }
        for fault in &opening.faults {
            let word = if fault.fatal { "refused" } else { "remark" };
            let requirement = fault.requirement.as_deref().map_or_else(String::new, |id| format!(" ({id})"));
            output::note(&format!("{word}: {}{requirement}", fault.message));
        }
        if !opening.is_accepted() {
            return Ok(Outcome::Findings);
        }
        let restored = opening.restored.as_ref().map(|restored| write(&restored.stanza, CLIENT, Style::default()));
        let text = match self.part {
            Part::Restored => restored,
            Part::Envelope => opening.tree.as_ref().map(|tree| indented(tree, "")),
        };
        output::print(&format!("{}\n", text.unwrap_or_default()))?;
        Ok(Outcome::Clean)
    }
}
