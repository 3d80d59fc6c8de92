//! Phone numbers: their numbering plans, several in one field, and every spelling that finds them.

use carnet::book::write;
use carnet::db::schema::contacts;
use carnet::domain::Country;
use diesel::prelude::*;

use crate::support::contacts::{add, id};
use crate::support::duplicates;
use crate::support::{Client, Page, TestApp};

/// Adds a contact with this work phone.
async fn with_phone(client: &Client, last_name: &str, phone: &str) -> String {
    let fields = [("first_name", "Zoé"), ("last_name", last_name), ("phone_work", phone)];
    add(client, &fields).await
}

async fn found(client: &Client, q: &str) -> Vec<String> {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    client.get(&format!("/contacts?q={q}")).await.select("tbody th a")
}

fn links(page: &Page) -> Vec<String> {
    let mut links = page.attributes("main a:not(.call)", "href");
    links.retain(|link| link.starts_with("tel:"));
    links
}

/// The values of the four fields, each with the stored E.164 number.
async fn stored(app: &TestApp, path: &str) -> Vec<(String, Option<String>)> {
    let id = id(path);
    let row: [(String, Option<String>); 4] = app
        .db
        .read(move |conn| {
            let (work, cell, home, other) = contacts::table
                .find(id)
                .select((
                    (contacts::phone_work, contacts::phone_work_e164),
                    (contacts::phone_cell, contacts::phone_cell_e164),
                    (contacts::phone_home, contacts::phone_home_e164),
                    (contacts::phone_other, contacts::phone_other_e164),
                ))
                .first::<(
                    (String, Option<String>),
                    (String, Option<String>),
                    (String, Option<String>),
                    (String, Option<String>),
                )>(conn)?;
            Ok([work, cell, home, other])
        })
        .await
        .unwrap();
    row.to_vec()
}

fn number(typed: &str, e164: &str) -> (String, Option<String>) {
    (typed.to_owned(), Some(e164.to_owned()).filter(|e164| !e164.is_empty()))
}

async fn version(app: &TestApp, path: &str) -> i64 {
    let id = id(path);
    app.db
        .read(move |conn| Ok(contacts::table.find(id).select(contacts::version).first(conn)?))
        .await
        .unwrap()
}

both_backends!(
    a_number_belongs_to_the_territory_with_its_prefix,
    an_overseas_default_country_dials_as_france_does,
    short_numbers_are_accepted_as_numbers,
    two_numbers_in_a_field_are_two_links_everywhere,
    text_without_a_number_is_never_dialled,
    every_spelling_of_a_number_finds_it,
    the_second_number_moves_to_a_field_of_its_own,
    wrong_numbers_are_read_again_without_a_new_version,
);

async fn a_number_belongs_to_the_territory_with_its_prefix(app: TestApp) {
    let alice = app.coordinator().await;
    let numbers = [
        ("0800 123 456", "+33800123456"),
        ("0825 123 456", "+33825123456"),
        ("0892 123 456", "+33892123456"),
        ("0508 41 10 10", "+508411010"),
        ("0692 12 34 56", "+262692123456"),
        ("0690 12 34 56", "+590690123456"),
        ("0976 90 12 34", "+262976901234"),
        ("0977 12 34 56", "+33977123456"),
        ("+33 692 12 34 57", "+262692123457"),
    ];
    for (index, (typed, e164)) in numbers.into_iter().enumerate() {
        let path = with_phone(&alice, &format!("N{index}"), typed).await;
        assert_eq!(stored(&app, &path).await[0], number(typed, e164));
        let page = alice.get(&path).await;
        assert_eq!(links(&page), [format!("tel:{e164}")], "{typed}");
        assert!(page.select(".facts .tag.amber").is_empty());
    }
    alice.import("liste", "M.,A,Un,a@b.fr,,0805123456,,\nM.,A,Deux,b@b.fr,,0033805123456,,\n", false).await;
    assert_eq!(found(&alice, "0805 123 456").await, ["Deux, A", "Un, A"]);
    assert_eq!(found(&alice, "+508 41 10 10").await, ["N3, Zoé"]);
    let found = duplicates::search(&alice).await;
    let pair = found.select(".pair h2 a");
    assert!(
        ["A Un", "A Deux"].iter().all(|name| pair.iter().any(|shown| shown.starts_with(name))),
        "{pair:?}"
    );
    assert!(found.one(".pair .why").contains("même téléphone"));
}

