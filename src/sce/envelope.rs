//! Envelopes: building one by profile, and reading one with all that is wrong in it.

use super::fault::{Fault, FaultKind};
use super::profile::{Affix, Holds, Profile, Profiles, Term, Use};
use crate::random::Random;
use crate::source::Span;
use crate::xml::write::{Style, write};
use crate::xml::{Element, Name, Node, XML};
use crate::xmpp::{jid, time};
use jiff::Timestamp;

/// How many letters a whole group of Base64 has.
const GROUP: usize = 4;

/// What goes into the affixes of a new envelope.
#[derive(Clone, Debug)]
pub struct Particulars {
    /// The recipient: the account, or the room.
    pub recipient: Option<String>,
    /// The sender's account.
    pub sender: Option<String>,
    /// The time of sealing.
    pub time: Timestamp,
    /// The situation in which it will arrive, which may demand other affixes.
    pub situation: String,
    /// The attributes that the stanza has on its way.
    pub stanza: Attributes,
}

/// The attributes of a stanza that an affix can repeat.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// Its `type`.
    pub type_: Option<String>,
    /// Its `id`.
    pub id: Option<String>,
    /// Its `to`, as it is written.
    pub to: Option<String>,
    /// Its `from`.
    pub from: Option<String>,
}

impl Attributes {
    /// Those of a stanza.
    pub fn of(stanza: &Element) -> Attributes {
        let value = |name: &str| stanza.value(name).map(str::to_owned);
        Attributes { type_: value("type"), id: value("id"), to: value("to"), from: value("from") }
    }
}

impl Particulars {
    fn word(&self, term: Term) -> Option<&str> {
        match term {
            Term::StanzaType => self.stanza.type_.as_deref(),
            Term::StanzaId => self.stanza.id.as_deref(),
            // Servers stamp an IQ with the full address of who sends it.
            Term::StanzaTo => self.stanza.to.as_deref().filter(|to| is_full(to)),
            Term::StanzaFrom => self.stanza.from.as_deref().filter(|from| is_full(from)),
            _ => None,
        }
    }
}

fn is_full(address: &str) -> bool {
    jid::parse(address).is_ok_and(|address| address.resource().is_some())
}

/// Builds an envelope around `content`: every affix that the profile requires or recommends, and padding.
///
/// The serialised envelope is at least as long as the profile's minimum, plus a random number of further bytes.
pub fn build(
    content: Vec<Element>,
    profile: &Profile,
    particulars: &Particulars,
    random: &mut dyn Random,
    span: Span,
) -> Element {
    let mut envelope = Element::new(profile.envelope.clone(), span);
    let mut padding = None;
    for (name, affix) in &profile.affixes {
        if !affix.use_in(Some(&particulars.situation)).is_sent() {
            continue;
        }
        let element = Element::new(affix.name_in(&profile.envelope, name), span);
        match (affix.holds, affix_value(affix, particulars)) {
            (_, Some(value)) => envelope = envelope.with_child(with_value(element, affix, &value)),
            (Holds::Padding, None) => padding = Some((element, affix)),
            (Holds::Stanza, None) => envelope.children.extend(with_terms(element, affix, particulars).map(Node::from)),
            (_, None) => {}
        }
    }
    let mut inner = Element::new(profile.content.clone(), span);
    for child in content {
        inner = inner.with_child(child);
    }
    envelope = envelope.with_child(inner);
    match padding {
        Some((element, affix)) => pad(envelope, element, affix, profile, random),
        None => envelope,
    }
}

