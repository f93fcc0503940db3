//! The binary messages of the protocol (XEP-0384, section 10, "Protobuf Schemas"), read and written.
//!
//! They are Protocol Buffers of the second version. Of that format no more is understood than these three messages need:
//! numbers, byte strings, and how to pass over a field that is not known. Where a field stands twice the last one holds, as the
//! format says. What is read borrows from the bytes that came, since the authentication tag is over exactly these.

use super::cipher::{TAG, Tag};
use super::keys::PublicBytes;
use crate::protocol::Failure;

/// The longest message that is read, in bytes. One with a payload's key has some 200.
pub const MAXIMUM: usize = 4096;

/// `OMEMOMessage`: a position in the ratchet, and what was encrypted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The number of the message in its chain, from 0 on.
    pub number: u32,
    /// How many messages the sender's chain before this one had.
    pub previous: u32,
    /// The sender's ratchet key.
    pub ratchet_key: PublicBytes,
    /// The ciphertext. The schema lets it be absent, as it is while the tag is computed; a message that travels has one.
    pub ciphertext: &'a [u8],
}

/// `OMEMOAuthenticatedMessage`: a message as bytes, and the tag over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authenticated<'a> {
    /// The tag.
    pub tag: Tag,
    /// The bytes of a [`Message`].
    pub message: &'a [u8],
}

/// `OMEMOKeyExchange`: how a session begins, with a message in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyExchange<'a> {
    /// How the session begins.
    pub opening: Beginning,
    /// The bytes of an [`Authenticated`] message.
    pub message: &'a [u8],
}

/// What the receiver of a key exchange needs to come to the same secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The id of the receiver's prekey that was used.
    pub prekey: u32,
    /// The id of the receiver's signed prekey.
    pub signed_prekey: u32,
    /// The sender's identity key, in its Ed25519 form; not checked yet.
    pub identity: PublicBytes,
    /// The sender's ephemeral key.
    pub ephemeral: PublicBytes,
}

