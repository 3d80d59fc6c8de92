//! A book with something of everything.

use carnet::domain::Role;
use sha2::{Digest as _, Sha256};

use super::visits::RECOVERY_CODE;
use crate::support::external_ids::{add_source, set_ids};
use crate::support::lists::imported;
use crate::support::{Client, TestApp, person};

/// A list of more than one page with rejected and superseded lines, and an import in each state.
pub async fn fill(app: &TestApp) {
    use carnet::db::schema::imports;
    use diesel::connection::SimpleConnection as _;
    use diesel::prelude::*;
    let alice = app.coordinator().await;
    let others: String =
        (0..55).map(|index| format!("M.,Paul,Zola {index},paul{index}@regie.example,Voirie,,,\n")).collect();
    let list = format!(
        "Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
         Dr,A,B,,Voirie,01 02 03 04 05,,\n{others}M.,Paul,Zola,paul0@regie.example,Voirie,,,\n"
    );
    let form = alice.get("/contacts/new").await;
    let fields = [("civility", "M."), ("first_name", "Sans"), ("last_name", "Coordonnée")];
    alice.post(&form, "/contacts", &fields).await;
    let new = alice.get("/organizations/new").await;
    let regie = [
        ("name", "Régie des eaux"),
        ("industry", "Eau potable"),
        ("website", "https://eaux.example/"),
        ("phone", "0110203040"),
        ("address", "12 quai du Port"),
        ("city", "Lyon"),
        ("country", "FR"),
        ("notes", "Fermée le lundi."),
    ];
    alice.post(&new, "/organizations", &regie).await;
    let mairie = [("name", "Mairie")];
    alice.post(&new, "/organizations", &mairie).await;
    let fields = [
        ("first_name", "Inès"),
        ("last_name", "Régisseuse"),
        ("phone_work", "0110203041"),
        ("organization", "regie des eaux"),
    ];
    let form = alice.get("/contacts/new").await;
    alice.post(&form, "/contacts", &fields).await;
    alice.import("juin2026", list.clone(), true).await;
    fill_in_the_whole_contact(app, &alice).await;
    // More contacts than a workbook takes, by their number alone.
    let crowded = "INSERT INTO book_counts (kind, value_key, n) VALUES ('city', 'crowded', 100001)";
    app.db.write(move |conn| Ok(conn.batch_execute(crowded)?)).await.unwrap();
    alice.import("juillet2026", list.clone(), false).await;
    let changed = list.replace("Voirie", "Eau").replace("État civil", "");
    let new = "M.,Tout,Nouveau,nouveau@regie.example,Voirie,0110203042,,Lyon\n";
    alice.preview("aperçu", format!("{changed}{new}")).await;
    let moved = list.lines().take(3).collect::<Vec<_>>().join("\n").replace("Lyon", "Bron");
    alice.import("changé", moved, true).await;
    let waiting = alice.import("annulé", list, false).await;
    alice.submit(&waiting, "form[action$=cancel]", &[]).await;
    keep_a_profile(&alice).await;
    let handed_on = "E-mail;Prénom;Nom\nhelene.lefevre@mairie.example;Zoé;Lambert\n";
    imported(&alice, "douteux", handed_on, &[]).await;
    alice.import("refusé", ",,\n,,\n", false).await;
    alice.import("sans-fichier", "Dr,,,,,,,\nM.,A,B,a@b.fr,,,,\n", true).await;
    app.db
        .write(|conn| {
            use carnet::db::schema::import_files;
            let own = imports::table.filter(imports::name.eq("sans-fichier")).select(imports::file_id);
            diesel::update(import_files::table.filter(import_files::id.eq_any(own)))
                .set(import_files::dropped_at.eq(carnet::base::clock::now()))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    // Its check finds far down that it is not UTF-8, and offers to read it.
    let mut latin = "M.,Paul,Zola,paul@regie.example,,,,\n".repeat(3_000).into_bytes();
    latin.extend_from_slice(b"M.,In\xE8s,Zola,ines@regie.example,,,,\n");
    alice.import("Points", latin, false).await;
    alice.import("points", "M.,Inès,Zola,ines@regie.example,,,,\n", false).await;
    let telephones = "M.,Inès,Zola,ines@regie.example,Voirie,01 02 03 04 05,,\n";
    alice.import("téléphones", telephones, false).await;
    let zeros = "M.,Inès,Zola,ines@regie.example,Voirie,102030405,,\n";
    alice.import("zéros", zeros, false).await;
    for state in ["checking", "applying"] {
        alice.import(state, "M.,A,B,a@b.fr,,,,\n", false).await;
        app.db
            .write(move |conn| {
                let half = (imports::lines.eq(400), imports::cursor_line.eq(168));
                diesel::update(imports::table.filter(imports::name.eq(state)))
                    .set((imports::state.eq(state), half))
                    .execute(conn)?;
                Ok(())
            })
            .await
            .unwrap();
    }
    fill_in_what_is_undone(app, &alice).await;
    fill_in_second_factors(app).await;
}

/// Dora has a second factor, asked when she signs in. The agent's factor has no key, and only the account's pages ask for it.
async fn fill_in_second_factors(app: &TestApp) {
    use carnet::db::schema::{accounts, recovery_codes};
    use diesel::prelude::*;
    app.add_account("dora", Role::Agent).await;
    app.add_account(person(Role::Agent), Role::Agent).await;
    app.db
        .write(|conn| {
            let of = |name| accounts::table.filter(accounts::username.eq(name));
            let since = accounts::totp_since.eq(carnet::base::clock::now());
            diesel::update(of("dora"))
                .set((since, accounts::totp_key.eq("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")))
                .execute(conn)?;
            let agent: i64 = diesel::update(of(person(Role::Agent)))
                .set(since)
                .returning(accounts::id)
                .get_result(conn)?;
            let plain = RECOVERY_CODE.replace('-', "");
            let hash = carnet::base::random::hex(&Sha256::digest(plain.as_bytes()));
            diesel::insert_into(recovery_codes::table)
                .values((recovery_codes::account_id.eq(agent), recovery_codes::code_hash.eq(hash)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// One import that was undone except for one edited contact, and one that is being undone.
async fn fill_in_what_is_undone(app: &TestApp, alice: &Client) {
    use carnet::db::schema::{import_undos, imports};
    use diesel::prelude::*;
    let list = "Mme,Élodie,Vanier,elodie@regie.example,Voirie,,,Lyon\nM.,Luc,Vanier,luc@regie.example,,,,\n";
    alice.import("undone", list, false).await;
    let found = alice.get("/contacts?q=elodie").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let form = alice.get(&format!("{path}/edit")).await;
    let typed = [("city", Some("Dijon"))];
    alice.submit(&form, "main form", &typed).await;
    crate::support::undo::undo(alice, "undone").await;
    alice.import("undoing", list, false).await;
    app.db
        .write(|conn| {
            let id: i64 =
                imports::table.filter(imports::name.eq("undoing")).select(imports::id).first(conn)?;
            let row = (
                import_undos::import_id.eq(id),
                import_undos::done.eq(1),
                import_undos::created_at.eq(carnet::base::clock::now()),
            );
            diesel::insert_into(import_undos::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Hélène with everything that a contact can have.
async fn fill_in_the_whole_contact(app: &TestApp, alice: &Client) {
    let charlie = app.administrator().await;
    let form = charlie.get("/contact-types/new").await;
    let name = [("name", Some("Prestataire"))];
    let path = charlie.submit(&form, "main form", &name).await.location();
    for (label, kind) in [
        ("Siret", "identifier"),
        ("Remarques", "text_area"),
        ("Étiquettes", "tag"),
        ("Depuis", "date"),
        ("Rendez-vous", "date_time"),
        ("Agréé", "check_box"),
        ("Niveau", "list"),
        ("Fiche", "url"),
    ] {
        let form = charlie.get(&format!("{path}/fields/new")).await;
        let typed = [
            ("label", Some(label)),
            ("kind", Some(kind)),
            ("choices", Some("Or\nArgent")),
            ("required", (label == "Siret").then_some("on")),
        ];
        charlie.submit(&form, "main form", &typed).await;
    }
    let found = alice.get("/contacts?q=helene").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    let typed = [
        ("title", "Directrice"),
        ("email_personal", "helene@perso.example"),
        ("phone_cell", "+32 2 555 12 12"),
        ("sms_cell", "on"),
        ("phone_home", "3949"),
        ("postal_code", "69001"),
        ("country", "FR"),
        ("external_url", "https://crm.exemple.fr/fiche?id=1&x=2"),
        ("social_x", "@helene"),
        ("survey_opt_out", "on"),
        ("contact_type", "Prestataire"),
        ("custom_siret", "732 829 320"),
        ("custom_remarques", "une\ndeux"),
        ("custom_etiquettes", "gaz\neau"),
        ("custom_depuis", "2026-06-30"),
        ("custom_rendez_vous", "2026-06-30T09:41"),
        ("custom_agree", "on"),
        ("custom_niveau", "Or"),
        ("custom_fiche", "https://a.fr"),
    ];
    let saved = alice.submit(&edit, "main form", &typed.map(|(name, value)| (name, Some(value)))).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    add_a_webhook(&charlie).await;
    add_source(&charlie, "SAP-RH").await;
    add_source(&charlie, "Référentiel").await;
    set_ids(alice, &path, &[("SAP-RH", "A-12"), ("Référentiel", "<é>")]).await;
    fill_in_what_stands_beside(app, alice, &path).await;
    let page = alice.get(&path).await;
    alice.submit(&page, "#notes form", &[("note", Some("Rappelle le matin.\nPas le mercredi."))]).await;
}

/// An absence, Hélène's expertise, a contact not verified for years, and an agent with favourites.
async fn fill_in_what_stands_beside(app: &TestApp, alice: &Client, path: &str) {
    use carnet::db::schema::contacts;
    use diesel::prelude::*;
    let form = alice.get(&format!("{path}/expertise")).await;
    let typed = [("topics", Some("Naturalisation, livret de famille")), ("languages", Some("arabe"))];
    alice.submit(&form, "main form", &typed).await;
    let form = alice.get(&format!("{path}/absence")).await;
    let today = carnet::base::clock::today().to_string();
    let typed = [
        ("absent_from", Some(today.as_str())),
        ("absent_until", Some("2100-01-01")),
        ("substitute", Some("ines regisseuse")),
    ];
    let saved = alice.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    let bob = app.agent().await;
    let page = bob.get(path).await;
    bob.submit(&page, "form[action$=favourite]", &[("favourite", Some("on"))]).await;
    for text in ["Elle ne travaille plus le mercredi.", "Le poste 4512 ne répond pas."] {
        let page = bob.get(path).await;
        bob.submit(&page, "#reports form", &[("report", Some(text))]).await;
    }
    app.db
        .write(|conn| {
            let old = carnet::base::clock::now() - chrono::TimeDelta::days(900);
            diesel::update(contacts::table.filter(contacts::last_name.like("Zola 1%")))
                .set(contacts::created_at.eq(old))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// A webhook that calls nobody.
async fn add_a_webhook(charlie: &Client) {
    let page = charlie.get("/webhooks").await;
    let made = charlie.submit(&page, "main form", &[("url", Some("https://outil.example.org/carnet"))]).await;
    let stop = made.attributes("form[action$='/stop']", "action").remove(0);
    assert_eq!(charlie.post(&made, &stop, &[]).await.status, 303);
}

/// Keeps the columns of a list as a profile, whose bound it passes, and uploads another list, whose columns nobody has chosen.
async fn keep_a_profile(alice: &Client) {
    let rows: String = (0..12).map(|n| format!("Zola {n};Paul;paul{n}@regie.example;Lyon\n")).collect();
    let list = format!("Nom;Prénom;E-mail;Ville\n{rows}");
    let answer = alice.upload("mensuel2026", list.clone(), false).await;
    let page = alice.get(&answer.location()).await;
    alice.submit(&page, "form.mapping", &[("profile_name", Some("Mensuel"))]).await;
    alice.upload("colonnes", list.replace("Ville", "Commune"), false).await;
}

/// The paths that have an id, by the name of their row in a list.
pub async fn places(app: &TestApp) -> Vec<(String, String)> {
    let charlie = app.administrator().await;
    let mut places = Vec::new();
    for (list, name, link) in [
        ("/contacts", "tbody th a", "tbody th a"),
        ("/imports", "tbody th a", "tbody th a"),
        ("/imports?state=refused", "tbody th a", "tbody th a"),
        ("/organizations", "tbody th a", "tbody th a"),
        ("/users", "tbody th", "tbody td a"),
        ("/contact-types", "tbody th", "tbody th a"),
        ("/contact-types/1", "tbody th a", "tbody th a"),
        ("/sources", "tbody th a", "tbody th a"),
        ("/webhooks", "tbody th a", "tbody th a"),
        ("/import-profiles", "tbody th a", "tbody th a"),
        ("/reviews", "main a[href^='/reviews/']", "main a[href^='/reviews/']"),
    ] {
        let page = charlie.get(list).await;
        places.extend(page.select(name).into_iter().zip(page.attributes(link, "href")));
        let next = page.attributes("a[rel=next]", "href").into_iter().chain(page.way("next"));
        for next in next {
            places.push(("next page".to_owned(), next));
        }
    }
    let found = charlie.get("/contacts?q=helene").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let alice = app.coordinator().await;
    let note = alice.get(&path).await.attributes(".note .actions a", "href");
    places.push(("note".to_owned(), note[0].replace("/edit", "")));
    places
}
