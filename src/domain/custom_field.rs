use std::collections::HashSet;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};

use super::text::{clean, clean_lines, naming_invisible, tidy};
use super::visible::visible;
use super::{Fault, TICKED, WebUrl, fold};
use crate::base::text_enum;

text_enum! {
    /// The kind of a contact type's field: its allowed values.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum CustomKind {
        /// One line, 100 characters.
        Text = "text",
        /// Several lines, 1 000 characters.
        TextArea = "text_area",
        /// 100 characters. The search finds its words.
        Identifier = "identifier",
        /// Up to 10 words or phrases of 100 characters, stored one per line. The search finds them.
        Tag = "tag",
        /// Up to 18 digits.
        Integer = "integer",
        /// With decimals, up to 30 characters; stored as digits, never rounded.
        Number = "number",
        /// Stored as `2026-06-30`.
        Date = "date",
        /// Stored as `2026-06-30T09:41`, in the local time of the person who typed it.
        DateTime = "date_time",
        CheckBox = "check_box",
        /// One of up to 50 choices of 100 characters.
        List = "list",
        /// `http` or `https`, 200 characters.
        Url = "url",
    }
}

const TEXT: usize = 100;
const NUMBER: usize = 30;
const INTEGER_DIGITS: usize = 18;

impl CustomKind {
    pub const MAX_TAGS: usize = 10;
    pub const MAX_CHOICES: usize = 50;
    pub const MAX_CHOICE: usize = TEXT;

    /// Returns `true` if the search finds a contact by this field.
    pub fn is_searchable(self) -> bool {
        matches!(self, Self::Identifier | Self::Tag)
    }

    /// Converts a typed value to its stored form; empty for no value. `choices` are the choices of a list.
    ///
    /// # Errors
    /// The reason why the value is refused.
    pub fn clean(self, typed: &str, choices: &[String]) -> Result<String, Fault> {
        naming_invisible(typed, |typed| self.clean_visible(&visible(typed), choices))
    }

    fn clean_visible(self, typed: &str, choices: &[String]) -> Result<String, Fault> {
        if typed.trim().is_empty() {
            return Ok(String::new());
        }
        match self {
            Self::Text | Self::Identifier => Ok(clean(typed, TEXT)?.into_owned()),
            Self::TextArea => clean_lines(typed, 1000),
            Self::Tag => parse_tags(typed, TEXT),
            Self::Integer => integer(typed),
            Self::Number => number(typed),
            Self::Date => parse_date(typed).map(|date| date.format("%Y-%m-%d").to_string()),
            Self::DateTime => date_time(typed),
            Self::CheckBox => Ok(TICKED.to_owned()),
            Self::List => {
                let choice = clean(typed, TEXT)?;
                choices.iter().find(|known| **known == choice).cloned().ok_or(Fault::NotAChoice)
            }
            Self::Url => Ok(WebUrl::parse(typed, 200)?.into_string()),
        }
    }
}

/// The different texts of a list. A text that differs from an earlier one only in case or accents is a repetition.
#[derive(Debug, Default)]
pub struct EachOnce {
    texts: Vec<String>,
    folded: HashSet<String>,
}

impl EachOnce {
    pub fn add(&mut self, text: String) {
        if !text.is_empty() && self.folded.insert(fold(&text)) {
            self.texts.push(text);
        }
    }

    pub fn into_texts(self) -> Vec<String> {
        self.texts
    }
}

/// Returns `true` if a pasted list has more than ten times `most` filled parts, including repetitions, which cannot be
/// intentional. It is checked before the parts are read: reading 60 000 of them took 44 s.
pub fn is_far_longer<'a>(parts: impl Iterator<Item = &'a str>, most: usize) -> bool {
    let filled = parts.filter(|part| !part.trim().is_empty());
    filled.take(10 * most + 1).count() > 10 * most
}

/// Reads up to [`CustomKind::MAX_TAGS`] words or phrases of at most `longest` characters, and returns them one per line, as
/// stored. Line breaks, commas and semicolons separate them. One that differs from an earlier one only in case or accents is a
/// repetition.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::TooManyTags`]
pub fn parse_tags(typed: &str, longest: usize) -> Result<String, Fault> {
    let too_many = Fault::TooManyTags { max: CustomKind::MAX_TAGS };
    let parts = || typed.split(['\n', '\r', ',', ';']);
    if is_far_longer(parts(), CustomKind::MAX_TAGS) {
        return Err(too_many);
    }
    let mut tags = EachOnce::default();
    for part in parts() {
        tags.add(clean(part, longest)?.into_owned());
    }
    let tags = tags.into_texts();
    if tags.len() > CustomKind::MAX_TAGS {
        return Err(too_many);
    }
    Ok(tags.join("\n"))
}

/// Removes spaces, because people group digits by spaces.
fn compact(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Splits off the sign. A typographic minus is accepted.
fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_leading_zeros(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    }
}

fn integer(typed: &str) -> Result<String, Fault> {
    let text = compact(typed);
    let (sign, digits) = signed(&text);
    if digits.is_empty() || !is_digits(digits) {
        return Err(Fault::NotAnInteger);
    }
    match without_leading_zeros(digits) {
        "0" => Ok("0".to_owned()),
        digits if digits.len() > INTEGER_DIGITS => Err(Fault::NotAnInteger),
        digits => Ok(format!("{sign}{digits}")),
    }
}

