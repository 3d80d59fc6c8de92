//! The second factor: setting it up, signing in with it, losing it, and being required to have one.

use carnet::db::AnyConnection;
use carnet::db::schema::{accounts, audit_entries, recovery_codes, sessions, sign_in_throttles};
use carnet::domain::{Role, SecondFactorFor};
use diesel::prelude::*;
use reqwest::Method;
use totp_rs::Totp;

use crate::support::process::carnet;
use crate::support::second_factor::{Phone, later, read_key, set_step, set_up, set_up_from};
use crate::support::{Client, PASSWORD, Page, TestApp, stdout};

/// Signs in as far as the page that asks for the second factor.
async fn half_way(app: &TestApp, name: &str) -> (Client, Page) {
    let client = app.stranger();
    let answer = client.try_sign_in(name, PASSWORD).await;
    assert_eq!(answer.location(), "/login/second-factor");
    let page = client.follow(&answer).await;
    (client, page)
}

async fn type_code(client: &Client, page: &Page, code: &str) -> Page {
    client.submit(page, "main form", &[("code", Some(code))]).await
}

async fn history(app: &TestApp) -> Vec<String> {
    app.db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.like("account.%"))
                .order(audit_entries::id)
                .select(audit_entries::kind)
                .load(conn)?)
        })
        .await
        .unwrap()
}

async fn require(admin: &Client, whose: SecondFactorFor) {
    let page = admin.get("/settings").await;
    let fields = [("second_factor_for", Some(whose.as_str()))];
    let answer = admin.submit(&page, "#second-factor", &fields).await;
    // It is asked first if somebody would have to set one up.
    let answer = if answer.status == 200 { admin.submit(&answer, "main form", &[]).await } else { answer };
    assert_eq!(answer.status, 303);
}

