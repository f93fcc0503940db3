//! `xep requirements` as people use it.

mod support;

use std::path::PathBuf;
use std::process::{Command, Output};
use support::root;

/// A document with every kind of requirement.
const DRAFT: &str = "\
---
title: Requirements
abstract: A fixture.
number: XXXX
status: ProtoXEP
type: Standards Track
---

# Sending {#sending}

The server routes answers. A client MUST NOT send one
without an id. {#req-id}

It is RECOMMENDED that clients wait. This one has no id: the server MUST route it, and MAY store it for as long as it likes.

- The `MUST` attribute SHOULD be sent by a client. {#req-attribute}
- Nothing is required of anybody here.
- A client MUST NOT send answers. {#req-shown}

## Once more

The client must not worry. The client MUST NOT send the answers! {#req-again}

```{.xml .example #ex-shown caption=\"An answer\" expect=accept:req-shown}
<message><body>Yes.</body></message>
```
";

fn xep(arguments: &[&str], columns: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    command.args(arguments).env("COLUMNS", columns).current_dir(root()).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The document in a workspace of its own.
fn draft(name: &str) -> PathBuf {
    let folder = root().join("target/tests/requirements").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("xep.toml"), "").expect("a mark");
    let path = folder.join("draft.md");
    std::fs::write(&path, DRAFT).expect("a file");
    path
}

/// What the command lists, with the document's path as `draft.md`.
fn listed(name: &str, options: &[&str], columns: &str) -> String {
    let path = draft(name).display().to_string();
    let output = xep(&[&["requirements", &path], options].concat(), columns);
    assert_eq!(output.status.code(), Some(0), "to list is no finding: {}", text(&output.stderr));
    text(&output.stdout).replace(&path, "draft.md")
}

#[test]
fn a_table_fits_the_terminal() {
    let table = listed("table", &[], "80");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    insta::assert_snapshot!("table", table);
}

#[test]
fn json_has_its_form() {
    insta::assert_snapshot!("json", listed("json", &["--format", "json"], "80"));
}

#[test]
fn options_narrow_the_list() {
    let unshown = listed("unshown", &["--unshown"], "100");
    assert!(!unshown.contains("[req-shown]") && unshown.contains("[req-id]"), "{unshown}");
    let should = listed("should", &["--strength", "should"], "100");
    assert!(should.contains("[req-attribute]") && !should.contains("[req-id]"), "{should}");
    assert!(should.contains("2 requirements in 1 document: 2 SHOULD\n"), "{should}");
    assert_eq!(listed("may", &["--strength", "may"], "100"), "no requirements in 1 document\n");
}

#[test]
fn the_drafts_of_the_workspace_are_listed_without_a_file() {
    let output = xep(&["requirements"], "100");
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stdout);
    assert!(listed.starts_with("spec/xep-sce/draft.md: Stanza Content Encryption\n"), "{listed}");
    // The table of attacks excuses some.
    let last = listed.lines().last().unwrap_or_default();
    assert!(last.ends_with(" neither") && !last.contains(" 0 excused"), "{last}");
}

#[test]
fn what_cannot_be_read_is_exit_code_2() {
    let output = xep(&["requirements", "nowhere.xml"], "100");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`nowhere.xml` does not exist"));
    assert!(output.stdout.is_empty());
}

#[test]
fn what_is_no_document_is_told() {
    let folder = support::root().join("target/tests/requirements/no-document");
    std::fs::create_dir_all(&folder).expect("a folder");
    let utf16: Vec<u8> = "<xep/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in
        [("empty.xml", Vec::new()), ("binary.xml", vec![0, 255, 1]), ("utf16.xml", utf16), ("a.md", b"# A".to_vec())]
    {
        std::fs::write(folder.join(name), bytes).expect("a file");
        for command in ["requirements", "envelopes"] {
            let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_xep"));
            let output = program.args([command, name]).current_dir(&folder).output().expect("the program runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(2) && said.contains("holds no document"), "{command} {name}: {said}");
        }
    }
}
