//! Text as people copy and type it: invisible characters, apostrophes, words apart and together, host names.

use carnet::domain::Role;

use crate::support::contacts::add;
use crate::support::lists::columns;
use crate::support::merges::{found, merge, two, value};
use crate::support::{Client, PASSWORD, TestApp};

async fn suggested(alice: &Client, typed: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let page = alice.get(&format!("/contacts?q={query}")).await;
    let offered = page.select(".suggestions a");
    for link in page.attributes(".suggestions a", "href") {
        let found = alice.get(&link).await.select("tbody th");
        assert!(!found.is_empty(), "{typed}: {link}");
    }
    offered
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

both_backends!(
    invisible_characters_are_removed_from_all_input,
    concatenated_lists_are_read_to_the_end,
    line_ends_of_an_old_mac_are_reported,
    every_apostrophe_finds_every_other,
    words_are_suggested_apart_and_together_as_spelled_in_the_book,
    all_spellings_of_a_host_name_are_equal,
    the_former_email_of_a_merged_contact_is_reported,
    a_contact_takes_its_own_former_email_back,
);

async fn invisible_characters_are_removed_from_all_input(app: TestApp) {
    let alice = app.administrator().await;
    let path = add(
        &alice,
        &[
            ("first_name", "\u{200B}Jean\u{200E}"),
            ("last_name", "Mar\u{AD}tin"),
            ("email", "jean@ex.fr\u{200B}"),
            ("city", "\u{FEFF}Lyon"),
            ("country", "FR\u{200B}"),
            ("civility", "\u{FEFF}M."),
        ],
    )
    .await;
    for (field, expected) in [
        ("first_name", "Jean"),
        ("last_name", "Martin"),
        ("email", "jean@ex.fr"),
        ("city", "Lyon"),
        ("country", "FR"),
    ] {
        assert_eq!(value(&alice, &path, field).await, expected);
    }
    for asked in ["martin", "Mar\u{AD}tin", "jean@ex.fr\u{200B}", "\u{FEFF}lyon"] {
        assert_eq!(found(&alice, &encoded(asked)).await, std::slice::from_ref(&path), "{asked:?}");
    }
    let filtered = alice.get(&format!("/contacts?city={}", encoded("Ly\u{AD}on\u{200B}"))).await;
    assert_eq!(filtered.attributes("tbody th a", "href"), std::slice::from_ref(&path));
    // A field with only invisible characters is empty.
    let form = alice.get("/contacts/new").await;
    let answer = alice
        .submit(
            &form,
            "main form",
            &[("first_name", Some("\u{200B}")), ("last_name", Some("B")), ("copy", None)],
        )
        .await;
    assert_eq!(answer.status, 422);
    // A family name that needs its joiner keeps it, and is found without it.
    let persian = "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}";
    let path =
        add(&alice, &[("first_name", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"), ("last_name", persian)])
            .await;
    assert_eq!(value(&alice, &path, "last_name").await, persian);
    assert_eq!(value(&alice, &path, "first_name").await, "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}");
    assert_eq!(found(&alice, &encoded(&persian.replace('\u{200C}', ""))).await, [path]);

    let form = alice.get("/organizations/new").await;
    let saved = alice
        .submit(
            &form,
            "main form",
            &[("name", Some("Régie\u{200B} des\u{AD} eaux")), ("website", Some("\u{200B}"))],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(alice.get(&saved.location()).await.one("h1"), "Régie des eaux");

    app.add_account("z\u{AD}oé\u{200B}", Role::Agent).await;
    assert!(alice.get("/users").await.body.contains("zoé"));
    let answer = app.stranger().try_sign_in("\u{200E}ZOÉ", PASSWORD).await;
    assert_eq!(answer.status, 303);

    let page = alice.import("ju\u{200B}in", "M.,A,B,a@b.fr,,,,\n", false).await;
    assert!(page.body.contains("juin"), "{}", page.body);
    assert_eq!(found(&alice, &format!("&import={}", encoded("ju\u{AD}in"))).await.len(), 1);
}

async fn concatenated_lists_are_read_to_the_end(app: TestApp) {
    let alice = app.coordinator().await;
    let names = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    let file = format!(
        "\u{FEFF}{names}\r\nM.,Jean,Roux,jean@ex.fr\u{200B},,,,\r\n;;;;\r\n\
         \u{FEFF}{names}\r\n\u{FEFF}\"Mme\",Anne,Le\u{AD}roy,anne@ex.fr,,,,\r\n,,,,,,,\r\n"
    );
    let page = alice.import("deux", file.clone(), false).await;
    assert_eq!(found(&alice, "jean%40ex.fr").await.len(), 1, "{}", page.body);
    assert_eq!(found(&alice, "leroy").await.len(), 1);
    // A rejected line stays as it is, to the byte.
    let bad = "\u{FEFF}M.,Jean,Roux\u{200B},jean@ex.fr?subject=x,,,,\n";
    let page = alice.import("faux", format!("{bad}M.,A,B,a@b.fr,,,,\n").into_bytes(), true).await;
    assert!(page.body.contains("ne peut pas figurer après le @"), "{}", page.body);
    let path = page.attributes("a[href$='/rejected.csv']", "href").remove(0);
    let rejected = alice.get(&path).await;
    assert!(rejected.body.contains("M.,Jean,Roux\u{200B},jean@ex.fr?subject=x,,,,"), "{:?}", rejected.body);
}

async fn line_ends_of_an_old_mac_are_reported(app: TestApp) {
    let alice = app.coordinator().await;
    let line = "M.,Jean,Roux,jean@ex.fr,,,,";
    // A file that has no others is a list of its own kind.
    let page = columns(&alice, "mac", format!("{line}\r{line}\r")).await;
    assert!(page.one(".lead").contains("2 lignes"), "{}", page.body);
    let page = alice.import("mixte", format!("{line}\n{line}\r{line}\n"), false).await;
    assert!(page.body.contains("retour chariot seul, CR"), "{}", page.body);
}

async fn every_apostrophe_finds_every_other(app: TestApp) {
    let alice = app.coordinator().await;
    let mut people = Vec::new();
    for (at, sign) in "'’ʼʻ‘′´`＇".chars().enumerate() {
        let name = format!("D{sign}Ormesson");
        let first = format!("P{at}");
        let path =
            add(&alice, &[("first_name", &first), ("last_name", &name), ("city", &format!("L{sign}Haÿ"))])
                .await;
        // As it was typed.
        assert_eq!(value(&alice, &path, "last_name").await, name);
        people.push(path);
    }
    add(&alice, &[("first_name", "Z"), ("last_name", "Domont")]).await;
    for asked in ["d'ormesson", "d’ormesson", "dʼormesson", "d´ormesson", "dormesson", "ormesson"] {
        assert_eq!(found(&alice, &encoded(asked)).await, people, "{asked}");
    }
    let page = alice.get(&format!("/contacts?q={}", encoded("d‘ormesson"))).await;
    assert_eq!(page.select("tbody mark").len(), people.len());
    // All spellings are one value of the filter, and sort together.
    let filtered = alice.get(&format!("/contacts?city={}", encoded("l′haÿ"))).await;
    assert_eq!(filtered.attributes("tbody th a", "href"), people);
    let all = alice.get("/contacts").await.select("tbody th");
    assert!(all[0].contains("Domont"), "{all:?}");
    let choices = alice.get("/contacts/choices?by=city").await;
    assert_eq!(choices.select(".choices li").len(), 1, "{}", choices.body);
}

async fn words_are_suggested_apart_and_together_as_spelled_in_the_book(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,Paul,Le Roux,p@b.fr,,,,\nM.,Jean-Pierre,Morel,j@b.fr,,,,\nMme,Anne,de La Tour,a@b.fr,,,,\n\
        Mme,Hélène,LEFÈVRE,h@b.fr,,,,Saint-Étienne\nM.,Ngô,Đặng,n@b.fr,,,,\nMme,Guðrún,Þórsdóttir,g@b.fr,,,,\n\
        M.,Li,Wei,l@b.fr,,,,\nM.,Luc,Lebon,u@b.fr,,,,\nM.,Ali,Əliyev,e@b.fr,,,,\nM.,Jürgen,Weiß,w@b.fr,,,,\n";
    alice.import("un", file, false).await;
    for (typed, meant) in [
        ("leroux", "Le Roux"),
        ("latour", "La Tour"),
        ("delatour", "de La Tour"),
        ("jeanpierre", "Jean-Pierre"),
        ("jeanpierre morel", "Jean-Pierre Morel"),
        ("le bon", "Lebon"),
        ("le fevre", "LEFÈVRE"),
        ("liwei", "Wei"),
        ("lefaivre", "LEFÈVRE"),
        ("torsdottir", "Þórsdóttir"),
        ("saintetienne", "Saint-Étienne"),
    ] {
        let offered = suggested(&alice, typed).await;
        if typed == "liwei" {
            assert_eq!(offered, ["Li Wei"]);
            continue;
        }
        assert_eq!(offered.first().map(String::as_str), Some(meant), "{typed}: {offered:?}");
    }
    for typed in ["gudrun", "thorsdottir", "dang", "eliyev", "weiss", "WEISS"] {
        assert_eq!(found(&alice, typed).await.len(), 1, "{typed}");
    }
}

async fn all_spellings_of_a_host_name_are_equal(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, &[("first_name", "Uwe"), ("last_name", "Klein"), ("email", "u@münchen.de")]).await;
    assert_eq!(value(&alice, &path, "email").await, "u@münchen.de");
    let form = alice.get("/contacts/new").await;
    let answer = alice
        .submit(
            &form,
            "main form",
            &[("first_name", Some("A")), ("last_name", Some("B")), ("email", Some("U@xn--mnchen-3ya.de"))],
        )
        .await;
    assert_eq!(answer.status, 422);
    alice.import("un", "M.,Uwe,Gross,u@xn--mnchen-3ya.de,,,,\n", false).await;
    assert_eq!(value(&alice, &path, "last_name").await, "Gross");
    for (typed, reason) in [
        ("jean@ex.fr?subject=x", "ne peut pas figurer après le @"),
        ("test@iana/icann.org", "ne peut pas figurer après le @"),
        ("a@1.2.3.4", "se termine par un nombre"),
        ("'jean@ex.fr", "une apostrophe précède l’adresse"),
        ("a@ex-.fr", "n’est pas un"),
    ] {
        let answer = alice
            .submit(
                &form,
                "main form",
                &[("first_name", Some("A")), ("last_name", Some("B")), ("email", Some(typed))],
            )
            .await;
        assert_eq!(answer.status, 422, "{typed}");
        let errors = answer.errors();
        assert!(errors.iter().any(|error| error.contains(reason)), "{typed}: {errors:?}");
    }
}

async fn the_former_email_of_a_merged_contact_is_reported(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    let kept = value(&alice, &low, "email").await;
    let former = if kept == "abc55@mairie.example" { "zoe77@mairie.example" } else { "abc55@mairie.example" };
    let form = alice.get("/contacts/new").await;
    let fields = [("first_name", Some("Zoé")), ("last_name", Some("Petit")), ("email", Some(former))];
    let told = alice.submit(&form, "main form", &fields).await;
    assert_eq!(told.status, 422);
    assert!(told.errors().iter().any(|error| error.contains("ancienne adresse")), "{:?}", told.errors());
    assert_eq!(told.attributes("fieldset p > a", "href"), [low.as_str()]);
    // With another e-mail the question does not apply.
    let other = alice.submit(&told, "main form", &[("email", Some("neuf@mairie.example"))]).await;
    assert_eq!(other.status, 303);
    // A second save of the same e-mail is accepted.
    let saved = alice.submit(&told, "main form", &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(value(&alice, &saved.location(), "email").await, former);
    // The same applies to a contact that is edited, except for its own former e-mail.
    let form = alice.get(&format!("{low}/edit")).await;
    let answer = alice.submit(&form, "main form", &[("email", Some(former))]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors().iter().all(|error| !error.contains("ancienne adresse")), "{:?}", answer.errors());
}

async fn a_contact_takes_its_own_former_email_back(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    let former = if value(&alice, &low, "email").await == "abc55@mairie.example" {
        "zoe77@mairie.example"
    } else {
        "abc55@mairie.example"
    };
    let form = alice.get(&format!("{low}/edit")).await;
    let answer = alice.submit(&form, "main form", &[("email", Some(former))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}
