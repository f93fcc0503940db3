//! What documents of one run say about each other, and what is unknown where only one of them is there.

use std::path::PathBuf;
use xep::workspace::{Extent, Memory, Options, Silent, check};

/// A XEP with a number, what its header says of others, and a paragraph.
fn xep(number: &str, supersedes: &str, superseded_by: &str, text: &str) -> String {
    format!(
        "<?xml-stylesheet type='text/xsl' href='xep.xsl'?>
<xep><header><title>A Case</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number}</number><status>Experimental</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies/><supersedes>{supersedes}</supersedes><supersededby>{superseded_by}</supersededby><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header><section1 topic='Case' anchor='case'><p>{text}</p></section1></xep>"
    )
}

/// What is told of the documents at `paths`, as `file: rule`.
fn told(world: &Memory, paths: &[&str]) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let checked = check(world, &paths, Options::fresh(Extent::Full), &Silent).unwrap();
    let findings = checked.examined().flat_map(|(loaded, examined)| {
        examined.findings.iter().map(|finding| format!("{}: {}", loaded.path, finding.rule))
    });
    findings.collect()
}

#[test]
fn documents_are_held_against_each_other() {
    let link = |target: &str| format!("See <link url='https://xmpp.org/extensions/xep-{target}'>there</link>.");
    let first = xep("0001", "", "<spec>XEP-0002</spec>", &link("0002.html#nowhere"));
    let second = xep("0002", "", "", &link("0001.html#case"));
    let world = Memory::default().with("s/xep-0001.xml", first.as_str()).with("s/xep-0002.xml", second.as_str());
    assert_eq!(told(&world, &["s"]), ["s/xep-0001.xml: superseding-disagrees", "s/xep-0001.xml: dead-link"]);
    let first_alone = ["s/xep-0001.xml: superseding-disagrees", "s/xep-0001.xml: dead-link"];
    assert_eq!(told(&world, &["s/xep-0001.xml"]), first_alone, "what lies beside a file is its series");
    let alone = Memory::default().with("s/xep-0001.xml", first.as_str());
    assert!(told(&alone, &["s/xep-0001.xml"]).is_empty(), "what is not there is unknown");
}

#[test]
fn xeps_that_cannot_exist_are_told() {
    let link = |page: &str| format!("See <link url='https://xmpp.org/extensions/{page}'>there</link>.");
    let check = |page: &str, expected: &[&str]| {
        let world = Memory::default().with("s/xep-0001.xml", xep("0001", "", "", &link(page)).as_str());
        assert_eq!(told(&world, &["s/xep-0001.xml"]), expected, "{page}");
    };
    check("xep-0010.html", &[]);
    check("xep-9999.html", &["s/xep-0001.xml: dead-link"]);
    check("xep-0000.html", &["s/xep-0001.xml: dead-link"]);
    check("xep-30.html", &["s/xep-0001.xml: dead-link"]);
    check("xep-0600.html", &[]);
}

#[test]
fn the_place_of_a_file_says_its_number() {
    let text = xep("0002", "", "", "Nothing is shown.");
    let world = Memory::default().with("s/xep-0001.xml", text.as_str()).with("s/inbox/case.xml", text.as_str());
    let expected =
        ["s/inbox/case.xml: wrong-number", "s/inbox/case.xml: unknown-status", "s/xep-0001.xml: wrong-number"];
    assert_eq!(told(&world, &["s"]), expected);
}

#[test]
fn an_xep_dtd_at_the_root_goes_before_the_built_in_grammar() {
    let text = xep("0001", "", "", "A <new/> thing.");
    let world = Memory::default().with("s/xep-0001.xml", text.as_str());
    assert_eq!(told(&world, &["s/xep-0001.xml"]), ["s/xep-0001.xml: unknown-element"]);
    let world = world.with("s/xep.dtd", "<!ELEMENT xep ANY>");
    assert!(told(&world, &["s/xep-0001.xml"]).iter().all(|one| one.ends_with("unknown-element")));
}

#[test]
fn namespaces_are_those_that_the_series_defines() {
    let uses = |namespace: &str| {
        let example = format!("<message to='juliet@capulet.example'><a xmlns='{namespace}'/></message>");
        let shown = format!("Shown.</p><example caption='Shown'><![CDATA[{example}]]></example><p>It ends.");
        xep("0001", "", "", &shown)
    };
    let defines = "</p></section1><section1 topic='XMPP Registrar Considerations' anchor='registrar'>\
                   <section2 topic='Protocol Namespaces'><p>The namespace is 'urn:xmpp:blankets:1'.";
    let second = xep("0002", "", "", defines);
    let check = |namespace: &str, expected: &[&str], alone: &[&str]| {
        let first = uses(namespace);
        let world = Memory::default().with("s/xep-0001.xml", first.as_str());
        assert_eq!(told(&world, &["s/xep-0001.xml"]), alone, "{namespace} alone");
        let world = world.with("s/xep-0002.xml", second.as_str());
        assert_eq!(told(&world, &["s/xep-0001.xml"]), expected, "{namespace}");
    };
    check("urn:xmpp:blankets:1", &[], &[]);
    check("urn:xmpp:blankets:0", &["s/xep-0001.xml: outdated-namespace"], &[]);
    check("urn:xmpp:blanket:1", &["s/xep-0001.xml: unknown-namespace"], &[]);
    check("urn:xmpp:something:1", &[], &[]);
    let stream = "http://etherx.jabber.org/stream";
    check(stream, &["s/xep-0001.xml: unknown-namespace"], &["s/xep-0001.xml: unknown-namespace"]);
}

