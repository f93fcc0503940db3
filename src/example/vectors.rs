//! Test vectors for implementers: what a receiver gets, with whose keys and in which circumstances, and what it makes of it.
//!
//! Everything that is needed stands in a file of its own: the keys, the stanza as it arrives, the clock. [`verify`] goes through a
//! file with nothing else but the policy and the profiles. The form is described in `examples/xep-sce/vectors/schema.json`.

use super::attack::wire;
use super::explanation::{ComparisonLayer, Explanation, Outcome, Shows};
use super::receive::Incoming;
use super::sealed::{Occasion, Receiver};
use crate::protocol::omemo::device::DeviceKeys;
use crate::protocol::omemo::keys::{IdentityPair, KeyPair, Secret};
use crate::protocol::omemo::trace::{Derived, Trace, traces};
pub use crate::protocol::omemo::vectors::Mismatch;
use crate::protocol::omemo::{Bundle, Device, DeviceId};
use crate::protocol::openpgp::session_key;
use crate::protocol::{Carrier, Identity, Keyring};
use crate::random::{Random, SeededRandom};
use crate::sce::Rulebook;
use crate::sce::arrival::{Address, Knowledge};
use crate::source::Sources;
use crate::xml::Element;
use crate::xml::canonical::{Whitespace, canonical_stanza};
use crate::xmpp::BareJid;
use crate::xmpp::hash::{from_hexadecimal, to_hexadecimal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// The version of the form.
pub const VERSION: u32 = 1;

/// How many cases a file may have.
const MAXIMUM_CASES: usize = 10_000;

/// A file of vectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The version of this form.
    pub version: u32,
    /// What the file is.
    pub about: String,
    /// What is to be said about the keys.
    pub notice: String,
    /// The encryption protocol of all cases.
    pub protocol: String,
    /// What the flags of cases mean.
    pub flags: BTreeMap<String, String>,
    /// Everybody whose keys are known to the receivers.
    pub people: Vec<Keys>,
    /// The cases.
    pub cases: Vec<Case>,
    /// Bundles of OMEMO devices as a sender finds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<BundleCase>,
}

/// What a sender finds of a device's keys, and whether it encrypts to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleCase {
    /// A name that stays.
    pub id: String,
    /// What it shows.
    pub shows: String,
    /// The element `<bundle/>` (XEP-0384, section 5.3.2).
    pub bundle: String,
    /// `valid`: the sender encrypts to it; `invalid`: it does not.
    pub result: Verdict,
    /// The requirements that decide about an invalid one.
    pub requirements: Vec<String>,
}

impl BundleCase {
    /// The case that a bundle makes.
    pub fn of(id: String, shows: String, bundle: &Element, rules: &Rulebook) -> BundleCase {
        let (result, requirements) = judged(bundle, rules);
        BundleCase { id, shows, bundle: wire(bundle), result, requirements }
    }

    /// Goes through it again; answers how many checks held.
    fn verify(&self, rules: &Rulebook) -> Result<usize, Mismatch> {
        let at = |member: &str, expected: &str, found: &str| Mismatch {
            place: format!("bundle `{}`: `{member}`", self.id),
            expected: expected.into(),
            found: found.into(),
        };
        let read = super::receive::element(&self.bundle, &mut Sources::default());
        let bundle = read.map_err(|why| at("bundle", "an element", &why.to_string()))?;
        let (result, requirements) = judged(&bundle, rules);
        if result != self.result {
            return Err(at("result", self.result.word(), result.word()));
        }
        if requirements != self.requirements {
            return Err(at("requirements", &self.requirements.join(", "), &requirements.join(", ")));
        }
        Ok(2)
    }
}

/// Whether a sender uses a bundle, and the requirements because of which it does not.
fn judged(bundle: &Element, rules: &Rulebook) -> (Verdict, Vec<String>) {
    match Bundle::read(bundle) {
        Ok(_) => (Verdict::Valid, Vec::new()),
        Err(_) => {
            (Verdict::Invalid, rules.profiles.verdict("unusable-bundle").map(str::to_owned).into_iter().collect())
        }
    }
}

