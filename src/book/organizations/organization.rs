use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::organizations;
use crate::domain::{Change, Country, Number, Phone, WebUrl, envelope};

/// The fields of an organization: valid, and in their stored form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organizations)]
pub struct Details {
    /// Unique without case, accents and punctuation.
    pub name: String,
    pub website: String,
    pub phone: String,
    pub industry: String,
    pub address: String,
    pub postal_code: String,
    pub city: String,
    /// Two letters of ISO 3166-1, or empty.
    pub country: String,
    pub notes: String,
    /// The beginnings of its numbers, as [`crate::domain::NumberBlocks`] writes them.
    pub number_blocks: String,
}

/// An organization with all its columns.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organizations)]
pub struct Organization {
    pub id: i64,
    #[diesel(embed)]
    pub details: Details,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

impl Details {
    /// The values with the names of their controls, in the form's order.
    fn values(&self) -> [(&'static str, &str); 10] {
        [
            ("name", &self.name),
            ("industry", &self.industry),
            ("website", &self.website),
            ("phone", &self.phone),
            ("number_blocks", &self.number_blocks),
            ("address", &self.address),
            ("postal_code", &self.postal_code),
            ("city", &self.city),
            ("country", &self.country),
            ("notes", &self.notes),
        ]
    }

    /// The values in the order of the form's hidden `was` fields.
    pub fn drawn(&self) -> [&str; 10] {
        [
            &self.name,
            &self.website,
            &self.phone,
            &self.industry,
            &self.address,
            &self.postal_code,
            &self.city,
            &self.country,
            &self.notes,
            &self.number_blocks,
        ]
    }

    /// The changes from `self` to `new`, in the form's order.
    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        self.values()
            .into_iter()
            .zip(new.values())
            .filter(|((_, old), (_, new))| old != new)
            .map(|((field, old), (_, new))| Change {
                field: field.to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
            })
            .collect()
    }

    /// The lines of the postal address.
    pub fn envelope(&self) -> Vec<String> {
        envelope(&self.address, &self.postal_code, &self.city, "", &self.country)
    }

    pub fn link(&self) -> Option<WebUrl> {
        WebUrl::parse(&self.website, usize::MAX).ok()
    }

    /// The numbers of the phone field; `default` is the country of a number without a country code.
    pub fn numbers(&self, default: Country) -> Vec<Number> {
        let e164 = Phone::e164(&self.phone, default);
        Phone::numbers(&self.phone, e164.as_deref(), default)
    }
}

/// The address of the list of an organization's contacts.
pub fn contacts_url(name: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("organization", name).finish();
    format!("/contacts?{query}")
}
