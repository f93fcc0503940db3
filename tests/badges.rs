//! A badge on a page is for what holds. Each case here is an example that breaks the policy or its encryption, beside the same
//! example without that slip: the first one has no badge for what it breaks, and the second one has it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const HEADER: &str = "---\ntitle: Badges\nabstract: A fixture.\nlegal: xsf\nnumber: XXXX\nstatus: ProtoXEP\ntype: Standards Track\n\
                      sig: Standards\napprover: Council\ndependencies: [XMPP Core]\nsupersedes: []\nsupersededby: []\n\
                      shortname: badges\nauthor:\n  - firstname: Ada\n    surname: Author\nrevision:\n  - version: 0.0.1\n\
                      \x20   date: 2026-09-14\n    initials: aa\n    remark: First draft.\n---\n\n# Badges {#badges}\n\n";

/// A workspace with the tables, people and keys of the project's draft, and another text.
fn workspace(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("badges-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    let draft = folder.join("spec/xep-sce");
    std::fs::create_dir_all(draft.join("keys")).unwrap();
    std::fs::write(folder.join("xep.toml"), "").unwrap();
    let origin = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce");
    for part in [".", "keys"] {
        let all = std::fs::read_dir(origin.join(part)).unwrap().map(|entry| entry.unwrap().path());
        for file in all.filter(|file| file.is_file() && !file.ends_with("draft.md")) {
            std::fs::copy(&file, draft.join(part).join(file.file_name().unwrap())).unwrap();
        }
    }
    folder
}

fn xep(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the page of a draft with this example claims of it: the checks that it passed, and the words of all other badges.
fn claims(folder: &Path, attributes: &str, example: &str) -> (Vec<String>, String) {
    let text = format!("{HEADER}```{{.xml .example #ex-a caption=\"An example\" {attributes}}}\n{example}\n```\n");
    std::fs::write(folder.join("spec/xep-sce/draft.md"), text).unwrap();
    xep(folder, &["examples", "--quiet"], "");
    xep(folder, &["build", "--no-cache", "--quiet", "--out", "site"], "");
    let html = std::fs::read_to_string(folder.join("site/xep-sce.html")).unwrap();
    let badges = html.split_once("<ul class=\"badges\"").map_or("", |(_, rest)| rest.split("</ul>").next().unwrap());
    let (mut checks, mut others) = (Vec::new(), String::new());
    for badge in badges.split("<li class=").skip(1) {
        match badge.split_once("checked</span> ") {
            Some((_, names)) => checks.extend(names.split("</li>").next().unwrap().split(" · ").map(str::to_owned)),
            None => others.push_str(badge),
        }
    }
    (checks, others)
}

/// Both examples are built; the wrong one has no badge `check` and is told with `rule`, the right one has it and no finding.
fn loses(folder: &Path, check: &str, rule: &str, attributes: &str, wrong: &str, right: &str) {
    let (checks, others) = claims(folder, attributes, wrong);
    assert!(!checks.iter().any(|one| one == check), "{rule}: {checks:?} {others}");
    assert!(others.contains(&format!("<code>{rule}</code>")), "{rule}: {checks:?} {others}");
    let (checks, others) = claims(folder, attributes, right);
    assert!(checks.iter().any(|one| one == check), "{rule}, mended: {checks:?} {others}");
    assert!(!others.contains("error"), "{rule}, mended: {others}");
}

const OPENPGP: &str = "<message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>\n\
                       \x20 <openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>\n\
                       \x20 <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:openpgp:sce:0' name='OpenPGP (SCE)'/>\n\
                       \x20 <store xmlns='urn:xmpp:hints'/>\n</message>";

const ENVELOPE: &str = "<envelope xmlns='urn:xmpp:sce:1'><rpad>Zm9vYmFyYmF6</rpad><time stamp='2026-09-14T09:00:00Z'/>\
                        <to jid='juliet@capulet.example'/><from jid='romeo@montague.example'/>\
                        <content><body xmlns='jabber:client'>Good morrow.</body></content></envelope>";

const PLAIN: &str = "<message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat' id='a1'>\n\
                     \x20 <body>Good morrow.</body>\n</message>";

/// An envelope in the profile that encodes it and nothing more.
fn encoded(envelope: &str) -> String {
    use base64::Engine;
    let payload = base64::engine::general_purpose::STANDARD.encode(envelope);
    OPENPGP
        .replace(
            "<openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>",
            &format!("<encrypted xmlns='urn:xmpp:encryption:stub:sce:1'><payload>{payload}</payload></encrypted>"),
        )
        .replace("urn:xmpp:openpgp:sce:0", "urn:xmpp:encryption:stub:sce:1")
        .replace(" name='OpenPGP (SCE)'", "")
}

#[test]
fn what_stands_outside_and_must_not_costs_the_badge_for_the_policy() {
    let folder = workspace("outside");
    let with = |element: &str| OPENPGP.replace("chat'>\n", &format!("chat'>\n  {element}\n"));
    for element in [
        "<body>Good morrow.</body>",
        "<x xmlns='jabber:x:oob'><url>https://upload.montague.example/garden.png</url></x>",
    ] {
        loses(&folder, "policy", "sensitive-outside", "", &with(element), OPENPGP);
    }
    let without_hint = OPENPGP.replace("  <store xmlns='urn:xmpp:hints'/>\n", "");
    let (checks, others) = claims(&folder, "", &without_hint);
    assert!(
        others.contains("missing-store-hint") && !checks.iter().any(|check| check == "policy"),
        "{checks:?} {others}"
    );
}

#[test]
fn an_envelope_that_breaks_its_profile_costs_the_badge_for_the_policy() {
    let folder = workspace("envelope");
    for affix in [
        "<to jid='juliet@capulet.example'/>",
        "<time stamp='2026-09-14T09:00:00Z'/>",
        "<rpad>Zm9vYmFyYmF6</rpad>",
        "<from jid='romeo@montague.example'/>",
    ] {
        loses(&folder, "policy", "missing-affix", "profile=openpgp", &ENVELOPE.replace(affix, ""), ENVELOPE);
    }
}

#[test]
fn an_address_that_disagrees_costs_the_badge_for_the_policy() {
    let folder = workspace("address");
    for (right, wrong) in
        [("juliet@capulet.example", "nurse@capulet.example"), ("romeo@montague.example", "tybalt@capulet.example")]
    {
        let wrong = encoded(&ENVELOPE.replace(right, wrong));
        loses(&folder, "policy", "affix-mismatch", "", &wrong, &encoded(ENVELOPE));
    }
    let inside = encoded(&ENVELOPE.replace("</content>", "<store xmlns='urn:xmpp:hints'/></content>"));
    loses(&folder, "policy", "server-processed-inside", "", &inside, &encoded(ENVELOPE));
}

#[test]
fn what_was_changed_after_it_was_sealed_is_not_decrypted() {
    let folder = workspace("tampered");
    let seal = ["seal", "--profile", "openpgp", "--draft", "spec/xep-sce", "--at", "2026-09-14T09:00:00Z"];
    let sealed = xep(&folder, &seal, PLAIN).trim().to_owned();
    let middle = sealed.len() / 2;
    let letter = if sealed.get(middle..=middle) == Some("A") { "B" } else { "A" };
    let tampered = format!("{}{letter}{}", sealed.get(..middle).unwrap(), sealed.get(middle + 1..).unwrap());
    loses(&folder, "decrypted", "sealed-example-does-not-open", "", &tampered, &sealed);
    let (checks, _) = claims(&folder, "", &encoded("<envelope>"));
    assert!(!checks.iter().any(|check| check == "decoded"), "{checks:?}");
}

#[test]
fn only_a_round_trip_that_held_is_said_to_have_encrypted_and_decrypted() {
    let folder = workspace("trip");
    let claim = "encrypted and decrypted";
    let (checks, others) = claims(&folder, "profiles=\"openpgp\"", &PLAIN.replace(" to='juliet@capulet.example'", ""));
    assert!(!others.contains(claim) && others.contains("round trip failed"), "{checks:?} {others}");
    let (checks, others) = claims(&folder, "profiles=\"openpgp\"", PLAIN);
    assert!(others.contains(claim) && !others.contains("round trip failed"), "{checks:?} {others}");
    assert!(checks.iter().any(|check| check == "policy"), "{checks:?} {others}");
    let (_, others) = claims(&folder, "profiles=\"stub\"", PLAIN);
    assert!(!others.contains(claim) && others.contains("encoded and decoded"), "{others}");
    let broken = PLAIN.replace("</body>", "");
    let (checks, others) = claims(&folder, "profiles=\"openpgp\"", &broken);
    assert!(!others.contains(claim) && !checks.iter().any(|check| check == "policy"), "{checks:?} {others}");
}

#[test]
fn what_is_said_not_to_be_sealed_must_not_be() {
    let folder = workspace("unsealed");
    let iq = |to: &str| {
        format!(
            "<iq from='romeo@montague.example/orchard' to='{to}' id='e8c1' type='get'>\n  \
             <query xmlns='http://jabber.org/protocol/disco#info'/>\n</iq>"
        )
    };
    let expect = "expect=unsealed:req-iq-addressee";
    let (_, others) = claims(&folder, expect, &iq("juliet@capulet.example/balcony"));
    assert!(others.contains("expectation-not-met"), "{others}");
    for to in ["juliet@capulet.example", "balcony@rooms.capulet.example/Juliet", "capulet.example"] {
        let (_, others) = claims(&folder, expect, &iq(to));
        assert!(!others.contains("expectation-not-met"), "{to}: {others}");
    }
    let (_, others) = claims(&folder, "expect=unsealed:req-presence-broadcast", &iq("juliet@capulet.example"));
    assert!(others.contains("expectation-not-met"), "{others}");
}
