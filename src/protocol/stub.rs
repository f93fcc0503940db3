//! No protection at all: the text as Base64.
//!
//! The examples of XEP-0420 show envelopes this way, as if they were encrypted. This protocol reads and writes them; it is never
//! called encryption, and whoever demands protection is refused.

use super::{Failure, OpenRequest, Opened, Protection, Protocol, SealRequest};
use crate::random::Random;
use crate::source::MappedText;
use crate::xml::Element;
use crate::xmpp::base64;

/// Base64 and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stub;

impl Protocol for Stub {
    fn seal(&mut self, plaintext: &str, request: &SealRequest<'_>, _: &mut dyn Random) -> Result<Element, Failure> {
        if request.protection != Protection::NONE {
            return Err(Failure::unsupported("the stub neither encrypts nor signs", request.span));
        }
        Ok(request.carrier.wrap(&base64::encode(plaintext), request.span))
    }

    fn open(&mut self, carrier: &Element, request: &OpenRequest<'_>) -> Result<Opened, Failure> {
        let text = request.carrier.unwrap(carrier)?;
        let place = text.trimmed().whole();
        if request.demand.encrypted {
            return Err(Failure::unencrypted("this is Base64, not encrypted", place));
        }
        if request.demand.signed {
            return Err(Failure::unsigned("this is Base64, not signed", place));
        }
        let bytes = decode(&text)?;
        let layers = vec![format!("{} bytes as Base64, neither encrypted nor signed.", bytes.len())];
        let plaintext = plaintext(bytes, &text)?;
        Ok(Opened { plaintext, signer: None, signed_at: None, protection: Protection::NONE, layers })
    }
}

/// The bytes that the Base64 of a carrier stands for.
pub(super) fn decode(text: &MappedText) -> Result<Vec<u8>, Failure> {
    base64::decode(text).map_err(|bad| Failure::malformed_base64(bad.reason, bad.span))
}

/// Bytes as text that stands for the Base64 in `carried`.
pub(super) fn plaintext(bytes: Vec<u8>, carried: &MappedText) -> Result<MappedText, Failure> {
    let place = carried.trimmed().whole();
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::not_text(format!("the plaintext is not UTF-8: byte {at} does not fit"), place)
    })?;
    Ok(place.map_or_else(MappedText::new, |place| MappedText::standing_for(text, place)))
}
