//! What undoing an import does to contacts, a batch at a time.

use chrono::NaiveDateTime;

use super::{Columns, ContactWrite, apply};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country, Details, Field, Phone, sort_key};
use crate::error::AppResult;

/// What one contact becomes.
pub struct Undoing<'a> {
    /// As it is held.
    pub contact: &'a Contact,
    /// The import that holds it from now on.
    pub import_id: Option<i64>,
    /// Of the eight fields of the file; the e-mail is spelled otherwise at most.
    pub changes: Vec<Change>,
    /// Whether it goes to the trash; it is not there yet.
    pub is_withdrawn: bool,
}

/// The eight fields and what follows from them, except the e-mail's key, which stays.
fn fields(details: &Details, known: &Contact, default: Country) -> Columns {
    let text = |field| details.get(field).to_owned();
    let email = text(Field::Email);
    let phone = text(Field::PhoneWork);
    let e164 =
        if phone == known.phone_work { known.phone_work_e164.clone() } else { Phone::e164(&phone, default) };
    Columns {
        civility: Some(text(Field::Civility)),
        first_name: Some(text(Field::FirstName)),
        last_name: Some(text(Field::LastName)),
        email: Some(Some(email).filter(|email| !email.is_empty())),
        service: Some(text(Field::Service)),
        phone_work: Some(phone),
        phone_work_e164: Some(e164),
        address: Some(text(Field::Address)),
        city: Some(text(Field::City)),
        sort_key: Some(sort_key(details.get(Field::LastName), details.get(Field::FirstName))),
        ..Columns::default()
    }
}

/// Takes back what `import` did to contacts, which the transaction holds; those in the trash stay there. Where only the
/// import that holds a contact becomes another, no version comes of it: nobody's form is outdated by that.
pub fn undo(
    conn: &mut AnyConnection,
    undoings: &[Undoing<'_>],
    import: i64,
    account: Option<i64>,
) -> AppResult<()> {
    let now = clock::now();
    let default = settings::default_country(conn)?;
    let writes: Vec<ContactWrite> =
        undoings.iter().filter_map(|undoing| undoing.write(import, default, now)).collect();
    apply(conn, &writes, account)
}

impl Undoing<'_> {
    /// None where the contact stays as it is.
    fn write(&self, import: i64, default: Country, now: NaiveDateTime) -> Option<ContactWrite> {
        let contact = self.contact;
        let mut columns = if self.changes.is_empty() {
            Columns::default()
        } else {
            let mut details = contact.details();
            for change in &self.changes {
                details.set_named(&change.field, change.new.as_str());
            }
            fields(&details, contact, default)
        };
        columns.import_id = Some(self.import_id);
        if self.is_withdrawn {
            columns.deleted_at = Some(Some(now));
        }
        let kind = match (self.is_withdrawn, self.changes.is_empty()) {
            (true, _) => Kind::ContactWithdrawn,
            (false, false) => Kind::ContactReverted,
            (false, true) if self.import_id == contact.import_id => return None,
            (false, true) => return Some(ContactWrite::derived(contact, columns)),
        };
        let changes = self.changes.clone();
        Some(ContactWrite::new(contact, columns, kind, changes).import(import))
    }
}
