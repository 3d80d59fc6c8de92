//! The exact numbers of contacts: right after whatever is written, by one person or several, on one node or beside an older one.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

use carnet::base::clock;
use carnet::book::counts::{self, BookCounts, Count, Key, Kind, recount};
use carnet::book::write::Submission;
use carnet::book::{list, write};
use carnet::db::nodes::GENERATION;
use carnet::db::schema::{
    accounts, book_count_deltas, book_counts, book_values, contact_merges, contacts, jobs, nodes,
    organizations, repairs,
};
use carnet::db::{AnyConnection, Db};
use carnet::domain::{Details, Field, Status};
use carnet::error::AppResult;
use carnet::jobs::Kind as JobKind;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use futures_util::future::join;

use crate::support::chance::Chance;
use crate::support::contacts::{add, id};
use crate::support::erasure::{erase, finished};
use crate::support::undo::undo;
use crate::support::waiting::{let_time_pass, wait_until};
use crate::support::{Backend, Client, TestApp, with_app};

/// Checks every number against a recount.
async fn check(app: &TestApp, after: &str) {
    let (wrong, missing, unused) = app
        .db
        .read(|conn| {
            let wrong = recount::differences(conn)?;
            let (missing, unused) = listed(conn)?;
            Ok((wrong, missing, unused))
        })
        .await
        .unwrap();
    assert!(wrong.is_empty(), "after {after}: {wrong:?}");
    assert!(missing.is_empty(), "after {after}, the list of values lacks {missing:?}");
    let is_sqlite = app.database_url.starts_with("sqlite");
    assert!(!is_sqlite || unused.is_empty(), "after {after}, no contact has {unused:?}");
}

type Values = Vec<(String, String)>;

/// The values with contacts that the list of values lacks, and its values without contacts.
fn listed(conn: &mut AnyConnection) -> AppResult<(Values, Values)> {
    let kinds = ["service", "city", "topic", "language"];
    let known: Values = book_values::table.select((book_values::kind, book_values::value_key)).load(conn)?;
    let base: Vec<(String, String, i64)> = book_counts::table
        .filter(book_counts::kind.eq_any(kinds))
        .select((book_counts::kind, book_counts::value_key, book_counts::n))
        .load(conn)?;
    let deltas: Vec<(String, String, i64)> = book_count_deltas::table
        .filter(book_count_deltas::kind.eq_any(kinds))
        .select((book_count_deltas::kind, book_count_deltas::value_key, book_count_deltas::delta))
        .load(conn)?;
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (kind, value, n) in base.into_iter().chain(deltas) {
        *sums.entry((kind, value)).or_default() += n;
    }
    sums.retain(|_, n| *n != 0);
    let missing = sums.keys().filter(|value| !known.contains(value)).cloned().collect();
    let unused = known.into_iter().filter(|value| !sums.contains_key(value)).collect();
    Ok((missing, unused))
}

async fn of_book(db: &Db) -> Option<BookCounts> {
    db.read(counts::of_book).await.unwrap()
}

async fn of(db: &Db, key: Key) -> Option<i64> {
    db.read(move |conn| counts::of(conn, &[key])).await.unwrap().map(|counts| counts[0])
}

fn value(kind: Kind, value: &str) -> Key {
    Key { kind, value: value.to_owned() }
}

async fn account(db: &Db) -> i64 {
    db.read(|conn| {
        let alice = accounts::table.filter(accounts::username_key.eq("alice"));
        Ok(alice.select(accounts::id).first(conn)?)
    })
    .await
    .unwrap()
}

/// People who do everything that changes contacts, one thing after the other.
struct Day<'a> {
    app: &'a TestApp,
    alice: Client,
    chance: Chance,
    account: i64,
    imports: Vec<String>,
}

const SERVICES: [&str; 5] = ["Voirie", "VOIRIE", "État civil", "Eau", ""];
const CITIES: [&str; 4] = ["Lyon", "lyon", "Évry", ""];
const NAMES: [&str; 6] = ["Zola", "Élan", "d'Arc", "Martin", "Œuvrard", "9 Lives"];
const TOPICS: [&str; 4] = ["Eau, EAU, paie", "paie", "", "Égout"];
const ORGANIZATIONS: [&str; 3] = ["Régie", "Métropole", "Mairie"];

