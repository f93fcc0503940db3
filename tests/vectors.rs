//! The test vectors for receivers: what is committed holds, and what is changed does not.

mod support;

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use support::root;
use xep::example::vectors::{Report, verify};
use xep::sce::{Policy, Profiles, Rulebook};
use xep::source::Sources;

const FILES: [&str; 3] = ["omemo.json", "openpgp.json", "stub.json"];

fn path(name: &str) -> PathBuf {
    root().join("examples/xep-sce/vectors").join(name)
}

fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(path(name)).expect("the file is committed");
    serde_json::from_str(&text).expect("it is JSON")
}

fn rules() -> Rulebook {
    let mut sources = Sources::default();
    let mut table = |name: &str| {
        let text = std::fs::read_to_string(root().join("spec/xep-sce").join(name)).expect("the draft has its tables");
        (sources.add(name, text.as_str()), text)
    };
    let ((elements, policy), (file, profiles)) = (table("elements.toml"), table("profiles.toml"));
    Rulebook {
        policy: Policy::parse(&policy, elements).expect("the policy"),
        profiles: Profiles::parse(&profiles, file).expect("the profiles"),
    }
}

fn gone_through(file: &Value) -> Report {
    verify(&file.to_string(), &rules()).expect("a file of vectors")
}

#[test]
fn what_is_committed_holds() {
    for name in FILES {
        let report = gone_through(&json(name));
        assert_eq!(report.failures, [], "{name}");
        assert!(report.valid > 10 && report.invalid > 2, "{name}: {} {}", report.valid, report.invalid);
    }
}

/// Every case: with another verdict, with other requirements, with another restored stanza, it is told by its name.
#[test]
fn a_case_that_says_something_else_is_told() {
    for name in FILES {
        let file = json(name);
        for at in 0..file["cases"].as_array().expect("cases").len() {
            let mut changed = file.clone();
            let case = &mut changed["cases"][at];
            let id = case["id"].as_str().expect("an id").to_owned();
            let place = match at % 4 {
                0 => {
                    case["result"] = if case["result"] == "valid" { "invalid" } else { "valid" }.into();
                    "`result`"
                }
                1 => {
                    case["requirements"] = serde_json::json!(["req-that-is-none"]);
                    "`requirements`"
                }
                2 => {
                    case["restored"] = "<message xmlns='jabber:client'/>".into();
                    "`restored`"
                }
                _ => {
                    case["flags"] = serde_json::json!(["unheard-of"]);
                    "`flags`"
                }
            };
            changed["cases"] = serde_json::json!([case.clone()]);
            let report = gone_through(&changed);
            let places: Vec<&str> = report.failures.iter().map(|mismatch| mismatch.place.as_str()).collect();
            assert_eq!(places, [format!("case `{id}`: {place}")], "{name}");
        }
    }
}

/// The keys in the file are the ones that are used, and the stanza in it is the one that is opened.
#[test]
fn other_keys_and_other_stanzas_give_other_results() {
    for name in ["omemo.json", "openpgp.json"] {
        let file = json(name);
        let of = |jid: &str| {
            file["people"]
                .as_array()
                .and_then(|people| people.iter().position(|one| one["jid"] == jid))
                .expect("a person")
        };
        let mut swapped = file.clone();
        for member in ["openpgp", "omemo"] {
            let (juliet, tybalt) = (of("juliet@capulet.example"), of("tybalt@capulet.example"));
            if member == "omemo" && name == "omemo.json" {
                swapped["people"][juliet][member] = file["people"][tybalt][member].clone();
            }
            if member == "openpgp" && name == "openpgp.json" {
                swapped["people"][juliet][member] = file["people"][tybalt][member].clone();
            }
        }
        assert!(gone_through(&swapped).failures.len() > 10, "{name}: keys");
        let mut later = file.clone();
        for case in later["cases"].as_array_mut().expect("cases") {
            let stanza = case["stanza"].as_str().expect("a stanza").replace("<store", "<stored");
            case["stanza"] = stanza.into();
        }
        assert!(gone_through(&later).failures.len() > 10, "{name}: stanzas");
    }
}

#[test]
fn what_is_no_file_of_vectors_is_refused_with_a_reason() {
    let stub = json("stub.json");
    let with = |member: &str, value: Value| {
        let mut changed = stub.clone();
        changed[member] = value;
        verify(&changed.to_string(), &rules()).expect_err(member)
    };
    assert!(with("version", 2.into()).contains("version 2"));
    assert!(with("cases", serde_json::json!([])).contains("0 cases"));
    assert!(with("surplus", 1.into()).contains("surplus"));
    let mut omemo = json("omemo.json");
    omemo["people"][0]["omemo"][0]["spk_priv"] = "00".into();
    let reason = verify(&omemo.to_string(), &rules()).expect_err("a short key");
    assert!(reason.contains("`spk_priv`") && reason.contains("32 bytes"), "{reason}");
}

#[test]
fn the_command_counts_and_tells_the_first_failure_in_full() {
    let run = |files: &[PathBuf]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xep"))
            .args(["vectors", "verify"])
            .args(files)
            .current_dir(root())
            .output()
            .expect("the program starts");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let older = root().join("tests/omemo_vectors/own.json");
    let files: Vec<PathBuf> = FILES.iter().map(|name| path(name)).chain([older]).collect();
    let (code, told) = run(&files);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.lines().last().is_some_and(|line| line.starts_with("4 files: ")), "{told}");
    let mut stub = json("stub.json");
    stub["cases"][0]["intermediate"]["plaintext"] = "nothing".into();
    let folder = root().join("target/tests/vectors");
    std::fs::create_dir_all(&folder).expect("a folder");
    let changed = folder.join("changed.json");
    std::fs::write(&changed, stub.to_string()).expect("a file");
    let (code, told) = run(std::slice::from_ref(&changed));
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("`intermediate`") && told.contains("expected:") && told.contains("found:"), "{told}");
    std::fs::write(&changed, "{}").expect("a file");
    assert_eq!(run(&[changed]).0, Some(2));
}
