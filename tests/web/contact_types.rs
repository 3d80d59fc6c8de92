//! Contact types: fields that an administrator adds to the form.

use carnet::db::schema::contact_type_fields as fields;
use diesel::prelude::*;

use crate::support::contact_types::add_type;
use crate::support::waiting::seen;
use crate::support::{Client, Page, TestApp};

const EVERY_KIND: [(&str, &str, &str, bool); 11] = [
    ("Raison sociale", "text", "", false),
    ("Remarques", "text_area", "", false),
    ("N° SIRET", "identifier", "", true),
    ("Étiquettes", "tag", "", false),
    ("Effectif", "integer", "", false),
    ("Taux", "number", "", false),
    ("Depuis", "date", "", false),
    ("Rendez-vous", "date_time", "", false),
    ("Agréé", "check_box", "", false),
    ("Niveau", "list", "Or\nArgent\nBronze", false),
    ("Fiche", "url", "", false),
];

const NAMED: [(&str, Option<&str>); 3] =
    [("first_name", Some("Anne")), ("last_name", Some("Zola")), ("email", Some("anne@b.fr"))];

fn fact(page: &Page, label: &str) -> String {
    let labels = page.select(".facts dt");
    let at = labels.iter().position(|known| known == label);
    page.select(".facts dd").remove(at.unwrap_or_else(|| panic!("no {label} in {labels:?}")))
}

/// The link of a row of the type's page.
async fn field_path(charlie: &Client, path: &str, label: &str) -> String {
    let page = charlie.get(path).await;
    let at = page.select("tbody th a").iter().position(|known| known == label).unwrap();
    page.attributes("tbody th a", "href").remove(at)
}

both_backends!(
    a_type_with_every_kind_is_filled_in_shown_and_found,
    switching_a_type_off_and_on_loses_nothing_and_is_confirmed_first,
    another_type_and_back_again_loses_nothing,
    a_form_that_was_open_while_a_type_was_switched_loses_nothing,
    the_effects_of_a_changed_field_are_shown_first,
    types_and_fields_have_an_order_and_names_of_their_own,
    only_types_and_fields_without_values_are_deleted,
    the_form_of_a_field_shows_what_its_kind_asks_for_and_loses_nothing,
);

async fn a_type_with_every_kind_is_filled_in_shown_and_found(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_type(&charlie, "Prestataire", &EVERY_KIND).await;
    let form = alice.get("/contacts/new").await;
    assert!(form.select("[name^=custom_]").is_empty(), "no type, no fields");
    let mut typed = NAMED.to_vec();
    typed.push(("contact_type", Some("Prestataire")));
    typed.push(("city", Some("Lyon")));
    // The form has not shown the type's fields yet: they are shown before anything is saved, and nothing is lost.
    let shown = alice.submit(&form, "main form", &typed).await;
    assert_eq!(shown.status, 422);
    assert!(shown.errors()[0].starts_with("Les champs du type Prestataire sont affichés maintenant"));
    assert_eq!(shown.attributes("#city", "value"), ["Lyon"]);
    assert_eq!(
        shown.attributes("[name^=custom_]", "name"),
        [
            "custom_raison_sociale",
            "custom_remarques",
            "custom_n_siret",
            "custom_etiquettes",
            "custom_effectif",
            "custom_taux",
            "custom_depuis",
            "custom_rendez_vous",
            "custom_agree",
            "custom_niveau",
            "custom_fiche",
        ]
    );
    let missing = alice
        .submit(
            &shown,
            "main form",
            &[("custom_effectif", Some("douze")), ("custom_depuis", Some("31/02/2026"))],
        )
        .await;
    let errors = missing.errors();
    assert_eq!(errors[0], "Remplissez N° SIRET\u{A0}: ce type de contact le demande");
    assert!(errors[1].starts_with("Effectif\u{A0}:") && errors[2].starts_with("Depuis\u{A0}:"), "{errors:?}");
    assert_eq!(missing.attributes("#custom_effectif", "value"), ["douze"]);
    assert_eq!(missing.attributes("#custom_depuis", "value"), ["31/02/2026"]);
    assert_eq!(missing.attributes("#custom_depuis", "type"), ["text"], "a date control would not show it");
    let filled = [
        ("custom_raison_sociale", Some("Zola & fils")),
        ("custom_remarques", Some("un\r\ndeux")),
        ("custom_n_siret", Some("FR-732829320")),
        ("custom_etiquettes", Some("chaudière, Gaz\r\ngaz")),
        ("custom_effectif", Some("1 240")),
        ("custom_taux", Some("3,50")),
        ("custom_depuis", Some("30/06/2026")),
        ("custom_rendez_vous", Some("2026-06-30T09:41")),
        ("custom_agree", Some("on")),
        ("custom_niveau", Some("Argent")),
        ("custom_fiche", Some("https://a.fr/x")),
    ];
    let saved = alice.submit(&missing, "main form", &filled).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    let page = alice.follow(&saved).await;
    assert_eq!(fact(&page, "Type de contact"), "Prestataire");
    assert_eq!(fact(&page, "Étiquettes"), "chaudière Gaz");
    assert_eq!(fact(&page, "Effectif"), "1\u{202F}240");
    assert_eq!(fact(&page, "Taux"), "3,5");
    assert_eq!(fact(&page, "Depuis"), "30\u{A0}juin 2026");
    assert_eq!(fact(&page, "Rendez-vous"), "30\u{A0}juin 2026 à 9\u{A0}h\u{A0}41");
    assert_eq!(fact(&page, "Agréé"), "oui");
    assert_eq!(fact(&page, "Niveau"), "Argent");
    for (words, count) in [("732829320", 1), ("chaudiere", 1), ("gaz", 1), ("argent", 0), ("fils", 0)] {
        assert_eq!(
            alice.get(&format!("/contacts?q={words}")).await.select("tbody tr").len(),
            count,
            "{words}"
        );
    }
    let edit = alice.get(&format!("{}/edit", saved.location())).await;
    assert_eq!(
        edit.attributes("#custom_depuis", "value"),
        ["2026-06-30"],
        "as the browser's control wants it"
    );
    assert_eq!(alice.submit(&edit, "main form", &[]).await.status, 303);
    assert_eq!(alice.get(&saved.location()).await.select(".history > li").len(), 1);
}

