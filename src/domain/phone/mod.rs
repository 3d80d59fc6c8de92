//! Phone numbers as people type them.

mod asked;
mod lexemes;
mod number;
mod parts;
mod plan;
mod reader;
mod signs;

use std::ops::Deref;

pub(super) use asked::{Asked, asked};
pub use number::Number;
pub use signs::bare;

use super::text::clean;
use super::{Country, Fault};

/// What a phone field holds, as typed, at most 50 characters; may be empty. Which numbers these are to the telephone
/// network is read from it with the default country ([`Phone::numbers`]); the first is stored beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone(String);

/// Digits that can only be one number: no two have so few, and a whole number of France's plan has no more.
const ONE_NUMBER: usize = 10;
/// No number has more, behind the `00` that leads to it.
const LONGEST: usize = 17;
/// Fewer digits in a remark are no part of a number that somebody looks for.
const SEARCHED: usize = 4;

impl Phone {
    const MAX: usize = 50;
    const MAX_IN_FILE: usize = 20;

    /// # Errors
    /// [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::NoDigit`], [`Fault::ExtensionAlone`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let text = clean(raw, Self::MAX)?;
        if !text.is_empty() && !text.contains(|c: char| c.is_ascii_digit()) {
            return Err(Fault::NoDigit);
        }
        if lexemes::is_extension_alone(&text) {
            return Err(Fault::ExtensionAlone);
        }
        Ok(Self(text.into_owned()))
    }

    /// As the strict file has it: at most 20 digits and nothing else.
    ///
    /// # Errors
    /// [`Fault::NotOnlyDigits`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse_strict(raw: &str) -> Result<Self, Fault> {
        let text = raw.trim();
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Fault::NotOnlyDigits);
        }
        clean(text, Self::MAX_IN_FILE).map(|text| Self(text.into_owned()))
    }

    pub fn into_string(self) -> String {
        self.0
    }

    /// The numbers of a stored text, first to last; none where no plan has any of them. `default` is the country of a number
    /// that names none. `e164` is what is stored beside the text, which saves reading the usual one.
    pub fn numbers(stored: &str, e164: Option<&str>, default: Country) -> Vec<Number> {
        let Some(digits) = one(stored) else {
            return reader::read(stored, default);
        };
        if e164.is_none() && !plan::is_short(&digits, default) {
            return Vec::new();
        }
        vec![Number::plain(stored, digits, e164.map(str::to_owned))]
    }

    /// Whether a stored text is a number and certainly nothing else: bare digits, or few in groups.
    pub fn is_one(stored: &str) -> bool {
        one(stored).is_some()
    }

    /// The first number of a stored text in the form that every network understands (`+33110203040`), without its extension;
    /// none when no numbering plan has it.
    pub fn e164(stored: &str, default: Country) -> Option<String> {
        if stored.is_empty() {
            return None;
        }
        match one(stored) {
            Some(digits) => plan::e164(&digits, default),
            None => reader::read(stored, default)
                .into_iter()
                .find_map(|number| number.e164),
        }
    }

    /// A stored text without its second number, and that number, for a field of its own; none where there is but one, or where
    /// either text would be read as something else.
    pub fn without_second(stored: &str, default: Country) -> Option<(String, Number)> {
        let (rest, second, others) = reader::without_second(stored, default)?;
        let holds = |text: &str, numbers: &[Number]| {
            let read = reader::read(text, default);
            text.chars().count() <= Self::MAX
                && read
                    .iter()
                    .map(Number::dial)
                    .eq(numbers.iter().map(Number::dial))
        };
        // `83` says nothing without the number before it.
        let in_full: Vec<String> = others.iter().map(Number::text).collect();
        let rest = [rest, in_full.join(" / ")]
            .into_iter()
            .find(|rest| holds(rest, &others))?;
        holds(&second.text(), std::slice::from_ref(&second)).then_some((rest, second))
    }

    /// Whether a stored number says its country, by `+` or `00`: then the default country has no say.
    pub fn names_country(stored: &str) -> bool {
        is_international(stored)
    }

    /// A stored number as the strict file has it: digits alone, `00` in place of `+`. None for what the file cannot hold: it
    /// has an extension, a remark, or too many digits.
    pub fn in_file(stored: &str) -> Option<String> {
        let bare = bare(stored)?;
        let digits = match bare.strip_prefix('+') {
            Some(rest) => format!("00{rest}"),
            None => bare,
        };
        (digits.len() <= Self::MAX_IN_FILE).then_some(digits)
    }

    /// Whether numbers that are typed without their country are of France's plan, in which they begin with a zero.
    pub fn is_french(default: Country) -> bool {
        plan::is_french(default)
    }

    /// A number in E.164 as people read it aloud.
    pub fn spoken(e164: &str) -> String {
        number::spoken(e164, Some(e164))
    }

    /// The digits that a stored text is found by: each of its numbers as it is dialled at home, and with its country's code
    /// where that is not France's.
    pub fn search_digits(stored: &str, e164: Option<&str>, default: Country) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(digits) = one(stored) {
            add_digits(&mut found, &digits, e164);
        } else {
            let numbers = reader::read(stored, default);
            if numbers.is_empty() {
                found.push(canonical_digits(stored));
            }
            for number in numbers {
                add_digits(&mut found, &number.digits, number.e164.as_deref());
                for remark in [&number.before, &number.after] {
                    let digits = remark.split(|c: char| !c.is_ascii_digit());
                    let long = digits.filter(|digits| digits.len() >= SEARCHED);
                    found.extend(long.map(str::to_owned));
                }
            }
        }
        found.retain(|digits| !digits.is_empty());
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Deref for Phone {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The digits of a text that is certainly one number, behind a `+` where it has one: bare digits, or few in groups. Most are,
/// and need not be taken to pieces.
fn one(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (digits.len() <= LONGEST).then(|| text.to_owned());
    }
    if !text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '\u{A0}' | '\u{202F}'))
    {
        return None;
    }
    let digits = digits_of(text);
    (digits.len() <= ONE_NUMBER).then_some(digits)
}

fn add_digits(found: &mut Vec<String>, digits: &str, e164: Option<&str>) {
    found.push(canonical_digits(digits));
    if let Some(e164) = e164 {
        found.push(canonical_digits(e164));
        if !e164.starts_with("+33") {
            found.extend(plan::national(e164));
        }
    }
}

/// The digits to compare by: French numbers in their national form, whichever way they were written (`+33 1…`,
/// `0033 (0)1…`, `01…`), others with their country's code. Half a number gives the beginning of what the whole gives.
pub fn canonical_digits(text: &str) -> String {
    let digits = digits_of(text);
    let international = match digits.strip_prefix("00") {
        Some(rest) => rest,
        None if is_international(text) => digits.as_str(),
        None => return digits,
    };
    match international.strip_prefix("33") {
        Some(national) => format!("0{}", national.strip_prefix('0').unwrap_or(national)),
        None => international.to_owned(),
    }
}

/// Begun with `+` or `00`: `+33 1…`, `(+33) 1…`, `0033 1…`.
fn is_international(text: &str) -> bool {
    let before = text
        .split(|c: char| c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    before.contains('+') || digits_of(text).starts_with("00")
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod several_tests;
#[cfg(test)]
mod tests;
