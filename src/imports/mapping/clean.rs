//! From a cell to the value that a contact stores. Every value goes through the same rules as one that is typed into the form.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{CustomColumn, Rules, Target, name, phones, words};
use crate::base::text_enum;
use crate::domain::{
    CustomKind, Fault, Field, FieldKind, TICKED, Text, clean_lines, fold, is_blank, parse_tags, tidy,
};

/// The most characters of a topic, of a language, of an external id and of a note, as in the forms of each.
const TOPIC: usize = 100;
const LANGUAGE: usize = 50;
const EXTERNAL_ID: usize = 255;
const NOTE: usize = 32_000;
/// The sign between several values of a cell, in the tables of Google Contacts.
pub(super) const SEVERAL: &str = " ::: ";
/// The digits of a French postal code.
const POSTAL_CODE: usize = 5;

text_enum! {
    /// What was corrected in a cell.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Cleaning {
        /// A form of address in another spelling: `Madame`.
        Civility = "civility",
        /// A name in capitals.
        Capitals = "capitals",
        /// A zero, or the `+` of a country code, that a spreadsheet dropped.
        LeadingZero = "leading_zero",
        /// A day in another spelling.
        Date = "date",
        /// A text that means that there is no value: `n/a`.
        Blank = "blank",
        /// A second phone number, which goes to a field of its own.
        SecondNumber = "second_number",
        /// The same for an e-mail.
        SecondEmail = "second_email",
        /// Line breaks, and more or other blanks than one between words.
        Spaces = "spaces",
        /// A full name, which becomes first and last name.
        FullName = "full_name",
        /// A word for yes or no.
        Flag = "flag",
        /// The name of a country, which becomes its code.
        Country = "country",
        /// Codes of languages, which become names.
        Languages = "languages",
        /// An address with a name or with signs around it.
        Email = "email",
        /// A web address without `https://`.
        Url = "url",
        /// A choice of a list in other capitals or accents.
        Choice = "choice",
        /// A value of another contact type than the row's, which is left out.
        OtherType = "other_type",
        /// The status Copie or Transfert of a row without an e-mail, which is left out.
        StatusWithoutEmail = "status_without_email",
    }
}

/// A cell after cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean {
    /// In its stored form; `None` for a blank cell. An unticked box is `Some` empty text.
    pub value: Option<String>,
    pub kinds: Vec<Cleaning>,
}

impl Clean {
    const BLANK: Self = Self { value: None, kinds: Vec::new() };

    /// The value of a cell, with the kind of its correction if there was one.
    fn corrected(value: String, raw: &str, kind: Cleaning) -> Self {
        let kinds = if value == raw || value == tidy(raw) { Vec::new() } else { vec![kind] };
        Self { value: Some(value), kinds }
    }
}

impl From<String> for Clean {
    fn from(value: String) -> Self {
        Self { value: Some(value).filter(|value| !value.is_empty()), kinds: Vec::new() }
    }
}

/// The cleaning of one row.
pub(super) struct Cleaner<'r> {
    pub rules: &'r Rules,
    /// `true` for a row whose country is not France, so that its numbers and postal codes follow other rules.
    pub is_abroad: bool,
}

