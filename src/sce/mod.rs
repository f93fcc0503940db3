//! Stanza Content Encryption: what goes inside, what stays outside, and what a receiver checks.
//!
//! Nothing here names an element, a namespace or an affix of the policy: those are rows of `elements.toml` and
//! `profiles.toml`. This room knows how to read the rows ([`policy`], [`profile`]), how to split a stanza and build an
//! envelope ([`seal`]), and how to verify and restore one ([`open`]).

pub mod arrival;
pub mod envelope;
pub mod fault;
pub mod open;
pub mod policy;
pub mod profile;
pub mod seal;
pub mod tables;

pub use arrival::Arrival;
pub use envelope::Envelope;
pub use fault::{Fault, FaultKind};
pub use policy::{Place, Policy};
pub use profile::{Affix, Profile, Profiles, Use};
pub use tables::TableError;

use std::ops::Deref;
use std::sync::LazyLock;

/// A rulebook that is read when it is first asked for: most documents never do.
#[derive(Debug)]
pub struct Rules(LazyLock<Rulebook, ReadRules>);

type ReadRules = Box<dyn FnOnce() -> Rulebook + Send>;

impl Rules {
    /// One that will be read.
    pub fn later(read: impl FnOnce() -> Rulebook + Send + 'static) -> Rules {
        Rules(LazyLock::new(Box::new(read)))
    }
}

impl From<Rulebook> for Rules {
    fn from(rulebook: Rulebook) -> Rules {
        Rules::later(move || rulebook)
    }
}

impl Deref for Rules {
    type Target = Rulebook;

    fn deref(&self) -> &Rulebook {
        &self.0
    }
}

/// The policy and the profiles that a document is judged by.
#[derive(Debug)]
pub struct Rulebook {
    /// Which elements go where.
    pub policy: Policy,
    /// Which affixes a protocol demands, and how they are verified.
    pub profiles: Profiles,
}