async fn an_overseas_default_country_dials_as_france_does(app: TestApp) {
    let charlie = app.administrator().await;
    for country in ["RE", "GP", "PM"] {
        let page = charlie.get("/settings").await;
        charlie.submit(&page, "main form", &[("default_country", Some(country))]).await;
        for (typed, e164) in [
            ("01 42 68 53 00", "+33142685300"),
            ("06 12 34 56 78", "+33612345678"),
            ("0262 12 34 56", "+262262123456"),
        ] {
            let path = with_phone(&charlie, country, typed).await;
            assert_eq!(stored(&app, &path).await[0], number(typed, e164), "{country}");
        }
    }
}

async fn short_numbers_are_accepted_as_numbers(app: TestApp) {
    let alice = app.coordinator().await;
    for (index, (typed, dial)) in
        [("15", "15"), ("112", "112"), ("3949", "3949"), ("118 218", "118218"), ("116 117", "116117")]
            .into_iter()
            .enumerate()
    {
        let path = with_phone(&alice, &format!("Court{index}"), typed).await;
        let page = alice.get(&path).await;
        assert_eq!(links(&page), [format!("tel:{dial}")]);
        assert!(page.select(".facts .tag.amber").is_empty(), "{typed}");
        assert_eq!(stored(&app, &path).await[0], number(typed, ""));
        assert_eq!(found(&alice, typed).await, [format!("Court{index}, Zoé")], "{typed}");
    }
    assert_eq!(found(&alice, "118218").await, ["Court3, Zoé"]);
    assert!(found(&alice, "8218").await.is_empty(), "nobody knows the end of a short number");
    let unknown = with_phone(&alice, "Interne", "4021").await;
    let page = alice.get(&unknown).await;
    assert!(links(&page).is_empty());
    assert_eq!(page.one(".facts .tag.amber"), "numéro non reconnu");
    assert_eq!(found(&alice, "4021").await, ["Interne, Zoé"]);
}

async fn two_numbers_in_a_field_are_two_links_everywhere(app: TestApp) {
    let alice = app.coordinator().await;
    let typed = "06 12 34 56 78 (pro) / 01 23 45 67 82/83";
    let both = ["tel:+33612345678", "tel:+33123456782", "tel:+33123456783"];
    let path = with_phone(&alice, "Deux", typed).await;
    assert_eq!(stored(&app, &path).await[0], number(typed, "+33612345678"));
    assert_eq!(links(&alice.get(&path).await), both);
    assert_eq!(links(&alice.get("/contacts").await), both);
    let bob = app.agent().await;
    for q in ["06 12 34 56 78", "0123456782", "+33 1 23 45 67 83", "6783", "01 23 45 67 82/83", typed] {
        assert_eq!(found(&alice, q).await, ["Deux, Zoé"], "{q}");
    }
    let asked = bob.get("/contacts?q=0123456783").await;
    assert_eq!(links(&asked), both);
    assert_eq!(asked.select("mark"), ["01 23 45 67 83"]);
    let form = alice.get("/organizations/new").await;
    let saved = alice
        .submit(&form, "main form", &[("name", Some("Mairie")), ("phone", Some("01 23 45 67 82 ou 83"))])
        .await;
    assert_eq!(links(&alice.follow(&saved).await), ["tel:+33123456782", "tel:+33123456783"]);
    let card = alice.get(&format!("{path}.vcf")).await;
    let numbers: Vec<&str> = card.body.lines().filter(|line| line.starts_with("TEL")).collect();
    assert_eq!(numbers, both.map(|link| format!("TEL;TYPE=work,voice;VALUE=uri:{link}")));
    let export = alice.get("/contacts.csv?format=strict").await;
    assert!(!export.body.contains("0612345678"), "the strict file has no place for two: {}", export.body);

    with_phone(&alice, "Autre", "01 23 45 67 83").await;
    let found = duplicates::search(&alice).await;
    assert!(found.one(".pair .why").contains("même téléphone"), "{}", found.one("main"));
    assert_eq!(found.select(".pair p mark").len(), 2, "{}", found.body);
}

