//! Faults of the world: no database, a full disk, a file over the limit, a mistyped option.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{CARNET, PASSWORD, TestApp, carnet, left_out, postgres, text};
use carnet::domain::Role;

#[test]
fn a_database_that_is_away_is_a_503_page_and_comes_back_by_itself() {
    let Some(mut cluster) = postgres::Cluster::start() else {
        return left_out("PostgreSQL");
    };
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(cluster.url(), tempfile::tempdir().unwrap(), &[]).await;
        let alice = app.coordinator().await;
        let form = alice.get("/contacts/new").await;
        cluster.stop();
        for path in ["/contacts", "/readyz", "/login"] {
            let answer = alice.get(path).await;
            assert_eq!(answer.status, 503, "{path}");
            assert!(!answer.header("retry-after").is_empty());
            assert_eq!(answer.one("h1"), "Carnet est momentanément indisponible");
            assert!(!answer.body.contains("127.0.0.1"), "the cause is not shown");
        }
        let typed = [
            ("first_name", Some("A")),
            ("last_name", Some("B")),
            ("copy", None),
        ];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 503);
        assert_eq!(alice.get("/healthz").await.status, 200);
        cluster.resume();
        let mut saved = alice.submit(&form, "main form", &typed).await;
        for _ in 0..40 {
            if saved.status == 303 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
            saved = alice.submit(&form, "main form", &typed).await;
        }
        assert_eq!(
            saved.status, 303,
            "sending again is enough, still signed in"
        );
        assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
    });
}

#[test]
fn a_file_over_the_limit_is_a_413_page_that_says_the_limit() {
    actix_web::rt::System::new().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("carnet.db").display());
        let app = TestApp::start(url, folder, &["--max-upload-mib", "1"]).await;
        let alice = app.coordinator().await;
        let line = "M.,A,B,a@b.fr,,,,\n";
        let answer = alice
            .upload("juin", line.repeat(2 * 1024 * 1024 / line.len()), false)
            .await;
        assert_eq!(answer.status, 413);
        assert!(
            answer.one("main p:first-of-type").contains("1\u{A0}MiB"),
            "{}",
            answer.body
        );
        assert_eq!(alice.get("/imports").await.select("tbody tr").len(), 0);
        let fits = alice
            .upload("juin", line.repeat(1024 * 1024 / line.len()), false)
            .await;
        assert_eq!(fits.status, 303);
    });
}

/// A server of its own process, which ends with the value.
struct Served {
    process: std::process::Child,
    address: std::net::SocketAddr,
}

impl Served {
    fn start(mut command: Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let line = output.lines().next().unwrap().unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        Self { process, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A disk of two megabytes, in a name space of its own: no privilege is needed where the system allows them.
fn on_small_disk(folder: &Path, arguments: &str) -> Option<Command> {
    let script = format!(
        "mount -t tmpfs -o size=2m carnet '{}' && exec '{CARNET}' {arguments}",
        folder.display()
    );
    let allowed = Command::new("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "carnet",
        ])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("unshare");
    command.args([
        "--map-root-user",
        "--mount",
        "--kill-child",
        "sh",
        "-c",
        &script,
    ]);
    Some(command)
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "serve --listen 127.0.0.1:0 --database-url sqlite://{}/carnet.db",
        folder.path().display()
    );
    let Some(mut command) = on_small_disk(folder.path(), &arguments) else {
        return left_out("a small disk (unshare)");
    };
    // The temporary file of an upload lies elsewhere: the database's disk is the full one.
    command.env("TMPDIR", std::env::temp_dir());
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    let address = address
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let code = lines
        .next()
        .unwrap()
        .unwrap()
        .rsplit_once(' ')
        .unwrap()
        .1
        .to_owned();
    let served = Served { process, address };
    actix_web::rt::System::new().block_on(async {
        let admin = crate::support::Client::new(served.address);
        let page = admin.get("/setup").await;
        let fields = [
            ("code", Some(code.as_str())),
            ("username", Some("root")),
            ("password", Some(PASSWORD)),
        ];
        assert_eq!(admin.submit(&page, "main form", &fields).await.status, 303);
        assert_eq!(
            admin
                .upload("petit", "M.,A,B,a@b.fr,,,,\n", false)
                .await
                .status,
            303
        );

        let file: String = (0..200_000)
            .map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n"))
            .collect();
        let answer = admin.upload("grand", file, false).await;
        assert_eq!(answer.status, 507, "{}", answer.body);
        assert_eq!(answer.one("h1"), "Le disque du serveur est plein");
        let book = admin.get("/contacts").await;
        assert_eq!(book.status, 200, "reading goes on");
        assert_eq!(
            book.select("tbody tr").len(),
            1,
            "and nothing was written by halves"
        );
        assert!(!admin.get("/imports").await.body.contains("grand"));
    });
}

#[test]
fn a_mistyped_database_url_is_a_start_up_error_that_says_what_to_write() {
    for (url, told) in [
        (
            "postgre://carnet:secret@db/carnet",
            "postgres://USER:PASSWORD@HOST/NAME",
        ),
        ("carnet.db", "sqlite://PATH"),
        ("sqlite://", "sqlite://PATH"),
        (
            "sqlite:///no/such/folder/carnet.db",
            "/no/such/folder does not exist",
        ),
        (
            "postgres://carnet:secret@127.0.0.1:1/carnet",
            "Check that it runs",
        ),
    ] {
        let output = carnet(&["serve", "--listen", "127.0.0.1:0", "--database-url", url])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(text(&output).contains(told), "{url}: {}", text(&output));
        assert!(
            !text(&output).contains("secret"),
            "{url}: {}",
            text(&output)
        );
    }
}

#[test]
fn a_taken_port_is_a_start_up_error_that_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    let listen = taken.local_addr().unwrap().to_string();
    let output = carnet(&["serve", "--listen", &listen, "--database-url", &url])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("--listen"), "{}", text(&output));
}

