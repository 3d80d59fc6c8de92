//! When people are away, and who stands in for them: shown wherever a case could be handed over.

mod form;
mod pages;
mod store;

use std::collections::HashMap;

use chrono::NaiveDate;

pub use store::{absences, stands_in_for};

use super::{Contact, Person};
use crate::clock;
use crate::domain::{Civility, Right};
use crate::i18n::{Locale, fl};
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/{id}/absence")
        .get(Right::ContactEdit, pages::edit)
        .post(Right::ContactEdit, pages::update);
}

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

fn is_over(until: NaiveDate) -> bool {
    until < clock::today()
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
