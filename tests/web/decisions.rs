//! Decisions about an import when the book has changed since the preview.

use carnet::db::AnyConnection;
use carnet::db::schema::{accounts, import_lines, imports, jobs};
use carnet::error::AppResult;
use diesel::prelude::*;

use crate::support::TestApp;
use crate::support::preview::{LIST, book, confirm, counts, delete, edit, kept, path, recorded};
use crate::support::waiting::seen;

both_backends!(
    a_book_that_changed_since_the_preview_is_confirmed_again,
    a_change_that_no_line_concerns_is_not_asked_about,
    contacts_of_another_import_are_seen_when_deciding,
    a_change_between_decision_and_writing_is_told,
    cancelling_waits_for_the_batch_that_is_being_checked,
    an_interrupted_check_starts_again,
);

async fn a_book_that_changed_since_the_preview_is_confirmed_again(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    let path = path(&page);
    let charlie = app.administrator().await;
    edit(&charlie, "lefevre", "city", "Caen").await;
    delete(&charlie, "meme").await;
    let form = charlie.get("/contacts/new").await;
    let neuf =
        [("first_name", Some("Déjà")), ("last_name", Some("Là")), ("email", Some("NEUF@regie.example"))];
    assert_eq!(charlie.submit(&form, "main form", &neuf).await.status, 303);
    // The page compares with the present book, before any button is pressed.
    let now = alice.get(&format!("{path}?show=updated")).await;
    assert!(now.one(".diff tbody th[scope=rowgroup]").contains("modifié depuis la vérification"));
    assert_eq!(now.select(".diff tbody tr:last-child > *"), ["Ville", "Caen", "Lyon"]);

    // Two clicks: the second one must not confirm the changes that the first one has found.
    let button = "form[action$=confirm]";
    let (once, twice) = tokio::join!(alice.submit(&page, button, &[]), alice.submit(&page, button, &[]));
    assert_eq!([once.status, twice.status], [303, 303]);
    let asked = alice.at_rest(&path).await;
    assert_eq!(asked.one("h1"), "juin\u{A0}: à vérifier");
    assert!(
        asked.one("#moved + p").contains("3 lignes ne feraient plus ce que vous avez vu"),
        "{}",
        asked.body
    );
    assert_eq!(asked.one("#list"), "Lignes qui ne feraient plus ce que vous avez vu");
    let moved = asked.select(".diff th[scope=rowgroup]");
    assert_eq!(moved.len(), 3, "{moved:?}");
    assert!(moved[0].starts_with("Lefèvre, Hélène") && moved[2].starts_with("Là, Déjà"), "{moved:?}");
    assert!(moved[1].contains("reviendra de la corbeille"), "{moved:?}");
    assert_eq!(counts(&asked)[..4], [0, 2, 0, 2]);
    assert_eq!(recorded(&app, "import.confirmed").await, 0);
    assert!(alice.get("/contacts?q=martin").await.select("tbody tr").is_empty(), "nothing is written");

    // A page shown earlier says nothing about the present effect.
    let outdated = alice.submit(&page, button, &[]).await;
    let outdated = alice.follow(&outdated).await;
    assert!(outdated.flash().contains("a été refaite"));
    assert_eq!(outdated.one("h1"), "juin\u{A0}: à vérifier");

    // Each click is compared with what was shown last.
    edit(&charlie, "lefevre", "city", "Dax").await;
    let again = confirm(&alice, &outdated).await;
    assert!(again.one("#moved + p").contains("1 ligne ne ferait plus"), "{}", again.body);
    assert_eq!(again.select(".diff th[scope=rowgroup]").len(), 1);
    let done = confirm(&alice, &again).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert_eq!(counts(&done)[..4], [0, 2, 0, 2]);
    assert_eq!(recorded(&app, "import.confirmed").await, 1);
    assert_eq!(kept(&app).await, 0);
}

async fn a_change_that_no_line_concerns_is_not_asked_about(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    edit(&alice, "beaulieu", "city", "Brest").await;
    alice.import("ailleurs", "M.,Tout,Autre,autre@b.fr,,,,\n", false).await;
    let done = confirm(&alice, &page).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert_eq!(counts(&done)[..4], [1, 1, 1, 1]);
}

async fn contacts_of_another_import_are_seen_when_deciding(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    alice.import("ailleurs", "Mme,Neuf,Neuve,neuf@regie.example,Paie,0110203041,,Brest\n", false).await;
    let asked = confirm(&alice, &page).await;
    assert!(asked.one("#moved + p").contains("1 ligne"));
    assert!(asked.one(".diff th[scope=rowgroup]").contains("rien ne change"));
    assert_eq!(confirm(&alice, &asked).await.one("h1"), "juin\u{A0}: import terminé");
}

