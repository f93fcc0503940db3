//! Any text as an `<encrypted/>`, a list of devices or a bundle: read or refused, and what is read comes back when it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xep::protocol::omemo::{Bundle, DeviceList, Encrypted};
use xep::source::{MappedText, Sources};
use xep::xml::{Element, parse};

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let file = sources.add("a.xml", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "urn:xmpp:omemo:2");
    for element in parsed.elements().flat_map(Element::descendants) {
        if let Ok(encrypted) = Encrypted::read(element) {
            let again = Encrypted::read(&encrypted.write(element.span));
            assert_eq!(again.expect("it was just written"), encrypted);
        }
        if let Ok(list) = DeviceList::read(element) {
            assert_eq!(DeviceList::read(&list.write(element.span)).expect("it was just written"), list);
        }
        if let Ok(bundle) = Bundle::read(element) {
            assert_eq!(Bundle::read(&bundle.write(element.span)).expect("it was just written"), bundle);
        }
    }
});