impl Day<'_> {
    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        let place = self.chance.next() % texts.len() as u64;
        texts[usize::try_from(place).unwrap()]
    }

    /// A contact in the book or in the trash.
    async fn contact(&mut self, is_in_book: bool) -> Option<i64> {
        let ids: Vec<i64> = self
            .app
            .db
            .read(move |conn| {
                let all = contacts::table.order(contacts::id).select(contacts::id).into_boxed();
                Ok(if is_in_book {
                    all.filter(contacts::deleted_at.is_null()).load(conn)?
                } else {
                    all.filter(contacts::deleted_at.is_not_null()).load(conn)?
                })
            })
            .await
            .unwrap();
        let place = usize::try_from(self.chance.next()).unwrap() % ids.len().max(1);
        ids.get(place).copied()
    }

    async fn create(&mut self) {
        let email = format!("c{}@b.fr", self.chance.next() % 40);
        let (last_name, service) = (self.one_of(&NAMES), self.one_of(&SERVICES));
        let mut fields = vec![
            ("first_name", "Anne"),
            ("last_name", last_name),
            ("service", service),
            ("city", self.one_of(&CITIES)),
            ("organization", self.organization().await),
        ];
        if !self.chance.one_in(3) {
            fields.push(("email", &email));
        }
        let form = self.alice.get("/contacts/new").await;
        let mut fields: Vec<(&str, Option<&str>)> =
            fields.into_iter().map(|(name, value)| (name, Some(value))).collect();
        if !fields.iter().any(|(name, _)| *name == "email") {
            fields.push(("copy", None));
        }
        // An e-mail of another contact is refused, one of the trash restores.
        self.alice.submit(&form, "main form", &fields).await;
    }

    /// The name of an organization that exists, or none.
    async fn organization(&mut self) -> &'static str {
        let wanted = self.one_of(&ORGANIZATIONS);
        let found = organizations::table.filter(organizations::name.eq(wanted)).count();
        let found: i64 = self.app.db.read(move |conn| Ok(found.get_result(conn)?)).await.unwrap();
        if found > 0 { wanted } else { "" }
    }

    async fn edit(&mut self) {
        let Some(contact) = self.contact(true).await else { return };
        let form = self.alice.get(&format!("/contacts/{contact}/edit")).await;
        let organization = self.organization().await;
        let expert = self.chance.one_in(2).then_some("on");
        let fields = [
            ("last_name", Some(self.one_of(&NAMES))),
            ("service", Some(self.one_of(&SERVICES))),
            ("city", Some(self.one_of(&CITIES))),
            ("organization", Some(organization)),
            ("expert", expert),
        ];
        self.alice.submit(&form, "main form", &fields).await;
    }

    async fn expertise(&mut self) {
        let Some(contact) = self.contact(true).await else { return };
        let form = self.alice.get(&format!("/contacts/{contact}/expertise")).await;
        let topics = self.one_of(&TOPICS);
        let languages = self.one_of(&["Arabe", "arabe,anglais", ""]);
        let typed = [("topics", Some(topics)), ("languages", Some(languages))];
        self.alice.submit(&form, "main form", &typed).await;
    }

    async fn statuses(&mut self) {
        let mut switches = Vec::new();
        for _ in 0..4 {
            if let Some(contact) = self.contact(true).await {
                let status = Status::ALL[usize::try_from(self.chance.next() % 3).unwrap()];
                switches.push(write::Switch { contact, status, on: self.chance.one_in(2) });
            }
        }
        let account = self.account;
        self.app.db.write(move |conn| write::switch(conn, &switches, account)).await.unwrap();
    }

    fn lines(&mut self) -> String {
        let lines = (0..12).map(|_| {
            let email = self.chance.next() % 40;
            let (name, service) = (self.one_of(&["Zola", "Élan", "Martin"]), self.one_of(&SERVICES));
            format!("M.,Paul,{name},c{email}@b.fr,{service},,,{}\n", self.one_of(&CITIES))
        });
        lines.collect()
    }

    async fn import(&mut self) {
        let name = format!("liste{}", self.chance.next() % 100_000);
        let lines = self.lines();
        self.alice.import(&name, lines, true).await;
        self.imports.push(name);
    }

    async fn undo_import(&mut self) {
        if !self.imports.is_empty() {
            let place = usize::try_from(self.chance.next()).unwrap() % self.imports.len();
            let name = self.imports.remove(place);
            undo(&self.alice, &name).await;
        }
    }

    async fn trash(&mut self) {
        if let Some(contact) = self.contact(true).await {
            let account = self.account;
            self.app.db.write(move |conn| write::delete(conn, contact, account)).await.unwrap();
        }
    }

    async fn restore(&mut self) {
        if let Some(contact) = self.contact(false).await {
            let account = self.account;
            self.app.db.write(move |conn| write::restore(conn, contact, account)).await.unwrap();
        }
    }

    async fn merge(&mut self) {
        let (Some(one), Some(two)) = (self.contact(true).await, self.contact(true).await) else { return };
        let page = self.alice.get(&format!("/duplicates/{}/{}/merge", one.min(two), one.max(two))).await;
        if page.status == 200 {
            self.alice.submit(&page, "main form", &[]).await;
        }
    }

    async fn unmerge(&mut self) {
        let last = contact_merges::table
            .filter(contact_merges::undone_at.is_null())
            .order(contact_merges::id.desc())
            .select(contact_merges::id);
        let last: Option<i64> = self.app.db.read(move |conn| Ok(last.first(conn).optional()?)).await.unwrap();
        if let Some(last) = last {
            let page = self.alice.get("/contacts/new").await;
            self.alice.post(&page, &format!("/merges/{last}/undo"), &[]).await;
        }
    }

    async fn erase(&mut self) {
        let is_in_book = self.chance.one_in(2);
        if let Some(contact) = self.contact(is_in_book).await {
            let answer = erase(&self.alice, &format!("/contacts/{contact}")).await;
            if answer.status == 303 {
                finished(&self.alice, &answer.location()).await;
            }
        }
    }

    async fn add_organization(&mut self) {
        let form = self.alice.get("/organizations/new").await;
        let name = self.one_of(&ORGANIZATIONS);
        self.alice.submit(&form, "main form", &[("name", Some(name))]).await;
    }

    async fn change_organization(&mut self) {
        let last = organizations::table.order(organizations::id.desc()).select(organizations::id);
        let last: Option<i64> = self.app.db.read(move |conn| Ok(last.first(conn).optional()?)).await.unwrap();
        let Some(last) = last else { return };
        if self.chance.one_in(2) {
            let form = self.alice.get(&format!("/organizations/{last}/edit")).await;
            let name = self.one_of(&ORGANIZATIONS);
            self.alice.submit(&form, "main form", &[("name", Some(name))]).await;
            return;
        }
        let ask = self.alice.get(&format!("/organizations/{last}/delete")).await;
        let to = self.organization().await;
        let step = self.one_of(&["move", "leave", "delete"]);
        let fields = [("step", Some(step)), ("organization", Some(to))];
        self.alice.submit(&ask, "main form", &fields).await;
    }

    async fn bulk(&mut self) {
        let filter = self.one_of(&["service=voirie", "city=lyon", "topic=paie", "status=copy"]);
        let action =
            self.one_of(&["do=statuses&transfer=on", "do=statuses&expert=off&copy=off", "do=delete"]);
        let ask = self.alice.get(&format!("/contacts/bulk?{filter}&{action}")).await;
        if ask.select("main form").is_empty() {
            return; // Nobody passes the filter at this moment.
        }
        let answer = self.alice.submit(&ask, "main form", &[]).await;
        if answer.status != 303 {
            return;
        }
        let path = answer.location();
        let done = self.alice.at_rest(&path).await;
        if self.chance.one_in(2) {
            self.alice.post(&done, &format!("{path}/undo"), &[]).await;
            self.alice.at_rest(&path).await;
        }
    }

    /// Two people save at the same moment, and the deltas are folded meanwhile.
    async fn two_at_once(&mut self) {
        let email = format!("d{}@b.fr", self.chance.next());
        let mut switches = Vec::new();
        for _ in 0..6 {
            let Some(contact) = self.contact(true).await else { return };
            switches.push(write::Switch { contact, status: Status::Expert, on: self.chance.one_in(2) });
        }
        let account = self.account;
        let switch = self.app.db.write(move |conn| write::switch(conn, &switches, account));
        let fields =
            [("last_name", "Zola"), ("first_name", "Anne"), ("service", "Voirie"), ("email", &email)];
        let both = join(switch, add(&self.alice, &fields));
        let (both, folded) = join(both, self.app.db.write(counts::fold)).await;
        both.0.unwrap();
        folded.unwrap();
    }

    async fn step(&mut self) -> &'static str {
        match self.chance.next() % 17 {
            0 | 1 => {
                self.create().await;
                "a new contact"
            }
            2 | 3 => {
                self.edit().await;
                "an edit"
            }
            4 => {
                self.expertise().await;
                "a change of topics"
            }
            5 => {
                self.statuses().await;
                "a change of statuses"
            }
            6 => {
                self.import().await;
                "an import"
            }
            7 => {
                self.undo_import().await;
                "the undo of an import"
            }
            8 => {
                self.trash().await;
                "a deletion"
            }
            9 => {
                self.restore().await;
                "a restoration"
            }
            10 => {
                self.merge().await;
                "a merge"
            }
            11 => {
                self.unmerge().await;
                "the undo of a merge"
            }
            12 => {
                self.erase().await;
                "an erasure"
            }
            13 => {
                self.add_organization().await;
                self.change_organization().await;
                "a change of an organization"
            }
            14 => {
                self.bulk().await;
                "a bulk change"
            }
            15 => {
                self.two_at_once().await;
                "two writers at once"
            }
            _ => {
                self.app.db.write(counts::fold).await.unwrap();
                "a fold"
            }
        }
    }
}

