//! Organizations: the list, the form, renaming, deleting, and adding one from the contact form.

use carnet::db::schema::{audit_entries, contacts, drafts, organizations};
use diesel::prelude::*;

use crate::support::waiting::{no_job_is_left, seen};
use crate::support::{Client, Page, TestApp};

/// Adds an organization and returns its path.
async fn add(client: &Client, name: &str) -> String {
    let form = client.get("/organizations/new").await;
    let saved = client.submit(&form, "main form", &[("name", Some(name))]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    saved.location()
}

/// Adds a contact of an organization and returns its path.
async fn add_contact(client: &Client, last_name: &str, organization: &str) -> String {
    let form = client.get("/contacts/new").await;
    let typed = [
        ("first_name", Some("Zoé")),
        ("last_name", Some(last_name)),
        ("copy", None),
        ("organization", Some(organization)),
    ];
    let saved = client.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    saved.location()
}

/// Moves a contact to the trash.
async fn delete_contact(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/delete")).await;
    assert_eq!(client.submit(&ask, "main form", &[]).await.status, 303);
}

fn names(page: &Page) -> Vec<String> {
    page.select("tbody th a")
}

/// The contacts that a search finds, once it finds `count` of them.
async fn found(client: &Client, query: &str, count: usize) -> Vec<String> {
    let path = format!("/contacts?{query}");
    names(&seen(client, &path, |page| names(page).len() == count).await)
}

fn id_of(path: &str) -> i64 {
    path.rsplit_once('/').unwrap().1.parse().unwrap()
}

/// The history's entries of a kind, the latest first: subject and changes.
async fn told(app: &TestApp, kind: &'static str) -> Vec<(String, Option<String>)> {
    app.db
        .read(move |conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.eq(kind))
                .order(audit_entries::id.desc())
                .select((audit_entries::subject, audit_entries::changes))
                .load(conn)?)
        })
        .await
        .unwrap()
}

/// Presses a button of the page that confirms the deletion.
async fn press(client: &Client, page: &Page, step: &str, organization: &str) -> Page {
    let fields = [("step", Some(step)), ("organization", Some(organization))];
    client.submit(page, "main form", &fields).await
}

const HOSTILE: &str = "<script>alert(1)</script> \"L’Œil\" & 'Fils'";
/// [`HOSTILE`] in a query.
const HOSTILE_IN_URL: &str = "%3Cscript%3Ealert(1)%3C/script%3E+%22L%E2%80%99%C5%92il%22+%26+'Fils'";

both_backends!(
    an_organization_is_added_shown_and_edited,
    a_wrong_form_comes_back_with_everything_typed,
    a_name_is_taken_whatever_its_case_accents_and_punctuation,
    two_who_add_the_same_name_at_once_make_one,
    the_list_pages_searches_and_counts,
    the_page_shows_the_first_contacts_and_leads_to_all,
    the_list_is_filtered_by_an_organization,
    after_a_rename_people_are_found_by_the_new_name,
    a_rename_during_the_job_of_the_last_one_takes_effect_too,
    the_second_of_two_editors_is_told_and_loses_nothing,
    saving_again_keeps_what_only_the_other_changed,
    one_of_two_saves_at_the_same_moment_is_told,
    an_organization_without_contacts_is_deleted,
    an_organization_with_contacts_is_not_deleted_before_they_are_moved,
    contacts_can_be_left_without_organization,
    a_thousand_contacts_are_moved_in_one_go,
    two_deletions_that_move_to_each_other_leave_one,
    the_contact_form_waits_while_its_organization_is_added,
    an_existing_organization_is_offered_to_the_waiting_contact,
    a_deleted_draft_or_that_of_another_account_is_ignored,
    hostile_names_are_only_text,
    agents_see_organizations_and_change_none,
);

