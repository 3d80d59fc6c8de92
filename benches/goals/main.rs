//! The product compared with hand-written limits, in pairs in one run, on SQLite and on PostgreSQL; prints each goal's ratio.
//!
//! `cargo bench --bench goals` measures all goals. `cargo bench --bench goals -- i1 i5 pairs=3` measures some, with fewer
//! pairs:
//!
//! * `i1`, `i2`: 100 000 and 1 000 000 new lines into an empty book on SQLite, from the upload's first byte until the
//!   last line is searchable;
//! * `i3`: the 100 000 lines again, nothing changed;
//! * `i4`: pages, searches and saves while 1 000 000 lines are imported, compared with the same without an import, on both
//!   databases;
//! * `i5`: 100 000 new lines on PostgreSQL;
//! * `i6`: the 100 000 lines again, each with another street, on both databases;
//! * `any`: 100 000 rows of 12 mapped columns, new, unchanged and all changed, beside the strict import of as many lines, on both
//!   databases;
//! * `xlsx`: our reader of workbooks beside `calamine` alone, with the memory of both;
//! * `search`: the first pages of searches and pages far behind them, on both databases (S1 to S4);
//! * `pages`: pages per second (W1 to W3), and on PostgreSQL pages with a network of 1 ms each way before the database;
//! * `api`: look-ups by number, and contacts that another system keeps in step, on both databases;
//! * `footprint`: memory, start and bytes on disk (M1, D1);
//! * `overload`: pages with ten times the connections that keep the program busy, and the time to recover;
//! * `attacks`: requests of one attacker that would stop everybody else;
//! * `scale`: a book filled by ten lists of 1 000 000 lines, and then searched, listed, looked through for duplicates and exported,
//!   on both databases. It takes hours and 20 GB, so it is measured only when it is named.
//!
//! The last seven fill books of 1 000 000 contacts (`scale`: ten times as many); `rows=100000` makes them smaller, and
//! `sqlite` or `postgres` leaves out the other database. A separate PostgreSQL is started if it is installed.

mod any;
mod attacks;
mod by_hand;
mod delay;
mod footprint;
mod limit;
mod lines;
mod load;
mod meanwhile;
mod overload;
mod pages;
#[path = "../../tests/web/support/postgres.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "made for tests")]
mod postgres;
mod programs;
mod scale;
mod search;
mod served;

use std::path::Path;
use std::process::Command;

use served::Served;
use tempfile::TempDir;

const GOALS: [&str; 15] = [
    "i1",
    "i2",
    "i3",
    "i4",
    "i5",
    "i6",
    "any",
    "xlsx",
    "search",
    "pages",
    "api",
    "footprint",
    "overload",
    "attacks",
    "scale",
];
/// The goals that are measured if none is named; the last one only by its name.
const UNNAMED: usize = GOALS.len() - 1;
const PAIRS: usize = 5;
/// Contacts of a large book.
const ROWS: usize = 1_000_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["limit", database, file, place] = words[..] {
        return run_limit(database, Path::new(file), place);
    }
    if let ["xlsx", side @ ("carnet" | "calamine"), file] = words[..] {
        return any::read_xlsx(side, Path::new(file));
    }
    if let ["serve", book] = words[..] {
        return actix_web::rt::System::new().block_on(by_hand::serve(Path::new(book)));
    }
    let number = |name: &str, usual: usize| {
        let given = words.iter().find_map(|word| word.strip_prefix(name));
        given.map_or(Ok(usual), str::parse)
    };
    let (pairs, rows) = (number("pairs=", PAIRS)?, number("rows=", ROWS)?);
    let named: Vec<&str> = GOALS.into_iter().filter(|goal| words.contains(goal)).collect();
    let goals = if named.is_empty() { &GOALS[..UNNAMED] } else { &named };
    let databases: &[Database] = match (words.contains(&"sqlite"), words.contains(&"postgres")) {
        (true, false) => &[Database::Sqlite],
        (false, true) => &[Database::Postgres],
        _ => &[Database::Sqlite, Database::Postgres],
    };
    for goal in goals {
        actix_web::rt::System::new().block_on(measure(goal, databases, pairs, rows))?;
    }
    Ok(())
}

async fn measure(goal: &str, databases: &[Database], pairs: usize, rows: usize) -> anyhow::Result<()> {
    use Database::{Postgres, Sqlite};
    let (title, lines, database, book) = match goal {
        "i1" => ("I1: new, SQLite", 100_000, Sqlite, Book::Empty),
        "i2" => ("I2: new, SQLite", 1_000_000, Sqlite, Book::Empty),
        "i3" => ("I3: unchanged, SQLite", 100_000, Sqlite, Book::Same),
        "i5" => ("I5: new, PostgreSQL", 100_000, Postgres, Book::Empty),
        "xlsx" => return any::measure_xlsx(pairs),
        "i6" => {
            for &database in databases {
                let title = format!("I6: changed, {}", database.name());
                compare(&title, 100_000, pairs, database, Book::Changed).await?;
            }
            return Ok(());
        }
        "any" => {
            for &database in databases {
                any::measure(database, pairs).await?;
            }
            return Ok(());
        }
        _ => {
            for &database in databases {
                let Some(place) = Place::new(database)? else {
                    continue;
                };
                match goal {
                    "search" => search::measure(&place, rows).await?,
                    "api" => programs::measure(&place, rows, pairs).await?,
                    "pages" => pages::measure(&place, rows, pairs).await?,
                    "overload" => overload::measure(&place, rows).await?,
                    "attacks" => attacks::measure(&place, rows).await?,
                    "footprint" => footprint::measure(&place, rows).await?,
                    "scale" => scale::measure(&place, rows).await?,
                    _ => meanwhile::measure(&place).await?,
                }
            }
            return Ok(());
        }
    };
    compare(title, lines, pairs, database, book).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// For titles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The content of the book before the clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Book {
    Empty,
    /// Exactly the contacts of the file.
    Same,
    /// The contacts of the file, on another street.
    Changed,
}

