//! # disagreeing-text
//!
//! The text says of an attribute or an element another default, other values or another range than the schema.
//!
//! ## What it does
//!
//! Looks for sentences and rows of tables that name what the schemas of the document declare, and say which value it has by
//! default, which values it can have, or between which numbers it lies. Tells a declaration with a default, an enumeration or bounds
//! that are others: by default something else, without one of the values that the text names beside others that it knows, or with
//! both bounds and one of them another. Where a name is declared more than once, one that agrees is enough.
//!
//! ## Why it matters
//!
//! Some implementers read the text and some the schema. One of them refuses what the other sends, or takes silence for something else.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <p>The 'action' attribute says what happens. Its values are "add", "remove", and "modify"; the default is "add".</p>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:service'>
//!   <xs:element name='service'><xs:complexType><xs:attribute name='action' default='add'><xs:simpleType>
//!     <xs:restriction base='xs:NCName'>
//!       <xs:enumeration value='add'/><xs:enumeration value='delete'/><xs:enumeration value='modify'/>
//!     </xs:restriction>
//!   </xs:simpleType></xs:attribute></xs:complexType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <p>The default value of the 'stanza' attribute is "iq".</p>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:stream'>
//!   <xs:element name='open'><xs:complexType>
//!     <xs:attribute name='stanza' type='xs:NCName' default='message'/>
//!   </xs:complexType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <p>The &lt;rating/&gt; element holds a number between 1 and 10.</p>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:rating'>
//!   <xs:element name='rating'><xs:simpleType><xs:restriction base='xs:integer'>
//!     <xs:minInclusive value='1'/><xs:maxInclusive value='5'/>
//!   </xs:restriction></xs:simpleType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <p>The 'action' attribute says what happens. Its values are "add", "remove", and "modify"; the default is "add".</p>
//!   </section1>
//!   <section1 topic='XML Schema'>
//!     <code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:service'>
//!   <xs:element name='service'><xs:complexType><xs:attribute name='action' default='add'><xs:simpleType>
//!     <xs:restriction base='xs:NCName'>
//!       <xs:enumeration value='add'/><xs:enumeration value='modify'/><xs:enumeration value='remove'/>
//!     </xs:restriction>
//!   </xs:simpleType></xs:attribute></xs:complexType></xs:element>
//! </xs:schema>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XML Schema, part 1, 3.2.2: <https://www.w3.org/TR/xmlschema-1/#declare-attribute>
//! - XML Schema, part 2, 4.3: <https://www.w3.org/TR/xmlschema-2/#rf-facets>

use super::sentences::{self, Passage, Word};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::XSD;
use crate::source::Span;
use crate::xml::Element;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "disagreeing-text",
    severity: Severity::Warning,
    source: include_str!("disagreeing_text.rs"),
    check: Some(check),
};

/// How many words a statement spans at most, from what it is about to its value.
const NEAR: usize = 8;

/// What a schema says of the value of an attribute or an element.
struct Declared<'a> {
    span: Span,
    default: Option<&'a str>,
    values: Vec<&'a str>,
    least: Option<i64>,
    most: Option<i64>,
}

/// The declarations of each name.
type Names<'a> = BTreeMap<&'a str, Vec<Declared<'a>>>;

/// A word of each kind of statement.
const CUES: [&str; 6] = ["efault", "values", "one of", "either", "between", "range"];

/// What a text says of it.
enum Said<'w> {
    Default(&'w str),
    Values(Vec<&'w str>),
    Range(i64, i64),
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let declared = declared(context);
    if declared.is_empty() {
        return;
    }
    let mut told = HashSet::new();
    let passages = sentences::passages(context.document);
    for passage in passages.iter().filter(|passage| CUES.iter().any(|cue| passage.text.contains(cue))) {
        let mut topic = passage.subject.clone().filter(|subject| declared.contains_key(subject.as_str()));
        for sentence in sentences::sentences(&passage.text) {
            for (name, said) in statements(&sentence, topic.as_deref(), &declared) {
                let found = declared.get(name).and_then(|all| differs(name, all, &said));
                if let Some((span, message)) = found.filter(|found| told.insert(found.clone())) {
                    let finding = Finding::new(RULE.name, span, message);
                    let finding = finding.related(passage.span, "what the text says");
                    sink.extend([finding.help("let both say the same")]);
                }
            }
            topic = next_topic(&sentence, passage, &declared);
        }
    }
}

/// The declarations of which there is something to compare, by name. Those of one name that say nothing are among them.
fn declared<'a>(context: &Context<'a>) -> Names<'a> {
    let mut all = Names::new();
    let roots = context.examples.iter().flat_map(|example| example.elements());
    for schema in roots.filter(|element| element.name.is(XSD, "schema")) {
        let types = schema.elements().filter(|child| child.name.is(XSD, "simpleType"));
        // Of two with one name the first one counts.
        let types: Vec<_> = types.filter_map(|child| Some((child.value("name")?, child))).collect();
        let types: HashMap<&str, &Element> = types.into_iter().rev().collect();
        for part in schema.descendants() {
            let is_declaration = part.name.is(XSD, "attribute") || part.name.is(XSD, "element");
            if let Some(name) = part.value("name").filter(|_| is_declaration) {
                all.entry(name).or_default().push(declaration(&types, part));
            }
        }
    }
    let says = |one: &Declared<'_>| one.default.is_some() || !one.values.is_empty() || one.least.or(one.most).is_some();
    all.retain(|_, declarations| declarations.iter().any(says));
    all
}

