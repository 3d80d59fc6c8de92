//! Phone numbers as people type them.

mod asked;
mod block;
mod caller;
mod lexemes;
mod number;
mod parts;
mod plan;
mod reader;
mod signs;

use std::ops::Deref;

pub(super) use asked::{Asked, asked};
pub use block::{NumberBlocks, beginnings};
pub use caller::{CallerNumber, NumberKind};
pub use number::Number;
pub use signs::bare;

use super::text::clean;
use super::{Country, Fault};

/// The text of a phone field as typed, at most 50 characters; can be empty. The telephone numbers in it are read with the default
/// country ([`Phone::numbers`]). The first one is stored beside the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone(String);

/// The largest number of digits that is always one number: two numbers have more, and a number of the French plan has at most 10.
const ONE_NUMBER: usize = 10;
/// The largest number of digits of a number, including a leading `00`.
const LONGEST: usize = 17;
/// The smallest number of digits in a remark that the search finds.
const SEARCHED: usize = 4;

impl Phone {
    const MAX: usize = 50;
    const MAX_IN_FILE: usize = 20;

    /// Parses the text of a phone field.
    ///
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

    /// Parses a number of the strict file: at most 20 digits and nothing else.
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

    /// The numbers of a stored text, from first to last; empty if no numbering plan has any of them. `default` is the country of
    /// numbers without a country code. `e164` is the number stored beside the text, so that most texts need no parsing.
    pub fn numbers(stored: &str, e164: Option<&str>, default: Country) -> Vec<Number> {
        let Some(digits) = one(stored) else {
            return reader::read(stored, default);
        };
        if e164.is_none() && !plan::is_short(&digits, default) {
            return Vec::new();
        }
        vec![Number::plain(stored, digits, e164.map(str::to_owned))]
    }

    /// Returns `true` if a stored text is certainly a single number: digits only, or few digits in groups.
    pub fn is_one(stored: &str) -> bool {
        one(stored).is_some()
    }

    /// The first number of a stored text in international form (`+33110203040`), without its extension; `None` if no numbering
    /// plan has it.
    pub fn e164(stored: &str, default: Country) -> Option<String> {
        if stored.is_empty() {
            return None;
        }
        match one(stored) {
            Some(digits) => plan::e164(&digits, default),
            None => reader::read(stored, default).into_iter().find_map(|number| number.e164),
        }
    }

    /// A stored text without its second number, and that number, for another field. Returns `None` if there is only one number,
    /// or if either text would be read differently afterwards.
    pub fn without_second(stored: &str, default: Country) -> Option<(String, Number)> {
        let (rest, second, others) = reader::without_second(stored, default)?;
        let holds = |text: &str, numbers: &[Number]| {
            let read = reader::read(text, default);
            text.chars().count() <= Self::MAX
                && read.iter().map(Number::dial).eq(numbers.iter().map(Number::dial))
        };
        // An ending such as `83` needs the number before it, so the second attempt writes all numbers in full.
        let in_full: Vec<String> = others.iter().map(Number::text).collect();
        let rest = [rest, in_full.join(" / ")].into_iter().find(|rest| holds(rest, &others))?;
        holds(&second.text(), std::slice::from_ref(&second)).then_some((rest, second))
    }

    /// Returns `true` if a stored number has its country code, after `+` or `00`; then the default country is not used.
    pub fn names_country(stored: &str) -> bool {
        is_international(stored)
    }

    /// A stored number in the form of the strict file: digits only, with `00` instead of `+`. Returns `None` if the file cannot
    /// contain it: it has an extension, a remark, or too many digits.
    pub fn in_file(stored: &str) -> Option<String> {
        let bare = bare(stored)?;
        let digits = match bare.strip_prefix('+') {
            Some(rest) => format!("00{rest}"),
            None => bare,
        };
        (digits.len() <= Self::MAX_IN_FILE).then_some(digits)
    }

    /// Returns `true` if numbers without a country code belong to the French plan, in which they begin with a zero.
    pub fn is_french(default: Country) -> bool {
        plan::is_french(default)
    }

    /// A number in E.164 as people read it aloud, with its digits in groups.
    pub fn spoken(e164: &str) -> String {
        number::spoken(e164, Some(e164))
    }

    /// The digits by which the search finds a stored text: those of each number as dialled in its own country, and with the
    /// country code if the country is not France.
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

/// The digits of a text that is certainly one number, after its `+` if it has one: digits only, or few digits in groups. Most
/// texts are, and need no further parsing.
fn one(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (digits.len() <= LONGEST).then(|| text.to_owned());
    }
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '\u{A0}' | '\u{202F}')) {
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

/// The digits for comparison: French numbers in their national form, in whichever way they were written (`+33 1…`,
/// `0033 (0)1…`, `01…`), other numbers with their country code. The digits of half a number are the beginning of the whole
/// number's digits.
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

/// Returns `true` for a number that begins with `+` or `00`: `+33 1…`, `(+33) 1…`, `0033 1…`.
fn is_international(text: &str) -> bool {
    let before = text.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    before.contains('+') || digits_of(text).starts_with("00")
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod several_tests;
#[cfg(test)]
mod tests;
