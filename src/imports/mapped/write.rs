//! Writes the rows of a mapped list to the book.

use std::collections::HashSet;

use super::ahead::{Ahead, Drafts, Organizations, organization};
use super::find::{self, Meant, Outcome};
use super::held::{self, NewHeld};
use super::{Mapped, MappedRow};
use crate::book::whole::WholeContact;
use crate::book::write::{self, By, Marked, Submission, WholeChange, WholeValues};
use crate::db::AnyConnection;
use crate::domain::Field;
use crate::error::AppResult;
use crate::imports::findings::int;
use crate::imports::import::{Counts, Import};
use crate::imports::journal::ImportChanges;
use crate::imports::list_kind::ListKind as _;
use crate::imports::mapping::{Target, Values, changes};
use crate::imports::preview::Effect;

/// Writes these rows, and adds their contacts to the journal. Of two rows that mean one contact, or a new one, the later one is
/// written after the earlier one, and finds its values.
pub fn write(
    conn: &mut AnyConnection,
    list: &Mapped,
    import: &Import,
    rows: &[MappedRow],
    ahead: &mut Ahead,
    journal: &mut ImportChanges,
) -> AppResult<Counts> {
    let by = By { import: import.id, account: import.author() };
    let mut done = Counts::default();
    let mut rest: Vec<&MappedRow> = rows.iter().collect();
    while !rest.is_empty() {
        let meant = find::find(conn, list, &rest, true)?;
        let mut round = Round::default();
        let mut later = Vec::new();
        for (row, meant) in rest.into_iter().zip(&meant) {
            if round.clashes(list, row, meant.as_ref()) {
                later.push(row);
            } else {
                let effect = list.effect(meant.as_ref(), row).effect;
                *effect.count(&mut done) += 1;
                round.take(effect, row, meant.as_ref());
            }
        }
        if list.rejects_doubtful() {
            let rejected = int(round.held.len() as u64);
            done.held -= rejected;
            done.rejected += rejected;
        }
        round.write(conn, list, by, ahead, journal)?;
        rest = later;
    }
    Ok(done)
}

/// Writes what somebody has decided about a doubtful row: a change of `known`, which comes out of the trash, or a new contact
/// without the e-mail and the id that another contact has. Returns the contact and the outcome.
pub fn write_decided(
    conn: &mut AnyConnection,
    list: &Mapped,
    by: By,
    row: &MappedRow,
    known: Option<&WholeContact>,
    journal: &mut ImportChanges,
) -> AppResult<(i64, Counts)> {
    let mut own = row.clone();
    find::give_up_taken(conn, list, &mut own, known.map(|whole| whole.contact.id))?;
    let mut values = list.after(known, &own);
    if values.details.get(Field::Email).is_empty() {
        values.details.set_on(Field::Copy, false);
        values.details.set_on(Field::Transfer, false);
    }
    let name = values.details.get(Field::Organization);
    let organizations = Organizations::of(conn, std::iter::once(name), by)?;
    let Some(whole) = known else {
        let new = Drafts::load(conn)?.draft(list.whole_values(None, values, &organizations));
        let id = write::create_wholes(conn, vec![new], by.into())?.first().copied().unwrap_or_default();
        journal.created(id);
        add_note(conn, id, &own, by)?;
        return Ok((id, Counts { created: 1, ..Counts::default() }));
    };
    let contact = &whole.contact;
    let changes = changes(&list.values(whole), &values, list.source_name());
    add_note(conn, contact.id, &own, by)?;
    if changes.is_empty() && contact.deleted_at.is_none() {
        journal.unchanged(contact.id, contact.import_id);
        write::mark_imported(conn, &[Marked::from(contact)], by.import)?;
        return Ok((contact.id, Counts { unchanged: 1, ..Counts::default() }));
    }
    let values = list.whole_values(known, values, &organizations);
    write::overwrite_wholes(conn, vec![WholeChange { known: whole, values, changes }], by)?;
    if contact.deleted_at.is_some() {
        journal.restored(contact.id, contact.import_id);
        return Ok((contact.id, Counts { restored: 1, ..Counts::default() }));
    }
    journal.updated(contact.id, contact.import_id);
    Ok((contact.id, Counts { updated: 1, ..Counts::default() }))
}

/// Rows that are written together, because none of them depends on another.
#[derive(Default)]
struct Round<'a> {
    new: Vec<&'a MappedRow>,
    /// Each with the notes that it gets.
    changed: Vec<(&'a WholeContact, &'a Outcome, &'a [String])>,
    unchanged: Vec<&'a WholeContact>,
    held: Vec<NewHeld>,
    contacts: HashSet<i64>,
    identities: HashSet<String>,
}

impl<'a> Round<'a> {
    /// Returns `true` if an earlier row of the round may change what this row means.
    fn clashes(&mut self, list: &Mapped, row: &MappedRow, meant: Option<&Meant>) -> bool {
        let own = &row.row;
        let mut identities: Vec<String> = row.email_key().map(str::to_owned).into_iter().collect();
        identities.extend(find::identities_of_ids(own));
        if identities.is_empty() {
            identities.extend(list.identity(row).map(std::borrow::Cow::into_owned));
        }
        let mut clashes = match meant {
            Some(Meant::Contact { whole, .. }) => !self.contacts.insert(whole.contact.id),
            _ => false,
        };
        for identity in identities {
            clashes |= !self.identities.insert(identity);
        }
        clashes
    }

