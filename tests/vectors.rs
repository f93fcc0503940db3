//! The test vectors for receivers: what is committed holds, and what is changed does not.

mod support;

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use support::{root, rules};
use xep::example::vectors::{Report, verify};

const FILES: [&str; 6] = [
    "xep-sce/omemo.json",
    "xep-sce/openpgp.json",
    "xep-sce/stub.json",
    "xep-sce-notes/omemo.json",
    "xep-sce-notes/openpgp.json",
    "xep-sce-notes/stub.json",
];

/// A file by the document that it belongs to and its name.
fn path(file: &str) -> PathBuf {
    let (document, name) = file.split_once('/').expect("a document and a name");
    root().join("examples").join(document).join("vectors").join(name)
}

fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(path(name)).expect("the file is committed");
    serde_json::from_str(&text).expect("it is JSON")
}

fn gone_through(file: &Value) -> Report {
    verify(&file.to_string(), &rules()).expect("a file of vectors")
}

#[test]
fn what_is_committed_holds() {
    let (mut valid, mut invalid) = (0, 0);
    for name in FILES {
        let report = gone_through(&json(name));
        assert_eq!(report.failures, [], "{name}");
        valid += report.valid;
        invalid += report.invalid;
    }
    assert!(valid > 150 && invalid > 90, "{valid} {invalid}");
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

/// The ids of the cases that do not hold.
fn failing(file: &Value) -> BTreeSet<String> {
    let places = gone_through(file).failures.into_iter().map(|mismatch| mismatch.place);
    let id = |place: String| place.split('`').nth(1).expect("a failure names its case").to_owned();
    places.map(id).collect()
}

/// The ids of the cases of which something opened and that fit.
fn opened(file: &Value, fits: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let cases = file["cases"].as_array().expect("cases").iter();
    let wanted = cases.filter(|case| case["intermediate"]["plaintext"].is_string() && fits(case));
    wanted.map(|case| case["id"].as_str().expect("an id").to_owned()).collect()
}

/// The keys in the file are the ones that are used: with those of somebody else nothing opens.
#[test]
fn with_the_keys_of_somebody_else_each_case_is_told() {
    for (name, member) in [("xep-sce/omemo.json", "omemo"), ("xep-sce-notes/openpgp.json", "openpgp")] {
        let file = json(name);
        let people = file["people"].as_array().expect("people");
        for (at, person) in people.iter().enumerate() {
            let needs_keys = |case: &Value| case["intermediate"]["encrypted"] == true;
            let expected = opened(&file, |case| case["receiver"] == person["jid"] && needs_keys(case));
            let mut swapped = file.clone();
            swapped["people"][at][member] = people[(at + 1) % people.len()][member].clone();
            let untold: Vec<_> = expected.difference(&failing(&swapped)).cloned().collect();
            assert_eq!(untold, [""; 0], "{name}: {}", person["jid"]);
        }
    }
}

/// A stanza with one character of its ciphertext changed is told by the name of its case, wherever something was opened before.
#[test]
fn with_another_ciphertext_each_case_is_told() {
    for name in FILES {
        let file = json(name);
        let mut changed = file.clone();
        for case in changed["cases"].as_array_mut().expect("cases") {
            let stanza = case["stanza"].as_str().expect("a stanza");
            case["stanza"] = with_another_character(stanza).into();
        }
        let expected = opened(&file, |_| true);
        assert!(expected.len() > 5, "{name}");
        let untold: Vec<_> = expected.difference(&failing(&changed)).cloned().collect();
        assert_eq!(untold, [""; 0], "{name}");
    }
}

/// The stanza with a character changed in the middle of its longest text: the ciphertext.
fn with_another_character(stanza: &str) -> String {
    let longest = stanza.split(['<', '>']).max_by_key(|part| part.len()).expect("a text");
    let start = stanza.find(longest).expect("the text is in the stanza");
    let wanted = start + longest.len() / 2;
    let at = (wanted..).find(|at| stanza.as_bytes()[*at].is_ascii_alphabetic()).expect("a letter");
    let other = if &stanza[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &stanza[..at], &stanza[at + 1..])
}

/// Each value on the way is compared, and the one that differs is named.
#[test]
fn a_value_on_the_way_that_differs_is_named() {
    let check = |name: &str, id: &str, pointer: &str, value: Value| {
        let mut file = json(name);
        let cases = file["cases"].as_array_mut().expect("cases");
        cases.retain(|case| case["id"] == id);
        *cases[0].pointer_mut(pointer).expect(pointer) = value;
        let failures = gone_through(&file).failures;
        let place = format!("case `{id}`: `{}`", pointer.trim_start_matches('/'));
        assert_eq!(failures.len(), 1, "{pointer}");
        assert_eq!(failures[0].place, place);
    };
    let omemo = &json("xep-sce/omemo.json")["cases"][0];
    let id = omemo["id"].as_str().expect("an id");
    for (member, value) in omemo["intermediate"]["omemo"][0].as_object().expect("values") {
        let pointer = format!("/intermediate/omemo/0/{member}");
        match value {
            Value::Number(_) => check("xep-sce/omemo.json", id, &pointer, 4321.into()),
            Value::String(_) => check("xep-sce/omemo.json", id, &pointer, "00".into()),
            Value::Array(_) => check("xep-sce/omemo.json", id, &format!("{pointer}/3"), "00".into()),
            _ => check("xep-sce/omemo.json", id, &format!("{pointer}/iv"), "00".into()),
        }
    }
    for member in ["plaintext", "signer", "openpgp/session_key", "openpgp/opened_with", "comparisons/0/value"] {
        check("xep-sce/openpgp.json", "ex-picture.openpgp", &format!("/intermediate/{member}"), "00".into());
    }
}

/// What the draft says of a wrong example stands in its case: the same requirements, and `invalid` where it is to be refused.
#[test]
fn the_verdicts_are_those_that_the_draft_expects() {
    let read = |name: &str| std::fs::read_to_string(root().join("spec/xep-sce").join(name)).expect("the document");
    let text = ["draft.md", "xep-sce-openpgp.md", "xep-sce-notes.md"].map(read).concat();
    let files: Vec<Value> = FILES.iter().map(|name| json(name)).collect();
    let cases: Vec<&Value> = files.iter().flat_map(|file| file["cases"].as_array().expect("cases")).collect();
    let mut refused = 0;
    for line in text.lines().filter(|line| line.starts_with("```{") && line.contains(" expect=")) {
        let id = word(line, "#").expect("an example with a name");
        let of_example: Vec<&&Value> = cases
            .iter()
            .filter(|case| case["id"].as_str().and_then(|name| name.split('.').next()) == Some(id))
            .collect();
        // What is no XML is no envelope either, and nobody seals it.
        let is_sealed = line.contains(" profile=") && !line.contains(" expect=malformed-xml");
        assert_eq!(!of_example.is_empty(), is_sealed, "{id}: a case for each one that is sealed");
        let expected = word(line, "expect=").expect("the line has it");
        let Some(requirements) = expected.strip_prefix("reject:") else { continue };
        let first = of_example[0];
        refused += 1;
        assert_eq!(first["result"], "invalid", "{id}");
        for requirement in requirements.split(',') {
            let all = first["requirements"].as_array().expect("requirements");
            assert!(all.iter().any(|one| one == requirement), "{id}: {requirement}");
        }
    }
    assert!(refused > 30, "{refused}");
}

/// What follows a word in the line that begins an example, quoted or not.
fn word<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!(" {before}"))?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([' ', '}']).next(),
    }
}

