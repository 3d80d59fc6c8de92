//! A batch of a bulk change, and of its undo.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::action::{Action, Before, Switches, TopicChange};
use super::items::Item;
use super::store::{self, Bulk, Counts};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::contact::{Contact, Statuses};
use crate::book::write::{Columns, ContactWrite, Revision, apply, lock};
use crate::db::schema::organizations;
use crate::db::{AnyConnection, lock_rows};
use crate::domain::{Change, Field, Status, TICKED};
use crate::error::AppResult;

/// The properties that a bulk change can set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Settings {
    statuses: Statuses,
    organization: Option<i64>,
    /// One per line.
    topics: String,
    is_deleted: bool,
}

impl Settings {
    fn of(contact: &Contact) -> Self {
        Self {
            statuses: contact.statuses(),
            organization: contact.organization_id,
            topics: contact.topics.clone(),
            is_deleted: contact.deleted_at.is_some(),
        }
    }
}

/// A contact as locked, and its new properties.
struct Step<'a> {
    contact: &'a Contact,
    becomes: Settings,
}

/// Changes the contacts of a batch, and advances the bulk change in the same transaction.
pub fn change(conn: &mut AnyConnection, bulk: &Bulk, items: &[Item]) -> AppResult<()> {
    let ids: Vec<i64> = items.iter().map(|item| item.contact).collect();
    let is_possible = match bulk.action {
        Action::Organization(Some(id)) => hold_organization(conn, id)?,
        _ => true,
    };
    let held = lock(conn, &ids)?;
    let mut counts = Counts::default();
    let (mut steps, mut befores) = (Vec::new(), Vec::new());
    for contact in held.iter().filter(|contact| contact.deleted_at.is_none()) {
        if !is_possible {
            continue;
        }
        let (before, becomes, is_refused) = done_to(&bulk.action, contact);
        counts.kept += i64::from(is_refused);
        if becomes != Settings::of(contact) {
            steps.push(Step { contact, becomes });
            befores.push((contact, before));
        }
    }
    write(conn, &steps, bulk.account_id)?;
    for (contact, before) in &befores {
        super::items::note(conn, bulk.id, contact.id, before, contact.version + 1)?;
    }
    counts.changed = steps.len() as i64;
    store::advance(conn, bulk, items, counts)
}

/// Returns the former value, the new properties, and `true` if a part of the action is impossible for this contact.
fn done_to(action: &Action, contact: &Contact) -> (Before, Settings, bool) {
    let mut becomes = Settings::of(contact);
    match action {
        Action::Statuses(wanted) => {
            let (switches, is_refused) = wanted.of(becomes.statuses, contact.email.is_some());
            switches.apply(&mut becomes.statuses);
            (Before::Statuses(switches.reversed()), becomes, is_refused)
        }
        Action::Organization(id) => {
            let before = Before::Organization(becomes.organization);
            becomes.organization = *id;
            (before, becomes, false)
        }
        Action::Topics(change) => match change.of(&becomes.topics) {
            Some((topics, reverse)) => {
                becomes.topics = topics;
                (Before::Topics(reverse), becomes, false)
            }
            None => (Before::Topics(change.clone()), becomes, true),
        },
        Action::Delete => {
            becomes.is_deleted = true;
            (Before::InBook, becomes, false)
        }
    }
}

/// Restores the former values of a batch, excluding those that somebody has changed since.
pub fn undo(conn: &mut AnyConnection, bulk: &Bulk, items: &[Item]) -> AppResult<()> {
    let by_id: HashMap<i64, &(Before, i64)> =
        items.iter().filter_map(|item| Some((item.contact, item.changed.as_ref()?))).collect();
    let former: Vec<i64> = by_id
        .values()
        .filter_map(|(before, _)| match before {
            Before::Organization(id) => *id,
            Before::Statuses(_) | Before::Topics(_) | Before::InBook => None,
        })
        .collect();
    let mut alive = Vec::new();
    for id in distinct(former) {
        if hold_organization(conn, id)? {
            alive.push(id);
        }
    }
    let ids: Vec<i64> = by_id.keys().copied().collect();
    let held = lock(conn, &ids)?;
    let mut counts = Counts::default();
    let mut steps = Vec::new();
    for contact in &held {
        let Some((before, version)) = by_id.get(&contact.id) else {
            continue;
        };
        let (becomes, is_kept) = match before {
            Before::InBook => taken_out_of_trash(contact, *version),
            _ if contact.deleted_at.is_some() => (Settings::of(contact), true),
            Before::Statuses(former) => former_statuses(contact, *former),
            Before::Organization(former) => former_organization(bulk, contact, *former, &alive),
            Before::Topics(reverse) => former_topics(contact, reverse),
        };
        counts.kept += i64::from(is_kept);
        if becomes != Settings::of(contact) {
            steps.push(Step { contact, becomes });
        }
    }
    write(conn, &steps, bulk.undone_by)?;
    counts.changed = steps.len() as i64;
    store::advance(conn, bulk, items, counts)
}

