//! One character changed in the draft, its tables, its schema or its committed examples: the build says what broke, and where.
#![expect(clippy::panic, reason = "tests")]

mod support;

use support::{changed, checked, draft, findings, text};
use xep::workspace::Memory;

const DRAFT: &str = "spec/xep-sce/draft.md";

/// The document with the attacks, which are made from the draft's examples.
const NOTES: &str = "spec/xep-sce/xep-sce-notes.md";

/// The line of a document on which a text stands.
fn line(world: &Memory, document: &str, needle: &str) -> usize {
    let text = text(world, document);
    let at = text.find(needle).unwrap_or_else(|| panic!("`{needle}` is not in `{document}`"));
    text[..at].matches('\n').count() + 1
}

/// Changes one text and expects a finding of a rule at the line where `place` stands in the draft.
fn check(path: &str, from: &str, to: &str, place: &str, rule: &str) {
    check_in(DRAFT, (path, from, to), place, rule);
}

/// The same in another document than the draft.
fn check_in(document: &str, (path, from, to): (&str, &str, &str), place: &str, rule: &str) {
    let world = changed(&draft(), path, from, to);
    let found = findings(&checked(&world, document));
    let expected = format!("{document}:{} {rule}", line(&world, document, place));
    assert!(found.contains(&expected), "{path}: `{from}` -> `{to}`: expected `{expected}`, found {found:#?}");
}

#[test]
fn the_draft_itself_has_no_findings() {
    assert_eq!(findings(&checked(&draft(), DRAFT)), Vec::<String>::new());
}

#[test]
fn a_changed_plaintext_makes_its_sealed_examples_stale() {
    check(DRAFT, "where it is lowest.</body>", "where it is lowexst.</body>", "#ex-picture caption", "stale-example");
}

#[test]
fn a_changed_affix_is_refused_or_missed() {
    check(
        DRAFT,
        "<time stamp='2026-09-14T11:00:00Z'/>",
        "<time stamp='2026-09-14T13:00:00Z'/>",
        "#ex-envelope caption",
        "stale-example",
    );
    check(
        DRAFT,
        "<time stamp='2026-09-14T11:00:00Z'/>",
        "<time stamp='2026-09-14T13:00:00Z'/>",
        "<envelope xmlns='urn:xmpp:sce:1'>",
        "round-trip-fails",
    );
    check(
        DRAFT,
        "<time stamp='2026-09-14T11:00:00Z'/>",
        "<time stamp='2026-19-14T11:00:00Z'/>",
        "2026-19-14",
        "invalid-time",
    );
    check(DRAFT, "<to jid='romeo@montague.example'/>", "<to jid='romeo@@montague.example'/>", "romeo@@", "invalid-jid");
}

#[test]
fn a_changed_ciphertext_does_not_open() {
    let world = draft();
    let path = "examples/xep-sce/sealed/ex-picture.openpgp.xml";
    let wire = text(&world, path);
    let at = wire.find("sce:0'>").expect("the carrier is there") + 200;
    let (before, after) = wire.split_at(at);
    let flipped = if after.starts_with('A') { 'B' } else { 'A' };
    let world = world.with(path, format!("{before}{flipped}{}", &after[1..]));
    let found = findings(&checked(&world, DRAFT));
    let expected = format!("{DRAFT}:{} stale-example", line(&world, DRAFT, "#ex-picture caption"));
    assert!(found.contains(&expected), "{found:#?}");
}

#[test]
fn a_changed_policy_row_breaks_what_relied_on_it() {
    let (path, row) = ("spec/xep-sce/elements.toml", "namespace = \"jabber:x:oob\"\nname = \"x\"\nplace = \"inside\"");
    let outside = row.replace("inside", "outside");
    check(path, row, &outside, "#ex-picture caption", "stale-example");
    check(path, row, &outside, "expect=sensitive-outside", "expectation-not-met");
    let world = changed(&draft(), path, "place = \"outside\"", "place = \"outsider\"");
    let found = findings(&checked(&world, DRAFT));
    assert!(found.iter().any(|one| one.starts_with(path) && one.ends_with("faulty-table")), "{found:#?}");
}

#[test]
fn a_changed_profile_breaks_what_relied_on_it() {
    let path = "spec/xep-sce/profiles.toml";
    let change = (path, "time-margin = 300", "time-margin = 30000");
    check_in(NOTES, change, "#ex-attack-iq-held caption", "expectation-not-met");
    check(path, "minimum = 256", "minimum = 512", "#ex-picture caption", "stale-example");
}

