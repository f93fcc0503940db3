//! Other people's OpenPGP software opens what we seal, and we open what it seals, with the keys of the cast.
//!
//! A program that is not installed is skipped, loudly. Where the environment variable `XEP_PEERS` names programs
//! (`XEP_PEERS="gpg sq sqop"`), a missing one of them is a failure: so CI knows that nothing was skipped.
//! `tools/openpgp_peers` runs this with all that Debian has.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use xep::protocol::openpgp::OpenPgp;
use xep::protocol::{Carrier, Failure, Identity, Keyring, OpenRequest, Opened, Protection, Protocol, SealRequest};
use xep::random::SeededRandom;
use xep::source::{MappedText, Sources, Span};
use xep::xml::Name;
use xep::xmpp::BareJid;
use xep::xmpp::base64;

const TEXT: &str = "<signcrypt xmlns='urn:xmpp:openpgp:0'><payload>Good night, good night! Ω</payload></signcrypt>";

/// A program that seals and opens messages.
struct Peer {
    name: &'static str,
    /// What it reads in a message to `receiver` whose signature by `signer` it accepts; else nothing.
    open: fn(&Room, receiver: &str, signer: &str) -> Option<String>,
    /// Its message in `Room::theirs`; without a sender, one that nobody signed.
    seal: fn(&Room, sender: Option<&str>, receiver: &str) -> Output,
}

const GPG: Peer = Peer { name: "gpg", open: gpg_open, seal: gpg_seal };
const SQ: Peer = Peer { name: "sq", open: sq_open, seal: sq_seal };
const SQOP: Peer = Peer { name: "sqop", open: |room, to, by| sop_open("sqop", room, to, by), seal: sqop_seal };
const GOSOP: Peer = Peer { name: "gosop", open: |room, to, by| sop_open("gosop", room, to, by), seal: gosop_seal };
const RNP: Peer = Peer { name: "rnp", open: rnp_open, seal: rnp_seal };

#[test]
fn gpg() {
    check(&GPG);
}

/// GnuPG compresses where it is not told otherwise; XEP-0373 needs no compression, and we have none.
#[test]
fn gpg_by_default() {
    if Command::new("gpg").arg("--help").output().is_err() {
        return skip("gpg");
    }
    let room = Room::with(TEXT.as_bytes());
    gpg_seal_with(&room, Some("romeo"), "juliet", "zip");
    let failure = open_ours(&std::fs::read(&room.theirs).unwrap()).unwrap_err();
    assert!(failure.is_unsupported() && failure.message().contains("compressed"), "{failure}");
}

/// Two signatures in either order, and a passphrase beside the recipient's key, as GnuPG makes them on demand.
#[test]
fn gpg_with_more_than_belongs_there() {
    if Command::new("gpg").arg("--help").output().is_err() {
        return skip("gpg");
    }
    let make = |words: &[&str]| {
        let room = Room::with(TEXT.as_bytes());
        gpg_import(&room, "romeo", "juliet");
        gpg_import(&room, "tybalt", "juliet");
        let common = ["--batch", "--trust-model", "always", "--compress-algo", "none", "--encrypt", "--sign"];
        let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> = Vec::new();
        common.iter().chain(words).for_each(|word| arguments.push(word));
        arguments.extend([&"-r" as &dyn AsRef<std::ffi::OsStr>, &"xmpp:juliet@capulet.example"]);
        arguments.extend([&"-o" as &dyn AsRef<std::ffi::OsStr>, &room.theirs, &room.given]);
        let output = room.run("gpg", &arguments);
        std::fs::read(&room.theirs).unwrap_or_else(|_| panic!("gpg made no message: {output:?}"))
    };
    let (romeo, tybalt) = ("xmpp:romeo@montague.example", "xmpp:tybalt@capulet.example");
    assert!(open_ours(&make(&["-u", romeo])).is_ok());
    for both in [[romeo, tybalt], [tybalt, romeo]] {
        let failure = open_ours(&make(&["-u", both[0], "-u", both[1]])).unwrap_err();
        assert!(failure.is_malformed_message() && failure.message().contains("2 signatures"), "{both:?}: {failure}");
    }
    let open_sesame = ["--pinentry-mode", "loopback", "--passphrase", "open sesame", "--symmetric", "-u", romeo];
    let failure = open_ours(&make(&open_sesame)).unwrap_err();
    assert!(failure.is_unsupported() && failure.message().contains("passphrase"), "{failure}");
}

