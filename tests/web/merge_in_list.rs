//! Merging two contacts in the list of duplicates, and from a contact's page.

use carnet::db::schema::contact_merges;
use diesel::prelude::*;

use crate::support::contacts::{add, contact, id};
use crate::support::duplicates::search;
use crate::support::merges::{found, value};
use crate::support::{Client, Page, TestApp};

const PAIRS: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,,Lyon\n\
    M.,Jean-Pierre,Roux,jp.roux@mairie.example,Voirie,0110203041,,Lyon\n\
    M.,Jacques,Blanc,jacques@mairie.example,Eau,0110203042,,Nantes\n";
const OTHERS: &str = "Mme,Helene,Lefevre,zz55@mairie.example,Accueil,0110203040,,Lyon\n\
    M.,Jean Pierre,Roux,roux@mairie.example,Voirie,0110203041,,Paris\n\
    M.,J.,Blanc,qq77@mairie.example,Eau,0110203042,,Nantes\n";

/// A book with three pairs, as the list shows them. The contacts with accents are the older ones.
async fn listed(alice: &Client) -> Page {
    alice.import("un", PAIRS, false).await;
    alice.import("deux", OTHERS, false).await;
    let page = search(alice).await;
    assert_eq!(page.select(".pair").len(), 3, "{}", page.body);
    page
}

/// The names of both contacts of each pair.
fn names(page: &Page) -> Vec<(String, String)> {
    let names = page.select(".pair h2 a");
    names.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// The form of the pair with this contact.
fn form_of(page: &Page, path: &str) -> String {
    let forms = page.attributes(".pair form[action$=merge]", "action");
    let id = id(path).to_string();
    let of_it = |action: &&String| action.split('/').any(|part| part == id);
    let action = forms.iter().find(of_it).unwrap_or_else(|| panic!("{path} in {forms:?}"));
    format!("form[action='{action}']")
}

async fn merges(app: &TestApp) -> i64 {
    app.db.read(|conn| Ok(contact_merges::table.count().get_result(conn)?)).await.unwrap()
}

both_backends!(
    the_list_says_who_remains_and_what_is_not_kept,
    a_pair_is_merged_as_shown_and_the_next_one_follows,
    two_clicks_in_the_list_make_one_merge,
    a_contact_changed_meanwhile_is_compared_field_by_field,
    the_list_comes_back_at_its_page,
    the_other_contact_is_found_from_a_contacts_page,
);

async fn the_list_says_who_remains_and_what_is_not_kept(app: TestApp) {
    let alice = app.coordinator().await;
    let page = listed(&alice).await;
    assert_eq!(page.select(".pair h2 .tag").len(), 3, "one of each pair remains");
    let helene = form_of(&page, &contact(&alice, "helene@mairie.example").await);
    let fields = page.form(&helene).fields;
    let chosen = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(chosen("keep"), Some("low"), "the older");
    assert_eq!(chosen("field_first_name"), Some("low"), "with accents");
    let given_up = page.select(".pair del bdi");
    assert!(given_up.contains(&"zz55@mairie.example".to_owned()), "{given_up:?}");
    assert!(!given_up.contains(&"helene@mairie.example".to_owned()), "{given_up:?}");
    assert!(
        !given_up.contains(&"Helene".to_owned()),
        "the same name, which remains with its accents: {given_up:?}"
    );
    assert!(!given_up.iter().any(|text| text.starts_with("01")), "the number of both: {given_up:?}");
    assert!(page.select(".pair mark").iter().any(|text| text.starts_with("01")));
    // A value in a field that the list does not show has its own line.
    for (email, address) in [("helene@mairie.example", "1 rue Haute"), ("zz55@mairie.example", "2 rue Basse")]
    {
        let path = contact(&alice, email).await;
        let edit = alice.get(&format!("{path}/edit")).await;
        alice.submit(&edit, "main form", &[("address", Some(address))]).await;
    }
    let page = alice.get("/duplicates").await;
    let line = page.one(".given-up");
    assert!(
        line.starts_with("Adresse\u{A0}:") && line.contains("1 rue Haute") && line.contains("2 rue Basse"),
        "{line}"
    );
}

async fn a_pair_is_merged_as_shown_and_the_next_one_follows(app: TestApp) {
    let alice = app.coordinator().await;
    let page = listed(&alice).await;
    let (kept, gone) =
        (contact(&alice, "helene@mairie.example").await, contact(&alice, "zz55@mairie.example").await);
    let before = names(&page);
    let form = form_of(&page, &kept);
    let at = page
        .attributes(".pair form[action$=merge]", "action")
        .iter()
        .position(|action| form.contains(action));
    let at = at.unwrap();
    let shown = page.form(&form).fields;
    let service = shown.iter().find(|(name, _)| name == "field_service").unwrap().1.clone();
    let merged = alice.submit(&page, &form, &[]).await;
    assert_eq!(merged.status, 303, "{}", merged.body);
    assert!(merged.location().starts_with("/duplicates?merged="), "{}", merged.location());
    let page = alice.follow(&merged).await;
    let mut expected = before.clone();
    expected.remove(at);
    assert_eq!(names(&page), expected, "the others stay where they were");
    assert!(page.one("#merged").contains("Hélène Lefèvre"), "{}", page.one("#merged"));
    assert_eq!(page.attributes("#merged a", "href"), std::slice::from_ref(&kept));
    // What is told stands where the pair was: before the one that followed.
    let order: Vec<String> = page.attributes(".pairs > *", "class");
    assert_eq!(order[at], "just-merged", "{order:?}");
    let expected = if service == "low" { "État civil" } else { "Accueil" };
    assert_eq!(value(&alice, &kept, "service").await, expected, "as the list said");
    assert_eq!(
        found(&alice, "zz55@mairie.example").await,
        std::slice::from_ref(&kept),
        "the other address finds it"
    );
    // Undone from there, and not told of again.
    let undone = alice.submit(&page, "#merged form", &[]).await;
    assert_eq!(undone.location(), gone);
    assert!(alice.follow(&undone).await.flash().starts_with("La fusion est annulée"));
    let again = alice.get(&merged.location()).await;
    assert!(again.select("#merged").is_empty());
    assert_eq!(names(&again), before);
    assert!(alice.get("/duplicates?merged=999").await.select("#merged").is_empty());
}

async fn two_clicks_in_the_list_make_one_merge(app: TestApp) {
    let alice = app.coordinator().await;
    let page = listed(&alice).await;
    let form = form_of(&page, &contact(&alice, "jp.roux@mairie.example").await);
    let (one, other) = tokio::join!(alice.submit(&page, &form, &[]), alice.submit(&page, &form, &[]));
    assert_eq!([one.status, other.status], [303, 303]);
    assert_eq!(one.location(), other.location());
    assert_eq!(merges(&app).await, 1);
    assert_eq!(alice.follow(&one).await.select("#merged").len(), 1);
}

async fn a_contact_changed_meanwhile_is_compared_field_by_field(app: TestApp) {
    let alice = app.coordinator().await;
    let page = listed(&alice).await;
    let path = contact(&alice, "qq77@mairie.example").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("city", Some("Brest"))]).await.status, 303);
    let told = alice.submit(&page, &form_of(&page, &path), &[]).await;
    assert_eq!(told.status, 422);
    assert!(told.errors()[0].contains("Rien n’a été fusionné"), "{:?}", told.errors());
    assert_eq!(told.one("h1"), "Fusionner deux contacts");
    assert_eq!(merges(&app).await, 0);
    assert_eq!(alice.submit(&told, "main form", &[]).await.status, 303);
    assert_eq!(merges(&app).await, 1);
}

