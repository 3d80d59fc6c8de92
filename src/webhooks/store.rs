//! The queries on webhooks.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::message::fresh_secret;
use super::sender::Trouble;
use crate::audit::{self, Entry, Kind as Action};
use crate::base::random::random_hex;
use crate::base::{clock, text_enum};
use crate::changes::{self, Cursor, Kind};
use crate::db::schema::webhooks;
use crate::db::{AnyConnection, from_text_column, lock_rows};
use crate::domain::{Change, Drawn};
use crate::error::{AppError, AppResult};

/// The most webhooks of a book.
pub const MOST: i64 = 20;
/// How long a message has until another node sends it again.
const CLAIM: TimeDelta = TimeDelta::seconds(30);
/// How long a receiver may fail in succession.
const PATIENCE: TimeDelta = TimeDelta::days(1);
/// The pauses between attempts: the first one, doubled each time up to the last one.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);
const LAST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// The history's value of a webhook that is on.
const ON: &str = "1";

text_enum! {
    /// Whether a webhook sends.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum State {
        On = "on",
        /// A person has switched it off.
        Off = "off",
        /// Carnet has switched it off: the receiver failed for too long.
        Failed = "failed",
        /// Carnet has switched it off: the book is a copy or a restored backup.
        Restored = "restored",
    }
}

from_text_column!(State);

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Webhook {
    pub id: i64,
    pub url: String,
    /// Kinds of changes, separated by spaces.
    pub events: String,
    pub secret: String,
    pub state: State,
    /// Empty is the beginning of the feed.
    pub cursor: String,
    pub due_at: NaiveDateTime,
    pub delivered_at: Option<NaiveDateTime>,
    /// The number of failures in succession.
    pub failures: i64,
    pub failing_since: Option<NaiveDateTime>,
    pub trouble: String,
}

impl Webhook {
    /// Returns `true` if it sends changes of this kind.
    pub fn sends(&self, kind: Kind) -> bool {
        self.events.split(' ').any(|event| event == kind.as_str())
    }

    /// The cause of the last failure.
    pub fn trouble(&self) -> Option<Trouble> {
        Trouble::parse(&self.trouble)
    }

    /// The place up to which everything is confirmed; `None` is the beginning.
    ///
    /// # Errors
    /// [`AppError::UnknownCursor`]
    pub fn place(&self) -> AppResult<Option<Cursor>> {
        if self.cursor.is_empty() { Ok(None) } else { Cursor::parse(&self.cursor).map(Some) }
    }
}

/// What a form says of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub url: String,
    pub events: String,
}

/// All webhooks, in the order of their URLs.
pub fn list(conn: &mut AnyConnection) -> AppResult<Vec<Webhook>> {
    Ok(webhooks::table.order(webhooks::url).select(Webhook::as_select()).load(conn)?)
}

/// # Errors
/// [`AppError::NotFound`]
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Webhook> {
    Ok(webhooks::table.find(id).select(Webhook::as_select()).first(conn)?)
}

fn locked(conn: &mut AnyConnection, id: i64) -> AppResult<Webhook> {
    let row = webhooks::table.find(id);
    let stored: Vec<Webhook> = lock_rows!(conn, row, Webhook::as_select());
    stored.into_iter().next().ok_or(AppError::NotFound)
}

/// Adds a webhook that sends what happens from now on. Returns its secret; `None` if there are [`MOST`] webhooks already.
///
/// # Errors
/// `Taken(WebhookUrl)`
pub fn add(conn: &mut AnyConnection, new: &Settings, account: i64) -> AppResult<Option<String>> {
    let count: i64 = webhooks::table.count().get_result(conn)?;
    if count >= MOST {
        return Ok(None);
    }
    let (secret, now) = (fresh_secret(), clock::now());
    let cursor = here(conn)?;
    diesel::insert_into(webhooks::table)
        .values((
            webhooks::url.eq(&new.url),
            webhooks::events.eq(&new.events),
            webhooks::secret.eq(&secret),
            webhooks::state.eq(State::On.as_str()),
            webhooks::cursor.eq(cursor),
            webhooks::created_at.eq(now),
            webhooks::due_at.eq(now),
        ))
        .execute(conn)?;
    let change = changed("events", "", &new.events);
    note(conn, Action::WebhookAdded, (&new.url, vec![change]), Some(account))?;
    Ok(Some(secret))
}

/// The end of the feed, as a stored place.
fn here(conn: &mut AnyConnection) -> AppResult<String> {
    Ok(changes::newest(conn)?.map(|cursor| cursor.to_string()).unwrap_or_default())
}

