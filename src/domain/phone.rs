use std::ops::Deref;

use super::Fault;
use super::text::clean;

/// A phone number as typed, at most 50 characters; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    const MAX: usize = 50;
    const MAX_IN_FILE: usize = 20;

    /// # Errors
    /// [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::NoDigit`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let text = clean(raw, Self::MAX)?;
        if !text.is_empty() && !text.contains(|c: char| c.is_ascii_digit()) {
            return Err(Fault::NoDigit);
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

    /// The digits to compare and search by: French numbers in their national form, whichever way they were
    /// written (`+33 1…`, `0033 (0)1…`, `01…`), others with their country's code. Half a number gives the
    /// beginning of what the whole gives.
    pub fn digits(&self) -> String {
        canonical_digits(&self.0)
    }

    /// What a `tel:` link dials for a stored number.
    pub fn dial(stored: &str) -> String {
        let digits = canonical_digits(stored);
        match digits.strip_prefix('0') {
            Some(national) if is_international(stored) => format!("+33{national}"),
            None if is_international(stored) => format!("+{digits}"),
            _ => digits_of(stored),
        }
    }

    /// A stored number as people read it aloud: ten French digits in pairs, others as they are.
    pub fn spoken(stored: &str) -> String {
        let only_digits = stored.bytes().all(|byte| byte.is_ascii_digit());
        let digits = canonical_digits(stored);
        if !only_digits || digits.len() != 10 || !digits.starts_with('0') {
            return stored.to_owned();
        }
        let pairs: Vec<&str> = (0..5).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
        pairs.join("\u{A0}")
    }
}

impl Deref for Phone {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

pub(super) fn canonical_digits(text: &str) -> String {
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
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_french_number_has_the_same_digits() {
        for text in [
            "01 10 20 30 40",
            "01.10.20.30.40",
            "+33 1 10 20 30 40",
            "0033110203040",
            "+33 (0)1 10 20 30 40",
        ] {
            assert_eq!(Phone::parse(text).unwrap().digits(), "0110203040", "{text}");
        }
        assert_eq!(
            Phone::parse("+32 2 555 12 12").unwrap().digits(),
            "3225551212"
        );
    }

    #[test]
    fn a_link_dials_what_was_meant() {
        for (text, dialled) in [
            ("+33 (0)1 10 20 30 40", "+33110203040"),
            ("(+33) 1 10 20 30 40", "+33110203040"),
            ("0033110203040", "+33110203040"),
            ("01 10 20 30 40", "0110203040"),
            ("+32 2 555 12 12", "+3225551212"),
            ("3949", "3949"),
        ] {
            assert_eq!(Phone::dial(text), dialled, "{text}");
        }
    }

    #[test]
    fn the_file_takes_digits_only() {
        assert_eq!(Phone::parse_strict("01 10"), Err(Fault::NotOnlyDigits));
        assert_eq!(Phone::parse_strict("+33110"), Err(Fault::NotOnlyDigits));
        assert_eq!(Phone::parse_strict("٠١"), Err(Fault::NotOnlyDigits));
        assert_eq!(
            Phone::parse_strict(&"1".repeat(21)),
            Err(Fault::TooLong {
                length: 21,
                max: 20
            })
        );
        assert_eq!(
            &*Phone::parse_strict("0033110203040").unwrap(),
            "0033110203040"
        );
    }
}