fn declaration<'a>(types: &HashMap<&str, &'a Element>, part: &'a Element) -> Declared<'a> {
    let own = part.elements().find(|child| child.name.is(XSD, "simpleType"));
    let named = || types.get(part.value("type")?.rsplit(':').next()?).copied();
    let restriction = own.or_else(named).and_then(|type_| type_.child(XSD, "restriction"));
    let facets = |name: &'static str| {
        let facets = restriction.into_iter().flat_map(Element::elements).filter(move |facet| facet.name.is(XSD, name));
        facets.filter_map(|facet| facet.value("value"))
    };
    let bound = |name| facets(name).next().and_then(|value| value.trim().parse().ok());
    Declared {
        span: part.start_tag,
        default: part.value("default"),
        values: facets("enumeration").collect(),
        least: bound("minInclusive"),
        most: bound("maxInclusive"),
    }
}

/// What the next sentence is about if it does not say so itself: a row's subject, or the only name in this one.
fn next_topic(sentence: &[Word], passage: &Passage, declared: &Names<'_>) -> Option<String> {
    let is_known = |name: &str| declared.contains_key(name);
    let names: HashSet<&str> = sentence.iter().filter(|word| word.is_quoted).map(|word| word.text.as_str()).collect();
    match (passage.subject.as_deref(), names.len()) {
        (Some(subject), _) => Some(subject.to_owned()).filter(|subject| is_known(subject)),
        (None, 1) => names.into_iter().find(|name| is_known(name)).map(str::to_owned),
        (None, _) => None,
    }
}

/// What a sentence says, and of what.
fn statements<'w>(sentence: &'w [Word], topic: Option<&'w str>, declared: &Names<'_>) -> Vec<(&'w str, Said<'w>)> {
    let is_known = |word: &&Word| word.is_quoted && declared.contains_key(word.text.as_str());
    // The last name before a place, with nothing else in marks between.
    let about = |at: usize| match sentence.get(..at)?.iter().rev().find(|word| word.is_quoted) {
        Some(name) => Some(name).filter(is_known).map(|name| name.text.as_str()),
        None => topic,
    };
    let mut all = Vec::new();
    for at in 0..sentence.len() {
        let found = default(sentence, at, declared).or_else(|| values(sentence, at)).or_else(|| range(sentence, at));
        if let Some((said, own)) = found {
            all.extend(own.or_else(|| about(at)).map(|name| (name, said)));
        }
    }
    all
}

/// A statement, and what it is about if it says so behind its first word.
type Found<'w> = (Said<'w>, Option<&'w str>);

/// The word at a place if it is no name.
fn plain(sentence: &[Word], at: usize) -> Option<&str> {
    sentence.get(at).filter(|word| !word.is_quoted).map(|word| word.text.as_str())
}

/// `defaults to "a"`, `the default value of the 'b' attribute is "a"`, `"a" is the default`.
fn default<'w>(sentence: &'w [Word], at: usize, declared: &Names<'_>) -> Option<Found<'w>> {
    plain(sentence, at).filter(|word| matches!(*word, "default" | "defaults" | "Default" | "Defaults"))?;
    if let [.., value, is, the] = sentence.get(..at)?
        && (is.text.as_str(), the.text.as_str()) == ("is", "the")
        && value.is_quoted
    {
        // What it is about stands before the value.
        let before = sentence.get(..at - 3)?.iter().rev().find(|word| word.is_quoted);
        let name = before.filter(|word| declared.contains_key(word.text.as_str())).map(|word| word.text.as_str());
        return name.map(|name| (Said::Default(&value.text), Some(name)));
    }
    let mut own = None;
    let mut is_said = false;
    for (place, word) in sentence.iter().enumerate().skip(at + 1).take(NEAR) {
        let is_about = matches!(plain(sentence, place + 1), Some("attribute" | "element" | "is"));
        match word.text.as_str() {
            name if word.is_quoted && is_about && declared.contains_key(name) => (own, is_said) = (Some(name), false),
            value if word.is_quoted => return is_said.then_some((Said::Default(value), own)),
            "is" | "to" | "of" | "be" => is_said = true,
            "value" | "values" | "the" | "a" | "attribute" | "element" | "for" | "MUST" | "SHOULD" => {}
            value if is_said && is_plain_value(value) => return Some((Said::Default(value), own)),
            _ => return None,
        }
    }
    None
}

