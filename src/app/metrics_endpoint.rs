//! `/metrics`, in Prometheus' text format, on a port of its own: it needs no account, and the public port knows nothing of
//! it. What can only be looked up is looked up when it is asked for.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use prometheus::{Encoder as _, TextEncoder};

use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::jobs;
use crate::metrics::METRICS;

/// A database that is away or busy does not keep the other figures waiting: they are wanted most then.
const LOOK: Duration = Duration::from_secs(1);
/// Scrapers are one or two.
const CONNECTIONS: usize = 16;

/// A server that answers `/metrics` and nothing else, and where; it ends with the process.
///
/// # Errors
/// The address is taken or not ours.
pub fn serve(address: SocketAddr, db: &Db) -> anyhow::Result<(SocketAddr, Server)> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("the address {address} is taken or not ours; name another with --metrics-listen ADDRESS:PORT")
    })?;
    let address = listener.local_addr()?;
    let db = web::Data::new(db.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(db.clone())
            .route("/metrics", web::get().to(show))
    })
    .workers(1)
    .max_connections(CONNECTIONS)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, server))
}

async fn show(db: web::Data<Db>) -> AppResult<HttpResponse> {
    let (used, idle) = db.connections();
    let connections = &METRICS.connections;
    connections.with_label_values(&["used"]).set(used);
    connections.with_label_values(&["idle"]).set(idle);
    match tokio::time::timeout(LOOK, db.read(jobs::count)).await {
        Ok(Ok(count)) => {
            METRICS
                .jobs
                .with_label_values(&["waiting"])
                .set(count.waiting);
            METRICS
                .jobs
                .with_label_values(&["running"])
                .set(count.running);
        }
        // Not what it was: nobody knows.
        Ok(Err(_)) | Err(_) => METRICS.jobs.reset(),
    }
    if let Some((memory, files)) = of_process() {
        METRICS.memory.set(memory);
        METRICS.open_files.set(files);
    }
    let mut text = Vec::new();
    TextEncoder::new()
        .encode(&METRICS.gather(), &mut text)
        .map_err(|error| AppError::Internal(error.into()))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, prometheus::TEXT_FORMAT))
        .body(text))
}

/// Bytes of memory and open files, where the system tells them as Linux does.
fn of_process() -> Option<(i64, i64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: i64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let files = std::fs::read_dir("/proc/self/fd").ok()?.count();
    Some((kibibytes * 1024, i64::try_from(files).ok()?))
}
