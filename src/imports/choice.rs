//! What an account chose last in the import form: whether to see a preview. A setting of its own per account, in the table of
//! settings.

use crate::db::{AnyConnection, Db, settings};
use crate::error::AppResult;

const ON: &str = "on";
const OFF: &str = "off";

fn key(account: i64) -> String {
    format!("import_preview/{account}")
}

/// Returns `true` if the account's form begins with the preview: unless the account last imported without it.
pub fn of_preview(conn: &mut AnyConnection, account: i64) -> AppResult<bool> {
    Ok(settings::get(conn, &key(account))?.as_deref() != Some(OFF))
}

/// Stores the account's choice, if it is another than the last.
pub async fn remember_preview(db: &Db, account: i64, wants: bool) -> AppResult<()> {
    if db.read(move |conn| of_preview(conn, account)).await? == wants {
        return Ok(());
    }
    db.write(move |conn| settings::set(conn, &key(account), if wants { ON } else { OFF })).await
}