/// The keys of an account, secret halves included. They protect nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The account.
    pub jid: String,
    /// OpenPGP keys, armoured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openpgp: Vec<String>,
    /// OMEMO devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omemo: Vec<DeviceSecrets>,
}

/// The keys of an OMEMO device, in hexadecimal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSecrets {
    /// The device's id.
    pub device_id: u32,
    /// The seed of the identity key: 32 bytes (RFC 8032, section 5.1.5).
    pub identity_seed_ed25519: String,
    /// The public identity key.
    pub identity_pub_ed25519: String,
    /// The id of the signed prekey.
    pub spk_id: u32,
    /// Its secret half.
    pub spk_priv: String,
    /// The identity key's signature over its public half.
    pub spk_sig: String,
    /// The secret halves of the prekeys, by their ids.
    pub prekeys: BTreeMap<u32, String>,
}

/// What a receiver gets, and what it makes of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A name that stays.
    pub id: String,
    /// What it shows.
    pub shows: String,
    /// The profile.
    pub profile: String,
    /// What is special about it; the file says what each word means.
    pub flags: Vec<String>,
    /// The account that receives it.
    pub receiver: String,
    /// The receiver's clock.
    pub clock: String,
    /// The rooms that the account has joined. It has the keys of all `people` of the file, who are no rooms.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// The ids of the archive queries that it made. Absent: it made every query that a result names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queries: Option<Vec<String>>,
    /// The situation that follows from all this and from the stanza. Where it comes in a wrapper, that stands in the stanza.
    pub situation: String,
    /// The real address of the occupant from whom a room says that it came, where it says one.
    pub occupant: Option<String>,
    /// The stanza as it arrives.
    pub stanza: String,
    /// Whether the same receiver gets it a second time, and the second time counts.
    pub repeated: bool,
    /// Whether its encryption protocol has forgotten the first time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forgotten: bool,
    /// What happens on the way.
    pub intermediate: Intermediate,
    /// `valid`: accepted, or marked as late; `invalid`: refused, or not taken for sealed.
    pub result: Verdict,
    /// How it fares, in full.
    pub outcome: String,
    /// The requirements that decide, the first one first; of a valid one those because of which something is left out.
    pub requirements: Vec<String>,
    /// The restored stanza of a valid one.
    pub restored: Option<String>,
    /// Where each child of the restored stanza stood, in order: `inside` or `outside`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Whom the receiver takes for the author of a valid one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// Whether a receiver accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It does.
    Valid,
    /// It does not.
    Invalid,
}

impl Verdict {
    /// Whether content is used that was authenticated.
    fn of(outcome: Outcome) -> Verdict {
        match outcome {
            Outcome::Accepted | Outcome::Late => Verdict::Valid,
            Outcome::Unauthenticated | Outcome::NotSealed | Outcome::Refused => Verdict::Invalid,
        }
    }

    /// The word for it in the files.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
        }
    }
}

/// What happens between the stanza and the verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intermediate {
    /// What the encryption protocol gives out: the bytes of the envelope.
    pub plaintext: Option<String>,
    /// Whom it authenticates.
    pub signer: Option<String>,
    /// Whether it was encrypted.
    pub encrypted: bool,
    /// Whether it was authenticated by somebody who is known.
    pub signed: bool,
    /// When it was signed, where the protocol says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_time: Option<String>,
    /// What was compared with what.
    pub comparisons: Vec<Compared>,
    /// What each OMEMO device of the receiver computes, where its first message opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omemo: Vec<OmemoValues>,
    /// How an OpenPGP message was encrypted, where it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openpgp: Option<OpenPgpValues>,
}

/// How an OpenPGP message was encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPgpValues {
    /// The receiver's key that it was encrypted to, by its fingerprint.
    pub opened_with: String,
    /// The session key: the number of the cipher (RFC 9580, section 9.3) and the key in hexadecimal.
    pub session_key: String,
}

