//! The same rules for the form, the import and the command line, and every stored value can be saved again unchanged.

use std::process::Command;

use carnet::domain::{CustomKind, Field};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{Client, TestApp};

/// Contacts that are tried by each of the three ways.
const PEOPLE: usize = 60;

/// The fields that all three ways have, except the e-mail's local part, which is different for each way.
#[derive(Debug, Clone)]
struct Person {
    civility: String,
    first_name: String,
    last_name: String,
    domain: String,
    service: String,
    phone: String,
    address: String,
    city: String,
}

/// Mostly valid values, and some invalid ones of each field. No comma and no line break: the file cannot hold them.
fn person() -> impl Strategy<Value = Person> {
    let text = |max: usize| {
        prop_oneof![
            8 => "[A-Za-zéèÉœŒß’' -]{1,15}".prop_map(|text| format!("a{text}")),
            1 => "[\u{621}-\u{64A}一-龥😀-😃e\u{301}]{1,6}",
            1 => Just("x".repeat(max)),
            1 => Just("x".repeat(max + 1)),
            1 => Just("a\u{7}b".to_owned()),
            1 => Just("\"quoted\" and ; = <b>".to_owned()),
        ]
    };
    let optional = |max| prop_oneof![1 => Just(String::new()), 3 => text(max)];
    let name = prop_oneof![
        8 => "[A-Za-zéèÉœŒß’' -]{0,15}".prop_map(|text| format!("N{text}")),
        1 => Just("Ω".repeat(20)),
        1 => Just("a\u{1F}b".to_owned()),
    ];
    let domain = prop_oneof![
        8 => Just("mairie.example".to_owned()),
        1 => Just("exämple.fr".to_owned()),
        1 => Just("localhost".to_owned()),
        1 => Just("a..fr".to_owned()),
        1 => Just(format!("{}.fr", "y".repeat(300))),
    ];
    let phone = prop_oneof![3 => "0[1-9][0-9]{8}", 1 => Just(String::new()), 1 => "[0-9]{1,20}"];
    let civility = prop_oneof![Just("M."), Just("Mme"), Just("mlle"), Just("M"), Just("Dr")];
    (civility, text(50), name, domain, optional(50), phone, optional(100), optional(100)).prop_map(
        |(civility, first_name, last_name, domain, service, phone, address, city)| Person {
            civility: civility.to_owned(),
            first_name,
            last_name,
            domain,
            service,
            phone,
            address,
            city,
        },
    )
}

fn people(seed: u8) -> Vec<Person> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..PEOPLE).map(|_| person().new_tree(&mut runner).unwrap().current()).collect()
}

/// The file of these people; the e-mails consist of the way's name and their number.
fn file(people: &[Person], way: &str) -> String {
    people
        .iter()
        .enumerate()
        .map(|(number, person)| {
            let quoted = |text: &str| {
                if text.starts_with('"') {
                    format!("\"{}\"", text.replace('"', "\"\""))
                } else {
                    text.to_owned()
                }
            };
            format!(
                "{},{},{},{way}{number}@{},{},{},{},{}\n",
                person.civility,
                quoted(&person.first_name),
                quoted(&person.last_name),
                person.domain,
                quoted(&person.service),
                person.phone,
                quoted(&person.address),
                quoted(&person.city),
            )
        })
        .collect()
}

/// The numbers of the people that were stored by a way.
async fn stored(alice: &Client, way: &str, domain_of: &[Person]) -> Vec<usize> {
    let mut found = Vec::new();
    for (number, person) in domain_of.iter().enumerate() {
        let email = format!("{way}{number}@{}", person.domain);
        let query: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
        let page = alice.get(&format!("/contacts?q={query}")).await;
        if page.select("tbody td:nth-child(4)").contains(&email) {
            found.push(number);
        }
    }
    found
}

both_backends!(every_way_in_finds_the_same_verdict_and_what_is_stored_saves_again,);