/// A XEP with an example, and what comes before its end.
fn with_example(number: &str, example: &str, more: &str) -> String {
    let shown = format!("Shown.</p><example caption='Shown'><![CDATA[{example}]]></example>{more}<p>It ends.");
    xep(number, "", "", &shown)
}

#[test]
fn the_schemas_of_others_are_held_against_examples() {
    let uses = |market: &str| {
        let market = format!("<market xmlns='urn:xmpp:market:0'>{market}</market>");
        with_example("0001", &format!("<iq type='set' id='a1' to='juliet@capulet.example'>{market}</iq>"), "")
    };
    let schema = "<code><![CDATA[
<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:xmpp:market:0' xmlns='urn:xmpp:market:0'
           elementFormDefault='qualified'>
  <xs:element name='market'><xs:complexType><xs:sequence>
    <xs:element name='offer' maxOccurs='unbounded'><xs:complexType>
      <xs:attribute name='thing' type='xs:string' use='required'/>
      <xs:attribute name='price' type='xs:integer'/>
    </xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>]]></code>";
    let shown = "<market xmlns='urn:xmpp:market:0'><offer thing='lute'/></market>";
    let second = with_example("0002", shown, schema);
    let check = |market: &str, expected: &[&str]| {
        let first = uses(market);
        let world = Memory::default().with("s/xep-0001.xml", first.as_str());
        assert!(told(&world, &["s/xep-0001.xml"]).is_empty(), "{market}: a schema that is not there is unknown");
        let world = world.with("s/xep-0002.xml", second.as_str());
        assert_eq!(told(&world, &["s/xep-0001.xml"]), expected, "{market}");
        assert_eq!(told(&world, &["s"]), expected, "{market}: the same where all are asked for");
    };
    check("<offer thing='lute' price='12'/>", &[]);
    check("<offer thing='lute' prise='12'/>", &["s/xep-0001.xml: schema-violation"]);
    check("<offer thing='lute' price='12 pence'/>", &["s/xep-0001.xml: schema-violation"]);
    check("<offre thing='lute'/>", &["s/xep-0001.xml: schema-violation"]);
    check("<offer price='12'/>", &["s/xep-0001.xml: schema-violation"]);
    check("<offer/>", &[]);
}

#[test]
fn what_the_authors_of_a_schema_do_themselves_is_not_told_elsewhere() {
    let second = with_example(
        "0002",
        "<market xmlns='urn:xmpp:market:0' day='Monday'/>",
        "<code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:xmpp:market:0'>
<xs:element name='market'><xs:complexType/></xs:element></xs:schema>]]></code>",
    );
    let first = with_example("0001", "<market xmlns='urn:xmpp:market:0' day='Friday'/>", "");
    let world = Memory::default().with("s/xep-0001.xml", first.as_str()).with("s/xep-0002.xml", second.as_str());
    assert_eq!(told(&world, &["s"]), ["s/xep-0002.xml: schema-violation"]);
}

#[test]
fn names_are_learned_from_the_document_that_defines_a_namespace() {
    let registered = "</section1><section1 topic='XMPP Registrar Considerations' anchor='registrar'>\
                      <section2 topic='Protocol Namespaces'><p>The namespace is 'urn:xmpp:market:0'.</p></section2>";
    let second = xep(
        "0002",
        "",
        "",
        &format!(
            "Shown.</p><example caption='Shown'><![CDATA[<market xmlns='urn:xmpp:market:0'><merchandise kind='lute'/>\
             </market>]]></example>{registered}<p>It ends."
        ),
    );
    let check = |inner: &str, expected: &[&str]| {
        let first = with_example("0001", &format!("<market xmlns='urn:xmpp:market:0'>{inner}</market>"), "");
        let world = Memory::default().with("s/xep-0001.xml", first.as_str());
        assert!(told(&world, &["s/xep-0001.xml"]).is_empty(), "{inner}");
        let world = world.with("s/xep-0002.xml", second.as_str());
        assert_eq!(told(&world, &["s/xep-0001.xml"]), expected, "{inner}");
    };
    check("<merchandise kind='harp'/>", &[]);
    check("<merchandize kind='harp'/>", &["s/xep-0001.xml: near-miss-name"]);
    check("<merchant kind='harp'/>", &[]);
    check("<merchandise kin='harp'/>", &[]);
}
