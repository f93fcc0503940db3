//! What a build found out, as far as the pages tell it.

use crate::finding::Severity;

/// What is known about an example or code block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingFacts {
    /// `example-7` or `code-2`.
    pub id: String,
    /// Its stable id.
    pub name: Option<String>,
    /// Its kind: `complete`, `partial`, `counter-example`, ...
    pub kind: String,
    /// Why it is of that kind.
    pub kind_reason: String,
    /// The syntax of its text, for example `xml`.
    pub syntax: String,
    /// The checks that ran, by name. Nothing else may stand on a badge.
    pub checks: Vec<String>,
    /// What the author expected to happen to the example, and did.
    pub expected: Option<Expected>,
    /// The round trips that were made.
    pub round_trips: Vec<RoundTripFact>,
    /// What a sealed example holds, from the outside in.
    pub layers: Vec<Layer>,
    /// The text to show.
    pub text: String,
    /// The name of the file as which the text can be downloaded, where it can.
    pub file: Option<String>,
}

/// A round trip that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundTripFact {
    /// The profile's name.
    pub profile: String,
    /// The profile's title.
    pub title: String,
    /// Whether the profile really encrypts.
    pub encrypted: bool,
    /// The size of the sealed stanza, in bytes.
    pub sealed_bytes: usize,
    /// Whether the restored stanza was the one that was sealed.
    pub ok: bool,
}

/// One of the things that a sealed example holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// What it is: `Envelope`, `Content`, `Restored stanza`.
    pub title: String,
    /// Its XML.
    pub xml: String,
}

/// A finding, as far as the page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFinding {
    /// How bad it is.
    pub severity: Severity,
    /// The rule's name.
    pub rule: String,
    /// One short sentence.
    pub message: String,
    /// The line in the author's file.
    pub line: usize,
    /// The id of the example in which it stands.
    pub example: Option<String>,
}

/// A link that the page offers: another format, a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLink {
    /// What is there.
    pub title: String,
    /// Where, relative to the page.
    pub href: String,
}

/// What an author expected to happen to an example, and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// In a word or two: `wrong`, `refused`, ...
    pub claim: String,
    /// The rule that speaks up, or the requirements because of which a receiver does what it does.
    pub grounds: String,
}
