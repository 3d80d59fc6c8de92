//! The two languages. The messages are in `templates/i18n/{fr,en}/carnet.ftl`; `fl!` checks their ids and
//! arguments at compile time, also in templates.

mod faults;
mod names;

use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};
use fluent_bundle::FluentValue;
use i18n_embed::LanguageLoader as _;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::unic_langid::LanguageIdentifier;
use rust_embed::RustEmbed;

pub use faults::{Explanation, at_field, explain};
pub use i18n_embed_fl::fl;
pub use names::{
    cell_of, column_name, control_label, countries, country_name, event_names, field_name, role_name,
    second_factor_for_name, status_name,
};

use crate::base::{clock, text_enum};

#[derive(RustEmbed)]
#[folder = "templates/i18n"]
struct Messages;

/// The source of `fl!`'s messages.
pub type Catalogue = FluentLanguageLoader;

text_enum! {
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum Locale {
        #[default]
        Fr = "fr",
        En = "en",
    }
}

impl Locale {
    /// The first of our languages in `Accept-Language`, in the header's order; French if it names neither.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| {
                text.split(',')
                    .find_map(|range| Self::parse(range.trim().get(..2)?.to_ascii_lowercase().as_str()))
            })
            .unwrap_or_default()
    }

    /// The language of the process, for the command line, from `LC_ALL`, `LC_MESSAGES` or `LANG`.
    pub fn from_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .and_then(|value| Self::parse(value.get(..2)?))
            .unwrap_or_default()
    }

    pub fn catalogue(self) -> &'static Catalogue {
        static FRENCH: LazyLock<Catalogue> = LazyLock::new(|| load(Locale::Fr));
        static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| load(Locale::En));
        match self {
            Self::Fr => &FRENCH,
            Self::En => &ENGLISH,
        }
    }

    /// `1240` as `1 240` (narrow no-break space) or `1,240`.
    pub fn number(self, value: i64) -> String {
        let separator = match self {
            Self::Fr => '\u{202F}',
            Self::En => ',',
        };
        let digits = value.unsigned_abs().to_string();
        let mut text = String::from(if value < 0 { "-" } else { "" });
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// A readable file size: `112 ko`, `3,4 Mo`; `112 kB`, `3.4 MB`. Units are powers of 1 000.
    pub fn file_size(self, bytes: i64) -> String {
        let (unit_byte, point) = match self {
            Self::Fr => ("o", ","),
            Self::En => ("B", "."),
        };
        match bytes {
            0..1_000 => format!("{bytes}\u{A0}{unit_byte}"),
            1_000..1_000_000 => format!("{}\u{A0}k{unit_byte}", (bytes + 500) / 1_000),
            _ => {
                let tenths = (bytes + 50_000) / 100_000;
                format!("{}{point}{}\u{A0}M{unit_byte}", tenths / 10, tenths % 10)
            }
        }
    }

    /// `22 novembre 2026`, `22 November 2026`.
    pub fn date(self, date: NaiveDate) -> String {
        let month = match self {
            Self::Fr => FRENCH_MONTHS,
            Self::En => ENGLISH_MONTHS,
        }[date.month0() as usize];
        let day = match (self, date.day()) {
            (Self::Fr, 1) => "1er".to_owned(),
            (_, day) => day.to_string(),
        };
        format!("{day}\u{A0}{month} {}", date.year())
    }

    /// Like [`Locale::date`], without the year if it is today's.
    pub fn near_date(self, date: NaiveDate, today: NaiveDate) -> String {
        let text = self.date(date);
        if date.year() != today.year() {
            return text;
        }
        let year = format!(" {}", date.year());
        text.strip_suffix(&year).map_or_else(|| text.clone(), str::to_owned)
    }

    /// `22/11, 9 h 41`, `22 Nov, 09:41`, in the server's time zone, for a column of dates; with the year if it is not this one.
    pub fn short_date_time(self, utc: &NaiveDateTime) -> String {
        self.short_clock_time(
            clock::local(*utc).naive_local(),
            clock::local(clock::now()).naive_local().date(),
        )
    }

    fn short_clock_time(self, time: NaiveDateTime, today: NaiveDate) -> String {
        let is_near = time.year() == today.year();
        let (hour, minute) = (time.hour(), time.minute());
        match self {
            Self::Fr if is_near => format!("{}, {hour}\u{A0}h\u{A0}{minute:02}", time.format("%d/%m")),
            Self::Fr => format!("{}, {hour}\u{A0}h\u{A0}{minute:02}", time.format("%d/%m/%Y")),
            Self::En if is_near => time.format("%-d\u{A0}%b, %H:%M").to_string(),
            Self::En => time.format("%-d\u{A0}%b %Y, %H:%M").to_string(),
        }
    }

    /// `22 novembre 2026 à 9 h 41`, `22 November 2026 at 09:41`, in the server's time zone.
    pub fn date_time(self, utc: &NaiveDateTime) -> String {
        self.clock_time(clock::local(*utc).naive_local())
    }

    /// Like [`Locale::date_time`], for a time that is already in the server's time zone.
    pub fn clock_time(self, time: NaiveDateTime) -> String {
        let date = self.date(time.date());
        let (hour, minute) = (time.hour(), time.minute());
        match self {
            Self::Fr => format!("{date} à {hour}\u{A0}h\u{A0}{minute:02}"),
            Self::En => format!("{date} at {hour:02}:{minute:02}"),
        }
    }
}

