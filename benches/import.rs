//! Imports generated lines into an empty SQLite book beside a hand-written limit, in pairs, and prints lines a second,
//! peak memory and the ratio of the two.
//!
//! `cargo bench` runs 100 000 lines three times; `cargo bench -- 1000000 5` runs other numbers.
//!
//! The limit does what no import can do without: read, split, fold, upsert by e-mail, keep the sorted index and the text
//! index, and commit durably in batches as large as the product's. It checks no rule but the number of fields, keeps no
//! findings, counts nothing by kind and cannot be interrupted.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use carnet::config::DatabaseUrl;
use carnet::db::Db;
use carnet::domain::{fold, sort_key};

const LINES: usize = 100_000;
const PAIRS: usize = 3;
const BATCH: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["side", side, file, database] => run_side(side, Path::new(file), Path::new(database)),
        _ => compare(&words),
    }
}

/// Runs both sides in processes of their own, so that each has a peak of memory of its own.
fn compare(words: &[&str]) -> anyhow::Result<()> {
    let number = |index: usize, otherwise| {
        words
            .get(index)
            .map_or(Ok(otherwise), |word| word.parse::<usize>())
    };
    let (lines, pairs) = (number(0, LINES)?, number(1, PAIRS)?);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lines.csv");
    std::fs::write(&file, generate(lines))?;
    println!("{lines} lines into an empty book on SQLite, {pairs} pairs");
    let mut ratios = Vec::new();
    for pair in 0..pairs {
        let mut seconds = [0.0; 2];
        for (side, taken) in ["limit", "carnet"].into_iter().zip(&mut seconds) {
            let database = folder.path().join(format!("{side}{pair}.db"));
            let output = Command::new(std::env::current_exe()?)
                .arg("side")
                .arg(side)
                .arg(&file)
                .arg(&database)
                .output()?;
            anyhow::ensure!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            let text = String::from_utf8(output.stdout)?;
            let mut numbers = text.split_whitespace();
            *taken = numbers.next().unwrap_or_default().parse()?;
            let memory = numbers.next().unwrap_or_default();
            let size = std::fs::metadata(&database)?.len();
            #[expect(clippy::cast_precision_loss, reason = "for showing")]
            let (rate, bytes) = (lines as f64 / *taken, size as f64 / lines as f64);
            println!(
                "  {side:<7} {taken:6.2} s  {rate:9.0} lines/s  {memory:>4} MiB at most  {bytes:5.0} bytes a line"
            );
        }
        ratios.push(seconds[1] / seconds[0]);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "carnet takes {:.2} times the limit (median)",
        ratios[ratios.len() / 2]
    );
    Ok(())
}

fn run_side(side: &str, file: &Path, database: &Path) -> anyhow::Result<()> {
    let begun = Instant::now();
    if side == "limit" {
        limit(file, database)?;
    } else {
        let db = Db::open(&DatabaseUrl::Sqlite(database.to_owned()))?;
        let import = actix_web::rt::System::new().block_on(carnet::imports::import_file(
            &db,
            File::open(file)?,
            "bench",
            None,
        ))?;
        anyhow::ensure!(
            import.counts.created == import.lines,
            "not every line was imported: {import:?}"
        );
    }
    println!("{} {}", begun.elapsed().as_secs_f64(), peak_memory());
    Ok(())
}

/// The most memory that this process has had, in MiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    let kibibytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kibibytes.parse::<u64>().unwrap_or(0) / 1024
}

fn limit(file: &Path, database: &Path) -> anyhow::Result<()> {
    let conn = rusqlite::Connection::open(database)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;
         CREATE TABLE contacts (id INTEGER PRIMARY KEY, civility TEXT, first_name TEXT, last_name TEXT, email TEXT,
            service TEXT, phone TEXT, address TEXT, city TEXT, email_key TEXT UNIQUE, sort_key TEXT);
         CREATE INDEX contacts_sort ON contacts (sort_key, id);
         CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, detail = none,
            prefix = '1 2 3 4 5 6 7 8', tokenize = 'ascii');
         BEGIN",
    )?;
    let mut upsert = conn.prepare(
        "INSERT INTO contacts (civility, first_name, last_name, email, service, phone, address, city, email_key, sort_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (email_key) DO UPDATE SET civility = ?1, first_name = ?2, last_name = ?3, email = ?4, service = ?5,
            phone = ?6, address = ?7, city = ?8, sort_key = ?10",
    )?;
    let mut index = conn.prepare("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(file)?;
    let mut record = csv::StringRecord::new();
    let mut count = 0;
    while reader.read_record(&mut record)? {
        let [civility, first, last, email, service, phone, address, city] =
            std::array::from_fn(|index| record.get(index).unwrap_or_default());
        let key = email.to_lowercase();
        upsert.execute(rusqlite::params![
            civility,
            first,
            last,
            email,
            service,
            phone,
            address,
            city,
            key,
            sort_key(last, first)
        ])?;
        let words = fold(&format!("{last} {first} {service} {city} {email} {phone}"))
            .replace(|c: char| !c.is_alphanumeric(), " ");
        index.execute(rusqlite::params![conn.last_insert_rowid(), words])?;
        count += 1;
        if count % BATCH == 0 {
            conn.execute_batch("COMMIT; BEGIN")?;
        }
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Lines with names as common and as rare as in life, the same at each run.
fn generate(lines: usize) -> String {
    const FIRST: [&str; 12] = [
        "Marie",
        "Jean",
        "Françoise",
        "Hélène",
        "Loïc",
        "Anne-Sophie",
        "Karim",
        "Zoé",
        "Étienne",
        "Noël",
        "Inès",
        "Paul",
    ];
    const BEGIN: [&str; 20] = [
        "Mar", "Beau", "Le ", "Du", "Gar", "Ro", "Châ", "Saint-", "Val", "Per", "Ber", "Fon", "Mo",
        "La", "Tra", "Kow", "Ben", "Lef", "Gué", "D’Or",
    ];
    const END: [&str; 20] = [
        "tin", "lieu", "roux", "pont", "nier", "bert", "teau", "mont", "lois", "rin", "nard",
        "taine", "reau", "croix", "oré", "alski", "ali", "èvre", "ville", "messon",
    ];
    const SERVICE: [&str; 8] = [
        "État civil",
        "Urbanisme",
        "Voirie",
        "Contentieux",
        "Relation client",
        "Facturation",
        "Eau potable",
        "Support niveau 2",
    ];
    const CITY: [&str; 8] = [
        "Paris",
        "Lyon",
        "Marseille",
        "L’Haÿ-les-Roses",
        "Saint-Étienne",
        "Rennes",
        "Évry",
        "Strasbourg",
    ];
    let mut state: u64 = 42;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    let mut text = String::new();
    for line in 0..lines {
        let (first, service, city) = (FIRST[next(12)], SERVICE[next(8)], CITY[next(8)]);
        let last = format!("{}{}", BEGIN[next(20).min(next(20))], END[next(20)]);
        let local = format!("{}.{}", fold(first), fold(&last)).replace([' ', '’'], "");
        let phone = next(90_000_000) + 10_000_000;
        let _ = writeln!(
            text,
            "Mme,{first},{last},{local}{line}@mairie.example,{service},01{phone},{} rue Haute,{city}",
            next(200) + 1
        );
    }
    text
}
