//! Repairs values that older versions stored differently, with the functions that check new values.

use std::collections::HashSet;

use diesel::prelude::*;

use super::lock::lock_next;
use super::{Columns, ContactExtras, ContactWrite, Revision, Submission, apply};
use crate::audit::Kind;
use crate::book::contact::Contact;
use crate::book::contact_types;
use crate::db::schema::contact_aliases;
use crate::db::{AnyConnection, settings, unless_taken};
use crate::domain::{Email, Field, repaired_list, sort_key};
use crate::error::AppResult;

/// The result of one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextRepaired {
    /// The last contact of the batch; `None` if there were no more.
    pub last: Option<i64>,
    /// The number of contacts with changed values. Each has an entry in its history.
    pub changed: i64,
    /// The contacts that keep an e-mail, or its key, because another contact has the new one.
    pub kept: Vec<i64>,
}

/// Removes invisible characters from the next contacts after an id, including deleted ones, and recomputes their sort keys and
/// the keys of their e-mails. Changed values give a history entry by Carnet, and a new version unless they are topics or
/// languages. Changed keys give neither. A repetition changes nothing.
pub fn repair_text(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<TextRepaired> {
    let batch = lock_next(conn, after, limit)?;
    let ids: Vec<i64> = batch.iter().map(|contact| contact.id).collect();
    let values = contact_types::values_to_repair(conn, &ids)?;
    let mut done = TextRepaired { last: ids.last().copied(), ..TextRepaired::default() };
    let mut writes = Vec::new();
    for contact in &batch {
        let values = values.get(&contact.id).map_or(&[][..], Vec::as_slice);
        let (repaired, is_kept) = repair(conn, contact, values)?;
        done.changed += i64::from(repaired.iter().any(|write| !write.is_derived()));
        done.kept.extend(is_kept.then_some(contact.id));
        writes.extend(repaired);
    }
    apply(conn, &writes, None)?;
    Ok(done)
}

/// Returns the writes that repair a contact, and whether it keeps an e-mail as it was. The e-mail's key is written at once: it may be
/// taken, also by another contact of the batch.
fn repair(
    conn: &mut AnyConnection,
    contact: &Contact,
    values: &[contact_types::Value],
) -> AppResult<(Vec<ContactWrite>, bool)> {
    let mut old = contact.details();
    for value in values {
        old.set_custom(&value.key, value.value.as_str());
    }
    let lists: Vec<&str> =
        values.iter().filter(|value| value.is_list).map(|value| value.key.as_str()).collect();
    let mut new = old.repaired(&lists);
    let stored_key = contact.email_key.as_deref();
    let email = Email::stored(new.get(Field::Email));
    let mut key = email.as_ref().map(Email::key).filter(|_| stored_key.is_some());
    let is_kept = key != stored_key
        && !unless_taken(conn, |conn| {
            let columns = Columns { email_key: Some(key.map(str::to_owned)), ..Columns::default() };
            apply(conn, &[ContactWrite::derived(contact, columns)], None)
        })?;
    if is_kept {
        new.set(Field::Email, old.get(Field::Email));
        key = stored_key;
    }
    let mut writes = Vec::new();
    let changes = old.changes_to(&new);
    if !changes.is_empty() {
        let submission = Submission {
            values: values.iter().map(|value| (value.field, new.custom(&value.key).to_owned())).collect(),
            organization_id: contact.organization_id,
            contact_type_id: contact.contact_type_id,
            details: new,
            form_key: None,
        };
        let mut columns = Columns::of(&submission, settings::default_country(conn)?);
        columns.email_key = Some(key.map(str::to_owned));
        let write = ContactWrite::new(contact, columns, Kind::ContactEdited, changes);
        writes.push(write.values(submission.values).revision(Revision::Undated));
    } else if contact.sort_key != sort_key(&contact.last_name, &contact.first_name) {
        let columns = Columns {
            sort_key: Some(sort_key(&contact.last_name, &contact.first_name)),
            ..Columns::default()
        };
        writes.push(ContactWrite::derived(contact, columns));
    }
    writes.extend(repaired_lists(contact));
    Ok((writes, is_kept))
}

/// The write that removes invisible characters from topics and languages; `None` if they have none.
fn repaired_lists(contact: &Contact) -> Option<ContactWrite> {
    let old = ContactExtras::of(contact);
    let new = ContactExtras {
        topics: repaired_list(&old.topics),
        languages: repaired_list(&old.languages),
        absence: old.absence.clone(),
    };
    let changes = old.changes_to(&new);
    if changes.is_empty() {
        return None;
    }
    let columns = Columns { topics: Some(new.topics), languages: Some(new.languages), ..Columns::default() };
    let write = ContactWrite::new(contact, columns, Kind::ExpertiseEdited, changes);
    Some(write.revision(Revision::None))
}

/// Recomputes the keys of former e-mails, which are few. A former e-mail keeps its old key if another has the new one.
pub fn repair_former_emails(conn: &mut AnyConnection) -> AppResult<()> {
    let rows: Vec<String> = contact_aliases::table.select(contact_aliases::email_key).load(conn)?;
    let mut known: HashSet<String> = rows.iter().cloned().collect();
    for key in rows {
        let today = Email::key_today(&key);
        if today != key && known.insert(today.clone().into_owned()) {
            diesel::update(contact_aliases::table.find(&key))
                .set(contact_aliases::email_key.eq(&*today))
                .execute(conn)?;
        }
    }
    Ok(())
}
