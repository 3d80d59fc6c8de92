//! The look-up by number and e-mail, as telephone systems use it.

use crate::support::contacts::add;
use crate::support::keys::{Program, program};
use crate::support::{Client, TestApp};

both_backends!(
    every_spelling_finds_every_holder,
    a_second_number_and_a_short_one_are_found,
    an_email_of_any_field_is_found,
    a_display_gets_one_line_or_nothing,
    an_absence_comes_with_its_substitute,
    odd_questions_find_nobody,
);

async fn person(alice: &Client, last_name: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("first_name", "Zoé"), ("last_name", last_name)];
    fields.extend_from_slice(more);
    add(alice, &fields).await
}

/// The last names of the holders of a number.
async fn holders(own: &Program, number: &str) -> Vec<String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("number", number).finish();
    let answer = own.get(&format!("/api/v1/lookup?{query}")).await;
    assert_eq!(answer.status, 200, "{number}: {answer:?}");
    let found = answer.json()["contacts"].as_array().unwrap().clone();
    found.iter().map(|holder| holder["name"].as_str().unwrap().replace("Zoé ", "")).collect()
}

async fn every_spelling_finds_every_holder(app: TestApp) {
    let alice = app.coordinator().await;
    person(&alice, "Martin", &[("phone_work", "01 42 68 53 00")]).await;
    person(&alice, "Abel", &[("phone_home", "+33 1 42 68 53 00"), ("phone_work", "0142685301")]).await;
    person(&alice, "Bruno", &[("phone_work", "0142685302")]).await;
    let own = program(&app, &alice, "lookup").await;
    for number in [
        "0142685300",
        "+33142685300",
        "0033142685300",
        "33142685300",
        " 33142685300",
        "01 42 68 53 00",
        "01.42.68.53.00",
        "sip:+33142685300@10.0.0.1",
        "tel:+33-1-42-68-53-00;ext=7",
    ] {
        assert_eq!(holders(&own, number).await, ["Abel", "Martin"], "{number}");
    }
    // A plus sign that nobody has escaped is a blank.
    let bare = own.get("/api/v1/lookup?number=+33142685300").await.json();
    assert_eq!(bare["number"]["e164"], "+33142685300");
    assert_eq!(bare["number"]["kind"], "fixed");
    assert_eq!(bare["number"]["country"], "FR");
    let url = bare["contacts"][0]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/contacts/", app.address)), "{url}");
    assert_eq!(holders(&own, "0142685309").await, [""; 0]);
    // The beginning of a number is not a number.
    assert_eq!(holders(&own, "01426853").await, [""; 0]);
}

async fn a_second_number_and_a_short_one_are_found(app: TestApp) {
    let alice = app.coordinator().await;
    person(&alice, "Martin", &[("phone_work", "01 42 68 53 00 / 06 12 34 56 78")]).await;
    person(&alice, "Poste", &[("phone_other", "4012")]).await;
    person(&alice, "Mairie", &[("phone_work", "01 42 68 40 12 poste 4012")]).await;
    let own = program(&app, &alice, "lookup").await;
    assert_eq!(holders(&own, "+33612345678").await, ["Martin"]);
    assert_eq!(holders(&own, "4012").await, ["Poste"], "short numbers match exactly");
    assert_eq!(holders(&own, "01 42 68 40 12").await, ["Mairie"]);
}