impl Cleaner<'_> {
    /// The value of a cell of a column that becomes `target`, except a full name.
    ///
    /// # Errors
    /// The reason why the form would refuse the value.
    pub fn clean(&self, target: &Target, raw: &str) -> Result<Clean, Fault> {
        if is_blank(raw) {
            return Ok(Clean::BLANK);
        }
        let (field, custom) = match target {
            Target::Field(field) => (Some(*field), None),
            Target::Custom(key) => (None, self.rules.custom(key)),
            _ => (None, None),
        };
        if self.rules.mapping().exact {
            return self.exact(target, raw, custom);
        }
        let is_choice = custom.is_some_and(|custom| choice(custom, raw).is_some());
        if !is_choice && words::means_nothing(raw, field.map(Field::kind)) {
            return Ok(Clean { value: None, kinds: vec![Cleaning::Blank] });
        }
        match target {
            Target::Field(field) => self.field(*field, raw),
            Target::Custom(_) => custom.map_or(Ok(Clean::BLANK), |custom| custom_value(custom, raw)),
            Target::Topics => Ok(parse_tags(&told(raw), TOPIC)?.into()),
            Target::Languages => self.languages(raw),
            Target::ExternalId | Target::IdIn(_) => Ok(Text::<EXTERNAL_ID>::parse(raw)?.into_string().into()),
            Target::Note | Target::Dropped => Ok(clean_lines(raw, NOTE)?.into()),
            Target::BookId | Target::ContactId | Target::CardId => Ok(tidy(raw).into_owned().into()),
            Target::FullName => Ok(one_line(raw, " ").into_owned().into()),
        }
    }

    /// The value of a cell as this program writes it; only the words for yes and no, countries and dates are read.
    fn exact(&self, target: &Target, raw: &str, custom: Option<&CustomColumn>) -> Result<Clean, Fault> {
        let value = match (target, custom) {
            (Target::Field(Field::ContactType), _) => {
                let named = self.rules.book.types.iter().find(|name| fold(name) == fold(&tidy(raw)));
                named.ok_or(Fault::NotAChoice)?.clone()
            }
            (Target::Field(field), _) => match field.kind() {
                FieldKind::Flag => return Ok(Clean { kinds: Vec::new(), ..flag(raw)? }),
                FieldKind::Country => Rules::country(raw).ok_or(Fault::UnknownCountry)?.to_owned(),
                FieldKind::Civility => {
                    words::civility(raw).ok_or(Fault::UnknownCivility)?.as_str().to_owned()
                }
                _ => field.clean(raw)?,
            },
            (Target::Custom(_), Some(custom)) => exact_custom(custom, raw)?,
            (Target::Topics, _) => parse_tags(raw, TOPIC)?,
            (Target::Languages, _) => parse_tags(raw, LANGUAGE)?,
            (Target::ExternalId | Target::IdIn(_), _) => {
                let ids = raw.lines().filter(|id| !is_blank(id));
                let ids = ids.map(|id| Text::<EXTERNAL_ID>::parse(id).map(Text::into_string));
                ids.collect::<Result<Vec<_>, _>>()?.join("\n")
            }
            (Target::Note | Target::Dropped, _) => clean_lines(raw, NOTE)?,
            (Target::FullName, _) => one_line(raw, " ").into_owned(),
            (Target::BookId | Target::ContactId | Target::CardId | Target::Custom(_), _) => {
                tidy(raw).into_owned()
            }
        };
        // An unticked box is told by `flag` alone; every other empty text is no value.
        if custom.is_some_and(|custom| custom.kind == CustomKind::CheckBox) {
            return Ok(Clean { value: Some(value), kinds: Vec::new() });
        }
        Ok(value.into())
    }

    fn field(&self, field: Field, raw: &str) -> Result<Clean, Fault> {
        match field.kind() {
            FieldKind::Civility => {
                let civility = words::civility(raw).ok_or(Fault::UnknownCivility)?;
                Ok(Clean::corrected(civility.as_str().to_owned(), raw, Cleaning::Civility))
            }
            FieldKind::Text(_) | FieldKind::Organization | FieldKind::ContactType => self.text(field, raw),
            FieldKind::Email => email(field, raw),
            FieldKind::Phone => self.phone(field, raw),
            FieldKind::Flag => flag(raw),
            FieldKind::Country => {
                let code = Rules::country(raw).ok_or(Fault::UnknownCountry)?;
                Ok(Clean::corrected(code.to_owned(), raw, Cleaning::Country))
            }
            FieldKind::Url(_) => Ok(Clean::corrected(field.clean(&with_scheme(raw))?, raw, Cleaning::Url)),
        }
    }

    fn text(&self, field: Field, raw: &str) -> Result<Clean, Fault> {
        let line = one_line(raw, if field == Field::Address { ", " } else { " " });
        let mut clean = Clean::corrected(field.clean(&line)?, raw, Cleaning::Spaces);
        let value = clean.value.as_deref().unwrap_or_default();
        let (better, kind) = match field {
            Field::FirstName | Field::LastName if self.rules.mapping().capitals => {
                (name::of_person(value), Cleaning::Capitals)
            }
            Field::City if self.rules.mapping().capitals => (name::of_place(value), Cleaning::Capitals),
            Field::PostalCode => (self.postal_code(value), Cleaning::LeadingZero),
            _ => return Ok(clean),
        };
        if better != value {
            clean.value = Some(field.clean(&better)?);
            clean.kinds.push(kind);
        }
        Ok(clean)
    }

    fn postal_code(&self, code: &str) -> String {
        let is_digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let digits = code.strip_suffix(".0").filter(is_digits).unwrap_or(code);
        let lost_its_zero = self.rules.mapping().postal_zeros && !self.is_abroad && is_digits(&digits);
        if lost_its_zero && digits.len() == POSTAL_CODE - 1 {
            format!("0{digits}")
        } else {
            digits.to_owned()
        }
    }

    /// A number stays as typed, with its dots and blanks. Numbers on several lines get a slash between them.
    fn phone(&self, field: Field, raw: &str) -> Result<Clean, Fault> {
        if phones::is_shortened(raw) {
            return Err(Fault::Shortened);
        }
        let lines = raw.replace(SEVERAL, "\n");
        let line = if lines.trim().contains(['\n', '\r']) { one_line(&lines, " / ") } else { raw.into() };
        let mut clean = Clean::corrected(field.clean(&line)?, raw, Cleaning::Spaces);
        let value = clean.value.as_deref().unwrap_or_default();
        let restored = phones::restored(value, self.rules.book.default_country);
        if !self.is_abroad && restored != value {
            clean.value = Some(field.clean(&restored)?);
            clean.kinds.push(Cleaning::LeadingZero);
        }
        Ok(clean)
    }

    fn languages(&self, raw: &str) -> Result<Clean, Fault> {
        let given = told(raw);
        let named = told(&words::languages(&given, self.rules.book.in_french));
        let mut clean = Clean::from(parse_tags(&named, LANGUAGE)?);
        if clean.value.is_some() && parse_tags(&given, LANGUAGE).ok() != clean.value {
            clean.kinds.push(Cleaning::Languages);
        }
        Ok(clean)
    }
}

