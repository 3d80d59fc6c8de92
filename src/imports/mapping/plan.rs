use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Target;
use crate::base::text_enum;
use crate::domain::{Field, folded_words};

text_enum! {
    /// When a column's value replaces the value of a contact. A new contact gets every value.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Policy {
        #[default]
        Replace = "replace",
        /// Only where the contact has no value.
        Fill = "fill",
        /// Only for new contacts.
        Create = "create",
    }
}

text_enum! {
    /// The contacts that an import writes.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Mode {
        #[default]
        Both = "both",
        Create = "create",
        Update = "update",
    }
}

text_enum! {
    /// What a blank cell does to the value of a contact. The policy of its column applies as well.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Blank {
        #[default]
        Keep = "keep",
        Clear = "clear",
    }
}

text_enum! {
    /// What happens to a row that fits several contacts.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum OnAmbiguous {
        #[default]
        Review = "review",
        Reject = "reject",
    }
}

text_enum! {
    /// The values by which a row finds its contact.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum MatchKey {
        ExternalId = "external_id",
        /// The work e-mail.
        Email = "email",
        Phone = "phone",
        /// The same name and a phone number in common.
        NamePhone = "name_phone",
    }
}

/// What a column becomes, and when its values replace others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// `None` for a column that is not imported.
    pub target: Option<Target>,
    pub policy: Policy,
}

/// The choices for the columns of a list. It is stored as JSON, and contains headings but no values of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
pub struct Mapping {
    /// One text per column; empty texts for a list without headings.
    pub headings: Vec<String>,
    /// What becomes of each column, in the order of the list.
    pub columns: Vec<Choice>,
    pub mode: Mode,
    pub blank: Blank,
    /// The chosen keys, first key first; empty for the default order. See [`Mapping::keys`].
    pub matching: Vec<MatchKey>,
    /// The source of the external ids.
    pub source: Option<i64>,
    /// `true` for a list that this program wrote: values are read as written, and nothing is cleaned up. Only such a list has a
    /// column of contact types.
    pub exact: bool,
    /// The contact type that every contact of the list gets.
    pub contact_type: Option<i64>,
    /// `DUPONT` is stored as `Dupont`.
    pub capitals: bool,
    /// Postal codes of four digits lost their zero in a spreadsheet; see [`super::lost_zeros`].
    pub postal_zeros: bool,
    pub create_organizations: bool,
    pub on_ambiguous: OnAmbiguous,
    /// The row with the headings, from 1; `None` for a list without headings.
    pub heading_row: Option<u64>,
}

/// The reason why a mapping cannot be applied. Columns are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingFault {
    SameTarget {
        target: Target,
        first: usize,
        second: usize,
    },
    /// A column has the full name, and another the first or the last name.
    NamesTwice {
        full_name: usize,
        other: usize,
    },
    /// No column has a name or a value by which a row finds its contact.
    NoKeyOrName,
    /// A chosen key that no column gives.
    KeyWithoutColumn {
        key: MatchKey,
    },
    /// A column of external ids without a source.
    NoSource {
        column: usize,
    },
    /// A field of a contact type that the chosen type does not have, or without a chosen type.
    NotOfType {
        column: usize,
    },
}

impl Mapping {
    /// The number of the column, from 1, that becomes `target`; the first if there are several.
    pub fn column_of(&self, target: &Target) -> Option<usize> {
        self.columns
            .iter()
            .zip(1..)
            .find(|(choice, _)| choice.target.as_ref() == Some(target))
            .map(|(_, n)| n)
    }

    fn has(&self, field: Field) -> bool {
        self.column_of(&Target::Field(field)).is_some()
    }

    /// The keys by which the rows find their contacts, first key first: the chosen ones, or e-mail, external id, name and phone as
    /// far as there are columns.
    pub fn keys(&self) -> Vec<MatchKey> {
        if !self.matching.is_empty() {
            return self.matching.clone();
        }
        let order = [MatchKey::Email, MatchKey::ExternalId, MatchKey::NamePhone];
        order.into_iter().filter(|key| self.gives(*key)).collect()
    }

