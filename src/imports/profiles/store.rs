//! The queries on profiles.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::{accounts, import_profiles};
use crate::db::{AnyConnection, Json, account_name, lock_rows};
use crate::domain::{Change, Drawn, TICKED, fold, tidy};
use crate::error::{AppError, AppResult};
use crate::imports::mapping::Mapping;

/// The most profiles: each list is compared with all of them, and their page shows them all.
pub const MOST: i64 = 200;
/// The most characters of a name.
pub const LONGEST: usize = 50;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = import_profiles)]
pub struct Profile {
    pub id: i64,
    #[diesel(embed)]
    pub settings: Settings,
    /// The headings and the choices for their columns.
    #[diesel(deserialize_as = Json<Mapping>)]
    pub mapping: Mapping,
    /// When a list was last read by it.
    pub used_at: Option<NaiveDateTime>,
    pub updated_at: NaiveDateTime,
}

impl From<Json<Self>> for Mapping {
    fn from(json: Json<Self>) -> Self {
        json.0
    }
}

/// What the form of a profile sets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = import_profiles)]
pub struct Settings {
    /// From 1 to [`LONGEST`] characters.
    pub name: String,
    /// From 0 to 100 per cent of a list's rows: more rows that change a contact wait for a decision.
    pub bound_changed: i64,
    /// The same for rows that empty a value of a contact.
    pub bound_emptied: i64,
    /// Whether a list without rejected or doubtful rows, within the bounds, is applied at once.
    pub apply: bool,
}

impl Settings {
    /// Names and values, as the form and the history have them.
    pub fn values(&self) -> [(&'static str, String); 4] {
        let apply = if self.apply { TICKED } else { "" };
        [
            ("name", self.name.clone()),
            ("bound_changed", self.bound_changed.to_string()),
            ("bound_emptied", self.bound_emptied.to_string()),
            ("apply", apply.to_owned()),
        ]
    }
}

/// A profile with the name of the account that changed it last.
pub type Listed = (Profile, Option<String>);

/// All profiles, by name.
pub fn all(conn: &mut AnyConnection) -> AppResult<Vec<Listed>> {
    Ok(import_profiles::table
        .left_join(accounts::table)
        .order((import_profiles::name_key, import_profiles::id))
        .select((Profile::as_select(), account_name().nullable()))
        .load(conn)?)
}

/// All profiles, the last used one first.
pub fn by_last_use(conn: &mut AnyConnection) -> AppResult<Vec<Profile>> {
    let mut profiles: Vec<Profile> =
        import_profiles::table.order(import_profiles::id.desc()).select(Profile::as_select()).load(conn)?;
    // The databases disagree about the place of profiles that were never used.
    profiles.sort_by_key(|profile| std::cmp::Reverse(profile.used_at));
    Ok(profiles)
}

/// # Errors
/// [`AppError::NotFound`] if there is no such profile.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Profile> {
    Ok(import_profiles::table.find(id).select(Profile::as_select()).first(conn)?)
}

