//! The log that a security officer reads: what it must contain, and what it must not.

use std::process::Command;

use reqwest::Method;
use serde_json::Value;

use crate::support::process::{CARNET, Served, add_coordinator};
use crate::support::{Backend, Client, PASSWORD, database};

/// Causes every logged security event, with words that must not be logged; returns the log.
async fn log_of_a_day() -> String {
    let (url, folder) = database(Backend::Sqlite).unwrap();
    let log = folder.path().join("log");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "mauvais-secret").unwrap();
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "exec \"$0\" serve --listen 127.0.0.1:0 --log-format json --database-url \"$1\" \
            --public-url http://127.0.0.1 --oidc-issuer http://127.0.0.1:9 --oidc-client-id carnet \
            --oidc-client-secret-file \"$3\" --oidc-agents Philomène 2>\"$2\"",
        CARNET,
        &url,
        log.to_str().unwrap(),
        secret.to_str().unwrap(),
    ]);
    let served = Served::start(command);
    add_coordinator("Aliénor", &url);
    let client = Client::new(served.address);
    client.try_sign_in("Aliénor", "mauvais-secret").await;
    client.try_sign_in("Philomène", "mauvais-secret\r\n{\"event\":\"signed_in\"}").await;
    client.get("/login/company/return?state=Zéphyrine&code=mauvais-code").await;
    client.sign_in("Aliénor", PASSWORD).await;
    client.get("/contacts?q=Zéphyrine").await;
    client.get("/nowhere/Zéphyrine?x=Zéphyrine").await;
    client.get("/users").await;
    let page = client.get("/contacts/new").await;
    client
        .submit(&page, "main form", &[("last_name", Some("Zéphyrine")), ("email", Some("zephyrine@example"))])
        .await;
    let forged = client
        .raw(Method::POST, "/contacts")
        .header("sec-fetch-site", "cross-site")
        .body("last_name=Zéphyrine");
    forged.send().await.unwrap();
    let code = client.get("/login/code").await;
    client
        .submit(
            &code,
            "main form",
            &[
                ("username", Some("Philomène")),
                ("code", Some("mauvais-code")),
                ("password", Some("mauvais-secret")),
            ],
        )
        .await;
    for _ in 0..9 {
        Client::new(served.address).try_sign_in("Philomène", "mauvais-secret").await;
    }
    let phone = crate::support::second_factor::set_up(&client).await;
    client.submit(&page, ".who form", &[]).await;
    let other = Client::new(served.address);
    other.try_sign_in("Aliénor", PASSWORD).await;
    let asked = other.get("/login/second-factor").await;
    for _ in 0..9 {
        let wrong = [("code", Some("mauvais-code"))];
        other.submit(&asked, "main form", &wrong).await;
    }
    drop(served);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(phone.recovery.len(), 10);
    for secret in phone.recovery.iter().chain([&phone.key()]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    log
}

#[actix_web::test]
async fn what_happens_at_the_door_is_logged_without_names() {
    let log = log_of_a_day().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found = |event: &str| {
        let of = |line: &&Value| line["fields"]["event"] == event;
        lines.iter().find(of).unwrap_or_else(|| panic!("no {event} in {log}"))
    };
    for (event, account) in [
        ("sign_in_failed", true),
        ("signed_in", true),
        ("signed_out", true),
        ("right_refused", true),
        ("forgery_refused", false),
        ("code_refused", false),
        ("sign_in_slowed", false),
        ("company_refused", false),
        ("second_factor_failed", true),
        ("second_factor_slowed", true),
    ] {
        let line = found(event);
        assert_eq!(line["fields"]["account"].is_i64(), account, "{line}");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    }
    assert_eq!(found("right_refused")["fields"]["right"], "directory:user:manage");
    let signed_in = lines.iter().filter(|line| line["fields"]["event"] == "signed_in");
    assert_eq!(signed_in.count(), 1, "none was smuggled in");
}

#[actix_web::test]
async fn nothing_that_people_typed_is_logged() {
    let log = log_of_a_day().await;
    assert!(log.lines().count() > 20);
    for typed in [
        "Zéphyrine",
        "Z%C3%A9phyrine",
        "zephyrine",
        "Philom",
        "Aliénor",
        "mauvais",
        PASSWORD,
        "__Host-",
        "carnet_session",
    ] {
        assert!(!log.contains(typed), "{typed} in {log}");
    }
}
