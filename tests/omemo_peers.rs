//! Other people's OMEMO 2 software opens what we seal, and we open what it seals, in both roles.
//!
//! The other side is `twomemo` (python-omemo), behind `tests/omemo_peers/peer.py`. `XEP_OMEMO_PYTHON` names a Python that has it
//! (`pip install OMEMO "twomemo[xml]"`); without that the test says that it was skipped.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use jid::BareJid;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{root, say};
use xep::protocol::omemo::{Bundle, Device, DeviceId, Encrypted, Reader, Received};
use xep::random::SeededRandom;
use xep::source::{MappedText, Sources};
use xep::xml::write::{Style, write};
use xep::xml::{Element, parse};

/// The other side, as `peer.py` names itself.
const PEER: &str = "peer@peer.example";

/// A running peer. It ends when its input does.
struct Peer {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Option<Peer> {
        let Some(python) = std::env::var_os("XEP_OMEMO_PYTHON") else {
            say("skipped: omemo_peers: XEP_OMEMO_PYTHON names no Python with twomemo");
            return None;
        };
        let mut command = Command::new(python);
        command.arg(root().join("tests/omemo_peers/peer.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("XEP_OMEMO_PYTHON is a program");
        let (to, from) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Some(Peer { process, to, from })
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.to, "{question}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
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
        let mut peer = Peer::start()?;
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
