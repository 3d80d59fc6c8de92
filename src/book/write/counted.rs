//! The changes of the numbers in [`crate::book::counts`] by a write, from the rows before and after it.

use std::borrow::Cow;
use std::collections::HashMap;

use diesel::prelude::*;

use super::{Columns, Marked, New};
use crate::book::contact::Statuses;
use crate::book::counts::{Counted, Deltas};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, in_json_list, lock_rows};
use crate::domain::Recipient;
use crate::error::AppResult;

/// The columns by which contacts are counted: the statuses, the texts of one value, the texts of several lines, and the ids.
type CountedColumns =
    (i64, bool, (bool, bool, bool), (String, String, String), (String, String), (Option<i64>, Option<i64>));

/// What these contacts are counted by now, by id. They stay locked, as the caller has locked them.
pub(super) fn now(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, Counted<'static>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = contacts::table.filter(in_json_list("id", ids)?).order(contacts::id);
    let columns = (
        contacts::id,
        contacts::deleted_at.is_null(),
        (contacts::expert, contacts::copy, contacts::transfer),
        (contacts::sort_key, contacts::service, contacts::city),
        (contacts::topics, contacts::languages),
        (contacts::organization_id, contacts::import_id),
    );
    let rows: Vec<CountedColumns> = lock_rows!(conn, rows, columns);
    Ok(rows.into_iter().map(counted).collect())
}

fn counted(columns: CountedColumns) -> (i64, Counted<'static>) {
    let (id, is_in_book, statuses, (sort_key, service, city), (topics, languages), ids) = columns;
    let (expert, copy, transfer) = statuses;
    let (organization, import) = ids;
    let contact = Counted {
        is_in_book,
        statuses: Statuses { expert, copy, transfer },
        sort_key: Cow::Owned(sort_key),
        service: Cow::Owned(service),
        city: Cow::Owned(city),
        topics: Cow::Owned(topics),
        languages: Cow::Owned(languages),
        organization,
        import,
    };
    (id, contact)
}

/// Returns `true` if a write of these columns may change a number.
pub(super) fn is_affected_by(columns: &Columns) -> bool {
    let Columns {
        expert,
        copy,
        transfer,
        organization_id,
        service,
        city,
        topics,
        languages,
        sort_key,
        deleted_at,
        import_id,
        ..
    } = columns;
    [expert, copy, transfer].into_iter().any(Option::is_some)
        || [service, city, topics, languages, sort_key].into_iter().any(Option::is_some)
        || [organization_id, import_id].into_iter().any(Option::is_some)
        || deleted_at.is_some()
}

/// Sets what the columns write.
pub(super) fn write<'a>(contact: &mut Counted<'a>, columns: &'a Columns) {
    fn set<T: Clone>(value: &mut T, new: Option<&T>) {
        if let Some(new) = new {
            value.clone_from(new);
        }
    }
    set(&mut contact.statuses.expert, columns.expert.as_ref());
    set(&mut contact.statuses.copy, columns.copy.as_ref());
    set(&mut contact.statuses.transfer, columns.transfer.as_ref());
    set(&mut contact.organization, columns.organization_id.as_ref());
    set(&mut contact.import, columns.import_id.as_ref());
    set(&mut contact.is_in_book, columns.deleted_at.map(|at| at.is_none()).as_ref());
    for (text, new) in [
        (&mut contact.sort_key, &columns.sort_key),
        (&mut contact.service, &columns.service),
        (&mut contact.city, &columns.city),
        (&mut contact.topics, &columns.topics),
        (&mut contact.languages, &columns.languages),
    ] {
        if let Some(new) = new {
            *text = Cow::Borrowed(new);
        }
    }
}

/// A contact that these columns create.
pub(super) fn created(columns: &Columns) -> Counted<'_> {
    let none = Cow::Borrowed("");
    let mut contact = Counted {
        is_in_book: true,
        statuses: Statuses::default(),
        sort_key: none.clone(),
        service: none.clone(),
        city: none.clone(),
        topics: none.clone(),
        languages: none,
        organization: None,
        import: None,
    };
    write(&mut contact, columns);
    contact
}

/// A contact that an import creates.
pub(super) fn imported<'a>(new: &New<'a>, import: i64) -> Counted<'a> {
    let Recipient { service, city, .. } = new.recipient;
    Counted {
        is_in_book: true,
        statuses: Statuses::IMPORTED,
        sort_key: Cow::Borrowed(new.derived.sort_key()),
        service: Cow::Borrowed(service),
        city: Cow::Borrowed(city),
        topics: Cow::Borrowed(""),
        languages: Cow::Borrowed(""),
        organization: None,
        import: Some(import),
    }
}

/// Contacts, each named once, that get another import and nothing else.
pub(super) fn marked(contacts: &[Marked], import: i64) -> Deltas<'static> {
    let mut deltas = Deltas::default();
    for contact in contacts {
        if !contact.is_deleted && contact.import_id != Some(import) {
            deltas.move_import(contact.import_id, import);
        }
    }
    deltas
}
