//! Imports, edits, deletions and undos in any order, compared with a model: an import that is undone has never been, unless a
//! later import that is not undone contains the contact.

use std::collections::{BTreeMap, HashMap, HashSet};

use carnet::db::schema::contacts;
use diesel::prelude::*;

use crate::support::undo::{import_path, settled, undo};
use crate::support::{Client, TestApp};

const EMAILS: [&str; 4] = ["anne@x.fr", "bela@x.fr", "cleo@x.fr", "dina@x.fr"];
const SERVICES: [&str; 3] = ["Voirie", "Paie", "Urbanisme"];
const CITIES: [&str; 3] = ["Lyon", "Dijon", "Rennes"];

/// Pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Service and city.
type Values = [String; 2];

#[derive(Debug, Clone)]
enum Event {
    Import(String, Values),
    Edit(usize, String),
    Delete,
    Restore,
}

/// The history of one contact; one that was added by the form may be in the trash.
#[derive(Debug, Clone, Default)]
struct Model {
    typed: Option<(Values, bool)>,
    events: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Now {
    values: Values,
    import: Option<String>,
    /// `false` if it is in the trash.
    is_in_book: bool,
}

impl Model {
    /// The present state; `None` if the contact was never in the book.
    fn now(&self, undone: &HashSet<String>) -> Option<Now> {
        let stands = |event: &Event| matches!(event, Event::Import(name, _) if !undone.contains(name));
        let mut rest = self.events.as_slice();
        let mut now = if let Some(place) = rest.iter().rposition(stands)
            && let Event::Import(name, values) = &rest[place]
        {
            rest = &rest[place + 1..];
            Now { values: values.clone(), import: Some(name.clone()), is_in_book: true }
        } else if let Some((values, is_in_book)) = &self.typed {
            Now { values: values.clone(), import: None, is_in_book: *is_in_book }
        } else if let Some(Event::Import(_, values)) = rest.first() {
            Now { values: values.clone(), import: None, is_in_book: false }
        } else {
            return None;
        };
        for event in rest {
            match event {
                Event::Import(..) => {}
                Event::Edit(field, value) => {
                    now.values[*field].clone_from(value);
                    now.is_in_book = true;
                }
                Event::Delete => now.is_in_book = false,
                Event::Restore => now.is_in_book = true,
            }
        }
        Some(now)
    }
}

struct Book {
    app: TestApp,
    alice: Client,
    models: BTreeMap<&'static str, Model>,
    imports: Vec<String>,
    undone: HashSet<String>,
    dice: Dice,
    log: Vec<String>,
}

/// Undoes an import beside another undo: where that one has changed the contacts since the question, the page asks again.
async fn undo_beside(client: &Client, name: &str) {
    let path = import_path(client, name).await;
    let mut answer = client.get(&format!("{path}/undo")).await;
    while answer.status != 303 {
        assert!([200, 422].contains(&answer.status), "{}", answer.body);
        answer = client.submit(&answer, "main form", &[]).await;
    }
    settled(client, &path).await;
}

impl Book {
    fn values(&mut self) -> Values {
        [SERVICES[self.dice.below(3)].to_owned(), CITIES[self.dice.below(3)].to_owned()]
    }

    /// Adds some contacts by the form, and deletes some of these.
    async fn begin(&mut self) {
        for email in EMAILS {
            let kind = self.dice.below(3);
            if kind == 0 {
                continue;
            }
            let values = self.values();
            let form = self.alice.get("/contacts/new").await;
            let fields = [
                ("first_name", "P"),
                ("last_name", "N"),
                ("email", email),
                ("service", &values[0]),
                ("city", &values[1]),
            ];
            let path = self.alice.post(&form, "/contacts", &fields).await.location();
            if kind == 1 {
                let ask = self.alice.get(&format!("{path}/delete")).await;
                self.alice.submit(&ask, "main form", &[]).await;
            }
            self.log.push(format!(
                "{email} {values:?} {}",
                if kind == 1 { "in the trash" } else { "in the book" }
            ));
            self.models.insert(email, Model { typed: Some((values, kind == 2)), events: Vec::new() });
        }
    }

    async fn import(&mut self) {
        let name = format!("liste{}", self.imports.len());
        let mut lines = Vec::new();
        for email in EMAILS {
            if self.dice.below(4) == 0 {
                continue;
            }
            let values = self.values();
            lines.push(format!("M.,P,N,{email},{},,,{}\n", values[0], values[1]));
            let model = self.models.entry(email).or_default();
            model.events.push(Event::Import(name.clone(), values));
        }
        if lines.is_empty() {
            return;
        }
        let file = lines.concat();
        self.log.push(format!("{name}: {file}"));
        self.alice.import(&name, file, false).await;
        self.imports.push(name);
    }

    async fn edit(&mut self) {
        let email = EMAILS[self.dice.below(4)];
        let (field, value) = (self.dice.below(2), self.values());
        let value = value[field].clone();
        let Some(now) = self.now(email) else {
            return;
        };
        if !now.is_in_book || now.values[field] == value {
            return;
        }
        let path = self.path(email).await;
        let form = self.alice.get(&format!("{path}/edit")).await;
        let name = ["service", "city"][field];
        self.alice.submit(&form, "main form", &[(name, Some(&value))]).await;
        self.log.push(format!("edit {email}: {name} {value}"));
        self.happened(email, Event::Edit(field, value));
    }

