//! Contacts by their id in another system: added or changed, one by one.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Body;
use super::contact_json::{Base, Contacts};
use super::fields::ContactBody;
use super::sources::{named, source};
use super::submit::{self, Work};
use super::write::{self as changes, Outcome};
use crate::book::external_ids::{self, Source};
use crate::book::write::{self, Created};
use crate::db::{AnyConnection, Db};
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::{Caller, Context, FormErrors, problem};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UpsertQuery {
    /// `1`: nothing is written, and the answer has the changes.
    dry_run: String,
}

impl UpsertQuery {
    /// # Errors
    /// Another value than `1` and `0`: nothing may be written by mistake.
    pub fn is_dry_run(&self, t: &Catalogue) -> Result<bool, FormErrors> {
        match self.dry_run.as_str() {
            "1" => Ok(true),
            "" | "0" => Ok(false),
            _ => Err(FormErrors::one("dry_run", fl!(t, "problem-not-one-of", values = "1, 0"))),
        }
    }
}

/// What an upsert does to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Created,
    Changed,
    Unchanged,
}

impl Effect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }

    /// The status that stands for it among the done requests.
    pub fn status(self) -> i64 {
        match self {
            Self::Created => 201,
            Self::Changed => 200,
            Self::Unchanged => 304,
        }
    }

    pub fn of_status(status: i64) -> Self {
        match status {
            201 => Self::Created,
            304 => Self::Unchanged,
            _ => Self::Changed,
        }
    }
}

/// `PUT /api/v1/sources/{source}/contacts/{external id}`: changes the contact with this id, or adds one. Fields that the body does
/// not have stay.
pub async fn put(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
    query: web::Query<UpsertQuery>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let (name, id) = named(path)?;
    let cx = Context::new(&request);
    let read = query.is_dry_run(cx.t).and_then(|is_dry| Ok((is_dry, ContactBody::read(cx.t, sent.members)?)));
    let (is_dry_run, mut body) = match read {
        Ok(read) => read,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (t, base) = (cx.t, Base::of(&request));
    let may_add = caller.account.role.has(Right::ContactAdd);
    if is_dry_run {
        let account = caller.account.id;
        let foreseen = db
            .read(move |conn| {
                let source = source(conn, &name)?;
                foresee(conn, &mut Work::new(t, account), &mut body, (&source, &id))
            })
            .await;
        let foreseen = foreseen.map(|foreseen| match foreseen {
            Ok(foreseen) => Outcome::Foreseen(foreseen.json("effect")),
            Err(errors) => Outcome::Invalid(errors),
        });
        return changes::answer(&request, &cx, foreseen);
    }
    let outcome = changes::as_program(&db, &caller, move |conn, account| {
        let source = source(conn, &name)?;
        let mut work = Work::new(t, account);
        hold(conn, &mut work, &source, body.external_ids.is_some())?;
        Ok(match one(conn, &mut work, (&mut body, may_add), (&source, &id))? {
            Ok((Effect::Created, id)) => Outcome::Created(Contacts::one(conn, id, &base)?.1),
            Ok((_, id)) => Outcome::Changed(Contacts::one(conn, id, &base)?.1),
            Err(errors) => Outcome::Invalid(errors),
        })
    })
    .await;
    changes::answer(&request, &cx, outcome)
}

/// Locks the sources of which a body can change ids, before any contact, as the form of external ids does.
pub fn hold(conn: &mut AnyConnection, work: &mut Work, source: &Source, has_others: bool) -> AppResult<()> {
    let sources = if has_others {
        work.sources(conn)?.iter().map(|source| source.id).collect()
    } else {
        vec![source.id]
    };
    external_ids::hold(conn, &sources)
}

/// Changes the contact with an id of a source, or adds one with this id. Returns the contact. The sources are locked ([`hold`]);
/// `may_add` is whether the account may add contacts.
///
/// # Errors
/// Those of the writer, [`AppError::MissingRight`], [`AppError::InTrash`]; the inner error has all faults of the body.
pub fn one(
    conn: &mut AnyConnection,
    work: &mut Work,
    (body, may_add): (&mut ContactBody, bool),
    (source, id): (&Source, &str),
) -> AppResult<Result<(Effect, i64), FormErrors>> {
    if let Some(contact) = holder(conn, source, id)? {
        body.keep_id(&source.name, id);
        write::lock(conn, &[contact])?;
        let changed = submit::change(conn, work, contact, (body, false))?;
        return Ok(changed.map(|is_changed| {
            let effect = if is_changed { Effect::Changed } else { Effect::Unchanged };
            (effect, contact)
        }));
    }
    if !may_add {
        return Err(AppError::MissingRight(Right::ContactAdd));
    }
    body.add_id(&source.name, id);
    let added = submit::add(conn, work, body)?;
    Ok(added.map(|created| match created {
        Created::New(contact) => (Effect::Created, contact),
        Created::Restored(contact) => (Effect::Changed, contact),
    }))
}

/// The contact that has an id.
///
/// # Errors
/// [`AppError::InTrash`]
fn holder(conn: &mut AnyConnection, source: &Source, id: &str) -> AppResult<Option<i64>> {
    match external_ids::holder(conn, source.id, id)? {
        Some((contact, true)) => Err(AppError::InTrash { contact, name: String::new() }),
        found => Ok(found.map(|(contact, _)| contact)),
    }
}

/// The effect that [`one`] would have now.
pub struct Foreseen {
    pub effect: Effect,
    /// `None` for a new one.
    pub contact: Option<i64>,
    pub changes: Vec<Value>,
}

impl Foreseen {
    /// As JSON; `effect` is the name of the effect's member.
    pub fn json(self, effect: &str) -> Value {
        let mut json = json!({"changes": self.changes});
        json[effect] = self.effect.as_str().into();
        if let Some(contact) = self.contact {
            json["contact"] = contact.into();
        }
        json
    }
}

/// The effect that [`one`] would have now. Nothing is written.
///
/// # Errors
/// As [`one`].
pub fn foresee(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &mut ContactBody,
    (source, id): (&Source, &str),
) -> AppResult<Result<Foreseen, FormErrors>> {
    let Some(contact) = holder(conn, source, id)? else {
        let changes = submit::foresee_new(conn, work, body)?;
        return Ok(changes.map(|changes| Foreseen { effect: Effect::Created, contact: None, changes }));
    };
    body.keep_id(&source.name, id);
    let changes = submit::foresee_change(conn, work, contact, body)?;
    Ok(changes.map(|changes| {
        let effect = if changes.is_empty() { Effect::Unchanged } else { Effect::Changed };
        Foreseen { effect, contact: Some(contact), changes }
    }))
}