both_backends! {
    async fn the_command_line_keeps_accounts(app: TestApp) {
        app.add_account("charlie", Role::Administrator).await;
        let url = app.database_url.clone();
        let user = move |arguments: &'static [&'static str], password: &'static str| {
            let url = url.clone();
            tokio::task::spawn_blocking(move || {
                let mut command = carnet(&["user"]);
                command.args(arguments).args(["--database-url", &url]);
                let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                process.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
                process.wait_with_output().unwrap()
            })
        };
        let added = user(&["add", "Zoé Martin", "--role", "agent", "--password-stdin"], "a long enough one\n").await.unwrap();
        assert_eq!(added.status.code(), Some(0), "{}", text(&added));
        let zoe = app.stranger();
        zoe.sign_in("zoé martin", "a long enough one").await;
        for (arguments, password, told) in [
            (&["add", "zoé martin", "--role", "agent", "--password-stdin"][..], "a long enough one\n", "already"),
            (&["add", "x", "--role", "agent", "--password-stdin"], "short\n", "at least 10"),
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
        assert!(text(&list).contains("Zoé Martin\tagent\tdisabled"), "{}", text(&list));
    }
}

#[test]
fn the_demonstration_serves_with_three_accounts() {
    let mut command = carnet(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .take(4)
        .map(Result::unwrap)
        .collect();
    let address = lines[0]
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let served = Served { process, address };
    actix_web::rt::System::new().block_on(async {
        for line in &lines[1..] {
            let words: Vec<&str> = line.split_whitespace().collect();
            let client = crate::support::Client::new(served.address);
            client.sign_in(words[0], words[1]).await;
            let page = client.get("/contacts?q=lefevre+hel").await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains("Lefèvre"), "{line}");
        }
    });
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
        assert!(
            text(&output).contains(told),
            "{arguments:?}: {}",
            text(&output)
        );
    }
}

#[test]
fn a_server_restarts_on_its_own_database_and_signs_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    let start = || {
        Served::start(carnet(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            &url,
        ]))
    };
    let mut add = carnet(&[
        "user",
        "add",
        "alice",
        "--role",
        "coordinator",
        "--password-stdin",
        "--database-url",
        &url,
    ]);
    let mut process = add
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    process
        .stdin
        .take()
        .unwrap()
        .write_all(PASSWORD.as_bytes())
        .unwrap();
    assert!(process.wait().unwrap().success());
    actix_web::rt::System::new().block_on(async {
        let first = start();
        let port = first.address.to_string();
        let alice = crate::support::Client::new(first.address);
        alice.sign_in("alice", PASSWORD).await;
        alice.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
        drop(first);
        let _second = Served::start(carnet(&[
            "serve",
            "--listen",
            &port,
            "--database-url",
            &url,
        ]));
        assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
    });
}
