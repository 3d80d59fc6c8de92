use super::headings::{self, Meaning, compact, says_nothing};
use super::{Target, clean, words};
use crate::domain::{Civility, Field, FieldKind, canonical_digits, is_blank};

/// The most likely target of each column, from its heading and from some of its values; each target once. `custom` has the keys
/// and the names of the fields of the list's contact type.
///
/// Headings decide first. Values decide between the meanings of a heading (`Titre`), between phone fields, and what a column
/// without a meaningful heading is. Statuses and other check boxes need a heading.
pub fn suggest(columns: &[(&str, &[String])], custom: &[(&str, &str)]) -> Vec<Option<Target>> {
    let mut columns: Vec<Column<'_>> =
        columns.iter().map(|(heading, samples)| Column::new(heading, samples)).collect();
    let has_values = columns.iter().any(|column| !column.filled.is_empty());
    for column in &mut columns {
        column.is_blank = has_values && column.filled.is_empty();
    }
    let mut choosing = Choosing { columns, chosen: Vec::new() };
    choosing.chosen.resize(choosing.columns.len(), None);
    choosing.labels();
    choosing.customs(custom);
    choosing.by_heading();
    choosing.names();
    choosing.numbers();
    choosing.blank_numbers();
    choosing.by_values();
    choosing.chosen
}

/// Returns `true` if values of a postal code column have lost their zero in a spreadsheet: most have five digits, and the others
/// have four.
pub fn lost_zeros(samples: &[String]) -> bool {
    let codes: Vec<&str> = samples.iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    let of_length = |length| codes.iter().filter(|code| code.len() == length && is_digits(code)).count();
    let (short, whole) = (of_length(4), of_length(5));
    // A ninth of the French departments begins with a zero; a list with many codes of four digits is from another country.
    short > 0 && short + whole == codes.len() && whole >= 3 * short
}

struct Column<'a> {
    heading: &'a str,
    /// The values that are not blank.
    filled: Vec<&'a str>,
    /// `true` if other columns have values.
    is_blank: bool,
    meaning: Option<Meaning>,
    /// Smaller for a better heading.
    rank: usize,
}

impl<'a> Column<'a> {
    fn new(heading: &'a str, samples: &'a [String]) -> Self {
        let filled: Vec<&str> = samples.iter().map(String::as_str).filter(|value| !is_blank(value)).collect();
        let (meaning, rank) = headings::meaning(heading).unzip();
        let mut column =
            Self { heading, is_blank: false, filled, meaning: None, rank: rank.unwrap_or(usize::MAX) };
        column.meaning = meaning.map(|meaning| column.adjusted(meaning));
        column
    }

    /// The meaning after a look at the values.
    fn adjusted(&self, meaning: Meaning) -> Meaning {
        let has_no =
            |sign: fn(&str) -> bool| !self.filled.is_empty() && !self.filled.iter().any(|value| sign(value));
        match meaning {
            Meaning::Title if self.filled.is_empty() || self.most(is_civility) => {
                Meaning::Field(Field::Civility)
            }
            Meaning::Post | Meaning::Field(Field::Service) if self.most(is_digits) => Meaning::Nothing,
            Meaning::Title | Meaning::Post => Meaning::Field(Field::Title),
            Meaning::Phone(_) if has_no(has_digit) => Meaning::Nothing,
            Meaning::Email(_) if has_no(|value| value.contains('@')) => Meaning::Nothing,
            Meaning::Field(Field::Address) if self.most(is_email) => Meaning::Email(None),
            Meaning::Field(Field::City) if self.most(is_url) => Meaning::Field(Field::ExternalUrl),
            Meaning::Field(field)
                if field.kind() == FieldKind::Flag && has_no(|value| words::yes_or_no(value).is_some()) =>
            {
                Meaning::Nothing
            }
            meaning => meaning,
        }
    }

    /// Returns `true` if more than half of the values are such values.
    fn most(&self, is_such: impl Fn(&str) -> bool) -> bool {
        2 * self.filled.iter().filter(|value| is_such(value.trim())).count() > self.filled.len()
    }
}

