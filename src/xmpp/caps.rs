//! Entity capabilities (XEP-0115 and XEP-0390): the text that is hashed, made from an answer to a `disco#info` query.

use crate::xml::Element;

/// The namespace of service discovery's answers.
pub const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";

/// The namespace of data forms (XEP-0004).
const FORMS: &str = "jabber:x:data";

/// The text that is hashed: identities, features and forms, each sorted (XEP-0115, 5.1).
pub fn verification_string(query: &Element) -> String {
    let children = |local: &'static str| query.elements().filter(move |child| child.name.is(DISCO_INFO, local));
    let identities = children("identity").map(identity).collect();
    let features = children("feature").map(|feature| feature.value("var").unwrap_or("").to_owned()).collect();
    let forms = query.elements().filter(|child| child.name.is(FORMS, "x")).filter_map(form).collect();
    [identities, features].into_iter().map(joined).collect::<String>() + &sorted(forms).concat()
}

/// The text that the second version hashes: features, identities and forms, each sorted, with separators that no text holds
/// (XEP-0390, 4.1).
pub fn hash_input(query: &Element) -> String {
    let children = |local: &'static str| query.elements().filter(move |child| child.name.is(DISCO_INFO, local));
    let feature = |feature: &Element| format!("{}\u{1f}", feature.value("var").unwrap_or(""));
    let identity = |identity: &Element| with_separators(&parts_of_identity(identity)) + "\u{1e}";
    let forms = query.elements().filter(|child| child.name.is(FORMS, "x"));
    let parts = [
        children("feature").map(feature).collect(),
        children("identity").map(identity).collect(),
        forms.map(extension).collect::<Vec<String>>(),
    ];
    parts.into_iter().map(|part| sorted(part).concat() + "\u{1c}").collect()
}

/// A form as the second version hashes it: all fields alike.
fn extension(form: &Element) -> String {
    let fields = form.elements().filter(|child| child.name.is(FORMS, "field"));
    let fields = fields.map(|field| {
        let values: Vec<String> = sorted(values(field));
        format!("{}\u{1f}{}\u{1e}", field.value("var").unwrap_or(""), with_separators(&values))
    });
    sorted(fields.collect()).concat() + "\u{1d}"
}

fn with_separators<T: AsRef<str>>(parts: &[T]) -> String {
    parts.iter().flat_map(|part| [part.as_ref(), "\u{1f}"]).collect()
}

fn identity(identity: &Element) -> String {
    parts_of_identity(identity).join("/")
}

/// Category, type, language and name.
fn parts_of_identity(identity: &Element) -> [&str; 4] {
    let language = identity.attributes.iter().find(|one| one.name.is(crate::xml::XML, "lang"));
    let language = language.map_or("", |one| one.value.as_str());
    let value = |name| identity.value(name).unwrap_or("");
    [value("category"), value("type"), language, value("name")]
}

/// A form: its type, then each field with its values. One without a type is left out.
fn form(form: &Element) -> Option<String> {
    let fields = || form.elements().filter(|child| child.name.is(FORMS, "field"));
    let is_type = |field: &&Element| field.value("var") == Some("FORM_TYPE");
    let type_ = fields().find(is_type).and_then(|field| values(field).into_iter().next())?;
    let others = fields().filter(|field| !is_type(field));
    let others = others.map(|field| {
        let name = field.value("var").unwrap_or("").to_owned();
        let values = joined(values(field));
        (name, values)
    });
    let mut others: Vec<(String, String)> = others.collect();
    others.sort();
    let fields: String = others.into_iter().map(|(name, values)| format!("{name}<{values}")).collect();
    Some(format!("{type_}<{fields}"))
}

fn values(field: &Element) -> Vec<String> {
    let values = field.elements().filter(|child| child.name.is(FORMS, "value"));
    values.map(|value| value.text().as_str().to_owned()).collect()
}

fn sorted(mut parts: Vec<String>) -> Vec<String> {
    parts.sort();
    parts
}

/// The parts in order, a `<` behind each.
fn joined(parts: Vec<String>) -> String {
    sorted(parts).into_iter().map(|part| part + "<").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MappedText, Sources};
    use crate::xml::parse;
    use crate::xmpp::base64;
    use crate::xmpp::hash::Algorithm;

    fn query(text: &str) -> Element {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
        parsed.elements().next().cloned().expect("the tests give an element")
    }

    fn check(text: &str, expected: &str, hash: &str) {
        let string = verification_string(&query(text));
        assert_eq!(string, expected);
        assert_eq!(base64::encode(Algorithm::Sha1.digest(string.as_bytes())), hash);
    }

    /// The two vectors of XEP-0115, 5.2 and 5.3.
    #[test]
    fn what_the_specification_computes() {
        let features = "<feature var='http://jabber.org/protocol/muc'/>\
             <feature var='http://jabber.org/protocol/disco#info'/>\
             <feature var='http://jabber.org/protocol/disco#items'/>\
             <feature var='http://jabber.org/protocol/caps'/>";
        let in_order = "http://jabber.org/protocol/caps<http://jabber.org/protocol/disco#info<\
             http://jabber.org/protocol/disco#items<http://jabber.org/protocol/muc<";
        check(
            &format!(
                "<query xmlns='{DISCO_INFO}'><identity category='client' name='Exodus 0.9.1' type='pc'/>{features}</query>"
            ),
            &format!("client/pc//Exodus 0.9.1<{in_order}"),
            "QgayPKawpkPSDYmwT/WM94uAlu0=",
        );
        let form = "<x xmlns='jabber:x:data' type='result'>\
             <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>\
             <field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>\
             <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>\
             <field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x>";
        check(
            &format!(
                "<query xmlns='{DISCO_INFO}'><identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
                 <identity xml:lang='el' category='client' name='\u{3a8} 0.11' type='pc'/>{features}{form}</query>"
            ),
            &format!(
                "client/pc/el/\u{3a8} 0.11<client/pc/en/Psi 0.11<{in_order}urn:xmpp:dataforms:softwareinfo<\
                 ip_version<ipv4<ipv6<os<Mac<os_version<10.5.1<software<Psi<software_version<0.11<"
            ),
            "q07IKJEyjvHSyhy//CH0CxmKi8w=",
        );
    }

    /// The first vector of XEP-0390, 4.3.
    #[test]
    fn what_the_second_version_computes() {
        let features = [
            "http://jabber.org/protocol/si",
            "http://jabber.org/protocol/bytestreams",
            "http://jabber.org/protocol/chatstates",
            "http://jabber.org/protocol/disco#info",
            "http://jabber.org/protocol/disco#items",
            "urn:xmpp:ping",
            "jabber:iq:time",
            "jabber:iq:privacy",
            "jabber:iq:version",
            "http://jabber.org/protocol/rosterx",
            "urn:xmpp:time",
            "jabber:x:oob",
            "http://jabber.org/protocol/ibb",
            "http://jabber.org/protocol/si/profile/file-transfer",
            "urn:xmpp:receipts",
            "jabber:iq:roster",
            "jabber:iq:last",
        ];
        let features: String = features.iter().map(|name| format!("<feature var='{name}'/>")).collect();
        let identity = "<identity category='client' name='BombusMod' type='mobile'/>";
        let input = hash_input(&query(&format!("<query xmlns='{DISCO_INFO}'>{identity}{features}</query>")));
        let hash = base64::encode(Algorithm::Sha256.digest(input.as_bytes()));
        assert_eq!(hash, "kzBZbkqJ3ADrj7v08reD1qcWUwNGHaidNUgD7nHpiw8=");
    }
}
