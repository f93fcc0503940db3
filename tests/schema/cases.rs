//! Small schemas and elements, each with what is to be found.

use xep::schema::{SchemaSet, SchemaSource, State, beside_elision};
use xep::source::{MappedText, Sources};
use xep::xml::parse;

fn read(sources: &mut Sources, text: &str) -> MappedText {
    let file = sources.add("schema.xsd", text);
    MappedText::verbatim(sources, sources.whole(file))
}

/// A schema of `urn:x` around declarations.
fn schema(body: &str) -> String {
    format!(
        "\n<?xml version='1.0'?>\n<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x' \
         xmlns='urn:x' elementFormDefault='qualified'>{body}</xs:schema>"
    )
}

/// Judges schemas: the findings as the text that each underlines, and its message.
fn judge(texts: &[String]) -> (Vec<(String, String)>, Vec<State>) {
    let mut sources = Sources::default();
    let schemas: Vec<SchemaSource> =
        texts.iter().flat_map(|text| SchemaSource::read(&read(&mut sources, text))).collect();
    let set = SchemaSet::build(&schemas);
    let findings = set.findings().into_iter();
    let findings = findings.map(|finding| (sources.slice(finding.span).to_owned(), finding.message)).collect();
    (findings, (0..schemas.len()).filter_map(|at| set.state(at)).collect())
}

fn check_schema(body: &str, expected: &[(&str, &str)]) {
    let (findings, states) = judge(&[schema(body)]);
    let found: Vec<(&str, &str)> = findings.iter().map(|(text, message)| (text.as_str(), message.as_str())).collect();
    assert_eq!(found, expected, "{body}");
    assert_eq!(states, [if expected.is_empty() { State::Clean } else { State::Mended }], "{body}");
}

