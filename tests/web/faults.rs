//! Faults of the world: no database, a full disk, a file over the limit.

use std::time::Duration;

use crate::support::process::{Served, on_small_disk};
use crate::support::{Client, PASSWORD, TestApp, left_out, postgres};

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

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "serve --listen 127.0.0.1:0 --database-url sqlite://{}/carnet.db",
        folder.path().display()
    );
    let Some(command) = on_small_disk(folder.path(), 2, &arguments) else {
        return left_out("a small disk (unshare)");
    };
    let mut served = Served::start(command);
    let line = served.printed.next().unwrap().unwrap();
    let code = line.rsplit_once(' ').unwrap().1.to_owned();
    actix_web::rt::System::new().block_on(async {
        let admin = Client::new(served.address);
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
