//! Random conversations between three devices: ours, twomemo's and libomemo-c's. Each message goes to both others, arrives in any
//! order, and some arrive again. Device ids, prekeys and the order follow from the conversation's number; the peers' keys are new.

use super::*;
use xep::random::Random;

const CONVERSATIONS: usize = 100;
const MESSAGES: usize = 50;
const WORKERS: usize = 2;

/// Who takes part, by index.
const OURS: usize = 0;
const PYTHON: usize = 1;
const C: usize = 2;
const NAMES: [&str; 3] = ["romeo@montague.example", PEER, "ratchet@peer.example"];

/// What went through the conversations.
#[derive(Default)]
struct Tally {
    texts: usize,
    opened: usize,
    empty: usize,
    late: usize,
    refused: usize,
    /// The identity keys of each side, by their sign.
    signs: [[usize; 2]; 3],
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.texts += other.texts;
        self.opened += other.opened;
        self.empty += other.empty;
        self.late += other.late;
        self.refused += other.refused;
        for (sum, signs) in self.signs.iter_mut().zip(&other.signs) {
            sum.iter_mut().zip(signs).for_each(|(sum, sign)| *sum += sign);
        }
    }
}

/// A message on its way to one device.
#[derive(Clone)]
struct Flight {
    number: usize,
    from: usize,
    to: usize,
    /// The chain that libomemo-c sealed it in.
    chain: usize,
    wire: String,
    text: Option<String>,
}

struct Conversation<'a> {
    device: Device,
    random: SeededRandom,
    dice: SeededRandom,
    python: &'a mut Peer,
    c: Peer,
    ids: [DeviceId; 3],
    /// What each device shows the others. libomemo-c forgets a prekey with its first use, so no two begin with the same one.
    bundles: [Bundle; 3],
    flights: Vec<Flight>,
    /// The highest number that came from one to another.
    newest: [[usize; 3]; 3],
    /// Whether one has a session with another.
    knows: [[bool; 3]; 3],
    /// How often libomemo-c got something from another, and so may have begun a chain.
    chains: [usize; 3],
    number: usize,
    tally: Tally,
}

#[test]
fn random_conversations_of_three_devices() {
    let workers: Vec<_> = (0..WORKERS).map(|worker| std::thread::spawn(move || hold_share(worker))).collect();
    let mut sum = Tally::default();
    for worker in workers {
        match worker.join().expect("no conversation fails") {
            Some(tally) => sum.add(&tally),
            None => return,
        }
    }
    let [ours, python, c] = sum.signs;
    say(&format!(
        "omemo_peers: {CONVERSATIONS} conversations of {MESSAGES} messages between three devices: {} texts, opened {} times, {} late; \
         {} empty messages; {} repeated ones refused; identity keys by sign: ours {ours:?}, twomemo {python:?}, libomemo-c {c:?}",
        sum.texts, sum.opened, sum.late, sum.empty, sum.refused
    ));
    assert_eq!(sum.texts, CONVERSATIONS * MESSAGES);
    assert_eq!(sum.opened, 2 * sum.texts);
    assert!(sum.late > sum.texts / 2 && sum.refused > CONVERSATIONS && sum.empty > CONVERSATIONS);
    assert!([ours, python].iter().flatten().all(|count| *count > 0), "identity keys of both signs");
}

fn hold_share(worker: usize) -> Option<Tally> {
    let mut python = Peer::start("XEP_OMEMO_PYTHON", &["tests/omemo_peers/peer.py"])?;
    let mut sum = Tally::default();
    for number in (worker..CONVERSATIONS).step_by(WORKERS) {
        let mut conversation = Conversation::begin(number, &mut python)?;
        conversation.hold();
        sum.add(&conversation.tally);
    }
    Some(sum)
}

/// A die's throw.
fn below(dice: &mut SeededRandom, bound: usize) -> usize {
    let mut bytes = [0; 4];
    dice.fill(&mut bytes);
    u32::from_le_bytes(bytes) as usize % bound
}

fn jid(party: usize) -> BareJid {
    BareJid::parse(NAMES[party]).unwrap()
}

fn xml(element: &Element) -> String {
    write(element, "", Style::default())
}

/// The prekeys with even or with odd ids alone.
fn half(bundle: &Bundle, odd: u32) -> Bundle {
    let prekeys = bundle.prekeys().iter().filter(|(id, _)| **id % 2 == odd).map(|(id, key)| (*id, *key)).collect();
    Bundle::new(*bundle.identity(), *bundle.signed_prekey(), prekeys).unwrap()
}

