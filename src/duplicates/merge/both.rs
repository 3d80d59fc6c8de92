//! The two contacts of a merge: their differences, the proposed values, and the result of the choices.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::base::text_enum;
use crate::book::contact::Contact;
use crate::book::contact_types;
use crate::book::document::organization_names;
use crate::book::wording::Wording;
use crate::book::write::{ContactExtras, Submission};
use crate::db::AnyConnection;
use crate::db::schema::{contact_type_fields, contacts};
use crate::domain::{CUSTOM, Details, Field, FieldKind, Status, fold};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

text_enum! {
    /// One of the two contacts: the one with the lower or the higher id.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Side {
        Low = "low",
        High = "high",
    }
}

impl Side {
    pub fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// A contact with all its values for a merge.
pub struct One {
    contact: Contact,
    /// The form's values, and those of contact types that the contact no longer has.
    pub details: Details,
}

impl One {
    /// Loads a contact, deleted or not.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an unknown contact.
    pub fn load(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let contact: Contact = contacts::table.find(id).select(Contact::as_select()).first(conn)?;
        Self::of_all(conn, vec![contact])?.pop().ok_or(AppError::NotFound)
    }

    /// The values of these contacts, in their order.
    pub fn of_all(conn: &mut AnyConnection, contacts: Vec<Contact>) -> AppResult<Vec<Self>> {
        let organizations = organization_names(conn, contacts.iter().map(|contact| &contact.person))?;
        let types: HashMap<i64, String> = if contacts.iter().any(|contact| contact.contact_type_id.is_some())
        {
            contact_types::all(conn)?.into_iter().map(|known| (known.id, known.name)).collect()
        } else {
            HashMap::new()
        };
        let ids: Vec<i64> = contacts.iter().map(|contact| contact.id).collect();
        let mut values = contact_types::keyed_values(conn, &ids)?;
        let one = |contact: Contact| {
            let mut details = contact.details();
            let name = |id: Option<i64>, names: &HashMap<i64, String>| {
                id.and_then(|id| names.get(&id)).cloned().unwrap_or_default()
            };
            details.set(Field::Organization, name(contact.organization_id, &organizations));
            details.set(Field::ContactType, name(contact.contact_type_id, &types));
            for (key, value) in values.remove(&contact.id).unwrap_or_default() {
                details.set_custom(&key, value);
            }
            Self { contact, details }
        };
        Ok(contacts.into_iter().map(one).collect())
    }

    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    pub fn into_contact(self) -> Contact {
        self.contact
    }
}

pub struct Both {
    pub low: One,
    pub high: One,
}

/// A field in which the two contacts differ.
pub struct ChoiceRow {
    /// The name of the field's control in the contact form.
    pub name: String,
    pub label: String,
    pub low: String,
    pub high: String,
    pub chosen: Side,
    /// Set if somebody has changed the field since the form was shown.
    pub is_changed: bool,
}

/// The chosen side of each field, by field name; a missing field has the proposed side.
pub type Choices = BTreeMap<String, Side>;

impl Both {
    /// # Errors
    /// [`AppError::NotFound`] if a contact is unknown or deleted, or if `low` is not below `high`.
    pub fn load(conn: &mut AnyConnection, (low, high): (i64, i64)) -> AppResult<Self> {
        let both = Self { low: One::load(conn, low)?, high: One::load(conn, high)? };
        let is_there = |one: &One| one.contact().deleted_at.is_none();
        if low < high && is_there(&both.low) && is_there(&both.high) {
            Ok(both)
        } else {
            Err(AppError::NotFound)
        }
    }

    pub fn of(&self, side: Side) -> &One {
        match side {
            Side::Low => &self.low,
            Side::High => &self.high,
        }
    }

    /// Returns the contact proposed to remain: the one with a work e-mail, otherwise the older one.
    pub fn proposed(&self) -> Side {
        match (&self.low.contact().email, &self.high.contact().email) {
            (None, Some(_)) => Side::High,
            _ => Side::Low,
        }
    }

    /// Returns the names of the differing fields that need a choice, in the form's order.
    pub fn names(&self) -> Vec<String> {
        self.low
            .details
            .changes_to(&self.high.details)
            .into_iter()
            .map(|change| change.field)
            .filter(|name| is_chosen(name))
            .collect()
    }

    /// Returns the proposed side of a field: the one with a value, otherwise with more accents, otherwise with the longer of
    /// two texts that begin alike, otherwise of the contact that was changed last. The e-mail comes from the contact
    /// proposed to remain, because import files identify the contact by it.
    fn propose(&self, name: &str) -> Side {
        let (low, high) = (self.low.details.named(name), self.high.details.named(name));
        match (low.is_empty(), high.is_empty()) {
            (false, true) => return Side::Low,
            (true, false) => return Side::High,
            _ => {}
        }
        if name == Field::Email.form_name() {
            return self.proposed();
        }
        let accents = |text: &str| text.chars().filter(|sign| !sign.is_ascii()).count();
        if fold(low) == fold(high) && accents(low) != accents(high) {
            return if accents(low) > accents(high) { Side::Low } else { Side::High };
        }
        let (short, long) = (letters(low), letters(high));
        if short.starts_with(&long) && short != long {
            return Side::Low;
        }
        if long.starts_with(&short) && short != long {
            return Side::High;
        }
        if self.low.contact().updated_at > self.high.contact().updated_at { Side::Low } else { Side::High }
    }

