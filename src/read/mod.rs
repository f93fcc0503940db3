//! Text to document. Reading never fails: it returns a document and leaves findings.

pub mod markdown;