#[test]
fn sq() {
    check(&SQ);
}

#[test]
fn sqop() {
    check(&SQOP);
}

#[test]
fn gosop() {
    check(&GOSOP);
}

#[test]
fn rnp() {
    check(&RNP);
}

fn check(peer: &Peer) {
    if Command::new(peer.name).arg("--help").output().is_err() {
        return skip(peer.name);
    }
    let ours = seal(TEXT, "romeo", "juliet", Protection::FULL);
    it_opens_ours(peer, &ours);
    let theirs = made_by(peer, TEXT, Some("romeo"), "juliet");
    we_open_its(peer, &theirs);
    opens_committed_examples(peer);
    what_it_makes_opens_on_the_command_line(peer);
    say(&format!(
        "{}: opens ours ({} bytes), makes what we open ({} bytes), as signcrypt and as envelope; changed, unsigned, wrongly signed and \
         misaddressed messages are refused both ways",
        peer.name,
        ours.len(),
        theirs.len()
    ));
}

fn it_opens_ours(peer: &Peer, ours: &[u8]) {
    let open = |message: &[u8], signer| (peer.open)(&Room::with(message), "juliet", signer);
    assert_eq!(open(ours, "romeo").as_deref(), Some(TEXT), "{} opens our message", peer.name);
    assert_eq!(open(ours, "tybalt"), None, "{} expects another signer", peer.name);
    assert_eq!(open(&flipped(ours), "romeo"), None, "{} refuses a changed message", peer.name);
    let by_another = seal(TEXT, "tybalt", "juliet", Protection::FULL);
    assert_eq!(open(&by_another, "romeo"), None, "{} refuses a message that another one signed", peer.name);
    let unsigned = seal(TEXT, "romeo", "juliet", Protection::ENCRYPTED);
    assert_eq!(open(&unsigned, "romeo"), None, "{} refuses a message that nobody signed", peer.name);
    let to_another = seal(TEXT, "romeo", "nurse", Protection::FULL);
    assert_eq!(open(&to_another, "romeo"), None, "{} cannot open a message to another one", peer.name);
    assert_eq!(
        (peer.open)(&Room::with(ours), "tybalt", "romeo"),
        None,
        "{} cannot open ours for another one",
        peer.name
    );
}

fn we_open_its(peer: &Peer, theirs: &[u8]) {
    let opened = open_ours(theirs).unwrap();
    assert_eq!(opened.plaintext.as_str(), TEXT, "we open the message of {}", peer.name);
    assert_eq!(opened.protection, Protection::FULL);
    assert_eq!(opened.signer, Some(jid("romeo")));
    open_ours(&flipped(theirs)).unwrap_err();
    let refuses = |sender, receiver, is_why: fn(&Failure) -> bool| {
        let failure = open_ours(&made_by(peer, TEXT, sender, receiver)).unwrap_err();
        assert!(is_why(&failure), "{}: {sender:?} to {receiver}: {failure}", peer.name);
    };
    refuses(None, "juliet", Failure::is_unsigned);
    refuses(Some("tybalt"), "juliet", Failure::is_wrong_signer);
    refuses(Some("romeo"), "nurse", Failure::is_not_for_us);
}

/// What the peer makes of a text.
fn made_by(peer: &Peer, text: &str, sender: Option<&str>, receiver: &str) -> Vec<u8> {
    let room = Room::with(text.as_bytes());
    let output = (peer.seal)(&room, sender, receiver);
    std::fs::read(&room.theirs).unwrap_or_else(|_| panic!("{} made no message: {output:?}", peer.name))
}

/// Sealed examples of the draft, as committed, with the cast's key.
fn opens_committed_examples(peer: &Peer) {
    for (profile, begins) in
        [("openpgp", "<envelope xmlns='urn:xmpp:sce:1'>"), ("ox", "<signcrypt xmlns='urn:xmpp:openpgp:0'>")]
    {
        let file = format!("examples/xep-sce/sealed/ex-picture.{profile}.xml");
        let wire = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let start = wire.find("<openpgp").and_then(|at| Some(at + wire[at..].find('>')? + 1)).unwrap();
        let end = wire.find("</openpgp>").unwrap();
        let text = MappedText::standing_for(&wire[start..end], span());
        let room = Room::with(&base64::decode(&text).unwrap());
        let opened = (peer.open)(&room, "juliet", "romeo").unwrap_or_else(|| panic!("{} opens no example", peer.name));
        assert!(opened.starts_with(begins), "{}: {opened}", peer.name);
        assert!(opened.contains("This is the wall."), "{}: {opened}", peer.name);
    }
}

