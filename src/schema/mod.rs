//! XML Schema as XEPs use it: tolerant loading, judging, validating.
//!
//! A [`SchemaSource`] is the text of one schema as a tree. Several of them make a [`SchemaSet`]: each is judged (what is wrong
//! with it is a finding of the rule `faulty-schema` at its line), mended in memory where that is plain, and the rest is used.
//! A [`Validator`] holds elements against the set and tells every [`Violation`] with the span of the very node that is wrong.
//!
//! A [`Registry`] holds the schemas of a series, each compiled when something is held against it for the first time.
//!
//! What no schema of the set describes is unknown, never wrong. The judgement itself comes from an engine behind the trait
//! [`SchemaEngine`]; spans, words, mending and the lint of references are ours.

mod brief;
pub mod built_in;
mod elision;
mod engine;
mod judge;
mod lint;
mod mend;
mod registry;
mod set;
mod source;
mod validate;
mod wildcard;
mod words;
mod xsd;

pub use brief::brief;
pub use elision::beside_elision;
pub use engine::{Fault, FaultKind, Left, Place, Refusal, SchemaEngine, Scope, Validation};
pub use registry::{Described, ForeignViolation, Registry};
pub use set::{SchemaSet, State};
pub use source::SchemaSource;
pub use validate::{Blame, Validator, Violation, ViolationKind};
pub use xsd::XsdEngine;

/// The namespace of XML Schema.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// The namespace of `xsi:type` and its kin.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The rule that findings about a schema itself belong to.
pub const FAULTY_SCHEMA: &str = "faulty-schema";
