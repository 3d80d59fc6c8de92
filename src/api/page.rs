//! `GET /api`: the description of the API, to read.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::contact_json::Base;
use super::openapi::{OPERATIONS, Operation};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::problem::KINDS;
use crate::web::{Context, page};

#[derive(Template)]
#[template(path = "api/show.html")]
struct ApiPage {
    cx: Context,
    base: Base,
}

impl ApiPage {
    fn operations(&self) -> impl Iterator<Item = (&'static Operation, String)> {
        OPERATIONS.iter().map(|operation| (operation, (operation.title)(self.cx.t)))
    }

    /// An example of each operation, with what it does.
    fn examples(&self) -> impl Iterator<Item = (String, String)> {
        OPERATIONS.iter().filter_map(|operation| {
            let command = operation.example()?.curl(operation, self.base.as_str());
            Some(((operation.title)(self.cx.t), command))
        })
    }

    /// The types of problems, each with its status and title.
    fn problems(&self) -> Vec<(&'static str, u16, String)> {
        KINDS.iter().map(|kind| (kind.name, kind.status, (kind.title)(self.cx.t))).collect()
    }
}

/// `GET /api`
pub async fn show(request: HttpRequest, cx: Context) -> AppResult<HttpResponse> {
    page::ok(&ApiPage { base: Base::of(&request), cx })
}
