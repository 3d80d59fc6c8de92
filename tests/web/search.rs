//! Finding people as they are typed, in the list's order.

use carnet::book::{list, search, write};
use carnet::db::AnyConnection;
use carnet::db::schema::jobs;
use carnet::domain::{Details, Field, fold};
use diesel::connection::SimpleConnection as _;
use diesel::dsl::count;
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::dump::{count_again, hold_together, open};
use crate::support::waiting::wait_until;
use crate::support::{Backend, Client, TestApp, database};

both_backends!(people_are_found_by_the_beginning_of_any_word, filters_combine_and_are_removed_one_by_one,);

async fn people_are_found_by_the_beginning_of_any_word(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "Mme,Hélène,Lefèvre,h.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
        M.,Jean-François,D’Arc,jf@regie.example,Contentieux,0033472103031,,L’Haÿ-les-Roses\n\
        M.,Hector,Lefebvre,hl@regie.example,Voirie,,,Évry\n";
    alice.import("un", file, false).await;
    for (q, found) in [
        ("lefevre hel", "Lefèvre, Hélène"),
        ("HÉL LEFÈV", "Lefèvre, Hélène"),
        ("etat civ", "Lefèvre, Hélène"),
        ("lyon lefe", "Lefèvre, Hélène"),
        ("h.lefevre@mairie", "Lefèvre, Hélène"),
        ("@mairie", "Lefèvre, Hélène"),
        ("01 10 20 30 40", "Lefèvre, Hélène"),
        ("+33 1 10 20", "Lefèvre, Hélène"),
        ("0033110203040", "Lefèvre, Hélène"),
        ("3040", "Lefèvre, Hélène"),
        ("jean fran", "D’Arc, Jean-François"),
        ("d'arc", "D’Arc, Jean-François"),
        ("darc", "D’Arc, Jean-François"),
        ("l'hay les", "D’Arc, Jean-François"),
        ("0472103031", "D’Arc, Jean-François"),
        ("evry", "Lefebvre, Hector"),
        ("hector 0", ""),
        ("efevre", ""),
        ("lefevre hector", ""),
        ("\"hel\" OR *", ""),
        ("NEAR(hel)", ""),
        ("'; DROP TABLE contacts; --", ""),
        ("%", ""),
        ("\\", ""),
        ("*", ""),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let page = alice.get(&format!("/contacts?q={query}")).await;
        assert_eq!(page.status, 200, "{q}");
        let names = page.select("tbody th a");
        assert_eq!(names.join("|"), found, "{q}");
        assert_eq!(page.attributes("#q", "value"), [q], "what was typed stays");
    }
    let both = alice.get("/contacts?q=lefe").await;
    assert_eq!(both.select("tbody th a"), ["Lefebvre, Hector", "Lefèvre, Hélène"]);
    assert_eq!(both.one("title"), "lefe – Recherche – Carnet");
    let long = alice.get(&format!("/contacts?q={}", "lefevre+".repeat(900))).await;
    assert_eq!(long.status, 200);
    for url in ["q=%00", "import=%00a", "service=%01"] {
        assert_eq!(alice.get(&format!("/contacts?{url}")).await.status, 200, "{url}");
    }
    let longer: String = url::form_urlencoded::byte_serialize("㌖".repeat(200).as_bytes()).collect();
    assert_eq!(alice.get(&format!("/contacts?q={longer}")).await.status, 200);
    assert_eq!(alice.get("/contacts?q=%ff%fe&after=x&before=1:%00&status=no").await.status, 200);
}

async fn filters_combine_and_are_removed_one_by_one(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import("un", "M.,A,Un,a@b.fr,État civil,,,Lyon\nM.,B,Deux,b@b.fr,État civil,,,Paris\n", false)
        .await;
    alice.import("deux", "M.,C,Trois,c@b.fr,Etat Civil,,,Lyon\n", false).await;
    for (filter, count) in [
        ("service=etat+civil", 3),
        ("city=lyon", 2),
        ("city=lyon&service=État+civil", 2),
        ("import=un", 2),
        ("import=un&city=lyon", 1),
        ("import=un&city=lyon&q=un&status=expert", 1),
        ("import=no-such", 0),
        ("service=etat", 0),
        ("status=transfer", 0),
    ] {
        let page = alice.get(&format!("/contacts?{filter}")).await;
        assert_eq!(page.select("tbody tr").len(), count, "{filter}");
    }
    let page = alice.get("/contacts?import=un&city=lyon&q=un").await;
    assert_eq!(
        page.attributes(".chip.on", "value"),
        ["/contacts?import=un&city=lyon", "/contacts?q=un&import=un", "/contacts?q=un&city=lyon"]
    );
    assert_eq!(alice.get("/contacts?import=un").await.one(".lead"), "2 contacts");
}

