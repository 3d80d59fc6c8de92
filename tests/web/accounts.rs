//! The first administrator, signing in and out, one's own account, and the management of accounts.

use std::time::{Duration, Instant};

use carnet::domain::Role;

use crate::support::{PASSWORD, Page, TestApp};

both_backends!(
    the_printed_code_makes_the_first_administrator_once,
    each_node_on_an_empty_book_prints_a_code_that_works,
    signing_in_leads_to_the_wanted_page_and_out_ends_the_session,
    the_answer_does_not_tell_whether_an_account_exists,
    failures_slow_down_the_next_try_on_every_node_but_nobody_else,
    many_tries_at_once_do_not_slip_by_together,
    a_flood_of_other_names_delays_no_account_without_failures,
    tries_during_the_wait_of_a_network_are_counted_and_do_not_prolong_it,
    no_typed_name_is_stored_and_older_rows_are_deleted,
    of_too_many_counts_those_with_several_failures_are_kept,
    a_name_that_no_account_can_have_is_just_wrong,
    a_right_taken_away_acts_at_the_next_request,
    the_administrator_keeps_accounts,
    a_sign_in_during_a_change_of_the_password_opens_no_session,
    a_sign_in_while_the_account_is_disabled_opens_no_session_later,
    renaming_an_account_keeps_what_others_have_changed,
    an_administrator_changes_ones_own_password_and_factor_as_everybody_does,
    the_last_administrator_stays,
    ones_own_account_has_language_password_and_sessions,
    a_session_planted_before_signing_in_is_worth_nothing,
);

