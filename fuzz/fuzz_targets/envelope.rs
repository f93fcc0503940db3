//! Any text as the plaintext of a sealed message: read as an envelope, verified, restored.
#![no_main]

#[path = "../support.rs"]
mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use support::open_all;

fuzz_target!(|text: &str| {
    let payload = STANDARD.encode(text);
    let stanza = format!(
        "<message from='romeo@montague.example/orchard' to='juliet@capulet.example'>\
         <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'><payload>{payload}</payload></encrypted></message>"
    );
    // What is accepted is a stanza again, without the carrier.
    for opening in open_all(&stanza) {
        let Some(restored) = opening.restored.as_ref().filter(|_| opening.is_accepted()) else { continue };
        assert!(restored.stanza.elements().all(|child| child.name.namespace != "urn:xmpp:encryption:stub:sce:1"));
    }
});