/// Kind, the text underlined, and message of each violation.
type Expected<'a> = &'a [(&'a str, &'a str, &'a str)];

/// Validates an element: what is wrong as kind, the text underlined, and message.
fn check(bodies: &[&str], element: &str, expected: Expected) {
    let mut sources = Sources::default();
    let schemas: Vec<SchemaSource> = bodies
        .iter()
        .flat_map(|body| {
            let text = if body.starts_with("<xs:schema") { (*body).to_owned() } else { schema(body) };
            SchemaSource::read(&read(&mut sources, &text))
        })
        .collect();
    let set = SchemaSet::build(&schemas);
    let text = read(&mut sources, element);
    let parsed = parse(&text, "jabber:client");
    let validator = set.validator();
    let found: Vec<(String, String, String)> = parsed
        .elements()
        .flat_map(|element| validator.validate(element))
        .map(|found| (format!("{:?}", found.kind), sources.slice(found.span).to_owned(), found.message))
        .collect();
    let found: Vec<(&str, &str, &str)> =
        found.iter().map(|(kind, text, message)| (kind.as_str(), text.as_str(), message.as_str())).collect();
    assert_eq!(found, expected, "{element}");
}

#[test]
fn good_schemas() {
    check_schema("<xs:element name='a' type='xs:string'/>", &[]);
    check_schema("<xs:import namespace='urn:unknown'/><xs:element name='a' xmlns:u='urn:unknown' type='u:t'/>", &[]);
    check_schema(
        "<xs:import namespace='urn:unknown'/><xs:element name='a' xmlns:u='urn:unknown'><xs:complexType><xs:sequence>\
         <xs:element ref='u:b'/><xs:group ref='u:g'/></xs:sequence><xs:attributeGroup ref='u:ag'/></xs:complexType></xs:element>",
        &[],
    );
    check_schema("<xs:include schemaLocation='other.xsd'/><xs:element name='a' type='elsewhere'/>", &[]);
    check_schema(
        "<xs:redefine schemaLocation='other.xsd'><xs:simpleType name='t'><xs:restriction base='t'/></xs:simpleType></xs:redefine>\
         <xs:element name='a' type='t'/>",
        &[],
    );
    check_schema("<xs:import namespace='urn:y' schemaLocation='/etc/passwd'/><xs:element name='a'/>", &[]);
    check_schema(
        "<xs:import namespace='http://www.w3.org/XML/1998/namespace'/><xs:element name='a'><xs:complexType>\
         <xs:attribute ref='xml:lang'/></xs:complexType></xs:element>",
        &[],
    );
}

#[test]
fn a_dangling_type_on_a_global_element_is_found_although_the_engine_misses_it() {
    check_schema(
        "<xs:element name='a' type='nosuch'/>",
        &[("nosuch", "the type `nosuch` is declared nowhere in this schema")],
    );
}

#[test]
fn every_dangling_reference_is_found() {
    check_schema(
        "<xs:element name='a'><xs:complexType><xs:sequence><xs:element ref='b'/><xs:element name='c' type='xs:strng'/>\
         </xs:sequence><xs:attribute name='d' type='q:e'/></xs:complexType></xs:element>",
        &[
            ("b", "the element `b` is declared nowhere in this schema"),
            ("xs:strng", "XML Schema has no type `xs:strng`"),
            ("q:e", "the prefix of `q:e` has no namespace"),
        ],
    );
}

#[test]
fn slips_that_are_mended() {
    check_schema(
        "<xs:element name='a' minOccurs='0' type='xs:string'/>",
        &[("minOccurs='0'", "`minOccurs` on a global `xs:element`")],
    );
    check_schema(
        "<xs:element name='a'><xs:complexType><xs:attribute name='b'/><xs:sequence/></xs:complexType></xs:element>",
        &[("xs:attribute", "`xs:attribute` stands before `xs:sequence`")],
    );
    check_schema(
        "<xs:element name='a' type='empty'/>",
        &[("empty", "the type `empty` is declared nowhere in this schema")],
    );
}

#[test]
fn faults_that_the_engine_tells() {
    let body = "<xs:element name='a' default='x' fixed='y' type='xs:string'/><xs:element name='b'><xs:complexType><xs:sequence>\
                <xs:any minOccurs='0' maxOccurs='unbounded'/><xs:element name='c' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>";
    let (findings, states) = judge(&[schema(body)]);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(states, [State::Mended]);
}

const ENVELOPE: &str = "<xs:element name='envelope'><xs:complexType><xs:all><xs:element ref='content'/>\
    <xs:element ref='time' minOccurs='0'/></xs:all></xs:complexType></xs:element>\
    <xs:element name='content'><xs:complexType><xs:sequence><xs:any minOccurs='0'/></xs:sequence></xs:complexType></xs:element>\
    <xs:element name='time'><xs:complexType><xs:attribute name='stamp' type='xs:dateTime' use='required'/></xs:complexType></xs:element>\
    <xs:element name='data' type='xs:base64Binary'/>\
    <xs:element name='kind'><xs:complexType><xs:simpleContent><xs:extension base='xs:string'><xs:attribute name='sort'>\
    <xs:simpleType><xs:restriction base='xs:NCName'><xs:enumeration value='one'/><xs:enumeration value='two'/></xs:restriction>\
    </xs:simpleType></xs:attribute><xs:attribute name='key' type='xs:base64Binary'/></xs:extension></xs:simpleContent></xs:complexType></xs:element>\
    <xs:element name='list'><xs:complexType><xs:sequence><xs:element name='item' type='xs:int' maxOccurs='2'/></xs:sequence></xs:complexType></xs:element>\
    <xs:element name='code'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='^[a-z]+$'/></xs:restriction></xs:simpleType></xs:element>";

#[test]
fn elements() {
    let cases: &[(&str, Expected)] = &[
        ("<message><body>x</body><envelope xmlns='urn:x'><content/></envelope></message>", &[]),
        ("<envelope xmlns='urn:x'><content><a xmlns='urn:y'><b/></a></content></envelope>", &[]),
        (
            "<content xmlns='urn:x'><a xmlns='urn:y'/><b xmlns='urn:z'/><c xmlns='urn:z'/></content>",
            &[("WildcardExhausted", "b", "`b` is one element too many in `content`")],
        ),
        ("<envelope xmlns='urn:x'/>", &[("MissingChild", "envelope", "`envelope` lacks `content` or `time`")]),
        (
            "<envelope xmlns='urn:x'><content/><jib/></envelope>",
            &[("UnknownElement", "jib", "`jib` must not stand here in `envelope`; expected `time`")],
        ),
        (
            "<envelope xmlns='urn:x'><content/><content/></envelope>",
            &[("UnexpectedChild", "content", "`content` must not stand here in `envelope`; expected `time`")],
        ),
        ("<jib xmlns='urn:x'/>", &[("UnknownElement", "jib", "the schema of `urn:x` has no element `jib`")]),
        (
            "<item xmlns='urn:x'>1</item>",
            &[("NotDeclared", "item", "`item` is declared only within another element of `urn:x`")],
        ),
        (
            "<time xmlns='urn:x' stamp='yesterday' zone='1'/>",
            &[
                ("InvalidAttributeValue", "yesterday", "`yesterday` is no `xs:dateTime`"),
                ("UnknownAttribute", "zone='1'", "`time` has no attribute `zone`, only `stamp`"),
            ],
        ),
        ("<time xmlns='urn:x'/>", &[("MissingAttribute", "time", "`time` lacks the attribute `stamp`")]),
        (
            "<time xmlns='urn:x' stamp='2020-01-01T00:00:00Z'> now </time>",
            &[("TextNotAllowed", "now", "`time` holds no text, but `now` stands in it")],
        ),
        ("<kind xmlns='urn:x' sort='three'/>", &[("InvalidAttributeValue", "three", "`three` is not `one` or `two`")]),
        (
            "<list xmlns='urn:x'><item>1</item><item>x</item><item>3</item></list>",
            &[
                ("InvalidText", "x", "`x` is no `xs:int`"),
                ("UnexpectedChild", "item", "`list` holds no further `item`"),
            ],
        ),
        // What a child that must not stand there holds is judged all the same.
        (
            "<list xmlns='urn:x'><time stamp='x'/></list>",
            &[
                ("UnexpectedChild", "time", "`time` must not stand here in `list`; expected `item`"),
                ("InvalidAttributeValue", "x", "`x` is no `xs:dateTime`"),
            ],
        ),
        // Known elements in unknown ones.
        (
            "<iq><q xmlns='urn:y'><r><time xmlns='urn:x'/></r></q></iq>",
            &[("MissingAttribute", "time", "`time` lacks the attribute `stamp`")],
        ),
        (
            "<content xmlns='urn:x'><q xmlns='urn:y'><time xmlns='urn:x'/></q></content>",
            &[("MissingAttribute", "time", "`time` lacks the attribute `stamp`")],
        ),
        ("<kind xmlns='urn:x' xml:lang='en'>x</kind>", &[]),
    ];
    for (element, expected) in cases {
        check(&[ENVELOPE], element, expected);
    }
}

#[test]
fn base64_may_be_wrapped_although_the_engine_refuses_it() {
    check(&[ENVELOPE], "<data xmlns='urn:x'>\n  YWJj\n  ZGVm\n</data>", &[]);
    check(&[ENVELOPE], "<kind xmlns='urn:x' key='YWJj\n ZGVm'/>", &[]);
    check(
        &[ENVELOPE],
        "<data xmlns='urn:x'>\n YWJ\n</data>",
        &[("InvalidText", "YWJ", "`YWJ` is no `xs:base64Binary`")],
    );
    check(
        &[ENVELOPE],
        "<kind xmlns='urn:x' key='YW Jj!'/>",
        &[("InvalidAttributeValue", "YW Jj!", "`YW Jj!` is no `xs:base64Binary`")],
    );
}

#[test]
fn anchors_in_patterns_are_plain_characters() {
    check(&[ENVELOPE], "<code xmlns='urn:x'>^abc$</code>", &[]);
    check(
        &[ENVELOPE],
        "<code xmlns='urn:x'>abc</code>",
        &[("InvalidText", "abc", "`abc` does not match the pattern `^[a-z]+$`")],
    );
}

#[test]
fn schemas_of_a_set_see_each_other_without_locations() {
    let other = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:y' xmlns:x='urn:x'>\
        <xs:import namespace='urn:x'/><xs:element name='out'><xs:complexType><xs:sequence><xs:element ref='x:time'/>\
        </xs:sequence></xs:complexType></xs:element></xs:schema>";
    check(&[other, ENVELOPE], "<out xmlns='urn:y'><time xmlns='urn:x' stamp='2020-01-01T00:00:00Z'/></out>", &[]);
    check(
        &[other, ENVELOPE],
        "<out xmlns='urn:y'><time xmlns='urn:x'/></out>",
        &[("MissingAttribute", "time", "`time` lacks the attribute `stamp`")],
    );
    check(&[other], "<out xmlns='urn:y'><time xmlns='urn:x'/></out>", &[]);
}

#[test]
fn what_is_dangling_is_open() {
    check(
        &["<xs:element name='a' type='nosuch'/><xs:element name='b' type='xs:int'/>"],
        "<x><a xmlns='urn:x' c='d'>e<f/></a><b xmlns='urn:x'>x</b></x>",
        &[("InvalidText", "x", "`x` is no `xs:int`")],
    );
    check(
        &["<xs:element name='a' type='empty'/>"],
        "<a xmlns='urn:x'>x</a>",
        &[("InvalidText", "x", "`x` is text where none may be")],
    );
}

#[test]
fn the_schema_of_the_draft_is_clean() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spec/xep-sce/schema.xsd");
    let Ok(text) = std::fs::read_to_string(path) else { return eprintln!("skipped: no {path}") };
    assert_eq!(judge(&[text]), (vec![], vec![State::Clean]));
}

#[test]
fn names_of_the_own_namespace_written_as_others() {
    let unqualified = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x'><xs:element name='a' \
        type='t'/><xs:element name='b' type='string'/><xs:simpleType name='t'><xs:restriction base='xs:int'/></xs:simpleType></xs:schema>";
    let (findings, states) = judge(&[unqualified.to_owned()]);
    let texts: Vec<&str> = findings.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!((texts, states), (vec!["t", "string"], vec![State::Mended]));
    check(&[unqualified], "<a xmlns='urn:x'>x</a>", &[("InvalidText", "x", "`x` is no `t`")]);
    let built_in = "<schema xmlns='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x'><element name='a' type='u'/>\
        <simpleType name='u'><union memberTypes='int t'/></simpleType><simpleType name='t'><restriction base='string'>\
        <enumeration value='max'/></restriction></simpleType></schema>";
    let (findings, _) = judge(&[built_in.to_owned()]);
    assert_eq!(findings.len(), 2, "{findings:?}");
    let built_in = built_in.replace("<schema", "<xs:schema").replace("</schema", "</xs:schema");
    let built_in = built_in.replace(" targetNamespace", " xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace");
    check(&[&built_in], "<a xmlns='urn:x'>max</a>", &[]);
}

#[test]
fn the_schema_is_blamed_where_it_is_out_of_step() {
    let mut sources = Sources::default();
    let text = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:x' xmlns='urn:x'>\
        <xs:element name='a'><xs:complexType><xs:sequence><xs:element name='b'/><xs:group ref='g'/></xs:sequence></xs:complexType>\
        </xs:element><xs:element name='c'><xs:complexType><xs:sequence><xs:group ref='g'/></xs:sequence></xs:complexType></xs:element>\
        <xs:group name='g'><xs:sequence><xs:any namespace='##other' minOccurs='0' maxOccurs='2' processContents='lax'/></xs:sequence>\
        </xs:group></xs:schema>";
    let schema = read(&mut sources, text);
    let set = SchemaSet::build(&SchemaSource::read(&schema));
    let mut blame = |element: &str| {
        let text = read(&mut sources, element);
        let validator = set.validator();
        let found: Vec<_> = parse(&text, "").elements().flat_map(|element| validator.validate(element)).collect();
        let blame = found.first().and_then(|found| found.blames_schema.clone()).unwrap();
        let finding = found.first().unwrap().finding("schema-violation");
        assert_eq!(finding.related.first().map(|label| label.span), Some(blame.span));
        (sources.slice(blame.span).to_owned(), blame.message, found.len())
    };
    let expected = (
        "xs:schema".to_owned(),
        "without `elementFormDefault='qualified'` local names have no namespace".to_owned(),
        1,
    );
    assert_eq!(blame("<a xmlns='urn:x'><b/></a>"), expected);
    let (text, message, count) =
        blame("<c xmlns='urn:x'><d xmlns='urn:y'/><d xmlns='urn:y'/><d xmlns='urn:y'/><d xmlns='urn:y'/></c>");
    assert!(text.starts_with("<xs:any namespace"), "{text}");
    assert_eq!((message.as_str(), count), ("this wildcard admits 2 elements only", 1));
}

#[test]
fn elisions() {
    let mut sources = Sources::default();
    for (text, expected) in [
        ("<a><b/></a>", false),
        ("<a><b/>...</a>", true),
        ("<a>\n  [ ... MORE ... ]\n</a>", true),
        ("<a><!-- and so on --><b/></a>", true),
        ("<a>[8 more items]</a>", true),
        ("<a b='…'/>", true),
        ("<a>text</a>", false),
    ] {
        let mapped = read(&mut sources, text);
        let parsed = parse(&mapped, "");
        assert_eq!(parsed.elements().next().map(beside_elision), Some(expected), "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(150))]

    /// Whatever is done to a schema or an element, nothing panics.
    #[test]
    fn nothing_panics(at in 0usize..2500, length in 0usize..40, insert in "[<>/'a-z:= ]{0,6}", from in 0usize..2500) {
        let mut text = schema(ENVELOPE);
        let at = at.min(text.len());
        let end = (at + length).min(text.len());
        let from = from.min(text.len());
        let moved = text.get(from..(from + length).min(text.len())).unwrap_or("").to_owned();
        text.replace_range(at..end, &format!("{insert}{moved}"));
        let mut sources = Sources::default();
        let source = read(&mut sources, &text);
        let set = SchemaSet::build(&SchemaSource::read(&source));
        let validator = set.validator();
        for element in parse(&source, "urn:x").elements() {
            let _ = validator.validate(element);
        }
        let element = read(&mut sources, "<list xmlns='urn:x'><item>1</item><time stamp='x'/><content><b/></content></list>");
        for element in parse(&element, "").elements() {
            let _ = validator.validate(element);
        }
    }
}