    /// Moves a contact to the trash, or restores it.
    async fn delete_or_restore(&mut self) {
        let email = EMAILS[self.dice.below(4)];
        let Some(now) = self.now(email) else {
            return;
        };
        let path = self.path(email).await;
        let (page, form, event) = if now.is_in_book {
            (format!("{path}/delete"), "main form", Event::Delete)
        } else {
            (path, "form[action$=restore]", Event::Restore)
        };
        let page = self.alice.get(&page).await;
        self.alice.submit(&page, form, &[]).await;
        self.log.push(format!("{event:?} {email}"));
        self.happened(email, event);
    }

    fn now(&self, email: &str) -> Option<Now> {
        self.models.get(email)?.now(&self.undone)
    }

    fn happened(&mut self, email: &str, event: Event) {
        self.models.get_mut(email).unwrap().events.push(event);
    }

    /// The path of the contact with this e-mail, even in the trash.
    async fn path(&self, email: &'static str) -> String {
        let id: i64 = self
            .app
            .db
            .read(move |conn| {
                Ok(contacts::table.filter(contacts::email_key.eq(email)).select(contacts::id).first(conn)?)
            })
            .await
            .unwrap();
        format!("/contacts/{id}")
    }

    async fn undo(&mut self, together: bool) {
        let mut open: Vec<String> =
            self.imports.iter().filter(|name| !self.undone.contains(*name)).cloned().collect();
        if open.is_empty() {
            return;
        }
        let first = open.swap_remove(self.dice.below(open.len()));
        self.log.push(format!("undo {first}"));
        if together && !open.is_empty() {
            let second = open.swap_remove(self.dice.below(open.len()));
            self.log.push(format!("at once undo {second}"));
            tokio::join!(undo_beside(&self.alice, &first), undo_beside(&self.alice, &second));
            self.undone.insert(second);
        } else {
            undo(&self.alice, &first).await;
        }
        self.undone.insert(first);
    }

    async fn agrees(&self) {
        type UndoneRow = (Option<String>, bool, String, String, Option<i64>);
        let rows: Vec<UndoneRow> = self
            .app
            .db
            .read(|conn| {
                Ok(contacts::table
                    .select((
                        contacts::email_key,
                        contacts::deleted_at.is_null(),
                        contacts::service,
                        contacts::city,
                        contacts::import_id,
                    ))
                    .load(conn)?)
            })
            .await
            .unwrap();
        let mut names = HashMap::new();
        for name in &self.imports {
            let path = import_path(&self.alice, name).await;
            names.insert(path.replace("/imports/", "").parse::<i64>().unwrap(), name.clone());
        }
        let book: BTreeMap<String, Now> = rows
            .into_iter()
            .map(|(email, is_in_book, service, city, import)| {
                let import = import.map(|id| names[&id].clone());
                (email.unwrap(), Now { values: [service, city], import, is_in_book })
            })
            .collect();
        let expected: BTreeMap<String, Now> = self
            .models
            .iter()
            .filter_map(|(email, model)| Some(((*email).to_owned(), model.now(&self.undone)?)))
            .collect();
        assert_eq!(book, expected, "after {:#?}", self.log);
        for service in SERVICES {
            let found =
                self.alice.get(&format!("/contacts?service={service}")).await.select("tbody tr").len();
            let there = expected.values().filter(|now| now.is_in_book && now.values[0] == service).count();
            assert_eq!(found, there, "{service} after {:#?}", self.log);
        }
    }
}

async fn play(app: TestApp, seed: u64) {
    let alice = app.coordinator().await;
    let mut book = Book {
        app,
        alice,
        models: BTreeMap::new(),
        imports: Vec::new(),
        undone: HashSet::new(),
        dice: Dice(seed),
        log: Vec::new(),
    };
    book.begin().await;
    for _ in 0..32 {
        match book.dice.below(11) {
            0..3 => book.import().await,
            3..6 => book.edit().await,
            6..9 => book.delete_or_restore().await,
            9 => book.undo(false).await,
            _ => book.undo(true).await,
        }
        book.agrees().await;
    }
    while book.undone.len() < book.imports.len() {
        book.undo(false).await;
        book.agrees().await;
    }
}

both_backends!(
    a_first_game_ends_as_the_model_says,
    a_second_game_ends_as_the_model_says,
    a_third_game_ends_as_the_model_says,
    a_fourth_game_ends_as_the_model_says,
);

async fn a_first_game_ends_as_the_model_says(app: TestApp) {
    play(app, 1).await;
}

async fn a_second_game_ends_as_the_model_says(app: TestApp) {
    play(app, 20).await;
}

async fn a_third_game_ends_as_the_model_says(app: TestApp) {
    play(app, 300).await;
}

async fn a_fourth_game_ends_as_the_model_says(app: TestApp) {
    play(app, 4_000).await;
}
