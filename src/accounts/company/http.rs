//! HTTP requests to the provider, with limits of time and size.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode};
use url::Url;

use crate::config::is_safe;

/// The time limit for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// The time limit for one complete answer.
const ANSWER: Duration = Duration::from_secs(5);
/// The largest answer in bytes. Keys and descriptions of large providers take less than 40 kB.
const LIMIT: usize = 256 * 1024;

/// A client that follows no redirects, keeps no connections, and trusts the system's certificate authorities.
pub struct Http(reqwest::Client);

pub struct Answer {
    pub status: StatusCode,
    /// In lower case, without parameters; empty if the provider sends none.
    pub media_type: String,
    pub body: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("the address is neither https nor loopback")]
    Unsafe,
    #[error("the answer has more than {LIMIT} bytes")]
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
    /// Makes a client for the provider with this issuer.
    ///
    /// # Errors
    /// The system's certificate authorities cannot be read.
    pub fn new(issuer: &Url) -> Result<Self, reqwest::Error> {
        let mut client = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .pool_max_idle_per_host(0);
        if issuer.scheme() == "http" {
            // A proxy cannot reach loopback.
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

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The address is unsafe, there is no answer, or the answer is too large.
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
        Ok(Answer { status, media_type, body })
    }
}
