//! The main job in a real browser with JavaScript off, and by plain HTTP as a text browser goes.

use std::time::Duration;

use carnet::domain::Role;
use fantoccini::Locator;

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

both_backends! {
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
        assert_eq!(alice.text("h1").await, "Carnet d’adresses");
        alice.follow(".empty a[href='/imports/new']").await;
        alice.picture("import-form").await;
        alice.type_into("#name", "juin2026").await;
        alice.type_into("#file", file.path().to_str().unwrap()).await;
        alice.follow("main form .button.main").await;

        assert_eq!(alice.text("h1").await, "juin2026 : 2 lignes à corriger");
        assert_eq!(alice.text(".notice h2").await, "Rien n’a encore été écrit.");
        assert_eq!(alice.texts("#rejected ~ .card tbody th").await, ["3", "4"]);
        alice.picture("import-decision").await;
        alice.follow("form[action$=confirm] button").await;
        assert_eq!(alice.text("h1").await, "juin2026 : import terminé");

        alice.follow("main > .actions a").await;
        assert_eq!(alice.texts("tbody th a").await, ["Aubert, Élodie", "D’Ormesson, Jean-François", "Lefèvre, Hélène", "Nœud, Martin", "Œuvrard, Paul", "Wagner, Anne-Sophie"]);
        assert!(alice.browser.current_url().await.unwrap().as_str().ends_with("/contacts?import=juin2026"));
        alice.click("tbody tr:nth-child(3) input[name=transfer]").await;
        alice.click("tbody tr:nth-child(2) input[name=copy]").await;
        alice.follow(".bar button").await;
        assert_eq!(alice.text(".flash").await, "Statuts enregistrés : 2 contacts modifiés.");
        alice.picture("book").await;
        alice.follow(".foot button").await;
        alice.browser.close().await.unwrap();

        let bob = driver.person(&app).await;
        bob.sign_in("bob").await;
        let focused = bob.browser.active_element().await.unwrap();
        assert_eq!(focused.attr("id").await.unwrap().as_deref(), Some("q"), "the search field has the focus");
        focused.send_keys("lefevre hel\u{E007}").await.unwrap();
        // The key does not wait for the page that it asks for, as `follow` does.
        bob.browser.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(".chip.on")).await.unwrap();
        assert_eq!(bob.texts(".person h3").await, ["Hélène Lefèvre"]);
        assert_eq!(bob.text("a.phone").await, "01 10 20 30 40");
        assert_eq!(bob.texts(".person .tag").await, ["Expert", "Copie", "Transfert"]);
        assert!(bob.browser.find_all(Locator::Css("input[type=checkbox]")).await.unwrap().is_empty());
        bob.picture("find").await;
        bob.browser.close().await.unwrap();
    }

    async fn the_main_job_by_plain_http_as_a_text_browser_goes(app: TestApp) {
        let alice = app.coordinator().await;
        let page = alice.get("/contacts").await;
        assert_eq!(page.attributes(".empty a", "href")[0], "/imports/new");
        let waiting = alice.import("juin2026", LIST, false).await;
        let confirmed = alice.submit(&waiting, "form[action$=confirm]", &[]).await;
        let done = alice.follow(&confirmed).await;
        let book = alice.get(&done.attributes("main > .actions a", "href")[0]).await;
        let id = book.attributes("tbody tr:nth-child(3) input[name=transfer]", "value").remove(0);
        let saved = alice.submit(&book, "main form[method=post]", &[("transfer", Some(id.as_str()))]).await;
        assert_eq!(alice.follow(&saved).await.flash(), "Statuts enregistrés\u{A0}: 1 contact modifié.");
        let bob = app.agent().await;
        let form = bob.get("/contacts").await.form("form.search");
        let found = bob.get(&format!("{}?q=lefevre+hel", form.action)).await;
        assert_eq!(found.select(".person h3"), ["Hélène Lefèvre"]);
        assert_eq!(found.select(".person .tag"), ["Expert", "Copie", "Transfert"]);
    }
}
