//! The most important tasks in a real browser without JavaScript, and by plain HTTP as a text browser works.

use std::time::Duration;

use carnet::domain::Role;
use fantoccini::Locator;
use serde_json::json;

use crate::support::{Driver, TestApp, left_out};

const LIST: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n\
    Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
    M.,Marc,Beaulieu,marc.beaulieu@regie.example,Contentieux,01 02 03 04 05,,Évry\n\
    Mme,Inès,Garnier,ines.garnier@metropole.example,Urbanisme,0472103030,\"4, quai du Port\",Lyon\n\
    M.,Jean-François,D’Ormesson,jf.dormesson@regie.example,Affaires juridiques,0033110203041,,L’Haÿ-les-Roses\n\
    Mme,Élodie,Aubert,elodie.aubert@mairie.example,Accueil téléphonique,0144556677,,Paris\n\
    M.,Martin,Nœud,martin.noeud@mairie.example,Voirie,0299123456,,Rennes\n\
    M.,Paul,Œuvrard,paul.oeuvrard@regie.example,Contentieux,0380445566,,Dijon\n\
    Mlle,Anne-Sophie,Wagner,as.wagner@regie.example,Relation client,0612345678,,Strasbourg\n";

both_backends!(
    the_main_job_in_chromium_without_javascript,
    a_whole_contact_is_added_in_chromium_without_javascript,
    the_main_job_by_plain_http_as_in_a_text_browser,
);

async fn the_main_job_in_chromium_without_javascript(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    app.add_account("alice", Role::Coordinator).await;
    app.add_account("bob", Role::Agent).await;
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), LIST).unwrap();
    let alice = driver.person(&app).await;

    alice.sign_in("alice").await;
    assert_eq!(alice.text("h1").await, "Contacts");
    alice.follow(".empty a[href='/imports/new']").await;
    alice.picture("import-form").await;
    alice.type_into("#name", "juin2026").await;
    alice.type_into("#file", file.path().to_str().unwrap()).await;
    alice.follow("main form .button.main").await;

    assert_eq!(alice.text("h1").await, "juin2026 : à vérifier");
    assert_eq!(alice.text(".notice h2").await, "Rien n’a encore été écrit.");
    assert_eq!(alice.texts("#rejected ~ .card tbody th").await, ["Téléphone", "Ligne entière"]);
    alice.picture("import-decision").await;
    alice.follow("form[action$=confirm] button").await;
    assert_eq!(alice.text("h1").await, "juin2026 : import terminé");

    alice.follow(".verdict .actions a").await;
    assert_eq!(
        alice.texts("tbody th a").await,
        [
            "Aubert, Élodie",
            "D’Ormesson, Jean-François",
            "Lefèvre, Hélène",
            "Nœud, Martin",
            "Œuvrard, Paul",
            "Wagner, Anne-Sophie"
        ]
    );
    assert!(alice.browser.current_url().await.unwrap().as_str().ends_with("/contacts?import=juin2026"));
    alice.click("tbody tr:nth-child(3) input[name=transfer]").await;
    alice.click("tbody tr:nth-child(2) input[name=copy]").await;
    alice.follow(".bar button").await;
    assert_eq!(alice.text(".flash").await, "Statuts enregistrés : 2 contacts modifiés.");
    alice.picture("book").await;
    alice.click(".who summary").await;
    alice.follow(".who form button").await;
    alice.browser.close().await.unwrap();

    let bob = driver.person(&app).await;
    bob.sign_in("bob").await;
    let focused = bob.browser.active_element().await.unwrap();
    assert_eq!(focused.attr("id").await.unwrap().as_deref(), Some("q"), "the search field has the focus");
    focused.send_keys("lefevre hel\u{E007}").await.unwrap();
    // Unlike `follow`, pressing the key does not wait for the next page.
    bob.browser.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(".chip.on")).await.unwrap();
    assert_eq!(bob.texts(".person h2").await, ["Hélène Lefèvre"]);
    assert_eq!(bob.text("a.phone").await, "01 10 20 30 40");
    assert_eq!(bob.texts(".person .status").await, ["Expert", "Copie", "Transfert"]);
    assert_eq!(
        bob.browser.find_all(Locator::Css("input[type=checkbox]")).await.unwrap().len(),
        1,
        "to tick the recipients of a message"
    );
    bob.picture("find").await;
    bob.browser.close().await.unwrap();
}

