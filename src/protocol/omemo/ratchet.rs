//! The Double Ratchet (Signal, *The Double Ratchet Algorithm*, section 3) with the parameters of XEP-0384, section 4.3.
//!
//! One thing is done later than there: the own next ratchet key is made when something is sent, not when the other's key arrives.
//! What goes over the wire is the same, and receiving needs no random bytes.

use super::cipher::{BoxKeys, authenticate_byte, expand, part};
use super::keys::{KeyPair, PublicBytes, Secret};
use super::wire::{Authenticated, Message};
use crate::protocol::Failure;
use crate::random::Random;
use std::collections::VecDeque;
use std::fmt;
use zeroize::Zeroizing;

/// How many messages of one chain may be passed over by one message (`MAX_SKIP`).
pub const MAXIMUM_SKIP: u32 = 1000;

/// How many keys of messages that did not arrive yet are kept; of more, the oldest are forgotten.
pub const MAXIMUM_SKIPPED: usize = 1000;

/// How many of the other's former ratchet keys are remembered. Keys of messages that did not arrive are forgotten with the chain
/// that they belong to.
pub const MAXIMUM_PAST: usize = 64;

/// From which number on a message shows that the ratchet should move (XEP-0384, section 7): the receiver answers.
pub const LONG_CHAIN: u32 = 53;

/// One end of a session's ratchet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratchet {
    pub(super) root: Secret,
    /// The own ratchet key: of the sending chain, or of the one before where none has begun.
    pub(super) own: KeyPair,
    /// The other's ratchet key; none before anything was received by who accepted the session.
    pub(super) remote: Option<PublicBytes>,
    pub(super) sending: Option<Chain>,
    pub(super) receiving: Option<Chain>,
    /// How many messages the sending chain before the current or next one had.
    pub(super) previous: u32,
    pub(super) skipped: VecDeque<Skipped>,
    pub(super) past: VecDeque<PublicBytes>,
    /// Whether a message of the current receiving chain had a number from [`LONG_CHAIN`] on.
    pub(super) is_long: bool,
}

/// A chain of message keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) key: Secret,
    /// The number of the next message.
    pub(super) next: u32,
}

/// The key of a message that did not arrive yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Skipped {
    pub(super) remote: PublicBytes,
    pub(super) number: u32,
    pub(super) key: Secret,
}

/// What a message held.
pub struct Delivered {
    /// The plaintext.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// Whether it is the first one of its chain with a number from [`LONG_CHAIN`] on.
    pub is_first_of_long: bool,
    /// Whether others that were sent after it had arrived before.
    pub is_late: bool,
}

/// Shows no text.
impl fmt::Debug for Delivered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Delivered")
            .field("is_first_of_long", &self.is_first_of_long)
            .field("is_late", &self.is_late)
            .finish_non_exhaustive()
    }
}

impl Ratchet {
    /// The end that begins: `shared` is the outcome of the key agreement, `remote` the other's signed prekey.
    ///
    /// # Errors
    /// When the other's key is no usable one.
    pub fn beginning(shared: &Secret, remote: &PublicBytes, random: &mut dyn Random) -> Result<Ratchet, Failure> {
        let mut ratchet = Ratchet::new(shared.clone(), KeyPair::generate(random));
        ratchet.remote = Some(*remote);
        ratchet.sending = Some(ratchet.step(remote)?);
        Ok(ratchet)
    }

    /// The end that accepts: `own` is the signed prekey that the other one chose.
    pub fn accepting(shared: &Secret, own: KeyPair) -> Ratchet {
        Ratchet::new(shared.clone(), own)
    }

    fn new(root: Secret, own: KeyPair) -> Ratchet {
        Ratchet {
            root,
            own,
            remote: None,
            sending: None,
            receiving: None,
            previous: 0,
            skipped: VecDeque::new(),
            past: VecDeque::new(),
            is_long: false,
        }
    }

    /// Encrypts the next message. Answers the bytes of an `OMEMOAuthenticatedMessage`.
    ///
    /// # Errors
    /// When nothing was received yet by who accepted the session, or the chain has no more numbers. The ratchet is then as it was.
    pub fn seal(&mut self, plaintext: &[u8], associated: &[u8], random: &mut dyn Random) -> Result<Vec<u8>, Failure> {
        let mut next = self.clone();
        let (number, key) = next.next_sending(random)?;
        let keys = BoxKeys::of_message(&key);
        let ciphertext = keys.encrypt(plaintext);
        let ratchet_key = *next.own.public();
        let message = Message { number, previous: next.previous, ratchet_key, ciphertext: &ciphertext }.write();
        let tag = keys.tag(&[associated, &message]);
        *self = next;
        Ok(Authenticated { tag, message: &message }.write())
    }

    /// Decrypts a message.
    ///
    /// # Errors
    /// When it is malformed, was opened before, passes over too many, or was not sealed by the other end. The ratchet is then as
    /// it was.
    pub fn open(&mut self, sealed: &Authenticated<'_>, associated: &[u8]) -> Result<Delivered, Failure> {
        let message = Message::read(sealed.message)?;
        let mut next = self.clone();
        let (key, is_late) = match next.take_skipped(&message) {
            Some(key) => (key, true),
            None => (next.receiving_key(&message)?, false),
        };
        let keys = BoxKeys::of_message(&key);
        if !keys.has_tagged(&[associated, sealed.message], &sealed.tag) {
            return Err(Failure::tampered("the message does not fit its authentication tag in this session", None));
        }
        let plaintext = keys
            .decrypt(message.ciphertext)
            .ok_or_else(|| Failure::malformed_message("the message is no whole number of padded blocks", None))?;
        let is_current = next.remote == Some(message.ratchet_key);
        let is_first_of_long = is_current && message.number >= LONG_CHAIN && !next.is_long;
        next.is_long |= is_first_of_long;
        *self = next;
        Ok(Delivered { plaintext, is_first_of_long, is_late })
    }

