//! Pages of the real program, signed in, compared with pages by hand that have neither accounts nor rights.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::load::{self, Target};
use crate::served::Served;
use crate::{Database, Place, by_hand, delay, lines};

/// How long each side is asked each time.
const LASTING: Duration = Duration::from_secs(4);

/// The time that the network takes each way.
const AWAY: Duration = Duration::from_millis(1);

/// # Errors
/// A server does not start or answer.
pub async fn measure(place: &Place, rows: usize, pairs: usize) -> anyhow::Result<()> {
    let name = place.database.name();
    println!("W1, W2, W3: pages, {name}, {rows} contacts, {pairs} pairs; by hand on SQLite");
    let file = place.folder.path().join("lines.csv");
    std::fs::write(&file, lines::generate(rows))?;
    let hand_book = place.folder.path().join("hand.db");
    by_hand::make_sqlite(&file, &hand_book)?;
    let (served, client) = Served::filled(&place.url("pages"), std::fs::read(&file)?).await?;
    let carnet = served.target(&client)?;
    let hand = ByHand::start(&hand_book)?;
    let sides = [
        ("W1 list", "/contacts", "/contacts"),
        ("W2 search", "/search?q=martin", "/contacts?q=martin"),
        ("W3 contact", "/hello", "/contacts/1"),
        ("W3 form", "/hello", "/contacts/1/edit"),
    ];
    for (what, by_hand, ours) in sides {
        let mut ratios = Vec::new();
        for _ in 0..pairs {
            let by_hand = load::run(&hand.target, &[by_hand.to_owned()], (load::CONNECTIONS, LASTING))?;
            let ours = load::run(&carnet, &[ours.to_owned()], (load::CONNECTIONS, LASTING))?;
            for (side, load) in [("by hand", &by_hand), ("carnet", &ours)] {
                println!(
                    "  {what:<10} {side:<7} {:7.0} requests/s  p50 {:6.2} ms  p99 {:6.2} ms  {:6} bytes",
                    load.rate(),
                    load.milliseconds(50),
                    load.milliseconds(99),
                    load.bytes
                );
            }
            ratios.push(ours.rate() / by_hand.rate());
        }
        ratios.sort_by(f64::total_cmp);
        println!("  => {what}: {:.3} of the requests a second by hand (median)", ratios[ratios.len() / 2]);
    }
    if place.database == Database::Postgres {
        drop(served);
        far(&place.url("pages"), &sides.map(|(what, _, ours)| (what, ours))).await?;
    }
    Ok(())
}

/// Pages one after the other, with the database beside the program and with a network between them.
async fn far(url: &str, pages: &[(&str, &str)]) -> anyhow::Result<()> {
    for (what, url) in [("beside", url.to_owned()), ("far", delay::far(url, AWAY)?)] {
        let served = Served::start(&url)?;
        let target = served.target(&served.client().await?)?;
        for (page, path) in pages {
            let asked = load::run(&target, &[(*path).to_owned()], (1, LASTING))?;
            println!(
                "  {page:<10} {what:<7} p50 {:6.2} ms  p99 {:6.2} ms",
                asked.milliseconds(50),
                asked.milliseconds(99)
            );
        }
    }
    Ok(())
}

/// The server by hand, in a process of its own.
struct ByHand {
    process: Child,
    target: Target,
}

impl ByHand {
    fn start(book: &std::path::Path) -> anyhow::Result<Self> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("serve").arg(book).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        let address = output.lines().next().context("the program ended at once")??;
        Ok(Self { process, target: Target { address, ..Target::default() } })
    }
}

impl Drop for ByHand {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
