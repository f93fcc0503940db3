//! Other people's OMEMO 2 software opens what we seal, and we open what it seals, in both roles.
//!
//! - `twomemo` (python-omemo), behind `tests/omemo_peers/peer.py`: `XEP_OMEMO_PYTHON` names a Python that has it (`pip install OMEMO
//!   "twomemo[xml]"`).
//! - `libomemo-c`, the ratchet alone: `XEP_OMEMO_C` names `tests/omemo_peers/peer.c` as a program.
//!
//! `tools/omemo_peers` sets both up and runs all. Where a variable is not set, its tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "omemo_peers/by_files.rs"]
mod by_files;
#[path = "omemo_peers/conversations.rs"]
mod conversations;
mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{root, say};
use xep::protocol::omemo::bundle::SignedPrekey;
use xep::protocol::omemo::element::Key;
use xep::protocol::omemo::wire::{Authenticated, Message};
use xep::protocol::omemo::{Bundle, Device, DeviceId, Encrypted, IdentityKey, Reader, Received};
use xep::random::SeededRandom;
use xep::source::{MappedText, Sources};
use xep::xml::write::{Style, write};
use xep::xml::{Element, parse};
use xep::xmpp::BareJid;

/// The other side, as `peer.py` names itself.
const PEER: &str = "peer@peer.example";