/// Whether a word without marks can only be a value.
fn is_plain_value(word: &str) -> bool {
    matches!(word, "true" | "false") || word.parse::<i64>().is_ok()
}

/// `the values are "a", "b", and "c"`, `one of "a" or "b"`.
fn values(sentence: &[Word], at: usize) -> Option<Found<'_>> {
    let is_cue = match plain(sentence, at)? {
        "values" | "either" => true,
        "one" => plain(sentence, at + 1) == Some("of"),
        _ => false,
    };
    let rest = sentence.get(at + 1..).filter(|_| is_cue)?;
    let first = rest.iter().take(NEAR).position(|word| word.is_quoted)?;
    let is_list = |word: &&Word| word.is_quoted || matches!(word.text.as_str(), "and" | "or");
    let list = rest.get(first..)?.iter().take_while(is_list).filter(|word| word.is_quoted);
    let values: Vec<&str> = list.map(|word| word.text.as_str()).collect();
    (values.len() > 1).then_some((Said::Values(values), None))
}

/// `between 1 and 10`, `from 1 to 10`, `range 1-10`.
fn range(sentence: &[Word], at: usize) -> Option<Found<'_>> {
    let number = |at: usize| plain(sentence, at)?.trim_start_matches('+').parse::<i64>().ok();
    let mut first = at + 1;
    let joint = match plain(sentence, at)? {
        "between" => "and",
        "from" => "to",
        "range" => {
            while matches!(plain(sentence, first), Some("of" | "from" | "is")) {
                first += 1;
            }
            "to"
        }
        _ => return None,
    };
    let is_joined = plain(sentence, first + 1) == Some(joint);
    let bounds = match (number(first), number(first + 2)) {
        (Some(least), Some(most)) if is_joined => (least, most),
        _ => {
            let (least, most) = plain(sentence, first)?.split_once('-')?;
            (least.parse().ok()?, most.parse().ok()?)
        }
    };
    Some((Said::Range(bounds.0, bounds.1), None))
}

/// What is otherwise in all declarations of a name, and where.
fn differs(name: &str, declarations: &[Declared<'_>], said: &Said<'_>) -> Option<(Span, String)> {
    let mut all = declarations.iter();
    match said {
        Said::Default(value) => {
            let is_same = |one: &Declared<'_>| one.default.is_none_or(|default| same(default, value));
            let first = all.find(|one| one.default.is_some())?;
            let default = first.default.filter(|_| !declarations.iter().any(|one| one.default.is_none()))?;
            (!declarations.iter().any(is_same))
                .then(|| (first.span, format!("`{name}` is `{default}` by default here, and `{value}` in the text")))
        }
        Said::Values(values) => {
            let knows = |one: &&Declared<'_>| values.iter().filter(|value| one.values.contains(value)).count();
            if declarations.iter().any(|one| one.values.is_empty()) {
                return None;
            }
            let nearest = all.max_by_key(knows)?;
            let unknown = values.iter().find(|value| !nearest.values.contains(value))?;
            (knows(&nearest) * 2 >= values.len()).then(|| {
                (nearest.span, format!("`{name}` cannot be `{unknown}` here, which the text names among its values"))
            })
        }
        Said::Range(least, most) => {
            let is_same = |one: &Declared<'_>| one.least.zip(one.most).is_none_or(|own| own == (*least, *most));
            let first = all.next().filter(|_| !declarations.iter().any(is_same))?;
            let (from, to) = first.least.zip(first.most)?;
            Some((
                first.span,
                format!("`{name}` lies between {from} and {to} here, and between {least} and {most} in the text"),
            ))
        }
    }
}

/// Whether two values are the same, however a truth value is written.
fn same(one: &str, other: &str) -> bool {
    let written = |value: &str| match value.trim() {
        "1" => "true".to_owned(),
        "0" => "false".to_owned(),
        value => value.to_lowercase(),
    };
    written(one) == written(other)
}
