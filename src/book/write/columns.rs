//! The columns of a contact that a write may set.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::Submission;
use crate::book::civility;
use crate::db::schema::contacts;
use crate::domain::{Country, Email, Field, Phone, sort_key};

/// New values by column. `None` leaves a column as it is. `Some(None)` empties a column that may be empty. The version and the
/// date of the last change are missing, because they belong to [`super::apply()`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Insertable, AsChangeset)]
#[diesel(table_name = contacts)]
pub struct Columns {
    pub civility: Option<String>,
    pub no_civility: Option<bool>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub organization_id: Option<Option<i64>>,
    pub service: Option<String>,
    pub expert: Option<bool>,
    pub copy: Option<bool>,
    pub transfer: Option<bool>,
    pub email: Option<Option<String>>,
    pub email_key: Option<Option<String>>,
    pub email_personal: Option<String>,
    pub email_other: Option<String>,
    pub phone_work: Option<String>,
    pub phone_work_e164: Option<Option<String>>,
    pub sms_work: Option<bool>,
    pub phone_cell: Option<String>,
    pub phone_cell_e164: Option<Option<String>>,
    pub sms_cell: Option<bool>,
    pub phone_home: Option<String>,
    pub phone_home_e164: Option<Option<String>>,
    pub sms_home: Option<bool>,
    pub phone_other: Option<String>,
    pub phone_other_e164: Option<Option<String>>,
    pub sms_other: Option<bool>,
    pub address: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub external_url: Option<String>,
    pub social_x: Option<String>,
    pub social_facebook: Option<String>,
    pub social_line: Option<String>,
    pub social_whatsapp: Option<String>,
    pub social_instagram: Option<String>,
    pub survey_opt_out: Option<bool>,
    pub contact_type_id: Option<Option<i64>>,
    pub topics: Option<String>,
    pub languages: Option<String>,
    pub sort_key: Option<String>,
    pub deleted_at: Option<Option<NaiveDateTime>>,
    pub merged_into: Option<Option<i64>>,
    // The following columns are not in the search index; see `Columns::affect_search`.
    pub absent_from: Option<Option<NaiveDate>>,
    pub absent_until: Option<Option<NaiveDate>>,
    pub substitute_id: Option<Option<i64>>,
    pub checked_at: Option<Option<NaiveDateTime>>,
    pub checked_by: Option<Option<i64>>,
    pub import_id: Option<Option<i64>>,
    pub form_key: Option<Option<String>>,
    pub former_emails: Option<String>,
}

impl Columns {
    /// All columns that a form writes. Phone numbers are read with `default` as the country.
    pub fn of(submission: &Submission, default: Country) -> Self {
        let details = &submission.details;
        let text = |field| Some(details.get(field).to_owned());
        let on = |field| Some(details.is_on(field));
        let e164 = |field| Some(Phone::e164(details.get(field), default));
        let email = Email::stored(details.get(Field::Email));
        let (civility, no_civility) = civility::stored(details.get(Field::Civility));
        Self {
            civility: Some(civility.to_owned()),
            no_civility: Some(no_civility),
            first_name: text(Field::FirstName),
            last_name: text(Field::LastName),
            title: text(Field::Title),
            organization_id: Some(submission.organization_id),
            service: text(Field::Service),
            expert: on(Field::Expert),
            copy: on(Field::Copy),
            transfer: on(Field::Transfer),
            email: Some(email.as_ref().and_then(|_| text(Field::Email))),
            email_key: Some(email.map(|email| email.key().to_owned())),
            email_personal: text(Field::EmailPersonal),
            email_other: text(Field::EmailOther),
            phone_work: text(Field::PhoneWork),
            phone_work_e164: e164(Field::PhoneWork),
            sms_work: on(Field::SmsWork),
            phone_cell: text(Field::PhoneCell),
            phone_cell_e164: e164(Field::PhoneCell),
            sms_cell: on(Field::SmsCell),
            phone_home: text(Field::PhoneHome),
            phone_home_e164: e164(Field::PhoneHome),
            sms_home: on(Field::SmsHome),
            phone_other: text(Field::PhoneOther),
            phone_other_e164: e164(Field::PhoneOther),
            sms_other: on(Field::SmsOther),
            address: text(Field::Address),
            postal_code: text(Field::PostalCode),
            city: text(Field::City),
            state: text(Field::State),
            country: text(Field::Country),
            external_url: text(Field::ExternalUrl),
            social_x: text(Field::SocialX),
            social_facebook: text(Field::SocialFacebook),
            social_line: text(Field::SocialLine),
            social_whatsapp: text(Field::SocialWhatsapp),
            social_instagram: text(Field::SocialInstagram),
            survey_opt_out: on(Field::SurveyOptOut),
            contact_type_id: Some(submission.contact_type_id),
            sort_key: Some(sort_key(details.get(Field::LastName), details.get(Field::FirstName))),
            ..Self::default()
        }
    }

    /// Returns `true` if a search may find the contact by other words, in another position or no longer. Every column is indexed,
    /// except those listed here.
    pub(super) fn affect_search(&self) -> bool {
        let indexed = Self {
            absent_from: None,
            absent_until: None,
            substitute_id: None,
            checked_at: None,
            checked_by: None,
            import_id: None,
            form_key: None,
            former_emails: None,
            email_key: None,
            ..self.clone()
        };
        indexed != Self::default()
    }
}