/// Lets six minutes pass for sign-ins that wait for the second factor.
async fn six_minutes(app: &TestApp) {
    app.db
        .write(|conn: &mut AnyConnection| {
            let rows: Vec<(i64, String)> =
                sessions::table.select((sessions::id, sessions::state)).load(conn)?;
            for (id, state) in rows {
                let mut state: serde_json::Value = serde_json::from_str(&state)?;
                let Some(text) = state["half_way"].as_str() else {
                    continue;
                };
                let mut inner: serde_json::Value = serde_json::from_str(text)?;
                let since: chrono::NaiveDateTime = serde_json::from_value(inner["since"].clone())?;
                inner["since"] = serde_json::to_value(since - chrono::TimeDelta::minutes(6))?;
                state["half_way"] = inner.to_string().into();
                diesel::update(sessions::table.find(id))
                    .set(sessions::state.eq(state.to_string()))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// Removes all waits, as an hour without failures does.
async fn nobody_waits(app: &TestApp) {
    let forgotten = |conn: &mut AnyConnection| Ok(diesel::delete(sign_in_throttles::table).execute(conn)?);
    app.db.write(forgotten).await.unwrap();
}

/// Sets the counts of wrong codes: in a row, and in a day that began this number of hours ago.
async fn wrong_codes(app: &TestApp, in_a_row: i64, of_day: i64, hours: i64) {
    let began = carnet::base::clock::now() - chrono::TimeDelta::hours(hours);
    app.db
        .write(move |conn: &mut AnyConnection| {
            let of_alice = accounts::table.filter(accounts::username_key.eq("alice"));
            diesel::update(of_alice)
                .set((
                    accounts::wrong_codes.eq(in_a_row),
                    accounts::wrong_codes_since.eq(began),
                    accounts::wrong_codes_of_day.eq(of_day),
                    accounts::wrong_codes_day.eq(began),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

const SIGN_IN_AGAIN: &str = "connectez-vous à nouveau";

both_backends!(
    a_second_factor_is_on_once_a_right_code_was_typed_and_is_asked_from_then_on,
    a_code_serves_once_and_no_older_one_after_it,
    a_recovery_code_stands_in_once,
    wrong_codes_delay_the_next_one_and_guesses_at_the_password_do_not,
    wrong_codes_are_shown_to_the_owner_and_recorded_in_the_history,
    after_twenty_wrong_codes_in_a_day_those_of_the_app_are_not_looked_at,
    many_wrong_codes_in_a_row_require_a_recovery_code_or_an_administrator,
    wrong_codes_at_once_are_all_counted,
    a_flood_from_the_network_delays_no_code_either,
    a_half_finished_sign_in_expires_and_ends_when_password_or_factor_change,
    a_one_time_code_for_the_password_does_not_go_round_it,
    a_form_that_was_interrupted_comes_back_after_both_steps,
    its_owner_makes_new_codes_and_turns_it_off_with_both_factors,
    a_new_password_asks_a_code_and_the_old_password_gives_no_more_guesses_at_it,
    an_administrator_removes_a_lost_factor_and_nobody_ones_own_that_way,
    the_command_line_removes_that_of_the_last_administrator,
    who_must_have_a_factor_and_has_none_sets_it_up_before_anything_else,
);

async fn a_second_factor_is_on_once_a_right_code_was_typed_and_is_asked_from_then_on(app: TestApp) {
    let alice = app.coordinator().await;
    let elsewhere = app.stranger();
    elsewhere.sign_in("alice", PASSWORD).await;
    let page = alice.get("/account/second-factor").await;
    let refused = alice.submit(&page, "main form", &[("current_password", Some("faux"))]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(alice.get("/account/second-factor/key").await.status, 303, "no key without the password");
    let answer = alice.submit(&page, "main form", &[("current_password", Some(PASSWORD))]).await;
    let page = alice.follow(&answer).await;
    let phone = Phone { totp: read_key(&page), recovery: Vec::new() };
    let address = page.attributes("main section a", "href").remove(0);
    assert_eq!(Totp::from_url(&address).unwrap().secret(), phone.totp.secret());
    assert!(
        !page.form("main form").fields.iter().any(|(name, _)| name.contains("key")),
        "the key waits on the server"
    );
    let refused = type_code(&alice, &page, &phone.wrong_code()).await;
    assert_eq!(refused.status, 422);
    assert_eq!(read_key(&refused).secret(), phone.totp.secret(), "the same key is shown again");
    assert_eq!(elsewhere.get("/contacts").await.status, 200, "nothing is on yet");
    app.stranger().sign_in("alice", PASSWORD).await;

    let on = type_code(&alice, &refused, &format!("{} ", phone.code(0))).await;
    assert_eq!(on.one("h1"), "Double authentification activée");
    let codes = on.select(".codes code");
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.replace('-', "").len() == 28), "112 bits each: {codes:?}");
    let stored: Vec<String> = app
        .db
        .read(|conn| Ok(recovery_codes::table.select(recovery_codes::code_hash).load(conn)?))
        .await
        .unwrap();
    assert_eq!(stored.len(), 10);
    assert!(stored.iter().all(|hash| hash.len() == 64 && !codes.contains(hash)), "only hashes are kept");
    assert_eq!(elsewhere.get("/contacts").await.status, 303, "other sessions end");
    assert_eq!(alice.get("/contacts").await.status, 200, "one's own goes on");
    assert_eq!(alice.get("/account/second-factor/key").await.status, 303, "the key is shown no more");

    let client = app.stranger();
    let page = client.get("/login?next=%2Fimports").await;
    let answer =
        client.submit(&page, "main form", &[("username", Some("alice")), ("password", Some(PASSWORD))]).await;
    assert_eq!(answer.location(), "/login/second-factor?next=%2Fimports");
    let asked = client.follow(&answer).await;
    for path in ["/contacts", "/account", "/account/second-factor", "/account/second-factor/off", "/users"] {
        assert!(
            client.get(path).await.location().starts_with("/login"),
            "half of the way opens no page: {path}"
        );
    }
    assert_eq!(type_code(&client, &asked, &phone.code(0)).await.status, 422, "the first code has served");
    assert_eq!(type_code(&client, &asked, &phone.wrong_code()).await.status, 422);
    later(&app).await;
    assert_eq!(type_code(&client, &asked, &phone.code(0)).await.location(), "/imports");
    assert_eq!(client.get("/imports").await.status, 200);
    assert!(history(&app).await.contains(&"account.second_factor_on".to_owned()));
}

async fn a_code_serves_once_and_no_older_one_after_it(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (one, page_of_one) = half_way(&app, "alice").await;
    let (other, page_of_other) = half_way(&app, "alice").await;
    let code = phone.code(0);
    let (first, second) =
        tokio::join!(type_code(&one, &page_of_one, &code), type_code(&other, &page_of_other, &code));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "of two at the same moment one gets in");

    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, &phone.code(1)).await.status, 303, "a step early");
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(
        type_code(&client, &page, &phone.code(0)).await.status,
        422,
        "the one before it serves no more"
    );
    // A clock that was far ahead and is right again locks nobody out.
    set_step(&app, i64::MAX / 2).await;
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 303);
}

async fn a_recovery_code_stands_in_once(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    let (one, page_of_one) = half_way(&app, "alice").await;
    let (other, page_of_other) = half_way(&app, "alice").await;
    let typed = phone.recovery[3].to_uppercase().replace('-', " ");
    let (first, second) =
        tokio::join!(type_code(&one, &page_of_one, &typed), type_code(&other, &page_of_other, &typed));
    let through = if first.status == 303 { (&one, &first) } else { (&other, &second) };
    assert_eq!(first.status + second.status, 303 + 422, "of two at the same moment one gets in");
    assert_eq!(through.0.get("/contacts").await.flash(), "Code de secours utilisé. Il en reste 9.");
    assert_eq!(through.1.location(), "/");
    assert!(history(&app).await.contains(&"account.recovery_code_used".to_owned()));
    // Another account's recovery code is not accepted either.
    app.add_account("bob", Role::Agent).await;
    let bob = app.stranger();
    bob.sign_in("bob", PASSWORD).await;
    let of_bob = set_up(&bob).await;
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, &of_bob.recovery[0]).await.status, 422);
    assert_eq!(type_code(&client, &page, &phone.recovery[4]).await.status, 303);
}

async fn wrong_codes_delay_the_next_one_and_guesses_at_the_password_do_not(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (client, page) = half_way(&app, "alice").await;
    let guesser = app.stranger();
    for _ in 0..8 {
        guesser.try_sign_in("alice", "faux").await;
    }
    for _ in 0..5 {
        assert_eq!(type_code(&client, &page, &phone.wrong_code()).await.status, 422);
    }
    let more = |conn: &mut AnyConnection, bucket: &'static str, failures: i64| {
        diesel::update(sign_in_throttles::table.find(bucket))
            .set((
                sign_in_throttles::failures.eq(failures),
                sign_in_throttles::blocked_until.eq(sign_in_throttles::last_failure_at),
            ))
            .execute(conn)
    };
    // As if there had been many more failures: the next one brings the longest wait, which no slow machine outlasts.
    app.db.write(move |conn| Ok(more(conn, "second-factor:id:1", 25)?)).await.unwrap();
    assert_eq!(type_code(&client, &page, &phone.wrong_code()).await.status, 422);
    let slowed = type_code(&client, &page, &phone.code(0)).await;
    assert_eq!(slowed.status, 429);
    assert!((1..=60).contains(&slowed.header("retry-after").parse::<u32>().unwrap()));

    // Repeating the right password gives no more tries at the code.
    app.db.write(move |conn| Ok(more(conn, "id:1", 1)?)).await.unwrap();
    let (again, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&again, &page, &phone.code(0)).await.status, 429);

    app.db.write(move |conn| Ok(more(conn, "second-factor:id:1", 25)?)).await.unwrap();
    assert_eq!(type_code(&again, &page, &phone.code(0)).await.status, 303);
    let left: i64 = app
        .db
        .read(|conn| {
            Ok(sign_in_throttles::table
                .filter(sign_in_throttles::bucket.eq("second-factor:id:1"))
                .count()
                .get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(left, 0, "a right code forgives");
}

async fn wrong_codes_are_shown_to_the_owner_and_recorded_in_the_history(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (guesser, asked) = half_way(&app, "alice").await;
    for code in [phone.wrong_code(), "1111-2222-3333".to_owned(), String::new()] {
        assert_eq!(type_code(&guesser, &asked, &code).await.status, 422);
    }
    // Shown at once on the page of her account, where she is signed in; and once after the next sign-in.
    let told = alice.get("/account").await.one("main .notice");
    assert!(told.contains("3 codes erronés") && told.contains("changez-le"), "{told}");
    let (client, page) = half_way(&app, "alice").await;
    let signed_in = type_code(&client, &page, &phone.code(0)).await;
    let page = client.follow(&client.follow(&signed_in).await).await;
    let told = page.one(".flash.warning");
    assert_eq!(told, page.flash());
    assert_eq!(page.attributes(".flash a", "href"), ["/account"], "where the password is changed");
    assert!(told.starts_with("3 codes erronés ont été saisis pour votre compte depuis le "), "{told}");
    assert!(client.get("/account").await.select("main .notice").is_empty());

    // After a recovery code both messages are shown.
    let (guesser, asked) = half_way(&app, "alice").await;
    assert_eq!(type_code(&guesser, &asked, &phone.wrong_code()).await.status, 422);
    let (client, page) = half_way(&app, "alice").await;
    let signed_in = type_code(&client, &page, &phone.recovery[0]).await;
    let told = client.follow(&client.follow(&signed_in).await).await.flash();
    assert!(told.starts_with("Code de secours utilisé. Il en reste 9. Un code erroné a été saisi"), "{told}");

    // A wrong code from a signed-in session counts, too.
    let fields = [
        ("current_password", Some(PASSWORD)),
        ("code", Some("000 00")),
        ("password", Some("a brand new one")),
    ];
    let page = alice.get("/account").await;
    let refused = alice.submit(&page, "form[action='/account/password']", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.one("main .notice").contains("Un code erroné"));

    let failed = "account.second_factor_failed";
    assert_eq!(history(&app).await.iter().filter(|kind| *kind == failed).count(), 5);
    let admin = app.administrator().await;
    let page = admin.get(&format!("/audit?kind={failed}")).await;
    assert_eq!(
        page.body.matches("Code de double authentification erroné</").count() - 1,
        5,
        "{}",
        page.one("main")
    );
}

async fn after_twenty_wrong_codes_in_a_day_those_of_the_app_are_not_looked_at(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (guesser, asked) = half_way(&app, "alice").await;
    for _ in 0..20 {
        nobody_waits(&app).await;
        assert_eq!(type_code(&guesser, &asked, &phone.wrong_code()).await.status, 422);
    }
    nobody_waits(&app).await;
    let refused = type_code(&guesser, &asked, &phone.code(0)).await;
    assert_eq!(refused.status, 429);
    assert!(refused.errors()[0].contains("code de secours"), "{:?}", refused.errors());
    let hours = refused.header("retry-after").parse::<i64>().unwrap() / 3_600;
    assert!((22..=24).contains(&hours), "{hours}");
    // Nor from a signed-in session, in any browser, on any node, after any restart: the count is in the database.
    let other = TestApp::start(app.database_url.clone(), tempfile::tempdir().unwrap(), &[]).await;
    let (elsewhere, page) = half_way(&other, "alice").await;
    assert_eq!(type_code(&elsewhere, &page, &phone.code(0)).await.status, 429);
    let code = phone.code(0);
    let fields = [("current_password", Some(PASSWORD)), ("code", Some(code.as_str()))];
    let page = alice.get("/account/second-factor/off").await;
    let refused = alice.submit(&page, "main form", &fields).await;
    assert!(refused.errors()[0].contains("Trop de codes erronés aujourd’hui"), "{:?}", refused.errors());

    // A wrong recovery code no longer counts, nor fills the history; a right one signs the owner in.
    let before = history(&app).await.len();
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, "0000-0000").await.status, 422);
    assert_eq!(history(&app).await.len(), before);
    let signed_in = type_code(&client, &page, &phone.recovery[0]).await;
    let told = client.follow(&client.follow(&signed_in).await).await.flash();
    assert!(told.contains("20 codes erronés"), "{told}");
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 429, "the day is not over");
    wrong_codes(&app, 0, 20, 24).await;
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 303, "now it is");
}

