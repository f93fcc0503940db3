//! What was sealed here, opened without a key.

use super::{Failure, OpenRequest, Opened, Protection, Protocol, SealRequest};
use crate::random::Random;
use crate::source::MappedText;
use crate::xml::Element;
use crate::xmpp::BareJid;
use jiff::Timestamp;

/// Takes every element for the one message that it knows, so that everything behind a protocol can be tried without secret keys. It
/// protects nothing.
#[derive(Clone, Debug)]
pub struct AlreadyOpen(Opened);

impl AlreadyOpen {
    /// A text with this protection, which `author` signed at that time where it is signed.
    pub fn of(plaintext: MappedText, protection: Protection, author: Option<BareJid>, time: Timestamp) -> AlreadyOpen {
        AlreadyOpen(Opened {
            plaintext,
            signer: author.filter(|_| protection.signed),
            also: Vec::new(),
            signed_at: protection.signed.then_some(time),
            retired: None,
            protection,
            layers: Vec::new(),
        })
    }
}

impl Protocol for AlreadyOpen {
    fn seal(&mut self, _: &str, request: &SealRequest<'_>, _: &mut dyn Random) -> Result<Element, Failure> {
        Err(Failure::unsupported("what is open already is not sealed", request.span))
    }

    fn open(&mut self, _: &Element, _: &OpenRequest<'_>) -> Result<Opened, Failure> {
        Ok(self.0.clone())
    }
}
