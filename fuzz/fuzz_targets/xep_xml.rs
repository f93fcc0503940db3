//! Any text as XEP-XML: read, written again, read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xep::finding::Sink;
use xep::read::xep_xml;
use xep::render::xep_xml::write;
use xep::source::Sources;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let file = sources.add("a.xml", text);
    let document = xep_xml::read(&sources, file, None, &mut Sink::default());
    let written = sources.add("b.xml", write(&document));
    xep_xml::read(&sources, written, None, &mut Sink::default());
});
