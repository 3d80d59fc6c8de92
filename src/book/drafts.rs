//! Drafts: half-filled contact forms, stored while their author adds an organization first.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::base::clock;
use crate::db::schema::drafts;
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;

/// The fields of a form as typed.
type Pairs = Vec<(String, String)>;

/// Age at which a draft is deleted: nobody comes back to a form later, and personal data is not kept without a reason.
const AGE: TimeDelta = TimeDelta::days(1);

/// A half-filled form.
pub struct Draft {
    /// `None` for a new contact.
    pub contact: Option<i64>,
    /// The names of the controls and the texts typed into them.
    pub typed: Vec<(String, String)>,
}

impl Draft {
    /// The address of the form that the draft belongs to.
    pub fn path(&self, id: i64) -> String {
        match self.contact {
            Some(contact) => format!("/contacts/{contact}/edit?draft={id}"),
            None => format!("/contacts/new?draft={id}"),
        }
    }
}

pub fn keep(
    conn: &mut AnyConnection,
    account: i64,
    contact: Option<i64>,
    typed: &[(String, String)],
) -> AppResult<i64> {
    Ok(diesel::insert_into(drafts::table)
        .values((
            drafts::account_id.eq(account),
            drafts::contact_id.eq(contact),
            drafts::body.eq(serde_json::to_string(typed)?),
            drafts::created_at.eq(clock::now()),
        ))
        .returning(drafts::id)
        .get_result(conn)?)
}

/// A draft of this account. `None` if it belongs to another account or no longer exists.
pub fn find(conn: &mut AnyConnection, account: i64, id: i64) -> AppResult<Option<Draft>> {
    let row: Option<(Option<i64>, Json<Pairs>)> = drafts::table
        .find(id)
        .filter(drafts::account_id.eq(account))
        .select((drafts::contact_id, drafts::body))
        .first(conn)
        .optional()?;
    Ok(row.map(|(contact, Json(typed))| Draft { contact, typed }))
}

/// Writes the name of a new organization into the draft that was stored for it.
pub fn set_organization(conn: &mut AnyConnection, account: i64, id: i64, name: &str) -> AppResult<()> {
    let Some(mut draft) = find(conn, account, id)? else {
        return Ok(());
    };
    draft.typed.retain(|(known, _)| known != "organization");
    draft.typed.push(("organization".to_owned(), name.to_owned()));
    diesel::update(drafts::table.find(id))
        .set(drafts::body.eq(serde_json::to_string(&draft.typed)?))
        .execute(conn)?;
    Ok(())
}

/// Deletes the draft of a saved form, only if it belongs to this account.
pub fn discard(conn: &mut AnyConnection, account: i64, id: i64) -> AppResult<()> {
    diesel::delete(drafts::table.find(id).filter(drafts::account_id.eq(account))).execute(conn)?;
    Ok(())
}

/// Deletes the drafts whose text matches `is_about`, when a person is erased. All are read, as there are few.
pub fn forget(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let rows: Vec<(i64, Json<Pairs>)> = drafts::table.select((drafts::id, drafts::body)).load(conn)?;
    for (id, Json(pairs)) in rows {
        let values: Vec<String> = pairs.into_iter().map(|(_, value)| value).collect();
        if is_about(conn, &values.join("\n"))? {
            diesel::delete(drafts::table.find(id)).execute(conn)?;
        }
    }
    Ok(())
}

pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    diesel::delete(drafts::table.filter(drafts::created_at.lt(clock::now() - AGE))).execute(conn)?;
    Ok(())
}
