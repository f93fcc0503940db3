#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::xml::parse;
use proptest::prelude::*;

const ENTS: &str = "<!-- c --> <!ENTITY xep0384 \"<span class='ref'><link url='u'>OMEMO</link></span>\">
<!ENTITY IQ \"&lt;iq/&gt;\"> <!ENTITY nbsp '&#160;'> <!ENTITY a \"shared\">";

/// Expands `text` beside an `xep.ent`, and shows the result and the findings as `rule@found text`.
fn run(text: &str, ents: Option<&str>) -> (String, Vec<String>) {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let shared = ents.map(|ents| {
        let file = sources.add("xep.ent", ents);
        catalogue(&sources, file, &mut sink)
    });
    let file = sources.add("a.xml", text);
    let fallback = |name: &str| (name == "xep0001").then(|| "<tt>1</tt>".to_owned());
    let around = Surroundings { shared: shared.as_ref(), fallback: &fallback };
    let expansion = expand(&sources, file, around, &mut sink);
    check_map(&sources, file, &expansion.text);
    let show = |finding: &Finding| format!("{}@{}", finding.rule, sources.slice(finding.span));
    (expansion.text.to_string(), sink.findings().iter().map(show).collect())
}

/// Every verbatim piece equals the author's bytes, and every other one stands for a reference.
fn check_map(sources: &Sources, file: FileId, text: &MappedText) {
    for (range, span, verbatim) in text.pieces() {
        assert_eq!(span.file, file);
        match verbatim {
            true => assert_eq!(text.as_str().get(range), Some(sources.slice(span))),
            false => assert!(sources.slice(span).starts_with('&') && sources.slice(span).ends_with(';')),
        }
    }
}

fn check(text: &str, expected: &str, findings: &[&str]) {
    assert_eq!(
        run(text, Some(ENTS)),
        (expected.to_owned(), findings.iter().map(|&f| f.to_owned()).collect()),
        "{text}"
    );
}

const ENTS_LOADED: &str = "<!DOCTYPE x SYSTEM 'xep.dtd' [<!ENTITY % ents SYSTEM \"xep.ent\">%ents;]>";

fn check_loaded(content: &str, expected: &str, findings: &[&str]) {
    check(&format!("{ENTS_LOADED}{content}"), expected, findings);
}

