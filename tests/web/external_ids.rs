//! Sources, which administrators name, and the ids of contacts there.

use carnet::db::schema::{contact_external_ids, sources};
use carnet::jobs::{Kind, enqueue};
use diesel::prelude::*;

use crate::support::contacts::{add, id};
use crate::support::erasure::{erase, finished};
use crate::support::external_ids::{add_source, ids, resend_ids, send_ids, set_ids};
use crate::support::merges::{found, merge};
use crate::support::waiting::{let_time_pass, wait_until};
use crate::support::{Client, TestApp};

async fn person(alice: &Client, last_name: &str) -> String {
    let email = format!("{}@b.fr", last_name.to_lowercase());
    add(alice, &[("first_name", "Anne"), ("last_name", last_name), ("email", &email)]).await
}

async fn delete(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/delete")).await;
    assert_eq!(client.submit(&ask, "main form", &[]).await.status, 303);
}

/// The labels, the old and the new values of a contact's history, latest first.
async fn told(client: &Client, path: &str) -> String {
    client.get(&format!("{path}/history")).await.select(".history > li").join("\n")
}

both_backends!(
    administrators_add_and_rename_sources,
    two_administrators_who_rename_a_source_see_each_other,
    the_question_before_a_deletion_is_about_the_contacts_with_an_id,
    an_id_is_shown_found_exported_and_in_the_history,
    an_id_of_any_form_finds_its_contact,
    an_id_belongs_to_one_contact_per_source,
    of_two_contacts_that_get_one_id_at_once_one_keeps_it,
    the_second_editor_sees_the_first_ones_ids,
    a_source_that_was_renamed_or_deleted_meanwhile_loses_nothing,
    merged_contacts_keep_the_ids_of_both_and_get_them_back,
    an_id_that_was_changed_after_a_merge_stays,
    ids_stay_in_the_trash_and_go_with_the_contact,
    forms_of_contacts_that_are_gone_are_given_back,
    hostile_ids_are_stored_as_they_are_or_refused,
    what_an_older_node_has_indexed_without_ids_is_indexed_again,
);

async fn administrators_add_and_rename_sources(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = add_source(&charlie, "SAP-RH").await;
    for (name, error) in [
        ("", "Saisissez le nom de la source"),
        ("SAP RH", "Nom\u{A0}: il contient autre chose"),
        ("<b>x</b>", "Nom\u{A0}: il contient autre chose"),
        ("a\u{0}b", "Nom\u{A0}: "),
        ("é\u{202F}x", "Nom\u{A0}: "),
        ("sap-rh", "Une source porte déjà ce nom"),
    ] {
        let page = charlie.get("/sources").await;
        let refused = charlie.submit(&page, "main form", &[("name", Some(name))]).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.errors()[0].starts_with(error), "{name}: {:?}", refused.errors());
    }
    let page = charlie.get("/sources").await;
    let long = "x".repeat(51);
    let refused = charlie.submit(&page, "main form", &[("name", Some(&long))]).await;
    assert_eq!(refused.attributes("#name", "value"), [long]);
    add_source(&charlie, "Référentiel").await;
    assert_eq!(charlie.get("/sources").await.select("tbody th"), ["Référentiel", "SAP-RH"]);

    let edit = charlie.get(&path).await;
    let taken = charlie.submit(&edit, "main form", &[("name", Some("REFERENTIEL"))]).await;
    assert_eq!((taken.status, taken.attributes("#name", "value")), (422, vec!["REFERENTIEL".to_owned()]));
    let saved = charlie.submit(&edit, "main form", &[("name", Some("SAP"))]).await;
    assert_eq!(charlie.follow(&saved).await.flash(), "Source SAP enregistrée.");
    for path in ["/sources", &path, &format!("{path}/delete")] {
        assert_eq!(alice.get(path).await.status, 403, "{path}");
    }
    assert!(alice.get("/contacts").await.attributes(".menu a", "href").iter().all(|link| link != "/sources"));
    let audit = charlie.get("/audit").await.body;
    assert!(audit.contains("Source ajoutée") && audit.contains("Source renommée"), "{audit}");
}