/// The location of the books of both sides.
pub struct Place {
    pub database: Database,
    pub folder: TempDir,
    cluster: Option<postgres::Cluster>,
}

impl Place {
    /// `None` if there is no PostgreSQL.
    fn new(database: Database) -> anyhow::Result<Option<Self>> {
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgres => {
                let Some(cluster) = postgres::Cluster::durable() else {
                    println!("PostgreSQL is not installed: left out");
                    return Ok(None);
                };
                Some(cluster)
            }
        };
        Ok(Some(Self { database, folder: tempfile::tempdir()?, cluster }))
    }

    /// A database by name: a path on SQLite, a URL on PostgreSQL.
    pub fn book(&self, name: &str) -> String {
        match &self.cluster {
            None => self.folder.path().join(format!("{name}.db")).display().to_string(),
            Some(cluster) => cluster.schema(name),
        }
    }

    pub fn url(&self, name: &str) -> String {
        match self.database {
            Database::Sqlite => format!("sqlite://{}", self.book(name)),
            Database::Postgres => self.book(name),
        }
    }

    /// Removes a book's files, so that writing them does not slow down the next book.
    fn clear(&self, name: &str) {
        if self.database == Database::Sqlite {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", self.book(name)));
            }
        }
    }
}

async fn compare(
    title: &str,
    lines: usize,
    pairs: usize,
    database: Database,
    book: Book,
) -> anyhow::Result<()> {
    let Some(place) = Place::new(database)? else {
        return Ok(());
    };
    let file = place.folder.path().join("lines.csv");
    std::fs::write(&file, lines::generate(lines))?;
    let before = place.folder.path().join("before.csv");
    // The last one is measured.
    let files = match book {
        Book::Empty => vec![&file],
        Book::Same => vec![&file, &file],
        Book::Changed => {
            std::fs::write(&before, lines::on_street(lines, lines::Street::Basse))?;
            vec![&before, &file]
        }
    };
    println!("{title}, {lines} lines, {pairs} pairs");
    let mut ratios = Vec::new();
    for pair in 0..pairs {
        let (limit, carnet) = (format!("limit{pair}"), format!("carnet{pair}"));
        let mut limit_taken = (0.0, 0);
        for file in &files {
            limit_taken = time_limit(&place, file, &limit)?;
        }
        show("limit", lines, limit_taken, &place, &limit);
        place.clear(&limit);
        let served = Served::start(&place.url(&carnet))?;
        let client = served.client().await?;
        let mut taken = 0.0;
        for (run, file) in files.iter().enumerate() {
            let bytes = std::fs::read(file)?;
            taken = client.import(&format!("bench{run}"), bytes).await?.as_secs_f64();
        }
        show("carnet", lines, (taken, served.peak_memory()), &place, &carnet);
        drop(served);
        place.clear(&carnet);
        ratios.push(taken / limit_taken.0);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "  => {:.2} times the limit (median; {:.2} to {:.2})",
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1]
    );
    Ok(())
}

fn show(side: &str, lines: usize, (seconds, memory): (f64, u64), place: &Place, book: &str) {
    let stored = match place.database {
        Database::Sqlite => std::fs::metadata(place.book(book)).map_or(0, |file| file.len()),
        Database::Postgres => 0,
    };
    #[expect(clippy::cast_precision_loss, reason = "for showing")]
    let (rate, bytes) = (lines as f64 / seconds, stored as f64 / lines as f64);
    println!(
        "  {side:<7} {seconds:6.2} s  {rate:9.0} lines/s  {memory:>4} MiB at most  {bytes:5.0} bytes a line"
    );
}

/// Seconds and MiB of the hand-written limit, in a process of its own.
fn time_limit(place: &Place, file: &Path, name: &str) -> anyhow::Result<(f64, u64)> {
    let database = match place.database {
        Database::Sqlite => "sqlite",
        Database::Postgres => "postgres",
    };
    let output = Command::new(std::env::current_exe()?)
        .args(["limit", database])
        .arg(file)
        .arg(place.book(name))
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let mut numbers = text.split_whitespace();
    Ok((numbers.next().unwrap_or_default().parse()?, numbers.next().unwrap_or_default().parse()?))
}

fn run_limit(database: &str, file: &Path, place: &str) -> anyhow::Result<()> {
    let begun = std::time::Instant::now();
    match database {
        "sqlite" => limit::sqlite(file, Path::new(place), limit::BATCH)?,
        _ => limit::postgres(file, place, limit::BATCH)?,
    }
    println!("{} {}", begun.elapsed().as_secs_f64(), served::memory("self", "VmHWM"));
    Ok(())
}