fn distinct(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Takes the contact out of the trash. With another version, somebody restored and deleted it since; then it stays.
fn taken_out_of_trash(contact: &Contact, version: i64) -> (Settings, bool) {
    let mut becomes = Settings::of(contact);
    let is_as_it_was_left = contact.deleted_at.is_some() && contact.version == version;
    becomes.is_deleted &= !is_as_it_was_left;
    (becomes, !is_as_it_was_left)
}

/// Restores the statuses that are still as the change set them.
fn former_statuses(contact: &Contact, former: Switches) -> (Settings, bool) {
    let mut becomes = Settings::of(contact);
    let (switches, is_refused) = former.of(becomes.statuses, contact.email.is_some());
    switches.apply(&mut becomes.statuses);
    (becomes, is_refused || switches != former)
}

/// Adds or removes the topics again that are still as the change left them.
fn former_topics(contact: &Contact, reverse: &TopicChange) -> (Settings, bool) {
    let mut becomes = Settings::of(contact);
    let Some((topics, done)) = reverse.of(&becomes.topics) else {
        return (becomes, true);
    };
    becomes.topics = topics;
    (becomes, done.topics.lines().count() < reverse.topics.lines().count())
}

fn former_organization(
    bulk: &Bulk,
    contact: &Contact,
    former: Option<i64>,
    alive: &[i64],
) -> (Settings, bool) {
    let mut becomes = Settings::of(contact);
    let is_as_it_was_left = bulk.action == Action::Organization(contact.organization_id);
    let is_there = former.is_none_or(|id| alive.contains(&id));
    if is_as_it_was_left && is_there {
        becomes.organization = former;
    }
    (becomes, !(is_as_it_was_left && is_there))
}

/// Returns `true` if the organization exists, and locks it against deletion until the end of the transaction. On SQLite, the
/// transaction that writes has no concurrent writer.
fn hold_organization(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    let row = organizations::table.find(id);
    let held: Vec<i64> = lock_rows!(conn, row, organizations::id, for_key_share);
    Ok(!held.is_empty())
}

/// Writes the new properties of locked contacts.
fn write(conn: &mut AnyConnection, steps: &[Step<'_>], account: Option<i64>) -> AppResult<()> {
    let now = clock::now();
    let names = organization_names(conn, steps)?;
    let writes: Vec<ContactWrite> = steps.iter().map(|step| step.write(&names, now)).collect();
    apply(conn, &writes, account)
}

impl Step<'_> {
    fn write(&self, names: &HashMap<i64, String>, now: NaiveDateTime) -> ContactWrite {
        let Settings { statuses, organization, topics, is_deleted } = &self.becomes;
        let was = Settings::of(self.contact);
        let mut columns = Columns {
            expert: Some(statuses.expert),
            copy: Some(statuses.copy),
            transfer: Some(statuses.transfer),
            organization_id: Some(*organization),
            ..Columns::default()
        };
        if was.topics != *topics {
            // As on the form of a contact's expertise: no other form shows topics, so none of them is out of date.
            columns.topics = Some(topics.clone());
            let write = ContactWrite::new(self.contact, columns, Kind::ExpertiseEdited, self.changes(names));
            return write.revision(Revision::Same);
        }
        let kind = match (was.is_deleted, *is_deleted) {
            (false, true) => Kind::ContactDeleted,
            (true, false) => Kind::ContactRestored,
            _ => Kind::ContactEdited,
        };
        if was.is_deleted != *is_deleted {
            columns.deleted_at = Some(is_deleted.then_some(now));
        }
        ContactWrite::new(self.contact, columns, kind, self.changes(names))
    }

    fn changes(&self, names: &HashMap<i64, String>) -> Vec<Change> {
        let was = Settings::of(self.contact);
        let change =
            |field: Field, old: String, new: String| Change { field: field.form_name().to_owned(), old, new };
        let mut changes = Vec::new();
        if was.organization != self.becomes.organization {
            let name = |id: Option<i64>| {
                let name = id.and_then(|id| names.get(&id));
                name.cloned().unwrap_or_default()
            };
            changes.push(change(
                Field::Organization,
                name(was.organization),
                name(self.becomes.organization),
            ));
        }
        if was.topics != self.becomes.topics {
            let (old, new) = (was.topics.clone(), self.becomes.topics.clone());
            changes.push(Change { field: "topics".to_owned(), old, new });
        }
        for status in Status::ALL {
            let word = |on: bool| if on { TICKED } else { "" }.to_owned();
            let (old, new) = (was.statuses.get(status), self.becomes.statuses.get(status));
            if old != new {
                changes.push(change(status.field(), word(old), word(new)));
            }
        }
        changes
    }
}

/// Loads the names of the former and new organizations.
fn organization_names(conn: &mut AnyConnection, steps: &[Step<'_>]) -> AppResult<HashMap<i64, String>> {
    let both = |step: &Step<'_>| {
        let (old, new) = (step.contact.organization_id, step.becomes.organization);
        (old != new).then_some([old, new])
    };
    let ids: Vec<i64> = steps.iter().filter_map(both).flatten().flatten().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(organizations::table
        .filter(organizations::id.eq_any(distinct(ids)))
        .select((organizations::id, organizations::name))
        .load::<(i64, String)>(conn)?
        .into_iter()
        .collect())
}
