use std::ops::Deref;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use url::form_urlencoded::byte_serialize;

use super::civility;
use crate::db::schema::contacts;
use crate::db::settings::DefaultCountry;
use crate::db::{SqlColumn, sql_column};
use crate::domain::{Country, Details, Field, Number, Phone, Status, WebUrl, envelope};

/// The columns of a contact that lists show: half of its columns, and all that a page of fifty rows has to read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
#[expect(clippy::struct_excessive_bools, reason = "columns")]
pub struct ContactSummary {
    pub id: i64,
    /// Empty for none.
    #[diesel(select_expression = sql_column::<Text>(civility::COLUMN))]
    #[diesel(select_expression_type = SqlColumn<Text>)]
    pub civility: String,
    pub first_name: String,
    pub last_name: String,
    pub organization_id: Option<i64>,
    pub service: String,
    pub expert: bool,
    pub copy: bool,
    pub transfer: bool,
    pub email: Option<String>,
    pub phone_work: String,
    pub phone_work_e164: Option<String>,
    pub sms_work: bool,
    pub phone_cell: String,
    pub phone_cell_e164: Option<String>,
    pub sms_cell: bool,
    pub phone_home: String,
    pub phone_home_e164: Option<String>,
    pub sms_home: bool,
    pub phone_other: String,
    pub phone_other_e164: Option<String>,
    pub sms_other: bool,
    pub city: String,
    pub sort_key: String,
    /// First day of the absence, see [`super::absences`].
    pub absent_from: Option<NaiveDate>,
    pub absent_until: Option<NaiveDate>,
    pub substitute_id: Option<i64>,
    /// Topics of expertise, one per line.
    pub topics: String,
    /// The country of phone numbers that have no country code.
    #[diesel(select_expression = sql_column::<Nullable<Text>>(DefaultCountry::COLUMN))]
    #[diesel(select_expression_type = SqlColumn<Nullable<Text>>)]
    pub default_country: DefaultCountry,
}

/// A contact with all its columns.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Its fields are reachable from the contact itself, through `Deref`.
    #[diesel(embed)]
    pub person: ContactSummary,
    pub title: String,
    pub email_key: Option<String>,
    pub email_personal: String,
    pub email_other: String,
    pub address: String,
    pub postal_code: String,
    pub state: String,
    pub country: String,
    pub external_url: String,
    pub social_x: String,
    pub social_facebook: String,
    pub social_line: String,
    pub social_whatsapp: String,
    pub social_instagram: String,
    pub survey_opt_out: bool,
    pub contact_type_id: Option<i64>,
    pub import_id: Option<i64>,
    pub created_import_id: Option<i64>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub deleted_at: Option<NaiveDateTime>,
    /// Languages, one per line.
    pub languages: String,
    /// Time of the last verification.
    pub checked_at: Option<NaiveDateTime>,
    pub checked_by: Option<i64>,
    /// The contact that this one was merged into; this one is in the trash then.
    pub merged_into: Option<i64>,
}

impl Deref for Contact {
    type Target = ContactSummary;

    fn deref(&self) -> &ContactSummary {
        &self.person
    }
}

/// The three statuses of a contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statuses {
    pub expert: bool,
    pub copy: bool,
    pub transfer: bool,
}

impl Statuses {
    /// The statuses of a contact that an import creates.
    pub const IMPORTED: Self = Self { expert: true, copy: true, transfer: false };

    pub fn get(self, status: Status) -> bool {
        match status {
            Status::Expert => self.expert,
            Status::Copy => self.copy,
            Status::Transfer => self.transfer,
        }
    }

    pub fn set(&mut self, status: Status, on: bool) {
        match status {
            Status::Expert => self.expert = on,
            Status::Copy => self.copy = on,
            Status::Transfer => self.transfer = on,
        }
    }

    pub fn list(self) -> Vec<Status> {
        Status::ALL.into_iter().filter(|&status| self.get(status)).collect()
    }
}

/// One of a contact's four phone fields.
#[derive(Debug, Clone, Copy)]
pub struct ContactPhone<'a> {
    pub field: Field,
    pub typed: &'a str,
    /// E.164 form of the first number in the field.
    pub e164: Option<&'a str>,
    pub sms: bool,
    default: Country,
}

impl<'a> ContactPhone<'a> {
    /// A field that is not stored yet.
    pub fn new(field: Field, typed: &'a str, e164: Option<&'a str>, default: Country) -> Self {
        Self { field, typed, e164, sms: false, default }
    }

    /// The numbers of the field; empty if no numbering plan knows any of them, and then nothing can be dialled.
    pub fn numbers(&self) -> Vec<Number> {
        Phone::numbers(self.typed, self.e164, self.default)
    }

    /// See [`Phone::search_digits`].
    pub fn search_digits(&self) -> Vec<String> {
        Phone::search_digits(self.typed, self.e164, self.default)
    }

    /// All numbers of the field as people read them aloud.
    pub fn spoken(&self) -> String {
        let numbers = self.numbers();
        if numbers.is_empty() {
            return self.typed.to_owned();
        }
        let numbers: Vec<String> = numbers.iter().map(Number::spoken_text).collect();
        numbers.join(" / ")
    }

    /// The field's text without its second number, and that number, for a field of its own. See [`Phone::without_second`].
    pub fn without_second(&self) -> Option<(String, Number)> {
        Phone::without_second(self.typed, self.default)
    }
}

