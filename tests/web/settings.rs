//! The default country, and the job that reads all numbers again after it changes.

use carnet::db::schema::{contacts, jobs, phone_readings};
use carnet::db::settings;
use carnet::domain::SecondFactorFor;
use diesel::prelude::*;

use crate::support::second_factor;
use crate::support::waiting::wait_until;
use crate::support::{Client, Page, TestApp};

async fn add_contact(client: &Client, last_name: &str, fields: &[(&str, &str)]) -> String {
    let form = client.get("/contacts/new").await;
    let mut typed = vec![("first_name", Some("Zoé")), ("last_name", Some(last_name)), ("copy", None)];
    typed.extend(fields.iter().map(|(name, value)| (*name, Some(*value))));
    let saved = client.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    saved.location()
}

async fn change_country(client: &Client, code: &str) -> Page {
    let page = client.get("/settings").await;
    let saved = client.submit(&page, "main form", &[("default_country", Some(code))]).await;
    client.follow(&saved).await
}

/// The page once the last job has finished.
async fn finished(client: &Client) -> Page {
    client.at_rest("/settings").await
}

async fn found(client: &Client, q: &str) -> Vec<String> {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    client.get(&format!("/contacts?q={q}")).await.select("tbody th a")
}

async fn versions(app: &TestApp) -> Vec<(i64, i64, chrono::NaiveDateTime)> {
    app.db
        .read(|conn| {
            let columns = (contacts::id, contacts::version, contacts::updated_at);
            Ok(contacts::table.order(contacts::id).select(columns).load(conn)?)
        })
        .await
        .unwrap()
}

/// The E.164 number that is stored beside the typed one.
async fn e164(app: &TestApp, path: &str) -> Option<String> {
    let id: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
    app.db
        .read(move |conn| Ok(contacts::table.find(id).select(contacts::phone_cell_e164).first(conn)?))
        .await
        .unwrap()
}

/// The counts of the last job, and the number of jobs that are left.
async fn counts(app: &TestApp) -> (i64, i64, i64) {
    app.db
        .read(|conn| {
            let (read, changed) = phone_readings::table
                .order(phone_readings::id.desc())
                .select((phone_readings::read_again, phone_readings::changed))
                .first(conn)?;
            Ok((read, changed, jobs::table.count().get_result(conn)?))
        })
        .await
        .unwrap()
}

both_backends!(
    numbers_without_a_country_are_read_again_when_it_changes,
    the_same_country_again_changes_nothing,
    saving_one_setting_keeps_the_changes_of_others_to_another,
    an_unknown_country_is_refused,
    countries_are_chosen_by_their_names_as_the_reader_sorts_them,
    a_killed_reading_continues_where_it_stopped,
    a_newer_change_ends_the_reading_of_the_one_before,
);

