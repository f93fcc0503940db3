//! What encryption costs: the same stanza in the open and under each protocol, to one device and to many, in a first message and in an
//! established session.
//!
//! [`cases`] makes the stanzas whose sizes the draft shows; `benches/protocols.rs` takes the same steps and measures their time. All
//! of them hold the same envelope, padded to the minimum and no further, so that the protocols alone make the difference.

use super::Cast;
use super::round_trip::{Scene, Stage, seal};
use crate::protocol::omemo::{Device, DeviceId, Encrypted, Reader};
use crate::random::{Random, SeededRandom};
use crate::sce::envelope::{self, Attributes, Particulars, serialise};
use crate::sce::seal::{assemble, split};
use crate::sce::{Profile, Rulebook, Rules};
use crate::source::{MappedText, Sources};
use crate::xml::write::{Style, write};
use crate::xml::{CLIENT, Element, parse};
use crate::xmpp::BareJid;
use crate::xmpp::hash::to_hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The number of the way in which the stanzas are made; a change of it makes all stale.
const GENERATION: u32 = 1;

/// To how many devices of the recipient a message goes.
pub const DEVICES: [usize; 4] = [1, 2, 5, 20];

/// What is sealed: a short message, and an IQ with a kilobyte.
pub const PAYLOADS: [&str; 2] = ["message", "iq"];

/// How each payload is carried: protocol, and for a protocol with sessions whether the message begins one.
pub const WAYS: [(&str, &str); 5] =
    [("plain", ""), ("openpgp", ""), ("ox", ""), ("omemo", "first"), ("omemo", "established")];

/// A stanza as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// `message`: a text of 25 bytes; `iq`: a request with a kilobyte.
    pub payload: String,
    /// `plain`, or the profile.
    pub protocol: String,
    /// Of a protocol with sessions: `first` or `established`.
    pub state: String,
    /// How many devices of the recipient it is for.
    pub devices: usize,
    /// Its length in bytes.
    pub bytes: usize,
    /// The stanza.
    pub stanza: String,
}

/// The stanzas, with the hash of all that they are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The version of this form.
    pub version: u32,
    /// What it is.
    pub about: String,
    /// The hash.
    pub lock: String,
    /// The stanzas.
    pub costs: Vec<Cost>,
}

/// What is needed to make them.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    /// The tables.
    pub rules: &'a Rules,
    /// The people: Romeo writes to Juliet.
    pub cast: &'a Cast,
}

/// Adds no random padding.
struct NoPadding;

impl Random for NoPadding {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// The plain stanza of a payload.
///
/// # Errors
/// When there is no such payload.
pub fn plain(payload: &str) -> Result<Element, String> {
    let text = match payload {
        "message" => {
            "<message from='romeo@montague.example/orchard' to='juliet@capulet.example' id='cost-1' type='chat'>\
             <body>This is a secret message.</body></message>"
                .to_owned()
        }
        "iq" => format!(
            "<iq from='romeo@montague.example/orchard' to='juliet@capulet.example/balcony' id='cost-2' type='set'>\
             <data xmlns='urn:example:cost:0'>{}</data></iq>",
            "0123456789abcdef".repeat(64)
        ),
        other => return Err(format!("there is no payload `{other}`")),
    };
    let mut sources = Sources::default();
    let file = sources.add("cost", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
    parsed.elements().next().cloned().ok_or_else(|| "the stanza is no XML".into())
}

/// The hash of all that the stanzas are made from.
///
/// # Errors
/// As [`plain`].
pub fn lock(means: Means<'_>) -> Result<String, String> {
    let mut text = format!("xep examples, cost, generation {GENERATION}\n{}\n", means.cast.seed);
    for person in &means.cast.people {
        let _ = writeln!(text, "{} {}", person.jid, person.identity.fingerprints().join(" "));
    }
    for payload in PAYLOADS {
        let _ = writeln!(text, "{}", write(&plain(payload)?, CLIENT, Style::default()));
    }
    for (name, _) in WAYS {
        if let Some(profile) = means.rules.profiles.get(name) {
            super::generate::describe_profile(&mut text, profile, "one-to-one");
        }
    }
    Ok(to_hexadecimal(&Sha256::digest(text)))
}

/// All stanzas, made anew.
///
/// # Errors
/// A sentence about what stands in the way.
pub fn make(means: Means<'_>) -> Result<Costs, String> {
    let mut costs = Vec::new();
    for payload in PAYLOADS {
        // An IQ goes to one device.
        let devices = if payload == "iq" { &DEVICES[..1] } else { &DEVICES[..] };
        for (protocol, state) in WAYS {
            for &devices in devices {
                let stanza = match protocol {
                    "plain" => plain(payload)?,
                    "omemo" => Talk::new(means, payload, devices)?.sealed(state)?,
                    _ => by_account(means, payload, protocol)?,
                };
                let stanza = write(&stanza, CLIENT, Style::default());
                costs.push(Cost {
                    payload: payload.into(),
                    protocol: protocol.into(),
                    state: state.into(),
                    devices,
                    bytes: stanza.len(),
                    stanza,
                });
            }
        }
    }
    Ok(Costs {
        version: 1,
        about: "The same stanzas in the open and under each protocol. Written by `xep examples`; never edit by hand."
            .into(),
        lock: lock(means)?,
        costs,
    })
}

fn profile<'a>(rules: &'a Rulebook, name: &str) -> Result<&'a Profile, String> {
    rules.profiles.get(name).ok_or_else(|| format!("there is no profile `{name}`"))
}

