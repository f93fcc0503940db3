//! Our own draft as XEP-XML: the same as data, and valid.

mod support;

use std::collections::BTreeSet;
use std::process::Command;
use support::{checked, root, shared};
use xep::document::{Block, walk};
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::source::Sources;
use xep::workspace::{Disk, build};

/// Builds the draft into a folder of its own and gives the text of its XEP-XML.
fn built(name: &str) -> (std::path::PathBuf, String) {
    let out = root().join("target/tests").join(name);
    let checked = checked(&Disk, &root().join("spec/xep-sce/draft.md").to_string_lossy());
    build(&Disk, &checked, &out).expect("the site can be written");
    let path = out.join("xep-sce.xml");
    (path.clone(), std::fs::read_to_string(path).expect("the XEP-XML was written"))
}

#[test]
fn read_again_the_xep_xml_is_the_draft() {
    let checked = checked(&Disk, &root().join("spec/xep-sce/draft.md").to_string_lossy());
    let (path, text) = built("equal");
    let mut sources = Sources::default();
    let file = sources.add(path.to_string_lossy(), text);
    let mut sink = xep::finding::Sink::default();
    let shared = shared("the draft with a xep.ent").map(|shared| {
        let text = std::fs::read_to_string(shared.join("corpus/xep.ent")).expect("xep.ent can be read");
        let file = sources.add("xep.ent", text);
        SharedEntities::read(&sources, file, &mut sink)
    });
    let again = xep_xml::read(&sources, file, shared.as_ref(), &mut sink);
    assert!(sink.findings().is_empty(), "{:#?}", sink.findings());
    assert!(
        again == checked.examined().next().expect("the draft").1.document,
        "the XEP-XML reads as another document than the draft"
    );
}

#[test]
fn two_builds_write_the_same_bytes() {
    assert!(built("first").1 == built("second").1);
    let page = |name: &str| std::fs::read(root().join("target/tests").join(name).join("xep-sce.html")).expect("a page");
    assert!(page("first") == page("second"));
}

#[test]
fn xmllint_accepts_the_xep_xml_under_the_real_dtd() {
    let Some(shared) = shared("xmllint on the draft") else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        support::say("skipped: xmllint on the draft: there is no xmllint");
        return;
    }
    let (_, text) = built("valid");
    let folder = root().join("target/tests/valid-dtd");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["xep.dtd", "xep.ent"] {
        let bytes = std::fs::read(shared.join("corpus").join(name)).expect("the series has its DTD");
        std::fs::write(folder.join(name), bytes).expect("a copy");
    }
    let path = folder.join("xep-sce.xml");
    std::fs::write(&path, text).expect("the XEP-XML");
    let outcome = Command::new("xmllint").args(["--valid", "--noout"]).arg(&path).output().expect("xmllint runs");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

#[test]
fn alone_the_xep_xml_has_no_findings() {
    let (_, text) = built("alone");
    let world = xep::workspace::Memory::default().with("xep-sce.xml", text);
    assert_eq!(support::findings(&checked(&world, "xep-sce.xml")), Vec::<String>::new());
}

/// What an implementer has to read stays short, and every requirement is shown or says why it cannot be.
#[test]
fn the_draft_is_short_and_everything_in_it_is_shown() {
    let checked = checked(&Disk, &root().join("spec").to_string_lossy());
    let documents = xep::workspace::requirements(&checked);
    let mut known = BTreeSet::new();
    for requirement in documents.iter().flat_map(|document| &document.requirements) {
        let id = requirement.id.as_deref().unwrap_or_default();
        known.insert(id);
        assert!(!requirement.examples.is_empty() || requirement.excuse.is_some(), "nothing shows `{id}`");
    }
    let core = documents.iter().find(|document| document.path.ends_with("draft.md")).expect("the draft");
    assert!((60..=80).contains(&core.requirements.len()), "{} requirements", core.requirements.len());
    let (_, examined) = checked.examined().find(|(loaded, _)| loaded.name == "xep-sce").expect("the draft");
    // What is made from data or shown as an example is no prose.
    let mut body = examined.document.body.clone();
    walk::blocks_mut(&mut body, &mut |block| match block {
        Block::Table(table) if table.directives.get("src").is_some() => table.rows.clear(),
        Block::Listing(_) => *block = Block::Plain(Vec::new()),
        _ => {}
    });
    let prose = walk::blocks_text(&body).len();
    assert!((20_000..40_000).contains(&prose), "{prose} bytes of prose");
    // Whatever an example claims to show is required somewhere.
    for (_, examined) in checked.examined() {
        for example in &examined.examples {
            let covered = example.directives.text("covers").unwrap_or_default();
            for id in covered.split(',').map(str::trim).filter(|id| !id.is_empty()) {
                assert!(known.contains(id), "{}: `{id}`", example.label());
            }
        }
    }
}

