//! Writes the undo of an import to contacts, one batch at a time.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::{Columns, ContactWrite, IdChanges, Submission, apply};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::external_ids::{self, Source};
use crate::book::whole::WholeContact;
use crate::book::{civility, contact_types, organizations};
use crate::db::{AnyConnection, settings};
use crate::domain::{CUSTOM, Change, Country, Details, EXTERNAL_ID, Field, Phone, sort_key};
use crate::error::AppResult;

/// The change of one contact.
pub struct Undoing<'a> {
    /// The contact as it was locked.
    pub contact: &'a WholeContact,
    /// The last import that contains the contact after the undo.
    pub import_id: Option<i64>,
    /// The changes, by their names in the history.
    pub changes: Vec<Change>,
    /// `true` if the contact moves to the trash. It must not be there yet.
    pub is_withdrawn: bool,
}

/// What names in the history mean now.
struct Known {
    default: Country,
    organizations: HashMap<String, i64>,
    /// The fields of contact types, by key.
    fields: HashMap<String, i64>,
    sources: Vec<Source>,
}

impl Known {
    /// Looks up what these changes name. Nothing is looked up for the changes of a strict import.
    fn of(conn: &mut AnyConnection, undoings: &[Undoing<'_>]) -> AppResult<Self> {
        let changes = || undoings.iter().flat_map(|undoing| &undoing.changes);
        let mut organizations = HashMap::new();
        for change in changes().filter(|change| change.field == Field::Organization.form_name()) {
            if !change.new.is_empty()
                && !organizations.contains_key(&change.new)
                && let Some((id, _)) = organizations::named(conn, &change.new)?
            {
                organizations.insert(change.new.clone(), id);
            }
        }
        let has = |prefix: &str| changes().any(|change| change.field.starts_with(prefix));
        Ok(Self {
            default: settings::default_country(conn)?,
            organizations,
            fields: if has(CUSTOM) { contact_types::ids_by_key(conn)? } else { HashMap::new() },
            sources: if has(EXTERNAL_ID) { external_ids::sources(conn)? } else { Vec::new() },
        })
    }
}

/// The columns of the strict file's eight fields, and those that are derived from them. The e-mail's key is missing, because it does
/// not change.
fn strict_fields(details: &Details, known: &WholeContact, default: Country) -> Columns {
    let text = |field| details.get(field).to_owned();
    let email = text(Field::Email);
    let phone = text(Field::PhoneWork);
    let before = &known.contact;
    let e164 = if phone == before.phone_work {
        before.phone_work_e164.clone()
    } else {
        Phone::e164(&phone, default)
    };
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
///
/// # Errors
/// `Taken(ContactEmail)`, `Taken(ExternalId)` if another contact has one of the values by now.
pub fn undo(
    conn: &mut AnyConnection,
    undoings: &[Undoing<'_>],
    import: i64,
    account: Option<i64>,
) -> AppResult<()> {
    let now = clock::now();
    let known = Known::of(conn, undoings)?;
    let writes: Vec<ContactWrite> =
        undoings.iter().filter_map(|undoing| undoing.write(import, &known, now)).collect();
    apply(conn, &writes, account)
}

impl Undoing<'_> {
    /// The write of this change; `None` if the contact remains as it is.
    fn write(&self, import: i64, known: &Known, now: NaiveDateTime) -> Option<ContactWrite> {
        let contact = &self.contact.contact;
        let mut columns = if self.changes.is_empty() { Columns::default() } else { self.columns(known) };
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
        let write = ContactWrite::new(contact, columns, kind, self.changes.clone());
        Some(write.values(self.values(known)).external_ids(self.ids(known)).import(import))
    }

    fn columns(&self, known: &Known) -> Columns {
        let mut details = self.contact.details.clone();
        for change in &self.changes {
            details.set_named(&change.field, change.new.as_str());
        }
        let is_strict = |change: &Change| Field::parse(&change.field).is_some_and(|field| field.column() > 0);
        if self.changes.iter().all(is_strict) {
            let email = |change: &Change| change.field == Field::Email.form_name();
            let is_same_email = !self.changes.iter().any(|change| email(change) && !is_spelling(change));
            if is_same_email {
                return strict_fields(&details, self.contact, known.default);
            }
        }
        let contact = &self.contact.contact;
        let organization = details.get(Field::Organization);
        let organization_id = if organization == self.contact.details.get(Field::Organization) {
            contact.organization_id
        } else {
            known.organizations.get(organization).copied()
        };
        let submission = Submission {
            organization_id,
            contact_type_id: self.contact_type(),
            details,
            values: Vec::new(),
            form_key: None,
        };
        let new = |name: &str| {
            self.changes.iter().find(|change| change.field == name).map(|change| change.new.clone())
        };
        Columns {
            topics: new("topics"),
            languages: new("languages"),
            ..Columns::of(&submission, known.default)
        }
    }

    /// The contact type. An import gives one to a contact that has none.
    fn contact_type(&self) -> Option<i64> {
        let was_none =
            |change: &Change| change.field == Field::ContactType.form_name() && change.new.is_empty();
        if self.changes.iter().any(was_none) { None } else { self.contact.contact.contact_type_id }
    }

    fn values(&self, known: &Known) -> Vec<(i64, String)> {
        let of_type = |change: &Change| {
            let field = known.fields.get(change.field.strip_prefix(CUSTOM)?)?;
            Some((*field, change.new.clone()))
        };
        self.changes.iter().filter_map(of_type).collect()
    }

    fn ids(&self, known: &Known) -> IdChanges {
        let mut ids = IdChanges::default();
        for change in &self.changes {
            let name = change.field.strip_prefix(EXTERNAL_ID);
            let source = known.sources.iter().find(|source| Some(source.name.as_str()) == name);
            let Some(source) = source else { continue };
            let of_source = || self.contact.external_ids.iter().filter(|id| id.source.id == source.id);
            let former: Vec<&str> = change.new.lines().collect();
            ids.removed.extend(of_source().filter(|id| !former.contains(&id.value.as_str())).map(|id| id.id));
            let missing = former.iter().filter(|value| !of_source().any(|id| id.value == **value));
            ids.added.extend(missing.map(|value| (source.id, (*value).to_owned())));
        }
        ids
    }
}

/// Returns `true` if the e-mail changes its spelling only, and so keeps its key.
fn is_spelling(change: &Change) -> bool {
    let key = |email: &str| crate::domain::Email::stored(email).map(|email| email.key().to_owned());
    key(&change.old) == key(&change.new)
}
