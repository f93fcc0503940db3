//! Elements as other software writes them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::protocol::omemo::device::Device;
use crate::random::SeededRandom;
use crate::source::{MappedText, Sources};
use crate::xml::parse;
use crate::xml::write::{Style, write};

fn tree(text: &str) -> Element {
    let mut sources = Sources::default();
    let file = sources.add("a", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
    assert!(parsed.problems.is_empty(), "{text}");
    parsed.elements().next().unwrap().clone()
}

fn text(element: &Element) -> String {
    write(element, "", Style::default())
}

fn place() -> Span {
    tree("<a/>").span
}

fn juliet() -> Device {
    Device::from_seed("elements", BareJid::parse("juliet@capulet.example").unwrap(), DeviceId::new(31415).unwrap())
}

const ENCRYPTED: &str = "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='27183'>\
    <keys jid='juliet@capulet.example'><key rid='31415'>AQ==</key></keys>\
    <keys jid='romeo@montague.example'><key rid='1337'>Ag==</key><key rid='12321' kex='true'>Aw==</key></keys>\
    </header><payload>AAAA</payload></encrypted>";

#[test]
fn a_message_is_read_and_written_as_it_travels() {
    let encrypted = Encrypted::read(&tree(ENCRYPTED)).unwrap();
    assert_eq!(encrypted.sender.number(), 27183);
    let romeo = BareJid::parse("romeo@montague.example").unwrap();
    let key = encrypted.key(&romeo, DeviceId::new(12321).unwrap()).unwrap();
    assert_eq!((key.is_exchange, key.bytes.as_slice()), (true, &[3][..]));
    assert_eq!(encrypted.payload, Some(vec![0; 3]));
    assert_eq!(text(&encrypted.write(place())), ENCRYPTED);
}

#[test]
fn order_prefixes_and_unknown_parts_do_not_matter() {
    let written = "<o:encrypted xmlns:o='urn:xmpp:omemo:2'><o:payload>\n AA\nAA </o:payload><x xmlns='a'/><o:header sid='27183'>\
        <o:keys jid='romeo@montague.example'><o:key kex='1' rid='12321'>Aw==</o:key><o:key rid='1337' kex='0'>Ag==</o:key></o:keys>\
        <o:keys jid='juliet@capulet.example'><x xmlns='a'/><o:key rid='31415' more='1'>AQ==</o:key></o:keys>\
        </o:header></o:encrypted>";
    assert_eq!(Encrypted::read(&tree(written)).unwrap(), Encrypted::read(&tree(ENCRYPTED)).unwrap());
    let empty = "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted>";
    assert_eq!(Encrypted::read(&tree(empty)).unwrap().payload, None);
}

#[test]
fn what_is_malformed_is_named() {
    let check = |from: &str, to: &str, is: fn(&Failure) -> bool, part: &str| {
        assert!(ENCRYPTED.contains(from), "{from}");
        let failure = Encrypted::read(&tree(&ENCRYPTED.replace(from, to))).unwrap_err();
        assert!(is(&failure) && failure.message().contains(part), "{to}: {failure}");
        assert!(failure.span().is_some(), "{failure}");
    };
    let malformed = Failure::is_malformed_message;
    check("urn:xmpp:omemo:2", "urn:xmpp:omemo:1", Failure::is_wrong_carrier, "not `{urn:xmpp:omemo:2}encrypted`");
    check("sid='27183'", "", malformed, "no `sid`");
    check("sid='27183'", "sid='0'", malformed, "no id of a device");
    check("rid='1337'", "rid='2147483648'", malformed, "no id of a device");
    check("rid='1337'", "rid='12321'", malformed, "two keys");
    check("kex='true'", "kex='yes'", malformed, "neither true nor false");
    check("jid='juliet@capulet.example'", "jid='juliet@capulet.example/a'", malformed, "no bare address");
    check("AQ==", "AQ=", Failure::is_malformed_base64, "groups of four");
    check("<payload>AAAA</payload>", "<payload/><payload/>", malformed, "second `<payload/>`");
    check("header", "head", malformed, "no `<header/>`");
    let long = base64::encode(vec![0; wire::MAXIMUM + 1]);
    check("AQ==", &long, Failure::is_too_large, "a key has");
    let many: String = (1..=MAXIMUM_DEVICES + 1).map(|id| format!("<key rid='{id}'/>")).collect();
    check("<key rid='31415'>AQ==</key>", &many, Failure::is_too_large, "more than 1000 devices");
}

#[test]
fn a_bundle_comes_back_and_a_forged_one_does_not() {
    let bundle = juliet().bundle().unwrap();
    assert_eq!(bundle.prekeys().len(), crate::protocol::omemo::bundle::PREKEYS);
    let element = bundle.write(place());
    assert_eq!(Bundle::read(&element).unwrap(), bundle);
    let written = text(&element);
    assert_eq!(Bundle::read(&tree(&written)).unwrap(), bundle);
    let check = |from: &str, to: &str, part: &str| {
        assert!(written.contains(from), "{from}");
        let failure = Bundle::read(&tree(&written.replacen(from, to, 1))).unwrap_err();
        assert!(failure.message().contains(part), "{to}: {failure}");
    };
    let other = base64::encode(
        Device::from_seed("other", BareJid::parse("a.example").unwrap(), DeviceId::new(1).unwrap()).identity().bytes(),
    );
    check(&base64::encode(bundle.identity().bytes()), &other, "not signed by its identity key");
    check("<spk id='1'>", "<spk id='0'>", "no id");
    check("<pk id='2'>", "<pk id='1'>", "prekey 1 stands twice");
    check("<ik>", "<ik>AAAA", "holds 35 bytes, not 32");
    check("<spks>", "<spks xmlns='a'>", "no `<spks/>`");
    let start = written.find("<prekeys>").unwrap();
    let none = format!("{}<prekeys/></bundle>", &written[..start]);
    assert!(Bundle::read(&tree(&none)).unwrap_err().message().contains("0 prekeys"));
}

#[test]
fn a_list_of_devices_keeps_labels_that_are_signed() {
    let device = juliet();
    let mut random = SeededRandom::new("label");
    let label = Label::sign("Juliet's tablet", &device, &mut random);
    let devices = BTreeMap::from([(device.id(), Some(label)), (DeviceId::new(7).unwrap(), None)]);
    let list = DeviceList { devices };
    let written = text(&list.write(place()));
    let read = DeviceList::read(&tree(&written)).unwrap();
    assert_eq!(read, list);
    let label = read.devices[&device.id()].as_ref().unwrap();
    assert_eq!(label.verified(device.identity()), Some("Juliet's tablet"));
    let forged = DeviceList::read(&tree(&written.replace("tablet", "phone"))).unwrap();
    assert_eq!(forged.devices[&device.id()].as_ref().unwrap().verified(device.identity()), None);
    let unsigned = "<devices xmlns='urn:xmpp:omemo:2'><device id='1' label='a'/><device id='2' label='b' labelsig='AA'/></devices>";
    assert_eq!(DeviceList::read(&tree(unsigned)).unwrap().devices.values().flatten().count(), 0);
    let twice = "<devices xmlns='urn:xmpp:omemo:2'><device id='1'/><device id='1'/></devices>";
    assert!(DeviceList::read(&tree(twice)).unwrap_err().is_malformed_message());
    assert_eq!(DeviceList::read(&tree("<devices xmlns='urn:xmpp:omemo:2'/>")).unwrap(), DeviceList::default());
}