/// Adds, renames and deletes contacts at random and compares list and search with a plain sort, so that the order holds after any
/// sequence of changes. Many share a name, which uses up the gaps between order labels.
fn the_order_holds(db: &carnet::db::Db, account: i64, steps: &[(u8, u8, u8)]) -> Result<(), TestCaseError> {
    const NAMES: [&str; 6] = ["Martin", "martin", "Märtin", "Marti", "Martine", "Zoé"];
    let submission = |name: u8| {
        let mut details = Details::default();
        details.set(Field::Civility, "M.");
        details.set(Field::FirstName, "A");
        details.set(Field::LastName, NAMES[usize::from(name) % NAMES.len()]);
        details.set(Field::Service, "Voirie");
        write::Submission { details, ..write::Submission::default() }
    };
    let mut people: Vec<(String, i64)> = Vec::new();
    db.write_blocking(|conn| {
        for &(action, who, name) in steps {
            let submission = submission(name);
            let key = fold(submission.details.get(Field::LastName));
            let chosen = (!people.is_empty()).then(|| usize::from(who) % people.len());
            match (action % 4, chosen) {
                (1, Some(index)) => {
                    let (_, id) = people.remove(index);
                    write::delete(conn, id, account)?;
                }
                (2, Some(index)) => {
                    let id = people[index].1;
                    let version = write::find(conn, id)?.version;
                    write::update(conn, id, version, &submission, account, false)?;
                    people[index].0 = key;
                }
                _ => {
                    let created = write::create(conn, &submission, account)?;
                    let write::Created::New(id) = created else { unreachable!() };
                    people.push((key, id));
                }
            }
        }
        Ok(())
    })
    .unwrap();
    people.sort();
    let expected: Vec<i64> = people.into_iter().map(|(_, id)| id).take(list::PAGE).collect();
    for q in ["", "voi", "a voirie"] {
        let found = db.read_blocking(|conn| list::first_page(conn, q)).unwrap();
        let found: Vec<i64> = found.rows.iter().map(|(contact, _)| contact.id).collect();
        prop_assert_eq!(&found, &expected, "{:?}", q);
    }
    db.write_blocking(|conn| {
        for id in &expected {
            write::delete(conn, *id, account)?;
        }
        Ok(())
    })
    .unwrap();
    Ok(())
}

both_backends!(
    list_and_search_keep_the_order_of_a_plain_sort,
    a_used_up_gap_is_spread_out_again,
    many_contacts_fit_between_two_at_the_beginning_of_the_list,
    an_import_that_renames_all_contacts_and_its_undo_keep_the_order,
);

async fn list_and_search_keep_the_order_of_a_plain_sort(app: TestApp) {
    app.add_account("alice", carnet::domain::Role::Coordinator).await;
    let db = app.db.clone();
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
        let steps = proptest::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..48);
        runner.run(&steps, |steps| the_order_holds(&db, 1, &steps)).unwrap();
    })
    .await
    .unwrap();
}

async fn a_used_up_gap_is_spread_out_again(app: TestApp) {
    app.add_account("alice", carnet::domain::Role::Coordinator).await;
    // Each name falls between the first and the last one: a gap of 2^20 is used up after 20 halvings.
    let alice = app.coordinator().await;
    alice.import("ends", "M.,A,La,l@b.fr,Voirie,,,\nM.,A,Na,n@b.fr,Voirie,,,\n", false).await;
    for index in 0..120 {
        let form = alice.get("/contacts/new").await;
        let name = format!("M{}", "a".repeat(40 - index / 3).clone() + &"b".repeat(index % 3));
        let typed = [
            ("first_name", Some("A")),
            ("last_name", Some(name.as_str())),
            ("copy", None),
            ("service", Some("Voirie")),
        ];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    }
    let names = everybody(&alice).await;
    let mut sorted = names.clone();
    sorted.sort_by_key(|name| fold(name).replace(',', "\u{1}"));
    assert_eq!(names.len(), 122);
    assert_eq!(names, sorted);
}

