//! The list, the form, the statuses.

use crate::support::contacts::contact;
use crate::support::{Page, TestApp};

/// A file of people named N000…, so that the order is known.
fn people(count: usize) -> String {
    (0..count).map(|index| format!("M.,P,N{index:03},n{index}@b.fr,Voirie,,,\n")).collect()
}

fn names(page: &Page) -> Vec<String> {
    page.select("tbody th a")
}

both_backends!(
    an_empty_book_says_what_to_do_first,
    a_contact_is_added_shown_edited_and_deleted,
    a_wrong_form_comes_back_with_everything_typed,
    copy_and_transfer_need_an_email,
    an_email_of_another_contact_is_reported_at_the_field,
    a_double_click_makes_one_contact,
    statuses_are_saved_for_the_page_and_only_what_changed,
    two_coordinators_who_save_statuses_at_once_both_keep_theirs,
    pages_stay_right_while_contacts_come_and_go,
    the_list_sorts_as_french_does,
);

async fn an_empty_book_says_what_to_do_first(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.get("/contacts").await;
    assert_eq!(page.one(".lead"), "Aucun contact");
    assert_eq!(page.attributes(".empty a", "href"), ["/imports/new", "/contacts/new"]);
}

async fn a_contact_is_added_shown_edited_and_deleted(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.attributes("main [checked]", "name"), ["expert", "copy"], "as a new recipient is");
    let typed = [
        ("civility", Some("Mme")),
        ("first_name", Some(" Zoé ")),
        ("last_name", Some("D’Ormesson")),
        ("email", Some("zoe @ mairie.example")),
        ("service", Some("État civil")),
        ("phone_work", Some("+33 1 10 20 30 40")),
        ("address", Some("12, rue Haute")),
        ("city", Some("L’Haÿ-les-Roses")),
        ("transfer", Some("on")),
    ];
    let saved = alice.submit(&form, "main form", &typed).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.flash(), "Contact ajouté.");
    assert_eq!(page.one("h1"), "Zoé D’Ormesson");
    assert_eq!(page.select(".tags .status"), ["Expert", "Copie", "Transfert"]);
    assert_eq!(page.attributes("a.phone", "href"), ["tel:+33110203040"]);
    assert_eq!(page.attributes(".facts a[href^='mailto:']", "href"), ["mailto:zoe@mairie.example"]);
    assert!(page.body.contains("12, rue Haute"));
    assert!(page.body.contains("par alice"));

    let edit = alice.get(&format!("{}/edit", saved.location())).await;
    assert_eq!(edit.attributes("#city", "value"), ["L’Haÿ-les-Roses"]);
    let saved = alice.submit(&edit, "main form", &[("last_name", Some("Martin")), ("transfer", None)]).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.flash(), "Contact enregistré.");
    assert_eq!(page.select(".tags .status"), ["Expert", "Copie"]);
    assert_eq!(names(&alice.get("/contacts?q=martin").await), ["Martin, Zoé"]);
    assert!(names(&alice.get("/contacts?q=ormesson").await).is_empty());

    let ask = alice.get(&format!("{}/delete", saved.location())).await;
    assert_eq!(ask.one("h1"), "Supprimer Zoé Martin\u{202F}?");
    let deleted = alice.submit(&ask, "main form", &[]).await;
    assert_eq!(deleted.location(), saved.location(), "where the way back stands");
    assert_eq!(
        alice.follow(&deleted).await.flash(),
        "Zoé Martin est dans la corbeille\u{A0}: on peut le restaurer pendant 30 jours."
    );
    let again = alice.submit(&ask, "main form", &[]).await;
    assert_eq!(alice.follow(&again).await.flash(), "Zoé Martin est déjà dans la corbeille.");
    assert_eq!(alice.get(&saved.location()).await.one("#trashed"), "Dans la corbeille");
    assert_eq!(app.agent().await.get(&saved.location()).await.status, 404, "agents do not see the trash");
    assert!(names(&alice.get("/contacts?q=martin").await).is_empty());
    assert!(names(&alice.get("/contacts").await).is_empty());

    let form = alice.get("/contacts/new").await;
    let again = alice.submit(&form, "main form", &typed).await;
    assert!(alice.follow(&again).await.flash().contains("est restauré"));
    assert_eq!(again.location(), saved.location());
    assert_eq!(names(&alice.get("/contacts?q=ormesson").await).len(), 1);
}