#[test]
fn local_entities_expand() {
    check("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "<x>b</x>", &[]);
    check("<!DOCTYPE x [<!ENTITY a \"it's\"><!-- <!ENTITY a 'no'> ]> --><?pi ]> ?>]><x>&a;</x>", "<x>it's</x>", &[]);
    check(
        "<?xml version='1.0'?>\n<!DOCTYPE x [\n<!ENTITY\n a\n 'b'\n>\n] >\n<x>&a;</x>",
        "<?xml version='1.0'?>\n\n<x>b</x>",
        &[],
    );
    check("\u{feff}<x/>", "<x/>", &[]);
    check("<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY a 'c'>]><x>&a;</x>", "<x>b</x>", &[]);
    check(
        "<!DOCTYPE x [<!ENTITY a '&b;&b;'><!ENTITY b '<i>&#38;lt;</i>'>]><x>&a;</x>",
        "<x><i>&lt;</i><i>&lt;</i></x>",
        &[],
    );
    check("<!DOCTYPE x [<!ENTITY a '&#60;i/&#x3e;'>]><x>&a;</x>", "<x><i/></x>", &[]);
    check("<!DOCTYPE x [<!ELEMENT a (b|'c>')*><!ENTITY a 'b'>]><x>&a;</x>", "<x>b</x>", &[]);
    check("<!DOCTYPE x [<!ENTITY % p '<!ENTITY a \"b\">'>%p;]><x>&a;</x>", "<x>b</x>", &[]);
}

#[test]
fn shared_entities_expand() {
    check_loaded("<x>&xep0384;&IQ;</x>", "<x><span class='ref'><link url='u'>OMEMO</link></span>&lt;iq/&gt;</x>", &[]);
    check_loaded("<x>&a;&#38;&amp;</x>", "<x>shared&#38;&amp;</x>", &[]);
    let late = "<!DOCTYPE x [<!ENTITY % ents SYSTEM '../xep.ent'>%ents;<!ENTITY a 'late'>]><x>&a;</x>";
    check(late, "<x>shared</x>", &[]);
    check("<!DOCTYPE x [<!ENTITY a 'own'><!ENTITY % ents SYSTEM 'xep.ent'>%ents;]><x>&a;</x>", "<x>own</x>", &[]);
}

#[test]
fn what_is_no_reference_stays() {
    check_loaded("<x><![CDATA[&a;]]>&a;<![CDATA[&a;]]></x>", "<x><![CDATA[&a;]]>shared<![CDATA[&a;]]></x>", &[]);
    check_loaded("<x><!-- &a; --><?p &a;?>& &a &a b;&;</x>", "<x><!-- &a; --><?p &a;?>& &a &a b;&;</x>", &[]);
}

#[test]
fn attributes_hold_no_markup_of_entities() {
    check_loaded("<x y='&IQ;&a;'/>", "<x y='&lt;iq/&gt;shared'/>", &[]);
    check("<!DOCTYPE x [<!ENTITY q '\"&#39;'>]><x y='&q;'>&q;</x>", "<x y='&quot;&apos;'>\"'</x>", &[]);
    let escaped = "<x y='&lt;span class=&apos;ref&apos;>&lt;link url=&apos;u&apos;>OMEMO&lt;/link>&lt;/span>'/>";
    check_loaded("<x y='&xep0384;'/>", escaped, &["malformed-xml@&xep0384;"]);
    check("<!DOCTYPE x [<!ENTITY a 'A'><!ENTITY b \"<i j='&a;'/>\">]><x>&b;</x>", "<x><i j='A'/></x>", &[]);
    // A missing quote spoils its own tag alone.
    check_loaded("<x y='><p>&a;</p></x>", "<x y='><p>shared</p></x>", &[]);
}

#[test]
fn undeclared_entities_are_found_once_and_stay_visible() {
    check_loaded("<x>&nss;&nss;</x>", "<x>&amp;nss;&amp;nss;</x>", &["undeclared-entity@&nss;"]);
    check("<!DOCTYPE x [<!ENTITY a '&b;'>]><x>&a;</x>", "<x>&amp;b;</x>", &["undeclared-entity@&a;"]);
    check("<x>&xep0384;</x>", "<x>&amp;xep0384;</x>", &["undeclared-entity@&xep0384;"]);
    check("<!DOCTYPE x [%nts;]><x>&a;</x>", "<x>&amp;a;</x>", &["undeclared-entity@%nts;"]);
}

#[test]
fn without_the_shared_file_the_unknown_is_not_wrong() {
    let check = |content: &str, expected: &str, findings: &[&str]| {
        let own = "<!DOCTYPE x [<!ENTITY ns 'N'><!ENTITY % ents SYSTEM 'xep.ent'>%ents;]>";
        let (text, found) = run(&format!("{own}{content}"), None);
        assert_eq!((text.as_str(), found), (expected, findings.iter().map(|&f| f.to_owned()).collect()));
    };
    check("<x>&xep0001;&someone;&ns;</x>", "<x><tt>1</tt>&amp;someone;N</x>", &[]);
    check("<x>&nss;</x>", "<x>&amp;nss;</x>", &["undeclared-entity@&nss;"]);
}

#[test]
fn nothing_else_is_read() {
    let evil = "<!ENTITY e SYSTEM '/etc/passwd'>";
    check(&format!("<!DOCTYPE x [{evil}]><x>&e;</x>"), "<x>&amp;e;</x>", &[&format!("external-entity@{evil}")]);
    let evil = "<!ENTITY % e PUBLIC 'p' \"http://a/xep.ent\">";
    check(&format!("<!DOCTYPE x [{evil}%e;]><x>&a;</x>"), "<x>&amp;a;</x>", &[&format!("external-entity@{evil}")]);
    check("<!DOCTYPE x SYSTEM 'http://a/xep.dtd'><x/>", "<x/>", &["external-entity@SYSTEM 'http://a/xep.dtd'"]);
}

#[test]
fn broken_declarations_spoil_no_other() {
    let broken = "<!DOCTYPE x [\n<!ENTITY ns \"urn:x>\n<!ENTITY a \"b\">\n]><x>&a;</x>";
    check(broken, "<x>b</x>", &["malformed-xml@<!ENTITY ns \"urn:x>"]);
    check("<!DOCTYPE x [ stray <!ENTITY a 'b'>]><x>&a;</x>", "<x>b</x>", &["malformed-xml@stray"]);
    check("<!DOCTYPE x [<!ENTITY a 'b'><x>&a;</x>", "<x>b</x>", &["malformed-xml@<!DOCTYPE"]);
    check("<!DOCTYPE", "", &["malformed-xml@<!DOCTYPE"]);
    check("<!DOCTYPE x [<!-- ", "", &["malformed-xml@<!--"]);
}

#[test]
fn bounds_are_named() {
    check("<!DOCTYPE x [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><x>&a;</x>", "<x>&amp;a;</x>", &["entity-bound@&a;"]);
    let mut laughs = String::from("<!DOCTYPE x [<!ENTITY l0 'ha'>");
    for level in 1..=20 {
        laughs += &format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10));
    }
    let (text, findings) = run(&format!("{laughs}]><x>&l20;&l19;&l2;</x>"), None);
    assert!(text.len() < 1000, "{}", text.len());
    assert_eq!(findings, ["entity-bound@&l20;"]);
    let mut deep = String::from("<!DOCTYPE x [<!ENTITY d0 'ha'>");
    for level in 1..=40 {
        deep += &format!("<!ENTITY d{level} '&d{};'>", level - 1);
    }
    assert_eq!(run(&format!("{deep}]><x>&d40;</x>"), None).1, ["entity-bound@&d40;"]);
    let many = format!("<!DOCTYPE x [<!ENTITY a '{}'>]><x>{}</x>", "z".repeat(1 << 20), "&a;".repeat(100));
    let (text, findings) = run(&many, None);
    assert!(text.len() < MAX_EXPANSION + 1000);
    assert_eq!(findings, ["entity-bound@&a;"]);
    let parameters = "<!DOCTYPE x [<!ENTITY % a '&#37;b;&#37;b;'><!ENTITY % b '&#37;a;&#37;a;'>%a;]><x/>";
    assert_eq!(run(parameters, None).1, ["entity-bound@%a;"]);
}

