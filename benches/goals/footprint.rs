//! The memory of an idle program, the time of its start, and the disk space of a contact.

use std::time::Duration;

use crate::served::Served;
use crate::{Database, Place, lines};

const STARTS: usize = 7;

/// # Errors
/// The server does not start or answer.
pub async fn measure(place: &Place, rows: usize) -> anyhow::Result<()> {
    let name = place.database.name();
    println!("M1, D1: footprint, {name}, {rows} contacts");
    let lines = lines::generate(rows).into_bytes();
    let (served, _) = Served::filled(&place.url("footprint"), lines).await?;
    served.end()?;
    if place.database == Database::Sqlite {
        #[expect(clippy::cast_precision_loss, reason = "for showing")]
        let bytes = std::fs::metadata(place.book("footprint"))?.len() as f64 / rows as f64;
        println!("  => {bytes:.0} bytes a contact");
    }
    let mut starts = Vec::new();
    let mut idle = 0;
    for _ in 0..STARTS {
        let (served, taken) = Served::start_timed(&place.url("footprint")).await?;
        starts.push(taken);
        actix_web::rt::time::sleep(Duration::from_secs(2)).await;
        idle = idle.max(served.memory());
        served.end()?;
    }
    starts.sort_unstable();
    println!(
        "  => the first page after {:.0} ms (median of {STARTS} starts); {idle} MiB when idle",
        crate::load::percentile(&starts, 50)
    );
    Ok(())
}
