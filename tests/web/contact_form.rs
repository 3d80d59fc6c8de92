//! The whole contact: every field of the form, errors, phones, and the page.

use crate::support::{Page, TestApp};

const WHOLE: [(&str, &str); 29] = [
    ("civility", "Mme"),
    ("first_name", "Hélène"),
    ("last_name", "Lefèvre"),
    ("title", "Directrice juridique"),
    ("service", "État civil"),
    ("expert", "on"),
    ("copy", "on"),
    ("transfer", "on"),
    ("email", "helene@mairie.example"),
    ("email_personal", "helene@perso.example"),
    ("email_other", "hl@asso.example"),
    ("phone_work", "01 10 20 30 40 poste 12"),
    ("phone_cell", "06 12 34 56 78"),
    ("sms_cell", "on"),
    ("phone_home", "+32 2 555 12 12"),
    ("phone_other", "3949"),
    ("sms_other", "on"),
    ("address", "12 rue Haute"),
    ("postal_code", "69001"),
    ("city", "Lyon"),
    ("state", "Rhône"),
    ("country", "FR"),
    ("external_url", "https://crm.exemple.fr/fiche?id=12&x=<y>"),
    ("social_x", "@helene"),
    ("social_facebook", "helene.lefevre"),
    ("social_line", "helene-line"),
    ("social_whatsapp", "+33 6 12 34 56 78"),
    ("social_instagram", "helene_l"),
    ("survey_opt_out", "on"),
];

fn typed() -> Vec<(&'static str, Option<&'static str>)> {
    WHOLE.map(|(name, value)| (name, Some(value))).into()
}

/// The values beside a label among the page's facts.
fn fact(page: &Page, label: &str) -> String {
    let labels = page.select(".facts dt");
    let at = labels.iter().position(|known| known == label);
    page.select(".facts dd").remove(at.unwrap_or_else(|| panic!("no {label} in {labels:?}")))
}

both_backends!(
    every_field_is_saved_shown_and_comes_back,
    wrong_values_are_reported_at_their_fields_and_kept,
    a_contact_without_email_can_be_an_expert,
    copie_is_left_off_where_there_is_no_email_and_the_page_says_so,
    the_enter_key_saves_whichever_button_comes_first,
    a_contact_that_was_deleted_meanwhile_can_still_be_saved,
    an_email_in_the_trash_leads_to_its_contact,
    going_back_and_typing_the_next_person_makes_another_contact,
    a_double_click_that_restores_is_one_and_texts_go_with_their_number,
    the_history_shows_who_changed_what,
    a_form_sent_after_the_session_has_ended_is_given_back_after_signing_in,
);

async fn every_field_is_saved_shown_and_comes_back(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.attributes("main form", "autocomplete"), ["off"]);
    for (id, kind, mode) in
        [("email", "email", "email"), ("phone_cell", "tel", "tel"), ("external_url", "url", "url")]
    {
        let selector = format!("#{id}");
        assert_eq!(form.attributes(&selector, "type"), [kind]);
        assert_eq!(form.attributes(&selector, "inputmode"), [mode]);
    }
    assert!(form.select("details[open]").is_empty(), "the rare fields are folded");
    let saved = alice.submit(&form, "main form", &typed()).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.one("h1"), "Hélène Lefèvre");
    assert_eq!(page.one("h1 ~ .lead"), "Directrice juridique · État civil");
    assert_eq!(page.select("h1 ~ .tags .status"), ["Expert", "Copie", "Transfert"]);
    assert_eq!(
        page.attributes("a.phone", "href"),
        ["tel:+33110203040;ext=12", "tel:+33612345678", "tel:+3225551212", "tel:3949"]
    );
    assert_eq!(fact(&page, "Téléphone mobile"), "06 12 34 56 78 SMS");
    assert_eq!(fact(&page, "Autre téléphone"), "3949 SMS", "a short number is a number");
    assert_eq!(fact(&page, "E-mail personnel"), "helene@perso.example");
    assert_eq!(
        fact(&page, "Adresse"),
        "12 rue Haute69001 LyonRhôneFRANCE",
        "in the order of a French envelope"
    );
    assert_eq!(fact(&page, "Fiche dans un autre système"), "crm.exemple.fr");
    assert_eq!(page.attributes("a[href^='https://crm']", "rel"), ["noopener noreferrer"]);
    let links = page.attributes(".facts a[rel]", "href");
    for link in [
        "https://x.com/helene",
        "https://www.facebook.com/helene.lefevre",
        "https://wa.me/33612345678",
        "https://www.instagram.com/helene_l",
    ] {
        assert!(links.iter().any(|known| known == link), "{link} in {links:?}");
    }
    assert_eq!(fact(&page, "LINE"), "helene-line");
    assert_eq!(fact(&page, "Enquêtes"), "Ne pas solliciter pour les enquêtes");

    let edit = alice.get(&format!("{}/edit", saved.location())).await;
    assert_eq!(edit.select("details[open]").len(), 4, "what holds something stands open");
    let fields = edit.form("main form").fields;
    for (name, value) in WHOLE {
        assert!(fields.iter().any(|(known, typed)| known == name && typed == value), "{name} in {fields:?}");
    }
    assert_eq!(alice.submit(&edit, "main form", &[]).await.status, 303);
    let page = alice.get(&saved.location()).await;
    assert_eq!(page.select(".history > li").len(), 1, "a save that changes nothing is no change");

    for words in [
        "directrice",
        "perso.example",
        "hl@asso",
        "01 10 20 30 40",
        "+33612345678",
        "0032 2 555 12 12",
        "3949",
        "5678",
    ] {
        let url = format!("/contacts?q={}", words.replace('+', "%2B").replace(' ', "+"));
        assert_eq!(alice.get(&url).await.select("tbody th a"), ["Lefèvre, Hélène"], "{words}");
    }
}

