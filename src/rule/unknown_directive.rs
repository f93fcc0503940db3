//! # unknown-directive
//!
//! What an author says beside an example means nothing.
//!
//! ## What it does
//!
//! Reads the names and values with which authors speak to the checker: `kind`, `expect`, `seal`, `profile`, `at` and their like. Finds
//! names that do not exist, values that are none of those possible, and references to examples that are not there.
//!
//! ## Why it matters
//!
//! A misspelt instruction is not followed, and nothing would tell its author.
//!
//! ## Wrong
//!
//! ```xml kind=partail
//! <message from='romeo@montague.example'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ```xml profile=opengpg
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml kind=partial
//! <message from='romeo@montague.example'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ## Source
//!
//! - The conventions of the drafts here, as `spec/xep-sce/draft.md` uses them; XEP-XML has them as processing instructions:
//!   <https://www.w3.org/TR/xml/#sec-pi>

use super::{Context, Rule};
use crate::example::attack::TAMPERS;
use crate::example::{Example, Kind, kind::suggestion};
use crate::finding::{Finding, Severity, Sink};
use crate::protocol::omemo::bundle::Breach;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-directive",
    severity: Severity::Error,
    source: include_str!("unknown_directive.rs"),
    check: Some(check),
};

/// What an author can say beside an example.
const NAMES: [&str; 45] = [
    "id",
    "kind",
    "expect",
    "seal",
    "profile",
    "profiles",
    "part",
    "tamper",
    "element",
    "from",
    "to",
    "at",
    "type",
    "situation",
    "as",
    "occupant",
    "by",
    "device",
    "length",
    "text",
    "protection",
    "other",
    "on",
    "where",
    "attribute",
    "value",
    "new-id",
    "wrapper-from",
    "wrapper-to",
    "stamp",
    "fill",
    "breach",
    "covers",
    "sealed-from",
    "allow",
    "because",
    "src",
    "class",
    "columns",
    "with",
    "signed-at",
    "forwarded",
    "query",
    "queries",
    "joined",
];

const PARTS: [&str; 3] = ["sealed", "envelope", "restored"];

const KINDS: [&str; 7] = ["complete", "partial", "fragment", "stream", "transcript", "counter-example", "text"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.examples {
        for (name, value) in example.directives.iter() {
            let told = value_problem(context, example, name, value.value.as_str());
            let finding = told.map(|(message, help)| {
                let finding = Finding::new(RULE.name, value.span, message);
                if help.is_empty() { finding } else { finding.help(help) }
            });
            sink.extend_in(&example.id, finding);
        }
    }
}

/// What is wrong with `name=value`, and what to do.
fn value_problem(context: &Context<'_>, example: &Example, name: &str, value: &str) -> Option<(String, String)> {
    let profiles = &context.yardstick.rules.profiles;
    let known_profiles = || profiles.iter().map(|profile| profile.id.as_str()).collect::<Vec<_>>();
    let one_of = |known: &[&str]| {
        (!known.contains(&value)).then(|| (format!("`{name}` cannot be `{value}`"), choices(value, known)))
    };
    match name {
        "id" => name_problem(context, example, value),
        "kind" if Kind::from_word(value).is_none() => one_of(&KINDS),
        "part" => one_of(&PARTS),
        "breach" => one_of(&Breach::ALL.map(Breach::word)),
        "tamper" => one_of(&TAMPERS.map(|tamper| tamper.name)),
        "profile" if profiles.get(value).is_none() => one_of(&known_profiles()),
        "profiles" => value
            .split([' ', ','])
            .find(|id| !id.is_empty() && profiles.get(id).is_none())
            .map(|id| (format!("there is no profile `{id}`"), choices(id, &known_profiles()))),
        "situation" if profiles.situation(value).is_none() => {
            one_of(&profiles.situations().map(|(name, _)| name).collect::<Vec<_>>())
        }
        "seal" | "sealed-from" => missing_target(context, example, value),
        "at" if value.parse::<jiff::Timestamp>().is_err() => {
            Some((format!("`{value}` is no point in time"), "write it as `2026-09-14T09:00:00Z`".into()))
        }
        "allow" if super::find(value).is_none() => {
            let names: Vec<&str> = super::RULES.iter().map(|rule| rule.name).collect();
            Some((
                format!("there is no rule `{value}`"),
                suggestion(value, &names).map_or(String::new(), |near| format!("did you mean `{near}`?")),
            ))
        }
        _ if !NAMES.contains(&name) => Some((
            format!("`{name}` means nothing beside an example"),
            suggestion(name, &NAMES).map_or(String::new(), |near| format!("did you mean `{near}`?")),
        )),
        _ => None,
    }
}

fn choices(value: &str, known: &[&str]) -> String {
    match suggestion(value, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it can be {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// Names of examples are letters, digits, `-` and `_`, begin with `ex-`, and stand once.
fn name_problem(context: &Context<'_>, example: &Example, value: &str) -> Option<(String, String)> {
    let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !is_plain || !value.starts_with("ex-") {
        let help = "begin it with `ex-`, and use letters, digits, `-` and `_`";
        return Some((format!("`{value}` is no name for an example"), help.into()));
    }
    let mut before = context.examples.iter().take_while(|other| other.id != example.id);
    let taken = before.any(|other| other.name.as_deref() == Some(value));
    taken.then(|| (format!("another example has the name `{value}` already"), "names stand once in a document".into()))
}

fn missing_target(context: &Context<'_>, example: &Example, value: &str) -> Option<(String, String)> {
    let name = value.trim_start_matches('#');
    let others = context.examples.iter().filter(|other| other.id != example.id);
    let own = others.filter_map(|other| other.name.as_deref()).map(|name| format!("#{name}"));
    let siblings = context.yardstick.siblings.iter();
    let theirs = siblings.flat_map(|sibling| {
        let names = sibling.examples.iter().filter_map(|other| other.name.as_deref());
        names.map(|name| sibling.reference(name))
    });
    let names: Vec<String> = own.chain(theirs).collect();
    let wanted = if name.contains('#') { name.to_owned() } else { format!("#{name}") };
    let help = || match suggestion(&wanted, &names.iter().map(String::as_str).collect::<Vec<_>>()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name one by its `#id`, one of another document in the folder by `document#id`".into(),
    };
    (!names.contains(&wanted)).then(|| (format!("there is no other example `{wanted}`"), help()))
}