/// What an OMEMO device computes from the first message of a session, in hexadecimal (XEP-0384, sections 4.2 to 4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OmemoValues {
    /// The device.
    pub device_id: u32,
    /// The id of the prekey that the sender chose.
    pub pk_id: u32,
    /// The id of the signed prekey.
    pub spk_id: u32,
    /// The sender's identity key, for Ed25519.
    pub ik: String,
    /// The sender's ephemeral key, for X25519.
    pub ek: String,
    /// The four agreements of X3DH, in its order.
    pub dh: [String; 4],
    /// What follows from them: `SK`.
    pub shared_secret: String,
    /// The associated data: the sender's identity key and the receiver's.
    pub associated_data: String,
    /// The ratchet key in the message.
    pub dh_pub: String,
    /// The number of the message.
    pub n: u32,
    /// How many messages the chain before had.
    pub pn: u32,
    /// The root key after the step with the ratchet key.
    pub root_key: String,
    /// The key with which the receiving chain begins.
    pub chain_key: String,
    /// The key of the message.
    pub message_key: String,
    /// What follows from the key of the message.
    pub message: BoxValues,
    /// The tag of the message.
    pub mac: String,
    /// What the message holds: the payload's key and its tag.
    pub key_material: String,
    /// What follows from the payload's key.
    pub payload: BoxValues,
}

/// The keys of a box, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxValues {
    /// The key of AES-256-CBC.
    pub encryption_key: String,
    /// The key of HMAC-SHA-256.
    pub authentication_key: String,
    /// The initialisation vector.
    pub iv: String,
}

impl OmemoValues {
    fn of(trace: &Trace) -> OmemoValues {
        OmemoValues {
            device_id: trace.device.number(),
            pk_id: trace.beginning.prekey,
            spk_id: trace.beginning.signed_prekey,
            ik: to_hexadecimal(&trace.beginning.identity),
            ek: to_hexadecimal(&trace.beginning.ephemeral),
            dh: trace.agreements.each_ref().map(|agreed| to_hexadecimal(agreed.bytes())),
            shared_secret: to_hexadecimal(trace.shared.bytes()),
            associated_data: to_hexadecimal(&trace.associated),
            dh_pub: to_hexadecimal(&trace.ratchet_key),
            n: trace.number,
            pn: trace.previous,
            root_key: to_hexadecimal(trace.root_key.bytes()),
            chain_key: to_hexadecimal(trace.chain_key.bytes()),
            message_key: to_hexadecimal(trace.message_key.bytes()),
            message: BoxValues::of(&trace.message),
            mac: to_hexadecimal(&trace.tag),
            key_material: to_hexadecimal(&trace.carried),
            payload: BoxValues::of(&trace.payload),
        }
    }
}

impl BoxValues {
    fn of(keys: &Derived) -> BoxValues {
        BoxValues {
            encryption_key: to_hexadecimal(keys.encryption.bytes()),
            authentication_key: to_hexadecimal(keys.authentication.bytes()),
            iv: to_hexadecimal(keys.vector.as_slice()),
        }
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// The affix, `signer`, `wrapper` or `account`.
    pub subject: String,
    /// Its value.
    pub value: String,
    /// With what.
    pub term: String,
    /// The value of that.
    pub with: Option<String>,
    /// Whether they agree.
    pub agrees: bool,
}

/// In what a receiver gets a stanza.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The stanza, its wrapper included.
    pub stanza: &'a str,
    /// The account.
    pub receiver: &'a str,
    /// The clock.
    pub clock: &'a str,
    /// The rooms that the account has joined.
    pub rooms: &'a [String],
    /// The ids of the archive queries that it made. Absent: it made every query that a result names.
    pub queries: Option<&'a [String]>,
    /// The real address of the occupant from whom a room says that it came; empty: it says none.
    pub occupant: &'a str,
    /// Which time it comes.
    pub occasion: Occasion,
}

