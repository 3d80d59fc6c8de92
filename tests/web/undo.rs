//! Undoing an import after it was applied.

use carnet::db::AnyConnection;
use carnet::db::schema::{import_journal, import_undos, imports};
use carnet::domain::Role;
use carnet::imports::run_undo_job;
use carnet::jobs::JobContext;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::undo::{import_path, settled, undo};
use crate::support::{Client, PASSWORD, Page, TestApp};

const TWO: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
    M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry\n";

async fn edit(client: &Client, path: &str, fields: &[(&str, Option<&str>)]) {
    let form = client.get(&format!("{path}/edit")).await;
    let answer = client.submit(&form, "main form", fields).await;
    assert_eq!(answer.status, 303, "{:?}", answer.errors());
}

async fn delete(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/delete")).await;
    client.submit(&ask, "main form", &[]).await;
}

async fn restore(client: &Client, path: &str) {
    let deleted = client.get(path).await;
    client.submit(&deleted, "form[action$=restore]", &[]).await;
}

/// The contacts that the list finds.
async fn found(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/contacts?{query}")).await;
    page.select("tbody th a")
}

/// The counts of the undo, by their labels: to the trash, old values back, kept, gone before, not changed.
fn counts(page: &Page) -> [i64; 5] {
    let labels = page.select("#undone dt");
    let values = page.select("#undone dd");
    ["mis à la corbeille", "reven", "gardé", "déjà", "n’av"].map(|label| {
        labels
            .iter()
            .position(|found| found.starts_with(label))
            .map_or(0, |place| values[place].replace('\u{202F}', "").parse().unwrap())
    })
}

both_backends!(
    created_contacts_go_to_the_trash_and_can_come_back,
    updated_contacts_get_their_old_values_back_and_keep_their_statuses,
    contacts_edited_since_are_kept_and_listed,
    restored_contacts_go_back_to_the_trash_unless_edited,
    contacts_of_a_later_import_are_kept_until_that_is_undone_too,
    deleted_and_erased_contacts_do_not_come_back,
    contacts_in_the_trash_get_their_old_values_back_there,
    the_trash_does_not_hide_which_import_contains_a_contact,
    a_status_keeps_no_contact_and_comes_back_with_it,
    a_double_click_undoes_once_and_agents_do_not,
    only_finished_imports_with_a_journal_can_be_undone,
    an_interrupted_undo_continues_and_does_nothing_twice,
    many_kept_contacts_are_listed_page_by_page,
);

async fn created_contacts_go_to_the_trash_and_can_come_back(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("juin2026", TWO, false).await;
    let path = import_path(&alice, "juin2026").await;
    let page = alice.get(&path).await;
    let ask = alice.get(&page.attributes("main a[href$=undo]", "href")[0]).await;
    assert_eq!(ask.one("h1"), "Annuler l’import juin2026\u{202F}?");
    assert!(ask.select(".points li")[0].starts_with("2 contacts qu’il a ajoutés vont à la corbeille"));
    assert_eq!(found(&alice, "").await.len(), 2, "asking changes nothing");

    let answer = alice.submit(&ask, "main form", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, path.clone()));
    let page = alice.get(&path).await;
    assert_eq!(page.one("h1"), "juin2026\u{A0}: import annulé");
    assert_eq!(page.flash(), "Import annulé.");
    assert_eq!(counts(&page), [2, 0, 0, 0, 0]);
    assert!(page.one("#undone > p:first-of-type").contains("par alice"));
    assert!(page.select("main a[href$=undo]").is_empty(), "it is undone once");
    assert_eq!(alice.get(&format!("{path}/undo")).await.location(), path);
    assert!(found(&alice, "").await.is_empty());
    assert!(found(&alice, "q=lefevre").await.is_empty());
    assert_eq!(alice.get("/imports").await.select("tbody td")[0], "Annulé");

    let trash = alice.get(&page.attributes("#undone a", "href")[0]).await;
    assert_eq!(trash.select("tbody th a").len(), 2);
    let person = trash.attributes("tbody th a", "href").remove(0);
    let shown = alice.get(&person).await;
    let told = shown.select(".history li")[0].clone();
    assert!(told.starts_with("Contact mis à la corbeille par l’annulation d’un import · alice"), "{told}");
    assert!(told.ends_with("import juin2026"), "{told}");
    assert!(shown.select(".facts dd .tag").is_empty(), "no import holds it any more");
    alice.submit(&shown, "form[action$=restore]", &[]).await;
    assert_eq!(found(&alice, "").await.len(), 1);
    assert_eq!(found(&alice, "q=juin2026").await.len(), 0);

    let again = alice.import("JUIN2026", TWO, false).await;
    assert!(
        again.one("h1").contains("terminé"),
        "its name is free, and the list comes back: {}",
        again.one("h1")
    );
    assert_eq!(found(&alice, "import=juin2026").await.len(), 2);
}

