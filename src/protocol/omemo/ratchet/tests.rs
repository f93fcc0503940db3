//! The ratchet alone, without key exchange and devices.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::random::SeededRandom;
use proptest::prelude::*;

const ASSOCIATED: &[u8] = b"both identity keys";

fn pair() -> (Ratchet, Ratchet, SeededRandom) {
    let mut random = SeededRandom::new("ratchet");
    let shared = Secret::random(&mut random);
    let prekey = KeyPair::generate(&mut random);
    let alice = Ratchet::beginning(&shared, prekey.public(), &mut random).unwrap();
    (alice, Ratchet::accepting(&shared, prekey), random)
}

fn open(ratchet: &mut Ratchet, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let delivered = ratchet.open(&Authenticated::read(bytes).unwrap(), ASSOCIATED)?;
    Ok(delivered.plaintext.to_vec())
}

fn seal(ratchet: &mut Ratchet, text: &[u8], random: &mut SeededRandom) -> Vec<u8> {
    ratchet.seal(text, ASSOCIATED, random).unwrap()
}

fn position(bytes: &[u8]) -> (u32, u32, PublicBytes) {
    let message = Message::read(Authenticated::read(bytes).unwrap().message).unwrap();
    (message.number, message.previous, message.ratchet_key)
}

#[test]
fn both_ends_take_turns_and_number_their_chains() {
    let (mut alice, mut bob, mut random) = pair();
    assert!(bob.seal(b"", ASSOCIATED, &mut random).unwrap_err().is_unusable_key(), "nothing arrived yet");
    let first = seal(&mut alice, b"one", &mut random);
    let second = seal(&mut alice, b"two", &mut random);
    assert_eq!((position(&first).0, position(&second).0), (0, 1));
    assert_eq!(open(&mut bob, &first).unwrap(), b"one");
    assert_eq!(open(&mut bob, &second).unwrap(), b"two");
    let answer = seal(&mut bob, b"three", &mut random);
    assert_eq!(open(&mut alice, &answer).unwrap(), b"three");
    let third = seal(&mut alice, b"four", &mut random);
    assert_eq!((position(&third).0, position(&third).1), (0, 2));
    assert_ne!(position(&third).2, position(&first).2);
    assert_eq!(open(&mut bob, &third).unwrap(), b"four");
}

#[test]
fn a_message_opens_once_in_its_own_chain_and_later() {
    let (mut alice, mut bob, mut random) = pair();
    let first = seal(&mut alice, b"one", &mut random);
    open(&mut bob, &first).unwrap();
    assert!(open(&mut bob, &first).unwrap_err().is_replayed());
    let answer = seal(&mut bob, b"two", &mut random);
    open(&mut alice, &answer).unwrap();
    let third = seal(&mut alice, b"three", &mut random);
    open(&mut bob, &third).unwrap();
    assert!(open(&mut bob, &first).unwrap_err().is_replayed());
    assert!(open(&mut bob, &third).unwrap_err().is_replayed());
}

#[test]
fn the_last_of_a_chain_opens_late_though_its_sender_counts_one_too_few() {
    let (mut alice, mut bob, mut random) = pair();
    let first = seal(&mut alice, b"first", &mut random);
    let last = seal(&mut alice, b"last", &mut random);
    open(&mut bob, &first).unwrap();
    let answer = seal(&mut bob, b"answer", &mut random);
    open(&mut alice, &answer).unwrap();
    alice.previous -= 1;
    let next = seal(&mut alice, b"next", &mut random);
    assert_eq!(position(&next).1, 1);
    open(&mut bob, &next).unwrap();
    assert_eq!(open(&mut bob, &last).unwrap(), b"last");
    assert!(open(&mut bob, &last).unwrap_err().is_replayed());
}

#[test]
fn what_is_passed_over_is_bounded() {
    let (mut alice, mut bob, mut random) = pair();
    let mut sent: Vec<Vec<u8>> = (0..1003).map(|_| seal(&mut alice, b"x", &mut random)).collect();
    let before = bob.clone();
    assert!(open(&mut bob, &sent[1001]).unwrap_err().is_too_large());
    assert_eq!(bob, before, "a refused message changes nothing");
    open(&mut bob, &sent[1000]).unwrap();
    assert_eq!(bob.skipped.len(), 1000);
    open(&mut bob, &sent[1002]).unwrap();
    assert_eq!(bob.skipped.len(), MAXIMUM_SKIPPED);
    assert!(open(&mut bob, &sent[0]).unwrap_err().is_replayed(), "the oldest key was forgotten");
    open(&mut bob, &sent[1]).unwrap();
    open(&mut bob, &sent.swap_remove(1001)).unwrap();
    assert_eq!(bob.skipped.len(), 998);
}

#[test]
fn keys_that_wait_are_forgotten_with_their_chain() {
    let (mut alice, mut bob, mut random) = pair();
    let late = seal(&mut alice, b"late", &mut random);
    for _ in 0..=MAXIMUM_PAST + 1 {
        let there = seal(&mut alice, b"there", &mut random);
        open(&mut bob, &there).unwrap();
        let back = seal(&mut bob, b"back", &mut random);
        open(&mut alice, &back).unwrap();
    }
    let one_each = (MAXIMUM_PAST, MAXIMUM_PAST);
    assert_eq!((bob.skipped.len(), bob.past.len()), one_each, "a key each, for senders that count one too few");
    assert!(open(&mut bob, &late).is_err());
}

