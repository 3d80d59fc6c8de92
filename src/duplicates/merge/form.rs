//! The form of a merge: the contact that remains, and the side of each differing field.

use super::both::{Both, Choices, Side};
use super::store::Asked;
use crate::error::{AppError, AppResult};

/// Prefix of a field's name in the name of its control.
pub const FIELD: &str = "field_";

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
