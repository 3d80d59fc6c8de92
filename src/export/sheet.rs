//! The book as HTML pages to read, to search with the browser's find, and to print. Each page is self-contained and has no
//! script, so it opens from any disk and on any phone.

use askama::Template;
use chrono::NaiveDateTime;

use super::rows::ExportedContact;
use crate::base::clock;
use crate::book::absences::{self, Absences};
use crate::book::contact::{Contact, ContactPhone, mailto};
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, field_name, fl};

/// A page in progress; its letters are complete at its end.
#[derive(Debug)]
pub struct Sheet {
    locale: Locale,
    letters: Vec<Letter>,
}

/// An initial letter of names, with its position among the letters of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub name: String,
    number: usize,
}

impl Letter {
    pub fn anchor(&self) -> String {
        format!("l{}", self.number)
    }
}

/// Links to the index and to the neighbouring pages.
pub struct PageLinks<'a> {
    pub index: &'a str,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// A finished page, for the index of several.
pub struct Written {
    pub file: String,
    pub first: String,
    pub last: String,
    pub letters: Vec<Letter>,
}

#[derive(Template)]
#[template(path = "contacts/sheet/head.html")]
struct Head {
    locale: Locale,
    now: NaiveDateTime,
    number: Option<usize>,
    is_index: bool,
}

#[derive(Template)]
#[template(path = "contacts/sheet/people.html")]
struct PagePart<'a> {
    locale: Locale,
    people: Vec<Person<'a>>,
    absences: Absences,
}

struct Person<'a> {
    contact: &'a Contact,
    /// Set for the first contact with this initial.
    letter: Option<Letter>,
    place: String,
    statuses: String,
    expertise: String,
}

#[derive(Template)]
#[template(path = "contacts/sheet/foot.html")]
struct Foot<'a> {
    locale: Locale,
    letters: &'a [Letter],
    beside: Option<&'a PageLinks<'a>>,
}

#[derive(Template)]
#[template(path = "contacts/sheet/index.html")]
struct Index<'a> {
    locale: Locale,
    pages: &'a [Written],
}

impl Head {
    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }

    fn date(&self) -> String {
        self.locale.date(clock::local(self.now).date_naive())
    }

    fn time(&self) -> String {
        self.locale.date_time(&self.now)
    }
}

impl PagePart<'_> {
    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }

    fn label(&self, phone: &ContactPhone<'_>) -> String {
        field_name(self.t(), phone.field)
    }
}

impl Foot<'_> {
    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }
}

impl Index<'_> {
    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }
}

impl Person<'_> {
    fn emails(&self) -> impl Iterator<Item = &str> {
        let contact = self.contact;
        let emails = [contact.email(), contact.email_personal.as_str(), &contact.email_other];
        emails.into_iter().filter(|email| !email.is_empty())
    }
}

impl Sheet {
    pub fn new(locale: Locale) -> Self {
        Self { locale, letters: Vec::new() }
    }

    /// Returns the beginning of the page; `number` is given if there are several pages.
    pub fn head(&self, number: Option<usize>) -> AppResult<String> {
        head(self.locale, number, false)
    }

    pub fn people(&mut self, conn: &mut AnyConnection, rows: &[ExportedContact]) -> AppResult<String> {
        let absences = absences::absences(conn, rows.iter().map(|row| &row.contact.person))?;
        let people = rows.iter().map(|row| self.person(row)).collect();
        let stretch = PagePart { locale: self.locale, people, absences };
        Ok(stretch.render()?)
    }

    fn person<'a>(&mut self, row: &'a ExportedContact) -> Person<'a> {
        let contact = &row.contact;
        let t = self.locale.catalogue();
        let place = [contact.title.as_str(), &row.organization, &contact.service, &contact.city];
        let statuses = contact.statuses().list();
        let statuses: Vec<String> =
            statuses.into_iter().map(|status| field_name(t, status.field())).collect();
        Person {
            contact,
            letter: self.letter_of(contact),
            place: joined(&place, " – "),
            statuses: statuses.join(", "),
            expertise: joined(
                &[&contact.topics.replace('\n', ", "), &contact.languages.replace('\n', ", ")],
                " – ",
            ),
        }
    }

    /// Returns the initial of the sort key if this contact is the first with it.
    fn letter_of(&mut self, contact: &Contact) -> Option<Letter> {
        let name = match contact.sort_key.chars().next() {
            Some(first) if first.is_alphabetic() => first.to_uppercase().to_string(),
            _ => "#".to_owned(),
        };
        if self.letters.last().is_some_and(|last| last.name == name) {
            return None;
        }
        let letter = Letter { name, number: self.letters.len() + 1 };
        self.letters.push(letter.clone());
        Some(letter)
    }

    pub fn foot(&self, beside: Option<&PageLinks<'_>>) -> AppResult<String> {
        let foot = Foot { locale: self.locale, letters: &self.letters, beside };
        Ok(foot.render()?)
    }

    pub fn into_letters(self) -> Vec<Letter> {
        self.letters
    }
}

/// Returns the index of a large book's pages.
pub fn index(locale: Locale, pages: &[Written]) -> AppResult<String> {
    let index = Index { locale, pages };
    Ok(head(locale, None, true)? + &index.render()?)
}

fn head(locale: Locale, number: Option<usize>, is_index: bool) -> AppResult<String> {
    let head = Head { locale, now: clock::now(), number, is_index };
    Ok(head.render()?)
}

fn joined(texts: &[&str], between: &str) -> String {
    let there: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    there.join(between)
}
