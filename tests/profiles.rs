//! Profiles of encryption protocols that this program does not have are read, shown and checked like others.
//!
//! `profiles/profiles.toml` describes MLS and a post-quantum OMEMO; no code knows of either.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use support::{checked, findings, root};
use xep::random::SeededRandom;
use xep::sce::envelope::{Attributes, Particulars, build, serialise};
use xep::sce::profile::{Authenticates, Late, Replay};
use xep::sce::seal::{check_outside, split};
use xep::sce::{Policy, Profiles};
use xep::source::{MappedText, Sources};
use xep::workspace::{Disk, Memory};
use xep::xml::{CLIENT, Element, parse};

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/profiles").join(name)).unwrap()
}

fn profiles() -> Profiles {
    let mut sources = Sources::default();
    let table = text("profiles.toml");
    let file = sources.add("profiles.toml", table.as_str());
    Profiles::parse(&table, file).unwrap()
}

fn element(text: &str) -> Element {
    let mut sources = Sources::default();
    let file = sources.add("stanza", text);
    parse(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT).elements().next().unwrap().clone()
}

/// The findings of the draft with another table.
fn found(from: &str, to: &str) -> Vec<(String, String)> {
    let table = text("profiles.toml");
    assert_eq!(table.matches(from).count(), 1, "{from}");
    let world = Memory::default().with("draft.md", text("draft.md")).with("profiles.toml", table.replacen(from, to, 1));
    let report = checked(&world, "draft.md").report();
    report.findings.iter().map(|one| (one.finding.rule.to_owned(), one.finding.message.clone())).collect()
}

