//! Limits of one request, one account or one network, so that others are still answered.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use carnet::app::serve;
use carnet::book::list;
use carnet::error::{AppError, AppResult};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};

use crate::support::process::{Served, add_coordinator, carnet};
use crate::support::raw::{Raw, Signed, exchange, status};
use crate::support::waiting::wait_for_blocking;
use crate::support::{Backend, Client, PASSWORD, Page, TestApp, database};

/// The fields of a form, encoded.
fn fields(name: &str, count: usize) -> String {
    let one = |number| format!("{name}{number}=x&");
    (0..count).map(one).collect::<String>()
}

fn served(backend: Backend, test: impl FnOnce(SocketAddr, &Signed)) {
    let Some((url, _folder)) = database(backend) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    let alice = Signed::sign_in(served.address, "alice", PASSWORD);
    test(served.address, &alice);
}

fn too_many_fields_are_refused_early(backend: Backend) {
    served(backend, |address, alice| {
        let new = "civility=M.&first_name=Jean&last_name=Petit&";
        let save = |path, fields: &str| exchange(address, &alice.post(path, fields));
        // The token is a field, too.
        let fits = save("/contacts", &format!("{new}{}", fields("keep_", 495)));
        assert_eq!(status(&fits), Some(303), "{fits}");
        for (path, count) in [
            ("/contacts/1", 55_000),
            ("/contacts", 497),
            ("/contacts/statuses", 1_200),
            ("/contacts/1/expertise", 500),
            ("/organizations", 60_000),
        ] {
            let begun = Instant::now();
            let answer = save(path, &format!("{new}{}", fields("keep_", count)));
            assert_eq!(status(&answer), Some(413), "{path}: {answer}");
            assert!(answer.contains("<h1><bdi>Formulaire trop long</bdi></h1>"), "{answer}");
            assert!(answer.to_ascii_lowercase().contains("connection: close"));
            assert!(begun.elapsed() < Duration::from_secs(2), "{path}");
        }
        let statuses = format!("back=%2Fcontacts&{}", fields("expert", 1_190));
        assert_eq!(status(&save("/contacts/statuses", &statuses)), Some(303));
        for (path, count, expected) in [
            ("/organizations", 495, 200),
            ("/organizations", 501, 413),
            ("/contacts", 1_200, 200),
            ("/contacts", 1_201, 413),
        ] {
            let query = fields("a", count);
            let answer = alice.get(&format!("{path}?{}", query.trim_end_matches('&')));
            assert_eq!(status(&answer), Some(expected), "{path} {count}");
        }
        // A visitor who is not signed in gets the same answer, as what was typed cannot be given back.
        let stranger = Signed::stranger(address);
        let answer = exchange(address, &stranger.post("/contacts", &fields("keep_", 600)));
        assert_eq!(status(&answer), Some(413), "{answer}");
        assert!(!alice.get("/contacts").contains("keep_"));
    });
}

#[test]
fn too_many_fields_are_refused_early_sqlite() {
    too_many_fields_are_refused_early(Backend::Sqlite);
}

#[test]
fn too_many_fields_are_refused_early_postgres() {
    too_many_fields_are_refused_early(Backend::Postgres);
}

#[test]
fn every_route_bounds_its_fields() {
    let routes = serve::routes();
    for route in routes.table() {
        let expected: &[usize] = match route.pattern {
            "/contacts" if route.method == "POST" => &[500],
            "/contacts" | "/contacts/statuses" | "/contacts/message" | "/contacts.vcf" => &[1_200],
            pattern if pattern.starts_with("/imports/{id}") => &[500, 2_100],
            _ => &[500],
        };
        assert!(expected.contains(&route.most_fields), "{route:?}");
    }
}

/// Items that are pasted, and ten times as many.
const FEW: usize = 6_000;
const MANY: usize = 60_000;
/// If an item is looked at once, many take ten times as long as few. If each is compared with all others, a hundred times.
const MOST_TIMES: u32 = 40;

