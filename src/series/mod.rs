//! What documents say of themselves and of one another: the facts of one, gathered from what was opened, and the series that several
//! make. What is not there is unknown, never wrong.

mod around;
pub mod definers;
mod facts;
mod gather;
mod known;
mod neighbourhood;
pub(crate) mod registrar;
mod relations;

pub use around::{SeriesHashes, mentions};
pub use definers::{Users, Vocabulary};
pub use facts::{Facts, Particulars, Rest};
pub use known::{Entry, Neighbours, Origin, Series, is_number, number_of};
pub use neighbourhood::{Given, Known, Neighbourhood, Told};
pub use relations::{
    AuthorFacts, DocumentDetails, DocumentFacts, Edge, Relation, RevisionFacts, SeriesFacts, SeriesPlace, Statement,
};
