//! Writes the rows of a strict list to the book.

use std::collections::{HashMap, HashSet};

use super::key;
use crate::book::write::{self, By, Derived, ExistingContact, Marked, New};
use crate::db::{AnyConnection, settings};
use crate::domain::{Country, Recipient};
use crate::error::AppResult;
use crate::imports::findings::int;
use crate::imports::import::{Counts, Import};
use crate::imports::journal::ImportChanges;

/// The derived values of the recipients that seemed new to the book when they were read.
pub struct Ahead {
    /// By e-mail key.
    derived: HashMap<String, Derived>,
    /// The default country with which the numbers were read.
    default: Country,
}

impl Ahead {
    pub fn of(rows: &[&Recipient], known: &[ExistingContact], default: Country) -> Self {
        let known: HashSet<&str> = known.iter().filter_map(ExistingContact::key).collect();
        let new = rows.iter().filter(|row| !known.contains(key(row)));
        let derived = new.map(|row| (key(row).to_owned(), Derived::of(row, default))).collect();
        Self { derived, default }
    }

    pub fn append(&mut self, next: Self) {
        if self.default == next.default {
            self.derived.extend(next.derived);
        }
    }
}

/// The effects of a batch on the current book.
struct Plan<'r, 'k> {
    new: Vec<&'r Recipient>,
    changed: Vec<(&'k ExistingContact, &'r Recipient)>,
    restored: Vec<(&'k ExistingContact, &'r Recipient)>,
    unchanged: Vec<&'k ExistingContact>,
}

impl<'r, 'k> Plan<'r, 'k> {
    fn new(recipients: &[&'r Recipient], known: &'k [ExistingContact]) -> Self {
        let by_email: HashMap<&str, &'k ExistingContact> =
            known.iter().filter_map(|contact| Some((contact.key()?, contact))).collect();
        let mut plan =
            Self { new: Vec::new(), changed: Vec::new(), restored: Vec::new(), unchanged: Vec::new() };
        // Several lines may mean one contact, also by its former e-mails; one of them counts. The check excluded that, but
        // two contacts may have been merged since.
        let mut meant: HashMap<i64, &str> = HashMap::new();
        for recipient in recipients {
            if let Some(contact) = by_email.get(key(recipient))
                && (contact.is_found_by_its_own() || !meant.contains_key(&contact.id))
            {
                meant.insert(contact.id, key(recipient));
            }
        }
        for &recipient in recipients {
            match by_email.get(key(recipient)) {
                None => plan.new.push(recipient),
                Some(contact) if meant.get(&contact.id) != Some(&key(recipient)) => {
                    plan.unchanged.push(contact);
                }
                Some(contact) if contact.deleted_at.is_some() => {
                    plan.restored.push((contact, recipient));
                }
                Some(contact) if contact.has_fields_of(recipient) => {
                    plan.unchanged.push(contact);
                }
                Some(contact) => plan.changed.push((contact, recipient)),
            }
        }
        plan
    }

    /// Adds the existing contacts to the journal, each with the import that contained it before.
    fn note(&self, journal: &mut ImportChanges) {
        for (contact, _) in &self.changed {
            journal.updated(contact.id, contact.import_id);
        }
        for (contact, _) in &self.restored {
            journal.restored(contact.id, contact.import_id);
        }
        for contact in &self.unchanged {
            journal.unchanged(contact.id, contact.import_id);
        }
    }

    fn counts(&self) -> Counts {
        let count = |length: usize| int(length as u64);
        Counts {
            created: count(self.new.len()),
            updated: count(self.changed.len()),
            unchanged: count(self.unchanged.len()),
            restored: count(self.restored.len()),
            ..Counts::default()
        }
    }
}

/// Writes these rows, and adds their contacts to the journal.
pub fn write(
    conn: &mut AnyConnection,
    import: &Import,
    rows: Vec<&Recipient>,
    ahead: &mut Ahead,
    journal: &mut ImportChanges,
) -> AppResult<Counts> {
    let by = By { import: import.id, account: import.author() };
    let default = settings::default_country(conn)?;
    if default != ahead.default {
        // The default country has changed since the numbers were read.
        *ahead = Ahead { derived: HashMap::new(), default };
    }
    let derived = &mut ahead.derived;
    let mut done = Counts::default();
    let mut rest = rows;
    while !rest.is_empty() {
        let known = write::with_emails(conn, &keys(&rest), true)?;
        let mut plan = Plan::new(&rest, &known);
        for recipient in &plan.new {
            if !derived.contains_key(key(recipient)) {
                derived.insert(key(recipient).to_owned(), Derived::of(recipient, default));
            }
        }
        let new = plan
            .new
            .iter()
            .filter_map(|recipient| {
                let derived = derived.get(key(recipient))?;
                Some(New { recipient, derived })
            })
            .collect();
        let created = write::insert_imported(conn, new, by)?;
        // On PostgreSQL another transaction may have added one of them since the look-up; the next round finds it.
        rest = plan.new.extract_if(.., |new| !created.contains_key(key(new))).collect();
        let counts = plan.counts();
        plan.note(journal);
        for id in created.into_values() {
            journal.created(id);
        }
        let mut overwritten = plan.changed;
        overwritten.append(&mut plan.restored);
        // Of several lines for one contact, one counts.
        let mut marked: HashSet<i64> = overwritten.iter().map(|(contact, _)| contact.id).collect();
        plan.unchanged.retain(|contact| marked.insert(contact.id));
        // The order of ids, as everywhere, so that two concurrent imports do not deadlock.
        overwritten.sort_unstable_by_key(|(contact, _)| contact.id);
        write::overwrite(conn, &overwritten, by)?;
        let unchanged: Vec<Marked> = plan.unchanged.iter().map(|contact| Marked::from(*contact)).collect();
        write::mark_imported(conn, &unchanged, import.id)?;
        done.created += counts.created;
        done.updated += counts.updated;
        done.unchanged += counts.unchanged;
        done.restored += counts.restored;
    }
    Ok(done)
}

pub fn keys<'a>(rows: &[&'a Recipient]) -> Vec<&'a str> {
    rows.iter().map(|row| key(row)).collect()
}