#[test]
fn a_long_chain_asks_for_an_answer_once() {
    let (mut alice, mut bob, mut random) = pair();
    let mut asked = Vec::new();
    for number in 0..60 {
        let sealed = seal(&mut alice, b"x", &mut random);
        let delivered = bob.open(&Authenticated::read(&sealed).unwrap(), ASSOCIATED).unwrap();
        if delivered.is_first_of_long {
            asked.push(number);
        }
    }
    assert_eq!(asked, [53]);
    assert!(!bob.has_answered());
    let heartbeat = seal(&mut bob, b"", &mut random);
    assert!(bob.has_answered());
    open(&mut alice, &heartbeat).unwrap();
    assert_eq!(position(&seal(&mut alice, b"x", &mut random)).0, 0);
}

#[test]
fn every_changed_byte_is_refused_and_changes_nothing() {
    let (mut alice, mut bob, mut random) = pair();
    let sealed = seal(&mut alice, b"text", &mut random);
    let before = bob.clone();
    for at in 0..sealed.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = sealed.clone();
            changed[at] ^= change;
            if let Ok(message) = Authenticated::read(&changed) {
                assert!(bob.open(&message, ASSOCIATED).is_err(), "byte {at}");
            }
        }
    }
    assert!(bob.open(&Authenticated::read(&sealed).unwrap(), b"other").unwrap_err().is_tampered());
    assert_eq!(bob, before);
    open(&mut bob, &sealed).unwrap();
}

/// What happens next between two ends.
#[derive(Clone, Debug)]
enum Event {
    Send { from_alice: bool },
    Deliver { which: usize },
    Duplicate { which: usize },
    Lose { which: usize },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any::<bool>().prop_map(|from_alice| Event::Send { from_alice }),
        4 => any::<usize>().prop_map(|which| Event::Deliver { which }),
        1 => any::<usize>().prop_map(|which| Event::Duplicate { which }),
        1 => any::<usize>().prop_map(|which| Event::Lose { which }),
    ]
}

/// A message under way: to Alice or Bob, with what it says.
#[derive(Clone)]
struct UnderWay {
    to_alice: bool,
    text: Vec<u8>,
    bytes: Vec<u8>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is delivered opens, whatever is delivered again does not, and no position is used twice.
    #[test]
    fn any_interleaving_opens_everything_once(events in proptest::collection::vec(event(), 1..80)) {
        let (mut alice, mut bob, mut random) = pair();
        let (mut under_way, mut arrived): (Vec<UnderWay>, Vec<UnderWay>) = (Vec::new(), Vec::new());
        let mut positions = std::collections::BTreeSet::new();
        for (number, event) in events.into_iter().enumerate() {
            match event {
                Event::Send { from_alice } => {
                    let sender = if from_alice { &mut alice } else { &mut bob };
                    let text = number.to_be_bytes().to_vec();
                    let Ok(bytes) = sender.seal(&text, ASSOCIATED, &mut random) else { continue };
                    let (n, _, key) = position(&bytes);
                    prop_assert!(positions.insert((key, n)));
                    under_way.push(UnderWay { to_alice: !from_alice, text, bytes });
                }
                Event::Deliver { which } if !under_way.is_empty() => {
                    let message = under_way.remove(which % under_way.len());
                    let receiver = if message.to_alice { &mut alice } else { &mut bob };
                    prop_assert_eq!(&open(receiver, &message.bytes).unwrap(), &message.text);
                    arrived.push(message);
                }
                Event::Duplicate { which } if !arrived.is_empty() => {
                    let message = &arrived[which % arrived.len()];
                    let receiver = if message.to_alice { &mut alice } else { &mut bob };
                    let before = receiver.clone();
                    prop_assert!(open(receiver, &message.bytes).unwrap_err().is_replayed());
                    prop_assert_eq!(&*receiver, &before);
                }
                Event::Lose { which } if !under_way.is_empty() => {
                    under_way.remove(which % under_way.len());
                }
                _ => {}
            }
        }
    }

    /// What is late of three chains may arrive in any order, or not at all: in the end the ratchet is the same, save for the order
    /// in which keys wait.
    #[test]
    fn any_order_ends_in_the_same_state(
        order in Just((0..7usize).collect::<Vec<_>>()).prop_shuffle(),
        lost in proptest::collection::btree_set(0..6usize, 0..4),
    ) {
        let (mut alice, mut bob, mut random) = pair();
        let mut late = Vec::new();
        for _ in 0..2 {
            let first = seal(&mut alice, b"first", &mut random);
            late.extend((0..2).map(|_| seal(&mut alice, b"late", &mut random)));
            open(&mut bob, &first).unwrap();
            let answer = seal(&mut bob, b"answer", &mut random);
            open(&mut alice, &answer).unwrap();
        }
        late.extend((0..3).map(|_| seal(&mut alice, b"late", &mut random)));
        let mut straight = bob.clone();
        for number in (0..7).filter(|number| !lost.contains(number)) {
            prop_assert_eq!(open(&mut straight, &late[number]).unwrap(), b"late");
        }
        for number in order.into_iter().filter(|number| !lost.contains(number)) {
            prop_assert_eq!(open(&mut bob, &late[number]).unwrap(), b"late");
        }
        let past = 2;
        prop_assert_eq!(bob.skipped.len(), lost.len() + past, "a key of each past chain waits for senders that count one too few");
        for ratchet in [&mut bob, &mut straight] {
            ratchet.skipped.make_contiguous().sort_by_key(|skipped| (skipped.remote, skipped.number));
        }
        prop_assert_eq!(bob, straight);
    }
}
