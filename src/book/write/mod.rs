//! The queries on contacts. [`apply()`] is the only function that changes existing contacts.

mod apply;
mod belonging;
mod changed_rows;
mod columns;
mod counted;
mod erased;
mod expertise;
mod external_ids;
mod imported;
mod lock;
mod merged;
mod phones;
mod repair;
mod repaired;
mod rows;
mod save;
mod switch;
mod trash;
mod undone;
pub mod verification;
mod wholes;

use std::collections::HashMap;

use diesel::prelude::*;

pub use apply::{ContactWrite, Locked, Marked, Revision, apply, mark_imported};
pub use belonging::{
    MemberCursor, Members, count_members, count_members_of_each, first_members, members, move_members,
    reindex_members,
};
pub use columns::Columns;
pub use erased::erase;
pub use expertise::{Expertise, set_expertise};
pub use external_ids::{
    IdChanges, drop_external_ids, hand_over_external_ids, reindex_with_external_ids, set_external_ids,
};
pub use imported::{
    By, Derived, ExistingContact, New, WholeChange, add_imported_note, add_imported_notes, holders_of_emails,
    insert_imported, known_keys, overwrite, overwrite_wholes, with_emails,
};
pub use lock::{lock, lock_one, lock_present};
pub use merged::{
    Absence, ContactExtras, GivenUp, Rewriting, merge_into, present, rewrite, stand_in, unmerge, wholes,
    with_merged,
};
pub use phones::{Reread, read_phones_again};
pub use repair::{Repaired, repair};
pub use repaired::{TextRepaired, repair_former_emails, repair_text};
pub use save::{
    Created, NewExtras, Saved, Submission, create, create_all, create_with, delete, made_by, restore, update,
};
pub use switch::{Switch, switch};
pub use trash::{KEPT, TimeCursor, Trashed, count_trash, trash, trashed};
pub use undone::{Undoing, undo};
pub use verification::{check, unchecked};
pub use wholes::{Creator, NewWhole, WholeValues, create_wholes};

use super::contact::Contact;
use super::contact_types::{ContactType, CustomField};
use super::search;
use crate::book::contact_types;
use crate::db::schema::{accounts, contact_types as types, contacts, imports, organizations};
use crate::db::{AnyConnection, account_name, on_backend};
use crate::domain::{Details, Email, Field};
use crate::error::AppResult;

/// The number of contacts that a job indexes per transaction, so that other writers get their turn in between.
const INDEXED_TOGETHER: i64 = 500;

/// A contact with everything that its page and its form show: names from other tables, and the fields of its type. Many contacts at
/// once are [`crate::book::whole::WholeContact`]s.
pub struct Profile {
    pub contact: Contact,
    /// The name of its organization.
    pub organization: Option<String>,
    pub contact_type: Option<ContactType>,
    /// The current fields of its type.
    pub fields: Vec<CustomField>,
    /// The name of the last import that contained the contact.
    pub import: Option<String>,
    /// The name of the import that created the contact.
    pub created_import: Option<String>,
    /// The name of the account that made the last change; `None` if it was not a person.
    pub updated_by: Option<String>,
    values: HashMap<String, String>,
}

impl Profile {
    /// Everything that can be typed about the contact, as stored.
    pub fn details(&self) -> Details {
        let mut details = self.contact.details();
        details.set(Field::Organization, self.organization.as_deref().unwrap_or_default());
        let contact_type = self.contact_type.as_ref();
        details.set(Field::ContactType, contact_type.map_or("", |known| known.name.as_str()));
        for field in &self.fields {
            let value = self.values.get(&field.key).map_or("", String::as_str);
            details.set_custom(&field.key, value);
        }
        details
    }

    /// The value of a field of the contact's type.
    pub fn value(&self, field: &CustomField) -> &str {
        self.values.get(&field.key).map_or("", String::as_str)
    }
}

