//! Requests of one attacker that would stop everybody else: for each, what another user notices, what the attacker gets, and the
//! memory that it takes. The attacks come from one network and the other user from another. Each attack is bounded, and ends
//! within [`PATIENCE`].
//!
//! `CARNET_PROGRAM` names another program to attack.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};

use crate::load::percentile;
use crate::served::{self, ACCOUNT, PASSWORD, Served, add_account, field};
use crate::{Database, Place, lines};

/// The longest time of an attack.
const PATIENCE: Duration = Duration::from_secs(60);
/// Rest of the process after an attack, before its memory is read again.
const REST: Duration = Duration::from_secs(10);
/// The source address of the attacks; [`BYSTANDER`] is that of the other user.
const ATTACKER: &str = "127.0.0.1:0";
const BYSTANDER: &str = "127.0.1.1:0";
/// An answer after this time counts as no answer.
const NO_ANSWER: Duration = Duration::from_secs(20);

const TOPICS: usize = 60_000;
const FIELDS: usize = 55_000;
const SEARCHES: usize = 16;
const UPLOADS: usize = 880;
const POURED: u64 = 3 << 30;
const HALF_HEADS: usize = 950;
const SIGN_INS: usize = 3_000;

type Attack = fn(&Attacked) -> anyhow::Result<String>;

const ATTACKS: [(&str, Attack); 7] = [
    ("60 000 pasted topics, twice", topics),
    ("55 000 fields, eight times", fields),
    ("12 single letters, 16 at once", searches),
    ("880 forms of 1 MiB to /login", uploads),
    ("3 GiB to a page that is not there", pour),
    ("950 halves of a request's head", half_heads),
    ("3 000 wrong sign-ins", sign_ins),
];

/// A server, and a user who is signed in.
struct Attacked {
    address: SocketAddr,
    cookies: String,
    token: String,
    began: Instant,
}

/// # Errors
/// The server does not start or answer.
pub async fn measure(place: &Place, rows: usize) -> anyhow::Result<()> {
    let name = match place.database {
        Database::Sqlite => "SQLite",
        Database::Postgres => "PostgreSQL",
    };
    println!("Attacks: {name}, {rows} contacts");
    let lines = lines::generate(rows).into_bytes();
    let url = place.url("attacks");
    Served::filled(&url, lines).await?;
    add_account(&url, "other", "coordinator")?;
    for (what, attack) in ATTACKS {
        // A new program for each attack: the one before may leave nothing to stop.
        let served = Served::start(&url)?;
        let client = served.client().await?;
        let other = served.client_of("other").await?;
        let page = client.get("/contacts/1/edit").await?;
        let attacked = Attacked {
            address: served.address().parse()?,
            cookies: served.target(&client)?.cookies,
            token: field(&page, "csrf").context("no token")?,
            began: Instant::now(),
        };
        run(what, attack, &attacked, &served, &served.target(&other)?.cookies)?;
    }
    Ok(())
}

fn run(
    what: &str,
    attack: Attack,
    attacked: &Attacked,
    served: &Served,
    cookies: &str,
) -> anyhow::Result<()> {
    let before = served.memory();
    let (is_over, most) = (AtomicBool::new(false), AtomicU64::new(0));
    let (told, seen) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                most.fetch_max(served.memory(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let seeing = scope.spawn(|| bystander(attacked.address, cookies, &is_over));
        let told = attack(attacked);
        is_over.store(true, Ordering::Relaxed);
        let _ = watching.join();
        (told, seeing.join())
    });
    let took = attacked.began.elapsed();
    let seen = seen.map_err(|_| anyhow::anyhow!("the bystander's thread ended"))?;
    println!("  {what}: {} in {:.1} s", told?, took.as_secs_f64());
    for (path, mut times, failed) in seen {
        times.sort_unstable();
        println!(
            "    others {path:<10} {:4} times  p50 {:7.1} ms  most {:8.1} ms  {failed} without a page",
            times.len(),
            percentile(&times, 50),
            percentile(&times, 100),
        );
    }
    std::thread::sleep(REST);
    println!(
        "    memory {before} MiB before, {} at most, {} ten seconds later",
        most.load(Ordering::Relaxed),
        served.memory()
    );
    Ok(())
}

