//! A form that is sent after the session has ended: signing in again gives it back, so that nothing typed is lost.
//!
//! It travels in the sign-in page itself. Nothing of somebody who is not signed in is stored, and nothing is saved until
//! they, signed in, press the button. Passwords and codes do not travel: the page that gives the form back asks for them.

use crate::i18n::fl;
use actix_web::HttpResponse;
use askama::Template;

use crate::error::AppResult;
use crate::web::{Context, Interrupted, page};

#[derive(Template)]
#[template(path = "accounts/resume.html")]
struct ResumePage {
    cx: Context,
    interrupted: Interrupted,
}

/// The page after signing in that gives the form back.
///
/// # Errors
/// The page could not be written.
pub fn offer(cx: Context, interrupted: Interrupted) -> AppResult<HttpResponse> {
    page::ok(&ResumePage { cx, interrupted })
}
