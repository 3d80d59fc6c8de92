//! `GET` and `POST /settings`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, TimeDelta};

use super::form::SettingsForm;
use super::installation::{Installation, LatestCopy};
use super::store::{self, Changed, Reading};
use crate::base::clock;
use crate::book::wording::Wording;
use crate::db::{Db, settings};
use crate::domain::{Country, Difference, Drawn, SecondFactorFor, TICKED};
use crate::error::AppResult;
use crate::i18n::{countries, country_name, fl, second_factor_for_name};
use crate::jobs::{self, JobSignal};
use crate::web::{Account, Confirm, Context, Form, FormErrors, page};

/// How long the answer waits for the reading after a change: long enough for a small book.
const PATIENCE: Duration = Duration::from_secs(1);
/// The age from which the latest of the daily copies is late: a day, and the hours that a server may be off at night.
const LATE: TimeDelta = TimeDelta::hours(36);

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
    countries: &'static [(&'static str, &'static str)],
    reading: Option<Reading>,
    /// The number of contacts that the running reading has passed.
    done: i64,
    all: i64,
    installation: Installation,
    latest_copy: Option<LatestCopy>,
    /// The time of the last `carnet backup`.
    backup: Option<NaiveDateTime>,
}

impl SettingsPage {
    /// The time, and how long ago it was.
    fn time_and_age(&self, at: &NaiveDateTime) -> String {
        let t = self.cx.t;
        let age = clock::now() - *at;
        let age = match (age.num_days(), age.num_hours()) {
            (..=0, ..=0) => fl!(t, "age-minutes"),
            (..=1, hours) => fl!(t, "age-hours", count = hours),
            (days, _) => fl!(t, "age-days", count = days),
        };
        let date = self.cx.locale.date_time(at);
        fl!(t, "settings-time-and-age", date = date, age = age)
    }

    /// Returns `true` if a daily copy is missing.
    fn is_late(at: &NaiveDateTime) -> bool {
        clock::now() - *at > LATE
    }
}

/// `GET /settings`
pub async fn show(
    cx: Context,
    db: web::Data<Db>,
    installation: web::Data<Installation>,
) -> AppResult<HttpResponse> {
    page::ok(&load(cx, &db, &installation, FormErrors::default()).await?)
}

async fn load(
    cx: Context,
    db: &Db,
    installation: &Installation,
    errors: FormErrors,
) -> AppResult<SettingsPage> {
    let latest_copy = match &installation.emergency_copies {
        Some(copies) => Some(copies.latest().await),
        None => None,
    };
    let (default_country, second_factor_for, reading, (done, all), backup) = db
        .read(|conn| {
            let reading = store::last_reading(conn)?;
            let progress = match &reading {
                Some(reading) if reading.finished_at.is_none() => store::progress(conn, reading)?,
                _ => (0, 0),
            };
            let (country, whose) = (settings::default_country(conn)?, settings::second_factor_for(conn)?);
            Ok((country, whose, reading, progress, settings::last_backup(conn)?))
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
        installation: installation.clone(),
        latest_copy,
        backup,
    })
}

/// `POST /settings`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    installation: web::Data<Installation>,
    Form(form): Form<SettingsForm>,
) -> AppResult<HttpResponse> {
    let choices = match form.read(cx.t) {
        Ok(choices) => choices,
        Err(errors) => {
            return page::unprocessable(&load(cx, &db, &installation, errors).await?);
        }
    };
    let drawn = Drawn::read(&form.was);
    let (country, whose) = (choices.default_country, choices.second_factor_for);
    let is_confirmed = !form.confirmed.is_empty();
    let changed =
        db.write(move |conn| store::change(conn, &choices, (&drawn, is_confirmed), account.id)).await?;
    match changed {
        Changed::Yes => {}
        Changed::ReadingPhones => {
            bell.ring();
            wait(&db).await?;
        }
        Changed::Ask(count) => return ask(&cx, count, whose, form.was).answer(cx),
        Changed::Stale => return draw_stale(cx, &db, &installation, (country, whose)).await,
    }
    cx.say(fl!(cx.t, "settings-saved"));
    Ok(page::see_other("/settings"))
}

/// The question before accounts have to set up a second factor.
fn ask(cx: &Context, count: i64, whose: Option<SecondFactorFor>, was: String) -> Confirm {
    let t = cx.t;
    let whose = whose.unwrap_or(SecondFactorFor::Nobody);
    Confirm {
        above: vec![("/settings".to_owned(), fl!(t, "settings-title"))],
        title: fl!(t, "settings-second-factor-ask", whose = second_factor_for_name(t, &whose)),
        text: fl!(t, "settings-second-factor-hint"),
        points: vec![fl!(t, "settings-second-factor-count", count = count)],
        hidden: vec![
            ("second_factor_for", whose.as_str().to_owned()),
            ("was", was),
            ("confirmed", TICKED.to_owned()),
        ],
        button: Some(fl!(t, "settings-second-factor-confirm")),
        is_harmless: true,
        back: "/settings".to_owned(),
        ..Confirm::default()
    }
}

/// The page again, with the values that another person chose in the meantime.
async fn draw_stale(
    cx: Context,
    db: &Db,
    installation: &Installation,
    (country, whose): (Option<Country>, Option<SecondFactorFor>),
) -> AppResult<HttpResponse> {
    let errors = FormErrors::one("conflict", fl!(cx.t, "form-stale"));
    let mut template = load(cx, db, installation, errors).await?;
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
