//! One document, from its text to findings: read, filled with what is generated, sealed, attacked, held against schemas and rules. Works on
//! what is in memory alone, and on one core.

mod abridge;
mod attacks;
mod costs;
mod data;
mod examine;
mod loaded;
mod suppress;
mod vectors;

pub use abridge::{MOST_OF_A_RULE, abridge};
pub use attacks::{ATTACKS, Attack, Attacks, Gallery, shown_by, shows_attacks};
pub use data::Elsewhere;
pub use examine::{Examined, Extent, Opened, SealedExample, examine, open, read};
pub use loaded::{COSTS, Companions, Draft, Loaded, RESULTS};
pub use vectors::{FOLDER as VECTORS, Scope, files as vector_files, texts as vector_texts};

use crate::rule::Levels;

/// What is wanted for a document: of the rules, and which profiles its examples go through where neither they nor its header
/// say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of the rules.
    pub levels: Levels,
    /// The names of the profiles, with a space between them.
    pub profiles: Option<String>,
}
