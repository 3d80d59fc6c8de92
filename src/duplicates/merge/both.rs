//! Two contacts that are to become one: where they differ, what is proposed, and what comes of the choices.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::book::contact::Contact;
use crate::book::contact_types;
use crate::book::wording::Wording;
use crate::book::write::{self, Beside, Profile, Submission};
use crate::db::AnyConnection;
use crate::db::schema::contact_type_fields;
use crate::domain::{CUSTOM, Details, Field, FieldKind, Status, fold};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

/// One of the two, by the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Low,
    High,
}

impl Side {
    /// In the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::High]
            .into_iter()
            .find(|side| side.as_str() == text)
    }

    pub fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// A contact with all that can be chosen of it.
pub struct One {
    pub profile: Profile,
    /// What its form holds, and what stands in fields of types that it does not have now.
    pub details: Details,
}

impl One {
    /// # Errors
    /// [`AppError::NotFound`] and those of the database. A deleted contact is found.
    pub fn load(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let profile = write::profile(conn, id)?;
        let mut details = profile.details();
        for (key, value) in contact_types::values(conn, id)? {
            details.set_custom(&key, value);
        }
        Ok(Self { profile, details })
    }

    pub fn contact(&self) -> &Contact {
        &self.profile.contact
    }
}

pub struct Both {
    pub low: One,
    pub high: One,
}

/// A field in which the two differ.
pub struct Row {
    /// The name of its control in the contact form.
    pub name: String,
    pub label: String,
    pub low: String,
    pub high: String,
    pub chosen: Side,
    /// Whether somebody changed it since the form was drawn.
    pub is_changed: bool,
}

/// Which side each field comes from, by name; what is not there is as proposed.
pub type Choices = BTreeMap<String, Side>;

impl Both {
    /// # Errors
    /// [`AppError::NotFound`], also when one of them is deleted, and those of the database.
    pub fn load(conn: &mut AnyConnection, (low, high): (i64, i64)) -> AppResult<Self> {
        let both = Self {
            low: One::load(conn, low)?,
            high: One::load(conn, high)?,
        };
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

    /// Which one is proposed to stay: the one with a work e-mail, else the older.
    pub fn proposed(&self) -> Side {
        match (&self.low.contact().email, &self.high.contact().email) {
            (None, Some(_)) => Side::High,
            _ => Side::Low,
        }
    }

    /// The names of the fields in which they differ and one of which is to be chosen, in the form's order.
    fn names(&self) -> Vec<String> {
        self.low
            .details
            .changes_to(&self.high.details)
            .into_iter()
            .map(|change| change.field)
            .filter(|name| is_chosen(name))
            .collect()
    }

    /// Where a field is proposed to come from: where something stands, else where it has its accents, else where more stands,
    /// else from the contact that was changed last. The e-mail comes from the one that stays: it is how lists know the contact.
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
            return if accents(low) > accents(high) {
                Side::Low
            } else {
                Side::High
            };
        }
        let (short, long) = (letters(low), letters(high));
        if short.starts_with(&long) && short != long {
            return Side::Low;
        }
        if long.starts_with(&short) && short != long {
            return Side::High;
        }
        if self.low.contact().updated_at > self.high.contact().updated_at {
            Side::Low
        } else {
            Side::High
        }
    }

    fn side(&self, choices: &Choices, name: &str) -> Side {
        choices
            .get(name)
            .copied()
            .unwrap_or_else(|| self.propose(name))
    }

    pub fn rows(
        &self,
        choices: &Choices,
        changed: &[String],
        wording: &Wording,
        locale: Locale,
    ) -> Vec<Row> {
        self.names()
            .into_iter()
            .map(|name| {
                let shown = |one: &One| wording.value(locale, &name, one.details.named(&name));
                Row {
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

    /// What the one becomes, as far as its form holds it: what was chosen, the statuses of both.
    pub fn together(&self, choices: &Choices) -> Details {
        let mut together = self.low.details.clone();
        for name in self.names() {
            let value = self.of(self.side(choices, &name)).details.named(&name);
            together.set_named(&name, value);
        }
        for (phone, sms) in PHONES {
            // Whether a number takes messages goes with the number.
            let is_on =
                |one: &One| one.details.get(phone) == together.get(phone) && one.details.is_on(sms);
            together.set_on(sms, is_on(&self.low) || is_on(&self.high));
        }
        let has_email = together.is_on(Field::Email);
        for status in Status::ALL {
            let is_on = self.low.details.has(status) || self.high.details.has(status);
            together.set_on(
                status.field(),
                is_on && (has_email || status == Status::Expert),
            );
        }
        let is_on = |one: &One| one.details.is_on(Field::SurveyOptOut);
        together.set_on(Field::SurveyOptOut, is_on(&self.low) || is_on(&self.high));
        together
    }

    /// As it is stored.
    ///
    /// # Errors
    /// Those of the database.
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

    /// What they know about and speak together; the absence of the one that stays, unless that is over and the other's is
    /// not.
    pub fn beside(&self, kept: Side) -> Beside {
        let (own, other) = (self.of(kept).contact(), self.of(kept.other()).contact());
        let (own_beside, other_beside) = (Beside::of(own), Beside::of(other));
        let mut absence = if own_beside.absence.is_over() && !other_beside.absence.is_over() {
            other_beside.absence
        } else {
            own_beside.absence
        };
        // Nobody stands in for itself.
        absence.substitute = absence
            .substitute
            .filter(|id| *id != own.id && *id != other.id);
        Beside {
            topics: lines_of_both(&own_beside.topics, &other_beside.topics),
            languages: lines_of_both(&own_beside.languages, &other_beside.languages),
            absence,
        }
    }
}

const PHONES: [(Field, Field); 4] = [
    (Field::PhoneWork, Field::SmsWork),
    (Field::PhoneCell, Field::SmsCell),
    (Field::PhoneHome, Field::SmsHome),
    (Field::PhoneOther, Field::SmsOther),
];

/// Statuses and other boxes are those of both.
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

/// The fields of contact types in which a contact becomes another, with what is to stand in them.
///
/// # Errors
/// Those of the database.
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