impl<'a> Conversation<'a> {
    fn begin(number: usize, python: &'a mut Peer) -> Option<Conversation<'a>> {
        let id = |number: usize| DeviceId::new(u32::try_from(number).unwrap()).unwrap();
        let own = Device::from_seed(&format!("conversation {number}"), jid(OURS), id(number + 1));
        let place = tree("<a/>").span;
        let (mut c, theirs) = libomemo_c()?;
        let answer = python.ask(&json!({ "begin": true }));
        let python_id = id(usize::try_from(answer["device"].as_u64().unwrap()).unwrap());
        let shown = Bundle::read(&tree(answer["bundle"].as_str().unwrap())).unwrap();
        let bundles = [own.bundle().unwrap(), shown, theirs];
        let ids = [own.id(), python_id, id(7)];
        for party in [OURS, C] {
            let bundle = xml(&half(&bundles[party], 1).write(place));
            let answer = python.ask(&json!({ "meet": NAMES[party], "device": ids[party].number(), "bundle": bundle }));
            assert_eq!(answer.get("error"), None, "{answer}");
        }
        assert!(c.line("nonsense").starts_with("err"));
        let mut tally = Tally::default();
        for (party, bundle) in bundles.iter().enumerate() {
            tally.signs[party][usize::from(bundle.identity().bytes()[31] >> 7)] += 1;
        }
        let random = SeededRandom::new(&format!("conversation {number}, keys"));
        let dice = SeededRandom::new(&format!("conversation {number}, order"));
        let (newest, knows) = ([[0; 3]; 3], [[false; 3]; 3]);
        let flights = Vec::new();
        let chains = [0; 3];
        Some(Conversation {
            device: own,
            random,
            dice,
            python,
            c,
            ids,
            bundles,
            flights,
            newest,
            knows,
            chains,
            number: 0,
            tally,
        })
    }

    fn hold(&mut self) {
        while self.tally.texts < MESSAGES || !self.flights.is_empty() {
            let from = below(&mut self.dice, 3);
            let speaks = self.flights.is_empty() || below(&mut self.dice, 3) == 0;
            if speaks && self.tally.texts < MESSAGES && self.may_send(from) {
                self.speak(from);
            } else if !self.flights.is_empty() {
                let next = below(&mut self.dice, self.flights.len());
                if self.may_arrive(&self.flights[next]) {
                    let flight = self.flights.swap_remove(next);
                    self.deliver(&flight);
                    if below(&mut self.dice, 8) == 0 {
                        self.repeat(&flight);
                    }
                }
            }
        }
    }

    /// Two that begin with each other at once agree in the end, but may lose what was sent before: so here they do not.
    fn may_send(&self, from: usize) -> bool {
        let begins = |to: usize| self.flights.iter().any(|flight| (flight.from, flight.to) == (to, from));
        (0..3).all(|to| to == from || self.knows[from][to] || !begins(to))
    }

    /// libomemo-c counts the messages of its last chain one too low. We open the last one late all the same, twomemo cannot: there
    /// none of its messages comes before those of an older chain.
    fn may_arrive(&self, next: &Flight) -> bool {
        let is_older = |flight: &Flight| (flight.from, flight.to) == (C, PYTHON) && flight.chain < next.chain;
        (next.from, next.to) != (C, PYTHON) || !self.flights.iter().any(is_older)
    }

    fn speak(&mut self, from: usize) {
        if from != PYTHON && below(&mut self.dice, 6) == 0 {
            let to = (from + 1 + below(&mut self.dice, 2)) % 3;
            return self.send_empty(from, to);
        }
        self.tally.texts += 1;
        let text = format!("{} says: Ω {}", NAMES[from], "word ".repeat(below(&mut self.dice, 40)));
        let wire = match from {
            OURS => self.seal(&[PYTHON, C], Some(&text)),
            PYTHON => self.python.get(&json!({ "seal": text }), "encrypted").as_str().unwrap().to_owned(),
            _ => self.c_seals(&text),
        };
        self.number += 1;
        for to in (0..3).filter(|to| *to != from) {
            self.send(from, to, &wire, Some(text.clone()));
        }
    }

    fn send(&mut self, from: usize, to: usize, wire: &str, text: Option<String>) {
        self.knows[from][to] = true;
        let chain = if from == C { self.chains[to] } else { 0 };
        self.flights.push(Flight { number: self.number, from, to, chain, wire: wire.to_owned(), text });
    }

    fn send_empty(&mut self, from: usize, to: usize) {
        let wire = match from {
            OURS => self.seal(&[to], None),
            _ => {
                let key = self.c_encrypts(to, EMPTY);
                self.c_message(BTreeMap::from([(jid(to), BTreeMap::from([(self.ids[to], key)]))]), None)
            }
        };
        self.number += 1;
        self.send(from, to, &wire, None);
    }

    fn seal(&mut self, to: &[usize], text: Option<&str>) -> String {
        let (jids, halves): (Vec<_>, Vec<_>) = to.iter().map(|to| (jid(*to), half(&self.bundles[*to], 0))).unzip();
        let reader = |at: usize| Reader { address: &jids[at], device: self.ids[to[at]], bundle: Some(&halves[at]) };
        let readers: Vec<Reader<'_>> = (0..to.len()).map(reader).collect();
        let pending = match text {
            Some(text) => self.device.seal(text.as_bytes(), &readers, &mut self.random),
            None => self.device.seal_empty(&readers, &mut self.random),
        };
        xml(&pending.unwrap().commit_in_memory().write(tree("<a/>").span))
    }

    fn c_seals(&mut self, text: &str) -> String {
        let line = self.c.line(&format!("close {}", hex(text.as_bytes())));
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!((words[0], words.len()), ("close", 3), "{line}");
        let mut keys = BTreeMap::new();
        for to in [OURS, PYTHON] {
            keys.insert(jid(to), BTreeMap::from([(self.ids[to], self.c_encrypts(to, words[1]))]));
        }
        self.c_message(keys, Some(unhex(words[2])))
    }

    fn c_message(&self, keys: BTreeMap<BareJid, BTreeMap<DeviceId, Key>>, payload: Option<Vec<u8>>) -> String {
        xml(&Encrypted { sender: self.ids[C], keys, payload }.write(tree("<a/>").span))
    }

    /// Has libomemo-c encrypt what a device is to read of a message, with a session that it begins where there is none.
    fn c_encrypts(&mut self, to: usize, key: &str) -> Key {
        let place = format!("{} {}", NAMES[to], self.ids[to]);
        if !self.knows[C][to] {
            let odd = half(&self.bundles[to], u32::from(to == PYTHON));
            let line = session_line(&place, &odd);
            assert_eq!(self.c.line(&line), "ok", "{line}");
            self.knows[C][to] = true;
        }
        encrypted_by_c(&mut self.c, &place, key)
    }

    fn deliver(&mut self, flight: &Flight) {
        let Flight { number, from, to, .. } = *flight;
        let opened = self.open(flight).unwrap_or_else(|error| {
            panic_with(&format!("{} -> {}, message {number}: {error}\n{}", NAMES[from], NAMES[to], flight.wire))
        });
        assert_eq!(opened, flight.text, "{} -> {}, message {number}", NAMES[from], NAMES[to]);
        self.knows[to][from] = true;
        self.chains[from] += usize::from(to == C);
        self.tally.late += usize::from(number < self.newest[from][to]);
        self.newest[from][to] = self.newest[from][to].max(number);
        match opened {
            Some(_) => self.tally.opened += 1,
            None => self.tally.empty += 1,
        }
    }

    /// What arrives again is refused.
    fn repeat(&mut self, flight: &Flight) {
        let opened = self.open(flight);
        assert!(opened.is_err(), "{} opens message {} again", NAMES[flight.to], flight.number);
        self.tally.refused += 1;
    }

    fn open(&mut self, flight: &Flight) -> Result<Option<String>, String> {
        let encrypted = Encrypted::read(&tree(&flight.wire)).unwrap();
        match flight.to {
            OURS => self.we_open(&encrypted, flight.from),
            PYTHON => self.python_opens(flight),
            _ => self.c_opens(&encrypted, flight.from),
        }
    }

    fn we_open(&mut self, encrypted: &Encrypted, from: usize) -> Result<Option<String>, String> {
        let pending = self.device.open(encrypted, &jid(from)).map_err(|failure| failure.to_string())?;
        let received = pending.commit_in_memory();
        assert_eq!(received.identity, *self.bundles[from].identity());
        if received.wants_answer {
            self.send_empty(OURS, from);
        }
        Ok(received.plaintext.map(|text| String::from_utf8(text.to_vec()).unwrap()))
    }

    fn python_opens(&mut self, flight: &Flight) -> Result<Option<String>, String> {
        let answer = self.python.ask(&json!({ "open": flight.wire, "from": NAMES[flight.from] }));
        if let Some(error) = answer.get("error") {
            return Err(error.to_string());
        }
        for sent in answer["answers"].as_array().unwrap() {
            let to = NAMES.iter().position(|name| sent["to"] == *name).unwrap();
            self.number += 1;
            self.send(PYTHON, to, sent["encrypted"].as_str().unwrap(), None);
        }
        Ok(answer["text"].as_str().map(str::to_owned))
    }

    fn c_opens(&mut self, encrypted: &Encrypted, from: usize) -> Result<Option<String>, String> {
        let key = encrypted.key(&jid(C), self.ids[C]).unwrap();
        let kind = u8::from(key.is_exchange);
        let line = self.c.line(&format!("dec {} {} {kind} {}", NAMES[from], self.ids[from], hex(&key.bytes)));
        let key = line.strip_prefix("dec ").ok_or_else(|| line.clone())?;
        let Some(payload) = &encrypted.payload else {
            return if key == EMPTY { Ok(None) } else { Err(format!("not empty: {key}")) };
        };
        let line = self.c.line(&format!("unclose {key} {}", hex(payload)));
        let text = line.strip_prefix("text ").ok_or_else(|| line.clone())?;
        Ok(Some(String::from_utf8(unhex(text)).unwrap()))
    }
}
