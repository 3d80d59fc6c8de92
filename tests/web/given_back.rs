//! A form that is sent after the session has ended, on every route.

use carnet::app::serve::routes;
use carnet::web::Access;
use carnet::web::routes::{RouteInfo, WhenSignedOut};
use reqwest::Method;

use crate::support::{Client, PASSWORD, Page, TestApp};

/// The forms that are not given back, listed by hand so that each new form is considered. One has a file, one ends the session;
/// the others answer a confirmation that a page of the same path asks again.
const ASKED_AGAIN: [&str; 15] = [
    "/imports",
    "/logout",
    "/imports/{id}/undo",
    "/contacts/{id}/delete",
    "/contacts/{id}/erase",
    "/contacts/{id}/notes/{note}/delete",
    "/contacts/trash/empty",
    "/contact-types/{id}/delete",
    "/contact-types/{id}/fields/{field}/delete",
    "/sources/{id}/delete",
    "/import-profiles/{id}/delete",
    "/account/keys/{id}/end",
    "/users/keys/{id}/end",
    "/webhooks/{id}/secret",
    "/webhooks/{id}/delete",
];

const TYPED: &str = "Demander à Zoé* : 100 % & plus\r\nd’essais + 🙂";

/// The routes of forms that need an account.
fn forms() -> Vec<RouteInfo> {
    let routes = routes();
    let forms = routes
        .table()
        .iter()
        .filter(|route| route.method == Method::POST.as_str() && route.access != Access::Anyone);
    forms.cloned().collect()
}

fn path_of(pattern: &str) -> String {
    ["id", "field", "note", "low"]
        .iter()
        .fold(pattern.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), "999998"))
        .replace("{high}", "999999")
}

async fn send(client: &Client, path: &str, token: &str, came_from: &str) -> Page {
    let fields = [
        ("csrf", token),
        ("note", TYPED),
        ("password", "top secret"),
        ("current_password", "also secret"),
        ("code", "271828"),
        ("tick", "1"),
        ("tick", "2"),
    ];
    let request = client.raw(Method::POST, path).header("referer", came_from).form(&fields);
    Page::read(request.send().await.unwrap()).await
}

async fn sign_out(client: &Client) -> String {
    let page = client.get("/contacts").await;
    assert_eq!(client.submit(&page, ".who form", &[]).await.status, 303);
    page.csrf()
}

/// The text typed into each control of a form.
type Typed<'a> = Vec<(&'a str, Option<&'a str>)>;

both_backends!(
    every_form_is_given_back_after_signing_in_or_says_that_nothing_was_saved,
    the_largest_note_comes_back_whole,
    an_account_is_added_with_the_password_that_is_typed_again,
    statuses_absence_topics_and_a_bulk_change_are_saved_after_signing_in,
);

async fn every_form_is_given_back_after_signing_in_or_says_that_nothing_was_saved(app: TestApp) {
    let charlie = app.administrator().await;
    let came_from = format!("http://{}/contacts?q=zo%C3%A9&status=expert", app.address);
    let who = [("username", Some("charlie")), ("password", Some(PASSWORD))];
    let mut given_back = 0;
    for route in forms() {
        let path = path_of(route.pattern);
        let token = sign_out(&charlie).await;
        let answer = send(&charlie, &path, &token, &came_from).await;
        let is_asked_again = ASKED_AGAIN.contains(&route.pattern);
        assert_eq!(route.when_signed_out == WhenSignedOut::AskedAgain, is_asked_again, "{path}");
        if is_asked_again {
            assert_eq!(answer.status, 303, "{path}");
            let asked = charlie.get(&answer.location()).await;
            assert!(asked.one("[aria-labelledby=not-saved]").contains("Rien n’a été enregistré"), "{path}");
            let back = charlie.submit(&asked, "main form", &who).await;
            assert_eq!(back.location(), "/contacts?q=zo%C3%A9&status=expert", "{path}");
            continue;
        }
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
        assert_eq!(answer.one("#interrupted"), "Votre session a pris fin", "{path}");
        let back = charlie.submit(&answer, "main form", &who).await;
        assert_eq!(back.status, 200, "{path}");
        assert_eq!(back.one("h1"), "Votre session est de nouveau ouverte");
        let form = back.form("main form");
        assert_eq!(form.action, path);
        let value = |name: &str| -> Vec<&str> {
            let named = form.fields.iter().filter(|(known, _)| known == name);
            named.map(|(_, value)| value.as_str()).collect()
        };
        // A browser sends the line breaks of a page as CR LF again.
        assert_eq!(value("note"), [TYPED.replace("\r\n", "\n")], "{path}");
        let shown = back.select("textarea.typed");
        assert!(shown.iter().any(|text| text.starts_with("Demander à Zoé*")), "{path}: {shown:?}");
        assert_eq!(value("tick"), ["1", "2"]);
        for secret in ["password", "current_password", "code"] {
            assert_eq!(value(secret), [""], "{path}: {secret} is typed again");
        }
        for page in [&answer, &back] {
            for secret in ["top secret", "also secret", "271828"] {
                assert!(!page.body.contains(secret), "{path} shows {secret}");
            }
        }
        given_back += 1;
    }
    assert!(given_back > 35, "{given_back}");
}

