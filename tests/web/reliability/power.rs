//! The power is cut while people save on SQLite. The system calls by which the program writes its files are recorded. A cut is a
//! moment in this record, from which a possible disk is made: data that was synced is on it, and each sector that was written
//! since may be on it or not.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::chance::Chance;
use crate::support::dump;
use crate::support::measured::{print, times};
use crate::support::process::{CARNET, Served, add_coordinator};
use crate::support::savers::{Told, all_are_there_once, save};
use crate::support::{Client, PASSWORD, left_out};

const PEOPLE: usize = 4;
const A_WHILE: Duration = Duration::from_secs(6);
/// The unit in which a disk writes.
const SECTOR: usize = 512;

/// What the program did to a file.
enum Done {
    Written { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
    Removed,
    Synced,
}

/// One system call that has ended.
struct Call {
    /// Seconds since 1970.
    began: f64,
    ended: f64,
    file: PathBuf,
    done: Done,
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() {
    let cuts = times("CARNET_TEST_POWER_CUTS", 10);
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        return left_out("strace");
    }
    let folder = tempfile::tempdir().unwrap();
    let url = in_folder(folder.path());
    drop(Served::on(&url, "127.0.0.1:0"));
    add_coordinator("alice", &url);
    let before = Disk::read(folder.path());
    let log = tempfile::NamedTempFile::new().unwrap();
    let told = actix_web::rt::System::new().block_on(recorded(&url, log.path()));
    let calls = read_calls(&fs::read_to_string(log.path()).unwrap(), folder.path());
    let synced = calls.iter().filter(|call| matches!(call.done, Done::Synced)).count();
    assert!(synced > 20, "the record holds {synced} syncs");
    let (first, last) = (calls[0].began, calls[calls.len() - 1].ended);
    let mut chance = Chance(7);
    let mut found = 0;
    for _ in 0..cuts {
        #[expect(clippy::cast_precision_loss, reason = "a share of a stretch of time")]
        let share = (chance.next() % 1_000_000) as f64 / 1e6;
        let cut = first + (last - first) * share;
        let acknowledged = told.before(moment(cut));
        let place = tempfile::tempdir().unwrap();
        before.after(&calls, cut, true, &mut chance).write(place.path());
        found += acknowledged.acknowledged.len();
        if !acknowledged.acknowledged.is_empty() {
            all_are_there_once(&in_folder(place.path()), &acknowledged);
        }
        dump::hold_together(&in_folder(place.path()));
    }
    // Checks the test itself: a disk that forgets synced data must lose saves.
    let place = tempfile::tempdir().unwrap();
    before.after(&calls, last, false, &mut chance).write(place.path());
    let without_promises = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        all_are_there_once(&in_folder(place.path()), &told);
        dump::hold_together(&in_folder(place.path()));
    }));
    assert!(without_promises.is_err(), "a disk without promises lost nothing: the record is not the whole");
    print(&format!(
        "power, SQLite: {cuts} cuts in a record of {} writes and {synced} syncs, {} saves acknowledged in it; {found} \
         acknowledged before a cut and found again, none twice; every book held together",
        calls.len() - synced,
        told.acknowledged.len(),
    ));
}

/// A time given in seconds since 1970.
fn moment(seconds: f64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds)
}

fn in_folder(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("carnet.db").display())
}

/// Serves under strace while people save.
async fn recorded(url: &str, log: &Path) -> Told {
    let mut command = Command::new("strace");
    command
        // -D: the started process is the program itself.
        .args(["-D", "-f", "-ttt", "-T", "-y", "-xx", "-s", "1000000", "-o"])
        .arg(log)
        .args(["-e", "trace=pwrite64,ftruncate,fsync,fdatasync,unlink"])
        .args(["-e", "signal=none", CARNET, "serve", "--listen", "127.0.0.1:0", "--database-url", url]);
    let mut served = Served::start(command);
    let alice = Client::new(served.address);
    alice.sign_in("alice", PASSWORD).await;
    let stop = Cell::new(false);
    let addresses = [served.address];
    let (told, ()) = tokio::join!(save(&alice, &addresses, PEOPLE, &stop), async {
        tokio::time::sleep(A_WHILE).await;
        stop.set(true);
    });
    served.signal("TERM");
    served.ended_within(Duration::from_secs(20));
    told
}

