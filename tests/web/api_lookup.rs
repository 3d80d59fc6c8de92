//! The look-up by number and e-mail, as telephone systems use it.

use crate::support::contacts::add;
use crate::support::keys::{Program, program};
use crate::support::{Client, Page, TestApp};

both_backends!(
    every_spelling_finds_every_holder,
    a_second_number_and_a_short_one_are_found,
    an_email_of_any_field_is_found,
    a_display_gets_one_line_or_nothing,
    an_absence_comes_with_its_substitute,
    odd_questions_find_nobody,
    a_block_of_numbers_names_its_organization,
    people_arrive_at_the_caller,
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
    let names: Vec<&str> = answer["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|holder| holder["name"].as_str().unwrap())
        .collect();
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
    let service = ("service", "Straße – Łódź – Жуков");
    person(&alice, "Œuvrard", &[("phone_work", "0142685301"), service]).await;
    let ascii = "Zoe Oeuvrard, Strasse - Lodz - Zhukov".to_owned();
    assert_eq!(text("number=0142685301&format=text&ascii=1").await, (200, ascii.clone()));
    assert_eq!(text("number=0142685301&format=TXT&ascii=1").await, (200, ascii));
    // Every refusal has no body either, also at a mistyped path.
    for path in ["/api/v1/lookup/", "/api/v1/lookupx", "//api/v1/lookup", "/API/v1/lookup", "/api/lookup"] {
        let answer = own.get(&format!("{path}?{number}")).await;
        assert_eq!((answer.status, &*answer.body), (404, ""), "{path}");
    }
    let nobody = Program::new(&app, "");
    let answer = nobody.get(&format!("/api/v1/lookup?{number}")).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let wrong = Program::new(&app, &format!("carnet_{}", "0".repeat(48)));
    let answer = wrong.get(&format!("/api/v1/lookup?{number}")).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let request = wrong.raw(reqwest::Method::GET, "/api/v1/lookup?number=1").header("accept", "text/plain");
    let answer = crate::support::keys::read(request).await;
    assert_eq!((answer.status, &*answer.body), (401, ""));
    let other_host =
        own.raw(reqwest::Method::GET, &format!("/api/v1/lookup?{number}")).header("host", "evil.example");
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
    for number in [
        "anonymous",
        "",
        " ",
        "unknown",
        "+",
        "00",
        "a\0b",
        "😀",
        "'; DROP TABLE contacts",
        "%_",
        &"1".repeat(4_000),
    ] {
        assert_eq!(holders(&own, number).await, [""; 0], "{number:?}");
    }
}

/// Adds an organization with blocks of numbers, and returns the answer.
async fn organization(alice: &Client, name: &str, blocks: &str) -> Page {
    let form = alice.get("/organizations/new").await;
    alice.submit(&form, "main form", &[("name", Some(name)), ("number_blocks", Some(blocks))]).await
}

async fn a_block_of_numbers_names_its_organization(app: TestApp) {
    let alice = app.coordinator().await;
    assert_eq!(organization(&alice, "Mairie de Lyon", "01 42 68\n+32 2 555").await.status, 303);
    assert_eq!(organization(&alice, "Crèche", "0142685").await.status, 303);
    person(&alice, "Martin", &[("phone_work", "0142685300")]).await;
    let own = program(&app, &alice, "lookup").await;
    let named = async |number: &str| {
        let answer = own.get(&format!("/api/v1/lookup?number={number}")).await.json();
        let text = own.get(&format!("/api/v1/lookup?number={number}&format=text")).await.body;
        (answer["organization"]["name"].as_str().unwrap_or_default().to_owned(), text)
    };
    let both = |name: &str| (name.to_owned(), name.to_owned());
    assert_eq!(named("0142689999").await, both("Mairie de Lyon"));
    assert_eq!(named("+3225551212").await, both("Mairie de Lyon"));
    assert_eq!(named("0142685999").await, both("Crèche"), "the longest beginning counts");
    assert_eq!(named("0142685300").await, (String::new(), "Zoé Martin".to_owned()), "a person comes first");
    assert_eq!(named("0142699999").await, both(""));
    for (blocks, message) in [
        ("014", "n’est pas un début de numéro"),
        ("01 42 70\n0033 1 42 70", "deux fois"),
        ("0142685", "Une autre organisation"),
    ] {
        let refused = organization(&alice, "Autre", blocks).await;
        assert_eq!(refused.status, 422, "{blocks}");
        assert!(refused.errors()[0].contains(message), "{blocks}: {:?}", refused.errors());
        assert_eq!(refused.one("#number_blocks"), blocks.replace('\n', " "), "what was typed comes back");
    }
    // A changed block moves the answer, and a deleted organization ends it.
    let page = alice.get("/organizations").await;
    let path = page.links("tbody th a").remove(0);
    let form = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&form, "main form", &[("number_blocks", Some("01 42 68 59"))]).await.status, 303);
    assert_eq!(named("0142685888").await, both("Mairie de Lyon"));
    assert_eq!(named("0142685999").await, both("Crèche"));
    let ask = alice.get(&format!("{path}/delete")).await;
    assert_eq!(alice.submit(&ask, "main form", &[("step", Some("delete"))]).await.status, 303);
    assert_eq!(named("0142685999").await, both("Mairie de Lyon"));
}

async fn people_arrive_at_the_caller(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let martin = person(&alice, "Martin", &[("phone_work", "0142685300"), ("email", "m@b.fr")]).await;
    person(&alice, "Abel", &[("phone_home", "0142685301")]).await;
    person(&alice, "Bruno", &[("phone_home", "0142685301")]).await;
    organization(&alice, "Mairie de Lyon", "01 42 68").await;
    assert_eq!(bob.get("/lookup?number=%2B33142685300").await.location(), martin);
    assert_eq!(bob.get("/lookup?number=+33142685300").await.location(), martin);
    assert_eq!(bob.get("/lookup?email=M@b.fr").await.location(), martin);
    let several = bob.get("/lookup?number=0142685301").await;
    assert_eq!(several.status, 303);
    let list = alice.get(&several.location()).await;
    assert_eq!(list.select("tbody th a"), ["Abel, Zoé", "Bruno, Zoé"]);
    let nobody = alice.get("/lookup?number=0142685399").await;
    assert_eq!(nobody.status, 404);
    assert!(nobody.one("h1").contains("01\u{A0}42\u{A0}68\u{A0}53\u{A0}99"), "{}", nobody.one("h1"));
    assert!(nobody.body.contains("Mairie de Lyon"));
    let new = alice.get(&nobody.attributes("main .actions a", "href").remove(0)).await;
    assert_eq!(new.attributes("#phone_work", "value"), ["01\u{A0}42\u{A0}68\u{A0}53\u{A0}99"]);
    assert_eq!(new.attributes("#organization", "value"), ["Mairie de Lyon"]);
    let agents = bob.get("/lookup?number=0142685399").await;
    assert_eq!(agents.status, 404);
    assert!(agents.attributes("main .actions a", "href").is_empty(), "agents add no contacts");
    for odd in ["", "?number=", "?number=anonymous", "?email=x", "?number=%3Cscript%3E"] {
        let page = alice.get(&format!("/lookup{odd}")).await;
        assert_eq!(page.status, 404, "{odd}");
        assert!(!page.body.contains("<script>"), "{odd}");
    }
    // Who must sign in first arrives at the same place.
    let stranger = app.stranger();
    let asked = stranger.get("/lookup?number=%2B33142685300").await;
    assert_eq!(asked.location(), "/login?next=%2Flookup%3Fnumber%3D%252B33142685300");
}
