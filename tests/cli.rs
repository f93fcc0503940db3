//! The command line as people use it: exit codes, what goes where, and broken input.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use base64::Engine as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use support::root;

/// Runs `xep` in the project's folder.
fn xep(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xep"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that fails early reads nothing, and its pipe breaks.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file of that content in a folder of its own.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = root().join("target/tests/cli").join(name.replace('.', "-"));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("xep.toml"), "").expect("a mark");
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

/// Runs `xep check` on a file and expects an exit code and words on one of the outputs.
fn check(name: &str, content: &[u8], code: i32, words: &str) {
    let path = file(name, content);
    let output = xep(&["check", &path.to_string_lossy()], b"");
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{name}: {said}");
    assert!(said.contains(words), "{name}: `{words}` is not in: {said}");
}

#[test]
fn broken_input_gives_a_finding_or_an_error_that_helps() {
    check("empty.xml", b"", 1, "not-a-xep");
    check("empty.md", b"", 1, "missing-header-field");
    check("binary.xml", &[0, 159, 146, 150, 255, 0, 1], 1, "not UTF-8");
    check("page.xml", b"<html><body/></html>", 1, "not-a-xep");
    check("cut.xml", b"<xep><header><title>A</title>", 1, "malformed-xml");
    check("large.xml", &vec![b' '; 100 * 1024 * 1024], 1, "larger than 4 MiB");
    let missing = xep(&["check", "nowhere.xml"], b"");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("`nowhere.xml` does not exist"));
    assert!(missing.stdout.is_empty());
}

#[test]
fn a_site_says_what_was_passed_over() {
    let path = file("passed-over.xml", b"<xep><header><title>A</title></header></xep>");
    let folder = path.parent().expect("a folder");
    let build = |words: &[&str]| {
        let site = folder.join("site").display().to_string();
        let given = path.display().to_string();
        let all = [&["build", "--no-cache", "--out", &site, &given], words].concat();
        xep(&all, b"").status.code()
    };
    assert_eq!(build(&["--no-examples"]), Some(1), "the header is not whole");
    let index = std::fs::read_to_string(folder.join("site/index.html")).expect("an index");
    assert!(index.contains("Its examples were passed over"));
    assert_eq!(build(&["--no-check"]), Some(1), "what reading finds is told all the same");
    assert_eq!(build(&["--no-check", "--no-examples"]), Some(2));
}

