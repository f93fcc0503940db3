//! What is found in the published XEP-0420. The list was held against the document by reading it: each entry is a fault that
//! is there, at the line where it is.

mod support;

use support::{checked, findings, shared};
use xep::workspace::Disk;

/// Line, rule, and what is wrong there.
const FAULTS: [(usize, &str); 16] = [
    // Two words of the text are misspelt.
    (135, "misspelt-word"),
    // The picture of example 4 has another SHA-1 than its cid says.
    (240, "hash-mismatch"),
    // The schema's `<xs:any minOccurs="0"/>` (line 469) allows one child of `content`; the example has two.
    (266, "schema-violation"),
    // Section 5 demands `<store/>` and `<encryption/>` beside the encrypted element of a message.
    (274, "missing-encryption-hint"),
    (274, "missing-store-hint"),
    // The payload holds `<content xmlns='urn:xmpp:sce:0'><payload>`: the names before version 0.4.0.
    (278, "wrong-envelope-namespace"),
    // Table 1 demands bare JIDs in `from` and `to`.
    (299, "full-jid-in-affix"),
    // `shakespear.lit` here, `shakespeare.lit` in the stanza; and a full JID.
    (300, "affix-mismatch"),
    (300, "full-jid-in-affix"),
    // The payload is a joke in plain text.
    (312, "sealed-example-does-not-open"),
    // Another picture than that of example 4, under the same cid, which is the hash of neither.
    (325, "hash-mismatch"),
    (335, "affix-mismatch"),
    (335, "full-jid-in-affix"),
    (336, "full-jid-in-affix"),
    // The payload has the old names again.
    (347, "wrong-envelope-namespace"),
    (442, "misspelt-word"),
];

#[test]
fn every_fault_of_xep_0420_is_found_at_its_line_and_nothing_else() {
    let Some(shared) = shared("xep_0420") else { return };
    let path = shared.join("corpus/xep-0420.xml");
    let checked = checked(&Disk, &path.to_string_lossy());
    let shown = checked.documents[0].path.clone();
    let expected: Vec<String> = FAULTS.iter().map(|(line, rule)| format!("{shown}:{line} {rule}")).collect();
    assert_eq!(findings(&checked), expected);
}

#[test]
fn the_schema_is_said_to_be_to_blame() {
    let Some(shared) = shared("xep_0420") else { return };
    let checked = checked(&Disk, &shared.join("corpus/xep-0420.xml").to_string_lossy());
    let report = checked.report();
    let finding =
        &report.findings.iter().find(|judged| judged.finding.rule == "schema-violation").expect("one").finding;
    let related = finding.related.first().expect("the schema is shown");
    assert_eq!(checked.sources.get(related.span.file).position(related.span.start).line, 469);
    assert!(finding.notes.iter().any(|note| note.contains("the schema is probably to blame")));
}
