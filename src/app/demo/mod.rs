//! `serve --demo`: a temporary database with invented people, for trying everything.

mod office;
mod people;
mod scenes;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::TimeDelta;
use tempfile::TempDir;

use self::office::Office;
use crate::accounts::{self, Profile};
use crate::base::clock;
use crate::base::random::random_hex;
use crate::config::DatabaseUrl;
use crate::db::{AnyConnection, Db};
use crate::domain::{Role, Username};
use crate::error::{AppError, AppResult};

/// The accounts with the names of their owners.
const ACCOUNTS: [(&str, Role, &str); 3] = [
    ("coordinateur", Role::Coordinator, "Claire Morvan"),
    ("agent", Role::Agent, "Samir Bouaziz"),
    ("admin", Role::Administrator, "Isabelle Lacombe"),
];

/// The time since the accounts were added, before everything else.
const FIRST_DAY: TimeDelta = TimeDelta::days(403);

/// A demonstration. Its database is deleted when the value is dropped.
pub struct Demo {
    folder: TempDir,
    password: String,
}

impl Demo {
    /// # Errors
    /// No folder for temporary files.
    pub fn prepare() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir().context("no folder for the demonstration's database")?,
            password: format!("essai-{}", random_hex::<3>()),
        })
    }

    pub fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.path())
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("demo.db")
    }

    /// Creates the accounts, and plays what they have done.
    pub async fn fill(&self, db: &Db) -> anyhow::Result<()> {
        let (db, password) = (db.clone(), self.password.clone());
        let played = tokio::task::spawn_blocking(move || {
            let add = || db.write_blocking(|conn| add_accounts(conn, &password));
            let office = Office::new(&db, clock::in_the_past(FIRST_DAY, add)?);
            for (days, scene) in scenes::STORY {
                office.play(days, scene).with_context(|| format!("the scene {days} days ago"))?;
            }
            anyhow::Ok(())
        });
        played.await?
    }

    pub fn announce(&self, address: SocketAddr) {
        println!("Carnet is ready at http://{address}/ (demonstration: nothing is kept)");
        for (name, role, _) in ACCOUNTS {
            println!("  {name:<13} {}  ({})", self.password, role.as_str());
        }
    }
}

fn add_accounts(conn: &mut AnyConnection, password: &str) -> AppResult<[i64; 3]> {
    let mut ids = [0; 3];
    for (id, (name, role, owner)) in ids.iter_mut().zip(ACCOUNTS) {
        let username =
            Username::parse(name).map_err(|_| AppError::BadRequest("a name of the demonstration"))?;
        let email = format!("{name}@relation.example");
        let profile = Profile { display_name: owner.to_owned(), email };
        *id = accounts::insert_account(conn, &username, role, &profile, password)?;
    }
    Ok(ids)
}
