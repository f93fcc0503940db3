//! What the fuzz targets hold of any text holds of the battery, whole and cut short; and their support compiles.

#[path = "../fuzz/support.rs"]
mod support;

use serde_json::Value;

#[test]
fn what_fuzzing_holds_of_any_text_holds_of_the_battery() {
    let mut texts = 0;
    for name in ["wire", "copies", "archives", "carriers", "policy"] {
        let text = std::fs::read_to_string(format!("tests/battery/{name}.json")).expect("the battery is there");
        let file: Value = serde_json::from_str(&text).expect("it is JSON");
        for case in file["cases"].as_array().expect("it has cases") {
            let stanza = case["stanza"].as_str().expect("each case has a stanza");
            support::open_all(stanza);
            support::open_all(stanza.get(..stanza.floor_char_boundary(stanza.len() / 2)).unwrap_or_default());
            texts += 2;
        }
    }
    assert!(texts > 500, "{texts}");
}
