//! The form of an absence: two days and a substitute.

use serde::Deserialize;

use crate::book::absences::{Days, FormValues, meant};
use crate::book::contact::ContactSummary;
use crate::db::AnyConnection;
use crate::domain::{Drawn, is_blank, parse_date};
use crate::error::AppResult;
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The most contacts of one name that the form offers.
const OFFERED: usize = 10;

/// The fields as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub absent_from: String,
    pub absent_until: String,
    pub substitute: String,
    /// The chosen one of several contacts with that name.
    pub substitute_id: String,
    /// The values that the form was shown with.
    pub was: String,
    /// Present if the button that ends the absence was pressed.
    end: Option<String>,
}

impl Typed {
    /// The form for the values of [`crate::book::absences::form_values`].
    pub fn of([absent_from, absent_until, substitute, substitute_id]: FormValues) -> Self {
        let mut typed = Self { absent_from, absent_until, substitute, substitute_id, ..Self::default() };
        typed.was = Drawn::write(&typed.values());
        typed
    }

    /// The values in the order of `was`.
    pub fn values(&self) -> [&str; 4] {
        [&self.absent_from, &self.absent_until, &self.substitute, &self.substitute_id]
    }

    /// Rebases the form on an absence that was saved meanwhile; see [`Drawn::rebase`].
    pub fn rebase(&mut self, theirs: Self) {
        let mut typed =
            [&mut self.absent_from, &mut self.absent_until, &mut self.substitute, &mut self.substitute_id];
        Drawn::read(&self.was).rebase(&mut typed, &theirs.values());
        self.was = theirs.was;
    }

    pub fn is_end(&self) -> bool {
        self.end.is_some()
    }
}

/// The contacts that the typed substitute can mean.
#[derive(Default)]
pub struct Meant {
    pub people: Vec<ContactSummary>,
    /// `true` if there are more than the form offers.
    pub has_more: bool,
    is_itself: bool,
}

impl Meant {
    pub fn load(conn: &mut AnyConnection, typed: &Typed, contact: i64) -> AppResult<Self> {
        if is_blank(&typed.substitute) {
            return Ok(Self::default());
        }
        let mut people = meant(conn, &typed.substitute)?;
        let is_itself = people.iter().any(|person| person.id == contact);
        people.retain(|person| person.id != contact);
        let has_more = people.len() > OFFERED;
        people.truncate(OFFERED);
        Ok(Self { people, has_more, is_itself })
    }

    /// Returns `true` if the user must choose one of several contacts. The contact itself counts as one of them.
    pub fn needs_choice(&self) -> bool {
        self.people.len() + usize::from(self.is_itself) > 1
    }
}

/// # Errors
/// All faults, at the fields `absent_from`, `absent_until` and `substitute`.
pub fn read(t: &Catalogue, typed: &Typed, meant: &Meant) -> Result<Days, FormErrors> {
    let mut errors = FormErrors::default();
    let mut day = |id: &str, typed: &str, label: String, missing: String| {
        if is_blank(typed) {
            errors.add(id, missing);
            return None;
        }
        parse_date(typed).map_err(|fault| errors.add(id, at_field(t, &label, &fault))).ok()
    };
    let from = day("absent_from", &typed.absent_from, fl!(t, "absence-from"), fl!(t, "absence-from-missing"));
    let until =
        day("absent_until", &typed.absent_until, fl!(t, "absence-until"), fl!(t, "absence-until-missing"));
    let days = from.zip(until);
    if days.is_some_and(|(from, until)| until < from) {
        errors.add("absent_until", fl!(t, "absence-until-before-from"));
    }
    let substitute = match substitute(t, typed, meant) {
        Ok(substitute) => substitute,
        Err(message) => {
            errors.add("substitute", message);
            None
        }
    };
    match days {
        Some((from, until)) if errors.is_empty() => Ok((from, until, substitute)),
        _ => Err(errors),
    }
}

fn substitute(t: &Catalogue, typed: &Typed, meant: &Meant) -> Result<Option<i64>, String> {
    let chosen = meant.people.iter().find(|person| person.id.to_string() == typed.substitute_id);
    match meant.people.as_slice() {
        _ if is_blank(&typed.substitute) => Ok(None),
        _ if meant.needs_choice() => {
            chosen.map(|person| Some(person.id)).ok_or_else(|| fl!(t, "absence-substitute-several"))
        }
        [only, ..] => Ok(Some(only.id)),
        [] if meant.is_itself => Err(fl!(t, "absence-substitute-self")),
        [] => Err(fl!(t, "absence-substitute-none")),
    }
}
