//! `/metrics` in Prometheus' text format, on a separate port: it needs no account, and the public port does not serve it.
//! Values that need a query are read on request.

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

/// An unreachable or busy database does not delay the other values: they are most useful then.
const LOOK: Duration = Duration::from_secs(1);
/// There are one or two scrapers.
const CONNECTIONS: usize = 16;

/// Starts a server that answers only `/metrics`, and returns its address; it ends with the process.
///
/// # Errors
/// The address is taken or does not belong to this host.
pub fn serve(address: SocketAddr, db: &Db) -> anyhow::Result<(SocketAddr, Server)> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("the address {address} is taken or does not belong to this host; choose another with --metrics-listen ADDRESS:PORT")
    })?;
    let address = listener.local_addr()?;
    let db = web::Data::new(db.clone());
    let server =
        HttpServer::new(move || App::new().app_data(db.clone()).route("/metrics", web::get().to(show)))
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
            METRICS.jobs.with_label_values(&["waiting"]).set(count.waiting);
            METRICS.jobs.with_label_values(&["running"]).set(count.running);
        }
        // The last known value would be wrong: the number is unknown.
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
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, prometheus::TEXT_FORMAT)).body(text))
}

/// Returns the bytes of memory and the number of open files, on systems with Linux's `/proc`.
fn of_process() -> Option<(i64, i64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: i64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let files = std::fs::read_dir("/proc/self/fd").ok()?.count();
    Some((kibibytes * 1024, i64::try_from(files).ok()?))
}
