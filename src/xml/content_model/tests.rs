#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::source::{MappedText, Sources};
use crate::xml::{Node, parse};
use proptest::prelude::*;

/// What a model says of a document, as `kind name in element at text`.
fn told(dtd: &str, xml: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("", xml);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
    let root = parsed.nodes.iter().find_map(Node::element).unwrap();
    let violations = ContentModel::parse(dtd).violations(root);
    let line = |one: &Violation| format!("{:?} in {} at {}", one.kind, one.element, sources.slice(one.span));
    violations.iter().map(line).collect()
}

fn check(dtd: &str, xml: &str, expected: &[&str]) {
    assert_eq!(told(dtd, xml), expected, "{xml}");
}

const LETTERS: &str = "
    <!-- <!ELEMENT a EMPTY> -->
    <!ELEMENT a (b, c?, (d | e)+, f)> <!ELEMENT b (#PCDATA)> <!ELEMENT c EMPTY> <!ELEMENT d (#PCDATA | b)*>
    <!ELEMENT e ANY> <!ELEMENT f (b*)>
    <!ATTLIST b one CDATA #IMPLIED two (x|y) 'x' three CDATA #REQUIRED four CDATA #FIXED '>'>";

#[test]
fn order_is_held() {
    let b = "<b three=''/>";
    let valid = format!("<a>{b} <c/><d>text{b}</d><e>any<c/></e><f>{b}{b}</f></a>");
    check(LETTERS, &valid, &[]);
    check(LETTERS, &format!("<a>{b}<c/><d/><f/><f/></a>"), &["Repeated(\"f\") in a at f"]);
    check(LETTERS, &format!("<a>{b}<c/><f/></a>"), &["Missing([\"d\"]) in a at f"]);
    check(LETTERS, &format!("<a>{b}<d/></a>"), &["Missing([\"f\"]) in a at a"]);
    check(LETTERS, &format!("<a>{b}<d/><c/><f/></a>"), &["OutOfOrder(\"c\") in a at c"]);
    check(LETTERS, &format!("<a><d/>{b}<f/></a>"), &["OutOfOrder(\"d\") in a at d"]);
    check(LETTERS, &format!("<a><c/><d/><f/>{b}</a>"), &["OutOfOrder(\"b\") in a at b"]);
    check(LETTERS, &format!("<a><f/>{b}<c/><d/></a>"), &["OutOfOrder(\"f\") in a at f"]);
    check(LETTERS, &format!("<a>{b}<c/><f/><d/><d/></a>"), &["OutOfOrder(\"f\") in a at f"]);
    check(
        LETTERS,
        &format!("<a>{b}<d/><a/><f/></a>"),
        &["Misplaced(\"a\") in a at a", "Missing([\"b\", \"d\", \"f\"]) in a at a"],
    );
}

#[test]
fn what_may_stand_at_two_places_is_missing_at_one() {
    let dtd =
        "<!ELEMENT r (a, b, c, d, a?)> <!ELEMENT a EMPTY> <!ELEMENT b EMPTY> <!ELEMENT c EMPTY> <!ELEMENT d EMPTY>";
    check(dtd, "<r><b/><c/><d/><a/></r>", &["Missing([\"a\"]) in r at r"]);
}

#[test]
fn text_and_attributes_are_held() {
    check(LETTERS, "<f> stray </f>", &["Text in f at stray"]);
    check(LETTERS, "<c> </c>", &["NotEmpty in c at  "]);
    check(LETTERS, "<d><f/></d>", &["Misplaced(\"f\") in d at f"]);
    check(LETTERS, "<d><z><q/></z></d>", &["UnknownElement(\"z\") in z at z"]);
    check(
        LETTERS,
        "<b five=''/>",
        &["UnknownAttribute(\"five\") in b at five=''", "MissingAttribute(\"three\") in b at b"],
    );
    check(LETTERS, "<b three='' two='z'/>", &["WrongValue(\"two\") in b at two='z'"]);
    check(LETTERS, "<b three='' four='z'/>", &["WrongValue(\"four\") in b at four='z'"]);
    check(LETTERS, "<c xmlns='urn:x'/>", &["UnknownAttribute(\"xmlns\") in c at xmlns='urn:x'"]);
}

#[test]
fn what_cannot_be_read_allows_everything() {
    check("<!ELEMENT a (%b;)><!ELEMENT c EMPTY>", "<a>text<c/></a>", &[]);
    check("", "<a/>", &[]);
    let deep = format!("<!ELEMENT a {}b{}>", "(".repeat(10_000), ")".repeat(10_000));
    check(&deep, "<a>text</a>", &[]);
    let many = format!("<!ELEMENT a (b{})><!ELEMENT b EMPTY>", ",b".repeat(10_000));
    check(&many, "<a><b/></a>", &[]);
}

proptest! {
    #[test]
    fn nothing_panics(dtd in "(<!ELEMENT |<!ATTLIST |[abc(),|?*+ ]|#PCDATA|EMPTY|CDATA|#FIXED|'|>|<!--|-->|ä|.){0,60}",
                      xml in "<a>(<b>|</b>|<c/>|<a b='c'>|</a>|text){0,20}</a>") {
        told(&dtd, &xml);
    }
}
