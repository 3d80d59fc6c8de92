use std::ops::Deref;

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

use super::text::clean;
use super::{Country, Fault, fold};

/// A phone number as typed, at most 50 characters; may be empty. What it is to the telephone network is read from it
/// with the default country ([`Phone::e164`]) and stored beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phone(String);

/// What stands before an extension; folded.
const EXTENSION_MARKS: [&str; 7] = ["poste", "extension", "ext", "post", "p", "x", "#"];
/// No extension is longer; a longer run of digits is a number.
const EXTENSION_DIGITS: usize = 7;
/// Where France numbers its overseas numbers as its own (`0262…`, `0590…`, `0692…`) but has another code abroad.
const OVERSEAS: [Region; 5] = [Region::RE, Region::GP, Region::MQ, Region::GF, Region::YT];

impl Phone {
    const MAX: usize = 50;
    const MAX_IN_FILE: usize = 20;

    /// # Errors
    /// [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::NoDigit`], [`Fault::ExtensionAlone`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let text = clean(raw, Self::MAX)?;
        if !text.is_empty() && !has_digit(&text) {
            return Err(Fault::NoDigit);
        }
        if let (number, Some(_)) = split_extension(&text)
            && !has_digit(number)
        {
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

    /// A stored number in the form that every network understands (`+33110203040`), without its extension; none when no
    /// numbering plan has it. `default` is the country of a number that names none.
    pub fn e164(stored: &str, default: Country) -> Option<String> {
        if stored.is_empty() {
            return None;
        }
        let number = read(split_extension(stored).0, default)?;
        Some(number.format_as(PhoneNumberFormat::E164).into_owned())
    }

    /// Whether a stored number says its country, by `+` or `00`: then the default country has no say.
    pub fn names_country(stored: &str) -> bool {
        is_international(stored)
    }

    /// A stored number as the strict file has it: digits alone, `00` in place of `+`. None for one that the file cannot
    /// hold: it has an extension, letters, or too many digits.
    pub fn in_file(stored: &str) -> Option<String> {
        let (number, extension) = split_extension(stored);
        if extension.is_some() {
            return None;
        }
        let mut digits = String::with_capacity(number.len());
        let number = match number.trim_start_matches(['(', ' ']).strip_prefix('+') {
            Some(rest) => {
                digits.push_str("00");
                rest
            }
            None => number,
        };
        // The zero that is not dialled from abroad.
        let number = if is_international(stored) {
            number.replacen("(0)", "", 1)
        } else {
            number.to_owned()
        };
        for c in number.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '\u{A0}' | '\u{202F}' | '.' | '-' | '/' | '(' | ')' => {}
                _ => return None,
            }
        }
        (digits.len() <= Self::MAX_IN_FILE).then_some(digits)
    }

    /// What a `tel:` link dials.
    pub fn dial(stored: &str, e164: Option<&str>) -> String {
        let (number, extension) = split_extension(stored);
        let number = e164.map_or_else(|| plain_dial(number), str::to_owned);
        match extension {
            Some(extension) => format!("{number};ext={extension}"),
            None => number,
        }
    }

    /// A stored number as people read it aloud: bare digits in the groups of their country, others as they were typed.
    pub fn spoken(stored: &str, e164: Option<&str>) -> String {
        let Some(e164) = e164.filter(|_| is_bare(stored)) else {
            return stored.to_owned();
        };
        match e164.strip_prefix("+33") {
            Some(national) if national.len() == 9 => in_pairs(&format!("0{national}")),
            _ => PHONE_NUMBER_UTIL
                .parse(e164, None)
                .map_or_else(
                    |_| stored.to_owned(),
                    |number| {
                        number
                            .format_as(PhoneNumberFormat::International)
                            .into_owned()
                    },
                )
                .replace([' ', '-'], "\u{A0}"),
        }
    }

    /// The digits that a stored number is found by: as it is dialled at home, and with its country's code where that is
    /// not France's.
    pub fn search_digits(stored: &str, e164: Option<&str>) -> Vec<String> {
        let mut found = vec![canonical_digits(split_extension(stored).0)];
        if let Some(e164) = e164 {
            found.push(canonical_digits(e164));
            if !e164.starts_with("+33")
                && let Ok(number) = PHONE_NUMBER_UTIL.parse(e164, None)
            {
                found.push(digits_of(&number.format_as(PhoneNumberFormat::National)));
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

fn read(number: &str, default: Country) -> Option<PhoneNumber> {
    let digits = digits_of(number);
    // `00` is how one leaves France; other countries have other signs for it, but nobody's own numbers begin so.
    if let Some(rest) = digits.strip_prefix("00") {
        return valid(&format!("+{rest}"), None);
    }
    if is_international(number) {
        return valid(number, None);
    }
    let region: Region = default.code().parse().ok()?;
    // First: France's own plan also has some of their numbers, which abroad would reach nobody.
    let overseas = if region == Region::FR {
        &OVERSEAS[..]
    } else {
        &[]
    };
    overseas
        .iter()
        .chain([&region])
        .find_map(|region| valid(number, Some(*region)))
}

fn valid(text: &str, region: Option<Region>) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL
        .parse(text, region)
        .ok()
        .filter(PhoneNumber::is_valid)
}

/// The number and the extension behind it, if there is one.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 || digits > EXTENSION_DIGITS {
        return (text, None);
    }
    let (before, extension) = text.split_at(text.len() - digits);
    let before = before.trim_end_matches([' ', '\u{A0}', '.', ':', '=', '°']);
    let mark = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphabetic() || *c == '#')
        .last()
        .map_or(before.len(), |(at, _)| at);
    if EXTENSION_MARKS.contains(&fold(&before[mark..]).as_str()) {
        let number = before[..mark].trim_end_matches([' ', '\u{A0}', ',', ';', '(', '-', '/']);
        (number, Some(extension))
    } else {
        (text, None)
    }
}

