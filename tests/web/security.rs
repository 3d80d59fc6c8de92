//! Protection against intruders; `docs/security.md` names these tests.

use std::net::TcpStream;

use carnet::db::AnyConnection;
use carnet::db::schema::{accounts, sessions};
use carnet::domain::Role;
use diesel::prelude::*;
use reqwest::Method;
use reqwest::header::{HOST, SET_COOKIE};

use crate::support::{Backend, Client, PASSWORD, TestApp, database, plain_client};

/// Passwords that are refused on every form that sets one, for an account named Zoé.
const GUESSED: [(&str, &str); 4] = [
    ("Password2026!", "trop courant"),
    ("abababababab", "répétés"),
    ("Carnet-de-Zoé", "faciles à deviner"),
    ("court", "10 caractères"),
];

both_backends!(
    a_password_that_is_guessed_first_is_refused_wherever_one_is_set,
    a_password_of_any_characters_is_kept_exactly_as_typed,
    an_old_hash_is_made_anew_at_sign_in,
    guessing_at_a_colleague_does_not_keep_her_out_of_her_own_browser,
    a_known_browser_is_slowed_down_by_its_own_failures,
    the_current_password_is_asked_and_cannot_be_guessed_either,
    a_one_time_code_sets_the_password_once,
    an_administrator_ends_the_sessions_of_one_and_of_all,
    one_of_ones_own_sessions_is_ended_and_nobody_elses,
    a_session_ends_after_two_hours_without_a_request_and_after_twelve_at_the_latest,
    signing_out_is_on_every_page_and_clears_the_browser,
    unused_methods_are_refused_and_nothing_is_shared_with_other_origins,
    no_answer_tells_a_version,
    a_request_for_another_host_is_not_answered,
    requests_whose_end_is_not_clear_are_refused,
    an_address_that_a_client_claims_is_not_believed,
    a_field_given_twice_is_refused,
);

async fn a_password_that_is_guessed_first_is_refused_wherever_one_is_set(app: TestApp) {
    let stranger = app.stranger();
    let setup = stranger.get("/setup").await;
    let code = app.setup_code.clone().unwrap();
    for (password, told) in GUESSED {
        let answer = stranger
            .submit(
                &setup,
                "main form",
                &[("code", Some(&code)), ("username", Some("Zoé")), ("password", Some(password))],
            )
            .await;
        refused(&answer, told);
    }
    app.add_account("Zoé", Role::Agent).await;
    let zoe = app.stranger();
    zoe.sign_in("Zoé", PASSWORD).await;
    let own = zoe.get("/account").await;
    let admin = app.administrator().await;
    let new = admin.get("/users/new").await;
    let path = user(&admin, "Zoé").await;
    let edit = admin.get(&path).await;
    for (password, told) in GUESSED {
        refused(
            &zoe.submit(
                &own,
                "form[action='/account/password']",
                &[("current_password", Some(PASSWORD)), ("password", Some(password))],
            )
            .await,
            told,
        );
        refused(
            &admin
                .submit(
                    &new,
                    "main form",
                    &[("username", Some("Zoé")), ("role", Some("agent")), ("password", Some(password))],
                )
                .await,
            told,
        );
        refused(&admin.submit(&edit, "form[action$=password]", &[("password", Some(password))]).await, told);
    }
    app.stranger().sign_in("Zoé", PASSWORD).await;
}

async fn a_password_of_any_characters_is_kept_exactly_as_typed(app: TestApp) {
    app.add_account("zoe", Role::Agent).await;
    let zoe = app.stranger();
    zoe.sign_in("zoe", PASSWORD).await;
    let mut current = PASSWORD.to_owned();
    let long: String = ('a'..='z').cycle().take(199).chain(['É']).collect();
    for password in
        ["  Blancs autour, gardés  ", "密码不是很短的一句话吗", "🦊🐢🍐🚲🧅🎻🧭🪁🧶🪴", long.as_str()]
    {
        let page = zoe.get("/account").await;
        let saved = zoe
            .submit(
                &page,
                "form[action='/account/password']",
                &[("current_password", Some(&current)), ("password", Some(password))],
            )
            .await;
        assert_eq!(saved.status, 303, "{password:?}: {:?}", saved.errors());
        app.stranger().sign_in("zoe", password).await;
        for other in
            [password.trim(), &password.to_uppercase(), &password.chars().take(64).collect::<String>()]
        {
            if other != password {
                assert_eq!(app.stranger().try_sign_in("zoe", other).await.status, 422, "{other:?}");
            }
        }
        current = password.to_owned();
    }
    let page = zoe.get("/account").await;
    let longer = format!("{long}x");
    let refused = zoe
        .submit(
            &page,
            "form[action='/account/password']",
            &[("current_password", Some(&current)), ("password", Some(&longer))],
        )
        .await;
    assert_eq!(refused.status, 422);
    for (field, autocomplete) in [("current_password", "current-password"), ("password", "new-password")] {
        assert_eq!(page.attributes(&format!("#{field}"), "type"), ["password"]);
        assert_eq!(page.attributes(&format!("#{field}"), "autocomplete"), [autocomplete]);
    }
}