/// What a device gets: a message with or without a key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope<'a> {
    /// A key exchange.
    KeyExchange(KeyExchange<'a>),
    /// A message of a session.
    Authenticated(Authenticated<'a>),
}

impl<'a> Envelope<'a> {
    /// Reads either. Which one it is follows from the first field, a number in one and bytes in the other: some software marks
    /// only the first of several key exchanges as such.
    ///
    /// # Errors
    /// When the bytes are neither.
    pub fn read(bytes: &'a [u8]) -> Result<Envelope<'a>, Failure> {
        let is_exchange = Fields::new(bytes, "message")?.any(|field| matches!(field, Ok((1, Value::Number(_)))));
        match is_exchange {
            true => KeyExchange::read(bytes).map(Envelope::KeyExchange),
            false => Authenticated::read(bytes).map(Envelope::Authenticated),
        }
    }
}

impl<'a> Message<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// When a field is missing or malformed.
    pub fn read(bytes: &'a [u8]) -> Result<Message<'a>, Failure> {
        const NAME: &str = "OMEMOMessage";
        let (mut number, mut previous, mut ratchet_key, mut ciphertext) = (None, None, None, None);
        for field in Fields::new(bytes, NAME)? {
            match field? {
                (1, value) => number = Some(value.number(NAME, "n")?),
                (2, value) => previous = Some(value.number(NAME, "pn")?),
                (3, value) => ratchet_key = Some(value.array(NAME, "dh_pub")?),
                (4, value) => ciphertext = Some(value.bytes(NAME, "ciphertext")?),
                _ => {}
            }
        }
        Ok(Message {
            number: number.ok_or_else(|| missing(NAME, "n"))?,
            previous: previous.ok_or_else(|| missing(NAME, "pn"))?,
            ratchet_key: ratchet_key.ok_or_else(|| missing(NAME, "dh_pub"))?,
            ciphertext: ciphertext.ok_or_else(|| missing(NAME, "ciphertext"))?,
        })
    }

    /// The bytes of the message. Numbers are written although they are 0, since the schema demands them.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.ciphertext.len() + 64);
        put_number(&mut bytes, 1, self.number);
        put_number(&mut bytes, 2, self.previous);
        put_bytes(&mut bytes, 3, &self.ratchet_key);
        put_bytes(&mut bytes, 4, self.ciphertext);
        bytes
    }
}

impl<'a> Authenticated<'a> {
    /// Reads an authenticated message.
    ///
    /// # Errors
    /// When a field is missing or malformed.
    pub fn read(bytes: &'a [u8]) -> Result<Authenticated<'a>, Failure> {
        const NAME: &str = "OMEMOAuthenticatedMessage";
        let (mut tag, mut message) = (None, None);
        for field in Fields::new(bytes, NAME)? {
            match field? {
                (1, value) => tag = Some(value.array::<TAG>(NAME, "mac")?),
                (2, value) => message = Some(value.bytes(NAME, "message")?),
                _ => {}
            }
        }
        Ok(Authenticated {
            tag: tag.ok_or_else(|| missing(NAME, "mac"))?,
            message: message.ok_or_else(|| missing(NAME, "message"))?,
        })
    }

    /// The bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.message.len() + 32);
        put_bytes(&mut bytes, 1, &self.tag);
        put_bytes(&mut bytes, 2, self.message);
        bytes
    }
}

impl<'a> KeyExchange<'a> {
    /// Reads a key exchange.
    ///
    /// # Errors
    /// When a field is missing or malformed. One without a prekey is such a one (XEP-0384, section 4.2).
    pub fn read(bytes: &'a [u8]) -> Result<KeyExchange<'a>, Failure> {
        const NAME: &str = "OMEMOKeyExchange";
        let (mut prekey, mut signed_prekey, mut identity, mut ephemeral, mut message) = (None, None, None, None, None);
        for field in Fields::new(bytes, NAME)? {
            match field? {
                (1, value) => prekey = Some(value.number(NAME, "pk_id")?),
                (2, value) => signed_prekey = Some(value.number(NAME, "spk_id")?),
                (3, value) => identity = Some(value.array(NAME, "ik")?),
                (4, value) => ephemeral = Some(value.array(NAME, "ek")?),
                (5, value) => message = Some(value.bytes(NAME, "message")?),
                _ => {}
            }
        }
        let opening = Beginning {
            prekey: prekey.ok_or_else(|| missing(NAME, "pk_id"))?,
            signed_prekey: signed_prekey.ok_or_else(|| missing(NAME, "spk_id"))?,
            identity: identity.ok_or_else(|| missing(NAME, "ik"))?,
            ephemeral: ephemeral.ok_or_else(|| missing(NAME, "ek"))?,
        };
        Ok(KeyExchange { opening, message: message.ok_or_else(|| missing(NAME, "message"))? })
    }

    /// The bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.message.len() + 96);
        put_number(&mut bytes, 1, self.opening.prekey);
        put_number(&mut bytes, 2, self.opening.signed_prekey);
        put_bytes(&mut bytes, 3, &self.opening.identity);
        put_bytes(&mut bytes, 4, &self.opening.ephemeral);
        put_bytes(&mut bytes, 5, self.message);
        bytes
    }
}

/// The value of a field.
#[derive(Clone, Copy)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a type that no field here has.
    Other,
}

impl<'a> Value<'a> {
    fn number(self, message: &str, field: &str) -> Result<u32, Failure> {
        match self {
            Value::Number(number) => {
                u32::try_from(number).map_err(|_| malformed(message, &format!("`{field}` has more than 32 bits")))
            }
            _ => Err(malformed(message, &format!("`{field}` is no number"))),
        }
    }

    fn bytes(self, message: &str, field: &str) -> Result<&'a [u8], Failure> {
        match self {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(malformed(message, &format!("`{field}` is no string of bytes"))),
        }
    }

    fn array<const LENGTH: usize>(self, message: &str, field: &str) -> Result<[u8; LENGTH], Failure> {
        let bytes = self.bytes(message, field)?;
        bytes.try_into().map_err(|_| malformed(message, &format!("`{field}` has {} bytes, not {LENGTH}", bytes.len())))
    }
}