fn is_digits(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_digit(value: &str) -> bool {
    value.contains(|c: char| c.is_ascii_digit())
}

fn is_civility(value: &str) -> bool {
    words::civility(value).is_some_and(|civility: Civility| !civility.as_str().is_empty())
}

fn is_email(value: &str) -> bool {
    value.contains('@') && clean::email(Field::Email, value).is_ok()
}

fn is_url(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://") || value.starts_with("www.")
}

/// A number with its zero or its country code; nine digits alone are more often a number of another kind.
fn is_phone(value: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_digit() || " .-()/+\u{A0}\u{202F}".contains(c);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    value.chars().all(is_sign) && (value.starts_with(['0', '+', '(']) && (10..=15).contains(&digits))
}

fn is_mobile(value: &str) -> bool {
    let digits = canonical_digits(value);
    let national = digits.strip_prefix('0').unwrap_or(&digits);
    national.len() == 9 && national.starts_with(['6', '7'])
}

/// A French postal code.
fn is_postal_code(value: &str) -> bool {
    let department = value.get(..2).and_then(|text| text.parse::<u8>().ok());
    value.len() == 5
        && is_digits(value)
        && department.is_some_and(|number| (1..=98).contains(&number) && number != 96)
}

struct Choosing<'a> {
    columns: Vec<Column<'a>>,
    chosen: Vec<Option<Target>>,
}

