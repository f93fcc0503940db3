//! The life of an example: its kind, its links to other examples, its round trip, its generated ciphertext.

pub mod attack;
pub mod cast;
pub mod compare;
pub mod cost;
pub mod explanation;
pub mod generate;
pub mod kind;
pub mod lexicon;
pub mod printed;
pub mod proven;
pub mod published;
pub mod receive;
pub mod rehearse;
pub mod round_trip;
pub mod sealed;
pub mod sibling;
pub mod story;
pub mod vectors;

pub use cast::Cast;
pub use kind::Kind;
pub use lexicon::Lexicon;

use crate::document::number::{ListingPlace, Numbers, listings_with_sections};
use crate::document::{Directives, Document, ListingKind};
use crate::source::{MappedText, Span};
use crate::xml::{Element, Parsed, Problem, ProblemKind};
use std::collections::BTreeSet;

/// A name with everything replaced that could mean something to a file system.
pub fn plain_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    if plain.is_empty() { "example".into() } else { plain }
}

/// What a counter-example is expected to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// A rule speaks up.
    Rule(String),
    /// A receiver comes to a verdict, because of requirements.
    Verdict(Verdict, Vec<String>),
}

/// What a receiver does with a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It refuses the whole of it.
    Reject,
    /// It goes on, without what is wrong.
    Ignore,
    /// It finds nothing wrong.
    Accept,
    /// It takes it for one that was not sealed.
    Unsealed,
    /// It opens it, and marks it as one whose time is too far away.
    Late,
    /// It opens it, and takes nobody for its author.
    Unauthenticated,
    /// Of keys that somebody publishes: it encrypts nothing to them.
    Unusable,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 7] = [
        Verdict::Reject,
        Verdict::Ignore,
        Verdict::Accept,
        Verdict::Late,
        Verdict::Unsealed,
        Verdict::Unauthenticated,
        Verdict::Unusable,
    ];

    /// The word that an author writes.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Reject => "reject",
            Verdict::Ignore => "ignore",
            Verdict::Accept => "accept",
            Verdict::Late => "late",
            Verdict::Unsealed => "unsealed",
            Verdict::Unauthenticated => "unauthenticated",
            Verdict::Unusable => "unusable",
        }
    }

    /// What a receiver does, in the third person.
    pub fn does(self) -> &'static str {
        match self {
            Verdict::Reject => "refuses it",
            Verdict::Ignore => "goes on without what is wrong",
            Verdict::Accept => "accepts it",
            Verdict::Late => "marks it as late",
            Verdict::Unsealed => "takes it for one that nobody has sealed",
            Verdict::Unauthenticated => "opens it, and takes nobody for its author",
            Verdict::Unusable => "encrypts nothing to these keys",
        }
    }
}

/// An example or code block, ready to be checked.
#[derive(Debug)]
pub struct Example {
    /// `example-6`, `code-2`.
    pub id: String,
    /// The name that the author gave.
    pub name: Option<String>,
    /// Whether it is an `<example>` or a `<code>`.
    pub block: ListingKind,
    /// The caption.
    pub caption: Option<String>,
    /// The whole block in the author's file.
    pub span: Span,
    /// The sections that it stands in, the innermost last.
    pub sections: Vec<usize>,
    /// Its kind.
    pub kind: Kind,
    /// Why it is of that kind.
    pub kind_reason: String,
    /// `xml`, or what else it is.
    pub syntax: &'static str,
    /// Its text; of a generated one what was generated.
    pub text: MappedText,
    /// Whether the text was generated from another example.
    pub generated: bool,
    /// Its trees.
    pub parsed: Parsed,
    /// What is not well-formed and explained by no convention.
    pub problems: Vec<Problem>,
    /// What the author says to the checker.
    pub directives: Directives,
    /// What it is expected to do, if it is wrong on purpose.
    pub expectation: Option<Expectation>,
}

impl Example {
    /// The ids of the archive queries that its author says the receiver has made.
    pub fn queries(&self) -> Option<Vec<String>> {
        let ids = self.directives.text("queries")?;
        Some(ids.split(',').map(|id| id.trim().to_owned()).collect())
    }

    /// What its author says that the receiver's account has joined, beside the rooms of the cast.
    pub fn joined(&self) -> impl Iterator<Item = String> {
        let rooms = self.directives.text("joined").unwrap_or_default().split(',').map(str::trim);
        rooms.filter(|room| !room.is_empty()).map(str::to_owned)
    }

    /// Whether something was left out of a tag in that region.
    pub fn has_elision_in(&self, region: Span) -> bool {
        self.parsed.elisions.iter().any(|elision| region.contains(*elision))
    }

    /// Whether something was left out of any tag.
    pub fn has_elisions(&self) -> bool {
        !self.parsed.elisions.is_empty()
    }

