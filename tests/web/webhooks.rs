//! Webhooks against a real receiver on loopback, which fails, hangs, answers without end, and comes back.

use std::sync::atomic::Ordering;

use carnet::base::clock;
use carnet::db::schema::webhooks;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::{add, id};
use crate::support::keys::program;
use crate::support::process::{Served, add_coordinator, carnet};
use crate::support::receiver::{Behaviour, Receiver};
use crate::support::waiting::{seen, wait_until};
use crate::support::{Backend, Client, PASSWORD, Page, TestApp, database, with_app};

/// The option with which receivers on loopback may be called.
const NAMED: [&str; 2] = ["--webhook-hosts", "127.0.0.1"];

both_backends!(
    NAMED =>
    a_change_is_sent_with_a_signature_and_without_values,
    only_the_chosen_kinds_are_sent,
    a_receiver_that_comes_back_gets_what_it_missed,
    a_receiver_that_hangs_stops_no_other,
    an_answer_without_end_is_cut_off,
    a_redirect_is_not_followed,
    a_receiver_that_fails_for_a_day_is_switched_off,
    a_receiver_that_is_gone_is_switched_off_at_once,
    a_wrong_address_is_refused_and_stays_in_the_form,
    two_administrators_who_edit_a_webhook_see_each_other,
    only_administrators_see_webhooks_and_no_page_shows_a_secret_again,
    a_new_secret_signs_the_next_message,
    an_import_is_sent_in_parts_of_a_hundred,
    two_nodes_send_each_change_once,
    a_change_made_during_the_sending_comes_next,
);

/// Adds a webhook by the page. Returns its path and its secret.
async fn hook(charlie: &Client, url: &str, unticked: &[&str]) -> (String, String) {
    let made = send(charlie, url, unticked).await;
    assert_eq!(made.status, 200, "{:?}", made.errors());
    let path = made.attributes("main form[action$='/test']", "action").remove(0);
    (path.trim_end_matches("/test").to_owned(), made.one("#secret"))
}

async fn send(charlie: &Client, url: &str, unticked: &[&str]) -> Page {
    let page = charlie.get("/webhooks").await;
    let form = page.form("main form");
    let mut fields: Vec<(&str, &str)> = vec![("url", url)];
    let events =
        form.fields.iter().filter(|(name, value)| name == "events" && !unticked.contains(&value.as_str()));
    fields.extend(events.map(|(_, value)| ("events", value.as_str())));
    charlie.post(&page, "/webhooks", &fields).await
}

async fn person(alice: &Client, last_name: &str) -> i64 {
    let email = format!("{}@b.fr", last_name.to_lowercase());
    id(&add(alice, &[("first_name", "Anne"), ("last_name", last_name), ("email", &email)]).await)
}