async fn two_administrators_who_rename_a_source_see_each_other(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_source(&charlie, "RH").await;
    let edit = charlie.get(&path).await;
    assert_eq!(charlie.submit(&edit, "main form", &[("name", Some("Paie"))]).await.status, 303);
    let second = charlie.submit(&edit, "main form", &[("name", Some("SIRH"))]).await;
    assert_eq!(second.status, 422);
    assert_eq!(second.select("#conflict tbody td"), ["Paie", "SIRH"]);
    assert_eq!(charlie.submit(&second, "main form", &[]).await.status, 303);
    assert_eq!(charlie.get("/sources").await.select("tbody th"), ["SIRH"]);
    // Deleted meanwhile: the name is in the form of a new source.
    let edit = charlie.get(&path).await;
    delete(&charlie, &path).await;
    let late = charlie.submit(&edit, "main form", &[("name", Some("Paie"))]).await;
    assert_eq!((late.status, late.attributes("main form", "action")), (422, vec!["/sources".to_owned()]));
    assert_eq!(charlie.submit(&late, "main form", &[]).await.status, 303);
    assert_eq!(charlie.get("/sources").await.select("tbody th"), ["Paie"]);
}

async fn the_question_before_a_deletion_is_about_the_contacts_with_an_id(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let crm = add_source(&charlie, "CRM").await;
    add_source(&charlie, "RH").await;
    let ask = charlie.get(&format!("{crm}/delete")).await;
    assert_eq!(ask.one(".lead"), "Aucun contact n’a d’identifiant dans cette source.");
    let (zola, zorn) = (person(&alice, "Zola").await, person(&alice, "Zorn").await);
    set_ids(&alice, &zola, &[("CRM", "A-12"), ("RH", "77001")]).await;
    delete(&alice, &zola).await;
    let again = charlie.submit(&ask, "main form", &[]).await;
    assert_eq!(again.status, 422);
    assert!(again.one(".lead").starts_with("1 contact a un identifiant dans cette source"), "{}", again.body);
    set_ids(&alice, &zorn, &[("CRM", "B-12")]).await;
    let again = charlie.submit(&again, "main form", &[]).await;
    assert_eq!(again.status, 422);
    assert!(again.one(".lead").starts_with("2 contacts ont un identifiant"), "{}", again.body);
    assert_eq!(charlie.get("/sources").await.select("tbody td:nth-child(2)"), ["2", "1"]);
    assert_eq!(charlie.get(&crm).await.status, 200, "nothing is deleted yet");

    let deleted = charlie.submit(&again, "main form", &[]).await;
    assert_eq!(charlie.follow(&deleted).await.flash(), "Source CRM supprimée.");
    assert_eq!(charlie.submit(&again, "main form", &[]).await.location(), "/sources", "a second click");
    assert!(ids(&alice, &zorn).await.is_empty());
    assert!(found(&alice, "B-12").await.is_empty());
    let history = told(&alice, &zorn).await;
    assert!(history.contains("Identifiant dans CRM") && history.contains("B-12"), "{history}");
    assert_eq!(ids(&alice, &zola).await, ["Identifiant dans RH 77001"], "in the trash");
}