async fn the_list_comes_back_at_its_page(app: TestApp) {
    let alice = app.coordinator().await;
    let many: String =
        (0..34).map(|index| format!("Mme,Anne,Roux,a{index}@b.fr,S{},,,\n", index / 2)).collect();
    alice.import("un", many, false).await;
    let page = search(&alice).await;
    assert_eq!(page.select(".pair").len(), 15);
    let next = page.attributes("a[rel=next]", "href").remove(0);
    let second = alice.get(&next).await;
    assert_eq!(second.select(".pair").len(), 2);
    let first_form = second.attributes(".pair form[action$=merge]", "action").remove(0);
    let merged = alice.submit(&second, &format!("form[action='{first_form}']"), &[]).await;
    assert!(merged.location().starts_with(&format!("{next}&merged=")), "{}", merged.location());
    let back = alice.follow(&merged).await;
    assert_eq!(back.select(".pair").len(), 1);
    let dismissed = alice.submit(&back, "form[action$=dismiss]", &[]).await;
    assert_eq!(dismissed.location(), next);
}

async fn the_other_contact_is_found_from_a_contacts_page(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PAIRS, false).await;
    let helene = contact(&alice, "helene@mairie.example").await;
    let married =
        add(&alice, &[("first_name", "Hélène"), ("last_name", "Nguyen"), ("email", "hn@b.fr")]).await;
    let link = alice.get(&helene).await.attributes("a[href$='/merge']", "href");
    assert!(link.contains(&format!("{helene}/merge")), "{link:?}");
    let page = alice.get(&format!("{helene}/merge")).await;
    assert_eq!(page.attributes("#q", "value"), ["Lefèvre"], "those of the same name are searched at first");
    assert!(page.select(".short-people").is_empty(), "not the contact itself");
    let page = alice.get(&format!("{helene}/merge?q=nguyen")).await;
    let (low, high) = (id(&helene).min(id(&married)), id(&helene).max(id(&married)));
    let path = format!("/duplicates/{low}/{high}/merge");
    assert_eq!(page.attributes(".short-people a.button", "href"), std::slice::from_ref(&path));
    assert!(page.one(".short-people li").contains("hn@b.fr"));
    let form = alice.get(&path).await;
    assert_eq!(alice.submit(&form, "main form", &[]).await.status, 303);
    assert_eq!(alice.get(&format!("{helene}/merge")).await.status, 200);
    assert_eq!(
        alice.get(&format!("{married}/merge")).await.status,
        404,
        "a merged contact is merged no further"
    );
    let bob = app.agent().await;
    assert!(bob.get(&helene).await.attributes("a[href$='/merge']", "href").is_empty());
}
