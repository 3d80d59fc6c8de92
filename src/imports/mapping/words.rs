//! The words that lists use for values: nothing, yes and no, forms of address, countries and languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};

use crate::domain::{Civility, Country, FieldKind, fold, folded_words, language_names, tidy};

/// Texts that people and programs write where there is no value, folded. None of them could be a value.
#[rustfmt::skip] // Side by side.
const NOTHING: [&str; 26] = [
    "-", "--", "---", "–", "—", "_", ".", "?", "/", "n/a", "#n/a", "n.a.", "n.c.", "n.d.", "n.r.", "#ref!", "#value!",
    "#valeur!", "#name?", "#nom?", "(vide)", "(blank)", "neant", "non renseigne", "non renseignee", "non communique",
];
/// The same as names of database programs. `Null` is a family name.
const NULL: [&str; 2] = ["NULL", "null"];
/// The same for fields that have no words as values. Elsewhere `NC` can be New Caledonia, and `Na` a name.
const NO_WORD: [&str; 8] = ["na", "nc", "nd", "nr", "aucun", "aucune", "none", "nan"];

/// Returns `true` for a text that means that there is no value. `kind` is that of a contact's field; `None` for other targets.
pub(super) fn means_nothing(text: &str, kind: Option<FieldKind>) -> bool {
    // No word of the lists is longer, and most values are.
    const LONGEST: usize = 16;
    if text.len() > 2 * LONGEST {
        return false;
    }
    // Folding takes longer than everything else here, and most values begin with another letter or a digit.
    let first = text.trim_start().chars().next();
    if first.is_some_and(|c| c.is_ascii_alphanumeric() && !matches!(c, 'A' | 'a' | 'N' | 'n')) {
        return false;
    }
    let text = tidy(text);
    let folded = fold(&text);
    let has_words = !matches!(
        kind,
        Some(FieldKind::Email | FieldKind::Phone | FieldKind::Civility | FieldKind::Url(_) | FieldKind::Flag)
    );
    NOTHING.contains(&&*folded) || NULL.contains(&&*text) || (!has_words && NO_WORD.contains(&&*folded))
}

/// The answer of a cell to a yes-or-no question; `None` for another text.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match fold(&tidy(text)).as_str() {
        "oui" | "o" | "yes" | "y" | "vrai" | "true" | "x" | "1" | "on" | "✓" | "✔" | "☑" | "✅" => {
            Some(true)
        }
        "non" | "no" | "n" | "faux" | "false" | "0" | "off" | "☐" | "✗" | "✘" | "❌" => Some(false),
        _ => None,
    }
}

/// The form of address in any usual spelling, French or English; `None` for another text, such as `Dr`.
pub fn civility(text: &str) -> Option<Civility> {
    if let Ok(known) = Civility::parse(text) {
        return known;
    }
    match fold(&tidy(text)).trim_end_matches('.') {
        "m" | "mr" | "monsieur" => Some(Civility::M),
        "mme" | "madame" | "mrs" | "ms" => Some(Civility::Mme),
        "mlle" | "melle" | "mademoiselle" | "miss" => Some(Civility::Mlle),
        _ => None,
    }
}

/// Further names of countries, with their codes.
#[rustfmt::skip] // One country per line.
const COUNTRY_NAMES: [(&str, &[&str]); 14] = [
    ("AE", &["uae", "émirats"]),
    ("BE", &["bel", "belgië", "belgien"]),
    ("CD", &["rdc", "congo kinshasa"]),
    ("CH", &["che", "schweiz", "svizzera"]),
    ("CI", &["ivory coast"]),
    ("CZ", &["république tchèque", "czech republic"]),
    ("DE", &["deu", "deutschland"]),
    ("ES", &["esp", "españa"]),
    ("FR", &["fra", "france métropolitaine", "république française"]),
    ("GB", &["uk", "gbr", "grande bretagne", "great britain", "angleterre", "england"]),
    ("IT", &["ita", "italia"]),
    ("LU", &["lux", "grand duché de luxembourg"]),
    ("NL", &["nld", "hollande", "holland", "nederland"]),
    ("US", &["usa", "états unis d'amérique", "united states of america"]),
];

/// The codes of the countries by their names, folded once: that takes as long as reading many rows.
static COUNTRY_CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(country_codes);

/// The code of the country with this name.
pub(super) fn country_code(name: &str) -> Option<&'static str> {
    COUNTRY_CODES.get(&folded_words(name).join(" ")).copied()
}

/// The codes of all countries by their names in French and English and by usual other names: folded words, separated by spaces.
fn country_codes() -> HashMap<String, &'static str> {
    let key = |name: &str| folded_words(name).join(" ");
    let mut codes = HashMap::new();
    for country in Country::ALL {
        for name in [country.french(), country.english()] {
            codes.insert(key(name), country.code());
        }
    }
    for (code, names) in COUNTRY_NAMES {
        codes.extend(names.iter().map(|name| (key(name), code)));
    }
    codes
}

/// A list of languages with commas between them, in which the codes (`en`) have become names in French or English. A slash and a
/// bar also separate languages.
pub(super) fn languages(text: &str, in_french: bool) -> String {
    let parts = text.split(['/', '|', ',', ';', '\n', '\r']).map(str::trim);
    let named = parts.map(|part| match language_names(part) {
        Some((french, _)) if in_french => french,
        Some((_, english)) => english,
        None => part,
    });
    named.collect::<Vec<_>>().join(",")
}