/// Asks for the health page and the list as another user, until the attack ends.
fn bystander(
    address: SocketAddr,
    cookies: &str,
    is_over: &AtomicBool,
) -> Vec<(&'static str, Vec<Duration>, usize)> {
    let mut seen = vec![("/healthz", Vec::new(), 0), ("/contacts", Vec::new(), 0)];
    while !is_over.load(Ordering::Relaxed) {
        for (path, times, failed) in &mut seen {
            let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n");
            let begun = Instant::now();
            let answer = exchange(BYSTANDER, address, &format!("{head}Connection: close\r\n\r\n"));
            times.push(begun.elapsed());
            *failed += usize::from(answer.map_or(0, |answer| status(&answer)) != 200);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    seen
}

fn open(from: &str, to: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.parse::<SocketAddr>()?.into())?;
    socket.connect_timeout(&to.into(), NO_ANSWER)?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(NO_ANSWER))?;
    stream.set_write_timeout(Some(NO_ANSWER))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One request on a connection of its own.
fn exchange(from: &str, to: SocketAddr, request: &str) -> anyhow::Result<String> {
    let mut stream = open(from, to)?;
    // An early refusal ends the connection before the whole request is sent.
    let _ = stream.write_all(request.as_bytes());
    Ok(read(&mut stream))
}

/// Everything that comes until the connection is closed, or until nothing comes any more.
fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        bytes.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// 0 if there is no answer.
fn status(answer: &str) -> u16 {
    let word = answer.split(' ').nth(1).unwrap_or_default();
    word.parse().unwrap_or(0)
}

impl Attacked {
    fn post(&self, path: &str, fields: &str) -> String {
        let body = format!("csrf={}&{fields}", self.token);
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.cookies,
            body.len()
        )
    }

    fn is_late(&self) -> bool {
        self.began.elapsed() > PATIENCE
    }

    /// Sends the same request `times` times at once; returns the statuses as text.
    fn at_once(&self, request: &str, times: usize) -> String {
        let statuses = std::thread::scope(|scope| {
            let asking: Vec<_> =
                (0..times).map(|_| scope.spawn(|| exchange(ATTACKER, self.address, request))).collect();
            let answers = asking.into_iter().map(|one| match one.join() {
                Ok(Ok(answer)) => status(&answer),
                _ => 0,
            });
            answers.collect()
        });
        told(statuses)
    }
}

/// `16 × 200`; 0 is no answer.
fn told(mut statuses: Vec<u16>) -> String {
    statuses.sort_unstable();
    let mut told = String::from("answered");
    for same in statuses.chunk_by(|left, right| left == right) {
        let _ = match same[0] {
            0 => write!(told, " {} × not", same.len()),
            status => write!(told, " {} × {status}", same.len()),
        };
    }
    told
}

#[expect(clippy::unnecessary_wraps, reason = "as the attacks that can fail")]
fn topics(attacked: &Attacked) -> anyhow::Result<String> {
    let pasted: Vec<String> = (0..TOPICS).map(|number| format!("sujet{number}")).collect();
    let pasted = pasted.join("%0A");
    let form = attacked.post("/contacts/1/expertise", &format!("topics={pasted}"));
    Ok(attacked.at_once(&form, 2))
}

#[expect(clippy::unnecessary_wraps, reason = "as the attacks that can fail")]
fn fields(attacked: &Attacked) -> anyhow::Result<String> {
    let many: Vec<String> = (0..FIELDS).map(|number| format!("keep_{number}=theirs")).collect();
    let form = attacked.post("/contacts/1", &many.join("&"));
    Ok(attacked.at_once(&form, 8))
}

#[expect(clippy::unnecessary_wraps, reason = "as the attacks that can fail")]
fn searches(attacked: &Attacked) -> anyhow::Result<String> {
    let search = format!(
        "GET /contacts?q=a+e+i+l+m+n+r+s+t+u+o+c HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        attacked.address, attacked.cookies
    );
    let mut told = String::new();
    for _ in 0..3 {
        if !attacked.is_late() {
            told = attacked.at_once(&search, SEARCHES);
        }
    }
    Ok(format!("three times {told}"))
}

fn uploads(attacked: &Attacked) -> anyhow::Result<String> {
    let length = 1024 * 1024;
    let form_head = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\npassword=",
        attacked.address
    );
    // All but the last bytes, so that the server cannot answer and must keep the body.
    let body = vec![b'x'; length - 100];
    let mut open_ones = Vec::new();
    let mut taken = 0;
    for _ in 0..UPLOADS {
        if attacked.is_late() {
            break;
        }
        let mut stream = open(ATTACKER, attacked.address)?;
        stream.set_write_timeout(Some(Duration::from_millis(500)))?;
        let is_taken = stream.write_all(form_head.as_bytes()).is_ok() && stream.write_all(&body).is_ok();
        taken += usize::from(is_taken);
        open_ones.push(stream);
    }
    std::thread::sleep(Duration::from_secs(3));
    Ok(format!("{taken} of {} were taken whole", open_ones.len()))
}

