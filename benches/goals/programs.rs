//! The API with a key: look-ups by number in a large book, and contacts that another system keeps in step, compared with a loop of
//! one-row commits by hand.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use reqwest::header::CONTENT_TYPE;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::load::{self, Target};
use crate::served::{Client, PASSWORD, Served, add_account, field};
use crate::{Database, Place, limit, lines};

/// How long look-ups and pages are asked each time.
const LASTING: Duration = Duration::from_secs(4);
/// One account has eight requests at once.
const AT_ONCE: usize = 8;
/// The numbers that are looked up in turn.
const NUMBERS: usize = 5_000;
/// The contacts that are kept in step.
const UPSERTS: usize = 2_000;
/// The contacts of one request, which the API allows at most.
const BULK: usize = 100;
const ADMINISTRATOR: &str = "chief";
/// The system that keeps them in step.
const SOURCE: &str = "Paie";

/// # Errors
/// A server does not start or answer.
pub async fn measure(place: &Place, rows: usize, pairs: usize) -> anyhow::Result<()> {
    let name = match place.database {
        Database::Sqlite => "SQLite",
        Database::Postgres => "PostgreSQL",
    };
    println!("API: look-ups and upserts, {name}, {rows} contacts, {pairs} pairs");
    let url = place.url("programs");
    let (served, client) = Served::filled(&url, lines::generate(rows).into_bytes()).await?;
    let key = make_key(&client).await?;
    look_up(&served.with_key(&key), &served.target(&client)?, rows, pairs)?;
    add_account(&url, ADMINISTRATOR, "administrator")?;
    let administrator = served.client_of(ADMINISTRATOR).await?;
    let token = field(&administrator.get("/sources").await?, "csrf").context("no token")?;
    let (status, _) = administrator.post("/sources", &[("csrf", &*token), ("name", SOURCE)]).await?;
    anyhow::ensure!(status == 303, "the source was answered {status}");
    keep_in_step(place, &served, &key, pairs).await
}

/// Makes a key by the page, as its owner does.
async fn make_key(client: &Client) -> anyhow::Result<String> {
    let page = client.get("/account/keys").await?;
    let value = |name: &str| field(&page, name).context("a field of the form");
    let fields = [
        ("csrf", value("csrf")?),
        ("label", "bench".to_owned()),
        ("right", "write".to_owned()),
        ("until", value("until")?),
        ("networks", String::new()),
        ("password", PASSWORD.to_owned()),
    ];
    let made = Html::parse_document(&client.post_for_page("/account/keys", &fields).await?);
    let selector = Selector::parse("#key").map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(made.select(&selector).next().context("no key")?.text().collect())
}

/// Look-ups of numbers of the book, one after the other and at once; then pages beside them.
fn look_up(program: &Target, person: &Target, rows: usize, pairs: usize) -> anyhow::Result<()> {
    let step = (rows / NUMBERS).max(1);
    let text = lines::generate(rows);
    let numbers = text.lines().step_by(step).filter_map(|line| line.split(',').nth(5));
    let paths: Vec<String> = numbers.map(|number| format!("/api/v1/lookup?number={number}")).collect();
    let pages = ["/contacts".to_owned()];
    for _ in 0..pairs {
        for (what, at_once) in [("one by one", 1), ("at once", AT_ONCE)] {
            let asked = load::run(program, &paths, (at_once, LASTING))?;
            show(&format!("look-ups {what}"), &asked);
        }
        let alone = load::run(person, &pages, (1, LASTING))?;
        let beside = std::thread::scope(|scope| {
            let asking = scope.spawn(|| load::run(program, &paths, (AT_ONCE, LASTING)));
            let beside = load::run(person, &pages, (1, LASTING));
            asking.join().map_err(|_| anyhow::anyhow!("the look-ups ended"))??;
            beside
        })?;
        show("the list alone", &alone);
        show("the list beside", &beside);
    }
    Ok(())
}

fn show(what: &str, load: &load::Load) {
    println!(
        "  {what:<22} {:7.0} requests/s  p50 {:6.2} ms  p99 {:6.2} ms",
        load.rate(),
        load.milliseconds(50),
        load.milliseconds(99)
    );
}

/// New contacts by their ids: by hand, one per request, the same with several requests at once, and a hundred per request.
async fn keep_in_step(place: &Place, served: &Served, key: &str, pairs: usize) -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    let (mut single, mut at_once, mut bulk) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..pairs {
        let text = lines::generate(UPSERTS);
        let file = place.folder.path().join("upserts.csv");
        std::fs::write(&file, &text)?;
        let begun = Instant::now();
        let book = place.book(&format!("by_hand_{pair}"));
        match place.database {
            Database::Sqlite => limit::sqlite(&file, book.as_ref(), 1)?,
            Database::Postgres => limit::postgres(&file, &book, 1)?,
        }
        let by_hand = rate(begun);
        let contacts: Vec<Value> = text.lines().map(|line| contact(line, pair)).collect();
        let path = format!("http://{}/api/v1/sources/{SOURCE}/contacts", served.address());
        let begun = Instant::now();
        for (number, contact) in contacts.iter().enumerate() {
            let request = http.put(format!("{path}/single-{pair}-{number}")).body(contact.to_string());
            sent(request, key).await?;
        }
        let one = rate(begun);
        let begun = Instant::now();
        let requests = contacts.iter().enumerate().map(|(number, contact)| {
            let mut contact = contact.clone();
            contact["email"] = json!(format!("several-{pair}-{number}@mairie.example"));
            sent(http.put(format!("{path}/several-{pair}-{number}")).body(contact.to_string()), key)
        });
        stream::iter(requests).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        let several = rate(begun);
        let begun = Instant::now();
        for (part, contacts) in contacts.chunks(BULK).enumerate() {
            let items = contacts.iter().enumerate().map(|(number, contact)| {
                let mut contact = contact.clone();
                contact["email"] = json!(format!("bulk-{pair}-{part}-{number}@mairie.example"));
                json!({"id": format!("bulk-{pair}-{part}-{number}"), "contact": contact})
            });
            let items: Vec<Value> = items.collect();
            sent(http.post(&path).body(json!({"items": items}).to_string()), key).await?;
        }
        let many = rate(begun);
        println!(
            "  upserts/s: {by_hand:6.0} by hand  {one:6.0} one by one  {several:6.0} at once  {many:6.0} by the hundred"
        );
        single.push(one / by_hand);
        at_once.push(several / by_hand);
        bulk.push(many);
    }
    let [single, at_once, bulk] = [single, at_once, bulk].map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[pairs / 2]
    });
    println!(
        "  => one by one {single:.2} of the rate by hand, at once {at_once:.2}; {bulk:.0} contacts/s by the hundred (medians)"
    );
    Ok(())
}

fn rate(begun: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let count = UPSERTS as f64;
    count / begun.elapsed().as_secs_f64()
}

/// The contact of a line, with an e-mail of its own.
fn contact(line: &str, pair: usize) -> Value {
    let fields: Vec<&str> = line.split(',').collect();
    json!({
        "first_name": fields[1], "last_name": fields[2], "email": format!("{pair}-{}", fields[3]), "service": fields[4],
        "phone_work": fields[5], "address": fields[6], "city": fields[7], "copy": true,
    })
}

async fn sent(request: reqwest::RequestBuilder, key: &str) -> anyhow::Result<()> {
    let answer = request.bearer_auth(key).header(CONTENT_TYPE, "application/json").send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{status}: {body}");
    Ok(())
}