async fn wrong_values_are_reported_at_their_fields_and_kept(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let wrong = [
        ("first_name", Some("A")),
        ("last_name", Some("B")),
        ("email", Some("a@b.fr")),
        ("title", Some("x\u{7}y")),
        ("email_personal", Some("pas une adresse")),
        ("phone_home", Some("poste 12")),
        ("country", Some("XX")),
        ("external_url", Some("javascript:alert(1)")),
        ("organization", Some("Nulle part")),
    ];
    let answer = alice.submit(&form, "main form", &wrong).await;
    assert_eq!(answer.status, 422);
    let errors = answer.errors();
    assert_eq!(errors.len(), 6, "{errors:?}");
    assert!(errors[0].starts_with("Fonction\u{A0}: un caractère de contrôle"));
    assert!(errors[1].starts_with("Cette organisation n’est pas encore dans le carnet"));
    assert!(errors[3].starts_with("Téléphone du domicile\u{A0}: un numéro de poste seul"), "{errors:?}");
    assert_eq!(answer.select(".field-error"), errors);
    assert_eq!(answer.attributes("#external_url", "value"), ["javascript:alert(1)"]);
    assert_eq!(answer.attributes("#phone_home", "aria-invalid"), ["true"]);
    assert_eq!(answer.select("details[open]").len(), 3, "no error is folded away");
    assert!(alice.get("/contacts").await.select("tbody tr").is_empty());
}

async fn a_contact_without_email_can_be_an_expert(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert!(form.body.contains("Copie et Transfert nécessitent un e-mail professionnel"));
    let saved = alice
        .submit(&form, "main form", &[("first_name", Some("A")), ("last_name", Some("B")), ("copy", None)])
        .await;
    assert_eq!(alice.follow(&saved).await.select("h1 ~ .tags .status"), ["Expert"]);
}

async fn copie_is_left_off_where_there_is_no_email_and_the_page_says_so(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.select("#copy[checked]").len(), 1, "ticked at first");
    let names = [("first_name", Some("A")), ("last_name", Some("B"))];
    let saved = alice.submit(&form, "main form", &names).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    let page = alice.follow(&saved).await;
    assert_eq!(page.flash(), "Contact ajouté, sans le statut Copie, qui nécessite un e-mail professionnel.");
    assert_eq!(page.select("p.tags .status"), ["Expert"]);
    // Sent twice, it is the same contact, and nothing else is said with an e-mail or without the tick.
    assert_eq!(alice.submit(&form, "main form", &names).await.location(), saved.location());
    for more in [("email", Some("a@b.fr")), ("copy", None)] {
        let form = alice.get("/contacts/new").await;
        let saved = alice.submit(&form, "main form", &[names[0], names[1], more]).await;
        assert_eq!(alice.follow(&saved).await.flash(), "Contact ajouté.");
    }
    // Transfert was ticked on purpose. The tick of Copie is still there when the form comes back.
    let form = alice.get("/contacts/new").await;
    let told = alice.submit(&form, "main form", &[names[0], names[1], ("transfer", Some("on"))]).await;
    assert_eq!(told.status, 422);
    assert_eq!(told.attributes(".error-summary a", "href"), ["#email"]);
    assert_eq!(told.select("#copy[checked]").len(), 1);
    // Taking the e-mail from a contact that is Copie needs a word on the status.
    let path = alice.get("/contacts?q=a@b.fr").await.attributes("tbody th a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("email", Some(""))]).await.status, 422);
}

