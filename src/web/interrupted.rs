//! A form that cannot be handled yet. The page that its sender must pass first carries it.

use serde::Deserialize;

use super::page::local_path;
use super::sent::{self, SECRETS, Sent, Shown};
use crate::i18n::{Catalogue, fl};

/// The largest carried form, in bytes. With the name, the password and the token, the sign-in form must stay below 768 KiB, the
/// limit without a session.
const LARGEST: usize = 760 * 1024;

/// The carried form and its destination.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Interrupted {
    /// A path of this server.
    #[serde(rename = "resume_path")]
    pub path: String,
    /// The fields, as [`carried`] writes them.
    #[serde(rename = "resume_body")]
    pub body: String,
    /// The names of the typed secrets, separated by commas.
    #[serde(rename = "resume_secrets")]
    pub secrets: String,
}

/// A secret that must be typed again.
pub struct Secret {
    pub name: &'static str,
    pub label: String,
    pub autocomplete: &'static str,
}

impl Secret {
    fn new(t: &Catalogue, name: &'static str) -> Self {
        let (label, autocomplete) = match name {
            "current_password" | "password_again" => (fl!(t, "current-password"), "current-password"),
            "code" => (fl!(t, "second-factor-code"), "one-time-code"),
            _ => (fl!(t, "password"), "new-password"),
        };
        Self { name, label, autocomplete }
    }

    pub fn kind(&self) -> &'static str {
        match self.autocomplete {
            "one-time-code" => "text",
            _ => "password",
        }
    }
}

impl Interrupted {
    /// Returns `None` if only secrets were typed, or if the form is too large.
    pub fn new(path: &str, sent: &Sent) -> Option<Self> {
        let body = carried(&sent.fields);
        let travels = !sent.fields.is_empty() && body.len() <= LARGEST;
        travels.then(|| Self { path: path.to_owned(), body, secrets: sent.secrets.join(",") })
    }

    pub fn is_none(&self) -> bool {
        self.path.is_empty()
    }

    /// The destination, if it is a path of this server.
    pub fn local_path(&self) -> &str {
        local_path(&self.path)
    }

    pub fn fields(&self) -> Vec<(String, String)> {
        uncarried(&self.body)
    }

    /// The typed values, for the page that gives them back.
    pub fn shown(&self, t: &Catalogue) -> Vec<Shown> {
        sent::shown(&self.fields(), t)
    }

    pub fn secrets(&self, t: &Catalogue) -> Vec<Secret> {
        let typed: Vec<&str> = self.secrets.split(',').collect();
        SECRETS.into_iter().filter(|name| typed.contains(name)).map(|name| Secret::new(t, name)).collect()
    }
}

/// Encodes the fields as a form, with other characters for those that a browser would encode again. So a note of 32 000
/// characters does not grow from 384 kB to 640 kB on its way through the sign-in page.
fn carried(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
        .replace('_', "%5F")
        .replace('%', "_")
        .replace('+', " ")
}

fn uncarried(body: &str) -> Vec<(String, String)> {
    let body = body.replace(' ', "+").replace('_', "%");
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Sent {
        let own = |text: &&str| (*text).to_owned();
        Sent {
            fields: fields.iter().map(|(name, value)| (own(name), own(value))).collect(),
            secrets: Vec::new(),
        }
    }

    #[test]
    fn any_text_travels_unchanged() {
        let fields = [
            ("note", "a+b *c* _d_ 100 % & d=e\r\nÉté 🙂 %41 _41"),
            ("tick", "on"),
            ("tick", "off"),
            ("empty", ""),
            ("*%+_ ", "  "),
        ];
        let sent = sent(&fields);
        let interrupted = Interrupted::new("/contacts/1/notes", &sent).unwrap();
        assert_eq!(interrupted.fields(), sent.fields);
    }

    /// The size in bytes of the sign-in form that carries a note.
    fn carried_size(note: &str) -> Option<(usize, usize)> {
        let sent = sent(&[("note", note)]);
        let size = |pairs: &[(String, String)]| {
            let mut encoded = url::form_urlencoded::Serializer::new(String::new());
            encoded.extend_pairs(pairs).finish().len()
        };
        let interrupted = Interrupted::new("/contacts/1/notes", &sent)?;
        let own = [("resume_body".to_owned(), interrupted.body)];
        Some((size(&sent.fields), size(&own)))
    }

    #[test]
    fn a_form_does_not_grow_on_its_way() {
        for text in ["🙂", "é", "% ", "a b", "*", "_"] {
            let note = text.repeat(700 * 1024 / 12 / text.chars().count());
            let (before, after) = carried_size(&note).unwrap();
            assert!(after <= before + 2 * note.matches('_').count() + 20, "{text}: {before} to {after}");
            assert!(after < 768 * 1024 - 4 * 1024);
        }
        assert!(carried_size(&"a".repeat(768 * 1024)).is_none(), "too much for the sign-in page");
    }
}
