//! Absences and their substitutes.

use chrono::{Days, NaiveDate};

use crate::support::{Client, Page, TestApp};

const LIST: &str = "M.,Marc,Lefebvre,marc@regie.example,Urbanisme,0472103031,,Lyon\n\
    Mme,Zoë,Beaulieu,zoe@regie.example,Urbanisme,0472103030,,Lyon\n\
    M.,Paul,Martin,paul.eau@regie.example,Eau,,,Lyon\n\
    M.,Paul,Martin,paul.gaz@regie.example,Gaz,,,Lyon\n";

/// Zoë's, as it is read aloud.
const NUMBER: &str = "04\u{A0}72\u{A0}10\u{A0}30\u{A0}30";

async fn path(alice: &Client, email: &str) -> String {
    let page = alice.get(&format!("/contacts?q={email}")).await;
    page.attributes("tbody th a", "href").remove(0)
}

/// The day this number of days from today.
fn day(days: i64) -> String {
    let today = carnet::base::clock::today();
    let days_on = Days::new(days.unsigned_abs());
    let day = if days < 0 { today.checked_sub_days(days_on) } else { today.checked_add_days(days_on) };
    day.unwrap().to_string()
}

/// The day as the page writes it, without the year if it is this year's.
fn told(day: &str) -> String {
    let date: NaiveDate = day.parse().unwrap();
    carnet::i18n::Locale::Fr.near_date(date, carnet::base::clock::today())
}

async fn set(client: &Client, path: &str, from: &str, until: &str, substitute: &str) -> Page {
    let form = client.get(&format!("{path}/absence")).await;
    let typed =
        [("absent_from", Some(from)), ("absent_until", Some(until)), ("substitute", Some(substitute))];
    client.submit(&form, "main form", &typed).await
}

both_backends!(
    an_absence_is_shown_wherever_a_case_could_be_handed_over,
    a_name_of_several_people_needs_a_choice_and_nothing_typed_is_lost,
    wrong_days_are_reported_at_their_fields,
    an_absence_makes_no_new_version_and_ends_once,
    two_substitutes_of_each_other_are_saved_at_the_same_moment,
);

async fn an_absence_is_shown_wherever_a_case_could_be_handed_over(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let (marc, zoe) = (path(&alice, "marc@").await, path(&alice, "zoe@").await);
    let (from, until) = (day(0), day(0));
    let saved = set(&alice, &marc, &from, &until, "ZOE @regie.example").await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.flash(), "Absence enregistrée.");
    let words = format!("Absent jusqu’au {} → Remplacement\u{A0}: Zoë Beaulieu", told(&until));
    let shown = format!("{words} · {NUMBER} · Écrire – Zoë Beaulieu");
    assert_eq!(page.one(".absent"), shown, "both days count");
    assert_eq!(
        page.attributes(".absent a", "href"),
        [zoe.as_str(), "tel:+33472103030", "mailto:zoe@regie.example"]
    );
    assert!(alice.get("/contacts").await.one(".absent").starts_with("absence → "));
    let page = bob.get("/contacts?q=marc").await;
    assert_eq!(page.one(".absent"), words);
    assert_eq!(page.attributes(".absent a", "href"), [zoe.as_str()]);

    let form = alice.get(&format!("{marc}/absence")).await;
    assert_eq!(form.attributes("#substitute", "value"), ["zoe@regie.example"]);
    let coming = set(&alice, &marc, &day(1), &day(2), "beaulieu zoe").await;
    let page = alice.follow(&coming).await;
    assert_eq!(
        page.one(".absent"),
        format!(
            "Absent du {} au {} → Remplacement\u{A0}: Zoë Beaulieu · {NUMBER} · Écrire – Zoë Beaulieu",
            told(&day(1)),
            told(&day(2))
        )
    );
    assert!(bob.get("/contacts?q=marc").await.select(".absent").is_empty(), "coming ones on the page only");
    assert!(alice.get("/contacts").await.select(".absent").is_empty());

    let told = page.select(".history > li");
    assert!(told[1].contains("Absence modifiée") && told[1].contains("Zoë Beaulieu"), "{told:?}");

    let form = alice.get(&format!("{zoe}/delete")).await;
    alice.submit(&form, "main form", &[]).await;
    let page = alice.get(&marc).await;
    assert!(!page.one(".absent").contains("Zoë"), "a substitute in the trash is not named");

    let past = set(&alice, &marc, &day(-2), &day(-1), "").await;
    let page = alice.follow(&past).await;
    assert!(page.flash().contains("déjà passée"));
    assert!(page.select(".absent").is_empty());
    let form = alice.get(&format!("{marc}/absence")).await;
    assert!(form.attributes("#absent_from", "value").is_empty(), "what is over is not gone on with");
    let kinds = page.select(".history > li");
    assert!(
        kinds[0].contains("Absence modifiée") && kinds[0].contains("contact qui n’est plus dans le carnet"),
        "{kinds:?}"
    );
    assert!(!kinds.join(" ").contains("Zoë"), "the history of one does not name another: {kinds:?}");
}