/// What a receiver made of a stanza.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The profile.
    pub profile: Option<String>,
    /// How it arrived.
    pub situation: String,
    /// What happened on the way.
    pub intermediate: Intermediate,
    /// How it fared.
    pub outcome: Outcome,
    /// The requirements that decided.
    pub requirements: Vec<String>,
    /// The restored stanza.
    pub restored: Option<String>,
    /// Where each of its children stood.
    pub origins: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// The people of a file, as a receiver has them.
#[derive(Debug)]
pub struct People {
    identities: Vec<Identity>,
    keyring: Keyring,
}

impl People {
    /// Those of these identities.
    pub fn new(identities: Vec<Identity>) -> People {
        let keyring = identities.iter().map(Identity::public).collect();
        People { identities, keyring }
    }

    /// Reads the keys of a file.
    ///
    /// # Errors
    /// A sentence about a key that is none.
    pub fn read(keys: &[Keys]) -> Result<People, String> {
        Ok(People::new(keys.iter().map(Keys::identity).collect::<Result<_, _>>()?))
    }

    fn get(&self, jid: &str) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.jid().to_string() == jid)
    }
}

impl Keys {
    fn identity(&self) -> Result<Identity, String> {
        let jid: BareJid = self.jid.parse().map_err(|_| format!("`{}` is no bare JID", self.jid))?;
        let of = |failure: crate::protocol::Failure| format!("{}: {}", self.jid, failure.message());
        let mut identity = Identity::new(jid.clone());
        for key in &self.openpgp {
            identity.add_openpgp(key.as_bytes()).map_err(of)?;
        }
        for device in &self.omemo {
            identity.add_omemo(device.device(jid.clone())?).map_err(of)?;
        }
        Ok(identity)
    }
}

impl DeviceSecrets {
    /// The keys of the device that follows from a published seed, as [`Device::from_seed`] makes them.
    ///
    /// # Errors
    /// When the id is none.
    pub fn from_seed(seed: &str, jid: &BareJid, id: u32) -> Result<DeviceSecrets, String> {
        let device_id = id;
        let id = DeviceId::new(id).map_err(|failure| failure.message().to_owned())?;
        let mut random = SeededRandom::new(&format!("omemo/{seed}/{jid}/{id}"));
        let mut next = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            to_hexadecimal(&bytes)
        };
        let (identity_seed_ed25519, spk_priv) = (next(), next());
        let device = Device::from_seed(seed, jid.clone(), id);
        let bundle = device.bundle().map_err(|failure| failure.message().to_owned())?;
        let signed = bundle.signed_prekey();
        Ok(DeviceSecrets {
            device_id,
            identity_seed_ed25519,
            identity_pub_ed25519: to_hexadecimal(bundle.identity().bytes()),
            spk_id: signed.id,
            spk_priv,
            spk_sig: to_hexadecimal(&signed.signature),
            prekeys: bundle.prekeys().keys().map(|id| (*id, next())).collect(),
        })
    }

    fn device(&self, jid: BareJid) -> Result<Device, String> {
        let at = |member: &str| format!("device {} of {jid}: `{member}`", self.device_id);
        let secret = |text: &str, member: &str| {
            unhex::<32>(text)
                .map(|bytes| Secret::new(&Zeroizing::new(bytes)))
                .ok_or_else(|| format!("{} is no 32 bytes in hexadecimal", at(member)))
        };
        let identity = IdentityPair::from_seed(secret(&self.identity_seed_ed25519, "identity_seed_ed25519")?);
        if to_hexadecimal(identity.public().bytes()) != self.identity_pub_ed25519 {
            return Err(format!("{} is not the public half of its seed", at("identity_pub_ed25519")));
        }
        let prekeys = self.prekeys.iter().map(|(id, key)| Ok((*id, KeyPair::of(secret(key, "prekeys")?))));
        let keys = DeviceKeys {
            identity,
            signed_prekey_id: self.spk_id,
            signed_prekey: KeyPair::of(secret(&self.spk_priv, "spk_priv")?),
            signature: unhex::<64>(&self.spk_sig)
                .ok_or_else(|| format!("{} is no 64 bytes in hexadecimal", at("spk_sig")))?,
            prekeys: prekeys.collect::<Result<_, String>>()?,
        };
        let id = DeviceId::new(self.device_id).map_err(|failure| failure.message().to_owned())?;
        Device::from_keys(jid.clone(), id, keys)
            .map_err(|failure| format!("device {id} of {jid}: {}", failure.message()))
    }
}

