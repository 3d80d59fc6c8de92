//! Bulk changes and their undo.

use carnet::db::schema::{audit_entries, bulk_changes, bulk_items, contacts, jobs};
use diesel::prelude::*;

use crate::support::{Client, Page, TestApp};

fn people(count: usize) -> String {
    (0..count).map(|n| format!("M.,P,N{n:04},n{n}@b.fr,Voirie,,,{}\n", ["Lyon", "Évry"][n % 2])).collect()
}

/// Adds a contact without e-mail.
async fn add_without_email(client: &Client, name: &str) {
    let form = client.get("/contacts/new").await;
    let typed = [
        ("first_name", Some("Sans")),
        ("last_name", Some(name)),
        ("service", Some("Voirie")),
        ("copy", None),
    ];
    assert_eq!(client.submit(&form, "main form", &typed).await.status, 303);
}

/// The page that asks for confirmation.
async fn ask(client: &Client, filter: &str, done: &str) -> Page {
    let page = client.get(&format!("/contacts/bulk?{filter}&{done}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

/// Confirms, and returns the path and page of the result.
async fn confirm(client: &Client, page: &Page) -> (String, Page) {
    let answer = client.submit(page, "main form", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let path = answer.location();
    let page = client.at_rest(&path).await;
    (path, page)
}

async fn undo(client: &Client, path: &str) -> Page {
    let page = client.get(path).await;
    let answer = client.submit(&page, "main form", &[]).await;
    assert_eq!(answer.location(), path);
    client.at_rest(path).await
}

async fn count(client: &Client, filter: &str) -> String {
    client.get(&format!("/contacts?{filter}")).await.one(".lead")
}

/// The counts of a result with their labels.
fn counts(page: &Page) -> Vec<String> {
    let names = page.select(".counts dt").into_iter();
    let numbers = page.select(".counts dd").into_iter();
    names.zip(numbers).map(|(name, number)| format!("{name} {number}")).collect()
}

async fn edit(client: &Client, q: &str, fields: &[(&str, Option<&str>)]) {
    let page = client.get(&format!("/contacts?q={q}")).await;
    let path = page.attributes("tbody th a", "href").remove(0);
    let form = client.get(&format!("{path}/edit")).await;
    let answer = client.submit(&form, "main form", fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

both_backends!(
    statuses_of_all_results_are_changed_and_the_change_is_undone,
    later_changes_are_kept_by_the_undo_of_a_bulk_change,
    an_organization_is_set_for_all_and_each_gets_its_own_back,
    topics_are_added_and_removed_and_each_contact_gets_its_own_back,
    all_results_go_to_the_trash_and_come_back,
    a_double_click_does_it_once,
    the_page_names_who_began_and_who_undid_a_bulk_change,
    signs_in_the_search_field_let_nobody_through,
    a_filter_without_its_erased_texts_finds_no_contacts,
    a_killed_bulk_change_continues_where_it_stopped,
    impossible_bulk_changes_are_explained,
);

async fn statuses_of_all_results_are_changed_and_the_change_is_undone(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(120), false).await;
    add_without_email(&alice, "N9999").await;
    let list = alice.get("/contacts?service=voirie").await;
    let link = list.attributes(".bar button[value^='/contacts/bulk']", "value").remove(0);
    let page = alice.get(&link).await;
    assert!(page.one(".lead").starts_with("121 contacts – Service\u{A0}: voirie"));
    let ask = ask(&alice, "service=voirie", "do=statuses&transfer=on&expert=off").await;
    assert_eq!(ask.select(".notice li"), ["Statut Expert\u{A0}: retiré", "Statut Transfert\u{A0}: attribué"]);
    assert!(ask.one(".notice").contains("Un contact n’a pas d’e-mail"));
    assert_eq!(count(&alice, "status=transfer").await, "Aucun contact", "nothing is changed by asking");
    let (path, done) = confirm(&alice, &ask).await;
    assert_eq!(done.one("h1"), "Modification terminée");
    assert_eq!(
        counts(&done),
        ["modifiés 121", "déjà ainsi, ou plus dans le carnet 0", "sans e-mail, modifié en partie 1"]
    );
    assert_eq!(count(&alice, "status=transfer").await, "120 contacts");
    assert_eq!(count(&alice, "status=expert").await, "Aucun contact");

    let undone = undo(&alice, &path).await;
    assert_eq!(undone.one("h1"), "Modification annulée");
    assert_eq!(counts(&undone), ["remis comme avant 121", "gardé, car modifié depuis 0"]);
    assert_eq!(count(&alice, "status=transfer").await, "Aucun contact");
    assert_eq!(count(&alice, "status=expert").await, "121 contacts");
    assert!(undone.select("form[action$=undo]").is_empty());
    let log = app.administrator().await.get("/audit?kind=bulk.undo_started").await;
    assert_eq!(log.select(".history strong"), ["Modification groupée annulée"]);
}

async fn later_changes_are_kept_by_the_undo_of_a_bulk_change(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(4), false).await;
    let page = ask(&alice, "q=voirie", "do=statuses&transfer=on&copy=off").await;
    let (path, _) = confirm(&alice, &page).await;
    // One gets other statuses, one another city, one is moved to the trash.
    edit(&alice, "n0000", &[("transfer", None)]).await;
    edit(&alice, "n0001", &[("city", Some("Nantes"))]).await;
    let gone = alice.get("/contacts?q=n0002").await.attributes("tbody th a", "href").remove(0);
    let delete = alice.get(&format!("{gone}/delete")).await;
    alice.submit(&delete, "main form", &[]).await;
    let undone = undo(&alice, &path).await;
    assert_eq!(
        counts(&undone),
        ["remis comme avant 3", "gardés, car modifiés depuis 2"],
        "the first got its Copie back, and keeps being no Transfert"
    );
    assert_eq!(count(&alice, "status=copy").await, "3 contacts");
    assert_eq!(count(&alice, "status=transfer").await, "Aucun contact");
    assert_eq!(alice.get("/contacts?q=nantes").await.select("tbody tr").len(), 1);
}

async fn an_organization_is_set_for_all_and_each_gets_its_own_back(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    for name in ["Régie", "Mairie"] {
        let new = alice.get("/organizations/new").await;
        alice.post(&new, "/organizations", &[("name", name)]).await;
    }
    edit(&alice, "n0001", &[("organization", Some("Régie"))]).await;
    let unknown = alice.get("/contacts/bulk?q=voirie&do=organization&new_organization=Nulle").await;
    assert_eq!(unknown.status, 422);
    assert_eq!(unknown.attributes(".error-summary a", "href"), ["#new_organization"]);
    let page = ask(&alice, "q=voirie", "do=organization&new_organization=mairie").await;
    assert_eq!(page.select(".notice li"), ["Organisation\u{A0}: Mairie"]);
    let (path, done) = confirm(&alice, &page).await;
    assert_eq!(counts(&done)[0], "modifiés 3");
    assert_eq!(count(&alice, "organization=Mairie").await, "3 contacts");
    assert_eq!(
        alice.get("/contacts?q=mairie").await.select("tbody tr").len(),
        3,
        "they are found by its name"
    );
    undo(&alice, &path).await;
    assert_eq!(count(&alice, "organization=Mairie").await, "Aucun contact");
    assert_eq!(count(&alice, "organization=Régie").await, "1 contact");
    // Removed, and given back only if the organization still exists.
    let page = ask(&alice, "q=n000", "do=no_organization").await;
    let (path, done) = confirm(&alice, &page).await;
    assert_eq!(counts(&done), ["modifié 1", "déjà ainsi, ou plus dans le carnet 2"]);
    let delete = alice.get("/organizations/1/delete").await;
    assert_eq!(alice.submit(&delete, "main form", &[("step", Some("delete"))]).await.status, 303);
    assert_eq!(counts(&undo(&alice, &path).await), ["remis comme avant 0", "gardé, car modifié depuis 1"]);
}

async fn all_results_go_to_the_trash_and_come_back(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(60), false).await;
    let page = ask(&alice, "city=evry", "do=delete").await;
    assert_eq!(page.one("main form button"), "Mettre ces 30 contacts à la corbeille");
    let (path, _) = confirm(&alice, &page).await;
    assert_eq!(count(&alice, "").await, "30 contacts");
    let first = alice.get("/contacts/trash").await.attributes("tbody th a", "href").remove(0);
    let own = alice.get(&first).await;
    assert_eq!(alice.submit(&own, "form[action$=restore]", &[]).await.status, 303);
    let undone = undo(&alice, &path).await;
    assert_eq!(counts(&undone), ["remis comme avant 29", "gardé, car modifié depuis 1"]);
    assert_eq!(count(&alice, "city=evry").await, "30 contacts", "and they are found again");
}

async fn a_double_click_does_it_once(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(5), false).await;
    let page = ask(&alice, "q=voirie", "do=statuses&transfer=on").await;
    let (first, second) =
        tokio::join!(alice.submit(&page, "main form", &[]), alice.submit(&page, "main form", &[]));
    assert_eq!([first.status, second.status], [303, 303]);
    assert_eq!(first.location(), second.location());
    alice.at_rest(&first.location()).await;
    let shown = alice.get(&first.location()).await;
    let (a, b) = tokio::join!(alice.submit(&shown, "main form", &[]), alice.submit(&shown, "main form", &[]));
    assert_eq!([a.status, b.status], [303, 303]);
    alice.at_rest(&first.location()).await;
    let (changes, started): (i64, i64) = app
        .db
        .read(|conn| {
            let started = audit_entries::table.filter(audit_entries::kind.like("bulk.%")).count();
            Ok((bulk_changes::table.count().get_result(conn)?, started.get_result(conn)?))
        })
        .await
        .unwrap();
    assert_eq!((changes, started), (1, 2));
    assert_eq!(count(&alice, "status=transfer").await, "Aucun contact");
}

async fn the_page_names_who_began_and_who_undid_a_bulk_change(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    alice.import("un", people(3), false).await;
    let ask = ask(&alice, "service=voirie", "do=statuses&transfer=on").await;
    let (path, _) = confirm(&alice, &ask).await;
    let undone = undo(&charlie, &path).await;
    assert!(undone.one(".lead").contains("par alice") && undone.one(".lead").ends_with("annulé par charlie"));
    let (again, _) = confirm(&alice, &ask).await;
    assert_eq!(again, path, "her second click is no second change");
    assert_eq!(count(&alice, "status=transfer").await, "Aucun contact");
}

async fn signs_in_the_search_field_let_nobody_through(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    for filter in ["q=***", "q=***&service=voirie", "q=%E2%80%A6&status=expert&service=voirie"] {
        assert_eq!(count(&alice, filter).await, "Aucun contact", "{filter}");
    }
}

async fn a_filter_without_its_erased_texts_finds_no_contacts(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    alice.import("un", people(3), false).await;
    let ask = ask(&alice, "q=n1@b.fr", "do=statuses&transfer=on").await;
    let (path, _) = confirm(&alice, &ask).await;
    let page = alice.get("/contacts?q=n1@b.fr").await;
    let person = page.attributes("tbody th a", "href").remove(0);
    let other = self::ask(&alice, "q=n0002", "do=add_topics&topics=Eau,remplace n1@b.fr").await;
    let (with_topics, done) = confirm(&alice, &other).await;
    assert!(done.body.contains("n1@b.fr"));
    crate::support::erasure::erase(&charlie, &person).await;
    let done = alice.get(&with_topics).await;
    assert!(!done.body.contains("n1@b.fr"), "{}", done.body);
    assert_eq!(done.select(".points li"), ["Spécialités ajoutées\u{A0}: …"]);
    assert_eq!(counts(&undo(&alice, &with_topics).await)[0], "remis comme avant 1");
    let page = alice.get(&path).await;
    assert!(!page.body.contains("n1@b.fr"), "{}", page.body);
    let link = page.attributes(".crumbs a", "href").remove(0);
    assert_eq!(alice.get(&link).await.one(".lead"), "Aucun contact");
}

async fn a_killed_bulk_change_continues_where_it_stopped(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(40), false).await;
    let page = ask(&alice, "q=voirie", "do=statuses&transfer=on").await;
    let (path, _) = confirm(&alice, &page).await;
    undo(&alice, &path).await;
    // As if killed while changing, then while gathering: half of the contacts are noted, half are changed.
    for state in ["changing", "gathering"] {
        app.db
            .write(move |conn| {
                let ids: Vec<i64> = contacts::table.order(contacts::id).select(contacts::id).load(conn)?;
                let middle = if state == "changing" { ids[19] } else { 0 };
                diesel::update(bulk_changes::table)
                    .set((
                        bulk_changes::state.eq(state),
                        bulk_changes::cursor_id.eq(middle),
                        bulk_changes::done.eq(0),
                        bulk_changes::total.eq(20),
                        bulk_changes::changed.eq(0),
                    ))
                    .execute(conn)?;
                if state == "gathering" {
                    diesel::delete(bulk_items::table.filter(bulk_items::contact_id.gt(ids[19])))
                        .execute(conn)?;
                }
                let now = carnet::base::clock::now();
                diesel::insert_into(jobs::table)
                    .values((
                        jobs::kind.eq("bulk_change"),
                        jobs::subject_id.eq(1),
                        jobs::run_after.eq(now),
                        jobs::created_at.eq(now),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await
            .unwrap();
        let done = alice.at_rest(&path).await;
        assert_eq!(counts(&done)[0], "modifiés 20", "{state}");
        let expected = if state == "changing" { "20 contacts" } else { "40 contacts" };
        assert_eq!(count(&alice, "status=transfer").await, expected, "{state}");
    }
}

async fn impossible_bulk_changes_are_explained(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(2), false).await;
    let nothing = alice.get("/contacts/bulk?q=voirie&do=statuses").await;
    assert_eq!(nothing.status, 422);
    assert_eq!(nothing.attributes(".error-summary a", "href"), ["#expert"]);
    assert_eq!(alice.get("/contacts/bulk?q=personne&do=delete").await.select(".empty").len(), 1);
    assert_eq!(alice.get("/contacts/bulk/999").await.status, 404);
    let page = alice.get("/contacts/bulk?q=voirie").await;
    let answer = alice
        .post(&page, "/contacts/bulk", &[("query", "q=voirie"), ("do", "delete"), ("form_key", "x")])
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(count(&alice, "").await, "2 contacts");
}

async fn topics_are_added_and_removed_and_each_contact_gets_its_own_back(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    let first = alice.get("/contacts?q=n0000").await.attributes("tbody th a", "href").remove(0);
    let own = first.split('?').next().unwrap().to_owned();
    let form = alice.get(&format!("{own}/expertise")).await;
    alice.submit(&form, "main form", &[("topics", Some("eau\nVoirie"))]).await;
    for typed in ["", " , ,", &"x".repeat(101)] {
        let refused = alice.get(&format!("/contacts/bulk?q=voirie&do=add_topics&topics={typed}")).await;
        assert_eq!(refused.status, 422, "{typed}");
        assert_eq!(refused.attributes(".error-summary a", "href"), ["#topics"]);
    }
    let page = ask(&alice, "q=n000", "do=add_topics&topics=Eau,permis").await;
    assert_eq!(page.select(".notice li"), ["Spécialités ajoutées\u{A0}: Eau, permis"]);
    let (path, done) = confirm(&alice, &page).await;
    assert_eq!(counts(&done), ["modifiés 3", "déjà ainsi, ou plus dans le carnet 0"]);
    assert_eq!(count(&alice, "topic=permis").await, "3 contacts");
    assert_eq!(count(&alice, "topic=eau").await, "3 contacts");
    let history = alice.get(&own).await;
    assert!(history.body.contains("permis"));
    // What somebody takes away meanwhile is not there to be taken away again.
    let second = alice.get("/contacts?q=n0001").await.attributes("tbody th a", "href").remove(0);
    let form = alice.get(&format!("{}/expertise", second.split('?').next().unwrap())).await;
    alice.submit(&form, "main form", &[("topics", Some("permis, tri"))]).await;
    let undone = undo(&alice, &path).await;
    assert_eq!(counts(&undone), ["remis comme avant 3", "gardé, car modifié depuis 1"]);
    assert_eq!(count(&alice, "topic=permis").await, "Aucun contact");
    assert_eq!(count(&alice, "topic=eau").await, "1 contact", "the one that had it before");
    assert_eq!(count(&alice, "topic=tri").await, "1 contact", "what somebody added stays");

    let page = ask(&alice, "q=n000", "do=remove_topics&topics=EAU").await;
    assert_eq!(page.select(".notice li"), ["Spécialités retirées\u{A0}: EAU"]);
    let (path, done) = confirm(&alice, &page).await;
    assert_eq!(counts(&done), ["modifié 1", "déjà ainsi, ou plus dans le carnet 2"]);
    assert_eq!(count(&alice, "topic=eau").await, "Aucun contact");
    undo(&alice, &path).await;
    assert_eq!(count(&alice, "topic=eau").await, "1 contact");

    let many = (0..9).map(|n| format!("t{n}")).collect::<Vec<_>>().join(",");
    let page = ask(&alice, "q=n000", &format!("do=add_topics&topics={many}")).await;
    let (_, done) = confirm(&alice, &page).await;
    assert_eq!(
        counts(&done),
        ["modifiés 2", "déjà ainsi, ou plus dans le carnet 1", "a déjà trop de spécialités 1"]
    );
}
