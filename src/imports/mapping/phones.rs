//! Phone numbers that a spreadsheet has changed, and cells with two numbers.

use super::Rules;
use super::row::Moved;
use crate::domain::{Country, Field, Phone};

/// The digits of a French number without its zero, and of one with its country code.
const WITHOUT_ZERO: usize = 9;
const WITH_CODE: usize = 11;

/// A number with the zero or the `+` at its beginning that a spreadsheet dropped: `612345678` → `0612345678`, `33612345678` →
/// `+33612345678`. Other texts are returned unchanged.
pub(super) fn restored(typed: &str, default: Country) -> String {
    let text = typed.trim();
    // A number that a program took for a decimal one.
    let text = text.strip_suffix(".0").filter(|digits| is_digits(digits)).unwrap_or(text);
    if !Phone::is_french(default) || !is_digits(text) {
        return text.to_owned();
    }
    let restored = match text.len() {
        WITHOUT_ZERO if !text.starts_with('0') => format!("0{text}"),
        WITH_CODE if text.starts_with("33") => format!("+{text}"),
        _ => return text.to_owned(),
    };
    if Phone::e164(&restored, default).is_some() { restored } else { text.to_owned() }
}

/// Returns `true` for a number in the short form of a spreadsheet (`6,12E+08`), which has lost its digits.
pub(super) fn is_shortened(typed: &str) -> bool {
    let Some((number, exponent)) = typed.trim().split_once(['E', 'e']) else { return false };
    let is_number =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_of_number);
    is_number(number) && exponent.strip_prefix('+').is_some_and(is_digits)
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ',' | '.')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The second number of a text, for a phone field that no column becomes and that is not among `taken`. Returns `None` if there
/// is no second number or no such field.
pub(super) fn second_number(stored: &str, rules: &Rules, taken: &[Field]) -> Option<Moved> {
    if stored.is_empty() || Phone::is_one(stored) {
        return None;
    }
    let (rest, second) = Phone::without_second(stored, rules.book.default_country)?;
    let mut fields = [Field::PhoneOther, Field::PhoneWork, Field::PhoneHome, Field::PhoneCell];
    if second.is_mobile() {
        fields.rotate_right(1);
    }
    let is_free = |field: &Field| rules.is_free(*field) && !taken.contains(field);
    let to = fields.into_iter().find(is_free)?;
    Some(Moved { rest, to, second: to.clean(&second.text()).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_zero_comes_back_in_france_only() {
        let france = Country::parse("FR").unwrap();
        for (typed, number) in [
            ("612345678", "0612345678"),
            ("612345678.0", "0612345678"),
            ("33612345678", "+33612345678"),
            ("0612345678", "0612345678"),
            ("01.23.45.67.89", "01.23.45.67.89"),
            ("3631", "3631"),
            ("6 12 34 56 78", "6 12 34 56 78"),
            ("012345678", "012345678"),
        ] {
            assert_eq!(restored(typed, france), number);
        }
        let belgium = Country::parse("BE").unwrap();
        assert_eq!(restored("612345678", belgium), "612345678");
    }

    #[test]
    fn a_shortened_number_is_noticed() {
        assert!(is_shortened("6,12E+08") && is_shortened("3.3612E+10"));
        assert!(!is_shortened("0612345678") && !is_shortened("01 23 45 67 89 e 5") && !is_shortened("E+1"));
    }
}