    /// Returns the side of a field: the chosen one, otherwise the proposed one.
    pub fn side(&self, choices: &Choices, name: &str) -> Side {
        choices.get(name).copied().unwrap_or_else(|| self.propose(name))
    }

    pub fn rows(
        &self,
        choices: &Choices,
        changed: &[String],
        wording: &Wording,
        locale: Locale,
    ) -> Vec<ChoiceRow> {
        self.names()
            .into_iter()
            .map(|name| {
                let shown = |one: &One| wording.value(locale, &name, one.details.named(&name));
                ChoiceRow {
                    label: wording.label(locale.catalogue(), &name),
                    low: shown(&self.low),
                    high: shown(&self.high),
                    chosen: self.side(choices, &name),
                    is_changed: changed.contains(&name),
                    name,
                }
            })
            .collect()
    }

    /// Returns the merged form values: the chosen fields, and the statuses of both contacts.
    pub fn together(&self, choices: &Choices) -> Details {
        let mut together = self.low.details.clone();
        for name in self.names() {
            let value = self.of(self.side(choices, &name)).details.named(&name);
            together.set_named(&name, value);
        }
        for (phone, sms) in Field::PHONES_WITH_SMS {
            // The flag for text messages belongs to its number.
            let is_on = |one: &One| one.details.get(phone) == together.get(phone) && one.details.is_on(sms);
            together.set_on(sms, is_on(&self.low) || is_on(&self.high));
        }
        let has_email = together.is_on(Field::Email);
        for status in Status::ALL {
            let is_on = self.low.details.has(status) || self.high.details.has(status);
            together.set_on(status.field(), is_on && (has_email || status == Status::Expert));
        }
        let is_on = |one: &One| one.details.is_on(Field::SurveyOptOut);
        together.set_on(Field::SurveyOptOut, is_on(&self.low) || is_on(&self.high));
        together
    }

    /// Returns the merged contact in the form in which it is saved.
    pub fn submission(
        &self,
        conn: &mut AnyConnection,
        choices: &Choices,
        kept: Side,
    ) -> AppResult<Submission> {
        let details = self.together(choices);
        let pointed = |field: Field| self.of(self.side(choices, field.form_name())).contact();
        Ok(Submission {
            organization_id: pointed(Field::Organization).organization_id,
            contact_type_id: pointed(Field::ContactType).contact_type_id,
            values: changed_values(conn, &self.of(kept).details, &details)?,
            form_key: None,
            details,
        })
    }

    /// Returns the topics and languages of both contacts, and the absence of the remaining one, or the other's if only the
    /// remaining one's is over.
    pub fn beside(&self, kept: Side) -> ContactExtras {
        let (own, other) = (self.of(kept).contact(), self.of(kept.other()).contact());
        let (own_beside, other_beside) = (ContactExtras::of(own), ContactExtras::of(other));
        let mut absence = if own_beside.absence.is_over() && !other_beside.absence.is_over() {
            other_beside.absence
        } else {
            own_beside.absence
        };
        // A contact cannot be its own substitute.
        absence.substitute = absence.substitute.filter(|id| *id != own.id && *id != other.id);
        ContactExtras {
            topics: lines_of_both(&own_beside.topics, &other_beside.topics),
            languages: lines_of_both(&own_beside.languages, &other_beside.languages),
            absence,
        }
    }
}

/// Returns `true` for a field that needs a choice: statuses and other flags are combined.
fn is_chosen(name: &str) -> bool {
    Field::parse(name).is_none_or(|field| field.kind() != FieldKind::Flag)
}

fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn lines_of_both(own: &str, other: &str) -> String {
    let mut lines: Vec<&str> = own.lines().collect();
    for line in other.lines() {
        if !lines.iter().any(|known| fold(known) == fold(line)) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Returns the new values of the contact types' fields that differ, by field id.
pub fn changed_values(
    conn: &mut AnyConnection,
    old: &Details,
    new: &Details,
) -> AppResult<Vec<(i64, String)>> {
    let changed: Vec<(String, String)> = old
        .changes_to(new)
        .into_iter()
        .filter_map(|change| {
            let key = change.field.strip_prefix(CUSTOM)?;
            Some((key.to_owned(), change.new))
        })
        .collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(String, i64)> = contact_type_fields::table
        .filter(contact_type_fields::key.eq_any(changed.iter().map(|(key, _)| key)))
        .select((contact_type_fields::key, contact_type_fields::id))
        .load(conn)?;
    Ok(changed
        .into_iter()
        .filter_map(|(key, value)| {
            let (_, id) = ids.iter().find(|(known, _)| *known == key)?;
            Some((*id, value))
        })
        .collect())
}
