//! `xep device`, and `xep seal` and `xep open` with OMEMO devices in files: nothing but files goes between the two sides.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use support::root;

const AT: &str = "2026-09-14T09:00:00Z";
const ROMEO: &str = "romeo@verona-files.example";
const JULIET: &str = "juliet@verona-files.example";

/// A folder with a device of each, and what they publish.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Room {
        let folder = root().join("target/tests/cli-devices").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let room = Room(folder);
        for (who, jid) in [("romeo", ROMEO), ("juliet", JULIET)] {
            room.succeeds(&["device", "new", "--jid", jid, "--out", &format!("{who}.device")], "");
            room.publish(who);
        }
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn start(&self, arguments: &[&str], input: &str, to: Stdio) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xep"))
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(to)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that fails early reads nothing, and its pipe breaks.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        self.start(arguments, input, Stdio::piped()).wait_with_output().unwrap()
    }

    fn succeeds(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn fails(&self, arguments: &[&str], input: &str, code: i32, words: &str) {
        let output = self.run(arguments, input);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: `{words}` is not in: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", text(&output.stdout));
    }

    fn publish(&self, who: &str) {
        let device = format!("{who}.device");
        std::fs::write(self.path(&format!("{who}.bundle")), self.succeeds(&["device", "bundle", &device], "")).unwrap();
        std::fs::write(self.path(&format!("{who}.list")), self.succeeds(&["device", "list", &device], "")).unwrap();
    }

    fn seal(&self, from: &str, to: &str, body: &str) -> String {
        let (device, bundle) = (format!("{from}.device"), format!("{to}.bundle"));
        let list = format!("{to}.list");
        let options = ["--device", &device, "--bundle", &bundle, "--devices", &list];
        self.succeeds(&[&SEAL[..], &options].concat(), &message(from, to, body))
    }

    fn open(&self, to: &str, from: &str, sealed: &str) -> Output {
        let (device, bundle) = (format!("{to}.device"), format!("{from}.bundle"));
        self.run(&[&OPEN[..], &["--device", &device, "--bundle", &bundle]].concat(), sealed)
    }

    fn delivers(&self, from: &str, to: &str, body: &str) {
        let sealed = self.seal(from, to, body);
        assert!(!sealed.contains(body), "{sealed}");
        self.opens(to, from, &sealed, body);
    }

    fn opens(&self, to: &str, from: &str, sealed: &str, body: &str) {
        let output = self.open(to, from, sealed);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(&format!("<body>{body}</body>")), "{}", text(&output.stdout));
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const SEAL: [&str; 5] = ["seal", "--profile", "omemo", "--at", AT];
const OPEN: [&str; 3] = ["open", "--at", AT];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn jid(who: &str) -> &'static str {
    if who == "romeo" { ROMEO } else { JULIET }
}

fn message(from: &str, to: &str, body: &str) -> String {
    format!(
        "<message xmlns='jabber:client' type='chat' id='m1' from='{}/orchard' to='{}'><body>{body}</body></message>",
        jid(from),
        jid(to)
    )
}

#[test]
fn a_conversation_goes_by_files_alone() {
    let room = Room::new("conversation");
    for round in 0..3 {
        room.delivers("romeo", "juliet", &format!("Two {round}"));
        room.delivers("romeo", "juliet", &format!("Three {round}"));
        room.delivers("juliet", "romeo", &format!("Four {round}"));
    }
    // Out of order, and with what is known from the session instead of a bundle.
    let seal = |body: &str| {
        room.succeeds(&[&SEAL[..], &["--device", "juliet.device"]].concat(), &message("juliet", "romeo", body))
    };
    let (first, second) = (seal("Five"), seal("Six"));
    assert!(!first.contains("kex="), "the session goes on: {first}");
    for (sealed, body) in [(second, "Six"), (first, "Five")] {
        let opened = room.succeeds(&[&OPEN[..], &["--device", "romeo.device"]].concat(), &sealed);
        assert!(opened.contains(body), "{opened}");
    }
    let shown = room.succeeds(&["device", "show", "romeo.device"], "");
    assert!(shown.contains(&format!("of {ROMEO}\n")) && shown.contains(&format!("of {JULIET}, ")), "{shown}");
    let names = room.names();
    assert!(names.iter().all(|name| !name.contains("before") && !name.contains("tmp")), "{names:?}");
}

