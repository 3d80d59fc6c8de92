//! The columns of a contact that a write may set.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::Submission;
use crate::book::civility;
use crate::db::schema::contacts;
use crate::domain::{Country, Email, Field, Phone, sort_key};

/// Makes the type with its columns, and what has to name each of them.
macro_rules! columns {
    ($($column:ident: $value:ty,)*) => {
        /// New values by column. `None` leaves a column as it is. `Some(None)` empties a column that may be empty. The version and
        /// the date of the last change are missing, because they belong to [`super::apply()`].
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Insertable, AsChangeset)]
        #[diesel(table_name = contacts)]
        pub struct Columns {
            $(pub $column: Option<$value>,)*
        }

        impl Columns {
            /// The values without those that `before` has too. SQLite writes the index entries of each column that a statement
            /// names, even with the same value.
            #[must_use]
            pub fn without_same(mut self, before: &Self) -> Self {
                $(
                    if self.$column == before.$column {
                        self.$column = None;
                    }
                )*
                self
            }

            /// The names of the columns that are set.
            pub(super) fn names(&self) -> Vec<&'static str> {
                let all = [$((stringify!($column), self.$column.is_some())),*];
                all.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
            }
        }
    };
}

columns! {
    civility: String,
    no_civility: bool,
    first_name: String,
    last_name: String,
    title: String,
    organization_id: Option<i64>,
    service: String,
    expert: bool,
    copy: bool,
    transfer: bool,
    email: Option<String>,
    email_key: Option<String>,
    email_personal: String,
    email_other: String,
    phone_work: String,
    phone_work_e164: Option<String>,
    sms_work: bool,
    phone_cell: String,
    phone_cell_e164: Option<String>,
    sms_cell: bool,
    phone_home: String,
    phone_home_e164: Option<String>,
    sms_home: bool,
    phone_other: String,
    phone_other_e164: Option<String>,
    sms_other: bool,
    address: String,
    postal_code: String,
    city: String,
    state: String,
    country: String,
    external_url: String,
    social_x: String,
    social_facebook: String,
    social_line: String,
    social_whatsapp: String,
    social_instagram: String,
    survey_opt_out: bool,
    contact_type_id: Option<i64>,
    topics: String,
    languages: String,
    sort_key: String,
    deleted_at: Option<NaiveDateTime>,
    merged_into: Option<i64>,
    // The following columns belong to no form.
    absent_from: Option<NaiveDate>,
    absent_until: Option<NaiveDate>,
    substitute_id: Option<i64>,
    checked_at: Option<NaiveDateTime>,
    checked_by: Option<i64>,
    import_id: Option<i64>,
    form_key: Option<String>,
    former_emails: String,
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
            civility: None,
            no_civility: None,
            sms_work: None,
            sms_cell: None,
            sms_home: None,
            sms_other: None,
            address: None,
            postal_code: None,
            state: None,
            country: None,
            external_url: None,
            social_x: None,
            social_facebook: None,
            social_line: None,
            social_whatsapp: None,
            social_instagram: None,
            survey_opt_out: None,
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::book::write::{NewWhole, WholeValues};

    #[test]
    fn what_changes_the_words_of_a_contact_affects_the_search() {
        let france = Country::parse("FR").unwrap();
        let whole = |field: Option<Field>| {
            let mut submission = Submission::default();
            if let Some(field) = field {
                submission.details.set(field, if field == Field::Email { "a@b.fr" } else { "0110203040" });
            }
            let values = WholeValues { submission, ..WholeValues::default() };
            let tokens = NewWhole::of(values.clone(), &HashSet::new(), france).tokens().to_owned();
            (Columns::of(&values.submission, france), tokens)
        };
        let (none, no_tokens) = whole(None);
        for field in Field::ALL {
            let (columns, tokens) = whole(Some(field));
            let changed = columns.without_same(&none);
            // The name of an organization or of a type comes with its id.
            if changed != Columns::default() {
                assert_eq!(changed.affect_search(), tokens != no_tokens, "{field:?}");
            }
        }
    }
}
