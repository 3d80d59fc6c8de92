//! The words that find a contact: its own, its organization's name, the identifiers and tags of its type, and its external ids.

use std::collections::HashMap;

use diesel::prelude::*;

use super::contact::{Contact, ContactPhone, ContactSummary, Statuses};
use crate::book::{aliases, contact_types, external_ids};
use crate::db::schema::{contacts, organizations};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::{Country, Details, Email, Facet, Field, Findable, Phone, Recipient};
use crate::error::AppResult;

/// The search index's data of a contact.
pub struct Document {
    pub id: i64,
    pub sort_key: String,
    /// See [`Findable::tokens`].
    pub tokens: String,
    service: String,
    city: String,
    topics: String,
    languages: String,
}

impl Document {
    /// The values that the list can be filtered by, each with its kind in `book_values`.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let topics = self.topics.lines().map(|topic| ("topic", topic));
        let languages = self.languages.lines().map(|language| ("language", language));
        [("service", self.service.as_str()), ("city", &self.city)].into_iter().chain(topics).chain(languages)
    }
}

/// Contacts per query.
const READ: usize = 4_000;

pub fn documents(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Document>> {
    let mut documents = Vec::with_capacity(ids.len());
    for part in ids.chunks(READ) {
        documents.append(&mut documents_of(conn, part)?);
    }
    Ok(documents)
}

fn documents_of(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Document>> {
    let loaded = Loaded::of(conn, ids)?;
    let documents = loaded.contacts.iter().map(|contact| Document {
        id: contact.id,
        sort_key: contact.sort_key.clone(),
        service: contact.service.clone(),
        city: contact.city.clone(),
        topics: contact.topics.clone(),
        languages: contact.languages.clone(),
        tokens: loaded.findable(contact).tokens(),
    });
    Ok(documents.collect())
}

/// The texts that find each of these contacts, as they are stored, in the order of the ids.
pub fn texts(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Vec<String>>> {
    let mut loaded = Loaded::of(conn, ids)?;
    let place = |contact: &Contact| ids.iter().position(|id| *id == contact.id);
    loaded.contacts.sort_by_key(place);
    let texts = loaded.contacts.iter().map(|contact| {
        let findable = loaded.findable(contact);
        findable.texts().map(str::to_owned).collect()
    });
    Ok(texts.collect())
}

/// Contacts with the related values that find them too.
struct Loaded {
    contacts: Vec<Contact>,
    organizations: HashMap<i64, String>,
    values: HashMap<i64, Vec<String>>,
}

impl Loaded {
    fn of(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Self> {
        let contacts: Vec<Contact> = on_backend!(conn, |conn| contacts::table
            .filter(in_json_list("contacts.id", ids)?)
            .select(Contact::as_select())
            .load(conn))?;
        let organizations = organization_names(conn, contacts.iter().map(|contact| &contact.person))?;
        let typed: Vec<i64> = contacts
            .iter()
            .filter(|contact| contact.contact_type_id.is_some())
            .map(|contact| contact.id)
            .collect();
        let mut values = contact_types::searchable_values(conn, &typed)?;
        for (contact, email) in aliases::former_emails(conn, ids)? {
            values.entry(contact).or_default().push(email);
        }
        for known in external_ids::of(conn, ids)? {
            values.entry(known.contact).or_default().extend(external_ids::findable(&known.value));
        }
        for contact in &contacts {
            values.entry(contact.id).or_default().extend(remarks(&contact.phones()));
        }
        Ok(Self { contacts, organizations, values })
    }

    fn findable<'a>(&'a self, contact: &'a Contact) -> Findable<'a> {
        let organization =
            contact.organization_id.and_then(|id| self.organizations.get(&id)).map_or("", String::as_str);
        let values = self.values.get(&contact.id).map_or(&[][..], Vec::as_slice);
        Texts::of(contact, organization, values).findable()
    }
}

/// The search words of the phone numbers of each of these contacts, separated by spaces, with the contact's id.
pub fn numbers(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(i64, String)>> {
    let people: Vec<ContactSummary> = on_backend!(conn, |conn| {
        contacts::table
            .filter(in_json_list("contacts.id", ids)?)
            .select(ContactSummary::as_select())
            .load(conn)?
    });
    let tokens = |person: &ContactSummary| {
        let digits = digits(&person.phones());
        Findable { digits, ..Findable::default() }.tokens()
    };
    Ok(people.iter().map(|person| (person.id, tokens(person))).collect())
}

fn digits(phones: &[ContactPhone<'_>]) -> Vec<String> {
    phones.iter().flat_map(ContactPhone::search_digits).collect()
}

/// The remarks beside the phone numbers.
fn remarks(phones: &[ContactPhone<'_>]) -> Vec<String> {
    let worded = phones.iter().filter(|phone| phone.typed.contains(char::is_alphabetic));
    worded.flat_map(ContactPhone::numbers).flat_map(|number| [number.before, number.after]).collect()
}

/// The names of the organizations of these contacts, by id.
pub fn organization_names<'a>(
    conn: &mut AnyConnection,
    contacts: impl IntoIterator<Item = &'a ContactSummary>,
) -> AppResult<HashMap<i64, String>> {
    let mut ids: Vec<i64> = contacts.into_iter().filter_map(|contact| contact.organization_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    ids.sort_unstable();
    ids.dedup();
    let names: Vec<(i64, String)> = on_backend!(conn, |conn| {
        organizations::table
            .filter(in_json_list("organizations.id", &ids)?)
            .select((organizations::id, organizations::name))
            .load(conn)?
    });
    Ok(names.into_iter().collect())
}

/// The search words of a contact that an import is about to create, the same that [`documents`] would read of it afterwards.
pub fn of_new(recipient: &Recipient, phone_e164: Option<&str>, default: Country) -> String {
    let texts = Texts {
        last_name: &recipient.last_name,
        first_name: &recipient.first_name,
        service: &recipient.service,
        city: &recipient.city,
        email: recipient.email.as_ref().map_or("", Email::as_str),
        statuses: Statuses::IMPORTED,
        digits: Phone::search_digits(&recipient.phone, phone_e164, default),
        ..Texts::default()
    };
    texts.findable().tokens()
}

/// A contact that an import of any list is about to create.
pub struct NewContact<'a> {
    pub details: &'a Details,
    pub topics: &'a str,
    pub languages: &'a str,
    pub organization: Option<i64>,
    /// The international form of the first number of each field: work, cell, home, other.
    pub e164: [Option<&'a str>; 4],
    /// The identifiers and tags of its type, and the texts of its external ids.
    pub values: Vec<String>,
    /// The country of phone numbers without a country code.
    pub default: Country,
}

impl NewContact<'_> {
    /// Its search words, the same that [`documents`] would read of it afterwards.
    pub fn tokens(&self) -> String {
        let get = |field| self.details.get(field);
        let phones: Vec<ContactPhone<'_>> = Field::PHONES
            .into_iter()
            .zip(self.e164)
            .filter(|(field, _)| self.details.is_on(*field))
            .map(|(field, e164)| ContactPhone::new(field, get(field), e164, self.default))
            .collect();
        let values: Vec<String> = self.values.iter().cloned().chain(remarks(&phones)).collect();
        let texts = Texts {
            last_name: get(Field::LastName),
            first_name: get(Field::FirstName),
            service: get(Field::Service),
            city: get(Field::City),
            email: get(Field::Email),
            email_personal: get(Field::EmailPersonal),
            email_other: get(Field::EmailOther),
            title: get(Field::Title),
            organization: (self.organization, get(Field::Organization)),
            values: &values,
            topics: self.topics,
            languages: self.languages,
            statuses: Statuses {
                expert: self.details.is_on(Field::Expert),
                copy: self.details.is_on(Field::Copy),
                transfer: self.details.is_on(Field::Transfer),
            },
            digits: digits(&phones),
        };
        texts.findable().tokens()
    }
}

/// What finds a contact.
#[derive(Default)]
struct Texts<'a> {
    last_name: &'a str,
    first_name: &'a str,
    service: &'a str,
    city: &'a str,
    email: &'a str,
    email_personal: &'a str,
    email_other: &'a str,
    title: &'a str,
    /// The id and the name.
    organization: (Option<i64>, &'a str),
    values: &'a [String],
    topics: &'a str,
    languages: &'a str,
    statuses: Statuses,
    digits: Vec<String>,
}

impl<'a> Texts<'a> {
    fn of(contact: &'a Contact, organization: &'a str, values: &'a [String]) -> Self {
        Self {
            last_name: &contact.last_name,
            first_name: &contact.first_name,
            service: &contact.service,
            city: &contact.city,
            email: contact.email(),
            email_personal: &contact.email_personal,
            email_other: &contact.email_other,
            title: &contact.title,
            organization: (contact.organization_id, organization),
            values,
            topics: &contact.topics,
            languages: &contact.languages,
            statuses: contact.statuses(),
            digits: digits(&contact.phones()),
        }
    }

    fn findable(self) -> Findable<'a> {
        let (organization, organization_name) = self.organization;
        let mut texts = vec![self.service, self.city, self.email, self.email_personal, self.email_other];
        texts.extend([self.title, organization_name]);
        texts.extend(self.values.iter().map(String::as_str));
        texts.extend([self.topics, self.languages]);
        let mut facets: Vec<Facet> = self.statuses.list().into_iter().map(Facet::Status).collect();
        facets.push(Facet::Service(self.service.to_owned()));
        facets.push(Facet::City(self.city.to_owned()));
        facets.extend(organization.map(Facet::Organization));
        facets.extend(lines(self.topics).map(Facet::Topic));
        facets.extend(lines(self.languages).map(Facet::Language));
        let Self { last_name, first_name, digits, .. } = self;
        Findable { last_name, first_name, texts, digits, facets }
    }
}

/// Topics and languages are stored one per line.
fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::to_owned)
}
