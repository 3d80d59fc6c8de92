use super::words::country_code;
use super::{Mapping, MappingFault, Target};
use crate::domain::{Country, CustomKind, Field};

/// What the reading of rows needs from the book.
#[derive(Debug, Clone)]
pub struct Book {
    /// The fields in use of the mapping's contact type, and of all types for a list that this program wrote.
    pub customs: Vec<CustomColumn>,
    /// The names of the contact types that a row can have.
    pub types: Vec<String>,
    /// The name of the mapping's contact type; empty without one.
    pub contact_type: String,
    /// The country of phone numbers without a country code.
    pub default_country: Country,
    /// `true` if codes of languages become French names, otherwise English ones.
    pub in_french: bool,
}

/// A field of a contact type.
#[derive(Debug, Clone)]
pub struct CustomColumn {
    pub key: String,
    /// The name of its contact type.
    pub contact_type: String,
    pub kind: CustomKind,
    /// The choices of a list.
    pub choices: Vec<String>,
}

/// A mapping without faults, with what the reading of rows needs.
#[derive(Debug, Clone)]
pub struct Rules {
    mapping: Mapping,
    pub(super) book: Book,
}

impl Rules {
    /// # Errors
    /// The faults of the mapping, and each column of a field that the contact type does not have.
    pub fn compile(mapping: Mapping, book: Book) -> Result<Self, Vec<MappingFault>> {
        let mut faults = mapping.faults();
        for (choice, column) in mapping.columns.iter().zip(1..) {
            let fault = MappingFault::NotOfType { column };
            if let Some(Target::Custom(key)) = &choice.target
                && !book.customs.iter().any(|custom| custom.key == *key)
                && !faults.contains(&fault)
            {
                faults.push(fault);
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { mapping, book })
    }

    /// The country of phone numbers without a country code.
    pub fn default_country(&self) -> Country {
        self.book.default_country
    }

    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(super) fn custom(&self, key: &str) -> Option<&CustomColumn> {
        self.book.customs.iter().find(|custom| custom.key == key)
    }

    /// The code of the country with this name or code.
    pub(super) fn country(name: &str) -> Option<&'static str> {
        match Country::parse(name) {
            Ok(country) => Some(country.code()),
            Err(_) => country_code(name),
        }
    }

    /// Returns `true` if no column becomes the field.
    pub(super) fn is_free(&self, field: Field) -> bool {
        self.mapping.column_of(&Target::Field(field)).is_none()
    }
}
