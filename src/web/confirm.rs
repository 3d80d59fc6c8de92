use actix_web::HttpResponse;
use askama::Template;

use super::{Context, FormErrors, page};
use crate::domain::ChangedContacts;
use crate::error::AppResult;
use crate::i18n::fl;

/// A page that asks before something is done. Its form goes to the page's own path. The template of a longer question extends
/// `confirm.html`, and its struct has this as `confirm`.
#[derive(Default)]
pub struct Confirm {
    /// The links to the pages above, with their texts.
    pub above: Vec<(String, String)>,
    pub title: String,
    pub text: String,
    /// A text that the question is about.
    pub quote: String,
    /// What will happen, one sentence each.
    pub points: Vec<String>,
    /// Sentences below the points, which are then in a frame.
    pub notes: Vec<String>,
    pub hidden: Vec<(&'static str, String)>,
    /// The button's text; `None` if it cannot be done, which `text` explains.
    pub button: Option<String>,
    /// `true` if the button destroys nothing.
    pub is_harmless: bool,
    /// The page to which the link back leads.
    pub back: String,
    /// The text of the link back, if "Cancel" would be ambiguous.
    pub keep: Option<String>,
    /// A link to something else that the reader may want instead.
    pub instead: Option<(String, String)>,
    pub errors: FormErrors,
    /// Set if the question is asked again because its contacts have changed.
    pub changed: Option<ChangedContacts>,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    cx: Context,
    confirm: Confirm,
}

impl Confirm {
    /// The question, or with 422 the question asked again.
    pub fn answer(mut self, cx: Context) -> AppResult<HttpResponse> {
        if let Some(changed) = &self.changed {
            self.errors.add("changed", changed.message.clone());
        }
        let page = ConfirmPage { cx, confirm: self };
        page::form(&page.confirm.errors, &page)
    }

    /// The answer to a form that was sent although it cannot be done.
    pub fn refuse(self, cx: Context) -> AppResult<HttpResponse> {
        page::unprocessable(&ConfirmPage { cx, confirm: self })
    }
}