    /// Whether something was sent since the other's last ratchet key arrived.
    pub fn has_answered(&self) -> bool {
        self.sending.is_some()
    }

    /// The number and the key of the next message to send. A chain begins where none has since the other's last key.
    fn next_sending(&mut self, random: &mut dyn Random) -> Result<(u32, Secret), Failure> {
        if self.sending.is_none() {
            let remote = self.remote.ok_or_else(|| {
                Failure::unusable_key("the session was accepted, but no message of it was opened yet", None)
            })?;
            self.own = KeyPair::generate(random);
            self.sending = Some(self.step(&remote)?);
        }
        let chain = self.sending.as_mut().expect("a sending chain was just begun where there was none");
        chain.advance()
    }

    /// The key of a message that arrives and was not passed over; afterwards the ratchet stands behind it.
    fn receiving_key(&mut self, message: &Message<'_>) -> Result<Secret, Failure> {
        if self.past.contains(&message.ratchet_key) {
            return Err(replayed());
        }
        if self.remote != Some(message.ratchet_key) {
            self.turn(message)?;
        }
        let chain = self.receiving.as_ref().ok_or_else(no_such_chain)?;
        if message.number < chain.next {
            return Err(replayed());
        }
        self.skip_to(message.number)?;
        let chain = self.receiving.as_mut().expect("the chain was there before");
        chain.advance().map(|(_, key)| key)
    }

    fn take_skipped(&mut self, message: &Message<'_>) -> Option<Secret> {
        let is_it = |skipped: &Skipped| skipped.number == message.number && skipped.remote == message.ratchet_key;
        let at = self.skipped.iter().position(is_it)?;
        self.skipped.remove(at).map(|skipped| skipped.key)
    }

    /// Takes the other's next ratchet key in: its old chain ends, a new one begins, and the own one has to.
    fn turn(&mut self, message: &Message<'_>) -> Result<(), Failure> {
        // The other end turns when it got a key that it did not know. It cannot know one that was never sent.
        if self.remote.is_some() && self.sending.is_none() {
            return Err(no_such_chain());
        }
        if self.receiving.as_ref().is_some_and(|chain| chain.next < message.previous) {
            self.skip_to(message.previous)?;
        }
        // libomemo-c counts one message too few, so the key of one more is kept: else the last of a chain could not come late.
        if self.receiving.as_ref().is_some_and(|chain| chain.next == message.previous) {
            self.skip_to(message.previous.saturating_add(1))?;
        }
        let chain = self.step(&message.ratchet_key)?;
        if let Some(old) = self.remote.replace(message.ratchet_key)
            && self.receiving.is_some()
        {
            self.remember(old);
        }
        self.receiving = Some(chain);
        self.previous = self.sending.take().map_or(0, |chain| chain.next);
        self.is_long = false;
        Ok(())
    }

    fn remember(&mut self, old: PublicBytes) {
        self.past.push_back(old);
        if self.past.len() > MAXIMUM_PAST
            && let Some(oldest) = self.past.pop_front()
        {
            self.skipped.retain(|skipped| skipped.remote != oldest);
        }
    }

    /// Keeps the keys of the receiving chain up to `number`, that one excluded.
    fn skip_to(&mut self, number: u32) -> Result<(), Failure> {
        let (Some(chain), Some(remote)) = (self.receiving.as_mut(), self.remote) else { return Ok(()) };
        let passed_over = number.saturating_sub(chain.next);
        if passed_over > MAXIMUM_SKIP {
            let message = format!("the message passes over {passed_over} others, more than the {MAXIMUM_SKIP} allowed");
            return Err(Failure::too_large(message, None));
        }
        for _ in 0..passed_over {
            let (number, key) = chain.advance()?;
            self.skipped.push_back(Skipped { remote, number, key });
        }
        let surplus = self.skipped.len().saturating_sub(MAXIMUM_SKIPPED);
        self.skipped.drain(..surplus);
        Ok(())
    }

    /// A step of the root chain with the own key and `remote` (`KDF_RK`): the chain that begins.
    fn step(&mut self, remote: &PublicBytes) -> Result<Chain, Failure> {
        let agreed = self.own.agree(remote)?;
        let output: Zeroizing<[u8; 64]> = expand(self.root.bytes(), agreed.as_slice(), b"OMEMO Root Chain");
        self.root = Secret::new(&part(output.as_slice(), 0));
        Ok(Chain { key: Secret::new(&part(output.as_slice(), 32)), next: 0 })
    }
}

impl Chain {
    /// The number and the key of the next message (`KDF_CK`).
    fn advance(&mut self) -> Result<(u32, Secret), Failure> {
        let number = self.next;
        let ended = || Failure::unsupported("the chain has no more numbers for messages", None);
        self.next = number.checked_add(1).ok_or_else(ended)?;
        let key = authenticate_byte(&self.key, 1);
        self.key = authenticate_byte(&self.key, 2);
        Ok((number, key))
    }
}

fn replayed() -> Failure {
    Failure::replayed("the message was opened before, or is so old that its key was forgotten", None)
}

fn no_such_chain() -> Failure {
    Failure::tampered("the message names a ratchet key that cannot follow in this session", None)
}

#[cfg(test)]
mod tests;
