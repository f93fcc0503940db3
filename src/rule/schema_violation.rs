//! # schema-violation
//!
//! An example breaks the document's own XML Schema.
//!
//! ## What it does
//!
//! Validates the elements of every example with the schemas that the document has. A draft with a `schema.xsd` beside it is held to
//! everything that it says. The examples of other XEPs are often abridged, so there only what cannot be an abridgement is told.
//! Where the schema looks like the one that is wrong, the finding says so.
//!
//! ## Why it matters
//!
//! The text, the schema and the examples say the same in three ways. Where they differ, one reader implements this and the
//! other that.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <sent stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-receive-schema`, `spec/xep-sce/draft.md#schema`
//! - XML Schema 1.0, Structures: <https://www.w3.org/TR/xmlschema-1/>

use super::outdated_schema::Judge;
use super::span_set::SpanSet;
use super::{Context, Rule, misspelt_xmlns};
use crate::example::{Example, Kind};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::{State, Violation, ViolationKind};
use crate::source::Span;
use crate::xml::parse::distance_at_most;
use crate::xml::{Element, Name};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "schema-violation",
    severity: Severity::Error,
    source: include_str!("schema_violation.rs"),
    check: Some(check),
};

/// How often the same must stand in a document until the schema is suspected rather than the examples.
const OFTEN: usize = 3;

/// A violation and the example in which it is.
pub(super) type Told<'a> = (&'a Example, &'a Violation);

/// What the document's own schemas forbid, by what is probably wrong: numbers of the context's violations.
#[derive(Default)]
pub(super) struct ByCause {
    /// The examples.
    of_examples: Vec<usize>,
    /// The schema; the same in several places stands together.
    of_schema: Vec<Vec<usize>>,
}

/// What the schema is to blame for; the same in several places stands together.
pub(super) fn of_schema<'c>(context: &'c Context<'_>) -> impl Iterator<Item = Vec<Told<'c>>> {
    by_cause(context).of_schema.iter().map(|group| told(context, group).collect())
}

fn by_cause<'c>(context: &'c Context<'_>) -> &'c ByCause {
    context.by_cause.get_or_init(|| sorted(context))
}

fn told<'c>(context: &'c Context<'_>, numbers: &'c [usize]) -> impl Iterator<Item = Told<'c>> {
    let violations = numbers.iter().filter_map(|number| context.violations.get(*number));
    violations.filter_map(|(at, violation)| Some((context.examples.get(*at)?, violation)))
}

