use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Email, Field, Recipient, Status, repaired, repaired_list};

/// All values that people enter about a contact, each valid and in its stored form. Empty values are not included.
///
/// The form, the history, the comparison of two versions and the exports all use this type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    fixed: BTreeMap<Field, String>,
    /// The values of contact types' fields, by key.
    custom: BTreeMap<String, String>,
}

/// The change of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The name of the form's control: `first_name`, `custom_siret`.
    pub field: String,
    pub old: String,
    pub new: String,
}

impl Change {
    fn of(field: String, old: &str, new: &str) -> Self {
        Self { field, old: old.to_owned(), new: new.to_owned() }
    }
}

/// The prefix of a contact type's field in the name of its control.
pub const CUSTOM: &str = "custom_";
/// The prefix of an external id in the history and in the name of its control; behind it is the name of the source, as it was then.
pub const EXTERNAL_ID: &str = "external_id_";

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

    /// The value of a control, by the control's name.
    pub fn named(&self, name: &str) -> &str {
        match (Field::parse(name), name.strip_prefix(CUSTOM)) {
            (Some(field), _) => self.get(field),
            (None, Some(key)) => self.custom(key),
            (None, None) => "",
        }
    }

    /// Sets the value of a control, by the control's name. An unknown name is ignored.
    pub fn set_named(&mut self, name: &str, value: impl Into<String>) {
        match (Field::parse(name), name.strip_prefix(CUSTOM)) {
            (Some(field), _) => self.set(field, value),
            (None, Some(key)) => self.set_custom(key, value),
            (None, None) => {}
        }
    }

    /// All values that are not empty, with the names of their controls: the fixed fields in the form's order, then the fields of
    /// contact types.
    pub fn iter(&self) -> impl Iterator<Item = (String, &str)> {
        let fixed = self.fixed.iter().map(|(field, value)| (field.form_name().to_owned(), value.as_str()));
        let custom = self.custom.iter().map(|(key, value)| (format!("{CUSTOM}{key}"), value.as_str()));
        fixed.chain(custom)
    }

    pub fn has(&self, status: Status) -> bool {
        self.is_on(status.field())
    }

    /// The changes from `self` to `new`, in the form's order.
    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        let fixed = Field::ALL.into_iter().map(|field| {
            let (old, new) = (self.get(field), new.get(field));
            (old != new).then(|| Change::of(field.form_name().to_owned(), old, new))
        });
        let keys: BTreeSet<&String> = self.custom.keys().chain(new.custom.keys()).collect();
        let custom = keys.into_iter().map(|key| {
            let (old, new) = (self.custom(key), new.custom(key));
            (old != new).then(|| Change::of(format!("{CUSTOM}{key}"), old, new))
        });
        fixed.chain(custom).flatten().collect()
    }

    /// The details as this version would have stored them: see [`repaired`]. `lists` are the keys of fields with one value per
    /// line.
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

    /// Copies all values of `typed` that are not empty. The statuses are always copied, and so is the SMS flag of each phone
    /// number that `typed` has.
    pub fn fill_in(&mut self, typed: &Self) {
        for (name, value) in typed.iter() {
            self.set_named(&name, value);
        }
        for status in Status::ALL {
            self.set_on(status.field(), typed.has(status));
        }
        for (phone, sms) in Field::PHONES_WITH_SMS {
            // One number's SMS flag says nothing about another number.
            if typed.is_on(phone) {
                self.set_on(sms, typed.is_on(sms));
            }
        }
    }
}

impl Recipient {
    /// The eight fields with their values in a new contact.
    pub fn values(&self) -> [(Field, &str); 8] {
        [
            (Field::Civility, self.civility.unwrap_or_default().as_str()),
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
    fn changes_have_the_old_and_the_new_value() {
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
            .map(|change| (change.field.as_str(), change.old.as_str(), change.new.as_str()))
            .collect();
        assert_eq!(shown, [("title", "", "Juriste"), ("city", "Lyon", ""), ("custom_siret", "1", "2")]);
        assert!(new.changes_to(&new).is_empty());
    }
}