async fn updated_contacts_get_their_old_values_back_and_keep_their_statuses(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let path = contact(&alice, "helene").await;
    let id = path.replace("/contacts/", "");
    let second = "Mlle,Élodie,Zola,HELENE@mairie.example,Voirie,0147200001,,Dijon\n\
        M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry\n";
    alice.import("deux", second, false).await;
    let list = alice.get("/contacts?q=zola").await;
    alice
        .post(
            &list,
            "/contacts/statuses",
            &[("shown", &format!("{id}:ec")), ("expert", &id), ("transfer", &id)],
        )
        .await;

    let page = undo(&alice, "deux").await;
    assert_eq!(counts(&page), [0, 1, 0, 0, 1]);
    assert!(page.select("#kept").is_empty());
    let shown = alice.get(&path).await;
    assert_eq!(shown.one("h1"), "Hélène Lefèvre");
    assert_eq!(shown.select(".tags .status"), ["Expert", "Transfert"], "what was given since stays");
    let facts = shown.data();
    for value in [
        "Mme",
        "helene@mairie.example",
        "État civil",
        "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40",
        "12 rue Haute",
        "Lyon",
    ] {
        assert!(facts.contains(value), "{value} in {facts}");
    }
    assert_eq!(shown.one(".facts dd .tag"), "un", "the list before holds it again");
    let told = &shown.select(".history li")[0];
    assert!(
        told.starts_with("Anciennes valeurs remises par l’annulation d’un import · alice")
            && told.contains("import deux"),
        "{told}"
    );
    assert_eq!(found(&alice, "q=zola").await, Vec::<String>::new());
    assert_eq!(found(&alice, "q=0147200001").await, Vec::<String>::new());
    assert_eq!(found(&alice, "city=dijon").await, Vec::<String>::new());
    assert_eq!(found(&alice, "q=0110203040").await, ["Lefèvre, Hélène"]);
    assert_eq!(found(&alice, "status=transfer&city=lyon").await, ["Lefèvre, Hélène"]);
    assert_eq!(
        found(&alice, "").await,
        ["Beaulieu, Marc", "Lefèvre, Hélène"],
        "in the order of the old names"
    );
    assert_eq!(found(&alice, "import=un").await.len(), 2);
    let charlie = app.administrator().await;
    let log = charlie.get("/audit?kind=import.undone").await;
    assert!(log.one(".history li").contains("import deux"));
    assert_eq!(charlie.get("/audit?kind=contact.reverted").await.select(".history li").len(), 1);
    assert_eq!(charlie.get("/audit?kind=import.undo_started").await.select(".history li").len(), 1);
}