/// What is dialled of a number that no plan knows.
fn plain_dial(number: &str) -> String {
    let digits = canonical_digits(number);
    match digits.strip_prefix('0') {
        Some(national) if is_international(number) => format!("+33{national}"),
        None if is_international(number) => format!("+{digits}"),
        _ => digits_of(number),
    }
}

fn in_pairs(digits: &str) -> String {
    let pairs: Vec<&str> = (0..digits.len())
        .step_by(2)
        .map(|at| &digits[at..digits.len().min(at + 2)])
        .collect();
    pairs.join("\u{A0}")
}

/// The digits to compare by: French numbers in their national form, whichever way they were written (`+33 1…`,
/// `0033 (0)1…`, `01…`), others with their country's code. Half a number gives the beginning of what the whole gives.
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

/// Digits alone, or behind a `+`.
fn is_bare(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    fn e164(typed: &str, default: &str) -> Option<String> {
        Phone::e164(&Phone::parse(typed).unwrap(), country(default))
    }

    #[test]
    fn every_spelling_of_a_number_is_one_number() {
        for typed in [
            "01 10 20 30 40",
            "01.10.20.30.40",
            "+33 1 10 20 30 40",
            "0033110203040",
            "+33 (0)1 10 20 30 40",
            "(+33) 1 10 20 30 40",
            "0110203040",
            "01 10 20 30 40 poste 12",
            "01 10 20 30 40 (ext. 12",
        ] {
            assert_eq!(
                e164(typed, "FR").as_deref(),
                Some("+33110203040"),
                "{typed}"
            );
        }
        assert_eq!(
            e164("+32 2 555 12 12", "FR").as_deref(),
            Some("+3225551212")
        );
        assert_eq!(e164("02 555 12 12", "BE").as_deref(), Some("+3225551212"));
        assert_eq!(
            e164("(202) 555-0173", "US").as_deref(),
            Some("+12025550173")
        );
        assert_eq!(
            e164("00 33 1 10 20 30 40", "US").as_deref(),
            Some("+33110203040")
        );
    }

    #[test]
    fn overseas_and_satellite_numbers_are_read() {
        for (typed, expected) in [
            ("0262 12 34 56", "+262262123456"),
            ("0692 12 34 56", "+262692123456"),
            ("0590 12 34 56", "+590590123456"),
            ("0596 50 12 34", "+596596501234"),
            ("0594 12 34 56", "+594594123456"),
            ("0639 69 12 34", "+262639691234"),
            ("+870 773 111 632", "+870773111632"),
            ("00870 773 111 632", "+870773111632"),
            ("+881 6 123 45678", "+881612345678"),
        ] {
            assert_eq!(e164(typed, "FR").as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn what_no_plan_has_is_kept_without_e164() {
        for typed in [
            "3949",
            "01 10 20",
            "01 10 20 30 40 ou 06 12 34 56 78",
            "+33 1",
            "99",
        ] {
            assert_eq!(e164(typed, "FR"), None, "{typed}");
        }
    }

    #[test]
    fn an_extension_is_kept_apart_and_alone_refused() {
        for (typed, extension) in [
            ("01 10 20 30 40 poste 12", Some("12")),
            ("01 10 20 30 40, ext. 1234", Some("1234")),
            ("0110203040;ext=12", Some("12")),
            ("0110203040x12", Some("12")),
            ("0110203040 #12", Some("12")),
            ("01 10 20 30 40", None),
            ("06 12 34 56 78 Max 12", None),
        ] {
            assert_eq!(split_extension(typed).1, extension, "{typed}");
        }
        for typed in ["poste 12", "ext 4021", "#12", "x12", "Poste: 3"] {
            assert_eq!(Phone::parse(typed), Err(Fault::ExtensionAlone), "{typed}");
        }
        assert_eq!(Phone::parse("poste"), Err(Fault::NoDigit));
        assert!(Phone::parse("4021").is_ok(), "the file takes it too");
    }

    #[test]
    fn a_link_dials_what_was_meant() {
        for (typed, dialled) in [
            ("+33 (0)1 10 20 30 40", "+33110203040"),
            ("01 10 20 30 40 poste 12", "+33110203040;ext=12"),
            ("+32 2 555 12 12", "+3225551212"),
            ("0262 12 34 56", "+262262123456"),
            ("3949", "3949"),
            ("+33 1 10", "+33110"),
        ] {
            let read = e164(typed, "FR");
            assert_eq!(Phone::dial(typed, read.as_deref()), dialled, "{typed}");
        }
    }

    #[test]
    fn bare_digits_are_grouped_to_be_read_aloud() {
        for (typed, spoken) in [
            ("0110203040", "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"),
            ("0033110203040", "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"),
            ("003225551212", "+32\u{A0}2\u{A0}555\u{A0}12\u{A0}12"),
            ("01.10.20.30.40", "01.10.20.30.40"),
            ("3949", "3949"),
        ] {
            let read = e164(typed, "FR");
            assert_eq!(Phone::spoken(typed, read.as_deref()), spoken, "{typed}");
        }
    }

    #[test]
    fn a_number_is_found_at_home_and_from_abroad() {
        let found = |typed: &str, default: &str| {
            Phone::search_digits(typed, e164(typed, default).as_deref())
        };
        assert_eq!(found("+33 1 10 20 30 40", "FR"), ["0110203040"]);
        assert_eq!(
            found("+590 590 12 34 56", "FR"),
            ["0590123456", "590590123456"]
        );
        assert_eq!(found("02 555 12 12", "BE"), ["025551212", "3225551212"]);
        assert_eq!(found("3949", "FR"), ["3949"]);
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
