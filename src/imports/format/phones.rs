//! Phone numbers that the strict file does not accept, and their form before a spreadsheet or a person changed them.

use serde::{Deserialize, Serialize};

use crate::domain::bare;

/// The phone numbers of a file, counted by their form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Phones {
    /// All phone numbers.
    pub written: u64,
    /// With a leading zero, so that no spreadsheet has removed it.
    pub with_zero: u64,
    /// With spaces or signs that can be removed.
    pub separated: u64,
    /// French numbers without their leading zero, or without the two zeros before 33.
    pub without_zero: u64,
    /// `1.10203E+8`: digits are lost.
    pub cut: u64,
}

impl Phones {
    pub(super) fn see(&mut self, raw: &str) {
        let text = raw.trim();
        if text.is_empty() {
            return;
        }
        self.written += 1;
        if text.starts_with('0') && is_digits(text) {
            self.with_zero += 1;
        } else if let Some(mended) = mend(text, true, false) {
            self.separated += u64::from(mended != text);
            self.with_zero += u64::from(!text.contains('+'));
        } else if mend(text, true, true).is_some() {
            self.without_zero += 1;
            self.separated += u64::from(!is_digits(text) && exponential(text).is_none());
        } else if exponential(text).is_some() {
            self.cut += 1;
        }
    }

    /// Returns `true` if at least half of the file's numbers have spaces or signs.
    pub(super) fn are_separated(&self) -> bool {
        self.separated > 0 && self.separated * 2 >= self.written
    }

    /// Returns `true` if a spreadsheet removed the zeros. A spreadsheet removes all of them, so one remaining zero means
    /// that it did not.
    pub(super) fn lost_zeros(&self) -> bool {
        self.without_zero > 0 && self.with_zero == 0 && self.without_zero * 2 > self.written
    }
}

/// Returns the digits of the strict file if only one number is possible; `None` if more than `separators` and `zeros` allow
/// would have to change, or nothing.
pub(super) fn mend(raw: &str, separators: bool, zeros: bool) -> Option<String> {
    let text = raw.trim();
    if is_digits(text) {
        return if zeros { with_zero(text) } else { None };
    }
    if zeros && let Some(digits) = exponential(text) {
        return with_zero(&digits?);
    }
    if !separators {
        return None;
    }
    let bare = bare(text)?;
    let (digits, is_international) = match bare.strip_prefix('+') {
        Some(rest) => (format!("00{rest}"), true),
        None => (bare, false),
    };
    if !is_digits(&digits) {
        return None;
    }
    if let Some(rest) = digits.strip_prefix("00") {
        let is_one = match rest.strip_prefix("33") {
            Some(national) => national.len() == 9 && !national.starts_with('0'),
            None => (8..=15).contains(&rest.len()),
        };
        return is_one.then_some(digits);
    }
    // Two numbers in one field, or a number with an extension, have more digits.
    if !is_international && digits.starts_with('0') && (9..=10).contains(&digits.len()) {
        return Some(digits);
    }
    if zeros { with_zero(&digits) } else { None }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Turns `110203040` into `0110203040`, and `33110203040` into `0033110203040`.
fn with_zero(digits: &str) -> Option<String> {
    let is_national = |text: &str| text.len() == 9 && !text.starts_with('0');
    if is_national(digits) {
        return Some(format!("0{digits}"));
    }
    digits.strip_prefix("33").filter(|rest| is_national(rest)).map(|_| format!("00{digits}"))
}

/// Reads a number such as `1.10203E+8`; the inner value is its digits, if none is lost.
#[expect(clippy::option_option, reason = "not in this notation, with digits lost, with all digits")]
fn exponential(text: &str) -> Option<Option<String>> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let digits = mantissa.replacen([',', '.'], "", 1);
    if !is_digits(&digits) || exponent > 20 {
        return None;
    }
    Some((digits.len() == exponent + 1 && exponent > 0).then_some(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certain_numbers_are_corrected() {
        for (raw, mended) in [
            ("01 10 20 30 40", Some("0110203040")),
            ("01.10.20.30.40", Some("0110203040")),
            ("01-10-20-30-40", Some("0110203040")),
            ("01/10/20/30/40", Some("0110203040")),
            ("01\u{A0}10\u{202F}20 30 40", Some("0110203040")),
            ("'0110203040", Some("0110203040")),
            ("+33 1 10 20 30 40", Some("0033110203040")),
            ("+33 (0)1 10 20 30 40", Some("0033110203040")),
            ("(+33) 1.10.20.30.40", Some("0033110203040")),
            ("0033 1 10 20 30 40", Some("0033110203040")),
            ("\u{202D}01 10 20 30 40\u{202C}", Some("0110203040")),
            ("01\u{2011}10\u{2011}20–30–40", Some("0110203040")),
            ("tél. 01 10 20 30 40", Some("0110203040")),
            ("tel:+33110203040", Some("0033110203040")),
            ("[01 10 20 30 40]", Some("0110203040")),
            ("01 10 20 30 40 (standard)", None),
            ("+32 2 555 12 12", Some("003225551212")),
            ("0110203040", None),
            ("+33 0110203040", None),
            ("+33 1 10 20 30", None),
            ("01 10 20 30 40 / 06 12 34 56 78", None),
            ("01 10 20 30 40 - 41", None),
            ("01 10 20 30 40 poste 12", None),
            ("39 49", None),
            ("1 10 20 30 40", None),
            ("+", None),
            ("-", None),
            ("++33110203040", None),
        ] {
            assert_eq!(mend(raw, true, false).as_deref(), mended, "{raw}");
        }
    }

    #[test]
    fn a_lost_zero_is_restored_if_no_digit_is_missing() {
        for (raw, mended) in [
            ("110203040", Some("0110203040")),
            ("33110203040", Some("0033110203040")),
            ("1.10203040E+8", Some("0110203040")),
            ("1,10203040E+08", Some("0110203040")),
            ("1.10203E+8", None),
            ("1.1E+8", None),
            ("1E+0", None),
            ("3949", None),
            ("0110203040", None),
            ("1102030405", None),
            ("33010203040", None),
            ("1 10 20 30 40", None),
        ] {
            assert_eq!(mend(raw, false, true).as_deref(), mended, "{raw}");
        }
        assert_eq!(mend("1 10 20 30 40", true, true).as_deref(), Some("0110203040"));
    }

    #[test]
    fn one_remaining_zero_means_that_no_zeros_were_lost() {
        let seen = |numbers: &[&str]| {
            let mut phones = Phones::default();
            for number in numbers {
                phones.see(number);
            }
            phones
        };
        assert!(seen(&["110203040", "612345678", ""]).lost_zeros());
        assert!(!seen(&["110203040", "0612345678"]).lost_zeros());
        assert!(!seen(&["110203040", "06 12 34 56 78"]).lost_zeros());
        assert!(!seen(&["3949", "3950"]).lost_zeros());
        assert!(seen(&["01 10 20 30 40", "+33 612345678", ""]).are_separated());
        assert!(!seen(&["01 10 20 30 40", "0110203040", "0110203041"]).are_separated());
        assert_eq!(seen(&["1.1E+8"]).cut, 1);
    }
}
