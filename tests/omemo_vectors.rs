//! Messages that other software made are opened: the vectors in the shared folder.
//!
//! They are not part of this project: without them the test says that it was skipped.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::PathBuf;
use support::{say, shared};
use xep::protocol::omemo::vectors::{Report, verify};

/// The files of vectors, by path.
fn files() -> Vec<(PathBuf, String)> {
    let Some(folder) = shared("omemo_vectors").map(|shared| shared.join("vectors")) else { return Vec::new() };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        say(&format!("skipped: omemo_vectors: there is no folder {}", folder.display()));
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn all_vectors_hold_in_all_orders() {
    for (path, text) in files() {
        let report = verify(&text).unwrap();
        assert_eq!(report.failures, [], "{}", path.display());
        assert!(report.orders >= 3 && report.held >= report.messages * report.orders * 5, "{report:?}");
    }
}

#[test]
fn what_does_not_fit_is_told() {
    for (path, text) in files() {
        let changed = |change: fn(&mut serde_json::Value)| -> Report {
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            change(&mut json);
            verify(&json.to_string()).unwrap()
        };
        let other_body = changed(|json| {
            let message = &mut json["messages"][1];
            let member = if message["body"].is_null() { "plaintext" } else { "body" };
            message[member] = "another".into();
        });
        assert_eq!(other_body.failures.len(), other_body.orders, "{}", path.display());
        assert!(other_body.failures[0].to_string().contains("expected: another"), "{}", other_body.failures[0]);
        let other_signature = changed(|json| {
            let signature = json["receiver"]["spk_sig"].as_str().unwrap().replace(['1', '2'], "3");
            json["receiver"]["spk_sig"] = signature.into();
        });
        assert!(other_signature.failures[0].found.contains("not signed"), "{other_signature:?}");
        let other_payload = changed(|json| json["messages"][2]["payload"] = "AAAAAAAAAAAAAAAAAAAAAA==".into());
        assert_eq!(other_payload.failures[0].found.split(' ').next(), Some("the"), "{other_payload:?}");
        let without_payload = changed(|json| json["messages"][2]["payload"] = serde_json::Value::Null);
        assert!(without_payload.failures[0].found.contains("no payload"), "{without_payload:?}");
    }
}