async fn many_wrong_codes_in_a_row_require_a_recovery_code_or_an_administrator(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    wrong_codes(&app, 299, 0, 48).await;
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, &phone.wrong_code()).await.status, 422);
    let refused = type_code(&client, &page, &phone.code(0)).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.errors()[0].contains("aujourd’hui"), "{:?}", refused.errors());
    assert_eq!(type_code(&client, &page, &phone.recovery[0]).await.status, 303);
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(
        type_code(&client, &page, &phone.code(0)).await.status,
        303,
        "she was told, and it counts anew"
    );

    wrong_codes(&app, 300, 20, 1).await;
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    admin.submit(&admin.get(&format!("{path}/second-factor/remove")).await, "main form", &[]).await;
    let alice = app.stranger();
    alice.sign_in("alice", PASSWORD).await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (client, page) = half_way(&app, "alice").await;
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 303, "another factor, another count");
    let left: (i64, i64) = app
        .db
        .read(|conn| {
            Ok(accounts::table
                .find(1)
                .select((accounts::wrong_codes, accounts::wrong_codes_of_day))
                .first(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(left, (0, 0));
}

async fn wrong_codes_at_once_are_all_counted(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    wrong_codes(&app, 18, 18, 1).await;
    let (client, page) = half_way(&app, "alice").await;
    let wrong = phone.wrong_code();
    let tries = (0..5).map(|_| type_code(&client, &page, &wrong));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(tries).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [422, 422, 429, 429, 429]);
}

async fn a_flood_from_the_network_delays_no_code_either(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let flooded = |conn: &mut AnyConnection| {
        let until = carnet::base::clock::now() + chrono::TimeDelta::seconds(3);
        Ok(diesel::update(sign_in_throttles::table.filter(sign_in_throttles::bucket.like("network:%")))
            .set((sign_in_throttles::failures.eq(5_000), sign_in_throttles::blocked_until.eq(until)))
            .execute(conn)?)
    };
    assert_eq!(app.db.write(flooded).await.unwrap(), 1);
    let (client, page) = half_way(&app, "alice").await;
    app.db.write(flooded).await.unwrap();
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 303);
}

async fn a_half_finished_sign_in_expires_and_ends_when_password_or_factor_change(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);

    later(&app).await;
    let (client, page) = half_way(&app, "alice").await;
    six_minutes(&app).await;
    let late = type_code(&client, &page, &phone.code(0)).await;
    assert_eq!(late.status, 422);
    assert!(late.errors()[0].contains(SIGN_IN_AGAIN), "{:?}", late.errors());
    assert_eq!(client.get("/login/second-factor").await.location(), "/login");

    let (client, page) = half_way(&app, "alice").await;
    let edit = admin.get(&path).await;
    let new = [("password", Some("quite another one"))];
    admin.submit(&edit, "form[action$=password]", &new).await;
    let late = type_code(&client, &page, &phone.code(0)).await;
    assert!(late.errors()[0].contains(SIGN_IN_AGAIN), "after a new password: {}", late.body);
    admin.submit(&edit, "form[action$=password]", &[("password", Some(PASSWORD))]).await;

    let (client, page) = half_way(&app, "alice").await;
    admin.submit_and_confirm(&edit, "main form", &[("disabled", Some("on"))]).await;
    let late = type_code(&client, &page, &phone.code(0)).await;
    assert!(late.errors()[0].contains(SIGN_IN_AGAIN), "after disabling: {}", late.body);
    admin.submit(&admin.get(&path).await, "main form", &[("disabled", None)]).await;

    let (client, page) = half_way(&app, "alice").await;
    admin.submit(&admin.get(&format!("{path}/second-factor/remove")).await, "main form", &[]).await;
    for code in [phone.code(0), phone.recovery[0].clone(), String::new()] {
        let late = type_code(&client, &page, &code).await;
        assert!(late.errors()[0].contains(SIGN_IN_AGAIN), "after removing: {}", late.body);
    }
    assert_eq!(client.get("/contacts").await.status, 303);
}