async fn a_whole_contact_is_added_in_chromium_without_javascript(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let charlie = app.administrator().await;
    let form = charlie.get("/contact-types/new").await;
    let of = charlie.submit(&form, "main form", &[("name", Some("Prestataire"))]).await.location();
    let form = charlie.get(&format!("{of}/fields/new")).await;
    charlie.submit(&form, "main form", &[("label", Some("N° SIRET")), ("kind", Some("identifier"))]).await;
    app.add_account("alice", Role::Coordinator).await;
    let alice = driver.person(&app).await;
    alice.sign_in("alice").await;
    // All of the form in sight: the driver clicks where the bar with the button might be.
    let size = json!({"width": 1280, "height": 2400, "deviceScaleFactor": 1, "mobile": false});
    alice.chromium("Emulation.setDeviceMetricsOverride", size).await;
    alice.open("/contacts").await;
    alice.follow(".list-head a[href='/contacts/new']").await;
    alice.picture("contact-form").await;
    alice.type_into("#first_name", "Hélène").await;
    alice.type_into("#last_name", "Lefèvre").await;
    alice.type_into("#title", "Directrice juridique").await;

    // The organization does not exist yet: it is added first, then the half-filled form comes back.
    alice.type_into("#organization", "Mairie de Lyon").await;
    alice.follow("button[value=find_organization]").await;
    assert!(alice.text("#organization ~ .hint, p[role=status]").await.contains("nom"));
    alice.follow("button[value=add_organization]").await;
    assert_eq!(alice.text("h1").await, "Ajouter une organisation");
    alice.follow("main form .button.main").await;
    assert_eq!(alice.text("h1").await, "Ajouter un contact");
    let organization = alice.browser.find(Locator::Css("#organization")).await.unwrap();
    assert_eq!(organization.prop("value").await.unwrap().as_deref(), Some("Mairie de Lyon"));
    let title = alice.browser.find(Locator::Css("#title")).await.unwrap();
    assert_eq!(title.prop("value").await.unwrap().as_deref(), Some("Directrice juridique"));

    alice.type_into("#email", "helene.lefevre@mairie.example").await;
    for part in 1..=4 {
        alice.click(&format!(".sections details:nth-of-type({part}) summary")).await;
    }
    alice.type_into("#email_personal", "helene@perso.example").await;
    alice.type_into("#email_other", "helene@asso.example").await;
    alice.type_into("#phone_work", "01 10 20 30 40 poste 12").await;
    alice.type_into("#phone_cell", "+870 773 111 632").await;
    alice.click("#sms_cell").await;
    alice.type_into("#phone_home", "poste 12").await;
    alice.type_into("#external_url", "crm.exemple.fr").await;
    alice.type_into("#social_x", "@helene").await;
    alice.type_into("#address", "12 rue Haute").await;
    alice.type_into("#postal_code", "69001").await;
    alice.type_into("#city", "Lyon").await;
    alice.click("#survey_opt_out").await;
    alice.click(".sections details:nth-of-type(5) summary").await;
    alice.click("#contact_type option[value=Prestataire]").await;
    alice.follow("button[value=show_type]").await;
    alice.type_into("#custom_n_siret", "732 829 320").await;
    alice.follow("main form .button.main").await;

    assert_eq!(alice.texts(".error-summary li").await.len(), 2);
    let focused = alice.browser.active_element().await.unwrap();
    assert_eq!(
        focused.attr("class").await.unwrap().as_deref(),
        Some("error-summary"),
        "the summary has the focus"
    );
    alice.picture("contact-error").await;
    for (id, text) in
        [("#phone_home", "04 72 10 30 30"), ("#external_url", "https://crm.exemple.fr/fiche/12")]
    {
        alice.browser.find(Locator::Css(id)).await.unwrap().clear().await.unwrap();
        alice.type_into(id, text).await;
    }
    // The Enter key saves, although other buttons precede the one at the end.
    alice.type_into("#title", "\u{E007}").await;
    alice.browser.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(".flash")).await.unwrap();
    assert_eq!(alice.text(".flash").await, "Contact ajouté.");
    assert_eq!(alice.text("h1").await, "Hélène Lefèvre");
    assert_eq!(
        alice.texts(".facts a.phone").await,
        ["01 10 20 30 40 poste 12", "+870 773 111 632", "04 72 10 30 30"]
    );
    alice.click(".add-note summary").await;
    alice.type_into("#note", "Rappelle plutôt le matin.").await;
    alice.follow("#notes button").await;
    assert!(alice.text(".note").await.contains("Rappelle plutôt le matin."));
    alice.open("/contacts?q=mairie+lyon").await;
    alice.follow("tbody th a").await;
    alice.picture("contact").await;
    alice.browser.close().await.unwrap();
}

async fn the_main_job_by_plain_http_as_in_a_text_browser(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.get("/contacts").await;
    assert_eq!(page.attributes(".empty a", "href")[0], "/imports/new");
    let waiting = alice.import("juin2026", LIST, false).await;
    let confirmed = alice.submit(&waiting, "form[action$=confirm]", &[]).await;
    let done = alice.at_rest(&confirmed.location()).await;
    let book = alice.get(&done.attributes(".verdict .actions a", "href")[0]).await;
    let id = book.attributes("tbody tr:nth-child(3) input[name=transfer]", "value").remove(0);
    let saved = alice.submit(&book, "main form[method=post]", &[("transfer", Some(id.as_str()))]).await;
    assert_eq!(alice.follow(&saved).await.flash(), "Statuts enregistrés\u{A0}: 1 contact modifié.");
    let bob = app.agent().await;
    let form = bob.get("/contacts").await.form("form.search");
    let found = bob.get(&format!("{}?q=lefevre+hel", form.action)).await;
    assert_eq!(found.select(".person h2"), ["Hélène Lefèvre"]);
    assert_eq!(found.select(".person .status"), ["Expert", "Copie", "Transfert"]);
}
