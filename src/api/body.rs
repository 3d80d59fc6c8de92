//! JSON bodies.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::base::random::hex;
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::form::read_limited;

/// The media types of bodies.
const JSON: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// A JSON object.
#[derive(Debug, Clone)]
pub struct Body {
    /// In the order in which they were sent. A name can be there twice.
    pub members: Members,
    /// A hash of the bytes.
    pub hash: String,
}

/// Names and values.
pub type Members = Vec<(String, Value)>;

/// An object as serde reads it.
struct Object(Members);

impl FromRequest for Body {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = AppResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let is_json = JSON.contains(&request.content_type());
            if !is_json || request.headers().contains_key(header::CONTENT_ENCODING) {
                return Err(AppError::Api(ApiRefusal::NotJson));
            }
            let body = read_limited(&request, payload, |_| Ok(())).await?;
            let hash = hex(&Sha256::digest(&body));
            match serde_json::from_slice(&body) {
                Ok(Object(members)) => Ok(Self { members, hash }),
                Err(_) => Err(AppError::BadRequest("the body is not a JSON object")),
            }
        })
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}
