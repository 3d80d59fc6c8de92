//! Writes the undo of an import to contacts, one batch at a time.

use chrono::NaiveDateTime;

use super::{Columns, ContactWrite, apply};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::civility;
use crate::book::contact::Contact;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country, Details, Field, Phone, sort_key};
use crate::error::AppResult;

/// The change of one contact.
pub struct Undoing<'a> {
    /// The contact as it was locked.
    pub contact: &'a Contact,
    /// The last import that contains the contact after the undo.
    pub import_id: Option<i64>,
    /// The changes of the file's eight fields. The e-mail can only change its spelling.
    pub changes: Vec<Change>,
    /// `true` if the contact moves to the trash. It must not be there yet.
    pub is_withdrawn: bool,
}

/// The columns of the eight fields, and those that are derived from them. The e-mail's key is missing, because it does not
/// change.
fn fields(details: &Details, known: &Contact, default: Country) -> Columns {
    let text = |field| details.get(field).to_owned();
    let email = text(Field::Email);
    let phone = text(Field::PhoneWork);
    let e164 =
        if phone == known.phone_work { known.phone_work_e164.clone() } else { Phone::e164(&phone, default) };
    let (civility, no_civility) = civility::stored(details.get(Field::Civility));
    Columns {
        civility: Some(civility.to_owned()),
        no_civility: Some(no_civility),
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

/// Undoes what `import` did to contacts that the transaction has locked. Contacts in the trash stay there. A contact whose only
/// change is its import gets no new version, so that no open form becomes outdated.
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
    /// The write of this change; `None` if the contact remains as it is.
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