async fn the_largest_note_comes_back_whole(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,Anne,Zola,anne@b.fr,,,,\n", false).await;
    let path = alice.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    let page = alice.get(&path).await;
    sign_out(&alice).await;
    let note = "🙂é%+&*\n ".repeat(4_000);
    assert_eq!(note.chars().count(), 32_000);
    let asked = alice.submit(&page, "#notes form", &[("note", Some(&note))]).await;
    let back =
        alice.submit(&asked, "main form", &[("username", Some("alice")), ("password", Some(PASSWORD))]).await;
    let saved = alice.submit(&back, "main form", &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let edit = alice
        .get(&path)
        .await
        .attributes("article.note a", "href")
        .into_iter()
        .find(|link| link.ends_with("edit"))
        .unwrap();
    let kept = alice.get(&edit).await.form("main form").fields;
    let kept = kept.iter().find(|(name, _)| name == "note").unwrap();
    assert_eq!(kept.1.trim(), note.trim());
}

async fn an_account_is_added_with_the_password_that_is_typed_again(app: TestApp) {
    let charlie = app.administrator().await;
    let form = charlie.get("/users/new").await;
    sign_out(&charlie).await;
    let typed =
        [("username", Some("zoe")), ("role", Some("agent")), ("password", Some("premier mot secret"))];
    let asked = charlie.submit(&form, "main form", &typed).await;
    let back = charlie
        .submit(&asked, "main form", &[("username", Some("charlie")), ("password", Some(PASSWORD))])
        .await;
    assert_eq!(back.attributes("main form input[type=password]", "name"), ["password"]);
    let saved = charlie.submit(&back, "main form", &[("password", Some("second mot secret"))]).await;
    assert_eq!(charlie.follow(&saved).await.flash(), "Utilisateur zoe ajouté.");
    app.stranger().sign_in("zoe", "second mot secret").await;
}

async fn statuses_absence_topics_and_a_bulk_change_are_saved_after_signing_in(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,Anne,Zola,anne@b.fr,,,,\n", false).await;
    let list = alice.get("/contacts").await;
    let path = list.attributes("tbody th a", "href").remove(0);
    let id = path.rsplit('/').next().unwrap().to_owned();
    let absence = alice.get(&format!("{path}/absence")).await;
    let topics = alice.get(&format!("{path}/expertise")).await;
    let filter = alice.get("/contacts/filters/new?city=lyon").await;
    let bulk = alice.get("/contacts/bulk?q=zola&do=statuses&expert=off").await;
    let who = [("username", Some("alice")), ("password", Some(PASSWORD))];
    let cases: [(&Page, &str, Typed<'_>); 5] = [
        (&list, "main form[method=post]", vec![("transfer", Some(&id))]),
        (
            &absence,
            "main form",
            vec![("absent_from", Some("2126-01-05")), ("absent_until", Some("2126-01-09"))],
        ),
        (&topics, "main form", vec![("topics", Some("eau, gaz"))]),
        (&filter, "main form", vec![("name", Some("Ceux de Lyon"))]),
        (&bulk, "main form", vec![]),
    ];
    for (page, form, typed) in cases {
        sign_out(&alice).await;
        let asked = alice.submit(page, form, &typed).await;
        assert_eq!(asked.status, 422, "{}", asked.body);
        let back = alice.submit(&asked, "main form", &who).await;
        let saved = alice.submit(&back, "main form", &[]).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
    }
    let page = alice.get(&path).await;
    assert!(page.body.contains("gaz") && page.body.contains("2126"), "{}", page.body);
    assert_eq!(page.select("h1 ~ .tags .status")[..2], ["Copie", "Transfert"]);
    assert!(alice.get("/contacts/filters").await.body.contains("Ceux de Lyon"));
}