#[test]
fn a_clean_draft_is_exit_code_0_and_the_last_line_counts() {
    let output = xep(&["check"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let last = text(&output.stdout).lines().last().unwrap_or("").to_owned();
    assert!(last.starts_with("208 examples in 3 documents: 92 round trips, no findings"), "{last}");
}

#[test]
fn json_is_one_object() {
    let output = xep(&["check", "--format", "json"], b"");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["summary"]["errors"], 0);
    let documents = json["documents"].as_array().expect("documents").iter();
    let trips = documents.flat_map(|document| document["examples"].as_array().expect("examples"));
    let trips: usize = trips.map(|example| example["round_trips"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(json["summary"]["round_trips"], trips);
}

#[test]
fn examples_that_are_up_to_date_are_left_alone() {
    let output = xep(&["examples", "--check"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

const STANZA: &str = "<message to='juliet@capulet.example' from='romeo@montague.example/orchard' type='chat' id='1'>\
                      <body>Hello</body><x xmlns='jabber:x:oob'><url>https://a.example/</url></x></message>";

/// One deployed client finds an affix by the attribute `xmlns` alone.
#[test]
fn namespaces_are_declared_again_inside_the_envelope_on_demand() {
    let seal = ["seal", "--profile", "stub", "--from", "romeo", "--to", "juliet"];
    for (options, is_redundant) in [(&["--redundant-xmlns"][..], true), (&[], false)] {
        let sealed = xep(&[&seal[..], options].concat(), STANZA.as_bytes());
        let wire = text(&sealed.stdout);
        let payload = wire.split("<payload").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).expect("a payload");
        let envelope = base64::engine::general_purpose::STANDARD.decode(payload).expect("Base64");
        let envelope = String::from_utf8(envelope).expect("text");
        assert_eq!(envelope.contains("<from xmlns='urn:xmpp:sce:1' "), is_redundant, "{envelope}");
    }
}

#[test]
fn what_is_sealed_opens_again() {
    for profile in ["omemo", "omemo-trust", "openpgp", "ox", "stub"] {
        let sealed = xep(&["seal", "--profile", profile, "--from", "romeo", "--to", "juliet"], STANZA.as_bytes());
        assert_eq!(sealed.status.code(), Some(0), "{profile}: {}", text(&sealed.stderr));
        assert!(!text(&sealed.stdout).contains("Hello"), "{profile}");
        let opened = xep(&["open"], &sealed.stdout);
        assert_eq!(opened.status.code(), Some(0), "{profile}: {}", text(&opened.stderr));
        assert!(text(&opened.stdout).contains("<body>Hello</body>"), "{profile}: {}", text(&opened.stdout));
    }
}

#[test]
fn vectors_are_verified() {
    let own = "tests/omemo_vectors/own.json";
    let output = xep(&["vectors", "verify", own], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let first = format!("{own}: 4 messages in 6 orders, ");
    assert!(text(&output.stdout).starts_with(&first), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains(": all hold\n1 file: "), "{}", text(&output.stdout));
    let written = std::fs::read_to_string(root().join(own)).expect("the file is there");
    assert!(written.contains("\"body\": \"2\""), "{written}");
    let wrong = file("wrong.json", written.replace("\"body\": \"2\"", "\"body\": \"3\"").as_bytes());
    let output = xep(&["vectors", "verify", own, &wrong.to_string_lossy()], b"");
    assert_eq!(output.status.code(), Some(1));
    for words in ["6 do not hold", "step 3 (message 2), body\n  expected: 3\n  found:    2\n", "\n2 files: "] {
        assert!(text(&output.stdout).contains(words), "{words}: {}", text(&output.stdout));
    }
    for (path, words) in [("Cargo.toml", "`Cargo.toml` is no file of vectors"), ("nowhere", "cannot be read")] {
        let output = xep(&["vectors", "verify", own, path], b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let help = xep(&["vectors", "verify", "--help"], b"");
    assert!(text(&help.stdout).contains("xep vectors verify vectors/*.json"));
}

#[test]
fn a_readdressed_stanza_is_refused_and_not_printed() {
    let sealed = xep(&["seal", "--profile", "openpgp"], STANZA.as_bytes());
    let forged = text(&sealed.stdout).replace("to='juliet@capulet.example'", "to='nurse@capulet.example'");
    let opened = xep(&["open", "--as", "juliet"], forged.as_bytes());
    assert_eq!(opened.status.code(), Some(1), "{}", text(&opened.stderr));
    assert!(opened.stdout.is_empty());
    assert!(text(&opened.stderr).contains("req-to-check"), "{}", text(&opened.stderr));
}

#[test]
fn wrong_arguments_say_what_would_be_right() {
    let cases: [(&[&str], &str); 3] = [
        (
            &["seal", "--profile", "opnpgp"],
            "there is no profile `opnpgp`; there are omemo, omemo-trust, openpgp, ox, stub",
        ),
        (&["explain", "sensitiv-outside"], "did you mean `sensitive-outside`?"),
        (&["seal", "--profile", "stub", "--from", "hamlet"], "neither an address nor somebody of the cast"),
    ];
    for (arguments, words) in cases {
        let output = xep(arguments, STANZA.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn an_output_pipe_that_is_closed_early_is_no_failure() {
    let script = format!("{} explain | head -n 1; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_xep"));
    let output = Command::new("bash").args(["-c", &script]).current_dir(root()).output().expect("bash runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn convert_writes_the_other_syntax() {
    let source = file(
        "convert.xml",
        b"<xep><header/><section1 topic='One' anchor='one'><p>A * star &nothing;</p></section1></xep>",
    );
    let output = xep(&["convert", &source.to_string_lossy()], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("# One {#one}\n"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("error[undeclared-entity]"), "{}", text(&output.stderr));

    let markdown = source.with_file_name("written.md");
    let written =
        xep(&["convert", "spec/xep-sce/draft.md", "--to", "markdown", "--out", &markdown.to_string_lossy()], b"");
    assert_eq!((written.status.code(), text(&written.stdout)), (Some(0), String::new()));
    let xml = xep(&["convert", &markdown.to_string_lossy()], b"");
    let direct = xep(&["convert", "spec/xep-sce/draft.md"], b"");
    assert_eq!(xml.status.code(), Some(0), "{}", text(&xml.stderr));
    assert!(text(&xml.stdout).contains("<title>Stanza Content Encryption</title>"));
    let words = |output: &Output| text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(&xml), words(&direct));
    assert_eq!(xep(&["convert", "nothing.md"], b"").status.code(), Some(2));
}

#[test]
fn a_carbon_copy_opens_with_the_addresses_of_the_inner_stanza() {
    let sealed = xep(&["seal", "--profile", "openpgp", "--at", "2026-09-14T09:00:00Z"], STANZA.as_bytes());
    let inner = text(&sealed.stdout).replacen("<message", "<message xmlns='jabber:client'", 1);
    let carbon = |from: &str| {
        format!(
            "<message from='{from}' to='romeo@montague.example/home' type='chat'><sent xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></sent></message>"
        )
    };
    let open = |stanza: String| xep(&["open", "--as", "romeo", "--at", "2026-09-14T09:00:05Z"], stanza.as_bytes());
    let opened = open(carbon("romeo@montague.example"));
    assert_eq!(opened.status.code(), Some(0), "{}", text(&opened.stderr));
    assert!(text(&opened.stdout).contains("<body>Hello</body>"));
    let forged = open(carbon("tybalt@capulet.example"));
    assert_eq!(forged.status.code(), Some(1), "{}", text(&forged.stdout));
}

#[test]
fn what_is_given_is_used_or_refused() {
    let keys = |name: &str| format!("spec/xep-sce/keys/{name}");
    let nurse = keys("nurse.secret.asc");
    let cases: [(&[&str], &str); 5] = [
        (&["seal", "--profile", "openpgp", "--key", "nowhere.asc"], "`nowhere.asc` cannot be read"),
        (&["seal", "--profile", "openpgp", "--key", &nurse], "xmpp:romeo@montague.example"),
        (&["seal", "--profile", "stub", "--draft", "nowhere"], "there is no folder `nowhere`"),
        (&["seal", "--profile", "stub", "--to", "nurse"], "which is not `nurse`"),
        (&["open", "--as", "nobody"], "neither an address nor somebody of the cast"),
    ];
    for (arguments, words) in cases {
        let output = xep(arguments, STANZA.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_draft_is_the_same_from_wherever_it_is_named() {
    for (folder, path) in
        [("spec/xep-sce", "draft.md"), ("spec/xep-sce", "."), ("spec", "xep-sce/draft.md"), ("src", "../spec")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
        let output = command.args(["check", path]).current_dir(root().join(folder)).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{folder}: {path}: {}", text(&output.stdout));
    }
}

#[test]
fn examples_are_listed_with_what_they_are_taken_for() {
    let text_of = |example: &str| {
        format!("<xep><header><title>A</title></header><section1 topic='A'>{example}</section1></xep>").into_bytes()
    };
    let examples = "<example caption='Ping'><![CDATA[<iq type='get' id='a'><ping xmlns='urn:xmpp:ping'/></iq>]]></example>\
                    <example caption='Pong'><![CDATA[<iq type='result' id='a' from='a.example'/>]]></example>\
                    <code>GET / HTTP/1.1</code>";
    let path = file("listed.xml", &text_of(examples)).display().to_string();
    let output = xep(&["check", "--no-cache", "--list-examples", &path], b"");
    assert_eq!(output.status.code(), Some(0), "to list is no finding: {}", text(&output.stderr));
    let listed = text(&output.stdout).replace(&path, "listed.xml");
    assert!(
        listed.starts_with("listed.xml:1: example-1 complete, xml (one well-formed element), from a client: Ping\n"),
        "{listed}"
    );
    let pong =
        "listed.xml:1: example-2 complete, xml (one well-formed element), from a server, answers example-1: Pong\n";
    assert!(listed.contains(pong), "{listed}");
    assert!(listed.contains("listed.xml:1: code-1 text, http"), "{listed}");
    assert!(listed.ends_with("3 examples: 2 complete, 1 text\n"), "{listed}");
    let none = file("unlisted.xml", &text_of("<p>None.</p>")).display().to_string();
    assert_eq!(text(&xep(&["check", "--no-cache", "--list-examples", &none], b"").stdout), "no examples\n");
}

#[test]
fn every_format_has_its_form() {
    let path = file("formats.xml", b"<xep><header><title>A</title></header></xep>").display().to_string();
    let written = |format: &str| {
        let output = xep(&["check", "--no-cache", "--format", format, &path], b"");
        assert_eq!(output.status.code(), Some(1), "{format}");
        text(&output.stdout).to_owned()
    };
    let log: serde_json::Value = serde_json::from_str(&written("sarif")).expect("SARIF is JSON");
    assert_eq!(log["version"], "2.1.0");
    assert!(written("github").lines().all(|line| line.starts_with("::") && line.contains("file=")));
    let suites = written("junit");
    assert!(suites.contains("<testsuites name='xep'"), "{suites}");
}

/// What `xep open` says of an example that lies in `examples/`, by its document and name, or by its name alone in the notes.
fn opened(name: &str, options: &[&str]) -> (Option<i32>, String) {
    let folder = root().join("examples").join(if name.starts_with("xep-") { "" } else { "xep-sce-notes" });
    let stanza = std::fs::read(folder.join(name)).expect("the example is there");
    let output = xep(&[&["open"], options].concat(), &stanza);
    (output.status.code(), text(&output.stdout).to_owned())
}

const ACCEPTED: (&str, &[&str]) = ("xep-sce/sealed/ex-picture.openpgp.xml", &["--at", "2026-09-14T09:12:05Z"]);

#[test]
fn layers_tell_what_was_verified_and_restored() {
    let (name, circumstances) = ACCEPTED;
    let (code, layers) = opened(name, &[circumstances, &["--format", "layers"]].concat());
    assert_eq!(code, Some(0));
    insta::assert_snapshot!("layers_accepted", layers);
    let (code, json) = opened(name, &[circumstances, &["--format", "json"]].concat());
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).expect("one object");
    assert_eq!((&json["outcome"], &json["unverified"]), (&"accepted".into(), &serde_json::Value::Null));
    assert!(json["restored"].as_str().is_some_and(|stanza| stanza.contains("<body>This is the wall.")), "{json}");
}

/// Content that was not verified is told on demand, under a heading of its own.
#[test]
fn layers_of_refused_stanzas_show_no_content_unasked() {
    let at = "2026-09-14T09:12:05Z";
    for (name, options, requirement, is_readable) in [
        ("ex-attack-passed-on.xml", &["--as", "nurse", "--at", at][..], "req-to-check", true),
        ("ex-wrong-flipped.xml", &["--at", at], "req-receive-open", false),
        ("ex-attack-cut.xml", &["--at", "2026-09-14T09:15:10Z"], "req-receive-parse", true),
        ("ex-attack-doctype.xml", &["--at", "2026-09-14T09:15:10Z"], "req-receive-parse", true),
        ("ex-attack-two.xml", &["--at", at], "req-receive-carrier", true),
        ("ex-attack-omemo-signer.xml", &["--at", at], "req-from-identity", true),
        (
            "ex-attack-carbon-forged.xml",
            &["--as", "romeo", "--at", "2026-09-14T09:20:00Z"],
            "req-situation-carbon",
            true,
        ),
        ("ex-attack-archive-late.xml", &["--as", "juliet", "--at", "2026-09-21T18:00:00Z"], "req-time-check", true),
    ] {
        let secrets = ["<body", "&lt;body"];
        for format in ["layers", "json"] {
            let (code, told) = opened(name, &[options, &["--format", format]].concat());
            assert_eq!(code, Some(1), "{name}: {told}");
            assert!(told.contains(requirement), "{name}: {told}");
            assert!(secrets.iter().all(|secret| !told.contains(secret)), "{name}: {told}");
        }
        let (_, json) = opened(name, &[options, &["--format", "json", "--show-refused"]].concat());
        let json: serde_json::Value = serde_json::from_str(&json).expect("one object");
        let shown = json["unverified"]["plaintext"].as_str();
        assert_eq!(shown.is_some_and(|text| text.contains("<body")), is_readable, "{name}: {json}");
        assert_eq!((&json["outcome"], &json["restored"]), (&"refused".into(), &serde_json::Value::Null), "{name}");
        let (_, layers) = opened(name, &[options, &["--format", "layers", "--show-refused"]].concat());
        let (before, after) = layers.rsplit_once("NOT VERIFIED").unwrap_or((&layers, ""));
        assert!(!before.contains("<body"), "{name}: {layers}");
        assert!(after.lines().skip(1).all(|line| line.starts_with("! ")), "{name}: {layers}");
    }
    let (_, layers) = opened("ex-attack-passed-on.xml", &["--as", "nurse", "--at", at, "--format", "layers"]);
    insta::assert_snapshot!("layers_refused", layers);
    let output = xep(&["open", "--show-refused"], STANZA.as_bytes());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn layers_of_what_is_not_sealed_vouch_for_nothing() {
    let (code, layers) = opened("ex-attack-stripped.xml", &["--format", "layers"]);
    assert_eq!(code, Some(1));
    assert!(layers.contains("not sealed"), "{layers}");
    let (code, json) = opened("ex-wrong-plain.xml", &["--format", "json"]);
    assert_eq!(code, Some(1));
    assert!(json.contains("\"outcome\": \"not-sealed\"") && json.contains("req-drop-plain-envelope"), "{json}");
}

#[test]
fn layers_tell_what_is_discarded_and_ignored() {
    let (code, layers) = opened("ex-attack-outside.xml", &["--at", "2026-09-14T09:12:05Z", "--format", "layers"]);
    assert_eq!(code, Some(0), "{layers}");
    assert!(layers.contains("ignored  {urn:xmpp:message-correct:0}replace"), "{layers}");
}

/// Neither words in place of an envelope nor the name of its root are told, unless that was asked for.
#[test]
fn what_is_no_envelope_is_not_repeated() {
    for plaintext in
        ["TOPSECRET plain words", "<TOPSECRET/>", "<a><TOPSECRET></a>", "<envelope xmlns='urn:xmpp:sce:1'><TOPSECRET"]
    {
        let payload = base64::engine::general_purpose::STANDARD.encode(plaintext);
        let stanza = format!(
            "<message from='romeo@montague.example/orchard' to='juliet@capulet.example'>\
             <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'><payload>{payload}</payload></encrypted></message>"
        );
        for format in ["xml", "layers", "json"] {
            let output = xep(&["open", "--format", format], stanza.as_bytes());
            let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
            assert_eq!(output.status.code(), Some(1), "{plaintext}: {told}");
            assert!(!told.contains("TOPSECRET"), "{plaintext}, {format}: {told}");
        }
        let output = xep(&["open", "--format", "layers", "--show-refused"], stanza.as_bytes());
        assert!(text(&output.stdout).contains("TOPSECRET"), "{plaintext}");
    }
}

#[test]
fn nothing_of_a_refused_stanza_is_called_verified() {
    for name in ["ex-attack-unsigned.xml", "ex-attack-passed-on.xml"] {
        let options =
            ["--as", if name.contains("passed") { "nurse" } else { "juliet" }, "--at", "2026-09-14T09:12:05Z"];
        let (code, layers) = opened(name, &[&options[..], &["--format", "layers"]].concat());
        assert_eq!(code, Some(1), "{layers}");
        assert!(layers.contains("NOT VERIFIED") && !layers.contains(": verified"), "{layers}");
        let (_, json) = opened(name, &[&options[..], &["--format", "json"]].concat());
        assert!(!json.contains("\"verified\""), "{json}");
    }
}

#[test]
fn what_is_no_stanza_is_not_opened() {
    let sealed = text(&xep(&["seal", "--profile", "stub"], STANZA.as_bytes()).stdout);
    let changed = [
        sealed.replacen("<message ", "<message ... ", 1),
        format!("words {sealed}"),
        format!("{}words", sealed.trim_end()),
        format!("<!DOCTYPE message>{sealed}"),
        sealed.replacen("<encrypted", "<:b/><encrypted", 1),
        sealed.replacen("<encrypted", "...<encrypted", 1),
        sealed.replacen("<encrypted", "<!-- --><encrypted", 1),
        format!("{sealed}{sealed}"),
    ];
    for stanza in changed {
        let opened = xep(&["open", "--as", "juliet"], stanza.as_bytes());
        assert_eq!(opened.status.code(), Some(2), "{stanza}");
        assert!(opened.stdout.is_empty(), "{stanza}");
        assert!(text(&opened.stderr).contains("standard input"), "{}", text(&opened.stderr));
    }
}

#[test]
fn what_servers_answer_is_not_sealed() {
    for to in [
        "",
        " to='romeo@montague.example'",
        " to='juliet@capulet.example'",
        " to='capulet.example'",
        " to='pubsub.capulet.example/x'",
    ] {
        let iq = format!(
            "<iq type='get' id='1' from='romeo@montague.example/orchard'{to}><query xmlns='jabber:iq:roster'/></iq>"
        );
        let sealed = xep(&["seal", "--profile", "stub", "--to", "juliet"], iq.as_bytes());
        let told = text(&sealed.stderr);
        assert_eq!(sealed.status.code(), Some(2), "{iq}");
        assert!(sealed.stdout.is_empty(), "{iq}");
        assert!(told.contains("req-iq-addressee") || told.contains("--to"), "{iq}: {told}");
    }
    let subscribe = "<presence type='subscribe' from='romeo@montague.example' to='juliet@capulet.example'/>";
    let sealed = xep(&["seal", "--profile", "stub"], subscribe.as_bytes());
    assert!(text(&sealed.stderr).contains("req-presence-broadcast"), "{}", text(&sealed.stderr));
}

#[test]
fn a_room_counts_when_it_was_joined() {
    let message = "<message type='groupchat' from='romeo@montague.example/orchard' to='hall@rooms.example' id='1'><body>x</body></message>";
    let sealed = text(&xep(&["seal", "--profile", "stub"], message.as_bytes()).stdout);
    let reflected = sealed
        .replace("from='romeo@montague.example/orchard'", "from='hall@rooms.example/Romeo'")
        .replace("to='hall@rooms.example'", "to='juliet@capulet.example/balcony'");
    let refused = xep(&["open", "--as", "juliet"], reflected.as_bytes());
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("req-room-joined"), "{}", text(&refused.stderr));
    let accepted = xep(&["open", "--as", "juliet", "--room", "hall@rooms.example"], reflected.as_bytes());
    assert_eq!(accepted.status.code(), Some(0), "{}", text(&accepted.stderr));
}

/// What a stanza holds cannot add lines to what is said of it, nor turn them around.
#[test]
fn no_value_of_a_stanza_forges_a_line_of_the_report() {
    let envelope = "<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad><time stamp='2026-09-14T09:12:00Z'/>\
        <to jid='juliet@capulet.example'/><from jid='a@b.example&#10;signer forged&#x2028;x&#x202e;y'/><content/></envelope>";
    let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, envelope);
    let stanza = |id: &str, from: &str| {
        format!(
            "<message from='{from}' to='juliet@capulet.example' type='chat' id='{id}'>\
             <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'><payload>{payload}</payload></encrypted></message>"
        )
    };
    for format in ["xml", "layers"] {
        let opened = xep(
            &["open", "--as", "juliet", "--format", format],
            stanza("1&#10;signer forged", "a@b.example").as_bytes(),
        );
        let said = text(&opened.stdout) + &text(&opened.stderr);
        assert_eq!(opened.status.code(), Some(1), "{said}");
        assert!(said.lines().all(|line| !line.starts_with("signer forged")), "{said}");
        assert!(!said.contains(['\u{2028}', '\u{202e}']), "{said}");
    }
    for from in ["a@b.example/x&#10;signer forged", "a@b.example/", "", "@b.example"] {
        let opened = xep(&["open", "--as", "juliet"], stanza("1", from).as_bytes());
        assert_eq!(opened.status.code(), Some(2), "{from}");
        assert!(text(&opened.stderr).contains("is no JID"), "{from}: {}", text(&opened.stderr));
    }
}

/// What goes in comes out, byte by byte, also through a parser that makes line feeds of other line ends.
#[test]
fn carriage_returns_of_a_text_stay() {
    let stanza = "<message from='romeo@montague.example/o' to='juliet@capulet.example' type='chat' id='1'>\r\n<body>a&#13;b\r\nc</body></message>";
    let at = ["--at", "2026-09-14T09:12:00Z"];
    let sealed = xep(&["seal", "--profile", "stub", at[0], at[1]], stanza.as_bytes());
    let opened = xep(&["open", "--as", "juliet", at[0], at[1]], &sealed.stdout);
    assert!(text(&opened.stdout).contains("<body>a&#13;b\nc</body>"), "{}", text(&opened.stdout));
}

#[test]
fn what_nobody_takes_is_not_sealed() {
    let message = |to: &str, inner: &str| {
        format!("<message from='romeo@montague.example/o' to='{to}' type='groupchat' id='1'>{inner}</message>")
    };
    let body = "<body>x</body>";
    let sent = "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message><body>x</body></message></forwarded></sent>";
    for (stanza, why) in [
        (message("juliet@capulet.example", body), "is an account"),
        (message("balcony@rooms.capulet.example/Juliet", body), "without a nickname"),
        (message("balcony@rooms.capulet.example", sent), "servers and archives alone"),
        (message("balcony@rooms.capulet.example", "<body>x</body><body>y</body>"), "req-content-once"),
        (
            "<iq from='romeo@montague.example/o' to='juliet@capulet.example/b' id='1' type='get'/>".into(),
            "req-iq-children",
        ),
        (
            "<iq from='romeo@montague.example/o' to='juliet@capulet.example/b' type='get'><x xmlns='a:b'/></iq>".into(),
            "no `id`",
        ),
    ] {
        let sealed = xep(&["seal", "--profile", "openpgp"], stanza.as_bytes());
        assert_eq!(sealed.status.code(), Some(2), "{stanza}");
        assert!(sealed.stdout.is_empty() && text(&sealed.stderr).contains(why), "{stanza}: {}", text(&sealed.stderr));
    }
}

#[test]
fn printed_envelopes_are_judged_where_they_stand() {
    let envelope = |stamp: &str, version: u8, more: &str| {
        format!(
            "<envelope xmlns='urn:xmpp:sce:{version}'><content><body xmlns='jabber:client'>x</body>{more}</content>\
             <from jid='a@b.example'/><to jid='c@d.example/e'/><time stamp='{stamp}'/><rpad>x</rpad></envelope>"
        )
    };
    let zoned = "2026-09-14T09:12:00Z";
    let examples = [
        envelope(zoned, 1, ""),
        envelope("2026-09-14T09:12:00", 1, ""),
        envelope("14 September", 1, ""),
        envelope(zoned, 0, ""),
        envelope(zoned, 1, "<x .../>"),
        envelope(zoned, 1, "<body xmlns='jabber:client'>y</body>"),
    ];
    let examples = examples.map(|text| format!("<example><![CDATA[\n{text}\n]]></example>\n")).concat();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("printed");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.xml");
    std::fs::write(&path, format!("<xep><section1 topic='A'>\n{examples}</section1></xep>\n")).unwrap();
    let listed = xep(&["envelopes", "--format", "json", &path.to_string_lossy()], b"");
    assert_eq!(listed.status.code(), Some(1), "{}", text(&listed.stderr));
    let listing: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let rows = listing["envelopes"].as_array().unwrap();
    let facts: Vec<_> =
        rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["verdict"].as_str().unwrap())).collect();
    let expected =
        [(3, "accepted"), (6, "accepted"), (9, "refused"), (12, "refused"), (15, "incomplete"), (18, "refused")];
    assert_eq!(facts, expected);
    let reasons = rows[1]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|one| one["message"].as_str().unwrap().contains("read as UTC")), "{listing}");
    let table = xep(&["envelopes", &path.to_string_lossy()], b"");
    assert!(
        text(&table.stdout).ends_with("6 envelopes: 2 accepted, 3 refused, 1 incomplete\n"),
        "{}",
        text(&table.stdout)
    );
}

/// What passes by is not stored, and nothing that its author wants not to be.
#[test]
fn the_hint_about_storing_follows_the_content() {
    let state = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    let cases = [
        ("<body>x</body>".to_owned(), vec!["store"]),
        (state.to_owned(), vec!["no-store"]),
        ("<rtt xmlns='urn:xmpp:rtt:0' seq='1'><t>x</t></rtt>".to_owned(), vec!["no-store"]),
        (format!("<body>x</body>{state}"), vec!["store"]),
        ("<no-store xmlns='urn:xmpp:hints'/><body>x</body>".to_owned(), vec!["no-store"]),
        ("<no-permanent-store xmlns='urn:xmpp:hints'/><body>x</body>".to_owned(), vec!["no-permanent-store"]),
        (format!("<store xmlns='urn:xmpp:hints'/>{state}"), vec!["store"]),
        (String::new(), vec!["store"]),
    ];
    for (inner, expected) in cases {
        let message =
            format!("<message from='romeo@montague.example/o' to='juliet@capulet.example' id='1'>{inner}</message>");
        let sealed = text(&xep(&["seal", "--profile", "stub"], message.as_bytes()).stdout);
        let hints: Vec<&str> = sealed
            .split('<')
            .filter(|part| part.contains("urn:xmpp:hints"))
            .map(|part| part.split(' ').next().unwrap_or_default())
            .collect();
        assert_eq!(hints, expected, "{inner}: {sealed}");
    }
}

/// A place is told in the lines and columns that its reader sees, whatever ends the lines.
#[test]
fn places_do_not_depend_on_line_ends() {
    let stanza = "<message from='a@b.example/' to='juliet@capulet.example'>\n<body>x</body>\n</message>";
    let told = |stanza: &str| text(&xep(&["open", "--as", "juliet"], stanza.as_bytes()).stderr);
    let loose = stanza.replace("</message>", "  words</message>");
    for wrong in [stanza, &loose.replace("a@b.example/", "a@b.example")] {
        let expected = told(wrong);
        assert!(expected.contains("line "), "{expected}");
        assert_eq!(told(&wrong.replace('\n', "\r\n")), expected);
    }
}
