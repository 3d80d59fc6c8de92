//! Reads the typed phone numbers again, after a change of the default country or of the rules.

use super::lock::lock_next;
use super::{Columns, ContactWrite, apply, reindex};
use crate::book::contact::{Contact, ContactPhone};
use crate::db::AnyConnection;
use crate::domain::{Country, Phone};
use crate::error::AppResult;

/// The result of one batch.
#[derive(Debug, Clone, Copy)]
pub struct Reread {
    /// The last contact of the batch; `None` if there were no more.
    pub last: Option<i64>,
    /// The count of phone numbers that depend on the default country: typed without a country code, or not understood before.
    pub numbers: i64,
    /// The count of all phone numbers whose international form has changed.
    pub changed: i64,
}

/// The columns of a contact's four phone numbers in international form.
fn read(contact: &Contact, country: Country) -> Columns {
    let e164 = |typed| Some(Phone::e164(typed, country));
    Columns {
        phone_work_e164: e164(&contact.phone_work),
        phone_cell_e164: e164(&contact.phone_cell),
        phone_home_e164: e164(&contact.phone_home),
        phone_other_e164: e164(&contact.phone_other),
        ..Columns::default()
    }
}

/// The count of phone numbers that differ from the stored ones.
fn count_changed(read: &Columns, contact: &Contact) -> usize {
    [
        (&read.phone_work_e164, &contact.phone_work_e164),
        (&read.phone_cell_e164, &contact.phone_cell_e164),
        (&read.phone_home_e164, &contact.phone_home_e164),
        (&read.phone_other_e164, &contact.phone_other_e164),
    ]
    .into_iter()
    .filter(|(read, stored)| read.as_ref() != Some(stored))
    .count()
}

/// Reads the phone numbers of the next contacts after an id, including deleted ones, with `country` as the default. Indexes the
/// contacts with a changed number, and those with a field that may contain more than one number. The typed text, the version and
/// the date remain, so that no open form becomes outdated.
pub fn read_phones_again(
    conn: &mut AnyConnection,
    after: i64,
    limit: i64,
    country: Country,
) -> AppResult<Reread> {
    let batch = lock_next(conn, after, limit)?;
    let (mut numbers, mut changed) = (0, 0);
    let (mut writes, mut to_index) = (Vec::new(), Vec::new());
    let is_one = |phone: &ContactPhone<'_>| Phone::is_one(phone.typed);
    for contact in &batch {
        numbers += contact
            .phones()
            .iter()
            .filter(|phone| !Phone::names_country(phone.typed) || phone.e164.is_none())
            .count();
        let columns = read(contact, country);
        let count = count_changed(&columns, contact);
        changed += count;
        if count > 0 {
            writes.push(ContactWrite::derived(contact, columns));
        } else if contact.deleted_at.is_none() && !contact.phones().iter().all(is_one) {
            to_index.push(contact.id);
        }
    }
    apply(conn, &writes, None)?;
    reindex(conn, &to_index)?;
    Ok(Reread {
        last: batch.last().map(|contact| contact.id),
        numbers: numbers as i64,
        changed: changed as i64,
    })
}