impl Choosing<'_> {
    fn is_free(&self, target: &Target) -> bool {
        !self.chosen.iter().flatten().any(|chosen| chosen == target)
    }

    fn has(&self, field: Field) -> bool {
        !self.is_free(&Target::Field(field))
    }

    /// Gives the column a target, unless one of both has been chosen.
    fn choose(&mut self, column: usize, target: Target) {
        if self.chosen[column].is_none() && self.is_free(&target) {
            self.chosen[column] = Some(target);
        }
    }

    /// The columns that have no target yet: those with values first, and the best heading first.
    fn left(&self) -> Vec<usize> {
        let mut left: Vec<usize> =
            (0..self.columns.len()).filter(|column| self.chosen[*column].is_none()).collect();
        left.sort_by_key(|column| (self.columns[*column].is_blank, self.columns[*column].rank));
        left
    }

    /// The phone fields of columns whose labels are in a column of their own, as in the tables of Google Contacts: most of the
    /// values of `Phone 1 - Label` say what `Phone 1 - Value` is.
    fn labels(&mut self) {
        for column in 0..self.columns.len() {
            if !matches!(self.columns[column].meaning, Some(Meaning::Phone(_))) {
                continue;
            }
            let Some(name) = self.columns[column].heading.strip_suffix(" - Value") else { continue };
            let is_label = |other: &&Column<'_>| {
                let rest = other.heading.strip_prefix(name);
                matches!(rest, Some(" - Label" | " - Type"))
            };
            let Some(labels) = self.columns.iter().find(is_label) else { continue };
            let of_label = |label: &str| headings::number(&format!("{name} {label}"));
            let first = labels.filled.iter().find_map(|label| of_label(label));
            let says_something = !matches!(first, None | Some(Meaning::Phone(None)));
            if says_something && labels.most(|label| of_label(label) == first) {
                self.columns[column].meaning = first;
            }
        }
    }

    /// The fields of the contact type, also with the name of the type before a dash, as in this product's table.
    fn customs(&mut self, custom: &[(&str, &str)]) {
        for column in self.left() {
            let heading = self.columns[column].heading;
            let last = heading.rsplit(" – ").next().unwrap_or_default();
            let names = [compact(heading), compact(last)];
            let known = custom.iter().find(|(_, name)| names.contains(&compact(name)));
            if let Some((key, _)) = known.filter(|(_, name)| !compact(name).is_empty()) {
                self.choose(column, Target::Custom((*key).to_owned()));
            }
        }
    }

    fn by_heading(&mut self) {
        for column in self.left() {
            let is_blank = self.columns[column].is_blank;
            let target = match self.columns[column].meaning {
                Some(Meaning::Field(field)) => Target::Field(field),
                Some(Meaning::Phone(Some(field)) | Meaning::Email(Some(field))) if !is_blank => {
                    Target::Field(field)
                }
                Some(Meaning::Topics) => Target::Topics,
                Some(Meaning::Languages) => Target::Languages,
                Some(Meaning::ExternalId) => Target::ExternalId,
                Some(Meaning::Note) => Target::Note,
                _ => continue,
            };
            self.choose(column, target);
        }
    }

    /// The columns of numbers and e-mails that have no values yet, in the fields that the others have left.
    fn blank_numbers(&mut self) {
        for column in self.left() {
            if let Some(Meaning::Phone(Some(field)) | Meaning::Email(Some(field))) =
                self.columns[column].meaning
            {
                self.choose(column, Target::Field(field));
            }
        }
    }

    /// First and last name in two columns, otherwise the full name in one.
    fn names(&mut self) {
        for column in self.left() {
            let of_two_words = self.columns[column].most(|value| value.contains(char::is_whitespace));
            match self.columns[column].meaning {
                Some(Meaning::Name) if self.has(Field::FirstName) || !of_two_words => {
                    self.choose(column, Target::Field(Field::LastName));
                }
                Some(Meaning::Name) if !self.has(Field::LastName) => self.choose(column, Target::FullName),
                _ => {}
            }
        }
        for column in self.left() {
            let is_named = self.has(Field::FirstName) || self.has(Field::LastName);
            if self.columns[column].meaning == Some(Meaning::FullName) && !is_named {
                self.choose(column, Target::FullName);
            }
        }
    }

    /// The phone numbers and e-mails that the headings have left, in the fields that are free: mobile numbers first.
    fn numbers(&mut self) {
        let left: Vec<usize> =
            self.left().into_iter().filter(|column| !self.columns[*column].is_blank).collect();
        for column in &left {
            if matches!(self.columns[*column].meaning, Some(Meaning::Phone(_)))
                && self.columns[*column].most(is_mobile)
            {
                self.choose(*column, Target::Field(Field::PhoneCell));
            }
        }
        for column in left {
            let fields = match self.columns[column].meaning {
                Some(Meaning::Phone(None)) => [Field::PhoneWork, Field::PhoneHome, Field::PhoneOther],
                // A second number of one kind.
                Some(Meaning::Phone(Some(_))) => [Field::PhoneOther, Field::PhoneHome, Field::PhoneWork],
                Some(Meaning::Email(None)) => Field::EMAILS,
                Some(Meaning::Email(Some(_))) => [Field::EmailOther, Field::EmailPersonal, Field::Email],
                _ => continue,
            };
            for field in fields {
                self.choose(column, Target::Field(field));
            }
        }
    }

    /// The columns whose headings are unknown. A list with a phone or e-mail column gets no further ones, which may be those of
    /// other people; a number of five digits is a postal code, and an address of the web is the contact's, only without any heading.
    fn by_values(&mut self) {
        let has_phone = Field::PHONES.into_iter().any(|field| self.has(field));
        let has_email = self.has(Field::Email);
        for column in self.left() {
            let Column { meaning: None, filled, heading, .. } = &self.columns[column] else { continue };
            let most = |is_such: fn(&str) -> bool| !filled.is_empty() && self.columns[column].most(is_such);
            let fields: &[Field] = if most(is_email) && !has_email {
                &Field::EMAILS
            } else if most(is_phone) && !has_phone {
                if most(is_mobile) {
                    &[Field::PhoneCell, Field::PhoneOther]
                } else {
                    &[Field::PhoneWork, Field::PhoneHome, Field::PhoneOther]
                }
            } else if most(is_civility) {
                &[Field::Civility]
            } else if most(is_postal_code) && says_nothing(heading) {
                &[Field::PostalCode]
            } else if most(is_url) && says_nothing(heading) {
                &[Field::ExternalUrl]
            } else {
                &[]
            };
            for field in fields {
                self.choose(column, Target::Field(*field));
            }
        }
    }
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
