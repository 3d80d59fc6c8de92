//! Contact cards as other programs read them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Client, Page, TestApp, left_out};

/// A contact with everything that a card can hold, and with characters that have a meaning in cards.
async fn helene(alice: &Client) -> String {
    let new = alice.get("/organizations/new").await;
    alice.post(&new, "/organizations", &[("name", "Eaux, gaz; & Cie\\")]).await;
    let form = alice.get("/contacts/new").await;
    let typed = [
        ("civility", "Mme"),
        ("first_name", "Hélène, Anne"),
        ("last_name", "Lefèvre; Née\\Œuvrard"),
        ("title", "Directrice"),
        ("organization", "Eaux, gaz; & Cie\\"),
        ("service", "État civil"),
        ("email", "helene@mairie.example"),
        ("email_personal", "helene@perso.example"),
        ("email_other", "h@autre.example"),
        ("phone_work", "01 10 20 30 40 poste 12"),
        ("phone_cell", "+32 470 12 34 56"),
        ("sms_cell", "on"),
        ("phone_home", "0110203041"),
        ("phone_other", "3949"),
        (
            "address",
            "12, rue Haute; bâtiment « Les Très Longues Allées du Bord de l’Eau et des Érables », 3e étage",
        ),
        ("postal_code", "69001"),
        ("city", "L’Haÿ-les-Roses"),
        ("country", "FR"),
        ("external_url", "https://crm.example/fiche?id=1,2;x=3"),
    ];
    let saved = alice.submit(&form, "main form", &typed.map(|(name, value)| (name, Some(value)))).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    let path = saved.location();
    let form = alice.get(&format!("{path}/expertise")).await;
    let typed =
        [("topics", Some("livret de famille\neau\\gaz")), ("languages", Some("Arabe\nklingon\nanglais"))];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    path
}

/// The cards as vobject reads them, the library of many address books; `None` if it is not installed.
fn understood(cards: &Page) -> Option<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/read_cards.py");
    let installed = Command::new("python3").args(["-c", "import vobject"]).output();
    if !installed.is_ok_and(|output| output.status.success()) {
        left_out("vobject (python3 -m pip install vobject)");
        return None;
    }
    let mut reader =
        Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    reader.stdin.take().unwrap().write_all(cards.body.as_bytes()).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", cards.body);
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn values(card: &Value, name: &str) -> Vec<(Vec<String>, Value)> {
    let lines = card.as_array().unwrap().iter();
    lines
        .filter(|line| line[0] == name)
        .map(|line| (serde_json::from_value(line[1].clone()).unwrap(), line[2].clone()))
        .collect()
}

fn kinds(kinds: &[&str]) -> Vec<String> {
    kinds.iter().map(|kind| (*kind).to_owned()).collect()
}

both_backends!(
    a_card_is_read_back_with_the_same_values,
    several_cards_are_in_one_file_without_contacts_in_the_trash,
);

