//! Names that older versions folded otherwise.

use diesel::prelude::*;

use crate::db::{AnyConnection, rekey};
use crate::domain::fold;
use crate::error::AppResult;

/// Derives the keys of types' names and of fields' labels again. Returns the types and the fields that keep an older key, since
/// another has the name.
///
/// # Errors
/// Those of the database.
pub fn rekey_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let mut kept = rekey!(conn, contact_types, name, name_key, fold);
    kept.extend(rekey!(conn, contact_type_fields, label, label_key, fold));
    Ok(kept)
}
