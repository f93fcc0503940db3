//! Other people's software, and the bare primitives, beside ours.

use super::{Means, Outcome, Talk, median, root, timed, to_accounts};
use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;
use x25519_dalek::{PublicKey, StaticSecret};
use xep::example::cost::by_account;
use xep::protocol::omemo::{Bundle, Device, DeviceId, Encrypted, Reader};
use xep::random::SeededRandom;
use xep::source::{MappedText, Sources};
use xep::xml::write::{Style, write};
use xep::xml::{Element, parse};
use xep::xmpp::BareJid;

/// How often the programs that are slow to start are started.
const STARTS: usize = 10;

/// A text as long as the envelope of a short message.
const TEXT_LENGTH: usize = 256;

/// Microseconds for one of each.
#[derive(Default)]
struct Row {
    session: Option<f64>,
    seal: Option<f64>,
    open: Option<f64>,
}

impl Row {
    fn of(times: [Vec<f64>; 3]) -> Row {
        let [session, seal, open] = times.map(|times| (!times.is_empty()).then(|| median(times)));
        Row { session, seal, open }
    }
}

/// Prints the tables about others.
pub fn print(means: Means<'_>, runs: usize) -> Outcome<()> {
    println!("Per second, one device to one device. A session: begun, accepted, answered.\n");
    println!("| what | sessions | sealed | opened | sealing takes |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let primitives = primitives(runs);
    let base = primitives.seal;
    tell("the primitives alone that a message of OMEMO 2 needs", &primitives, base);
    let [turning, running] = ours(means, runs)?;
    tell("ours, OMEMO 2, the first message after an answer", &turning, base);
    tell("ours, OMEMO 2, the next one", &running, base);
    tell_or_miss("libomemo-c, a process that answers lines, no payload", libomemo_c(runs)?, base);
    tell_or_miss("python-omemo (twomemo), a process that answers lines", python_omemo(runs)?, base);
    tell("ours, OX", &ox(means, runs)?, None);
    println!("\n| process | ms to start (`--version`) | ms to open an OX message of ours | runs |");
    println!("| --- | ---: | ---: | ---: |");
    for program in ["gpg", "sq"] {
        process(program, means)?;
    }
    println!();
    Ok(())
}

fn tell_or_miss(what: &str, row: Option<Row>, base: Option<f64>) {
    match row {
        Some(row) => tell(what, &row, base),
        None => println!("| {what} | missing | missing | missing | - |"),
    }
}

fn tell(what: &str, row: &Row, base: Option<f64>) {
    let rate = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{:.0}", 1e6 / time));
    let ratio = row
        .seal
        .zip(base)
        .map_or_else(|| "-".to_owned(), |(time, base)| format!("{:.1} times the primitives", time / base));
    println!("| {what} | {} | {} | {} | {ratio} |", rate(row.session), rate(row.seal), rate(row.open));
}

/// The first message after an answer makes a ratchet key and agrees with it; the next one goes on with the chain.
fn ours(means: Means<'_>, runs: usize) -> Outcome<[Row; 2]> {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let mut next = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..runs {
        let mut talk = Talk::new(means, "message", 1)?;
        let (session, ()) = timed(|| Ok(talk.establish()?))?;
        let (seal, encrypted) = timed(|| Ok(talk.seal()?))?;
        let (open, ()) = timed(|| Ok(talk.open(&encrypted, 0)?))?;
        for (times, time) in times.iter_mut().zip([session, seal, open]) {
            times.push(time);
        }
        let (seal, encrypted) = timed(|| Ok(talk.seal()?))?;
        let (open, ()) = timed(|| Ok(talk.open(&encrypted, 0)?))?;
        next[1].push(seal);
        next[2].push(open);
    }
    Ok([Row::of(times), Row::of(next)])
}

/// What an established message cannot do without: AES-256-CBC and HMAC over the payload and over its key, an HKDF to 80 bytes for
/// each of the two, and two steps of the chain.
fn primitives(runs: usize) -> Row {
    let mac = |bytes: &[u8]| {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&[1; 32]).expect("a key of any length will do");
        mac.update(bytes);
        black_box(mac.finalize().into_bytes());
    };
    let cipher = |length: usize| {
        let text = vec![0; length];
        let cipher = cbc::Encryptor::<aes::Aes256>::new(&[2; 32].into(), &[3; 16].into());
        black_box(cipher.encrypt_padded_vec_mut::<Pkcs7>(black_box(&text)));
    };
    let message = || {
        for (length, tagged) in [(TEXT_LENGTH, TEXT_LENGTH), (48, 120)] {
            cipher(length);
            mac(&vec![0; tagged]);
            // An extraction, and three rounds of expansion.
            (0..4).for_each(|_| mac(&[0; 48]));
        }
        (0..2).for_each(|_| mac(&[0; 1]));
    };
    let (secret, repeats) = (StaticSecret::from([7; 32]), 20);
    let public = PublicKey::from(&secret);
    // Four agreements on either side, and one for each of the four steps of the ratchets until both have answered.
    let session = || {
        (0..12).for_each(|_| {
            black_box(secret.diffie_hellman(black_box(&public)));
        });
    };
    let of = |step: &dyn Fn()| {
        let times = (0..runs).filter_map(|_| {
            let taken = timed(|| {
                (0..repeats).for_each(|_| step());
                Ok(())
            });
            taken.ok().map(|(time, ())| time / f64::from(repeats))
        });
        median(times.collect())
    };
    let message = of(&message);
    Row { session: Some(of(&session)), seal: Some(message), open: Some(message) }
}

