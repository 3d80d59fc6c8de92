//! What holds for every page: headers, errors, languages, files.

use reqwest::Method;

use crate::support::TestApp;

both_backends!(
    every_answer_carries_the_security_headers,
    a_wrong_method_is_told_with_those_that_go,
    a_damaged_form_is_a_400_page,
    pages_speak_the_browsers_language,
    the_template_imports_as_it_is,
    a_page_is_small_once_compressed,
);

async fn every_answer_carries_the_security_headers(app: TestApp) {
    let alice = app.coordinator().await;
    let stylesheet = alice.get("/contacts").await.attributes("link[rel=stylesheet]", "href").remove(0);
    for (path, status) in [
        ("/contacts", 200),
        ("/nowhere", 404),
        ("/users", 403),
        ("/contacts/abc", 404),
        ("/contacts/99999999999999999999", 404),
        ("/", 303),
        ("/imports/template.csv", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        (stylesheet.as_str(), 200),
        ("/static/x/none.css", 404),
    ] {
        let answer = alice.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("server").is_empty(), "{path}");
        let cache = answer.header("cache-control");
        if path == stylesheet {
            assert!(cache.contains("immutable"));
        } else {
            assert_eq!(cache, "no-store", "{path}");
        }
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
            assert_eq!(answer.select("h1").len(), 1, "{path}");
            assert!(!answer.select("main a.button").is_empty(), "a way out of {path}");
        }
    }
}

async fn a_wrong_method_is_told_with_those_that_go(app: TestApp) {
    let alice = app.coordinator().await;
    for (method, path, allow) in
        [(Method::DELETE, "/contacts", "POST, GET, HEAD"), (Method::GET, "/logout", "POST")]
    {
        let answer = alice.request(method, path).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), allow);
        assert_eq!(answer.one("h1"), "Action impossible ici");
    }
    let head = alice.request(Method::HEAD, "/contacts").await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
}

async fn a_damaged_form_is_a_400_page(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.get("/contacts").await;
    let answer = alice.post(&page, "/contacts/statuses", &[("shown", "x")]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.one("h1"), "Demande incompréhensible");
    let answer = alice.post(&page, "/contacts/1", &[("version", "not-a-number")]).await;
    assert_eq!(answer.status, 400);
    let json = alice
        .raw(Method::POST, "/contacts")
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(json.status(), 400);
    let large = "x".repeat(1100 * 1024);
    let answer = alice.post(&page, "/contacts", &[("city", &large)]).await;
    assert_eq!(answer.status, 413);
    assert!(answer.one("main p:first-of-type").contains("1\u{A0}Mio"));
}

async fn pages_speak_the_browsers_language(app: TestApp) {
    let alice = app.coordinator().await;
    for (accept, lang, skip) in [
        ("en-GB,en;q=0.9,fr;q=0.8", "en", "Skip to content"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "fr", "Aller au contenu"),
        ("de", "fr", "Aller au contenu"),
        ("", "fr", "Aller au contenu"),
    ] {
        let answer =
            alice.raw(Method::GET, "/contacts").header("accept-language", accept).send().await.unwrap();
        let page = crate::support::Page::read(answer).await;
        assert_eq!(page.attributes("html", "lang"), [lang]);
        assert_eq!(page.one("body > a.skip"), skip);
    }
}

async fn the_template_imports_as_it_is(app: TestApp) {
    let alice = app.coordinator().await;
    let template = alice.get("/imports/template.csv").await;
    assert!(template.header("content-disposition").contains("attachment"));
    let page = alice.import("modele", template.body, false).await;
    assert_eq!(page.one("h1"), "modele\u{A0}: import terminé");
    assert_eq!(alice.get("/contacts?q=lefevre+hel").await.select("tbody tr").len(), 1);
}

async fn a_page_is_small_once_compressed(app: TestApp) {
    let alice = app.coordinator().await;
    let line = |index: usize| {
        format!(
            "Mme,Marie-Thérèse,Dupont-{index},marie{index}@mairie.example,\
             État civil,0110203040,12 rue Haute,Lyon\n"
        )
    };
    let file: String = (0..60).map(line).collect();
    alice.import("un", file, false).await;
    let answer = alice
        .raw(Method::GET, "/contacts")
        .header("accept-encoding", "gzip, deflate, br, zstd")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.unwrap().len() < 30_000);
}