async fn text_without_a_number_is_never_dialled(app: TestApp) {
    let alice = app.coordinator().await;
    for (index, (typed, dial)) in [
        ("01 23 45 67 89 (standard)", "tel:+33123456789"),
        ("+33123456789,,123", "tel:+33123456789,,123"),
        ("01 23 45 67 89 poste 12", "tel:+33123456789;ext=12"),
        ("01 23 45 67 89 12", ""),
        ("012345678906123456789", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let path = with_phone(&alice, &format!("N{index}"), typed).await;
        let page = alice.get(&path).await;
        let expected: Vec<&str> = Some(dial).filter(|dial| !dial.is_empty()).into_iter().collect();
        assert_eq!(links(&page), expected, "{typed}");
        assert_eq!(page.select(".facts .tag.amber").len(), usize::from(dial.is_empty()), "{typed}");
        assert!(page.data().contains(typed), "{typed}");
    }
    assert_eq!(found(&alice, "standard").await, ["N0, Zoé"]);
    let card = alice.get("/contacts").await;
    assert!(card.status == 200);
}

async fn every_spelling_of_a_number_finds_it(app: TestApp) {
    let alice = app.coordinator().await;
    with_phone(&alice, "Cherché", "01 22 33 44 55 poste 12").await;
    for q in [
        "01 22 33 44 55 poste 12",
        "01 22 33 44 55",
        "01\u{2011}22\u{2011}33\u{2011}44\u{2011}55",
        "01–22–33–44–55",
        "\u{202D}+33 1 22 33 44 55\u{202C}",
        "\u{200E}01 22 33 44 55",
        "01\u{A0}22\u{202F}33\u{A0}44\u{A0}55",
        "tél. 01 22 33 44 55",
        "tel:+33122334455",
        "[01 22 33 44 55]",
        "(01) 22.33.44.55",
        "01/22/33/44/55",
        "+33 (0)1 22 33 44 55",
        "0033122334455",
        "0122334455;ext=12",
        "0122334455,,12",
        "zoé 01 22 33 44 55",
        "1 22 33 44 55",
        "4455",
    ] {
        assert_eq!(found(&alice, q).await, ["Cherché, Zoé"], "{q}");
    }
    for q in ["01 22 33 44 56", "01 22 33 44 55 / 06 12 34 56 78"] {
        assert!(found(&alice, q).await.is_empty(), "{q}");
    }
}

async fn the_second_number_moves_to_a_field_of_its_own(app: TestApp) {
    let alice = app.coordinator().await;
    let path = with_phone(&alice, "Deux", "06 12 34 56 78 / 01 23 45 67 89").await;
    let page = alice.get(&path).await;
    let button = "form[action$=second-number]";
    assert_eq!(page.one(button), "Déplacer 01 23 45 67 89 vers «\u{A0}Autre téléphone\u{A0}»");
    let field = [("phone", Some("phone_work"))];
    let moved = alice.submit(&page, button, &field).await;
    assert_eq!((moved.status, moved.location()), (303, path.clone()));
    let after = alice.follow(&moved).await;
    assert_eq!(after.flash(), "01 23 45 67 89 est maintenant dans «\u{A0}Autre téléphone\u{A0}».");
    let expected = [
        number("06 12 34 56 78", "+33612345678"),
        number("", ""),
        number("", ""),
        number("01 23 45 67 89", "+33123456789"),
    ];
    assert_eq!(stored(&app, &path).await, expected);
    assert_eq!(version(&app, &path).await, 2);
    let history = after.select(".history > li").remove(0);
    assert!(
        history.contains("06 12 34 56 78 / 01 23 45 67 89") && history.contains("Autre téléphone"),
        "{history}"
    );
    assert!(after.select(button).is_empty());
    assert_eq!(found(&alice, "0123456789").await, ["Deux, Zoé"]);

    // Pressed twice, and on an outdated page.
    let again = alice.submit(&page, button, &field).await;
    assert!(alice.follow(&again).await.flash().contains("pas de second numéro à déplacer"));
    let path = with_phone(&alice, "Périmé", "01 23 45 67 82/83").await;
    let old = alice.get(&path).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("title", Some("Juriste"))]).await;
    let stale = alice.submit(&old, button, &field).await;
    assert!(alice.follow(&stale).await.flash().contains("a été modifiée entre-temps"));
    assert_eq!(stored(&app, &path).await[0].0, "01 23 45 67 82/83");
    assert_eq!(version(&app, &path).await, 2);
    let page = alice.get(&path).await;
    alice.submit(&page, button, &field).await;
    assert_eq!(stored(&app, &path).await[3], number("01 23 45 67 83", "+33123456783"));

    // A mobile number goes to the mobile field; if no field is free the page says so.
    let full = [
        ("first_name", "Zoé"),
        ("last_name", "Plein"),
        ("phone_work", "01 23 45 67 89 / 06 12 34 56 78"),
        ("phone_home", "01 10 20 30 40"),
        ("phone_other", "01 10 20 30 41"),
    ];
    let path = add(&alice, &full).await;
    let page = alice.get(&path).await;
    assert!(page.one(button).ends_with("«\u{A0}Téléphone mobile\u{A0}»"));
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("phone_cell", Some("06 12 34 56 79"))]).await;
    let page = alice.get(&path).await;
    assert!(page.select(button).is_empty());
    assert!(page.one(".facts .hint").contains("aucun autre champ n’est libre"));
    let csrf = [("phone", "phone_work"), ("version", "2")];
    let refused = alice.post(&page, &format!("{path}/second-number"), &csrf).await;
    assert!(alice.follow(&refused).await.flash().contains("aucun autre champ n’est libre"));
    for (phone, path) in [("phone_cell", path.clone()), ("no-such", path.clone())] {
        let refused =
            alice.post(&page, &format!("{path}/second-number"), &[("phone", phone), ("version", "2")]).await;
        assert!(alice.follow(&refused).await.flash().contains("pas de second numéro à déplacer"));
    }

    let bob = app.agent().await;
    let page = bob.get(&path).await;
    assert!(page.select(button).is_empty() && page.select(".facts .hint").is_empty());
    let refused = bob.post(&page, &format!("{path}/second-number"), &csrf).await;
    assert_eq!(refused.status, 403);
    let page = alice.get(&format!("{path}/delete")).await;
    alice.submit(&page, "main form", &[]).await;
    let gone = alice.post(&page, &format!("{path}/second-number"), &csrf).await;
    assert_eq!(gone.status, 404);
}

