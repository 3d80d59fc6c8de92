//! What other users notice of an import: pages, searches and saves during it, and the same without.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Place;
use crate::lines;
use crate::served::{Client, Served, field};

/// Contacts in the book before, and lines that are imported.
const BOOK: usize = 100_000;
const LINES: usize = 1_000_000;
/// Duration of the measurement without an import, and with one.
const MEASURED: Duration = Duration::from_secs(20);
const READERS: usize = 4;
const LIST: &[&str] = &["/contacts"];
const SEARCH: &[&str] =
    &["/contacts?q=martin", "/contacts?q=ma", "/contacts?q=beaulieu+helene", "/contacts?q=lefevre+voirie"];

/// # Errors
/// The server fails.
pub async fn measure(place: &Place) -> anyhow::Result<()> {
    let title = place.database.name();
    println!("I4: while {LINES} lines are imported into a book of {BOOK}, {title}");
    let lines = lines::generate(BOOK).into_bytes();
    let (_served, client) = Served::filled(&place.url("meanwhile"), lines).await?;
    let quiet = round(&client).await?;
    quiet.show("quiet");
    // Other people than those of the book.
    let more = lines::generate(LINES).replace("@mairie.example", "@regie.example");
    let (_, import) = client.upload("meanwhile", more.into_bytes()).await?;
    // The file is checked first; that phase shows percents.
    while !client.get(&import).await?.contains("lignes sur") {
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    let busy = round(&client).await?;
    anyhow::ensure!(
        client.get(&import).await?.contains("<progress"),
        "the import was over before the measuring was"
    );
    busy.show("import");
    println!(
        "  => {:.2} of the quiet requests a second for the list, {:.2} for searches; p99 {:.1} and {:.1} times the quiet",
        busy.list.rate() / quiet.list.rate(),
        busy.search.rate() / quiet.search.rate(),
        busy.list.milliseconds(99) / quiet.list.milliseconds(99),
        busy.search.milliseconds(99) / quiet.search.milliseconds(99),
    );
    Ok(())
}

struct Round {
    list: Times,
    search: Times,
    saves: Times,
}

impl Round {
    fn show(&self, when: &str) {
        for (what, times) in [("list", &self.list), ("search", &self.search), ("save", &self.saves)] {
            println!(
                "  {when:<7} {what:<7} {:7.0} requests/s  p50 {:6.1} ms  p99 {:6.1} ms  ({} requests)",
                times.rate(),
                times.milliseconds(50),
                times.milliseconds(99),
                times.0.len()
            );
        }
    }
}

/// The durations of requests of one kind.
struct Times(Vec<Duration>);

impl Times {
    fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "for showing")]
        let count = self.0.len() as f64;
        count / (MEASURED.as_secs_f64() / 2.0)
    }

    fn milliseconds(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        crate::load::percentile(&sorted, percent)
    }
}

/// Several readers of the list and then searchers at once, while one person saves a contact again and again.
async fn round(client: &Client) -> anyhow::Result<Round> {
    let stop = Arc::new(AtomicBool::new(false));
    let saving = actix_web::rt::spawn(save(client.clone(), Arc::clone(&stop)));
    let list = read(client, LIST).await?;
    let search = read(client, SEARCH).await?;
    stop.store(true, Ordering::Relaxed);
    let saves = saving.await??;
    Ok(Round { list, search, saves })
}

async fn read(client: &Client, paths: &'static [&str]) -> anyhow::Result<Times> {
    let until = Instant::now() + MEASURED / 2;
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let client = client.clone();
            actix_web::rt::spawn(async move {
                let mut times = Vec::new();
                for path in paths.iter().cycle().skip(reader) {
                    let begun = Instant::now();
                    client.get(path).await?;
                    times.push(begun.elapsed());
                    if Instant::now() > until {
                        break;
                    }
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for reader in readers {
        times.append(&mut reader.await??);
    }
    Ok(Times(times))
}

/// Changes the first contact's city five times per second.
async fn save(client: Client, stop: Arc<AtomicBool>) -> anyhow::Result<Times> {
    const CONTACT: &str = "/contacts/1";
    let names = ["csrf", "version", "civility", "first_name", "last_name", "email", "service", "phone_work"];
    let mut times = Vec::new();
    for city in ["Lyon", "Paris"].iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let page = client.get(&format!("{CONTACT}/edit")).await?;
        let mut fields: Vec<(&str, String)> = names
            .iter()
            .filter_map(|name| Some((*name, field(&page, name)?)))
            .filter(|(name, _)| *name != "civility")
            .collect();
        fields.push(("civility", "Mme".to_owned()));
        fields.push(("city", (*city).to_owned()));
        let begun = Instant::now();
        let (status, _) = client.post(CONTACT, &fields).await?;
        anyhow::ensure!(status == 303, "a save was answered {status}");
        times.push(begun.elapsed());
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(Times(times))
}