async fn contacts_edited_since_are_kept_and_listed(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let (helene, marc) = (contact(&alice, "helene").await, contact(&alice, "marc").await);
    let second = "Mme,Hélène,Lefèvre,helene@mairie.example,Voirie,0110203040,12 rue Haute,Dijon\n\
        M.,Neuf,Noté,note@b.fr,,,,\nM.,Neuf,Édité,edite@b.fr,,,,\nM.,Neuf,Autre,autre@b.fr,,,,\n\
        M.,Marc,Beaulieu,marc@regie.example,Eau,,,\n";
    alice.import("deux", second, false).await;
    edit(&alice, &helene, &[("service", Some("Eau potable"))]).await;
    edit(&alice, &marc, &[("title", Some("Juriste"))]).await;
    let (noted, edited) = (contact(&alice, "note@b.fr").await, contact(&alice, "edite@b.fr").await);
    let page = alice.get(&noted).await;
    alice.submit(&page, "form[action$=notes]", &[("note", Some("À rappeler"))]).await;
    edit(&alice, &edited, &[("city", Some("Rennes"))]).await;

    let page = undo(&alice, "deux").await;
    assert_eq!(counts(&page), [1, 1, 3, 0, 0]);
    let kept = page.select("#kept .history > li");
    assert_eq!(kept.len(), 3);
    let service = "ServiceAvant l’import\u{A0}: État civilDans l’import\u{A0}: Voirie\
        Aujourd’hui\u{A0}: Eau potable";
    assert!(kept[0].starts_with("Hélène Lefèvre") && kept[0].contains(service), "{}", kept[0]);
    assert!(!kept[0].contains("Dijon"), "the rest is as it was");
    assert_eq!(kept[2], "Neuf Noté – une note y a été ajoutée");
    assert!(kept[1].contains("VilleDans l’import\u{A0}: –Aujourd’hui\u{A0}: Rennes"), "{}", kept[1]);
    assert_eq!(page.attributes("#kept li > p a", "href"), [helene.as_str(), &edited, &noted]);
    let facts = alice.get(&helene).await.data();
    assert!(facts.contains("Eau potable") && facts.contains("Lyon"), "{facts}");
    let facts = alice.get(&marc).await;
    assert!(facts.data().contains("Contentieux"), "another field keeps nothing back");
    assert_eq!(facts.one("main .lead"), "Juriste · Contentieux");
    assert_eq!(found(&alice, "").await.len(), 4);
    assert!(found(&alice, "q=autre").await.is_empty());
    assert_eq!(found(&alice, "q=rennes").await.len(), 1);
}

async fn restored_contacts_go_back_to_the_trash_unless_edited(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let (helene, marc) = (contact(&alice, "helene").await, contact(&alice, "marc").await);
    delete(&alice, &helene).await;
    delete(&alice, &marc).await;
    let second = "Mme,Hélène,Lefèvre,helene@mairie.example,Voirie,,,Dijon\n\
        M.,Marc,Beaulieu,marc@regie.example,Voirie,,,\n";
    alice.import("deux", second, false).await;
    edit(&alice, &marc, &[("city", Some("Rennes"))]).await;
    let ask = alice.get(&format!("{}/undo", import_path(&alice, "deux").await)).await;
    assert!(
        ask.select(".points li")[0]
            .starts_with("Les 2 contacts qu’il avait sortis de la corbeille y retournent")
    );
    let page = undo(&alice, "deux").await;
    assert_eq!(counts(&page), [1, 0, 1, 0, 0]);
    let shown = alice.get(&helene).await;
    assert!(!shown.select("form[action$=restore]").is_empty(), "in the trash again");
    assert!(shown.data().contains("État civil") && shown.data().contains("Lyon"));
    assert_eq!(shown.one(".facts dd .tag"), "un");
    let facts = alice.get(&marc).await.data();
    assert!(facts.contains("Rennes") && facts.contains("Contentieux"), "{facts}");
    assert_eq!(found(&alice, "").await, ["Beaulieu, Marc"]);
}

async fn contacts_of_a_later_import_are_kept_until_that_is_undone_too(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    alice.import("deux", TWO, false).await;
    let ask = alice.get(&format!("{}/undo", import_path(&alice, "un").await)).await;
    let points = ask.select(".points li");
    assert!(
        points[0].contains("2 contacts de la liste ont été repris depuis par un autre import"),
        "{points:?}"
    );
    let page = undo(&alice, "un").await;
    assert_eq!(counts(&page), [0, 0, 2, 0, 0]);
    assert!(
        page.select("#kept li").contains(&"Hélène Lefèvre – repris par l’import deux".to_owned()),
        "{}",
        page.body
    );
    assert_eq!(found(&alice, "import=deux").await.len(), 2);
    alice.import("trois", TWO, false).await;
    assert_eq!(counts(&undo(&alice, "trois").await), [0, 0, 0, 0, 2], "the second list still holds them");
    assert_eq!(found(&alice, "import=deux").await.len(), 2);
    let ask = alice.get(&format!("{}/undo", import_path(&alice, "deux").await)).await;
    assert!(
        ask.select(".points li")[0]
            .contains("2 contacts ajoutés par un import qui a été annulé depuis vont à la corbeille")
    );
    assert_eq!(counts(&undo(&alice, "deux").await), [2, 0, 0, 0, 0]);
    assert!(found(&alice, "").await.is_empty());
    let page = alice.get(&import_path(&alice, "un").await).await;
    assert!(
        page.select("#kept li").contains(&"Hélène Lefèvre à la corbeille – plus rien n’y diffère".to_owned()),
        "{}",
        page.body
    );
}

