//! Profiles: mappings that are kept, and read the next lists with the same headings.

use std::process::Output;

use carnet::domain::Role;

use crate::support::contacts::{add, contact};
use crate::support::{Client, Lists, PASSWORD, Page, TestApp, carnet, code, stderr, stdout, text};

both_backends!(
    a_profile_reads_the_next_list_of_any_coordinator,
    a_list_with_nothing_to_ask_is_applied_at_once,
    a_profile_is_edited_copied_and_deleted,
    the_command_imports_by_a_profile,
    the_check_by_a_profile_writes_nothing,
);

/// Ten people, each with a city.
fn people(city: impl Fn(usize) -> &'static str) -> String {
    let rows = (0..10).map(|n| format!("p{n}@b.fr;Personne{n};Ada;{}\n", city(n)));
    format!("E-mail;Nom;Prénom;Ville\n{}", rows.collect::<String>())
}

/// Keeps the columns of a list as a profile, and imports the list.
async fn keep(client: &Client, profile: &str, list: &str, more: &[(&str, Option<&str>)]) {
    let answer = client.upload("modele", list, false).await;
    let page = client.get(&answer.location()).await;
    let mut choices = vec![("profile_name", Some(profile))];
    choices.extend(more);
    let answer = client.submit(&page, "form.mapping", &choices).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let checked = client.at_rest(&answer.location()).await;
    assert_eq!(checked.flash(), format!("Profil {profile} enregistré."));
    confirm(client, &checked).await;
}

