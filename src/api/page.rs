//! `GET /api`: the description of the API, to read.

use actix_web::HttpResponse;
use askama::Template;

use super::openapi::{OPERATIONS, Operation};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::problem::KINDS;
use crate::web::{Context, page};

#[derive(Template)]
#[template(path = "api/show.html")]
struct ApiPage {
    cx: Context,
}

impl ApiPage {
    fn operations(&self) -> impl Iterator<Item = (&'static Operation, String)> {
        OPERATIONS.iter().map(|operation| (operation, (operation.title)(self.cx.t)))
    }

    /// The types of problems, each with its status and title.
    fn problems(&self) -> Vec<(&'static str, u16, String)> {
        KINDS.iter().map(|kind| (kind.name, kind.status, (kind.title)(self.cx.t))).collect()
    }
}

/// `GET /api`
pub async fn show(cx: Context) -> AppResult<HttpResponse> {
    page::ok(&ApiPage { cx })
}
