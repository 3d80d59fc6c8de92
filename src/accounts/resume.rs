//! Gives back a form that was sent after the end of the session, once its sender has signed in again, so that nothing typed is
//! lost.
//!
//! The sign-in page itself carries the form. Nothing of a person who is not signed in is stored, and nothing is saved until the
//! signed-in person presses the button. Passwords and codes are not carried: the page that gives the form back asks for them.

use actix_web::HttpResponse;
use askama::Template;

use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, Interrupted, page};

#[derive(Template)]
#[template(path = "accounts/resume.html")]
struct ResumePage {
    cx: Context,
    interrupted: Interrupted,
}

/// The page after sign-in that gives the form back.
pub fn offer(cx: Context, interrupted: Interrupted) -> AppResult<HttpResponse> {
    page::ok(&ResumePage { cx, interrupted })
}
