//! What is in sight without scrolling, measured in a browser without JavaScript.

use carnet::domain::Role;
use fantoccini::Locator;
use serde_json::json;

use crate::support::duplicates::search;
use crate::support::{Driver, Person, TestApp, left_out};

/// Makes the page's own area this large.
async fn resize(person: &Person, width: u32, height: u32) {
    let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    person.chromium("Emulation.setDeviceMetricsOverride", size).await;
}

/// The lower edge of each element that matches, from the top of the page.
async fn lower_edges(person: &Person, selector: &str) -> Vec<f64> {
    let mut edges = Vec::new();
    for element in person.browser.find_all(Locator::Css(selector)).await.unwrap() {
        let (_, y, _, height) = element.rectangle().await.unwrap();
        edges.push(y + height);
    }
    assert!(!edges.is_empty(), "{selector}");
    edges
}

/// Where the page begins to be wider than the window: it is not.
async fn is_no_wider(person: &Person, width: f64) {
    let html = person.browser.find(Locator::Css("html")).await.unwrap();
    let (_, _, found, _) = html.rectangle().await.unwrap();
    assert!(found <= width, "{found}");
}

both_backends!(what_most_contacts_need_and_the_button_are_in_sight, six_pairs_of_duplicates_are_in_sight,);

const NEEDED: [&str; 12] = [
    "#civility",
    "#first_name",
    "#last_name",
    "#title",
    "#service",
    "#organization",
    "#email",
    "#phone_work",
    "#phone_cell",
    "#expert",
    "#copy",
    "#transfer",
];

async fn what_most_contacts_need_and_the_button_are_in_sight(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    app.add_account("alice", Role::Coordinator).await;
    let alice = driver.person(&app).await;
    alice.sign_in("alice").await;
    resize(&alice, 1280, 800).await;
    alice.open("/contacts/new").await;
    // The button stays at the lower edge, so that the fields have to end above it.
    let (_, button, _, height) = alice
        .browser
        .find(Locator::Css("main form .save .button.main"))
        .await
        .unwrap()
        .rectangle()
        .await
        .unwrap();
    assert!(button + height <= 800.0, "the button: {}", button + height);
    for field in NEEDED {
        let edge = lower_edges(&alice, field).await[0];
        assert!(edge <= button, "{field}: {edge}, the button: {button}");
    }
    let (left, ..) = rectangle(&alice, "#first_name").await;
    let (right, ..) = rectangle(&alice, "#email").await;
    assert!(right > left + 400.0, "two columns");
    alice.picture("contact-form-1280").await;
    for width in [390, 320] {
        resize(&alice, width, 844).await;
        alice.open("/contacts/new").await;
        is_no_wider(&alice, f64::from(width)).await;
        let (left, ..) = rectangle(&alice, "#first_name").await;
        let (right, ..) = rectangle(&alice, "#email").await;
        assert!((left - right).abs() < 1.0, "one column");
        let (_, button, _, height) = rectangle(&alice, "main form .save .button.main").await;
        assert!(button + height <= 844.0, "by thumb: {}", button + height);
    }
    alice.browser.close().await.unwrap();
}

async fn rectangle(person: &Person, selector: &str) -> (f64, f64, f64, f64) {
    person.browser.find(Locator::Css(selector)).await.unwrap().rectangle().await.unwrap()
}

/// As different as the search for duplicates wants different people.
const NAMES: [&str; 10] = [
    "Beaulieu",
    "Carpentier",
    "Delacroix",
    "Fontaine",
    "Garnier",
    "Hernandez",
    "Kowalski",
    "Montagne",
    "Schneider",
    "Villeneuve",
];

async fn six_pairs_of_duplicates_are_in_sight(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let coordinator = app.coordinator().await;
    let people: String = NAMES
        .into_iter()
        .enumerate()
        .map(|(index, name)| {
            format!(
                "Mme,Marie-Hélène,{name},mh.{index}@metropole-de-lyon.example,Direction des affaires juridiques,01102030{index:02},\
                 12 rue Haute,Villeurbanne\n\
                 Mme,Marie Helene,{name},marie-helene.{index}@metropole-de-lyon.example,Affaires juridiques,01102030{index:02},\
                 3 place des Écoles,Lyon\n"
            )
        })
        .collect();
    coordinator.import("un", people, false).await;
    search(&coordinator).await;
    let alice = driver.person(&app).await;
    alice.sign_in("alice").await;
    resize(&alice, 1280, 800).await;
    alice.open("/duplicates").await;
    let edges = lower_edges(&alice, ".pair").await;
    let in_sight = edges.iter().filter(|edge| **edge <= 800.0).count();
    assert!(in_sight >= 6, "{edges:?}");
    alice.picture("duplicates-1280").await;
    for width in [390, 320] {
        resize(&alice, width, 844).await;
        alice.open("/duplicates").await;
        is_no_wider(&alice, f64::from(width)).await;
    }
    resize(&alice, 1280, 800).await;
    alice.open("/duplicates").await;
    alice.follow(".pair form[action$=merge] button").await;
    assert!(alice.text("#merged").await.contains("n’en font plus qu’un"));
    assert_eq!(alice.texts(".pair").await.len(), 9);
    alice.browser.close().await.unwrap();
}
