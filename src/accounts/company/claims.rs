//! The provider's claims about a person. Only the used ones are read: providers write others in their own ways (`updated_at` and
//! `email_verified` as text, numbers of any size), and this must not make sign-ins fail.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::failure::Failure;

const SUBJECT: &str = "sub";
const USERNAME: &str = "preferred_username";
const EMAIL: &str = "email";
const NAME: &str = "name";

/// A person, as described by a token or an answer of the provider.
#[derive(Debug)]
pub struct Person {
    pub subject: String,
    pub username: Option<String>,
    pub email: Option<String>,
    /// The name by which people call the person.
    pub name: Option<String>,
    /// The values of the claim for roles, if the claim is present.
    pub roles: Option<Vec<String>>,
}

impl Person {
    /// Parses the claims. Names that are not texts are left out.
    ///
    /// # Errors
    /// The text is not a JSON object, or has no subject that conforms to the standard.
    pub fn read(json: &[u8], roles_claim: &str) -> Result<Self, Failure> {
        let wanted = [SUBJECT, USERNAME, EMAIL, NAME, roles_claim];
        let claims = only(json, &wanted).map_err(|_| Failure::Untrusted("its claims cannot be read"))?;
        let text = |claim| claims.get(claim).and_then(Value::as_str).map(str::to_owned);
        let subject = text(SUBJECT).unwrap_or_default();
        // The subject is stored in the database unchanged.
        if !(1..=255).contains(&subject.len()) || !subject.is_ascii() || subject.contains('\0') {
            return Err(Failure::Untrusted("its subject is malformed"));
        }
        Ok(Self {
            subject,
            username: text(USERNAME),
            email: text(EMAIL),
            name: text(NAME),
            roles: claims.get(roles_claim).map(texts),
        })
    }
}

/// The texts of a claim, which is one text or a list of them.
fn texts(value: &Value) -> Vec<String> {
    let list = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// The members with these names; all others are skipped without checking their type.
fn only(json: &[u8], wanted: &[&str]) -> Result<Map<String, Value>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let claims = deserializer.deserialize_map(Only(wanted))?;
    deserializer.end()?;
    Ok(claims)
}

struct Only<'a>(&'a [&'a str]);

impl<'de> Visitor<'de> for Only<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if !self.0.contains(&name.as_str()) {
                members.next_value::<IgnoredAny>()?;
            } else if kept.insert(name, members.next_value()?).is_some() {
                return Err(A::Error::custom("a claim is repeated"));
            }
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Person {
        Person::read(json.as_bytes(), "https://a.example/roles").unwrap()
    }

    #[test]
    fn claims_that_are_not_used_may_be_of_any_kind() {
        let person = read(
            r#"{"sub":"auth0|1","updated_at":"2026-01-02T03:04:05.678Z","email_verified":"true","email":"a@b.fr",
            "phone_number_verified":1,"address":"Lyon","name":["A","B"],"birthdate":19700101,"locale":{"country":"FR"},
            "huge":123456789012345678901234567890,"beyond":1e999,"deep":[[[[{"a":null}]]]],"half":"\ud800",
            "exp":"soon","preferred_username":"zoé","https://a.example/roles":["keepers","phones",3,null]}"#,
        );
        assert_eq!(person.subject, "auth0|1");
        assert_eq!(person.username.as_deref(), Some("zoé"));
        assert_eq!(person.name, None);
        assert_eq!(person.email.as_deref(), Some("a@b.fr"));
        assert_eq!(person.roles.unwrap(), ["keepers", "phones"]);
    }

    #[test]
    fn names_that_are_not_texts_are_left_out_and_roles_are_one_or_several() {
        let person = read(r#"{"sub":"1","preferred_username":["a"],"email":null}"#);
        assert_eq!((person.username, person.email, person.roles), (None, None, None));
        for (claim, roles) in [
            ("\"keepers\"", vec!["keepers"]),
            ("[]", vec![]),
            ("null", vec![]),
            ("{\"keepers\":true}", vec![]),
        ] {
            let person = read(&format!("{{\"sub\":\"1\",\"https://a.example/roles\":{claim}}}"));
            assert_eq!(person.roles.unwrap(), roles, "{claim}");
        }
    }

    #[test]
    fn a_person_without_a_subject_is_refused() {
        let long = format!(r#"{{"sub":"{}"}}"#, "x".repeat(256));
        for json in [
            "{}",
            "[]",
            "",
            "null",
            r#"{"sub":""}"#,
            r#"{"sub":1}"#,
            r#"{"sub":null}"#,
            r#"{"sub":["1"]}"#,
            r#"{"sub":"é"}"#,
            r#"{"sub":"a\u0000"}"#,
            r#"{"sub":"1","sub":"2"}"#,
            r#"{"sub":"1"} {"sub":"2"}"#,
            r#"{"sub":"1""#,
            &long,
        ] {
            assert!(Person::read(json.as_bytes(), "groups").is_err(), "{json}");
        }
        let longest = format!(r#"{{"sub":"{}"}}"#, "x".repeat(255));
        assert!(Person::read(longest.as_bytes(), "groups").is_ok());
    }
}