async fn deleted_and_erased_contacts_do_not_come_back(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let (helene, marc) = (contact(&alice, "helene").await, contact(&alice, "marc").await);
    delete(&alice, &helene).await;
    let erase = alice.get(&format!("{marc}/erase")).await;
    alice.submit(&erase, "main form", &[("confirm", Some("on"))]).await;
    let gone = alice.get(&marc).await.status;
    let page = undo(&alice, "un").await;
    assert_eq!(gone, 404);
    assert_eq!(counts(&page), [0, 0, 0, 2, 0]);
    assert!(page.select("#undone a[href$=trash]").is_empty(), "nothing new is there");
    assert_eq!(alice.get("/contacts/trash").await.select("tbody tr").len(), 1);
}

async fn contacts_in_the_trash_get_their_old_values_back_there(app: TestApp) {
    let alice = app.coordinator().await;
    app.add_account("dora", Role::Coordinator).await;
    let dora = app.stranger();
    dora.sign_in("dora", PASSWORD).await;
    alice.import("un", TWO, false).await;
    alice
        .import(
            "deux",
            "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Dijon\n\
        M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry\n",
            false,
        )
        .await;
    let (helene, marc) = (contact(&alice, "helene").await, contact(&alice, "marc").await);
    let form = dora.get(&format!("{helene}/edit")).await;
    delete(&alice, &helene).await;
    delete(&alice, &marc).await;
    let page = undo(&dora, "deux").await;
    assert_eq!(counts(&page), [0, 1, 0, 1, 0], "one has old values back, and one had none");
    let trash = alice.get("/contacts/trash").await;
    assert_eq!(trash.select("tbody th"), ["Beaulieu, Marc", "Lefèvre, Hélène"]);
    assert_eq!(
        [2, 7].map(|by| trash.select("tbody td")[by].clone()),
        ["alice", "alice"],
        "who deleted them, not who undid"
    );
    assert!(found(&alice, "q=lefevre").await.is_empty());
    let told = &alice.get(&helene).await.select(".history li")[0];
    assert!(
        told.starts_with("Anciennes valeurs remises par l’annulation d’un import · dora")
            && told.contains("import deux"),
        "{told}"
    );
    let late = dora.submit(&form, "main form", &[("title", Some("Maire"))]).await;
    assert_eq!(
        (late.status, late.attributes("input[name=city]", "value")),
        (422, vec!["Lyon".to_owned()]),
        "a form from before learns of it"
    );

    restore(&alice, &helene).await;
    let facts = alice.get(&helene).await.data();
    assert!(facts.contains("Lyon") && !facts.contains("Dijon"), "{facts}");
    assert_eq!(found(&alice, "q=lyon").await, ["Lefèvre, Hélène"]);
    assert!(found(&alice, "q=dijon").await.is_empty());
    assert_eq!(found(&alice, "import=un").await, ["Lefèvre, Hélène"]);
}

async fn the_trash_does_not_hide_which_import_contains_a_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let line = |city: &str| format!("Mme,Hélène,Lefèvre,helene@mairie.example,,,,{city}\n");
    alice.import("un", line("Lyon"), false).await;
    alice.import("deux", line("Dijon"), false).await;
    alice.import("trois", line("Rennes"), false).await;
    let helene = contact(&alice, "helene").await;
    delete(&alice, &helene).await;
    let page = undo(&alice, "deux").await;
    assert_eq!(counts(&page), [0, 0, 1, 0, 0]);
    assert_eq!(
        page.select("#kept .history > li"),
        ["Hélène Lefèvre à la corbeille – repris par l’import trois"]
    );
    restore(&alice, &helene).await;
    assert_eq!(found(&alice, "import=trois").await, ["Lefèvre, Hélène"]);
    assert_eq!(counts(&undo(&alice, "trois").await), [0, 1, 0, 0, 0]);
    let shown = alice.get(&helene).await;
    assert!(shown.data().contains("Lyon"));
    assert_eq!(shown.one(".facts dd .tag"), "un", "the first list still holds it");
    assert_eq!(found(&alice, "import=un").await, ["Lefèvre, Hélène"]);
}

