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
        Ok(Opened {
            plaintext,
            signer: None,
            also: Vec::new(),
            signed_at: None,
            retired: None,
            protection: Protection::NONE,
            layers,
        })
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::protocol::{Carrier, Identity, Keyring, by_name};
    use crate::random::SeededRandom;
    use crate::source::{Sources, Span};
    use crate::xml::Name;
    use crate::xmpp::BareJid;

    const TEXT: &str = "<envelope xmlns='urn:xmpp:sce:1'/>";

    fn carrier() -> Carrier {
        Carrier::new(Name::new("urn:xmpp:encryption:stub:sce:1", "encrypted"), "payload")
    }

    fn place() -> Span {
        let mut sources = Sources::default();
        let file = sources.add("a", "abc");
        sources.whole(file)
    }

    fn seal(protection: Protection) -> Result<Element, Failure> {
        let romeo = Identity::new(BareJid::parse("romeo@montague.example").unwrap());
        let carrier = carrier();
        let request = SealRequest {
            sender: &romeo,
            recipients: &[],
            time: jiff::Timestamp::UNIX_EPOCH,
            protection,
            carrier: &carrier,
            span: place(),
        };
        by_name("stub").unwrap().seal(TEXT, &request, &mut SeededRandom::new("unused"))
    }

    fn open(element: &Element, demand: Protection) -> Result<Opened, Failure> {
        let juliet = Identity::new(BareJid::parse("juliet@capulet.example").unwrap());
        let (carrier, known) = (carrier(), Keyring::default());
        let time = jiff::Timestamp::UNIX_EPOCH;
        Stub.open(
            element,
            &OpenRequest { receiver: &juliet, known: &known, sender: None, time, demand, carrier: &carrier },
        )
    }

    #[test]
    fn a_text_comes_back_without_a_claim() {
        let sealed = seal(Protection::NONE).unwrap();
        let payload = sealed.child("urn:xmpp:encryption:stub:sce:1", "payload").unwrap();
        assert_eq!(payload.text().as_str(), base64::encode(TEXT));
        let opened = open(&sealed, Protection::NONE).unwrap();
        assert_eq!((opened.plaintext.as_str(), opened.protection, opened.signer), (TEXT, Protection::NONE, None));
        assert_eq!(opened.plaintext.whole(), Some(place()));
        assert_eq!(opened.layers, ["34 bytes as Base64, neither encrypted nor signed."]);
    }

    #[test]
    fn protection_is_neither_promised_nor_claimed() {
        assert!(seal(Protection::ENCRYPTED).unwrap_err().is_unsupported());
        assert!(seal(Protection::SIGNED).unwrap_err().is_unsupported());
        let sealed = seal(Protection::NONE).unwrap();
        assert!(open(&sealed, Protection::FULL).unwrap_err().is_unencrypted());
        assert!(open(&sealed, Protection::SIGNED).unwrap_err().is_unsigned());
    }

    #[test]
    fn what_is_not_the_carrier_is_refused() {
        let check = |element: &Element, is: fn(&Failure) -> bool| {
            let failure = open(element, Protection::NONE).unwrap_err();
            assert!(is(&failure), "{failure}");
        };
        let (name, payload) = (carrier().name().clone(), Name::new("urn:xmpp:encryption:stub:sce:1", "payload"));
        let payload = Element::new(payload, place()).with_text("aGVsbG8=");
        let encrypted = Element::new(name, place());
        check(&encrypted, Failure::is_wrong_carrier);
        check(&encrypted.clone().with_child(payload.clone()).with_child(payload.clone()), Failure::is_wrong_carrier);
        check(&payload, Failure::is_wrong_carrier);
        check(&carrier().wrap("/w==", place()), Failure::is_not_text);
        check(&carrier().wrap("aGVsbG8", place()), Failure::is_malformed_base64);
        assert!(by_name("rot13").is_none());
    }
}