/// The result of [`edit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    Yes,
    /// Nothing saved: somebody has changed the webhook since the form was shown.
    Stale,
}

/// Changes the URL and the kinds of changes. After failures, the next attempt is due at once.
///
/// # Errors
/// `Taken(WebhookUrl)`, [`AppError::NotFound`]
pub fn edit(
    conn: &mut AnyConnection,
    id: i64,
    new: &Settings,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Edited> {
    let stored = locked(conn, id)?;
    let mut changes = Vec::new();
    for (field, old, new) in [("url", &stored.url, &new.url), ("events", &stored.events, &new.events)] {
        if old != new {
            changes.push(changed(field, old, new));
        }
    }
    if changes.is_empty() {
        return Ok(Edited::Yes);
    }
    if !drawn.is(&[&stored.url, &stored.events]) {
        return Ok(Edited::Stale);
    }
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::url.eq(&new.url),
            webhooks::events.eq(&new.events),
            webhooks::due_at.eq(clock::now()),
        ))
        .execute(conn)?;
    note(conn, Action::WebhookEdited, (&stored.url, changes), Some(account))?;
    Ok(Edited::Yes)
}

/// Replaces the secret. Returns the new one.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn renew_secret(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<String> {
    let stored = locked(conn, id)?;
    let secret = fresh_secret();
    diesel::update(webhooks::table.find(id)).set(webhooks::secret.eq(&secret)).execute(conn)?;
    let change = changed("secret", "", "…");
    note(conn, Action::WebhookEdited, (&stored.url, vec![change]), Some(account))?;
    Ok(secret)
}

/// Where a webhook begins when it is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartFrom {
    /// Where it has stopped.
    There,
    /// At the end of the feed: the receiver never gets what happened meanwhile.
    Now,
}

/// Switches a webhook on. A place that the feed does not have is replaced by its end. Returns `false` if it was on already.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn start(conn: &mut AnyConnection, id: i64, from: StartFrom, account: i64) -> AppResult<bool> {
    let stored = locked(conn, id)?;
    if stored.state == State::On {
        return Ok(false);
    }
    let cursor = match from {
        StartFrom::Now => here(conn)?,
        StartFrom::There => match stored.place().and_then(|place| changes::read(conn, place.as_ref(), 1)) {
            Ok(_) => stored.cursor,
            Err(AppError::UnknownCursor | AppError::CursorGone) => here(conn)?,
            Err(error) => return Err(error),
        },
    };
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::state.eq(State::On.as_str()),
            webhooks::cursor.eq(cursor),
            webhooks::due_at.eq(clock::now()),
            webhooks::failures.eq(0),
            webhooks::failing_since.eq(None::<NaiveDateTime>),
            webhooks::trouble.eq(""),
        ))
        .execute(conn)?;
    let change = changed("sends", "", ON);
    note(conn, Action::WebhookEdited, (&stored.url, vec![change]), Some(account))?;
    Ok(true)
}

/// Switches a webhook off; `account` is `None` if Carnet does. A message that is being sent counts as not confirmed. Returns
/// `false` if it was off already.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn stop(conn: &mut AnyConnection, id: i64, to: State, account: Option<i64>) -> AppResult<bool> {
    let stored = locked(conn, id)?;
    if stored.state != State::On {
        return Ok(false);
    }
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::state.eq(to.as_str()),
            webhooks::claim.eq(None::<String>),
            webhooks::claimed_until.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    let change = changed("sends", ON, "");
    note(conn, Action::WebhookEdited, (&stored.url, vec![change]), account)?;
    Ok(true)
}

/// Switches all webhooks off, in a book that is a copy or a restored backup: the other book may still call the same receivers.
pub fn stop_all(conn: &mut AnyConnection) -> AppResult<()> {
    for webhook in list(conn)? {
        stop(conn, webhook.id, State::Restored, None)?;
    }
    Ok(())
}

/// Deletes a webhook. Returns its URL.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn delete(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<String> {
    let stored = locked(conn, id)?;
    diesel::delete(webhooks::table.find(id)).execute(conn)?;
    note(conn, Action::WebhookDeleted, (&stored.url, Vec::new()), Some(account))?;
    Ok(stored.url)
}

fn changed(field: &str, old: &str, new: &str) -> Change {
    Change { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() }
}

fn note(
    conn: &mut AnyConnection,
    kind: Action,
    (url, changes): (&str, Vec<Change>),
    account: Option<i64>,
) -> AppResult<()> {
    audit::record(conn, &[Entry::new(kind, account).subject(url).changes(changes)])
}

