//! The statements of the pages that people wait for: with the database on another machine, each is a round trip.

use crate::support::statements::{statements, watch};
use crate::support::{Backend, with_app};

/// With so many people, a common word has many results.
const PEOPLE: usize = 1_500;

fn list() -> String {
    let person = |number: usize| {
        let (service, city) = (["Eau", "Voirie", "Accueil"][number % 3], ["Lyon", "Nice"][number % 2]);
        format!(
            "Mme,Julie,Martin{number:04},julie{number}@mairie.example,{service},01102{number:05},,{city}\n"
        )
    };
    (0..PEOPLE).map(person).collect()
}

#[test]
fn pages_take_few_statements_on_postgresql() {
    watch();
    with_app(Backend::Postgres, async |app| {
        let (alice, bob) = (app.coordinator().await, app.agent().await);
        alice.import("liste", list(), false).await;
        for (client, path, most) in [
            (&alice, "/contacts", 4),
            (&bob, "/contacts?sort=name", 4),
            (&alice, "/contacts?q=mar", 6),
            (&bob, "/contacts?q=mar", 6),
            (&bob, "/contacts?q=julie", 6),
            (&bob, "/contacts?q=lyon", 6),
            (&bob, "/contacts?q=martin00", 6),
            (&bob, "/contacts?q=martin0012", 6),
            (&bob, "/contacts?q=julie+lyon", 6),
            (&bob, "/contacts?service=Eau&city=Lyon", 6),
            (&bob, "/contacts?q=julie&status=expert", 7),
            (&bob, "/contacts/1", 5),
            (&alice, "/contacts/1", 5),
            (&alice, "/contacts/1/edit", 4),
        ] {
            let run = statements(&app, client, path).await;
            assert!(run.len() <= most, "{path}: {} statements: {run:#?}", run.len());
        }
    });
}