fn custom_value(custom: &CustomColumn, raw: &str) -> Result<Clean, Fault> {
    let stored = |typed: &str| custom.kind.clean(typed, &custom.choices);
    match custom.kind {
        CustomKind::CheckBox => flag(raw),
        CustomKind::List => {
            let choice = choice(custom, raw).ok_or(Fault::NotAChoice)?;
            Ok(Clean::corrected(choice.to_owned(), raw, Cleaning::Choice))
        }
        CustomKind::Date => match (stored(raw), words::day(raw)) {
            (Err(_), Some(day)) => Ok(Clean::corrected(stored(&day.to_string())?, raw, Cleaning::Date)),
            (typed, _) => Ok(Clean::corrected(typed?, raw, Cleaning::Date)),
        },
        CustomKind::Url => Ok(Clean::corrected(stored(&with_scheme(raw))?, raw, Cleaning::Url)),
        CustomKind::Text | CustomKind::Identifier => {
            Ok(Clean::corrected(stored(&one_line(raw, " "))?, raw, Cleaning::Spaces))
        }
        CustomKind::Tag => Ok(stored(&told(raw))?.into()),
        CustomKind::TextArea | CustomKind::Integer | CustomKind::Number | CustomKind::DateTime => {
            Ok(stored(raw)?.into())
        }
    }
}

fn exact_custom(custom: &CustomColumn, raw: &str) -> Result<String, Fault> {
    let stored = |typed: &str| custom.kind.clean(typed, &custom.choices);
    match custom.kind {
        CustomKind::CheckBox => Ok(flag(raw)?.value.unwrap_or_default()),
        CustomKind::Integer => stored(&raw.replace(',', "")),
        CustomKind::Date | CustomKind::DateTime => {
            let format = if custom.kind == CustomKind::Date { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M" };
            let written = || words::written_time(raw).map(|time| time.format(format).to_string());
            stored(raw).or_else(|fault| stored(&written().ok_or(fault)?))
        }
        _ => stored(raw),
    }
}

/// A list without its parts that mean that there is no value; commas separate the others.
fn told(list: &str) -> String {
    let parts = list.split([',', ';', '\n', '\r']);
    parts.filter(|part| !words::means_nothing(part, None)).collect::<Vec<_>>().join(",")
}

/// The choice of a list with this name: the exact one, or one that differs in case and accents only.
fn choice<'c>(custom: &'c CustomColumn, raw: &str) -> Option<&'c str> {
    let typed = one_line(raw, " ");
    let mut choices = custom.choices.iter().map(String::as_str);
    let exact = choices.clone().find(|known| *known == typed);
    exact.or_else(|| choices.find(|known| fold(known) == fold(&typed)))
}

fn flag(raw: &str) -> Result<Clean, Fault> {
    let value = match words::yes_or_no(raw) {
        Some(true) => TICKED,
        Some(false) => "",
        None => return Err(Fault::NotAChoice),
    };
    Ok(Clean::corrected(value.to_owned(), raw, Cleaning::Flag))
}

/// An address, also within `mailto:`, within `Jean Dupont <…>` or before a `;` or `.`. The fault is that of the text as it is.
pub(super) fn email(field: Field, raw: &str) -> Result<Clean, Fault> {
    let fault = match field.clean(raw) {
        Ok(address) => return Ok(Clean::corrected(address, raw, Cleaning::Spaces)),
        Err(fault) => fault,
    };
    let text = tidy(raw);
    let text = match text.rsplit_once('<') {
        Some((_, address)) => address,
        None => &*text,
    };
    let text =
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '.' | '<' | '>' | '"'));
    let begins = text.get(..MAILTO.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(MAILTO));
    let address = if begins { &text[MAILTO.len()..] } else { text };
    let address = field.clean(address).ok().filter(|address| !address.is_empty()).ok_or(fault)?;
    Ok(Clean::corrected(address, raw, Cleaning::Email))
}

const MAILTO: &str = "mailto:";

fn with_scheme(raw: &str) -> Cow<'_, str> {
    let text = raw.trim();
    if text.starts_with("www.") { format!("https://{text}").into() } else { text.into() }
}

/// The text with one blank between words, and `between` instead of line breaks.
fn one_line<'t>(text: &'t str, between: &str) -> Cow<'t, str> {
    let text = text.trim();
    let has_one_blank =
        |text: &str| !text.contains("  ") && !text.chars().any(|c| c.is_whitespace() && c != ' ');
    if has_one_blank(text) {
        return text.into();
    }
    let lines = text.split(['\n', '\r']).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(between).into()
}

#[cfg(test)]
#[path = "clean_tests.rs"]
mod tests;
