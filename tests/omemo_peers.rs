//! Other people's OMEMO 2 software opens what we seal, and we open what it seals, in both roles.
//!
//! - `twomemo` (python-omemo), behind `tests/omemo_peers/peer.py`: `XEP_OMEMO_PYTHON` names a Python that has it (`pip install OMEMO
//!   "twomemo[xml]"`).
//! - `libomemo-c`, the ratchet alone: `XEP_OMEMO_C` names a program that has it behind lines of text (`init`, `session`, `enc`, `dec`).
//!
//! `tools/omemo_peers` sets both up and runs this. Where a variable is not set, its tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use jid::BareJid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{root, say};
use xep::protocol::omemo::bundle::SignedPrekey;
use xep::protocol::omemo::element::Key;
use xep::protocol::omemo::{Bundle, Device, DeviceId, Encrypted, IdentityKey, Reader, Received};
use xep::random::SeededRandom;
use xep::source::{MappedText, Sources};
use xep::xml::write::{Style, write};
use xep::xml::{Element, parse};

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
        let address = BareJid::new("romeo@montague.example").unwrap();
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
        let address = BareJid::new(PEER).unwrap();
        let readers = [Reader { address: &address, device: self.id, bundle: Some(&self.bundle) }];
        let pending = match text {
            "" => self.device.seal_empty(&readers, &mut self.random).unwrap(),
            text => self.device.seal(text.as_bytes(), &readers, &mut self.random).unwrap(),
        };
        write(&pending.commit_in_memory().write(tree("<a/>").span), "", Style::default())
    }

    fn open(&mut self, encrypted: &str) -> Received {
        let encrypted = Encrypted::read(&tree(encrypted)).unwrap();
        let received = self.device.open(&encrypted, &BareJid::new(PEER).unwrap()).unwrap().commit_in_memory();
        assert_eq!(received.identity, *self.bundle.identity());
        received
    }

    /// The peer opens `encrypted` to `text`, and we open what it sends by itself.
    fn peer_opens(&mut self, encrypted: &str, text: Option<&str>) {
        let answer = self.peer.ask(&json!({ "open": encrypted }));
        assert_eq!(answer.get("error"), None, "{answer}");
        assert_eq!(answer["text"].as_str(), text, "{answer}");
        for sent in answer["answers"].as_array().unwrap() {
            assert!(self.open(sent.as_str().unwrap()).plaintext.is_none());
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

impl Bench {
    fn set_up(number: u32) -> Option<Bench> {
        let mut peer = Peer::start("XEP_OMEMO_C", &[])?;
        let line = peer.line("init 7");
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        let identity = IdentityKey::new(array(words[0])).unwrap();
        let signed = SignedPrekey { id: words[1].parse().unwrap(), key: array(words[2]), signature: array(words[3]) };
        let prekeys: BTreeMap<u32, [u8; 32]> =
            words[4..].chunks(2).map(|pair| (pair[0].parse().unwrap(), array(pair[1]))).collect();
        let bundle = Bundle::new(identity, signed, prekeys).unwrap();
        let address = BareJid::new("romeo@montague.example").unwrap();
        let device = Device::from_seed("bench", address, DeviceId::new(number).unwrap());
        Some(Bench { device, random: SeededRandom::new("bench"), peer, bundle })
    }

    fn place(&self) -> String {
        format!("{} {}", self.device.address(), self.device.id())
    }

    /// Seals an empty message, which the peer opens. Answers whether it was a key exchange.
    fn give(&mut self) -> bool {
        let (address, device) = (BareJid::new(PEER).unwrap(), DeviceId::new(7).unwrap());
        let reader = Reader { address: &address, device, bundle: Some(&self.bundle) };
        let sealed = self.device.seal_empty(&[reader], &mut self.random).unwrap().commit_in_memory();
        let key = sealed.key(&address, device).unwrap();
        let (place, kind) = (self.place(), u8::from(key.is_exchange));
        assert_eq!(self.peer.line(&format!("dec {place} {kind} {}", hex(&key.bytes))), format!("dec {EMPTY}"));
        key.is_exchange
    }

    /// Has the peer seal an empty message.
    fn sealed(&mut self) -> Key {
        let line = self.peer.line(&format!("enc {} {EMPTY}", self.place()));
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words[0], "enc", "{line}");
        Key { is_exchange: words[1] == "1", bytes: unhex(words[2]) }
    }

    fn take(&mut self, key: Key) -> Received {
        let keys = BTreeMap::from([(self.device.address().clone(), BTreeMap::from([(self.device.id(), key)]))]);
        let encrypted = Encrypted { sender: DeviceId::new(7).unwrap(), keys, payload: None };
        let received = self.device.open(&encrypted, &BareJid::new(PEER).unwrap()).unwrap().commit_in_memory();
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

#[test]
fn libomemo_c_begins() {
    let mut signs = [false; 2];
    for number in 1..=8 {
        let Some(mut bench) = Bench::set_up(number) else { return };
        let bundle = bench.device.bundle().unwrap();
        signs[usize::from(bundle.identity().bytes()[31] >> 7)] = true;
        let (signed, (id, prekey)) = (bundle.signed_prekey(), bundle.prekeys().iter().next().unwrap());
        let (identity, key) = (hex(bundle.identity().bytes()), hex(&signed.key));
        let (signature, prekey) = (hex(&signed.signature), hex(prekey));
        let line = format!("session {} {identity} {} {key} {signature} {id} {prekey}", bench.place(), signed.id);
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

/// How many conversations there are, and how many messages each has.
const CONVERSATIONS: u32 = 100;
const MESSAGES: usize = 50;

/// Two devices of ours and one of libomemo-c, who write to each other at random; what is under way arrives in any order.
struct Trio {
    ours: [Device; 2],
    peer: Peer,
    bundle: Bundle,
    random: SeededRandom,
    under_way: Vec<(usize, usize, Encrypted, Option<String>)>,
}

const THIRD: usize = 2;

impl Trio {
    fn set_up(number: u32) -> Option<Trio> {
        let Bench { device, peer, bundle, .. } = Bench::set_up(1 + 2 * number)?;
        let address = BareJid::new("juliet@capulet.example").unwrap();
        let other = Device::from_seed("bench", address, DeviceId::new(2 + 2 * number).unwrap());
        let random = SeededRandom::new(&format!("conversation {number}"));
        let mut trio = Trio { ours: [device, other], peer, bundle, random, under_way: Vec::new() };
        for device in &trio.ours {
            let bundle = device.bundle().unwrap();
            let (signed, (id, prekey)) = (bundle.signed_prekey(), bundle.prekeys().iter().next().unwrap());
            let (identity, key) = (hex(bundle.identity().bytes()), hex(&signed.key));
            let (signature, prekey) = (hex(&signed.signature), hex(prekey));
            let place = format!("{} {}", device.address(), device.id());
            let line = format!("session {place} {identity} {} {key} {signature} {id} {prekey}", signed.id);
            assert_eq!(trio.peer.line(&line), "ok");
        }
        Some(trio)
    }

    fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 2];
        xep::random::Random::fill(&mut self.random, &mut bytes);
        usize::from(u16::from_le_bytes(bytes)) % limit
    }

    fn place(&self, who: usize) -> (BareJid, DeviceId) {
        match who {
            THIRD => (BareJid::new(PEER).unwrap(), DeviceId::new(7).unwrap()),
            who => (self.ours[who].address().clone(), self.ours[who].id()),
        }
    }

    /// The bundle of libomemo-c with the prekeys that this device takes: the library forgets a prekey once it was used, and two who
    /// take the same one at the same time is another story.
    fn prekeys_for(&self, who: usize) -> Bundle {
        let mine = self.bundle.prekeys().iter().filter(|(id, _)| **id as usize % 2 == who);
        let prekeys = mine.map(|(id, key)| (*id, *key)).collect();
        Bundle::new(*self.bundle.identity(), *self.bundle.signed_prekey(), prekeys).unwrap()
    }

    fn send(&mut self, number: usize) {
        let from = self.below(3);
        let to = (from + 1 + self.below(2)) % 3;
        let (address, device) = self.place(to);
        if from == THIRD {
            let line = self.peer.line(&format!("enc {address} {device} {EMPTY}"));
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(words[0], "enc", "{line}");
            let key = Key { is_exchange: words[1] == "1", bytes: unhex(words[2]) };
            let keys = BTreeMap::from([(address, BTreeMap::from([(device, key)]))]);
            let encrypted = Encrypted { sender: DeviceId::new(7).unwrap(), keys, payload: None };
            return self.under_way.push((from, to, encrypted, None));
        }
        let bundle = if to == THIRD { self.prekeys_for(from) } else { self.ours[to].bundle().unwrap() };
        let readers = [Reader { address: &address, device, bundle: Some(&bundle) }];
        let text = (to != THIRD).then(|| format!("message {number}"));
        let sealed = match &text {
            Some(text) => self.ours[from].seal(text.as_bytes(), &readers, &mut self.random).unwrap().commit_in_memory(),
            None => self.ours[from].seal_empty(&readers, &mut self.random).unwrap().commit_in_memory(),
        };
        self.under_way.push((from, to, sealed, text));
    }

    fn deliver(&mut self) {
        let at = self.below(self.under_way.len());
        let (from, to, encrypted, text) = self.under_way.swap_remove(at);
        let (sender, device) = self.place(from);
        if to == THIRD {
            let (address, own) = self.place(to);
            let key = encrypted.key(&address, own).unwrap();
            let (kind, bytes) = (u8::from(key.is_exchange), hex(&key.bytes));
            assert_eq!(self.peer.line(&format!("dec {sender} {device} {kind} {bytes}")), format!("dec {EMPTY}"));
            return;
        }
        let kex = encrypted.key(self.ours[to].address(), self.ours[to].id()).map(|key| key.is_exchange);
        let opened = self.ours[to].open(&encrypted, &sender);
        let received =
            opened.unwrap_or_else(|failure| panic_with(&format!("{from} -> {to} kex {kex:?} {text:?}: {failure}")));
        let received = received.commit_in_memory();
        assert_eq!(received.plaintext.as_deref().map(|text| text.as_slice()), text.as_deref().map(str::as_bytes));
    }
}

#[test]
fn random_conversations_of_three_devices() {
    for number in 0..CONVERSATIONS {
        let Some(mut trio) = Trio::set_up(number) else { return };
        for message in 0..MESSAGES {
            trio.send(message);
            while trio.under_way.len() > 6 || (trio.below(3) > 0 && !trio.under_way.is_empty()) {
                trio.deliver();
            }
        }
        while !trio.under_way.is_empty() {
            trio.deliver();
        }
    }
    say(&format!("{CONVERSATIONS} conversations of {MESSAGES} messages between 3 devices: all opened"));
}