/// An envelope and a signcrypt that the peer seals, through `xep open`: by Romeo as it is; changed, signed by nobody or by another one,
/// or readable for another one alone, it is not shown.
fn what_it_makes_opens_on_the_command_line(peer: &Peer) {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let said = format!("From {}", peer.name);
    let body = format!("<body xmlns='jabber:client'>{said}</body>");
    let (to, from, time) = (jid("juliet"), jid("romeo"), format!("<time stamp='{now}'/>"));
    let envelope = format!(
        "<envelope xmlns='urn:xmpp:sce:1'><content>{body}</content>{time}<to jid='{to}'/><from jid='{from}'/><rpad/></envelope>"
    );
    let signcrypt = format!(
        "<signcrypt xmlns='urn:xmpp:openpgp:0'><to jid='{to}'/>{time}<rpad/><payload>{body}</payload></signcrypt>"
    );
    for (carrier, text) in [("urn:xmpp:openpgp:sce:0", envelope), ("urn:xmpp:openpgp:0", signcrypt)] {
        let shown = |message: &[u8]| xep_open(carrier, message);
        let good = made_by(peer, &text, Some("romeo"), "juliet");
        let expected = format!("<body>{said}</body>");
        let (succeeds, out) = shown(&good);
        assert!(succeeds && out.contains(&expected), "{}: {out}", peer.name);
        let refused = [
            flipped(&good),
            made_by(peer, &text, None, "juliet"),
            made_by(peer, &text, Some("tybalt"), "juliet"),
            made_by(peer, &text, Some("romeo"), "nurse"),
        ];
        for (number, message) in refused.iter().enumerate() {
            let (succeeds, out) = shown(message);
            assert!(!succeeds && !out.contains(&said), "{}, {carrier}, refusal {number}: {out}", peer.name);
        }
    }
}

/// Whether `xep open` takes a message from Romeo, and what it prints.
fn xep_open(carrier: &str, message: &[u8]) -> (bool, String) {
    let stanza = format!(
        "<message from='{}/orchard' to='{}' type='chat'><openpgp xmlns='{carrier}'>{}</openpgp></message>",
        jid("romeo"),
        jid("juliet"),
        base64::encode(message)
    );
    let stanza = Room::with(stanza.as_bytes());
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    command.arg("open").current_dir(env!("CARGO_MANIFEST_DIR")).stdin(std::fs::File::open(&stanza.given).unwrap());
    let output = command.output().unwrap();
    (output.status.success(), text(&output.stdout))
}

fn skip(name: &str) {
    let demanded = std::env::var("XEP_PEERS").unwrap_or_default();
    assert!(
        !demanded.split_whitespace().any(|peer| peer == name),
        "{name} is demanded by XEP_PEERS, but not installed"
    );
    say(&format!("skipped: {name} not found"));
}

/// Past the test harness, which would swallow what a passing test prints.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "openpgp_peers: {what}");
}

fn flipped(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    let at = message.len() - 40;
    *message.get_mut(at).unwrap() ^= 4;
    message
}

// Our side.

fn key(name: &str, half: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("spec/xep-sce/keys/{name}.{half}.asc"))
}

fn jid(name: &str) -> BareJid {
    let domain = if name == "romeo" { "montague.example" } else { "capulet.example" };
    BareJid::parse(&format!("{name}@{domain}")).unwrap()
}

fn person(name: &str, half: &str) -> Identity {
    let mut person = Identity::new(jid(name));
    person.add_openpgp(&std::fs::read(key(name, half)).unwrap()).unwrap();
    person
}

fn carrier() -> Carrier {
    Carrier::new(Name::new("urn:xmpp:openpgp:0", "openpgp"), "")
}

fn span() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("message", "");
    sources.whole(file)
}