/// A `mailto:` link. All characters are escaped, except `@` and those that need no escape.
pub fn mailto(email: &str) -> String {
    let mut link = "mailto:".to_owned();
    push_escaped(&mut link, email);
    link
}

/// A `mailto:` link to a message with this e-mail in copy.
pub fn mailto_cc(email: &str) -> String {
    let mut link = "mailto:?cc=".to_owned();
    push_escaped(&mut link, email);
    link
}

/// Appends an e-mail to `address` as it is written in a `mailto:` link.
pub fn push_escaped(address: &mut String, email: &str) {
    for (at, part) in email.split('@').enumerate() {
        if at > 0 {
            address.push('@');
        }
        address.extend(byte_serialize(part.as_bytes()));
    }
}

impl ContactSummary {
    pub fn statuses(&self) -> Statuses {
        Statuses { expert: self.expert, copy: self.copy, transfer: self.transfer }
    }

    /// `Hélène Lefèvre`, or the e-mail if an import left the contact without names.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        match (name.trim(), &self.email) {
            ("", Some(email)) => email.clone(),
            (name, _) => name.to_owned(),
        }
    }

    /// `Lefèvre, Hélène`: the name as the list sorts it.
    pub fn directory_name(&self) -> String {
        match (self.last_name.as_str(), self.first_name.as_str()) {
            ("", _) | (_, "") => self.name(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    pub fn email(&self) -> &str {
        self.email.as_deref().unwrap_or_default()
    }

    /// The fields that are not empty, in the order work, cell, home, other.
    pub fn phones(&self) -> Vec<ContactPhone<'_>> {
        [
            (Field::PhoneWork, &self.phone_work, &self.phone_work_e164, self.sms_work),
            (Field::PhoneCell, &self.phone_cell, &self.phone_cell_e164, self.sms_cell),
            (Field::PhoneHome, &self.phone_home, &self.phone_home_e164, self.sms_home),
            (Field::PhoneOther, &self.phone_other, &self.phone_other_e164, self.sms_other),
        ]
        .into_iter()
        .filter(|(_, typed, ..)| !typed.is_empty())
        .map(|(field, typed, e164, sms)| ContactPhone {
            field,
            typed,
            e164: e164.as_deref(),
            sms,
            default: self.default_country.0,
        })
        .collect()
    }

    /// The free field for one more number: for a mobile number first the mobile field, otherwise first the field "other", which
    /// does not say what kind of number it has.
    pub fn free_phone(&self, number: &Number) -> Option<Field> {
        let mut fields = [Field::PhoneOther, Field::PhoneWork, Field::PhoneHome, Field::PhoneCell];
        if number.is_mobile() {
            fields.rotate_right(1);
        }
        let phones = self.phones();
        let is_free = |field: &Field| phones.iter().all(|phone| phone.field != *field);
        fields.into_iter().find(is_free)
    }

    /// The number to call first.
    pub fn phone(&self) -> Option<ContactPhone<'_>> {
        self.phones().into_iter().next()
    }
}

impl Contact {
    /// The lines of the postal address.
    pub fn envelope(&self) -> Vec<String> {
        envelope(&self.address, &self.postal_code, &self.city, &self.state, &self.country)
    }

    /// The link to another system, if it is a valid address.
    pub fn external_link(&self) -> Option<WebUrl> {
        WebUrl::parse(&self.external_url, usize::MAX).ok()
    }

    /// The values of the contact's own row: all fields except the organization, the contact type and the type's fields.
    pub fn details(&self) -> Details {
        let mut details = Details::default();
        for (field, value) in [
            (Field::Civility, self.civility.as_str()),
            (Field::FirstName, &self.first_name),
            (Field::LastName, &self.last_name),
            (Field::Title, &self.title),
            (Field::Service, &self.service),
            (Field::Email, self.email()),
            (Field::EmailPersonal, &self.email_personal),
            (Field::EmailOther, &self.email_other),
            (Field::PhoneWork, &self.phone_work),
            (Field::PhoneCell, &self.phone_cell),
            (Field::PhoneHome, &self.phone_home),
            (Field::PhoneOther, &self.phone_other),
            (Field::Address, &self.address),
            (Field::PostalCode, &self.postal_code),
            (Field::City, &self.city),
            (Field::State, &self.state),
            (Field::Country, &self.country),
            (Field::ExternalUrl, &self.external_url),
            (Field::SocialX, &self.social_x),
            (Field::SocialFacebook, &self.social_facebook),
            (Field::SocialLine, &self.social_line),
            (Field::SocialWhatsapp, &self.social_whatsapp),
            (Field::SocialInstagram, &self.social_instagram),
        ] {
            details.set(field, value);
        }
        for (field, on) in [
            (Field::Expert, self.expert),
            (Field::Copy, self.copy),
            (Field::Transfer, self.transfer),
            (Field::SmsWork, self.sms_work),
            (Field::SmsCell, self.sms_cell),
            (Field::SmsHome, self.sms_home),
            (Field::SmsOther, self.sms_other),
            (Field::SurveyOptOut, self.survey_opt_out),
        ] {
            details.set_on(field, on);
        }
        details
    }
}

/// The three statuses of a row, each with its name and `true` if the contact has it.
pub fn row_statuses<'a>(
    contact: &ContactSummary,
    names: &'a [String; 3],
) -> impl Iterator<Item = (Status, &'a String, bool)> {
    let statuses = contact.statuses();
    Status::ALL.into_iter().zip(names).map(move |(status, name)| (status, name, statuses.get(status)))
}