const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn load(locale: Locale) -> Catalogue {
    let language = |locale: Locale| -> LanguageIdentifier { locale.as_str().parse().unwrap_or_default() };
    let catalogue = Catalogue::new("carnet", language(Locale::Fr));
    if let Err(error) = catalogue.load_languages(&Messages, &[language(locale)]) {
        // The files are part of the program and a test loads both, so users never see this.
        tracing::error!(%error, "messages could not be loaded");
    }
    // Isolation marks around arguments would get into copied addresses, so they are off; the pages use <bdi>.
    catalogue.set_use_isolating(false);
    catalogue.with_bundles_mut(|bundle| {
        bundle.set_formatter(Some(match locale {
            Locale::Fr => |value, _| group_digits(Locale::Fr, value),
            Locale::En => |value, _| group_digits(Locale::En, value),
        }));
    });
    catalogue
}

#[expect(clippy::cast_possible_truncation, reason = "counts are whole numbers far below 2^53")]
fn group_digits(locale: Locale, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(locale.number(number.value as i64)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn source(locale: Locale) -> String {
        let file = Messages::get(&format!("{}/carnet.ftl", locale.as_str())).unwrap();
        String::from_utf8(file.data.into_owned()).unwrap()
    }

    /// The ids of the messages with the names of their arguments.
    fn shape(locale: Locale) -> BTreeSet<(String, BTreeSet<String>)> {
        let text = source(locale);
        let mut shape: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in text.lines() {
            if let Some((id, _)) = line.split_once(" =")
                && line.starts_with(|c: char| c.is_ascii_lowercase())
            {
                shape.push((id.to_owned(), BTreeSet::new()));
            }
            if let Some((_, arguments)) = shape.last_mut() {
                arguments.extend(line.split('$').skip(1).map(|rest| {
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
                }));
            }
        }
        shape.into_iter().collect()
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_arguments() {
        let (french, english) = (shape(Locale::Fr), shape(Locale::En));
        assert_eq!(french.difference(&english).collect::<Vec<_>>(), Vec::<&_>::new());
        assert_eq!(english.difference(&french).collect::<Vec<_>>(), Vec::<&_>::new());
        assert!(french.len() > 100);
    }

    #[test]
    fn french_has_its_no_break_spaces_apostrophes_and_ellipses() {
        for line in source(Locale::Fr).lines().filter(|line| !line.starts_with('#')) {
            let text = line.split_once(" = ").map_or(line, |(_, text)| text);
            for wrong in [" ;", " :", " !", " ?", "« ", " »", "'", "..."] {
                assert!(!text.contains(wrong), "{wrong:?} in {line:?}");
            }
        }
    }

    #[test]
    fn numbers_sizes_and_dates_are_formatted_as_people_write_them() {
        assert_eq!(Locale::Fr.number(1_234_567), "1\u{202F}234\u{202F}567");
        assert_eq!(Locale::En.number(1_240), "1,240");
        assert_eq!(Locale::Fr.number(999), "999");
        assert_eq!(Locale::Fr.file_size(112_400), "112\u{A0}ko");
        assert_eq!(Locale::En.file_size(3_440_000), "3.4\u{A0}MB");
        let day = |year| NaiveDate::from_ymd_opt(year, 11, 9).unwrap();
        let time = day(2026).and_hms_opt(3, 6, 0).unwrap();
        assert_eq!(Locale::Fr.short_clock_time(time, day(2026)), "09/11, 3\u{A0}h\u{A0}06");
        assert_eq!(Locale::Fr.short_clock_time(time, day(2027)), "09/11/2026, 3\u{A0}h\u{A0}06");
        assert_eq!(Locale::En.short_clock_time(time, day(2026)), "9\u{A0}Nov, 03:06");
        assert_eq!(Locale::En.short_clock_time(time, day(2027)), "9\u{A0}Nov 2026, 03:06");
        assert_eq!(fl!(Locale::Fr.catalogue(), "contacts-total", count = 1240_i64), "1\u{202F}240 contacts");
        assert_eq!(fl!(Locale::Fr.catalogue(), "contacts-total", count = 1_i64), "1 contact");
        assert_eq!(fl!(Locale::En.catalogue(), "contacts-total", count = 1240_i64), "1,240 contacts");
    }
}
