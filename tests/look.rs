#![allow(clippy::unwrap_used, missing_docs)]
use std::collections::BTreeMap;
use xep::document::number::{Numbers, listings};
use xep::finding::{Severity, Sink};
use xep::render::*;
use xep::source::Sources;

#[test]
fn look() {
    let path = std::env::var("LOOK").unwrap_or("/work/main/spec/xep-sce/draft.md".into());
    let text = std::fs::read_to_string(&path).unwrap();
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    let mut sink = Sink::default();
    let mut document = xep::read::markdown::read(&sources, file, &|_, _| None, &|_, _| vec![], &mut sink);
    let rows = [("urn:xmpp:hints", "any", "outside", "Hints are addressed to the server, which has to see them in order to obey them."),
      ("jabber:x:oob", "x", "inside", "The address of a shared file says as much as the file itself does.")];
    xep::document::walk::tables_mut(&mut document, &mut |table| {
        if !table.rows.is_empty() { return; }
        use xep::document::*;
        let cell = |text: &str, heading| Cell { heading, attributes: vec![], blocks: vec![Block::Plain(vec![Inline::Text(xep::source::MappedText::standing_for(text, table.span.0))])] };
        table.rows.push(Row { attributes: vec![], cells: ["Namespace","Element","Place","Reason"].iter().map(|t| cell(t, true)).collect() });
        for _ in 0..8 { for r in rows { table.rows.push(Row { attributes: vec![], cells: [r.0,r.1,r.2,r.3].iter().map(|t| cell(t, false)).collect() }); } }
    });
    let numbers = Numbers::of(&document);
    let mut facts = BTreeMap::new();
    for (at, (listing, number)) in listings(&document).into_iter().zip(&numbers.listings).enumerate() {
        let sealed = listing.directives.text("seal").is_some();
        let text = if listing.text.is_empty() { format!("<message from='romeo@montague.example/orchard' to='juliet@capulet.example' id='m-{at}'>\n  <openpgp xmlns='urn:xmpp:openpgp:sce:0'>{}</openpgp>\n  <store xmlns='urn:xmpp:hints'/>\n</message>", "wV4DY7k2cHx0v1".repeat(60)) } else { listing.text.as_str().to_owned() };
        let trip = |p: &str, t: &str, e, ok| RoundTripFact { profile: p.into(), title: t.into(), encrypted: e, sealed_bytes: 1000 + at * 17, ok };
        let plain = listing.language.as_ref().is_none_or(|l| l.value == "xml");
        facts.insert(number.id.clone(), ListingFacts {
            id: number.id.clone(), name: number.name.clone(),
            kind: listing.directives.text("kind").unwrap_or("complete").into(), kind_reason: "one well-formed element".into(),
            syntax: if plain { "xml".into() } else { "text".into() },
            checks: if plain { ["well-formed","schema","stanza","policy"].map(String::from).into() } else { vec![] },
            round_trips: if plain && !sealed { vec![trip("openpgp","SCE over OpenPGP",true,true), trip("ox","OpenPGP for XMPP",true,at!=4), trip("stub","Base64 stub",false,true)] } else { vec![] },
            layers: if sealed { ["Envelope","Content","Restored stanza"].map(|t| Layer { title: t.into(), xml: "<envelope xmlns='urn:xmpp:sce:1'>\n  <content>\n    <body xmlns='jabber:client'>Hello &amp; goodbye</body>\n  </content>\n  <!-- padding -->\n  <rpad>aGVsbG8</rpad>\n</envelope>".into() }).into() } else { vec![] },
            text, file: Some(format!("examples/{}.xml", number.id)) });
    }
    let findings = [PageFinding { severity: Severity::Error, rule: "affix-mismatch".into(), message: "`to` names `juliet@capulet.example`, the stanza goes to `romeo@montague.example`".into(), line: 250, example: Some("example-5".into()) },
       PageFinding { severity: Severity::Warning, rule: "missing-store-hint".into(), message: "the sealed message carries no `store` hint".into(), line: 320, example: Some("example-7".into()) }];
    let links = [PageLink { title: "XEP-XML".into(), href: "xep-sce.xml".into() }, PageLink { title: "Examples".into(), href: "examples/".into() }];
    let html = page(&PageInput { document: &document, numbers: &numbers, facts: &facts, findings: &findings, links: &links, assets: "../assets", home: "../index.html", generator: "0.1.0" }).unwrap();
    std::fs::create_dir_all("target/site/xep-sce").unwrap();
    std::fs::create_dir_all("target/site/assets").unwrap();
    std::fs::write("target/site/xep-sce/index.html", html).unwrap();
    for (name, text) in xep::render::site::FILES { std::fs::write(format!("target/site/assets/{name}"), text).unwrap(); }
    let entry = |n: &str, t: &str, e| IndexEntry { number: n.into(), title: t.into(), summary: "One sentence on what it is for.".into(), status: "Experimental".into(), version: "0.1.0".into(), date: "2026-09-14".into(), examples: 31, round_trips: 58, failed: 0, errors: e, warnings: e, href: "xep-sce/index.html".into() };
    let html = index(&IndexInput { title: "XMPP Extension Protocols".into(), introduction: "Drafts of this workspace. Every example was checked in the build that made these pages.".into(), documents: vec![entry("XXXX", "Stanza Content Encryption", 0), entry("0420", "Stanza Content Encryption", 3)], assets: "assets".into(), generator: "0.1.0".into() }).unwrap();
    std::fs::write("target/site/index.html", html).unwrap();
    println!("{} findings", sink.findings().len());
}