/// The fields of a message, each with its number. After a failure it ends.
struct Fields<'a> {
    rest: &'a [u8],
    message: &'static str,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8], message: &'static str) -> Result<Fields<'a>, Failure> {
        if bytes.len() > MAXIMUM {
            let text = format!("the {message} has {} bytes, more than the {MAXIMUM} that are read", bytes.len());
            return Err(Failure::too_large(text, None));
        }
        Ok(Fields { rest: bytes, message })
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            _ => return None,
        };
        (key >> 3 > 0).then_some((key >> 3, value))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let digit = u64::from(byte & 0x7f);
            if digit << shift >> shift != digit {
                return None;
            }
            number |= digit << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        Some(field.ok_or_else(|| {
            self.rest = &[];
            malformed(self.message, "its fields do not follow one another to its end")
        }))
    }
}

fn missing(message: &str, field: &str) -> Failure {
    malformed(message, &format!("`{field}` is missing"))
}

fn malformed(message: &str, why: &str) -> Failure {
    Failure::malformed_message(format!("this is no {message}: {why}"), None)
}

fn put_number(bytes: &mut Vec<u8>, field: u8, number: u32) {
    bytes.push(field << 3);
    put_varint(bytes, number);
}

fn put_bytes(bytes: &mut Vec<u8>, field: u8, value: &[u8]) {
    bytes.push(field << 3 | 2);
    put_varint(bytes, u32::try_from(value.len()).expect("what is sealed for a device is small"));
    bytes.extend_from_slice(value);
}

fn put_varint(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message() -> Message<'static> {
        Message { number: 0, previous: 300, ratchet_key: [7; 32], ciphertext: b"text" }
    }

    #[test]
    fn a_message_has_the_bytes_of_its_schema() {
        let bytes = message().write();
        assert_eq!(bytes[..8], [8, 0, 16, 0xac, 2, 26, 32, 7]);
        assert_eq!(bytes[39..], [34, 4, b't', b'e', b'x', b't']);
        assert_eq!(Message::read(&bytes).unwrap(), message());
    }

    #[test]
    fn which_of_the_two_it_is_follows_from_the_bytes() {
        let inner = message().write();
        let authenticated = Authenticated { tag: [1; TAG], message: &inner };
        let bytes = authenticated.write();
        assert_eq!(Envelope::read(&bytes).unwrap(), Envelope::Authenticated(authenticated));
        let opening = Beginning { prekey: 1, signed_prekey: 2, identity: [3; 32], ephemeral: [4; 32] };
        let exchange = KeyExchange { opening, message: &bytes };
        assert_eq!(Envelope::read(&exchange.write()).unwrap(), Envelope::KeyExchange(exchange));
    }

    #[test]
    fn order_and_unknown_fields_do_not_matter() {
        let mut bytes = vec![34, 1, 9, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4, 16, 5, 26, 32];
        bytes.extend([7; 32]);
        bytes.extend([8, 1, 8, 6, 0x78, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
        let read = Message::read(&bytes).unwrap();
        assert_eq!(read, Message { number: 6, previous: 5, ratchet_key: [7; 32], ciphertext: &[9] });
    }

    #[test]
    fn what_is_malformed_is_named() {
        let whole = message().write();
        let check = |bytes: &[u8], expected: &str| {
            let failure = Message::read(bytes).unwrap_err();
            assert!(failure.is_malformed_message() && failure.message().contains(expected), "{failure}");
        };
        check(&[], "`n` is missing");
        check(&whole[2..], "`n` is missing");
        check(&whole[..39], "`ciphertext` is missing");
        check(&whole[..38], "do not follow");
        check(&[10, 1, 0], "`n` is no number");
        check(&[26, 1, 0], "`dh_pub` has 1 bytes, not 32");
        check(&[8, 0xff, 0xff, 0xff, 0xff, 0x1f], "more than 32 bits");
        check(&[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], "do not follow");
        check(&[11, 12], "do not follow");
        check(&[0, 0], "do not follow");
        assert!(Message::read(&vec![0; MAXIMUM + 1]).unwrap_err().is_too_large());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Envelope::read(&bytes);
            let _ = Message::read(&bytes);
        }

        #[test]
        fn what_was_written_is_read(number: u32, previous: u32, key: [u8; 32], text in proptest::collection::vec(any::<u8>(), 0..99)) {
            let message = Message { number, previous, ratchet_key: key, ciphertext: &text };
            let bytes = message.write();
            prop_assert_eq!(Message::read(&bytes).unwrap(), message);
        }
    }
}