fn ox(means: Means<'_>, runs: usize) -> Outcome<Row> {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..runs {
        let (seal, open) = to_accounts(means, "message", "ox")?;
        times[1].push(seal);
        times[2].push(open);
    }
    Ok(Row::of(times))
}

/// A process that answers each line with a line.
struct Peer {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn start(variable: &str, arguments: &[&str]) -> Outcome<Option<Peer>> {
        let Some(program) = std::env::var_os(variable) else { return Ok(None) };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn()?;
        let (to, from) = (process.stdin.take().ok_or("no pipe")?, process.stdout.take().ok_or("no pipe")?);
        Ok(Some(Peer { process, to, from: BufReader::new(from) }))
    }

    /// The answer, and how many microseconds it took.
    fn ask(&mut self, question: &str) -> Outcome<(f64, String)> {
        let begun = Instant::now();
        writeln!(self.to, "{question}")?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        Ok((begun.elapsed().as_secs_f64() * 1e6, line.trim_end().to_owned()))
    }

    /// The same, where the answer has to begin with a word.
    fn get(&mut self, question: &str, word: &str) -> Outcome<(f64, String)> {
        let (time, answer) = self.ask(question)?;
        match answer.strip_prefix(word) {
            Some(rest) => Ok((time, rest.trim().to_owned())),
            None => Err(format!("`{question}` was answered with `{answer}`").into()),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The key of an empty message: 32 bytes of zeros.
const EMPTY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Two devices of libomemo-c with each other. Each prekey begins a session, under another name.
fn libomemo_c(runs: usize) -> Outcome<Option<Row>> {
    let (one, other) = (Peer::start("XEP_OMEMO_C", &[])?, Peer::start("XEP_OMEMO_C", &[])?);
    let (Some(mut one), Some(mut other)) = (one, other) else { return Ok(None) };
    one.get("init 1", "bundle")?;
    let bundle = other.get("init 2", "bundle")?.1;
    let words: Vec<&str> = bundle.split(' ').collect();
    let [identity, id, key, signature, prekeys @ ..] = words.as_slice() else { return Err("no bundle".into()) };
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for (at, prekey) in prekeys.chunks(2).take(runs).enumerate() {
        let [number, prekey] = prekey else { continue };
        let (there, here) = (format!("other{at}@peer.example 2"), format!("one{at}@peer.example 1"));
        let question = format!("session {there} {identity} {id} {key} {signature} {number} {prekey}");
        let (begun, _) = one.get(&question, "ok")?;
        let (first, sealed) = one.get(&format!("enc {there} {EMPTY}"), "enc 1")?;
        let (accepted, _) = other.get(&format!("dec {here} 1 {sealed}"), "dec")?;
        let (back, answer) = other.get(&format!("enc {here} {EMPTY}"), "enc 0")?;
        let (answered, _) = one.get(&format!("dec {there} 0 {answer}"), "dec")?;
        times[0].push(begun + first + accepted + back + answered);
        let (seal, sealed) = one.get(&format!("enc {there} {EMPTY}"), "enc 0")?;
        let (open, _) = other.get(&format!("dec {here} 0 {sealed}"), "dec")?;
        times[1].push(seal);
        times[2].push(open);
    }
    Ok(Some(Row::of(times)))
}

/// A device of python-omemo with one of ours: what it takes to meet us and to seal the first message, then to seal and to open.
fn python_omemo(runs: usize) -> Outcome<Option<Row>> {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for number in 1..=STARTS {
        let Some(mut peer) = Peer::start("XEP_OMEMO_PYTHON", &["tests/omemo_peers/peer.py"])? else { return Ok(None) };
        let own: BareJid = "romeo@montague.example".parse()?;
        let theirs: BareJid = "peer@peer.example".parse()?;
        let id = DeviceId::new(u32::try_from(number)?).map_err(|failure| failure.to_string())?;
        let mut device = Device::from_seed("bench", own.clone(), id);
        let mut random = SeededRandom::new("bench");
        let place = tree("<a/>")?.span;
        let bundle = device.bundle().map_err(|failure| failure.to_string())?.write(place);
        let met = json!({ "meet": own.as_str(), "device": number, "bundle": write(&bundle, "", Style::default()) });
        let (session, answer) = answer(&mut peer, &met)?;
        let number = answer["device"].as_u64().and_then(|id| u32::try_from(id).ok()).ok_or("no device")?;
        let id = DeviceId::new(number).map_err(|failure| failure.to_string())?;
        let bundle = Bundle::read(&tree(text(&answer, "bundle")?)?).map_err(|failure| failure.to_string())?;
        let readers = [Reader { address: &theirs, device: id, bundle: Some(&bundle) }];
        let line = "x".repeat(TEXT_LENGTH);
        let question = json!({ "seal": line });
        let (first, sealed) = self::answer(&mut peer, &question)?;
        times[0].push(session + first);
        take(&mut device, text(&sealed, "encrypted")?, &theirs)?;
        for _ in 0..runs.div_ceil(STARTS) {
            let sealed = device.seal(line.as_bytes(), &readers, &mut random).map_err(|failure| failure.to_string())?;
            let sealed = write(&sealed.commit_in_memory().write(place), "", Style::default());
            let (open, opened) = self::answer(&mut peer, &json!({ "open": sealed }))?;
            if opened["text"].as_str() != Some(line.as_str()) {
                return Err(format!("python-omemo opens it to {opened}").into());
            }
            let (seal, sealed) = self::answer(&mut peer, &question)?;
            take(&mut device, text(&sealed, "encrypted")?, &theirs)?;
            times[1].push(seal);
            times[2].push(open);
        }
    }
    Ok(Some(Row::of(times)))
}

fn answer(peer: &mut Peer, question: &Value) -> Outcome<(f64, Value)> {
    let (time, line) = peer.ask(&question.to_string())?;
    let answer: Value = serde_json::from_str(&line)?;
    match answer.get("error") {
        Some(error) => Err(format!("python-omemo: {error}").into()),
        None => Ok((time, answer)),
    }
}

fn text<'a>(answer: &'a Value, member: &str) -> Outcome<&'a str> {
    answer[member].as_str().ok_or_else(|| format!("`{answer}` has no `{member}`").into())
}

fn take(device: &mut Device, encrypted: &str, from: &BareJid) -> Outcome<()> {
    let encrypted = Encrypted::read(&tree(encrypted)?).map_err(|failure| failure.to_string())?;
    device.open(&encrypted, from).map_err(|failure| failure.to_string())?.commit_in_memory();
    Ok(())
}

fn tree(text: &str) -> Outcome<Element> {
    let mut sources = Sources::default();
    let file = sources.add("peer", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
    parsed.elements().next().cloned().ok_or_else(|| "no XML".into())
}

/// A folder that is gone when nobody needs it any more.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Outcome<Room> {
        let folder = root().join("target").join(format!("bench-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        Ok(Room(folder))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program as a process for each message: its start, and an OX message of ours.
fn process(program: &str, means: Means<'_>) -> Outcome<()> {
    if Command::new(program).arg("--version").output().is_err() {
        println!("| {program} | missing | missing | - |");
        return Ok(());
    }
    let room = Room::new(program)?;
    let stanza = by_account(means, "message", "ox")?;
    let carrier = stanza.elements().find(|child| child.name.local == "openpgp").ok_or("it carries nothing")?;
    let message = room.0.join("message");
    let bytes = xep::xmpp::base64::decode(&carrier.text()).map_err(|error| error.reason)?;
    std::fs::write(&message, bytes)?;
    let keys = root().join("spec/xep-sce/keys");
    let (secret, public) = (keys.join("juliet.secret.asc"), keys.join("romeo.public.asc"));
    // Signatures of the examples lie at the clock of the cast, which may be in the future.
    let run = |arguments: &[&dyn AsRef<std::ffi::OsStr>]| -> Outcome<f64> {
        let mut command = Command::new(program);
        command.env("GNUPGHOME", &room.0).args(arguments).stdin(Stdio::null());
        let begun = Instant::now();
        let output = command.output()?;
        let time = begun.elapsed().as_secs_f64() * 1000.0;
        match output.status.success() {
            true => Ok(time),
            false => Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    };
    if program == "gpg" {
        restrict(&room.0)?;
        for key in [&secret, &public] {
            run(&[&"--batch", &"--faked-system-time", &"20260914T090000", &"--import", key])?;
        }
    }
    let newer = Command::new("sq")
        .args(["decrypt", "--help"])
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("--signer-cert"));
    let (to, by) = if newer { ("--recipient-key", "--signer-cert") } else { ("--recipient-file", "--signer-file") };
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        times.0.push(run(&[&"--version"])?);
        times.1.push(match program {
            "gpg" => run(&[&"--batch", &"--faked-system-time", &"20260914T090000", &"--decrypt", &message])?,
            _ => run(&[&"decrypt", &to, &secret, &by, &public, &message])?,
        });
    }
    println!("| {program} | {:.1} | {:.1} | {STARTS} |", median(times.0), median(times.1));
    Ok(())
}

/// GnuPG wants its folder for itself.
#[cfg(unix)]
fn restrict(folder: &Path) -> Outcome<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> Outcome<()> {
    Ok(())
}
