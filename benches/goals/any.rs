//! A list of any kind, read by a profile, beside the strict import of as many lines.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use calamine::Reader as _;
use carnet::config::DatabaseUrl;
use carnet::db::Db;
use carnet::imports::sources::{self, SourceKind};
use diesel::{RunQueryDsl as _, sql_query};
use rust_xlsxwriter::Workbook;

use crate::served::{Client, Served, memory};
use crate::{Database, Place, lines};

const ROWS: usize = 100_000;

/// What each column of [`lines::list`] becomes.
const TARGETS: [&str; 12] = [
    "civility",
    "first_name",
    "last_name",
    "email",
    "title",
    "organization",
    "service",
    "phone_work",
    "phone_cell",
    "address",
    "postal_code",
    "city",
];

/// New contacts, the same rows again, and rows that change every contact: each of them strict, then mapped.
///
/// # Errors
/// The server does not start or answer.
pub async fn measure(database: Database, pairs: usize) -> anyhow::Result<()> {
    let Some(place) = Place::new(database)? else {
        return Ok(());
    };
    println!("any: {ROWS} rows of 12 mapped columns, {database:?}, {pairs} pairs");
    let contents = [lines::Street::Haute, lines::Street::Haute, lines::Street::Basse];
    let mut ratios = [Vec::new(), Vec::new(), Vec::new()];
    for pair in 0..pairs {
        let (strict, mapped) = (format!("strict{pair}"), format!("mapped{pair}"));
        let served = Served::start(&place.url(&strict))?;
        let mut of_strict = Vec::new();
        for (run, street) in contents.into_iter().enumerate() {
            let file = lines::on_street(ROWS, street).into_bytes();
            of_strict.push(time(&served, &format!("strict{run}"), file).await?);
        }
        println!("  strict at most {} MiB", served.peak_memory());
        drop(served);
        place.clear(&strict);
        let served = Served::start(&place.url(&mapped))?;
        add_profile(&place.url(&mapped)).await?;
        for (run, street) in contents.into_iter().enumerate() {
            let file = lines::list(ROWS, street).into_bytes();
            let (seconds, cpu) = time(&served, &format!("mapped{run}"), file).await?;
            let (of_lines, cpu_of_lines) = of_strict[run];
            let what = ["new", "unchanged", "changed"][run];
            println!(
                "  {what:<9} strict {of_lines:6.2} s, mapped {seconds:6.2} s; CPU {cpu_of_lines:6.2} s, {cpu:6.2} s"
            );
            ratios[run].push((seconds / of_lines, cpu / cpu_of_lines));
        }
        println!("  mapped at most {} MiB", served.peak_memory());
        drop(served);
        place.clear(&mapped);
    }
    for (what, mut ratios) in ["new", "unchanged", "changed"].into_iter().zip(ratios) {
        ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (time, cpu) = ratios[ratios.len() / 2];
        println!("  => {what}: {time:.2} times the strict import (CPU of the program: {cpu:.2})");
    }
    Ok(())
}

/// The seconds of an import, and the processor time of the server meanwhile.
async fn time(served: &Served, name: &str, file: Vec<u8>) -> anyhow::Result<(f64, f64)> {
    let client: Client = served.client().await?;
    let before = served.cpu()?;
    let taken = client.import(name, file).await?;
    Ok((taken.as_secs_f64(), served.cpu()? - before))
}

/// A profile that reads the list and asks nothing.
async fn add_profile(database_url: &str) -> anyhow::Result<()> {
    let columns: Vec<_> = TARGETS.iter().map(|target| serde_json::json!({ "target": target })).collect();
    let mapping = serde_json::json!({
        "headings": lines::HEADINGS, "columns": columns, "create_organizations": true, "heading_row": 1,
    });
    let insert = format!(
        "INSERT INTO import_profiles (name, name_key, mapping, bound_changed, bound_emptied, apply, created_at, updated_at) \
         VALUES ('Bench', 'bench', '{mapping}', 100, 100, TRUE, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
    );
    let book = Db::open(&DatabaseUrl::parse(database_url)?)?;
    book.write(move |conn| Ok(sql_query(insert.as_str()).execute(conn)?)).await?;
    Ok(())
}

/// Our reader of workbooks beside `calamine` alone, each in a process of its own.
///
/// # Errors
/// The workbook cannot be written or read.
pub fn measure_xlsx(pairs: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("list.xlsx");
    write_xlsx(&file)?;
    println!("xlsx: {ROWS} rows of 12 columns, {} kB, {pairs} pairs", std::fs::metadata(&file)?.len() / 1024);
    let mut ratios = Vec::new();
    for _ in 0..pairs {
        let (theirs, their_memory) = run_alone("calamine", &file)?;
        let (ours, our_memory) = run_alone("carnet", &file)?;
        println!(
            "  calamine {theirs:5.2} s, {their_memory:>3} MiB; carnet {ours:5.2} s, {our_memory:>3} MiB"
        );
        ratios.push(ours / theirs);
    }
    ratios.sort_by(f64::total_cmp);
    println!("  => {:.2} times calamine (median), which writes no rows", ratios[ratios.len() / 2]);
    Ok(())
}

fn write_xlsx(file: &Path) -> anyhow::Result<()> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (row, line) in (0..).zip(lines::list(ROWS, lines::Street::Haute).lines()) {
        for (column, cell) in (0..).zip(line.split(';')) {
            sheet.write_string(row, column, cell)?;
        }
    }
    book.save(file)?;
    Ok(())
}

fn run_alone(side: &str, file: &Path) -> anyhow::Result<(f64, u64)> {
    let output = Command::new(std::env::current_exe()?).args(["xlsx", side]).arg(file).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let mut numbers = text.split_whitespace();
    let mut next = || numbers.next().context("no number");
    Ok((next()?.parse()?, next()?.parse()?))
}

/// Reads a workbook, and prints the seconds and the most memory.
///
/// # Errors
/// The workbook cannot be read.
pub fn read_xlsx(side: &str, file: &Path) -> anyhow::Result<()> {
    let begun = Instant::now();
    if side == "calamine" {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(file)?;
        let sheet = book.worksheet_range_at(0).context("no sheet")??;
        anyhow::ensure!(sheet.height() == ROWS + 1, "{} rows", sheet.height());
    } else {
        let mut rows = std::io::BufWriter::new(tempfile::tempfile()?);
        let source = std::fs::File::open(file)?;
        let table = sources::convert(SourceKind::Xlsx, &source, None, &mut rows, &mut |_| Ok(()));
        let table = table.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        anyhow::ensure!(table.rows == ROWS as u64 + 1, "{} rows", table.rows);
    }
    println!("{} {}", begun.elapsed().as_secs_f64(), memory("self", "VmHWM"));
    Ok(())
}
