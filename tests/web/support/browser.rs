//! A real browser, controlled as a person would.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{ClientBuilder, Locator};
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::{PASSWORD, TestApp};

/// A browser driver of its own, which ends when the value is dropped.
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// `None` if Chromium or its driver is not installed.
    pub fn start() -> Option<Self> {
        let driver = installed("chromedriver")?;
        installed("chromium")?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { process, port })
    }

    /// A person whose browser runs no script, as the product needs none.
    pub async fn person(&self, app: &TestApp) -> Person {
        self.connect(app, Scripts::Off).await
    }

    /// A person whose browser lets the test run its own scripts.
    pub async fn inspector(&self, app: &TestApp) -> Person {
        self.connect(app, Scripts::On).await
    }

    async fn connect(&self, app: &TestApp, scripts: Scripts) -> Person {
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--window-size=1280,900", "--lang=fr", "--force-color-profile=srgb"],
                "prefs": {"intl.accept_languages": "fr", "profile.managed_default_content_settings.javascript": scripts as u8}
            }
        });
        let url = format!("http://127.0.0.1:{}", self.port);
        for _ in 0..100 {
            let capabilities = capabilities.as_object().unwrap().clone();
            if let Ok(browser) =
                ClientBuilder::new(hyper_connector()).capabilities(capabilities).connect(&url).await
            {
                return Person { browser, base: format!("http://{}", app.address) };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the browser does not start");
    }
}

/// The values of Chromium's setting.
#[derive(Clone, Copy)]
enum Scripts {
    On = 1,
    Off = 2,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A driver that is killed at once would leave its browsers behind.
        if let Ok(mut driver) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = driver.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            let _ = driver.read_to_end(&mut Vec::new());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// A person in front of the browser.
pub struct Person {
    pub browser: fantoccini::Client,
    base: String,
}

impl Person {
    pub async fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    pub async fn type_into(&self, selector: &str, text: &str) {
        let field = self.browser.find(Locator::Css(selector)).await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub async fn click(&self, selector: &str) {
        self.browser.find(Locator::Css(selector)).await.unwrap().click().await.unwrap();
    }

    /// Clicks a link or button that leads to another page, and waits for that page: the driver's own click may return before.
    pub async fn follow(&self, selector: &str) {
        let left = self.browser.find(Locator::Css("html")).await.unwrap();
        self.click(selector).await;
        for _ in 0..200 {
            if left.tag_name().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{selector} leads to no other page");
    }

    /// The text as the driver returns it: with ordinary spaces.
    pub async fn text(&self, selector: &str) -> String {
        self.browser.find(Locator::Css(selector)).await.unwrap().text().await.unwrap()
    }

    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.browser.find_all(Locator::Css(selector)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    pub async fn sign_in(&self, name: &str) {
        self.open("/login").await;
        self.type_into("#username", name).await;
        self.type_into("#password", PASSWORD).await;
        self.follow("main button").await;
    }

    /// Saves a screenshot of the page if `CARNET_SCREENSHOTS` names a folder.
    pub async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("CARNET_SCREENSHOTS") {
            let png = self.browser.screenshot().await.unwrap();
            std::fs::write(PathBuf::from(folder).join(format!("{name}.png")), png).unwrap();
        }
    }

    /// Sends a command of Chromium's own protocol, for what `WebDriver` cannot do.
    pub async fn chromium(&self, command: &'static str, parameters: Value) {
        let command = ChromiumCommand(command, parameters);
        self.browser.issue_cmd(command).await.unwrap();
    }
}

#[derive(Debug)]
struct ChromiumCommand(&'static str, Value);

impl WebDriverCompatibleCommand for ChromiumCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.0, "params": self.1});
        (Method::POST, Some(body.to_string()))
    }
}

/// The path of an installed program.
pub fn installed(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