async fn a_change_between_decision_and_writing_is_told(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    let path = path(&page);
    // The first attempt to write fails, and before the next one a colleague adds a contact with one of the new e-mails.
    app.refuse_new_contacts(true).await;
    assert_eq!(alice.submit(&page, "form[action$=confirm]", &[]).await.status, 303);
    seen(&alice, &path, |page| !page.select("#trouble").is_empty()).await;
    edit(&alice, "meme", "city", "Brest").await;
    app.refuse_new_contacts(false).await;
    let done = alice.at_rest(&path).await;
    assert_eq!(counts(&done)[..4], [1, 2, 0, 1]);
    assert!(
        done.one("p.notice").contains("ajoutés 1, mis à jour 1, inchangés 1, restaurés 1"),
        "{}",
        done.one("p.notice")
    );
}

async fn cancelling_waits_for_the_batch_that_is_being_checked(app: TestApp) {
    // On SQLite the two transactions wait for each other anyway.
    if app.database_url.starts_with("sqlite") {
        return;
    }
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    app.db
        .write(|conn| {
            diesel::update(imports::table.filter(imports::name.eq("juin")))
                .set(imports::state.eq("checking"))
                .execute(conn)?;
            let id: i64 = imports::table.filter(imports::name.eq("juin")).select(imports::id).first(conn)?;
            let later = carnet::base::clock::now() + chrono::TimeDelta::hours(1);
            diesel::insert_into(jobs::table)
                .values((
                    jobs::kind.eq("import"),
                    jobs::subject_id.eq(id),
                    jobs::run_after.eq(carnet::base::clock::now()),
                    jobs::created_at.eq(carnet::base::clock::now()),
                    jobs::claimed_by.eq("another node"),
                    jobs::heartbeat_at.eq(later),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    // A worker locks the job's row first, and the import's row at the end of its batch.
    let batch = app.db.write(|conn| {
        diesel::update(jobs::table).set(jobs::attempts.eq(1)).execute(conn)?;
        std::thread::sleep(std::time::Duration::from_millis(700));
        diesel::update(imports::table.filter(imports::name.eq("juin")))
            .set(imports::cursor_line.eq(1))
            .execute(conn)?;
        Ok(())
    });
    let cancel = async {
        // While the batch holds the lock of the job's row.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        alice.submit(&page, "form[action$=cancel]", &[]).await
    };
    let (batch, cancel) = tokio::join!(batch, cancel);
    assert!(batch.is_ok());
    assert_eq!(cancel.status, 303);
    assert_eq!(alice.follow(&cancel).await.one("h1"), "juin\u{A0}: import abandonné");
}

async fn an_interrupted_check_starts_again(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    let path = path(&page);
    // As if killed in the middle of the first comparison: some rows and the job exist.
    let redo = |decided: bool, line: i64| {
        app.db.write(move |conn| {
            let account = an_account(conn)?;
            let juin = imports::table.filter(imports::name.eq("juin"));
            let id: i64 = juin.select(imports::id).first(conn)?;
            diesel::update(imports::table.find(id))
                .set((
                    imports::state.eq("checking"),
                    imports::cursor_line.eq(line),
                    imports::decided_by.eq(decided.then_some(account)),
                ))
                .execute(conn)?;
            diesel::insert_into(jobs::table)
                .values((
                    jobs::kind.eq("import"),
                    jobs::subject_id.eq(id),
                    jobs::run_after.eq(carnet::base::clock::now()),
                    jobs::created_at.eq(carnet::base::clock::now()),
                ))
                .execute(conn)?;
            Ok(())
        })
    };
    redo(false, 3).await.unwrap();
    let page = alice.at_rest(&path).await;
    assert_eq!(counts(&page), [1, 1, 1, 1, 1, 0, 1]);
    assert_eq!(kept(&app).await, 4);

    // As if killed in the middle of the second comparison: lines that were compared stay compared.
    app.db
        .write(|conn| {
            diesel::update(import_lines::table.filter(import_lines::line.eq(2)))
                .set(import_lines::moved.eq(true))
                .execute(conn)?;
            diesel::update(imports::table.filter(imports::name.eq("juin")))
                .set((
                    imports::created.eq(0),
                    imports::updated.eq(1),
                    imports::unchanged.eq(0),
                    imports::restored.eq(0),
                    imports::foreseen.eq(r#"{"created":1,"updated":1,"unchanged":1,"restored":1,"at":0}"#),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    redo(true, 2).await.unwrap();
    let asked = alice.at_rest(&path).await;
    assert!(asked.one("#moved + p").contains("1 ligne"), "{}", asked.body);
    assert_eq!(counts(&asked), [1, 1, 1, 1, 1, 0, 1]);
    assert_eq!(confirm(&alice, &asked).await.one("h1"), "juin\u{A0}: import terminé");
}

fn an_account(conn: &mut AnyConnection) -> AppResult<i64> {
    Ok(accounts::table.select(accounts::id).first(conn)?)
}