async fn the_enter_key_saves_whichever_button_comes_first(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.select("main form button")[0], "Enregistrer");
    assert_eq!(form.attributes("main form button", "name"), ["step"], "and has no name of its own");
}

async fn a_contact_that_was_deleted_meanwhile_can_still_be_saved(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,Voirie,,,\n", false).await;
    let path = alice.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let told = alice.submit(&edit, "main form", &[("city", Some("Lyon"))]).await;
    assert_eq!(told.status, 422);
    assert!(told.errors()[0].contains("Quelqu’un a supprimé ce contact"));
    assert_eq!(told.attributes("#city", "value"), ["Lyon"]);
    assert!(alice.get("/contacts").await.select("tbody tr").is_empty(), "nothing is written yet");
    let saved = alice.submit(&told, "main form", &[]).await;
    assert_eq!(alice.follow(&saved).await.flash(), "Contact enregistré.");
    assert_eq!(alice.get("/contacts?city=Lyon").await.select("tbody tr").len(), 1);
}

async fn an_email_in_the_trash_leads_to_its_contact(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,,,,\nM.,C,D,c@d.fr,,,Lyon,\n", false).await;
    let paths = alice.get("/contacts").await.attributes("tbody th a", "href");
    let ask = alice.get(&format!("{}/delete", paths[0])).await;
    alice.submit(&ask, "main form", &[]).await;
    let edit = alice.get(&format!("{}/edit", paths[1])).await;
    let told = alice.submit(&edit, "main form", &[("email", Some("A@b.fr"))]).await;
    assert!(told.errors()[0].contains("dans la corbeille"));
    assert_eq!(told.attributes("fieldset a[href^='/contacts/']", "href"), [paths[0].clone()]);
    // A new contact with that e-mail restores the deleted one, with its old values for the fields left empty.
    let form = alice.get("/contacts/new").await;
    let back = alice
        .submit(
            &form,
            "main form",
            &[("first_name", Some("Zoé")), ("last_name", Some("B")), ("email", Some("a@b.fr"))],
        )
        .await;
    assert_eq!(back.location(), paths[0]);
    assert!(alice.follow(&back).await.flash().contains("est restauré"));
}

async fn going_back_and_typing_the_next_person_makes_another_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let anne = [("first_name", Some("Anne")), ("last_name", Some("A")), ("copy", None)];
    let zoe = [("first_name", Some("Zoé")), ("last_name", Some("Z")), ("copy", None)];
    let first = alice.submit(&form, "main form", &anne).await;
    let second = alice.submit(&form, "main form", &zoe).await;
    assert_ne!(first.location(), second.location());
    assert_eq!(alice.follow(&second).await.one("h1"), "Zoé Z");
    let page = alice.get(&first.location()).await;
    for text in ["Une note", "Une autre"] {
        alice.submit(&page, "#notes form", &[("note", Some(text))]).await;
    }
    assert_eq!(alice.get(&first.location()).await.select(".note").len(), 2);
}

async fn a_double_click_that_restores_is_one_and_texts_go_with_their_number(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let with_texts = [
        ("first_name", Some("A")),
        ("last_name", Some("B")),
        ("email", Some("a@b.fr")),
        ("phone_cell", Some("0612345678")),
        ("sms_cell", Some("on")),
        ("city", Some("Lyon")),
    ];
    let path = alice.submit(&form, "main form", &with_texts).await.location();
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let form = alice.get("/contacts/new").await;
    let again = [
        ("first_name", Some("A")),
        ("last_name", Some("B")),
        ("email", Some("a@b.fr")),
        ("phone_cell", Some("0699999999")),
    ];
    for _ in 0..2 {
        let back = alice.submit(&form, "main form", &again).await;
        assert_eq!((back.status, back.location()), (303, path.clone()));
    }
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(edit.attributes("#city", "value"), ["Lyon"], "what it had is there");
    assert!(edit.select("#sms_cell[checked]").is_empty(), "nobody said that the new number takes messages");
}

