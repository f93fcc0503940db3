//! OMEMO as of `urn:xmpp:omemo:2` (XEP-0384 0.9).
//!
//! Every device has keys of its own. A message is encrypted once, and its key is encrypted for each device by a Double Ratchet,
//! which begins with a key agreement (X3DH). [`device::Device`] is an own device with its keys and sessions, [`Bundle`] what it
//! publishes, [`Encrypted`] a message as it travels. [`Omemo`] is the same behind the trait
//! [`Protocol`](super::Protocol), for all devices of the people in a cast.
//!
//! What a message needs besides its own bytes is given: random bytes by the caller's
//! [`Random`](crate::random::Random), addresses and trusted identity keys by the caller. There is no clock in it. Secrets are wiped when they are dropped, tags and secrets are compared in constant
//! time, and every count and length that others send is bounded.
//!
//! Which devices are trusted, fetching and publishing is not done here.

pub mod bundle;
mod cipher;
pub mod device;
pub mod element;
pub mod keys;
mod protocol;
pub mod ratchet;
pub mod session;
pub mod state;
pub mod trace;
pub mod vectors;
pub mod wire;

pub use bundle::Bundle;
pub use device::{Device, Pending, Reader, Received};
pub use element::{DeviceList, Encrypted, Label};
pub use keys::IdentityKey;
pub(super) use protocol::OmemoKeys;
pub use protocol::{NextState, Omemo, expect_keys_of_one_account};

use super::Failure;
use crate::xmpp::BareJid;
use std::fmt;

/// The highest id of a device or a prekey.
pub const MAXIMUM_ID: u32 = 0x7fff_ffff;

/// The id of a device, unique in its account: 1 to 2³¹ − 1 (XEP-0384, section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(u32);

impl DeviceId {
    /// The device of that number.
    ///
    /// # Errors
    /// When the number is 0 or above 2³¹ − 1.
    pub fn new(number: u32) -> Result<DeviceId, Failure> {
        match (1..=MAXIMUM_ID).contains(&number) {
            true => Ok(DeviceId(number)),
            false => Err(Failure::malformed_message(format!("{number} is no id: these are 1 to {MAXIMUM_ID}"), None)),
        }
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Whether an address is what comes of it when it is read again. Preparing it may take two turns for odd characters; such an address
/// could be stored, but not be found again.
fn is_stable(address: &BareJid) -> bool {
    BareJid::parse(address.as_str()).as_ref() == Ok(address)
}

impl fmt::Display for DeviceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
