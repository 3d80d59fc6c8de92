//! The product: the real program on a book of its own, asked as a browser does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use carnet::config::DatabaseUrl;
use carnet::db::Db;
use carnet::jobs;
use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use scraper::{Html, Selector};

use crate::load::Target;

pub const CARNET: &str = env!("CARGO_BIN_EXE_carnet");
pub const ACCOUNT: &str = "bench";
pub const PASSWORD: &str = "a long password for benchmarks";

/// The measured program: that of this version, or the one that `CARNET_PROGRAM` names.
pub fn program() -> PathBuf {
    std::env::var_os("CARNET_PROGRAM").map_or_else(|| CARNET.into(), PathBuf::from)
}

/// A server that ends when the value is dropped.
pub struct Served {
    process: Child,
    base: String,
}

impl Served {
    /// # Errors
    /// The program does not start.
    pub fn start(database_url: &str) -> anyhow::Result<Self> {
        add_account(database_url, ACCOUNT, "coordinator")?;
        Self::spawn(Command::new(program()), database_url)
    }

    /// Starts with a book of these lines, once no job is left: a large import has the search index's segments merged afterwards.
    ///
    /// # Errors
    /// The program does not start, or does not import the lines.
    pub async fn filled(database_url: &str, lines: Vec<u8>) -> anyhow::Result<(Self, Client)> {
        let served = Self::start(database_url)?;
        let client = served.client().await?;
        client.import("bench", lines).await?;
        rest(database_url).await?;
        Ok((served, client))
    }

    /// Starts on an existing book, and returns the time until the first page had come.
    ///
    /// # Errors
    /// The program does not start or answer.
    pub async fn start_timed(database_url: &str) -> anyhow::Result<(Self, Duration)> {
        let http = reqwest::Client::new();
        let begun = Instant::now();
        let served = Self::spawn(Command::new(program()), database_url)?;
        let page = http.get(format!("{}/login", served.base)).send().await?;
        page.text().await?;
        Ok((served, begun.elapsed()))
    }

