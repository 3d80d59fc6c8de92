//! Doubtful rows: they wait while the rest of their list is imported, and somebody decides what they mean.

use crate::support::contacts::add;
use crate::support::lists::{check, columns, confirm, imported, values, waiting_rows};
use crate::support::undo::undo;
use crate::support::{Client, Page, TestApp};

both_backends!(
    a_row_waits_until_somebody_says_whom_it_means,
    a_new_contact_leaves_the_taken_email_where_it_is,
    all_rows_of_a_kind_are_decided_at_once,
    of_two_coordinators_one_decides,
    a_contact_that_changed_meanwhile_is_shown_again,
    an_undo_takes_decisions_back,
);

const HANDED_ON: &str = "E-mail;Prénom;Nom\naccueil@b.fr;Zoé;Lambert\nneuf@b.fr;Ali;Benali\n";

/// A contact whose mailbox is handed on by the list, and the page of the row that waits.
async fn waiting(app: &TestApp) -> (Client, Page) {
    let alice = app.coordinator().await;
    add(&alice, &[("first_name", "Paul"), ("last_name", "Martin"), ("email", "accueil@b.fr")]).await;
    imported(&alice, "un", HANDED_ON, &[]).await;
    let links = waiting_rows(&alice).await;
    assert_eq!(links.len(), 1, "{links:?}");
    let page = alice.get(&links[0]).await;
    (alice, page)
}

async fn decide(client: &Client, page: &Page, decision: &str, all: bool) -> Page {
    let all = all.then_some("on");
    client.submit(page, "form[action^='/reviews/']", &[("decision", Some(decision)), ("all", all)]).await
}

async fn a_row_waits_until_somebody_says_whom_it_means(app: TestApp) {
    let (alice, page) = waiting(&app).await;
    assert!(page.one("table.review").contains("Lambert"), "{}", page.body);
    assert!(page.one("table.review").contains("Martin"), "{}", page.body);
    let contact = page.attributes("table.review thead a", "href").concat();
    let id = contact.rsplit('/').next().unwrap();
    let answer = decide(&alice, &page, &format!("update:{id}"), false).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(values(&alice, "accueil", &["first_name", "last_name"]).await, ["Zoé", "Lambert"]);
    let import = alice.get("/imports/1").await;
    assert!(import.one(".verdict").contains("mis à jour"), "{}", import.one(".verdict"));
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    // A repeated decision changes nothing.
    let again = decide(&alice, &page, "create", false).await;
    assert_eq!(again.status, 303);
    assert_eq!(alice.get("/contacts").await.select("tbody th a").len(), 2);
}

async fn a_new_contact_leaves_the_taken_email_where_it_is(app: TestApp) {
    let (alice, page) = waiting(&app).await;
    decide(&alice, &page, "create", false).await;
    assert_eq!(values(&alice, "lambert", &["first_name", "email", "copy"]).await, ["Zoé", "", ""]);
    assert_eq!(values(&alice, "martin", &["email"]).await, ["accueil@b.fr"]);
}

async fn all_rows_of_a_kind_are_decided_at_once(app: TestApp) {
    let alice = app.coordinator().await;
    let mut list = "E-mail;Prénom;Nom\n".to_owned();
    for n in 0..5 {
        let email = format!("boite{n}@b.fr");
        add(&alice, &[("first_name", "Paul"), ("last_name", "Martin"), ("email", &email)]).await;
        list = format!("{list}{email};Zoé;Lambert\n");
    }
    imported(&alice, "un", list.into_bytes(), &[]).await;
    let first = waiting_rows(&alice).await.remove(0);
    let page = alice.get(&first).await;
    decide(&alice, &page, "skip", true).await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    let import = alice.get("/imports/1").await;
    assert!(
        import.one(".verdict").contains("6 lignes ignorées") || import.one(".verdict").contains("ignor"),
        "{}",
        import.one(".verdict")
    );
}

async fn of_two_coordinators_one_decides(app: TestApp) {
    let (alice, page) = waiting(&app).await;
    let bob = app.coordinator().await;
    let theirs = waiting_rows(&bob).await.remove(0);
    let theirs = bob.get(&theirs).await;
    let (one, two) =
        tokio::join!(decide(&alice, &page, "create", false), decide(&bob, &theirs, "create", false));
    assert_eq!((one.status, two.status), (303, 303));
    let found = alice.get("/contacts?q=lambert").await.select("tbody th a").len();
    assert_eq!(found, 1, "one row makes one contact");
}

async fn a_contact_that_changed_meanwhile_is_shown_again(app: TestApp) {
    let (alice, page) = waiting(&app).await;
    let contact = page.attributes("table.review thead a", "href").concat();
    let id = contact.rsplit('/').next().unwrap();
    let form = alice.get(&format!("{contact}/edit")).await;
    alice.submit(&form, "main form", &[("city", Some("Brest"))]).await;
    let answer = decide(&alice, &page, &format!("update:{id}"), false).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("a changé depuis"), "{}", answer.body);
    decide(&alice, &answer, &format!("update:{id}"), false).await;
    assert_eq!(values(&alice, "accueil", &["last_name", "city"]).await, ["Lambert", "Brest"]);
}

async fn an_undo_takes_decisions_back(app: TestApp) {
    let (alice, page) = waiting(&app).await;
    let contact = page.attributes("table.review thead a", "href").concat();
    let id = contact.rsplit('/').next().unwrap();
    decide(&alice, &page, &format!("update:{id}"), false).await;
    undo(&alice, "un").await;
    assert_eq!(values(&alice, "accueil", &["first_name", "last_name"]).await, ["Paul", "Martin"]);
    // A row that still waits when its import is undone no longer asks for anything.
    let list = columns(&alice, "deux", HANDED_ON).await;
    let checked = check(&alice, &list, &[]).await;
    confirm(&alice, &checked).await;
    let link = waiting_rows(&alice).await.remove(0);
    let open = alice.get(&link).await;
    undo(&alice, "deux").await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    decide(&alice, &open, "create", false).await;
    assert_eq!(alice.get("/contacts?q=lambert").await.select("tbody th a").len(), 0);
}
