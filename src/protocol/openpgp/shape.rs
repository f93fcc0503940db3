//! Which packets a message is made of (RFC 9580, section 10.3), all of them looked at, those inside the encryption included.
//!
//! Accepted is exactly one of
//!
//! ```text
//! message = content | encrypted session key for a public key, one or more; encrypted data with content in it
//! content = literal | one-pass signature, literal, signature | signature, literal
//! ```
//!
//! with an integrity check behind the content of encrypted data of version 1, and compression that compresses nothing left out of
//! account. Everything else is refused, wherever it stands: a second message, a key, a signature more. There is *one* signature, since a
//! message has one author: of two by different keys one would be reported, and which one would follow from their order.
//!
//! Passed over are marker packets that say `PGP` and nothing else, and padding packets, which "MUST be ignored when received" (sections 5.8 and 5.14). Packets that
//! nobody knows are refused, also those of the non-critical range, which section 4.3 has receivers ignore: no extension has use for them
//! here, and what is passed over by one program is read by another. So are trust packets, which section 5.10 has ignored outside of
//! keyrings.

use super::open::{explain, malformed};
use crate::protocol::Failure;
use sequoia_openpgp as pgp;

use pgp::Packet;
use pgp::crypto::SessionKey;
use pgp::packet::Tag;
use pgp::parse::{PacketParser, PacketParserResult, Parse};
use pgp::types::SymmetricAlgorithm;

/// What encrypted data open with.
pub type MessageKey = (Option<SymmetricAlgorithm>, SessionKey);

/// A packet by its tag, and how many others it is in.
type Place = (isize, Tag);

/// Holds a message that the library has opened against the shape above.
///
/// # Errors
/// When it has another one.
pub fn check(message: &[u8], key: Option<&MessageKey>) -> Result<(), Failure> {
    let places = places(message, key).map_err(explain)?;
    let signatures = places.iter().filter(|(_, tag)| *tag == Tag::Signature).count();
    if signatures > 1 {
        return Err(several_signatures(signatures));
    }
    check_message(&places)
}

/// The failure of a message with more than one signature.
pub fn several_signatures(count: usize) -> Failure {
    malformed(&format!("it has {count} signatures, but a message is signed with one key"))
}

/// All packets in their order, but for those that are passed over.
fn places(message: &[u8], key: Option<&MessageKey>) -> pgp::Result<Vec<Place>> {
    let mut places = Vec::new();
    let mut result = PacketParser::from_bytes(message)?;
    while let PacketParserResult::Some(mut parser) = result {
        if let (Packet::SEIP(_), Some((algorithm, key))) = (&parser.packet, key) {
            parser.decrypt(*algorithm, key)?;
        }
        let place = (parser.recursion_depth(), parser.packet.tag());
        // The compression of others was refused before; a marker that says something else is of the kind `Unknown`.
        let is_nothing = matches!(parser.packet, Packet::Marker(_) | Packet::Padding(_) | Packet::CompressedData(_));
        if !is_nothing {
            places.push(place);
        }
        (_, result) = parser.recurse()?;
    }
    Ok(places)
}

fn check_message(places: &[Place]) -> Result<(), Failure> {
    let keys = places.iter().take_while(|place| **place == (0, Tag::PKESK)).count();
    match places.get(keys..) {
        Some([(0, Tag::SEIP), inside @ .., (_, Tag::MDC)] | [(0, Tag::SEIP), inside @ ..]) if keys > 0 => {
            match inside.iter().all(|(depth, _)| *depth > 0) {
                true => check_content(inside),
                false => Err(malformed("packets stand behind its encrypted part")),
            }
        }
        _ => check_content(places),
    }
}

fn check_content(places: &[Place]) -> Result<(), Failure> {
    let tags: Vec<Tag> = places.iter().map(|(_, tag)| *tag).collect();
    match tags.as_slice() {
        [Tag::Literal] | [Tag::OnePassSig, Tag::Literal, Tag::Signature] | [Tag::Signature, Tag::Literal] => Ok(()),
        tags => {
            let names: Vec<String> = tags.iter().take(8).map(Tag::to_string).collect();
            Err(malformed(&format!("its content is {}, not one text with at most one signature", names.join(", "))))
        }
    }
}