    fn take(&mut self, effect: Effect, row: &'a MappedRow, meant: Option<&'a Meant>) {
        match (effect, meant) {
            (Effect::Created, _) => self.new.push(row),
            (Effect::Held, Some(Meant::Doubtful { doubt, candidates })) => {
                self.held.push(NewHeld { place: row.place, doubt: *doubt, candidates: candidates.clone() });
            }
            (Effect::Updated | Effect::Restored, Some(Meant::Contact { whole, new_notes, outcome, .. })) => {
                self.changed.push((whole, outcome, new_notes));
            }
            (Effect::Unchanged, Some(Meant::Contact { whole, .. })) => self.unchanged.push(whole),
            _ => {}
        }
    }

    fn write(
        mut self,
        conn: &mut AnyConnection,
        list: &Mapped,
        by: By,
        ahead: &mut Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<()> {
        self.create(conn, list, by, ahead, journal)?;
        self.overwrite(conn, list, by, journal)?;
        for whole in &self.unchanged {
            journal.unchanged(whole.contact.id, whole.contact.import_id);
        }
        let unchanged: Vec<Marked> =
            self.unchanged.iter().map(|whole| Marked::from(&whole.contact)).collect();
        write::mark_imported(conn, &unchanged, by.import)?;
        if list.rejects_doubtful() {
            held::reject(conn, by.import, &self.held)
        } else {
            held::store(conn, by.import, &self.held)
        }
    }

    fn create(
        &self,
        conn: &mut AnyConnection,
        list: &Mapped,
        by: By,
        ahead: &mut Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        let organizations = Organizations::of(conn, self.new.iter().filter_map(|row| organization(row)), by)?;
        let drafts = Drafts::load(conn)?;
        let new = self.new.iter().map(|row| {
            let known = ahead.take(row).filter(|new| drafts.fits(new, organizations.of_row(row)));
            known.unwrap_or_else(|| {
                drafts.draft(list.whole_values(None, list.after(None, row), &organizations))
            })
        });
        let ids = write::create_wholes(conn, new.collect(), by.into())?;
        for id in &ids {
            journal.created(*id);
        }
        let rows = ids.iter().zip(&self.new);
        let notes: Vec<(i64, &str)> =
            rows.flat_map(|(id, row)| row.row.notes().map(|note| (*id, note))).collect();
        write::add_imported_notes(conn, &notes, by)
    }

    fn overwrite(
        &mut self,
        conn: &mut AnyConnection,
        list: &Mapped,
        by: By,
        journal: &mut ImportChanges,
    ) -> AppResult<()> {
        // The order of ids, as everywhere, so that two concurrent imports do not deadlock.
        self.changed.sort_unstable_by_key(|(whole, ..)| whole.contact.id);
        let names =
            self.changed.iter().map(|(_, outcome, _)| outcome.values.details.get(Field::Organization));
        let organizations = Organizations::of(conn, names, by)?;
        let (mut overwritten, mut notes) = (Vec::with_capacity(self.changed.len()), Vec::new());
        for (whole, outcome, new_notes) in &self.changed {
            let contact = &whole.contact;
            if contact.deleted_at.is_some() {
                journal.restored(contact.id, contact.import_id);
            } else {
                journal.updated(contact.id, contact.import_id);
            }
            notes.extend(new_notes.iter().map(|note| (contact.id, note.as_str())));
            let values = list.whole_values(Some(whole), outcome.values.clone(), &organizations);
            overwritten.push(WholeChange { known: whole, values, changes: outcome.changes.clone() });
        }
        write::add_imported_notes(conn, &notes, by)?;
        write::overwrite_wholes(conn, overwritten, by)
    }
}

fn add_note(conn: &mut AnyConnection, contact: i64, row: &MappedRow, by: By) -> AppResult<()> {
    for note in row.row.notes() {
        write::add_imported_note(conn, contact, note, by)?;
    }
    Ok(())
}

impl Mapped {
    pub(super) fn whole_values(
        &self,
        known: Option<&WholeContact>,
        values: Values,
        organizations: &Organizations,
    ) -> WholeValues {
        let mapping = self.rules.mapping();
        let known_type = || known.and_then(|whole| whole.contact.contact_type_id);
        let named = values.details.get(Field::ContactType);
        let contact_type_id = match mapping.column_of(&Target::Field(Field::ContactType)) {
            Some(_) if named.is_empty() => None,
            Some(_) => self.types.get(named).copied().or_else(known_type),
            None => self.contact_type.or_else(known_type),
        };
        let customs = mapping.columns.iter().filter_map(|choice| match &choice.target {
            Some(Target::Custom(key)) => {
                let (field, of_type) = *self.fields.get(key)?;
                (Some(of_type) == contact_type_id).then(|| (field, values.details.custom(key).to_owned()))
            }
            _ => None,
        });
        let values_of_type = customs.collect();
        let organization_id = organizations.id(values.details.get(Field::Organization));
        let Values { details, topics, languages, external_ids } = values;
        let submission =
            Submission { details, organization_id, contact_type_id, values: values_of_type, form_key: None };
        let before = known.map(|whole| self.external_ids(whole)).unwrap_or_default();
        let has = |target: &Target, id: &String| before.get(target).is_some_and(|ids| ids.contains(id));
        let external_ids_of_sources = self.sources.iter().flat_map(|(target, source)| {
            let ids = external_ids.get(target).into_iter().flatten();
            ids.filter(|id| !has(target, id)).map(|id| (source.id, id.clone()))
        });
        let external_ids = external_ids_of_sources.collect();
        WholeValues {
            submission,
            external_ids,
            topics,
            languages,
            is_restored: known.is_some_and(|whole| whole.contact.deleted_at.is_some()),
        }
    }
}
