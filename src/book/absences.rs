//! Absences of contacts and their substitutes, shown wherever a case could be handed over.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::contact::{Contact, ContactSummary};
use super::list;
use super::write::{self, Columns, ContactExtras, ContactWrite, Revision, apply};
use crate::audit::Kind;
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Civility, Drawn, Email, Gender, folded_words};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};

/// An absence, both days included, that is not over, with its substitute.
pub struct Absence {
    from: NaiveDate,
    until: NaiveDate,
    /// A substitute in the book; a deleted contact is not shown. The substitute's own substitute is not shown either: a case that
    /// is handed on twice is lost.
    pub substitute: Option<ContactSummary>,
    gender: Option<Gender>,
    /// The day on which the absence is shown.
    today: NaiveDate,
}

impl Absence {
    /// Its first and last day.
    pub fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn is_coming(&self) -> bool {
        self.from > self.today
    }

    /// `Absent jusqu’au 3 décembre`, `Absente du 20 novembre au 3 décembre`; the substitute is shown beside it.
    /// `absent → 05/12`, for a row of the list.
    pub fn short_words(&self, locale: &Locale) -> String {
        fl!(locale.catalogue(), "absence-short", until = self.until.format("%d/%m").to_string())
    }

    pub fn words(&self, locale: &Locale) -> String {
        let t = locale.catalogue();
        let from = locale.near_date(self.from, self.today);
        let until = locale.near_date(self.until, self.today);
        match (self.is_coming(), self.gender) {
            (false, Some(Gender::Man)) => fl!(t, "absence-now", until = until),
            (false, Some(Gender::Woman)) => fl!(t, "absence-now-woman", until = until),
            (false, None) => fl!(t, "absence-now-neutral", until = until),
            (true, Some(Gender::Man)) => fl!(t, "absence-coming", from = from, until = until),
            (true, Some(Gender::Woman)) => fl!(t, "absence-coming-woman", from = from, until = until),
            (true, None) => fl!(t, "absence-coming-neutral", from = from, until = until),
        }
    }
}

/// The present and coming absences of some contacts, by the ids of the contacts.
#[derive(Default)]
pub struct Absences(HashMap<i64, Absence>);

impl Absences {
    /// The absence of a contact that has begun or is to come.
    pub fn of(&self, contact: &i64) -> Option<&Absence> {
        self.0.get(contact)
    }

    /// The absence of a contact that has begun.
    pub fn now(&self, contact: &i64) -> Option<&Absence> {
        self.of(contact).filter(|absence| !absence.is_coming())
    }
}

/// The contact's absence, unless it is over, with its substitute if `substitutes` has it.
fn absence_of(
    contact: &ContactSummary,
    substitutes: &HashMap<i64, ContactSummary>,
    today: NaiveDate,
) -> Option<Absence> {
    let (from, until) = days(contact, today)?;
    Some(Absence {
        from,
        until,
        substitute: contact.substitute_id.and_then(|id| substitutes.get(&id)).cloned(),
        gender: Civility::gender(&contact.civility),
        today,
    })
}

/// The first and last day of the contact's absence, unless it is over.
fn days(contact: &ContactSummary, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    contact.absent_from.zip(contact.absent_until).filter(|(_, until)| *until >= today)
}

/// Returns `true` if an absence with this last day is over.
pub fn is_over(until: NaiveDate) -> bool {
    until < clock::today()
}

/// The absences of these contacts with their substitutes. At most one query.
pub fn absences<'a>(
    conn: &mut AnyConnection,
    people: impl IntoIterator<Item = &'a ContactSummary>,
) -> AppResult<Absences> {
    let today = clock::today();
    let away: Vec<&ContactSummary> =
        people.into_iter().filter(|contact| days(contact, today).is_some()).collect();
    let ids: HashSet<i64> = away.iter().filter_map(|contact| contact.substitute_id).collect();
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

/// Contacts who are absent today, those who return first before the others.
pub fn away_today(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<ContactSummary>> {
    let today = clock::today();
    Ok(contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::absent_until.ge(today))
        .filter(contacts::absent_from.le(today))
        .order((contacts::absent_until, contacts::id))
        .limit(limit)
        .select(ContactSummary::as_select())
        .load(conn)?)
}

/// The contacts of these ids that are in the book.
pub(super) fn living(conn: &mut AnyConnection, ids: HashSet<i64>) -> AppResult<HashMap<i64, ContactSummary>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(contacts::table
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::deleted_at.is_null())
        .select(ContactSummary::as_select())
        .load(conn)?
        .into_iter()
        .map(|contact: ContactSummary| (contact.id, contact))
        .collect())
}

