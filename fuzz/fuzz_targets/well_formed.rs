//! Any text as a fragment of XML: the parser and `roxmltree` agree on whether it is well-formed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xep::source::{MappedText, Sources};
use xep::xml::{Problem, ProblemKind, parse};

fuzz_target!(|text: &str| {
    // What a fragment inside of another element cannot hold, or is taken for something else on purpose.
    let is_left_out = ["<!DOCTYPE", "<?xml", "<?XML", "...", "\u{2026}", "[", "\u{feff}"];
    if is_left_out.iter().any(|part| text.contains(part)) {
        return;
    }
    let mut sources = Sources::default();
    let file = sources.add("a.xml", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "jabber:client");
    // Attributes behind a tag are well-formed and yet told: nobody means them as text. The others `roxmltree` lets pass, of the
    // targets of instructions those that begin like a name, of references those to half of a pair.
    let is_on_purpose = |problem: &Problem| {
        problem.kind == ProblemKind::TooDeep
            || problem.message.ends_with("ends before its last attributes")
            || problem.message == "a prefix cannot stand for no namespace"
            || problem.message == "the attribute `xmlns` stands twice"
            || problem.message.ends_with("is no target of a processing instruction")
            || problem.message.ends_with("is not a character that XML allows")
    };
    if parsed.problems.iter().any(is_on_purpose) {
        return;
    }
    let whole = format!("<w xmlns='jabber:client'>{text}</w>");
    let accepted = roxmltree::Document::parse(&whole);
    assert_eq!(parsed.problems.is_empty(), accepted.is_ok(), "{:?} {:?}", parsed.problems, accepted.err());
});
