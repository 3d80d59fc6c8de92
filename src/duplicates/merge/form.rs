//! The form of a merge: the contact that remains, and the side of each differing field.

use std::fmt::Write as _;

use super::both::{Both, Choices, Side};
use super::store::Asked;
use crate::book::filter::MOST_CHOSEN;
use crate::error::{AppError, AppResult};

/// Prefix of a field's name in the name of its control.
pub const FIELD: &str = "field_";

/// The control with a contact that is merged afterwards.
pub const THEN: &str = "then";

/// The address of the form that merges `first` with the first of the `others`, and then with the rest of them, one after the
/// other. The duplicates if there are no others.
pub fn path(first: i64, others: &[i64]) -> String {
    let [second, rest @ ..] = others else {
        return "/duplicates".to_owned();
    };
    let mut path = format!("/duplicates/{}/{}/merge", first.min(*second), first.max(*second));
    for (n, id) in rest.iter().enumerate() {
        let sign = if n == 0 { '?' } else { '&' };
        // Writing to a string does not fail.
        let _ = write!(path, "{sign}{THEN}={id}");
    }
    path
}

/// The contacts that are merged afterwards, from the query or the submitted form.
pub fn then(sent: &[(String, String)]) -> Vec<i64> {
    sent.iter()
        .filter(|(name, _)| name == THEN)
        .filter_map(|(_, id)| id.parse().ok())
        .take(MOST_CHOSEN)
        .collect()
}

/// Reads the submitted form; fields without a choice get the proposed side.
///
/// # Errors
/// [`AppError::BadRequest`] for data that the form cannot send.
pub fn read(pair: (i64, i64), sent: &[(String, String)]) -> AppResult<Asked> {
    let get = |name: &str| {
        sent.iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .ok_or(AppError::BadRequest("a merge without all its fields"))
    };
    let version = |name: &str| get(name)?.parse().map_err(|_| AppError::BadRequest("a damaged version"));
    let choices: Choices = sent
        .iter()
        .filter_map(|(name, value)| {
            let field = name.strip_prefix(FIELD)?;
            Some((field.to_owned(), Side::parse(value)?))
        })
        .collect();
    Ok(Asked {
        pair,
        versions: (version("low_version")?, version("high_version")?),
        kept: Side::parse(get("keep")?).ok_or(AppError::BadRequest("a merge of neither"))?,
        choices,
    })
}

/// Returns the form as first shown.
pub fn blank(pair: (i64, i64), both: &Both) -> Asked {
    Asked {
        pair,
        versions: (both.low.contact().version, both.high.contact().version),
        kept: both.proposed(),
        choices: Choices::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_contacts_are_merged_one_after_the_other() {
        assert_eq!(path(7, &[]), "/duplicates");
        assert_eq!(path(7, &[3]), "/duplicates/3/7/merge");
        let address = path(7, &[3, 9, 1]);
        assert_eq!(address, "/duplicates/3/7/merge?then=9&then=1");
        let sent: Vec<(String, String)> =
            serde_urlencoded::from_str("then=9&keep=low&then=1&then=x").unwrap();
        assert_eq!(then(&sent), [9, 1]);
    }
}