#[test]
fn replays_and_what_does_not_decrypt_change_nothing() {
    let room = Room::new("refused");
    let sealed = room.seal("romeo", "juliet", "Hello");
    let before = room.read("juliet.device");
    let open = [&OPEN[..], &["--device", "juliet.device", "--bundle", "romeo.bundle"]].concat();
    // Changed on the way; of nobody known; for nobody here.
    let at = sealed.find("<payload>").unwrap() + 12;
    let changed = format!("{}{}{}", &sealed[..at], if &sealed[at..=at] == "A" { "B" } else { "A" }, &sealed[at + 1..]);
    room.fails(&open, &changed, 1, "refused");
    room.fails(&[&OPEN[..], &["--device", "juliet.device"]].concat(), &sealed, 1, "nobody known");
    room.fails(&[&OPEN[..], &["--device", "romeo.device"]].concat(), &sealed, 1, "not sealed for");
    // Nor does what nobody may send in this way: a receiver would not have decrypted it.
    let forwarded = sealed.replacen("<message", "<message xmlns='jabber:client'", 1);
    let forged = format!(
        "<message from='tybalt@verona-files.example/x' to='{JULIET}/x'><received xmlns='urn:xmpp:carbons:2'>\
         <forwarded xmlns='urn:xmpp:forward:0'>{forwarded}</forwarded></received></message>"
    );
    room.fails(&open, &forged, 1, "req-situation-carbon");
    let as_room =
        sealed.replacen("type=\"chat\"", "type=\"groupchat\"", 1).replacen("type='chat'", "type='groupchat'", 1);
    room.fails(&open, &as_room, 1, "req-room-joined");
    // Nor is a session filed under an account that is not the author's.
    let readdressed = sealed.replacen(ROMEO, "tybalt@verona-files.example", 1);
    room.fails(&open, &readdressed, 1, "refused");
    assert!(room.read("juliet.device") == before, "what does not decrypt changes nothing");
    room.opens("juliet", "romeo", &sealed, "Hello");
    let after = room.read("juliet.device");
    assert!(after != before);
    room.fails(&open, &sealed, 1, "opened before");
    assert!(room.read("juliet.device") == after);
}

/// What a server changes: its name, how the message is opened, and the stanza that results.
type Change<'c> = (&'c str, &'c [&'c str], &'c dyn Fn(&str) -> String);

/// A key that has decrypted something is used up: a server cannot try the message again under other circumstances.
#[test]
fn what_is_refused_after_it_was_decrypted_opens_no_more() {
    let late = ["open", "--at", "2026-09-14T18:00:00Z", "--device", "juliet.device", "--bundle", "romeo.bundle"];
    let open = [&OPEN[..], &["--device", "juliet.device", "--bundle", "romeo.bundle"]].concat();
    let changes: [Change<'_>; 3] = [
        ("recipient", &open, &|sealed| {
            sealed.replacen(&format!("to=\"{JULIET}"), "to=\"nurse@verona-files.example", 1)
        }),
        ("error", &open, &|sealed| sealed.replacen("type=\"chat\"", "type=\"error\"", 1)),
        ("recipient, late", &late, &|sealed| {
            sealed.replacen(&format!("to=\"{JULIET}"), "to=\"nurse@verona-files.example", 1)
        }),
    ];
    for (what, arguments, change) in changes {
        let room = Room::new(&format!("used-{}", what.replace(' ', "-")));
        let sealed = room.seal("romeo", "juliet", "Hello").replace('\'', "\"");
        let changed = change(&sealed);
        assert!(changed != sealed, "{what}: {sealed}");
        let before = room.read("juliet.device");
        let arguments = [arguments, &["--as", JULIET]].concat();
        room.fails(&arguments, &changed, 1, "used up although");
        assert!(room.read("juliet.device") != before, "{what}");
        room.fails(&open, &sealed, 1, "opened before");
    }
}

