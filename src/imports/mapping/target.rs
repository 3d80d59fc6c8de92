use serde::{Deserialize, Serialize};

use crate::domain::{CUSTOM, Field};

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
    /// A note of the contact.
    Note,
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
            Self::Note => "note".to_owned(),
        }
    }

    /// The target with this name; `None` for an unknown name, and for the contact type, which is the same for all rows and so
    /// is no column.
    pub fn parse(form_name: &str) -> Option<Self> {
        match form_name {
            "topics" => Some(Self::Topics),
            "languages" => Some(Self::Languages),
            "full_name" => Some(Self::FullName),
            "external_id" => Some(Self::ExternalId),
            "note" => Some(Self::Note),
            name => match name.strip_prefix(CUSTOM) {
                Some(key) => (!key.is_empty()).then(|| Self::Custom(key.to_owned())),
                None => Field::parse(name).filter(|field| *field != Field::ContactType).map(Self::Field),
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
        let fields = Field::ALL.into_iter().filter(|field| *field != Field::ContactType).map(Target::Field);
        let others = [
            Target::Custom("siret".to_owned()),
            Target::Topics,
            Target::Languages,
            Target::FullName,
            Target::ExternalId,
            Target::Note,
        ];
        for target in fields.chain(others) {
            assert_eq!(Target::parse(&target.form_name()), Some(target));
        }
        for name in ["contact_type", "custom_", "", "absent_from"] {
            assert_eq!(Target::parse(name), None, "{name}");
        }
    }
}