/// Of whom a stanza reaches, each has a case: the occupants of a room, and other clients of its sender.
#[test]
fn everybody_whom_a_stanza_reaches_has_a_case() {
    let file = json("xep-sce/openpgp.json");
    let cases = file["cases"].as_array().expect("cases");
    let of = |id: &str| {
        let found = cases.iter().filter(|case| case["id"].as_str().is_some_and(|name| name.starts_with(id)));
        let mut receivers: Vec<String> =
            found.map(|case| format!("{} {}", case["receiver"], case["situation"]).replace('"', "")).collect();
        receivers.sort();
        receivers
    };
    assert_eq!(of("ex-picture.openpgp"), ["juliet@capulet.example one-to-one", "romeo@montague.example carbon-sent"]);
    assert_eq!(
        of("ex-room.openpgp"),
        ["juliet@capulet.example group-chat", "nurse@capulet.example group-chat", "romeo@montague.example group-chat"]
    );
}

#[test]
fn what_is_no_file_of_vectors_is_refused_with_a_reason() {
    let stub = json("xep-sce/stub.json");
    let with = |member: &str, value: Value| {
        let mut changed = stub.clone();
        changed[member] = value;
        verify(&changed.to_string(), &rules()).expect_err(member)
    };
    let reason = with("version", 2.into());
    assert!(reason.contains("version 2") && reason.contains("`xep examples`"), "{reason}");
    assert!(with("cases", serde_json::json!([])).contains("0 cases"));
    assert!(with("surplus", 1.into()).contains("surplus"));
    let mut omemo = json("xep-sce/omemo.json");
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
    assert!(told.lines().last().is_some_and(|line| line.starts_with("7 files: ")), "{told}");
    let mut stub = json("xep-sce/stub.json");
    stub["cases"][0]["intermediate"]["plaintext"] = "nothing".into();
    let folder = root().join("target/tests/vectors");
    std::fs::create_dir_all(&folder).expect("a folder");
    let changed = folder.join("changed.json");
    std::fs::write(&changed, stub.to_string()).expect("a file");
    let (code, told) = run(std::slice::from_ref(&changed));
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("`intermediate/plaintext`") && told.contains("expected:") && told.contains("found:"),
        "{told}"
    );
    for (text, why) in [
        ("{}", "it has neither `cases` nor `messages`; both forms are described"),
        ("{", "it is no JSON"),
        (r#"{"version": 7, "cases": [], "later": 1}"#, "version 7 of the form is not known, 1 is; make the file anew"),
        (r#"{"messages": []}"#, "missing field"),
    ] {
        std::fs::write(&changed, text).expect("a file");
        let output = Command::new(env!("CARGO_BIN_EXE_xep"))
            .args(["vectors", "verify"])
            .arg(&changed)
            .current_dir(root())
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("changed.json") && told.contains(why), "{told}");
    }
}

