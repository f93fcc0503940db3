//! What a receiver accepts as an envelope is what the draft's schema accepts: the form that is read from the table of profiles, and
//! `schema.xsd` by the engine for XML Schema, come to the same verdict on envelopes of all shapes.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use xep::sce::{FaultKind, Profiles, envelope};
use xep::schema::{SchemaSet, SchemaSource};
use xep::source::{MappedText, Sources};
use xep::xml::{Element, parse};

struct Judges {
    schemas: SchemaSet,
    profiles: Profiles,
}

fn judges() -> Judges {
    let mut sources = Sources::default();
    let file = sources.add("schema.xsd", std::fs::read_to_string("spec/xep-sce/schema.xsd").unwrap());
    let schema = SchemaSource::read(&MappedText::verbatim(&sources, sources.whole(file)));
    let text = std::fs::read_to_string("spec/xep-sce/profiles.toml").unwrap();
    let file = sources.add("profiles.toml", text.as_str());
    Judges { schemas: SchemaSet::build(&schema), profiles: Profiles::parse(&text, file).unwrap() }
}

fn element(text: &str) -> Element {
    let mut sources = Sources::default();
    let file = sources.add("envelope", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
    assert!(parsed.problems.is_empty(), "{text}");
    parsed.elements().next().unwrap().clone()
}

impl Judges {
    fn by_schema(&self, envelope: &Element) -> bool {
        self.schemas.validator().validate(envelope).is_empty()
    }

    /// What the table says of the form alone: how often an affix may occur is for profiles, and not said in the schema; an address
    /// with a resource is tolerated.
    fn by_table(&self, envelope: &Element) -> bool {
        let form = self.profiles.of_envelope(&envelope.name).unwrap();
        let (_, faults) = envelope::read(envelope, form, &self.profiles, None, false);
        let of_form = [
            FaultKind::TextInEnvelope,
            FaultKind::EnvelopeForm,
            FaultKind::ContentCount,
            FaultKind::InvalidTime,
            FaultKind::InvalidJid,
            FaultKind::FullJid,
        ];
        !faults.iter().any(|fault| of_form.contains(&fault.kind))
    }
}

/// The engine passes over `xml:lang`, which the schema allows on the envelope and on the content alone.
const CHILDREN: [&str; 34] = [
    "<content/>",
    "<content><body xmlns='jabber:client'>x</body></content>",
    "<content xml:lang='en'><a xmlns='urn:a' b='1'>text</a></content>",
    "<content> <a xmlns='urn:a'/> </content>",
    "<content>text</content>",
    "<content hidden='true'/>",
    "<content xmlns:p='urn:p' p:q='1'/>",
    "<rpad/>",
    "<rpad>abc</rpad>",
    "<rpad>a<b xmlns='urn:b'/></rpad>",
    "<rpad length='3'>abc</rpad>",
    "<time stamp='2026-09-14T09:00:00Z'/>",
    "<time stamp='2026-09-14T09:00:00.5+02:00'/>",
    "<time stamp='2026-09-14T09:00:00'/>",
    "<time stamp='2026-09-14'/>",
    "<time stamp='2026-13-14T09:00:00Z'/>",
    "<time/>",
    "<time stamp='2026-09-14T09:00:00Z'>now</time>",
    "<time stamp='2026-09-14T09:00:00Z' zone='Z'/>",
    "<to jid='juliet@capulet.example'/>",
    "<to jid='capulet.example'/>",
    "<to jid=''/>",
    "<to/>",
    "<to jid='juliet@capulet.example'><x xmlns='urn:x'/></to>",
    "<to jid='juliet@capulet.example'>Juliet</to>",
    "<to jid='juliet@capulet.example'> </to>",
    "<from jid='romeo@montague.example'/>",
    "<from jid='romeo@montague.example' name='Romeo'/>",
    "<priority/>",
    "<envelope/>",
    "<x xmlns=''/>",
    "<sequence xmlns='urn:example:affix:0' number='7'>any</sequence>",
    "text",
    " \n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn table_and_schema_agree(
        children in proptest::collection::vec(prop::sample::select(CHILDREN.to_vec()), 0..6),
        attribute in prop::sample::select(vec!["", "", "", " xml:lang='en'", " version='1'", " xmlns:p='urn:p' p:q='1'"]),
    ) {
        let judges = JUDGES.with(std::rc::Rc::clone);
        let text = format!("<envelope xmlns='urn:xmpp:sce:1'{attribute}>{}</envelope>", children.concat());
        let envelope = element(&text);
        prop_assert_eq!(judges.by_schema(&envelope), judges.by_table(&envelope), "{}", text);
    }
}

thread_local! {
    static JUDGES: std::rc::Rc<Judges> = std::rc::Rc::new(judges());
}

#[test]
fn each_child_alone_gets_one_verdict() {
    let judges = judges();
    for child in CHILDREN {
        let text = format!(
            "<envelope xmlns='urn:xmpp:sce:1'><content/>{}</envelope>",
            child.replace("<content", "<rpad/><content")
        );
        let envelope = element(&text);
        assert_eq!(judges.by_schema(&envelope), judges.by_table(&envelope), "{text}");
    }
}
