//! Dates and times (XEP-0082), strictly.

use jiff::civil;
use jiff::tz::Offset;
use std::fmt;

/// Why a text is no date or time of XEP-0082.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// There is nothing.
    Empty,
    /// White space around it.
    WhiteSpace,
    /// A space where the `T` must stand.
    SpaceForT,
    /// A small `t` or `z`.
    LowerCase,
    /// No `Z` and no offset at the end.
    MissingZone,
    /// An offset that is not `+hh:mm` or `-hh:mm`, or not of this world.
    BadZone,
    /// The form that XMPP used before XEP-0082: `20020910T23:08:25`.
    Legacy,
    /// A date alone.
    DateOnly,
    /// A day or month that does not exist.
    ImpossibleDate,
    /// An hour, minute or second that does not exist.
    ImpossibleTime,
    /// A point without digits behind it.
    EmptyFraction,
    /// Anything else.
    Malformed,
}

impl fmt::Display for TimeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            TimeError::Empty => "it is empty",
            TimeError::WhiteSpace => "white space stands around it",
            TimeError::SpaceForT => "a `T` must stand between date and time, not a space",
            TimeError::LowerCase => "`T` and `Z` are capitals",
            TimeError::MissingZone => "it has no time zone: `Z` or `+hh:mm` is missing at the end",
            TimeError::BadZone => "its time zone is not `Z`, `+hh:mm` or `-hh:mm`",
            TimeError::Legacy => "it has the form from before XEP-0082; its date lacks the hyphens",
            TimeError::DateOnly => "it is a date without a time",
            TimeError::ImpossibleDate => "there is no such day",
            TimeError::ImpossibleTime => "there is no such time of day",
            TimeError::EmptyFraction => "no digit stands behind the point",
            TimeError::Malformed => "it is not of the form `CCYY-MM-DDThh:mm:ssZ`",
        })
    }
}

impl std::error::Error for TimeError {}

/// Parses the DateTime profile: `CCYY-MM-DDThh:mm:ss[.sss]TZD`.
///
/// More than nine digits of a fraction are accepted and cut off.
pub fn parse_date_time(text: &str) -> Result<jiff::Timestamp, TimeError> {
    check_common(text)?;
    let Some((date, rest)) = text.split_once('T') else { return Err(without_t(text)) };
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TimeError::Legacy);
    }
    let date = parse_date_part(date)?;
    let (time, zone) = split_zone(rest);
    let time = parse_time_part(time)?;
    let offset = parse_zone(zone)?.ok_or(TimeError::MissingZone)?;
    offset.to_timestamp(date.to_datetime(time)).map_err(|_| TimeError::ImpossibleDate)
}

/// Parses a DateTime as a receiver does who has to go on: one without a zone, as published examples have it, is in UTC.
pub fn parse_date_time_or_utc(text: &str) -> Result<jiff::Timestamp, TimeError> {
    match parse_date_time(text) {
        Err(TimeError::MissingZone) => parse_date_time(&format!("{text}Z")),
        other => other,
    }
}

/// Parses the Date profile: `CCYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<civil::Date, TimeError> {
    check_common(text)?;
    parse_date_part(text)
}

/// Parses the Time profile: `hh:mm:ss[.sss][TZD]`; the offset is there only if the text has one.
pub fn parse_time(text: &str) -> Result<(civil::Time, Option<Offset>), TimeError> {
    check_common(text)?;
    let (time, zone) = split_zone(text);
    Ok((parse_time_part(time)?, parse_zone(zone)?))
}

fn check_common(text: &str) -> Result<(), TimeError> {
    match text {
        "" => Err(TimeError::Empty),
        text if text.trim() != text => Err(TimeError::WhiteSpace),
        text if text.contains(['t', 'z']) && text.starts_with(|first: char| first.is_ascii_digit()) => {
            Err(TimeError::LowerCase)
        }
        _ => Ok(()),
    }
}

/// What is wrong with a text in which no `T` stands.
fn without_t(text: &str) -> TimeError {
    match text.split_once(' ') {
        Some((date, _)) if parse_date_part(date).is_ok() => TimeError::SpaceForT,
        None if parse_date_part(text).is_ok() => TimeError::DateOnly,
        _ => TimeError::Malformed,
    }
}

fn parse_date_part(text: &str) -> Result<civil::Date, TimeError> {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(TimeError::Malformed);
    };
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let narrow = |number: u16| i8::try_from(number).map_err(|_| TimeError::ImpossibleDate);
    civil::Date::new(year as i16, narrow(month)?, narrow(day)?).map_err(|_| TimeError::ImpossibleDate)
}

fn parse_time_part(text: &str) -> Result<civil::Time, TimeError> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split(':');
    let (Some(hour), Some(minute), Some(second), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(TimeError::Malformed);
    };
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    let nanosecond = fraction.map_or(Ok(0), parse_fraction)?;
    let narrow = |number: u16| i8::try_from(number).map_err(|_| TimeError::ImpossibleTime);
    civil::Time::new(narrow(hour)?, narrow(minute)?, narrow(second)?, nanosecond).map_err(|_| TimeError::ImpossibleTime)
}

