//! Two people edit the same thing, other than a contact: the second sees both versions and loses nothing.

use crate::support::contact_types::add_type;
use crate::support::{Client, Page, TestApp};

/// The differences shown: label, theirs, yours.
fn differences(page: &Page) -> Vec<[String; 3]> {
    assert_eq!(page.status, 422, "{}", page.body);
    assert!(page.errors()[0].contains("Rien n’est perdu"), "{:?}", page.errors());
    let labels = page.select("#conflict tbody th");
    let values = page.select("#conflict tbody td");
    labels
        .into_iter()
        .zip(values.chunks(2))
        .map(|(label, values)| [label, values[0].clone(), values[1].clone()])
        .collect()
}

fn row(label: &str, theirs: &str, yours: &str) -> [String; 3] {
    [label, theirs, yours].map(str::to_owned)
}

async fn add(client: &Client) -> String {
    let form = client.get("/contacts/new").await;
    let typed = [("first_name", Some("Anne")), ("last_name", Some("Zola")), ("email", Some("anne@b.fr"))];
    client.submit(&form, "main form", &typed).await.location()
}

both_backends!(
    a_contact_type,
    a_field_of_a_type,
    a_field_or_a_type_that_was_deleted_can_be_added_again,
    an_absence,
    topics_and_languages,
    an_account,
    a_saved_filter_that_all_share,
    a_setting,
    a_note_edited_in_two_tabs,
);

async fn a_contact_type(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_type(&charlie, "Prestataire", &[]).await;
    let edit = charlie.get(&format!("{path}/edit")).await;
    assert_eq!(charlie.submit(&edit, "main form", &[("name", Some("Fournisseur"))]).await.status, 303);
    let second = charlie.submit(&edit, "main form", &[("name", Some("Sous-traitant"))]).await;
    assert_eq!(differences(&second), [row("Nom", "Fournisseur", "Sous-traitant")]);
    assert_eq!(second.attributes("#name", "value"), ["Sous-traitant"]);
    assert_eq!(charlie.get(&path).await.one("h1"), "Fournisseur", "nothing is written over");
    assert_eq!(charlie.submit(&second, "main form", &[]).await.status, 303);
    assert_eq!(charlie.get(&path).await.one("h1"), "Sous-traitant");
    // A value that only the other person changed is taken over.
    let edit = charlie.get(&format!("{path}/edit")).await;
    charlie.submit(&edit, "main form", &[("off", Some("on"))]).await;
    let second = charlie.submit(&edit, "main form", &[("name", Some("Prestataire"))]).await;
    assert_eq!(differences(&second), [row("Nom", "Sous-traitant", "Prestataire")]);
    assert_eq!(second.attributes("#off[checked]", "id"), ["off"]);
    // The same change made twice is no conflict.
    let edit = charlie.get(&format!("{path}/edit")).await;
    for _ in 0..2 {
        assert_eq!(charlie.submit(&edit, "main form", &[("name", Some("Prestataire"))]).await.status, 303);
    }
}