/// A stanza under a protocol that encrypts to the keys of accounts, however many devices these have.
///
/// # Errors
/// As [`seal`].
pub fn by_account(means: Means<'_>, payload: &str, protocol: &str) -> Result<Element, String> {
    let stanza = plain(payload)?;
    let stage = Stage { rules: means.rules, cast: Some(means.cast) };
    let scene = Scene::new(&stanza, None, None, Some(means.cast));
    Ok(seal(&stanza, profile(means.rules, protocol)?, stage, &scene, &mut NoPadding)?.stanza)
}

/// A device of Romeo, who writes, and some of Juliet, who read, in OMEMO.
pub struct Talk<'a> {
    profile: &'a Profile,
    outside: Element,
    plaintext: String,
    /// The device that writes.
    pub sender: Device,
    /// The devices that read.
    pub readers: Vec<Device>,
    random: SeededRandom,
}

impl<'a> Talk<'a> {
    /// Before anything was sent.
    ///
    /// # Errors
    /// When the cast has not both, or the tables no profile `omemo`.
    pub fn new(means: Means<'a>, payload: &str, devices: usize) -> Result<Talk<'a>, String> {
        let account = |name: &str| {
            let person = means.cast.person(name).ok_or_else(|| format!("nobody of the cast is called `{name}`"))?;
            Ok::<BareJid, String>(person.identity.jid().clone())
        };
        let device = |jid: BareJid, number: usize| {
            let id =
                u32::try_from(number).ok().and_then(|number| DeviceId::new(number).ok()).ok_or("no such device")?;
            Ok::<Device, String>(Device::from_seed(&format!("{}/cost", means.cast.seed), jid, id))
        };
        let (romeo, juliet) = (account("romeo")?, account("juliet")?);
        let stanza = plain(payload)?;
        let profile = profile(means.rules, "omemo")?;
        let parts = split(&stanza, &means.rules.policy, &means.rules.profiles);
        let scene = Scene::new(&stanza, None, None, Some(means.cast));
        let particulars = Particulars {
            recipient: Some(juliet.to_string()),
            sender: Some(romeo.to_string()),
            time: scene.at,
            situation: scene.situation,
            stanza: Attributes::of(&stanza),
        };
        let envelope = envelope::build(parts.inside, profile, &particulars, &mut NoPadding, stanza.start_tag);
        Ok(Talk {
            profile,
            outside: parts.outside,
            plaintext: serialise(&envelope, profile),
            sender: device(romeo, 1)?,
            readers: (1..=devices).map(|number| device(juliet.clone(), number)).collect::<Result<_, _>>()?,
            random: SeededRandom::new(&format!("{}/cost/{payload}/{devices}", means.cast.seed)),
        })
    }

    /// The stanza that begins the sessions (`first`), or the first one after all have answered (`established`).
    ///
    /// # Errors
    /// When a device cannot seal or open.
    pub fn sealed(mut self, state: &str) -> Result<Element, String> {
        if state == "established" {
            self.establish()?;
        }
        let encrypted = self.seal()?;
        self.stanza(&encrypted)
    }

    /// Sends a first message, and has every device answer with an empty one.
    ///
    /// # Errors
    /// When a device cannot seal or open.
    pub fn establish(&mut self) -> Result<(), String> {
        let first = self.seal()?;
        for at in 0..self.readers.len() {
            self.open(&first, at)?;
            let (jid, id) = (self.sender.address().clone(), self.sender.id());
            let Some(reader) = self.readers.get_mut(at) else { continue };
            let to = [Reader { address: &jid, device: id, bundle: None }];
            let answer =
                reader.seal_empty(&to, &mut self.random).map_err(|failure| failure.to_string())?.commit_in_memory();
            let from = reader.address().clone();
            self.sender.open(&answer, &from).map_err(|failure| failure.to_string())?.commit_in_memory();
        }
        Ok(())
    }

    /// Seals the envelope for all devices.
    ///
    /// # Errors
    /// When the device cannot seal.
    pub fn seal(&mut self) -> Result<Encrypted, String> {
        // Where there is a session already, nobody looks at a bundle, whose signature has to be verified.
        let mut bundles = Vec::new();
        for reader in &self.readers {
            let is_there = self.sender.has_session(reader.address(), reader.id());
            let bundle = if is_there { Ok(None) } else { reader.bundle().map(Some) };
            bundles.push((reader.address(), reader.id(), bundle.map_err(|failure| failure.to_string())?));
        }
        let readers: Vec<Reader<'_>> = bundles
            .iter()
            .map(|(address, device, bundle)| Reader { address, device: *device, bundle: bundle.as_ref() })
            .collect();
        let sealed = self.sender.seal(self.plaintext.as_bytes(), &readers, &mut self.random);
        Ok(sealed.map_err(|failure| failure.to_string())?.commit_in_memory())
    }

    /// Opens a message with one of the devices.
    ///
    /// # Errors
    /// When it does not open, or to something else.
    pub fn open(&mut self, encrypted: &Encrypted, at: usize) -> Result<(), String> {
        let sender = self.sender.address().clone();
        let reader = self.readers.get_mut(at).ok_or("there is no such device")?;
        let received = reader.open(encrypted, &sender).map_err(|failure| failure.to_string())?.commit_in_memory();
        match received.plaintext.as_deref().map(Vec::as_slice) == Some(self.plaintext.as_bytes()) {
            true => Ok(()),
            false => Err("another envelope came out than went in".into()),
        }
    }

    /// The stanza that carries a message.
    ///
    /// # Errors
    /// When the element is not the profile's carrier.
    pub fn stanza(&self, encrypted: &Encrypted) -> Result<Element, String> {
        let carrier = encrypted.write(self.outside.start_tag);
        match carrier.name == self.profile.carrier {
            true => Ok(assemble(&self.outside, &[], carrier, self.profile).0),
            false => Err(format!("OMEMO travels in `{}`", carrier.name)),
        }
    }
}

/// Times of a run of the benchmark, in `benches/results.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The version of this form.
    pub version: u32,
    /// What it is.
    pub about: String,
    /// On what it ran.
    pub machine: String,
    /// When.
    pub date: String,
    /// The times.
    pub times: Vec<Time>,
}

/// The CPU time of one stanza: the median of some runs, in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// As in [`Cost`].
    pub payload: String,
    /// As in [`Cost`].
    pub protocol: String,
    /// As in [`Cost`].
    pub state: String,
    /// As in [`Cost`].
    pub devices: usize,
    /// To seal it for all devices.
    pub seal: f64,
    /// To open it on one.
    pub open: f64,
    /// How many runs there were.
    pub runs: usize,
}
