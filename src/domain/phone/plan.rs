//! The numbering plans. Most countries' plans come from libphonenumber. The French plan is shared by its overseas territories,
//! and this module has the ranges of each territory.
//!
//! Sources: ARCEP, décision n° 2018-0881 du 24 juillet 2018 modifiée (*plan national de numérotation*), annexe 1, 2.3
//! (numbers of a territory) and 2.4 (special and short numbers); for each range the column *Territoire* of ARCEP's list of
//! assigned numbers (`MAJNUM.csv`, April 2026); décision n° 2002-1179 modifiée for the emergency numbers.

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

use crate::domain::Country;

/// Ranges of the French plan that abroad belong to another country code: the beginnings, without the zero, of ranges that only
/// one territory uses. The `08` numbers belong to all territories; `0695`, `0698` and `0699` belong to metropolitan France.
const TERRITORIES: [(&str, &[&str]); 5] = [
    // La Réunion and Mayotte.
    (
        "262",
        &[
            "262", "263", "2688", "2689", "269", "639", "692", "693", "7092", "70935", "70936", "70937",
            "70938", "70939", "9398", "9399", "9478", "9479", "9762", "9763", "9769",
        ],
    ),
    // Guadeloupe, Saint-Martin and Saint-Barthélemy.
    ("590", &["590", "5987", "690", "691", "7090", "9395", "9475", "9760", "9761"]),
    // Guyane.
    (
        "594",
        &["594", "5988", "694", "70930", "70931", "70932", "70933", "70934", "9396", "9476", "9764", "9765"],
    ),
    // Martinique.
    ("596", &["596", "5989", "696", "697", "7091", "9397", "9477", "9766", "9767"]),
    (SAINT_PIERRE, &["508", "7084", "7085"]),
];

/// Saint-Pierre-et-Miquelon: abroad, its fixed numbers are the six digits after `0508`.
const SAINT_PIERRE: &str = "508";

/// The countries that use the French plan.
const SHARING: [Region; 9] = [
    Region::FR,
    Region::RE,
    Region::YT,
    Region::GP,
    Region::MF,
    Region::BL,
    Region::GF,
    Region::MQ,
    Region::PM,
];

/// The short numbers of two and three digits in the French plan.
const SHORTEST: [&str; 11] = ["15", "17", "18", "110", "112", "114", "115", "119", "191", "196", "197"];
/// The emergency number of every mobile phone in the world (3GPP TS 22.101).
const EMERGENCY: &str = "112";

/// Returns `true` if numbers without a country code belong to the French plan.
pub fn is_french(default: Country) -> bool {
    region(default).is_some_and(|region| SHARING.contains(&region))
}

/// The number in international form (`+33110203040`); `None` if no plan has it. A number with its country code begins with `+`
/// or `00`.
pub fn e164(digits: &str, default: Country) -> Option<String> {
    if digits.starts_with('+') {
        return international(digits);
    }
    let region = region(default)?;
    // In France `00` begins an international call. Other countries use other signs, some of them longer, such as `0011`, but no
    // national number begins with `00`.
    if let Some(rest) = digits.strip_prefix("00") {
        return international(&format!("+{rest}")).or_else(|| valid(digits, Some(region)));
    }
    if !SHARING.contains(&region) {
        return valid(digits, Some(region));
    }
    if digits.len() == 10
        && let Some(national) = digits.strip_prefix('0')
    {
        return of_france(national);
    }
    // `1 10 20 30 40`, `33 1…`, and numbers that only a territory dials without its code.
    parse(digits, Region::FR)
        .filter(|number| number.country_code == 33)
        .and_then(|number| of_france(&number.get_national_significant_number()))
        .or_else(|| valid(digits, Some(region)))
}