/// How long it takes to refuse a form because of one field: the shortest of a few times, because other work of the machine delays
/// some.
async fn refused_in(
    client: &Client,
    form: &Page,
    typed: &[(&str, &str)],
    (name, text): (&str, &str),
    why: &str,
) -> Duration {
    let fields: Vec<(&str, Option<&str>)> =
        typed.iter().chain([&(name, text)]).map(|(name, value)| (*name, Some(*value))).collect();
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let answer = client.submit(form, "main form", &fields).await;
        shortest = shortest.min(begun.elapsed());
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.errors().join("").contains(why), "{:?}", answer.errors());
    }
    shortest
}

both_backends!(
    tens_of_thousands_of_pasted_items_are_each_looked_at_once,
    a_page_that_takes_too_long_fails_alone,
);

async fn tens_of_thousands_of_pasted_items_are_each_looked_at_once(app: TestApp) {
    let administrator = app.administrator().await;
    administrator.import("un", "Mme,Inès,Zola,ines@b.fr,Voirie,,,\n", false).await;
    let page = administrator.get("/contacts?q=ines@").await;
    let contact = page.attributes("tbody th a", "href").remove(0);
    let different = |count: usize| (0..count).map(|number| format!("s{number},")).collect::<String>();
    let equal = |count: usize| "eau,".repeat(count);
    let below = |count: usize| different(count).replace(',', "\r\n");
    let form = administrator.get(&format!("{contact}/expertise")).await;
    for pasted in [&different as &dyn Fn(usize) -> String, &equal, &below] {
        for field in ["topics", "languages"] {
            let [few, many] = [pasted(FEW), pasted(MANY)];
            let few = refused_in(&administrator, &form, &[], (field, &few), "10 au plus").await;
            let many = refused_in(&administrator, &form, &[], (field, &many), "10 au plus").await;
            assert!(many < few * MOST_TIMES, "{field}: {few:?} and {many:?}");
        }
    }
    let page = administrator.get("/contact-types/new").await;
    let made = administrator.submit(&page, "main form", &[("name", Some("Élu"))]).await;
    let path = made.location();
    let form = administrator.get(&format!("{path}/fields/new")).await;
    let typed = [("label", "Parti"), ("kind", "list")];
    let [few, many] = [below(FEW), below(MANY)];
    let few = refused_in(&administrator, &form, &typed, ("choices", &few), "plus de 50").await;
    let many = refused_in(&administrator, &form, &typed, ("choices", &many), "plus de 50").await;
    assert!(many < few * MOST_TIMES, "{few:?} and {many:?}");
}

async fn a_page_that_takes_too_long_fails_alone(app: TestApp) {
    let db = &app.db;
    let page = |conn: &mut carnet::db::AnyConnection| list::first_page(conn, "martin").map(|_| ());
    db.read(page).await.unwrap();
    // On both databases the clock is read within a search.
    let slow: AppResult<()> = db
        .read(move |conn| {
            // Longer than a page may take.
            std::thread::sleep(Duration::from_secs(2));
            page(conn)
        })
        .await;
    assert!(matches!(slow, Err(AppError::OverTime)), "{slow:?}");
    db.read(page).await.unwrap();
    // Files, jobs and writes have no time limit.
    let unhurried = |conn: &mut carnet::db::AnyConnection| {
        std::thread::sleep(Duration::from_secs(2));
        list::first_page(conn, "martin").map(|_| ())
    };
    db.read_unhurried(unhurried).await.unwrap();
    db.write(unhurried).await.unwrap();
}

