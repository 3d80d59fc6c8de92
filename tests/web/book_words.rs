//! Searches by the words of the book, and totals that are not counted.

use std::sync::mpsc;
use std::time::Duration;

use carnet::base::clock;
use carnet::book::write::{self, Submission};
use carnet::book::{list, search};
use carnet::db::schema::{accounts, book_words, contacts, nodes, settings};
use carnet::domain::{Details, Field};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::waiting::{let_time_pass, no_job_is_left, wait_until};
use crate::support::{Backend, Client, Page, TestApp, with_app};

both_backends!(
    a_word_with_digits_is_found_by_each_of_its_beginnings,
    a_word_that_somebody_adds_is_not_forgotten,
);

async fn found(client: &Client, typed: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    client.get(&format!("/contacts?sort=name&q={query}")).await.select("tbody th a").join("|")
}

async fn a_word_with_digits_is_found_by_each_of_its_beginnings(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,Ahmed,Adam,lyon69@agence.example,Eau,,,Brest\n\
        Mme,Béa,Bonnet,bea@agence.example,Eau,,,Lyon\n\
        M.,Cyr,Lyonnet,c3po@agence.example,Voirie,,,Paris\n\
        Mme,Lyo2n,Dubois,abc٣4@agence.example,Voirie,,,Nice\n";
    alice.import("un", file, false).await;
    let (adam, bonnet, lyonnet, dubois) = ("Adam, Ahmed", "Bonnet, Béa", "Lyonnet, Cyr", "Dubois, Lyo2n");
    for (typed, names) in [
        ("lyo", &[adam, bonnet, dubois, lyonnet][..]),
        ("lyon", &[adam, bonnet, lyonnet]),
        ("lyon eau", &[adam, bonnet]),
        ("lyonn", &[lyonnet]),
        ("lyon6", &[adam]),
        ("lyon69 agence", &[adam]),
        ("lyo2", &[dubois]),
        ("agence lyon", &[adam, bonnet, lyonnet]),
        ("agence lyon bre", &[adam]),
        ("c3", &[lyonnet]),
        ("c3p", &[lyonnet]),
        ("abc", &[dubois]),
        ("lyonne par voi", &[lyonnet]),
        ("lyonne par eau", &[]),
    ] {
        assert_eq!(found(&alice, typed).await, names.join("|"), "{typed}");
    }
}

async fn a_word_that_somebody_adds_is_not_forgotten(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,Émile,Zola,emile@b.fr,Eau,,,Lyon\n", false).await;
    let words = ["zola".to_owned()].into();
    let account = app
        .db
        .read(|conn| Ok(accounts::table.select(accounts::id).order(accounts::id).first(conn)?))
        .await
        .unwrap();
    app.db
        .write(move |conn| {
            let zola = contacts::table.select(contacts::id).first(conn)?;
            write::delete(conn, zola, account)?;
            Ok(())
        })
        .await
        .unwrap();
    // Somebody adds another contact with the word, and has not finished when it is looked for.
    let (has_added, added) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let mut details = Details::default();
    details.set(Field::Civility, "Mme");
    details.set(Field::FirstName, "Denise");
    details.set(Field::LastName, "Zola");
    let denise = Submission { details, ..Submission::default() };
    let db = app.db.clone();
    let adding = tokio::spawn(async move {
        db.write(move |conn| {
            write::create(conn, &denise, account)?;
            has_added.send(()).unwrap();
            let _ = may_go_on.recv();
            Ok(())
        })
        .await
    });
    tokio::task::spawn_blocking(move || added.recv().unwrap()).await.unwrap();
    let db = app.db.clone();
    let forgetting =
        tokio::spawn(async move { db.write(move |conn| search::forget_words(conn, &words)).await });
    // On PostgreSQL it has seen no contact with the word by now, and waits.
    let db = app.db.clone();
    let is_postgres = app.database_url.starts_with("postgres");
    wait_until("the words are locked", async || !is_postgres || waits_for_lock(&db).await).await;
    go_on.send(()).unwrap();
    adding.await.unwrap().unwrap();
    assert!(forgetting.await.unwrap().unwrap().is_empty());
    let kept = book_words::table.find("zola").select(book_words::word);
    assert_eq!(app.db.read(move |conn| Ok(kept.first::<String>(conn)?)).await.unwrap(), "zola");
    assert_eq!(found(&alice, "zol").await, "Zola, Denise");
}

async fn waits_for_lock(db: &carnet::db::Db) -> bool {
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let sql = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'book_words'::regclass";
    let waiting = db.read(move |conn| match conn {
        carnet::db::AnyConnection::Postgres(conn) => {
            Ok(diesel::sql_query(sql).get_result::<Waiting>(conn)?.n)
        }
        carnet::db::AnyConnection::Sqlite(_) => Ok(0),
    });
    waiting.await.unwrap() > 0
}

