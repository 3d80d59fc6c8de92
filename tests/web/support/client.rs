use std::net::SocketAddr;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;

use super::Page;
use super::waiting::seen;

/// Options of a client for http alone. A client for https reads all certificate authorities of the system, which takes longer than
/// a page.
pub fn plain_client() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

/// A browser without JavaScript: it keeps cookies, fills in forms as they are shown, and follows no redirect by itself.
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            http: plain_client()
                .cookie_store(true)
                .redirect(Policy::none())
                // A restarted server knows nothing of connections that were kept open.
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
            base: format!("http://{address}"),
        }
    }

    /// The same browser, with its cookies, at another address of the same host.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { http: self.http.clone(), base: format!("http://{address}") }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.request(Method::GET, path).await
    }

    /// The number of contacts that pass a filter, in words. It comes from the page of the bulk change, which counts further
    /// than the list.
    pub async fn counted(&self, filter: &str) -> String {
        let page = self.get(&format!("/contacts/bulk?{filter}")).await;
        let lead = page.one(".lead");
        lead.split(" – ").next().unwrap_or_default().to_owned()
    }

    /// A request without a body. It is sent once: no answer is a failure, with its cause.
    pub async fn request(&self, method: Method, path: &str) -> Page {
        let answer = self.raw(method.clone(), path).send().await;
        Page::read(answer.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"))).await
    }

    /// For requests that no form of ours sends.
    pub fn raw(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Fills in the form of `page` that `selector` names, and sends it. A value sets a field, `None` clears it.
    pub async fn submit(&self, page: &Page, selector: &str, changes: &[(&str, Option<&str>)]) -> Page {
        let form = page.form(selector);
        let mut fields = form.fields;
        for (name, value) in changes {
            fields.retain(|(field, _)| field != name);
            if let Some(value) = value {
                fields.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        let request = self.raw(Method::POST, &form.action);
        let request = if form.multipart {
            let parts = fields.into_iter();
            request.multipart(parts.fold(Form::new(), |form, (name, value)| form.text(name, value)))
        } else {
            request.form(&fields)
        };
        Page::read(request.send().await.unwrap()).await
    }

    /// As [`Client::submit`], and answers the question that comes before the change.
    pub async fn submit_and_confirm(
        &self,
        page: &Page,
        selector: &str,
        changes: &[(&str, Option<&str>)],
    ) -> Page {
        let asked = self.submit(page, selector, changes).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        self.submit(&asked, "main form", &[]).await
    }

    /// Sends exactly these fields to the action of a form, with its token.
    pub async fn post(&self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut fields = fields.to_vec();
        let token = page.csrf();
        fields.push(("csrf", &token));
        let request = self.raw(Method::POST, path).form(&fields);
        Page::read(request.send().await.unwrap()).await
    }

    /// Uploads `bytes` by the import page, and returns the answer.
    pub async fn upload(&self, name: &str, bytes: impl Into<Vec<u8>>, import_valid: bool) -> Page {
        let ticked: &[(&'static str, &'static str)] =
            if import_valid { &[("on_error", "import_valid")] } else { &[] };
        self.upload_with(name, bytes, ticked).await
    }

    /// As [`Client::upload`], with these boxes ticked.
    async fn upload_with(
        &self,
        name: &str,
        bytes: impl Into<Vec<u8>>,
        ticked: &[(&'static str, &'static str)],
    ) -> Page {
        let request = self.upload_request(name, bytes, ticked).await;
        Page::read(request.send().await.unwrap()).await
    }

    /// The request of the import page with these boxes ticked.
    pub async fn upload_request(
        &self,
        name: &str,
        bytes: impl Into<Vec<u8>>,
        ticked: &[(&'static str, &'static str)],
    ) -> reqwest::RequestBuilder {
        let page = self.get("/imports/new").await;
        let mut form = Form::new().text("csrf", page.csrf()).text("name", name.to_owned());
        for (name, value) in ticked {
            form = form.text(*name, *value);
        }
        let file = Part::bytes(bytes.into()).file_name("liste.csv").mime_str("text/csv").unwrap();
        self.raw(Method::POST, "/imports").multipart(form.part("file", file))
    }

    /// Imports, and returns the import's page once the import has stopped working.
    pub async fn import(&self, name: &str, bytes: impl Into<Vec<u8>>, import_valid: bool) -> Page {
        let answer = self.upload(name, bytes, import_valid).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.at_rest(&answer.location()).await
    }

    /// Imports with every box ticked, and returns the page of the preview.
    pub async fn preview(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Page {
        let ticked = [("on_error", "import_valid"), ("preview", "on")];
        let answer = self.upload_with(name, bytes, &ticked).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.at_rest(&answer.location()).await
    }

    /// The page of an import, or of another job, once it has stopped working.
    pub async fn at_rest(&self, path: &str) -> Page {
        seen(self, path, |page| page.select("progress").is_empty()).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) {
        let answer = self.try_sign_in(name, password).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    pub async fn try_sign_in(&self, name: &str, password: &str) -> Page {
        let page = self.get("/login").await;
        self.submit(&page, "main form", &[("username", Some(name)), ("password", Some(password))]).await
    }

    /// Follows the redirect of an answer.
    pub async fn follow(&self, answer: &Page) -> Page {
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.get(&answer.location()).await
    }
}