/// The day in a text that has other signs than a form accepts, a year of two digits or a time: `30.06.26`,
/// `2026-06-30 00:00:00`. Days come before months. Years of two digits are those from 1970 to 2069.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = tidy(text);
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let numbers: Vec<&str> = date.split(['/', '.', '-']).collect();
    let [first, month, last] = numbers[..] else { return None };
    if ![first, month, last].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year: i32 = match (year.len(), year.parse().ok()?) {
        (4, year) => year,
        (2, short @ 0..=69) => 2000 + short,
        (2, short) => 1900 + short,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?).filter(|day| day.year() >= 1000)
}

/// The months in French and in English, folded.
#[rustfmt::skip] // A year per line.
const MONTHS: [[&str; 12]; 2] = [
    ["janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"],
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
];

/// The time in words, as this program writes it: `1er juin 2026 à 9 h 05`, `1 June 2026 at 09:05`, or the day alone.
pub(super) fn written_time(text: &str) -> Option<NaiveDateTime> {
    let words = folded_words(text);
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<u32>().ok());
    let day = words.first()?.trim_end_matches("er").parse().ok()?;
    let name = words.get(1)?;
    let month = MONTHS.iter().find_map(|months| months.iter().position(|month| month == name))?;
    let year = words.get(2)?.parse().ok()?;
    let date = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()? + 1, day)?;
    let (hour, minute) = match words.get(3..).unwrap_or_default() {
        [] => (0, 0),
        [at, _, h, _] if at == "a" && h == "h" => (number(4)?, number(6)?),
        [at, _, _] if at == "at" => (number(4)?, number(5)?),
        _ => return None,
    };
    date.and_hms_opt(hour, minute, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_nothing_depends_on_the_field() {
        for text in ["-", " N/A ", "n.c.", "Néant", "NULL", "#N/A", "—"] {
            assert!(means_nothing(text, Some(FieldKind::Text(50))), "{text}");
        }
        for text in ["Null", "Na", "NC", "Aucun"] {
            assert!(!means_nothing(text, Some(FieldKind::Text(50))), "{text}");
        }
        assert!(!means_nothing("NC", Some(FieldKind::Country)));
        assert!(means_nothing("NC", Some(FieldKind::Phone)));
        assert!(means_nothing("Aucun", Some(FieldKind::Email)));
    }

    #[test]
    fn forms_of_address_are_known_in_both_languages() {
        for (text, stored) in [
            ("Madame", Some("Mme")),
            ("MME.", Some("Mme")),
            ("monsieur", Some("M.")),
            ("Mr", Some("M.")),
            ("Mr.", Some("M.")),
            ("Ms.", Some("Mme")),
            ("Miss", Some("Mlle")),
            ("Dr", None),
            ("Me", None),
        ] {
            assert_eq!(civility(text).map(Civility::as_str), stored, "{text}");
        }
    }

    #[test]
    fn no_two_countries_share_a_name() {
        let codes = country_codes();
        for country in Country::ALL {
            for name in [country.french(), country.english()] {
                let key = folded_words(name).join(" ");
                assert_eq!(codes.get(&key), Some(&country.code()), "{name}");
            }
        }
        assert_eq!(codes.get("cote d ivoire"), Some(&"CI"));
        assert_eq!(codes.get("etats unis"), Some(&"US"));
    }

    #[test]
    fn days_have_many_spellings() {
        let expected = NaiveDate::from_ymd_opt(2026, 6, 30);
        for text in
            ["30.06.26", "30/06/26", "30-6-2026", "2026-06-30 00:00:00", "2026/06/30", "30/06/2026 09:41"]
        {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["31/02/2026", "06/2026", "30/06/126", "30 juin 2026", "", "--", "a/b/c"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(day("1/1/70"), NaiveDate::from_ymd_opt(1970, 1, 1));
    }

    #[test]
    fn a_time_in_words_is_read_as_this_program_writes_it() {
        use crate::i18n::Locale;
        for (day, hour) in [(1, 0), (2, 9), (30, 23)] {
            for month in 1..=12 {
                let date = NaiveDate::from_ymd_opt(2026, month, if month == 2 { 1 } else { day }).unwrap();
                let time = date.and_hms_opt(hour, 5, 0).unwrap();
                for locale in [Locale::Fr, Locale::En] {
                    assert_eq!(written_time(&locale.date(date)), date.and_hms_opt(0, 0, 0));
                    assert_eq!(
                        written_time(&locale.clock_time(time)),
                        Some(time),
                        "{}",
                        locale.clock_time(time)
                    );
                }
            }
        }
        for text in ["", "31 juin 2026", "juin 2026", "1 juin 2026 à 25 h 00", "1 juin 2026 à 9 h"] {
            assert_eq!(written_time(text), None, "{text}");
        }
    }

    #[test]
    fn codes_of_languages_become_names() {
        assert_eq!(languages("FR / en;Klingon", true), "Français,Anglais,Klingon");
        assert_eq!(languages("fr|anglais", false), "French,anglais");
    }
}
