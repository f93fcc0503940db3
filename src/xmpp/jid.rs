//! JIDs (temporary face).
/// Parses.
pub fn parse(text: &str) -> Result<jid::Jid, jid::Error> {
    jid::Jid::new(text)
}
/// Bare.
pub fn bare(text: &str) -> String {
    parse(text).map_or_else(|_| text.to_owned(), |jid| jid.to_bare().to_string())
}
/// Same.
pub fn same_bare(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}
