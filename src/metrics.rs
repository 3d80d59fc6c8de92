//! The figures of this process, in memory. They are one process's as its memory is, so they stand in one place that
//! everything reaches. Labels are from closed sets: whoever sends requests cannot make new series.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry,
};

use crate::base::clock;

#[expect(
    clippy::expect_used,
    reason = "the names below are well-formed and stand there once: wrong at the first start or never"
)]
pub static METRICS: LazyLock<Metrics> =
    LazyLock::new(|| Metrics::new().expect("well-formed names"));

/// Seconds: a page takes milliseconds, an upload's answer up to seconds.
const REQUEST_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];
/// Seconds: a connection that is idle is had at once.
const WAIT_BUCKETS: [f64; 6] = [0.0001, 0.001, 0.01, 0.1, 0.5, 3.0];

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    pub in_flight: IntGauge,
    pub queued: IntGauge,
    pub refused: IntCounter,
    pub(super) connections: IntGaugeVec,
    pub connection_wait: Histogram,
    pub connection_timeouts: IntCounter,
    pub writers_queued: IntGauge,
    pub(super) jobs: IntGaugeVec,
    pub job_failures: IntCounterVec,
    pub import_lines: IntCounterVec,
    pub(super) memory: IntGauge,
    pub(super) open_files: IntGauge,
}

impl Metrics {
    fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let maker = Maker(&registry);
        let started = maker.gauge(
            "process_start_time_seconds",
            "When the process began, in seconds since 1970.",
        )?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds are far below 2^53"
        )]
        started.set(clock::now().and_utc().timestamp_millis() as f64 / 1e3);
        Ok(Self {
            requests: maker.counters(
                "carnet_http_requests_total",
                "Requests that were answered, but those refused by overload.",
                &["method", "route", "status"],
            )?,
            durations: maker.histograms(
                "carnet_http_request_duration_seconds",
                "From a request's head to its answer's head.",
                &["method", "route"],
            )?,
            in_flight: maker.int(
                "carnet_http_requests_in_flight",
                "Requests that are worked on, but those for files and health.",
            )?,
            queued: maker.int(
                "carnet_http_requests_queued",
                "Requests that wait for others to be answered.",
            )?,
            refused: maker.counter(
                "carnet_http_requests_refused_total",
                "Requests that were refused by overload.",
            )?,
            connections: maker.ints(
                "carnet_db_connections",
                "Connections to the database.",
                &["state"],
            )?,
            connection_wait: maker.histogram(
                "carnet_db_connection_wait_seconds",
                "How long work waited for a connection.",
            )?,
            connection_timeouts: maker.counter(
                "carnet_db_connection_timeouts_total",
                "Work that got no connection in time.",
            )?,
            writers_queued: maker.int(
                "carnet_db_writers_queued",
                "Transactions that wait for their turn to write.",
            )?,
            jobs: maker.ints(
                "carnet_jobs",
                "Jobs in the database, of all nodes.",
                &["state"],
            )?,
            job_failures: maker.counters(
                "carnet_job_failures_total",
                "Tries of jobs that failed here.",
                &["kind"],
            )?,
            import_lines: maker.counters(
                "carnet_import_lines_total",
                "Lines of imports that were applied here.",
                &["outcome"],
            )?,
            memory: maker.int(
                "process_resident_memory_bytes",
                "Memory that the process has.",
            )?,
            open_files: maker.int(
                "process_open_fds",
                "Files and connections that the process has open.",
            )?,
            registry,
        })
    }

    /// A request was answered; `method` is from [`name`], `route` a pattern.
    pub(super) fn request(&self, method: &str, route: &str, status: StatusCode, taken: Duration) {
        self.requests
            .with_label_values(&[method, route, status.as_str()])
            .inc();
        self.durations
            .with_label_values(&[method, route])
            .observe(taken.as_secs_f64());
    }

    pub(super) fn gather(&self) -> Vec<prometheus::proto::MetricFamily> {
        self.registry.gather()
    }
}

/// Anybody can make up methods.
pub(super) fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// One of those that a gauge counts, until it is dropped.
pub struct Counted(&'static IntGauge);

impl Counted {
    pub fn on(gauge: &'static IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Makes figures that are registered.
struct Maker<'a>(&'a Registry);

impl Maker<'_> {
    fn register<T: prometheus::core::Collector + Clone + 'static>(
        &self,
        made: prometheus::Result<T>,
    ) -> prometheus::Result<T> {
        let made = made?;
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }

    fn gauge(&self, name: &str, help: &str) -> prometheus::Result<Gauge> {
        self.register(Gauge::new(name, help))
    }

    fn int(&self, name: &str, help: &str) -> prometheus::Result<IntGauge> {
        self.register(IntGauge::new(name, help))
    }

    fn ints(&self, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    fn counter(&self, name: &str, help: &str) -> prometheus::Result<IntCounter> {
        self.register(IntCounter::new(name, help))
    }

    fn counters(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> prometheus::Result<IntCounterVec> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn histogram(&self, name: &str, help: &str) -> prometheus::Result<Histogram> {
        let options = HistogramOpts::new(name, help).buckets(WAIT_BUCKETS.to_vec());
        self.register(Histogram::with_opts(options))
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> prometheus::Result<HistogramVec> {
        let options = HistogramOpts::new(name, help).buckets(REQUEST_BUCKETS.to_vec());
        self.register(HistogramVec::new(options, labels))
    }
}