/// Makes the next attempt due, with a failure that began this long ago.
async fn fail_since(app: &TestApp, ago: TimeDelta) {
    app.db
        .write(move |conn| {
            let failing = webhooks::table.filter(webhooks::failures.gt(0));
            diesel::update(failing)
                .set((webhooks::due_at.eq(clock::now()), webhooks::failing_since.eq(clock::now() - ago)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn has_failed(app: &TestApp, times: i64) {
    wait_until("the failure is stored", async || {
        let failures: i64 =
            app.db.read(|conn| Ok(webhooks::table.select(webhooks::failures).first(conn)?)).await.unwrap();
        failures >= times
    })
    .await;
}

async fn press(charlie: &Client, path: &str, action: &str, fields: &[(&str, &str)]) -> Page {
    let page = charlie.get(path).await;
    let pressed = charlie.post(&page, &format!("{path}/{action}"), fields).await;
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    charlie.follow(&pressed).await
}

async fn a_change_is_sent_with_a_signature_and_without_values(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    person(&alice, "Avant").await;
    let receiver = Receiver::start();
    let (path, secret) = hook(&charlie, &receiver.url(), &[]).await;
    assert!(charlie.get(&path).await.one(".facts dd").starts_with("Aucun"));
    let zola = person(&alice, "Zola").await;
    let message = receiver.message(1).await;
    assert!(message.is_signed_with(&secret), "{message:?}");
    let age = clock::now().and_utc().timestamp() - message.timestamp.parse::<i64>().unwrap();
    assert!((0..60).contains(&age), "{age}");
    let json = message.json();
    assert_eq!(json["type"], "contacts.changed");
    assert_eq!(json["timestamp"], json["data"]["items"][0]["at"]);
    assert!(!message.body.contains("Zola") && !message.body.contains("b.fr"), "{}", message.body);
    // The items are those of the feed.
    let feed = program(&app, &alice, "read").await.get("/api/v1/changes").await.json();
    assert_eq!(message.items(), feed["items"].as_array().unwrap()[1..]);
    assert_eq!(message.items()[0]["contact"], zola);
    seen(&charlie, &path, |page| page.one(".facts dd") != "Aucun").await;
    assert_eq!(receiver.received().len(), 1, "sent once");

    let tested = press(&charlie, &path, "test", &[]).await;
    assert_eq!(tested.flash(), "L’outil a répondu 204 au message d’essai.");
    let test = receiver.message(2).await;
    assert!(test.is_signed_with(&secret) && test.items().is_empty() && test.json()["type"] == "test");
    assert_ne!(test.id, message.id);
}

async fn only_the_chosen_kinds_are_sent(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let all = ["created", "changed", "deleted", "restored", "merged", "erased"];
    let (path, _) = hook(&charlie, &receiver.url(), &all[1..]).await;
    assert_eq!(charlie.get("/webhooks").await.select("tbody td:nth-child(2)"), ["Création"]);
    let zola = person(&alice, "Zola").await;
    receiver.message(1).await;
    let edit = alice.get(&format!("/contacts/{zola}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("city", Some("Lyon"))]).await.status, 303);
    // The place moves over what is not sent.
    let before = place(&app).await;
    wait_until("the edit is passed", async || place(&app).await != before).await;
    let zorn = person(&alice, "Zorn").await;
    receiver.message(2).await;
    assert_eq!(receiver.contacts(), [zola, zorn]);

    let page = charlie.get(&path).await;
    let none = charlie.post(&page, &path, &[("url", &receiver.url())]).await;
    assert_eq!(none.errors(), ["Choisissez au moins un changement"]);
    let was = page.attributes("[name=was]", "value").remove(0);
    let fields = [("url", receiver.url()), ("events", "changed".to_owned()), ("was", was)];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(charlie.post(&page, &path, &fields).await.status, 303);
    let edit = alice.get(&format!("/contacts/{zorn}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("city", Some("Nice"))]).await.status, 303);
    let last = receiver.message(3).await;
    assert_eq!(
        (&last.items()[0]["kind"], &last.items()[0]["fields"][0]),
        (&"changed".into(), &"city".into())
    );
    let audit = charlie.get("/audit").await.body;
    assert!(audit.contains("Webhook modifié") && audit.contains("Modification"), "{audit}");
}

async fn place(app: &TestApp) -> String {
    app.db.read(|conn| Ok(webhooks::table.select(webhooks::cursor).first(conn)?)).await.unwrap()
}

async fn a_receiver_that_comes_back_gets_what_it_missed(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Status(500));
    let zola = person(&alice, "Zola").await;
    let first = receiver.message(1).await;
    let failing = seen(&charlie, &path, |page| page.body.contains("En échec")).await;
    assert!(failing.select("dd")[2].starts_with("réponse 500"), "{}", failing.body);
    fail_since(&app, TimeDelta::minutes(5)).await;
    let second = receiver.message(2).await;
    assert_eq!((second.id, second.body), (first.id, first.body), "the same message again");
    has_failed(&app, 2).await;
    let zorn = person(&alice, "Zorn").await;
    receiver.behave(Behaviour::Confirm);
    fail_since(&app, TimeDelta::minutes(5)).await;
    let third = receiver.message(3).await;
    assert_eq!(
        third.items().iter().map(|item| item["contact"].as_i64().unwrap()).collect::<Vec<_>>(),
        [zola, zorn]
    );
    seen(&charlie, &path, |page| !page.body.contains("En échec")).await;
}

async fn a_receiver_that_hangs_stops_no_other(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let (slow, quick) = (Receiver::start(), Receiver::start());
    slow.behave(Behaviour::Hang);
    let (path, _) = hook(&charlie, &slow.url(), &[]).await;
    hook(&charlie, &quick.url(), &[]).await;
    person(&alice, "Zola").await;
    slow.message(1).await;
    person(&alice, "Zorn").await;
    wait_until("the other one has both", async || quick.items().len() == 2).await;
    let failing = seen(&charlie, &path, |page| page.body.contains("En échec")).await;
    assert_eq!(failing.select("dd")[2], "pas de réponse en 10 secondes");
}

async fn an_answer_without_end_is_cut_off(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Endless);
    person(&alice, "Zola").await;
    seen(&charlie, &path, |page| page.one(".facts dd") != "Aucun").await;
    let sent = receiver.taken.load(Ordering::Relaxed);
    // What the system's buffers take comes on top.
    assert!(sent < 16 * 1024 * 1024, "{sent}");
    assert_eq!(receiver.received().len(), 1);
}

async fn a_redirect_is_not_followed(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Redirect(other.url()));
    person(&alice, "Zola").await;
    let failing = seen(&charlie, &path, |page| page.body.contains("En échec")).await;
    assert!(failing.select("dd")[2].starts_with("réponse 302"), "{}", failing.body);
    assert!(other.received().is_empty());
}

async fn a_receiver_that_fails_for_a_day_is_switched_off(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Status(503));
    let zola = person(&alice, "Zola").await;
    receiver.message(1).await;
    has_failed(&app, 1).await;
    fail_since(&app, TimeDelta::hours(23)).await;
    has_failed(&app, 2).await;
    assert_eq!(charlie.get(&path).await.one("#state .tag"), "En échec");
    fail_since(&app, TimeDelta::hours(24)).await;
    let off = seen(&charlie, &path, |page| page.one("#state .tag").starts_with("Arrêté")).await;
    assert_eq!(off.one("#state .tag"), "Arrêté\u{A0}: trop d’échecs");
    // Administrators are told, and nobody else.
    let waiting = charlie.get("/waiting").await;
    assert_eq!(waiting.links("ul.waiting h2 a")[0], "/webhooks");
    assert!(!alice.get("/waiting").await.body.contains("/webhooks"));
    let audit = charlie.get("/audit").await;
    assert!(audit.body.contains("Webhook modifié"), "{}", audit.body);

    person(&alice, "Zorn").await;
    receiver.behave(Behaviour::Confirm);
    let before = receiver.received().len();
    let started = press(&charlie, &path, "start", &[("from", "there")]).await;
    assert_eq!(
        (started.flash().as_str(), started.one("#state .tag").as_str()),
        ("Le webhook est actif.", "Actif")
    );
    let resumed = receiver.message(before + 1).await;
    assert_eq!(
        (resumed.items().len(), &resumed.items()[0]["contact"]),
        (2, &zola.into()),
        "nothing is missing"
    );
    assert!(charlie.get("/waiting").await.links("ul.waiting h2 a").iter().all(|link| link != "/webhooks"));

    // From now on: what happened meanwhile is left out.
    press(&charlie, &path, "stop", &[]).await;
    person(&alice, "Pendant").await;
    press(&charlie, &path, "start", &[("from", "now")]).await;
    let last = person(&alice, "Dernier").await;
    let message = receiver.message(before + 2).await;
    assert_eq!((message.items().len(), &message.items()[0]["contact"]), (1, &last.into()));
}

async fn a_receiver_that_is_gone_is_switched_off_at_once(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Status(410));
    person(&alice, "Zola").await;
    let off = seen(&charlie, &path, |page| page.one("#state .tag").starts_with("Arrêté")).await;
    assert!(off.select("dd")[2].starts_with("réponse 410"), "{}", off.body);
    assert_eq!(receiver.received().len(), 1);
}

async fn a_wrong_address_is_refused_and_stays_in_the_form(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    for (url, error) in [
        ("", "saisissez"),
        ("outil", "en entier"),
        ("ftp://outil.example.org/", "en entier"),
        ("http://outil.example.org/", "https://"),
        ("https://moi:secret@outil.example.org/", "mot de passe"),
        ("https://10.0.0.1/", "machine interne"),
        ("https://[::ffff:169.254.169.254]/", "machine interne"),
        ("https://2852039166/latest/meta-data/", "machine interne"),
    ] {
        let refused = send(&charlie, url, &["erased"]).await;
        assert_eq!(refused.status, 422, "{url}");
        assert!(refused.errors()[0].contains(error), "{url}: {:?}", refused.errors());
        assert_eq!(refused.attributes("[name=events][checked]", "value").len(), 5, "{url}");
        if !url.is_empty() {
            assert_eq!(refused.attributes("#url", "value"), [url]);
        }
    }
    assert!(charlie.get("/webhooks").await.select("tbody").is_empty());

    // A name is checked when it is called, by each of its addresses.
    let (path, _) = hook(&charlie, &format!("https://localhost:{}/carnet", receiver.port), &[]).await;
    let tested = press(&charlie, &path, "test", &[]).await;
    assert!(tested.flash().contains("machine interne"), "{}", tested.flash());
    person(&alice, "Zola").await;
    let failing = seen(&charlie, &path, |page| page.body.contains("En échec")).await;
    assert!(failing.select("dd")[2].contains("machine interne"), "{}", failing.body);
    // An address that was stored when it was allowed is checked again.
    let url = "http://169.254.169.254/latest".to_owned();
    app.db
        .write(|conn| Ok(diesel::update(webhooks::table).set(webhooks::url.eq(url)).execute(conn)?))
        .await
        .unwrap();
    let tested = press(&charlie, &path, "test", &[]).await;
    assert!(tested.flash().contains("machine interne"), "{}", tested.flash());
    let nowhere = "https://nulle-part.invalid/".to_owned();
    app.db
        .write(|conn| Ok(diesel::update(webhooks::table).set(webhooks::url.eq(nowhere)).execute(conn)?))
        .await
        .unwrap();
    let tested = press(&charlie, &path, "test", &[]).await;
    assert!(tested.flash().contains("introuvable"), "{}", tested.flash());
    assert!(receiver.received().is_empty());
    // The second of two clicks finds the first one's webhook.
    let (_, _) = hook(&charlie, &receiver.url(), &[]).await;
    let again = send(&charlie, &receiver.url(), &[]).await;
    assert_eq!(again.errors(), ["Un webhook a déjà cette adresse\u{A0}: modifiez-le plutôt"]);
}

async fn two_administrators_who_edit_a_webhook_see_each_other(app: TestApp) {
    let charlie = app.administrator().await;
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    let form = charlie.get(&path).await;
    let edit = "main form.card";
    let first = charlie.submit(&form, edit, &[("url", Some("https://un.example.org/"))]).await;
    assert_eq!(first.status, 303);
    let second = charlie.submit(&form, edit, &[("url", Some("https://deux.example.org/"))]).await;
    assert_eq!(second.status, 422);
    assert_eq!(second.select("#conflict tbody td"), ["https://un.example.org/", "https://deux.example.org/"]);
    assert_eq!(charlie.submit(&second, edit, &[]).await.status, 303);
    assert_eq!(charlie.get("/webhooks").await.select("tbody th"), ["https://deux.example.org/"]);
    // Deleted meanwhile: what was typed is in the form of a new webhook.
    let form = charlie.get(&path).await;
    let ask = charlie.get(&format!("{path}/delete")).await;
    assert_eq!(charlie.submit(&ask, "main form", &[]).await.status, 303);
    assert_eq!(charlie.submit(&ask, "main form", &[]).await.status, 303, "a second click");
    let late = charlie.submit(&form, edit, &[("url", Some("https://trois.example.org/"))]).await;
    assert_eq!(
        (late.status, late.attributes("#url", "value")),
        (422, vec!["https://trois.example.org/".to_owned()])
    );
    for action in ["test", "start", "stop"] {
        assert_eq!(charlie.post(&form, &format!("{path}/{action}"), &[]).await.status, 404, "{action}");
    }
    assert_eq!(charlie.get(&path).await.status, 404);
}

async fn only_administrators_see_webhooks_and_no_page_shows_a_secret_again(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let (path, secret) = hook(&charlie, "https://outil.example.org/", &[]).await;
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    for page in ["/webhooks", &path, &format!("{path}/secret"), &format!("{path}/delete")] {
        assert_eq!(alice.get(page).await.status, 403, "{page}");
        let shown = charlie.get(page).await;
        assert!(shown.status == 200 && !shown.body.contains(&secret), "{page}");
    }
    let audit = charlie.get("/audit").await.body;
    assert!(audit.contains("Webhook ajouté") && audit.contains("https://outil.example.org/"), "{audit}");
    assert!(!audit.contains(&secret));
    assert!(
        charlie.get("/contacts").await.attributes(".menu a", "href").iter().any(|link| link == "/webhooks")
    );
}

async fn a_new_secret_signs_the_next_message(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, old) = hook(&charlie, &receiver.url(), &[]).await;
    let ask = charlie.get(&format!("{path}/secret")).await;
    let shown = charlie.submit(&ask, "main form", &[]).await;
    let new = shown.one("#secret");
    assert_ne!(new, old);
    person(&alice, "Zola").await;
    let message = receiver.message(1).await;
    assert!(message.is_signed_with(&new) && !message.is_signed_with(&old));
}

async fn an_import_is_sent_in_parts_of_a_hundred(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    hook(&charlie, &receiver.url(), &[]).await;
    let lines = (0..250).map(|number| format!("M.,Jean,Nom-{number},n{number}@mairie.example,,,,Brest\n"));
    let list: String = lines.collect();
    alice.import("liste", list, false).await;
    wait_until("all are sent", async || receiver.items().len() >= 250).await;
    let sizes: Vec<usize> = receiver.received().iter().map(|message| message.items().len()).collect();
    assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
    let mut contacts = receiver.contacts();
    contacts.sort_unstable();
    contacts.dedup();
    assert_eq!((contacts.len(), receiver.items().len()), (250, 250));
}

async fn two_nodes_send_each_change_once(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let other = TestApp::start(app.database_url.clone(), tempfile::tempdir().unwrap(), &NAMED).await;
    let receiver = Receiver::start();
    hook(&charlie, &receiver.url(), &[]).await;
    let there = alice.at(other.address);
    let mut made = Vec::new();
    for number in 0..20 {
        let client = if number % 2 == 0 { &alice } else { &there };
        made.push(person(client, &format!("N{number}")).await);
    }
    wait_until("all are sent", async || receiver.items().len() >= made.len()).await;
    assert_eq!(receiver.contacts(), made);
}

async fn a_change_made_during_the_sending_comes_next(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let receiver = Receiver::start();
    let (path, _) = hook(&charlie, &receiver.url(), &[]).await;
    receiver.behave(Behaviour::Hang);
    let zola = person(&alice, "Zola").await;
    receiver.message(1).await;
    // Switched off while the message is under way: it is not confirmed, and comes again.
    press(&charlie, &path, "stop", &[]).await;
    receiver.behave(Behaviour::Confirm);
    let zorn = person(&alice, "Zorn").await;
    press(&charlie, &path, "start", &[("from", "there")]).await;
    wait_until("both are confirmed", async || receiver.contacts().last() == Some(&zorn)).await;
    assert_eq!(receiver.contacts(), [zola, zola, zorn]);
}

/// A node that is killed while it sends leaves its claim behind; the next one sends the message again.
fn a_killed_node_loses_nothing(backend: Backend) {
    let Some((url, _folder)) = database(backend) else { return };
    let serve = || {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--database-url", &url];
        arguments.extend(NAMED);
        Served::start(carnet(&arguments))
    };
    assert!(carnet(&["migrate", "--database-url", &url]).status().unwrap().success());
    add_coordinator("alice", &url);
    actix_web::rt::System::new().block_on(async {
        let receiver = Receiver::start();
        receiver.behave(Behaviour::Hang);
        let db = carnet::db::Db::open(&carnet::config::DatabaseUrl::parse(&url).unwrap()).unwrap();
        let first = serve();
        let alice = Client::new(first.address);
        alice.sign_in("alice", PASSWORD).await;
        let target = receiver.url();
        db.write(move |conn| {
            Ok(diesel::insert_into(webhooks::table)
                .values((
                    webhooks::url.eq(target),
                    webhooks::events.eq("created"),
                    webhooks::secret.eq("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                    webhooks::state.eq("on"),
                    webhooks::cursor.eq(""),
                    webhooks::created_at.eq(clock::now()),
                    webhooks::due_at.eq(clock::now()),
                ))
                .execute(conn)?)
        })
        .await
        .unwrap();
        let zola = person(&alice, "Zola").await;
        receiver.message(1).await;
        drop(first);
        receiver.behave(Behaviour::Confirm);
        let second = serve();
        // The claim of the killed node ends after half a minute; the test does not wait for it.
        db.write(|conn| {
            let past = clock::now() - TimeDelta::seconds(1);
            Ok(diesel::update(webhooks::table).set(webhooks::claimed_until.eq(past)).execute(conn)?)
        })
        .await
        .unwrap();
        receiver.message(2).await;
        assert_eq!(receiver.contacts(), [zola, zola]);
        drop(second);
    });
}

mod a_killed_node_sends_again {
    use super::*;

    #[test]
    fn sqlite() {
        a_killed_node_loses_nothing(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        a_killed_node_loses_nothing(Backend::Postgres);
    }
}

/// A backup that is served: its webhooks are off, and administrators see the keys that work.
#[test]
fn a_restored_backup_calls_nobody_until_an_administrator_says_so() {
    with_app(Backend::Sqlite, async |app| {
        let (alice, charlie) = (app.coordinator().await, app.administrator().await);
        let (path, _) = hook(&charlie, "https://outil.example.org/", &[]).await;
        let key = program(&app, &alice, "read").await.key;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copie.db");
        let arguments = ["backup", copy.to_str().unwrap(), "--database-url", &app.database_url];
        let mut command = carnet(&arguments);
        let done = tokio::task::spawn_blocking(move || command.status().unwrap()).await.unwrap();
        assert!(done.success());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no log stays beside it");
        // Ended after the backup: it works again in the copy.
        let page = alice.get("/account/keys").await;
        let end = page.attributes("tbody a", "href").remove(0);
        let ask = alice.get(&end).await;
        assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);

        let url = format!("sqlite://{}", copy.display());
        let restored = TestApp::start(url.clone(), tempfile::tempdir().unwrap(), &[]).await;
        let (bob, charlie) = (restored.agent().await, restored.administrator().await);
        assert_eq!(charlie.get(&path).await.one("#state .tag"), "Arrêté\u{A0}: carnet restauré");
        let front = charlie.get("/contacts").await;
        assert_eq!(front.links("main > .notice a"), ["/waiting"]);
        assert!(bob.get("/contacts").await.links("main > .notice a").is_empty());
        let waiting = charlie.get("/waiting").await;
        assert_eq!(waiting.select("section.notice li bdi"), ["Standard", "alice"]);
        assert!(waiting.body.contains(&key[..13]) && !waiting.body.contains(&key));
        let done = charlie.submit(&waiting, "section.notice form", &[]).await;
        assert_eq!(charlie.follow(&done).await.flash(), "C’est noté.");
        assert!(charlie.get("/contacts").await.links("main > .notice a").is_empty());
        let audit = charlie.get("/audit").await.body;
        assert!(audit.contains("Carnet restauré ou copié"), "{audit}");
        // The next start of the same book asks nothing.
        let again = TestApp::start(url, tempfile::tempdir().unwrap(), &[]).await;
        let charlie = charlie.at(again.address);
        assert!(charlie.get("/contacts").await.links("main > .notice a").is_empty());
        assert_eq!(
            app.administrator().await.get(&path).await.one("#state .tag"),
            "Actif",
            "the book itself goes on"
        );
    });
}