async fn numbers_without_a_country_are_read_again_when_it_changes(app: TestApp) {
    let charlie = app.administrator().await;
    let belgian = add_contact(
        &charlie,
        "Belge",
        &[("phone_work", "02 555 12 12"), ("phone_cell", "02 555 12 12 poste 7")],
    )
    .await;
    let french = add_contact(
        &charlie,
        "Française",
        &[("phone_cell", "+33 1 10 20 30 40"), ("phone_home", "0033 1 10 20 30 41")],
    )
    .await;
    let deleted = add_contact(&charlie, "Partie", &[("phone_cell", "02 555 12 13")]).await;
    let ask = charlie.get(&format!("{deleted}/delete")).await;
    charlie.submit(&ask, "main form", &[]).await;
    assert!(charlie.get(&belgian).await.body.contains("numéro non reconnu"));
    assert!(found(&charlie, "+32 2 555 12 12").await.is_empty());
    let before = versions(&app).await;

    let page = charlie.get("/settings").await;
    assert_eq!(page.attributes("#default_country option[selected]", "value"), ["FR"]);
    assert!(page.select("progress, section").is_empty(), "nothing was read again yet");
    let page = change_country(&charlie, "BE").await;
    assert_eq!(page.flash(), "Réglages enregistrés.");
    let page = finished(&charlie).await;
    assert_eq!(page.attributes("#default_country option[selected]", "value"), ["BE"]);
    assert_eq!(page.one("section h2"), "Relecture des numéros\u{A0}: Belgique");
    assert!(
        page.one("section p").starts_with("Numéros relus\u{A0}: 3\u{202F}; changés\u{A0}: 3."),
        "{}",
        page.body
    );

    assert_eq!(e164(&app, &belgian).await.as_deref(), Some("+3225551212"));
    assert_eq!(e164(&app, &french).await.as_deref(), Some("+33110203040"));
    assert_eq!(e164(&app, &deleted).await.as_deref(), Some("+3225551213"));
    assert_eq!(found(&charlie, "+32 2 555 12 12").await, ["Belge, Zoé"]);
    assert_eq!(found(&charlie, "02 555 12 12").await, ["Belge, Zoé"]);
    assert_eq!(found(&charlie, "01 10 20 30 40").await, ["Française, Zoé"]);
    assert!(found(&charlie, "+32 2 555 12 13").await.is_empty(), "what is deleted is not found");
    assert_eq!(versions(&app).await, before, "what was typed is as it was");
    assert_eq!(counts(&app).await, (3, 3, 0));
    let page = charlie.get(&belgian).await;
    assert!(page.attributes("a.phone", "href").contains(&"tel:+3225551212".to_owned()));
    let log = charlie.get("/audit?kind=phones.read_again").await;
    assert!(log.one(".history li p:first-child").contains("relus\u{A0}: 3\u{202F}; changés\u{A0}: 3"));
    let log = charlie.get("/audit?kind=settings.edited").await;
    assert_eq!(log.one(".changes > div"), "Pays par défautFrance devient→ Belgique");

    let added = add_contact(&charlie, "Nouvelle", &[("phone_cell", "02 555 12 14")]).await;
    assert_eq!(e164(&app, &added).await.as_deref(), Some("+3225551214"));
    charlie.import("liste", "M.,A,B,a@b.fr,,025551215,,\n", false).await;
    assert_eq!(found(&charlie, "+32 2 555 12 15").await, ["B, A"]);
    change_country(&charlie, "FR").await;
    finished(&charlie).await;
    assert_eq!(e164(&app, &belgian).await, None);
    assert!(found(&charlie, "+32 2 555 12 12").await.is_empty());
    assert_eq!(found(&charlie, "02 555 12 12").await, ["Belge, Zoé"]);
}