both_backends!(
    every_number_is_right_after_everything_that_people_and_jobs_do,
    a_recount_corrects_wrong_numbers_beside_a_writer,
    numbers_are_not_shown_as_exact_while_an_older_node_may_write,
    a_recount_begins_again_if_a_wrong_value_was_erased,
    a_value_goes_with_its_last_contact,
    the_values_to_choose_have_exact_numbers,
    letters_have_numbers_in_the_order_of_the_list,
);

async fn every_number_is_right_after_everything_that_people_and_jobs_do(app: TestApp) {
    let seed = std::env::var("CARNET_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::try_from(clock::now().and_utc().timestamp_micros()).unwrap());
    println!("CARNET_TEST_SEED={seed}");
    let alice = app.coordinator().await;
    let account = account(&app.db).await;
    let mut day = Day { app: &app, alice, chance: Chance(seed), account, imports: Vec::new() };
    day.import().await;
    check(&app, "the first import").await;
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..120 {
        let what = day.step().await;
        check(&app, what).await;
        *done.entry(what).or_default() += 1;
    }
    println!("{done:?}");
    // The repair of stored values, of contacts that an older version wrote.
    app.db
        .write(|conn| {
            let lyon = contacts::table.filter(contacts::city.eq_any(["Lyon", "lyon"]));
            Ok(diesel::update(lyon).set(contacts::city.eq("Ly\u{AD}on")).execute(conn)?)
        })
        .await
        .unwrap();
    correct(&app.db).await;
    app.db
        .write(|conn| {
            diesel::insert_into(repairs::table)
                .values((
                    repairs::id.eq(1),
                    repairs::stage.eq("waiting"),
                    repairs::created_at.eq(clock::now()),
                ))
                .execute(conn)?;
            carnet::jobs::enqueue(conn, JobKind::Repair, 1)
        })
        .await
        .unwrap();
    all_jobs(&app).await;
    check(&app, "the repair of stored values").await;
}

/// Counts again, without the job.
async fn correct(db: &Db) {
    let wrong = db.read(recount::differences).await.unwrap();
    db.write(move |conn| recount::correct(conn, &wrong)).await.unwrap();
}

/// Waits until every job has ended, and lets time pass for those that wait for older nodes.
async fn all_jobs(app: &TestApp) {
    wait_until("no job is left", async || {
        let_time_pass(&app.db).await;
        let left = app
            .db
            .read(|conn| Ok(jobs::table.filter(jobs::subject_id.ge(0)).count().get_result::<i64>(conn)?));
        left.await.unwrap() == 0
    })
    .await;
}

const PEOPLE: &str = "Mme,Anne,Zola,anne@b.fr,Voirie,,,Lyon\nM.,Luc,Élan,luc@b.fr,Eau,,,Lyon\n\
    M.,Paul,Martin,paul@b.fr,Voirie,,,Évry\n";

async fn a_recount_corrects_wrong_numbers_beside_a_writer(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    app.db
        .write(|conn| {
            Ok(conn.batch_execute(
                "DELETE FROM book_count_deltas WHERE kind = 'service';
                 DELETE FROM book_counts WHERE kind = 'service';
                 INSERT INTO book_count_deltas (kind, value_key, delta) VALUES ('city', 'lyon', 40);
                 INSERT INTO book_counts (kind, value_key, n) VALUES ('topic', 'rien', 3);
                 INSERT INTO book_values (kind, value_key, value) VALUES ('topic', 'rien', 'Rien')",
            )?)
        })
        .await
        .unwrap();
    if app.database_url.starts_with("sqlite") {
        // Where no writer leaves any.
        app.db.write(counts::fold_all).await.unwrap();
    }
    let wrong = app.db.read(recount::differences).await.unwrap();
    assert_eq!(wrong.len(), 4, "voirie, eau, lyon and rien: {wrong:?}");
    // Written between the two steps of the recount.
    add(&alice, &[("last_name", "Zorn"), ("first_name", "Ada"), ("service", "Voirie"), ("city", "Lyon")])
        .await;
    let luc = app
        .db
        .read(|conn| {
            let luc = contacts::table.filter(contacts::email.eq("luc@b.fr")).select(contacts::id);
            Ok(luc.first::<i64>(conn)?)
        })
        .await
        .unwrap();
    let account = account(&app.db).await;
    app.db.write(move |conn| write::delete(conn, luc, account)).await.unwrap();
    app.db.write(move |conn| recount::correct(conn, &wrong)).await.unwrap();
    app.db.write(counts::fold).await.unwrap();
    check(&app, "the recount").await;
    assert_eq!(of(&app.db, value(Kind::City, "lyon")).await, Some(2));
    assert_eq!(of(&app.db, value(Kind::Service, "voirie")).await, Some(3));
    assert_eq!(of(&app.db, value(Kind::Topic, "rien")).await, Some(0));
}

async fn numbers_are_not_shown_as_exact_while_an_older_node_may_write(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..1_100).map(|n| format!("M.,P,N{n:04},n{n}@b.fr,Voirie,,,Lyon\n")).collect();
    alice.import("un", people, false).await;
    let total = async || app.db.read(|conn| Ok(list::first_page(conn, "")?.total)).await.unwrap();
    assert_eq!(total().await, Count::Exact(1_100));
    app.db
        .write(|conn| {
            diesel::insert_into(nodes::table)
                .values((
                    nodes::id.eq("older"),
                    nodes::version.eq("0.0.0"),
                    nodes::generation.eq(GENERATION - 1),
                    nodes::started_at.eq(clock::now()),
                    nodes::heartbeat_at.eq(clock::now()),
                ))
                .execute(conn)?;
            recount::sweep(conn)?;
            // What the older node writes.
            let some = contacts::table.filter(contacts::last_name.lt("N0100"));
            diesel::update(some).set(contacts::deleted_at.eq(clock::now())).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(of_book(&app.db).await, None);
    assert_eq!(of(&app.db, Key::book()).await, None);
    let shown = total().await;
    assert!(matches!(shown, Count::MoreThan(_) | Count::Exact(1_000)), "{shown:?}");
    for _ in 0..5 {
        let_time_pass(&app.db).await;
        // Time to look, and to do nothing.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(of_book(&app.db).await, None, "the older node is alive");
    }
    app.db.write(|conn| Ok(diesel::delete(nodes::table.find("older")).execute(conn)?)).await.unwrap();
    all_jobs(&app).await;
    assert_eq!(total().await, Count::Exact(1_000));
    check(&app, "the recount").await;
    // Nothing is due before a day has passed.
    app.db.write(recount::sweep).await.unwrap();
    assert_eq!(app.db.read(|conn| Ok(jobs::table.count().get_result::<i64>(conn)?)).await.unwrap(), 0);
}

async fn a_recount_begins_again_if_a_wrong_value_was_erased(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    let paul = contacts::table.filter(contacts::email.eq("paul@b.fr")).select(contacts::id);
    let paul: i64 = app.db.read(move |conn| Ok(paul.first(conn)?)).await.unwrap();
    app.db
        .write(|conn| {
            Ok(conn.batch_execute(
                "DELETE FROM book_count_deltas WHERE value_key = 'evry'; DELETE FROM book_counts WHERE value_key = 'evry'",
            )?)
        })
        .await
        .unwrap();
    assert_eq!(app.db.read(recount::differences).await.unwrap().len(), 1);
    let answer = erase(&alice, &format!("/contacts/{paul}")).await;
    finished(&alice, &answer.location()).await;
    let queued = jobs::table.filter(jobs::kind.eq("recount")).count();
    assert_eq!(app.db.read(move |conn| Ok(queued.get_result::<i64>(conn)?)).await.unwrap(), 1);
    check(&app, "the erasure").await;
    all_jobs(&app).await;
    check(&app, "the recount").await;
}

async fn choices(client: &Client, by: &str) -> Vec<String> {
    client.get(&format!("/contacts/choices?by={by}")).await.select(".choices li")
}

async fn a_value_goes_with_its_last_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let fields = [("last_name", "Zola"), ("first_name", "Anne"), ("service", "Voirie")];
    let (one, two) = (add(&alice, &fields).await, add(&alice, &fields).await);
    let edit = async |path: &str, service: &str| {
        let form = alice.get(&format!("{path}/edit")).await;
        assert_eq!(alice.submit(&form, "main form", &[("service", Some(service))]).await.status, 303);
    };
    edit(&one, "Eau").await;
    assert_eq!(choices(&alice, "service").await.len(), 2);
    edit(&two, "Eau").await;
    assert_eq!(choices(&alice, "service").await.len(), 1);
    app.db.write(counts::fold).await.unwrap();
    let known = async || {
        let values = book_values::table.select(book_values::value);
        app.db.read(move |conn| Ok(values.load::<String>(conn)?)).await.unwrap()
    };
    assert_eq!(known().await, ["Eau"]);
    edit(&one, "VOIRIE").await;
    assert_eq!(known().await, ["Eau", "VOIRIE"], "as it is written now");
    check(&app, "the last edit").await;
}

async fn the_values_to_choose_have_exact_numbers(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..1_150)
        .map(|n| format!("M.,P,N{n:04},n{n}@b.fr,{},,,Lyon\n", if n < 1_100 { "Voirie" } else { "Eau" }))
        .collect();
    alice.import("un", people, false).await;
    let services = choices(&alice, "service").await;
    assert_eq!(services.len(), 2);
    assert!(services[1].contains("1\u{202F}100"), "{services:?}");
    for by in ["city", "import"] {
        let values = choices(&alice, by).await;
        assert!(values[0].contains("1\u{202F}150"), "{values:?}");
    }
    let lead = async |query: &str| alice.get(&format!("/contacts?{query}")).await.one(".lead");
    assert_eq!(lead("").await, "1\u{202F}150 contacts");
    assert_eq!(lead("service=VOIRIE").await, "1\u{202F}100 contacts");
    assert_eq!(lead("status=copy").await, "1\u{202F}150 contacts");
    assert_eq!(lead("import=un").await, "1\u{202F}150 contacts");
    assert_eq!(lead("service=eau").await, "50 contacts");
    assert_eq!(lead("service=nulle+part").await, "Aucun contact");
    assert_eq!(lead("service=voirie&city=lyon").await, "Plus de 1\u{202F}000 contacts");
}

