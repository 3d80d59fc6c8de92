//! Reported mistakes, and their answers.

use carnet::base::clock;
use carnet::book;
use carnet::db::schema::reports;
use carnet::domain::Role;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::add;
use crate::support::erasure::{erase, finished};
use crate::support::merges::merge;
use crate::support::{Client, PASSWORD, Page, TestApp};

const TYPED: &str =
    "Elle a changé de service : l’état civil,\nplus la voirie <depuis juin> & son poste est le 4512";

async fn zola(alice: &Client) -> String {
    add(alice, &[("first_name", "Anne"), ("last_name", "Zola"), ("email", "anne@regie.example")]).await
}

/// Reports a mistake by the contact's page.
async fn report(client: &Client, contact: &str, text: &str) -> Page {
    let page = client.get(contact).await;
    client.submit(&page, "#reports form", &[("report", Some(text))]).await
}

/// The ids of the reports that wait.
async fn open(client: &Client) -> Vec<String> {
    client.get("/waiting").await.attributes("article.report form", "action")
}

/// Presses one of the two buttons.
async fn answer(client: &Client, form: &Page, outcome: &str, text: &str) -> Page {
    client.submit(form, ".report form", &[("outcome", Some(outcome)), ("answer", Some(text))]).await
}

both_backends!(
    a_report_reaches_the_coordinators_and_its_answer_the_contacts_page,
    agents_report_and_coordinators_answer,
    a_report_has_1_to_1000_characters_and_so_has_its_answer,
    a_double_click_stores_one_report_and_one_answer,
    the_first_of_two_answers_counts_and_the_second_is_not_lost,
    a_merge_hands_the_reports_over_and_its_undo_gives_them_back,
    a_report_about_a_contact_that_is_gone_is_not_lost,
    a_report_is_sent_after_signing_in_again,
    a_report_is_in_the_persons_data_and_is_erased_with_them,
    a_contact_in_the_trash_keeps_its_open_reports,
    answered_reports_go_after_ninety_days,
    many_reports_are_paged,
);

async fn a_report_reaches_the_coordinators_and_its_answer_the_contacts_page(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = zola(&alice).await;
    assert!(bob.get(&path).await.select("#reports .report").is_empty());
    let sent = report(&bob, &path, TYPED).await;
    assert_eq!(sent.location(), format!("{path}#reports"));
    let page = bob.follow(&sent).await;
    assert_eq!(
        page.flash(),
        "Erreur signalée\u{A0}: les coordinateurs la verront dans «\u{A0}À traiter\u{A0}»."
    );
    assert!(page.one("#reports .report").contains("en attente"));
    assert!(page.body.contains("plus la voirie &#60;depuis juin&#62; &#38; son poste"), "{}", page.body);
    assert!(page.select("#reports .report a").is_empty(), "an agent has no link to answer");

    let waiting = alice.get("/waiting").await;
    assert!(waiting.one("article.report").starts_with("Anne Zola bob"), "{}", waiting.body);
    let answered = answer(&alice, &waiting, "fixed", "Merci, service et poste corrigés.").await;
    assert_eq!(answered.location(), "/waiting");
    let waiting = alice.follow(&answered).await;
    assert_eq!(waiting.flash(), "Réponse envoyée.");
    assert!(waiting.select("article.report").is_empty());

    let page = bob.get(&path).await;
    let shown = page.one("#reports .report");
    assert!(shown.contains("corrigé alice"), "{shown}");
    assert!(shown.ends_with("Merci, service et poste corrigés."), "{shown}");
    let told = alice.get(&path).await.select(".history > li strong");
    assert_eq!(told[..2], ["Signalement traité\u{A0}: erreur corrigée", "Erreur signalée"]);
    let english =
        alice.raw(reqwest::Method::GET, &path).header("accept-language", "en").send().await.unwrap();
    let english = Page::read(english).await;
    let told = english.select(".history > li strong");
    assert_eq!(told[..2], ["Report answered: mistake fixed", "Mistake reported"]);
}