async fn the_same_country_again_changes_nothing(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    let twice = [("default_country", Some("BE"))];
    let (first, second) =
        tokio::join!(charlie.submit(&page, "main form", &twice), charlie.submit(&page, "main form", &twice));
    assert_eq!((first.status, second.status), (303, 303));
    finished(&charlie).await;
    assert_eq!(charlie.get("/audit?kind=settings.edited").await.select(".history > li").len(), 1);
    let readings: i64 =
        app.db.read(|conn| Ok(phone_readings::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(readings, 1);
}

async fn saving_one_setting_keeps_the_changes_of_others_to_another(app: TestApp) {
    let charlie = app.administrator().await;
    second_factor::set_up(&charlie).await;
    let page = charlie.get("/settings").await;
    assert_eq!(
        charlie
            .submit(&page, "#second-factor", &[("second_factor_for", Some("administrators"))])
            .await
            .status,
        303
    );
    assert_eq!(charlie.submit(&page, "main form", &[("default_country", Some("BE"))]).await.status, 303);
    let required = app.db.read(settings::second_factor_for).await.unwrap();
    assert_eq!(required, SecondFactorFor::Administrators);
}

async fn an_unknown_country_is_refused(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    for code in ["XX", "", "France", "<b>"] {
        let refused = charlie.submit(&page, "main form", &[("default_country", Some(code))]).await;
        assert_eq!(refused.status, 422, "{code}");
        assert_eq!(refused.errors(), ["Choisissez un pays dans la liste"]);
        assert_eq!(refused.attributes("#default_country option[selected]", "value"), ["FR"]);
    }
    assert!(charlie.get("/audit?kind=settings.edited").await.select(".history").is_empty());
}

async fn countries_are_chosen_by_their_names_as_the_reader_sorts_them(app: TestApp) {
    let charlie = app.administrator().await;
    let names = charlie.get("/settings").await.select("#default_country option");
    assert_eq!(names.len(), 249);
    let place = |name: &str| names.iter().position(|known| known == name).unwrap();
    assert!(place("Égypte") < place("Espagne") && place("Espagne") < place("États-Unis"));
}

async fn a_killed_reading_continues_where_it_stopped(app: TestApp) {
    let charlie = app.administrator().await;
    let lines: String = (0..1_200)
        .map(|index| format!("M.,A,N{index},n{index}@b.fr,,02555{:04},,\n", 1000 + index))
        .collect();
    charlie.import("liste", lines, false).await;
    change_country(&charlie, "BE").await;
    finished(&charlie).await;
    assert_eq!(counts(&app).await, (1_200, 1_200, 0));
    // The state when the process is killed after the first batch: the rest of the book is unread.
    app.db
        .write(|conn| {
            let middle: i64 =
                contacts::table.order(contacts::id).offset(499).select(contacts::id).first(conn)?;
            diesel::update(contacts::table.filter(contacts::id.gt(middle)))
                .set(contacts::phone_work_e164.eq(None::<String>))
                .execute(conn)?;
            diesel::update(phone_readings::table)
                .set((
                    phone_readings::cursor_id.eq(middle),
                    phone_readings::read_again.eq(500),
                    phone_readings::changed.eq(500),
                    phone_readings::finished_at.eq(None::<chrono::NaiveDateTime>),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let page = charlie.get("/settings").await;
    assert_eq!(page.one("label[for=progress]"), "500 contacts relus sur 1\u{202F}200");
    assert_eq!(
        (page.attributes("progress", "value"), page.attributes("progress", "max")),
        (vec!["500".to_owned()], vec!["1200".to_owned()])
    );
    app.db
        .write(|conn| {
            let reading = phone_readings::table.select(phone_readings::id).first(conn)?;
            carnet::jobs::enqueue(conn, carnet::jobs::Kind::PhoneReading, reading)
        })
        .await
        .unwrap();
    finished(&charlie).await;
    assert_eq!(counts(&app).await, (1_200, 1_200, 0));
    let unread: i64 = app
        .db
        .read(|conn| {
            Ok(contacts::table.filter(contacts::phone_work_e164.is_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(unread, 0);
}

async fn a_newer_change_ends_the_reading_of_the_one_before(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_contact(&charlie, "Belge", &[("phone_cell", "02 555 12 12")]).await;
    let older: i64 = app
        .db
        .write(|conn| {
            use carnet::base::clock;
            // Stored without its job, as if it waited behind another one.
            Ok(diesel::insert_into(phone_readings::table)
                .values((phone_readings::country.eq("US"), phone_readings::created_at.eq(clock::now())))
                .returning(phone_readings::id)
                .get_result(conn)?)
        })
        .await
        .unwrap();
    change_country(&charlie, "BE").await;
    finished(&charlie).await;
    app.db
        .write(move |conn| carnet::jobs::enqueue(conn, carnet::jobs::Kind::PhoneReading, older))
        .await
        .unwrap();
    wait_until("no job is left", async || counts(&app).await.2 == 0).await;
    assert_eq!(counts(&app).await, (1, 1, 0));
    let (cursor, finished_at): (i64, Option<chrono::NaiveDateTime>) = app
        .db
        .read(move |conn| {
            Ok(phone_readings::table
                .find(older)
                .select((phone_readings::cursor_id, phone_readings::finished_at))
                .first(conn)?)
        })
        .await
        .unwrap();
    assert_eq!((cursor, finished_at), (0, None), "it read nobody");
    assert_eq!(e164(&app, &path).await.as_deref(), Some("+3225551212"));
    assert_eq!(charlie.get("/audit?kind=phones.read_again").await.select(".history > li").len(), 1);
}
