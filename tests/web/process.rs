//! What an operator sees of a process: metrics, request ids in the log, readiness.

use std::fs::File;
use std::net::SocketAddr;

use diesel::connection::SimpleConnection as _;

use crate::support::process::{Served, add_coordinator, carnet};
use crate::support::raw::exchange;
use crate::support::{Backend, Client, PASSWORD, Page, TestApp, database};

const ANYWHERE: &str = "127.0.0.1:0";

/// A server with an address for its metrics.
fn measured(url: &str) -> (Served, SocketAddr) {
    let mut command = carnet(&["serve", "--listen", ANYWHERE, "--database-url", url]);
    command.args(["--metrics-listen", ANYWHERE]);
    let mut served = Served::start(command);
    let address = served
        .printed
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("Metrics at http://")?.strip_suffix("/metrics")?.parse().ok());
    (served, address.unwrap())
}

#[test]
fn metrics_name_routes_by_pattern_and_have_a_port_of_their_own() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        add_coordinator("alice", &url);
        let (served, metrics) = measured(&url);
        actix_web::rt::System::new().block_on(async {
            let alice = Client::new(served.address);
            alice.sign_in("alice", PASSWORD).await;
            let list = "M.,Ada,Bernard,ada@b.fr,,,,\nM.,Zoé,Cros,zoe@b.fr,,,,\n";
            alice.import("juin", list, false).await;
            for path in ["/contacts/1", "/contacts/2", "/contacts?q=bernard"] {
                assert_eq!(alice.get(path).await.status, 200);
            }
            assert_eq!(alice.get("/ada-bernard").await.status, 404);
            let strange = reqwest::Method::from_bytes(b"BERNARD").unwrap();
            alice.raw(strange, "/contacts").send().await.unwrap();

            let figures = Client::new(metrics).get("/metrics").await;
            assert_eq!(figures.status, 200);
            assert!(figures.header("content-type").starts_with("text/plain; version=0.0.4"));
            let text = &figures.body;
            for line in [
                "carnet_http_requests_total{method=\"GET\",route=\"/contacts/{id}\",status=\"200\"} 2",
                "carnet_http_request_duration_seconds_count{method=\"GET\",route=\"/contacts/{id}\"} 2",
                "carnet_http_requests_total{method=\"POST\",route=\"/login\",status=\"303\"} 1",
                "carnet_http_requests_in_flight 0",
                "carnet_http_requests_refused_total 0",
                "carnet_db_writers_queued 0",
                "carnet_import_lines_total{outcome=\"created\"} 2",
                "carnet_jobs{state=\"waiting\"} 0",
                "carnet_jobs{state=\"running\"} 0",
            ] {
                assert!(text.lines().any(|told| told == line), "{line}\n{text}");
            }
            assert!(text.contains("method=\"other\""), "{text}");
            assert!(text.contains("carnet_db_connections{state=\"idle\"} "), "{text}");
            assert!(text.contains("carnet_db_connection_wait_seconds_bucket"));
            assert!(text.contains("process_start_time_seconds 1"), "{text}");
            for secret in ["contacts/1", "ernard", "BERNARD", "alice", "juin", "q="] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
            assert_eq!(alice.get("/metrics").await.status, 404, "not for the public");
            let other = Client::new(metrics).get("/contacts").await;
            assert_eq!(other.status, 404, "nothing but figures");
        });
    }
}

#[test]
fn every_line_about_a_request_has_the_id_that_its_answer_has() {
    let Some((url, folder)) = database(Backend::Sqlite) else {
        return;
    };
    add_coordinator("alice", &url);
    for (format, id_in_line) in [("text", "request=proxy-7"), ("json", "\"request\":\"proxy-7\"")] {
        let log = folder.path().join(format);
        let mut command = carnet(&["serve", "--listen", ANYWHERE, "--database-url", &url]);
        command.args(["--log-format", format]);
        let served = Served::logging(command, File::create(&log).unwrap());
        let ask = |path: &str, id: &str| {
            let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{id}\r\n");
            let answer = exchange(served.address, &head).to_ascii_lowercase();
            let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
            id.unwrap().to_owned()
        };
        assert_eq!(ask("/login?next=secret", "X-Request-Id: proxy-7\r\n"), "proxy-7");
        let own = ask("/nowhere", "");
        let other = ask("/login", "X-Request-Id: <b>secret</b>\r\n");
        assert_ne!(own, other);
        assert_eq!((own.len(), other.len()), (12, 12));
        let text = std::fs::read_to_string(&log).unwrap();
        for id in [own.as_str(), other.as_str(), id_in_line] {
            let of_it: Vec<&str> = text.lines().filter(|line| line.contains(id)).collect();
            assert_eq!(of_it.len(), 1, "{id}: {text}");
            assert!(of_it[0].contains("milliseconds"), "{text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }
}

/// Removes a migration from the list of those that were run, or adds one.
async fn list_migration(app: &TestApp, sql: &'static str) {
    app.db.write(move |conn| Ok(conn.batch_execute(sql)?)).await.unwrap();
}

async fn readiness(app: &TestApp) -> Page {
    app.stranger().get("/readyz").await
}

both_backends!(
    a_fault_shows_the_id_of_its_request_as_the_reference,
    a_node_is_ready_while_the_database_has_at_least_its_own_schema,
);

async fn a_fault_shows_the_id_of_its_request_as_the_reference(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    app.refuse_new_contacts(true).await;
    let typed = [("first_name", Some("A")), ("last_name", Some("B")), ("copy", None)];
    let answer = alice.submit(&form, "main form", &typed).await;
    assert_eq!(answer.status, 500);
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 12);
    assert!(answer.one(".muted").ends_with(id), "{}", answer.one(".muted"));
}

async fn a_node_is_ready_while_the_database_has_at_least_its_own_schema(app: TestApp) {
    assert_eq!(readiness(&app).await.status, 200);
    list_migration(&app, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").await;
    assert_eq!(readiness(&app).await.status, 200, "a newer node has migrated");
    list_migration(&app, "DELETE FROM __diesel_schema_migrations WHERE version = '0001'").await;
    let missing = readiness(&app).await;
    assert_eq!(missing.status, 503);
    assert_eq!(missing.header("retry-after"), "5");
    assert!(!missing.body.contains("0001"), "the cause is not shown");
    assert_eq!(app.stranger().get("/healthz").await.status, 200, "alive all the same");
}

#[test]
fn a_used_port_for_metrics_is_a_start_up_error_that_says_what_to_do() {
    let taken = std::net::TcpListener::bind(ANYWHERE).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let Some((url, _folder)) = database(Backend::Sqlite) else {
        return;
    };
    let mut command = carnet(&["serve", "--listen", ANYWHERE, "--database-url", &url]);
    let output = command.args(["--metrics-listen", &address]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = crate::support::text(&output);
    assert!(told.contains("--metrics-listen"), "{told}");
}
