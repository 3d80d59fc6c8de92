//! The display name and the e-mail of accounts: where they are edited, and where they are shown.

use carnet::domain::Role;
use diesel::connection::SimpleConnection as _;

use crate::support::{Client, PASSWORD, TestApp};

both_backends!(
    a_display_name_signs_what_its_account_does,
    without_a_display_name_the_user_name_signs,
    a_wrong_display_name_and_a_wrong_email_are_refused_and_stay_in_the_form,
    a_form_of_an_older_node_keeps_what_it_does_not_have,
    two_administrators_change_different_fields_of_an_account,
    the_last_sign_in_is_shown_to_administrators,
    disabling_an_account_is_asked_first_and_saves_the_whole_form,
);

async fn path_of(admin: &Client, name: &str) -> String {
    let users = admin.get("/users").await;
    let names = users.select("tbody th > bdi");
    let place = names.iter().position(|shown| shown == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
    users.attributes("tbody a", "href").remove(place)
}

async fn name_alice(app: &TestApp) -> (Client, Client) {
    let (alice, admin) = (app.coordinator().await, app.administrator().await);
    let page = admin.get(&path_of(&admin, "alice").await).await;
    let named = [("display_name", Some("  Alice d’Arc ")), ("email", Some("alice.darc@centre.example"))];
    let saved = admin.submit(&page, "main form", &named).await;
    assert_eq!(admin.follow(&saved).await.flash(), "Utilisateur Alice d’Arc enregistré.");
    (alice, admin)
}

async fn a_display_name_signs_what_its_account_does(app: TestApp) {
    let (alice, admin) = name_alice(&app).await;
    // Before anything else: the account's own page, and the list of users with both names.
    let own = alice.get("/account").await;
    assert_eq!(own.one("main .lead"), "Alice d’Arc · Coordinateur");
    assert_eq!(own.select("main .facts dd"), ["alice", "Alice d’Arc", "alice.darc@centre.example"]);
    let users = admin.get("/users").await;
    assert!(users.select("tbody th").iter().any(|name| name == "Alice d’Arc alice"), "{}", users.body);

    alice
        .import("un", "M.,Zoé,Martin,zoe@mairie.example,,,,\nM.,Yves,Petit,yves@mairie.example,,,,\n", false)
        .await;
    let people = alice.get("/contacts").await.attributes("tbody th a", "href");
    let (zoe, yves) = (&people[0], &people[1]);
    let page = alice.get(zoe).await;
    alice.submit(&page, "#notes form", &[("note", Some("Rappeler lundi"))]).await;
    let edit = alice.get(&format!("{zoe}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("service", Some("Voirie"))]).await.status, 303);
    let form = alice.get("/organizations/new").await;
    let saved = alice.submit(&form, "main form", &[("name", Some("Mairie"))]).await;
    let organization = saved.location();
    let delete = alice.get(&format!("{yves}/delete")).await;
    assert_eq!(alice.submit(&delete, "main form", &[]).await.status, 303);

    let import = alice.get("/imports").await.attributes("tbody th a", "href").remove(0);
    for (path, selector) in [
        (zoe.as_str(), ".note > p:first-child bdi"),
        (zoe, ".history bdi"),
        (&*format!("{zoe}/notes"), ".note > p:first-child bdi"),
        (&format!("{zoe}/history"), ".history p > bdi"),
        (&format!("{zoe}/data"), "main"),
        (&import, "main"),
        ("/imports", "tbody tr"),
        ("/imports", "main select option"),
        (&organization, "main"),
        ("/contacts/trash", "main"),
        ("/audit", ".history .muted bdi"),
        ("/audit", "#account option"),
    ] {
        let page = admin.get(path).await;
        let told = page.select(selector);
        assert!(told.iter().any(|text| text.contains("Alice d’Arc")), "{path}: {told:?}");
        assert!(!told.iter().any(|text| text == "alice"), "{path}: {told:?}");
    }
    let file = admin.get(&format!("{zoe}/data.json")).await.body;
    assert!(file.contains("\"author\": \"Alice d’Arc\"") && !file.contains("\"alice\""), "{file}");
    let log = admin.get("/audit.csv").await.body;
    assert!(log.contains("Alice d’Arc"));
    // What an entry was written with stays: the name of the account when it was added.
    assert!(log.lines().any(|line| line.contains("Utilisateur ajouté") && line.contains("alice")), "{log}");
}

async fn without_a_display_name_the_user_name_signs(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    // As a node of an older version adds an account.
    let sql = "INSERT INTO accounts (username, username_key, role, password_hash, created_at) \
               SELECT 'Vieux', 'vieux', role, password_hash, created_at FROM accounts WHERE username = 'alice'";
    app.db.write(|conn| Ok(conn.batch_execute(sql)?)).await.unwrap();
    let old = app.stranger();
    old.sign_in("vieux", PASSWORD).await;
    old.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    let path = old.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    let page = old.get(&path).await;
    old.submit(&page, "#notes form", &[("note", Some("Vu"))]).await;
    assert_eq!(old.get(&path).await.select(".note > p:first-child bdi"), ["Vieux"]);
    assert_eq!(old.get("/account").await.one("main .lead"), "Vieux · Coordinateur");
}

async fn a_wrong_display_name_and_a_wrong_email_are_refused_and_stay_in_the_form(app: TestApp) {
    let admin = app.administrator().await;
    let long = "é".repeat(101);
    let typed = [
        ("username", Some("zoe")),
        ("display_name", Some(long.as_str())),
        ("email", Some("zoe@")),
        ("role", Some("agent")),
    ];
    let refused = admin.submit(&admin.get("/users/new").await, "main form", &typed).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.attributes(".error-summary a", "href"), ["#display_name", "#email"]);
    assert!(refused.errors()[0].contains("100"), "{:?}", refused.errors());
    assert_eq!(refused.attributes("#display_name", "value"), [long.as_str()]);
    assert_eq!(refused.attributes("#email", "value"), ["zoe@"]);

    let page = admin.get(&path_of(&admin, "charlie").await).await;
    let refused = admin.submit(&page, "main form", &typed[1..3]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.attributes("#email", "value"), ["zoe@"]);
    let longest = "é".repeat(100);
    let right = [("display_name", Some(longest.as_str())), ("email", Some(" zoe@mairie.example "))];
    assert_eq!(admin.submit(&page, "main form", &right).await.status, 303);
    let page = admin.get(&path_of(&admin, &longest).await).await;
    assert_eq!(page.attributes("#email", "value"), ["zoe@mairie.example"]);
    let emptied = [("display_name", Some("")), ("email", Some(""))];
    assert_eq!(admin.submit(&page, "main form", &emptied).await.status, 303);
    path_of(&admin, "charlie").await;
}

async fn a_form_of_an_older_node_keeps_what_it_does_not_have(app: TestApp) {
    let (_, admin) = name_alice(&app).await;
    let path = path_of(&admin, "Alice d’Arc").await;
    let page = admin.get(&path).await;
    let fields = [("username", "alice"), ("role", "agent"), ("was", "[\"alice\",\"coordinator\",\"\"]")];
    assert_eq!(admin.post(&page, &path, &fields).await.status, 303);
    let page = admin.get(&path).await;
    assert_eq!(page.attributes("#display_name", "value"), ["Alice d’Arc"]);
    assert_eq!(page.attributes("#email", "value"), ["alice.darc@centre.example"]);
    assert_eq!(page.attributes("[name=role][checked]", "value"), ["agent"]);
}

async fn two_administrators_change_different_fields_of_an_account(app: TestApp) {
    let (_, admin) = name_alice(&app).await;
    let path = path_of(&admin, "Alice d’Arc").await;
    let (first, second) = (admin.get(&path).await, admin.get(&path).await);
    assert_eq!(admin.submit(&first, "main form", &[("email", Some("a@b.fr"))]).await.status, 303);
    assert_eq!(admin.submit(&second, "main form", &[("display_name", Some("Alice M."))]).await.status, 303);
    let page = admin.get(&path).await;
    assert_eq!(page.attributes("#display_name", "value"), ["Alice M."]);
    assert_eq!(page.attributes("#email", "value"), ["a@b.fr"]);
    // The same field, differently: shown instead of overwritten.
    let stale = admin.submit(&second, "main form", &[("display_name", Some("A. Martin"))]).await;
    assert_eq!(stale.status, 422);
    assert!(stale.one("#conflict").contains("Alice M.") && stale.one("#conflict").contains("A. Martin"));
}

async fn the_last_sign_in_is_shown_to_administrators(app: TestApp) {
    app.add_account("alice", Role::Coordinator).await;
    let admin = app.administrator().await;
    let row = |page: &crate::support::Page| page.select("tbody tr").remove(0);
    let before = admin.get("/users").await;
    assert!(row(&before).contains("alice Coordinateur Actif non aucune"), "{}", row(&before));
    let path = path_of(&admin, "alice").await;
    assert!(admin.get(&path).await.one(".lead").starts_with("Aucune connexion enregistrée."));

    app.stranger().try_sign_in("alice", "wrong").await;
    assert!(row(&admin.get("/users").await).contains("aucune"), "a wrong password is no sign-in");
    app.stranger().sign_in("alice", PASSWORD).await;
    let after = admin.get("/users").await;
    assert!(!row(&after).contains("aucune"), "{}", row(&after));
    let times = after.attributes("tbody time", "datetime");
    let [alice, charlie] = &times[..] else { panic!("{times:?}") };
    assert!(alice >= charlie, "{times:?}");
    assert!(admin.get(&path).await.one(".lead").starts_with("Dernière connexion le "));
}

async fn disabling_an_account_is_asked_first_and_saves_the_whole_form(app: TestApp) {
    let (alice, admin) = (app.coordinator().await, app.administrator().await);
    app.stranger().sign_in("alice", PASSWORD).await;
    let path = path_of(&admin, "alice").await;
    let page = admin.get(&path).await;
    let typed = [("display_name", Some("Alice d’Arc")), ("email", Some("a@b.fr")), ("disabled", Some("on"))];
    let asked = admin.submit(&page, "main form", &typed).await;
    assert_eq!((asked.status, asked.one("h1")), (200, "Désactiver le compte alice\u{202F}?".to_owned()));
    assert_eq!(asked.select(".points li"), ["2 sessions ouvertes prendront fin."]);
    assert_eq!(alice.get("/contacts").await.status, 200, "nothing is done yet");
    path_of(&admin, "alice").await;

    assert_eq!(admin.submit(&asked, "main form", &[]).await.status, 303);
    assert_eq!(alice.get("/contacts").await.status, 303);
    let page = admin.get(&path).await;
    assert_eq!(page.attributes("#disabled[checked]", "id"), ["disabled"]);
    assert_eq!(page.attributes("#display_name", "value"), ["Alice d’Arc"]);
    // It is disabled already, so the next change asks nothing.
    assert_eq!(admin.submit(&page, "main form", &[("email", Some(""))]).await.status, 303);
    // The last administrator is told at once.
    let own = admin.get(&path_of(&admin, "charlie").await).await;
    assert_eq!(admin.submit(&own, "main form", &[("disabled", Some("on"))]).await.status, 422);
}