fn affix_value(affix: &Affix, particulars: &Particulars) -> Option<String> {
    match affix.holds {
        Holds::Time => Some(particulars.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        Holds::Recipient => particulars.recipient.as_deref().map(jid::bare),
        Holds::Sender => particulars.sender.as_deref().map(jid::bare),
        Holds::Padding | Holds::Stanza | Holds::Other => None,
    }
}

/// The affix with what the stanza says of itself; nothing where the stanza does not say all of it.
fn with_terms(element: Element, affix: &Affix, particulars: &Particulars) -> Option<Element> {
    affix.attributes.iter().try_fold(element, |element, (attribute, &term)| {
        Some(element.with_attribute(attribute, particulars.word(term)?))
    })
}

fn with_value(element: Element, affix: &Affix, value: &str) -> Element {
    match &affix.attribute {
        Some(attribute) => element.with_attribute(attribute, value),
        None => element.with_text(value),
    }
}

fn pad(envelope: Element, element: Element, affix: &Affix, profile: &Profile, random: &mut dyn Random) -> Element {
    // A whole size leaves no room for whole groups.
    let (missing, group) = match profile.padding.sizes.is_empty() {
        true => (to_fill(&envelope, profile), GROUP),
        false => (1 + to_fill(&with_padding(&envelope, element.clone(), affix, "A"), profile), 1),
    };
    let length = (missing + up_to(profile.padding.random, random)).next_multiple_of(group);
    with_padding(&envelope, element, affix, &letters(length, random))
}

fn with_padding(envelope: &Element, element: Element, affix: &Affix, text: &str) -> Element {
    let mut padded = envelope.clone();
    padded.children.insert(0, Node::from(with_value(element, affix, text)));
    padded
}

/// How many bytes an envelope lacks of the length to which it is filled up.
fn to_fill(envelope: &Element, profile: &Profile) -> usize {
    let length = serialise(envelope, profile).len();
    profile.padding.filled(length) - length
}

/// A number from 0 to `limit`, all equally likely.
fn up_to(limit: usize, random: &mut dyn Random) -> usize {
    let choices = u32::try_from(limit).unwrap_or(u32::MAX - 1) + 1;
    let fair = u32::MAX - u32::MAX % choices;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        if number < fair {
            return (number % choices) as usize;
        }
    }
}

/// Random letters of the standard alphabet of Base64, which no XML writer has to escape: there are receivers that decode them.
fn letters(length: usize, random: &mut dyn Random) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 64))).map(|&letter| char::from(letter)).collect()
}

/// The bytes of an envelope that a protocol encrypts, in the way of a profile.
pub fn serialise(envelope: &Element, profile: &Profile) -> String {
    write(&without_comments(envelope), "", Style { indented: false, redundant_xmlns: profile.redundant_xmlns })
}

/// The element without comments and processing instructions, which no envelope has when it is sealed.
fn without_comments(element: &Element) -> Element {
    let kept = element.children.iter().filter_map(|node| match node {
        Node::Element(child) => Some(Node::from(without_comments(child))),
        Node::Text(text) => Some(Node::Text(text.clone())),
        Node::Comment(_) | Node::Instruction(..) => None,
    });
    Element { children: kept.collect(), ..element.clone() }
}

/// An affix that an envelope has.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name in the profile.
    pub name: String,
    /// Its value; of one with several attributes, all of them.
    pub value: String,
    /// Where the value is written.
    pub span: Span,
    /// Its attributes, where the profile gives each a term.
    pub parts: Vec<Part>,
}

/// An attribute of an affix that repeats something of the stanza.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it repeats.
    pub term: Term,
    /// Its value.
    pub value: String,
    /// Where the value is written.
    pub span: Span,
}

/// An envelope as read.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// What is in the content, whether it belongs there or not.
    pub content: Vec<Element>,
    /// The affixes that the profile knows.
    pub affixes: Vec<Found>,
    /// The language that the envelope or its content declares for what is in it.
    pub language: Option<String>,
    /// Where the envelope's start tag is.
    pub span: Span,
}