async fn a_name_of_several_people_needs_a_choice_and_nothing_typed_is_lost(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let (marc, gaz) = (path(&alice, "marc@").await, path(&alice, "paul.gaz@").await);
    let asked = set(&alice, &marc, "01/02/2100", "2100-02-03", "Martin").await;
    assert_eq!(asked.status, 422);
    assert_eq!(
        asked.errors(),
        ["Plusieurs contacts portent ce nom\u{A0}: choisissez ci-dessous, ou saisissez son e-mail"]
    );
    assert_eq!(
        asked.select("fieldset .hint"),
        ["Eau · paul.eau@regie.example", "Gaz · paul.gaz@regie.example"]
    );
    assert_eq!(
        asked.attributes("#absent_from, #absent_until, #substitute", "value"),
        ["01/02/2100", "2100-02-03", "Martin"]
    );
    let id = gaz.rsplit_once('/').unwrap().1;
    let saved = alice.submit(&asked, "main form", &[("substitute_id", Some(id))]).await;
    let page = alice.follow(&saved).await;
    assert_eq!(page.attributes(".absent a[href^='/']", "href"), [gaz.as_str()]);

    // One of two people called Paul Martin is the other's substitute; nobody can be their own.
    let other = set(&alice, &gaz, "2100-02-01", "2100-02-03", "paul martin").await;
    assert_eq!(other.select("fieldset .hint"), ["Eau · paul.eau@regie.example"], "never itself");
    assert_eq!(alice.submit(&other, "main form", &[("substitute_id", Some(id))]).await.status, 422);
    let itself = set(&alice, &gaz, "2100-02-01", "2100-02-03", "paul.gaz@regie.example").await;
    assert_eq!(
        itself.errors(),
        ["Ce contact ne peut pas se remplacer lui-même\u{A0}: choisissez quelqu’un d’autre"]
    );
    let nobody = set(&alice, &gaz, "2100-02-01", "2100-02-03", "<b>lyon").await;
    assert!(nobody.errors()[0].starts_with("Personne ne porte ce nom"), "a city is no name");
    assert_eq!(nobody.attributes("#substitute", "value"), ["<b>lyon"]);
}

async fn wrong_days_are_reported_at_their_fields(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let marc = path(&alice, "marc@").await;
    let empty = set(&alice, &marc, "", " ", "").await;
    assert_eq!(empty.status, 422);
    assert_eq!(empty.errors(), ["Indiquez le premier jour d’absence", "Indiquez le dernier jour d’absence"]);
    let order = set(&alice, &marc, "2026-12-03", "2026-12-02", "").await;
    assert_eq!(
        order.one("#absent_until-error"),
        "Le dernier jour est avant le premier\u{A0}: vérifiez les deux dates"
    );
    let wrong = set(&alice, &marc, "demain", "31/02/2026", "").await;
    assert_eq!(wrong.attributes("#absent_from, #absent_until", "value"), ["demain", "31/02/2026"]);
    assert_eq!(wrong.errors().len(), 2);
    assert!(alice.get(&marc).await.select(".absent").is_empty());
}

async fn an_absence_makes_no_new_version_and_ends_once(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let marc = path(&alice, "marc@").await;
    let edit = alice.get(&format!("{marc}/edit")).await;
    let form = alice.get(&format!("{marc}/absence")).await;
    let days = (day(-1), day(3));
    let typed = [("absent_from", Some(days.0.as_str())), ("absent_until", Some(days.1.as_str()))];
    for _ in 0..2 {
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303, "a double click");
    }
    let saved = alice.submit(&edit, "main form", &[("city", Some("Dijon"))]).await;
    assert_eq!(saved.status, 303, "who edits meanwhile meets no conflict");
    let page = alice.get(&marc).await;
    assert_eq!(page.select(".absent").len(), 1, "and takes no absence away");
    let told = page.select(".history > li");
    assert_eq!(told.iter().filter(|entry| entry.contains("Absence modifiée")).count(), 1, "{told:?}");

    let form = alice.get(&format!("{marc}/absence")).await;
    assert_eq!(form.select("[name=end]"), ["Mettre fin à l’absence"]);
    for _ in 0..2 {
        let ended = alice.submit(&form, "main form", &[("end", Some("on"))]).await;
        assert_eq!(alice.follow(&ended).await.flash(), "L’absence a pris fin.");
    }
    let page = alice.get(&marc).await;
    assert!(page.select(".absent").is_empty());
    assert!(alice.get(&format!("{marc}/absence")).await.select("[name=end]").is_empty());

    let form = alice.get(&format!("{marc}/delete")).await;
    alice.submit(&form, "main form", &[]).await;
    assert_eq!(alice.get(&format!("{marc}/absence")).await.status, 404);
    assert_eq!(
        alice
            .post(&page, &format!("{marc}/absence"), &typed.map(|(name, value)| (name, value.unwrap())))
            .await
            .status,
        404
    );
}

async fn two_substitutes_of_each_other_are_saved_at_the_same_moment(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let (marc, zoe) = (path(&alice, "marc@").await, path(&alice, "zoe@").await);
    for days in 1..20 {
        let (from, until) = (day(0), day(days));
        let (one, other) = tokio::join!(
            set(&alice, &marc, &from, &until, if days % 2 == 0 { "" } else { "zoe@regie.example" }),
            set(&alice, &zoe, &from, &until, if days % 2 == 0 { "" } else { "marc@regie.example" })
        );
        assert_eq!([one.status, other.status], [303, 303], "neither waits for the other for ever");
    }
    assert_eq!(alice.get(&marc).await.attributes(".absent a[href^='/']", "href"), [zoe.as_str()]);
    // The substitute is absent as well, and the page says so.
    let saved = set(&alice, &marc, &day(2), &day(30), "zoe@regie.example").await;
    assert_eq!(
        alice.follow(&saved).await.flash(),
        "Absence enregistrée. Attention\u{A0}: Zoë Beaulieu n’est pas là non plus pendant cette période."
    );
    let saved = set(&alice, &marc, &day(40), &day(41), "zoe@regie.example").await;
    assert_eq!(alice.follow(&saved).await.flash(), "Absence enregistrée.");
}
