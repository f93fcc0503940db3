//! Any text as the one example of a XEP: parsed, judged, opened and sent around.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use xep::workspace::{Extent, Memory, Options, Silent, check};

fuzz_target!(|text: &str| {
    let text = text.replace("]]>", "");
    let document = format!("<xep><section1 topic='A'><example><![CDATA[{text}]]></example></section1></xep>");
    let world = Memory::default().with("a.xml", document);
    check(&world, &[PathBuf::from("a.xml")], Options::fresh(Extent::Full), &Silent).expect("the file is there");
});
