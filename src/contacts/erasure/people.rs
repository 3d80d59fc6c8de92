//! Who goes when people are erased, and what they were known by: their e-mails, and the words of their names.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use crate::contacts::search;
use crate::contacts::store::{former_emails, wholes};
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Change, Email, Field, Findable};
use crate::error::AppResult;
use crate::history::Kind;
use crate::history::store::Happened;

/// The fields that may tell who somebody was.
const NAMING: [Field; 6] = [
    Field::FirstName,
    Field::LastName,
    Field::Title,
    Field::Email,
    Field::EmailPersonal,
    Field::EmailOther,
];

#[derive(Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Person {
    pub id: i64,
    email: Option<String>,
    /// One to a line.
    former_emails: String,
}

/// People who go.
pub struct Leaving {
    pub people: Vec<Person>,
    /// Of those who are parts of somebody who stays: of whom.
    pub stays: HashMap<i64, i64>,
}

/// Holds the people that `find` tells, and those who stay whose parts they are, until the transaction ends, so that nobody
/// writes about them any more.
///
/// # Errors
/// Those of the database.
pub fn hold(
    conn: &mut AnyConnection,
    find: impl Fn(&mut AnyConnection) -> AppResult<Vec<i64>>,
) -> AppResult<Leaving> {
    let find = |conn: &mut AnyConnection| -> AppResult<(HashSet<i64>, HashMap<i64, i64>)> {
        let ids = find(conn)?;
        let stays = wholes(conn, &ids)?;
        let ids: HashSet<i64> = ids.into_iter().collect();
        let stays = stays.into_iter().filter(|(_, whole)| !ids.contains(whole));
        Ok((ids.clone(), stays.collect()))
    };
    let mut found = find(conn)?;
    loop {
        let (ids, stays) = &found;
        let people = held(conn, ids.iter().chain(stays.values()))?;
        // One may have been restored, or merged with another, before it was held.
        let now = find(conn)?;
        if now == found {
            let (ids, stays) = now;
            let people = people.into_iter().filter(|one| ids.contains(&one.id));
            return Ok(Leaving {
                people: people.collect(),
                stays,
            });
        }
        found = now;
    }
}

/// One that writes on SQLite is alone already.
fn held<'a>(
    conn: &mut AnyConnection,
    ids: impl Iterator<Item = &'a i64>,
) -> AppResult<Vec<Person>> {
    let rows = contacts::table
        .filter(contacts::id.eq_any(ids))
        .order(contacts::id);
    Ok(match conn {
        AnyConnection::Sqlite(conn) => rows.select(Person::as_select()).load(conn)?,
        AnyConnection::Postgres(conn) => {
            rows.select(Person::as_select()).for_update().load(conn)?
        }
    })
}

/// The history of people, the latest first.
type Past = HashMap<i64, Vec<Happened>>;

/// The e-mails that these people have and had: an import may have held them under each.
///
/// # Errors
/// Those of the database.
pub fn emails(conn: &mut AnyConnection, people: &[&Person], past: &Past) -> AppResult<Vec<Email>> {
    let ids: Vec<i64> = people.iter().map(|person| person.id).collect();
    let before_merging = former_emails(conn, &ids)?;
    let mut emails: Vec<String> = before_merging.into_iter().map(|(_, email)| email).collect();
    for person in people {
        emails.extend(person.email.clone());
        emails.extend(own_emails(person, past));
    }
    Ok(emails
        .iter()
        .filter_map(|email| Email::stored(email))
        .collect())
}

/// The e-mails that somebody had, and what was erased of it: not such as a merge chose from another, who may be another
/// again by now.
pub fn own_emails(person: &Person, past: &Past) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = person.former_emails.lines().map(str::to_owned).collect();
    let changes: Vec<(Option<Kind>, &Change)> = past
        .get(&person.id)
        .into_iter()
        .flatten()
        .flat_map(|happened| {
            let of_email = |change: &&Change| change.field == Field::Email.form_name();
            let changes = happened.changes.iter().filter(of_email);
            changes.map(|change| (happened.kind, change))
        })
        .collect();
    // The latest is first: what stood before the last is what it came with.
    own.extend(changes.last().map(|(_, change)| change.old.clone()));
    own.extend(
        changes
            .into_iter()
            .filter(|(kind, _)| !matches!(kind, Some(Kind::ContactMerged | Kind::MergeUndone)))
            .map(|(_, change)| change.new.clone()),
    );
    own.remove("");
    own
}

/// Lets whoever a part was a part of be erased with its e-mails, when that day comes.
///
/// # Errors
/// Those of the database.
pub fn hand_on(conn: &mut AnyConnection, emails: &BTreeSet<String>, to: i64) -> AppResult<()> {
    let known: String = contacts::table
        .find(to)
        .select(contacts::former_emails)
        .first(conn)?;
    let all: BTreeSet<&str> = known
        .lines()
        .chain(emails.iter().map(String::as_str))
        .collect();
    let all: Vec<&str> = all.into_iter().collect();
    diesel::update(contacts::table.find(to))
        .set(contacts::former_emails.eq(all.join("\n")))
        .execute(conn)?;
    Ok(())
}

/// The words of their former names, titles and e-mails.
pub fn former_words(past: &Past) -> BTreeSet<String> {
    let changes = past.values().flatten().flat_map(|past| &past.changes);
    changes
        .filter(|change| Field::parse(&change.field).is_some_and(|field| NAMING.contains(&field)))
        .flat_map(|change| [&change.old, &change.new])
        .flat_map(|value| {
            // Those of a first name are known with their mark and without.
            let findable = Findable {
                first_name: value,
                ..Findable::default()
            };
            let tokens = findable.tokens();
            let words = search::vocabulary::words_of(&tokens).map(str::to_owned);
            words.collect::<Vec<String>>()
        })
        .collect()
}