async fn agents_report_and_coordinators_answer(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = zola(&alice).await;
    report(&bob, &path, TYPED).await;
    let target = open(&alice).await.remove(0);
    let page = bob.get(&path).await;
    assert_eq!(bob.get(&target).await.status, 403);
    assert_eq!(bob.get("/waiting").await.status, 403);
    assert_eq!(bob.post(&page, &target, &[("outcome", "fixed"), ("answer", "Forcé")]).await.status, 403);
    assert_eq!(open(&alice).await, [target.as_str()]);
    // A coordinator answers from the contact's page too.
    let link = alice.get(&path).await.attributes("#reports .report a", "href");
    assert_eq!(link, [target.as_str()]);
    let form = alice.get(&target).await;
    assert_eq!(answer(&alice, &form, "unfounded", "").await.status, 303);
    let shown = bob.get(&path).await.one("#reports .report");
    assert!(shown.contains("rien à corriger alice"), "{shown}");
    // A report that is answered shows its answer, without a form.
    let page = alice.get(&target).await;
    assert_eq!(page.status, 200);
    assert!(page.select("main form").is_empty());
    assert_eq!(alice.get("/reports/999999").await.status, 404);
}

async fn a_report_has_1_to_1000_characters_and_so_has_its_answer(app: TestApp) {
    let alice = app.coordinator().await;
    let path = zola(&alice).await;
    for empty in ["", " \r\n \t", "\u{200B}"] {
        let refused = report(&alice, &path, empty).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.errors(), ["Décrivez l’erreur"]);
    }
    let long = "é".repeat(1_001);
    let refused = report(&alice, &path, &long).await;
    assert_eq!(refused.status, 422);
    assert!(refused.errors()[0].contains("1\u{202F}001"), "{:?}", refused.errors());
    assert_eq!(refused.one("#report"), long, "what was typed is there");
    assert_eq!(refused.select("details[open] #report").len(), 1, "and in sight");
    assert_eq!(report(&alice, &path, &"€".repeat(1_000)).await.status, 303);

    let target = open(&alice).await.remove(0);
    let form = alice.get(&target).await;
    let refused = answer(&alice, &form, "fixed", &long).await;
    assert_eq!(refused.status, 422);
    assert!(refused.errors()[0].contains("1\u{202F}001"), "{:?}", refused.errors());
    assert_eq!(refused.one("#answer"), long);
    for outcome in [None, Some("perhaps")] {
        let typed = [("outcome", outcome), ("answer", Some("Presque"))];
        let refused = alice.submit(&form, ".report form", &typed).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.errors().len(), 1);
        assert_eq!(refused.one("#answer"), "Presque");
    }
    assert_eq!(answer(&alice, &form, "fixed", &"€".repeat(1_000)).await.status, 303);
}

async fn a_double_click_stores_one_report_and_one_answer(app: TestApp) {
    let alice = app.coordinator().await;
    let path = zola(&alice).await;
    let page = alice.get(&path).await;
    let typed = [("report", Some("Une fois"))];
    let send = || alice.submit(&page, "#reports form", &typed);
    let (first, second) = tokio::join!(send(), send());
    assert_eq!([first.status, second.status], [303, 303]);
    assert_eq!(open(&alice).await.len(), 1);
    // The same page with another text is another report.
    assert_eq!(alice.submit(&page, "#reports form", &[("report", Some("Deux fois"))]).await.status, 303);
    let targets = open(&alice).await;
    assert_eq!(targets.len(), 2);
    let form = alice.get(&targets[0]).await;
    let send = || answer(&alice, &form, "fixed", "Corrigé");
    let (first, second) = tokio::join!(send(), send());
    assert_eq!([first.status, second.status], [303, 303]);
    let told = alice.get(&path).await.select(".history > li strong");
    assert_eq!(told.iter().filter(|kind| kind.contains("corrigée")).count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|kind| *kind == "Erreur signalée").count(), 2, "{told:?}");
}