fn number(typed: &str) -> Result<String, Fault> {
    let text = compact(typed).replace(',', ".");
    let (sign, digits) = signed(&text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + decimals.len() == 0 || !is_digits(whole) || !is_digits(decimals) {
        return Err(Fault::NotANumber);
    }
    if text.chars().count() > NUMBER {
        return Err(Fault::TooLong { length: text.chars().count(), max: NUMBER });
    }
    let whole = without_leading_zeros(whole);
    let decimals = decimals.trim_end_matches('0');
    Ok(match (whole, decimals) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, decimals) => format!("{sign}{whole}.{decimals}"),
    })
}

/// Parses a day as a browser's control sends it, or `30/06/2026` as people type it without such a control.
///
/// # Errors
/// [`Fault::NotADate`]
pub fn parse_date(typed: &str) -> Result<NaiveDate, Fault> {
    let text = tidy(typed);
    ["%Y-%m-%d", "%d/%m/%Y"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(&text, format).ok())
        .filter(|date: &NaiveDate| has_four_digits(date.year()))
        .ok_or(Fault::NotADate)
}

/// Returns `true` for a year of four digits: shorter years are mistakes, and browsers' controls do not support longer ones.
fn has_four_digits(year: i32) -> bool {
    (1000..=9999).contains(&year)
}

fn date_time(typed: &str) -> Result<String, Fault> {
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %Hh%M"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())
        .filter(|time: &NaiveDateTime| has_four_digits(time.year()))
        .map(|time| time.format("%Y-%m-%dT%H:%M").to_string())
        .ok_or(Fault::NotADateTime)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stored(kind: CustomKind, typed: &str) -> Result<String, Fault> {
        kind.clean(typed, &["Or".to_owned(), "Argent".to_owned()])
    }

    #[test]
    fn values_are_stored_in_one_spelling() {
        for (kind, typed, expected) in [
            (CustomKind::Text, " a  b ", "a  b"),
            (CustomKind::TextArea, "a\r\nb", "a\nb"),
            (CustomKind::Tag, "Voirie, eau\nvoirie;;Été", "Voirie\neau\nÉté"),
            (CustomKind::Integer, " 1\u{202F}240 ", "1240"),
            (CustomKind::Integer, "-007", "-7"),
            (CustomKind::Integer, "-0", "0"),
            (CustomKind::Number, "3,50", "3.5"),
            (CustomKind::Number, "−,5", "-0.5"),
            (CustomKind::Number, "123456789012345678.123", "123456789012345678.123"),
            (CustomKind::Date, "30/06/2026", "2026-06-30"),
            (CustomKind::Date, "2026-06-30", "2026-06-30"),
            // As Windows copies a date and a number.
            (CustomKind::Date, "\u{200E}30/\u{200E}06/\u{200E}2026", "2026-06-30"),
            (CustomKind::Integer, "\u{202A}12\u{202C}", "12"),
            (CustomKind::List, "\u{FEFF}Or", "Or"),
            (CustomKind::Tag, "\u{200B},eau\u{AD}", "eau"),
            (CustomKind::DateTime, "30/06/2026 9:41", "2026-06-30T09:41"),
            (CustomKind::DateTime, "2026-06-30T09:41", "2026-06-30T09:41"),
            (CustomKind::CheckBox, "on", "on"),
            (CustomKind::List, "Or", "Or"),
            (CustomKind::Url, "https://a.fr/x", "https://a.fr/x"),
        ] {
            assert_eq!(stored(kind, typed).as_deref(), Ok(expected), "{kind:?} {typed:?}");
        }
    }

    #[test]
    fn what_does_not_fit_the_kind_is_refused() {
        let long = "x".repeat(101);
        for (kind, typed, fault) in [
            (CustomKind::Text, long.as_str(), Fault::TooLong { length: 101, max: 100 }),
            (CustomKind::Tag, "1,2,3,4,5,6,7,8,9,10,11", Fault::TooManyTags { max: 10 }),
            (CustomKind::Integer, "1.5", Fault::NotAnInteger),
            (CustomKind::Integer, "1234567890123456789", Fault::NotAnInteger),
            (CustomKind::Number, "1e5", Fault::NotANumber),
            (CustomKind::Number, ".", Fault::NotANumber),
            (CustomKind::Date, "31/02/2026", Fault::NotADate),
            (CustomKind::Date, "30/06/26", Fault::NotADate),
            (CustomKind::DateTime, "30/06/2026", Fault::NotADateTime),
            (CustomKind::List, "or", Fault::NotAChoice),
            (CustomKind::Url, "javascript:x", Fault::NotAUrl),
        ] {
            assert_eq!(stored(kind, typed), Err(fault), "{kind:?} {typed:?}");
        }
    }

    #[test]
    fn a_pasted_list_is_refused_by_its_length_before_it_is_read() {
        let most = CustomKind::MAX_TAGS;
        let too_many = Err(Fault::TooManyTags { max: most });
        let begun = std::time::Instant::now();
        for count in [10 * most + 1, 60_000, 500_000] {
            let different: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            for list in [different.join("\n"), "a,".repeat(count), "x;\u{7}\n".repeat(count)] {
                assert_eq!(parse_tags(&list, 100), too_many);
            }
        }
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        // A few repetitions and empty parts are fine, and any number of empty parts is.
        assert_eq!(parse_tags(&"eau, Eau;\n".repeat(40), 100).as_deref(), Ok("eau"));
        assert_eq!(parse_tags(&",;\n ".repeat(100_000), 100).as_deref(), Ok(""));
    }

    proptest! {
        #[test]
        fn what_is_stored_is_accepted_again_unchanged(kind in 0..CustomKind::ALL.len(), typed in "[-+−0-9.,/:; Téa\\n]{0,20}") {
            let kind = CustomKind::ALL[kind];
            if let Ok(value) = stored(kind, &typed) {
                prop_assert_eq!(stored(kind, &value), Ok(value.clone()));
            }
        }
    }
}