async fn confirm(client: &Client, page: &Page) -> Page {
    let answer = client.submit(page, "form[action$='/confirm']", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    client.at_rest(&answer.location()).await
}

/// The page of the only profile, or of the first one.
async fn profile(client: &Client) -> String {
    client.get("/import-profiles").await.attributes("tbody th a", "href").remove(0)
}

/// Saves the form of a profile.
async fn set(client: &Client, path: &str, fields: &[(&str, Option<&str>)]) {
    let page = client.get(path).await;
    let answer = client.submit(&page, "main form.card", fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

async fn city(client: &Client, email: &str) -> String {
    let path = contact(client, email).await;
    client.get(&format!("{path}/edit")).await.attributes("#city", "value").concat()
}

fn is_done(page: &Page) -> bool {
    page.select("#decide").is_empty() && page.select("#done").len() == 1
}

async fn a_profile_reads_the_next_list_of_any_coordinator(app: TestApp) {
    let alice = app.coordinator().await;
    keep(&alice, "RH mensuel", "E-mail;Nom;Prénom;Ville\nada@b.fr;Zola;Ada;Lyon\n", &[]).await;

    app.add_account("dora", Role::Coordinator).await;
    let dora = app.stranger();
    dora.sign_in("dora", PASSWORD).await;
    let next = "prenom;VILLE;nom;e-mail\nAda;Brest;Zola;ada@b.fr\nBob;Paris;Yak;bob@b.fr\n";
    let checked = dora.import("juillet", next, false).await;
    assert!(checked.one(".profile").starts_with("Colonnes lues selon le profil «\u{A0}RH mensuel\u{A0}»."));
    assert_eq!(checked.select("a[href$='/columns']"), ["Modifier les colonnes"]);
    assert!(checked.select(".passed").is_empty(), "two rows have no bounds");
    assert!(is_done(&confirm(&dora, &checked).await));
    assert_eq!(city(&dora, "ada@b.fr").await, "Brest");
    assert_eq!(city(&dora, "bob@b.fr").await, "Paris");

    let other = "E-mail;Nom;Prénom;Commune\nada@b.fr;Zola;Ada;Metz\n";
    let answer = dora.upload("aout", other, false).await;
    assert!(answer.location().ends_with("/columns"), "other headings ask");
    let page = dora.get(&answer.location()).await;
    let why = page.one(".notice");
    assert!(why.contains("Il manque dans cette liste\u{A0}: Ville."), "{why}");
    assert!(why.contains("Ne sont pas dans le profil\u{A0}: Commune."), "{why}");
    for (name, error) in [("rh MENSUEL", "Un profil porte déjà ce nom"), (&"é".repeat(51), "51")] {
        let refused = dora.submit(&page, "form.mapping", &[("profile_name", Some(name))]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.errors().concat().contains(error), "{:?}", refused.errors());
        assert_eq!(refused.attributes("#profile_name", "value"), [name], "what was typed is there");
    }
    assert_eq!(city(&dora, "ada@b.fr").await, "Brest", "nothing is written yet");
    // Somebody who changes the columns no longer reads the list by the profile.
    let checked = dora.import("septembre", next, false).await;
    let page = dora.get(&checked.attributes("a[href$='/columns']", "href").concat()).await;
    let answer = dora.submit(&page, "form.mapping", &[("column_2", Some("service"))]).await;
    assert!(dora.at_rest(&answer.location()).await.select(".profile").is_empty());

    let bob = app.agent().await;
    for path in ["/import-profiles".to_owned(), profile(&alice).await] {
        assert_eq!(bob.get(&path).await.status, 403);
    }
}

async fn a_list_with_nothing_to_ask_is_applied_at_once(app: TestApp) {
    let alice = app.coordinator().await;
    keep(&alice, "RH", &people(|_| "Lyon"), &[("blank", Some("clear"))]).await;
    let path = profile(&alice).await;
    let moved = |count: usize, to: &'static str| people(move |n| if n < count { to } else { "Lyon" });

    let asked = alice.import("sans-apply", moved(1, "Brest"), false).await;
    assert!(!is_done(&asked), "a new profile asks");
    set(&alice, &path, &[("apply", Some("on"))]).await;
    assert!(!is_done(&alice.preview("vu", moved(1, "Brest")).await), "somebody wants to see it");
    assert!(is_done(&alice.import("un", moved(1, "Brest"), false).await));
    assert_eq!(city(&alice, "p0@b.fr").await, "Brest");

    let stopped = alice.import("trois", moved(3, "Metz"), false).await;
    let why = "Cette liste modifierait 3 contacts pour 10 lignes\u{A0}: le profil en admet au plus 10\u{A0}% sans décision.";
    assert_eq!(stopped.select(".passed"), [why]);
    assert_eq!(city(&alice, "p1@b.fr").await, "Lyon", "nothing is written yet");
    assert!(is_done(&confirm(&alice, &stopped).await), "a person may go on");
    assert_eq!(city(&alice, "p1@b.fr").await, "Metz");

    set(&alice, &path, &[("bound_changed", Some("100"))]).await;
    let emptied = alice.import("vide", moved(3, ""), false).await;
    let why = emptied.select(".passed").join("\n");
    assert!(why.starts_with("Cette liste viderait des valeurs de 3 contacts pour 10 lignes"), "{why}");
    set(&alice, &path, &[("bound_emptied", Some("30"))]).await;
    assert!(is_done(&alice.import("vide-2", moved(3, ""), false).await), "at the bound");

    let rejected = moved(3, "Metz").replace("p9@b.fr", "p9@");
    assert!(!is_done(&alice.import("refus", rejected.clone(), false).await));
    assert!(is_done(&alice.import("refus-2", rejected, true).await), "the valid lines were asked for");
    let doubtful = moved(3, "Metz").replace("Personne9;Ada", "Lambert;Zoé");
    assert!(!is_done(&alice.import("doute", doubtful, false).await));
}

async fn a_profile_is_edited_copied_and_deleted(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let list = "E-mail;Nom;Couleur\nada@b.fr;Zola;bleu\n";
    keep(&alice, "RH", list, &[("policy_2", Some("fill")), ("column_3", Some(""))]).await;
    let path = profile(&alice).await;
    let page = alice.get(&path).await;
    assert_eq!(page.select("tbody tr:nth-child(2) :is(th, td)"), ["Nom", "Nom", "Compléter un champ vide"]);
    assert_eq!(page.select("tbody tr:nth-child(3) td")[0], "Ne pas importer");

    for (field, value) in [("bound_changed", "101"), ("bound_emptied", "dix"), ("name", " ")] {
        let refused = alice.submit(&page, "main form.card", &[(field, Some(value))]).await;
        assert_eq!((refused.status, refused.errors().len()), (422, 1), "{field}");
        assert_eq!(refused.attributes(&format!("[aria-invalid=true][name={field}]"), "name"), [field]);
    }
    set(&alice, &path, &[("name", Some("RH mensuel")), ("bound_changed", Some("25"))]).await;
    let shown = charlie.get(&path).await;
    set(&alice, &path, &[("bound_changed", Some("30")), ("bound_emptied", Some("5"))]).await;
    let second = charlie.submit(&shown, "main form.card", &[("bound_changed", Some("50"))]).await;
    assert_eq!(second.status, 422);
    assert!(second.errors()[0].contains("Rien n’est perdu"), "{:?}", second.errors());
    assert_eq!(second.select("#conflict tbody td"), ["30", "50"]);
    assert_eq!(second.attributes("#bound_emptied", "value"), ["5"], "only they changed it");
    assert_eq!(charlie.submit(&second, "main form.card", &[]).await.status, 303);
    let told = charlie.get("/audit").await.select(".history > li").join("\n");
    assert!(told.contains("Profil d’import ajouté") && told.contains("30") && told.contains("50"), "{told}");

    let answer = alice.submit(&alice.get(&path).await, "form[action$='/copy']", &[]).await;
    let copy = alice.follow(&answer).await;
    assert_eq!(copy.attributes("#name", "value"), ["RH mensuel (copie)"]);
    assert_eq!(copy.attributes("#bound_changed", "value"), ["50"]);
    let taken = alice.submit(&copy, "main form.card", &[("name", Some("rh MENSUEL"))]).await;
    assert_eq!(taken.errors(), ["Un profil porte déjà ce nom\u{A0}: choisissez-en un autre"]);
    assert_eq!(alice.get("/import-profiles").await.select("tbody tr").len(), 2);

    let checked = alice.import("avant", list, false).await;
    assert!(checked.one(".profile").contains("«\u{A0}RH mensuel\u{A0}»"), "the one used last");
    for path in [answer.location(), path] {
        let ask = alice.get(&format!("{path}/delete")).await;
        let answer = alice.submit(&ask, "main form", &[]).await;
        assert_eq!(answer.location(), "/import-profiles");
        assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303, "a second click");
    }
    let page = alice.get(&checked.attributes("a[href$='/columns']", "href").concat()).await;
    assert_eq!(page.status, 200, "the import keeps its columns");
    assert!(alice.upload("apres", list, false).await.location().ends_with("/columns"));
}

async fn import(lists: &Lists, name: &str, list: &str, more: &[&str]) -> Output {
    lists.import(list, name, &[&["--profile", "rh"], more].concat()).await
}

async fn the_command_imports_by_a_profile(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    keep(&alice, "RH", &people(|_| "Lyon"), &[]).await;
    let moved = |count: usize, to: &'static str| people(move |n| if n < count { to } else { "Lyon" });

    let preview = import(&lists, "nuit", &moved(1, "Brest"), &["--preview"]).await;
    assert_eq!(code(&preview), 0, "{}", text(&preview));
    assert!(stdout(&preview).contains("Ville\u{A0}: Lyon → Brest"), "{}", text(&preview));
    assert_eq!(city(&alice, "p0@b.fr").await, "Lyon");
    let done = import(&lists, "nuit", &moved(1, "Brest"), &[]).await;
    assert_eq!(code(&done), 0, "{}", text(&done));
    assert_eq!(city(&alice, "p0@b.fr").await, "Brest");
    let doubtful = moved(1, "Metz").replace("Personne9;Ada", "Lambert;Zoé");
    let done = import(&lists, "doute", &doubtful, &[]).await;
    assert_eq!(code(&done), 0, "doubtful rows are put aside: {}", text(&done));
    assert!(stdout(&done).contains("1 douteuse"), "{}", text(&done));

    let many = import(&lists, "trop", &moved(5, "Metz"), &[]).await;
    assert_eq!(code(&many), 1, "{}", text(&many));
    assert!(stderr(&many).contains("modifierait 4 contacts pour 10 lignes"), "{}", text(&many));
    let rejected = moved(1, "Nice").replace("p9@b.fr", "p9@");
    let stopped = import(&lists, "trop", &rejected, &[]).await;
    assert_eq!(code(&stopped), 1, "the name is free: {}", text(&stopped));
    assert!(stderr(&stopped).contains("Ligne 11, E-mail"), "{}", text(&stopped));
    let done = import(&lists, "trop", &rejected, &["--on-error", "import-valid"]).await;
    assert_eq!(code(&done), 0, "{}", text(&done));
    assert_eq!(city(&alice, "p0@b.fr").await, "Nice");

    let other = import(&lists, "autre", &moved(1, "Metz").replace("Ville", "Commune"), &[]).await;
    assert_eq!(code(&other), 1, "{}", text(&other));
    assert!(stderr(&other).contains("Il manque dans cette liste\u{A0}: Ville."), "{}", text(&other));
    assert!(stderr(&other).contains("Ne sont pas dans le profil\u{A0}: Commune."), "{}", text(&other));
    let unknown = lists.import(&moved(1, "Metz"), "autre", &["--profile", "paie"]).await;
    assert_eq!(code(&unknown), 2, "{}", text(&unknown));
    let refused = import(&lists, "autre", "%PDF-1.7\nxxxx", &[]).await;
    assert_eq!(code(&refused), 2, "{}", text(&refused));
    assert_eq!(city(&alice, "p0@b.fr").await, "Nice");
    assert!(alice.get("/imports").await.select("tbody tr.waits").is_empty(), "nothing is left waiting");
}

async fn the_check_by_a_profile_writes_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    keep(&alice, "RH", &people(|_| "Lyon"), &[]).await;
    add(&alice, &[("first_name", "Paul"), ("last_name", "Martin"), ("email", "accueil@b.fr")]).await;
    let imports = alice.get("/imports").await.select("tbody tr").len();
    let check = async |list: String, profile: &str| {
        let path = lists.file(&list).display().to_string();
        let mut command =
            carnet(&["check", &path, "--profile", profile, "--database-url", &app.database_url]);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    };
    let moved = |count: usize| people(move |n| if n < count { "Brest" } else { "Lyon" });

    let fine = check(
        moved(1) + "neuf@b.fr;Neuf;Ada;Lyon\nNEUF@b.fr;Neuf;Ada;Lyon\naccueil@b.fr;Lambert;Zoé;\n",
        "RH",
    );
    let fine = fine.await;
    assert_eq!(code(&fine), 0, "{}", text(&fine));
    for counted in
        ["14 lignes", "1 à mettre à jour", "1 à ajouter", "9 inchangés", "1 douteuse", "1 en double"]
    {
        assert!(stdout(&fine).contains(counted), "{counted}: {}", text(&fine));
    }
    let wrong = check(moved(5).replace("p9@b.fr", "p9@"), "RH").await;
    assert_eq!(code(&wrong), 1, "{}", text(&wrong));
    assert!(stdout(&wrong).contains("Ligne 11, E-mail, «\u{A0}p9@\u{A0}»"), "{}", text(&wrong));
    assert!(stdout(&wrong).contains("modifierait 5 contacts pour 10 lignes"), "{}", text(&wrong));
    assert_eq!(code(&check(moved(1).replace("Ville", "Commune"), "RH").await), 1);
    assert_eq!(code(&check(moved(1), "Paie").await), 2);
    assert_eq!(code(&check(String::new(), "RH").await), 2);
    assert_eq!(city(&alice, "p0@b.fr").await, "Lyon");
    assert_eq!(alice.get("/imports").await.select("tbody tr").len(), imports);
}