fn unhex<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    from_hexadecimal(text)?.try_into().ok()
}

/// What a receiver makes of a stanza.
///
/// # Errors
/// A sentence about why it cannot be tried: the stanza is none, or the receiver has no keys.
pub fn run(circumstances: &Circumstances<'_>, people: &People, rules: &Rulebook) -> Result<Ran, String> {
    let outer = element(circumstances.stanza)?;
    let clock = circumstances.clock.parse().map_err(|_| format!("`{}` is no time", circumstances.clock))?;
    let identity = people
        .get(circumstances.receiver)
        .ok_or_else(|| format!("`{}` has no keys in the file", circumstances.receiver))?;
    let knowledge = Knowledge {
        account: Some(Address::known(circumstances.receiver)),
        now: Some(clock),
        rooms: Some(circumstances.rooms.to_vec()),
        accounts: people.keyring.iter().map(|person| person.jid().to_string()).collect(),
        occupant: Some(circumstances.occupant).filter(|jid| !jid.is_empty()).map(Address::known),
        queries: circumstances.queries.map(<[String]>::to_vec),
    };
    let incoming = Incoming::of(&outer, rules, &knowledge, None);
    let receiver = Receiver { identity, known: &people.keyring, clock };
    let result = incoming.open(rules, &receiver, circumstances.occasion);
    let explanation = incoming.explain(rules, result.as_ref(), Shows::default());
    let sealed = &incoming.sealed;
    let situation = &incoming.arrived.arrival.situation;
    let opening = result.as_ref().and_then(|result| result.as_ref().ok());
    let opened = sealed.first().filter(|_| opening.is_some());
    let omemo = opened.map(|sealed| traces(identity, sealed.carrier)).unwrap_or_default();
    let affixes = explanation.affixes.iter().flat_map(|affix| &affix.comparisons);
    Ok(Ran {
        profile: sealed.first().map(|sealed| sealed.profile.id.clone()),
        situation: situation.clone(),
        intermediate: Intermediate {
            plaintext: opening.map(|opening| opening.plaintext.as_str().to_owned()),
            signer: opening.and_then(|opening| opening.signer.clone()),
            encrypted: opening.is_some_and(|opening| opening.protection.encrypted),
            signed: opening.is_some_and(|opening| opening.protection.signed),
            signing_time: opening.and_then(|opening| opening.signed_at).map(|time| time.to_string()),
            comparisons: affixes.chain(&explanation.comparisons).map(compared).collect(),
            omemo: omemo.iter().map(OmemoValues::of).collect(),
            openpgp: opened.filter(|sealed| sealed.profile.protocol == "openpgp").and_then(|sealed| {
                let carrier = Carrier::new(sealed.profile.carrier.clone(), &sealed.profile.payload);
                let (session_key, opened_with) = session_key(sealed.carrier, &carrier, identity)?;
                Some(OpenPgpValues { opened_with, session_key: session_key.to_string() })
            }),
        },
        outcome: explanation.outcome,
        requirements: deciding(&explanation),
        restored: explanation.restored,
        origins: explanation.origins,
        author: explanation.author,
    })
}

fn compared(one: &ComparisonLayer) -> Compared {
    Compared {
        subject: one.subject.clone(),
        value: one.value.clone(),
        term: one.term.clone(),
        with: one.with.clone(),
        agrees: one.agrees,
    }
}