/// A running peer that answers each line with a line.
struct Peer {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    /// The program that the variable names, or word that it names none.
    fn start(variable: &str, arguments: &[&str]) -> Option<Peer> {
        let Some(program) = std::env::var_os(variable) else {
            say(&format!("skipped: omemo_peers: {variable} names no program"));
            return None;
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the variable names a program");
        let (to, from) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Some(Peer { process, to, from })
    }

    fn line(&mut self, question: &str) -> String {
        writeln!(self.to, "{question}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, question: &Value) -> Value {
        let line = self.line(&question.to_string());
        serde_json::from_str(&line).unwrap_or_else(|error| panic_with(&format!("{question}: {line}: {error}")))
    }

    /// The answer's member; a failure of the peer is one of the test.
    fn get(&mut self, question: &Value, member: &str) -> Value {
        let answer = self.ask(question);
        assert!(answer.get("error").is_none(), "{answer}");
        answer[member].clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(clippy::panic, reason = "tests")]
fn panic_with(message: &str) -> ! {
    panic!("{message}")
}

fn tree(text: &str) -> Element {
    let mut sources = Sources::default();
    let file = sources.add("peer", text);
    parse(&MappedText::verbatim(&sources, sources.whole(file)), "").elements().next().unwrap().clone()
}

/// A device of ours, and the peer that it talks with.
struct Table {
    device: Device,
    random: SeededRandom,
    peer: Peer,
    id: DeviceId,
    bundle: Bundle,
}

impl Table {
    fn lay(number: u32) -> Option<Table> {
        let mut peer = Peer::start("XEP_OMEMO_PYTHON", &["tests/omemo_peers/peer.py"])?;
        let address = BareJid::parse("romeo@montague.example").unwrap();
        let device = Device::from_seed("peers", address.clone(), DeviceId::new(number).unwrap());
        let place = tree("<a/>").span;
        let bundle = write(&device.bundle().unwrap().write(place), "", Style::default());
        let theirs = peer.ask(&json!({ "meet": address.as_str(), "device": number, "bundle": bundle }));
        let id = DeviceId::new(u32::try_from(theirs["device"].as_u64().unwrap()).unwrap()).unwrap();
        let bundle = Bundle::read(&tree(theirs["bundle"].as_str().unwrap())).unwrap();
        Some(Table { device, random: SeededRandom::new("peers"), peer, id, bundle })
    }

    /// What we would send, as text.
    fn seal(&mut self, text: &str) -> String {
        let address = BareJid::parse(PEER).unwrap();
        let readers = [Reader { address: &address, device: self.id, bundle: Some(&self.bundle) }];
        let pending = match text {
            "" => self.device.seal_empty(&readers, &mut self.random).unwrap(),
            text => self.device.seal(text.as_bytes(), &readers, &mut self.random).unwrap(),
        };
        write(&pending.commit_in_memory().write(tree("<a/>").span), "", Style::default())
    }

    fn open(&mut self, encrypted: &str) -> Received {
        let encrypted = Encrypted::read(&tree(encrypted)).unwrap();
        let received = self.device.open(&encrypted, &BareJid::parse(PEER).unwrap()).unwrap().commit_in_memory();
        assert_eq!(received.identity, *self.bundle.identity());
        received
    }

    /// The peer opens `encrypted` to `text`, and we open what it sends by itself.
    fn peer_opens(&mut self, encrypted: &str, text: Option<&str>) {
        let answer = self.peer.ask(&json!({ "open": encrypted }));
        assert_eq!(answer.get("error"), None, "{answer}");
        assert_eq!(answer["text"].as_str(), text, "{answer}");
        for sent in answer["answers"].as_array().unwrap() {
            assert!(self.open(sent["encrypted"].as_str().unwrap()).plaintext.is_none());
        }
    }

    /// The peer seals `text`, and we open it; where it waits for an answer, it gets one.
    fn peer_seals(&mut self, text: &str) {
        let encrypted = self.peer.get(&json!({ "seal": text }), "encrypted");
        let received = self.open(encrypted.as_str().unwrap());
        assert_eq!(received.plaintext.as_ref().unwrap().as_slice(), text.as_bytes());
        if received.wants_answer {
            let answer = self.seal("");
            self.peer_opens(&answer, None);
        }
    }
}

#[test]
fn we_begin() {
    for number in 1..=4 {
        let Some(mut table) = Table::lay(number) else { return };
        let (first, second) = (table.seal("first Ω"), table.seal("second"));
        assert!(first.contains("kex='true'") && second.contains("kex='true'"));
        table.peer_opens(&second, Some("second"));
        table.peer_opens(&first, Some("first Ω"));
        let third = table.seal("third");
        assert!(!third.contains("kex"), "its empty message was an answer: {third}");
        table.peer_opens(&third, Some("third"));
        for turn in 0..4 {
            table.peer_seals(&format!("turn {turn}"));
            let sealed = table.seal("and back");
            table.peer_opens(&sealed, Some("and back"));
        }
        let again = table.peer.ask(&json!({ "open": third }));
        assert!(again.get("error").is_some(), "{again}");
    }
}

#[test]
fn the_peer_begins() {
    for number in 1..=4 {
        let Some(mut table) = Table::lay(number) else { return };
        for turn in 0..3 {
            table.peer_seals(&format!("turn {turn}"));
        }
        let sealed = table.seal("answer");
        assert!(!sealed.contains("kex"), "{sealed}");
        table.peer_opens(&sealed, Some("answer"));
        table.peer_seals("and on");
    }
}

/// More messages in one direction than a chain should have: both sides send their heartbeats.
#[test]
fn long_chains_turn() {
    let Some(mut table) = Table::lay(5) else { return };
    let mut answered = false;
    for turn in 0..60 {
        let encrypted = table.peer.get(&json!({ "seal": format!("{turn}") }), "encrypted");
        let received = table.open(encrypted.as_str().unwrap());
        if received.wants_answer && (turn == 0 || turn > 50) {
            answered |= turn > 50;
            let heartbeat = table.seal("");
            table.peer_opens(&heartbeat, None);
        }
    }
    assert!(answered);
    for turn in 0..60 {
        let sealed = table.seal(&format!("{turn}"));
        table.peer_opens(&sealed, Some(&format!("{turn}")));
    }
}

/// A device of ours, and libomemo-c. Only empty messages go between them, since that knows nothing of payloads.
struct Bench {
    device: Device,
    random: SeededRandom,
    peer: Peer,
    bundle: Bundle,
}

const EMPTY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn array<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    unhex(text).try_into().unwrap()
}

/// A new device of libomemo-c, and its keys.
fn libomemo_c() -> Option<(Peer, Bundle)> {
    let mut peer = Peer::start("XEP_OMEMO_C", &[])?;
    let line = peer.line("init 7");
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    let identity = IdentityKey::new(array(words[0])).unwrap();
    let signed = SignedPrekey { id: words[1].parse().unwrap(), key: array(words[2]), signature: array(words[3]) };
    let prekeys: BTreeMap<u32, [u8; 32]> =
        words[4..].chunks(2).map(|pair| (pair[0].parse().unwrap(), array(pair[1]))).collect();
    let bundle = Bundle::new(identity, signed, prekeys).unwrap();
    Some((peer, bundle))
}

/// The line that has libomemo-c begin a session with the first prekey of a bundle.
fn session_line(place: &str, bundle: &Bundle) -> String {
    let (signed, (id, prekey)) = (bundle.signed_prekey(), bundle.prekeys().iter().next().unwrap());
    let (identity, key) = (hex(bundle.identity().bytes()), hex(&signed.key));
    format!("session {place} {identity} {} {key} {} {id} {}", signed.id, hex(&signed.signature), hex(prekey))
}

/// What libomemo-c makes of a payload's key, for one device.
fn encrypted_by_c(peer: &mut Peer, place: &str, key: &str) -> Key {
    let line = peer.line(&format!("enc {place} {key}"));
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(words[0], "enc", "{line}");
    Key { is_exchange: words[1] == "1", bytes: unhex(words[2]) }
}

impl Bench {
    fn set_up(number: u32) -> Option<Bench> {
        let (peer, bundle) = libomemo_c()?;
        let address = BareJid::parse("romeo@montague.example").unwrap();
        let device = Device::from_seed("bench", address, DeviceId::new(number).unwrap());
        Some(Bench { device, random: SeededRandom::new("bench"), peer, bundle })
    }

    fn place(&self) -> String {
        format!("{} {}", self.device.address(), self.device.id())
    }

    /// Seals an empty message, which the peer opens. Answers whether it was a key exchange.
    fn give(&mut self) -> bool {
        let (address, device) = (BareJid::parse(PEER).unwrap(), DeviceId::new(7).unwrap());
        let reader = Reader { address: &address, device, bundle: Some(&self.bundle) };
        let sealed = self.device.seal_empty(&[reader], &mut self.random).unwrap().commit_in_memory();
        let key = sealed.key(&address, device).unwrap();
        let (place, kind) = (self.place(), u8::from(key.is_exchange));
        assert_eq!(self.peer.line(&format!("dec {place} {kind} {}", hex(&key.bytes))), format!("dec {EMPTY}"));
        key.is_exchange
    }

    /// Has the peer seal an empty message.
    fn sealed(&mut self) -> Key {
        let place = self.place();
        encrypted_by_c(&mut self.peer, &place, EMPTY)
    }

    fn take(&mut self, key: Key) -> Received {
        let keys = BTreeMap::from([(self.device.address().clone(), BTreeMap::from([(self.device.id(), key)]))]);
        let encrypted = Encrypted { sender: DeviceId::new(7).unwrap(), keys, payload: None };
        let received = self.device.open(&encrypted, &BareJid::parse(PEER).unwrap()).unwrap().commit_in_memory();
        assert!(received.plaintext.is_none() && received.identity == *self.bundle.identity());
        received
    }
}

#[test]
fn we_begin_with_libomemo_c() {
    for number in 1..=4 {
        let Some(mut bench) = Bench::set_up(number) else { return };
        assert!(bench.give() && bench.give());
        for _ in 0..3 {
            let (late, first) = (bench.sealed(), bench.sealed());
            bench.take(first);
            bench.take(late);
            assert!(!bench.give() && !bench.give());
        }
    }
}

/// It says of a chain that it had one message fewer than it had. The last one opens nevertheless when it is late.
#[test]
fn the_last_message_of_a_chain_is_late() {
    let Some(mut bench) = Bench::set_up(9) else { return };
    assert!(bench.give());
    let mut said = Vec::new();
    for _ in 0..3 {
        let (first, last) = (bench.sealed(), bench.sealed());
        bench.take(first);
        assert!(!bench.give());
        let next = bench.sealed();
        let message = Message::read(Authenticated::read(&next.bytes).unwrap().message).unwrap();
        said.push(message.previous);
        bench.take(next);
        bench.take(last);
        assert!(!bench.give());
    }
    say(&format!("omemo_peers: libomemo-c says of its chains, of two messages each, that they had {said:?}"));
}

#[test]
fn libomemo_c_begins() {
    let mut signs = [false; 2];
    for number in 1..=8 {
        let Some(mut bench) = Bench::set_up(number) else { return };
        let bundle = bench.device.bundle().unwrap();
        signs[usize::from(bundle.identity().bytes()[31] >> 7)] = true;
        let line = session_line(&bench.place(), &bundle);
        assert_eq!(bench.peer.line(&line), "ok");
        let (first, second) = (bench.sealed(), bench.sealed());
        assert!(first.is_exchange && second.is_exchange);
        assert!(bench.take(second).wants_answer);
        bench.take(first);
        for _ in 0..3 {
            assert!(!bench.give());
            let key = bench.sealed();
            assert!(!key.is_exchange);
            bench.take(key);
        }
    }
    assert_eq!(signs, [true, true], "identity keys of both signs");
}
