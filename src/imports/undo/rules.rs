//! The rules for one contact when an import is undone. They need no database: everything is passed in.
//!
//! The contact becomes what it would be without the undone imports: this one, and earlier undone ones that left their part
//! because a later import contained the contact. Later changes by people stay, and so do all values from the time when an
//! import that is not undone contained the contact.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDateTime;

use crate::audit::Kind;
use crate::audit::store::Happened;
use crate::book::whole::WholeContact;
use crate::domain::{Change, Email, Field, Status};
use crate::imports::journal::{Effect, Touch};

/// Facts about other imports for the contacts of a batch.
#[derive(Debug, Default)]
pub struct Others {
    /// The imports that are undone or being undone; `true` if the undo has ended.
    pub undone: HashMap<i64, bool>,
    /// For an import and a contact that its undo left to a later import: the import before it.
    pub left: HashMap<(i64, i64), Option<i64>>,
    /// When imports started to write.
    pub since: HashMap<i64, NaiveDateTime>,
    /// The keys of e-mails that contacts have, of those that the batch would give back, with the contact.
    pub taken: HashMap<String, i64>,
}

/// One contact that the import has touched.
pub struct Case<'a> {
    pub import: i64,
    pub touch: Touch,
    pub contact: &'a WholeContact,
    /// The history of the contact, latest entry first.
    pub entries: &'a [Happened],
    /// The time of the last note that the import did not add.
    pub last_note: Option<NaiveDateTime>,
    pub others: &'a Others,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Already in the trash, with nothing to undo.
    Gone,
    /// Left to the later import that contains it.
    Held(i64),
    /// Moved to the trash.
    Withdrawn,
    Reverted,
    /// Edited by somebody: the contact stays, and fields that nobody edited get their old values back.
    Kept,
    /// The import had changed nothing.
    Released,
}

#[derive(Debug)]
pub struct Verdict {
    pub outcome: Outcome,
    /// The import that contains the contact afterwards.
    pub holder: Option<i64>,
    pub changes: Vec<Change>,
}

