//! The commands of the program, and how it starts.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::process::{Served, add_coordinator, carnet, text};
use crate::support::{Client, PASSWORD, TestApp};
use carnet::domain::Role;

#[test]
fn a_mistyped_database_url_is_a_start_up_error_that_says_what_to_write() {
    for (url, told) in [
        ("postgre://carnet:secret@db/carnet", "postgres://USER:PASSWORD@HOST/NAME"),
        ("carnet.db", "sqlite://PATH"),
        ("sqlite://", "sqlite://PATH"),
        ("sqlite:///no/such/folder/carnet.db", "/no/such/folder does not exist"),
        ("postgres://carnet:secret@127.0.0.1:1/carnet", "Check that it runs"),
    ] {
        let output = carnet(&["serve", "--listen", "127.0.0.1:0", "--database-url", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(text(&output).contains(told), "{url}: {}", text(&output));
        assert!(!text(&output).contains("secret"), "{url}: {}", text(&output));
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_new_book_and_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut migrate = carnet(&["migrate", "--database-url", "sqlite://data/carnet.db"]);
    assert!(migrate.current_dir(&folder).status().unwrap().success());
    let mode = |path: &str| {
        let found = std::fs::metadata(folder.path().join(path)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!([mode("data"), mode("data/carnet.db")], [0o700, 0o600]);
}

#[test]
fn a_used_port_is_a_start_up_error_that_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    let listen = taken.local_addr().unwrap().to_string();
    let output = carnet(&["serve", "--listen", &listen, "--database-url", &url]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("--listen"), "{}", text(&output));
}

both_backends!(the_command_line_keeps_accounts,);

async fn the_command_line_keeps_accounts(app: TestApp) {
    app.add_account("charlie", Role::Administrator).await;
    let url = app.database_url.clone();
    let user = move |arguments: &'static [&'static str], password: &'static str| {
        let url = url.clone();
        tokio::task::spawn_blocking(move || {
            let mut command = carnet(&["user"]);
            command.args(arguments).args(["--database-url", &url]);
            let mut process =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            process.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
            process.wait_with_output().unwrap()
        })
    };
    let added = user(&["add", "Zoé Martin", "--role", "agent", "--password-stdin"], "a long enough one\n")
        .await
        .unwrap();
    assert_eq!(added.status.code(), Some(0), "{}", text(&added));
    let zoe = app.stranger();
    zoe.sign_in("zoé martin", "a long enough one").await;
    for (arguments, password, told) in [
        (&["add", "zoé martin", "--role", "agent", "--password-stdin"][..], "a long enough one\n", "already"),
        (&["add", "x", "--role", "agent", "--password-stdin"], "short\n", "at least 10"),
        (&["add", "x", "--role", "agent", "--password-stdin"], "Sunshine 2026\n", "too common"),
        (&["add", "Ermengarde", "--role", "agent", "--password-stdin"], "ermengarde-42\n", "easy to guess"),
        (&["add", "x", "--role", "king"], "", "possible values"),
        (&["disable", "nobody"], "", "no account"),
        (&["disable", "charlie"], "", "last administrator"),
    ] {
        let refused = user(arguments, password).await.unwrap();
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(text(&refused).contains(told), "{arguments:?}: {}", text(&refused));
    }
    let changed = user(&["password", "Zoé Martin", "--password-stdin"], "quite another one\n").await.unwrap();
    assert_eq!(changed.status.code(), Some(0), "{}", text(&changed));
    assert_eq!(zoe.get("/contacts").await.status, 303, "the old session has ended");
    zoe.sign_in("Zoé Martin", "quite another one").await;
    let disabled = user(&["disable", "ZOÉ MARTIN"], "").await.unwrap();
    assert_eq!(disabled.status.code(), Some(0), "{}", text(&disabled));
    let list = user(&["list"], "").await.unwrap();
    assert!(text(&list).contains("Zoé Martin\tagent\tdisabled\t\t\t20"), "{}", text(&list));

    let named = &[
        "add",
        "yves",
        "--role",
        "agent",
        "--display-name",
        "Yves d’Arc",
        "--email",
        "y@arc.example",
        "--password-stdin",
    ];
    let added = user(named, "a long enough one\n").await.unwrap();
    assert_eq!(added.status.code(), Some(0), "{}", text(&added));
    let list = user(&["list"], "").await.unwrap();
    assert!(text(&list).contains("yves\tagent\tactive\tYves d’Arc\ty@arc.example\t-\n"), "{}", text(&list));
    let wrong = &["add", "x", "--role", "agent", "--email", "y@", "--password-stdin"];
    let refused = user(wrong, "a long enough one\n").await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused).contains("\"y@\" is not an e-mail address"), "{}", text(&refused));
}

#[test]
fn a_command_about_users_makes_no_database_except_to_add_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("carnet.db");
    let url = format!("sqlite://{}", file.display());
    for arguments in [&["list"][..], &["disable", "alice"], &["remove-second-factor", "alice"]] {
        let output = carnet(&[&["user"], arguments, &["--database-url", &url]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output).contains("carnet.db"), "{}", text(&output));
        assert!(!file.exists(), "{arguments:?}");
    }
    add_coordinator("alice", &url);
    assert!(file.exists());
}

#[test]
fn the_help_of_every_command_names_its_options() {
    for (arguments, told) in [
        (&["--help"][..], "CARNET_LISTEN"),
        (&["serve", "--help"], "CARNET_PUBLIC_URL"),
        (&["import", "--help"], "--on-error"),
        (&["check", "--help"], "Exit status:"),
        (&["import", "--help"], "--preview"),
        (&["user", "add", "--help"], "--password-stdin"),
        (&["migrate", "--help"], "CARNET_DATABASE_URL"),
    ] {
        let output = carnet(arguments).output().unwrap();
        assert!(output.status.success());
        assert!(text(&output).contains(told), "{arguments:?}: {}", text(&output));
    }
}

#[test]
fn a_server_restarts_on_its_own_database_and_signs_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    add_coordinator("alice", &url);
    actix_web::rt::System::new().block_on(async {
        let first = Served::on(&url, "127.0.0.1:0");
        let port = first.address.to_string();
        let alice = Client::new(first.address);
        alice.sign_in("alice", PASSWORD).await;
        alice.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
        drop(first);
        let _second = Served::on(&url, &port);
        assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
    });
}