    /// Starts by a command, which is the program itself or runs it under another program that watches it.
    ///
    /// # Errors
    /// The program does not start.
    pub fn spawn(mut command: Command, database_url: &str) -> anyhow::Result<Self> {
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0", "--max-upload-mib", "1000", "--requests-per-key", "0"])
            .args(["--database-url", database_url])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        let line = output.lines().next().context("the program ended at once")??;
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).context("no address")?;
        Ok(Self { base: format!("http://{address}"), process })
    }

    /// Lets [`Self::peak_memory`] start again from the present memory.
    ///
    /// # Errors
    /// The system refuses.
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5")?)
    }

    /// The most memory that it has had, in MiB.
    pub fn peak_memory(&self) -> u64 {
        memory(&self.process.id().to_string(), "VmHWM")
    }

    /// The memory that it has now, in MiB.
    pub fn memory(&self) -> u64 {
        memory(&self.process.id().to_string(), "VmRSS")
    }

    /// The processor seconds that it has used.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn cpu(&self) -> anyhow::Result<f64> {
        /// Of the clock in which the system tells them.
        const TICKS: f64 = 100.0;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("no fields")?;
        // The 14th and the 15th field; the name is the second one.
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
    }

    /// Ends it as an operator does, so that all data is in the book's file.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn end(mut self) -> anyhow::Result<()> {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.process.wait()?;
        Ok(())
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The target for requests of this client.
    ///
    /// # Errors
    /// The client has no cookies.
    pub fn target(&self, client: &Client) -> anyhow::Result<Target> {
        let cookies = client.cookies.cookies(&self.base.parse()?);
        Ok(Target {
            address: self.address().to_owned(),
            cookies: cookies.context("no cookies")?.to_str()?.to_owned(),
            ..Target::default()
        })
    }

    /// The target for requests of a program.
    pub fn with_key(&self, key: &str) -> Target {
        Target { address: self.address().to_owned(), key: key.to_owned(), ..Target::default() }
    }

    /// # Errors
    /// Signing in fails.
    pub async fn client(&self) -> anyhow::Result<Client> {
        self.client_of(ACCOUNT).await
    }

    /// # Errors
    /// Signing in fails.
    pub async fn client_of(&self, account: &str) -> anyhow::Result<Client> {
        let cookies = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .redirect(Policy::none())
            .build()?;
        let client = Client { http, cookies, base: self.base.clone() };
        let token = client.token("/login").await?;
        let fields = [("csrf", token.as_str()), ("username", account), ("password", PASSWORD)];
        let (status, _) = client.post("/login", &fields).await?;
        anyhow::ensure!(status == 303, "signing in failed: {status}");
        Ok(client)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until no job of the book is left.
///
/// # Errors
/// The book cannot be read.
pub async fn rest(database_url: &str) -> anyhow::Result<()> {
    let book = Db::open(&DatabaseUrl::parse(database_url)?)?;
    loop {
        let jobs = book.read_blocking(jobs::count)?;
        if jobs.waiting + jobs.running == 0 {
            return Ok(());
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
}

/// # Errors
/// The program does not start.
pub fn add_account(database_url: &str, name: &str, role: &str) -> anyhow::Result<()> {
    let mut process = Command::new(program())
        .args(["user", "add", name, "--role", role, "--password-stdin"])
        .args(["--database-url", database_url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    process.stdin.take().context("no input")?.write_all(PASSWORD.as_bytes())?;
    // Fails if the account exists.
    process.wait()?;
    Ok(())
}

/// A client that is signed in.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    cookies: Arc<Jar>,
    base: String,
}

impl Client {
    /// # Errors
    /// No answer, or not the page that was asked for.
    pub async fn get(&self, path: &str) -> anyhow::Result<String> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?;
        anyhow::ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer.text().await?)
    }

    /// Sends fields; returns the status and the address of the redirect.
    ///
    /// # Errors
    /// No answer.
    pub async fn post<F: serde::Serialize + ?Sized>(
        &self,
        path: &str,
        fields: &F,
    ) -> anyhow::Result<(u16, String)> {
        let request = self.http.post(format!("{}{path}", self.base)).form(fields);
        location(request.send().await?)
    }

    /// Sends fields; returns the page of the answer.
    ///
    /// # Errors
    /// No answer, or not a page.
    pub async fn post_for_page<F: serde::Serialize + ?Sized>(
        &self,
        path: &str,
        fields: &F,
    ) -> anyhow::Result<String> {
        let answer = self.http.post(format!("{}{path}", self.base)).form(fields).send().await?;
        anyhow::ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer.text().await?)
    }

    async fn token(&self, path: &str) -> anyhow::Result<String> {
        field(&self.get(path).await?, "csrf").context("no token")
    }

    /// Uploads a file; returns the moment of the request's first byte, and the path of the import.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> anyhow::Result<(Instant, String)> {
        let form = Form::new()
            .text("csrf", self.token("/imports/new").await?)
            .text("name", name.to_owned())
            .part("file", Part::bytes(bytes).file_name("liste.csv"));
        let begun = Instant::now();
        let request = self.http.post(format!("{}/imports", self.base)).multipart(form);
        let (status, location) = location(request.send().await?)?;
        anyhow::ensure!(status == 303, "the upload was answered {status}");
        Ok((begun, location))
    }

    /// The time from the upload's first byte until the import's page says that the import has finished.
    ///
    /// # Errors
    /// See [`Client::upload`].
    pub async fn import(&self, name: &str, bytes: Vec<u8>) -> anyhow::Result<Duration> {
        let (begun, path) = self.upload(name, bytes).await?;
        loop {
            let page = self.get(&path).await?;
            if !page.contains("<progress") {
                let taken = begun.elapsed();
                anyhow::ensure!(page.contains("/contacts?import="), "the import was not applied");
                return Ok(taken);
            }
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The value of a field of the page.
pub fn field(page: &str, name: &str) -> Option<String> {
    let selector = Selector::parse(&format!("main [name={name}]")).ok()?;
    let page = Html::parse_document(page);
    let element = page.select(&selector).next()?;
    Some(element.attr("value").unwrap_or_default().to_owned())
}

/// The target of the page's link with this relation.
pub fn link(page: &str, relation: &str) -> Option<String> {
    let selector = Selector::parse(&format!("main [rel={relation}], main [data-to={relation}]")).ok()?;
    let page = Html::parse_document(page);
    let element = page.select(&selector).next()?;
    // In a list with boxes it is a button that saves them first.
    Some(element.attr("href").or(element.attr("value"))?.to_owned())
}

fn location(answer: reqwest::Response) -> anyhow::Result<(u16, String)> {
    let location = answer.headers().get("location");
    let location = location.map_or(Ok(""), |value| value.to_str())?.to_owned();
    Ok((answer.status().as_u16(), location))
}

/// The most memory that a process has had (`VmHWM`), or its present memory (`VmRSS`), in MiB.
pub fn memory(process: &str, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap_or_default();
    let kibibytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kibibytes.parse::<u64>().unwrap_or(0) / 1024
}