/// Reads an envelope of a form of a profile. `situation` is known when a stanza carried it; without one, affixes that are
/// missing are only missed where `demanding` says that the profile is certain.
///
/// The form is held as its schema describes it, for every profile alike: the table says which children it has.
pub fn read(
    element: &Element,
    form: &Profile,
    profiles: &Profiles,
    situation: Option<&str>,
    demanding: bool,
) -> (Envelope, Vec<Fault>) {
    let mut faults = Vec::new();
    let contents: Vec<&Element> = element.elements().filter(|child| child.name == form.content).collect();
    check_content_count(element, &contents, form, &mut faults);
    check_form(element, &contents, form, &mut faults);
    faults.extend(std::iter::once(element).chain(contents.first().copied()).filter_map(wrong_language));
    let language = contents.first().and_then(|content| content.language()).or(element.language());
    let language = language.map(|language| trimmed(language).to_owned());
    let children: Vec<Element> =
        contents.iter().take(1).flat_map(|content| content.elements()).map(|child| aliased(child, form)).collect();
    check_namespaces(&children, form, &mut faults);
    let mut affixes = Vec::new();
    for child in element.elements() {
        if let Some((name, affix)) = form.affix(&child.name) {
            affixes.extend(read_affix(child, name, affix, profiles, &mut faults));
        }
    }
    check_uses(element, form, situation, demanding, &mut faults);
    check_stricter(element, form, profiles, &children, situation, demanding, &mut faults);
    (Envelope { content: children, affixes, language, span: element.start_tag }, faults)
}

/// A child of the content under the name by which the profile knows it.
fn aliased(child: &Element, form: &Profile) -> Element {
    let name = form.aliases.get(&child.name).unwrap_or(&child.name).clone();
    Element { name, ..child.clone() }
}

/// A language that is none: parts of letters and digits with hyphens between, the first of letters (the type of `xml:lang`).
fn wrong_language(element: &Element) -> Option<Fault> {
    let language = element.language().map(trimmed).filter(|language| !language.is_empty())?;
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = language.split('-').next().unwrap_or_default();
    let is_language = language.split('-').all(is_part) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let message = format!("`xml:lang` of `<{}>` is no language: `{language}`", element.written_name());
    (!is_language).then(|| Fault::new(FaultKind::EnvelopeForm, element.start_tag, message))
}

/// A value of a type whose white space does not count (XML Schema, `whiteSpace` `collapse`).
pub(super) fn trimmed(value: &str) -> &str {
    value.trim_matches(crate::xml::is_space)
}

/// The affixes that the content calls for beyond what the form demands.
fn check_stricter(
    element: &Element,
    form: &Profile,
    profiles: &Profiles,
    content: &[Element],
    situation: Option<&str>,
    demanding: bool,
    faults: &mut Vec<Fault>,
) {
    let before = faults.len();
    let mut strict = Vec::new();
    check_uses(element, &profiles.strictest(form, content, situation), situation, demanding, &mut strict);
    let is_known =
        |fault: &Fault| faults.iter().any(|known| known.kind == fault.kind && known.message == fault.message);
    let further: Vec<Fault> = strict.into_iter().filter(|fault| !is_known(fault)).collect();
    faults.extend(further);
    let requirement = profiles.verdict("strictest");
    for fault in faults.iter_mut().skip(before) {
        fault.grounds.extend(requirement.map(str::to_owned));
    }
}

/// What the schema of an envelope forbids: text, attributes that it does not define, elements of its namespace that are neither
/// the content nor an affix.
fn check_form(element: &Element, contents: &[&Element], form: &Profile, faults: &mut Vec<Fault>) {
    for holder in std::iter::once(element).chain(contents.iter().copied()) {
        let text = holder.children.iter().find_map(|node| match node {
            Node::Text(text) if !text.text.as_str().trim_matches(crate::xml::is_space).is_empty() => Some(text.span),
            _ => None,
        });
        faults.extend(text.map(|span| {
            let message = format!("text stands in `<{}/>`, which holds elements alone", holder.name.local);
            Fault::new(FaultKind::TextInEnvelope, span, message)
        }));
        faults.extend(surplus_attributes(holder, |name| name.is(XML, "lang")));
    }
    for child in element.elements().filter(|child| child.name != form.content) {
        match form.affix(&child.name) {
            Some((_, affix)) => check_affix_form(child, affix, faults),
            None if child.name.namespace == form.envelope.namespace || child.name.namespace.is_empty() => {
                let message = format!("`<{}/>` is nothing that an envelope has", child.name.local);
                let fault = Fault::new(FaultKind::EnvelopeForm, child.start_tag, message);
                faults.push(fault.note("an affix that is not defined here has a namespace of its own"));
            }
            None => {}
        }
    }
}

