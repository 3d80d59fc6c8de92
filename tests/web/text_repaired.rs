//! Values of an older version: read, saved again unchanged, and repaired.

use carnet::db::AnyConnection;
use carnet::db::schema::{
    accounts, audit_entries, book_values, book_words, contact_aliases, contacts, imports, organizations,
    saved_filters,
};
use carnet::{contact_types, organizations as companies};
use diesel::prelude::*;

use crate::support::TestApp;
use crate::support::contacts::{add, id};
use crate::support::duplicates;
use crate::support::merges::{found, merge, two, value};

/// Writes an e-mail as an older version stored it.
fn set_email(conn: &mut AnyConnection, contact: i64, email: &str) {
    diesel::update(contacts::table.find(contact))
        .set((contacts::email.eq(email), contacts::email_key.eq(email.to_lowercase())))
        .execute(conn)
        .unwrap();
}

fn email(conn: &mut AnyConnection, contact: i64) -> (String, String) {
    let row: (Option<String>, Option<String>) =
        contacts::table.find(contact).select((contacts::email, contacts::email_key)).first(conn).unwrap();
    (row.0.unwrap(), row.1.unwrap())
}

both_backends!(
    a_formerly_valid_email_can_be_saved_again_unchanged,
    rows_of_an_older_version_are_found_before_they_are_repaired,
    contacts_are_repaired_once_and_in_their_history,
    former_emails_are_repaired,
    names_are_repaired_unless_another_has_them,
    words_and_values_that_were_folded_differently_are_removed,
);

async fn a_formerly_valid_email_can_be_saved_again_unchanged(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, &[("first_name", "Jean"), ("last_name", "Roux"), ("email", "jean@ex.fr")]).await;
    let contact = id(&path);
    for stored in ["jean@ex.fr?subject=x", "a@1.2.3.4", "'jean@ex.fr"] {
        app.db
            .write(move |conn| {
                set_email(conn, contact, stored);
                Ok(())
            })
            .await
            .unwrap();
        let form = alice.get(&format!("{path}/edit")).await;
        let saved = alice.submit(&form, "main form", &[("city", Some(stored))]).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        assert_eq!(value(&alice, &path, "city").await, stored);
        let kept = app.db.read(move |conn| Ok(email(conn, contact))).await.unwrap();
        assert_eq!(kept, (stored.to_owned(), stored.to_lowercase()));
        // Another invalid e-mail is refused.
        let form = alice.get(&format!("{path}/edit")).await;
        let answer = alice.submit(&form, "main form", &[("email", Some("jean@ex.fr?subject=y"))]).await;
        assert_eq!(answer.status, 422);
    }
    // A merge accepts the stored one, too.
    let other = add(&alice, &[("first_name", "Jean"), ("last_name", "Roux")]).await;
    merge(&alice, &path, &other, &[]).await;
    let kept = app.db.read(move |conn| Ok(email(conn, contact))).await.unwrap();
    assert_eq!(kept.0, "'jean@ex.fr");
}