async fn many_contacts_fit_between_two_at_the_beginning_of_the_list(app: TestApp) {
    let alice = app.coordinator().await;
    let file = |names: &mut dyn Iterator<Item = String>| -> String {
        names.map(|name| format!("M.,A,{name},{name}@b.fr,Voirie,,,Lyon\n")).collect()
    };
    alice.import("un", file(&mut ["a", "zola"].map(str::to_owned).into_iter()), false).await;
    alice.import("beaucoup", file(&mut (0..3_000).map(|n| format!("m{n:04}"))), false).await;
    alice.import("entre-deux", file(&mut (0..400).map(|n| format!("m0001m{n:03}"))), false).await;
    let page = alice.get("/contacts?q=m0001+voirie").await;
    let names = page.select("tbody th a");
    assert_eq!(names[..3], ["m0001, A", "m0001m000, A", "m0001m001, A"]);
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(names, sorted);
    assert_eq!(page.one(".lead"), "401 contacts");
}

async fn an_import_that_renames_all_contacts_and_its_undo_keep_the_order(app: TestApp) {
    let alice = app.coordinator().await;
    // The second list gives each a different place: 7 and 1 000 have no factor in common.
    let file = |shuffled: usize| -> String {
        (0..1_000).map(|n| format!("M.,A,n{:04},p{n}@b.fr,Voirie,,,Lyon\n", n * shuffled % 1_000)).collect()
    };
    alice.import("un", file(1), false).await;
    alice.import("deux", file(7), false).await;
    assert_eq!(everybody(&alice).await, (0..1_000).map(|n| format!("n{n:04}, A")).collect::<Vec<_>>());
    let first = alice.get("/contacts?q=n0007").await.attributes("tbody th a", "href").remove(0);
    assert!(alice.get(&first).await.body.contains("p1@b.fr"));
    let ask = alice.get("/imports/2/undo").await;
    assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    alice.at_rest("/imports/2").await;
    assert_eq!(everybody(&alice).await, (0..1_000).map(|n| format!("n{n:04}, A")).collect::<Vec<_>>());
    let first = alice.get("/contacts?q=n0007").await.attributes("tbody th a", "href").remove(0);
    assert!(alice.get(&first).await.body.contains("p7@b.fr"));
}

both_backends!(a_part_of_a_number_finds_exactly_the_contacts_that_have_it,);

async fn a_part_of_a_number_finds_exactly_the_contacts_that_have_it(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,A,Begins,a@b.fr,Voirie,0145630000,,Lyon\nM.,B,Ends,b@b.fr,Voirie,0999014563,,Lyon\n\
        M.,C,Near,c@b.fr,Voirie,0888004563,,Lyon\nM.,D,Word,d@b.fr,014563 bis,,,Brest\n\
        M.,E,Wordnear,e@b.fr,014563,0777004563,,Lyon\n";
    alice.import("un", file, false).await;
    for (q, found) in [
        ("014563", "Begins Ends Word Wordnear"),
        ("01 45 63", "Begins Ends Word Wordnear"),
        ("14563", "Begins Ends Word Wordnear"),
        ("014563 lyon", "Begins Ends Wordnear"),
        ("voirie 014563", "Begins Ends"),
        ("014563 bis", "Word"),
        ("0145630", "Begins"),
        ("0145630000", "Begins"),
        ("4563", "Ends Near Wordnear"),
        ("04563", "Near Wordnear"),
        ("014563 lyon 4563", "Ends Wordnear"),
        ("014563 lyon 04563", "Wordnear"),
        ("114563", ""),
        ("014564", ""),
    ] {
        for sort in ["", "&sort=name"] {
            let page = alice.get(&format!("/contacts?q={}{sort}", q.replace(' ', "+"))).await;
            let names = page.select("tbody th a");
            let mut names: Vec<&str> = names.iter().map(|name| name.split(',').next().unwrap()).collect();
            names.sort_unstable();
            assert_eq!(names.join(" "), found, "{q}{sort}");
        }
    }
}

/// More contacts with neighbouring labels than a statement takes values: a new contact between them moves all of them.
#[actix_web::test]
async fn room_is_made_for_a_contact_among_many_of_the_same_name() {
    let (url, folder) = database(Backend::Sqlite).unwrap();
    let app = TestApp::start(url.clone(), folder, &[]).await;
    let alice = app.coordinator().await;
    alice.import("un", "M.,P,Aa,a@b.fr,,,,\nM.,P,Crowd,c@b.fr,,,,\nM.,P,Zz,z@b.fr,,,,\n", false).await;
    app.db
        .write(|conn| {
            Ok(conn.batch_execute(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
                 INSERT INTO contacts (civility, first_name, last_name, service, phone_work, address, city, expert, copy,
                    transfer, sort_key, order_label, created_at, updated_at)
                 SELECT civility, first_name, printf('Crowd%05d', n), service, phone_work, address, city, 1, 0,
                    0, printf('crowd%05d%sp', n, char(1)), order_label + n, created_at, updated_at
                 FROM contacts, n WHERE last_name = 'Crowd'",
            )?)
        })
        .await
        .unwrap();
    count_again(&mut open(&url));
    let between = "M.,Q,Crowd25000,q@b.fr,,,,\nM.,R,Crowd25000,r@b.fr,,,,\nM.,Q,Crowd30000,s@b.fr,,,,\n";
    alice.import("deux", between, false).await;
    let crowd = alice.get("/contacts?q=crowd2500").await;
    let around = crowd.select("tbody th a");
    assert_eq!(around[..4], ["Crowd25000, P", "Crowd25000, Q", "Crowd25000, R", "Crowd25001, P"]);
    assert_eq!(alice.get("/contacts?q=crowd30000").await.select("tbody th a").len(), 2);
    hold_together(&url);
}