/// A contact with its data from other tables, also if it is deleted.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown contact.
pub fn profile(conn: &mut AnyConnection, id: i64) -> AppResult<Profile> {
    type ProfileColumns = (Contact, Option<String>, Option<ContactType>, Option<String>, Option<String>);
    let columns: ProfileColumns = on_backend!(conn, |conn| {
        contacts::table
            .left_join(organizations::table)
            .left_join(types::table)
            .left_join(imports::table.on(contacts::import_id.eq(imports::id.nullable())))
            .left_join(accounts::table.on(contacts::updated_by.eq(accounts::id.nullable())))
            .filter(contacts::id.eq(id))
            .select((
                Contact::as_select(),
                organizations::name.nullable(),
                Option::<ContactType>::as_select(),
                imports::name.nullable(),
                account_name().nullable(),
            ))
            .first(conn)?
    });
    let (contact, organization, contact_type, import, updated_by) = columns;
    let (fields, values) = match &contact_type {
        None => (Vec::new(), HashMap::new()),
        Some(contact_type) => (
            contact_types::fields_in_use(conn, contact_type)?,
            contact_types::values(conn, id)?.into_iter().collect(),
        ),
    };
    let created_import = match contact.created_import_id {
        created if created == contact.import_id => import.clone(),
        Some(id) => imports::table.find(id).select(imports::name).first(conn).optional()?,
        None => None,
    };
    Ok(Profile { contact, organization, contact_type, fields, import, created_import, updated_by, values })
}

/// A contact in the book.
///
/// # Errors
/// [`crate::error::AppError::NotFound`], also for a deleted contact.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Contact> {
    Ok(contacts::table
        .find(id)
        .filter(contacts::deleted_at.is_null())
        .select(Contact::as_select())
        .first(conn)?)
}

/// The contacts of `ids` that are in the book, in the list's order, each with the name of its organization.
pub fn chosen(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(Contact, Option<String>)>> {
    Ok(contacts::table
        .left_join(organizations::table)
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::deleted_at.is_null())
        .order((contacts::sort_key, contacts::id))
        .select((Contact::as_select(), organizations::name.nullable()))
        .load(conn)?)
}

/// The names of these contacts by id, including deleted contacts. Erased contacts are left out.
pub fn names(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(contacts::table
        .filter(contacts::id.eq_any(ids))
        .select(Contact::as_select())
        .load(conn)?
        .into_iter()
        .map(|contact| (contact.id, contact.name()))
        .collect())
}

/// The contact with this e-mail, and whether it is in the trash.
pub fn holder_of_email(conn: &mut AnyConnection, email: &Email) -> AppResult<Option<(i64, bool)>> {
    Ok(contacts::table
        .filter(contacts::email_key.eq_any(email.keys()))
        .select((contacts::id, contacts::deleted_at.is_not_null()))
        .first(conn)
        .optional()?)
}

/// The deleted contact with this e-mail.
pub fn deleted_with(conn: &mut AnyConnection, email: &Email) -> AppResult<Option<i64>> {
    Ok(contacts::table
        .filter(contacts::email_key.eq_any(email.keys()))
        .filter(contacts::deleted_at.is_not_null())
        .select(contacts::id)
        .first(conn)
        .optional()?)
}

/// Updates the search index with the current values of these contacts.
pub fn reindex(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    search::index(conn, ids)
}

/// Looks at the next contacts after an id; locks and indexes those with [`search::with_unknown_words`]. Returns the last id, or `None`
/// if there were no more.
pub fn reindex_with_unknown_words(conn: &mut AnyConnection, after: i64) -> AppResult<Option<i64>> {
    let (ids, last) = search::with_unknown_words(conn, after)?;
    let held: Vec<i64> = lock_present(conn, &ids)?.into_keys().collect();
    search::index(conn, &held)?;
    Ok(last)
}

/// Locks and indexes the next contacts of a type after an id. Returns the last id, or `None` if there were no more.
pub fn reindex_of_type(conn: &mut AnyConnection, contact_type: i64, after: i64) -> AppResult<Option<i64>> {
    let ids: Vec<i64> = contacts::table
        .filter(contacts::contact_type_id.eq(contact_type))
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::id.gt(after))
        .order(contacts::id)
        .limit(INDEXED_TOGETHER)
        .select(contacts::id)
        .load(conn)?;
    let held: Vec<i64> = lock_present(conn, &ids)?.into_keys().collect();
    search::index(conn, &held)?;
    Ok(ids.last().copied())
}