async fn an_organization_is_added_shown_and_edited(app: TestApp) {
    let alice = app.coordinator().await;
    let empty = alice.get("/organizations").await;
    assert_eq!(empty.one(".lead"), "Aucune organisation");
    let form = alice.get("/organizations/new").await;
    let typed = [
        ("name", Some(" Régie des eaux ")),
        ("website", Some("https://eaux.example/accueil?a=1&b=2")),
        ("phone", Some("0110203040")),
        ("industry", Some("Eau potable")),
        ("address", Some("12, quai du Port")),
        ("postal_code", Some("69001")),
        ("city", Some("Lyon")),
        ("country", Some("CI")),
        ("notes", Some("Fermée le lundi.\r\nSonner deux fois.")),
    ];
    let saved = alice.submit(&form, "main form", &typed).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.flash(), "Organisation Régie des eaux ajoutée.");
    assert_eq!(page.one("h1"), "Régie des eaux");
    assert_eq!(page.attributes("a.phone", "href"), ["tel:+33110203040"]);
    assert_eq!(page.one("a.phone"), "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40");
    assert_eq!(page.select("address bdi"), ["12, quai du Port", "69001 Lyon", "CÔTE D’IVOIRE"]);
    assert_eq!(
        page.select("a[href='https://eaux.example/accueil?a=1&b=2'][rel='noopener noreferrer']"),
        ["eaux.example"]
    );
    assert_eq!(page.one("bdi.lines"), "Fermée le lundi. Sonner deux fois.");
    assert!(page.body.contains("par alice"));
    assert_eq!(alice.get("/organizations").await.one(".lead"), "1 organisation");

    let edit = alice.get(&format!("{}/edit", saved.location())).await;
    assert_eq!(edit.attributes("#country option[selected]", "value"), ["CI"]);
    let edited = alice
        .submit(&edit, "main form", &[("city", Some("Dijon")), ("notes", Some("")), ("country", Some(""))])
        .await;
    let page = alice.follow(&edited).await;
    assert_eq!(page.flash(), "Organisation enregistrée.");
    assert_eq!(page.select("address bdi"), ["12, quai du Port", "69001 Dijon"]);

    let (subject, changes) = told(&app, "organization.edited").await.remove(0);
    assert_eq!(subject, "Régie des eaux");
    let changes = changes.unwrap();
    assert!(changes.contains(r#"{"field":"city","old":"Lyon","new":"Dijon"}"#), "{changes}");
    assert!(!changes.contains("industry"), "{changes}");
    let (_, added) = told(&app, "organization.added").await.remove(0);
    assert!(added.unwrap().contains(r#"{"field":"industry","old":"","new":"Eau potable"}"#));

    let again = alice
        .submit(&alice.get(&format!("{}/edit", saved.location())).await, "main form", &[("notes", Some(""))])
        .await;
    assert_eq!(again.status, 303);
    assert_eq!(told(&app, "organization.edited").await.len(), 1, "a save that changes nothing is not told");
}

async fn a_wrong_form_comes_back_with_everything_typed(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let long = "x".repeat(101);
    let notes = "n".repeat(32_001);
    let typed = [
        ("name", Some("")),
        ("website", Some("javascript:alert(1)")),
        ("phone", Some("abc")),
        ("industry", Some(&*long)),
        ("address", Some(&*long)),
        ("postal_code", Some("12345678901234567890123456")),
        ("city", Some("<b>Lyon\"")),
        ("country", Some("XX")),
        ("notes", Some(&*notes)),
    ];
    let answer = alice.submit(&form, "main form", &typed).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("title"), "Erreur\u{A0}: Ajouter une organisation – Carnet");
    let errors = answer.errors();
    assert_eq!(errors.len(), 8, "{errors:?}");
    assert_eq!(errors[0], "Saisissez le nom de l’organisation");
    assert_eq!(
        errors[2],
        "Site web\u{A0}: ce n’est pas l’adresse d’une page. Écrivez une adresse qui commence par https://, par exemple https://crm.exemple.fr/fiche/12."
    );
    assert_eq!(answer.select(".field-error"), errors, "the same words at the fields");
    assert_eq!(answer.attributes("#website", "value"), ["javascript:alert(1)"]);
    assert_eq!(answer.attributes("#city", "value"), ["<b>Lyon\""]);
    assert_eq!(answer.one("#notes").len(), notes.len());
    for name in ["?!…", "-", "\u{1F600}"] {
        let answer = alice.submit(&form, "main form", &[("name", Some(name))]).await;
        assert_eq!(
            answer.errors(),
            ["Saisissez un nom qui contient au moins une lettre ou un chiffre"],
            "{name}"
        );
        assert_eq!(answer.attributes("#name", "value"), [name]);
    }
    let answer = alice.submit(&form, "main form", &[("name", Some("a\u{0}b"))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(alice.get("/organizations").await.one(".lead"), "Aucune organisation");
}

async fn a_name_is_taken_whatever_its_case_accents_and_punctuation(app: TestApp) {
    let alice = app.coordinator().await;
    let first = add(&alice, "Saint-Étienne Métropole").await;
    let other = add(&alice, "Lyon").await;
    let form = alice.get("/organizations/new").await;
    let answer = alice
        .submit(&form, "main form", &[("name", Some("saint etienne, METROPOLE")), ("city", Some("Lyon"))])
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.errors(),
        ["Une organisation porte déjà ce nom\u{A0}: utilisez celle-là, ou choisissez un autre nom"]
    );
    assert_eq!(answer.select(&format!("form a[href='{first}']")), ["Voir Saint-Étienne Métropole"]);
    assert!(answer.select("button[name=pick]").is_empty(), "no contact waits for it");
    assert_eq!(answer.attributes("#city", "value"), ["Lyon"]);

    let edit = alice.get(&format!("{other}/edit")).await;
    let answer = alice.submit(&edit, "main form", &[("name", Some("Saint Etienne Metropole"))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.select(&format!("form a[href='{first}']")).len(), 1);
    let edit = alice.get(&format!("{first}/edit")).await;
    let respelled = alice.submit(&edit, "main form", &[("name", Some("Saint-Etienne Métropole"))]).await;
    assert_eq!(respelled.status, 303, "its own name may be spelled otherwise");
}

async fn two_who_add_the_same_name_at_once_make_one(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let (first, second) = tokio::join!(
        alice.submit(&form, "main form", &[("name", Some("Régie"))]),
        alice.submit(&form, "main form", &[("name", Some("regie"))])
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(names(&alice.get("/organizations").await).len(), 1);
}

async fn the_list_pages_searches_and_counts(app: TestApp) {
    let alice = app.coordinator().await;
    app.db
        .write(|conn| {
            let now = chrono::DateTime::from_timestamp(0, 0).unwrap().naive_utc();
            for number in 0..120 {
                let (name, key) = (format!("Mairie n° {number:03}"), format!("mairie n {number:03}"));
                diesel::insert_into(organizations::table)
                    .values((
                        organizations::name.eq(name),
                        organizations::name_key.eq(key),
                        organizations::website.eq(""),
                        organizations::phone.eq(""),
                        organizations::industry.eq(""),
                        organizations::address.eq(""),
                        organizations::postal_code.eq(""),
                        organizations::city.eq("Lyon"),
                        organizations::country.eq(""),
                        organizations::notes.eq(""),
                        organizations::created_at.eq(now),
                        organizations::updated_at.eq(now),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    add(&alice, "Éclairage public").await;
    for name in ["A", "B"] {
        add_contact(&alice, name, "Mairie n° 000").await;
    }
    let gone = add_contact(&alice, "C", "Mairie n° 000").await;
    delete_contact(&alice, &gone).await;

    let first = alice.get("/organizations").await;
    assert_eq!(first.one(".head .lead"), "121 organisations");
    assert_eq!(names(&first)[..2], ["Éclairage public", "Mairie n° 000"]);
    assert_eq!(names(&first).len(), 50);
    assert_eq!(first.attributes("tbody td a", "href"), ["/contacts?organization=Mairie+n%C2%B0+000"]);
    assert_eq!(first.one("tbody td a"), "2 – Mairie n° 000", "the deleted one does not count");
    let second = alice.get(&first.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(names(&second)[0], "Mairie n° 049");
    let third = alice.get(&second.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(names(&third).len(), 21);
    assert!(third.select("a[rel=next]").is_empty());
    let back = alice.get(&third.attributes("a[rel=prev]", "href")[0]).await;
    assert_eq!(names(&back), names(&second));
    let back = alice.get(&back.attributes("a[rel=prev]", "href")[0]).await;
    assert_eq!(names(&back), names(&first));
    assert!(back.select("a[rel=prev]").is_empty());

    assert_eq!(names(&alice.get("/organizations?q=PUBL+eclai").await), ["Éclairage public"]);
    let found = alice.get("/organizations?q=mai").await;
    assert_eq!(found.one(".head .lead"), "120 organisations");
    let next = alice.get(&found.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(names(&next)[0], "Mairie n° 050");
    for q in ["airie", "%25", "_", "!!!", "mairie+mairies"] {
        assert!(names(&alice.get(&format!("/organizations?q={q}")).await).is_empty(), "{q}");
    }
    assert_eq!(alice.get("/organizations?after=%00").await.status, 200);
}

async fn the_page_shows_the_first_contacts_and_leads_to_all(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie & Fils").await;
    assert_eq!(alice.get(&path).await.one("#contacts p"), "Aucun contact n’appartient à cette organisation.");
    for number in 0..21 {
        add_contact(&alice, &format!("N{number:02}"), "regie fils").await;
    }
    add_contact(&alice, "Ailleurs", "").await;
    let page = alice.get(&path).await;
    assert_eq!(names(&page).len(), 20);
    assert_eq!(names(&page)[0], "N00, Zoé");
    assert_eq!(page.select("#contacts p a"), ["Voir les 21 contacts"]);
    let all = alice.get(&page.attributes("#contacts p a", "href")[0]).await;
    assert_eq!(all.one(".list-head .lead"), "21 contacts");
}

async fn the_list_is_filtered_by_an_organization(app: TestApp) {
    let alice = app.coordinator().await;
    add(&alice, "Régie & Fils").await;
    add(&alice, "Régie").await;
    for number in 0..60 {
        let organization = if number % 6 == 0 { "Régie" } else { "Régie & Fils" };
        add_contact(&alice, &format!("N{number:02}"), organization).await;
    }
    for name in ["R%C3%A9gie+%26+Fils", "regie+fils", "REGIE%2C+fils%21"] {
        let page = alice.get(&format!("/contacts?organization={name}")).await;
        assert_eq!(page.one(".list-head .lead"), "50 contacts", "{name}");
    }
    let page = alice.get("/contacts?organization=regie").await;
    assert_eq!(page.one(".list-head .lead"), "10 contacts", "no other organization that begins so");
    assert_eq!(
        page.attributes("form.list > input[name=organization]", "value"),
        ["regie"],
        "a search keeps it"
    );
    assert!(page.one(".chips .chip.on").starts_with("Retirer le filtre Organisation Organisation regie"));
    assert_eq!(page.attributes(".chips .chip.on", "value"), ["/contacts"]);
    assert_eq!(names(&alice.get("/contacts?organization=regie&q=n06").await), ["N06, Zoé"]);
    assert!(names(&alice.get("/contacts?organization=regie&q=n07").await).is_empty());
    for unknown in ["inconnue", "!!!", "0"] {
        assert!(
            names(&alice.get(&format!("/contacts?organization={unknown}")).await).is_empty(),
            "{unknown}"
        );
    }
    let bob = app.agent().await;
    assert_eq!(bob.get("/contacts?organization=regie").await.one("h1.count"), "10 résultats");

    add_contact(&alice, "Z", "Régie & Fils").await;
    let first = alice.get("/contacts?organization=regie+fils").await;
    let next = alice.get(&first.way("next").unwrap()).await;
    assert_eq!(names(&next), ["Z, Zoé"], "paging keeps it");
}

async fn after_a_rename_people_are_found_by_the_new_name(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Ancienne régie").await;
    add_contact(&alice, "A", "Ancienne régie").await;
    add_contact(&alice, "B", "Ancienne régie").await;
    let gone = add_contact(&alice, "C", "Ancienne régie").await;
    delete_contact(&alice, &gone).await;
    assert_eq!(found(&alice, "q=ancienne", 2).await.len(), 2);
    let edit = alice.get(&format!("{path}/edit")).await;
    let saved = alice.submit(&edit, "main form", &[("name", Some("Nouvelle régie"))]).await;
    assert_eq!(saved.status, 303);
    assert_eq!(found(&alice, "q=nouvelle+regie", 2).await, ["A, Zoé", "B, Zoé"]);
    assert_eq!(found(&alice, "q=ancienne", 0).await, [""; 0]);
    assert_eq!(found(&alice, "organization=nouvelle+regie", 2).await.len(), 2);
    assert_eq!(found(&alice, "q=zoe", 2).await.len(), 2, "the trash stays out of the search");
    no_job_is_left(&app).await;
}

async fn a_rename_during_the_job_of_the_last_one_takes_effect_too(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Nom 0").await;
    let organization = id_of(&path);
    // More than a few batches, so that the second rename happens while the job of the first one runs.
    let people: String = (0..3_000).map(|number| format!("M.,P,N{number:04},n{number}@b.fr,,,,\n")).collect();
    alice.import("un", people, false).await;
    app.db
        .write(move |conn| {
            diesel::update(contacts::table).set(contacts::organization_id.eq(organization)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    for number in 1..=4 {
        let edit = alice.get(&format!("{path}/edit")).await;
        let name = format!("Nom{number}");
        assert_eq!(alice.submit(&edit, "main form", &[("name", Some(&name))]).await.status, 303);
    }
    no_job_is_left(&app).await;
    for (name, count) in
        [("nom4", "3\u{202F}000 contacts"), ("nom3", "Aucun contact"), ("nom1", "Aucun contact")]
    {
        assert_eq!(alice.counted(&format!("q={name}")).await, count, "{name}");
    }
}

async fn the_second_of_two_editors_is_told_and_loses_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let first = alice
        .submit(
            &edit,
            "main form",
            &[("city", Some("Lyon")), ("phone", Some("0110203040")), ("notes", Some(""))],
        )
        .await;
    assert_eq!(first.status, 303);
    let typed = [("city", Some("Dijon")), ("industry", Some("Eau")), ("notes", Some(""))];
    let second = alice.submit(&edit, "main form", &typed).await;
    assert_eq!(second.status, 422);
    assert!(
        second.errors()[0].starts_with("Quelqu’un a enregistré cette organisation pendant votre saisie.")
    );
    assert_eq!(second.select("#conflict tbody tr"), ["Secteur d’activité–Eau", "VilleLyonDijon"]);
    assert_eq!(second.attributes("#city", "value"), ["Dijon"]);
    assert!(!alice.get(&path).await.body.contains("Dijon"), "nothing is written yet");
    assert_eq!(second.attributes("#phone", "value"), ["0110203040"], "what only they changed is taken over");
    let chosen = alice.submit(&second, "main form", &[("notes", Some(""))]).await;
    assert_eq!(chosen.status, 303);
    let page = alice.get(&path).await;
    assert!(
        page.body.contains("Dijon") && page.body.contains("Eau") && page.body.contains("tel:+33110203040")
    );
    let clicked_again =
        alice.submit(&second, "main form", &[("phone", Some("0110203040")), ("notes", Some(""))]).await;
    assert_eq!(clicked_again.status, 303, "a second click is no other editor");
}

async fn saving_again_keeps_what_only_the_other_changed(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let path = alice
        .submit(
            &form,
            "main form",
            &[("name", Some("Régie")), ("city", Some("Lyon")), ("notes", Some("un\r\ndeux"))],
        )
        .await
        .location();
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Paris")), ("notes", Some("trois"))]).await;
    let stale = alice.submit(&edit, "main form", &[("industry", Some("Eau"))]).await;
    assert_eq!(stale.status, 422);
    assert_eq!(stale.attributes("#city", "value"), ["Paris"]);
    assert_eq!(alice.submit(&stale, "main form", &[]).await.status, 303);
    let page = alice.get(&path).await;
    assert!(page.body.contains("Paris") && page.body.contains("trois") && page.body.contains("Eau"));
}

async fn one_of_two_saves_at_the_same_moment_is_told(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let (first, second) = tokio::join!(
        alice.submit(&edit, "main form", &[("city", Some("Lyon")), ("notes", Some(""))]),
        alice.submit(&edit, "main form", &[("city", Some("Dijon")), ("notes", Some(""))])
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(told(&app, "organization.edited").await.len(), 1);
}

async fn an_organization_without_contacts_is_deleted(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    let ask = alice.get(&format!("{path}/delete")).await;
    assert_eq!(ask.one("h1"), "Supprimer Régie\u{202F}?");
    let deleted = press(&alice, &ask, "delete", "").await;
    let list = alice.follow(&deleted).await;
    assert_eq!(list.flash(), "Organisation Régie supprimée.");
    assert!(names(&list).is_empty());
    assert_eq!(alice.get(&path).await.status, 404);
    assert_eq!(
        press(&alice, &ask, "delete", "").await.location(),
        "/organizations",
        "a second click finds it gone"
    );
    let (subject, changes) = told(&app, "organization.deleted").await.remove(0);
    assert_eq!(subject, "Régie");
    assert!(changes.unwrap().contains(r#"{"field":"name","old":"Régie","new":""}"#));
    add(&alice, "Régie").await;
}

async fn an_organization_with_contacts_is_not_deleted_before_they_are_moved(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    add(&alice, "Métropole de Lyon").await;
    let empty = alice.get(&format!("{path}/delete")).await;
    let kept = add_contact(&alice, "A", "Régie").await;
    let trashed = add_contact(&alice, "B", "Régie").await;
    let charlie = app.administrator().await;
    delete_contact(&charlie, &trashed).await;
    let refused = press(&alice, &empty, "delete", "").await;
    assert_eq!(refused.status, 422, "contacts came since the page was drawn");
    assert_eq!(refused.errors().len(), 1);
    assert_eq!(alice.get(&path).await.status, 200);

    let ask = alice.get(&format!("{path}/delete")).await;
    assert_eq!(
        ask.select("#members p"),
        [
            "1 contact appartient à cette organisation.",
            "1 contact de la corbeille y appartient aussi\u{A0}: il sera traité de la même façon.",
            "Choisissez d’abord ce qu’ils deviennent.",
        ]
    );
    assert_eq!(ask.attributes("#members a", "href"), ["/contacts?organization=R%C3%A9gie"]);
    for (typed, message) in [
        ("", "Saisissez l’organisation où déplacer les contacts"),
        ("REGIE", "Saisissez une autre organisation que celle que vous supprimez"),
        (
            "Nulle part",
            "Cette organisation n’est pas encore dans le carnet\u{A0}: choisissez une organisation proche, ou créez celle-ci",
        ),
    ] {
        let answer = press(&alice, &ask, "move", typed).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.errors(), [message]);
        assert_eq!(
            answer.attributes("#organization", "value"),
            if typed.is_empty() { vec![] } else { vec![typed] }
        );
    }
    let search = press(&alice, &ask, "find", "lyon").await;
    assert_eq!(search.status, 200);
    assert_eq!(search.attributes("button[name=pick]", "value"), ["Métropole de Lyon"]);
    let picked = alice.submit(&search, "main form", &[("pick", Some("Métropole de Lyon"))]).await;
    assert_eq!(picked.attributes("#organization", "value"), ["Métropole de Lyon"]);
    assert_eq!(
        picked.one("[role=status]"),
        "Métropole de Lyon est dans le carnet\u{A0}: vous pouvez y déplacer les contacts."
    );

    let moved = alice.submit(&picked, "main form", &[("step", Some("move"))]).await;
    let list = alice.follow(&moved).await;
    assert_eq!(
        list.flash(),
        "Organisation Régie supprimée\u{202F}; 2 contacts appartiennent maintenant à Métropole de Lyon."
    );
    assert_eq!(names(&list), ["Métropole de Lyon"]);
    assert_eq!(alice.get(&kept).await.select(".lead a"), ["Métropole de Lyon"]);
    assert_eq!(alice.get(&trashed).await.select(".lead a"), ["Métropole de Lyon"]);
    let by = alice.get("/contacts/trash").await.select("table.trash tbody td:nth-of-type(3)");
    assert_eq!(by, ["charlie"], "the trash names the person who deleted the contact");
    assert_eq!(names(&alice.get("/contacts?organization=metropole+de+lyon").await), ["A, Zoé"]);
    assert_eq!(
        names(&alice.get("/contacts?q=metropole").await),
        ["A, Zoé"],
        "and the trash stays out of the search"
    );
    assert!(names(&alice.get("/contacts?q=regie").await).is_empty());
    let history = alice.get(&kept).await;
    assert!(history.body.contains("Organisation") && history.body.contains("alice"));
    let changes: Vec<_> =
        told(&app, "contact.edited").await.into_iter().filter_map(|(_, changes)| changes).collect();
    assert_eq!(changes, [r#"[{"field":"organization","old":"Régie","new":"Métropole de Lyon"}]"#; 2]);
}

async fn contacts_can_be_left_without_organization(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    let contact = add_contact(&alice, "A", "Régie").await;
    let edit = alice.get(&format!("{contact}/edit")).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    let left = press(&alice, &ask, "leave", "").await;
    assert_eq!(
        alice.follow(&left).await.flash(),
        "Organisation Régie supprimée\u{202F}; 1 contact est maintenant sans organisation."
    );
    assert!(alice.get(&contact).await.select(".lead").is_empty());
    assert!(names(&alice.get("/contacts?q=regie").await).is_empty());
    assert_eq!(names(&alice.get("/contacts?q=zoe").await), ["A, Zoé"]);
    let stale = alice.submit(&edit, "main form", &[("city", Some("Lyon")), ("organization", None)]).await;
    assert_eq!(stale.status, 422, "the contact has a new version");
}

async fn a_thousand_contacts_are_moved_in_one_go(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Régie").await;
    add(&alice, "Métropole").await;
    let organization = id_of(&path);
    let people: String = (0..1_200).map(|number| format!("M.,P,N{number:04},n{number}@b.fr,,,,\n")).collect();
    alice.import("un", people, false).await;
    app.db
        .write(move |conn| {
            diesel::update(contacts::table).set(contacts::organization_id.eq(organization)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let ask = alice.get(&format!("{path}/delete")).await;
    let moved = press(&alice, &ask, "move", "metropole").await;
    assert!(alice.follow(&moved).await.flash().contains("1\u{202F}200 contacts"));
    assert_eq!(alice.counted("organization=metropole").await, "1\u{202F}200 contacts");
    assert_eq!(alice.counted("q=metropole").await, "1\u{202F}200 contacts");
    assert_eq!(told(&app, "contact.edited").await.len(), 1_200);
}

async fn two_deletions_that_move_to_each_other_leave_one(app: TestApp) {
    let alice = app.coordinator().await;
    let (a, b) = (add(&alice, "A").await, add(&alice, "B").await);
    add_contact(&alice, "X", "A").await;
    add_contact(&alice, "Y", "B").await;
    let (ask_a, ask_b) = (alice.get(&format!("{a}/delete")).await, alice.get(&format!("{b}/delete")).await);
    let (first, second) =
        tokio::join!(press(&alice, &ask_a, "move", "B"), press(&alice, &ask_b, "move", "A"));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    let left = names(&alice.get("/organizations").await).remove(0);
    assert_eq!(names(&alice.get(&format!("/contacts?organization={left}")).await), ["X, Zoé", "Y, Zoé"]);
}

async fn the_contact_form_waits_while_its_organization_is_added(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let typed = [
        ("civility", Some("Mme")),
        ("first_name", Some("Zoé")),
        ("last_name", Some("<Petit>")),
        ("title", Some("Cheffe")),
        ("organization", Some("Régie \"des\" eaux")),
        ("service", Some("Voirie")),
        ("expert", None),
        ("copy", None),
        ("transfer", Some("on")),
        ("email", Some("zoe@")),
        ("email_personal", Some("z@home.example")),
        ("email_other", Some("z@other.example")),
        ("phone_work", Some("poste 12")),
        ("phone_cell", Some("06 12")),
        ("sms_cell", Some("on")),
        ("phone_home", Some("1")),
        ("phone_other", Some("2")),
        ("address", Some("12 rue")),
        ("postal_code", Some("69001")),
        ("city", Some("Lyon")),
        ("state", Some("Rhône")),
        ("country", Some("FR")),
        ("external_url", Some("https://crm.example/1")),
        ("social_x", Some("zoe")),
        ("survey_opt_out", Some("on")),
    ];
    let mut with_step = typed.to_vec();
    with_step.push(("step", Some("add_organization")));
    let sent = alice.submit(&form, "main form", &with_step).await;
    let new = alice.follow(&sent).await;
    assert_eq!(new.attributes("#name", "value"), ["Régie \"des\" eaux"]);
    let cancel = new.attributes("main form .actions a", "href").remove(0);
    let everything_is_there = |page: &Page, organization: &str| {
        let state = page.form("main form").fields;
        for (name, value) in &typed {
            let value = if *name == "organization" { Some(organization) } else { *value };
            let found = state.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
            assert_eq!(found, value, "{name}");
        }
    };
    everything_is_there(&alice.get(&cancel).await, "Régie \"des\" eaux");

    let wrong = alice.submit(&new, "main form", &[("phone", Some("abc"))]).await;
    assert_eq!(wrong.status, 422);
    let added =
        alice.submit(&wrong, "main form", &[("phone", None), ("name", Some("Régie des eaux de Lyon"))]).await;
    assert_eq!(added.location(), cancel);
    let back = alice.follow(&added).await;
    assert_eq!(
        back.flash(),
        "Organisation Régie des eaux de Lyon ajoutée et reprise dans ce formulaire\u{A0}: terminez le contact."
    );
    everything_is_there(&back, "Régie des eaux de Lyon");
    let mended = [("email", Some("zoe@b.example")), ("phone_work", Some("0110203040"))];
    let saved = alice.submit(&back, "main form", &mended).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.select(".lead a"), ["Régie des eaux de Lyon"]);
    let drafts_left = app.db.read(|conn| Ok(drafts::table.count().get_result::<i64>(conn)?)).await.unwrap();
    assert_eq!(drafts_left, 0);

    // The same from a contact that is edited.
    let edit = alice.get(&format!("{}/edit", saved.location())).await;
    let sent = alice
        .submit(
            &edit,
            "main form",
            &[("city", Some("Dijon")), ("organization", Some("Autre")), ("step", Some("add_organization"))],
        )
        .await;
    let new = alice.follow(&sent).await;
    let added = alice.submit(&new, "main form", &[]).await;
    assert!(added.location().starts_with(&format!("{}/edit?draft=", saved.location())));
    let back = alice.follow(&added).await;
    assert_eq!(back.attributes("#city", "value"), ["Dijon"]);
    let resaved = alice.submit(&back, "main form", &[]).await;
    assert_eq!(alice.follow(&resaved).await.select(".lead a"), ["Autre"]);
}

async fn an_existing_organization_is_offered_to_the_waiting_contact(app: TestApp) {
    let alice = app.coordinator().await;
    add(&alice, "Régie des eaux").await;
    let form = alice.get("/contacts/new").await;
    let typed =
        [("last_name", Some("Petit")), ("organization", Some("regie")), ("step", Some("add_organization"))];
    let new = alice.follow(&alice.submit(&form, "main form", &typed).await).await;
    let taken = alice.submit(&new, "main form", &[("name", Some("REGIE DES EAUX"))]).await;
    assert_eq!(taken.status, 422);
    assert_eq!(taken.select("button[name=pick]"), ["Reprendre le contact avec Régie des eaux"]);
    let pick = taken.attributes("button[name=pick]", "value").remove(0);
    let back = alice.submit(&taken, "main form", &[("pick", Some(&pick))]).await;
    let back = alice.follow(&back).await;
    assert_eq!(back.attributes("#organization", "value"), ["Régie des eaux"]);
    assert_eq!(back.attributes("#last_name", "value"), ["Petit"]);
    assert!(back.flash().contains("Régie des eaux"));
}

async fn a_deleted_draft_or_that_of_another_account_is_ignored(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let sent = alice
        .submit(
            &form,
            "main form",
            &[("last_name", Some("Secret")), ("organization", Some("X")), ("step", Some("add_organization"))],
        )
        .await;
    let charlie = app.administrator().await;
    for path in [sent.location(), "/organizations/new?draft=999999&name=X".to_owned()] {
        let new = charlie.get(&path).await;
        assert_eq!(new.attributes("#name", "value"), ["X"]);
        assert!(new.select("input[name=draft]").is_empty());
        assert_eq!(new.attributes("main form .actions a", "href"), ["/organizations"]);
    }
    let draft = sent.location().split("draft=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let new = charlie.get("/organizations/new").await;
    let added = charlie.submit(&new, "main form", &[("name", Some("Y")), ("draft", Some(&draft))]).await;
    assert!(added.location().starts_with("/organizations/"), "{}", added.location());
    let picked = charlie.submit(&new, "main form", &[("pick", Some("Y")), ("draft", Some(&draft))]).await;
    assert_eq!(picked.status, 404);
    let back = alice.get(&format!("/contacts/new?draft={draft}")).await;
    assert_eq!(back.attributes("#organization", "value"), ["X"], "nobody else changes it");
}

async fn hostile_names_are_only_text(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, HOSTILE).await;
    let form = alice.get(&format!("{path}/edit")).await;
    let typed = [
        ("industry", Some(HOSTILE)),
        ("address", Some(HOSTILE)),
        ("city", Some(HOSTILE)),
        ("notes", Some("</textarea><b>x")),
        ("website", Some("https://a.example/\"><script>")),
        ("phone", Some("01<b>\"")),
    ];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    add(&alice, "Autre").await;
    let contact = add_contact(&alice, "A", HOSTILE).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    for page in [
        alice.get("/organizations").await,
        alice.get(&path).await,
        alice.get(&format!("{path}/edit")).await,
        alice.get(&contact).await,
        alice.get(&format!("/contacts?organization={HOSTILE_IN_URL}")).await,
        press(&alice, &ask, "find", HOSTILE).await,
        press(&alice, &ask, "move", "\"><script>").await,
    ] {
        assert!(page.select("script").is_empty() && page.select("main b").is_empty(), "{}", page.body);
    }
    assert_eq!(alice.get(&path).await.one("h1"), HOSTILE);
    let list = alice.get(&alice.get(&path).await.attributes("#contacts p a", "href")[0]).await;
    assert_eq!(names(&list), ["A, Zoé"], "the link leads to its contacts whatever its name");
    let left = press(&alice, &ask, "leave", "").await;
    assert!(alice.follow(&left).await.flash().contains(HOSTILE));
}

async fn agents_see_organizations_and_change_none(app: TestApp) {
    let path = add(&app.coordinator().await, "Régie").await;
    let bob = app.agent().await;
    let list = bob.get("/organizations").await;
    assert_eq!(names(&list), ["Régie"]);
    assert!(list.select("main .button:not(.search .button)").is_empty());
    let page = bob.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.select("main .button").is_empty());
    for path in ["/organizations/new".to_owned(), format!("{path}/edit"), format!("{path}/delete")] {
        assert_eq!(bob.get(&path).await.status, 403, "{path}");
    }
    assert_eq!(bob.post(&list, &path, &[("name", "X")]).await.status, 403);
}