async fn a_one_time_code_for_the_password_does_not_go_round_it(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let admin = app.administrator().await;
    let path = admin.get("/users").await.attributes("tbody a", "href").remove(0);
    let given = admin.submit(&admin.get(&path).await, "form[action$=code]", &[]).await;
    let code = given.one("#code");
    let client = app.stranger();
    let page = client.get("/login/code").await;
    let typed =
        [("username", Some("alice")), ("code", Some(code.as_str())), ("password", Some("a brand new one"))];
    let answer = client.submit(&page, "main form", &typed).await;
    assert_eq!(answer.location(), "/login/second-factor");
    let page = client.follow(&answer).await;
    assert_eq!(page.flash(), "Mot de passe enregistré.");
    assert!(client.get("/contacts").await.location().starts_with("/login"));
    assert_eq!(type_code(&client, &page, &phone.code(0)).await.status, 303);
    assert_eq!(client.get("/contacts").await.status, 200);
}

async fn a_form_that_was_interrupted_comes_back_after_both_steps(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let form = alice.get("/contacts/new").await;
    alice.submit(&form, ".who form", &[]).await;
    let typed = [("first_name", Some("Zoé")), ("last_name", Some("Martin")), ("copy", None)];
    let asked = alice.submit(&form, "main form", &typed).await;
    let signing_in = [("username", Some("alice")), ("password", Some(PASSWORD))];
    let asked = alice.submit(&asked, "main form", &signing_in).await;
    assert_eq!(asked.status, 200);
    let asked = type_code(&alice, &asked, &phone.wrong_code()).await;
    assert_eq!(asked.status, 422);
    six_minutes(&app).await;
    let asked = type_code(&alice, &asked, &phone.code(0)).await;
    let asked = alice.submit(&asked, "main form", &signing_in).await;
    let back = type_code(&alice, &asked, &phone.code(0)).await;
    assert_eq!(back.one("h1"), "Votre session est de nouveau ouverte");
    let saved = alice.submit(&back, "main form", &[]).await;
    assert_eq!(alice.follow(&saved).await.one("h1"), "Zoé Martin");
}

