//! Checks the provider's signed tokens (JSON Web Tokens): first the signature, with the provider's keys, then the purpose. The
//! crate `openidconnect` verifies the signature. Its claim types are not used, because they refuse a whole token for a claim that
//! Carnet does not use.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, SignatureVerificationError};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::failure::Failure;
use crate::base::clock;
use crate::base::random::same;

/// How far the provider's clock may be ahead.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(60);
/// Signatures with a key pair only: never with a secret that Carnet also has, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

const MALFORMED: Failure = Failure::Untrusted("a token is malformed");

/// The provider that signs the tokens, and the client that they are for.
pub struct Parties<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
}

/// The claims of an identity token, after all checks.
///
/// # Errors
/// The reason why the token is not trusted; [`Failure::UnknownKey`] if the keys may have changed.
pub fn identity(
    token: &str,
    keys: &CoreJsonWebKeySet,
    parties: &Parties<'_>,
    nonce: &str,
) -> Result<Vec<u8>, Failure> {
    let claims = signed(token, keys)?;
    parties.check(&claims)?;
    let validity: Validity = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;
    validity.check(nonce)?;
    Ok(claims)
}

/// The claims of a signed answer of the user-info endpoint, after the checks of signature, issuer and audience.
///
/// # Errors
/// The reason why the token is not trusted; [`Failure::UnknownKey`] if the provider's keys may have changed.
pub fn told(token: &str, keys: &CoreJsonWebKeySet, parties: &Parties<'_>) -> Result<Vec<u8>, Failure> {
    let claims = signed(token, keys)?;
    parties.check(&claims)?;
    Ok(claims)
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    /// Present in tokens that contain other data than claims.
    cty: Option<IgnoredAny>,
    /// Extensions that must be understood; Carnet understands none.
    crit: Option<IgnoredAny>,
}

/// The signed content of a token.
fn signed(token: &str, keys: &CoreJsonWebKeySet) -> Result<Vec<u8>, Failure> {
    let (input, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
    let (header, claims) = input.split_once('.').ok_or(MALFORMED)?;
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| MALFORMED);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| MALFORMED)?;
    if header.cty.is_some() || header.crit.is_some() || !is_jwt(header.typ.as_deref()) {
        return Err(MALFORMED);
    }
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Failure::Untrusted("a token is signed with an algorithm that is not accepted"));
    }
    let signature = decode(signature)?;
    let mut is_known = false;
    for key in keys.keys() {
        let id = key.key_id().map(|id| id.as_str());
        if header.kid.is_some() && header.kid.as_deref() != id {
            continue;
        }
        match key.verify_signature(&header.alg, input.as_bytes(), &signature) {
            Ok(()) => return decode(claims),
            // A key of another kind, or not for signatures.
            Err(SignatureVerificationError::InvalidKey(_)) => {}
            Err(_) => is_known = true,
        }
    }
    Err(if is_known { Failure::Untrusted("a token's signature is wrong") } else { Failure::UnknownKey })
}

fn is_jwt(typ: Option<&str>) -> bool {
    let typ = typ.map(str::to_ascii_lowercase);
    let typ = typ.as_deref();
    typ.is_none_or(|typ| {
        let short = typ.strip_prefix("application/").unwrap_or(typ);
        matches!(short, "jwt" | "jose")
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Addressed {
    iss: String,
    aud: Audience,
    azp: Option<String>,
}

impl Parties<'_> {
    /// Checks that the token is from the issuer, and for this client only.
    fn check(&self, claims: &[u8]) -> Result<(), Failure> {
        let addressed: Addressed = serde_json::from_slice(claims).map_err(|_| MALFORMED)?;
        if addressed.iss != self.issuer {
            return Err(Failure::Untrusted("a token is from another issuer"));
        }
        let is_ours = match &addressed.aud {
            Audience::One(client) => client == self.client,
            Audience::Several(clients) => {
                !clients.is_empty() && clients.iter().all(|client| client == self.client)
            }
        };
        if !is_ours || addressed.azp.is_some_and(|client| client != self.client) {
            return Err(Failure::Untrusted("a token is for another client"));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Validity {
    #[serde(deserialize_with = "seconds")]
    exp: i64,
    #[serde(deserialize_with = "seconds")]
    iat: i64,
    #[serde(default, deserialize_with = "some_seconds")]
    nbf: Option<i64>,
    nonce: Option<String>,
}

impl Validity {
    fn check(&self, nonce: &str) -> Result<(), Failure> {
        let now = clock::now();
        let latest = (now + CLOCKS_DIFFER).and_utc().timestamp();
        if now.and_utc().timestamp() >= self.exp {
            return Err(Failure::Untrusted("the identity token is too old"));
        }
        if self.iat > latest || self.nbf.is_some_and(|from| from > latest) {
            return Err(Failure::Untrusted("the identity token is not valid yet"));
        }
        let given = self.nonce.as_deref().unwrap_or_default();
        if !same(given.as_bytes(), nonce.as_bytes()) {
            return Err(Failure::Untrusted("the identity token is for another sign-in"));
        }
        Ok(())
    }
}

/// A time in seconds. The standard requires a number, with or without a fraction; some providers write it as text.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    read_seconds(&value).ok_or_else(|| serde::de::Error::custom("not a time"))
}

fn some_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => match read_seconds(&value) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(serde::de::Error::custom("not a time")),
        },
    }
}

fn read_seconds(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction of a second does not matter, and a value out of range becomes the largest"
    )]
    let whole = |seconds: f64| seconds as i64;
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(whole)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