async fn a_field_of_a_type(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_type(&charlie, "Prestataire", &[("Niveau", "list", "Or\nArgent", false)]).await;
    let field = charlie.get(&path).await.attributes("tbody th a", "href").remove(0);
    let edit = charlie.get(&field).await;
    assert_eq!(
        charlie.submit(&edit, "main form", &[("choices", Some("Or\r\nArgent\r\nBronze"))]).await.status,
        303
    );
    let second = charlie
        .submit(&edit, "main form", &[("choices", Some("Or\r\nArgent\r\nPlatine")), ("required", Some("on"))])
        .await;
    let found = differences(&second);
    assert_eq!(found[0][0], "Choix de la liste");
    assert!(found[0][1].contains("Bronze") && found[0][2].contains("Platine"), "{found:?}");
    assert!(second.one("#choices").contains("Platine"));
    assert_eq!(second.attributes("#required[checked]", "id"), ["required"]);
    assert!(charlie.get(&field).await.one("#choices").contains("Bronze"));
    let merged =
        charlie.submit(&second, "main form", &[("choices", Some("Or\nArgent\nBronze\nPlatine"))]).await;
    assert_eq!(merged.status, 303);
    assert!(charlie.get(&field).await.one("#choices").contains("Bronze Platine"));
    // Of two saves at the same moment, one is told.
    let edit = charlie.get(&field).await;
    let (one, two) = tokio::join!(
        charlie.submit(&edit, "main form", &[("label", Some("Rang"))]),
        charlie.submit(&edit, "main form", &[("label", Some("Classe"))]),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}

async fn a_field_or_a_type_that_was_deleted_can_be_added_again(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_type(&charlie, "Prestataire", &[("Niveau", "list", "Or\nArgent", false)]).await;
    let field = charlie.get(&path).await.attributes("tbody th a", "href").remove(0);
    let edit_field = charlie.get(&field).await;
    let edit_type = charlie.get(&format!("{path}/edit")).await;
    let ask = charlie.get(&field.replace("/edit", "/delete")).await;
    charlie.submit(&ask, "main form", &[]).await;
    let answer = charlie.submit(&edit_field, "main form", &[("label", Some("Classe"))]).await;
    assert_eq!(answer.status, 422);
    let added = charlie.submit(&answer, "main form", &[("kind", Some("list"))]).await;
    assert_eq!(added.location(), path);
    let field = charlie.get(&path).await.attributes("tbody th a", "href").remove(0);
    assert_eq!(charlie.get(&field).await.one("#choices"), "Or Argent");
    charlie.submit(&charlie.get(&field.replace("/edit", "/delete")).await, "main form", &[]).await;
    charlie.submit(&charlie.get(&format!("{path}/delete")).await, "main form", &[]).await;
    let answer = charlie.submit(&edit_type, "main form", &[("name", Some("Fournisseur"))]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors()[0].contains("supprimé ce type"));
    assert_eq!(charlie.submit(&answer, "main form", &[]).await.status, 303);
    assert!(charlie.get("/contact-types").await.body.contains("Fournisseur"));
}

async fn an_absence(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice).await;
    let edit = alice.get(&format!("{path}/absence")).await;
    let days = |from, until| [("absent_from", Some(from)), ("absent_until", Some(until))];
    assert_eq!(alice.submit(&edit, "main form", &days("2126-01-05", "2126-01-09")).await.status, 303);
    let second = alice.submit(&edit, "main form", &days("2126-02-05", "2126-02-09")).await;
    let found = differences(&second);
    assert_eq!(found.len(), 2);
    assert!(found[0][1].contains("janvier") && found[0][2].contains("février"), "{found:?}");
    assert_eq!(second.attributes("#absent_from", "value"), ["2126-02-05"]);
    assert!(alice.get(&path).await.body.contains("janvier 2126"));
    assert_eq!(alice.submit(&second, "main form", &[]).await.status, 303);
    assert!(alice.get(&path).await.body.contains("février 2126"));
    // Ending an absence that was moved meanwhile is a conflict, too.
    let edit = alice.get(&format!("{path}/absence")).await;
    alice.submit(&edit, "main form", &days("2126-03-05", "2126-03-09")).await;
    let second = alice.submit(&edit, "main form", &[("end", Some("on"))]).await;
    assert_eq!(second.status, 422);
    assert!(alice.get(&path).await.body.contains("mars 2126"));
    assert_eq!(alice.submit(&second, "main form", &[("end", Some("on"))]).await.status, 303);
}

async fn topics_and_languages(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice).await;
    let edit = alice.get(&format!("{path}/expertise")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("topics", Some("eau"))]).await.status, 303);
    let second = alice
        .submit(&edit, "main form", &[("topics", Some("gaz\r\nbruit")), ("languages", Some("arabe"))])
        .await;
    assert_eq!(differences(&second), [row("Spécialités", "eau", "gaz, bruit"), row("Langues", "–", "arabe")]);
    assert_eq!(second.one("#topics"), "gaz bruit");
    assert_eq!(alice.submit(&second, "main form", &[("topics", Some("eau, gaz, bruit"))]).await.status, 303);
    assert!(alice.get(&path).await.body.contains("bruit"));
}

