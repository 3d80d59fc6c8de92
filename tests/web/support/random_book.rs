//! Books of contacts with random values in all fields, with what files have as signs of their own.

use std::sync::atomic::{AtomicUsize, Ordering};

use carnet::domain::{CustomKind, Field, FieldKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::contact_types::add_type;
use super::external_ids::{add_source, set_ids};
use super::{Backend, Client, Page, TestApp, database};

/// Label, kind, choices, and whether it is required.
type RandomField = (&'static str, &'static str, &'static str, bool);

const TYPES: [(&str, [RandomField; 7]); 2] = [
    (
        "Fournisseur",
        [
            ("Raison sociale", "text", "", false),
            ("Remarques", "text_area", "", false),
            ("Étiquettes", "tag", "", false),
            ("Effectif", "integer", "", false),
            ("Depuis", "date", "", false),
            ("=Agréé", "check_box", "", false),
            ("Fiche", "url", "", false),
        ],
    ),
    (
        "Élu, +local",
        [
            ("Raison sociale", "text", "", false),
            ("SIRET", "identifier", "", false),
            ("Taux", "number", "", false),
            ("Rendez-vous", "date_time", "", false),
            ("Niveau", "list", "Or\nN/A\n=1+1", false),
            ("Notes", "text_area", "", false),
            ("Mandat", "date", "", false),
        ],
    ),
];
/// A source may have the name of a field.
const SOURCES: [&str; 3] = ["RH", "CRM", "Service"];

/// A text of one line, with what formats have as signs of their own.
fn line(longest: usize) -> BoxedStrategy<String> {
    let hostile = select(vec![
        "n/a",
        "-",
        "NC",
        "?",
        "=1+1",
        "+A1",
        "-2",
        "@SUM(A1)",
        "'=x",
        "''-y",
        "'",
        "\"",
        "a\"b",
        ",",
        ";",
        "a;b,c|d\te",
        "\\",
        "\\n",
        "a\\,b",
        "  a   b ",
        "«\u{A0}été\u{202F}»",
        "👩🏽‍⚕️ équipe",
        "עברית",
        "مرحبا",
        "0012",
        "1e5",
        "612345678",
        "_x0041_",
        "<b>&amp;",
        "DUPONT",
        "https://x",
        "=a,=b;+c",
        "#N/A",
        "TRUE",
        "2026-01-01",
        "x:y",
        "=?utf-8?q?a?=",
        "item1.TEL:1",
        "a=",
        "%2C",
    ])
    .prop_map(str::to_owned);
    let long = Just("é".repeat(longest));
    prop_oneof![4 => hostile, 4 => "\\PC{0,12}", 2 => "[A-Za-zéè' -]{1,20}", 1 => long]
        .prop_map(move |text| text.chars().filter(|c| !c.is_control()).take(longest).collect())
        .boxed()
}

fn phone() -> BoxedStrategy<String> {
    let known = select(vec![
        "01 10 20 30 40",
        "0110203040",
        "+33 (0)1.10.20.30.41",
        "0033110203042",
        "612345678",
        "33612345678",
        "3949",
        "01 10 20 30 82/83",
        "06 12 34 56 78 ou 01 10 20 30 84",
        "01 10 20 30 40 poste 12",
        "fixe 01 10 20 30 85 (matin)",
        "+32 470 12 34 56",
        "0800 CARNET 12",
        "118 218",
        "01 10 20 30 40 / 01 10 20 30 40",
        "12,,34#",
        "+1",
        "01 10 20 30 82/83/84/85",
        "6,12",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => "[0-9+ ().x#-]{1,20}"].boxed()
}

fn value(kind: FieldKind) -> BoxedStrategy<String> {
    match kind {
        FieldKind::Civility => select(vec!["", "M.", "Mme", "Mlle"]).prop_map(str::to_owned).boxed(),
        FieldKind::Text(longest) => line(longest),
        FieldKind::Email => "[a-z'+=-]{1,8}[0-9]{6}@[a-z]{2,6}\\.example".boxed(),
        FieldKind::Phone => phone(),
        FieldKind::Flag => select(vec!["", "on"]).prop_map(str::to_owned).boxed(),
        FieldKind::Country => select(vec!["", "FR", "BE", "CI", "US", "RE"]).prop_map(str::to_owned).boxed(),
        FieldKind::Url(_) => "https://[a-z]{1,8}\\.example/[a-zA-Z0-9,;?=&%/\\\\n-]{0,20}".boxed(),
        FieldKind::Organization | FieldKind::ContactType => Just(String::new()).boxed(),
    }
}

fn custom(kind: CustomKind) -> BoxedStrategy<String> {
    match kind {
        CustomKind::Text | CustomKind::Identifier => line(100),
        CustomKind::TextArea => vec(line(60), 1..4).prop_map(|lines| lines.join("\n")).boxed(),
        CustomKind::Tag => vec(line(30), 1..4).prop_map(|tags| tags.join(",")).boxed(),
        CustomKind::Integer => "-?[0-9]{1,18}".boxed(),
        CustomKind::Number => "-?[0-9]{1,12}[.,][0-9]{1,6}".boxed(),
        CustomKind::Date => "20[0-9]{2}-0[1-9]-[12][0-9]".boxed(),
        CustomKind::DateTime => "20[0-9]{2}-1[0-2]-0[1-9]T1[0-9]:[0-5][0-9]".boxed(),
        CustomKind::CheckBox => select(vec!["", "on"]).prop_map(str::to_owned).boxed(),
        CustomKind::List => select(vec!["Or", "N/A", "=1+1"]).prop_map(str::to_owned).boxed(),
        CustomKind::Url => "https://[a-z]{1,8}\\.example/[a-z,]{0,9}".boxed(),
    }
}

/// A book with these types and sources, and people who may change it.
pub struct RandomBook {
    app: TestApp,
    pub alice: Client,
    /// The keys of the fields of each type.
    keys: Vec<Vec<String>>,
}

impl RandomBook {
    /// An empty book.
    pub async fn of(app: TestApp) -> Self {
        let (alice, charlie) = (app.coordinator().await, app.administrator().await);
        for (name, fields) in TYPES {
            add_type(&charlie, name, &fields).await;
        }
        for source in SOURCES {
            add_source(&charlie, source).await;
        }
        let mut keys = Vec::new();
        for (name, _) in TYPES {
            let form = alice.get("/contacts/new").await;
            let typed = [("contact_type", Some(name)), ("step", Some("show_type"))];
            let form = alice.submit(&form, "main form", &typed).await;
            let mut of_type = form.attributes("main [name^=custom_]", "name");
            of_type.dedup();
            assert_eq!(of_type.len(), 7, "{of_type:?}");
            keys.push(of_type);
        }
        Self { app, alice, keys }
    }

    /// Another, empty book with the same kind of database.
    pub async fn beside(&self) -> Self {
        let is_sqlite = self.app.database_url.starts_with("sqlite");
        let backend = if is_sqlite { Backend::Sqlite } else { Backend::Postgres };
        let (url, folder) = database(backend).unwrap();
        Self::of(TestApp::start(url, folder, &[]).await).await
    }

    /// The body of an answer.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.alice.raw(reqwest::Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// The check of a file, without a page about its columns.
    pub async fn checked(&self, bytes: Vec<u8>) -> Page {
        // Each has a name of its own.
        static UPLOADS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("retour-{}", UPLOADS.fetch_add(1, Ordering::Relaxed));
        let answer = self.alice.upload(&name, bytes, false).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(!answer.location().ends_with("/columns"), "nobody is asked for the columns");
        self.alice.at_rest(&answer.location()).await
    }

    /// The paths of all contacts.
    pub async fn all_paths(&self) -> Vec<String> {
        let links = self.alice.get("/contacts").await.attributes("tbody th a", "href");
        links.into_iter().map(|path| path.split('?').next().unwrap().to_owned()).collect()
    }

    /// Adds somebody with random values; returns `false` if the form refuses one of them.
    async fn add_random(&self, runner: &mut TestRunner, number: usize) -> bool {
        let mut sample = |strategy: BoxedStrategy<String>| strategy.new_tree(runner).unwrap().current();
        let mut typed: Vec<(String, String)> = Vec::new();
        for field in Field::ALL {
            // Half of the fields of each person are empty.
            let is_given = matches!(field.kind(), FieldKind::Flag) || sample("[ab]".boxed()) == "a";
            let value = if is_given { sample(value(field.kind())) } else { String::new() };
            typed.push((field.form_name().to_owned(), value));
        }
        let which = number % 3;
        if let Some(keys) = self.keys.get(which) {
            let (name, fields) = TYPES[which];
            typed.push(("contact_type".to_owned(), name.to_owned()));
            for (key, (_, kind, ..)) in keys.iter().zip(fields) {
                let kind = CustomKind::parse(kind).unwrap();
                typed.push((key.clone(), sample(custom(kind))));
            }
        }
        for name in ["first_name", "last_name"] {
            let at = typed.iter().position(|(known, _)| known == name).unwrap();
            if typed[at].1.trim().is_empty() {
                typed[at].1 = format!("Nom {number}");
            }
        }
        let has_email = typed.iter().any(|(name, value)| name == "email" && !value.is_empty());
        let mut changes: Vec<(&str, Option<&str>)> = Vec::new();
        for (name, value) in &typed {
            let is_status = matches!(name.as_str(), "copy" | "transfer");
            if value.is_empty() || is_status && !has_email {
                changes.push((name, None));
            } else if name != "contact_type" || which < 2 {
                changes.push((name, Some(value)));
            }
        }
        changes.retain(|(name, value)| !matches!((*name, value), ("organization" | "contact_type", None)));
        let form = self.alice.get("/contacts/new").await;
        let shown = if which < 2 {
            let step = [("contact_type", Some(TYPES[which].0)), ("step", Some("show_type"))];
            self.alice.submit(&form, "main form", &step).await
        } else {
            form
        };
        let saved = self.alice.submit(&shown, "main form", &changes).await;
        if saved.status != 303 {
            return false;
        }
        let path = saved.location();
        let path = path.split('?').next().unwrap();
        let form = self.alice.get(&format!("{path}/expertise")).await;
        let topics = sample(vec(line(40), 0..4).prop_map(|topics| topics.join("\n")).boxed());
        let languages = ["Anglais", "english, Klingon; =x", "Breton", ""][number % 4];
        self.alice
            .submit(&form, "main form", &[("topics", Some(&topics)), ("languages", Some(languages))])
            .await;
        let ids = [format!("0{number}"), format!("'=, {number}"), format!("n/a {number}")];
        let given = SOURCES.into_iter().zip(&ids).skip(number % 4).map(|(source, id)| (source, id.as_str()));
        let given: Vec<(&str, &str)> = given.collect();
        if !given.is_empty() {
            set_ids(&self.alice, path, &given).await;
        }
        true
    }

    /// Adds so many contacts.
    pub async fn fill(&self, wanted: usize) {
        let mut runner = TestRunner::default();
        let mut added = 0;
        for number in 0..wanted * 6 {
            added += usize::from(self.add_random(&mut runner, number).await);
            if added == wanted {
                return;
            }
        }
        panic!("the form refused nearly everybody: {added} of {wanted}");
    }
}
