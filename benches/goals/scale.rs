//! A book of ten million contacts: what each step takes, and the memory that it needs.

use std::time::{Duration, Instant};

use carnet::config::DatabaseUrl;
use carnet::db::Db;
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};

use crate::load::{self, percentile};
use crate::served::{self, Client, Served, field};
use crate::{Database, Place, lines, search};

/// Lists that fill the book, one after the other.
const LISTS: usize = 10;
/// How long a page is asked for, by one person at a time.
const LASTING: Duration = Duration::from_secs(5);

/// # Errors
/// The server fails.
pub async fn measure(place: &Place, rows: usize) -> anyhow::Result<()> {
    println!("Scale: {LISTS} lists of {rows} lines, {}", place.database.name());
    let url = place.url("scale");
    let served = Served::start(&url)?;
    let client = served.client().await?;
    for list in 0..LISTS {
        served.forget_peak()?;
        let taken = client.import(&format!("list{list}"), lines::part(list, rows).into_bytes()).await?;
        show_step(place, &served, &format!("list {}", list + 1), taken, rows)?;
    }
    served.forget_peak()?;
    let begun = Instant::now();
    served::rest(&url).await?;
    show_step(place, &served, "jobs afterwards", begun.elapsed(), LISTS * rows)?;
    served.end()?;
    let (served, started) = Served::start_timed(&url).await?;
    println!("  the first page {:.0} ms after the start", started.as_secs_f64() * 1000.0);
    ask(place, rows)?;
    turn(&served, &served.client().await?)?;
    // The connection of the client before was idle for too long.
    let client = served.client().await?;
    served.forget_peak()?;
    let begun = Instant::now();
    let token = field(&client.get("/duplicates").await?, "csrf").unwrap_or_default();
    client.post("/duplicates/search", &[("csrf", token)]).await?;
    served::rest(&url).await?;
    show_step(place, &served, "duplicates", begun.elapsed(), LISTS * rows)?;
    served.forget_peak()?;
    let begun = Instant::now();
    let export = load::run(&served.target(&client)?, &["/contacts.csv".to_owned()], (1, Duration::ZERO))?;
    show_step(
        place,
        &served,
        &format!("export, {} MB", export.bytes / 1_000_000),
        begun.elapsed(),
        LISTS * rows,
    )
}

fn show_step(
    place: &Place,
    served: &Served,
    what: &str,
    taken: Duration,
    contacts: usize,
) -> anyhow::Result<()> {
    let seconds = taken.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "for showing")]
    let rate = contacts as f64 / seconds;
    println!(
        "  {what:<18} {seconds:7.1} s  {rate:9.0} contacts/s  {:>4} MiB at most  the book has {:6} MB",
        served.peak_memory(),
        size(place)? / 1_000_000
    );
    Ok(())
}

/// Bytes of the book on disk.
fn size(place: &Place) -> anyhow::Result<u64> {
    #[derive(QueryableByName)]
    struct Size {
        #[diesel(sql_type = BigInt)]
        size: i64,
    }
    match place.database {
        Database::Sqlite => Ok(std::fs::metadata(place.book("scale"))?.len()),
        Database::Postgres => {
            let mut conn = PgConnection::establish(&place.book("scale"))?;
            let found: Size =
                sql_query("SELECT pg_database_size(current_database()) AS size").get_result(&mut conn)?;
            Ok(found.size.unsigned_abs())
        }
    }
}

/// Searches of each kind, in this process.
fn ask(place: &Place, rows: usize) -> anyhow::Result<()> {
    let file = place.folder.path().join("lines.csv");
    std::fs::write(&file, lines::part(0, rows))?;
    let book = Db::open(&DatabaseUrl::parse(&place.url("scale"))?)?;
    let mut sampled = Vec::new();
    for (kind, questions) in search::questions(&file)? {
        let mut times = Vec::new();
        for question in questions.iter().cycle().take(search::SAMPLED) {
            times.push(search::ask(&book, question)?);
        }
        show_times(&kind, &mut times);
        if questions.len() > 1 {
            sampled.append(&mut times);
        }
    }
    show_times("all that are sampled", &mut sampled);
    Ok(())
}

fn show_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let [median, late, most] = [50, 99, 100].map(|percent| percentile(times, percent));
    println!("  {what:<31} p50 {median:7.2} ms  p99 {late:7.2} ms  most {most:7.2} ms");
}

/// Pages of the list and of a contact.
fn turn(served: &Served, client: &Client) -> anyhow::Result<()> {
    let target = served.target(client)?;
    for path in [
        "/contacts",
        "/contacts?after=0%3Am",
        "/contacts?sort=updated",
        "/contacts?sort=city",
        "/contacts?service=Voirie&city=Lyon",
        "/contacts?import=1",
        "/contacts/1",
    ] {
        let asked = load::run(&target, &[path.to_owned()], (1, LASTING))?;
        println!("  {path:<31} p50 {:7.2} ms  p99 {:7.2} ms", asked.milliseconds(50), asked.milliseconds(99));
    }
    Ok(())
}
