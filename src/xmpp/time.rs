//! Times as XEP-0082 writes them.

use jiff::Timestamp;
use std::fmt;

/// Why a text is no DateTime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoDateTime(String);

impl fmt::Display for NoDateTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for NoDateTime {}

/// Reads a DateTime: `2026-06-23T12:00:00Z`, with a fraction of a second and an offset such as `-05:00` if need be.
///
/// # Errors
/// When the text is anything else, with what it lacks where that is plain.
pub fn parse_date_time(text: &str) -> Result<Timestamp, NoDateTime> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(time) = shape.strip_prefix("0000-00-00T") else {
        return Err(NoDateTime("it does not begin with a date such as `2026-06-23` and a `T`".into()));
    };
    let time_of_day = time.trim_end_matches('Z');
    let offset = time.len().checked_sub("+00:00".len()).and_then(|at| time.split_at_checked(at));
    let has_offset = offset.is_some_and(|(_, offset)| offset == "+00:00" || offset == "-00:00");
    if time_of_day.len() == time.len() && !has_offset {
        return Err(NoDateTime("it has no time zone: `Z`, or an offset such as `-05:00`".into()));
    }
    if !time.starts_with("00:00:00") {
        return Err(NoDateTime("its time has no seconds: XEP-0082 demands hours, minutes and seconds".into()));
    }
    text.parse().map_err(|error: jiff::Error| NoDateTime(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_are_those_of_xep_0082() {
        let cases = [
            ("2026-06-23T12:00:00Z", ""),
            ("2026-06-23T12:00:00.123Z", ""),
            ("2026-06-23T12:00:00-05:00", ""),
            ("2026-06-23T12:00:00", "time zone"),
            ("2026-06-23T12:00Z", "seconds"),
            ("2026-06-23T12:00+01:00", "seconds"),
            ("2026-06-23 12:00:00Z", "a `T`"),
            ("20260623T12:00:00", "date"),
            ("2026-06-23T25:00:00Z", "hour"),
            ("2026-06-23T12:00:00ZZ", "pars"),
            ("", "date"),
            ("ä026-06-23T12:00:00Z", "date"),
        ];
        for (text, expected) in cases {
            let said = parse_date_time(text).map_or_else(|error| error.to_string(), |_| String::new());
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{text}: {said}");
        }
    }
}