async fn its_owner_makes_new_codes_and_turns_it_off_with_both_factors(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let (elsewhere, page) = half_way(&app, "alice").await;
    type_code(&elsewhere, &page, &phone.code(0)).await;
    later(&app).await;
    let page = alice.get("/account/second-factor/codes").await;
    for (password, code, field) in [
        ("faux", phone.code(0), "#current_password"),
        (PASSWORD, phone.wrong_code(), "#code"),
        (PASSWORD, String::new(), "#code"),
    ] {
        let fields = [("current_password", Some(password)), ("code", Some(code.as_str()))];
        let refused = alice.submit(&page, "main form", &fields).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.attributes(".error-summary a", "href"), [field]);
    }
    let code = phone.code(0);
    let fields = [("current_password", Some(PASSWORD)), ("code", Some(code.as_str()))];
    let made = alice.submit(&page, "main form", &fields).await;
    let codes = made.select(".codes code");
    assert_eq!(codes.len(), 10);
    let (client, asked) = half_way(&app, "alice").await;
    assert_eq!(
        type_code(&client, &asked, &phone.recovery[0]).await.status,
        422,
        "those of before are worth nothing"
    );

    let page = alice.get("/account/second-factor/off").await;
    let fields = [("current_password", Some(PASSWORD)), ("code", Some(codes[0].as_str()))];
    let off = alice.submit(&page, "main form", &fields).await;
    assert_eq!(alice.follow(&off).await.flash(), "Double authentification désactivée.");
    assert_eq!(elsewhere.get("/contacts").await.status, 303, "other sessions end");
    assert_eq!(alice.get("/contacts").await.status, 200);
    app.stranger().sign_in("alice", PASSWORD).await;
    let late = type_code(&client, &asked, &codes[1]).await;
    assert!(late.errors()[0].contains(SIGN_IN_AGAIN));
    let kinds = history(&app).await;
    assert!(kinds.contains(&"account.recovery_codes_made".to_owned()), "{kinds:?}");
    assert_eq!(kinds.last().unwrap(), "account.second_factor_off");
}

