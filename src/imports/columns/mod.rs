//! The page on which somebody says which fields the columns of a list are.

mod page;
mod store;
mod words;

use actix_web::{HttpResponse, web};

use super::mapping::Mapping;
use super::{pages, profiles};
use crate::db::Db;
use crate::domain::Right;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::jobs::JobSignal;
use crate::web::{Account, Context, Form, FormErrors, page as web_page};
use page::ColumnsPage;
pub use store::accept_proposed;
use store::{Answer, ShownList};
pub use words::{
    blank_name, doubt_name, heading, heading_difference, key_name, mode_name, policy_name, target_name,
};

/// `GET /imports/{id}/columns`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    match db.read(move |conn| ShownList::load(conn, id, None)).await? {
        Some(shown) => web_page::ok(&ColumnsPage::new(cx, FormErrors::default(), shown, String::new())),
        None => Ok(web_page::see_other(format!("/imports/{id}"))),
    }
}

/// `POST /imports/{id}/columns`: checks the list with these choices, and keeps them as a profile if `profile_name` is given. With
/// `read_sheet`, another sheet is read, or the headings from another row; with `show_fields`, the page is shown again with the fields
/// of the chosen contact type; with `keep_dropped`, the dropped properties of cards become a note; with `read_as_list`, the file of a strict import is read as a list of any kind.
pub async fn create(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let t = cx.t;
    let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if value("read_sheet").is_some() {
        // A damaged number is no sheet and no row, and changes nothing.
        let sheet = value("sheet").and_then(|sheet| sheet.parse().ok());
        let heading = value("heading_row").map(|row| row.trim().parse().ok());
        db.write(move |conn| store::read_sheet(conn, id, sheet, heading)).await?;
        bell.ring();
        pages::wait(&db, id).await?;
        return Ok(web_page::see_other(format!("/imports/{id}/columns")));
    }
    if value("read_as_list").is_some() {
        let begun = db.write(move |conn| store::read_as_list(conn, id, account.id)).await;
        match begun {
            Ok(true) => bell.ring(),
            // A refused import gives up its name, which another one may have by now.
            Ok(false) | Err(AppError::Taken(Constraint::ImportName)) => cx.say(fl!(t, "columns-too-late")),
            Err(error) => return Err(error),
        }
        pages::wait(&db, id).await?;
        let import = db.read(move |conn| super::store::find(conn, id)).await?;
        return Ok(web_page::see_other(pages::address(&import)));
    }
    if let Some(keep) = value("keep_dropped") {
        let keep = keep == "1";
        match db.write(move |conn| store::keep_dropped(conn, id, keep, account.id)).await {
            Ok(true) => bell.ring(),
            Ok(false) | Err(AppError::Overtaken) => cx.say(fl!(t, "columns-too-late")),
            Err(error) => return Err(error),
        }
        pages::wait(&db, id).await?;
        return Ok(web_page::see_other(format!("/imports/{id}")));
    }
    let is_refreshed = value("show_fields").is_some();
    let list = db.read(move |conn| store::source(conn, id)).await?;
    let Some(table) = list else {
        cx.say(fl!(t, "columns-too-late"));
        return Ok(web_page::see_other(format!("/imports/{id}")));
    };
    let mapping = Mapping::read_fields(table.headings(), table.heading_row, &fields);
    let typed = mapping.clone();
    let profile_name = value("profile_name").unwrap_or_default().to_owned();
    let profile = profiles::read_name(t, &profile_name);
    let again = async |cx: Context, errors: FormErrors| {
        let shown = db.read(move |conn| ShownList::load(conn, id, Some(typed))).await?;
        match shown {
            Some(shown) if errors.is_empty() => {
                web_page::ok(&ColumnsPage::new(cx, errors, shown, profile_name))
            }
            Some(shown) => web_page::unprocessable(&ColumnsPage::new(cx, errors, shown, profile_name)),
            None => Ok(web_page::see_other(format!("/imports/{id}"))),
        }
    };
    if is_refreshed {
        return again(cx, FormErrors::default()).await;
    }
    let profile = match profile {
        Ok(Some(_)) if !mapping.has_headings() => {
            return again(cx, FormErrors::one("profile_name", fl!(t, "profile-no-headings"))).await;
        }
        Ok(profile) => profile,
        Err(errors) => return again(cx, errors).await,
    };
    if profile.is_some() {
        cx.require(Right::ImportProfileEdit)?;
    }
    let kept = profile.clone();
    match db.write(move |conn| store::check(conn, id, mapping, kept.as_deref(), account.id)).await {
        Ok(Answer::Faults(faults)) => {
            let errors = words::errors(&cx, &table, &faults);
            again(cx, errors).await
        }
        Ok(Answer::TooManyProfiles) => {
            again(cx, FormErrors::one("profile_name", profiles::too_many(t))).await
        }
        Err(AppError::Taken(Constraint::ImportProfileName)) => {
            again(cx, profiles::taken(t, "profile_name")).await
        }
        Ok(Answer::TooLate) | Err(AppError::Overtaken) => {
            cx.say(fl!(t, "columns-too-late"));
            Ok(web_page::see_other(format!("/imports/{id}")))
        }
        Err(AppError::NotFound) => again(cx, FormErrors::one("columns", fl!(t, "columns-gone"))).await,
        Err(error) => Err(error),
        Ok(Answer::Checking) => {
            if let Some(name) = profile {
                cx.say(fl!(t, "profile-saved", name = name));
            }
            bell.ring();
            pages::wait(&db, id).await?;
            Ok(web_page::see_other(format!("/imports/{id}")))
        }
    }
}
