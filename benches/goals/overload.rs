//! Ten times the connections that keep the program busy: what it serves and refuses meanwhile, and how soon it answers as before.

use std::time::{Duration, Instant};

use crate::load::{Connection, Target, percentile};
use crate::served::{Served, add_account};
use crate::{Database, Place, lines};

/// The number of requests that are worked on at once.
const BUSY: usize = 64;
const TIMES: usize = 10;
/// Accounts and networks that share the connections, as each has a limit of its own.
const PEOPLE: usize = 20;
const NETWORKS: usize = 4;
const LASTING: Duration = Duration::from_secs(8);
/// The list, which takes longest of the pages that everybody opens.
const PATH: &str = "/contacts";
/// The program has recovered when a request takes at most this multiple of an undisturbed one.
const LIKE_BEFORE: f64 = 2.0;

/// # Errors
/// The server does not start or answer.
pub async fn measure(place: &Place, rows: usize) -> anyhow::Result<()> {
    let name = match place.database {
        Database::Sqlite => "SQLite",
        Database::Postgres => "PostgreSQL",
    };
    println!("Overload: {PATH}, {name}, {rows} contacts");
    let lines = lines::generate(rows).into_bytes();
    let (served, client) = Served::filled(&place.url("overload"), lines).await?;
    let mut targets = vec![served.target(&client)?];
    for number in 1..PEOPLE {
        let name = format!("bench{number}");
        add_account(&place.url("overload"), &name, "coordinator")?;
        let client = served.client_of(&name).await?;
        let mut target = served.target(&client)?;
        target.from = format!("127.0.{}.1:0", number % NETWORKS);
        targets.push(target);
    }
    let target = targets[0].clone();
    let alone = Flood::run(&targets, 1)?;
    alone.show("alone");
    Flood::run(&targets, BUSY)?.show("busy");
    let much = Flood::run(&targets, BUSY * TIMES)?;
    much.show("ten times");
    let ended = Instant::now();
    let usual = percentile(&alone.served, 50);
    loop {
        let begun = Instant::now();
        let (status, _) = Connection::open(&target)?.ask(&target, PATH)?;
        if status == 200 && begun.elapsed().as_secs_f64() * 1e3 < usual * LIKE_BEFORE {
            break;
        }
    }
    println!(
        "  => as before {:.0} ms after the last answer; {} MiB at most",
        ended.elapsed().as_secs_f64() * 1e3,
        served.peak_memory()
    );
    Ok(())
}

/// The durations of the requests, sorted.
struct Flood {
    connections: usize,
    served: Vec<Duration>,
    refused: Vec<Duration>,
    lasted: Duration,
}

impl Flood {
    /// Asks over many connections, each again as soon as it is answered.
    fn run(targets: &[Target], connections: usize) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let asked: Vec<_> = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..connections)
                .map(|at| {
                    let target = &targets[at % targets.len()];
                    scope.spawn(move || ask(target, begun + LASTING))
                })
                .collect();
            asking.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        let lasted = begun.elapsed();
        let (mut served, mut refused) = (Vec::new(), Vec::new());
        for one in asked {
            let one = one.map_err(|_| anyhow::anyhow!("a connection's thread ended"))?;
            for (status, taken) in one? {
                match status {
                    200 => served.push(taken),
                    429 | 503 => refused.push(taken),
                    other => anyhow::bail!("{PATH}: {other}"),
                }
            }
        }
        served.sort_unstable();
        refused.sort_unstable();
        Ok(Self { connections, served, refused, lasted })
    }

    fn show(&self, what: &str) {
        #[expect(clippy::cast_precision_loss, reason = "for showing")]
        let rate = |count: usize| count as f64 / self.lasted.as_secs_f64();
        println!(
            "  {what:<9} {:4} connections  {:6.0} served/s  p50 {:6.1} ms  p99 {:6.1} ms  {:6.0} refused/s  p50 {:6.1} ms  \
             p99 {:6.1} ms",
            self.connections,
            rate(self.served.len()),
            percentile(&self.served, 50),
            percentile(&self.served, 99),
            rate(self.refused.len()),
            percentile(&self.refused, 50),
            percentile(&self.refused, 99),
        );
    }
}

fn ask(target: &Target, until: Instant) -> anyhow::Result<Vec<(u16, Duration)>> {
    let mut connection = Connection::open(target)?;
    let mut answers = Vec::new();
    while Instant::now() < until {
        let begun = Instant::now();
        let (status, _) = connection.ask(target, PATH)?;
        answers.push((status, begun.elapsed()));
    }
    Ok(answers)
}