async fn letters_have_numbers_in_the_order_of_the_list(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    add(&alice, &[("first_name", "Sam"), ("last_name", "9 Lives")]).await;
    add(&alice, &[("first_name", "Sam"), ("last_name", "Евгений")]).await;
    let account = account(&app.db).await;
    let mut details = Details::default();
    details.set(Field::Civility, "Mme");
    details.set(Field::FirstName, "Sans nom");
    let nameless = Submission { details, ..Submission::default() };
    app.db.write(move |conn| write::create(conn, &nameless, account)).await.unwrap();
    let book = of_book(&app.db).await.unwrap();
    let letters: Vec<(&str, i64)> = book.letters.iter().map(|(letter, n)| (letter.as_str(), *n)).collect();
    assert_eq!(letters, [("", 1), ("9", 1), ("e", 1), ("m", 1), ("z", 1), ("е", 1)]);
    assert_eq!((book.total, book.with_status), (6, [5, 3, 0]));
    assert_eq!([book.before("a"), book.before("m"), book.before("{")], [2, 3, 5]);
}

/// Runs a write, and holds its transaction open until the returned sender is used or dropped.
async fn held_open(
    db: &Db,
    change: impl FnOnce(&mut AnyConnection) -> AppResult<()> + Send + 'static,
) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (go_on, may_go_on) = mpsc::channel();
    let (written, is_written) = tokio::sync::oneshot::channel();
    let db = db.clone();
    let open = tokio::spawn(async move {
        let held = db.write(move |conn| {
            // PostgreSQL would end it after ten idle seconds.
            conn.batch_execute("SET LOCAL idle_in_transaction_session_timeout = 0")?;
            change(conn)?;
            let _ = written.send(());
            let _ = may_go_on.recv();
            Ok(())
        });
        held.await.unwrap();
    });
    is_written.await.unwrap();
    (go_on, open)
}