/// The requirements that decide: of a refused stanza those of what is fatal, else of everything.
fn deciding(explanation: &Explanation) -> Vec<String> {
    let is_refused = explanation.outcome == Outcome::Refused;
    let faults = explanation.faults.iter().filter(|fault| fault.fatal || !is_refused);
    let mut requirements: Vec<String> = Vec::new();
    for id in faults.flat_map(|fault| &fault.requirements) {
        if !requirements.contains(id) {
            requirements.push(id.clone());
        }
    }
    requirements
}

fn element(text: &str) -> Result<Element, String> {
    super::receive::stanza(text, &mut Sources::default()).map_err(|why| format!("the stanza is none: {why}"))
}

impl Case {
    /// The case that a stanza makes.
    ///
    /// # Errors
    /// As [`run`].
    pub fn of(
        id: String,
        shows: String,
        profile: String,
        flags: Vec<String>,
        circumstances: &Circumstances<'_>,
        people: &People,
        rules: &Rulebook,
    ) -> Result<Case, String> {
        let ran = run(circumstances, people, rules)?;
        Ok(Case {
            id,
            shows,
            profile,
            flags,
            receiver: circumstances.receiver.to_owned(),
            clock: circumstances.clock.to_owned(),
            situation: ran.situation,
            rooms: circumstances.rooms.to_vec(),
            queries: circumstances.queries.map(<[String]>::to_vec),
            occupant: Some(circumstances.occupant).filter(|jid| !jid.is_empty()).map(str::to_owned),
            stanza: circumstances.stanza.to_owned(),
            repeated: circumstances.occasion.is_repeated(),
            forgotten: circumstances.occasion.is_forgotten(),
            intermediate: ran.intermediate,
            result: Verdict::of(ran.outcome),
            outcome: word(ran.outcome).to_owned(),
            requirements: ran.requirements,
            restored: ran.restored,
            origins: ran.origins,
            author: ran.author,
        })
    }

    /// Goes through it again; answers how many checks held, and the first that did not.
    fn verify(&self, people: &People, rules: &Rulebook) -> Result<usize, Mismatch> {
        let circumstances = Circumstances {
            stanza: &self.stanza,
            receiver: &self.receiver,
            clock: &self.clock,
            rooms: &self.rooms,
            queries: self.queries.as_deref(),
            occupant: self.occupant.as_deref().unwrap_or(""),
            occasion: Occasion::new(self.repeated, self.forgotten),
        };
        let ran = run(&circumstances, people, rules)
            .map_err(|why| self.mismatch("the case", "one that can be tried", &why))?;
        let result = Verdict::of(ran.outcome);
        let profile = ran.profile.as_deref().unwrap_or(&self.profile);
        let restored = |text: &Option<String>| {
            text.as_deref()
                .map(|text| element(text).map(|stanza| canonical_stanza(&stanza, Whitespace::Exact)))
                .transpose()
        };
        let texts = [
            ("result", self.result.word().to_owned(), result.word().to_owned()),
            ("outcome", self.outcome.clone(), word(ran.outcome).to_owned()),
            ("requirements", self.requirements.join(", "), ran.requirements.join(", ")),
            ("profile", carrier_of(&self.profile, rules), carrier_of(profile, rules)),
            ("situation", self.situation.clone(), ran.situation.clone()),
            ("origins", self.origins.join(", "), ran.origins.join(", ")),
            ("author", format!("{:?}", self.author), format!("{:?}", ran.author)),
            ("restored", format!("{:?}", restored(&self.restored)), format!("{:?}", restored(&ran.restored))),
        ];
        if let Some((member, expected, found)) = texts.iter().find(|(_, expected, found)| expected != found) {
            return Err(self.mismatch(&format!("`{member}`"), expected, found));
        }
        let json = |values: &Intermediate| serde_json::to_value(values).unwrap_or_default();
        let difference = difference("intermediate", &json(&self.intermediate), &json(&ran.intermediate));
        match difference {
            None => Ok(texts.len() + 1),
            Some((member, expected, found)) => Err(self.mismatch(&format!("`{member}`"), &expected, &found)),
        }
    }

    fn mismatch(&self, place: &str, expected: &str, found: &str) -> Mismatch {
        Mismatch { place: format!("case `{}`: {place}", self.id), expected: expected.into(), found: found.into() }
    }
}