async fn an_account(app: TestApp) {
    let charlie = app.administrator().await;
    app.agent().await;
    let list = charlie.get("/users").await;
    let names = list.select("tbody th");
    let at = names.iter().position(|name| name == "bob").unwrap();
    let path = list.attributes("tbody td a", "href").remove(at);
    let edit = charlie.get(&path).await;
    assert_eq!(charlie.submit(&edit, "main form", &[("role", Some("coordinator"))]).await.status, 303);
    let second = charlie.submit(&edit, "main form", &[("role", Some("administrator"))]).await;
    assert_eq!(differences(&second), [row("Rôle", "Coordinateur", "Administrateur")]);
    assert_eq!(second.attributes("input[name=role][checked]", "value"), ["administrator"]);
    let role = |page: &Page| page.attributes("input[name=role][checked]", "value");
    assert_eq!(role(&charlie.get(&path).await), ["coordinator"]);
    // Changing something else keeps the present role and name.
    let edit = charlie.get(&path).await;
    charlie.submit(&edit, "main form", &[("username", Some("robert"))]).await;
    assert_eq!(charlie.submit_and_confirm(&edit, "main form", &[("disabled", Some("on"))]).await.status, 303);
    let page = charlie.get(&path).await;
    assert_eq!(page.attributes("#username", "value"), ["robert"]);
    assert_eq!(page.attributes("#disabled[checked]", "id"), ["disabled"]);
    let second = charlie.submit(&edit, "main form", &[("username", Some("bobby"))]).await;
    assert_eq!(differences(&second)[0], row("Nom d’utilisateur", "robert", "bobby"));
}

async fn a_saved_filter_that_all_share(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/filters/new?city=lyon").await;
    alice.submit(&form, "main form", &[("name", Some("Lyon")), ("shared", Some("on"))]).await;
    let edit = alice.get("/contacts/filters/1").await;
    assert_eq!(alice.submit(&edit, "main form", &[("name", Some("Lyonnais"))]).await.status, 303);
    let second = alice.submit(&edit, "main form", &[("name", Some("Ceux de Lyon"))]).await;
    assert_eq!(differences(&second), [row("Nom", "Lyonnais", "Ceux de Lyon")]);
    assert_eq!(alice.submit(&second, "main form", &[]).await.status, 303);
    assert!(alice.get("/contacts/filters").await.body.contains("Ceux de Lyon"));
}

async fn a_setting(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    assert_eq!(charlie.submit(&page, "main form", &[("default_country", Some("BE"))]).await.status, 303);
    let second = charlie.submit(&page, "main form", &[("default_country", Some("CH"))]).await;
    assert_eq!(differences(&second), [row("Pays par défaut", "Belgique", "Suisse")]);
    assert_eq!(second.attributes("#default_country option[selected]", "value"), ["CH"]);
    assert_eq!(
        charlie.get("/settings").await.attributes("#default_country option[selected]", "value"),
        ["BE"]
    );
    assert_eq!(charlie.submit(&second, "main form", &[]).await.status, 303);
    assert_eq!(
        charlie.get("/settings").await.attributes("#default_country option[selected]", "value"),
        ["CH"]
    );
    assert_eq!(
        charlie
            .submit_and_confirm(&page, "#second-factor", &[("second_factor_for", Some("administrators"))])
            .await
            .status,
        303
    );
}

async fn a_note_edited_in_two_tabs(app: TestApp) {
    let bob = app.agent().await;
    let path = add(&app.coordinator().await).await;
    let page = bob.get(&path).await;
    bob.submit(&page, "#notes form", &[("note", Some("Première"))]).await;
    let edit = bob.get(&bob.get(&path).await.attributes("article.note a", "href")[0]).await;
    assert_eq!(bob.submit(&edit, "main form", &[("note", Some("Deuxième"))]).await.status, 303);
    let second = bob.submit(&edit, "main form", &[("note", Some("Troisième"))]).await;
    assert_eq!(differences(&second), [row("Note", "Deuxième", "Troisième")]);
    assert_eq!(bob.submit(&second, "main form", &[]).await.status, 303);
    assert_eq!(bob.get(&path).await.select("article.note .lines"), ["Troisième"]);
}
