//! `xep seal`.

use super::omemo_files::OmemoFiles;
use super::stage::{Circumstances, CommandStage};
use super::{Failure, Outcome, output};
use crate::example::receive;
use crate::example::rehearse::{Refusal, misdirected, rehearse};
use crate::example::round_trip::{Stage, seal};
use crate::example::sealed::sealed_stanzas;
use crate::random::Random;
use crate::sce::Profile;
use crate::source::Sources;
use crate::xml::strict::with_line_feeds;
use crate::xml::write::{Style, write};
use crate::xml::{CLIENT, Element};
use crate::xmpp::stanza::StanzaKind;
use clap::Args;
use std::path::PathBuf;

/// Seal one stanza: from standard input to standard output
///
/// People are named as in `cast.toml` (`romeo`) or by address; for an address outside the cast, give key files. The keys of the
/// cast are public test keys: they protect nothing.
#[derive(Debug, Args)]
pub(super) struct Seal {
    /// The profile, for example openpgp, ox, omemo or stub
    #[arg(long)]
    profile: String,
    /// Who writes; without it, the stanza's `from`
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// Who is to read it; without it, the stanza's `to`
    #[arg(long, value_name = "WHO")]
    to: Option<String>,
    /// The secret key of who writes, in a file (OpenPGP, armoured or binary)
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// The public key of who is to read it, in a file
    #[arg(long, value_name = "FILE")]
    cert: Vec<PathBuf>,
    #[command(flatten)]
    omemo: OmemoFiles,
    #[command(flatten)]
    circumstances: Circumstances,
    /// Declare namespaces again where they are inherited, also inside the envelope, for clients that look for the attribute
    #[arg(long)]
    redundant_xmlns: bool,
}

impl Seal {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let mut sources = Sources::default();
        let mut stage = self.circumstances.stage(&mut sources)?;
        let mut stanza = stanza(&output::input()?, &mut sources)?;
        for (address, who, keys) in [("from", &self.from, &self.key), ("to", &self.to, &self.cert)] {
            address_stanza(&mut stanza, address, who.as_deref(), keys, &mut stage)?;
        }
        let device = self.omemo.take(stanza.value("to"), None, &mut stage)?;
        device.expect_of(stanza.value("from"))?;
        if !sealed_stanzas(std::iter::once(&stanza), &stage.rules.profiles).is_empty() {
            return Err(Failure("the stanza carries encrypted content already; a receiver refuses two".into()));
        }
        if StanzaKind::of(&stanza) == Some(StanzaKind::Iq) && stanza.value("id").is_none() {
            return Err(Failure("the IQ has no `id`, which every IQ needs (RFC 6120, section 8.1.3)".into()));
        }
        let everything = Stage { rules: &stage.rules, cast: Some(&stage.cast) };
        if let Some(why) = misdirected(&stanza, everything) {
            return Err(Failure(why));
        }
        let profile = stage.rules.profiles.get(&self.profile).ok_or_else(|| unknown_profile(&stage, &self.profile))?;
        let scene = self.circumstances.scene(&stanza, None, &stage)?;
        let redundant_xmlns = profile.redundant_xmlns || self.redundant_xmlns;
        let profile = &Profile { redundant_xmlns, ..profile.clone() };
        let sealed = seal(&stanza, profile, everything, &scene, &mut SystemRandom).map_err(Failure)?;
        hold(&rehearse(&stanza, &sealed, profile, everything, &scene))?;
        device.store()?;
        let style = Style { indented: false, redundant_xmlns: self.redundant_xmlns };
        output::print(&format!("{}\n", write(&sealed.stanza, CLIENT, style)))?;
        Ok(Outcome::Clean)
    }
}

/// Nothing is sealed that its receivers will refuse.
fn hold(refusals: &[Refusal]) -> Result<(), Failure> {
    let Some(refusal) = refusals.first() else { return Ok(()) };
    let source = refusal.requirement.as_deref().map_or_else(String::new, |id| format!(" ({id})"));
    let others = match refusals.len() - 1 {
        0 => String::new(),
        1 => "; so will one more".into(),
        others => format!("; so will {others} more"),
    };
    Err(Failure(format!("{} would refuse it: {}{source}{others}", refusal.whom, refusal.reason)))
}

/// The one stanza of a text, read as strictly as it would be from a stream.
pub(super) fn stanza(text: &str, sources: &mut Sources) -> Result<Element, Failure> {
    receive::stanza(text, sources).map_err(|none| {
        let mut own = Sources::default();
        let file = own.add("standard input", with_line_feeds(text));
        let place = none.at.map(|at| own.get(file).position(text.floor_char_boundary(at)));
        let place = place.map_or_else(String::new, |at| format!(", line {}, column {}", at.line, at.column));
        Failure(format!(
            "standard input{place}: {none}; one stanza is expected, as XMPP allows it (RFC 6120, section 11)"
        ))
    })
}

/// Makes a stanza name who is meant. An address that it has already is never changed: whoever is named must be meant by it,
/// or be in the room that it names.
fn address_stanza(
    stanza: &mut Element,
    address: &str,
    who: Option<&str>,
    keys: &[PathBuf],
    stage: &mut CommandStage,
) -> Result<(), Failure> {
    let present = stanza.value(address).map(str::to_owned);
    let Some(named) = who.map(str::to_owned).or_else(|| present.clone()) else {
        return Err(Failure(format!("the stanza has no `{address}`; name somebody with `--{address}`")));
    };
    let names_room = stage.cast.room(&named).is_some();
    let jid = match names_room {
        true => named.clone(),
        false => {
            let id = stage.add(&named, keys)?;
            let account = stage.cast.person(&id).map_or(id, |person| person.jid.clone());
            if named.contains('/') { named.clone() } else { account }
        }
    };
    match present {
        None => stanza.set_attribute(address, &jid),
        Some(present) if crate::xmpp::jid::same_bare(&present, &jid) || stage.cast.room(&present).is_some() => {}
        Some(present) => {
            return Err(Failure(format!(
                "the stanza has `{address}='{present}'`, which is not `{named}`; leave out `--{address}`, or the attribute"
            )));
        }
    }
    Ok(())
}

/// The failure of a profile that does not exist.
pub(super) fn unknown_profile(stage: &CommandStage, name: &str) -> Failure {
    let names: Vec<&str> = stage.rules.profiles.iter().map(|profile| profile.id.as_str()).collect();
    Failure(format!("there is no profile `{name}`; there are {}", names.join(", ")))
}

/// The system's random bytes.
pub(super) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has random bytes, or nothing here is safe to go on");
    }
}
