//! What fields are called and how their values read, wherever a contact is told of: form, page, history, exports.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::accounts::{role_name, second_factor_for_name};
use crate::contact_types;
use crate::db::AnyConnection;
use crate::domain::{
    CUSTOM, Country, CustomKind, Field, FieldKind, Role, SecondFactorFor, Status, fold,
};
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, fl};

/// The name of a status in the reader's language.
pub fn status_name(t: &Catalogue, status: &Status) -> String {
    field_name(t, status.field())
}

/// The label of a field in the form.
pub fn field_name(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Civility => fl!(t, "field-civility"),
        Field::FirstName => fl!(t, "field-first-name"),
        Field::LastName => fl!(t, "field-last-name"),
        Field::Title => fl!(t, "field-title"),
        Field::Organization => fl!(t, "field-organization"),
        Field::Service => fl!(t, "field-service"),
        Field::Expert => fl!(t, "status-expert"),
        Field::Copy => fl!(t, "status-copy"),
        Field::Transfer => fl!(t, "status-transfer"),
        Field::Email => fl!(t, "field-email-work"),
        Field::EmailPersonal => fl!(t, "field-email-personal"),
        Field::EmailOther => fl!(t, "field-email-other"),
        Field::PhoneWork => fl!(t, "field-phone-work"),
        Field::PhoneCell => fl!(t, "field-phone-cell"),
        Field::PhoneHome => fl!(t, "field-phone-home"),
        Field::PhoneOther => fl!(t, "field-phone-other"),
        Field::SmsWork => fl!(t, "field-sms-work"),
        Field::SmsCell => fl!(t, "field-sms-cell"),
        Field::SmsHome => fl!(t, "field-sms-home"),
        Field::SmsOther => fl!(t, "field-sms-other"),
        Field::Address => fl!(t, "field-address"),
        Field::PostalCode => fl!(t, "field-postal-code"),
        Field::City => fl!(t, "field-city"),
        Field::State => fl!(t, "field-state"),
        Field::Country => fl!(t, "field-country"),
        Field::ExternalUrl => fl!(t, "field-external-url"),
        Field::SocialX => "X".to_owned(),
        Field::SocialFacebook => "Facebook".to_owned(),
        Field::SocialLine => "LINE".to_owned(),
        Field::SocialWhatsapp => "WhatsApp".to_owned(),
        Field::SocialInstagram => "Instagram".to_owned(),
        Field::SurveyOptOut => fl!(t, "field-survey-opt-out"),
        Field::ContactType => fl!(t, "field-contact-type"),
    }
}

/// The name of a column of the strict file.
pub fn column_name(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Email => fl!(t, "field-email"),
        Field::PhoneWork => fl!(t, "field-phone"),
        field => field_name(t, field),
    }
}

/// The name of a country in the reader's language.
pub fn country_name(locale: Locale, code: &str) -> String {
    match (Country::parse(code), locale) {
        (Ok(country), Locale::Fr) => country.french().to_owned(),
        (Ok(country), Locale::En) => country.english().to_owned(),
        (Err(_), _) => code.to_owned(),
    }
}

