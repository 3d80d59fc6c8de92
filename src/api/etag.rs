//! Versions of answers: `ETag`, `If-Match` and `If-None-Match`.

use actix_web::HttpRequest;
use actix_web::http::header;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::base::random::hex;
use crate::error::{ApiRefusal, AppError, AppResult};

/// Bytes of the hash in a tag.
const TAG: usize = 12;

/// The body of an answer and its tag, which changes with everything in the body.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// The id of what the body is about.
    pub id: i64,
    pub body: String,
    pub tag: String,
}

impl Tagged {
    pub fn new(id: i64, value: &impl Serialize) -> AppResult<Self> {
        let body = serde_json::to_string(value)?;
        let tag = format!("\"{}\"", hex(&Sha256::digest(body.as_bytes())[..TAG]));
        Ok(Self { id, body, tag })
    }
}

/// The version that a request is about.
#[derive(Debug, Clone)]
pub enum IfMatch {
    /// `*`: whatever the version is.
    Any,
    Tags(Vec<String>),
}

impl IfMatch {
    /// # Errors
    /// [`ApiRefusal::NoVersion`] if the request names none.
    pub fn of(request: &HttpRequest) -> AppResult<Self> {
        let mut tags = Vec::new();
        for value in request.headers().get_all(header::IF_MATCH) {
            let text = value.to_str().map_err(|_| AppError::BadRequest("a damaged If-Match"))?;
            tags.extend(text.split(',').map(|tag| tag.trim().to_owned()));
        }
        match tags.as_slice() {
            [] => Err(AppError::Api(ApiRefusal::NoVersion)),
            [any] if any == "*" => Ok(Self::Any),
            _ => Ok(Self::Tags(tags)),
        }
    }

    /// # Errors
    /// [`ApiRefusal::Changed`] if the current tag is another one.
    pub fn check(&self, current: &str) -> AppResult<()> {
        match self {
            Self::Tags(tags) if !tags.iter().any(|tag| tag == current) => {
                Err(AppError::Api(ApiRefusal::Changed))
            }
            _ => Ok(()),
        }
    }
}

/// Returns `true` if the client has the answer with this tag already.
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
    // A proxy that compresses an answer marks its tag as weak.
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