#[test]
fn two_writers_on_postgresql_who_change_the_same_numbers_do_not_wait_for_each_other() {
    with_app(Backend::Postgres, async |app| {
        let alice = app.coordinator().await;
        alice.import("un", PEOPLE, false).await;
        let fields = [("last_name", "Zorn"), ("first_name", "Ada"), ("service", "Voirie"), ("city", "Lyon")];
        let ada = id(&add(&alice, &fields).await);
        let account = account(&app.db).await;
        let anne = contacts::table.filter(contacts::email.eq("anne@b.fr")).select(contacts::id);
        let anne: i64 = app.db.read(move |conn| Ok(anne.first(conn)?)).await.unwrap();
        let before = of_book(&app.db).await.unwrap();
        let (go_on, open) = held_open(&app.db, move |conn| {
            write::switch(
                conn,
                &[write::Switch { contact: anne, status: Status::Expert, on: false }],
                account,
            )?;
            write::delete(conn, anne, account)?;
            Ok(())
        })
        .await;
        // The same numbers: the book, the status, the service, the city and the letter. The words of the names are new.
        let others = async {
            app.db
                .write(move |conn| {
                    write::switch(
                        conn,
                        &[write::Switch { contact: ada, status: Status::Expert, on: true }],
                        account,
                    )
                })
                .await
                .unwrap();
            add(
                &alice,
                &[("last_name", "Zimmer"), ("first_name", "Eva"), ("service", "Voirie"), ("city", "Lyon")],
            )
            .await;
            app.db.write(move |conn| write::delete(conn, ada, account)).await.unwrap();
            assert!(app.db.write(counts::fold).await.unwrap());
        };
        let others = tokio::time::timeout(Duration::from_secs(30), others).await;
        assert!(others.is_ok(), "somebody waits for the open transaction");
        assert!(!open.is_finished());
        let meanwhile = of_book(&app.db).await.unwrap();
        assert_eq!((before.total, meanwhile.total), (4, 4), "one more, and one less");
        go_on.send(()).unwrap();
        open.await.unwrap();
        assert_eq!(of_book(&app.db).await.unwrap().total, 3);
        check(&app, "both").await;
        app.db.write(counts::fold).await.unwrap();
        check(&app, "the fold").await;
    });
}

