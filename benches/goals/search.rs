//! The first page of a search, in this process, compared with the same by hand; each query is sent to both in turn.

use std::path::Path;
use std::time::{Duration, Instant};

use carnet::book::list;
use carnet::config::DatabaseUrl;
use carnet::db::Db;

use crate::by_hand;
use crate::load::percentile;
use crate::served::{Client, Served, link};
use crate::{Database, Place, lines};

/// The first queries of each kind; the others are sampled.
const COMMON: [&str; 8] = ["m", "ma", "martin", "marie", "etat civil lyon", "marie martin", "01", "mairie"];
/// People from whom the queries of each kind are made.
pub const SAMPLED: usize = 60;
/// Repetitions of a single query.
const TIMES: usize = 15;
/// Pages in the middle of the book that are turned.
const TURNED: usize = 60;

/// The hand-written side.
enum ByHand {
    Sqlite(by_hand::Sqlite),
    Postgres(by_hand::Postgres),
}

impl ByHand {
    fn find(&mut self, asked: &str) -> anyhow::Result<usize> {
        Ok(match self {
            Self::Sqlite(book) => book.find(asked)?.len(),
            Self::Postgres(book) => book.find(asked)?.len(),
        })
    }
}

/// # Errors
/// Errors of the databases.
pub async fn measure(place: &Place, rows: usize) -> anyhow::Result<()> {
    let title = match place.database {
        Database::Sqlite => "S1, S2, S4: searches, SQLite",
        Database::Postgres => "S2, S3, S4: searches, PostgreSQL",
    };
    println!("{title}, {rows} contacts");
    let file = place.folder.path().join("lines.csv");
    std::fs::write(&file, lines::generate(rows))?;
    let mut by_hand = match place.database {
        Database::Sqlite => {
            let book = place.folder.path().join("hand.db");
            by_hand::make_sqlite(&file, &book)?;
            ByHand::Sqlite(by_hand::Sqlite::open(&book)?)
        }
        Database::Postgres => {
            let book = place.book("hand");
            crate::limit::postgres(&file, &book, crate::limit::BATCH)?;
            ByHand::Postgres(by_hand::Postgres::open(&book)?)
        }
    };
    let large = fill(place, "large", rows).await?;
    let small = fill(place, "small", 10_000).await?;
    let (book, small_book) = (open(place, "large")?, open(place, "small")?);
    let rows = questions(&file)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (kind, questions) in &rows {
        let (mut our, mut their) = (Vec::new(), Vec::new());
        for question in questions {
            let times = if questions.len() == 1 { TIMES } else { 1 };
            for _ in 0..times {
                let begun = Instant::now();
                by_hand.find(question)?;
                their.push(begun.elapsed());
                our.push(ask(&book, question)?);
            }
        }
        show(kind, &mut our, &mut their);
        if questions.len() > 1 {
            ours.append(&mut our);
            theirs.append(&mut their);
        }
    }
    show("all that are sampled", &mut ours, &mut theirs);
    let rare = middle(&book, lines::RARE)?;
    println!(
        "  => \"m\" takes {:.1} times what a rare name does; in this book \"m\" takes {:.1}, \"martin\" {:.1} and the rare \
         name {:.1} times what it does in one of 10 000",
        middle(&book, "m")? / rare,
        middle(&book, "m")? / middle(&small_book, "m")?,
        middle(&book, "martin")? / middle(&small_book, "martin")?,
        rare / middle(&small_book, lines::RARE)?,
    );
    drop((book, small_book, small));
    turn_pages(&large.client().await?).await
}

async fn fill(place: &Place, name: &str, rows: usize) -> anyhow::Result<Served> {
    let lines = lines::generate(rows).into_bytes();
    Ok(Served::filled(&place.url(name), lines).await?.0)
}

fn open(place: &Place, name: &str) -> anyhow::Result<Db> {
    Db::open(&DatabaseUrl::parse(&place.url(name))?)
}

/// # Errors
/// The search fails, or finds nothing.
pub fn ask(book: &Db, question: &str) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let page = book.read_blocking(|conn| list::first_page(conn, question))?;
    let taken = begun.elapsed();
    anyhow::ensure!(!page.rows.is_empty(), "no results for {question}");
    Ok(taken)
}

/// The median time of a query, in milliseconds.
fn middle(book: &Db, question: &str) -> anyhow::Result<f64> {
    let mut times = (0..TIMES).map(|_| ask(book, question)).collect::<anyhow::Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(percentile(&times, 50))
}

/// The queries by kind: common words one by one, and queries made of people of the book.
///
/// # Errors
/// The file cannot be read.
pub fn questions(file: &Path) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let mut kinds: Vec<(String, Vec<String>)> = COMMON
        .iter()
        .chain([&lines::RARE])
        .map(|asked| (format!("\"{asked}\""), vec![(*asked).to_owned()]))
        .collect();
    let names = [
        "the beginning of a last name",
        "first and last name",
        "last name and city",
        "service and city",
        "six digits of a number",
        "an e-mail address before its @",
    ];
    let mut sampled = names.map(|name| (name.to_owned(), Vec::new()));
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(file)?
        .into_records()
        .step_by(1_999)
        .take(SAMPLED);
    while let Some(line) = lines.next().transpose()? {
        let beginning: String = line[2].chars().take(3).collect();
        let local = line[3].split('@').next().unwrap_or_default().to_owned();
        let asked = [
            beginning.trim().to_owned(),
            format!("{} {}", &line[1], &line[2]),
            format!("{} {}", &line[2], &line[7]),
            format!("{} {}", &line[4], &line[7]),
            line[5][..6].to_owned(),
            local,
        ];
        for ((_, questions), asked) in sampled.iter_mut().zip(asked) {
            questions.push(asked);
        }
    }
    kinds.extend(sampled);
    Ok(kinds)
}

fn show(kind: &str, ours: &mut [Duration], theirs: &mut [Duration]) {
    ours.sort_unstable();
    theirs.sort_unstable();
    let figures = |times: &[Duration]| [50, 99, 100].map(|percent| percentile(times, percent));
    let ([our, our_99, our_most], [their, their_99, their_most]) = (figures(ours), figures(theirs));
    println!(
        "  {kind:<31} by hand {their:7.2} {their_99:7.2} {their_most:7.2} ms  carnet {our:7.2} {our_99:7.2} {our_most:7.2} ms \
         (p50, p99, most)  => {:.1} and {:.1} times",
        our / their,
        our_99 / their_99
    );
}

/// Measures the first page of the list and of searches, the pages that follow them, and pages in the middle of the book.
async fn turn_pages(client: &Client) -> anyhow::Result<()> {
    for (first, from) in [
        ("/contacts", "/contacts?after=0%3Am"),
        ("/contacts?q=ma", "/contacts?q=ma"),
        ("/contacts?q=01&sort=name", "/contacts?q=01&sort=name&after=0%3Am"),
    ] {
        let (mut front, mut turned) = (Vec::new(), Vec::new());
        let mut page = client.get(from).await?;
        for _ in 0..TURNED {
            let begun = Instant::now();
            client.get(first).await?;
            front.push(begun.elapsed());
            let Some(next) = link(&page, "next") else {
                break;
            };
            let begun = Instant::now();
            page = client.get(&next).await?;
            turned.push(begun.elapsed());
        }
        anyhow::ensure!(!turned.is_empty(), "no page beyond {from}");
        front.sort_unstable();
        turned.sort_unstable();
        println!(
            "  => {} pages beyond {from}: {:.2} times the first page (p50)",
            turned.len(),
            percentile(&turned, 50) / percentile(&front, 50)
        );
    }
    Ok(())
}
