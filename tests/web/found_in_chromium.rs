//! What of the agents' pages is in sight without scrolling, in a browser without JavaScript.

use carnet::domain::Role;
use chrono::Days;
use fantoccini::Locator;
use serde_json::json;

use crate::support::contacts::add;
use crate::support::{Driver, Person, TestApp, left_out};

/// Width and height of a screen, in CSS pixels.
type Screen = (u32, u32);
const DESK: Screen = (1280, 800);
const PHONE: Screen = (390, 844);

/// The height of a header of one line.
const HEADER: f64 = 48.0;

/// Where an element is on the page: left, top, width and height.
type Place = (f64, f64, f64, f64);

async fn on(person: &Person, (width, height): Screen) {
    let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    person.chromium("Emulation.setDeviceMetricsOverride", screen).await;
}

async fn places(person: &Person, selector: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for element in person.browser.find_all(Locator::Css(selector)).await.unwrap() {
        places.push(element.rectangle().await.unwrap());
    }
    places
}

/// The number of elements that are wholly in sight.
async fn in_sight(person: &Person, selector: &str, screen: Screen) -> usize {
    let places = places(person, selector).await;
    places.iter().filter(|(_, top, _, height)| top + height <= f64::from(screen.1)).count()
}

both_backends!(results_and_what_is_done_with_a_contact_are_in_sight);

async fn results_and_what_is_done_with_a_contact_are_in_sight(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let alice = app.coordinator().await;
    let people: String = (10..60)
        .map(|n| format!("Mme,Anne-Sophie,Beaulieu{n},anne{n}@mairie.example,Facturation,01102030{n},41 rue Haute,Marseille\n"))
        .collect();
    alice.import("un", people, false).await;
    let path = add(
        &alice,
        &[
            ("civility", "Mme"),
            ("first_name", "Anne-Sophie"),
            ("last_name", "Aaron"),
            ("title", "Cheffe de bureau"),
            ("service", "Beaulieu"),
            ("email", "aaron@mairie.example"),
            ("phone_work", "0416375880"),
            ("phone_cell", "0612345678"),
            ("address", "41 rue Haute"),
            ("postal_code", "13001"),
            ("city", "Marseille"),
            ("transfer", "on"),
        ],
    )
    .await;
    let form = alice.get(&format!("{path}/expertise")).await;
    let known =
        [("topics", Some("naturalisation\nlivret de famille")), ("languages", Some("anglais\narabe"))];
    alice.submit(&form, "main form", &known).await;
    let today = carnet::base::clock::today();
    let until = today.checked_add_days(Days::new(3)).unwrap();
    let form = alice.get(&format!("{path}/absence")).await;
    let days = [
        ("absent_from", Some(today.to_string())),
        ("absent_until", Some(until.to_string())),
        ("substitute", Some("anne10@mairie.example".to_owned())),
    ];
    let days: Vec<(&str, Option<&str>)> =
        days.iter().map(|(name, value)| (*name, value.as_deref())).collect();
    assert_eq!(alice.submit(&form, "main form", &days).await.status, 303);
    let page = alice.get(&path).await;
    alice.submit(&page, "#notes form", &[("note", Some("Ne pas appeler avant 10 h."))]).await;
    app.add_account("bob", Role::Agent).await;
    let bob = driver.person(&app).await;
    bob.sign_in("bob").await;

    for (screen, fewest) in [(DESK, 8), (PHONE, 6)] {
        on(&bob, screen).await;
        bob.open("/contacts?q=beaulieu").await;
        let (first, header) = (places(&bob, ".person").await[0], places(&bob, ".top").await[0]);
        let top = first.1 - header.3 + HEADER;
        assert!(top <= 260.0, "the first result on {screen:?}: {top}");
        let results = in_sight(&bob, ".person", screen).await;
        assert!(results >= fewest, "{results} results on {screen:?}");
        bob.picture(&format!("search-{}", screen.0)).await;
        bob.open("/contacts?q=beaulieux").await;
        assert!(in_sight(&bob, ".person", screen).await >= fewest - 2, "of the best suggestion");
    }
    on(&bob, DESK).await;
    bob.open("/contacts?q=beaulieu11").await;
    let (_, _, _, height) = places(&bob, ".person").await[0];
    assert!(height <= 52.5, "a result of one line: {height}");

    for screen in [DESK, PHONE] {
        on(&bob, screen).await;
        bob.open(&format!("{path}?from=/contacts?q=beaulieu")).await;
        bob.picture(&format!("contact-{}", screen.0)).await;
        let call = places(&bob, ".call").await[0];
        if screen == PHONE {
            assert!(call.2 >= 340.0, "a button over the whole width: {call:?}");
            assert_eq!(in_sight(&bob, ".call", screen).await, 1);
            continue;
        }
        for (selector, count) in [
            (".way a", 2),
            (".card.absent .phone", 1),
            (".doing a", 4),
            (".facts > .pairs > div", 6),
            (".note", 1),
            (".add-note summary", 1),
            (".changes-box summary", 1),
            (".rest summary", 1),
        ] {
            assert_eq!(in_sight(&bob, selector, screen).await, count, "{selector}");
        }
        let (facts, notes) = (places(&bob, ".facts").await[0], places(&bob, "#notes").await[0]);
        assert!(notes.0 >= facts.0 + facts.2, "notes to the right: {facts:?} {notes:?}");
    }
    bob.browser.close().await.unwrap();
}