async fn a_wrong_form_comes_back_with_everything_typed(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let answer = alice
        .submit(
            &form,
            "main form",
            &[
                ("first_name", Some("")),
                ("last_name", Some(&"x".repeat(51))),
                ("email", Some("pas-bon")),
                ("phone_work", Some("abc")),
                ("city", Some("<b>Lyon\" & co</b>")),
                ("expert", None),
                ("transfer", Some("on")),
            ],
        )
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("title"), "Erreur\u{A0}: Ajouter un contact – Carnet");
    let errors = answer.errors();
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert_eq!(errors[0], "Saisissez le prénom");
    assert_eq!(errors[1], "Nom\u{A0}: 51 caractères\u{202F}; 50 au plus. À raccourcir.");
    assert_eq!(answer.select(".field-error"), errors, "the same words at the fields");
    assert_eq!(answer.attributes("#email", "value"), ["pas-bon"]);
    assert_eq!(answer.attributes("#email", "aria-describedby"), ["email-error email-hint"]);
    assert_eq!(answer.attributes("#city", "value"), ["<b>Lyon\" & co</b>"]);
    assert_eq!(answer.attributes("main [checked]", "name"), ["copy", "transfer"]);
}

async fn copy_and_transfer_need_an_email(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let typed = [("first_name", Some("A")), ("last_name", Some("B"))];
    let with_transfer = [typed[0], typed[1], ("transfer", Some("on"))];
    let refused = alice.submit(&form, "main form", &with_transfer).await;
    assert_eq!(
        refused.errors(),
        ["Saisissez un e-mail, ou décochez Copie et Transfert\u{A0}: ces statuts nécessitent une adresse"]
    );
    let saved = alice.submit(&refused, "main form", &[("copy", None), ("transfer", None)]).await;
    assert_eq!(saved.status, 303);
    let list = alice.get("/contacts").await;
    assert_eq!(list.attributes("input[disabled]", "name"), ["copy", "transfer"]);
    let id = saved.location().rsplit_once('/').unwrap().1.to_owned();
    let forced = [("shown", &*format!("{id}:e")), ("expert", &*id), ("copy", &*id)];
    let answer = alice.post(&list, "/contacts/statuses", &forced).await;
    assert_eq!(alice.follow(&answer).await.flash(), "Aucun statut n’a changé.");
}

async fn an_email_of_another_contact_is_reported_at_the_field(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,,,,\nM.,C,D,c@d.fr,,,,\n", false).await;
    let form = alice.get("/contacts/new").await;
    let taken = alice
        .submit(
            &form,
            "main form",
            &[("first_name", Some("X")), ("last_name", Some("Y")), ("email", Some("A@B.FR"))],
        )
        .await;
    assert_eq!(taken.status, 422);
    assert!(taken.errors()[0].contains("déjà cette adresse"));
    let path = contact(&alice, "c@d.fr").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let taken = alice.submit(&edit, "main form", &[("email", Some("a@b.fr"))]).await;
    assert_eq!(taken.status, 422);
    assert_eq!(taken.attributes("#first_name", "value"), ["C"]);
}

async fn a_double_click_makes_one_contact(app: TestApp) {
    let alice = app.coordinator().await;
    for email in ["a@b.fr", ""] {
        let form = alice.get("/contacts/new").await;
        let mut typed = vec![("first_name", Some("A")), ("last_name", Some("B")), ("email", Some(email))];
        if email.is_empty() {
            typed.push(("copy", None));
        }
        let (first, second) =
            tokio::join!(alice.submit(&form, "main form", &typed), alice.submit(&form, "main form", &typed));
        assert_eq!([first.status, second.status], [303, 303], "{email}");
        assert_eq!(first.location(), second.location());
    }
    assert_eq!(names(&alice.get("/contacts").await).len(), 2);
}

async fn statuses_are_saved_for_the_page_and_only_what_changed(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    let list = alice.get("/contacts?service=Voirie").await;
    assert_eq!(list.select("input[name=expert][checked]").len(), 3);
    let same = alice.submit(&list, "main form[method=post]", &[]).await;
    assert_eq!(same.location(), "/contacts?service=Voirie");
    assert_eq!(alice.follow(&same).await.flash(), "Aucun statut n’a changé.");

    let ids = list.attributes("input[name=expert]", "value");
    let shown = list.attributes("input[name=shown]", "value").remove(0);
    let fields = [
        ("shown", shown.as_str()),
        ("expert", &ids[0]),
        ("expert", &ids[1]),
        ("copy", &ids[0]),
        ("copy", &ids[1]),
        ("transfer", &ids[0]),
        ("back", "https://evil.example/"),
    ];
    let saved = alice.post(&list, "/contacts/statuses", &fields).await;
    assert_eq!(saved.location(), "/contacts", "only our own list is gone back to");
    assert_eq!(alice.follow(&saved).await.flash(), "Statuts enregistrés\u{A0}: 2 contacts modifiés.");
    assert_eq!(names(&alice.get("/contacts?status=transfer").await), ["N000, P"]);
    assert_eq!(names(&alice.get("/contacts?status=expert").await), ["N000, P", "N001, P"]);
    assert_eq!(names(&alice.get("/contacts?status=copy&q=n001").await), ["N001, P"]);
}