/// The first place where two values differ, as `a/b/0`, and what stands there in either.
fn difference(place: &str, expected: &Value, found: &Value) -> Option<(String, String, String)> {
    let at = |member: &dyn fmt::Display| format!("{place}/{member}");
    let nothing = Value::Null;
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            names.into_iter().find_map(|name| {
                let of = |object: &serde_json::Map<String, Value>| object.get(name).unwrap_or(&nothing).clone();
                difference(&at(name), &of(one), &of(other))
            })
        }
        (Value::Array(one), Value::Array(other)) => (0..one.len().max(other.len())).find_map(|index| {
            let of = |array: &[Value]| array.get(index).unwrap_or(&nothing).clone();
            difference(&at(&index), &of(one), &of(other))
        }),
        _ if expected == found => None,
        _ => Some((place.to_owned(), expected.to_string(), found.to_string())),
    }
}

/// Several profiles may have one carrier: a receiver cannot tell them apart by it.
fn carrier_of(profile: &str, rules: &Rulebook) -> String {
    rules.profiles.get(profile).map_or_else(|| profile.to_owned(), |profile| profile.carrier.to_string())
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Late => "late",
        Outcome::Refused => "refused",
        Outcome::NotSealed => "not-sealed",
        Outcome::Unauthenticated => "unauthenticated",
    }
}

/// What came of going through a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many cases are valid.
    pub valid: usize,
    /// How many are invalid.
    pub invalid: usize,
    /// How many checks held.
    pub held: usize,
    /// The cases that are otherwise than the file says.
    pub failures: Vec<Mismatch>,
}

impl Report {
    fn count(&mut self, result: Verdict) {
        match result {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid => self.invalid += 1,
        }
    }
}

fn version_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Peek {
        version: u32,
    }
    serde_json::from_str::<Peek>(text).ok().map(|peek| peek.version)
}

fn unknown_version(version: u32) -> String {
    format!(
        "version {version} of the form is not known, {VERSION} is; make the file anew with `xep examples`, or verify it with the program \
         that made it"
    )
}

/// Whether a text has the form of these files, and not another one: it has `cases`.
pub fn is_one(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Peek {
        cases: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Peek>(text).is_ok_and(|peek| peek.cases.is_some())
}

/// Goes through a file of vectors.
///
/// # Errors
/// A sentence about why the text is no such file.
pub fn verify(text: &str, rules: &Rulebook) -> Result<Report, String> {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        // What a later version holds is not said to be wrong.
        Err(error) => match version_of(text) {
            Some(version) if version != VERSION => return Err(unknown_version(version)),
            _ => return Err(format!("{error}; `schema.json` beside the files of `xep examples` describes the form")),
        },
    };
    if file.version != VERSION {
        return Err(unknown_version(file.version));
    }
    if file.cases.is_empty() || file.cases.len() > MAXIMUM_CASES {
        return Err(format!("it has {} cases; 1 to {MAXIMUM_CASES} are read", file.cases.len()));
    }
    if file.bundles.len() > MAXIMUM_CASES {
        return Err(format!("it has {} bundles; up to {MAXIMUM_CASES} are read", file.bundles.len()));
    }
    let people = People::read(&file.people)?;
    let mut report = Report::default();
    for bundle in &file.bundles {
        report.count(bundle.result);
        match bundle.verify(rules) {
            Ok(held) => report.held += held,
            Err(mismatch) => report.failures.push(mismatch),
        }
    }
    for case in &file.cases {
        report.count(case.result);
        let unknown = case.flags.iter().find(|flag| !file.flags.contains_key(*flag));
        match (unknown, case.verify(&people, rules)) {
            (Some(flag), _) => report.failures.push(case.mismatch("`flags`", "flags that the file explains", flag)),
            (None, Ok(held)) => report.held += held,
            (None, Err(mismatch)) => report.failures.push(mismatch),
        }
    }
    Ok(report)
}