/// The names of all profiles, by id.
pub fn names(conn: &mut AnyConnection) -> AppResult<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> =
        import_profiles::table.select((import_profiles::id, import_profiles::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The profile with a name, in any spelling of its capitals and accents.
pub fn by_name(conn: &mut AnyConnection, name: &str) -> AppResult<Option<Profile>> {
    let same = import_profiles::table.filter(import_profiles::name_key.eq(fold(&tidy(name))));
    Ok(same.select(Profile::as_select()).first(conn).optional()?)
}

/// The result of [`add`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Yes(i64),
    /// There are [`MOST`] profiles already.
    TooMany,
}

/// Keeps a mapping as a profile that asks before each list is applied.
///
/// # Errors
/// `Taken(ImportProfileName)` if another profile has the name.
pub fn add(conn: &mut AnyConnection, name: &str, mapping: &Mapping, account: i64) -> AppResult<Added> {
    let settings = Settings { name: name.to_owned(), bound_changed: 10, bound_emptied: 10, apply: false };
    insert(conn, &settings, mapping, Some(clock::now()), account)
}

fn insert(
    conn: &mut AnyConnection,
    settings: &Settings,
    mapping: &Mapping,
    used_at: Option<NaiveDateTime>,
    account: i64,
) -> AppResult<Added> {
    let count: i64 = import_profiles::table.count().get_result(conn)?;
    if count >= MOST {
        return Ok(Added::TooMany);
    }
    let now = clock::now();
    let id = diesel::insert_into(import_profiles::table)
        .values((
            import_profiles::name.eq(&settings.name),
            import_profiles::name_key.eq(fold(&settings.name)),
            import_profiles::mapping.eq(serde_json::to_string(mapping)?),
            import_profiles::bound_changed.eq(settings.bound_changed),
            import_profiles::bound_emptied.eq(settings.bound_emptied),
            import_profiles::apply.eq(settings.apply),
            import_profiles::created_at.eq(now),
            import_profiles::used_at.eq(used_at),
            import_profiles::updated_at.eq(now),
            import_profiles::updated_by.eq(account),
        ))
        .returning(import_profiles::id)
        .get_result(conn)?;
    let entry = Entry::new(Kind::ProfileAdded, Some(account)).subject(&settings.name);
    audit::record(conn, &[entry])?;
    Ok(Added::Yes(id))
}

/// Copies a profile under the first free name: `name`, or `name 2` and so on, cut to [`LONGEST`] characters.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such profile.
pub fn copy(conn: &mut AnyConnection, id: i64, name: &str, account: i64) -> AppResult<Added> {
    let profile = find(conn, id)?;
    let taken: Vec<String> = import_profiles::table.select(import_profiles::name_key).load(conn)?;
    let taken: HashSet<String> = taken.into_iter().collect();
    let numbered = |number: i64| {
        let end = if number == 1 { String::new() } else { format!(" {number}") };
        let room = LONGEST - end.len();
        name.chars().take(room).collect::<String>().trim_end().to_owned() + &end
    };
    // One more name than there can be profiles.
    let name = (1..=MOST + 1).map(numbered).find(|name| !taken.contains(&fold(name)));
    let name = name.ok_or_else(|| AppError::Internal(anyhow::anyhow!("no name is free")))?;
    insert(conn, &Settings { name, ..profile.settings }, &profile.mapping, None, account)
}

/// Notes that a list is read by a profile.
pub fn note_use(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let used = import_profiles::used_at.eq(clock::now());
    diesel::update(import_profiles::table.find(id)).set(used).execute(conn)?;
    Ok(())
}

/// The result of [`update`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    Yes,
    /// Nothing saved: somebody has changed the profile since the form was shown.
    Stale,
}

/// Changes what the form sets; `drawn` are the values that the form was shown with.
///
/// # Errors
/// `Taken(ImportProfileName)` if another profile has the name, [`AppError::NotFound`] if there is no such profile.
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    settings: &Settings,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Updated> {
    let stored = lock(conn, id)?.settings;
    if stored == *settings {
        return Ok(Updated::Yes);
    }
    let before = stored.values();
    let values = before.each_ref().map(|(_, value)| value.as_str());
    if !drawn.is(&values) {
        return Ok(Updated::Stale);
    }
    diesel::update(import_profiles::table.find(id))
        .set((
            settings,
            import_profiles::name_key.eq(fold(&settings.name)),
            import_profiles::updated_at.eq(clock::now()),
            import_profiles::updated_by.eq(account),
        ))
        .execute(conn)?;
    let changes = before
        .into_iter()
        .zip(settings.values())
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| Change { field: field.to_owned(), old, new });
    let entry = Entry::new(Kind::ProfileEdited, Some(account)).subject(&stored.name);
    audit::record(conn, &[entry.changes(changes.collect())])?;
    Ok(Updated::Yes)
}

/// Deletes a profile, and returns its name. Imports that were read by it keep their mapping.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such profile.
pub fn delete(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<String> {
    let name = lock(conn, id)?.settings.name;
    diesel::delete(import_profiles::table.find(id)).execute(conn)?;
    audit::record(conn, &[Entry::new(Kind::ProfileDeleted, Some(account)).subject(&name)])?;
    Ok(name)
}

fn lock(conn: &mut AnyConnection, id: i64) -> AppResult<Profile> {
    let row = import_profiles::table.find(id);
    let stored: Vec<Profile> = lock_rows!(conn, row, Profile::as_select());
    stored.into_iter().next().ok_or(AppError::NotFound)
}