/// Sorts what is told. A schema that is held strictly is right by definition.
fn sorted(context: &Context<'_>) -> ByCause {
    let strict = context.yardstick.strict_schema;
    let is_told = |(at, violation): &(usize, Violation)| match context.examples.get(*at) {
        Some(_) if strict => !is_elision(violation),
        Some(example) => is_precise(example, violation, context),
        None => false,
    };
    let all = context.violations.iter().enumerate().filter(|(_, one)| is_told(one)).map(|(number, _)| number);
    let all: Vec<usize> = all.collect();
    if strict || all.is_empty() {
        return ByCause { of_examples: all, of_schema: Vec::new() };
    }
    let judge = Judge::of(context);
    let mut groups: BTreeMap<(Key<'_>, &Name), Vec<usize>> = BTreeMap::new();
    for number in all {
        if let Some((_, violation)) = context.violations.get(number) {
            groups.entry((key(violation), &violation.name)).or_default().push(number);
        }
    }
    let mut causes = ByCause::default();
    for group in groups.into_values() {
        let shown: Vec<Told<'_>> = told(context, &group).collect();
        let on_purpose = shown.iter().any(|(example, _)| example.kind == Kind::CounterExample);
        match !on_purpose && judge.blames_schema(&shown) {
            true => causes.of_schema.push(group),
            false => causes.of_examples.extend(group),
        }
    }
    causes.of_examples.sort_unstable();
    causes
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let told: Vec<Told<'_>> = told(context, &by_cause(context).of_examples).collect();
    let counted = count(&told);
    let mut blamed = BTreeSet::new();
    let mut lacking: Option<(&Example, Vec<&Violation>)> = None;
    for (example, violation) in told {
        if let Some(blame) = &violation.blames_schema
            && !blamed.insert((blame.span.file, blame.span.start, blame.message.as_str()))
        {
            // What is wrong is the schema, at one place, and that is told.
            continue;
        }
        let same_element = lacking.as_ref().is_some_and(|(_, violations)| {
            violations.first().is_some_and(|first| first.span == violation.span && first.kind == violation.kind)
        });
        match &mut lacking {
            Some((_, violations)) if same_element => violations.push(violation),
            _ => {
                flush(lacking.take(), &counted, sink);
                lacking = Some((example, vec![violation]));
            }
        }
    }
    flush(lacking, &counted, sink);
    foreign(context, sink);
}

/// Tells what the schemas of other documents forbid.
fn foreign(context: &Context<'_>, sink: &mut Sink) {
    let told = SpanSet::new(sink.findings().iter().filter(|finding| finding.rule == RULE.name).map(|one| one.span));
    for (at, foreign) in &context.foreign_violations {
        let Some(example) = context.examples.get(*at) else { continue };
        let violation = &foreign.violation;
        let is_kept = example.kind != Kind::CounterExample && is_precise(example, violation, context);
        // An attribute of which the document itself speaks is its extension, whatever others say.
        let is_added = || violation.kind == ViolationKind::UnknownAttribute && !seems_misspelt(violation);
        let is_meant = || is_added() && context.prose().has_together(&violation.parent.local, &violation.name.local);
        let is_right =
            || is_shown_by_its_authors(violation, context) || is_only_named(example, violation) || is_meant();
        if !is_kept || told.meet(violation.span) || is_right() {
            continue;
        }
        let place = foreign.place.as_ref().map_or_else(String::new, |place| format!(", at {place}"));
        let whose = format!("so says the schema of {}{place}", foreign.title);
        let mut finding = Finding::new(RULE.name, violation.span, violation.message.clone()).note(whose);
        finding.help = namespace_of(violation, context).map(|name| format!("add `xmlns='{name}'`, if that is meant"));
        sink.extend_in(&example.id, [finding]);
    }
}

/// The namespace in which the document uses an element elsewhere that stands here in another one, inherited from its parent.
fn namespace_of<'a>(violation: &Violation, context: &Context<'a>) -> Option<&'a str> {
    let is_inherited = violation.kind == ViolationKind::UnknownElement && !violation.foreign;
    let elements = context.examples.iter().filter(|_| is_inherited).flat_map(Example::elements);
    let mut names = elements.flat_map(Element::descendants).map(|element| &element.name);
    let is_other = |name: &&Name| name.local == violation.name.local && name.namespace != violation.name.namespace;
    names.find(is_other).map(|name| name.namespace.as_str()).filter(|namespace| !namespace.is_empty())
}

/// Whether the document with the schema breaks it in the same way: then the schema is what is wrong, and told there.
fn is_shown_by_its_authors(violation: &Violation, context: &Context<'_>) -> bool {
    let Some(shown) = context.yardstick.neighbours.shown.by_others(&violation.parent) else { return false };
    let with = || shown.with_attribute(&violation.name.local);
    match violation.kind {
        ViolationKind::UnknownAttribute => with() > 0,
        ViolationKind::MissingAttribute => with() < shown.count(),
        ViolationKind::UnknownElement | ViolationKind::WildcardExhausted => shown.with_child(&violation.name) > 0,
        _ => false,
    }
}

/// Whether an element without anything in it stands for what it is the name of, as where a feature is offered.
fn is_only_named(example: &Example, violation: &Violation) -> bool {
    violation.kind == ViolationKind::MissingAttribute
        && element_around(example, violation.span)
            .is_some_and(|element| element.attributes.is_empty() && element.children.is_empty())
}