#[test]
fn slips_of_the_pen_are_near() {
    for (name, known, expected) in [
        ("nss", "ns", true),
        ("nes", "ens", true),
        ("nse", "nso", true),
        ("xep0384", "xep0385", false),
        ("n", "m", false),
    ] {
        assert_eq!(is_near(name, known), expected, "{name} {known}");
    }
}

#[test]
fn replacement_texts_are_expanded() {
    let mut sources = Sources::default();
    let file = sources.add("xep.ent", "<!ENTITY a '<p>&b;</p>'><!ENTITY b '&#160;'>");
    let catalogue = catalogue(&sources, file, &mut Sink::default());
    assert_eq!(replacement(&catalogue, "a").unwrap(), "<p>\u{a0}</p>");
    assert_eq!(replacement(&catalogue, "c"), None);
}

proptest! {
    #[test]
    fn any_text_is_expanded_and_leads_back(pieces in prop::collection::vec(prop::sample::select(vec![
        "<!DOCTYPE x [", "]>", "<!ENTITY a '", "<!ENTITY b \"", "'>", "\">", "&a;", "&b;", "&#38;", "%ents;", "<!ENTITY % ents SYSTEM 'xep.ent'>",
        "<x>", "</x>", "<x y='", "<![CDATA[", "]]>", "<!--", "-->", "<?p", "?>", "ä", "&", "<", "\n", "&nbsp;", "&xep0384;", "]",
    ]), 0..40)) {
        let text: String = pieces.concat();
        let mut sources = Sources::default();
        let mut sink = Sink::default();
        let ents = sources.add("xep.ent", ENTS);
        let shared = catalogue(&sources, ents, &mut sink);
        let file = sources.add("a.xml", text);
        let around = Surroundings { shared: Some(&shared), fallback: &|_| None };
        let expansion = expand(&sources, file, around, &mut sink);
        check_map(&sources, file, &expansion.text);
        parse(&expansion.text, "");
        let whole = sources.whole(file);
        for finding in sink.findings() {
            prop_assert!(whole.contains(finding.span));
        }
    }
}