/// Every member that the schema describes stands in some file, and every member of the files is described.
#[test]
fn the_schema_describes_what_the_files_hold_and_nothing_else() {
    let schema = json("xep-sce/schema.json");
    let mut seen = BTreeSet::new();
    for name in FILES {
        note(&schema, "", &schema, &json(name), &mut seen);
    }
    let of = |name: &str, object: &Value| {
        let members = object["properties"].as_object().expect("properties").keys();
        members.map(|member| format!("{name}/{member}")).collect::<Vec<_>>()
    };
    let definitions = schema["$defs"].as_object().expect("definitions").iter();
    let described: BTreeSet<String> =
        of("", &schema).into_iter().chain(definitions.flat_map(|(name, object)| of(name, object))).collect();
    assert_eq!(seen, described);
}

/// Notes the members of a value by the definitions that they belong to.
fn note(schema: &Value, name: &str, definition: &Value, value: &Value, seen: &mut BTreeSet<String>) {
    if let Some(reference) = definition["$ref"].as_str() {
        let name = reference.strip_prefix("#/$defs/").expect("a definition of the file");
        return note(schema, name, &schema["$defs"][name], value, seen);
    }
    match value {
        Value::Object(members) => {
            for (member, value) in members.iter().filter(|_| definition["properties"].is_object()) {
                seen.insert(format!("{name}/{member}"));
                note(schema, name, &definition["properties"][member], value, seen);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| note(schema, name, &definition["items"], value, seen)),
        _ => {}
    }
}

/// The site has the files as they are committed, an archive of them whose hash stands on the page, and each case with its links.
#[test]
fn the_page_lists_every_case_and_prints_the_hash_of_the_archive() {
    let out = root().join("target/tests/vectors-site");
    let built = Command::new(env!("CARGO_BIN_EXE_xep"))
        .args(["build", "--no-cache", "--out"])
        .arg(&out)
        .current_dir(root())
        .output()
        .expect("the program starts");
    assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stdout));
    let read = |name: &str| std::fs::read(out.join(name)).expect("the site has the file");
    let text = |name: &str| String::from_utf8(read(name)).expect("the file is UTF-8");
    for document in ["xep-sce", "xep-sce-notes"] {
        let page = text(&format!("{document}.vectors.html"));
        let archive = read(&format!("{document}.vectors.zip"));
        let hash: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(page.contains(&format!(">{hash}<")), "{hash}");
        assert!(text(&format!("{document}.html")).contains(&format!("href=\"{document}.vectors.html\"")));
        for name in ["omemo.json", "openpgp.json", "stub.json", "schema.json"] {
            let committed = std::fs::read(path(&format!("{document}/{name}"))).expect("the file is committed");
            assert!(read(&format!("{document}.vectors/{name}")) == committed, "{name}");
            assert!(archive.windows(committed.len()).any(|part| part == committed), "{name} in the archive");
            assert!(page.contains(&format!("href=\"{document}.vectors/{name}\"")), "{name}");
        }
        for file in FILES.iter().filter(|file| file.starts_with(&format!("{document}/"))).map(|file| json(file)) {
            let bundles = file["bundles"].as_array().into_iter().flatten();
            for case in file["cases"].as_array().expect("cases").iter().chain(bundles) {
                let id = case["id"].as_str().expect("an id");
                assert!(page.contains(&format!("<tr id=\"{id}\">")), "{id}");
            }
        }
        for other in ["xep-sce", "xep-sce-openpgp", "xep-sce-notes"] {
            let target = text(&format!("{other}.html"));
            let begin = format!("href=\"{other}.html#");
            for link in page.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(target.contains(&format!("id=\"{link}\"")), "{document}: {other}.html#{link}");
            }
        }
    }
}