async fn every_way_in_finds_the_same_verdict_and_what_is_stored_saves_again(app: TestApp) {
    let alice = app.coordinator().await;
    let people = people(7);

    let page = alice.import("page", file(&people, "page"), true).await;
    assert_eq!(page.status, 200);
    let by_page = stored(&alice, "page", &people).await;
    assert!((10..PEOPLE - 10).contains(&by_page.len()), "good and bad ones: {by_page:?}");

    let list = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(list.path(), file(&people, "line")).unwrap();
    let (path, url) = (list.path().to_owned(), app.database_url.clone());
    let output = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_carnet"))
            .arg("import")
            .arg(path)
            .args(["--name", "line", "--on-error", "import-valid", "--database-url", &url])
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(stored(&alice, "line", &people).await, by_page);

    let mut by_form = Vec::new();
    for (number, person) in people.iter().enumerate() {
        let form = alice.get("/contacts/new").await;
        let email = format!("form{number}@{}", person.domain);
        let typed = [
            ("civility", Some(person.civility.as_str())),
            ("first_name", Some(&person.first_name)),
            ("last_name", Some(&person.last_name)),
            ("email", Some(&email)),
            ("service", Some(&person.service)),
            ("phone_work", Some(&person.phone)),
            ("address", Some(&person.address)),
            ("city", Some(&person.city)),
        ];
        let answer = alice.submit(&form, "main form", &typed).await;
        match answer.status {
            303 => by_form.push(number),
            422 => {}
            status => panic!("{status} for {person:?}"),
        }
    }
    assert_eq!(by_form, by_page);

    for number in &by_page {
        let mut kept = Vec::new();
        for way in ["page", "line", "form"] {
            let email = format!("{way}{number}@{}", people[*number].domain);
            let query: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
            let page = alice.get(&format!("/contacts?q={query}")).await;
            let place =
                page.select("tbody td:nth-child(4)").iter().position(|known| *known == email).unwrap();
            let contact = page.attributes("tbody th a", "href").remove(place);
            let edit = alice.get(&format!("{contact}/edit")).await;
            let again = alice.submit(&edit, "main form", &[]).await;
            assert_eq!(again.status, 303, "{email}: {:?}", again.errors());
            let told = alice.get(&contact).await.select(".history > li strong");
            assert!(!told.iter().any(|what| what == "Contact modifié"), "{email} changed: {told:?}");
            let values: Vec<String> = Field::IN_FILE
                .into_iter()
                .filter(|field| !matches!(field, Field::Email | Field::Civility))
                .filter_map(|field| edit.attributes(&format!("#{}", field.form_name()), "value").pop())
                .collect();
            kept.push(values);
        }
        assert!(kept.iter().all(|values| *values == kept[0]), "{kept:?}");
    }
}

proptest! {
    #[test]
    fn every_field_accepts_its_stored_value_unchanged(
        field in 0..Field::ALL.len(),
        typed in prop_oneof![".{0,120}", "[0-9+ ().x#-]{0,30}", "https?://[a-z./?=&@:]{0,30}", "[a-z.@ ]{0,20}"],
    ) {
        let field = Field::ALL[field];
        if let Ok(stored) = field.clean(&typed) {
            prop_assert_eq!(field.clean(&stored), Ok(stored.clone()), "{:?}", field);
        }
    }

    #[test]
    fn every_field_of_a_contact_type_accepts_its_stored_value_unchanged(
        kind in 0..CustomKind::ALL.len(),
        typed in prop_oneof![".{0,120}", "[0-9/: -]{0,16}", "[-+0-9,. ]{0,20}", "(?s).{0,40}"],
    ) {
        let kind = CustomKind::ALL[kind];
        let choices = ["Or".to_owned()];
        if let Ok(stored) = kind.clean(&typed, &choices) {
            prop_assert_eq!(kind.clean(&stored, &choices), Ok(stored.clone()), "{:?}", kind);
        }
    }
}
