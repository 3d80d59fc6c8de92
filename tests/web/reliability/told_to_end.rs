//! SIGTERM while people save and read.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::support::measured::{print, times};
use crate::support::process::{Served, add_coordinator};
use crate::support::savers::{all_are_there_once, save};
use crate::support::{Backend, Client, PASSWORD, database};

const PEOPLE: usize = 6;
const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn a_program_told_to_end_under_load_answers_what_it_took_and_ends_within_seconds() {
    let ends = times("CARNET_TEST_ENDS", 3);
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        actix_web::rt::System::new().block_on(async {
            let mut served = Served::on(&url, "127.0.0.1:0");
            let addresses = [served.address];
            add_coordinator("alice", &url);
            let alice = Client::new(served.address);
            alice.sign_in("alice", PASSWORD).await;
            let (stop, slowest) = (Cell::new(false), Cell::new(Duration::ZERO));
            let (told, _served) = tokio::join!(save(&alice, &addresses, PEOPLE, &stop), async {
                for end in 0..ends {
                    // Another moment each time.
                    tokio::time::sleep(Duration::from_millis(400 + 90 * (end as u64 % 7))).await;
                    served.signal("TERM");
                    let told = Instant::now();
                    served = tokio::task::spawn_blocking({
                        let url = url.clone();
                        move || {
                            let status = served.ended_within(LIMIT);
                            assert_eq!(status.code(), Some(0));
                            Served::on(&url, &addresses[0].to_string())
                        }
                    })
                    .await
                    .unwrap();
                    slowest.set(slowest.get().max(told.elapsed()));
                }
                // People save for a while at the last one too.
                tokio::time::sleep(Duration::from_secs(1)).await;
                stop.set(true);
                // Kept until here, so that it answers the last of them.
                served
            });
            all_are_there_once(&url, &told);
            print(&format!(
                "told to end, {backend:?}: {ends} times SIGTERM under load, exit status 0 each time, serving again within \
                 {:.1} s at most; {} saves acknowledged and found again, {} sent again, {} answers cut off",
                slowest.get().as_secs_f64(),
                told.acknowledged.len(),
                told.sent_again,
                told.cut_off
            ));
            assert_eq!(told.cut_off, 0, "requests were cut off");
        });
    }
}