/// Returns `true` for a number of two to six digits that is dialled unchanged, and only within its country. In plans other than
/// the French one, only the emergency number is known.
pub fn is_short(digits: &str, default: Country) -> bool {
    if !is_french(default) {
        return digits == EMERGENCY;
    }
    match digits.len() {
        2 | 3 => SHORTEST.contains(&digits),
        // 10YT and 3BPQ
        4 => digits.starts_with("10") || digits.starts_with('3'),
        // 116XYZ and 118XYZ
        6 => digits.starts_with("116") || digits.starts_with("118"),
        _ => false,
    }
}

/// The number as dialled in its own country.
pub fn national(e164: &str) -> Option<String> {
    if let Some(number) = e164.strip_prefix("+33") {
        return Some(format!("0{number}"));
    }
    let digits = e164.strip_prefix('+')?;
    let of = |(code, _): &(&'static str, _)| Some((*code, digits.strip_prefix(code)?));
    match TERRITORIES.iter().find_map(of) {
        Some((SAINT_PIERRE, number)) if number.len() == 6 => Some(format!("0{SAINT_PIERRE}{number}")),
        Some((_, number)) => Some(format!("0{number}")),
        None => {
            let number = PHONE_NUMBER_UTIL.parse(e164, None).ok()?;
            let national = number.format_as(PhoneNumberFormat::National);
            Some(national.chars().filter(char::is_ascii_digit).collect())
        }
    }
}

/// The number in its usual international notation: `+32 2 555 12 12`.
pub fn formatted(e164: &str) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(e164, None).ok()?;
    Some(number.format_as(PhoneNumberFormat::International).into_owned())
}

/// Returns `true` for a mobile number.
pub fn is_mobile(e164: &str) -> bool {
    use rlibphonenumber::PhoneNumberType::Mobile;
    let number = PHONE_NUMBER_UTIL.parse(e164, None);
    number.is_ok_and(|number| number.get_type() == Mobile)
}

/// Completes a number with a country code. Many people write numbers of La Réunion as `+33 6 92…`.
fn international(digits: &str) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(digits, None).ok()?;
    if number.country_code == 33 {
        return of_france(&number.get_national_significant_number());
    }
    written(&number)
}

/// Completes nine digits of the French plan, without their zero. They belong to the territory that alone has their beginning, or
/// else to metropolitan France.
fn of_france(national: &str) -> Option<String> {
    let Some(code) = territory(national) else {
        return valid(&format!("+33{national}"), None);
    };
    let number = national.strip_prefix(SAINT_PIERRE).filter(|_| code == SAINT_PIERRE).unwrap_or(national);
    valid(&format!("+{code}{number}"), None)
}

fn territory(national: &str) -> Option<&'static str> {
    let (code, _) = TERRITORIES
        .iter()
        .find(|(_, beginnings)| beginnings.iter().any(|begin| national.starts_with(begin)))?;
    Some(code)
}

fn region(country: Country) -> Option<Region> {
    country.code().parse().ok()
}

fn valid(digits: &str, region: Option<Region>) -> Option<String> {
    written(&PHONE_NUMBER_UTIL.parse(digits, region).ok()?)
}

fn parse(digits: &str, region: Region) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(digits, Some(region)).ok()
}

