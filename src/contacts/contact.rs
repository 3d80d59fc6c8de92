use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::contacts;
use crate::domain::{Email, Findable, Phone, Recipient, Status};

/// A contact as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    pub id: i64,
    pub civility: String,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub email_key: Option<String>,
    pub service: String,
    pub phone_work: String,
    pub address: String,
    pub city: String,
    pub expert: bool,
    pub copy: bool,
    pub transfer: bool,
    pub import_id: Option<i64>,
    pub sort_key: String,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub deleted_at: Option<NaiveDateTime>,
}

/// What a contact is for, each yes or no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statuses {
    pub expert: bool,
    pub copy: bool,
    pub transfer: bool,
}

impl Statuses {
    /// What an import gives to a contact that it creates.
    pub const IMPORTED: Self = Self {
        expert: true,
        copy: true,
        transfer: false,
    };

    pub fn get(self, status: Status) -> bool {
        match status {
            Status::Expert => self.expert,
            Status::Copy => self.copy,
            Status::Transfer => self.transfer,
        }
    }

    pub fn set(&mut self, status: Status, value: bool) {
        match status {
            Status::Expert => self.expert = value,
            Status::Copy => self.copy = value,
            Status::Transfer => self.transfer = value,
        }
    }

    pub fn list(self) -> Vec<Status> {
        Status::ALL
            .into_iter()
            .filter(|&status| self.get(status))
            .collect()
    }
}

/// The address of a `mailto:` link: only `@` and what needs no escape stand as they are.
pub fn mailto(email: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    format!("mailto:{}", escaped.replace("%40", "@"))
}

impl Contact {
    pub fn statuses(&self) -> Statuses {
        Statuses {
            expert: self.expert,
            copy: self.copy,
            transfer: self.transfer,
        }
    }

    /// `Hélène Lefèvre`; the e-mail of a contact that an import left without names.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        match (name.trim(), &self.email) {
            ("", Some(email)) => email.clone(),
            (name, _) => name.to_owned(),
        }
    }

    /// `Lefèvre, Hélène`, as the list sorts.
    pub fn directory_name(&self) -> String {
        match (self.last_name.as_str(), self.first_name.as_str()) {
            ("", _) | (_, "") => self.name(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    pub fn email(&self) -> &str {
        self.email.as_deref().unwrap_or_default()
    }

    /// What a `tel:` link dials.
    pub fn dial(&self) -> String {
        Phone::dial(&self.phone_work)
    }

    /// The phone number as people read it aloud; numbers that are not ten French digits stand as they are.
    pub fn phone(&self) -> String {
        Phone::spoken(&self.phone_work)
    }

    /// Whether the eight fields are the recipient's to the letter.
    pub fn has_fields_of(&self, recipient: &Recipient) -> bool {
        self.civility == recipient.civility.as_str()
            && *self.first_name == *recipient.first_name
            && *self.last_name == *recipient.last_name
            && self.email.as_deref() == recipient.email.as_ref().map(Email::as_str)
            && *self.service == *recipient.service
            && *self.phone_work == *recipient.phone
            && *self.address == *recipient.address
            && *self.city == *recipient.city
    }

    /// The words that find it; see [`crate::domain::Findable`].
    pub fn tokens(&self) -> String {
        Findable {
            last_name: &self.last_name,
            first_name: &self.first_name,
            email: self.email(),
            service: &self.service,
            phone: &self.phone_work,
            city: &self.city,
            statuses: &self.statuses().list(),
        }
        .tokens()
    }
}