impl Case<'_> {
    pub fn decide(&self) -> Verdict {
        // This holds in the trash too: the contact may be restored, and the later import undone then.
        let now = self.contact.contact.import_id;
        if let Some(later) = now.filter(|&now| now != self.import && !self.is_over(now)) {
            return Verdict { outcome: Outcome::Held(later), holder: now, changes: Vec::new() };
        }
        let holder = self.holder();
        let (former, is_present) = self.without(holder);
        let (changes, is_barred) = self.changes(&former);
        let outcome = if self.contact.contact.deleted_at.is_some() {
            // Restoring the contact later must not bring back what was undone. A deleted contact does not count as kept.
            if changes.is_empty() { Outcome::Gone } else { Outcome::Reverted }
        } else if !is_present {
            Outcome::Withdrawn
        } else if matches!(self.touch.effect, Effect::Created | Effect::Restored)
            || is_barred
            || self.is_typed_over()
        {
            Outcome::Kept
        } else if self.touch.effect == Effect::Unchanged && changes.is_empty() {
            Outcome::Released
        } else {
            Outcome::Reverted
        };
        Verdict { outcome, holder, changes }
    }

    /// Returns `true` if the undo of an import has ended.
    fn is_over(&self, import: i64) -> bool {
        self.others.undone.get(&import) == Some(&true)
    }

    /// Returns the import that contains the contact without this one: the import before it, or the one before that which an
    /// earlier undo recorded. An import whose undo has not reached the contact yet still contains it.
    fn holder(&self) -> Option<i64> {
        let mut holder = match self.contact.contact.import_id {
            Some(now) if now == self.import || self.is_over(now) => self.touch.previous,
            now => now,
        };
        // Each import occurs once in the chain.
        for _ in 0..=self.others.undone.len() {
            let Some(earlier) = holder.filter(|id| self.others.undone.contains_key(id)) else {
                break;
            };
            match self.others.left.get(&(earlier, self.contact.contact.id)) {
                Some(previous) => holder = *previous,
                None if self.is_over(earlier) || earlier == self.import => return None,
                None => break,
            }
        }
        holder
    }

    /// Returns the values, without the undone imports, of the fields that these changed since `holder` contained the
    /// contact; and `true` if the contact would be in the book.
    fn without(&self, holder: Option<i64>) -> (BTreeMap<&str, &str>, bool) {
        let since = holder.and_then(|id| self.others.since.get(&id));
        let mut former = BTreeMap::new();
        let mut settled = HashSet::new();
        let mut is_present = None;
        for entry in self.entries {
            let is_of_holder = entry.import.is_some() && entry.import == holder;
            if is_of_holder || since.is_some_and(|since| entry.at < *since) {
                // At that time, every value was as in the holder's file.
                return (former, is_present.unwrap_or(true));
            }
            if self.is_undone(entry) {
                for change in &entry.changes {
                    if !settled.contains(change.field.as_str()) {
                        former.insert(change.field.as_str(), change.old.as_str());
                    }
                }
                continue;
            }
            for change in &entry.changes {
                if settled.insert(change.field.as_str())
                    && let Some(value) = former.get_mut(change.field.as_str())
                {
                    *value = &change.new;
                }
            }
            is_present = is_present.or_else(|| self.presence(entry));
        }
        let is_present = is_present.unwrap_or_else(|| {
            let created = self.contact.contact.created_import_id;
            holder.is_some()
                || self.last_note.is_some()
                || !created.is_some_and(|id| self.others.undone.contains_key(&id))
        });
        (former, is_present)
    }

    /// Returns whether the contact is in the book after a person's action; `None` if the action says nothing about it, such
    /// as a change of statuses.
    fn presence(&self, entry: &Happened) -> Option<bool> {
        match entry.kind {
            Some(Kind::ContactDeleted | Kind::ContactMergedAway) => {
                Some(self.last_note.is_some_and(|note| note > entry.at))
            }
            Some(Kind::ContactAdded | Kind::ContactRestored | Kind::ContactMerged | Kind::MergeUndone) => {
                Some(true)
            }
            _ => entry.changes.iter().any(|change| !is_status(&change.field)).then_some(true),
        }
    }

    fn is_undone(&self, entry: &Happened) -> bool {
        entry.import.is_some_and(|id| self.others.undone.contains_key(&id))
    }

    /// Returns the changes that undo the imports, and `true` if one of them is impossible: the e-mail that the contact had
    /// belongs to another one by now, or the contact needs one for its statuses.
    fn changes(&self, former: &BTreeMap<&str, &str>) -> (Vec<Change>, bool) {
        let mut is_barred = false;
        let mut changes: Vec<Change> = former
            .iter()
            .map(|(&name, &value)| Change {
                field: name.to_owned(),
                old: self.contact.named(name),
                new: value.to_owned(),
            })
            .filter(|change| change.old != change.new)
            .collect();
        changes.retain(|change| {
            let is_possible = change.field != Field::Email.form_name() || self.can_have(&change.new, former);
            is_barred |= !is_possible;
            is_possible
        });
        changes.sort_by_key(|change| {
            Field::parse(&change.field).map_or(Field::ALL.len(), |field| field as usize)
        });
        (changes, is_barred)
    }

    /// Returns `true` if the contact can have this e-mail when the other values are as before.
    fn can_have(&self, email: &str, former: &BTreeMap<&str, &str>) -> bool {
        let Some(email) = Email::stored(email) else {
            let has = |status: Status| {
                let name = status.field().form_name();
                former.get(name).map_or_else(|| self.contact.details.has(status), |value| !value.is_empty())
            };
            return !has(Status::Copy) && !has(Status::Transfer);
        };
        let holder = self.others.taken.get(email.key());
        holder.is_none_or(|holder| *holder == self.contact.contact.id)
    }

    /// Returns `true` if somebody has replaced a value of the import by one other than the value before.
    fn is_typed_over(&self) -> bool {
        let mut typed = HashSet::new();
        for entry in self.entries {
            if entry.is_of_import(self.import) {
                return entry.changes.iter().any(|change| {
                    typed.contains(change.field.as_str()) && self.contact.named(&change.field) != change.old
                });
            }
            if !self.is_undone(entry) {
                typed.extend(entry.changes.iter().map(|change| change.field.as_str()));
            }
        }
        false
    }
}

/// Returns `true` for the control of a status.
pub fn is_status(field: &str) -> bool {
    Status::ALL.iter().any(|status| status.field().form_name() == field)
}
