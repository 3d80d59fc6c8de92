//! A row of a list, in the stored form of a contact's values.

use super::row::{Cleaned, Given};
use super::{MatchKey, Target};
use crate::domain::{Country, Email, Field, OwnId, Phone, sort_key};

/// A row of the list, in the stored form of a contact's values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRow {
    /// The values, each target once. A blank cell of a check box is left out: it says neither yes nor no.
    pub given: Vec<Given>,
    /// What was corrected, in the order of the columns.
    pub cleanings: Vec<Cleaned>,
    /// The contact that this program wrote into the row, of this or another book.
    pub own: Option<OwnId>,
}

impl ListRow {
    /// The value for a target; empty for a blank cell and for a target without a column.
    pub fn value(&self, target: &Target) -> &str {
        let given = self.given.iter().find(|given| given.target == *target);
        given.and_then(|given| given.value.as_deref()).unwrap_or_default()
    }

    pub fn field(&self, field: Field) -> &str {
        self.value(&Target::Field(field))
    }

    /// Leaves the value for a target out.
    pub fn give_up(&mut self, target: &Target) {
        self.given.retain(|given| given.target != *target);
    }

    /// The key of the work e-mail; see [`Email::key`].
    pub fn email_key(&self) -> Option<String> {
        Email::stored(self.field(Field::Email)).map(|email| email.key().to_owned())
    }

    /// The row's external ids, each with the column's target.
    pub fn external_ids(&self) -> impl Iterator<Item = (&Target, &str)> {
        let is_id = |target: &Target| matches!(target, Target::ExternalId | Target::IdIn(_));
        let of_sources = self.given.iter().filter(move |given| is_id(&given.target));
        of_sources
            .flat_map(|given| given.value.iter().flat_map(|ids| ids.lines().map(|id| (&given.target, id))))
    }

    /// The notes that the row adds.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        [Target::Note, Target::Dropped]
            .into_iter()
            .map(|target| self.value(&target))
            .filter(|note| !note.is_empty())
    }

    /// The name for comparison, as contacts store it for their order; `None` for a row without a last name or first name.
    pub fn name_key(&self) -> Option<String> {
        let name = || sort_key(self.field(Field::LastName), self.field(Field::FirstName));
        self.has_name().then(name)
    }

    /// All phone numbers of the row in international form, each once. `default` is the country of numbers without a country
    /// code.
    pub fn numbers(&self, default: Country) -> Vec<String> {
        let mut numbers = Vec::new();
        for text in self.phones() {
            let first = Phone::e164(text, default);
            let read = Phone::numbers(text, first.as_deref(), default);
            numbers.extend(read.into_iter().filter_map(|number| number.e164));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub(super) fn phones(&self) -> impl Iterator<Item = &str> {
        Field::PHONES.into_iter().map(|field| self.field(field)).filter(|text| !text.is_empty())
    }

    pub(super) fn has_name(&self) -> bool {
        !self.field(Field::LastName).is_empty() || !self.field(Field::FirstName).is_empty()
    }

    /// Returns `true` if the row has the values of a key.
    pub(super) fn has_key(&self, key: MatchKey) -> bool {
        match key {
            MatchKey::ExternalId => self.external_ids().next().is_some(),
            MatchKey::Email => !self.field(Field::Email).is_empty(),
            MatchKey::Phone => self.phones().next().is_some(),
            MatchKey::NamePhone => self.has_name() && self.phones().next().is_some(),
        }
    }
}