/// Every kind of stanza goes through OMEMO: to accounts, to rooms, through them, and as copies to own clients.
#[test]
fn the_examples_go_through_omemo_as_well() {
    let checked = checked(&support::draft(), "spec");
    let report = checked.report();
    let trips: Vec<_> =
        report.documents.iter().flat_map(|one| &one.examples).flat_map(|example| &example.round_trips).collect();
    for profile in ["omemo", "omemo-trust"] {
        let of_profile: Vec<_> = trips.iter().filter(|trip| trip.profile == profile).collect();
        assert!(of_profile.len() > 8 && of_profile.iter().all(|trip| trip.ok), "{of_profile:?}");
    }
}

/// The keys that the draft shows are those that follow from the published seed, and they are signed.
#[test]
fn the_devices_and_keys_in_the_draft_are_those_of_the_cast() {
    let element = |name: &str, local: &str| {
        let text = std::fs::read_to_string(root().join("examples/xep-sce-notes").join(name))
            .expect("the example is committed");
        let mut sources = Sources::default();
        let file = sources.add(name, text);
        let parsed =
            xep::xml::parse(&xep::source::MappedText::verbatim(&sources, sources.whole(file)), xep::xml::CLIENT);
        let all = parsed.elements().flat_map(xep::xml::Element::descendants);
        let found = all.filter(|one| one.name.is("urn:xmpp:omemo:2", local)).collect::<Vec<_>>();
        found.first().map(|one| (*one).clone()).expect("the example holds it")
    };
    let cast = std::fs::read_to_string(root().join("spec/xep-sce/cast.toml")).expect("the draft has a cast");
    let seed = cast.lines().find_map(|line| line.strip_prefix("seed = \"")).map(|rest| rest.trim_end_matches('"'));
    let juliet = "juliet@capulet.example".parse::<xep::xmpp::BareJid>().expect("an address");
    let device = |number| {
        let id = xep::protocol::omemo::DeviceId::new(number).expect("an id");
        xep::protocol::omemo::Device::from_seed(seed.expect("the cast has a seed"), juliet.clone(), id)
    };
    let bundle =
        xep::protocol::omemo::Bundle::read(&element("ex-omemo-bundle.xml", "bundle")).expect("a signed bundle");
    assert!(bundle == device(2001).bundle().expect("fresh keys"));
    let list = xep::protocol::omemo::DeviceList::read(&element("ex-omemo-devices.xml", "devices")).expect("a list");
    let named: Vec<(u32, Option<&str>)> =
        [(2001, "balcony"), (2002, "chamber")].map(|(id, name)| (id, Some(name))).into();
    let shown: Vec<(u32, Option<&str>)> = list
        .devices
        .iter()
        .map(|(id, label)| {
            let number = id.to_string().parse().expect("a number");
            (number, label.as_ref().and_then(|label| label.verified(device(number).identity())))
        })
        .collect();
    assert_eq!(shown, named);
}

/// The keys of a table and of those in it. Below a key in `NAMED` stand names that the author chose.
fn keys(value: &toml::Value, found: &mut BTreeSet<String>) {
    const NAMED: [&str; 10] =
        ["affix", "alias", "client", "form", "hint", "peers", "profile", "situation", "situations", "verdict"];
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                found.insert(key.clone());
                match (NAMED.contains(&key.as_str()), value) {
                    (true, toml::Value::Table(named)) => named.values().for_each(|value| keys(value, found)),
                    _ => keys(value, found),
                }
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_our_tables_is_documented() {
    let docs = std::fs::read_to_string(root().join("docs/tables.md")).expect("the page is there");
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words: BTreeSet<&str> = docs.split(|c| !is_part(c)).collect();
    for table in ["elements", "profiles", "attacks"] {
        let path = root().join(format!("spec/xep-sce/{table}.toml"));
        let text = std::fs::read_to_string(path).expect("the table is there");
        let mut found = BTreeSet::new();
        keys(&text.parse().map(toml::Value::Table).expect("it is TOML"), &mut found);
        let missing: Vec<_> = found.iter().filter(|key| !words.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "docs/tables.md does not speak of {missing:?} in {table}.toml");
    }
}