async fn two_coordinators_who_save_statuses_at_once_both_keep_theirs(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(20), false).await;
    let (a, b) = (alice.get("/contacts").await, alice.get("/contacts").await);
    let ids = a.attributes("input[name=expert]", "value");
    let change = |page: &Page, status: &str| {
        let mut fields: Vec<(String, String)> = page
            .attributes("input[name=shown]", "value")
            .into_iter()
            .map(|shown| ("shown".to_owned(), shown))
            .collect();
        for id in &ids {
            for name in ["expert", "copy", "transfer"] {
                // One coordinator ticks Transfert, the other unticks Expert, in all rows.
                if (name != "transfer" || status == "transfer") && !(name == "expert" && status == "expert") {
                    fields.push((name.to_owned(), id.clone()));
                }
            }
        }
        fields
    };
    let (transfer, expert) = (change(&a, "transfer"), change(&b, "expert"));
    let pairs = |fields: &[(String, String)]| {
        fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    let (transfer, expert) = (pairs(&transfer), pairs(&expert));
    let borrow = |fields: &[(String, String)]| -> Vec<(&'static str, &'static str)> {
        fields.iter().map(|(name, value)| (&*name.clone().leak(), &*value.clone().leak())).collect()
    };
    let (transfer, expert) = (borrow(&transfer), borrow(&expert));
    let (first, second) = tokio::join!(
        alice.post(&a, "/contacts/statuses", &transfer),
        alice.post(&b, "/contacts/statuses", &expert)
    );
    assert_eq!([first.status, second.status], [303, 303]);
    let list = alice.get("/contacts").await;
    assert_eq!(list.select("input[name=transfer][checked]").len(), 20);
    assert_eq!(list.select("input[name=copy][checked]").len(), 20);
    assert_eq!(list.select("input[name=expert][checked]").len(), 0);
    assert_eq!(alice.get("/contacts?status=transfer").await.select("tbody tr").len(), 20);
    assert_eq!(alice.get("/contacts?status=expert").await.select("tbody tr").len(), 0);
}

async fn pages_stay_right_while_contacts_come_and_go(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(120), false).await;
    for base in ["/contacts", "/contacts?q=voirie", "/contacts?import=un", "/contacts?import=un&status=copy"]
    {
        let first = alice.get(base).await;
        assert_eq!(first.one(".list-head .lead"), "120 contacts");
        assert_eq!(names(&first).len(), 50);
        assert!(first.way("previous").is_none());
        let second = alice.get(&first.way("next").unwrap()).await;
        assert_eq!(names(&second)[0], "N050, P", "{base}");
        let third = alice.get(&second.way("next").unwrap()).await;
        assert_eq!(names(&third).len(), 20, "{base}");
        assert!(third.way("next").is_none());
        let back = alice.get(&third.way("previous").unwrap()).await;
        assert_eq!(names(&back), names(&second), "{base}");
    }
    // A cursor names a contact, not a number of rows: deleting contacts before it moves nothing.
    let first = alice.get("/contacts").await;
    let next = first.way("next").unwrap();
    for name in ["N010", "N049"] {
        let path = alice.get(&format!("/contacts?q={name}")).await.attributes("tbody th a", "href").remove(0);
        let ask = alice.get(&format!("{path}/delete")).await;
        alice.submit(&ask, "main form", &[]).await;
    }
    assert_eq!(names(&alice.get(&next).await)[0], "N050, P");
    let searched = next.replace("/contacts?", "/contacts?q=voirie&sort=name&");
    assert_eq!(names(&alice.get(&searched).await)[0], "N050, P");
}

async fn the_list_sorts_as_french_does(app: TestApp) {
    let alice = app.coordinator().await;
    let people = ["Zola", "Élan", "eland", "Lefèvre", "Lefebvre", "D’Ormesson", "Œuvrard", "Nœud", "Le Roux"];
    let file: String =
        people.iter().enumerate().map(|(index, name)| format!("M.,A,{name},p{index}@b.fr,,,,\n")).collect();
    alice.import("un", file, false).await;
    let expected: Vec<String> =
        ["D’Ormesson", "Élan", "eland", "Le Roux", "Lefebvre", "Lefèvre", "Nœud", "Œuvrard", "Zola"]
            .map(|name| format!("{name}, A"))
            .into();
    assert_eq!(names(&alice.get("/contacts").await), expected);
    assert_eq!(names(&alice.get("/contacts?q=a").await), expected, "and so does a search");
}
