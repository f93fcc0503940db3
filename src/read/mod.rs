//! Text to document. Reading never fails: it returns a document, and leaves findings in the sink.

pub mod markdown;
pub mod series;
pub mod xep_xml;