async fn a_status_keeps_no_contact_and_comes_back_with_it(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let path = contact(&alice, "helene").await;
    let id = path.replace("/contacts/", "");
    let list = alice.get("/contacts?q=helene").await;
    alice
        .post(
            &list,
            "/contacts/statuses",
            &[("shown", &format!("{id}:ec")), ("expert", &id), ("transfer", &id)],
        )
        .await;
    let ask = alice.get(&format!("{}/undo", import_path(&alice, "un").await)).await;
    let points = ask.select(".points li");
    let told = "Un statut attribué depuis n’est pas une modification\u{A0}: \
        un contact que l’import a ajouté va à la corbeille avec ses statuts";
    assert!(points[1].contains(told), "{points:?}");
    assert_eq!(counts(&undo(&alice, "un").await), [2, 0, 0, 0, 0]);
    restore(&alice, &path).await;
    assert_eq!(alice.get(&path).await.select(".tags .status"), ["Expert", "Transfert"]);
    assert_eq!(found(&alice, "status=transfer").await, ["Lefèvre, Hélène"]);
}

async fn a_double_click_undoes_once_and_agents_do_not(app: TestApp) {
    let alice = app.coordinator().await;
    let bob = app.agent().await;
    alice.import("un", TWO, false).await;
    let path = import_path(&alice, "un").await;
    let own = bob.get("/account").await;
    assert_eq!(bob.post(&own, &format!("{path}/undo"), &[]).await.status, 403);
    let ask = alice.get(&format!("{path}/undo")).await;
    let (once, twice) =
        tokio::join!(alice.submit(&ask, "main form", &[]), alice.submit(&ask, "main form", &[]));
    assert_eq!([once.status, twice.status], [303, 303]);
    assert_eq!(counts(&settled(&alice, &path).await), [2, 0, 0, 0, 0]);
    let late = alice.submit(&ask, "main form", &[]).await;
    assert_eq!(late.location(), path);
    let charlie = app.administrator().await;
    assert_eq!(charlie.get("/audit?kind=import.undo_started").await.select(".history li").len(), 1);
    assert_eq!(charlie.get("/audit?kind=contact.withdrawn").await.select(".history li").len(), 2);
}

