//! Bodies as changes of contacts: the forms and the writer of the pages, with the rules and the words of the pages.

use serde_json::{Value, json};

use super::fields::ContactBody;
use crate::book::external_ids::{self, ExternalId, Source};
use crate::book::write::{self, Created, Expertise, NewExtras, Profile, Saved, Submission};
use crate::contacts::form::{self, Lookups, Rules, Typed};
use crate::contacts::read_expertise;
use crate::db::AnyConnection;
use crate::domain::{Details, Drawn, EXTERNAL_ID, Email, Field, FieldKind};
use crate::error::{AppError, AppResult, Constraint};
use crate::external_ids::{IdValues, TypedIds};
use crate::i18n::Catalogue;
use crate::web::FormErrors;

/// What the changes of one transaction share.
pub struct Work {
    pub t: &'static Catalogue,
    /// The account that makes the changes.
    pub account: i64,
    lookups: Lookups,
    sources: Option<Vec<Source>>,
}

impl Work {
    pub fn new(t: &'static Catalogue, account: i64) -> Self {
        Self { t, account, lookups: Lookups::default(), sources: None }
    }

    /// All sources, which are read once.
    pub fn sources(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<Source>> {
        if self.sources.is_none() {
            self.sources = Some(external_ids::sources(conn)?);
        }
        Ok(self.sources.clone().unwrap_or_default())
    }
}

/// What a body says about a contact, valid.
pub struct Valid {
    submission: Submission,
    expertise: Option<Expertise>,
    external_ids: Option<IdValues>,
}

impl Valid {
    /// What a new contact gets besides its form.
    fn extras(&self) -> NewExtras {
        let (topics, languages) = match &self.expertise {
            Some(expertise) => (expertise.topics.clone(), expertise.languages.clone()),
            None => (String::new(), String::new()),
        };
        NewExtras { topics, languages, external_ids: self.external_ids.clone().unwrap_or_default() }
    }
}

/// A stored contact, for the changes that a body makes to it.
struct Stored {
    profile: Profile,
    details: Details,
}

impl Stored {
    /// # Errors
    /// [`AppError::NotFound`], also for a contact in the trash.
    fn load(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let profile = write::profile(conn, id)?;
        if profile.contact.deleted_at.is_some() {
            return Err(AppError::NotFound);
        }
        let details = profile.details();
        Ok(Self { profile, details })
    }