fn seal(text: &str, sender: &str, receiver: &str, protection: Protection) -> Vec<u8> {
    let request = SealRequest {
        sender: &person(sender, "secret"),
        recipients: &[&person(receiver, "public")],
        time: jiff::Timestamp::now(),
        protection,
        carrier: &carrier(),
        span: span(),
    };
    let element = OpenPgp::default().seal(text, &request, &mut SeededRandom::new("unused")).unwrap();
    base64::decode(&element.text()).unwrap()
}

fn open_ours(message: &[u8]) -> Result<Opened, Failure> {
    let known: Keyring = ["romeo", "juliet", "nurse"].into_iter().map(|name| person(name, "public")).collect();
    let request = OpenRequest {
        receiver: &person("juliet", "secret"),
        known: &known,
        sender: Some(&jid("romeo")),
        time: jiff::Timestamp::now(),
        demand: Protection::FULL,
        carrier: &carrier(),
    };
    OpenPgp::default().open(&carrier().wrap(&base64::encode(message), span()), &request)
}

// The peers' side.

/// A folder of one program run, removed afterwards.
struct Room {
    folder: PathBuf,
    /// What the program is given.
    given: PathBuf,
    /// What the program makes.
    theirs: PathBuf,
}

impl Room {
    fn with(given: &[u8]) -> Room {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Short, and not below `target`: GnuPG's sockets must have short paths.
        let folder = std::env::temp_dir().join(format!("xep-peer-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        private(&folder);
        let room = Room { given: folder.join("given"), theirs: folder.join("theirs"), folder };
        std::fs::write(&room.given, given).unwrap();
        room
    }

    fn run(&self, program: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
        let mut command = Command::new(program);
        arguments.iter().for_each(|argument| {
            command.arg(argument);
        });
        command.env("HOME", &self.folder).env("GNUPGHOME", &self.folder).env("LC_ALL", "C");
        command.stdin(std::fs::File::open(&self.given).unwrap());
        command.output().unwrap()
    }
}

/// GnuPG's agent ends with its folder.
impl Drop for Room {
    fn drop(&mut self) {
        if self.folder.join("private-keys-v1.d").exists() {
            let _ = self.run("gpgconf", &[&"--kill", &"all"]);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(unix)]
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the program wrote, if it went well and `verified` says that it accepted the signature.
fn accepted(output: Output, verified: bool) -> Option<String> {
    (output.status.success() && verified).then(|| text(&output.stdout))
}

fn gpg_import(room: &Room, secret: &str, public: &str) {
    for file in [key(secret, "secret"), key(public, "public")] {
        let output = room.run("gpg", &[&"--batch", &"--import", &file]);
        assert!(output.status.success(), "{output:?}");
    }
}

fn gpg_open(room: &Room, receiver: &str, signer: &str) -> Option<String> {
    gpg_import(room, receiver, signer);
    let status = room.folder.join("status");
    let output = room.run("gpg", &[&"--batch", &"--status-file", &status, &"--decrypt", &room.given]);
    let status = text(&std::fs::read(status).unwrap());
    accepted(output, status.contains("VALIDSIG") && status.contains("DECRYPTION_OKAY"))
}

fn gpg_seal(room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    gpg_seal_with(room, sender, receiver, "none")
}

fn gpg_seal_with(room: &Room, sender: Option<&str>, receiver: &str, compression: &str) -> Output {
    gpg_import(room, sender.unwrap_or(receiver), receiver);
    let to = format!("xmpp:{}", jid(receiver));
    let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> = vec![
        &"--batch",
        &"--trust-model",
        &"always",
        &"--compress-algo",
        &compression,
        &"-r",
        &to,
        &"-o",
        &room.theirs,
    ];
    let from = sender.map(|sender| format!("xmpp:{}", jid(sender)));
    if let Some(from) = &from {
        arguments.extend([&"-u" as &dyn AsRef<std::ffi::OsStr>, from, &"--sign"]);
    }
    arguments.extend([&"--encrypt" as &dyn AsRef<std::ffi::OsStr>, &room.given]);
    room.run("gpg", &arguments)
}

/// Whether a program's help of a command names an option: `sq` and the SOP programs renamed theirs.
fn knows(room: &Room, program: &str, command: &str, option: &str) -> bool {
    let output = room.run(program, &[&command, &"--help"]);
    (text(&output.stdout) + &text(&output.stderr)).contains(option)
}

fn sq_open(room: &Room, receiver: &str, signer: &str) -> Option<String> {
    let (recipient, verifier) = match knows(room, "sq", "decrypt", "--signer-cert") {
        true => ("--recipient-key", "--signer-cert"),
        false => ("--recipient-file", "--signer-file"),
    };
    let output = room
        .run("sq", &[&"decrypt", &recipient, &key(receiver, "secret"), &verifier, &key(signer, "public"), &room.given]);
    accepted(output, true)
}

fn sq_seal(room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    let (recipient, signer) = match knows(room, "sq", "encrypt", "--recipient-cert") {
        true => ("--recipient-cert", "--signer-key"),
        false => ("--for-file", "--signer-file"),
    };
    let to = key(receiver, "public");
    let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> =
        vec![&"encrypt", &"--binary", &"--compression", &"none", &"--output", &room.theirs];
    let from = sender.map(|sender| key(sender, "secret"));
    match &from {
        Some(from) => arguments.extend([&signer as &dyn AsRef<std::ffi::OsStr>, from]),
        None if knows(room, "sq", "encrypt", "--without-signature") => arguments.push(&"--without-signature"),
        None => {}
    }
    arguments.extend([&recipient as &dyn AsRef<std::ffi::OsStr>, &to, &room.given]);
    room.run("sq", &arguments)
}

fn sop_open(program: &str, room: &Room, receiver: &str, signer: &str) -> Option<String> {
    let out = match knows(room, program, "decrypt", "--verifications-out") {
        true => "--verifications-out",
        false => "--verify-out",
    };
    let verified = room.folder.join("verified");
    let (to, by) = (key(receiver, "secret"), key(signer, "public"));
    // With `=`, because `sqop` takes every further argument of `--verify-with` for a certificate.
    let (by, out) = (format!("--verify-with={}", by.display()), format!("{out}={}", verified.display()));
    let output = room.run(program, &[&"decrypt", &by, &out, &to]);
    let verified = std::fs::read_to_string(verified).unwrap_or_default();
    accepted(output, !verified.trim().is_empty())
}

fn sqop_seal(room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    sop_seal("sqop", room, sender, receiver)
}

fn gosop_seal(room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    sop_seal("gosop", room, sender, receiver)
}

fn sop_seal(program: &str, room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    let to = key(receiver, "public");
    let by = sender.map(|sender| format!("--sign-with={}", key(sender, "secret").display()));
    let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> = vec![&"encrypt", &"--no-armor"];
    if let Some(by) = &by {
        arguments.push(by);
    }
    arguments.push(&to);
    let output = room.run(program, &arguments);
    if output.status.success() {
        std::fs::write(&room.theirs, &output.stdout).unwrap();
    }
    output
}

fn rnp_import(room: &Room, secret: &str, public: &str) {
    for file in [key(secret, "secret"), key(public, "public")] {
        let output = room.run("rnpkeys", &[&"--homedir", &room.folder, &"--import", &file]);
        assert!(output.status.success(), "{output:?}");
    }
}

fn rnp_open(room: &Room, receiver: &str, signer: &str) -> Option<String> {
    rnp_import(room, receiver, signer);
    let output = room.run("rnp", &[&"--homedir", &room.folder, &"--decrypt", &room.given, &"--output", &room.theirs]);
    let verified = (text(&output.stdout) + &text(&output.stderr)).contains("Good signature");
    let plaintext = std::fs::read(&room.theirs).ok()?;
    accepted(Output { stdout: plaintext, ..output }, verified)
}

fn rnp_seal(room: &Room, sender: Option<&str>, receiver: &str) -> Output {
    rnp_import(room, sender.unwrap_or(receiver), receiver);
    let to = format!("xmpp:{}", jid(receiver));
    let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> =
        vec![&"--homedir", &room.folder, &"-z", &"0", &"--encrypt", &"-r", &to, &"--output", &room.theirs];
    let from = sender.map(|sender| format!("xmpp:{}", jid(sender)));
    if let Some(from) = &from {
        arguments.extend([&"--sign" as &dyn AsRef<std::ffi::OsStr>, &"-u", from]);
    }
    arguments.push(&room.given);
    room.run("rnp", &arguments)
}