    /// Returns `true` if there are columns for a key.
    pub fn gives(&self, key: MatchKey) -> bool {
        let has_phone = || Field::PHONES.into_iter().any(|phone| self.has(phone));
        match key {
            MatchKey::ExternalId => {
                let is_id = |target: &Target| matches!(target, Target::ExternalId | Target::IdIn(_));
                self.columns.iter().filter_map(|choice| choice.target.as_ref()).any(is_id)
            }
            MatchKey::Email => self.has(Field::Email),
            MatchKey::Phone => has_phone(),
            MatchKey::NamePhone => self.gives_name() && has_phone(),
        }
    }

    fn gives_name(&self) -> bool {
        self.column_of(&Target::FullName).is_some() || self.has(Field::LastName) || self.has(Field::FirstName)
    }

    /// All reasons why the mapping cannot be applied, those of single columns first; empty for a mapping that can.
    pub fn faults(&self) -> Vec<MappingFault> {
        let mut faults = self.same_targets();
        faults.extend(self.names_twice());
        for (choice, column) in self.columns.iter().zip(1..) {
            match &choice.target {
                Some(Target::ExternalId) if self.source.is_none() => {
                    faults.push(MappingFault::NoSource { column });
                }
                Some(Target::Custom(_)) if self.contact_type.is_none() && !self.exact => {
                    faults.push(MappingFault::NotOfType { column });
                }
                _ => {}
            }
        }
        let lacking = self.matching.iter().copied().filter(|key| !self.gives(*key));
        faults.extend(lacking.map(|key| MappingFault::KeyWithoutColumn { key }));
        if !self.gives_name() && self.keys().is_empty() {
            faults.push(MappingFault::NoKeyOrName);
        }
        faults
    }

    fn same_targets(&self) -> Vec<MappingFault> {
        let mut seen = HashMap::new();
        let mut faults = Vec::new();
        for (choice, second) in self.columns.iter().zip(1..) {
            let Some(target) = &choice.target else { continue };
            let first = *seen.entry(target).or_insert(second);
            if first != second {
                faults.push(MappingFault::SameTarget { target: target.clone(), first, second });
            }
        }
        faults
    }

    fn names_twice(&self) -> Option<MappingFault> {
        let full_name = self.column_of(&Target::FullName)?;
        let other = [Field::FirstName, Field::LastName]
            .into_iter()
            .find_map(|field| self.column_of(&Target::Field(field)))?;
        Some(MappingFault::NamesTwice { full_name, other })
    }

    /// The mapping for a list with the same headings in any order, without regard to case, accents and punctuation. Returns
    /// `None` for other headings, and for a mapping without headings, which says nothing about other lists.
    pub fn reorder(&self, headings: &[String]) -> Option<Self> {
        let is_same_length = headings.len() == self.headings.len() && headings.len() == self.columns.len();
        if !is_same_length || !self.has_headings() {
            return None;
        }
        let mut left: Vec<(String, &Choice)> =
            self.headings.iter().map(|heading| heading_key(heading)).zip(&self.columns).collect();
        let mut columns = Vec::with_capacity(headings.len());
        for heading in headings {
            let key = heading_key(heading);
            let at = left.iter().position(|(known, _)| *known == key)?;
            // The order of the others matters: of two columns with one heading, the first stays the first.
            columns.push(left.remove(at).1.clone());
        }
        Some(Self { headings: headings.to_vec(), columns, ..self.clone() })
    }

    /// Returns `true` if the list has headings, so that they can recognise the next one.
    pub fn has_headings(&self) -> bool {
        self.headings.iter().any(|heading| !heading_key(heading).is_empty())
    }

    /// Compares the headings with those of another list, in any order. Both differences are empty where [`Mapping::reorder`] gives a
    /// mapping.
    pub fn compare(&self, headings: &[String]) -> HeadingDifference {
        let mut missing = self.headings.clone();
        let mut added = Vec::new();
        for heading in headings {
            let key = heading_key(heading);
            match missing.iter().position(|known| heading_key(known) == key) {
                Some(at) => drop(missing.remove(at)),
                None => added.push(heading.clone()),
            }
        }
        HeadingDifference { missing, added }
    }
}

/// How the headings of a list differ from those of a mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadingDifference {
    /// Headings of the mapping that the list does not have.
    pub missing: Vec<String>,
    /// Headings of the list that the mapping does not have.
    pub added: Vec<String>,
}

/// A heading for comparison: its words in lower case without accents and punctuation.
fn heading_key(heading: &str) -> String {
    folded_words(heading).join(" ")
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