async fn a_new_password_asks_a_code_and_the_old_password_gives_no_more_guesses_at_it(app: TestApp) {
    let alice = app.coordinator().await;
    let phone = set_up(&alice).await;
    later(&app).await;
    let page = alice.get("/account").await;
    let typed = |code: String, new: &'static str| {
        let page = &page;
        let alice = &alice;
        async move {
            let fields = [
                ("current_password", Some(PASSWORD)),
                ("code", Some(code.as_str())),
                ("password", Some(new)),
            ];
            alice.submit(page, "form[action='/account/password']", &fields).await
        }
    };
    for _ in 0..5 {
        let refused = typed(phone.wrong_code(), "a brand new one").await;
        assert_eq!(
            (refused.status, refused.attributes(".error-summary a", "href")),
            (422, vec!["#code".to_owned()])
        );
        assert_eq!(
            typed(phone.code(0), "short").await.status,
            422,
            "the password is right: what it counted is forgiven"
        );
    }
    let guesses: i64 = app
        .db
        .read(|conn| {
            Ok(sign_in_throttles::table
                .filter(sign_in_throttles::bucket.like("second-factor:signed-in:%"))
                .select(sign_in_throttles::failures)
                .get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(guesses, 5, "those at the code are not");
    assert_eq!(typed(phone.code(0), "a brand new one").await.status, 303);
    app.stranger().try_sign_in("alice", PASSWORD).await;
    let client = app.stranger();
    client.try_sign_in("alice", "a brand new one").await;
    assert_eq!(client.get("/login/second-factor").await.status, 200);
}

async fn an_administrator_removes_a_lost_factor_and_nobody_ones_own_that_way(app: TestApp) {
    let alice = app.coordinator().await;
    let admin = app.administrator().await;
    set_up(&alice).await;
    let users = admin.get("/users").await;
    assert_eq!(users.select("td[data-label='Double authentification']"), ["oui", "non"]);
    let [of_alice, of_admin] = users.attributes("tbody a", "href").try_into().unwrap();
    let page = admin.get(&of_alice).await;
    let ask = admin.get(&page.attributes("a[href$=remove]", "href").remove(0)).await;
    assert!(ask.one("main p.lead").contains("en rappelant"), "it reminds to ask who asks");
    assert!(ask.one(".points").contains("Une session ouverte prendra fin."), "{}", ask.body);
    assert_eq!(alice.get("/contacts").await.status, 200, "nothing is done yet");
    let answer = admin.submit(&ask, "main form", &[]).await;
    assert!(admin.follow(&answer).await.flash().contains("Double authentification désactivée pour alice"));
    assert_eq!(alice.get("/contacts").await.status, 303, "its sessions end");
    app.stranger().sign_in("alice", PASSWORD).await;
    assert_eq!(history(&app).await.last().unwrap(), "account.second_factor_removed");
    let left: i64 = app.db.read(|conn| Ok(recovery_codes::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(left, 0);

    set_up(&admin).await;
    let page = admin.get(&of_admin).await;
    assert!(page.select("a[href$=remove]").is_empty());
    let ask = admin.get(&format!("{of_admin}/second-factor/remove")).await;
    assert_eq!(ask.location(), "/account/second-factor");
    let answer = admin.post(&page, &format!("{of_admin}/second-factor/remove"), &[]).await;
    assert_eq!(answer.location(), "/account/second-factor");
    assert!(admin.get("/account/second-factor").await.one(".lead").starts_with("Activée depuis"));
}

async fn the_command_line_removes_that_of_the_last_administrator(app: TestApp) {
    let admin = app.administrator().await;
    set_up(&admin).await;
    let remove = |name: &'static str| {
        let mut command =
            carnet(&["user", "remove-second-factor", name, "--database-url", &app.database_url]);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    assert!(stdout(&remove("charlie").await.unwrap()).contains("its sessions have ended"));
    assert!(stdout(&remove("charlie").await.unwrap()).contains("has no two-factor authentication"));
    assert!(!remove("nobody").await.unwrap().status.success());
    assert_eq!(admin.get("/contacts").await.status, 303);
    app.stranger().sign_in("charlie", PASSWORD).await;
}

async fn who_must_have_a_factor_and_has_none_sets_it_up_before_anything_else(app: TestApp) {
    let (alice, bob, admin) = (app.coordinator().await, app.agent().await, app.administrator().await);
    let form = alice.get("/contacts/new").await;
    let settings = admin.get("/settings").await;
    let wrong = admin.submit(&settings, "#second-factor", &[("second_factor_for", Some("x"))]).await;
    assert_eq!(wrong.errors().len(), 1);
    require(&admin, SecondFactorFor::Coordinators).await;
    assert_eq!(bob.get("/contacts").await.status, 200, "agents may go on");
    for client in [&alice, &admin] {
        for path in [
            "/",
            "/contacts",
            "/contacts.csv",
            "/contacts.xlsx",
            "/account",
            "/users",
            "/settings",
            "/audit",
            "/account/second-factor/off",
        ] {
            assert_eq!(client.get(path).await.location(), "/account/second-factor", "{path}");
        }
        let bare = client.raw(Method::POST, "/users/sessions/end").send().await.unwrap();
        assert_eq!(bare.headers()["location"], "/account/second-factor");
    }
    let page = alice.get("/account/second-factor").await;
    assert!(page.select(".menu a").is_empty(), "what leads nowhere is not drawn");
    let out = app.stranger();
    out.sign_in("alice", PASSWORD).await;
    let page = out.get("/account/second-factor").await;
    assert_eq!(out.submit(&page, ".who form", &[]).await.status, 303, "signing out is always possible");

    // What was typed meanwhile is given back afterwards.
    let typed = [("first_name", Some("Zoé")), ("last_name", Some("Martin")), ("copy", None)];
    let asked = alice.submit(&form, "main form", &typed).await;
    assert_eq!(asked.status, 422);
    assert_eq!(asked.one("#required"), "La double authentification est obligatoire pour vous");
    let (_, on) = set_up_from(&alice, &asked).await;
    let saved = alice.submit(&on, "main form", &[]).await;
    assert_eq!(alice.follow(&saved).await.one("h1"), "Zoé Martin");
    assert_eq!(alice.get("/imports").await.status, 200);

    set_up(&admin).await;
    assert_eq!(admin.get("/users").await.status, 200);
    let told = admin.get("/audit?kind=settings.edited").await;
    assert!(told.body.contains("les administrateurs et les coordinateurs"), "{}", told.body);
    require(&admin, SecondFactorFor::Everybody).await;
    assert_eq!(bob.get("/contacts").await.location(), "/account/second-factor");
    require(&admin, SecondFactorFor::Nobody).await;
    assert_eq!(bob.get("/contacts").await.status, 200);
}

#[test]
fn each_choice_includes_the_roles_that_it_names() {
    let included = |whose: SecondFactorFor| Role::ALL.map(|role| whose.includes(role));
    assert_eq!(included(SecondFactorFor::Nobody), [false, false, false]);
    assert_eq!(included(SecondFactorFor::Administrators), [false, false, true]);
    assert_eq!(included(SecondFactorFor::Coordinators), [false, true, true]);
    assert_eq!(included(SecondFactorFor::Everybody), [true, true, true]);
}
