//! The list of imports.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::counting::counts_in_words;
use super::filter::{Filter, ListQuery, Standing};
use super::import::{Import, State};
use super::listing::{self, ImportPosition, Listed, Page};
use super::pages::state_name;
use crate::audit::CARNET;
use crate::db::Db;
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};
use crate::web::period::day_control;
use crate::web::{Context, FormErrors, page};

#[derive(Template)]
#[template(path = "imports/index.html")]
struct ListPage {
    cx: Context,
    errors: FormErrors,
    filter: Filter,
    /// The accounts that have started an import.
    people: Vec<(i64, String)>,
    is_first: bool,
    page: Page,
}

impl ListPage {
    fn standing(&self, listed: &Listed) -> String {
        if listed.is_undoing {
            return fl!(self.cx.t, "state-undoing");
        }
        standing_name(self.cx.t, &Standing::of(&listed.import))
    }

    /// The colour of a standing: done, to decide, at work, or at an end without effect.
    fn tint(listed: &Listed) -> &'static str {
        match Standing::of(&listed.import) {
            _ if listed.is_undoing => "blue",
            Standing::In(State::Mapping | State::Deciding) => "amber",
            Standing::In(State::Checking | State::Applying) => "blue",
            Standing::In(State::Done) => "green",
            Standing::In(State::Refused | State::Cancelled) | Standing::Undone => "plain",
        }
    }

    /// The result of an import, or the planned one.
    fn result(&self, import: &Import) -> String {
        let t = self.cx.t;
        match import.state {
            State::Mapping | State::Checking => String::new(),
            State::Applying => fl!(t, "progress-applying", done = import.cursor_line, total = import.lines),
            State::Deciding => counts_in_words(t, &import.counts, true),
            State::Done => counts_in_words(t, &import.counts, false),
            State::Refused | State::Cancelled => fl!(t, "nothing-written"),
        }
    }

    /// The next action for an import: its label and its URL.
    fn next_step(&self, listed: &Listed) -> Option<(String, String)> {
        let t = self.cx.t;
        let import = &listed.import;
        let own = format!("/imports/{}", import.id);
        match Standing::of(import) {
            _ if listed.is_undoing => Some((fl!(t, "import-follow"), format!("{own}?auto=2"))),
            Standing::In(State::Checking | State::Applying) => {
                Some((fl!(t, "import-follow"), format!("{own}?auto=2")))
            }
            Standing::In(State::Mapping) if self.cx.may(Right::ImportAdd) => {
                Some((fl!(t, "columns-choose"), own))
            }
            Standing::In(State::Deciding) if self.cx.may(Right::ImportAdd) => {
                Some((fl!(t, "import-decide"), own))
            }
            Standing::In(State::Done) if self.cx.may(Right::ContactView) => {
                let name: String = url::form_urlencoded::byte_serialize(import.name.as_bytes()).collect();
                Some((fl!(t, "import-contacts"), format!("/contacts?import={name}")))
            }
            Standing::In(State::Refused) => Some((fl!(t, "import-why"), own)),
            _ => None,
        }
    }
}

fn standing_name(t: &Catalogue, standing: &Standing) -> String {
    match standing {
        Standing::In(state) => state_name(t, state),
        Standing::Undone => fl!(t, "state-undone"),
    }
}

/// `GET /imports`
pub async fn index(cx: Context, db: web::Data<Db>, query: web::Query<ListQuery>) -> AppResult<HttpResponse> {
    let (filter, place) = query.into_inner().read();
    let (wanted, errors) = match filter.read(cx.t) {
        Ok(wanted) => (Some(wanted), FormErrors::default()),
        Err(errors) => (None, errors),
    };
    let (people, listed) = db
        .read(move |conn| {
            let listed = match wanted {
                Some(wanted) => listing::page(conn, &wanted, place)?,
                None => Page::default(),
            };
            Ok((listing::authors(conn)?, listed))
        })
        .await?;
    let template =
        ListPage { cx, errors, filter, people, is_first: place == ImportPosition::First, page: listed };
    if template.errors.is_empty() { page::ok(&template) } else { page::unprocessable(&template) }
}
