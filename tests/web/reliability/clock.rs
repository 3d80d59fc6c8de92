//! The computer's clock is set back by a day, and forward by ninety days, while a server works.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::book::{NAME, Phase, look, second_list, until};
use crate::support::measured::print;
use crate::support::process::{Served, add_coordinator, carnet};
use crate::support::{Backend, Client, PASSWORD, database, left_out};

/// The library that replaces the system's clock.
fn faketime() -> Option<String> {
    let asked = Command::new("faketime").args(["-f", "+0", "printenv", "LD_PRELOAD"]).output().ok()?;
    let library = String::from_utf8(asked.stdout).unwrap().trim().to_owned();
    (!library.is_empty()).then_some(library)
}

/// A server that reads its clock from a file.
fn serve(url: &str, library: &str, clock: &Path) -> Served {
    let mut command = carnet(&["serve", "--listen", "127.0.0.1:0", "--database-url", url]);
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", clock)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Served::start(command)
}

async fn imports(alice: &Client, name: &str) {
    let line = format!("Mme,Zoé,Martin,{name}@mairie.example,Voirie,0110203040,,Lyon\n");
    let page = alice.import(name, line, false).await;
    assert!(page.one("h1").ends_with("import terminé"), "{}", page.body);
}

async fn saves(alice: &Client, name: &str) {
    let form = alice.get("/contacts/new").await;
    let typed = [("last_name", Some(name)), ("first_name", Some("Zoé")), ("copy", None)];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
}

/// Types wrong passwords until the account has to wait.
async fn guesses(guest: &Client) -> u16 {
    let mut last = 0;
    for _ in 0..8 {
        last = guest.try_sign_in("alice", "not the password").await.status;
    }
    last
}

#[test]
fn a_clock_set_back_or_forward_leaves_no_session_job_or_wait_stuck() {
    let Some(library) = faketime() else {
        return left_out("faketime");
    };
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some((url, folder)) = database(backend) else {
            continue;
        };
        let clock = folder.path().join("clock");
        std::fs::write(&clock, "+0").unwrap();
        let served = serve(&url, &library, &clock);
        actix_web::rt::System::new().block_on(async {
            add_coordinator("alice", &url);
            let alice = Client::new(served.address);
            alice.sign_in("alice", PASSWORD).await;
            imports(&alice, "avant").await;
            let guest = Client::new(served.address);
            assert_eq!(guesses(&guest).await, 429, "somebody guesses, and has to wait");

            std::fs::write(&clock, "-1d").unwrap();
            assert_eq!(alice.get("/contacts").await.status, 200, "the session lives on");
            saves(&alice, "Hier").await;
            imports(&alice, "hier").await;
            // The wait after the wrong passwords is of seconds, not of a day.
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(
                Client::new(served.address).try_sign_in("alice", PASSWORD).await.status,
                303,
                "nobody has to wait for a day"
            );

            std::fs::write(&clock, "+90d").unwrap();
            let late = alice.get("/contacts").await;
            assert_eq!(late.status, 303, "a session of three months ago has ended");
            alice.sign_in("alice", PASSWORD).await;
            saves(&alice, "Après").await;
            imports(&alice, "apres").await;

            std::fs::write(&clock, "+0").unwrap();
            assert_eq!(alice.get("/contacts").await.status, 200, "the session lives on");
            imports(&alice, "revenu").await;
        });
        print(&format!(
            "clock, {backend:?}: set back by a day, forward by 90 and back again under one server; sessions, imports and \
             waits went on"
        ));
    }
}

#[test]
fn a_killed_import_with_a_claim_ahead_of_the_clock_continues() {
    let Some(library) = faketime() else {
        return left_out("faketime");
    };
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some((url, folder)) = database(backend) else {
            continue;
        };
        let clock = folder.path().join("clock");
        std::fs::write(&clock, "+0").unwrap();
        let served = serve(&url, &library, &clock);
        actix_web::rt::System::new().block_on(async {
            add_coordinator("alice", &url);
            let alice = Client::new(served.address);
            alice.sign_in("alice", PASSWORD).await;
            let request = alice.upload_request(NAME, second_list(), &[("on_error", "import_valid")]).await;
            actix_web::rt::spawn(request.send());
            until(&url, |look| look.phase == Some(Phase::Apply) && look.claim.is_some()).await;
            drop(served);
            assert!(look(&url).claim.is_some(), "killed with its claim");
            std::fs::write(&clock, "-1d").unwrap();
            let _served = serve(&url, &library, &clock);
            until(&url, |look| look.phase.is_none()).await;
        });
    }
}