/// The contacts that a typed text can mean: the one with this e-mail, or those with this name. If some have exactly this name,
/// only those.
pub fn meant(conn: &mut AnyConnection, typed: &str) -> AppResult<Vec<ContactSummary>> {
    if let Ok(email) = Email::parse_typed(typed) {
        return Ok(contacts::table
            .filter(contacts::email_key.eq_any(email.keys()))
            .filter(contacts::deleted_at.is_null())
            .select(ContactSummary::as_select())
            .load(conn)?);
    }
    let mut asked = folded_words(typed);
    asked.sort_unstable();
    // The search also finds by service, city and more: keep those whose name matches.
    let mut people: Vec<ContactSummary> = list::first_page(conn, typed)?
        .rows
        .into_iter()
        .map(|(contact, _)| contact)
        .filter(|contact| {
            let name = folded_words(&contact.name());
            asked.iter().all(|word| name.iter().any(|known| known.starts_with(word)))
        })
        .collect();
    let is_called_so = |contact: &ContactSummary| {
        let mut name = folded_words(&contact.name());
        name.sort_unstable();
        name == asked
    };
    if people.iter().any(is_called_so) {
        people.retain(is_called_so);
    }
    Ok(people)
}

/// The contacts that have this one as substitute.
pub fn stands_in_for(conn: &mut AnyConnection, id: i64) -> AppResult<Vec<i64>> {
    Ok(contacts::table
        .filter(contacts::substitute_id.eq(id))
        .order(contacts::id)
        .select(contacts::id)
        .load(conn)?)
}

/// First day, last day and id of the substitute.
pub type Days = (NaiveDate, NaiveDate, Option<i64>);

/// The result of a save.
pub enum Saved {
    /// Saved; with the name of the substitute if the substitute is absent in those days too.
    Yes(Option<String>),
    /// Nothing saved: another absence was saved since the form was shown.
    Stale,
}

/// A contact's absence as its form shows it: both days, then the substitute as text and as id. Empty strings if there is no
/// absence or it is over.
pub type FormValues = [String; 4];

/// The first values of a contact's absence form.
pub fn form_values(conn: &mut AnyConnection, contact: &Contact) -> AppResult<FormValues> {
    if contact.absent_until.is_none_or(is_over) {
        return Ok(FormValues::default());
    }
    let absences = absences(conn, [&contact.person])?;
    let absence = absences.of(&contact.id);
    let substitute = absence.and_then(|absence| absence.substitute.as_ref());
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let named = |substitute: &ContactSummary| {
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

/// Saves an absence of a contact, or removes it. An unchanged absence is not written again.
///
/// # Errors
/// [`AppError::NotFound`] if the contact does not exist or is deleted, [`AppError::Gone`] if that is true of a new substitute.
pub fn set(
    conn: &mut AnyConnection,
    id: i64,
    absence: Option<Days>,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Saved> {
    let substitute = absence.and_then(|(.., substitute)| substitute);
    // Both rows are locked at once, in the one order that all code uses: two contacts who substitute each other may be saved
    // at the same moment, and the substitute may be merged into another contact at this moment.
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
    let old = ContactExtras::of(known);
    let new = ContactExtras {
        absence: write::Absence {
            from: absence.map(|(from, ..)| from),
            until: absence.map(|(_, until, _)| until),
            // By its id: a name would remain in the history when the substitute is erased.
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

    fn absence(from: &str, until: &str, civility: &str) -> Absence {
        let gender = Civility::gender(civility);
        Absence { from: day(from), until: day(until), substitute: None, gender, today: day("2026-11-30") }
    }

    #[test]
    fn an_absence_is_in_words_with_its_year_unless_it_is_this_one() {
        let now = absence("2026-11-30", "2026-12-03", "M.");
        assert_eq!(now.words(&Locale::Fr), "Absent jusqu’au 3\u{A0}décembre");
        assert_eq!(now.words(&Locale::En), "Away until 3\u{A0}December");
        let coming = absence("2026-12-01", "2027-01-01", "Mlle");
        assert_eq!(coming.words(&Locale::Fr), "Absente du 1er\u{A0}décembre au 1er\u{A0}janvier 2027");
        let neutral = absence("2026-11-30", "2026-12-03", "");
        assert_eq!(neutral.words(&Locale::Fr), "Absence jusqu’au 3\u{A0}décembre");
        let neutral = absence("2026-12-01", "2026-12-03", "");
        assert_eq!(neutral.words(&Locale::Fr), "Absence du 1er\u{A0}décembre au 3\u{A0}décembre");
    }
}