#[test]
fn whom_a_bundle_is_of_is_checked() {
    let room = Room::new("bundles");
    let seal = [&SEAL[..], &["--device", "romeo.device"]].concat();
    let to_juliet = message("romeo", "juliet", "Hello");
    let before = room.read("romeo.device");
    room.fails(&seal, &to_juliet, 2, "OMEMO device");
    // Tybalt publishes Juliet's bundle as his.
    let both =
        [&seal[..], &["--bundle", "juliet.bundle", "--bundle", "tybalt@verona-files.example/7=juliet.item"]].concat();
    let bundle = text(&room.read("juliet.bundle"));
    let start = bundle.find("<bundle").unwrap();
    let end = bundle.find("</item>").unwrap();
    std::fs::write(room.path("juliet.item"), &bundle[start..end]).unwrap();
    room.fails(&both, &to_juliet, 2, "is known as one of");
    room.fails(&[&seal[..], &["--bundle", "juliet.item"]].concat(), &to_juliet, 2, "of which device");
    room.fails(&[&seal[..], &["--bundle", "romeo.list"]].concat(), &to_juliet, 2, "holds no `<bundle");
    room.fails(&[&seal[..], &["--bundle", "nowhere"]].concat(), &to_juliet, 2, "cannot be read");
    // What an answer says of itself has to agree.
    for (name, around, inside, why) in [
        ("of-tybalt", "<iq type='result' id='1' from='tybalt@verona-files.example'>", "", "comes from tybalt"),
        ("error", "<iq type='error' id='1'>", "", "of type `error`"),
        ("other-node", "<iq type='result' id='1'>", " node='urn:xmpp:omemo:2:devices'", "of the node"),
    ] {
        let items =
            format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items{inside}>{bundle}</items></pubsub>");
        std::fs::write(room.path(name), format!("{around}{items}</iq>")).unwrap();
        room.fails(&[&seal[..], &["--bundle", name]].concat(), &to_juliet, 2, why);
    }
    room.fails(&[&seal[..], &["--bundle", "99=juliet.bundle"]].concat(), &to_juliet, 2, "is given as 99");
    let broken = bundle.replacen("<ik>", "<ik>A", 1);
    std::fs::write(room.path("broken.bundle"), broken).unwrap();
    room.fails(&[&seal[..], &["--bundle", "broken.bundle"]].concat(), &to_juliet, 2, "broken.bundle");
    // A list names a device whose bundle is not there.
    let list = text(&room.read("juliet.list")).replacen("<device ", "<device id=\"77\"/><device ", 1);
    std::fs::write(room.path("longer.list"), list).unwrap();
    let listed = [&seal[..], &["--bundle", "juliet.bundle", "--devices", "longer.list"]].concat();
    room.fails(&listed, &to_juliet, 2, "the device 77");
    room.fails(&[&SEAL[..], &["--device", "juliet.device"]].concat(), &to_juliet, 2, "is of juliet");
    assert!(room.read("romeo.device") == before);
    let id = bundle.split(['"', '\'']).find(|part| part.parse::<u32>().is_ok()).unwrap();
    let named = format!("{id}=juliet.item");
    let sealed = room.succeeds(&[&seal[..], &["--bundle", &named]].concat(), &to_juliet);
    room.opens("juliet", "romeo", &sealed, "Hello");
}

#[test]
fn device_files_are_private_new_and_whole() {
    let room = Room::new("files");
    room.fails(&["device", "new", "--jid", ROMEO, "--out", "romeo.device"], "", 2, "there already");
    room.fails(&["device", "new", "--jid", ROMEO, "--id", "0", "--out", "zero"], "", 2, "no id");
    let whole = room.read("romeo.device");
    std::fs::write(room.path("cut.device"), &whole[..whole.len() - 1]).unwrap();
    room.fails(&["device", "show", "cut.device"], "", 2, "damaged");
    room.fails(&["device", "list", "romeo.device", "juliet.device"], "", 2, "one account's");
    room.delivers("romeo", "juliet", "Hello");
    let prekeys = |item: &str| item.matches("<pk ").count();
    let used = text(&room.read("juliet.bundle"));
    room.publish("juliet");
    let fresh = text(&room.read("juliet.bundle"));
    assert_eq!((prekeys(&used), prekeys(&fresh)), (100, 100));
    assert!(used != fresh, "the used one is replaced");
    let rotated = room.succeeds(&["device", "bundle", "juliet.device", "--rotate", "--forget-used"], "");
    assert!(rotated.contains("<spk id=\"2\"") || rotated.contains("<spk id='2'"), "{rotated}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, symlink};
        for name in ["romeo.device", "juliet.device"] {
            assert_eq!(std::fs::metadata(room.path(name)).unwrap().mode() & 0o777, 0o600, "{name}");
        }
        symlink(room.path("romeo.device"), room.path("link.device")).unwrap();
        room.fails(&["device", "show", "link.device"], "", 2, "is a link");
    }
}

