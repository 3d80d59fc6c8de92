//! The words that find a contact: its own, its organization's name, the identifiers and tags of its type, and its external ids.

use std::collections::HashMap;

use diesel::prelude::*;

use super::contact::{Contact, ContactPhone, ContactSummary, Statuses};
use crate::book::{aliases, contact_types, external_ids};
use crate::db::schema::{contacts, organizations};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::{Country, Email, Facet, Findable, Phone, Recipient};
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

/// Contacts per query; SQLite takes at most 32 766 values in a statement.
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
        let contacts: Vec<Contact> =
            contacts::table.filter(contacts::id.eq_any(ids)).select(Contact::as_select()).load(conn)?;
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
            values.entry(contact.id).or_default().extend(remarks(contact));
        }
        Ok(Self { contacts, organizations, values })
    }

    fn findable<'a>(&'a self, contact: &'a Contact) -> Findable<'a> {
        let organization =
            contact.organization_id.and_then(|id| self.organizations.get(&id)).map_or("", String::as_str);
        let values = self.values.get(&contact.id).map_or(&[][..], Vec::as_slice);
        findable(contact, organization, values)
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
        let digits = digits(person);
        Findable { digits, ..Findable::default() }.tokens()
    };
    Ok(people.iter().map(|person| (person.id, tokens(person))).collect())
}

fn digits(person: &ContactSummary) -> Vec<String> {
    let phones = person.phones();
    let digits = phones.iter().flat_map(ContactPhone::search_digits);
    digits.collect()
}

/// The remarks beside the phone numbers.
fn remarks(person: &ContactSummary) -> Vec<String> {
    let phones = person.phones();
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
    let mut facets: Vec<Facet> = Statuses::IMPORTED.list().into_iter().map(Facet::Status).collect();
    facets.push(Facet::Service(recipient.service.to_string()));
    facets.push(Facet::City(recipient.city.to_string()));
    Findable {
        last_name: &recipient.last_name,
        first_name: &recipient.first_name,
        texts: vec![&recipient.service, &recipient.city, recipient.email.as_ref().map_or("", Email::as_str)],
        digits: Phone::search_digits(&recipient.phone, phone_e164, default),
        facets,
    }
    .tokens()
}

fn findable<'a>(contact: &'a Contact, organization: &'a str, values: &'a [String]) -> Findable<'a> {
    let mut texts = vec![
        contact.service.as_str(),
        &contact.city,
        contact.email(),
        &contact.email_personal,
        &contact.email_other,
        &contact.title,
        organization,
    ];
    texts.extend(values.iter().map(String::as_str));
    texts.extend([contact.topics.as_str(), &contact.languages]);
    let mut facets: Vec<Facet> = contact.statuses().list().into_iter().map(Facet::Status).collect();
    facets.push(Facet::Service(contact.service.clone()));
    facets.push(Facet::City(contact.city.clone()));
    facets.extend(contact.organization_id.map(Facet::Organization));
    facets.extend(lines(&contact.topics).map(Facet::Topic));
    facets.extend(lines(&contact.languages).map(Facet::Language));
    Findable {
        last_name: &contact.last_name,
        first_name: &contact.first_name,
        texts,
        digits: digits(contact),
        facets,
    }
}

/// Topics and languages are stored one per line.
fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::to_owned)
}
