//! A message of a webhook, as Standard Webhooks describes it: the id, the time and the body are signed together.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::base::clock;
use crate::base::random::{hex, random_bytes};
use crate::changes::Item;
use crate::error::AppResult;

/// The beginning of every secret, by which people and scanners of leaked secrets recognise one.
const PREFIX: &str = "whsec_";

/// A new secret: 256 random bits.
pub fn fresh_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(random_bytes::<32>()))
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same for a repetition of the same items, so that a receiver can leave those out.
    pub id: String,
    /// JSON.
    pub body: String,
}

impl Message {
    /// A message with consecutive items of the feed, of which there is at least one.
    ///
    /// # Errors
    /// JSON cannot be written.
    pub fn of(webhook: i64, items: &[Item]) -> AppResult<Self> {
        let place = |item: Option<&Item>| item.map(|item| item.cursor.to_string()).unwrap_or_default();
        let name = format!("{webhook} {} {}", place(items.first()), place(items.last()));
        let at = items.last().map_or_else(clock::now, |item| item.at);
        let body = json!({
            "type": "contacts.changed",
            "timestamp": clock::rfc3339(at),
            "data": {"items": items},
        });
        Ok(Self { id: id(name.as_bytes()), body: serde_json::to_string(&body)? })
    }

    /// A message without items, with which people test a receiver.
    ///
    /// # Errors
    /// JSON cannot be written.
    pub fn test() -> AppResult<Self> {
        let body = json!({"type": "test", "timestamp": clock::rfc3339(clock::now()), "data": {"items": []}});
        Ok(Self { id: id(&random_bytes::<16>()), body: serde_json::to_string(&body)? })
    }

    /// The signature at a time, in seconds since 1970.
    pub fn signature(&self, secret: &str, seconds: i64) -> String {
        let key = STANDARD.decode(secret.trim_start_matches(PREFIX)).unwrap_or_default();
        // A key of any length is allowed.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
        mac.update(format!("{}.{seconds}.{}", self.id, self.body).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn id(name: &[u8]) -> String {
    format!("msg_{}", hex(&Sha256::digest(name)[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standards_example() {
        let message = Message {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            body: "{\"test\": 2432232314}".to_owned(),
        };
        let signature = message.signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_256_random_bits() {
        let secret = fresh_secret();
        assert_ne!(secret, fresh_secret());
        assert_eq!(STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap().len(), 32);
    }
}
