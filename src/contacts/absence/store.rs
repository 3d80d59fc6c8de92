//! The queries on absences.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::form::Typed;
use super::{Absences, Contact, absence_of, days};
use crate::clock;
use crate::contacts::store::{self, Beside};
use crate::contacts::{Person, listing};
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Email, folded_words};
use crate::error::{AppError, AppResult};
use crate::history::{self, Entry, Kind};
use crate::web::Drawn;

/// Who of these is or will be away, and who stands in for them. At most one query.
///
/// # Errors
/// Those of the database.
pub fn absences<'a>(
    conn: &mut AnyConnection,
    people: impl IntoIterator<Item = &'a Person>,
) -> AppResult<Absences> {
    let today = clock::today();
    let away: Vec<&Person> = people
        .into_iter()
        .filter(|contact| days(contact, today).is_some())
        .collect();
    let ids: HashSet<i64> = away
        .iter()
        .filter_map(|contact| contact.substitute_id)
        .collect();
    let substitutes = living(conn, ids)?;
    Ok(Absences(
        away.into_iter()
            .filter_map(|contact| {
                let absence = absence_of(contact, &substitutes, today)?;
                Some((contact.id, absence))
            })
            .collect(),
    ))
}

fn living(conn: &mut AnyConnection, ids: HashSet<i64>) -> AppResult<HashMap<i64, Person>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(contacts::table
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::deleted_at.is_null())
        .select(Person::as_select())
        .load(conn)?
        .into_iter()
        .map(|contact: Person| (contact.id, contact))
        .collect())
}

/// The people in the book who are meant by what was typed: the one with this e-mail, or those with this name. Where some
/// are called exactly so, those.
///
/// # Errors
/// Those of the database.
pub fn meant(conn: &mut AnyConnection, typed: &str) -> AppResult<Vec<Person>> {
    if let Ok(email) = Email::parse_typed(typed) {
        return Ok(contacts::table
            .filter(contacts::email_key.eq_any(email.keys()))
            .filter(contacts::deleted_at.is_null())
            .select(Person::as_select())
            .load(conn)?);
    }
    let mut asked = folded_words(typed);
    asked.sort_unstable();
    // The search also finds by service, city and more: of those, whose name it is.
    let mut people: Vec<Person> = listing::first_page(conn, typed)?
        .rows
        .into_iter()
        .map(|(contact, _)| contact)
        .filter(|contact| {
            let name = folded_words(&contact.name());
            asked
                .iter()
                .all(|word| name.iter().any(|known| known.starts_with(word)))
        })
        .collect();
    let is_called_so = |contact: &Person| {
        let mut name = folded_words(&contact.name());
        name.sort_unstable();
        name == asked
    };
    if people.iter().any(is_called_so) {
        people.retain(is_called_so);
    }
    Ok(people)
}

/// The contacts whose substitute this one is.
///
/// # Errors
/// Those of the database.
pub fn stands_in_for(conn: &mut AnyConnection, id: i64) -> AppResult<Vec<i64>> {
    Ok(contacts::table
        .filter(contacts::substitute_id.eq(id))
        .order(contacts::id)
        .select(contacts::id)
        .load(conn)?)
}

/// From when until when, and the id of who stands in.
pub type Days = (NaiveDate, NaiveDate, Option<i64>);

/// What came of a save.
pub enum Saved {
    /// With the name of a substitute who is away in those days too.
    Yes(Option<String>),
    /// Somebody else saved another absence since the form was drawn: nothing was written over.
    Stale,
}

/// What the form of a contact begins with.
///
/// # Errors
/// Those of the database.
pub fn typed(conn: &mut AnyConnection, contact: &Contact) -> AppResult<Typed> {
    let absences = absences(conn, [&contact.person])?;
    let absence = absences.of(&contact.id);
    let substitute = absence.and_then(|absence| absence.substitute.as_ref());
    Ok(Typed::of(contact, substitute))
}

/// Notes when a contact is away, or that it is not any more.
/// What is so already is not written again.
///
/// # Errors
/// [`AppError::NotFound`] for a contact that is not there or deleted, [`AppError::Gone`] for such a substitute, and those
/// of the database.
pub fn set(
    conn: &mut AnyConnection,
    id: i64,
    absence: Option<Days>,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Saved> {
    let substitute = absence.and_then(|(.., substitute)| substitute);
    // Both at once, in the one order in which everybody holds contacts: two who stand in for each other may be saved at
    // the same moment, and the substitute may be about to become a part of another.
    let held: Vec<i64> = substitute.into_iter().chain([id]).collect();
    let mut held = store::hold(conn, &held)?;
    held.retain(|contact| contact.deleted_at.is_none());
    let find = |id| held.iter().find(|contact| contact.id == id);
    let known = find(id).ok_or(AppError::NotFound)?;
    if let Some(new) = substitute.filter(|new| Some(*new) != known.substitute_id) {
        find(new).ok_or(AppError::Gone)?;
    }
    let is_away_too = absence.and_then(|(from, until, substitute)| {
        let other = find(substitute?)?;
        let meets = other.absent_from? <= until && from <= other.absent_until?;
        meets.then(|| other.name())
    });
    let old = Beside::of(known);
    let new = Beside {
        absence: store::Absence {
            from: absence.map(|(from, ..)| from),
            until: absence.map(|(_, until, _)| until),
            // By its number: the name of somebody else would stay when that one is erased.
            substitute,
        },
        ..old.clone()
    };
    let changes = old.changes_to(&new);
    if changes.is_empty() {
        return Ok(Saved::Yes(is_away_too));
    }
    if !drawn.is(&typed(conn, known)?.values()) {
        return Ok(Saved::Stale);
    }
    diesel::update(contacts::table.find(id))
        .set((
            contacts::absent_from.eq(new.absence.from),
            contacts::absent_until.eq(new.absence.until),
            contacts::substitute_id.eq(new.absence.substitute),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    let entry = Entry::new(Kind::AbsenceEdited, Some(account));
    history::record(conn, &[entry.contact(id).changes(changes)])?;
    Ok(Saved::Yes(is_away_too))
}
