//! XML: entities, trees with spans, canonical form for comparison, writing.
//!
//! Every node of a tree knows the author's bytes that it came from. Trees are compared by [`canonical`] form, never by bytes.

pub mod canonical;
pub mod content_model;
pub mod entities;
pub mod parse;
mod root;
pub mod strict;
pub mod tree;
pub mod write;

pub use parse::{Parsed, Problem, ProblemKind, parse, parse_accepted};
pub use root::root_name;
pub use tree::{Attribute, Declaration, Element, Name, Node, Text};

/// The namespace of stanzas between client and server (RFC 6120, section 4.8.2). A stanza without a namespace is taken for
/// one of this, as XEPs write them.
pub const CLIENT: &str = "jabber:client";

/// The namespace that the prefix `xml` always has.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Whether a character is white space in XML (XML 1.0, production 3).
pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
