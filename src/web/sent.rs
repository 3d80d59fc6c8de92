//! The values of a sent form that a page may repeat: an error page shows them, and the sign-in page carries them.

use crate::i18n::{Catalogue, control_label};

/// The controls whose values no page repeats: passwords and single-use codes.
pub const SECRETS: [&str; 4] = ["password", "current_password", "password_again", "code"];

/// Controls that people do not type into. All others are shown.
const HIDDEN: [&str; 16] = [
    "back",
    "checked",
    "confirmed",
    "do",
    "draft",
    "expected",
    "form_key",
    "high_version",
    "low_version",
    "next",
    "outcome",
    "query",
    "step",
    "substitute_id",
    "version",
    "was",
];

/// The fields of a form, without its token and without secrets.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub fields: Vec<(String, String)>,
    /// The names of the typed secrets, which are left out.
    pub secrets: Vec<&'static str>,
}

/// Characters in a line of a box on a phone.
const BROKEN_AT: usize = 36;

/// A typed value for a page.
pub struct Shown {
    pub label: String,
    pub value: String,
}

impl Shown {
    /// The height of the box for the value: its lines, with those that a narrow page breaks, and at most twenty.
    pub fn rows(&self) -> usize {
        let rows = self.value.lines().map(|line| 1 + line.chars().count() / BROKEN_AT);
        rows.sum::<usize>().clamp(1, 20)
    }
}

impl Sent {
    pub fn parse(body: &[u8]) -> Self {
        let mut sent = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            match SECRETS.into_iter().find(|secret| *secret == name) {
                Some(secret) if !value.is_empty() => sent.secrets.push(secret),
                Some(_) => {}
                None if name == "csrf" => {}
                None => sent.fields.push((name.into_owned(), value.into_owned())),
            }
        }
        sent
    }

    /// The typed values in the form's order.
    pub fn shown(&self, t: &Catalogue) -> Vec<Shown> {
        shown(&self.fields, t)
    }
}

/// The typed values of a form's fields, in their order. A ticked box is left out: it has no text.
pub fn shown(fields: &[(String, String)], t: &Catalogue) -> Vec<Shown> {
    fields
        .iter()
        .filter(|(name, value)| !is_hidden(name) && !value.trim().is_empty() && value != "on")
        .map(|(name, value)| Shown { label: control_label(t, name), value: value.clone() })
        .collect()
}

fn is_hidden(name: &str) -> bool {
    ["shown", "keep_", "resume_"].iter().any(|prefix| name.starts_with(prefix)) || HIDDEN.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn templates(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                templates(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "html") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_password_and_code_of_a_form_is_a_secret() {
        let mut files = Vec::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        templates(&folder, &mut files);
        let kinds = [
            "\"password\", \"",
            "new-password\"",
            "current-password\"",
            "one-time-code\"",
            "type=\"password\"",
        ];
        let mut looked_at = 0;
        for line in files.iter().flat_map(|file| file.lines()) {
            if !kinds.iter().any(|kind| line.contains(kind)) || line.contains("{{ secret.name }}") {
                continue;
            }
            let name = line.split_once("form::input(errors, \"").and_then(|(_, rest)| rest.split('"').next());
            assert!(name.is_some_and(|name| SECRETS.contains(&name)), "is no secret: {line}");
            looked_at += 1;
        }
        assert!(looked_at >= 10, "{looked_at}");
    }

    #[test]
    fn secrets_and_the_token_are_left_out() {
        let sent =
            Sent::parse(b"csrf=1&username=ann%C3%A9&password=a&code=&current_password=b&postal_code=69001");
        let fields: Vec<(&str, &str)> =
            sent.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("username", "anné"), ("postal_code", "69001")]);
        assert_eq!(sent.secrets, ["password", "current_password"]);
    }
}
