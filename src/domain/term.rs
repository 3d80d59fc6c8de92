//! The conditions of a search.

/// One condition of a query: a contact must have any of these index words, whole or as a word's beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    AnyOf(Vec<String>),
    BeginsWithAnyOf(Vec<String>),
}

impl Term {
    /// Returns `true` if one of a contact's words ([`super::Findable::tokens`]) meets the condition.
    pub fn is_met_by(&self, tokens: &str) -> bool {
        tokens.split(' ').any(|token| match self {
            Self::AnyOf(words) => words.iter().any(|word| token == word),
            Self::BeginsWithAnyOf(words) => words.iter().any(|word| token.starts_with(word)),
        })
    }
}