/// The element whose start tag is around a place.
fn element_around(example: &Example, span: Span) -> Option<&Element> {
    example.elements().flat_map(Element::descendants).find(|element| element.start_tag.contains(span))
}

/// Tells violations at one place as one finding.
fn flush(violations: Option<(&Example, Vec<&Violation>)>, counted: &Counted<'_>, sink: &mut Sink) {
    let Some((example, violations)) = violations else { return };
    let Some(first) = violations.first() else { return };
    let mut finding = finding(first, counted);
    if first.kind == ViolationKind::MissingAttribute && violations.len() > 1 {
        let names: Vec<String> = violations.iter().map(|violation| format!("`{}`", violation.name.local)).collect();
        finding.message = format!("`{}` lacks the attributes {}", first.parent.local, names.join(", "));
    } else {
        let rest = violations.iter().skip(1).map(|violation| self::finding(violation, counted));
        sink.extend_in(&example.id, rest);
    }
    sink.extend_in(&example.id, [finding]);
}

/// Whether the value that is wrong says that it is left out: no schema allows `...`, and every reader understands it.
pub(super) fn is_elision(violation: &Violation) -> bool {
    let value = violation.message.split('`').nth(1).unwrap_or("");
    matches!(violation.kind, ViolationKind::InvalidText | ViolationKind::InvalidAttributeValue)
        && matches!(value.trim(), "..." | "…" | "[...]" | "[…]")
}

/// Whether a violation is a fault also where examples are abridged, as those of XEPs are.
pub(super) fn is_precise(example: &Example, violation: &Violation, context: &Context<'_>) -> bool {
    use ViolationKind::{
        InvalidAttributeValue, InvalidText, MissingAttribute, TextNotAllowed, UnknownAttribute, UnknownElement,
        WildcardExhausted, WrongNamespace,
    };
    let kept = matches!(
        violation.kind,
        UnknownElement
            | UnknownAttribute
            | InvalidAttributeValue
            | InvalidText
            | MissingAttribute
            | TextNotAllowed
            | WildcardExhausted
            | WrongNamespace
    );
    let foreign = violation.foreign && !matches!(violation.kind, WildcardExhausted | WrongNamespace);
    let is_of_children = !matches!(violation.kind, UnknownAttribute | InvalidAttributeValue | UnknownElement);
    let left_out = is_of_children && violation.beside_elision
        || violation.kind == MissingAttribute && example.kind == Kind::Partial;
    let is_abridged = |element: &Element| example.has_elision_in(element.start_tag);
    let stands_for = violation.only_white_space || violation.placeholder;
    kept && !foreign
        && !left_out
        && !stands_for
        && !is_returned(example, violation.span)
        && (violation.kind != MissingAttribute || !context.is_sketch(example))
        && is_readable(context, violation)
        && (violation.kind != WrongNamespace || is_sound(context, &violation.parent.namespace))
        && (violation.kind != TextNotAllowed || is_address_alone(example, violation.span))
        && !declares_wrongly(example, violation)
        && !(example.has_elisions() && element_around(example, violation.span).is_some_and(is_abridged))
}

/// Whether the element that is wrong is in the wrong namespace since its `xmlns` is misspelt, which another rule tells.
fn declares_wrongly(example: &Example, violation: &Violation) -> bool {
    let is_of_element = matches!(violation.kind, ViolationKind::UnknownElement | ViolationKind::WrongNamespace);
    is_of_element
        && element_around(example, violation.span)
            .is_some_and(|element| element.attributes.iter().any(misspelt_xmlns::is_meant))
}