    fn expertise(&self) -> (&str, &str) {
        (&self.profile.contact.topics, &self.profile.contact.languages)
    }
}

/// Reads a body as the forms of the pages.
///
/// # Errors
/// The inner error has all faults of the body.
fn read(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &ContactBody,
    typed: &Typed,
    stored: Option<&Stored>,
) -> AppResult<Result<Valid, FormErrors>> {
    let t = work.t;
    let rules = Rules::load_with(&mut work.lookups, conn, typed, stored.map(|stored| &stored.profile))?;
    let mut errors = body.foreign(t, &rules);
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let submission = form::read(t, typed, &rules, stored.map(|stored| &stored.details))
        .map_err(|faults| errors.extend(faults));
    let (topics, languages) = stored.map_or(("", ""), Stored::expertise);
    let expertise = if body.topics.is_some() || body.languages.is_some() {
        let topics = body.topics.as_deref().unwrap_or(topics);
        let languages = body.languages.as_deref().unwrap_or(languages);
        read_expertise(t, topics, languages).map(Some).map_err(|faults| errors.extend(faults))
    } else {
        Ok(None)
    };
    let ids = if body.external_ids.is_some() {
        let sources = work.sources(conn)?;
        let fields = body.id_fields(&sources).unwrap_or_default();
        TypedIds::read_fields(fields)
            .read(t, &sources)
            .map(Some)
            .map_err(|faults| errors.extend(faults.all_at("external_ids")))
    } else {
        Ok(None)
    };
    Ok(match (submission, expertise, ids) {
        (Ok(submission), Ok(expertise), Ok(external_ids)) if errors.is_empty() => {
            Ok(Valid { submission, expertise, external_ids })
        }
        _ => Err(errors),
    })
}

/// Reads a body as the form of a new contact.
///
/// # Errors
/// The inner error has all faults of the body.
pub fn read_new(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &ContactBody,
) -> AppResult<Result<Valid, FormErrors>> {
    read(conn, work, body, &body.new_form(), None)
}

/// Creates contacts, in few statements. `None`, and nothing is written, if another contact has one of the e-mails.
///
/// # Errors
/// Those of the writer.
pub fn add_all(conn: &mut AnyConnection, work: &Work, new: &[Valid]) -> AppResult<Option<Vec<i64>>> {
    let emails = new.iter().filter_map(|valid| Email::stored(valid.submission.details.get(Field::Email)));
    let emails: Vec<Email> = emails.collect();
    let keys: Vec<&str> = emails.iter().map(Email::key).collect();
    // A former e-mail is no hindrance here: a body that does not know of its holder was refused before.
    if write::holders_of_emails(conn, &keys)?.values().any(|(_, is_former)| !is_former) {
        return Ok(None);
    }
    let extras: Vec<NewExtras> = new.iter().map(Valid::extras).collect();
    let new: Vec<_> = new.iter().map(|valid| &valid.submission).zip(&extras).collect();
    write::create_all(conn, &new, work.account).map(Some)
}

/// Creates a contact, or restores the one in the trash with the same e-mail.
///
/// # Errors
/// Those of the writer; the inner error has all faults of the body.
pub fn add(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &ContactBody,
) -> AppResult<Result<Created, FormErrors>> {
    let valid = match read_new(conn, work, body)? {
        Ok(valid) => valid,
        Err(errors) => return Ok(Err(errors)),
    };
    let created = write::create_with(conn, &valid.submission, &valid.extras(), work.account)?;
    if let Created::Restored(id) = created {
        write_rest(conn, id, &valid, work.account)?;
    }
    Ok(Ok(created))
}

/// Changes a contact that the transaction has locked. With `is_whole`, fields that the body does not have are emptied. Returns
/// `false`, and writes nothing, if the contact is as the body says already.
///
/// # Errors
/// Those of the writer, [`AppError::NotFound`]; the inner error has all faults of the body.
pub fn change(
    conn: &mut AnyConnection,
    work: &mut Work,
    id: i64,
    (body, is_whole): (&ContactBody, bool),
) -> AppResult<Result<bool, FormErrors>> {
    let stored = Stored::load(conn, id)?;
    let typed = if is_whole { body.whole_form() } else { body.form_on(&stored.details) };
    let valid = match read(conn, work, body, &typed, Some(&stored))? {
        Ok(valid) => valid,
        Err(errors) => return Ok(Err(errors)),
    };
    if changes_of(conn, id, &stored, &valid)?.is_empty() {
        return Ok(Ok(false));
    }
    let version = stored.profile.contact.version;
    let saved = write::update(conn, id, version, &valid.submission, work.account, false)?;
    if saved != Saved::Yes {
        return Err(AppError::NotFound);
    }
    write_rest(conn, id, &valid, work.account)?;
    Ok(Ok(true))
}

/// Writes what is not in the contact's own form. The contact is locked, so nobody else has changed it since it was read.
fn write_rest(conn: &mut AnyConnection, id: i64, valid: &Valid, account: i64) -> AppResult<()> {
    if let Some(expertise) = &valid.expertise {
        let stored = write::lock_one(conn, id)?;
        let drawn = Drawn::of(&[&stored.topics, &stored.languages]);
        write::set_expertise(conn, id, expertise, &drawn, account)?;
    }
    if let Some(ids) = &valid.external_ids {
        let stored = external_ids::of(conn, &[id])?;
        let drawn = external_ids::drawn(&stored);
        let drawn = Drawn::of(&drawn.iter().map(String::as_str).collect::<Vec<_>>());
        write::set_external_ids(conn, id, ids, &drawn, account)?;
    }
    Ok(())
}

/// The changes that [`add`] would make now, as JSON.
///
/// # Errors
/// The inner error has all faults of the body.
pub fn foresee_new(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &ContactBody,
) -> AppResult<Result<Vec<Value>, FormErrors>> {
    let valid = read_new(conn, work, body)?;
    if let Ok(valid) = &valid {
        refuse_taken(conn, valid, None)?;
    }
    Ok(valid.map(|valid| changes(&Details::default(), ("", ""), &[], &valid)))
}

/// The changes that [`change`] would make now to the fields of the body, as JSON.
///
/// # Errors
/// [`AppError::NotFound`]; the inner error has all faults of the body.
pub fn foresee_change(
    conn: &mut AnyConnection,
    work: &mut Work,
    id: i64,
    body: &ContactBody,
) -> AppResult<Result<Vec<Value>, FormErrors>> {
    let stored = Stored::load(conn, id)?;
    let typed = body.form_on(&stored.details);
    match read(conn, work, body, &typed, Some(&stored))? {
        Ok(valid) => {
            refuse_taken(conn, &valid, Some(id))?;
            Ok(Ok(changes_of(conn, id, &stored, &valid)?))
        }
        Err(errors) => Ok(Err(errors)),
    }
}

/// What the unique e-mail of a contact would refuse.
///
/// # Errors
/// `Taken(ContactEmail)`
fn refuse_taken(conn: &mut AnyConnection, valid: &Valid, own: Option<i64>) -> AppResult<()> {
    let Some(email) = Email::stored(valid.submission.details.get(Field::Email)) else { return Ok(()) };
    match write::holder_of_email(conn, &email)? {
        // A new contact brings the one in the trash back.
        Some((_, true)) if own.is_none() => Ok(()),
        Some((holder, _)) if own != Some(holder) => Err(AppError::Taken(Constraint::ContactEmail)),
        _ => Ok(()),
    }
}

fn changes_of(conn: &mut AnyConnection, id: i64, stored: &Stored, valid: &Valid) -> AppResult<Vec<Value>> {
    let ids = if valid.external_ids.is_some() { external_ids::of(conn, &[id])? } else { Vec::new() };
    Ok(changes(&stored.details, stored.expertise(), &ids, valid))
}

/// The changes from what is stored to what a body says, by the names of the history.
fn changes(
    details: &Details,
    (topics, languages): (&str, &str),
    ids: &[ExternalId],
    valid: &Valid,
) -> Vec<Value> {
    let value = |field: &str, stored: &str| match Field::parse(field).map(Field::kind) {
        Some(FieldKind::Flag) => json!(!stored.is_empty()),
        _ => json!(stored),
    };
    let change = |field: &str, old: &str, new: &str| json!({"field": field, "old": value(field, old), "new": value(field, new)});
    let of_form = details.changes_to(&valid.submission.details).into_iter();
    let mut all: Vec<Value> = of_form.map(|known| change(&known.field, &known.old, &known.new)).collect();
    if let Some(new) = &valid.expertise {
        for (field, old, new) in [("topics", topics, &new.topics), ("languages", languages, &new.languages)] {
            if old != new {
                all.push(change(field, old, new));
            }
        }
    }
    for (source, values) in valid.external_ids.iter().flatten() {
        let stored = ids.iter().filter(|id| id.source.id == source.id);
        let (old, new) = (stored.map(|id| id.value.as_str()).collect::<Vec<_>>(), values);
        // Their order means nothing.
        if old.len() != new.len() || !old.iter().all(|id| new.iter().any(|value| value == id)) {
            all.push(change(&format!("{EXTERNAL_ID}{}", source.name), &old.join("\n"), &new.join("\n")));
        }
    }
    all
}