#[test]
fn a_value_on_postgresql_stays_while_somebody_may_be_adding_it() {
    with_app(Backend::Postgres, async |app| {
        let alice = app.coordinator().await;
        alice.import("un", PEOPLE, false).await;
        let account = account(&app.db).await;
        let luc = contacts::table.filter(contacts::email.eq("luc@b.fr")).select(contacts::id);
        let luc: i64 = app.db.read(move |conn| Ok(luc.first(conn)?)).await.unwrap();
        let lucie = add(&alice, &[("last_name", "Zorn"), ("first_name", "Lucie"), ("service", "Eau")]).await;
        app.db.write(move |conn| write::delete(conn, luc, account)).await.unwrap();
        app.db.write(move |conn| write::delete(conn, id(&lucie), account)).await.unwrap();
        // Somebody restores a contact with the value, and is not done yet.
        let (go_on, open) = held_open(&app.db, move |conn| write::restore(conn, luc, account)).await;
        app.db.write(counts::fold).await.unwrap();
        go_on.send(()).unwrap();
        open.await.unwrap();
        check(&app, "the restoration").await;
        assert_eq!(choices(&alice, "service").await.len(), 2);
        app.db.write(move |conn| write::delete(conn, luc, account)).await.unwrap();
        app.db.write(counts::fold).await.unwrap();
        let eau = book_values::table.filter(book_values::value_key.eq("eau")).count();
        assert_eq!(app.db.read(move |conn| Ok(eau.get_result::<i64>(conn)?)).await.unwrap(), 0);
    });
}