async fn rows_of_an_older_version_are_found_before_they_are_repaired(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, &[("first_name", "Uwe"), ("last_name", "Klein"), ("email", "u@ex.fr")]).await;
    let contact = id(&path);
    app.db
        .write(move |conn| {
            set_email(conn, contact, "u@münchen.de");
            Ok(())
        })
        .await
        .unwrap();
    alice.import("un", "M.,Uwe,Gross,u@xn--mnchen-3ya.de,,,,\nM.,A,B,a@b.fr,,,,\n", false).await;
    assert_eq!(value(&alice, &path, "last_name").await, "Gross");
    assert_eq!(app.db.read(|conn| Ok(contacts::table.count().get_result::<i64>(conn)?)).await.unwrap(), 2);
    // Names of accounts and types that an older version folded differently.
    app.add_account("Jeanne", carnet::domain::Role::Agent).await;
    app.db
        .write(|conn| {
            diesel::update(accounts::table.filter(accounts::username.eq("Jeanne")))
                .set((accounts::username.eq("d’Arc"), accounts::username_key.eq("d’arc")))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(app.stranger().try_sign_in("d’Arc", crate::support::PASSWORD).await.status, 303);
}

async fn contacts_are_repaired_once_and_in_their_history(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, &[("first_name", "Jean"), ("last_name", "Roux"), ("email", "jean@ex.fr")]).await;
    let first = add(&alice, &[("first_name", "Uwe"), ("last_name", "D’Arc"), ("email", "u@ex.fr")]).await;
    let second = add(&alice, &[("first_name", "Uwe"), ("last_name", "Klein"), ("email", "v@ex.fr")]).await;
    let third = add(&alice, &[("first_name", "Uwe"), ("last_name", "Klein"), ("email", "w@ex.fr")]).await;
    let [one, two, three, four] = [&path, &first, &second, &third].map(|path| id(path));
    app.db
        .write(move |conn| {
            diesel::update(contacts::table.find(one))
                .set((
                    contacts::last_name.eq("Mar\u{AD}tin"),
                    contacts::city.eq("\u{FEFF}Lyon"),
                    contacts::sort_key.eq("mar\u{AD}tin"),
                    contacts::topics.eq("eau\n\u{200B}Eau"),
                    contacts::phone_work.eq("\u{202A}01 10 20 30 40\u{202C}"),
                ))
                .execute(conn)?;
            set_email(conn, one, "je\u{AD}an@ex.fr");
            set_email(conn, two, "u@münchen.de");
            diesel::update(contacts::table.find(two)).set(contacts::sort_key.eq("dʼarc")).execute(conn)?;
            // Only one contact can have this key.
            diesel::update(contacts::table.find(three))
                .set((contacts::email.eq("U@MÜNCHEN.de"), contacts::email_key.eq("u@mu\u{308}nchen.de")))
                .execute(conn)?;
            // Another contact has this e-mail without its invisible character.
            set_email(conn, four, "je\u{200B}an@ex.fr");
            Ok(())
        })
        .await
        .unwrap();
    let done = app.db.write(|conn| carnet::book::write::repair_text(conn, 0, 100)).await.unwrap();
    assert_eq!((done.last, done.changed, done.kept), (Some(four), 1, vec![three, four]));
    for (field, expected) in
        [("last_name", "Martin"), ("city", "Lyon"), ("email", "jean@ex.fr"), ("phone_work", "01 10 20 30 40")]
    {
        assert_eq!(value(&alice, &path, field).await, expected);
    }
    assert_eq!(found(&alice, "martin").await, std::slice::from_ref(&path));
    let keys = app.db.read(move |conn| Ok([one, two, three, four].map(|id| email(conn, id)))).await.unwrap();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(email, key)| (email.as_str(), key.as_str())).collect();
    assert_eq!(
        keys,
        [
            ("jean@ex.fr", "jean@ex.fr"),
            ("u@münchen.de", "u@xn--mnchen-3ya.de"),
            ("U@MÜNCHEN.de", "u@mu\u{308}nchen.de"),
            ("je\u{200B}an@ex.fr", "je\u{200B}an@ex.fr"),
        ]
    );
    // Changed values are in the history by Carnet and make a version; changed keys do not.
    let (entries, versions): (Vec<(String, Option<i64>)>, Vec<i64>) = app
        .db
        .read(move |conn| {
            Ok((
                audit_entries::table
                    .filter(audit_entries::contact_id.eq(one))
                    .filter(audit_entries::account_id.is_null())
                    .order(audit_entries::id)
                    .select((audit_entries::kind, audit_entries::account_id))
                    .load(conn)?,
                contacts::table.order(contacts::id).select(contacts::version).load(conn)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!(versions, [2, 1, 1, 1]);
    let again = app.db.write(|conn| carnet::book::write::repair_text(conn, 0, 100)).await.unwrap();
    assert_eq!(again.changed, 0);
    let past = app.db.write(move |conn| carnet::book::write::repair_text(conn, four, 100)).await.unwrap();
    assert_eq!(past.last, None);
    // Contacts whose e-mails cannot become equal are offered as duplicates.
    let offered = duplicates::search(&alice).await;
    assert!(
        offered.body.contains("U@MÜNCHEN.de") && offered.body.contains("u@münchen.de"),
        "{}",
        offered.body
    );
}

async fn former_emails_are_repaired(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    app.db
        .write(|conn| {
            diesel::update(contact_aliases::table)
                .set((
                    contact_aliases::email.eq("z@münchen.de"),
                    contact_aliases::email_key.eq("z@münchen.de"),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    for name in ["avant", "apres"] {
        let city = format!("Ville {name}");
        alice.import(name, format!("Mme,Hélène,Lefèvre,z@xn--mnchen-3ya.de,,,,{city}\n"), false).await;
        assert_eq!(value(&alice, &low, "city").await, city);
        app.db.write(carnet::book::write::repair_former_emails).await.unwrap();
        let keys: Vec<String> = app
            .db
            .read(|conn| Ok(contact_aliases::table.select(contact_aliases::email_key).load(conn)?))
            .await
            .unwrap();
        assert_eq!(keys, ["z@xn--mnchen-3ya.de"]);
    }
}

async fn names_are_repaired_unless_another_has_them(app: TestApp) {
    let alice = app.administrator().await;
    for name in ["Régie", "Regie deux"] {
        let form = alice.get("/organizations/new").await;
        alice.submit(&form, "main form", &[("name", Some(name))]).await;
    }
    app.add_account("Jeanne", carnet::domain::Role::Agent).await;
    app.add_account("Jehanne", carnet::domain::Role::Agent).await;
    alice.import("juin", "M.,A,B,a@b.fr,,,,\n", false).await;
    app.db
        .write(|conn| {
            for (old, new, key) in
                [("Régie", "Ré\u{AD}gie", "re gie"), ("Regie deux", "Regie\u{200B}", "regie")]
            {
                diesel::update(organizations::table.filter(organizations::name.eq(old)))
                    .set((organizations::name.eq(new), organizations::name_key.eq(key)))
                    .execute(conn)?;
            }
            for (old, new, key) in [("Jeanne", "d’Arc", "d’arc"), ("Jehanne", "d'A\u{AD}rc", "d'a\u{AD}rc")]
            {
                diesel::update(accounts::table.filter(accounts::username.eq(old)))
                    .set((accounts::username.eq(new), accounts::username_key.eq(key)))
                    .execute(conn)?;
            }
            diesel::update(imports::table)
                .set((imports::name.eq("l’été"), imports::name_key.eq("l’ete")))
                .execute(conn)?;
            diesel::insert_into(saved_filters::table)
                .values((
                    saved_filters::name.eq("Þór"),
                    saved_filters::name_key.eq("þor"),
                    saved_filters::query.eq("q=a"),
                    saved_filters::created_at.eq(carnet::base::clock::now()),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let kept = app
        .db
        .write(|conn| {
            Ok((
                companies::repair(conn)?,
                carnet::accounts::repair_names(conn)?,
                carnet::imports::rekey_names(conn)?,
                carnet::book::saved_filters::rekey_names(conn)?,
                contact_types::rekey_names(conn)?,
            ))
        })
        .await
        .unwrap();
    let none: Vec<i64> = Vec::new();
    let later: i64 = app
        .db
        .read(|conn| {
            Ok(accounts::table
                .filter(accounts::username.eq("d'A\u{AD}rc"))
                .select(accounts::id)
                .first(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(kept, ((), vec![later], none.clone(), none.clone(), none));
    let (companies, accounts, imports, filters) = app
        .db
        .read(|conn| {
            Ok((
                organizations::table
                    .order(organizations::id)
                    .select((organizations::name, organizations::name_key))
                    .load::<(String, String)>(conn)?,
                accounts::table
                    .filter(accounts::username_key.like("d%a%rc"))
                    .order(accounts::id)
                    .select((accounts::username, accounts::username_key))
                    .load::<(String, String)>(conn)?,
                imports::table.select(imports::name_key).load::<String>(conn)?,
                saved_filters::table.select(saved_filters::name_key).load::<String>(conn)?,
            ))
        })
        .await
        .unwrap();
    let row = |name: &str, key: &str| (name.to_owned(), key.to_owned());
    assert_eq!(companies, [row("Ré\u{AD}gie", "re gie"), row("Regie", "regie")]);
    assert_eq!(accounts, [row("d’Arc", "d'arc"), row("d'A\u{AD}rc", "d'a\u{AD}rc")]);
    assert_eq!((imports, filters), (vec!["l'ete".to_owned()], vec!["thor".to_owned()]));
}

async fn words_and_values_that_were_folded_differently_are_removed(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "Mme,Guðrún,Þórsdóttir,g@b.fr,L’eau,,,\n", false).await;
    app.db
        .write(|conn| {
            for word in ["guðrun", "þorsdottir", "\u{E006}guðrun"] {
                diesel::insert_into(book_words::table)
                    .values((book_words::word.eq(word), book_words::sound.eq("")))
                    .execute(conn)?;
            }
            diesel::insert_into(book_values::table)
                .values((
                    book_values::kind.eq("service"),
                    book_values::value_key.eq("l’eau"),
                    book_values::value.eq("L’eau"),
                ))
                .execute(conn)?;
            diesel::insert_into(book_values::table)
                .values((
                    book_values::kind.eq("city"),
                    book_values::value_key.eq("voi\u{AD}ron"),
                    book_values::value.eq("Voi\u{AD}ron"),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    app.db
        .write(|conn| {
            let mut after = Some(String::new());
            while let Some(word) = after {
                after = carnet::book::search::vocabulary::forget_outdated(conn, &word)?;
            }
            let mut after = Some((String::new(), String::new()));
            while let Some((kind, key)) = after {
                after = carnet::book::search::vocabulary::rekey_values(conn, (&kind, &key))?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let (words, values): (Vec<String>, Vec<(String, String)>) = app
        .db
        .read(|conn| {
            Ok((
                book_words::table.order(book_words::word).select(book_words::word).load(conn)?,
                book_values::table
                    .order((book_values::kind, book_values::value_key))
                    .select((book_values::value_key, book_values::value))
                    .load(conn)?,
            ))
        })
        .await
        .unwrap();
    assert!(
        words.contains(&"gudrun".to_owned()) && !words.iter().any(|word| word.contains(['ð', 'þ'])),
        "{words:?}"
    );
    let row = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(values, [row("voiron", "Voiron"), row("l'eau", "L’eau")]);
}