#[test]
fn postgresql_ends_the_statements_of_pages_and_no_others() {
    let Some((url, _folder)) = database(Backend::Postgres) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    let alice = Signed::sign_in(served.address, "alice", PASSWORD);
    let mut book = PgConnection::establish(&url).unwrap();
    // The list waits for the first lock, a save for the second; the session waits for neither.
    let locks =
        "BEGIN; LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE; LOCK TABLE contacts IN EXCLUSIVE MODE";
    book.batch_execute(locks).unwrap();
    let begun = Instant::now();
    let saving = {
        let new = alice.post("/contacts", "civility=M.&first_name=Jean&last_name=Petit");
        std::thread::spawn(move || exchange(served.address, &new))
    };
    let answer = alice.get("/contacts?q=martin");
    assert!((2..4).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert_eq!(status(&answer), Some(503), "{answer}");
    assert!(answer.contains("<h1><bdi>Cette page a pris trop de temps</bdi></h1>"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("retry-after: 5"));
    assert_eq!(status(&alice.get("/account")), Some(200));
    book.batch_execute("ROLLBACK").unwrap();
    let saved = saving.join().unwrap();
    assert_eq!(status(&saved), Some(303), "a save waits: {saved}");
    assert_eq!(status(&alice.get("/contacts?q=martin")), Some(200));
}

#[test]
fn bodies_of_strangers_share_a_bounded_part_of_the_memory() {
    served(Backend::Sqlite, |address, alice| {
        let stranger = Signed::stranger(address);
        let answer = exchange(address, &format!("{}\r\n", stranger.form_head("/login", 768 * 1024 + 1)));
        assert_eq!(status(&answer), Some(413), "{answer}");
        assert!(answer.contains("768\u{A0}Kio"), "{answer}");
        // An interrupted form with the longest note.
        let carried = format!(
            "username=alice&password=no&resume_path=%2Fcontacts%2F1%2Fnotes&resume_body={}",
            "n".repeat(700 * 1024)
        );
        let answer = exchange(address, &stranger.post("/login", &carried));
        assert_eq!(status(&answer), Some(422));
        assert!(answer.contains(&"n".repeat(1_000)));

        let half = format!(
            "{}\r\ncsrf={}&password={}",
            stranger.form_head("/login", 700 * 1024),
            stranger.token,
            "x".repeat(650 * 1024)
        );
        let mut flood: Vec<Raw> = (0..60)
            .map(|_| {
                let mut raw = Raw::open(address);
                raw.send(half.as_bytes());
                raw
            })
            .collect();
        let refused = flood
            .iter_mut()
            .filter_map(|raw| raw.answer_within(Duration::from_millis(500)))
            .inspect(|answer| assert_eq!(status(answer), Some(503), "{answer}"))
            .count();
        assert!(refused >= 30, "{refused}");
        // Meanwhile visitors can sign in, and signed-in accounts can send long notes.
        let bob = Signed::sign_in(address, "alice", PASSWORD);
        assert_eq!(status(&bob.get("/contacts")), Some(200));
        let new = alice.post("/contacts", "civility=M.&first_name=Jean&last_name=Petit");
        assert_eq!(status(&exchange(address, &new)), Some(303));
        let note =
            alice.post("/contacts/1/notes", &format!("note={}", "é".repeat(32_000).replace('é', "%C3%A9")));
        assert_eq!(status(&exchange(address, &note)), Some(303));
        drop(flood);
        let answer = wait_for_blocking("the room is given back", || {
            let answer = exchange(address, &stranger.post("/login", &carried));
            (status(&answer) != Some(503)).then_some(answer)
        });
        assert_eq!(status(&answer), Some(422), "{answer}");
    });
}

/// Sends a body of 3 GiB until the server stops reading; returns the number of bytes sent, and the answer.
fn pour(address: SocketAddr, head: &str) -> (u64, String) {
    const PIECE: usize = 64 * 1024;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answers = stream.try_clone().unwrap();
    let answer = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = answers.read(&mut piece) {
            bytes.extend_from_slice(&piece[..length]);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let piece = vec![b'x'; PIECE];
    let mut sent = 0;
    while sent < 3 << 30 && stream.write_all(&piece).is_ok() {
        sent += PIECE as u64;
    }
    (sent, answer.join().unwrap())
}

#[test]
fn an_unwanted_body_is_not_read() {
    served(Backend::Sqlite, |address, alice| {
        let stranger = Signed::stranger(address);
        let length = 3_u64 << 30;
        let form =
            format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n");
        for (head, expected) in [
            (stranger.head("POST", "/nowhere"), 404),
            (stranger.head("POST", "/login"), 413),
            (stranger.head("POST", "/contacts"), 413),
            (format!("{}Origin: https://evil.example\r\n", alice.head("POST", "/contacts")), 403),
            (alice.head("POST", "/users"), 403),
            (alice.head("POST", "/contacts"), 413),
            (alice.head("PUT", "/contacts"), 405),
            (alice.head("GET", "/contacts"), 200),
            (alice.head("GET", "/healthz"), 200),
        ] {
            let begun = Instant::now();
            let (sent, answer) = pour(address, &format!("{head}{form}"));
            let first = head.lines().next().unwrap_or_default();
            assert_eq!(status(&answer), Some(expected), "{first}: {answer}");
            assert!(sent < 64 << 20, "{first}: {} MiB were taken", sent >> 20);
            assert!(begun.elapsed() < Duration::from_secs(5), "{first}");
        }
    });
}

#[test]
fn half_sent_heads_of_a_network_make_room_for_its_next_requests() {
    const FLOOD: usize = 500;
    served(Backend::Sqlite, |address, alice| {
        let mut flood: Vec<Raw> = (0..FLOOD)
            .map(|_| {
                let mut raw = Raw::open(address);
                raw.send(b"GET /login HTTP/1.1\r\nHost: loc");
                raw
            })
            .collect();
        for path in ["/healthz", "/contacts", "/healthz"] {
            let begun = Instant::now();
            assert_eq!(status(&alice.get(path)), Some(200), "{path}");
            assert!(begun.elapsed() < Duration::from_secs(1), "{path}: {:?}", begun.elapsed());
        }
        // Some of them were closed, and the others continue.
        let closed = flood
            .iter_mut()
            .filter_map(|raw| {
                raw.send(b"alhost\r\n\r\n");
                raw.answer_within(Duration::from_secs(20))
            })
            .inspect(|answer| assert!(matches!(status(answer), None | Some(200)), "{answer}"))
            .filter(String::is_empty)
            .count();
        assert!((FLOOD - 448..FLOOD - 400).contains(&closed), "{closed}");
    });
}

#[test]
fn an_invalid_request_writes_no_error_into_the_log() {
    let Some((url, folder)) = database(Backend::Sqlite) else {
        return;
    };
    let path = folder.path().join("log");
    let log = std::fs::File::create(&path).unwrap();
    let mut command = carnet(&["serve", "--listen", "127.0.0.1:0", "--database-url", &url]);
    command.env("RUST_LOG", "info");
    let served = Served::logging(command, log);
    let oversized = "x".repeat(300 * 1024);
    for (request, expected) in [
        (format!("GET /login HTTP/1.1\r\nHost: a\r\nX-Long: {oversized}\r\n\r\n"), Some(431)),
        (format!("GET /{oversized} HTTP/1.1\r\nHost: a\r\n\r\n"), Some(431)),
        ("GET /login HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".to_owned(), Some(400)),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n".to_owned(), Some(400)),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(300)), Some(431)),
    ] {
        let mut raw = Raw::open(served.address);
        raw.send(request.as_bytes());
        let answer = raw.read_to_end();
        assert_eq!(status(&answer), expected, "{answer}");
    }
    let health = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&exchange(served.address, health)), Some(200));
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(log.contains("/healthz"), "it logs: {log}");
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn a_connection_that_ends_before_its_form_is_an_interruption() {
    served(Backend::Sqlite, |address, alice| {
        let part = format!("{}\r\ncsrf={}&note=a", alice.form_head("/contacts/1/notes", 5_000), alice.token);
        let upload = format!(
            "{}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n--b\r\n\
             Content-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nM.,A",
            alice.head("POST", "/imports"),
            alice.token
        );
        for request in [part, upload] {
            let mut raw = Raw::open(address);
            assert!(raw.send(request.as_bytes()));
            raw.end();
            let answer = raw.read_to_end();
            assert_eq!(status(&answer), Some(408), "{answer}");
            assert!(answer.contains("<h1><bdi>Envoi interrompu</bdi></h1>"), "{answer}");
        }
    });
}