/// The calls on files of a folder, in the order in which they ended.
fn read_calls(log: &str, folder: &Path) -> Vec<Call> {
    let mut unfinished: HashMap<&str, (f64, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let (thread, line) = line.trim_start().split_once(' ').unwrap();
        let (time, text) = line.trim_start().split_once(' ').unwrap();
        let time: f64 = time.parse().unwrap();
        if let Some((text, _)) = text.split_once(" <unfinished ...>") {
            unfinished.insert(thread, (time, text));
            continue;
        }
        let (began, call) = match text.split_once(" resumed>") {
            Some(_) => match unfinished.remove(thread) {
                Some(call) => call,
                None => continue,
            },
            None => (time, text),
        };
        let took = text.rsplit_once('<').and_then(|(_, took)| took.strip_suffix('>'));
        let (Some(took), Some((file, done))) = (took, read_call(call, folder)) else {
            continue;
        };
        let took: f64 = took.parse().unwrap();
        let ended = if began < time { time } else { began + took };
        calls.push(Call { began, ended, file, done });
    }
    calls.sort_by(|a, b| a.ended.total_cmp(&b.ended));
    calls
}

/// Reads a line such as `pwrite64(12<\x2f\x62>, "\x0a", 1, 4096) = 1`.
fn read_call(text: &str, folder: &Path) -> Option<(PathBuf, Done)> {
    let (name, rest) = text.split_once('(')?;
    if name == "unlink" {
        let file = PathBuf::from(String::from_utf8(unescaped(rest.split('"').nth(1)?)).unwrap());
        return file.starts_with(folder).then_some((file, Done::Removed));
    }
    let (_, rest) = rest.split_once('<')?;
    let (file, rest) = rest.split_once('>')?;
    let file = PathBuf::from(String::from_utf8(unescaped(file)).unwrap());
    if !file.starts_with(folder) {
        return None;
    }
    let number = |text: &str| -> usize {
        let digits: String =
            text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let done = match name {
        "pwrite64" => Done::Written {
            bytes: unescaped(rest.split('"').nth(1)?),
            at: number(rest.split('"').nth(2)?.splitn(3, ',').nth(2)?),
        },
        "ftruncate" => Done::Cut { length: number(rest) },
        "fsync" | "fdatasync" => Done::Synced,
        other => panic!("{other} was not asked for"),
    };
    Some((file, done))
}

/// `\x0a\xff` as bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let bytes = text.split("\\x").skip(1);
    bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// The files of a book.
#[derive(Clone)]
struct Disk(BTreeMap<PathBuf, Vec<u8>>);

impl Disk {
    fn read(folder: &Path) -> Self {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        // Memory shared between the processes is on no disk.
        let files = files.filter(|path| !path.to_string_lossy().ends_with("-shm"));
        Self(files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect())
    }

    /// The disk after the power is cut; if `is_honest`, all data synced by then is on it.
    fn after(&self, calls: &[Call], cut: f64, is_honest: bool, chance: &mut Chance) -> Self {
        let mut disk = self.clone();
        let mut pending: Vec<&Call> = Vec::new();
        for call in calls.iter().filter(|call| call.began < cut) {
            match call.done {
                Done::Synced if is_honest && call.ended < cut => {
                    let (synced, still): (Vec<&Call>, Vec<&Call>) = pending
                        .into_iter()
                        .partition(|earlier| earlier.file == call.file && earlier.ended <= call.began);
                    for earlier in synced {
                        disk.apply(earlier, &mut |_| true);
                    }
                    pending = still;
                }
                Done::Synced => {}
                _ => pending.push(call),
            }
        }
        for call in pending {
            // All of it, nothing, or some sectors.
            match chance.next() % 3 {
                0 => disk.apply(call, &mut |_| true),
                1 => {}
                _ => disk.apply(call, &mut |_| chance.one_in(2)),
            }
        }
        disk
    }

    fn apply(&mut self, call: &Call, reaches: &mut dyn FnMut(usize) -> bool) {
        match &call.done {
            Done::Written { at, bytes } => {
                let file = self.0.entry(call.file.clone()).or_default();
                for (index, sector) in bytes.chunks(SECTOR).enumerate() {
                    if !reaches(index) {
                        continue;
                    }
                    let at = at + index * SECTOR;
                    if file.len() < at + sector.len() {
                        file.resize(at + sector.len(), 0);
                    }
                    file[at..at + sector.len()].copy_from_slice(sector);
                }
            }
            Done::Cut { length } if reaches(0) => {
                self.0.entry(call.file.clone()).or_default().resize(*length, 0);
            }
            Done::Removed if reaches(0) => {
                self.0.remove(&call.file);
            }
            Done::Cut { .. } | Done::Removed | Done::Synced => {}
        }
    }

    fn write(&self, folder: &Path) {
        for (path, bytes) in &self.0 {
            fs::write(folder.join(path.file_name().unwrap()), bytes).unwrap();
        }
    }
}