async fn wrong_numbers_are_read_again_without_a_new_version(app: TestApp) {
    let alice = app.coordinator().await;
    let free = with_phone(&alice, "Vert", "0800 123 456").await;
    let named = with_phone(&alice, "Nommé", "+33 508 41 10 10").await;
    let two = with_phone(&alice, "Deux", "06 12 34 56 78 ou 01 23 45 67 89").await;
    // As the former version stored them.
    let ids = [id(&free), id(&named), id(&two)];
    app.db
        .write(move |conn| {
            for (id, e164) in std::iter::zip(ids, [Some("+262800123456"), Some("+33508411010"), None]) {
                diesel::update(contacts::table.find(id))
                    .set(contacts::phone_work_e164.eq(e164))
                    .execute(conn)?;
            }
            let france = Country::parse("FR").unwrap();
            let read = write::read_phones_again(conn, 0, 100, france)?;
            assert_eq!(read.changed, 3);
            assert_eq!(write::read_phones_again(conn, 0, 100, france)?.changed, 0);
            Ok(())
        })
        .await
        .unwrap();
    for (path, e164) in [(&free, "+33800123456"), (&named, "+508411010"), (&two, "+33612345678")] {
        assert_eq!(stored(&app, path).await[0].1.as_deref(), Some(e164));
        assert_eq!(version(&app, path).await, 1);
    }
    assert_eq!(found(&alice, "0508411010").await, ["Nommé, Zoé"]);
    assert_eq!(found(&alice, "0123456789").await, ["Deux, Zoé"]);
}