#[test]
fn a_changed_schema_forbids_what_it_allowed() {
    let path = "spec/xep-sce/schema.xsd";
    let world = draft();
    let names = text(&world, path);
    assert!(names.contains("name='rpad'") || names.contains("name=\"rpad\""), "the schema declares rpad");
    let quote = if names.contains("name='rpad'") { '\'' } else { '"' };
    let (from, to) = (format!("name={quote}rpad{quote}"), format!("name={quote}rpax{quote}"));
    let world = changed(&world, path, &from, &to);
    let found = findings(&checked(&world, DRAFT));
    assert!(found.iter().any(|one| one.starts_with(path) && one.ends_with("faulty-schema")), "{found:#?}");
}

#[test]
fn a_changed_hash_does_not_match_its_data() {
    check(
        DRAFT,
        "cid='sha1+b0ded76c30d0a6dd0f831062786ef317a4aefd91@bob.xmpp.org'\n        max-age",
        "cid='sha1+b0ded76c30d0a6dd0f831062786ef317a4aefd92@bob.xmpp.org'\n        max-age",
        "aefd92@bob",
        "hash-mismatch",
    );
}

#[test]
fn an_attack_that_ends_otherwise_than_expected_is_told() {
    let not_met = "expectation-not-met";
    // Each verdict in the place of another: refused for another reason, accepted, ignored, not taken for sealed.
    for (name, from, to) in [
        ("ex-attack-flip-key", "reject:req-receive-open", "reject:req-receive-parse"),
        ("ex-attack-passed-on", "reject:req-to-check", "reject:req-from-check"),
        ("ex-attack-removed-device", "reject:req-receive-open", "accept:req-receive-open"),
        ("ex-attack-padding", "accept:req-rpad-accept", "reject:req-rpad-accept"),
        ("ex-attack-outside", "ignore:req-ignore-outside", "reject:req-ignore-outside"),
        ("ex-attack-bundle-scalar", "unusable:req-omemo-bundle", "unusable:req-omemo-affixes"),
        ("ex-attack-bundle-scalar", "unusable:req-omemo-bundle", "unsealed:req-omemo-bundle"),
        ("ex-attack-bundle-prekey", "breach=other-prekey", ""),
        ("ex-attack-stripped", "unsealed:req-hint-not-needed", "accept:req-hint-not-needed"),
    ] {
        let world = draft();
        let text = text(&world, NOTES);
        let start = text.find(&format!("#{name} caption")).unwrap_or_else(|| panic!("`{name}` is in the notes"));
        let (before, after) = text.split_at(start);
        let world = world.with(NOTES, format!("{before}{}", after.replacen(from, to, 1)));
        let expected = format!("{NOTES}:{} {not_met}", line(&world, NOTES, &format!("#{name} caption")));
        let found = findings(&checked(&world, NOTES));
        assert!(found.contains(&expected), "{name}: {to}: {found:#?}");
    }
}

/// What was sealed anew by an attacker is kept like everything that is sealed.
#[test]
fn a_changed_attack_is_stale() {
    let change = (NOTES, "tamper=pad length=4096", "tamper=pad length=4097");
    check_in(NOTES, change, "#ex-attack-padding caption", "stale-example");
}

/// What is made from another document's example changes with it, and says so where it is.
#[test]
fn a_changed_plaintext_makes_attacks_in_another_document_stale() {
    let change = (DRAFT, "to those who climb.</body>", "to those who climbed.</body>");
    check_in(NOTES, change, "#ex-attack-padding caption", "stale-example");
}

#[test]
fn requirements_on_receivers_are_covered_by_attacks() {
    let table = "spec/xep-sce/attacks.toml";
    let change = (table, "requirement = \"req-reject-session\"", "requirement = \"req-no-nesting\"");
    let world = changed(&draft(), change.0, change.1, change.2);
    let expected = format!("{DRAFT}:{} faulty-table", line(&world, DRAFT, "{#req-reject-session}"));
    let found = findings(&checked(&world, NOTES));
    assert!(found.contains(&expected), "{found:#?}");
    for (from, to) in [
        ("example = \"ex-attack-cut\"", "example = \"ex-attack-cat\""),
        ("client = \"converse\"", "client = \"convers\""),
        ("version = 1", "version = 2"),
    ] {
        let world = changed(&draft(), table, from, to);
        let found = findings(&checked(&world, NOTES));
        assert!(found.iter().any(|one| one.starts_with(table) && one.ends_with("faulty-table")), "{to}: {found:#?}");
    }
}