/// An affix holds its value, and nothing else.
fn check_affix_form(element: &Element, affix: &Affix, faults: &mut Vec<Fault>) {
    let form = |span, what: &str| {
        Fault::new(FaultKind::EnvelopeForm, span, format!("`<{}/>` holds {what}", element.name.local))
    };
    faults.extend(surplus_attributes(element, |name| name.namespace.is_empty() && affix.has_attribute(&name.local)));
    if let Some(child) = element.elements().next() {
        faults.push(form(child.start_tag, "an element"));
    }
    if (affix.attribute.is_some() || !affix.attributes.is_empty()) && !element.text().as_str().is_empty() {
        faults.push(form(element.span, "text beside its attribute"));
    }
}

fn surplus_attributes(element: &Element, is_defined: impl Fn(&Name) -> bool) -> Option<Fault> {
    let attribute = element.attributes.iter().find(|attribute| !is_defined(&attribute.name))?;
    let message =
        format!("`<{}/>` has an attribute `{}`, which is not defined", element.name.local, attribute.name.local);
    Some(Fault::new(FaultKind::EnvelopeForm, attribute.span, message))
}

fn check_content_count(element: &Element, contents: &[&Element], form: &Profile, faults: &mut Vec<Fault>) {
    let name = &form.content.local;
    match contents {
        [_] => {}
        [] => faults.push(
            Fault::new(FaultKind::ContentCount, element.start_tag, format!("the envelope has no `<{name}/>`"))
                .help(format!("put the extension elements into one `<{name} xmlns='{}'>`", form.content.namespace)),
        ),
        [first, second, ..] => faults.push(
            Fault::new(FaultKind::ContentCount, second.start_tag, format!("a second `<{name}/>` in one envelope"))
                .related(first.start_tag, "the first one")
                .help("put everything into the first one: receivers disagree about which of two they read"),
        ),
    }
}

fn check_namespaces(children: &[Element], form: &Profile, faults: &mut Vec<Fault>) {
    let inherited = &form.content.namespace;
    for child in children.iter().filter(|child| child.name.namespace == *inherited || child.name.namespace.is_empty()) {
        let name = &child.name.local;
        let note = match child.name.namespace.is_empty() {
            true => "an element without a namespace means nothing to a receiver".to_owned(),
            false => format!("without one it is an element of `{inherited}`, which has no `{name}`"),
        };
        faults.push(
            Fault::new(
                FaultKind::UnqualifiedContent,
                child.name_span,
                format!("`<{name}>` has no namespace of its own"),
            )
            .note(note)
            .help(format!("say which one it is of, for example `<{name} xmlns='{}'>`", crate::xml::CLIENT)),
        );
    }
}

fn read_affix(
    element: &Element,
    name: &str,
    affix: &Affix,
    profiles: &Profiles,
    faults: &mut Vec<Fault>,
) -> Option<Found> {
    let mut names = affix.attribute.iter().chain(affix.attributes.keys());
    if let Some(missing) = names.find(|name| element.attribute(name).is_none()) {
        let message = format!("`<{name}/>` has no attribute `{missing}`");
        let mut fault =
            Fault::new(kind_of_value(affix), element.start_tag, message).requirement(affix.requirement.as_deref());
        fault.grounds.extend(profiles.verdict(FaultKind::EnvelopeForm.word()).map(str::to_owned));
        faults.push(fault);
        return None;
    }
    let part = |(attribute, &term): (&String, &Term)| {
        let found = element.attribute(attribute)?;
        Some(Part { term, value: found.value.as_str().to_owned(), span: found.value_span })
    };
    let parts: Vec<Part> = affix.attributes.iter().filter_map(part).collect();
    let (value, span) = match affix.attribute.as_deref().and_then(|attribute| element.attribute(attribute)) {
        Some(found) if affix.holds == Holds::Time => (trimmed(found.value.as_str()).to_owned(), found.value_span),
        Some(found) => (found.value.as_str().to_owned(), found.value_span),
        None if parts.is_empty() => (element.text().as_str().to_owned(), element.span),
        None => (parts.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(" "), element.start_tag),
    };
    faults.extend(check_value(name, affix, &value, span));
    Some(Found { name: name.to_owned(), value, span, parts })
}

