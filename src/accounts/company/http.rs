//! What is said to the provider, within a time and a size.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;
use url::Url;

use crate::config::is_safe;

/// To reach the provider at all.
const CONNECT: Duration = Duration::from_secs(3);
/// For one answer, whole.
const ANSWER: Duration = Duration::from_secs(5);
/// Bytes of an answer: keys and descriptions of large providers take less than 40 kB.
const LIMIT: usize = 256 * 1024;

/// A client that follows no redirect, keeps no connection, and trusts the certificate authorities of the system.
pub struct Http(reqwest::Client);

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("an address that is neither https nor on loopback")]
    Unsafe,
    #[error("an answer of more than {LIMIT} bytes")]
    TooLarge,
    #[error("{0}")]
    Malformed(#[from] http::Error),
    #[error("{0}")]
    Sending(#[source] reqwest::Error),
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::Sending(error.without_url())
    }
}

impl Http {
    /// # Errors
    /// The system's certificate authorities cannot be read.
    pub fn new(issuer: &Url) -> Result<Self, reqwest::Error> {
        let mut client = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .pool_max_idle_per_host(0);
        if issuer.scheme() == "http" {
            // On loopback, which no proxy reaches.
            client = client.no_proxy();
        }
        client.build().map(Self)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        if !is_safe(request.url()) {
            return Err(HttpError::Unsafe);
        }
        let mut answer = self.0.execute(request).await?;
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > LIMIT {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(response.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
