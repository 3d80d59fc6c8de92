//! A form that is sent after the session has ended: signing in again gives it back, so that nothing typed is lost.
//!
//! It travels in the sign-in page itself. Nothing of somebody who is not signed in is stored, and nothing is saved until
//! they, signed in, press the button.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, page};

/// What was to be sent, and where to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Interrupted {
    /// A path of ours.
    #[serde(rename = "resume_path")]
    pub path: String,
    /// The fields, encoded as a form.
    #[serde(rename = "resume_body")]
    pub body: String,
}

impl Interrupted {
    /// None where there is nothing typed to give back (a button that deletes is asked about again, not pressed for
    /// somebody), or a password, which no page repeats.
    pub fn new(path: &str, fields: &[(String, String)]) -> Option<Self> {
        if !holds_typed_text(path) || fields.iter().any(|(name, _)| name.contains("password")) {
            return None;
        }
        let typed: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").collect();
        let body = serde_urlencoded::to_string(&typed).ok()?;
        (!typed.is_empty()).then(|| Self {
            path: path.to_owned(),
            body,
        })
    }

    pub fn is_none(&self) -> bool {
        self.path.is_empty()
    }

    /// Where it was to be sent, if that is a path of ours.
    pub fn local_path(&self) -> &str {
        super::sign_in::local_path(&self.path)
    }

    pub fn fields(&self) -> Vec<(String, String)> {
        serde_urlencoded::from_str(&self.body).unwrap_or_default()
    }
}

/// Whether the form of this path is one that people fill in: it makes or changes a thing of its own, which its path
/// names, and no verb behind it.
fn holds_typed_text(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let makes = [
        "contacts",
        "notes",
        "organizations",
        "contact-types",
        "fields",
        "settings",
    ];
    makes.contains(&last) || last.parse::<i64>().is_ok()
}

#[derive(Template)]
#[template(path = "accounts/resume.html")]
struct ResumePage {
    cx: Context,
    path: String,
    fields: Vec<(String, String)>,
}

/// The page after signing in that gives the form back.
///
/// # Errors
/// The page could not be written.
pub fn offer(cx: Context, interrupted: &Interrupted) -> AppResult<HttpResponse> {
    page::ok(&ResumePage {
        cx,
        path: interrupted.local_path().to_owned(),
        fields: interrupted.fields(),
    })
}
