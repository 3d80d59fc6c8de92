//! The metrics of this process, in memory and in one global value, because they describe the whole process. Labels come from
//! closed sets, so that requests cannot create new time series.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

use crate::base::clock;

#[expect(
    clippy::expect_used,
    reason = "the names below are constant, well-formed and unique, and every start checks them"
)]
pub static METRICS: LazyLock<Metrics> = LazyLock::new(|| Metrics::new().expect("well-formed names"));

/// In seconds. A page takes milliseconds; the answer to an upload takes up to several seconds.
const REQUEST_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];
/// In seconds. An idle connection is available immediately.
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
        let started =
            maker.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.")?;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
        started.set(clock::now().and_utc().timestamp_millis() as f64 / 1e3);
        Ok(Self {
            requests: maker.counters(
                "carnet_http_requests_total",
                "Requests answered, excluding those refused by overload.",
                &["method", "route", "status"],
            )?,
            durations: maker.histograms(
                "carnet_http_request_duration_seconds",
                "Time from the request's head to the response's head.",
                &["method", "route"],
            )?,
            in_flight: maker.int(
                "carnet_http_requests_in_flight",
                "Requests being handled, excluding static files and health checks.",
            )?,
            queued: maker.int("carnet_http_requests_queued", "Requests waiting for others to finish.")?,
            refused: maker.counter("carnet_http_requests_refused_total", "Requests refused by overload.")?,
            connections: maker.ints("carnet_db_connections", "Connections to the database.", &["state"])?,
            connection_wait: maker
                .histogram("carnet_db_connection_wait_seconds", "Time spent waiting for a connection.")?,
            connection_timeouts: maker
                .counter("carnet_db_connection_timeouts_total", "Waits for a connection that timed out.")?,
            writers_queued: maker
                .int("carnet_db_writers_queued", "Transactions waiting for their turn to write.")?,
            jobs: maker.ints("carnet_jobs", "Jobs in the database, for all nodes.", &["state"])?,
            job_failures: maker.counters(
                "carnet_job_failures_total",
                "Job attempts that failed on this node.",
                &["kind"],
            )?,
            import_lines: maker.counters(
                "carnet_import_lines_total",
                "Import lines applied by this node.",
                &["outcome"],
            )?,
            memory: maker.int("process_resident_memory_bytes", "Resident memory of the process.")?,
            open_files: maker.int("process_open_fds", "Open file descriptors of the process.")?,
            registry,
        })
    }

    /// Counts an answered request. `method` comes from [`name`]; `route` is a route pattern.
    pub(super) fn request(&self, method: &str, route: &str, status: StatusCode, taken: Duration) {
        self.requests.with_label_values(&[method, route, status.as_str()]).inc();
        self.durations.with_label_values(&[method, route]).observe(taken.as_secs_f64());
    }

    pub(super) fn gather(&self) -> Vec<prometheus::proto::MetricFamily> {
        self.registry.gather()
    }
}

/// The label for a method. Methods outside this list share one label, because clients can invent methods.
pub(super) fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Adds one to a gauge until it is dropped.
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

/// Creates metrics and registers them.
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

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn histogram(&self, name: &str, help: &str) -> prometheus::Result<Histogram> {
        let options = HistogramOpts::new(name, help).buckets(WAIT_BUCKETS.to_vec());
        self.register(Histogram::with_opts(options))
    }

    fn histograms(&self, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<HistogramVec> {
        let options = HistogramOpts::new(name, help).buckets(REQUEST_BUCKETS.to_vec());
        self.register(HistogramVec::new(options, labels))
    }
}
