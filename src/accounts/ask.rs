//! The page that asks before something is done to accounts. Its form goes to the page's own path.

use actix_web::HttpResponse;
use askama::Template;

use crate::error::AppResult;
use crate::web::{Context, page};

#[derive(Default)]
pub struct Ask {
    /// The link to the page above, with its text.
    pub above: (String, String),
    pub title: String,
    pub text: String,
    /// What will happen, one sentence each.
    pub points: Vec<String>,
    pub hidden: Vec<(&'static str, String)>,
    /// The text of the button.
    pub button: String,
    /// `true` if the button destroys nothing.
    pub is_harmless: bool,
    /// The page to which the link back leads.
    pub back: String,
}

#[derive(Template)]
#[template(path = "accounts/ask.html")]
struct AskPage {
    cx: Context,
    ask: Ask,
}

impl Ask {
    pub fn answer(self, cx: Context) -> AppResult<HttpResponse> {
        page::ok(&AskPage { cx, ask: self })
    }
}
