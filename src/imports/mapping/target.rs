use serde::{Deserialize, Serialize};

use crate::domain::{CUSTOM, EXTERNAL_ID, Field};

/// What a column of a list becomes. It is stored as the name of its control ([`Target::form_name`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Target {
    Field(Field),
    /// The field of a contact type, by its key.
    Custom(String),
    Topics,
    Languages,
    /// First and last name in one column.
    FullName,
    /// The id in the mapping's source.
    ExternalId,
    /// The id in the source with this name, or several, one per line.
    IdIn(String),
    /// A note of the contact.
    Note,
    /// The properties of a card that no other column has, which become one more note.
    Dropped,
    /// The id of the book that wrote the row.
    BookId,
    /// The number that the contact has there.
    ContactId,
    /// Both, as the id of a card.
    CardId,
}

impl Target {
    /// The name of the target in forms and in storage: `first_name`, `custom_siret`, `topics`.
    pub fn form_name(&self) -> String {
        match self {
            Self::Field(field) => field.form_name().to_owned(),
            Self::Custom(key) => format!("{CUSTOM}{key}"),
            Self::Topics => "topics".to_owned(),
            Self::Languages => "languages".to_owned(),
            Self::FullName => "full_name".to_owned(),
            Self::ExternalId => "external_id".to_owned(),
            Self::IdIn(source) => format!("{EXTERNAL_ID}{source}"),
            Self::Note => "note".to_owned(),
            Self::Dropped => "dropped".to_owned(),
            Self::BookId => "book_id".to_owned(),
            Self::ContactId => "contact_id".to_owned(),
            Self::CardId => "uid".to_owned(),
        }
    }

    /// The target with this name; `None` for an unknown name.
    pub fn parse(form_name: &str) -> Option<Self> {
        match form_name {
            "topics" => Some(Self::Topics),
            "languages" => Some(Self::Languages),
            "full_name" => Some(Self::FullName),
            "external_id" => Some(Self::ExternalId),
            "note" => Some(Self::Note),
            "dropped" => Some(Self::Dropped),
            "book_id" => Some(Self::BookId),
            "contact_id" => Some(Self::ContactId),
            "uid" => Some(Self::CardId),
            name => match (name.strip_prefix(CUSTOM), name.strip_prefix(EXTERNAL_ID)) {
                (Some(key), _) => (!key.is_empty()).then(|| Self::Custom(key.to_owned())),
                (None, Some(source)) => (!source.is_empty()).then(|| Self::IdIn(source.to_owned())),
                (None, None) => Field::parse(name).map(Self::Field),
            },
        }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.form_name()
    }
}

/// The name of a target that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no column can become {0:?}")]
pub struct UnknownTarget(String);

impl TryFrom<String> for Target {
    type Error = UnknownTarget;

    fn try_from(name: String) -> Result<Self, UnknownTarget> {
        Self::parse(&name).ok_or(UnknownTarget(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_found_by_its_name() {
        let fields = Field::ALL.into_iter().map(Target::Field);
        let others = [
            Target::Custom("siret".to_owned()),
            Target::Topics,
            Target::Languages,
            Target::FullName,
            Target::ExternalId,
            Target::IdIn("rh".to_owned()),
            Target::Note,
            Target::Dropped,
            Target::BookId,
            Target::ContactId,
            Target::CardId,
        ];
        for target in fields.chain(others) {
            assert_eq!(Target::parse(&target.form_name()), Some(target));
        }
        for name in ["custom_", "external_id_", "", "absent_from"] {
            assert_eq!(Target::parse(name), None, "{name}");
        }
    }
}
