//! Repair of names that older versions folded differently.

use diesel::prelude::*;

use crate::db::{AnyConnection, rekey};
use crate::domain::fold;
use crate::error::AppResult;

/// Computes the keys of types' names and of fields' labels again. Returns the ids of those that keep an older key because
/// another one has the name: of types, then of fields.
pub fn rekey_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let mut kept = rekey!(conn, contact_types, name, name_key, fold);
    kept.extend(rekey!(conn, contact_type_fields, label, label_key, fold));
    Ok(kept)
}
