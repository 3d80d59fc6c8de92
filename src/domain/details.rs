use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Email, Field, Recipient, Status, repaired, repaired_list};

/// Everything that people type about a contact, each value valid and as it is stored; what is empty is not there.
///
/// The form, the history, the comparison of two versions and the exports all speak of a contact as this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    fixed: BTreeMap<Field, String>,
    /// The fields of contact types, by key.
    custom: BTreeMap<String, String>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The name of its control: `first_name`, `custom_siret`.
    pub field: String,
    pub old: String,
    pub new: String,
}

/// Before the key of a contact type's field in the name of its control.
pub const CUSTOM: &str = "custom_";

impl Details {
    pub fn get(&self, field: Field) -> &str {
        self.fixed.get(&field).map_or("", String::as_str)
    }

    pub fn is_on(&self, field: Field) -> bool {
        self.fixed.contains_key(&field)
    }

    pub fn custom(&self, key: &str) -> &str {
        self.custom.get(key).map_or("", String::as_str)
    }

    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        match value.into() {
            value if value.is_empty() => self.fixed.remove(&field),
            value => self.fixed.insert(field, value),
        };
    }

    pub fn set_on(&mut self, field: Field, on: bool) {
        self.set(field, if on { super::TICKED } else { "" });
    }

    pub fn set_custom(&mut self, key: &str, value: impl Into<String>) {
        match value.into() {
            value if value.is_empty() => self.custom.remove(key),
            value => self.custom.insert(key.to_owned(), value),
        };
    }

    /// By the name of the control.
    pub fn named(&self, name: &str) -> &str {
        match (Field::parse(name), name.strip_prefix(CUSTOM)) {
            (Some(field), _) => self.get(field),
            (None, Some(key)) => self.custom(key),
            (None, None) => "",
        }
    }

    /// By the name of the control; a name that no field has is let go.
    pub fn set_named(&mut self, name: &str, value: impl Into<String>) {
        match (Field::parse(name), name.strip_prefix(CUSTOM)) {
            (Some(field), _) => self.set(field, value),
            (None, Some(key)) => self.set_custom(key, value),
            (None, None) => {}
        }
    }

    /// All that is not empty, by the names of the controls: the fields in the form's order, then those of contact types.
    pub fn iter(&self) -> impl Iterator<Item = (String, &str)> {
        let fixed = self
            .fixed
            .iter()
            .map(|(field, value)| (field.form_name().to_owned(), value.as_str()));
        let custom = self
            .custom
            .iter()
            .map(|(key, value)| (format!("{CUSTOM}{key}"), value.as_str()));
        fixed.chain(custom)
    }

    pub fn has(&self, status: Status) -> bool {
        self.is_on(status.field())
    }

    /// What turns `self` into `new`, in the form's order.
    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        let mut names: Vec<String> = self.iter().map(|(name, _)| name).collect();
        names.extend(new.iter().map(|(name, _)| name));
        names.sort_by_key(|name| {
            (
                Field::parse(name).map_or(Field::ALL.len(), |field| field as usize),
                name.clone(),
            )
        });
        names.dedup();
        names
            .into_iter()
            .map(|field| Change {
                old: self.named(&field).to_owned(),
                new: new.named(&field).to_owned(),
                field,
            })
            .filter(|change| change.old != change.new)
            .collect()
    }

    /// As this version would have stored it: see [`repaired`]. Values that stand one to a line are `lists`, by key.
    #[must_use]
    pub fn repaired(&self, lists: &[&str]) -> Self {
        let mut all = Self::default();
        for (field, value) in &self.fixed {
            all.set(*field, repaired(value));
        }
        for (key, value) in &self.custom {
            if lists.contains(&key.as_str()) {
                all.set_custom(key, repaired_list(value));
            } else {
                all.set_custom(key, repaired(value));
            }
        }
        all
    }

    /// Takes over what is not empty in `typed`; the statuses, and whether a number that is typed takes messages, as they
    /// are there.
    pub fn fill_in(&mut self, typed: &Self) {
        for (name, value) in typed.iter() {
            self.set_named(&name, value);
        }
        for status in Status::ALL {
            self.set_on(status.field(), typed.has(status));
        }
        for (phone, sms) in [
            (Field::PhoneWork, Field::SmsWork),
            (Field::PhoneCell, Field::SmsCell),
            (Field::PhoneHome, Field::SmsHome),
            (Field::PhoneOther, Field::SmsOther),
        ] {
            // Whether one number takes messages says nothing about the next.
            if typed.is_on(phone) {
                self.set_on(sms, typed.is_on(sms));
            }
        }
    }
}

impl Recipient {
    /// The eight fields as they are stored.
    pub fn values(&self) -> [(Field, &str); 8] {
        [
            (Field::Civility, self.civility.as_str()),
            (Field::FirstName, &self.first_name),
            (Field::LastName, &self.last_name),
            (Field::Email, self.email.as_ref().map_or("", Email::as_str)),
            (Field::Service, &self.service),
            (Field::PhoneWork, &self.phone),
            (Field::Address, &self.address),
            (Field::City, &self.city),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_tell_what_was_and_what_is() {
        let mut old = Details::default();
        old.set(Field::City, "Lyon");
        old.set_on(Field::Expert, true);
        old.set_custom("siret", "1");
        let mut new = old.clone();
        new.set(Field::City, "");
        new.set(Field::Title, "Juriste");
        new.set_custom("siret", "2");
        let changes = old.changes_to(&new);
        let shown: Vec<_> = changes
            .iter()
            .map(|change| {
                (
                    change.field.as_str(),
                    change.old.as_str(),
                    change.new.as_str(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("title", "", "Juriste"),
                ("city", "Lyon", ""),
                ("custom_siret", "1", "2")
            ]
        );
        assert!(new.changes_to(&new).is_empty());
    }
}
