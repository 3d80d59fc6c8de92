//! Numbers of workbooks as texts. Whether a number is a date is said by its format only.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

/// What the format of a cell makes of its number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Format {
    #[default]
    Number,
    Date,
    Time,
    DateTime,
}

impl Format {
    /// Returns the format with a number of the file format itself.
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            // 27 to 36 and 50 to 58 are dates in eastern Asia.
            14..=17 | 27..=31 | 36 | 50..=54 | 57..=58 => Self::Date,
            18..=21 | 32..=35 | 45..=47 | 55..=56 => Self::Time,
            22 => Self::DateTime,
            _ => Self::Number,
        }
    }

    /// Reads a format code such as `dd/mm/yyyy hh:mm` or `[Red]0.00" m"`. An `m` means months, except beside
    /// hours or seconds.
    pub(super) fn of_code(code: &str) -> Self {
        let code = signs(code);
        let has = |signs: &[char]| code.contains(signs);
        let has_time = has(&['h', 's']);
        let has_date = has(&['d', 'y']) || has(&['m']) && !has_time;
        match (has_date, has_time) {
            (true, true) => Self::DateTime,
            (true, false) => Self::Date,
            (false, true) => Self::Time,
            (false, false) => Self::Number,
        }
    }
}

/// Returns the first section of a format code without texts and conditions, in lower case.
fn signs(code: &str) -> String {
    let mut signs = String::new();
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            ';' => break,
            '"' => {
                rest.find(|c| *c == '"');
            }
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                // `[h]` counts hours beyond a day; other brackets are colours, countries and conditions.
                if ["h", "hh", "m", "mm", "s", "ss"].contains(&inside.to_ascii_lowercase().as_str()) {
                    signs.push('h');
                }
            }
            '\\' | '_' | '*' => {
                rest.next();
            }
            c => signs.push(c.to_ascii_lowercase()),
        }
    }
    if signs.contains("general") { String::new() } else { signs }
}

/// Returns the text of a number: a date as `2026-06-30`, a time as `09:41`, both as `2026-06-30T09:41`;
/// another number in plain digits. `is_1904` is set for workbooks whose first day is in 1904.
pub(super) fn text(value: f64, format: Format, is_1904: bool) -> String {
    if format != Format::Number
        && let Some(time) = moment(value, is_1904)
    {
        let pattern = match format {
            Format::Time if value < 1.0 => "%H:%M",
            Format::Date => "%Y-%m-%d",
            _ => "%Y-%m-%dT%H:%M",
        };
        return time.format(pattern).to_string();
    }
    plain(value)
}

/// Returns the moment of a number of days, to the minute.
fn moment(days: f64, is_1904: bool) -> Option<NaiveDateTime> {
    // Later days have a year of five digits.
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    let first = if is_1904 {
        NaiveDate::from_ymd_opt(1904, 1, 1)
    } else if days < 60.0 {
        NaiveDate::from_ymd_opt(1899, 12, 31)
    } else {
        // Workbooks count 29 February 1900, which did not exist.
        NaiveDate::from_ymd_opt(1899, 12, 30)
    };
    #[allow(clippy::cast_possible_truncation, reason = "seconds of eight thousand years")]
    let seconds = (days * 86_400.0).round() as i64;
    let moment = first?.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::seconds(seconds))?;
    moment.with_second(0)
}

/// Returns a number in decimal digits, as a workbook shows it: fifteen digits are significant. Only numbers
/// that are not meant to be read as digits have an exponent.
fn plain(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { String::new() };
    }
    let size = value.abs();
    if !(1e-9..1e21).contains(&size) {
        return format!("{value:e}");
    }
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    #[allow(clippy::cast_possible_truncation, reason = "between -9 and 21")]
    let whole = size.log10().floor() as i32 + 1;
    let decimals = usize::try_from(15 - whole).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns a date or time of ISO 8601 (`2026-06-30T09:41:00`, `2026-06-30`, `PT09H41M00S`) without seconds.
pub(super) fn iso(text: &str) -> Cow<'_, str> {
    if let Some(time) = text.strip_prefix("PT")
        && let Some((hours, rest)) = time.split_once('H')
        && let Some((minutes, _)) = rest.split_once('M')
    {
        return format!("{hours:0>2}:{minutes:0>2}").into();
    }
    match text.split_once('T') {
        Some((date, "00:00:00" | "00:00:00.000" | "00:00:00Z")) => date.into(),
        Some((date, time)) => match time.get(..5) {
            Some(minutes) => format!("{date}T{minutes}").into(),
            None => text.into(),
        },
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_plain_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (612_345_678.0, "612345678"),
            (3.361_234_567_8E10, "33612345678"),
            (1e20, "100000000000000000000"),
            (1e300, "1e300"),
            (0.1 + 0.2, "0.3"),
            (-12.5, "-12.5"),
            (1_234.567_8, "1234.5678"),
            (0.000_001, "0.000001"),
            (123_456_789_012_345.6, "123456789012346"),
            (f64::NAN, ""),
        ] {
            assert_eq!(text(value, Format::Number, false), expected);
        }
    }

    #[test]
    fn dates_are_of_either_calendar() {
        for (value, format, is_1904, expected) in [
            (46_203.0, Format::Date, false, "2026-06-30"),
            (46_203.403_472_222_22, Format::DateTime, false, "2026-06-30T09:41"),
            (46_203.0, Format::DateTime, false, "2026-06-30T00:00"),
            (44_741.0, Format::Date, true, "2026-06-30"),
            (0.403_472_222_22, Format::Time, false, "09:41"),
            (1.5, Format::Time, false, "1900-01-01T12:00"),
            (1.0, Format::Date, false, "1900-01-01"),
            (59.0, Format::Date, false, "1900-02-28"),
            (61.0, Format::Date, false, "1900-03-01"),
            (-1.0, Format::Date, false, "-1"),
            (1e10, Format::Date, false, "10000000000"),
        ] {
            assert_eq!(text(value, format, is_1904), expected, "{value}");
        }
    }

    #[test]
    fn codes_say_which_numbers_are_dates() {
        for (code, expected) in [
            ("General", Format::Number),
            ("0.00E+00", Format::Number),
            ("# ##0\\ \"mètres\"", Format::Number),
            ("[Red]-0.0;\"dd\"", Format::Number),
            ("@", Format::Number),
            ("dd/mm/yyyy", Format::Date),
            ("[$-40C]d\\ mmmm\\ yyyy;@", Format::Date),
            ("mmm\\-yy", Format::Date),
            ("h:mm", Format::Time),
            ("[h]:mm:ss", Format::Time),
            ("mm:ss", Format::Time),
            ("dd/mm/yyyy\\ hh:mm", Format::DateTime),
        ] {
            assert_eq!(Format::of_code(code), expected, "{code}");
        }
    }

    #[test]
    fn seconds_of_iso_dates_are_left_out() {
        for (text, expected) in [
            ("2026-06-30", "2026-06-30"),
            ("2026-06-30T00:00:00", "2026-06-30"),
            ("2026-06-30T09:41:12.5", "2026-06-30T09:41"),
            ("PT09H41M00S", "09:41"),
            ("", ""),
            ("Té", "Té"),
        ] {
            assert_eq!(iso(text), expected);
        }
    }
}
