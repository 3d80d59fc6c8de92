//! The form with the choices for the columns.

use super::{Blank, Choice, Mapping, MatchKey, Mode, OnAmbiguous, Policy, Target};
use crate::domain::Field;

impl Mapping {
    /// Reads the sent fields: `column_1` and `policy_1` of the first column, and so on, then those of the whole list. `headings`
    /// are those of the list, one per column. A missing or unknown value is the default.
    pub fn read_fields(headings: Vec<String>, heading_row: Option<u64>, fields: &[(String, String)]) -> Self {
        let value = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let is_on = |name: &str| value(name) == crate::domain::TICKED;
        let exact = is_on("exact");
        // Other lists have one contact type for all rows.
        let is_column = |target: &Target| exact || *target != Target::Field(Field::ContactType);
        let columns = (1..=headings.len()).map(|n| Choice {
            target: Target::parse(value(&format!("column_{n}"))).filter(is_column),
            policy: Policy::parse(value(&format!("policy_{n}"))).unwrap_or_default(),
        });
        Self {
            columns: columns.collect(),
            mode: Mode::parse(value("mode")).unwrap_or_default(),
            blank: Blank::parse(value("blank")).unwrap_or_default(),
            matching: match_keys(fields),
            source: value("source").parse().ok(),
            exact,
            contact_type: value("contact_type").parse().ok(),
            capitals: is_on("capitals"),
            postal_zeros: is_on("postal_zeros"),
            create_organizations: is_on("create_organizations"),
            on_ambiguous: OnAmbiguous::parse(value("on_ambiguous")).unwrap_or_default(),
            heading_row,
            headings,
        }
    }
}

/// The chosen keys in their order, each once.
fn match_keys(fields: &[(String, String)]) -> Vec<MatchKey> {
    let mut keys = Vec::new();
    for (name, value) in fields {
        if let (true, Some(key)) = (name == "match", MatchKey::parse(value))
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_unknown_values_are_the_defaults() {
        let fields = [
            ("column_1", "email"),
            ("policy_1", "fill"),
            ("column_2", "contact_type"),
            ("policy_2", "x"),
            ("match", "phone"),
            ("match", "email"),
            ("match", "phone"),
            ("capitals", "on"),
            ("source", "7"),
            ("contact_type", ""),
            ("mode", "update"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headings = vec!["Mail".to_owned(), "Type".to_owned()];
        let mapping = Mapping::read_fields(headings.clone(), Some(1), &fields);
        let expected = Mapping {
            headings,
            columns: vec![
                Choice { target: Some(Target::Field(Field::Email)), policy: Policy::Fill },
                Choice::default(),
            ],
            mode: Mode::Update,
            matching: vec![MatchKey::Phone, MatchKey::Email],
            source: Some(7),
            capitals: true,
            heading_row: Some(1),
            ..Mapping::default()
        };
        assert_eq!(mapping, expected);
    }
}
