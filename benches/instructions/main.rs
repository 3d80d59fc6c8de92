//! Instructions of an import of 10 000 lines, of a page of the list and of a page of a search on SQLite, counted by valgrind.
//! Unlike times, they are nearly the same on a busy machine.
//!
//! `cargo bench --bench instructions` counts each until two counts agree and compares with
//! `benches/instructions/kept.txt`. It fails if a count is more than 3 % higher, or if no two of five counts agree. `-- keep`
//! writes that file again. The import is run by this program itself under valgrind: the command and the server do other work
//! meanwhile, which changed the count by 8 %.

#[path = "../goals/lines.rs"]
#[expect(dead_code, reason = "the lists of any kind are those of the goals")]
mod lines;
#[path = "../goals/load.rs"]
#[expect(dead_code, reason = "made for many requests at once")]
mod load;
#[path = "../goals/served.rs"]
#[expect(dead_code, reason = "made for measuring times")]
mod served;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use carnet::config::DatabaseUrl;
use carnet::db::Db;
use load::{Connection, Target};
use served::Served;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/kept.txt");
const LINES: usize = 10_000;
/// First requests, which are not counted.
const WARM: usize = 5;
const REQUESTS: usize = 20;
/// The header that browsers send. Compression was three quarters of a page's instructions, unnoticed while it was not asked for.
const AS_BROWSERS_ASK: &str = "gzip, deflate, br, zstd";
/// The largest difference between two counts that agree, and below it the largest rise of a result.
const NOISE: f64 = 0.005;
const RISE: f64 = 0.03;
/// The most counts of the same before the benchmark gives up.
const COUNTS: usize = 5;
/// The argument with which this program runs the import that is counted.
const IMPORT: &str = "import-to-count";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, url, file] = &arguments[..]
        && command == IMPORT
    {
        return import(url, Path::new(file));
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        anyhow::bail!("valgrind is not installed: nothing can be counted");
    }
    let keep = arguments.iter().any(|argument| argument == "keep");
    let folder = tempfile::tempdir()?;
    let counted = actix_web::rt::System::new().block_on(count_all(folder.path()))?;
    if keep {
        let lines = counted.iter().map(|(what, count)| format!("{what} {count:.0}"));
        std::fs::write(KEPT, lines.collect::<Vec<_>>().join("\n") + "\n")?;
        return Ok(());
    }
    compare(&counted)
}

/// Imports the file into the book, and does nothing else.
fn import(url: &str, file: &Path) -> anyhow::Result<()> {
    let file = File::open(file)?;
    actix_web::rt::System::new().block_on(async {
        let db = Db::open(&DatabaseUrl::parse(url)?)?;
        let done = carnet::app::cli::check::import_file(&db, file, "counted", None).await?;
        anyhow::ensure!(done.counts.created == LINES as i64, "{:?}", done.counts);
        Ok(())
    })
}

/// Counts until two counts agree; returns their mean.
fn agreed(what: &str, mut count: impl FnMut(usize) -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let mut counts: Vec<f64> = Vec::new();
    for run in 0..COUNTS {
        let new = count(run)?;
        let near = counts.iter().find(|old| (new / **old - 1.0).abs() < NOISE);
        if let Some(near) = near {
            return Ok(f64::midpoint(new, *near));
        }
        counts.push(new);
    }
    anyhow::bail!("{what}: no two of these counts agree: {counts:.0?}")
}

fn compare(counted: &BTreeMap<&str, f64>) -> anyhow::Result<()> {
    let kept = std::fs::read_to_string(KEPT)?;
    let kept: BTreeMap<&str, f64> = kept
        .lines()
        .map(|line| {
            let (what, count) = line.split_once(' ').context("a damaged line")?;
            Ok((what, count.parse()?))
        })
        .collect::<anyhow::Result<_>>()?;
    let mut risen = Vec::new();
    for (what, count) in counted {
        let before = kept.get(what).context("not kept yet: run with -- keep")?;
        let change = count / before - 1.0;
        let percent = change * 100.0;
        println!("{what}: {count:.0} instructions, kept are {before:.0}: {percent:+.1} %");
        if change > RISE {
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

async fn count_all(folder: &Path) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let file = folder.join("lines.csv");
    std::fs::write(&file, lines::generate(LINES))?;
    let book = |run: usize| {
        let path = folder.join(format!("book{run}.db"));
        format!("sqlite://{}", path.display())
    };
    let own = std::env::current_exe()?;
    let import = agreed("import", |run| {
        // Making the book is not counted.
        Served::start(&book(run))?.end()?;
        let status = counting(folder, &own).args([IMPORT, &book(run)]).arg(&file).status()?;
        anyhow::ensure!(status.success(), "the import failed: {status}");
        counted(folder)
    })?;
    let pages = Pages::new(folder, book(0)).await?;
    Ok(BTreeMap::from([
        ("import", import),
        ("list", pages.count("/contacts")?),
        ("search", pages.count("/contacts?q=mar")?),
    ]))
}

/// Pages of a book, requested by a signed-in user.
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
        Ok(Self { folder, book, cookies })
    }

    /// The instructions of one request. Start and end of the program are in both counts, and cancel out in their difference.
    fn count(&self, path: &str) -> anyhow::Result<f64> {
        agreed(path, |_| {
            let few = self.count_requests(path, WARM)?;
            let many = self.count_requests(path, WARM + REQUESTS)?;
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let requests = REQUESTS as f64;
            Ok((many - few) / requests)
        })
    }

    fn count_requests(&self, path: &str, requests: usize) -> anyhow::Result<f64> {
        let served = Served::spawn(counting(self.folder, Path::new(served::CARNET)), &self.book)?;
        let target = Target {
            address: served.address().to_owned(),
            cookies: self.cookies.clone(),
            encodings: AS_BROWSERS_ASK,
            ..Target::default()
        };
        let mut connection = Connection::open(&target)?;
        for _ in 0..requests {
            connection.get(&target, path)?;
        }
        served.end()?;
        counted(self.folder)
    }
}

/// A program under valgrind.
fn counting(folder: &Path, program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", folder.join("counts").display()))
        .arg(program)
        // Otherwise the program would restart itself, without being watched.
        .env("MALLOC_MMAP_THRESHOLD_", "524288");
    command
}

/// The instructions of the last process that was counted.
fn counted(folder: &Path) -> anyhow::Result<f64> {
    let counts = std::fs::read_to_string(folder.join("counts"))?;
    let total =
        counts.lines().find_map(|line| line.strip_prefix("summary: ")).context("nothing was counted")?;
    Ok(total.trim().parse()?)
}