async fn an_email_of_any_field_is_found(app: TestApp) {
    let alice = app.coordinator().await;
    person(&alice, "Martin", &[("email", "z.martin@mairie.example")]).await;
    person(&alice, "Abel", &[("email_personal", "Z.Martin@Mairie.example")]).await;
    person(&alice, "Bruno", &[("email", "zz.martin@mairie.example")]).await;
    let own = program(&app, &alice, "lookup").await;
    let answer = own.get("/api/v1/lookup?email=Z.MARTIN@mairie.example").await.json();
    let names: Vec<&str> =
        answer["contacts"].as_array().unwrap().iter().map(|holder| holder["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Zoé Abel", "Zoé Martin"]);
    for (query, status) in [("email=pas+un+mail", 200), ("", 422), ("email=a@b.fr&number=17", 422)] {
        let answer = own.get(&format!("/api/v1/lookup?{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
}

async fn a_display_gets_one_line_or_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    person(&alice, "Lefèvre", &[("phone_work", "0142685300"), ("service", "État civil")]).await;
    let own = program(&app, &alice, "lookup").await;
    let text = async |query: &str| {
        let answer = own.get(&format!("/api/v1/lookup?{query}")).await;
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{answer:?}");
        (answer.status, answer.body)
    };
    let number = "number=0142685300&format=text";
    assert_eq!(text(number).await, (200, "Zoé Lefèvre, État civil".to_owned()));
    assert_eq!(text(&format!("{number}&ascii=1")).await, (200, "Zoe Lefevre, Etat civil".to_owned()));
    assert_eq!(text(&format!("{number}&max=12")).await, (200, "Zoé Lefèvre".to_owned()));
    assert_eq!(text(&format!("{number}&max=0")).await, (200, String::new()));
    let nothing = (200, String::new());
    for query in ["number=0142685399", "number=anonymous", "number=", "email=x", "", "number=1&email=x"] {
        assert_eq!(text(&format!("format=text&{query}")).await, nothing, "{query}");
    }
    // Every refusal has no body either.
    let nobody = Program::new(&app, "");
    let answer = nobody.get(&format!("/api/v1/lookup?{number}")).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let wrong = Program::new(&app, &format!("carnet_{}", "0".repeat(48)));
    let answer = wrong.get(&format!("/api/v1/lookup?{number}")).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let request = wrong.raw(reqwest::Method::GET, "/api/v1/lookup?number=1").header("accept", "text/plain");
    let answer = crate::support::keys::read(request).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let other_host = own.raw(reqwest::Method::GET, &format!("/api/v1/lookup?{number}")).header("host", "evil.example");
    let answer = crate::support::keys::read(other_host).await;
    assert_eq!((answer.status, &*answer.body), (421, ""));
}

async fn an_absence_comes_with_its_substitute(app: TestApp) {
    let alice = app.coordinator().await;
    let substitute = person(&alice, "Abel", &[("phone_work", "0142685301"), ("email", "abel@b.fr")]).await;
    let away = person(&alice, "Martin", &[("phone_work", "0142685300")]).await;
    let form = alice.get(&format!("{away}/absence")).await;
    let today = carnet::base::clock::today();
    let until = today + chrono::TimeDelta::days(3);
    let (today, until) = (today.to_string(), until.to_string());
    let fields = [
        ("absent_from", Some(today.as_str())),
        ("absent_until", Some(until.as_str())),
        ("substitute", Some("abel@b.fr")),
    ];
    assert_eq!(alice.submit(&form, "main form", &fields).await.status, 303);
    let own = program(&app, &alice, "lookup").await;
    let holder = own.get("/api/v1/lookup?number=0142685300").await.json()["contacts"][0].clone();
    assert_eq!(holder["absence"]["until"], until);
    assert_eq!(holder["absence"]["substitute"]["name"], "Zoé Abel");
    assert_eq!(holder["absence"]["substitute"]["number"], "+33142685301");
    let url = holder["absence"]["substitute"]["url"].as_str().unwrap();
    assert!(url.ends_with(&substitute), "{url}");
}

async fn odd_questions_find_nobody(app: TestApp) {
    let alice = app.coordinator().await;
    person(&alice, "Sans numéro", &[]).await;
    let own = program(&app, &alice, "lookup").await;
    for number in ["anonymous", "", " ", "unknown", "+", "00", "a\0b", "😀", "'; DROP TABLE contacts", "%_", &"1".repeat(4_000)] {
        assert_eq!(holders(&own, number).await, [""; 0], "{number:?}");
    }
}