async fn the_first_of_two_answers_counts_and_the_second_is_not_lost(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = zola(&alice).await;
    for round in 0..4 {
        report(&alice, &path, &format!("Erreur {round}")).await;
        let target = open(&alice).await.remove(0);
        let (one, two) = tokio::join!(alice.get(&target), charlie.get(&target));
        let (one, two) = tokio::join!(
            answer(&alice, &one, "fixed", "De la part d’Alice"),
            answer(&charlie, &two, "unfounded", "De la part de Charlie"),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let (late, theirs, own) = match one.status {
            422 => (one, "De la part de Charlie", "De la part d’Alice"),
            _ => (two, "De la part d’Alice", "De la part de Charlie"),
        };
        assert!(late.errors()[0].starts_with("Quelqu’un a déjà répondu"), "{:?}", late.errors());
        assert!(late.one("main article").contains(theirs));
        assert_eq!(late.one("textarea"), own);
        let page = alice.get(&path).await;
        let shown = &page.select("#reports .report")[0];
        assert!(shown.contains(theirs) && !shown.contains(own), "{shown}");
    }
}

async fn a_merge_hands_the_reports_over_and_its_undo_gives_them_back(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let kept = zola(&alice).await;
    let gone = add(&alice, &[("first_name", "Anne"), ("last_name", "Zolla")]).await;
    for (contact, text) in
        [(&kept, "Le sien"), (&gone, "Traité avant"), (&gone, "Traité après"), (&gone, "Ouvert")]
    {
        report(&bob, contact, text).await;
    }
    let before = alice.get(&open(&alice).await[1]).await;
    assert_eq!(answer(&alice, &before, "fixed", "").await.status, 303);
    let page = merge(&alice, &kept, &gone, &[("keep", Some("low")), ("field_last_name", Some("low"))]).await;
    let texts = |page: &Page| page.select("#reports .report > .lines");
    assert_eq!(texts(&page), ["Ouvert", "Traité après", "Traité avant", "Le sien"]);
    let waiting = alice.get("/waiting").await;
    let names = waiting.select("article.report h3");
    assert_eq!(names, ["Anne Zola"; 3]);
    let after = alice.get(&open(&alice).await[1]).await;
    assert_eq!(answer(&alice, &after, "unfounded", "Si").await.status, 303);
    report(&bob, &kept, "Depuis la fusion").await;
    let undone = alice.submit(&alice.get(&kept).await, "form[action^='/merges']", &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(texts(&bob.get(&kept).await), ["Depuis la fusion", "Le sien"]);
    let page = bob.get(&gone).await;
    assert_eq!(texts(&page), ["Ouvert", "Traité après", "Traité avant"]);
    assert!(page.body.contains("Si"), "an answer given meanwhile comes along");
}

async fn a_report_about_a_contact_that_is_gone_is_not_lost(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let kept = zola(&alice).await;
    let gone = add(&alice, &[("first_name", "Anne"), ("last_name", "Zolla")]).await;
    let page = bob.get(&gone).await;
    merge(&alice, &kept, &gone, &[("keep", Some("low")), ("field_last_name", Some("low"))]).await;
    let late = bob.submit(&page, "#reports form", &[("report", Some(TYPED))]).await;
    assert_eq!(late.status, 422);
    assert!(late.errors()[0].contains("fusionné avec Anne Zola"), "{:?}", late.errors());
    assert_eq!(late.attributes("#reports form", "action"), [format!("{kept}/reports")]);
    assert_eq!(bob.submit(&late, "#reports form", &[]).await.location(), format!("{kept}#reports"));
    assert_eq!(open(&alice).await.len(), 1);

    let page = bob.get(&kept).await;
    let form = alice.get(&open(&alice).await[0]).await;
    let ask = alice.get(&format!("{kept}/delete")).await;
    assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    let late = bob.submit(&page, "#reports form", &[("report", Some("Trop tard"))]).await;
    assert_eq!(late.status, 404);
    assert_eq!(late.one("h1"), "Ce contact est dans la corbeille");
    assert_eq!(late.select("[aria-labelledby=typed] textarea"), ["Trop tard"]);
    assert_eq!(late.select("[aria-labelledby=typed] label"), ["Quelle est l’erreur\u{202F}?"]);
    finished(&alice, &erase(&alice, &kept).await.location()).await;
    let late = answer(&alice, &form, "fixed", "Corrigé pour rien").await;
    assert_eq!(late.status, 404);
    assert_eq!(late.select("[aria-labelledby=typed] textarea"), ["Corrigé pour rien"]);
}

async fn a_report_is_sent_after_signing_in_again(app: TestApp) {
    let alice = app.coordinator().await;
    let path = zola(&alice).await;
    let who = [("username", Some("alice")), ("password", Some(PASSWORD))];
    let page = alice.get(&path).await;
    let sign_out = async || assert_eq!(alice.post(&page, "/logout", &[]).await.status, 303);
    sign_out().await;
    let asked = alice.submit(&page, "#reports form", &[("report", Some(TYPED))]).await;
    assert_eq!(asked.status, 422);
    let back = alice.submit(&asked, "main form", &who).await;
    assert_eq!(back.select("textarea.typed").len(), 1, "{}", back.body);
    assert_eq!(alice.submit(&back, "main form", &[]).await.location(), format!("{path}#reports"));

    let page = alice.get(&open(&alice).await[0]).await;
    assert_eq!(alice.post(&page, "/logout", &[]).await.status, 303);
    let asked = answer(&alice, &page, "unfounded", "Vérifié ce matin").await;
    let back = alice.submit(&asked, "main form", &who).await;
    assert_eq!(back.select("textarea.typed"), ["Vérifié ce matin"], "the outcome is not typed");
    assert_eq!(alice.submit(&back, "main form", &[]).await.location(), "/waiting");
    let shown = alice.get(&path).await.one("#reports .report");
    assert!(shown.contains("rien à corriger") && shown.contains("Vérifié ce matin"), "{shown}");
}

async fn a_report_is_in_the_persons_data_and_is_erased_with_them(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let (path, other) =
        (zola(&alice).await, add(&alice, &[("first_name", "Paul"), ("last_name", "Perdu")]).await);
    report(&bob, &path, "Elle est partie").await;
    report(&bob, &path, "Encore là").await;
    report(&bob, &other, "Un autre").await;
    let form = alice.get(&open(&alice).await[0]).await;
    answer(&alice, &form, "unfounded", "Non").await;
    let page = alice.get(&format!("{path}/data")).await;
    assert!(page.body.contains("Erreurs signalées\u{A0}: 2") && page.body.contains("Elle est partie"));
    let file: serde_json::Value =
        serde_json::from_str(&alice.get(&format!("{path}/data.json")).await.body).unwrap();
    let reports = file["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0]["text"], "Encore là");
    assert!(reports[0]["outcome"].is_null() && reports[0]["answered_at"].is_null());
    assert_eq!(reports[1]["author"], "bob");
    assert_eq!([&reports[1]["outcome"], &reports[1]["answer"]], ["unfounded", "Non"]);
    assert_eq!(reports[1]["answered_by"], "alice");
    finished(&alice, &erase(&alice, &path).await.location()).await;
    let left: Vec<String> =
        app.db.read(|conn| Ok(reports::table.select(reports::text).load(conn)?)).await.unwrap();
    assert_eq!(left, ["Un autre"]);
    assert_eq!(open(&alice).await.len(), 1);
}

async fn a_contact_in_the_trash_keeps_its_open_reports(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = zola(&alice).await;
    report(&bob, &path, "Elle a quitté la régie").await;
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let waiting = alice.get("/waiting").await;
    assert_eq!(waiting.select("article.report h3 .tag"), ["Corbeille"]);
    assert!(alice.get(&open(&alice).await[0]).await.one("article").contains("dans la corbeille"));
    assert_eq!(answer(&alice, &waiting, "fixed", "Supprimée, merci").await.status, 303);
    assert!(open(&alice).await.is_empty());
    let page = alice.get(&path).await;
    assert!(page.select("#reports form").is_empty(), "nothing is reported about a deleted contact");
    assert!(page.one("#reports .report").contains("Supprimée, merci"));
}

async fn answered_reports_go_after_ninety_days(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = zola(&alice).await;
    for text in ["Vieux", "Récent", "Ouvert"] {
        report(&bob, &path, text).await;
    }
    for target in &open(&alice).await[..2] {
        let form = alice.get(target).await;
        answer(&alice, &form, "fixed", "").await;
    }
    app.db
        .write(|conn| {
            for (text, days) in [("Vieux", 91), ("Récent", 89)] {
                diesel::update(reports::table.filter(reports::text.eq(text)))
                    .set(reports::answered_at.eq(clock::now() - TimeDelta::days(days)))
                    .execute(conn)?;
            }
            diesel::update(reports::table)
                .set(reports::created_at.eq(clock::now() - TimeDelta::days(400)))
                .execute(conn)?;
            book::reports::sweep(conn)
        })
        .await
        .unwrap();
    assert_eq!(alice.get(&path).await.select("#reports .report > .lines"), ["Ouvert", "Récent"]);
}

async fn many_reports_are_paged(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.sign_in(Role::Agent).await);
    let path = zola(&alice).await;
    for number in 1..=22 {
        report(&bob, &path, &format!("Erreur {number}")).await;
    }
    let first = alice.get("/waiting").await;
    assert_eq!(first.select("article.report").len(), 20);
    assert!(first.select("article.report > .lines")[0].ends_with("Erreur 1"), "the oldest comes first");
    let next = alice.get(&first.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(next.select("article.report > .lines"), ["Erreur 21", "Erreur 22"]);
    assert_eq!(alice.get(&path).await.select("#reports .report").len(), 20);
}
