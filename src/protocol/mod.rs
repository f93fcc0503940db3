//! What carries an envelope: one trait, and the protocols behind it.
//!
//! A [`Protocol`] turns a text into a [`Carrier`] element for some people, and such an element back into the text, with what it
//! could verify on the way. It knows nothing of stanzas, envelopes and policy. [`openpgp`] and [`omemo`] really encrypt and
//! authenticate; the [`stub`] does neither and says so.

mod already_open;
mod carrier;
mod failure;
mod identity;
pub mod omemo;
pub mod openpgp;
pub mod stub;

pub use already_open::AlreadyOpen;
pub use carrier::Carrier;
pub use failure::Failure;
pub use identity::{Identity, Keyring};

use crate::random::Random;
use crate::source::{MappedText, Span};
use crate::xml::Element;
use crate::xmpp::BareJid;
use jiff::Timestamp;
use std::fmt;

/// A way to carry a text in an element so that only some people can read it, or so that they know who wrote it.
///
/// A protocol may remember what went before (a ratchet does), so it is borrowed mutably.
pub trait Protocol {
    /// Wraps `plaintext` for the recipients.
    ///
    /// Random bytes are taken from `random`, save where a protocol's own documentation says otherwise.
    fn seal(&mut self, plaintext: &str, request: &SealRequest<'_>, random: &mut dyn Random)
    -> Result<Element, Failure>;

    /// Opens an element, and holds what it finds against the demands of the request.
    ///
    /// No byte of a plaintext is given out that does not satisfy them.
    fn open(&mut self, carrier: &Element, request: &OpenRequest<'_>) -> Result<Opened, Failure>;

    /// Seals a text against a rule of the protocol that receivers hold, so that it can be tried whether they do. By default a protocol
    /// makes no such message.
    ///
    /// # Errors
    /// When it makes none, and as [`Protocol::seal`].
    fn seal_against(
        &mut self,
        breach: Breach<'_>,
        _plaintext: &str,
        request: &SealRequest<'_>,
        _random: &mut dyn Random,
    ) -> Result<Element, Failure> {
        Err(Failure::unsupported(format!("this protocol has no message that {breach}"), request.span))
    }

    /// Seals what somebody else has signed once more, for other people, without changing it: what a receiver who means ill can do
    /// where a signature does not cover the recipients. By default a protocol leaves no such way.
    ///
    /// # Errors
    /// When there is no such way, or `request` does not open the element.
    fn pass_on(&mut self, carrier: &Element, _: &OpenRequest<'_>, _: &[&Identity]) -> Result<Element, Failure> {
        Err(Failure::unsupported("what this protocol authenticates is bound to its recipients", carrier.span))
    }

    /// Whether the sender's other clients can open what the sender seals. By default they can.
    fn reaches_own_devices(&self, _sender: &Identity) -> bool {
        true
    }

    /// The names of a person's keys on which a sealed message depends. By default the fingerprints of OpenPGP.
    fn key_names(&self, person: &Identity) -> Vec<String> {
        person.fingerprints()
    }
}

/// The protocol of that name, as profiles write it.
pub fn by_name(name: &str) -> Option<Box<dyn Protocol>> {
    match name {
        "omemo" => Some(Box::new(omemo::Omemo::default())),
        "openpgp" => Some(Box::new(openpgp::OpenPgp::default())),
        "stub" => Some(Box::new(stub::Stub)),
        _ => None,
    }
}

/// What is done to a text, or was found done to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// Only its recipients can read it.
    pub encrypted: bool,
    /// It is known who wrote it.
    pub signed: bool,
}

impl Protection {
    /// Encrypted and signed.
    pub const FULL: Protection = Protection { encrypted: true, signed: true };
    /// Encrypted by nobody knows whom.
    pub const ENCRYPTED: Protection = Protection { encrypted: true, signed: false };
    /// Signed for everybody to read.
    pub const SIGNED: Protection = Protection { encrypted: false, signed: true };
    /// Neither.
    pub const NONE: Protection = Protection { encrypted: false, signed: false };
}

/// What a message breaks of its protocol's rules.
#[derive(Clone, Copy, Debug)]
pub enum Breach<'a> {
    /// Somebody signed it beside its sender, whose signature stays.
    SignedTwice(&'a Identity),
    /// Behind it stands another message in the open, which says this.
    Followed(&'a str),
    /// Whoever knows this passphrase can open it too.
    Passphrase(&'a str),
}

/// The rest of "a message that ...".
impl fmt::Display for Breach<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Breach::SignedTwice(_) => "two people signed",
            Breach::Followed(_) => "another one follows",
            Breach::Passphrase(_) => "a passphrase opens",
        })
    }
}

/// For whom and how a text is sealed.
#[derive(Clone, Copy, Debug)]
pub struct SealRequest<'a> {
    /// Who writes; signs, and can read the message as well.
    pub sender: &'a Identity,
    /// Who is to read it.
    pub recipients: &'a [&'a Identity],
    /// When.
    pub time: Timestamp,
    /// What is done.
    pub protection: Protection,
    /// The element that carries it.
    pub carrier: &'a Carrier,
    /// The author's text that the element is made from.
    pub span: Span,
}

/// Who opens an element, and what is demanded of it.
#[derive(Clone, Copy, Debug)]
pub struct OpenRequest<'a> {
    /// Whose secret keys open it.
    pub receiver: &'a Identity,
    /// Whose signatures are recognised.
    pub known: &'a Keyring,
    /// Who must have signed, if it is signed; `None`: anybody who is known.
    pub sender: Option<&'a BareJid>,
    /// When it is opened. No signature may be later, and what is known of revocations by then counts; whether a key was valid is
    /// judged at the time of its signature, and beside that as of now, in [`Opened::retired`].
    pub time: Timestamp,
    /// What must have been done to it at least.
    pub demand: Protection,
    /// The element that carries it.
    pub carrier: &'a Carrier,
}

/// What was in an element.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The text. All of it stands for the span of the Base64 that it came out of.
    pub plaintext: MappedText,
    /// Who signed it, verified.
    pub signer: Option<BareJid>,
    /// Further accounts that the same key is known to be of: whoever signed may be any of them.
    pub also: Vec<BareJid>,
    /// When it was signed, as the signature of `signer` itself says; nothing else vouches for it.
    pub signed_at: Option<Timestamp>,
    /// Why the key that signed would not count if it signed at the time of the request, as "is revoked"; nothing where it would. Of a
    /// message that is said to arrive now it should be nothing; of an old one it tells that its key has been retired since.
    pub retired: Option<String>,
    /// What had been done to it. A signature counts when it is good and its maker is known.
    pub protection: Protection,
    /// One sentence for each layer, from the outside in.
    pub layers: Vec<String>,
}
