//! `GET` and `POST /settings`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SettingsForm;
use super::store::{self, Changed, Reading};
use crate::book::wording::Wording;
use crate::db::{Db, settings};
use crate::domain::{Country, Difference, Drawn, SecondFactorFor};
use crate::error::AppResult;
use crate::i18n::{countries, country_name, fl};
use crate::jobs::{self, JobSignal};
use crate::web::{Account, Context, Form, FormErrors, page};

/// How long the answer waits for the reading after a change: long enough for a small book.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "settings/show.html")]
struct SettingsPage {
    cx: Context,
    errors: FormErrors,
    default_country: Country,
    second_factor_for: SecondFactorFor,
    /// The stored values, for when the page shows another choice.
    stored: (Country, SecondFactorFor),
    /// The values that another person chose since the form was drawn.
    conflict: Vec<Difference>,
    countries: Vec<(&'static str, String)>,
    reading: Option<Reading>,
    /// The number of contacts that the running reading has passed.
    done: i64,
    all: i64,
}

/// `GET /settings`
pub async fn show(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    page::ok(&load(cx, &db, FormErrors::default()).await?)
}

async fn load(cx: Context, db: &Db, errors: FormErrors) -> AppResult<SettingsPage> {
    let (default_country, second_factor_for, reading, (done, all)) = db
        .read(|conn| {
            let reading = store::last_reading(conn)?;
            let progress = match &reading {
                Some(reading) if reading.finished_at.is_none() => store::progress(conn, reading)?,
                _ => (0, 0),
            };
            Ok((settings::default_country(conn)?, settings::second_factor_for(conn)?, reading, progress))
        })
        .await?;
    Ok(SettingsPage {
        countries: countries(cx.locale),
        cx,
        errors,
        default_country,
        second_factor_for,
        stored: (default_country, second_factor_for),
        conflict: Vec::new(),
        reading,
        done,
        all,
    })
}

/// `POST /settings`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    Form(form): Form<SettingsForm>,
) -> AppResult<HttpResponse> {
    let choices = match form.read(cx.t) {
        Ok(choices) => choices,
        Err(errors) => {
            return page::unprocessable(&load(cx, &db, errors).await?);
        }
    };
    let drawn = Drawn::read(&form.was);
    let (country, whose) = (choices.default_country, choices.second_factor_for);
    let changed = db.write(move |conn| store::change(conn, &choices, &drawn, account.id)).await?;
    match changed {
        Changed::Yes => {}
        Changed::ReadingPhones => {
            bell.ring();
            wait(&db).await?;
        }
        Changed::Stale => return draw_stale(cx, &db, country, whose).await,
    }
    cx.say(fl!(cx.t, "settings-saved"));
    Ok(page::see_other("/settings"))
}

/// The page again, with the values that another person chose in the meantime.
async fn draw_stale(
    cx: Context,
    db: &Db,
    country: Option<Country>,
    whose: Option<SecondFactorFor>,
) -> AppResult<HttpResponse> {
    let errors = FormErrors::one("conflict", fl!(cx.t, "form-stale"));
    let mut template = load(cx, db, errors).await?;
    template.default_country = country.unwrap_or(template.default_country);
    template.second_factor_for = whose.unwrap_or(template.second_factor_for);
    let (wording, locale) = (Wording::default(), template.cx.locale);
    let (theirs_country, theirs_whose) = template.stored;
    template.conflict = [
        ("default_country", theirs_country.code(), template.default_country.code()),
        ("second_factor_for", theirs_whose.as_str(), template.second_factor_for.as_str()),
    ]
    .into_iter()
    .filter(|(_, theirs, yours)| theirs != yours)
    .map(|(name, theirs, yours)| Difference {
        label: wording.label(locale.catalogue(), name),
        theirs: wording.value(locale, name, theirs),
        yours: wording.value(locale, name, yours),
    })
    .collect();
    page::unprocessable(&template)
}

async fn wait(db: &Db) -> AppResult<()> {
    jobs::wait_for(PATIENCE, async || {
        let reading = db.read(store::last_reading).await?;
        Ok(reading.is_none_or(|reading| reading.finished_at.is_some()))
    })
    .await?;
    Ok(())
}
