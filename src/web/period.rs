//! A period in a list's filter: two days as they were typed, both included.

use chrono::NaiveDateTime;

use super::FormErrors;
use crate::base::clock;
use crate::domain::{parse_date, tidy_prefix};
use crate::i18n::{Catalogue, at_field, fl};

/// The number of characters of a typed day that are kept.
const LONGEST: usize = 50;

/// `2026-06-30` for a valid day, or else the typed text.
pub fn typed_day(typed: &str) -> String {
    match parse_date(typed) {
        Ok(day) => day.to_string(),
        Err(_) => tidy_prefix(typed, LONGEST),
    }
}

/// The beginning and the exclusive end of the period. An empty day sets no bound.
///
/// # Errors
/// Messages about the days, at the fields `since` and `until`.
pub fn read_period(
    t: &Catalogue,
    since: &str,
    until: &str,
) -> Result<(Option<NaiveDateTime>, Option<NaiveDateTime>), FormErrors> {
    let mut errors = FormErrors::default();
    let mut day = |id, typed: &str, label: String| match parse_date(typed) {
        Ok(day) => Some(day),
        Err(_) if typed.is_empty() => None,
        Err(fault) => {
            errors.add(id, at_field(t, &label, &fault));
            None
        }
    };
    let since = day("since", since, fl!(t, "audit-since"));
    let until = day("until", until, fl!(t, "audit-until"));
    if let (Some(since), Some(until)) = (since, until)
        && until < since
    {
        errors.add("until", fl!(t, "audit-until-before-since"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok((since.map(clock::start_of_day), until.and_then(|day| day.succ_opt()).map(clock::start_of_day)))
}

/// The type of a day's `input`: a browser's date control would not show an invalid day.
pub fn day_control(typed: &str) -> &'static str {
    if typed.is_empty() || parse_date(typed).is_ok() { "date" } else { "text" }
}