fn pour(attacked: &Attacked) -> anyhow::Result<String> {
    let head = format!(
        "POST /nowhere HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: {POURED}\r\n\r\n",
        attacked.address
    );
    let mut stream = open(ATTACKER, attacked.address)?;
    let mut answers = stream.try_clone()?;
    let answer = std::thread::spawn(move || read(&mut answers));
    let mut sent = 0;
    let piece = vec![b'x'; 256 * 1024];
    stream.write_all(head.as_bytes())?;
    while sent < POURED && !attacked.is_late() && stream.write_all(&piece).is_ok() {
        sent += piece.len() as u64;
    }
    let _ = stream.shutdown(Shutdown::Both);
    let answer = answer.join().unwrap_or_default();
    Ok(format!("answered {}, {} MiB were taken", status(&answer), sent >> 20))
}

fn half_heads(attacked: &Attacked) -> anyhow::Result<String> {
    let half = format!("GET /login HTTP/1.1\r\nHost: {}\r\nX-Half: ", attacked.address);
    let mut held = Vec::new();
    for _ in 0..HALF_HEADS {
        let mut stream = open(ATTACKER, attacked.address)?;
        let _ = stream.write_all(half.as_bytes());
        held.push(stream);
    }
    std::thread::sleep(Duration::from_secs(3));
    let health = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", attacked.address);
    let begun = Instant::now();
    let answer = exchange(ATTACKER, attacked.address, &health)?;
    Ok(format!(
        "{} were opened; a request of the same network is answered {} after {:.0} ms",
        held.len(),
        status(&answer),
        begun.elapsed().as_secs_f64() * 1e3
    ))
}

/// A browser at the sign-in page that the server has never seen.
struct Browser {
    cookie: String,
    token: String,
}

impl Browser {
    fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let head = format!("GET /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let answer = exchange(ATTACKER, address, &head)?;
        let cookie = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_cookie = name.eq_ignore_ascii_case("set-cookie");
            is_cookie.then(|| value.split(';').next().unwrap_or_default().to_owned())
        });
        let page = answer.split_once("\r\n\r\n").map_or("", |(_, page)| page);
        Ok(Self { cookie: cookie.context("no cookie")?, token: field(page, "csrf").context("no token")? })
    }

    fn sign_in(&self, address: SocketAddr, name: &str, password: &str) -> u16 {
        let browser = Attacked {
            address,
            cookies: self.cookie.clone(),
            token: self.token.clone(),
            began: Instant::now(),
        };
        let password = password.replace(' ', "+");
        let form = browser.post("/login", &format!("username={name}&password={password}"));
        exchange(ATTACKER, address, &form).map_or(0, |answer| status(&answer))
    }
}

/// Tries names that no account has, while a user signs in from the same network with a new browser each time.
fn sign_ins(attacked: &Attacked) -> anyhow::Result<String> {
    let address = attacked.address;
    let is_over = AtomicBool::new(false);
    let sent = AtomicU64::new(0);
    let browser = Browser::new(address)?;
    let (wrong, right) = std::thread::scope(|scope| {
        let (browser, sent, is_over) = (&browser, &sent, &is_over);
        let flood: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(move || {
                    let mut statuses = Vec::new();
                    while !attacked.is_late() {
                        let number = sent.fetch_add(1, Ordering::Relaxed);
                        if number >= SIGN_INS as u64 {
                            break;
                        }
                        let name = format!("nobody{number}");
                        statuses.push(browser.sign_in(address, &name, "wrong password"));
                    }
                    statuses
                })
            })
            .collect();
        let signing_in = scope.spawn(move || {
            let mut statuses = Vec::new();
            std::thread::sleep(Duration::from_secs(3));
            while !is_over.load(Ordering::Relaxed) {
                let Ok(browser) = Browser::new(address) else {
                    continue;
                };
                statuses.push(browser.sign_in(address, ACCOUNT, PASSWORD));
                std::thread::sleep(Duration::from_secs(3));
            }
            statuses
        });
        let wrong: Vec<u16> = flood.into_iter().flat_map(|one| one.join().unwrap_or_default()).collect();
        is_over.store(true, Ordering::Relaxed);
        (wrong, signing_in.join().unwrap_or_default())
    });
    let program = served::program();
    anyhow::ensure!(!wrong.is_empty(), "{} was not asked", program.display());
    Ok(format!("{}; right ones {}", told(wrong), told(right)))
}
