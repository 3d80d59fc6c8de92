//! The page about a file that cannot be imported: the same for a file that is refused at once, and for one whose fault its
//! check has found.

use actix_web::HttpResponse;
use askama::Template;

use super::creation::max_mib;
use super::form::{ImportForm, refusal_message};
use super::import::Import;
use super::mapping::OnAmbiguous;
use super::panel::{Panel, encoding_of};
use super::store::ShownImport;
use crate::domain::{Right, TICKED};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::settings::Settings;
use crate::web::{Context, FormErrors, page};

#[derive(Template)]
#[template(path = "imports/refused.html")]
pub struct RefusedPage {
    pub cx: Context,
    pub errors: FormErrors,
    pub panel: Panel,
    /// The file, and when it came.
    pub facts: String,
    /// The name of the import if the offered reading is accepted.
    pub name: String,
    /// The form for another file.
    pub typed: ImportForm,
    pub max_mib: i64,
    /// The import, if it is kept.
    pub shown: Option<ShownImport>,
}

impl RefusedPage {
    /// Returns `true` if the reader may have the file read in the offered way.
    fn is_offered(&self) -> bool {
        self.panel.offers(&self.cx)
    }
}

/// The page of a kept import whose file is refused. `name` is one that was typed, with its errors.
pub fn answer(
    cx: Context,
    settings: &Settings,
    (shown, panel, facts): (ShownImport, Option<Panel>, String),
    errors: FormErrors,
    name: Option<String>,
) -> AppResult<HttpResponse> {
    let import = &shown.import;
    let panel = panel.unwrap_or_else(|| {
        let sentence = import.refusal.as_ref().map(|refusal| refusal_message(cx.t, refusal));
        Panel::only(sentence.unwrap_or_default())
    });
    let has_errors = !errors.is_empty();
    let page = RefusedPage {
        errors,
        panel,
        facts,
        name: name.unwrap_or_else(|| import.name.clone()),
        typed: form_of(import),
        max_mib: max_mib(settings),
        shown: Some(shown),
        cx,
    };
    if has_errors { page::unprocessable(&page) } else { page::ok(&page) }
}

/// The choices with which an import was started.
fn form_of(import: &Import) -> ImportForm {
    ImportForm {
        name: import.name.clone(),
        on_error: import.on_error.as_str().to_owned(),
        on_ambiguous: if import.holds_doubtful {
            OnAmbiguous::Review.as_str().to_owned()
        } else {
            String::new()
        },
        preview: if import.preview { TICKED.to_owned() } else { String::new() },
        ..ImportForm::default()
    }
}