async fn an_id_is_shown_found_exported_and_in_the_history(app: TestApp) {
    let (alice, bob, charlie) = (app.coordinator().await, app.agent().await, app.administrator().await);
    let zola = person(&alice, "Zola").await;
    assert!(!alice.get(&zola).await.body.contains("external-ids"), "no source, no link");
    let page = alice.get(&format!("{zola}/external-ids")).await;
    assert!(page.one("#external_ids").starts_with("Il n’y a pas de source"));
    for name in ["CRM", "SAP-RH"] {
        add_source(&charlie, name).await;
    }
    assert!(alice.get(&zola).await.body.contains("external-ids"));
    assert!(!bob.get(&zola).await.body.contains("external-ids"), "an agent changes nothing");
    assert_eq!(bob.get(&format!("{zola}/external-ids")).await.status, 403);
    set_ids(&alice, &zola, &[("CRM", "  A-12 "), ("SAP-RH", "=1+1")]).await;
    set_ids(&alice, &zola, &[("CRM", "A-13")]).await;
    set_ids(&alice, &zola, &[]).await;
    assert_eq!(ids(&bob, &zola).await, ["Identifiant dans CRM A-13", "Identifiant dans SAP-RH =1+1"]);
    assert_eq!(found(&alice, "a-13").await, std::slice::from_ref(&zola));
    assert!(found(&alice, "a-12").await.is_empty());
    let history = told(&alice, &zola).await;
    assert_eq!(
        history.matches("Identifiants modifiés").count(),
        2,
        "an unchanged form is no change: {history}"
    );
    assert!(history.contains("Identifiant dans CRM") && history.contains("A-12 devient→ A-13"), "{history}");
    // The version is that of the contact's form, which an open form may still save.
    let edit = alice.get(&format!("{zola}/edit")).await;
    set_ids(&alice, &zola, &[("CRM", "A-14")]).await;
    assert_eq!(alice.submit(&edit, "main form", &[("title", Some("Juriste"))]).await.status, 303);
    assert_eq!(found(&alice, "juriste a-14").await, std::slice::from_ref(&zola));

    let file = alice.get("/contacts.csv?format=full").await.body;
    let lines: Vec<&str> = file.lines().collect();
    assert!(lines[0].contains("\"CRM\";\"SAP-RH\";"), "{}", lines[0]);
    assert!(lines[1].contains("\"A-14\";\"'=1+1\";"), "{}", lines[1]);
    let data: serde_json::Value =
        serde_json::from_str(&alice.get(&format!("{zola}/data.json")).await.body).unwrap();
    assert_eq!(
        data["contact"]["external_ids"],
        serde_json::json!([{"source": "CRM", "id": "A-14"}, {"source": "SAP-RH", "id": "=1+1"}])
    );
    let page = alice.get(&format!("{zola}/data")).await;
    assert!(page.one("#details ~ dl").contains("Identifiant dans CRMA-14"), "{}", page.body);
    // A renamed source has its new name everywhere except in the history.
    let crm = charlie.get("/sources").await.attributes("tbody th a", "href").remove(0);
    let edit = charlie.get(&crm).await;
    charlie.submit(&edit, "main form", &[("name", Some("Clients"))]).await;
    assert_eq!(ids(&bob, &zola).await[0], "Identifiant dans Clients A-14");
    assert!(told(&alice, &zola).await.contains("Identifiant dans CRM"));
}