/// The webhooks that are on, whose next attempt is due, and for which no node is sending.
pub fn due(conn: &mut AnyConnection) -> AppResult<Vec<Webhook>> {
    let now = clock::now();
    let is_free = webhooks::claimed_until.is_null().or(webhooks::claimed_until.lt(now));
    Ok(webhooks::table
        .filter(webhooks::state.eq(State::On.as_str()))
        .filter(webhooks::due_at.le(now))
        .filter(is_free)
        .order(webhooks::id)
        .select(Webhook::as_select())
        .load(conn)?)
}

/// Moves a webhook over changes that it does not send. Does nothing if it is no longer at this place.
pub fn pass(conn: &mut AnyConnection, webhook: &Webhook, to: &str) -> AppResult<()> {
    let at = webhooks::table.find(webhook.id).filter(webhooks::cursor.eq(&webhook.cursor));
    diesel::update(at).set(webhooks::cursor.eq(to)).execute(conn)?;
    Ok(())
}

/// The right to send the message behind a place.
#[derive(Debug, Clone)]
pub struct Claim {
    pub webhook: Webhook,
    name: String,
}

/// Gives up the claims of a node that stops: its messages are sent again at once.
pub fn release(conn: &mut AnyConnection, node: &str) -> AppResult<()> {
    diesel::update(webhooks::table.filter(webhooks::claim.like(format!("{node}-%"))))
        .set((webhooks::claim.eq(None::<String>), webhooks::claimed_until.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(())
}

/// Claims a webhook for one message of a node. `None` if it is no longer due at this place: it was switched off, or another node sends.
pub fn claim(conn: &mut AnyConnection, webhook: &Webhook, node: &str) -> AppResult<Option<Claim>> {
    let now = clock::now();
    let name = format!("{node}-{}", random_hex::<8>());
    let free = webhooks::table
        .find(webhook.id)
        .filter(webhooks::state.eq(State::On.as_str()))
        .filter(webhooks::cursor.eq(&webhook.cursor))
        .filter(webhooks::due_at.le(now))
        .filter(webhooks::claimed_until.is_null().or(webhooks::claimed_until.lt(now)));
    let claimed = diesel::update(free)
        .set((webhooks::claim.eq(&name), webhooks::claimed_until.eq(now + CLAIM)))
        .execute(conn)?;
    Ok(if claimed == 1 { Some(Claim { webhook: find(conn, webhook.id)?, name }) } else { None })
}

/// Stores the place behind a confirmed message. Does nothing if the claim is lost; then the message is sent again.
pub fn confirm(conn: &mut AnyConnection, claim: &Claim, to: &str) -> AppResult<()> {
    let now = clock::now();
    diesel::update(webhooks::table.find(claim.webhook.id).filter(webhooks::claim.eq(&claim.name)))
        .set((
            webhooks::cursor.eq(to),
            webhooks::claim.eq(None::<String>),
            webhooks::claimed_until.eq(None::<NaiveDateTime>),
            webhooks::delivered_at.eq(now),
            webhooks::due_at.eq(now),
            webhooks::failures.eq(0),
            webhooks::failing_since.eq(None::<NaiveDateTime>),
            webhooks::trouble.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores a failure, and when the next attempt is due. The webhook is switched off if the trouble is final, or lasts for a day.
/// Returns `true` if it is off now.
pub fn fail(conn: &mut AnyConnection, claim: &Claim, trouble: Trouble) -> AppResult<bool> {
    let now = clock::now();
    let Webhook { id, failures, failing_since, .. } = claim.webhook;
    let since = failing_since.unwrap_or(now);
    let failed = diesel::update(webhooks::table.find(id).filter(webhooks::claim.eq(&claim.name)))
        .set((
            webhooks::claim.eq(None::<String>),
            webhooks::claimed_until.eq(None::<NaiveDateTime>),
            webhooks::due_at.eq(now + pause_after(failures)),
            webhooks::failures.eq(failures + 1),
            webhooks::failing_since.eq(since),
            webhooks::trouble.eq(trouble.text()),
        ))
        .execute(conn)?;
    let is_over = failed == 1 && (trouble.is_final() || now - since >= PATIENCE);
    if is_over { stop(conn, id, State::Failed, None) } else { Ok(false) }
}

/// The pause after a failure, if this many failed before it.
fn pause_after(failures: i64) -> TimeDelta {
    let doubled = u32::try_from(failures).ok().and_then(|times| 2_i32.checked_pow(times));
    doubled
        .and_then(|factor| FIRST_PAUSE.checked_mul(factor))
        .map_or(LAST_PAUSE, |pause| pause.min(LAST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<i64> = (0..12).map(|failures| pause_after(failures).num_seconds()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!(pause_after(i64::MAX), LAST_PAUSE);
    }
}
