//! JSON bodies.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::base::random::hex;
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::form::read_limited;

/// The media types of bodies.
const JSON: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// The most members of an object: a contact has 60, and the fields of its type.
const MOST_MEMBERS: usize = 300;

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

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some((name, Strict(value))) = map.next_entry()? {
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    members.push((name, value));
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// A value in which no object has a name twice, or more than [`MOST_MEMBERS`] names: of two values one would be lost.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_string<E>(self, value: String) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(Strict(value)) = seq.next_element()? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, Strict(value))) = map.next_entry::<String, _>()? {
                    if members.len() == MOST_MEMBERS || members.insert(name, value).is_some() {
                        return Err(A::Error::custom("too many members, or one twice"));
                    }
                }
                Ok(Value::Object(members))
            }
        }

        deserializer.deserialize_any(Reader).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_read(text: &str) -> bool {
        serde_json::from_str::<Object>(text).is_ok()
    }

    #[test]
    fn a_name_comes_twice_in_the_outer_object_only() {
        let Object(members) =
            serde_json::from_str(r#"{"a": 1, "b": [null, true, -2, 1.5, "é"], "a": {}}"#).unwrap();
        assert_eq!(members.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "a"]);
        assert_eq!(members[1].1, serde_json::json!([null, true, -2, 1.5, "é"]));
        assert!(!is_read(r#"{"items": [{"id": "1", "id": "2"}]}"#));
        assert!(!is_read("[]") && !is_read("1") && !is_read(""));
    }

    #[test]
    fn an_object_has_a_bounded_number_of_members() {
        let many = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!("\"k{n}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(is_read(&many(MOST_MEMBERS)) && !is_read(&many(MOST_MEMBERS + 1)));
        assert!(!is_read(&format!("{{\"a\":{}}}", many(MOST_MEMBERS + 1))));
    }
}