#[test]
fn tables_alone_describe_protocols_that_nobody_implements() {
    let checked = checked(&Disk, &root().join("tests/profiles/draft.md").to_string_lossy());
    assert_eq!(findings(&checked), Vec::<String>::new());
    let out = root().join("target/tests/profiles");
    xep::workspace::build(&Disk, &checked, &out).unwrap();
    let page = std::fs::read_to_string(out.join("profiles.html")).unwrap();
    let plain = |html: String| {
        let mut text = String::new();
        let mut is_tag = false;
        for c in html.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if !is_tag => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let shown = plain(page);
    for words in [
        "by the protocol",
        "to 256, 1024 or a multiple of 4096 bytes",
        "sender, recipient, stanza",
        "260, and 0 a device",
        "any number",
        "400, and 1750 a device",
        "as the attributes of the stanza",
        "urn:example:mls:sce:0:key-packages",
    ] {
        assert!(shown.contains(words), "`{words}` is not on the page");
    }
}

#[test]
fn what_a_table_says_is_what_a_receiver_gets() {
    let profiles = profiles();
    let mls = profiles.get("mls").unwrap();
    assert_eq!(mls.traits.authenticates, Some(Authenticates::Device));
    assert_eq!((mls.traits.replay, mls.late), (Replay::Refused, Late::Mark));
    let group = mls.affixes.get("group").unwrap();
    assert_eq!(group.name_in(&mls.envelope, "group").to_string(), "{urn:example:mls:sce:0}group");
    assert!(mls.affix(&element("<group xmlns='urn:xmpp:sce:1'/>").name).is_none(), "of another namespace");
    let pq = profiles.get("pq-omemo").unwrap();
    // 10,000 bytes hold the envelope of 256 bytes in Base64, 400 bytes once, and 1750 for each of five devices.
    assert_eq!(pq.traits.expansion.unwrap().devices(256, 10_000), Some(5));
}

#[test]
fn elements_with_which_a_protocol_runs_stay_outside() {
    let profiles = profiles();
    let mut sources = Sources::default();
    let table = std::fs::read_to_string(root().join("spec/xep-sce/elements.toml")).unwrap();
    let file = sources.add("elements.toml", table.as_str());
    let policy = Policy::parse(&table, file).unwrap();
    let stanza = element("<message><welcome xmlns='urn:example:mls:sce:0'/><body>Hi</body></message>");
    let parts = split(&stanza, &policy, &profiles);
    assert_eq!(parts.outside.elements().map(|one| one.name.local.as_str()).collect::<Vec<_>>(), ["welcome"]);
    let sealed =
        element("<message><commit xmlns='urn:example:mls:sce:0'/><message xmlns='urn:example:mls:sce:0'/></message>");
    let carrier = sealed.elements().nth(1).unwrap();
    let faults = check_outside(&sealed, carrier, profiles.get("mls").unwrap(), &policy);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn padding_fills_whole_sizes() {
    let profiles = profiles();
    let pq = profiles.get("pq-omemo").unwrap();
    let particulars = Particulars {
        recipient: Some("juliet@capulet.example".into()),
        sender: Some("romeo@montague.example".into()),
        time: "2026-09-14T09:00:00Z".parse().unwrap(),
        situation: "one-to-one".into(),
        stanza: Attributes::default(),
    };
    let mut lengths = Vec::new();
    for words in (0..2000).step_by(7) {
        let body = element(&format!("<body>{}</body>", "a".repeat(words)));
        let span = body.span;
        let envelope = build(vec![body], pq, &particulars, &mut SeededRandom::new("padding"), span);
        lengths.push(serialise(&envelope, pq).len());
    }
    lengths.sort_unstable();
    lengths.dedup();
    assert_eq!(lengths, [256, 1024, 4096]);
}

#[test]
fn what_contradicts_itself_is_told() {
    let cases = [
        (
            "binds = [\"sender\", \"recipient\", \"stanza\"]",
            "binds = [\"sender\"]",
            "the protocol does not bind the recipient",
        ),
        ("authenticates = \"device\"\nbinds = [\"sender\"]", "authenticates = \"nobody\"", "contradict each other"),
        ("[profile.pq-omemo.padding]\nsizes", "[profile.pq-omemo.padding]\nminimum = 3\nsizes", "one of the three"),
        ("sizes = [256, 1024, 4096]", "sizes = [1024, 256]", "ascend"),
        ("stanza = [\"message\", \"presence\"]", "stanza = \"banana\"", "`stanza` is `message`"),
        ("to = [\"room\"]", "to = []", "name at least one term"),
        ("time = [\"now\"]", "time = [\"stanza.to\"]", "`time` names"),
        ("type = \"groupchat\"\n", "", "cannot be told apart"),
        ("iq-request = \"recommended\"", "iq-requst = \"recommended\"", "`iq-requst`, which the table does not have"),
        ("time-margin = 300", "time-margin = -1", "number of seconds"),
        (
            "control = [\"{urn:example:mls:sce:0}welcome\"",
            "control = [\"{urn:example:mls:sce:0}message\"",
            "than the carrier",
        ),
        (
            "[profile.pq-omemo.padding]",
            "[profile.pq-omemo.affix.to]\nuse = \"optional\"\n\n[profile.pq-omemo.padding]",
            "never laxer",
        ),
        ("sizes = [256, 1024, 4096]", "sizes = [256, 9007199254740993]", "a mebibyte"),
        (
            "attributes = { type = \"stanza.type\", id = \"stanza.id\", to = \"stanza.to\", from = \"stanza.from\" }",
            "attribute = \"id\"",
            "go together",
        ),
        ("id = \"stanza.id\", to", "id = \"account\", to", "repeat `stanza.type`, `stanza.id`"),
        ("control = [\"{urn:example:mls:sce:0}welcome\", ", "control = [\"{welcome\", ", "`{welcome`"),
    ];
    for (from, to, words) in cases {
        let told = found(from, to);
        let is_told = told.iter().any(|(rule, message)| rule == "faulty-table" && message.contains(words));
        assert!(is_told, "`{to}`: `{words}` is not in {told:?}");
    }
    let late = found(
        "replay = \"refused\"\nown-copy = false\nkeys = \"urn:example:pq",
        "own-copy = false\nkeys = \"urn:example:pq",
    );
    assert!(late.iter().any(|(_, message)| message.contains("needs `replay = \"refused\"`")), "{late:?}");
}
