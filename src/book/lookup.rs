//! Who has a telephone number or an e-mail address: the question of a telephone system when a call comes in.

use diesel::prelude::*;

use super::contact::Contact;
use super::organizations;
use super::search;
use super::whole::organization_names;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, in_json_list, on_backend, settings};
use crate::domain::{CallerNumber, Email, Field, Query};
use crate::error::AppResult;

/// The most holders of one number that are returned; more share a switchboard.
pub const MOST: usize = 100;

/// A contact with a number or an address.
#[derive(Debug)]
pub struct Holder {
    pub contact: Contact,
    /// The name of its organization; empty for none.
    pub organization: String,
}

/// The contacts in the book with a number or an address.
#[derive(Debug, Default)]
pub struct Holders {
    /// By name; of more than [`MOST`], some of them.
    pub contacts: Vec<Holder>,
    /// `true` if there can be more than [`MOST`].
    pub has_more: bool,
    /// The organization that the number belongs to, by its id and name, if no contact has it.
    pub organization: Option<(i64, String)>,
}

/// Reads a number as a telephone system writes it, with the book's default country. `None` if it is not a number.
pub fn read_number(conn: &mut AnyConnection, raw: &str) -> AppResult<Option<CallerNumber>> {
    Ok(CallerNumber::parse(raw, settings::default_country_now(conn)?))
}

/// The contacts that have this number in any of their phone fields, also as the second number in one.
pub fn by_number(conn: &mut AnyConnection, number: &CallerNumber) -> AppResult<Holders> {
    let has_it = |contact: &Contact| {
        contact.phones().iter().any(|phone| {
            let numbers = phone.numbers();
            if numbers.is_empty() {
                number.is_text(phone.typed)
            } else {
                numbers.iter().any(|other| number.is(other))
            }
        })
    };
    let mut found = holders(conn, &Query::of_number(number.digits()), has_it)?;
    if let (true, Some(e164)) = (found.contacts.is_empty(), number.e164()) {
        found.organization = organizations::with_number(conn, e164)?;
    }
    Ok(found)
}

/// The contacts that have this address in any of their e-mail fields.
pub fn by_email(conn: &mut AnyConnection, email: &Email) -> AppResult<Holders> {
    let has_it = |contact: &Contact| {
        let details = contact.details();
        let mut stored = Field::EMAILS.into_iter().filter_map(|field| Email::stored(details.get(field)));
        stored.any(|stored| stored.key() == email.key())
    };
    holders(conn, &Query::of_email(email.as_str()), has_it)
}

/// The contacts that the index names and that have the value indeed.
fn holders(conn: &mut AnyConnection, query: &Query, has_it: impl Fn(&Contact) -> bool) -> AppResult<Holders> {
    if query.is_empty() {
        return Ok(Holders::default());
    }
    let mut ids = search::some_with(conn, query, MOST as i64 + 1)?;
    let has_more = ids.len() > MOST;
    ids.truncate(MOST);
    let mut contacts: Vec<Contact> = on_backend!(conn, |conn| contacts::table
        .filter(in_json_list("contacts.id", &ids)?)
        .select(Contact::as_select())
        .load(conn))?;
    contacts.retain(has_it);
    contacts.sort_by(|a, b| a.sort_key.cmp(&b.sort_key).then(a.id.cmp(&b.id)));
    let names = organization_names(conn, &contacts)?;
    let organization = |contact: &Contact| {
        contact.organization_id.and_then(|id| names.get(&id)).cloned().unwrap_or_default()
    };
    let contacts = contacts
        .into_iter()
        .map(|contact| Holder { organization: organization(&contact), contact })
        .collect();
    Ok(Holders { contacts, has_more, organization: None })
}
