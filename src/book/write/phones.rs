//! Reading again what was typed into the phone fields: after the default country changed, or the rules.

use diesel::prelude::*;

use super::reindex;
use crate::book::contact::{Contact, ContactPhone};
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Country, Phone};
use crate::error::AppResult;

/// What one batch did.
#[derive(Debug, Clone, Copy)]
pub struct Reread {
    /// The last contact of the batch; none when there were no more.
    pub last: Option<i64>,
    /// Numbers in which the default country has a say: typed without theirs, or not understood before.
    pub numbers: i64,
    /// All those that are another number now.
    pub changed: i64,
}

/// What a contact's four numbers are to the telephone network.
#[derive(AsChangeset, PartialEq, Eq)]
#[diesel(table_name = contacts, treat_none_as_null = true)]
struct ReadPhones {
    #[diesel(column_name = phone_work_e164)]
    work: Option<String>,
    #[diesel(column_name = phone_cell_e164)]
    cell: Option<String>,
    #[diesel(column_name = phone_home_e164)]
    home: Option<String>,
    #[diesel(column_name = phone_other_e164)]
    other: Option<String>,
}

impl ReadPhones {
    fn of(contact: &Contact, country: Country) -> Self {
        Self {
            work: Phone::e164(&contact.phone_work, country),
            cell: Phone::e164(&contact.phone_cell, country),
            home: Phone::e164(&contact.phone_home, country),
            other: Phone::e164(&contact.phone_other, country),
        }
    }

    /// How many differ from what is stored.
    fn count_changed(&self, contact: &Contact) -> usize {
        [
            self.work != contact.phone_work_e164,
            self.cell != contact.phone_cell_e164,
            self.home != contact.phone_home_e164,
            self.other != contact.phone_other_e164,
        ]
        .into_iter()
        .filter(|changed| *changed)
        .count()
    }
}

/// Reads the numbers of the next contacts after an id, deleted ones too, as typed in `country`, and indexes those whose
/// numbers are others now, or may be found by more than the first. What was typed stays, and so do version and date: nobody's
/// form is outdated by it.
///
/// # Errors
/// Those of the database.
pub fn read_phones_again(
    conn: &mut AnyConnection,
    after: i64,
    limit: i64,
    country: Country,
) -> AppResult<Reread> {
    let batch = next(conn, after, limit)?;
    let (mut numbers, mut changed) = (0, 0);
    let mut to_index = Vec::new();
    for contact in &batch {
        numbers += contact
            .phones()
            .iter()
            .filter(|phone| !Phone::names_country(phone.typed) || phone.e164.is_none())
            .count();
        let phones = ReadPhones::of(contact, country);
        let count = phones.count_changed(contact);
        changed += count;
        if count > 0 {
            diesel::update(contacts::table.find(contact.id))
                .set(phones)
                .execute(conn)?;
        }
        let is_one = |phone: &ContactPhone<'_>| Phone::is_one(phone.typed);
        let is_indexed = contact.deleted_at.is_none();
        if is_indexed && (count > 0 || !contact.phones().iter().all(is_one)) {
            to_index.push(contact.id);
        }
    }
    reindex(conn, &to_index)?;
    Ok(Reread {
        last: batch.last().map(|contact| contact.id),
        numbers: numbers as i64,
        changed: changed as i64,
    })
}

/// The next contacts by id, held for the rest of the transaction. One that writes on SQLite is alone already.
pub(super) fn next(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<Vec<Contact>> {
    let rows = contacts::table
        .filter(contacts::id.gt(after))
        .order(contacts::id)
        .limit(limit);
    Ok(match conn {
        AnyConnection::Sqlite(conn) => rows.select(Contact::as_select()).load(conn)?,
        AnyConnection::Postgres(conn) => {
            rows.select(Contact::as_select()).for_update().load(conn)?
        }
    })
}