/// Whether the document's own schemas of a namespace are as their author wrote them: what had to be mended may be what is wrong.
fn is_sound(context: &Context<'_>, namespace: &str) -> bool {
    let own = context.yardstick.schema_sources.iter().enumerate();
    let mut own = own.filter(|(_, schema)| schema.target_namespace() == namespace);
    own.all(|(at, _)| context.yardstick.schemas.state(at) == Some(State::Clean))
}

/// Whether a text is an address, and all that its element holds: then it is meant, and stands where elements should.
fn is_address_alone(example: &Example, span: Span) -> bool {
    let mut all = example.elements().flat_map(Element::descendants);
    let holder = all.find(|element| element.elements().next().is_none() && element.span.contains(span));
    holder.is_some_and(|element| {
        let text = element.text();
        let word = text.as_str().trim();
        word.starts_with(char::is_alphanumeric) && !word.contains(char::is_whitespace) && word.contains('@')
    })
}

/// Whether a place is in the payload of an error, which repeats a request that was refused, mostly for what is wrong in it.
pub(super) fn is_returned(example: &Example, span: Span) -> bool {
    // Attributes are looked through last: the element with the place may have any number of them, each a violation.
    let holds = |child: &Element| child.name.local != "error" && child.span.contains(span);
    let around = example.elements().flat_map(Element::descendants).filter(|element| element.span.contains(span));
    let mut parents = around.filter(|element| element.elements().any(holds));
    parents.any(|stanza| stanza.value("type") == Some("error"))
}

/// Whether the schema could be read whole: what it seems to forbid may else stand in the part that was lost.
pub(super) fn is_readable(context: &Context<'_>, violation: &Violation) -> bool {
    let mut schemas = context.yardstick.schema_sources.iter();
    !schemas.any(|schema| schema.target_namespace() == violation.parent.namespace && !schema.problems().is_empty())
}

/// What makes two violations the same: the sort, the element, and what is said of a value or name, whichever it is.
type Key<'a> = (ViolationKind, &'a Name, &'a str);

/// How often the same is told, and in which examples.
type Counted<'a> = BTreeMap<Key<'a>, (usize, BTreeSet<&'a str>)>;

fn key(violation: &Violation) -> Key<'_> {
    let is_value = matches!(violation.kind, ViolationKind::InvalidText | ViolationKind::InvalidAttributeValue);
    let message = violation.message.as_str();
    let said = if is_value { message.split_once("` ").map_or(message, |(_, said)| said) } else { message };
    (violation.kind, &violation.parent, said)
}

fn count<'a>(told: &[(&'a Example, &'a Violation)]) -> Counted<'a> {
    let mut counted = Counted::new();
    for (example, violation) in told {
        let entry = counted.entry(key(violation)).or_default();
        entry.0 += 1;
        entry.1.insert(&example.id);
    }
    counted
}

fn finding(violation: &Violation, counted: &Counted<'_>) -> Finding {
    let code = format!("XML Schema: {}", violation.code);
    let mut finding = Finding::new(RULE.name, violation.span, violation.message.clone()).note(code);
    if let Some(blame) = &violation.blames_schema {
        finding = finding.related(blame.span, blame.message.clone());
        return finding.note("the schema is probably to blame, not the example");
    }
    if let Some(declared) = violation.declared {
        finding = finding.related(declared, "declared here");
    }
    match counted.get(&key(violation)) {
        Some((times, examples)) if *times >= OFTEN && examples.len() > 1 && !seems_misspelt(violation) => finding
            .note(format!("it stands so in {times} places of this document: the schema may be what is out of date")),
        _ => finding,
    }
}

/// Whether one of the names that are allowed is close to the one that is not.
pub(super) fn seems_misspelt(violation: &Violation) -> bool {
    let mut named = violation.message.split('`').skip(1).step_by(2);
    // Of a short name every letter counts.
    let slips = |name: &str| (name.len().min(violation.name.local.len()) / 3).min(2);
    named.any(|name| name != violation.name.local && distance_at_most(name, &violation.name.local, slips(name)))
}
