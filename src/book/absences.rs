//! When people are away, and who stands in for them: shown wherever a case could be handed over.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::contact::{Contact, Person};
use super::list;
use super::write::{self, Beside, Columns, ContactWrite, Revision, apply};
use crate::audit::Kind;
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Civility, Drawn, Email, folded_words};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};

/// When somebody is away, both days included, and who stands in. It is not over.
pub struct Absence {
    from: NaiveDate,
    until: NaiveDate,
    /// In the book; one that was deleted stands in for nobody. Who stands in for that one is not told: a case that is
    /// handed on twice is lost.
    pub substitute: Option<Person>,
    is_woman: bool,
    /// The day that it is told on.
    today: NaiveDate,
}

impl Absence {
    fn is_coming(&self) -> bool {
        self.from > self.today
    }

    /// `Absent jusqu’au 3 décembre`, `Absente du 20 novembre au 3 décembre`; the substitute is told beside it.
    pub fn words(&self, locale: &Locale) -> String {
        let t = locale.catalogue();
        let from = locale.near_date(self.from, self.today);
        let until = locale.near_date(self.until, self.today);
        match (self.is_coming(), self.is_woman) {
            (false, false) => fl!(t, "absence-now", until = until),
            (false, true) => fl!(t, "absence-now-woman", until = until),
            (true, false) => fl!(t, "absence-coming", from = from, until = until),
            (true, true) => fl!(t, "absence-coming-woman", from = from, until = until),
        }
    }
}

/// Who of some people is or will be away, by their ids.
#[derive(Default)]
pub struct Absences(HashMap<i64, Absence>);

impl Absences {
    /// An absence that has begun or is to come.
    pub fn of(&self, contact: &i64) -> Option<&Absence> {
        self.0.get(contact)
    }

    /// An absence that has begun.
    pub fn now(&self, contact: &i64) -> Option<&Absence> {
        self.of(contact).filter(|absence| !absence.is_coming())
    }
}

/// The absence that stands with a contact, unless it is over; with whom its substitute's id names in `substitutes`.
fn absence_of(
    contact: &Person,
    substitutes: &HashMap<i64, Person>,
    today: NaiveDate,
) -> Option<Absence> {
    let (from, until) = days(contact, today)?;
    Some(Absence {
        from,
        until,
        substitute: contact
            .substitute_id
            .and_then(|id| substitutes.get(&id))
            .cloned(),
        is_woman: contact.civility != Civility::M.as_str(),
        today,
    })
}

/// From when until when a contact is or will be away.
fn days(contact: &Person, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    contact
        .absent_from
        .zip(contact.absent_until)
        .filter(|(_, until)| *until >= today)
}

/// Whether an absence that ends on this day is over.
pub fn is_over(until: NaiveDate) -> bool {
    until < clock::today()
}

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
    let mut people: Vec<Person> = list::first_page(conn, typed)?
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

/// The absence of a contact as its form shows it: both days, the substitute as text and by id. Empty where there is none, or where
/// it is over.
pub type FormValues = [String; 4];

/// What the form of a contact begins with.
///
/// # Errors
/// Those of the database.
pub fn form_values(conn: &mut AnyConnection, contact: &Contact) -> AppResult<FormValues> {
    if contact.absent_until.is_none_or(is_over) {
        return Ok(FormValues::default());
    }
    let absences = absences(conn, [&contact.person])?;
    let absence = absences.of(&contact.id);
    let substitute = absence.and_then(|absence| absence.substitute.as_ref());
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let named = |substitute: &Person| {
        let email = substitute.email.clone();
        email.unwrap_or_else(|| substitute.name())
    };
    Ok([
        day(contact.absent_from),
        day(contact.absent_until),
        substitute.map_or_else(String::new, named),
        substitute.map_or_else(String::new, |substitute| substitute.id.to_string()),
    ])
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
    let mut held = write::lock(conn, &held)?;
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
        absence: write::Absence {
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
    if !drawn.is(&form_values(conn, known)?.each_ref().map(String::as_str)) {
        return Ok(Saved::Stale);
    }
    let columns = Columns {
        absent_from: Some(new.absence.from),
        absent_until: Some(new.absence.until),
        substitute_id: Some(new.absence.substitute),
        ..Columns::default()
    };
    let write = ContactWrite::new(known, columns, Kind::AbsenceEdited, changes);
    apply(conn, &[write.revision(Revision::Same)], Some(account))?;
    Ok(Saved::Yes(is_away_too))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn absence(from: &str, until: &str, is_woman: bool) -> Absence {
        Absence {
            from: day(from),
            until: day(until),
            substitute: None,
            is_woman,
            today: day("2026-11-30"),
        }
    }

    #[test]
    fn an_absence_is_told_in_words_and_its_year_where_it_is_not_this_one() {
        let now = absence("2026-11-30", "2026-12-03", false);
        assert_eq!(now.words(&Locale::Fr), "Absent jusqu’au 3\u{A0}décembre");
        assert_eq!(now.words(&Locale::En), "Away until 3\u{A0}December");
        let coming = absence("2026-12-01", "2027-01-01", true);
        assert_eq!(
            coming.words(&Locale::Fr),
            "Absente du 1er\u{A0}décembre au 1er\u{A0}janvier 2027"
        );
    }
}