fn kind_of_value(affix: &Affix) -> FaultKind {
    match affix.holds {
        Holds::Time => FaultKind::InvalidTime,
        Holds::Recipient | Holds::Sender => FaultKind::InvalidJid,
        Holds::Padding | Holds::Stanza | Holds::Other => FaultKind::EnvelopeForm,
    }
}

fn check_value(name: &str, affix: &Affix, value: &str, span: Span) -> Option<Fault> {
    let requirement = affix.requirement.as_deref();
    match affix.holds {
        Holds::Time => {
            let error = time::parse_date_time(value).err()?;
            if time::parse_date_time_or_utc(value).is_ok() {
                let message = format!("`{value}` has no time zone; it is read as UTC");
                let fault = Fault::new(FaultKind::InvalidTime, span, message).tolerated();
                return Some(fault.help(format!("write `{value}Z`")).requirement(requirement));
            }
            let fault = Fault::new(FaultKind::InvalidTime, span, format!("`{value}` is no XEP-0082 DateTime"));
            Some(fault.note(error.to_string()).help("write UTC as `2026-09-14T09:00:00Z`").requirement(requirement))
        }
        Holds::Recipient | Holds::Sender => match jid::parse(value) {
            Err(error) => {
                let fault = Fault::new(FaultKind::InvalidJid, span, format!("`{value}` is no JID"));
                let fault = fault.note(error.to_string()).requirement(requirement);
                // Of several one has to agree; another one is nobody's address and does no harm.
                Some(if affix.maximum == 1 { fault } else { fault.tolerated() })
            }
            Ok(address) if address.resource().is_some() => {
                let message = format!("`<{name}/>` names a full JID, but a bare one is demanded");
                let fault = Fault::new(FaultKind::FullJid, span, message).tolerated();
                Some(fault.help(format!("write `{}`", jid::bare(value))).requirement(requirement))
            }
            Ok(_) => None,
        },
        Holds::Padding | Holds::Stanza | Holds::Other => None,
    }
}

fn check_uses(element: &Element, form: &Profile, situation: Option<&str>, demanding: bool, faults: &mut Vec<Fault>) {
    for (name, affix) in &form.affixes {
        let qualified = affix.name_in(&form.envelope, name);
        let found: Vec<&Element> = element.elements().filter(|child| child.name == qualified).collect();
        let requirement = affix.requirement.as_deref();
        match (affix.use_in(situation), found.as_slice()) {
            (Use::Required, []) if demanding => faults.push(
                Fault::new(FaultKind::MissingAffix, element.start_tag, format!("the envelope has no `<{name}/>`"))
                    .note(format!("the profile `{}` requires it: {}", form.id, affix.reason))
                    .requirement(requirement),
            ),
            (Use::Forbidden, [first, ..]) => faults.push(
                Fault::new(FaultKind::UnexpectedAffix, first.start_tag, format!("`<{name}/>` is forbidden here"))
                    .note(format!("the profile `{}` forbids it: {}", form.id, affix.reason))
                    .requirement(requirement),
            ),
            (_, [first, rest @ ..]) if affix.maximum > 0 && found.len() > affix.maximum => {
                if let Some(surplus) = rest.get(affix.maximum.saturating_sub(1)) {
                    let message = format!("`<{name}/>` occurs more than {} in one envelope", times(affix.maximum));
                    let fault = Fault::new(FaultKind::UnexpectedAffix, surplus.start_tag, message);
                    faults.push(fault.related(first.start_tag, "the first one").requirement(requirement));
                }
            }
            _ => {}
        }
    }
}

fn times(number: usize) -> String {
    if number == 1 { "once".into() } else { format!("{number} times") }
}
