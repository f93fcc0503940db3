//! Any text as a fragment of XML: the parser and `roxmltree` agree on whether it is well-formed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xep::source::{MappedText, Sources};
use xep::xml::{ProblemKind, parse};

fuzz_target!(|text: &str| {
    // What a fragment inside of another element cannot hold, or is taken for something else on purpose.
    let is_left_out = ["<!DOCTYPE", "<?xml", "<?XML", "...", "\u{2026}", "[", "\u{feff}"];
    if is_left_out.iter().any(|part| text.contains(part)) {
        return;
    }
    let mut sources = Sources::default();
    let file = sources.add("a.xml", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "jabber:client");
    if parsed.problems.iter().any(|problem| problem.kind == ProblemKind::TooDeep) {
        return;
    }
    let accepted = roxmltree::Document::parse(&format!("<w xmlns='jabber:client'>{text}</w>"));
    assert_eq!(parsed.problems.is_empty(), accepted.is_ok(), "{:?} {:?}", parsed.problems, accepted.err());
});
