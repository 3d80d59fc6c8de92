//! A book on a database of its own, which can be copied, and the lists that are imported into it.

use std::path::Path;
use std::time::{Duration, Instant};

use carnet::db::schema::{import_undos, imports, jobs};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use tempfile::TempDir;

use super::process::{Served, add_coordinator};
use super::{Backend, Client, PASSWORD, dump, postgres};

/// The import during which the program is killed.
pub const NAME: &str = "juin";

/// The longest time for one step of the program, while others run too.
const PATIENCE: Duration = Duration::from_secs(120);

/// The work under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Check,
    Apply,
    Undo,
}

/// The progress of a book.
#[derive(Debug, Default)]
pub struct Look {
    /// The import's id, 0 before it exists.
    pub import: i64,
    /// `true` if its undo was begun.
    pub undo: bool,
    /// `None` if no work is under way.
    pub phase: Option<Phase>,
    /// `true` if its job is stored: for a moment longer than the work is under way.
    pub job: bool,
    /// The claim of its job.
    pub claim: Option<String>,
    /// The duration of checking and applying, once they have finished.
    pub took: Option<Duration>,
}

pub struct Book {
    pub backend: Backend,
    pub url: String,
    folder: TempDir,
}

impl Book {
    /// `None` if there is no PostgreSQL.
    fn empty(backend: Backend) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = match backend {
            Backend::Sqlite => sqlite_in(folder.path()),
            Backend::Postgres => postgres::fresh_database(None)?,
        };
        Some(Self { backend, url, folder })
    }

    /// A copy of this book, which must not be in use.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match self.backend {
            Backend::Sqlite => {
                for entry in std::fs::read_dir(self.folder.path()).unwrap() {
                    let entry = entry.unwrap();
                    std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
                }
                sqlite_in(folder.path())
            }
            Backend::Postgres => postgres::fresh_database(Some(&self.url)).unwrap(),
        };
        Self { backend: self.backend, url, folder }
    }
}

type ContactRow = (i64, String, NaiveDateTime, Option<NaiveDateTime>);

/// The progress of the import [`NAME`] in a database.
pub fn look(url: &str) -> Look {
    let conn = &mut dump::open(url);
    let found: Option<ContactRow> = imports::table
        .filter(imports::name.eq(NAME))
        .select((imports::id, imports::state, imports::created_at, imports::finished_at))
        .first(conn)
        .optional()
        .unwrap();
    let Some((id, state, begun, finished)) = found else {
        return Look::default();
    };
    let undos: Vec<Option<NaiveDateTime>> = import_undos::table
        .filter(import_undos::import_id.eq(id))
        .select(import_undos::finished_at)
        .load(conn)
        .unwrap();
    let phase = match state.as_str() {
        "mapping" | "checking" => Some(Phase::Check),
        "applying" => Some(Phase::Apply),
        "done" if undos == [None] => Some(Phase::Undo),
        "deciding" | "done" => None,
        other => panic!("the import is {other}"),
    };
    let claim: Option<Option<String>> =
        jobs::table.filter(jobs::subject_id.eq(id)).select(jobs::claimed_by).first(conn).optional().unwrap();
    Look {
        import: id,
        undo: !undos.is_empty(),
        phase,
        job: claim.is_some(),
        claim: claim.flatten(),
        // Zero if the clock was set back meanwhile.
        took: finished.map(|finished| (finished - begun).to_std().unwrap_or_default()),
    }
}

/// Looks again until `is_so` holds, however slow the machine is.
pub async fn until(url: &str, is_so: impl Fn(&Look) -> bool) -> Look {
    let begun = Instant::now();
    loop {
        let look = look(url);
        if is_so(&look) {
            return look;
        }
        assert!(begun.elapsed() < PATIENCE, "{url}: {look:?}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        if self.backend == Backend::Postgres {
            postgres::drop_database(&self.url);
        }
    }
}

fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("carnet.db").display())
}

fn line(index: usize, service: &str, city: &str) -> String {
    format!(
        "Mme,Zoé{index},N{index:05},p{index}@mairie.example,{service},01{index:08},{index} rue Haute,{city}\n"
    )
}

/// The list that fills the book.
fn first_list() -> String {
    (0..3_000).map(|index| line(index, "Voirie", "Lyon")).collect()
}

/// The list during whose import the program is killed, with lines of every kind throughout. Of the first list it restores 20
/// deleted contacts, overwrites some that were edited, changes some and leaves others as they are.
pub fn second_list() -> String {
    let mut list = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n".to_owned();
    for index in 0..9_000 {
        let next = match index {
            _ if index % 450 == 7 => line(index / 450, "Voirie", "Lyon"),
            _ if index % 1_000 == 57 => line(25 + index / 1_000, "Accueil", "Brest"),
            _ if index % 100 == 3 => format!("Dr,Refus{index},Rejeté,,,06 12,,\n"),
            _ if index % 100 == 13 => "\n".to_owned(),
            _ if index % 100 == 23 => line(10_001 + index, "Doublon", "Nice").replace("mairie", "MAIRIE"),
            _ if index % 10 < 2 => line(100 + index / 10 * 2 + index % 10, "Eau", "Évry"),
            _ if index % 10 == 2 => line(2_000 + index / 10, "Voirie", "Lyon"),
            _ => line(10_000 + index, "Paie", "Nantes"),
        };
        list.push_str(&next);
    }
    list
}

pub async fn signed_in(served: &Served) -> Client {
    let alice = Client::new(served.address);
    alice.sign_in("alice", PASSWORD).await;
    alice
}

/// A book that was in use: imported, edited and partly deleted by its pages. `None` if there is no PostgreSQL.
pub async fn in_use(backend: Backend) -> Option<Book> {
    let book = Book::empty(backend)?;
    let mut served = Served::on(&book.url, "127.0.0.1:0");
    add_coordinator("alice", &book.url);
    let alice = signed_in(&served).await;
    alice.import("mai", first_list(), false).await;
    let people = alice.get("/contacts").await.attributes("tbody th a", "href");
    for path in &people[..25] {
        let ask = alice.get(&format!("{path}/delete")).await;
        assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    }
    for (path, title) in people[25..35]
        .iter()
        .map(|path| (path, "Cheffe"))
        .chain(people[25..30].iter().map(|path| (path, "Directrice")))
    {
        let form = alice.get(&format!("{path}/edit")).await;
        let typed = [("service", Some("Cabinet")), ("title", Some(title)), ("transfer", Some("on"))];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    }
    served.signal("TERM");
    assert!(served.ended_within(Duration::from_secs(10)).success());
    Some(book)
}