    /// The elements at top level.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.parsed.elements()
    }

    /// The names of the profiles that it goes through, as its author says beside it, else as the document's header says.
    pub fn profile_names(&self, document: &Document) -> Option<Vec<String>> {
        let header = document.header.profiles.as_ref().map(|field| field.as_str());
        let named = self.directives.text("profiles").or(header)?;
        Some(named.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// The name, or else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// The name of a file for it: whatever an author calls an example, the file stays in its folder.
    pub fn file_name(&self) -> String {
        format!("{}.{}", plain_name(self.label()), if self.syntax == "xml" { "xml" } else { "txt" })
    }

    /// Whether nothing is left out of it: it can be sealed and opened as it stands.
    pub fn is_whole(&self) -> bool {
        let judged_whole = matches!(self.kind, Kind::Complete | Kind::Fragment | Kind::CounterExample);
        judged_whole && self.problems.is_empty() && self.parsed.elisions.is_empty()
    }
}

/// The examples of a document. `generated` gives the text of those that are made from others, by id.
pub fn examples(document: &Document, numbers: &Numbers, generated: &dyn Fn(&str) -> Option<String>) -> Vec<Example> {
    let mut examples = examples_by(document, numbers, generated, kind::judge);
    explain_prefixes(&mut examples);
    examples
}

/// The examples of a document that is only to be shown: their texts and what syntax these have. They have no trees, and
/// nothing is said of their kinds.
pub fn unjudged(document: &Document, numbers: &Numbers, generated: &dyn Fn(&str) -> Option<String>) -> Vec<Example> {
    examples_by(document, numbers, generated, kind::glance)
}

fn examples_by(
    document: &Document,
    numbers: &Numbers,
    generated: &dyn Fn(&str) -> Option<String>,
    judge: fn(&MappedText, Option<Kind>) -> kind::Judged,
) -> Vec<Example> {
    let places = listings_with_sections(document);
    let both = places.iter().zip(&numbers.listings);
    both.map(|(place, number)| example(place, &number.id, generated(&number.id), judge)).collect()
}

/// An excerpt (what is no stanza) uses prefixes that another example declares, in the element that it is taken from.
fn explain_prefixes(examples: &mut [Example]) {
    let is_schema = |example: &&Example| example.elements().any(|element| element.name.namespace == crate::schema::XSD);
    let all = examples.iter().filter(|example| !is_schema(example)).flat_map(Example::elements);
    let declarations = all.flat_map(Element::descendants).flat_map(|element| &element.declarations);
    let declared: BTreeSet<String> = declarations.filter_map(|declaration| declaration.prefix.clone()).collect();
    for example in examples.iter_mut().filter(|example| !example.parsed.elements().any(sealed::is_stanza)) {
        example.problems.retain(|problem| {
            let prefix = problem.message.split('`').nth(1).unwrap_or("");
            problem.kind != ProblemKind::UnboundPrefix || !declared.contains(prefix)
        });
    }
}

fn example(
    place: &ListingPlace<'_>,
    id: &str,
    generated: Option<String>,
    judge: fn(&MappedText, Option<Kind>) -> kind::Judged,
) -> Example {
    let listing = place.listing;
    let directives = listing.directives.clone();
    let is_generated = generated.is_some();
    let text = match generated {
        Some(text) => MappedText::standing_for(text, listing.span.0),
        None => listing.trimmed_text(),
    };
    let declared = directives.text("kind").and_then(Kind::from_word);
    let judged = judge(&text, declared.filter(|kind| *kind != Kind::CounterExample));
    let is_counter_example = declared == Some(Kind::CounterExample);
    Example {
        id: id.to_owned(),
        name: directives.text("id").map(str::to_owned),
        block: listing.kind,
        caption: listing.caption.as_ref().map(|caption| caption.as_str().to_owned()),
        span: listing.span.0,
        sections: place.sections.clone(),
        kind: if is_counter_example { Kind::CounterExample } else { judged.kind },
        kind_reason: if is_counter_example { "the author says so".into() } else { judged.reason },
        syntax: judged.syntax,
        text,
        generated: is_generated,
        parsed: judged.parsed,
        problems: judged.problems,
        expectation: directives.text("expect").map(Expectation::parse),
        directives,
    }
}

impl Expectation {
    /// What `expect` says: the name of a rule, or a verdict, a colon and the requirements that decide, with commas between.
    pub fn parse(text: &str) -> Expectation {
        let verdict = text.split_once(':').and_then(|(word, requirements)| {
            let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)?;
            Some((verdict, requirements.split(',').map(|id| id.trim().to_owned()).collect()))
        });
        match verdict {
            Some((verdict, requirements)) => Expectation::Verdict(verdict, requirements),
            None => Expectation::Rule(text.to_owned()),
        }
    }

    /// What happened to the example, in a word or two.
    pub fn claim(&self) -> &'static str {
        match self {
            Expectation::Rule(_) => "wrong",
            Expectation::Verdict(Verdict::Reject, _) => "refused",
            Expectation::Verdict(Verdict::Ignore, _) => "what is wrong ignored",
            Expectation::Verdict(Verdict::Accept, _) => "accepted",
            Expectation::Verdict(Verdict::Late, _) => "marked as late",
            Expectation::Verdict(Verdict::Unsealed, _) => "not taken for sealed",
            Expectation::Verdict(Verdict::Unauthenticated, _) => "taken for nobody's word",
            Expectation::Verdict(Verdict::Unusable, _) => "keys not used",
        }
    }

    /// What the page says about it: the rule, or the requirements.
    pub fn grounds(&self) -> String {
        match self {
            Expectation::Rule(rule) => rule.clone(),
            Expectation::Verdict(_, requirements) => requirements.join(", "),
        }
    }
}

/// The stanza that an example is: one whole element, which is a message, presence or iq.
pub fn stanza_of(example: &Example) -> Option<&Element> {
    let mut elements = example.elements();
    let (first, second) = (elements.next()?, elements.next());
    let is_one = second.is_none() && sealed::is_stanza(first);
    (is_one && example.is_whole() && matches!(example.kind, Kind::Complete)).then_some(first)
}
