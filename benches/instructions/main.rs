//! Instructions that the program takes for an import of 10 000 lines, for a page of the list and for a page of a search,
//! on SQLite, counted by valgrind: other than times they are nearly the same on a busy machine.
//!
//! `cargo bench --bench instructions` counts each twice and compares with `benches/instructions/kept.txt`; it fails where
//! more than 3 % more are taken, as long as both counts agree. `-- keep` writes that file anew.

#[path = "../goals/lines.rs"]
mod lines;
#[path = "../goals/load.rs"]
#[expect(dead_code, reason = "made for many requests at once")]
mod load;
#[path = "../goals/served.rs"]
#[expect(dead_code, reason = "made for measuring times")]
mod served;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use load::{Connection, Target};
use served::Served;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/kept.txt");
const LINES: usize = 10_000;
/// Requests that come first, and are not counted.
const WARM: usize = 5;
const REQUESTS: usize = 20;
/// Compressing a page was three quarters of all that it took, unseen while it was asked for uncompressed.
const AS_BROWSERS_ASK: &str = "gzip, deflate, br, zstd";
/// By how much two counts of the same may differ to be believed, and by how much one may rise. The program's threads and
/// timers move a count by one or two hundredths, and an import's by eight where the machine is busy.
const NOISE: f64 = 0.002;
const RISE: f64 = 0.03;

fn main() -> anyhow::Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed: nothing is counted");
        return Ok(());
    }
    let keep = std::env::args().any(|argument| argument == "keep");
    let folder = tempfile::tempdir()?;
    let counted = actix_web::rt::System::new().block_on(count_all(folder.path()))?;
    if keep {
        let lines = counted
            .iter()
            .map(|(what, counts)| format!("{what} {:.0}", counts.mean()));
        std::fs::write(KEPT, lines.collect::<Vec<_>>().join("\n") + "\n")?;
        return Ok(());
    }
    compare(&counted)
}

/// The same, counted twice.
struct Counts([f64; 2]);

impl Counts {
    fn mean(&self) -> f64 {
        f64::midpoint(self.0[0], self.0[1])
    }

    fn agree(&self) -> bool {
        (self.0[0] - self.0[1]).abs() / self.mean() < NOISE
    }
}

fn compare(counted: &BTreeMap<&str, Counts>) -> anyhow::Result<()> {
    let kept = std::fs::read_to_string(KEPT)?;
    let kept: BTreeMap<&str, f64> = kept
        .lines()
        .map(|line| {
            let (what, count) = line.split_once(' ').context("a damaged line")?;
            Ok((what, count.parse()?))
        })
        .collect::<anyhow::Result<_>>()?;
    let mut risen = Vec::new();
    for (what, counts) in counted {
        let before = kept.get(what).context("not kept yet: run with -- keep")?;
        let change = counts.mean() / before - 1.0;
        println!(
            "{what}: {:.0} and {:.0} instructions, kept are {before:.0}: {:+.1} %",
            counts.0[0],
            counts.0[1],
            change * 100.0
        );
        if !counts.agree() {
            println!("  the two counts differ too much to be believed");
        } else if change > RISE {
            risen.push(*what);
        }
    }
    anyhow::ensure!(
        risen.is_empty(),
        "more instructions than are kept: {}; if that is as it must be, run with -- keep",
        risen.join(", ")
    );
    Ok(())
}

async fn count_all(folder: &Path) -> anyhow::Result<BTreeMap<&'static str, Counts>> {
    let file = folder.join("lines.csv");
    std::fs::write(&file, lines::generate(LINES))?;
    let book = |run: usize| {
        let path = folder.join(format!("book{run}.db"));
        format!("sqlite://{}", path.display())
    };
    let mut imports = [0.0; 2];
    for (run, count) in imports.iter_mut().enumerate() {
        // Making the book is not part of it.
        Served::start(&book(run))?.end()?;
        let status = counting(folder)
            .args(["import", "--name", "counted", "--database-url", &book(run)])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        anyhow::ensure!(status.success(), "the import failed: {status}");
        *count = counted(folder)?;
    }
    let pages = Pages::new(folder, book(0)).await?;
    Ok(BTreeMap::from([
        ("import", Counts(imports)),
        ("list", pages.count("/contacts")?),
        ("search", pages.count("/contacts?q=mar")?),
    ]))
}

/// Pages of a book, asked for by somebody who is signed in.
struct Pages<'a> {
    folder: &'a Path,
    book: String,
    cookies: String,
}

impl<'a> Pages<'a> {
    async fn new(folder: &'a Path, book: String) -> anyhow::Result<Self> {
        let served = Served::start(&book)?;
        let client = served.client().await?;
        let cookies = served.target(&client)?.cookies;
        served.end()?;
        Ok(Self {
            folder,
            book,
            cookies,
        })
    }

    /// What one request takes: the start and the end of the program are in both counts whose difference it is.
    fn count(&self, path: &str) -> anyhow::Result<Counts> {
        let mut counts = [0.0; 2];
        for count in &mut counts {
            let few = self.count_requests(path, WARM)?;
            let many = self.count_requests(path, WARM + REQUESTS)?;
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let requests = REQUESTS as f64;
            *count = (many - few) / requests;
        }
        Ok(Counts(counts))
    }

    fn count_requests(&self, path: &str, requests: usize) -> anyhow::Result<f64> {
        let served = Served::spawn(counting(self.folder), &self.book)?;
        let target = Target {
            address: served.address().to_owned(),
            cookies: self.cookies.clone(),
            encodings: AS_BROWSERS_ASK,
        };
        let mut connection = Connection::open(&target)?;
        for _ in 0..requests {
            connection.get(&target, path)?;
        }
        served.end()?;
        counted(self.folder)
    }
}

/// The program under valgrind.
fn counting(folder: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("counts").display()
        ))
        .arg(served::CARNET);
    command
}

/// The instructions of the last that was counted.
fn counted(folder: &Path) -> anyhow::Result<f64> {
    let counts = std::fs::read_to_string(folder.join("counts"))?;
    let total = counts
        .lines()
        .find_map(|line| line.strip_prefix("summary: "))
        .context("nothing was counted")?;
    Ok(total.trim().parse()?)
}