async fn the_history_shows_who_changed_what(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("juin", "M.,A,B,a@b.fr,Voirie,,,\n", false).await;
    let path = alice.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    assert!(alice.get(&path).await.body.contains("Ajouté par l’import juin le"));
    let edit = alice.get(&format!("{path}/edit")).await;
    alice
        .submit(
            &edit,
            "main form",
            &[("service", Some("Urbanisme")), ("transfer", Some("on")), ("country", Some("BE"))],
        )
        .await;
    alice.import("juillet", "M.,A,B,a@b.fr,Archives,,,Lyon\n", false).await;
    let list = alice.get("/contacts").await;
    let id = path.rsplit_once('/').unwrap().1;
    alice
        .post(&list, "/contacts/statuses", &[("shown", &format!("{id}:ect")), ("copy", id), ("transfer", id)])
        .await;
    let page = app.agent().await.get(&path).await;
    let told: Vec<String> = page.select(".history > li").into_iter().collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("alice"), "{told:?}");
    assert_eq!(page.select(".history > li:nth-child(1) dt"), ["Expert"]);
    assert_eq!(page.select(".history > li:nth-child(1) del"), ["oui"]);
    assert_eq!(page.select(".history > li:nth-child(1) ins"), ["non"]);
    assert!(told[1].contains("import juillet"), "{told:?}");
    assert_eq!(page.select(".history > li:nth-child(2) dt"), ["Service", "Ville"]);
    assert_eq!(page.select(".history > li:nth-child(2) del"), ["Urbanisme", "–"]);
    assert_eq!(page.select(".history > li:nth-child(2) ins"), ["Archives", "Lyon"]);
    assert_eq!(page.select(".history > li:nth-child(3) ins"), ["Urbanisme", "oui", "Belgique"]);
    assert_eq!(alice.get(&format!("{path}/history")).await.select(".history > li").len(), 3);
}

async fn a_form_sent_after_the_session_has_ended_is_given_back_after_signing_in(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let ended = alice.submit(&alice.get("/contacts").await, ".who form", &[]).await;
    assert_eq!(ended.status, 303);
    let asked = alice.submit(&form, "main form", &typed()).await;
    assert_eq!(asked.status, 422);
    assert_eq!(asked.one("#interrupted"), "Votre session a pris fin");
    let wrong =
        alice.submit(&asked, "main form", &[("username", Some("alice")), ("password", Some("faux"))]).await;
    let back = alice
        .submit(
            &wrong,
            "main form",
            &[("username", Some("alice")), ("password", Some(crate::support::PASSWORD))],
        )
        .await;
    assert_eq!(back.one("h1"), "Votre session est de nouveau ouverte");
    assert!(
        alice.get("/contacts").await.select("tbody tr").is_empty(),
        "nothing is saved before the button is pressed"
    );
    let saved = alice.submit(&back, "main form", &[]).await;
    assert_eq!(alice.follow(&saved).await.one("h1"), "Hélène Lefèvre");
    // A form that was not sent from one of our pages leads to the sign-in page like any other request.
    let stranger = app.stranger();
    let bare =
        stranger.raw(reqwest::Method::POST, "/contacts").form(&[("first_name", "x")]).send().await.unwrap();
    assert_eq!(bare.status(), 303);
    // A deletion is not carried out after signing in: the sign-in button says something else, so the page asks again.
    let path = saved.location();
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&alice.get("/contacts").await, ".who form", &[]).await;
    assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    alice.sign_in("alice", crate::support::PASSWORD).await;
    // A password is never written into a page.
    let account = alice.get("/account").await;
    alice.submit(&account, ".who form", &[]).await;
    let changed =
        alice.submit(&account, "form[action$=password]", &[("password", Some("tout nouveau secret"))]).await;
    assert_eq!(changed.status, 303);
}