/// The state is stored and then standard output takes nothing: what was opened is not lost, and is not told twice.
#[cfg(target_os = "linux")]
#[test]
fn what_could_not_be_printed_is_opened_again() {
    let room = Room::new("full");
    let sealed = room.seal("romeo", "juliet", "Hello");
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let before = room.read("juliet.device");
    let open = [&OPEN[..], &["--device", "juliet.device", "--bundle", "romeo.bundle"]].concat();
    for _ in 0..2 {
        let output = room.start(&open, &sealed, full()).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(room.read("juliet.device") != before, "stored before anything is printed");
        assert!(room.names().iter().any(|name| name.ends_with(".before")));
    }
    // Another message in between does not lose it.
    room.delivers("romeo", "juliet", "And more");
    let stored = room.read("juliet.device");
    room.opens("juliet", "romeo", &sealed, "Hello");
    assert!(room.read("juliet.device") == stored, "the step was made already");
    room.fails(&open, &sealed, 1, "opened before");
    assert!(room.names().iter().all(|name| !name.ends_with(".before")));
}

/// Killed at many moments: the device file is always whole, no message is lost, and no position of a ratchet is sent twice.
#[cfg(unix)]
#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let room = Room::new("killed");
    let seal = [&SEAL[..], &["--device", "romeo.device", "--bundle", "juliet.bundle"]].concat();
    let open = [&OPEN[..], &["--device", "juliet.device", "--bundle", "romeo.bundle"]].concat();
    let kill = |arguments: &[&str], input: &str, after: u64| {
        let mut child = room.start(arguments, input, Stdio::piped());
        std::thread::sleep(std::time::Duration::from_micros(after));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        Some(text(&output.stdout)).filter(|out| out.ends_with("</message>\n"))
    };
    let mut stopped = 0;
    for number in 0..40u64 {
        let body = format!("Number {number}");
        let after = 2000 * number;
        let sealed = kill(&seal, &message("romeo", "juliet", &body), after)
            .unwrap_or_else(|| room.seal("romeo", "juliet", &body));
        match kill(&open, &sealed, after) {
            Some(opened) => assert!(opened.contains(&body), "{opened}"),
            None => {
                stopped += 1;
                room.opens("juliet", "romeo", &sealed, &body);
            }
        }
    }
    assert!(stopped > 0);
    // Nothing that a killed run left stays for long: it holds secrets.
    for name in ["romeo.device", "juliet.device"] {
        room.succeeds(&["device", "show", name], "");
    }
    let names = room.names();
    assert!(names.iter().all(|name| !name.ends_with(".tmp")), "{names:?}");
}

#[test]
fn what_killed_runs_left_is_removed() {
    let room = Room::new("left");
    let left = [
        "romeo.device.0123456789abcdef.tmp",
        "romeo.device.030e7533c51cdba2.before.0123456789abcdef.tmp",
        "romeo.device.mine.tmp",
        "romeo.device.mine.0123456789abcdef.tmp",
        "other.device.0123456789abcdef.tmp",
        "romeo.device2.a.before.0123456789abcdef.tmp",
    ];
    left.iter().for_each(|name| std::fs::write(room.path(name), b"").unwrap());
    room.succeeds(&["device", "show", "romeo.device"], "");
    let names = room.names();
    assert_eq!(left.map(|name| names.iter().any(|there| there == name)), [false, false, true, true, true, true]);
}

/// Two runs at once wait for one another: none of their messages uses the keys of the other.
#[test]
fn two_at_once_use_no_key_twice() {
    let room = Room::new("at-once");
    let seal = [&SEAL[..], &["--device", "romeo.device", "--bundle", "juliet.bundle"]].concat();
    let children: Vec<Child> = (0..6)
        .map(|number| room.start(&seal, &message("romeo", "juliet", &format!("Number {number}")), Stdio::piped()))
        .collect();
    for (number, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        room.opens("juliet", "romeo", &text(&output.stdout), &format!("Number {number}"));
    }
    assert!(Path::new(&room.path("romeo.device.lock")).exists());
}