async fn switching_a_type_off_and_on_loses_nothing_and_is_confirmed_first(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = add_type(&charlie, "Prestataire", &[("Code", "identifier", "", false)]).await;
    let form = alice.get("/contacts/new").await;
    let mut typed = NAMED.to_vec();
    typed.extend([("contact_type", Some("Prestataire")), ("custom_code", Some("zz42"))]);
    let saved = alice.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303);
    let found = async |expected: usize| {
        seen(&alice, "/contacts?q=zz42", |page| page.select("tbody tr").len() == expected).await;
    };
    found(1).await;
    let edit = charlie.get(&format!("{path}/edit")).await;
    let told = charlie.submit(&edit, "main form", &[("off", Some("on"))]).await;
    assert_eq!(told.status, 200);
    assert!(told.one("#effects li").starts_with("1 contact"), "{}", told.one("#effects li"));
    assert!(fact(&alice.get(&saved.location()).await, "Code").contains("zz42"), "nothing is done yet");
    assert_eq!(charlie.submit(&told, "main form", &[]).await.status, 303);
    let hidden = alice.get(&saved.location()).await;
    assert!(!hidden.data().contains("zz42"));
    found(0).await;
    // A save while the type is off keeps the type and its values.
    let edit_contact = alice.get(&format!("{}/edit", saved.location())).await;
    assert_eq!(alice.submit(&edit_contact, "main form", &[("city", Some("Lyon"))]).await.status, 303);
    assert!(alice.get("/contacts/new").await.select("#contact_type").is_empty(), "not offered to others");
    let edit = charlie.get(&format!("{path}/edit")).await;
    let told = charlie.submit(&edit, "main form", &[("off", None)]).await;
    assert_eq!(charlie.submit(&told, "main form", &[]).await.status, 303);
    assert!(fact(&alice.get(&saved.location()).await, "Code").contains("zz42"));
    found(1).await;
}

async fn another_type_and_back_again_loses_nothing(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_type(&charlie, "Prestataire", &[("Code", "text", "", false)]).await;
    add_type(&charlie, "Élu", &[("Mandat", "text", "", false)]).await;
    let form = alice.get("/contacts/new").await;
    let mut typed = NAMED.to_vec();
    typed.extend([("contact_type", Some("Prestataire")), ("custom_code", Some("zz42"))]);
    let path = alice.submit(&form, "main form", &typed).await.location();
    let edit = alice.get(&format!("{path}/edit")).await;
    let other = alice.submit(&edit, "main form", &[("contact_type", Some("Élu"))]).await;
    assert_eq!(other.attributes("[name^=custom_]", "name"), ["custom_mandat"]);
    assert_eq!(alice.submit(&other, "main form", &[("custom_mandat", Some("maire"))]).await.status, 303);
    let edit = alice.get(&format!("{path}/edit")).await;
    let back = alice
        .submit(&edit, "main form", &[("contact_type", Some("Prestataire")), ("step", Some("show_type"))])
        .await;
    assert_eq!(back.attributes("#custom_code", "value"), ["zz42"]);
    assert_eq!(alice.submit(&back, "main form", &[]).await.status, 303);
    assert!(fact(&alice.get(&path).await, "Code").contains("zz42"));
}