async fn only_finished_imports_with_a_journal_can_be_undone(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.import("un", TWO, false).await;
    let path = import_path(&alice, "un").await;
    let token = page.csrf();
    assert!(!token.is_empty());
    let set = |state: &'static str| {
        app.db.write(move |conn| {
            diesel::update(imports::table).set(imports::state.eq(state)).execute(conn)?;
            Ok(())
        })
    };
    set("applying").await.unwrap();
    assert!(alice.get(&path).await.select("a[href$=undo]").is_empty());
    assert_eq!(alice.get(&format!("{path}/undo")).await.status, 303);
    alice.post(&page, &format!("{path}/undo"), &[]).await;
    set("done").await.unwrap();
    app.db
        .write(|conn| {
            diesel::delete(import_journal::table).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let old = alice.get(&path).await;
    assert!(old.select("a[href$=undo]").is_empty());
    assert!(
        old.select("main .muted").iter().any(|text| text.contains("il ne peut pas être annulé")),
        "it says why not"
    );
    assert_eq!(alice.post(&page, &format!("{path}/undo"), &[]).await.location(), path);
    assert_eq!(found(&alice, "").await.len(), 2);
    let begun: i64 = app.db.read(|conn| Ok(import_undos::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(begun, 0);
    let empty =
        alice.import("vide", "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n", false).await;
    assert!(empty.one("h1").contains("terminé"));
    assert_eq!(counts(&undo(&alice, "vide").await), [0, 0, 0, 0, 0], "its name is free again");
}

async fn an_interrupted_undo_continues_and_does_nothing_twice(app: TestApp) {
    let alice = app.coordinator().await;
    let line = |index: usize, service: &str| format!("M.,P{index:04},N,p{index:04}@b.fr,{service},,,Lyon\n");
    let first: String = (0..600).map(|index| line(index, "Voirie")).collect();
    let second: String = (0..1_200).map(|index| line(index, "Eau")).collect();
    alice.import("un", first, false).await;
    alice.import("deux", second, false).await;
    let path = import_path(&alice, "deux").await;
    let id: i64 = path.replace("/imports/", "").parse().unwrap();
    let fault = |on: bool| {
        app.db.write(move |conn| {
            let sql = match (on, &conn) {
                (true, AnyConnection::Sqlite(_)) => {
                    "CREATE TRIGGER fault BEFORE UPDATE ON contacts WHEN NEW.id = 800 \
                     BEGIN SELECT RAISE(ABORT, 'a fault'); END"
                }
                (true, AnyConnection::Postgres(_)) => {
                    "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$; \
                     CREATE TRIGGER fault BEFORE UPDATE ON contacts \
                     FOR EACH ROW WHEN (NEW.id = 800) EXECUTE FUNCTION fault()"
                }
                (false, AnyConnection::Sqlite(_)) => "DROP TRIGGER fault",
                (false, AnyConnection::Postgres(_)) => "DROP TRIGGER fault ON contacts",
            };
            Ok(conn.batch_execute(sql)?)
        })
    };
    let run = || {
        let work = JobContext::unclaimed(&app.db);
        tokio::task::spawn_blocking(move || run_undo_job(&work, id))
    };
    // Without a job, so that no worker takes it.
    app.db
        .write(move |conn| {
            let row =
                (import_undos::import_id.eq(id), import_undos::created_at.eq(carnet::base::clock::now()));
            diesel::insert_into(import_undos::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    fault(true).await.unwrap();
    assert!(run().await.unwrap().is_err());
    let page = alice.get(&path).await;
    // It stops at the end of the last part of 500 before the contact at fault. The import may have written a batch of 250,
    // while another writer was waiting, and such a batch is undone in a part of its own.
    let done: i64 = page.attributes("progress", "value")[0].parse().unwrap();
    assert!([500, 750].contains(&done), "{done}");
    let undone = async || -> i64 {
        app.db
            .read(|conn| {
                use carnet::db::schema::audit_entries;
                Ok(audit_entries::table
                    .filter(audit_entries::kind.eq_any([
                        "contact.withdrawn",
                        "contact.reverted",
                        "import.undone",
                    ]))
                    .count()
                    .get_result(conn)?)
            })
            .await
            .unwrap()
    };
    assert_eq!(undone().await, done);
    assert_eq!(page.one("title").split(" – ").next().unwrap(), format!("{}\u{A0}%", done / 12));
    assert_eq!(page.one("h1"), "deux\u{A0}: annulation en cours");
    assert!(page.select("meta[http-equiv]").is_empty());
    let auto = alice.get(&page.attributes("a[href$='auto=2']", "href")[0]).await;
    assert_eq!(auto.attributes("meta[http-equiv=refresh]", "content"), ["2"]);
    let list = alice.get("/imports").await;
    assert_eq!(list.select("tbody tr:first-child td")[0], "Annulation en cours");
    assert_eq!(found(&alice, "q=voirie").await.len(), 50);
    fault(false).await.unwrap();
    let (one, other) = tokio::join!(run(), run());
    assert!(one.unwrap().is_ok() || other.unwrap().is_ok());
    let page = alice.get(&format!("{path}?auto=2")).await;
    assert!(page.select("meta[http-equiv]").is_empty(), "it stops by itself");
    assert_eq!(counts(&page), [600, 600, 0, 0, 0]);
    assert!(run().await.unwrap().is_ok(), "once more is nothing more");
    assert_eq!(counts(&alice.get(&path).await), [600, 600, 0, 0, 0]);
    assert_eq!(alice.get("/contacts?q=voirie").await.one(".list-head .lead"), "600 contacts");
    assert!(found(&alice, "q=eau").await.is_empty());
    assert_eq!(undone().await, 1_201);
}

async fn many_kept_contacts_are_listed_page_by_page(app: TestApp) {
    let alice = app.coordinator().await;
    let file: String = (0..60).map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n")).collect();
    alice.import("un", file.clone(), false).await;
    alice.import("deux", file, false).await;
    let mut page = undo(&alice, "un").await;
    assert!(page.body.len() < 30_000);
    let mut names = page.select("#kept li strong");
    while let Some(next) = page.attributes("#kept a[rel=next]", "href").pop() {
        page = alice.get(&next).await;
        names.extend(page.select("#kept li strong"));
    }
    assert_eq!(names.len(), 60);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 60);
}
