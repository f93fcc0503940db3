//! What people get to see: the page of a XEP, the index of a site, lists and the graph of a series, XEP-XML, Markdown.
//!
//! Nothing here reads a disk or a clock: templates and static files are embedded, and the same input gives the same bytes.

mod body;
pub mod facts;
pub mod graph;
pub mod highlight;
mod html;
mod input;
pub mod index;
mod listing;
pub mod markdown;
pub mod page;
pub mod report_page;
mod policy;
pub mod vectors_page;
pub mod rules;
pub mod site;
mod status;
pub mod xep_xml;
pub mod xeplist;

pub use facts::{Expected, Layer, ListingFacts, PageFinding, PageLink, RoundTripFact};
pub use index::{IndexEntry, IndexInput, index};
pub use input::PageInput;
pub use page::{RenderError, Templates, page};
pub use report_page::{ReportFinding, ReportGap, ReportGroup, ReportInput, ReportLine, ReportedExample, report_page};
pub use vectors_page::{VectorsInput, archive, vectors_page};

/// Reads the templates, which the first page would else wait for.
pub fn prepare() {
    Templates::embedded();
}
