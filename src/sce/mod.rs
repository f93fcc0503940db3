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

/// The policy and the profiles that a document is judged by.
#[derive(Debug)]
pub struct Rulebook {
    /// Which elements go where.
    pub policy: Policy,
    /// Which affixes a protocol demands, and how they are verified.
    pub profiles: Profiles,
}