async fn an_id_of_any_form_finds_its_contact(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let (zola, zorn) = (person(&alice, "Zola").await, person(&alice, "Zorn").await);
    for (id, asked) in [
        ("A-12", "a-12"),
        ("4711", "4711"),
        ("732 829 320", "732 829 320"),
        ("732-829-320/44", "732-829-320/44"),
        ("00012345678", "00012345678"),
        ("0142998877", "0142998877"),
        ("FR-732829320", "fr-732829320"),
        ("Zoé_Dupré.7", "zoe_dupre.7"),
        ("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("زيد-٤٢", "زيد-٤٢"),
    ] {
        set_ids(&alice, &zola, &[("CRM", id)]).await;
        assert_eq!(found(&alice, &asked.replace('+', "%2B")).await, std::slice::from_ref(&zola), "{id}");
    }
    set_ids(&alice, &zola, &[("CRM", "")]).await;
    assert!(ids(&alice, &zola).await.is_empty());
    assert!(found(&alice, "3f2504e0").await.is_empty());
    assert_eq!(found(&alice, "zorn").await, [zorn]);
}

async fn an_id_belongs_to_one_contact_per_source(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    for name in ["CRM", "RH"] {
        add_source(&charlie, name).await;
    }
    let (zola, zorn) = (person(&alice, "Zola").await, person(&alice, "Zorn").await);
    set_ids(&alice, &zola, &[("CRM", "A-12")]).await;
    set_ids(&alice, &zorn, &[("RH", "A-12"), ("CRM", "a-12")]).await;
    let refused = send_ids(&alice, &zorn, &[("RH", "B"), ("CRM", " A-12")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.errors(),
        [
            "Identifiant dans CRM\u{A0}: Anne Zola l’a déjà. Corrigez-le, ou retirez-le d’abord de l’autre fiche."
        ]
    );
    assert_eq!(refused.attributes("[id='external_id_RH']", "value"), ["B"], "what was typed is there");
    assert_eq!(ids(&alice, &zorn).await, ["Identifiant dans CRM a-12", "Identifiant dans RH A-12"]);
    delete(&alice, &zola).await;
    let refused = send_ids(&alice, &zorn, &[("CRM", "A-12")]).await;
    assert!(refused.errors()[0].contains("dans la corbeille"), "{:?}", refused.errors());
    finished(&alice, &erase(&alice, &zola).await.location()).await;
    set_ids(&alice, &zorn, &[("CRM", "A-12")]).await;
    // Two contacts can exchange an id by way of a third save.
    let luc = person(&alice, "Luc").await;
    set_ids(&alice, &zorn, &[("CRM", "")]).await;
    set_ids(&alice, &luc, &[("CRM", "A-12")]).await;
    assert_eq!(found(&alice, "A-12").await.len(), 2, "one has it in the other source");
}

async fn of_two_contacts_that_get_one_id_at_once_one_keeps_it(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let (zola, zorn) = (person(&alice, "Zola").await, person(&alice, "Zorn").await);
    for turn in 0..8 {
        let value = format!("T-{turn}");
        let own = [("CRM", value.as_str())];
        let (one, two) = tokio::join!(send_ids(&alice, &zola, &own), send_ids(&alice, &zorn, &own));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let refused = if one.status == 422 { one } else { two };
        assert!(
            refused.errors()[0].starts_with("Identifiant dans CRM\u{A0}: Anne Zo"),
            "{:?}",
            refused.errors()
        );
        let rows: i64 = app
            .db
            .read(move |conn| {
                let same = contact_external_ids::table.filter(contact_external_ids::value.eq(value));
                Ok(same.count().get_result(conn)?)
            })
            .await
            .unwrap();
        assert_eq!(rows, 1);
    }
}

async fn the_second_editor_sees_the_first_ones_ids(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    for name in ["CRM", "RH", "SI"] {
        add_source(&charlie, name).await;
    }
    let zola = person(&alice, "Zola").await;
    let edit = alice.get(&format!("{zola}/external-ids")).await;
    assert_eq!(resend_ids(&alice, &edit, &[("CRM", "1"), ("RH", "2")]).await.status, 303);
    let second = resend_ids(&alice, &edit, &[("CRM", "9"), ("SI", "3")]).await;
    assert_eq!(second.status, 422);
    assert!(second.errors()[0].contains("Rien n’est perdu"));
    assert_eq!(second.select("#conflict tbody th"), ["Identifiant dans CRM", "Identifiant dans SI"]);
    assert_eq!(second.select("#conflict tbody td"), ["1", "9", "–", "3"]);
    let value = |source: &str| second.attributes(&format!("[id='external_id_{source}']"), "value");
    assert_eq!([value("CRM"), value("RH"), value("SI")].concat(), ["9", "2", "3"]);
    assert_eq!(ids(&alice, &zola).await.len(), 2, "nothing is written yet");
    assert_eq!(resend_ids(&alice, &second, &[]).await.status, 303);
    assert_eq!(
        ids(&alice, &zola).await,
        ["Identifiant dans CRM 9", "Identifiant dans RH 2", "Identifiant dans SI 3"]
    );
    // The same form sent twice is one change.
    assert_eq!(resend_ids(&alice, &second, &[]).await.status, 303);
}

async fn a_source_that_was_renamed_or_deleted_meanwhile_loses_nothing(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let crm = add_source(&charlie, "CRM").await;
    add_source(&charlie, "RH").await;
    let zola = person(&alice, "Zola").await;
    let form = alice.get(&format!("{zola}/external-ids")).await;
    let edit = charlie.get(&crm).await;
    charlie.submit(&edit, "main form", &[("name", Some("Clients"))]).await;
    let late = resend_ids(&alice, &form, &[("CRM", "A-12"), ("RH", "77")]).await;
    assert_eq!(late.status, 422);
    assert!(late.errors()[0].starts_with("La source CRM vient d’être renommée"), "{:?}", late.errors());
    assert!(late.errors()[0].ends_with("A-12"), "{:?}", late.errors());
    assert_eq!(late.attributes("[id='external_id_RH']", "value"), ["77"]);
    assert_eq!(resend_ids(&alice, &late, &[("Clients", "A-12")]).await.status, 303);
    let form = alice.get(&format!("{zola}/external-ids")).await;
    delete(&charlie, &crm).await;
    let late = resend_ids(&alice, &form, &[("RH", "78")]).await;
    assert!(late.errors()[0].ends_with("A-12"), "{:?}", late.errors());
    let late = resend_ids(&alice, &late, &[]).await;
    assert!(late.status == 303 || late.errors()[0].contains("Rien n’est perdu"), "{:?}", late.errors());
}

async fn merged_contacts_keep_the_ids_of_both_and_get_them_back(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    for name in ["CRM", "RH"] {
        add_source(&charlie, name).await;
    }
    let (low, high) = (person(&alice, "Zola").await, person(&alice, "Zolla").await);
    set_ids(&alice, &low, &[("CRM", "K-100")]).await;
    set_ids(&alice, &high, &[("CRM", "G-200"), ("RH", "G-300")]).await;
    let before = (ids(&alice, &low).await, ids(&alice, &high).await);
    for kept in ["low", "high"] {
        let page = merge(&alice, &low, &high, &[("keep", Some(kept))]).await;
        let (kept, gone) = if kept == "low" { (&low, &high) } else { (&high, &low) };
        let mut both = ids(&alice, kept).await;
        both.sort();
        assert_eq!(
            both,
            ["Identifiant dans CRM G-200", "Identifiant dans CRM K-100", "Identifiant dans RH G-300"],
            "nothing is lost"
        );
        for asked in ["K-100", "G-200", "G-300"] {
            assert_eq!(found(&alice, asked).await, std::slice::from_ref(kept), "{asked}");
        }
        let history = told(&alice, kept).await;
        assert!(
            history.contains("Identifiant dans CRM") && history.contains("K-100, G-200")
                || history.contains("G-200, K-100"),
            "{history}"
        );
        // The form has both, and keeps them.
        set_ids(&alice, kept, &[]).await;
        let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
        assert_eq!(undone.status, 303);
        assert_eq!((ids(&alice, &low).await, ids(&alice, &high).await), before);
        assert_eq!(found(&alice, "K-100").await, std::slice::from_ref(&low));
        assert_eq!(found(&alice, "G-300").await, std::slice::from_ref(&high));
        assert!(told(&alice, gone).await.contains("Fusion annulée"), "{}", told(&alice, gone).await);
    }
    // Erasing the remaining contact erases both.
    merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
    finished(&alice, &erase(&alice, &low).await.location()).await;
    let left: i64 =
        app.db.read(|conn| Ok(contact_external_ids::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(left, 0);
}

async fn an_id_that_was_changed_after_a_merge_stays(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let (low, high) = (person(&alice, "Zola").await, person(&alice, "Zolla").await);
    set_ids(&alice, &high, &[("CRM", "G-200")]).await;
    let form = alice.get(&format!("{high}/external-ids")).await;
    let choices = [("keep", Some("low")), ("field_last_name", Some("low"))];
    let page = merge(&alice, &low, &high, &choices).await;
    // A form of the merged contact is about the remaining one now.
    let late = resend_ids(&alice, &form, &[("CRM", "G-201")]).await;
    assert_eq!(late.status, 422);
    assert!(late.errors()[0].contains("fusionné avec Anne Zola"), "{:?}", late.errors());
    assert_eq!(late.attributes("main form", "action"), [format!("{low}/external-ids")]);
    assert_eq!(
        late.attributes("[name^=external_id_]", "value"),
        ["G-200", "G-201"],
        "the stored one and the typed one"
    );
    assert_eq!(resend_ids(&alice, &late, &[("CRM", "")]).await.status, 303);
    assert_eq!(ids(&alice, &low).await, ["Identifiant dans CRM G-201"]);
    let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
    let flash = alice.follow(&undone).await.flash();
    assert!(flash.contains("Identifiant dans CRM"), "{flash}");
    assert_eq!((ids(&alice, &low).await.len(), ids(&alice, &high).await.len()), (1, 0));
}

async fn ids_stay_in_the_trash_and_go_with_the_contact(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let zola = person(&alice, "Zola").await;
    set_ids(&alice, &zola, &[("CRM", "A-12")]).await;
    delete(&alice, &zola).await;
    assert!(found(&alice, "A-12").await.is_empty());
    let page = alice.get(&zola).await;
    assert_eq!(alice.submit(&page, "form[action$=restore]", &[]).await.status, 303);
    assert_eq!(ids(&alice, &zola).await, ["Identifiant dans CRM A-12"]);
    assert_eq!(found(&alice, "A-12").await, std::slice::from_ref(&zola));
    delete(&alice, &zola).await;
    let ask = alice.get("/contacts/trash/empty").await;
    let emptied = alice.submit(&ask, "main form", &[]).await;
    finished(&alice, &emptied.location()).await;
    let left: i64 =
        app.db.read(|conn| Ok(contact_external_ids::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(left, 0);
}

async fn forms_of_contacts_that_are_gone_are_given_back(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let zola = person(&alice, "Zola").await;
    let form = alice.get(&format!("{zola}/external-ids")).await;
    delete(&alice, &zola).await;
    let answer = resend_ids(&alice, &form, &[("CRM", "A-12")]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.select("[aria-labelledby=typed] textarea"), ["A-12"]);
    assert_eq!(answer.select("[aria-labelledby=typed] label"), ["Identifiant dans CRM"]);
    finished(&alice, &erase(&alice, &zola).await.location()).await;
    let answer = resend_ids(&alice, &form, &[("CRM", "A-12")]).await;
    assert_eq!(answer.select("[aria-labelledby=typed] textarea"), ["A-12"]);
}

async fn hostile_ids_are_stored_as_they_are_or_refused(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "CRM").await;
    let zola = person(&alice, "Zola").await;
    let longest = "é".repeat(255);
    for stored in [
        "<script>alert(1)</script>",
        "\"><img src=x>",
        "🙂👩‍👩‍👧",
        "شركة ١٢",
        "a  b",
        "O'Neil & \"fils\"",
        "'; DROP TABLE contacts; --",
        "=HYPERLINK(\"x\")",
        "%00",
        "_%",
        longest.as_str(),
    ] {
        set_ids(&alice, &zola, &[("CRM", &format!("\u{A0} {stored}\t"))]).await;
        let value: String = app
            .db
            .read(|conn| Ok(contact_external_ids::table.select(contact_external_ids::value).first(conn)?))
            .await
            .unwrap();
        assert_eq!(value, stored);
        let page = alice.get(&zola).await;
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{stored}");
        let form = alice.get(&format!("{zola}/external-ids")).await;
        assert_eq!(form.attributes("#external_id_CRM", "value"), [stored]);
        assert_eq!(alice.get("/contacts.csv?format=full").await.status, 200);
    }
    for refused in [&"é".repeat(256), "a\0b", "a\nb", "a\u{7}b", "a\u{2028}b"] {
        let answer = send_ids(&alice, &zola, &[("CRM", refused)]).await;
        assert_eq!(answer.status, 422, "{refused:?}");
        assert!(answer.errors()[0].starts_with("Identifiant dans CRM\u{A0}: "), "{:?}", answer.errors());
    }
    // Nothing but invisible characters is no id, and a source that nobody has is told.
    set_ids(&alice, &zola, &[("CRM", "\u{200B}\u{FEFF} ")]).await;
    assert!(ids(&alice, &zola).await.is_empty());
    let answer = send_ids(&alice, &zola, &[("<b>", "x")]).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.body.contains("<b>"));
}

async fn what_an_older_node_has_indexed_without_ids_is_indexed_again(app: TestApp) {
    let alice = app.coordinator().await;
    let zola = person(&alice, "Zola").await;
    let contact = id(&zola);
    // As a save by an older node leaves it: the id is stored, and not among the words of the contact.
    app.db
        .write(move |conn| {
            let source: i64 = diesel::insert_into(sources::table)
                .values((
                    sources::name.eq("CRM"),
                    sources::name_key.eq("crm"),
                    sources::created_at.eq(carnet::base::clock::now()),
                ))
                .returning(sources::id)
                .get_result(conn)?;
            diesel::insert_into(contact_external_ids::table)
                .values((
                    contact_external_ids::source_id.eq(source),
                    contact_external_ids::contact_id.eq(contact),
                    contact_external_ids::value.eq("QX-4711"),
                ))
                .execute(conn)?;
            enqueue(conn, Kind::ExternalIds, 0)
        })
        .await
        .unwrap();
    assert!(found(&alice, "QX-4711").await.is_empty());
    wait_until("the contact is found by its id", async || {
        let_time_pass(&app.db).await;
        found(&alice, "QX-4711").await.len() == 1
    })
    .await;
}
