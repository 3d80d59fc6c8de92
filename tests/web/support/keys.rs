//! Programs with keys.

use reqwest::Method;
use serde_json::Value;

use super::{Client, PASSWORD, Page, TestApp, plain_client};

/// Fills in the form of a new key, and sends it.
pub async fn send_key(client: &Client, changes: &[(&str, Option<&str>)]) -> Page {
    let page = client.get("/account/keys").await;
    let mut fields = vec![("label", Some("Standard")), ("password", Some(PASSWORD))];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend_from_slice(changes);
    client.submit(&page, "main form[action='/account/keys']", &fields).await
}

/// A program with a new key of an account.
pub async fn program(app: &TestApp, client: &Client, right: &str) -> Program {
    let made = send_key(client, &[("right", Some(right))]).await;
    assert_eq!(made.status, 200, "{:?}", made.errors());
    Program::new(app, &made.one("#key"))
}

/// A program: it has no cookies, and sends its key with each request.
pub struct Program {
    http: reqwest::Client,
    base: String,
    pub key: String,
}

/// The answer to a program.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The name of the problem's type.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{self:?}");
        let kind = problem["type"].as_str().unwrap();
        kind.strip_prefix("/api#").unwrap_or_else(|| panic!("{kind}")).to_owned()
    }

    /// The places of the wrong values.
    pub fn pointers(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

impl Program {
    pub fn new(app: &TestApp, key: &str) -> Self {
        let http = plain_client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, base: format!("http://{}", app.address), key: key.to_owned() }
    }

    pub fn raw(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.key.is_empty() { request } else { request.bearer_auth(&self.key) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.raw(Method::GET, path)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value, tag: Option<&str>) -> Answer {
        let mut request =
            self.raw(method, path).header("content-type", "application/json").body(body.to_string());
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        read(request).await
    }
}

/// Sends a request, and reads its answer.
pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}