/// The words that an older node does not index are found while it is alive, and are indexed once it is gone.
#[test]
fn an_older_node_leaves_nothing_that_is_not_found() {
    with_app(Backend::Postgres, async |app| {
        let alice = app.coordinator().await;
        let is_marked = async || {
            let mark = settings::table.find("book_words").count();
            app.db.read(move |conn| Ok(mark.get_result::<i64>(conn)?)).await.unwrap() == 1
        };
        alice
            .import("un", "M.,Luc,Adam,lyon69@b.fr,Eau,,,Brest\nMme,Léa,Roy,l@b.fr,Eau,,,Lyon\n", false)
            .await;
        assert!(!is_marked().await, "a new book is complete");
        app.db
            .write(|conn| {
                let now = clock::now();
                diesel::insert_into(nodes::table)
                    .values((
                        nodes::id.eq("older"),
                        nodes::version.eq("0.0.0"),
                        nodes::generation.eq(5),
                        nodes::started_at.eq(now),
                        nodes::heartbeat_at.eq(now),
                    ))
                    .execute(conn)?;
                Ok(conn.batch_execute(
                    "UPDATE contacts SET tokens = ts_delete(tokens, 'lyon') WHERE last_name = 'Adam'; \
                     DELETE FROM book_words WHERE word = 'roy'",
                )?)
            })
            .await
            .unwrap();
        assert!(is_marked().await);
        // Several words: one alone is looked for by its beginning in any case.
        assert_eq!(found(&alice, "lyo eau").await, "Adam, Luc|Roy, Léa");
        for _ in 0..5 {
            let_time_pass(&app.db).await;
            // Time to look, and to do nothing.
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(is_marked().await, "the older node is alive");
        }
        app.db.write(|conn| Ok(diesel::delete(nodes::table.find("older")).execute(conn)?)).await.unwrap();
        wait_until("the words are complete", async || {
            let_time_pass(&app.db).await;
            !is_marked().await
        })
        .await;
        no_job_is_left(&app).await;
        assert_eq!(found(&alice, "lyo eau").await, "Adam, Luc|Roy, Léa");
        assert_eq!(found(&alice, "roy eau").await, "Roy, Léa");
        let roy = book_words::table.find("roy").count();
        assert_eq!(app.db.read(move |conn| Ok(roy.get_result::<i64>(conn)?)).await.unwrap(), 1);
        let adam = diesel::dsl::sql::<diesel::sql_types::Bool>("tokens @@ $$'lyon'$$");
        let adam = contacts::table.filter(contacts::last_name.eq("Adam")).filter(adam).count();
        assert_eq!(app.db.read(move |conn| Ok(adam.get_result::<i64>(conn)?)).await.unwrap(), 1);
    });
}

/// Among very many contacts, the results of a search are counted as far as its pages go.
#[test]
fn results_in_a_large_book_are_counted_as_far_as_they_are_seen() {
    with_app(Backend::Postgres, async |app| {
        let alice = app.coordinator().await;
        let people: String = (0..1_500)
            .map(|n| {
                let (service, city) =
                    (["Eau", "Voirie", "Accueil"][n % 3], ["Lyon", "Nice", "Brest", "Lille"][n % 4]);
                format!("M.,P,N{n:04},n{n}@b.fr,{service},,,{city}\n")
            })
            .collect();
        alice.import("un", people, false).await;
        let lead = async |path: &str| alice.get(path).await.one(".lead");
        assert_eq!(lead("/contacts?q=eau+lyon").await, "125 contacts");
        // The number of contacts that the database estimates.
        app.db
            .write(|conn| {
                Ok(conn.batch_execute(
                    "UPDATE pg_class SET reltuples = 1000000 WHERE oid = 'contacts'::regclass",
                )?)
            })
            .await
            .unwrap();
        let mut page = alice.get("/contacts?q=eau+lyon").await;
        let mut leads = vec![page.one(".lead")];
        let next = |page: &Page| {
            page.attributes("button[name=go]", "value").into_iter().find(|url| url.contains("after="))
        };
        while let Some(next) = next(&page) {
            page = alice.get(&next).await;
            leads.push(page.one(".lead"));
        }
        assert_eq!(leads, ["Plus de 50 contacts", "Plus de 100 contacts", "125 contacts"]);
        assert_eq!(lead("/contacts?q=eau+lyon&sort=city").await, "Plus de 50 contacts");
        assert_eq!(lead("/contacts?service=eau&city=lyon").await, "Plus de 50 contacts");
        assert_eq!(lead("/contacts?q=brest&status=transfer").await, "Aucun contact");
        let chips = async |path: &str| alice.get(path).await.select("nav.chips button[value*='status=']");
        assert_eq!(chips("/contacts?q=eau+lyon").await, ["Expert", "Copie", "Transfert"]);
        assert_eq!(chips("/contacts?q=n0012").await, ["Expert 1", "Copie 1", "Transfert 0"]);
        assert_eq!(chips("/contacts?q=n").await, ["Expert 100+", "Copie 100+", "Transfert 0"]);
        assert_eq!(lead("/contacts?q=n0012").await, "1 contact");
        // A fifth of the contacts is found soon.
        assert_eq!(lead("/contacts?q=n").await, "Plus de 1\u{202F}000 contacts");
        assert_eq!(app.db.read(|conn| Ok(list::first_page(conn, "eau")?.rows.len())).await.unwrap(), 50);
    });
}