/// How many segments of a size FTS5 collects before it merges them.
async fn collected(app: &TestApp) -> i64 {
    diesel::table! {
        contact_search_config (k) {
            k -> Text,
            v -> BigInt,
        }
    }
    app.db
        .read(|conn| {
            let AnyConnection::Sqlite(sqlite) = conn else { panic!("PostgreSQL has no segments") };
            let found = contact_search_config::table.find("automerge").select(contact_search_config::v);
            Ok(found.get_result(sqlite)?)
        })
        .await
        .unwrap()
}

/// The number of segments of the index, and the number of jobs.
async fn pieces_and_jobs(app: &TestApp) -> (i64, i64) {
    diesel::table! {
        contact_search_idx (segid) {
            segid -> BigInt,
        }
    }
    app.db
        .read(|conn| {
            let pieces =
                contact_search_idx::table.select(count(contact_search_idx::segid).aggregate_distinct());
            let AnyConnection::Sqlite(sqlite) = conn else { panic!("PostgreSQL has no segments") };
            Ok((pieces.first(sqlite)?, jobs::table.count().get_result(conn)?))
        })
        .await
        .unwrap()
}

#[actix_web::test]
async fn after_a_large_import_the_index_is_merged_once_no_other_job_is_due() {
    let (url, folder) = database(Backend::Sqlite).unwrap();
    let app = TestApp::start(url.clone(), folder, &[]).await;
    let alice = app.coordinator().await;
    let set = |change: &'static str| app.db.write(move |conn| Ok(conn.batch_execute(change)?));
    // No worker takes this job, so the compaction must wait for as long as it is there.
    set("INSERT INTO jobs (kind, subject_id, run_after, created_at) VALUES ('of another', 1, '2020-01-01', '2020-01-01')")
        .await
        .unwrap();
    let file: String =
        (0..20_000).map(|line| format!("M.,P{line},N{},p{line}@b.fr,Voirie,,,Lyon\n", line % 700)).collect();
    alice.import("un", file, false).await;
    let before = alice.get("/contacts?q=n77").await.select("tbody th a");
    let paused = async || -> i64 {
        let waits = jobs::kind.eq("search_compaction").and(jobs::claimed_by.is_null());
        let waits = jobs::table.filter(waits.and(jobs::run_after.gt(carnet::base::clock::now())));
        app.db.read(move |conn| Ok(waits.count().get_result(conn)?)).await.unwrap()
    };
    wait_until("the compaction waits", async || paused().await > 0).await;
    // The import wrote one segment per transaction; the merging of saves is the usual one again.
    let (pieces, _) = pieces_and_jobs(&app).await;
    assert!(pieces >= 5, "{pieces}");
    assert_eq!(collected(&app).await, 4);
    app.db.write(|conn| search::prepare(conn, 20_000)).await.unwrap();
    assert_eq!(collected(&app).await, 32);
    app.db.write(|conn| search::settle(conn, 1)).await.unwrap();
    assert_eq!(collected(&app).await, 4);
    set("DELETE FROM jobs WHERE kind = 'of another'; UPDATE jobs SET run_after = '2020-01-01'")
        .await
        .unwrap();
    wait_until("the compaction has ended", async || pieces_and_jobs(&app).await.1 == 0).await;
    assert_eq!(pieces_and_jobs(&app).await, (1, 0));
    let after = alice.get("/contacts?q=n77").await.select("tbody th a");
    assert_eq!((after.len(), after), (29, before));
    hold_together(&url);
}

/// All results of a search, page by page.
async fn everybody(client: &Client) -> Vec<String> {
    let mut names = Vec::new();
    let mut path = "/contacts?q=voirie".to_owned();
    loop {
        let page = client.get(&path).await;
        names.extend(page.select("tbody th a"));
        match page.way("next") {
            Some(next) => path = next,
            None => return names,
        }
    }
}