async fn a_form_that_was_open_while_a_type_was_switched_loses_nothing(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = add_type(&charlie, "Prestataire", &[("Code", "identifier", "", false)]).await;
    let form = alice.get("/contacts/new").await;
    let mut typed = NAMED.to_vec();
    typed.extend([("contact_type", Some("Prestataire")), ("custom_code", Some("zz42"))]);
    let contact = alice.submit(&form, "main form", &typed).await.location();
    let switch = async |off: Option<&'static str>| {
        let edit = charlie.get(&format!("{path}/edit")).await;
        let told = charlie.submit(&edit, "main form", &[("off", off)]).await;
        assert_eq!(charlie.submit(&told, "main form", &[]).await.status, 303);
    };
    let with_fields = alice.get(&format!("{contact}/edit")).await;
    switch(Some("on")).await;
    let told = alice.submit(&with_fields, "main form", &[("custom_code", Some("zz43"))]).await;
    assert!(told.errors()[0].contains("vient de retirer des champs"), "{:?}", told.errors());
    let without_fields = alice.get(&format!("{contact}/edit")).await;
    assert!(without_fields.select("[name^=custom_]").is_empty());
    switch(None).await;
    assert_eq!(alice.submit(&without_fields, "main form", &[("city", Some("Lyon"))]).await.status, 303);
    assert!(
        fact(&alice.get(&contact).await, "Code").contains("zz42"),
        "what was not to be seen is not emptied"
    );
}

async fn the_effects_of_a_changed_field_are_shown_first(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = add_type(
        &charlie,
        "Prestataire",
        &[("Niveau", "list", "Or\nArgent", false), ("Code", "text", "", false)],
    )
    .await;
    for (email, level) in [("a@b.fr", "Or"), ("c@d.fr", "Argent"), ("e@f.fr", "")] {
        let form = alice.get("/contacts/new").await;
        let typed = [
            ("first_name", Some("A")),
            ("last_name", Some("B")),
            ("email", Some(email)),
            ("contact_type", Some("Prestataire")),
            ("custom_niveau", Some(level)),
            ("custom_code", Some("x")),
        ];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    }
    let field = field_path(&charlie, &path, "Niveau").await;
    let edit = charlie.get(&field).await;
    assert!(edit.select("select[name=kind]").is_empty(), "the kind is fixed");
    let told = charlie
        .submit(&edit, "main form", &[("choices", Some("Argent\nBronze")), ("required", Some("on"))])
        .await;
    let effects = told.select("#effects li");
    assert_eq!(effects.len(), 2, "{effects:?}");
    assert!(
        effects[0].starts_with("1 contact n’a rien") && effects[1].starts_with("1 contact garde"),
        "{effects:?}"
    );
    assert_eq!(charlie.submit(&told, "main form", &[]).await.status, 303);
    let find = async |email: &str| {
        alice.get(&format!("/contacts?q={email}")).await.attributes("tbody th a", "href").remove(0)
    };
    let former = alice.get(&format!("{}/edit", find("a@b.fr").await)).await;
    assert!(former.one("#custom_niveau option[selected]").contains("n’est plus proposé"));
    assert_eq!(
        alice.submit(&former, "main form", &[("city", Some("Lyon"))]).await.status,
        303,
        "what stands may stay"
    );
    let empty = alice.get(&format!("{}/edit", find("e@f.fr").await)).await;
    let asked = alice.submit(&empty, "main form", &[]).await;
    assert_eq!(asked.errors(), ["Remplissez Niveau\u{A0}: ce type de contact le demande"]);
    let refused = alice.submit(&asked, "main form", &[("custom_niveau", Some("Or"))]).await;
    assert!(refused.errors()[0].contains("n’est pas proposé"));
    assert_eq!(alice.submit(&refused, "main form", &[("custom_niveau", Some("Bronze"))]).await.status, 303);
}

