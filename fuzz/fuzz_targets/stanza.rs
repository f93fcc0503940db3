//! Any text as stanzas, wrapped or not: taken out of their wrappers, and everything opened that they carry.
#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use support::open_all;

fuzz_target!(|text: &str| {
    open_all(text);
});
