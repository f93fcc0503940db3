//! The outermost packets of a message (RFC 9580, section 4.2), looked at before the library reads them.
//!
//! It tells a message that was cut short from one that was changed, and keeps from the library what it does not survive:
//! sequoia-openpgp 2.4.2 panics on an encrypted container of version 1 that ends within the 22 bytes after its prefix
//! (`PacketParser::decrypt` reserves them for the checksum and then takes for granted that the prefix is still there). Such a
//! container is easily made by anybody who knows the receiver's public key.

/// The tag of the container of encrypted data.
const ENCRYPTED_DATA: u8 = 18;

/// The shortest body of an encrypted container: version, prefix of a cipher with blocks of 8 bytes, the shortest literal
/// packet, checksum. With blocks of 16 bytes it is also the shortest that the library survives.
const SHORTEST_ENCRYPTED_DATA: usize = 1 + (8 + 2) + 8 + 22;

/// Whether `message` is a sequence of whole packets; else why not.
pub fn check(message: &[u8]) -> Result<(), String> {
    let mut rest = message;
    while !rest.is_empty() {
        let packet = Packet::read(rest).map_err(|why| format!("at byte {}, {why}", message.len() - rest.len()))?;
        if packet.tag == ENCRYPTED_DATA && packet.length < SHORTEST_ENCRYPTED_DATA {
            return Err("its encrypted part is too short to hold anything".to_owned());
        }
        rest = packet.rest;
    }
    match message.is_empty() {
        true => Err("it is empty".to_owned()),
        false => Ok(()),
    }
}

/// A packet's header: what it is, how long its body, and what follows.
struct Packet<'a> {
    tag: u8,
    length: usize,
    rest: &'a [u8],
}

const CUT_SHORT: &str = "a packet is cut short";

impl<'a> Packet<'a> {
    fn read(bytes: &'a [u8]) -> Result<Packet<'a>, &'static str> {
        let (&first, rest) = bytes.split_first().ok_or(CUT_SHORT)?;
        match first {
            0xc0.. => Packet::read_body(first & 0x3f, rest),
            0x80.. => Packet::read_old(first, rest),
            _ => Err("no packet begins"),
        }
    }

    /// The body of a packet in the current format: any number of parts, then the last one.
    fn read_body(tag: u8, mut rest: &'a [u8]) -> Result<Packet<'a>, &'static str> {
        let mut length = 0;
        loop {
            let (&first, after) = rest.split_first().ok_or(CUT_SHORT)?;
            let (part, is_last, after) = match first {
                0..192 => (usize::from(first), true, after),
                192..224 => {
                    let (&second, after) = after.split_first().ok_or(CUT_SHORT)?;
                    ((usize::from(first) - 192) * 256 + usize::from(second) + 192, true, after)
                }
                224..255 => (1 << (first & 0x1f), false, after),
                255 => {
                    let (number, after) = number(after, 4)?;
                    (number, true, after)
                }
            };
            length += part;
            rest = after.get(part..).ok_or(CUT_SHORT)?;
            if is_last {
                return Ok(Packet { tag, length, rest });
            }
        }
    }

    /// A packet in the format of old, whose length may be left open: it then ends with the message.
    fn read_old(first: u8, rest: &'a [u8]) -> Result<Packet<'a>, &'static str> {
        let tag = (first >> 2) & 0x0f;
        let (length, body) = match first & 3 {
            3 => (rest.len(), rest),
            kind => number(rest, 1 << kind)?,
        };
        let rest = body.get(length..).ok_or(CUT_SHORT)?;
        Ok(Packet { tag, length, rest })
    }
}

/// A number of so many bytes, the most significant first, and what follows it.
fn number(bytes: &[u8], length: usize) -> Result<(usize, &[u8]), &'static str> {
    let (digits, rest) = bytes.split_at_checked(length).ok_or(CUT_SHORT)?;
    let number = digits.iter().fold(0u64, |number, &digit| number << 8 | u64::from(digit));
    Ok((usize::try_from(number).map_err(|_| CUT_SHORT)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_packets_pass_and_others_are_named() {
        let check = |bytes: &[u8], expected: &str| {
            let result = check(bytes).err().unwrap_or_default();
            assert!(result.contains(expected) && result.is_empty() == expected.is_empty(), "{bytes:x?}: {result}");
        };
        let long = |header: &[u8], length: usize| [header, &vec![0; length]].concat();
        check(&[0xcb, 0], "");
        check(&[0xcb, 2, 0, 0], "");
        check(&long(&[0xcb, 192, 8], 200), "");
        check(&long(&[0xcb, 255, 0, 0, 1, 0], 256), "");
        check(&[0xcb, 225, 7, 7, 1, 7], "");
        check(&[0xac, 1, 7, 0xad, 0, 1, 7, 0xae, 0, 0, 0, 1, 7, 0xaf, 1, 2, 3], "");
        check(&long(&[0xd2, 41], 41), "");
        check(&long(&[0xd2, 40], 40), "too short");
        check(&long(&[0xcb, 0, 0xd2, 0], 40), "too short");
        check(&[], "empty");
        check(b"text", "at byte 0, no packet");
        check(&[0xcb, 0, 0x0a], "at byte 2, no packet");
        for cut in
            [&[0xcb][..], &[0xcb, 1], &[0xcb, 192], &[0xcb, 255, 0], &[0xcb, 225, 7, 7], &[0xad, 0], &[0xac, 2, 0]]
        {
            check(cut, "cut short");
        }
        check(&[0xcb, 255, 255, 255, 255, 255], "cut short");
        check(&[0xcb, 254, 255], "cut short");
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
        }
    }
}
