//! Text to trees, with recovery.
use super::tree::Node;
use crate::source::{MappedText, Span};
/// x
pub struct Parsed {
    /// x
    pub nodes: Vec<Node>,
    /// x
    pub problems: Vec<Problem>,
}
/// x
pub struct Problem {
    /// x
    pub span: Span,
    /// x
    pub message: String,
    /// x
    pub label: String,
    /// x
    pub related: Vec<(Span, String)>,
    /// x
    pub help: Option<String>,
}
/// x
pub fn parse(_text: &MappedText, _default_namespace: &str) -> Parsed {
    Parsed { nodes: vec![], problems: vec![] }
}
