//! What is said to the provider, within a time and a size.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode};
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

pub struct Answer {
    pub status: StatusCode,
    /// In lower case, without parameters; empty where the provider names none.
    pub media_type: String,
    pub body: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("an address that is neither https nor on loopback")]
    Unsafe,
    #[error("an answer of more than {LIMIT} bytes")]
    TooLarge,
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

    pub fn get(&self, url: &Url) -> RequestBuilder {
        self.0.get(url.clone())
    }

    pub fn post(&self, url: &Url) -> RequestBuilder {
        self.0.post(url.clone())
    }

    /// # Errors
    /// There is no answer, or none that is taken.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, HttpError> {
        let request = request.header(ACCEPT, "application/json").build()?;
        if !is_safe(request.url()) {
            return Err(HttpError::Unsafe);
        }
        let mut answer = self.0.execute(request).await?;
        let content_type = answer.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|text| text.split(';').next());
        let media_type = media_type.unwrap_or_default().trim().to_ascii_lowercase();
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > LIMIT {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer {
            status,
            media_type,
            body,
        })
    }
}
