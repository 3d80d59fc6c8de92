//! The pages that save, rename and delete a filter.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::FilterForm;
use crate::book::filter::{Filter, ListQuery};
use crate::book::saved_filters::{self, MOST, Named, New, SavedFilter};
use crate::contacts::filter_bar;
use crate::db::Db;
use crate::domain::{Difference, Drawn, Right};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::{Account, Context, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "contacts/saved_filters.html")]
struct FiltersPage {
    cx: Context,
    filters: Vec<SavedFilter>,
}

impl FiltersPage {
    fn words(&self, saved: &SavedFilter) -> String {
        filter_bar::words(self.cx.t, &saved.filter())
    }
}

/// Returns `true` if the account may rename or delete the filter: its own always, a shared one with the right to edit contacts.
fn may_change(cx: &Context, saved: &SavedFilter) -> bool {
    saved.account_id.is_some() || cx.may(Right::ContactEdit)
}

/// `GET /contacts/filters`
pub async fn index(cx: Context, account: Account, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let filters = db.read(move |conn| saved_filters::of(conn, account.id)).await?;
    page::ok(&FiltersPage { cx, filters })
}

#[derive(Template)]
#[template(path = "contacts/saved_filter_new.html")]
struct NewPage {
    cx: Context,
    errors: FormErrors,
    form: FilterForm,
}

impl NewPage {
    fn filter(&self) -> Filter {
        Filter::parse(&self.form.query)
    }

    fn words(&self) -> String {
        filter_bar::words(self.cx.t, &self.filter())
    }
}

/// `GET /contacts/filters/new`: the form that saves the list's present filter.
pub async fn new(cx: Context, list: web::Query<ListQuery>) -> AppResult<HttpResponse> {
    let (filter, _, _) = list.into_inner().read();
    page::ok(&NewPage {
        cx,
        errors: FormErrors::default(),
        form: FilterForm { query: filter.query(), ..FilterForm::default() },
    })
}

/// `POST /contacts/filters`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<FilterForm>,
) -> AppResult<HttpResponse> {
    if form.is_shared() && !cx.may(Right::ContactEdit) {
        return Err(AppError::MissingRight(Right::ContactEdit));
    }
    let name = match form.name(cx.t) {
        Ok(name) => name,
        Err(errors) => return page::unprocessable(&NewPage { cx, errors, form }),
    };
    let filter = Filter::parse(&form.query);
    let owner = (!form.is_shared()).then_some(account.id);
    let (wanted, query) = (name.clone(), filter.query());
    let named = db
        .write(move |conn| {
            let new = New { name: &wanted, query: &query, owner };
            saved_filters::create(conn, &new, account.id)
        })
        .await?;
    if let Some(message) = refusal(cx.t, named) {
        let errors = FormErrors::one("name", message);
        return page::unprocessable(&NewPage { cx, errors, form });
    }
    cx.say(fl!(cx.t, "saved-filter-saved", name = name));
    Ok(page::see_other(filter.url()))
}

fn refusal(t: &Catalogue, named: Named) -> Option<String> {
    match named {
        Named::Yes => None,
        Named::Stale => Some(fl!(t, "form-stale")),
        Named::Taken => Some(fl!(t, "saved-filter-name-taken")),
        Named::TooMany => Some(fl!(t, "saved-filter-too-many", max = MOST)),
    }
}

#[derive(Template)]
#[template(path = "contacts/saved_filter_edit.html")]
struct EditPage {
    cx: Context,
    errors: FormErrors,
    saved: SavedFilter,
    name: String,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
}

impl EditPage {
    fn was(&self) -> String {
        Drawn::write(&[&self.saved.name])
    }

    fn words(&self) -> String {
        filter_bar::words(self.cx.t, &self.saved.filter())
    }
}

async fn find(cx: &Context, db: &Db, id: i64, account: i64) -> AppResult<SavedFilter> {
    let saved = db.read(move |conn| saved_filters::find(conn, id, account)).await?;
    if !may_change(cx, &saved) {
        return Err(AppError::MissingRight(Right::ContactEdit));
    }
    Ok(saved)
}

/// `GET /contacts/filters/{id}`
pub async fn edit(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let saved = find(&cx, &db, *id, account.id).await?;
    page::ok(&EditPage {
        cx,
        errors: FormErrors::default(),
        name: saved.name.clone(),
        saved,
        conflict: Vec::new(),
    })
}

/// `POST /contacts/filters/{id}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<FilterForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let saved = find(&cx, &db, id, account.id).await?;
    let name = match form.name(cx.t) {
        Ok(name) => name,
        Err(errors) => {
            return page::unprocessable(&EditPage {
                cx,
                errors,
                saved,
                name: form.name,
                conflict: Vec::new(),
            });
        }
    };
    let (wanted, renamed) = (name.clone(), saved.clone());
    let is_stale = !Drawn::read(&form.was).is(&[&saved.name]) && saved.name != name;
    let named = if is_stale {
        Named::Stale
    } else {
        let named = db.write(move |conn| saved_filters::rename(conn, &renamed, &wanted, account.id)).await;
        match named {
            Err(AppError::Taken(_)) => Named::Taken,
            named => named?,
        }
    };
    if named == Named::Stale {
        return draw_stale(cx, &db, id, account.id, form.name).await;
    }
    if let Some(message) = refusal(cx.t, named) {
        return page::unprocessable(&EditPage {
            cx,
            errors: FormErrors::one("name", message),
            saved,
            name: form.name,
            conflict: Vec::new(),
        });
    }
    cx.say(fl!(cx.t, "saved-filter-saved", name = name));
    Ok(page::see_other("/contacts/filters"))
}

/// The form again, with the name that the filter got meanwhile.
async fn draw_stale(cx: Context, db: &Db, id: i64, account: i64, name: String) -> AppResult<HttpResponse> {
    let saved = find(&cx, db, id, account).await?;
    page::unprocessable(&EditPage {
        errors: FormErrors::one("conflict", fl!(cx.t, "form-stale")),
        conflict: vec![Difference {
            label: fl!(cx.t, "field-name"),
            theirs: saved.name.clone(),
            yours: name.clone(),
        }],
        cx,
        saved,
        name,
    })
}

/// `POST /contacts/filters/{id}/delete`
pub async fn delete(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let saved = match find(&cx, &db, *id, account.id).await {
        // A second click.
        Err(AppError::NotFound) => return Ok(page::see_other("/contacts/filters")),
        saved => saved?,
    };
    let message = fl!(cx.t, "saved-filter-deleted", name = saved.name.as_str());
    db.write(move |conn| saved_filters::delete(conn, &saved, account.id)).await?;
    cx.say(message);
    Ok(page::see_other("/contacts/filters"))
}