async fn types_and_fields_have_an_order_and_names_of_their_own(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_type(&charlie, "Un", &[("A", "text", "", false), ("B", "text", "", false)]).await;
    add_type(&charlie, "Deux", &[("A", "text", "", false)]).await;
    let keys: Vec<String> = app
        .db
        .read(|conn| Ok(fields::table.order(fields::id).select(fields::key).load(conn)?))
        .await
        .unwrap();
    assert_eq!(keys, ["a", "b", "a_2"], "keys are unique over all types");
    let list = charlie.get("/contact-types").await;
    assert_eq!(list.select("tbody th"), ["Un", "Deux"]);
    charlie.submit(&list, "tr:nth-child(2) form", &[("direction", Some("up"))]).await;
    assert_eq!(charlie.get("/contact-types").await.select("tbody th"), ["Deux", "Un"]);
    let page = charlie.get(&path).await;
    charlie.submit(&page, "tr:nth-child(1) form", &[("direction", Some("down"))]).await;
    assert_eq!(charlie.get(&path).await.select("tbody th a"), ["B", "A"]);
    let form = charlie.get("/contact-types/new").await;
    let taken = charlie.submit(&form, "main form", &[("name", Some("DEUX"))]).await;
    assert!(taken.errors()[0].contains("porte déjà ce nom"));
    let form = charlie.get(&format!("{path}/fields/new")).await;
    let taken = charlie.submit(&form, "main form", &[("label", Some("a"))]).await;
    assert!(taken.errors()[0].contains("déjà un champ de ce nom"));
    let empty = charlie.submit(&form, "main form", &[("label", Some("Liste")), ("kind", Some("list"))]).await;
    assert!(empty.errors()[0].contains("au moins un choix"));
    let many: String = (0..51).map(|number| format!("choix {number}\n")).collect();
    let refused = charlie
        .submit(
            &form,
            "main form",
            &[("label", Some("Liste")), ("kind", Some("list")), ("choices", Some(&many))],
        )
        .await;
    assert!(refused.errors()[0].contains("plus de 50"));
}

async fn only_types_and_fields_without_values_are_deleted(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path =
        add_type(&charlie, "Prestataire", &[("Code", "text", "", false), ("Vide", "text", "", false)]).await;
    let form = alice.get("/contacts/new").await;
    let mut typed = NAMED.to_vec();
    typed.extend([("contact_type", Some("Prestataire")), ("custom_code", Some("x"))]);
    alice.submit(&form, "main form", &typed).await;
    let links = charlie.get(&path).await.attributes("tbody td a", "href");
    let used = charlie.get(&links[0]).await;
    assert!(used.select("main form").is_empty());
    assert_eq!(charlie.post(&charlie.get("/contacts/new").await, &links[0], &[]).await.status, 422);
    let unused = charlie.get(&links[1]).await;
    assert_eq!(charlie.submit(&unused, "main form", &[]).await.status, 303);
    assert_eq!(charlie.get(&path).await.select("tbody th a"), ["Code"]);
    assert!(charlie.get(&format!("{path}/delete")).await.select("main form").is_empty());
}

async fn the_form_of_a_field_shows_what_its_kind_asks_for_and_loses_nothing(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_type(&charlie, "Prestataire", &[("Code", "text", "", false)]).await;
    let form = charlie.get(&format!("{path}/fields/new")).await;
    assert!(form.select("#choices").is_empty(), "a text has no choices");
    let typed = [("label", Some("Niveau")), ("kind", Some("list")), ("required", Some("on"))];
    let step = [typed[0], typed[1], typed[2], ("step", Some("kind"))];
    let list = charlie.submit(&form, "main form", &step).await;
    assert_eq!(list.status, 200, "nothing is saved or refused yet");
    assert_eq!(list.attributes("#label", "value"), ["Niveau"]);
    assert_eq!(list.attributes("#kind [selected]", "value"), ["list"]);
    assert_eq!(list.attributes("#required[checked]", "id"), ["required"]);
    assert_eq!(list.select("#choices").len(), 1);

    // Another kind and back again: the choices are still there.
    let date = [("kind", Some("date")), ("choices", Some("Or\r\nArgent")), ("step", Some("kind"))];
    let date = charlie.submit(&list, "main form", &date).await;
    assert!(date.select("textarea").is_empty());
    let back = charlie.submit(&date, "main form", &[("kind", Some("list")), ("step", Some("kind"))]).await;
    assert_eq!(back.one("#choices"), "Or Argent");
    assert_eq!(charlie.submit(&back, "main form", &[]).await.status, 303);

    // Without the step, the first save shows what is missing.
    let unasked =
        charlie.submit(&form, "main form", &[("label", Some("Rang")), ("kind", Some("list"))]).await;
    assert_eq!(unasked.status, 422);
    assert_eq!(unasked.attributes(".error-summary a", "href"), ["#choices"]);

    let shown = charlie.get(&path).await;
    assert!(!shown.body.contains("custom_"), "the names of controls are not for people");
    let field = field_path(&charlie, &path, "Code").await;
    let text = charlie.get(&field).await;
    assert!(text.select("#choices, [name=step]").is_empty());
}