fn written(number: &PhoneNumber) -> Option<String> {
    number.is_valid().then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::e164;
    use super::national;

    #[test]
    fn a_number_is_of_a_territory_if_only_that_territory_has_its_beginning() {
        for (typed, expected) in [
            ("0262 12 34 56", "+262262123456"),
            ("0263 01 23 45", "+262263012345"),
            ("0268 81 23 45", "+262268812345"),
            ("0692 12 34 56", "+262692123456"),
            ("0693 12 34 56", "+262693123456"),
            ("0709 20 12 34", "+262709201234"),
            ("0939 90 12 34", "+262939901234"),
            ("0947 90 12 34", "+262947901234"),
            ("0976 22 12 34", "+262976221234"),
            ("0976 30 12 34", "+262976301234"),
            ("0269 60 12 34", "+262269601234"),
            ("0639 69 12 34", "+262639691234"),
            ("0709 35 12 34", "+262709351234"),
            ("0939 80 12 34", "+262939801234"),
            ("0947 80 12 34", "+262947801234"),
            ("0976 90 12 34", "+262976901234"),
            ("0590 27 12 34", "+590590271234"),
            ("0598 71 23 45", "+590598712345"),
            ("0690 12 34 56", "+590690123456"),
            ("0691 22 34 56", "+590691223456"),
            ("0709 00 12 34", "+590709001234"),
            ("0939 50 12 34", "+590939501234"),
            ("0947 50 12 34", "+590947501234"),
            ("0976 01 12 34", "+590976011234"),
            ("0976 10 12 34", "+590976101234"),
            ("0594 12 34 56", "+594594123456"),
            ("0598 81 23 45", "+594598812345"),
            ("0694 20 12 34", "+594694201234"),
            ("0709 30 12 34", "+594709301234"),
            ("0939 60 12 34", "+594939601234"),
            ("0947 60 12 34", "+594947601234"),
            ("0976 40 12 34", "+594976401234"),
            ("0976 50 12 34", "+594976501234"),
            ("0596 50 12 34", "+596596501234"),
            ("0598 91 23 45", "+596598912345"),
            ("0696 12 34 56", "+596696123456"),
            ("0697 27 12 34", "+596697271234"),
            ("0709 10 12 34", "+596709101234"),
            ("0939 70 12 34", "+596939701234"),
            ("0947 70 12 34", "+596947701234"),
            ("0976 60 12 34", "+596976601234"),
            ("0976 70 12 34", "+596976701234"),
            ("0508 41 10 10", "+508411010"),
            ("0708 40 12 34", "+508708401234"),
            // Shared by all territories, or of metropolitan France.
            ("0800 123 456", "+33800123456"),
            ("0805 123 456", "+33805123456"),
            ("0806 123 456", "+33806123456"),
            ("0810 123 456", "+33810123456"),
            ("0812 123 456", "+33812123456"),
            ("0820 123 456", "+33820123456"),
            ("0825 123 456", "+33825123456"),
            ("0884 123 456", "+33884123456"),
            ("0890 123 456", "+33890123456"),
            ("0892 123 456", "+33892123456"),
            ("0899 123 456", "+33899123456"),
            ("0261 12 34 56", "+33261123456"),
            ("0591 12 34 56", "+33591123456"),
            ("0638 12 34 56", "+33638123456"),
            ("0695 12 34 56", "+33695123456"),
            ("0698 12 34 56", "+33698123456"),
            ("0699 12 34 56", "+33699123456"),
            ("0977 12 34 56", "+33977123456"),
            ("0948 12 34 56", "+33948123456"),
            ("01 42 68 53 00", "+33142685300"),
            ("06 12 34 56 78", "+33612345678"),
        ] {
            // The default country can be any of them.
            for default in ["FR", "RE", "YT", "GP", "MF", "BL", "MQ", "GF", "PM"] {
                assert_eq!(e164(typed, default).as_deref(), Some(expected), "{typed} in {default}");
            }
            let national = national(expected).unwrap();
            assert_eq!(national, typed.replace(' ', ""));
            let from_france = format!("+33 {}", &typed[1..]);
            assert_eq!(e164(&from_france, "BE").as_deref(), Some(expected));
        }
        assert_eq!(e164("41 10 10", "PM").as_deref(), Some("+508411010"));
        assert_eq!(e164("+508 41 10 10", "FR").as_deref(), Some("+508411010"));
        assert_eq!(e164("41 10 10", "FR"), None);
        assert_eq!(e164("262 262 12 34 56", "RE").as_deref(), Some("+262262123456"));
        // In the range of Mayotte, but not assigned.
        assert_eq!(e164("0269 12 34 56", "FR"), None);
        // Other plans.
        assert_eq!(e164("40 41 23 45", "PF").as_deref(), Some("+68940412345"));
        assert_eq!(e164("01 42 68 53 00", "BE"), None);
    }
}
