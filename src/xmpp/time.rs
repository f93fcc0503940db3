//! Times.
/// Parses.
pub fn parse_date_time(text: &str) -> Result<jiff::Timestamp, jiff::Error> {
    text.parse()
}
