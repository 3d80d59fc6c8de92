//! A disk that fills up, and one that fails to write, while people save.

use std::cell::Cell;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::dump::hold_together;
use crate::support::measured::{print, times};
use crate::support::process::{Served, add_coordinator, on_small_disk};
use crate::support::savers::{Nodes, Told, all_are_there_once, save_counted};
use crate::support::{Client, PASSWORD, left_out, postgres};

const PEOPLE: usize = 3;
/// How long nothing can be written.
const FAULT: Duration = Duration::from_millis(700);
/// The longest time until saving works again.
const LIMIT: Duration = Duration::from_secs(5);
/// The same for PostgreSQL, which first reads its log again and syncs all of its files.
const RECOVERY: Duration = Duration::from_secs(60);

#[test]
fn when_there_is_room_again_saving_continues_without_a_restart() {
    let times = times("CARNET_TEST_DISK_FAULTS", 3);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    let arguments = format!("serve --listen 127.0.0.1:0 --database-url {url}");
    let Some(command) = on_small_disk(folder.path(), 12, &arguments) else {
        return left_out("a small disk (unshare)");
    };
    let mut served = Served::start(command);
    let seen = PathBuf::from(format!("/proc/{}/root{}", served.id(), folder.path().display()));
    let code = served.printed.next().unwrap().unwrap();
    let code = code.rsplit_once(' ').unwrap().1.to_owned();
    actix_web::rt::System::new().block_on(async {
        let admin = Client::new(served.address);
        let page = admin.get("/setup").await;
        let fields = [
            ("code", Some(code.as_str())),
            ("username", Some("root")),
            ("password", Some(PASSWORD)),
        ];
        assert_eq!(admin.submit(&page, "main form", &fields).await.status, 303);
        let (told, slowest) = with_faults(&admin, &[served.address], (times, LIMIT), async || {
            let filler = seen.join("filler");
            let mut file = std::fs::File::create(&filler).unwrap();
            while file.write_all(&[0; 4096]).is_ok() {}
            drop(file);
            tokio::time::sleep(FAULT).await;
            std::fs::remove_file(&filler).unwrap();
        })
        .await;
        // SQLite would resolve the path into the other name space to a file of this one.
        let copy = tempfile::tempdir().unwrap();
        for file in ["carnet.db", "carnet.db-wal"] {
            std::fs::copy(seen.join(file), copy.path().join(file)).unwrap();
        }
        let copied = format!("sqlite://{}/carnet.db", copy.path().display());
        all_are_there_once(&copied, &told);
        hold_together(&copied);
        print(&format!(
            "disk full, SQLite: {times} times; {} saves acknowledged and found again, {} sent again; saving again within \
             {:.1} s of room",
            told.acknowledged.len(),
            told.sent_again,
            slowest.as_secs_f64()
        ));
    });
}

#[test]
fn when_the_disk_writes_again_saving_continues_without_a_restart() {
    let times = times("CARNET_TEST_DISK_FAULTS", 3);
    if !has_strace() {
        return left_out("strace");
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    let served = Served::on(&url, "127.0.0.1:0");
    add_coordinator("alice", &url);
    actix_web::rt::System::new().block_on(async {
        let alice = Client::new(served.address);
        alice.sign_in("alice", PASSWORD).await;
        let turn = Cell::new(0);
        let (told, slowest) = with_faults(&alice, &[served.address], (times, LIMIT), async || {
            turn.set(turn.get() + 1);
            fail(&["-f".to_owned(), format!("-p{}", served.id())], turn.get()).await;
        })
        .await;
        all_are_there_once(&url, &told);
        hold_together(&url);
        print(&format!(
            "I/O errors, SQLite: {times} times (writes and syncs in turn); {} saves acknowledged and found again, {} sent \
             again; saving again within {:.1} s of the last error",
            told.acknowledged.len(),
            told.sent_again,
            slowest.as_secs_f64()
        ));
    });
}

#[test]
fn when_the_disk_of_postgresql_writes_again_saving_continues_without_a_restart() {
    let times = times("CARNET_TEST_DISK_FAULTS", 3);
    if !has_strace() {
        return left_out("strace");
    }
    let Some(cluster) = postgres::Cluster::durable() else {
        return left_out("PostgreSQL");
    };
    let url = cluster.url();
    let nodes = Nodes::start(&url, 2);
    add_coordinator("alice", &url);
    actix_web::rt::System::new().block_on(async {
        let alice = Client::new(nodes.addresses[0]);
        alice.sign_in("alice", PASSWORD).await;
        let turn = Cell::new(0);
        let (told, slowest) = with_faults(&alice, &nodes.addresses, (times, RECOVERY), async || {
            turn.set(turn.get() + 1);
            // At the first error PostgreSQL ends its processes, and starts new ones, whose writes succeed.
            let writers = cluster.writers();
            let attached: Vec<String> = writers.iter().map(|id| format!("-p{id}")).collect();
            fail(&attached, turn.get()).await;
        })
        .await;
        all_are_there_once(&url, &told);
        print(&format!(
            "I/O errors, PostgreSQL: {times} times (writes and syncs in turn) under 2 nodes; {} saves acknowledged and found \
             again, {} sent again; saving again within {:.1} s of the last error",
            told.acknowledged.len(),
            told.sent_again,
            slowest.as_secs_f64()
        ));
    });
}

fn has_strace() -> bool {
    let mut asked = Command::new("strace");
    asked.arg("-V").stdout(Stdio::null()).status().is_ok()
}

/// Makes each write of some processes fail for a while, or each sync, in turn.
async fn fail(attached: &[String], turn: usize) {
    let call = ["pwrite64", "fdatasync"][turn % 2];
    let mut tracer = Command::new("strace")
        .args(["-q", "-o", "/dev/null", "-e", &format!("trace={call}")])
        .args(["-e", &format!("inject={call}:error=EIO")])
        .args(attached)
        .spawn()
        .unwrap();
    tokio::time::sleep(FAULT).await;
    crate::support::process::signal(tracer.id(), "INT");
    tracer.wait().unwrap();
}

/// People save while a fault comes and goes; returns the longest time until the next acknowledged save.
async fn with_faults(
    client: &Client,
    addresses: &[SocketAddr],
    (times, limit): (usize, Duration),
    fault: impl AsyncFn(),
) -> (Told, Duration) {
    let (stop, slowest) = (Cell::new(false), Cell::new(Duration::ZERO));
    let count = Cell::new(0);
    let (told, ()) = tokio::join!(save_counted(client, addresses, PEOPLE, &stop, &count), async {
        for _ in 0..times {
            wait_for_another(&count, limit * 4).await;
            fault().await;
            let over = Instant::now();
            wait_for_another(&count, limit).await;
            slowest.set(slowest.get().max(over.elapsed()));
        }
        stop.set(true);
    });
    assert!(told.sent_again > 0, "no fault was felt");
    (told, slowest.get())
}

async fn wait_for_another(count: &Cell<usize>, limit: Duration) {
    let (before, begun) = (count.get(), Instant::now());
    while count.get() == before {
        assert!(begun.elapsed() < limit, "nothing is saved for {limit:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
