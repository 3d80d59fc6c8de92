//! All personal data of one contact, on a page and as a file.

use carnet::audit::{Entry, Kind, record};
use carnet::base::clock;
use carnet::db::schema::{audit_entries, contact_type_fields, contact_types, contact_values};
use carnet::domain::Change;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::waiting::seen;

both_backends!(
    the_file_holds_everything_on_a_person,
    data_beside_the_form_is_in_the_file_and_is_erased_with_the_contact,
    the_page_is_bounded_and_the_file_is_whole,
    a_deleted_contact_shows_its_data_to_those_who_may_restore_it,
);

async fn the_file_holds_everything_on_a_person(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import(
            "juin",
            "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n",
            false,
        )
        .await;
    let path = alice.get("/contacts?q=lefevre").await.attributes("tbody th a", "href").remove(0);
    let id: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
    let edit = alice.get(&format!("{path}/edit")).await;
    let saved = alice
        .submit(
            &edit,
            "main form",
            &[("city", Some("Évry")), ("sms_work", Some("on")), ("social_x", Some("@helene"))],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = alice.get(&path).await;
    // The visit of a contact is stored in the background.
    seen(&alice, "/contacts/recent", |page| !page.select(".person").is_empty()).await;
    alice.post(&page, &format!("{path}/notes"), &[("note", "Rappeler \"lundi\"\nà 9 h")]).await;
    // A value in a field of a type that the contact no longer has.
    app.db
        .write(move |conn| {
            let former: i64 = diesel::insert_into(contact_types::table)
                .values((
                    contact_types::name.eq("Élu"),
                    contact_types::name_key.eq("elu"),
                    contact_types::position.eq(1_i64),
                    contact_types::created_at.eq(clock::now()),
                ))
                .returning(contact_types::id)
                .get_result(conn)?;
            let field: i64 = diesel::insert_into(contact_type_fields::table)
                .values((
                    contact_type_fields::type_id.eq(former),
                    contact_type_fields::key.eq("mandat"),
                    contact_type_fields::label.eq("Mandat"),
                    contact_type_fields::label_key.eq("mandat"),
                    contact_type_fields::kind.eq("text"),
                    contact_type_fields::position.eq(1_i64),
                ))
                .returning(contact_type_fields::id)
                .get_result(conn)?;
            diesel::insert_into(contact_values::table)
                .values((
                    contact_values::contact_id.eq(id),
                    contact_values::field_id.eq(field),
                    contact_values::value.eq("Maire"),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();

    let shown = alice.get(&format!("{path}/data")).await;
    for word in ["Lefèvre", "@helene", "Maire", "Mandat", "+33110203040", "Rappeler", "juin"] {
        assert!(shown.body.contains(word), "{word} in {}", shown.body);
    }
    assert_eq!(shown.attributes("main .button", "href"), [format!("{path}/data.json")]);
    let file = alice.get(&format!("{path}/data.json")).await;
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"contact-{id}.json\""));
    assert!(file.body.contains("\n  \"contact\": {\n"), "it is laid out to be read");
    let mut data: Value = serde_json::from_str(&file.body).unwrap();
    let times: Vec<Value> = [
        "/exported_at",
        "/contact/created_at",
        "/contact/updated_at",
        "/contact/opened_by/0/at",
        "/notes/0/created_at",
        "/history/0/at",
        "/history/1/at",
    ]
    .into_iter()
    .map(|place| data.pointer_mut(place).unwrap().take())
    .collect();
    for time in times {
        let time = time.as_str().unwrap();
        assert!(time.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{time}");
    }
    assert_eq!(data, whole_file(id));
    let told: Vec<(i64, String)> = app
        .db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.eq("contact.data_exported"))
                .select((audit_entries::contact_id.assume_not_null(), audit_entries::subject))
                .load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(told, [(id, String::new())], "only the download is told in the history");
}

/// The whole file of the contact in [`the_file_holds_everything_on_a_person`], with its times taken out.
fn whole_file(id: i64) -> Value {
    json!({
        "exported_at": null,
        "exported_by": "alice",
        "contact": {
            "id": id,
            "version": 2,
            "details": {
                "civility": "Mme", "first_name": "Hélène", "last_name": "Lefèvre",
                "email": "helene@mairie.example", "service": "État civil", "phone_work": "0110203040", "sms_work": "on",
                "address": "12 rue Haute", "city": "Évry", "social_x": "@helene", "expert": "on", "copy": "on",
            },
            "former_fields": {"custom_mandat": "Maire"},
            "statuses": ["expert", "copy"],
            "phones_e164": {"phone_work": "+33110203040"},
            "created_at": null,
            "created_by": null,
            "created_by_import": "juin",
            "last_import": "juin",
            "updated_at": null,
            "updated_by": "alice",
            "deleted_at": null,
            "checked_at": null,
            "checked_by": null,
            "stands_in_for": [],
            "opened_by": [{"account": "alice", "at": null}],
            "kept_by": [],
            "former_emails": [],
            "external_ids": [],
            "merged": [],
        },
        "notes": [
            {"author": "alice", "created_at": null, "edited_at": null, "text": "Rappeler \"lundi\"\nà 9 h"},
        ],
        "reports": [],
        "waiting_rows": [],
        "history": [
            {"at": null, "by": "alice", "what": "note.added", "import": null, "changes": []},
            {"at": null, "by": "alice", "what": "contact.edited", "import": null, "changes": [
                {"field": "sms_work", "old": "", "new": "on"},
                {"field": "city", "old": "Lyon", "new": "Évry"},
                {"field": "social_x", "old": "", "new": "@helene"},
            ]},
        ],
    })
}

async fn data_beside_the_form_is_in_the_file_and_is_erased_with_the_contact(app: TestApp) {
    use carnet::db::schema::{contacts, favourite_contacts, recent_contacts};
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", "M.,Marc,A,marc@b.fr,,,,\nMme,Zoë,B,zoe@b.fr,,,,\n", false).await;
    let paths = alice.get("/contacts").await.attributes("tbody th a", "href");
    let (marc, zoe) = (&paths[0], &paths[1]);
    let form = alice.get(&format!("{zoe}/expertise")).await;
    alice.submit(&form, "main form", &[("topics", Some("gaz\neau")), ("languages", Some("arabe"))]).await;
    for (path, substitute) in [(marc, "zoe@b.fr"), (zoe, "marc@b.fr")] {
        let form = alice.get(&format!("{path}/absence")).await;
        let typed = [
            ("absent_from", Some("2100-01-01")),
            ("absent_until", Some("2100-01-02")),
            ("substitute", Some(substitute)),
        ];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    }
    let page = bob.get(zoe).await;
    bob.submit(&page, ".starred", &[("favourite", Some("on"))]).await;
    seen(&bob, "/contacts/recent", |page| !page.select(".person").is_empty()).await;
    let page = alice.get(zoe).await;
    alice.submit(&page, "form[action$=checked]", &[]).await;

    let id = |path: &str| path.rsplit_once('/').unwrap().1.parse::<i64>().unwrap();
    let file = alice.get(&format!("{zoe}/data.json")).await;
    let data: Value = serde_json::from_str(&file.body).unwrap();
    let contact = &data["contact"];
    assert_eq!(contact["details"]["topics"], "gaz\neau");
    assert_eq!(contact["details"]["languages"], "arabe");
    assert_eq!(contact["details"]["absent_from"], "2100-01-01");
    assert_eq!(contact["details"]["substitute"], id(marc).to_string());
    assert_eq!(contact["stands_in_for"], json!([id(marc)]));
    assert_eq!(contact["kept_by"][0]["account"], "bob");
    assert_eq!(contact["checked_by"], "alice");
    let shown = alice.get(&format!("{zoe}/data")).await;
    for words in ["gaz, eau", "arabe", "1er\u{A0}janvier 2100"] {
        assert!(shown.body.contains(words), "{words} in {}", shown.body);
    }

    let form = alice.get(&format!("{zoe}/erase")).await;
    let erased = alice.submit(&form, "main form", &[("confirm", Some("on"))]).await;
    assert_eq!(erased.status, 303, "{:?}", erased.errors());
    let gone = id(zoe);
    let left: (i64, i64, Option<i64>) = app
        .db
        .read(move |conn| {
            Ok((
                favourite_contacts::table.count().get_result(conn)?,
                recent_contacts::table
                    .filter(recent_contacts::contact_id.eq(gone))
                    .count()
                    .get_result(conn)?,
                contacts::table.select(contacts::substitute_id).first(conn)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(left, (0, 0, None));
    assert!(!alice.get(marc).await.body.contains("Zoë"));
}

async fn the_page_is_bounded_and_the_file_is_whole(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    let path = alice.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    let id: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
    app.db
        .write(move |conn| {
            let entries: Vec<Entry> = (0..120)
                .map(|index| {
                    Entry::new(Kind::ContactEdited, None).contact(id).changes(vec![Change {
                        field: "city".into(),
                        old: String::new(),
                        new: format!("Ville {index}"),
                    }])
                })
                .collect();
            record(conn, &entries)
        })
        .await
        .unwrap();
    let page = alice.get(&format!("{path}/data")).await;
    assert_eq!(page.one("#history"), "Historique\u{A0}: 120 entrées");
    assert_eq!(page.select(".history > li").len(), 50);
    let file: Value = serde_json::from_str(&alice.get(&format!("{path}/data.json")).await.body).unwrap();
    assert_eq!(file["history"].as_array().unwrap().len(), 120);
}

async fn a_deleted_contact_shows_its_data_to_those_who_may_restore_it(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    let path = alice.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    alice.submit(&alice.get(&format!("{path}/delete")).await, "main form", &[]).await;
    assert_eq!(alice.get(&format!("{path}/data")).await.status, 200);
    let file: Value = serde_json::from_str(&alice.get(&format!("{path}/data.json")).await.body).unwrap();
    assert!(file["contact"]["deleted_at"].is_string());
    assert_eq!(alice.get("/contacts/999999/data.json").await.status, 404);
    assert_eq!(app.agent().await.get(&format!("{path}/data")).await.status, 403);
}
