use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::organizations;
use crate::domain::{Change, Country, Number, Phone, WebUrl, envelope};

/// What people type about an organization: valid, and as it is stored.
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
    /// Two letters of ISO 3166-1, or nothing.
    pub country: String,
    pub notes: String,
}

/// An organization as it is stored.
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
    /// By the names of the controls, in the form's order.
    fn values(&self) -> [(&'static str, &str); 9] {
        [
            ("name", &self.name),
            ("industry", &self.industry),
            ("website", &self.website),
            ("phone", &self.phone),
            ("address", &self.address),
            ("postal_code", &self.postal_code),
            ("city", &self.city),
            ("country", &self.country),
            ("notes", &self.notes),
        ]
    }

    /// In the order of the form's `was`.
    pub fn drawn(&self) -> [&str; 9] {
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
        ]
    }

    /// What turns `self` into `new`, in the form's order.
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
        envelope(
            &self.address,
            &self.postal_code,
            &self.city,
            "",
            &self.country,
        )
    }

    pub fn link(&self) -> Option<WebUrl> {
        WebUrl::parse(&self.website, usize::MAX).ok()
    }

    /// What is in the phone field; `default` is the country of a number that names none.
    pub fn numbers(&self, default: Country) -> Vec<Number> {
        let e164 = Phone::e164(&self.phone, default);
        Phone::numbers(&self.phone, e164.as_deref(), default)
    }
}

/// The list of the contacts of the organization that has this name.
pub fn contacts_url(name: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("organization", name)
        .finish();
    format!("/contacts?{query}")
}
