//! `xep seal` and `xep open` talk with twomemo, with nothing but files on our side.

use super::{PEER, Peer};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const ROMEO: &str = "romeo@montague.example";
const AT: &str = "2026-09-14T09:00:00Z";

struct Files {
    folder: PathBuf,
    peer: Peer,
}

impl Files {
    /// A new device in a file, and the peer's bundle in another.
    fn lay(name: &str, number: u32) -> Option<Files> {
        let mut peer = Peer::start("XEP_OMEMO_PYTHON", &["tests/omemo_peers/peer.py"])?;
        let folder = super::root().join("target/tests/omemo-by-files").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let id = number.to_string();
        let run = |arguments: &[&str]| said(xep(&folder, arguments, ""));
        run(&["device", "new", "--jid", ROMEO, "--id", &id, "--out", "romeo.device"]);
        let item = run(&["device", "bundle", "romeo.device"]);
        let bundle = part(&item, "bundle");
        let theirs = peer.ask(&json!({ "meet": ROMEO, "device": number, "bundle": bundle }));
        let item = format!(
            "<item xmlns='http://jabber.org/protocol/pubsub' id='{}'>{}</item>",
            theirs["device"],
            theirs["bundle"].as_str().unwrap()
        );
        std::fs::write(folder.join("peer.bundle"), item).unwrap();
        Some(Files { folder, peer })
    }

    fn sends(&mut self, body: &str) {
        let stanza = format!(
            "<message xmlns='jabber:client' type='chat' from='{ROMEO}/orchard' to='{PEER}'><body>{body}</body></message>"
        );
        let seal = ["seal", "--profile", "omemo", "--at", AT, "--device", "romeo.device", "--bundle", "peer.bundle"];
        let sealed = said(xep(&self.folder, &seal, &stanza));
        let answer = self.peer.ask(&json!({ "open": part(&sealed, "encrypted") }));
        let text = answer["text"].as_str().unwrap_or_else(|| super::panic_with(&answer.to_string()));
        assert!(text.contains(&format!(">{body}</body>")), "{text}");
        for sent in answer["answers"].as_array().unwrap() {
            let output = self.open(sent["encrypted"].as_str().unwrap());
            assert!(output.status.success() && output.stdout.is_empty(), "an empty message: {output:?}");
        }
    }

    fn receives(&mut self, body: &str) {
        let envelope = format!(
            "<envelope xmlns='urn:xmpp:sce:1'><content><body xmlns='jabber:client'>{body}</body></content><rpad>abcdef</rpad>\
             <time stamp='{AT}'/><to jid='{ROMEO}'/><from jid='{PEER}'/></envelope>"
        );
        let encrypted = self.peer.get(&json!({ "seal": envelope }), "encrypted");
        let opened = said(self.open(encrypted.as_str().unwrap()));
        assert!(opened.contains(&format!("<body>{body}</body>")), "{opened}");
        let again = self.open(encrypted.as_str().unwrap());
        assert_eq!(again.status.code(), Some(1), "a replay: {again:?}");
    }

    fn open(&self, encrypted: &str) -> Output {
        let stanza =
            format!("<message xmlns='jabber:client' type='chat' from='{PEER}/p' to='{ROMEO}'>{encrypted}</message>");
        let open = ["open", "--at", AT, "--device", "romeo.device", "--bundle", "peer.bundle"];
        xep(&self.folder, &open, &stanza)
    }
}

fn xep(folder: &PathBuf, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xep"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The element of that name in a text.
fn part(text: &str, name: &str) -> String {
    let (start, end) = (text.find(&format!("<{name} ")).unwrap(), format!("</{name}>"));
    text[start..text.find(&end).unwrap() + end.len()].to_owned()
}

#[test]
fn by_files_we_begin() {
    for number in 1..4 {
        let Some(mut files) = Files::lay(&format!("we-{number}"), number) else { return };
        for round in 0..3 {
            files.sends(&format!("One {round}"));
            files.sends(&format!("Two {round}"));
            files.receives(&format!("Three {round}"));
        }
    }
}

#[test]
fn by_files_the_peer_begins() {
    for number in 1..4 {
        let Some(mut files) = Files::lay(&format!("peer-{number}"), number) else { return };
        for round in 0..3 {
            files.receives(&format!("One {round}"));
            files.receives(&format!("Two {round}"));
            files.sends(&format!("Three {round}"));
        }
    }
}