async fn the_printed_code_makes_the_first_administrator_once(app: TestApp) {
    let code = app.setup_code.clone().unwrap();
    let client = app.stranger();
    assert_eq!(client.follow(&client.get("/login").await).await.status, 200, "/login leads to /setup");
    let page = client.get("/setup").await;
    let wrong = client
        .submit(
            &page,
            "main form",
            &[
                ("code", Some("0000-0000-0000-0000")),
                ("username", Some("root")),
                ("password", Some(PASSWORD)),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.errors().len(), 1);
    assert_eq!(wrong.attributes("#username", "value"), ["root"], "what was typed stays");
    assert_eq!(wrong.attributes("#password", "value"), Vec::<String>::new(), "but not the password");

    let fields = [("code", Some(code.as_str())), ("username", Some("root")), ("password", Some(PASSWORD))];
    let other = app.stranger();
    let others_page = other.get("/setup").await;
    let (first, second) = tokio::join!(
        client.submit(&page, "main form", &fields),
        other.submit(&others_page, "main form", &fields),
    );
    assert_eq!([first.status, second.status], [303, 303]);
    let mut locations = [first.location(), second.location()];
    locations.sort();
    assert_eq!(locations, ["/login", "/users"], "one of two who race is the administrator");
    assert_eq!(client.get("/setup").await.location(), "/login");
}

async fn each_node_on_an_empty_book_prints_a_code_that_works(app: TestApp) {
    let start = async || {
        let folder = tempfile::tempdir().unwrap();
        TestApp::start(app.database_url.clone(), folder, &[]).await
    };
    let (second, third) = (start().await, start().await);
    let codes = [&app, &second, &third].map(|node| node.setup_code.clone().unwrap());
    let client = app.stranger();
    let page = client.get("/setup").await;
    let create = async |code: &str, password| {
        let fields = [("code", Some(code)), ("username", Some("root")), ("password", Some(password))];
        client.submit(&page, "main form", &fields).await
    };
    for code in &codes {
        let short = create(code, "short").await;
        assert_eq!(short.attributes(".error-summary a", "href"), ["#password"], "the code is right");
    }
    let wrong = create(&format!("{} {}", codes[0], codes[1]), PASSWORD).await;
    assert_eq!(wrong.attributes(".error-summary a", "href"), ["#code"]);
    assert_eq!(create(&codes[1], PASSWORD).await.location(), "/users");
    let late = app.stranger();
    assert_eq!(late.get("/setup").await.location(), "/login", "no code is left");
}

async fn signing_in_leads_to_the_wanted_page_and_out_ends_the_session(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let client = app.stranger();
    let sent = client.get("/contacts?q=d%27arc").await;
    assert_eq!(sent.status, 303);
    assert_eq!(sent.location(), "/login?next=%2Fcontacts%3Fq%3Dd%2527arc");
    let page = client.get(&sent.location()).await;
    let answer =
        client.submit(&page, "main form", &[("username", Some("ALICE")), ("password", Some(PASSWORD))]).await;
    assert_eq!(answer.location(), "/contacts?q=d%27arc");
    let home = client.follow(&answer).await;
    assert_eq!(home.status, 200);
    let answer = client.submit(&home, ".who form", &[]).await;
    assert_eq!(client.follow(&answer).await.flash(), "Déconnexion effectuée.");
    assert_eq!(client.get("/contacts").await.status, 303);
}

async fn the_answer_does_not_tell_whether_an_account_exists(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    app.add_account("gone", Role::Agent).await;
    let admin = app.administrator().await;
    let users = admin.get("/users").await;
    let gone = users.attributes("tbody a", "href").pop().unwrap();
    let page = admin.get(&gone).await;
    assert_eq!(admin.submit_and_confirm(&page, "main form", &[("disabled", Some("on"))]).await.status, 303);

    let client = app.stranger();
    let strip = |body: &str, name: &str| body.replace(name, "…").replace(&client_token(body), "");
    let known = client.try_sign_in("alice", "wrong").await;
    let unknown = client.try_sign_in("nobody", "wrong").await;
    let disabled = client.try_sign_in("gone", PASSWORD).await;
    assert_eq!([known.status, unknown.status, disabled.status], [422; 3]);
    assert_eq!(strip(&known.body, "alice"), strip(&unknown.body, "nobody"));
    assert_eq!(strip(&known.body, "alice"), strip(&disabled.body, "gone"));
}

async fn failures_slow_down_the_next_try_on_every_node_but_nobody_else(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    app.add_account("bob", Role::Agent).await;
    let client = app.stranger();
    for _ in 0..4 {
        assert_eq!(client.try_sign_in("alice", "wrong").await.status, 422);
    }
    // As if a node whose clock is ahead had counted the failure.
    throttle(&app, |row| (row.failures, row.last_failure_at + chrono::TimeDelta::seconds(30))).await;
    assert_eq!(client.try_sign_in("alice", "wrong").await.status, 422, "five failures are free");
    // As if there had been many more failures: the next one brings the longest wait, which no slow machine outlasts.
    throttle(&app, |row| (row.failures + 20, row.blocked_until)).await;
    assert_eq!(client.try_sign_in("alice", "wrong").await.status, 422);
    let slowed = client.try_sign_in("alice", PASSWORD).await;
    assert_eq!(slowed.status, 429);
    assert!((1..=60).contains(&slowed.header("retry-after").parse::<u32>().unwrap()));
    assert!(slowed.errors()[0].contains("attendez"));
    client.sign_in("bob", PASSWORD).await;

    throttle(&app, |row| (row.failures, row.last_failure_at)).await;
    app.stranger().sign_in("alice", PASSWORD).await;
}

async fn many_tries_at_once_do_not_slip_by_together(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let client = app.stranger();
    let tries = (0..24).map(|_| client.try_sign_in("alice", "wrong"));
    let answers = futures_util::future::join_all(tries).await;
    let verified = answers.iter().filter(|answer| answer.status == 422).count();
    assert!(verified <= 12, "{verified} of 24 were looked at");
    assert!(answers.iter().all(|answer| matches!(answer.status, 422 | 429)));
}

async fn a_flood_of_other_names_delays_no_account_without_failures(app: TestApp) {
    for name in ["alice", "bob", "carol"] {
        app.add_account(name, Role::Coordinator).await;
    }
    assert_eq!(app.stranger().try_sign_in("flood", "wrong").await.status, 422);
    app.stranger().sign_in("alice", PASSWORD).await;
    flooded(&app).await;
    app.stranger().sign_in("alice", PASSWORD).await;

    // Wrong tries for existing and unknown names get the same text, after the same time, once a minute.
    let strip = |page: &Page, name: &str| page.body.replace(name, "…").replace(&client_token(&page.body), "");
    let mut answers = Vec::new();
    for name in ["bob", "nobody", "carol", "noone"] {
        let (client, begun) = (app.stranger(), Instant::now());
        let first = client.try_sign_in(name, "wrong").await;
        let took = begun.elapsed();
        assert!(took >= Duration::from_secs(1), "{name}: {took:?}");
        flooded(&app).await;
        let second = client.try_sign_in(name, PASSWORD).await;
        answers.push((
            first.status,
            strip(&first, name),
            second.status,
            second.header("retry-after").to_owned(),
        ));
    }
    assert_eq!((answers[0].0, answers[0].2), (422, 429));
    assert!(answers[1..].iter().all(|answer| *answer == answers[0]), "{answers:?}");

    // After a minute one more try is allowed, as long as failures are free.
    back_in_time(&app, "id:%", 61).await;
    flooded(&app).await;
    app.stranger().sign_in("bob", PASSWORD).await;
    flooded(&app).await;
    assert_eq!(app.stranger().try_sign_in("bob", PASSWORD).await.status, 429, "a right one uses it up too");
    back_in_time(&app, "id:%", 61).await;
    guesses(&app, 6).await;
    assert_eq!(
        app.stranger().try_sign_in("carol", PASSWORD).await.status,
        429,
        "an account that is guessed at"
    );
    app.stranger().sign_in("alice", PASSWORD).await;
}

async fn tries_during_the_wait_of_a_network_are_counted_and_do_not_prolong_it(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    assert_eq!(app.stranger().try_sign_in("one", "wrong").await.status, 422);
    flooded(&app).await;
    let before = network(&app).await;
    let tries = (0..12).map(|number| {
        let client = app.stranger();
        async move { client.try_sign_in(&format!("name-{number}"), "wrong").await.status }
    });
    assert_eq!(futures_util::future::join_all(tries).await, [422; 12]);
    let after = network(&app).await;
    assert_eq!((after.failures, after.blocked_until), (before.failures + 12, before.blocked_until));
}

async fn no_typed_name_is_stored_and_older_rows_are_deleted(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    for name in ["alice", "a-password-typed-by-mistake", "Zoé"] {
        assert_eq!(app.stranger().try_sign_in(name, "wrong").await.status, 422);
    }
    let buckets = buckets(&app).await;
    assert_eq!(buckets.len(), 4, "{buckets:?}");
    for bucket in &buckets {
        for typed in ["alice", "mistake", "zoé", "Zoé"] {
            assert!(!bucket.contains(typed), "{bucket}");
            // Nor a plain hash of it, which anybody can compute.
            assert!(
                !bucket.contains(&sha256(typed)) && !bucket.contains(&sha256("a-password-typed-by-mistake")),
                "{bucket}"
            );
        }
    }
}

async fn of_too_many_counts_those_with_several_failures_are_kept(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    fill(&app, 100_050).await;
    for _ in 0..3 {
        app.stranger().try_sign_in("nobody", "wrong").await;
    }
    app.db.write(carnet::accounts::sweep_throttles).await.unwrap();
    let buckets = buckets(&app).await;
    assert_eq!(buckets.len(), 100_000);
    assert!(buckets.iter().any(|bucket| bucket.starts_with("name:")));
    assert!(buckets.iter().any(|bucket| bucket == "flood:100049"), "the latest of the others");
    assert!(!buckets.iter().any(|bucket| bucket == "flood:0"));
}

async fn a_name_that_no_account_can_have_is_just_wrong(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    for name in ["x".repeat(51), "a\u{1}b".to_owned(), "\0".to_owned()] {
        let answer = app.stranger().try_sign_in(&name, PASSWORD).await;
        assert_eq!(answer.status, 422, "{name:?}");
    }
}

async fn a_right_taken_away_acts_at_the_next_request(app: TestApp) {
    let alice = app.coordinator().await;
    let admin = app.administrator().await;
    assert_eq!(alice.get("/imports").await.status, 200);
    let users = admin.get("/users").await;
    let path = users.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    admin.submit(&page, "main form", &[("role", Some("agent"))]).await;
    assert_eq!(alice.get("/imports").await.status, 403);
    let page = admin.get(&path).await;
    admin.submit_and_confirm(&page, "main form", &[("disabled", Some("on"))]).await;
    assert_eq!(alice.get("/contacts").await.status, 303, "a disabled account is signed out");
}

async fn the_administrator_keeps_accounts(app: TestApp) {
    let admin = app.administrator().await;
    let page = admin.get("/users/new").await;
    let fields =
        [("username", Some("Zoé")), ("role", Some("agent")), ("password", Some("a long enough one"))];
    let saved = admin.submit(&page, "main form", &fields).await;
    assert_eq!(admin.follow(&saved).await.flash(), "Utilisateur Zoé ajouté.");
    let taken = admin
        .submit(
            &page,
            "main form",
            &[("username", Some("zoÉ")), ("role", Some("agent")), ("password", Some("a long enough one"))],
        )
        .await;
    assert_eq!(taken.status, 422);
    assert!(taken.errors()[0].contains("déjà ce nom"), "{:?}", taken.errors());
    let short = admin
        .submit(&page, "main form", &[("username", Some("")), ("role", None), ("password", Some("short"))])
        .await;
    assert_eq!(short.errors().len(), 3);

    let zoe = app.stranger();
    zoe.sign_in("zoé", "a long enough one").await;
    let users = admin.get("/users").await;
    let path = users.attributes("tbody a", "href").pop().unwrap();
    let page = admin.get(&path).await;
    let answer =
        admin.submit(&page, "main form:nth-of-type(2)", &[("password", Some("quite another one"))]).await;
    assert!(admin.follow(&answer).await.flash().contains("ses sessions ont pris fin"));
    assert_eq!(zoe.get("/contacts").await.status, 303);
    zoe.sign_in("zoé", "quite another one").await;
}

async fn a_sign_in_during_a_change_of_the_password_opens_no_session(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let admin = app.administrator().await;
    let users = admin.get("/users").await;
    let path = users.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    let browsers: Vec<_> = (0..12).map(|_| app.stranger()).collect();
    let signing_in = browsers.iter().map(|browser| browser.try_sign_in("alice", PASSWORD));
    let changing =
        admin.submit(&page, "main form:nth-of-type(2)", &[("password", Some("quite another one"))]);
    let (_, changed) = tokio::join!(futures_util::future::join_all(signing_in), changing);
    assert_eq!(changed.status, 303);
    for browser in &browsers {
        assert_eq!(browser.get("/contacts").await.status, 303, "the old password opens nothing");
    }
}

async fn a_sign_in_while_the_account_is_disabled_opens_no_session_later(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    let browsers: Vec<_> = (0..12).map(|_| app.stranger()).collect();
    let signing_in = browsers.iter().map(|browser| browser.try_sign_in("alice", PASSWORD));
    let disabling = admin.submit_and_confirm(&page, "main form", &[("disabled", Some("on"))]);
    let (_, disabled) = tokio::join!(futures_util::future::join_all(signing_in), disabling);
    assert_eq!(disabled.status, 303);
    let page = admin.get(&path).await;
    assert_eq!(admin.submit(&page, "main form", &[("disabled", None)]).await.status, 303);
    for browser in &browsers {
        assert_eq!(
            browser.get("/contacts").await.status,
            303,
            "enabled again, it is not opened by what was given before"
        );
    }
    an_hour_without_a_failure(&app).await;
    app.stranger().sign_in("alice", PASSWORD).await;
}

async fn renaming_an_account_keeps_what_others_have_changed(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    let other = [("disabled", Some("on")), ("role", Some("agent"))];
    assert_eq!(admin.submit_and_confirm(&page, "main form", &other).await.status, 303);
    let refused = admin.submit(&page, "main form", &[("username", Some(""))]).await;
    assert_eq!(refused.status, 422);
    let renamed = admin.submit(&refused, "main form", &[("username", Some("Alice B."))]).await;
    assert_eq!(renamed.status, 303);
    let users = admin.get("/users").await.select("tbody tr");
    assert!(
        users[0].contains("Alice B.") && users[0].contains("Agent") && users[0].contains("Désactivé"),
        "{users:?}"
    );
}

async fn an_administrator_changes_ones_own_password_and_factor_as_everybody_does(app: TestApp) {
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    assert_eq!(page.attributes("main p.card a", "href"), ["/account"]);
    assert!(page.select("form[action$=password], form[action$=code]").is_empty());
    for deed in ["password", "code"] {
        let answer = admin.post(&page, &format!("{path}/{deed}"), &[("password", "quite another one")]).await;
        assert_eq!(answer.location(), "/account");
    }
    app.stranger().sign_in("charlie", PASSWORD).await;
}

async fn the_last_administrator_stays(app: TestApp) {
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    let page = admin.get(&path).await;
    for change in [("role", Some("agent")), ("disabled", Some("on"))] {
        let refused = admin.submit(&page, "main form", &[change]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.errors()[0].contains("dernier administrateur"));
    }
    assert_eq!(admin.get("/users").await.status, 200);
}

async fn ones_own_account_has_language_password_and_sessions(app: TestApp) {
    let alice = app.coordinator().await;
    let elsewhere = app.stranger();
    elsewhere.sign_in("alice", PASSWORD).await;

    let page = alice.get("/account").await;
    assert_eq!(page.select("tbody tr").len(), 2);
    let answer = alice.submit(&page, "form[action='/account/language']", &[("locale", Some("en"))]).await;
    assert_eq!(alice.follow(&answer).await.flash(), "Language saved.");
    assert_eq!(
        elsewhere.get("/contacts").await.attributes("html", "lang"),
        ["en"],
        "remembered for the account"
    );

    let page = alice.get("/account").await;
    let form = "form[action='/account/password']";
    let wrong =
        alice.submit(&page, form, &[("current_password", Some("no")), ("password", Some("short"))]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.errors().len(), 2);
    assert_eq!(wrong.one("title"), "Error: My account – Carnet");

    let sessions = "form[action='/account/sessions/end']";
    let refused = alice.submit(&page, sessions, &[("password_again", Some("no"))]).await;
    assert_eq!(
        (refused.status, refused.attributes(".error-summary a", "href")),
        (422, vec!["#password_again".to_owned()])
    );
    assert_eq!(elsewhere.get("/contacts").await.status, 200);
    let ended = alice.submit(&page, sessions, &[("password_again", Some(PASSWORD))]).await;
    assert_eq!(alice.follow(&ended).await.flash(), "1 session signed out.");
    assert_eq!(elsewhere.get("/contacts").await.status, 303);

    elsewhere.sign_in("alice", PASSWORD).await;
    let saved = alice
        .submit(&page, form, &[("current_password", Some(PASSWORD)), ("password", Some("a brand new one"))])
        .await;
    assert_eq!(saved.status, 303);
    assert_eq!(alice.get("/contacts").await.status, 200, "one's own session goes on");
    assert_eq!(elsewhere.get("/contacts").await.status, 303);
}

async fn a_session_planted_before_signing_in_is_worth_nothing(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let client = app.stranger();
    client.sign_in("alice", PASSWORD).await;
    let page = client.get("/contacts").await;
    let first = app.db.read(|conn| Ok(sessions(conn))).await.unwrap();
    client.submit(&page, ".who form", &[]).await;
    client.sign_in("alice", PASSWORD).await;
    let second = app.db.read(|conn| Ok(sessions(conn))).await.unwrap();
    assert_eq!([first.len(), second.len()], [1, 1]);
    assert_ne!(first, second);
}

#[derive(diesel::Queryable)]
struct Throttle {
    bucket: String,
    failures: i64,
    blocked_until: chrono::NaiveDateTime,
    last_failure_at: chrono::NaiveDateTime,
}

/// Changes the number of failures and the end of the wait in Alice's count.
async fn throttle(app: &TestApp, change: fn(&Throttle) -> (i64, chrono::NaiveDateTime)) {
    use carnet::db::schema::sign_in_throttles::{self as throttles};
    use diesel::prelude::*;
    app.db
        .write(move |conn| {
            let row: Throttle = throttles::table.filter(throttles::bucket.like("id:%")).first(conn)?;
            let (failures, until) = change(&row);
            diesel::update(throttles::table.find(&row.bucket))
                .set((throttles::failures.eq(failures), throttles::blocked_until.eq(until)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Sets the network's count as if there had been many more failures for other names, the last of them just now.
async fn flooded(app: &TestApp) {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    let now = carnet::base::clock::now();
    app.db
        .write(move |conn| {
            diesel::update(throttles::table.filter(throttles::bucket.like("network:%")))
                .set((
                    throttles::failures.eq(5_000),
                    throttles::blocked_until.eq(now + chrono::TimeDelta::seconds(3)),
                    throttles::last_failure_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Makes the counts whose names match `like` this number of seconds older.
async fn back_in_time(app: &TestApp, like: &'static str, seconds: i64) {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    let then = carnet::base::clock::now() - chrono::TimeDelta::seconds(seconds);
    app.db
        .write(move |conn| {
            let counts = throttles::table.filter(throttles::bucket.like(like));
            diesel::update(counts).set(throttles::last_failure_at.eq(then)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Sets the counts of accounts as if there had been this number of failures.
async fn guesses(app: &TestApp, failures: i64) {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    app.db
        .write(move |conn| {
            let counts =
                throttles::table.filter(throttles::bucket.like("id:%")).filter(throttles::failures.gt(0));
            diesel::update(counts).set(throttles::failures.eq(failures)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn network(app: &TestApp) -> Throttle {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    app.db
        .read(|conn| Ok(throttles::table.filter(throttles::bucket.like("network:%")).first(conn)?))
        .await
        .unwrap()
}

async fn buckets(app: &TestApp) -> Vec<String> {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    app.db.read(|conn| Ok(throttles::table.select(throttles::bucket).load(conn)?)).await.unwrap()
}

/// Adds counts with one failure each; those of the first thousand are older.
async fn fill(app: &TestApp, rows: i64) {
    use diesel::connection::SimpleConnection as _;
    let now = carnet::base::clock::now();
    let old = now - chrono::TimeDelta::minutes(20);
    let insert = [(0, 999, old), (1_000, rows - 1, now)].map(|(first, last, at)| {
        format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) \
             INSERT INTO sign_in_throttles (bucket, failures, blocked_until, last_failure_at) \
             SELECT 'flood:' || n, 1, '{at}', '{at}' FROM numbers;"
        )
    });
    app.db.write(move |conn| Ok(conn.batch_execute(&insert.concat())?)).await.unwrap();
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes all failures an hour old, so that nobody has to wait.
async fn an_hour_without_a_failure(app: &TestApp) {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    app.db.write(|conn| Ok(diesel::delete(throttles::table).execute(conn)?)).await.unwrap();
}

fn sessions(conn: &mut carnet::db::AnyConnection) -> Vec<String> {
    use carnet::db::schema::sessions;
    use diesel::prelude::*;
    sessions::table.select(sessions::key_hash).load(conn).unwrap()
}

fn client_token(body: &str) -> String {
    body.split("name=\"csrf\" value=\"").nth(1).unwrap()[..32].to_owned()
}