async fn a_card_is_read_back_with_the_same_values(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = helene(&alice).await;
    for version in ["4", "3"] {
        let card = bob.get(&format!("{path}.vcf?version={version}")).await;
        assert_eq!(card.header("content-type"), "text/vcard; charset=utf-8");
        assert!(card.header("content-disposition").ends_with(".vcf\""));
        assert!(
            card.body.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')),
            "{}",
            card.body
        );
        let Some(read) = understood(&card) else { return };
        assert_eq!(read.len(), 1);
        let one = |name: &str| values(&read[0], name).remove(0).1;
        assert_eq!(one("VERSION"), format!("{version}.0"));
        assert_eq!(one("FN"), "Hélène, Anne Lefèvre; Née\\Œuvrard");
        assert_eq!(one("N"), json!(["Lefèvre; Née\\Œuvrard", "Hélène, Anne", "Mme"]));
        assert_eq!(one("ORG"), json!(["Eaux, gaz; & Cie\\", "État civil"]));
        assert_eq!(one("TITLE"), "Directrice");
        assert_eq!(
            one("ADR")[0],
            "12, rue Haute; bâtiment « Les Très Longues Allées du Bord de l’Eau et des Érables », 3e étage"
        );
        assert_eq!(one("ADR")[1], "L’Haÿ-les-Roses");
        assert_eq!(one("ADR")[4], "France");
        assert_eq!(one("URL"), "https://crm.example/fiche?id=1%2C2;x=3");
        assert_eq!(one("CATEGORIES"), json!(["livret de famille", "eau\\gaz"]));
        let internet = if version == "3" { vec!["INTERNET"] } else { vec![] };
        let with = |kind: &'static str| [internet.clone(), vec![kind]].concat();
        assert_eq!(
            values(&read[0], "EMAIL"),
            [
                (kinds(&with("WORK")), json!("helene@mairie.example")),
                (
                    kinds(&{
                        let mut home = with("HOME");
                        home.sort_unstable();
                        home
                    }),
                    json!("helene@perso.example")
                ),
                (kinds(&internet), json!("h@autre.example")),
            ]
        );
        let phones = values(&read[0], "TEL");
        let expected = match version {
            "3" => [
                (kinds(&["VOICE", "WORK"]), json!("01 10 20 30 40 poste 12")),
                (kinds(&["CELL", "VOICE"]), json!("+32470123456")),
                (kinds(&["HOME", "VOICE"]), json!("+33110203041")),
                (kinds(&["VOICE"]), json!("3949")),
            ],
            _ => [
                (kinds(&["VOICE", "WORK"]), json!("tel:+33110203040;ext=12")),
                (kinds(&["CELL", "TEXT", "VOICE"]), json!("tel:+32470123456")),
                (kinds(&["HOME", "VOICE"]), json!("tel:+33110203041")),
                (kinds(&["VOICE"]), json!("3949")),
            ],
        };
        assert_eq!(phones, expected);
        let languages: Vec<Value> = values(&read[0], "LANG").into_iter().map(|(_, tag)| tag).collect();
        assert_eq!(languages, if version == "3" { vec![] } else { vec![json!("ar"), json!("en")] });
        assert!(one("UID").as_str().unwrap().starts_with("urn:uuid:"));
        assert!(one("REV").as_str().unwrap().ends_with('Z'));
    }
    let again = bob.get(&format!("{path}.vcf")).await;
    assert_eq!(again.body, bob.get(&format!("{path}.vcf?version=4")).await.body, "four is what is asked for");
    assert_eq!(bob.get(&format!("{path}.vcf?version=5")).await.status, 400);
}

async fn several_cards_are_in_one_file_without_contacts_in_the_trash(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "Mme,Zoë,B,zoe@b.fr,,,,\nM.,Marc,A,marc@b.fr,,,,\nM.,,,nom@b.fr,,,,\n", false).await;
    let page = alice.get("/contacts").await;
    let paths = page.attributes("tbody th a", "href");
    let query: String =
        paths.iter().map(|path| format!("contact={}&", path.rsplit_once('/').unwrap().1)).collect();
    let cards = alice.get(&format!("/contacts.vcf?{query}version=3")).await;
    if let Some(read) = understood(&cards) {
        let names: Vec<Value> = read.iter().map(|card| values(card, "FN").remove(0).1).collect();
        assert_eq!(names, ["nom@b.fr", "Marc A", "Zoë B"], "who has no name is called by the e-mail");
    }
    let gone = paths.last().unwrap();
    let form = alice.get(&format!("{gone}/delete")).await;
    alice.submit(&form, "main form", &[]).await;
    assert_eq!(alice.get(&format!("{gone}.vcf")).await.status, 404);
    let cards = alice.get(&format!("/contacts.vcf?{query}")).await;
    assert_eq!(cards.body.matches("BEGIN:VCARD").count(), 2);
    for nobody in [
        "/contacts.vcf",
        "/contacts.vcf?contact=x",
        "/contacts.vcf?contact=999999",
        "/contacts/999999.vcf",
        "/contacts/x.vcf",
    ] {
        assert_eq!(alice.get(nobody).await.status, 404, "{nobody}");
    }
}