/// The countries to choose from, code and name, as the reader's language sorts them.
pub fn countries(locale: Locale) -> Vec<(&'static str, String)> {
    let mut countries: Vec<(&'static str, String)> = Country::ALL
        .iter()
        .map(|country| (country.code(), country_name(locale, country.code())))
        .collect();
    countries.sort_by_key(|(_, name)| fold(name));
    countries
}

/// The words for changes: labels and values, those of contact types' fields too.
#[derive(Debug, Default)]
pub struct Wording {
    /// By key.
    customs: HashMap<String, (String, CustomKind)>,
}

impl Wording {
    /// # Errors
    /// Those of the database.
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        Ok(Self {
            customs: contact_types::store::labels(conn)?,
        })
    }

    /// `name` is that of a control, or of a value that the history tells of beside contacts.
    pub fn label(&self, t: &Catalogue, name: &str) -> String {
        if let Some(field) = Field::parse(name) {
            return field_name(t, field);
        }
        if let Some(key) = name.strip_prefix(CUSTOM) {
            return self
                .customs
                .get(key)
                .map_or_else(|| key.to_owned(), |(label, _)| label.clone());
        }
        match name {
            "name" => fl!(t, "field-name"),
            "website" => fl!(t, "field-website"),
            "industry" => fl!(t, "field-industry"),
            "phone" => fl!(t, "field-phone"),
            "note" => fl!(t, "note"),
            "notes" => fl!(t, "notes-title"),
            "default_country" => fl!(t, "default-country"),
            "second_factor_for" => fl!(t, "settings-second-factor"),
            "label" => fl!(t, "custom-field-label"),
            "kind" => fl!(t, "custom-field-kind"),
            "choices" => fl!(t, "custom-field-choices"),
            "required" => fl!(t, "custom-field-required"),
            "role" => fl!(t, "role"),
            "username" => fl!(t, "username"),
            "disabled" => fl!(t, "user-disabled"),
            "absent_from" => fl!(t, "absence-from"),
            "absent_until" => fl!(t, "absence-until"),
            "substitute" => fl!(t, "absence-substitute"),
            "topics" => fl!(t, "expertise-topics"),
            "languages" => fl!(t, "expertise-languages"),
            name => name.to_owned(),
        }
    }

    /// A stored value as it is read; a dash for none.
    pub fn value(&self, locale: Locale, name: &str, stored: &str) -> String {
        let t = locale.catalogue();
        let kind = Field::parse(name).map(Field::kind);
        if kind == Some(FieldKind::Flag) || matches!(name, "disabled" | "required") {
            return yes_or_no(t, stored);
        }
        if stored.is_empty() {
            return "–".to_owned();
        }
        match (kind, name.strip_prefix(CUSTOM)) {
            (Some(FieldKind::Country), _) => country_name(locale, stored),
            (None, Some(key)) => match self.customs.get(key) {
                Some((_, kind)) => custom_value(locale, *kind, stored),
                None => stored.to_owned(),
            },
            (None, None) if name == "default_country" || name == "country" => {
                country_name(locale, stored)
            }
            (None, None) if matches!(name, "absent_from" | "absent_until") => {
                custom_value(locale, CustomKind::Date, stored)
            }
            (None, None) if matches!(name, "topics" | "languages") => {
                custom_value(locale, CustomKind::Tag, stored)
            }
            (None, None) if name == "substitute" => {
                fl!(t, "absence-substitute-number", number = stored)
            }
            (None, None) if name == "role" => {
                Role::parse(stored).map_or_else(|| stored.to_owned(), |role| role_name(t, &role))
            }
            (None, None) if name == "second_factor_for" => SecondFactorFor::parse(stored)
                .map_or_else(
                    || stored.to_owned(),
                    |whose| second_factor_for_name(t, &whose),
                ),
            _ => stored.to_owned(),
        }
    }
}

fn yes_or_no(t: &Catalogue, stored: &str) -> String {
    if stored.is_empty() {
        fl!(t, "no")
    } else {
        fl!(t, "yes")
    }
}

/// What stands in a field of a contact type, as it is read.
pub fn custom_value(locale: Locale, kind: CustomKind, stored: &str) -> String {
    match kind {
        CustomKind::CheckBox => yes_or_no(locale.catalogue(), stored),
        CustomKind::Tag => stored.replace('\n', ", "),
        CustomKind::Integer => stored
            .parse()
            .map_or_else(|_| stored.to_owned(), |number| locale.number(number)),
        CustomKind::Number if locale == Locale::Fr => stored.replace('.', ","),
        CustomKind::Date => NaiveDate::parse_from_str(stored, "%Y-%m-%d")
            .map_or_else(|_| stored.to_owned(), |date| locale.date(date)),
        CustomKind::DateTime => NaiveDateTime::parse_from_str(stored, "%Y-%m-%dT%H:%M")
            .map_or_else(|_| stored.to_owned(), |time| locale.clock_time(time)),
        _ => stored.to_owned(),
    }
}
