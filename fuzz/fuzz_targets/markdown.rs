//! Any text as a Markdown draft with everything beside it: read, checked and rendered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use xep::workspace::{Extent, Memory, Options, Silent, check};

fuzz_target!(|text: &str| {
    let world = Memory::default()
        .with("d/draft.md", text)
        .with("d/schema.xsd", include_str!("../../spec/xep-sce/schema.xsd"));
    check(&world, &[PathBuf::from("d/draft.md")], Options::fresh(Extent::Full), &Silent).expect("the file is there");
});