async fn an_old_hash_is_made_anew_at_sign_in(app: TestApp) {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
    app.add_account("alice", Role::Coordinator).await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
    let old = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    app.db
        .write(move |conn| {
            diesel::update(accounts::table).set(accounts::password_hash.eq(old)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let mut hashes = Vec::new();
    for _ in 0..2 {
        app.stranger().sign_in("alice", PASSWORD).await;
        let hash: String = app
            .db
            .read(|conn| Ok(accounts::table.select(accounts::password_hash).first(conn)?))
            .await
            .unwrap();
        assert!(hash.contains("m=19456,t=2,p=1"), "{hash}");
        hashes.push(hash);
    }
    assert_eq!(hashes[0], hashes[1], "once");
}

async fn guessing_at_a_colleague_does_not_keep_her_out_of_her_own_browser(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    app.add_account("bob", Role::Agent).await;
    let hers = app.stranger();
    hers.sign_in("alice", PASSWORD).await;
    let page = hers.get("/contacts").await;
    hers.submit(&page, ".who form", &[]).await;

    let attacker = app.stranger();
    // A browser that another account has used is unknown to this account.
    attacker.sign_in("bob", PASSWORD).await;
    let page = attacker.get("/contacts").await;
    attacker.submit(&page, ".who form", &[]).await;
    let mut slowed = 0;
    for _ in 0..12 {
        slowed += u32::from(attacker.try_sign_in("alice", "wrong").await.status == 429);
    }
    assert!(slowed > 0, "guessing is slowed down");
    hers.sign_in("alice", PASSWORD).await;
    assert_eq!(
        app.stranger().try_sign_in("alice", PASSWORD).await.status,
        429,
        "and goes on being so elsewhere"
    );
}

async fn a_known_browser_is_slowed_down_by_its_own_failures(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let hers = app.stranger();
    hers.sign_in("alice", PASSWORD).await;
    let page = hers.get("/contacts").await;
    hers.submit(&page, ".who form", &[]).await;
    let tries = (0..24).map(|_| hers.try_sign_in("alice", "wrong"));
    let answers = futures_util::future::join_all(tries).await;
    assert!(answers.iter().filter(|answer| answer.status == 422).count() <= 12);
    app.stranger().sign_in("alice", PASSWORD).await;
}

async fn the_current_password_is_asked_and_cannot_be_guessed_either(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.get("/account").await;
    let form = "form[action='/account/password']";
    let guess = || {
        alice.submit(
            &page,
            form,
            &[("current_password", Some("wrong")), ("password", Some("un autre long secret"))],
        )
    };
    let answers = futures_util::future::join_all((0..12).map(|_| guess())).await;
    assert!(answers.iter().all(|answer| answer.status == 422));
    assert!(answers.iter().any(|answer| answer.errors()[0].contains("attendez")));
}

async fn a_one_time_code_sets_the_password_once(app: TestApp) {
    let admin = app.administrator().await;
    let page = admin.get("/users/new").await;
    let given = admin
        .submit(
            &page,
            "main form",
            &[("username", Some("Zoé")), ("role", Some("agent")), ("password", Some(""))],
        )
        .await;
    assert_eq!(given.status, 200);
    let code = given.one("#code");
    let stored: Option<String> = app
        .db
        .read(|conn| {
            Ok(accounts::table
                .filter(accounts::username.eq("Zoé"))
                .select(accounts::code_hash)
                .first(conn)?)
        })
        .await
        .unwrap();
    assert!(!stored.unwrap().contains(&code.replace('-', "")));

    let zoe = app.stranger();
    let page = zoe.get("/login/code").await;
    let send = |name: &'static str, code: String, password: &'static str| {
        let (zoe, page) = (&zoe, &page);
        async move {
            zoe.submit(
                page,
                "main form",
                &[("username", Some(name)), ("code", Some(&code)), ("password", Some(password))],
            )
            .await
        }
    };
    let wrong = send("Zoé", "0000-0000-0000-0000".into(), "quatre mots sans rapport").await;
    let nobody = send("nobody", code.clone(), "quatre mots sans rapport").await;
    assert_eq!([wrong.status, nobody.status], [422, 422]);
    assert_eq!(wrong.errors(), nobody.errors(), "neither tells who exists");
    assert_eq!(wrong.attributes("#password", "value"), Vec::<String>::new());
    refused(&send("Zoé", code.clone(), "Password2026!").await, "trop courant");
    let typed = code.to_uppercase().replace('-', " ");
    let (first, second) = tokio::join!(
        send("zoé", typed, "quatre mots sans rapport"),
        send("Zoé", code.clone(), "quatre autres mots ici")
    );
    let mut answers = [first.status, second.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 422], "one of two who race");
    assert_eq!(zoe.get("/contacts").await.status, 200, "and is signed in");
    assert_eq!(send("Zoé", code, "encore un autre secret").await.status, 422);

    // The password is forgotten: it stays until the code is used, and the code expires.
    app.add_account("bob", Role::Agent).await;
    let path = user(&admin, "bob").await;
    let page = admin.get(&path).await;
    let code = admin.submit(&page, "form[action$=code]", &[]).await.one("#code");
    app.stranger().sign_in("bob", PASSWORD).await;
    app.db
        .write(|conn| {
            diesel::update(accounts::table.filter(accounts::username.eq("bob")))
                .set(accounts::code_until.eq(carnet::base::clock::now()))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(send("bob", code, "quatre mots sans rapport").await.status, 422);
}

async fn an_administrator_ends_the_sessions_of_one_and_of_all(app: TestApp) {
    let (alice, bob, admin) = (app.coordinator().await, app.agent().await, app.administrator().await);
    let path = user(&admin, "alice").await;
    let page = admin.get(&path).await;
    let ask = admin.get(&page.attributes("main a[href$='sessions/end']", "href").remove(0)).await;
    assert_eq!(ask.one("h1"), "Déconnecter alice\u{202F}?");
    assert_eq!(ask.select(".points li"), ["Une session ouverte prendra fin."]);
    assert_eq!(alice.get("/contacts").await.status, 200, "nothing is done yet");
    let answer = admin.submit(&ask, "main form", &[]).await;
    assert_eq!(admin.follow(&answer).await.flash(), "1 session déconnectée.");
    assert_eq!([alice.get("/contacts").await.status, bob.get("/contacts").await.status], [303, 200]);
    let elsewhere = app.stranger();
    elsewhere.sign_in("bob", PASSWORD).await;
    // A browser in which nobody has signed in is no session to speak of.
    app.stranger().get("/login").await;
    let page = admin.get("/users").await;
    let ask = admin.get(&page.attributes("main a[href$='sessions/end']", "href").remove(0)).await;
    let points = ask.select(".points li");
    assert!(points[0].starts_with("Une autre personne est connectée"), "{points:?}");
    assert_eq!(points[1], "2 sessions ouvertes prendront fin.");
    let answer = admin.submit(&ask, "main form", &[]).await;
    assert_eq!(admin.follow(&answer).await.flash(), "2 sessions déconnectées.");
    assert_eq!(bob.get("/contacts").await.status, 303);
    let told = admin.get("/audit?kind=account.sessions_ended").await;
    assert!(told.body.matches("Sessions déconnectées").count() >= 2);
}

async fn one_of_ones_own_sessions_is_ended_and_nobody_elses(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let elsewhere = app.stranger();
    elsewhere.sign_in("alice", PASSWORD).await;
    let page = alice.get("/account").await;
    let session = page.attributes("tbody button", "value").remove(0);
    let end = [("session", session.as_str()), ("password_again", PASSWORD)];
    let ended = bob.post(&bob.get("/account").await, "/account/sessions/end", &end).await;
    assert_eq!(bob.follow(&ended).await.flash(), "Aucune autre session n’était ouverte.");
    assert_eq!(elsewhere.get("/contacts").await.status, 200);
    assert_eq!(alice.post(&page, "/account/sessions/end", &end).await.status, 303);
    assert_eq!([alice.get("/contacts").await.status, elsewhere.get("/contacts").await.status], [200, 303]);
}

async fn a_session_ends_after_two_hours_without_a_request_and_after_twelve_at_the_latest(app: TestApp) {
    let alice = app.coordinator().await;
    // The request of a living session is noted after its answer, so that one comes last.
    for (created, seen, status) in [(1, 3, 303), (13, 0, 303), (11, 1, 200)] {
        let now = carnet::base::clock::now();
        app.db
            .write(move |conn| {
                diesel::update(sessions::table)
                    .set((
                        sessions::created_at.eq(now - chrono::TimeDelta::hours(created)),
                        sessions::last_seen_at.eq(now - chrono::TimeDelta::hours(seen)),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(alice.get("/contacts").await.status, status, "opened {created} h ago, seen {seen} h ago");
    }
}

async fn signing_out_is_on_every_page_and_clears_the_browser(app: TestApp) {
    let alice = app.coordinator().await;
    for path in ["/contacts", "/imports", "/organizations", "/account", "/nowhere"] {
        assert_eq!(alice.get(path).await.select(".who form[action='/logout'] button").len(), 1, "{path}");
    }
    let page = alice.get("/contacts").await;
    let answer = alice.submit(&page, ".who form", &[]).await;
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    let left: Vec<String> = app.db.read(|conn| Ok(open_sessions(conn))).await.unwrap();
    assert_eq!(left, Vec::<String>::new());
}

async fn unused_methods_are_refused_and_nothing_is_shared_with_other_origins(app: TestApp) {
    let alice = app.coordinator().await;
    let stylesheet = alice.get("/contacts").await.attributes("link[rel=stylesheet]", "href").remove(0);
    for method in ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND"] {
        for path in [
            "/",
            "/contacts",
            "/contacts/1",
            "/login",
            "/imports",
            "/healthz",
            "/readyz",
            "/nowhere",
            stylesheet.as_str(),
        ] {
            let answer = alice
                .raw(Method::from_bytes(method.as_bytes()).unwrap(), path)
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "POST")
                .header("cookie-of-mine", "secret-in-a-header")
                .send()
                .await
                .unwrap();
            // A method that changes something is refused for its origin first.
            assert!(matches!(answer.status().as_u16(), 403..=405), "{method} {path}: {}", answer.status());
            assert!(
                answer.headers().keys().all(|name| !name.as_str().starts_with("access-control-")),
                "{method} {path}"
            );
            assert!(!answer.text().await.unwrap().contains("secret-in-a-header"), "{method} {path}");
        }
    }
}

async fn no_answer_tells_a_version(app: TestApp) {
    let (stranger, alice) = (app.stranger(), app.coordinator().await);
    for path in
        ["/login", "/healthz", "/readyz", "/nowhere", "/.git/config", "/Cargo.toml", "/static/", "/.env"]
    {
        let answer = stranger.get(path).await;
        for name in ["server", "x-powered-by", "via"] {
            assert!(answer.header(name).is_empty(), "{path}: {name}");
        }
        assert!(!answer.body.contains(env!("CARGO_PKG_VERSION")), "{path}");
        assert!(!answer.body.to_lowercase().contains("actix"), "{path}");
        if path.starts_with("/.") || path.ends_with(['/', 'l']) {
            assert_eq!(answer.status, 404, "{path}");
        }
    }
    assert!(!alice.get("/contacts").await.body.contains(env!("CARGO_PKG_VERSION")));
}

async fn a_request_for_another_host_is_not_answered(app: TestApp) {
    let stranger = app.stranger();
    let ask = |host: &'static str| stranger.raw(Method::GET, "/login").header(HOST, host).send();
    for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost@evil.example"] {
        let answer = ask(host).await.unwrap();
        assert_eq!(answer.status(), 421, "{host}");
        assert!(answer.text().await.unwrap().contains("--public-url"));
    }
    for host in ["localhost", "127.0.0.1:1", "[::1]:8080"] {
        assert_ne!(ask(host).await.unwrap().status(), 421, "{host}");
    }
    let health = stranger.raw(Method::GET, "/healthz").header(HOST, "node-3").send().await.unwrap();
    assert_eq!(health.status(), 200, "load balancers ask by what they know");
    for (head, status) in [
        ("GET /login HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n", "4"),
        ("GET http://evil.example/login HTTP/1.1\r\nHost: localhost\r\n", "421"),
        ("GET /login HTTP/1.1\r\n", "4"),
        ("GET /login HTTP/1.0\r\n", "30"),
    ] {
        let answer = by_hand(app.address, head).await;
        assert!(answer.split(' ').nth(1).is_some_and(|code| code.starts_with(status)), "{head}: {answer}");
    }
}

async fn requests_whose_end_is_not_clear_are_refused(app: TestApp) {
    let form = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for (name, rest) in [
        ("a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        ("two lengths", "Content-Length: 4\r\nContent-Length: 40\r\n"),
        ("a negative length", "Content-Length: -1\r\n"),
        ("a length with a sign", "Content-Length: +4\r\n"),
        ("no number", "Content-Length: 4, 4x\r\n"),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n"),
        ("a name with a space", "Content-Length : 4\r\n"),
        ("a line that goes on", "X: a\r\n b\r\nContent-Length: 4\r\n"),
    ] {
        let line = by_hand(app.address, &format!("POST /login HTTP/1.1\r\n{form}{rest}")).await;
        assert!(line.is_empty() || line.split(' ').nth(1) == Some("400"), "{name}: {line}");
    }
}

async fn an_address_that_a_client_claims_is_not_believed(app: TestApp) {
    use carnet::db::schema::sign_in_throttles as throttles;
    app.add_account("alice", Role::Coordinator).await;
    let client = app.stranger();
    let page = client.get("/login").await;
    let token = page.csrf();
    for (name, value) in
        [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.8"), ("x-real-ip", "203.0.113.9")]
    {
        let fields = [("csrf", token.as_str()), ("username", "nobody"), ("password", "wrong")];
        let answer =
            client.raw(Method::POST, "/login").header(name, value).form(&fields).send().await.unwrap();
        assert_eq!(answer.status(), 422);
    }
    let counted: Vec<(String, i64)> = app
        .db
        .read(|conn| {
            Ok(throttles::table
                .filter(throttles::bucket.like("network:%"))
                .select((throttles::bucket, throttles::failures))
                .load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(counted, [("network:127.0.0.0/24".to_owned(), 3)]);
}

async fn a_field_given_twice_is_refused(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let client = app.stranger();
    let page = client.get("/login").await;
    let twice = client
        .post(&page, "/login", &[("username", "alice"), ("username", "bob"), ("password", PASSWORD)])
        .await;
    assert_eq!(twice.status, 400);
    let twice = client
        .post(&page, "/login", &[("username", "alice"), ("password", PASSWORD), ("password", "x")])
        .await;
    assert_eq!(twice.status, 400);
    assert_eq!(client.get("/login?next=/contacts&next=/imports").await.status, 400);
}

#[actix_web::test]
async fn with_https_cookies_belong_to_the_host_alone_and_browsers_keep_to_https() {
    let (url, folder) = database(Backend::Sqlite).unwrap();
    let app = TestApp::start(url, folder, &["--public-url", "https://carnet.example.org"]).await;
    app.add_account("alice", Role::Coordinator).await;
    let client = plain_client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |path: &str| format!("http://{}{path}", app.address);
    let get = client.get(at("/login")).header(HOST, "carnet.example.org").send().await.unwrap();
    let kept = get.headers()["strict-transport-security"].to_str().unwrap();
    assert_eq!(kept, "max-age=31536000; includeSubDomains");
    let form = cookies(&get);
    let token = form[0].split(['=', ';']).nth(1).unwrap().to_owned();
    let answer = client
        .post(at("/login"))
        .header(HOST, "carnet.example.org")
        .header("cookie", form[0].split(';').next().unwrap())
        .form(&[("csrf", token.as_str()), ("username", "alice"), ("password", PASSWORD)])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let all = [form, cookies(&answer)].concat();
    assert_eq!(all.len(), 3, "form, session, browser: {all:?}");
    for cookie in all {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let other = client.get(at("/login")).header(HOST, "other.example.org").send().await.unwrap();
    assert_eq!(other.status(), 421);
}

fn cookies(answer: &reqwest::Response) -> Vec<String> {
    let all = answer.headers().get_all(SET_COOKIE).iter();
    all.map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
}

fn refused(answer: &crate::support::Page, told: &str) {
    assert_eq!(answer.status, 422, "{told}");
    let errors = answer.errors();
    assert!(errors.iter().any(|error| error.contains(told)), "{told}: {errors:?}");
}

/// The path of an account's page.
async fn user(admin: &Client, name: &str) -> String {
    let page = admin.get("/users").await;
    let names = page.select("tbody th");
    let at = names.iter().position(|shown| shown == name).unwrap();
    page.attributes("tbody td a", "href").remove(at)
}

fn open_sessions(conn: &mut AnyConnection) -> Vec<String> {
    sessions::table.filter(sessions::account_id.is_not_null()).select(sessions::key_hash).load(conn).unwrap()
}

/// Sends a request head that no client of ours would send, and reads the first line of the answer.
async fn by_hand(address: std::net::SocketAddr, head: &str) -> String {
    use std::io::{BufRead as _, BufReader, Write as _};
    let head = head.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{head}Connection: close\r\n\r\n").unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    });
    asked.await.unwrap()
}