/// A fraction of a second in nanoseconds.
fn parse_fraction(text: &str) -> Result<i32, TimeError> {
    if text.is_empty() {
        return Err(TimeError::EmptyFraction);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TimeError::Malformed);
    }
    let padded: String = text.chars().chain("000000000".chars()).take(9).collect();
    padded.parse().map_err(|_| TimeError::Malformed)
}

/// Cuts the zone off a time.
fn split_zone(text: &str) -> (&str, &str) {
    let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    text.split_at(at)
}

fn parse_zone(text: &str) -> Result<Option<Offset>, TimeError> {
    let (sign, rest) = match text.chars().next() {
        None => return Ok(None),
        Some('Z') if text == "Z" => return Ok(Some(Offset::UTC)),
        Some('+') => (1, text.get(1..).unwrap_or("")),
        Some('-') => (-1, text.get(1..).unwrap_or("")),
        Some(_) => return Err(TimeError::BadZone),
    };
    let (hours, minutes) = rest.split_once(':').ok_or(TimeError::BadZone)?;
    let number = |text: &str| digits(text, 2).map(i32::from).map_err(|_| TimeError::BadZone);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    // XML Schema, part 2, section 3.2.7.3: no zone is further than 14 hours away.
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return Err(TimeError::BadZone);
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map(Some).map_err(|_| TimeError::BadZone)
}

/// A number of exactly that many digits (at most four).
fn digits(text: &str, count: usize) -> Result<u16, TimeError> {
    if text.len() != count || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TimeError::Malformed);
    }
    text.parse().map_err(|_| TimeError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, TimeError>) {
        assert_eq!(parse_date_time(text).map(|time| time.to_string()), expected.map(str::to_owned), "{text:?}");
    }

    #[test]
    fn who_has_to_go_on_takes_no_zone_for_utc() {
        let utc = parse_date_time("2026-09-14T09:00:00Z");
        assert_eq!(parse_date_time_or_utc("2026-09-14T09:00:00"), utc);
        assert_eq!(parse_date_time_or_utc("2026-09-14T11:00:00+02:00"), utc);
        assert_eq!(parse_date_time_or_utc("2026-09-14"), Err(TimeError::DateOnly));
        assert_eq!(parse_date_time_or_utc("2026-09-14T09:00:00 "), Err(TimeError::WhiteSpace));
        assert_eq!(parse_date_time_or_utc("2026-02-30T09:00:00"), Err(TimeError::ImpossibleDate));
    }

    #[test]
    fn date_times() {
        check("1969-07-21T02:56:15Z", Ok("1969-07-21T02:56:15Z"));
        check("1969-07-20T21:56:15-05:00", Ok("1969-07-21T02:56:15Z"));
        check("2023-01-01T00:00:00.123456789123+00:00", Ok("2023-01-01T00:00:00.123456789Z"));
        check("2023-01-01T00:00:00.5Z", Ok("2023-01-01T00:00:00.5Z"));
        check("2024-02-29T23:59:59Z", Ok("2024-02-29T23:59:59Z"));
        check("", Err(TimeError::Empty));
        check(" 2023-01-01T00:00:00Z", Err(TimeError::WhiteSpace));
        check("2023-01-01 00:00:00Z", Err(TimeError::SpaceForT));
        check("2023-01-01t00:00:00Z", Err(TimeError::LowerCase));
        check("2023-01-01T00:00:00z", Err(TimeError::LowerCase));
        check("2023-01-01T00:00:00", Err(TimeError::MissingZone));
        check("2023-01-01T00:00:00+0100", Err(TimeError::BadZone));
        check("2023-01-01T00:00:00+15:00", Err(TimeError::BadZone));
        check("2023-01-01T00:00:00ZZ", Err(TimeError::BadZone));
        check("20020910T23:08:25", Err(TimeError::Legacy));
        check("2023-01-01", Err(TimeError::DateOnly));
        check("2023-02-30T00:00:00Z", Err(TimeError::ImpossibleDate));
        check("2023-13-01T00:00:00Z", Err(TimeError::ImpossibleDate));
        check("2023-01-01T24:00:00Z", Err(TimeError::ImpossibleTime));
        check("2023-01-01T23:60:00Z", Err(TimeError::ImpossibleTime));
        check("2023-01-01T00:00:00.Z", Err(TimeError::EmptyFraction));
        check("2023-1-1T00:00:00Z", Err(TimeError::Malformed));
        check("2023-01-01T00:00Z", Err(TimeError::Malformed));
        check("yesterday", Err(TimeError::Malformed));
    }

    #[test]
    fn dates_and_times() {
        assert!(parse_date("1776-07-04").is_ok());
        assert_eq!(parse_date("2023-02-29"), Err(TimeError::ImpossibleDate));
        assert_eq!(parse_time("16:00:00").map(|(_, zone)| zone), Ok(None));
        assert_eq!(parse_time("16:00:00Z").map(|(_, zone)| zone), Ok(Some(Offset::UTC)));
        assert_eq!(parse_time("25:00:00Z"), Err(TimeError::ImpossibleTime));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "[0-9TZtz:+. -]{0,30}|\\PC{0,30}") {
            let _ = (parse_date_time(&text), parse_date(&text), parse_time(&text));
        }
    }
}
