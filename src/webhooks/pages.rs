//! The pages of webhooks: the list with the form of a new one, and the page of one with its state and its form.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::form::{Fields, StartForm, WebhookForm};
use super::message::Message;
use super::sender::{Sender, Trouble};
use super::store::{self, Edited, MOST, StartFrom, State, Webhook};
use crate::changes::{self, Kind};
use crate::db::Db;
use crate::domain::{Difference, Drawn};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, event_names, fl};
use crate::web::{Account, Confirm, Context, Form, FormErrors, NoFields, page};

/// The path of the list.
const LIST: &str = "/webhooks";

#[derive(Template)]
#[template(path = "webhooks/index.html")]
struct WebhooksPage {
    cx: Context,
    errors: FormErrors,
    webhooks: Vec<Webhook>,
    typed: WebhookForm,
}

impl WebhooksPage {
    async fn load(cx: Context, db: &Db, typed: WebhookForm, errors: FormErrors) -> AppResult<Self> {
        let webhooks = db.read(store::list).await?;
        Ok(Self { cx, errors, webhooks, typed })
    }
}

/// The page of one webhook.
#[derive(Template)]
#[template(path = "webhooks/show.html")]
struct WebhookPage {
    cx: Context,
    errors: FormErrors,
    webhook: Webhook,
    typed: WebhookForm,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
    /// A secret that was made just now. No page shows it again.
    secret: Option<String>,
}

impl WebhookPage {
    fn new(cx: Context, webhook: Webhook, typed: WebhookForm, errors: FormErrors) -> Self {
        Self { cx, errors, webhook, typed, conflict: Vec::new(), secret: None }
    }

    fn time(&self, at: &NaiveDateTime) -> String {
        self.cx.locale.date_time(at)
    }

    fn trouble(&self) -> String {
        self.webhook.trouble().map(|trouble| trouble_text(self.cx.t, trouble)).unwrap_or_default()
    }
}

/// The name of a state, and the class of its mark.
fn state_name(t: &Catalogue, webhook: &Webhook) -> (String, &'static str) {
    match webhook.state {
        State::On if webhook.failures > 0 => (fl!(t, "webhook-state-failing"), "amber"),
        State::On => (fl!(t, "webhook-state-on"), "green"),
        State::Off => (fl!(t, "webhook-state-off"), ""),
        State::Failed => (fl!(t, "webhook-state-failed"), "red"),
        State::Restored => (fl!(t, "webhook-state-restored"), "amber"),
    }
}

fn trouble_text(t: &Catalogue, trouble: Trouble) -> String {
    match trouble {
        Trouble::Address => fl!(t, "webhook-trouble-address"),
        Trouble::Name => fl!(t, "webhook-trouble-name"),
        Trouble::Connection => fl!(t, "webhook-trouble-connection"),
        Trouble::Time => fl!(t, "webhook-trouble-time"),
        Trouble::Status(status) => fl!(t, "webhook-trouble-status", status = status.to_string()),
        Trouble::Place => fl!(t, "webhook-trouble-place"),
    }
}

/// `GET /webhooks`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    page::ok(&WebhooksPage::load(cx, &db, WebhookForm::blank(), FormErrors::default()).await?)
}

/// `POST /webhooks`: the answer is the page of the new webhook with its secret, without a redirect, because the secret is shown
/// only once.
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    sender: web::Data<Sender>,
    Form(fields): Form<Fields>,
) -> AppResult<HttpResponse> {
    let typed = WebhookForm::read_fields(fields);
    let errors = match typed.read(cx.t, sender.receivers()) {
        Err(errors) => errors,
        Ok(new) => {
            db.write_unhurried(changes::number).await?;
            let added = db.write(move |conn| {
                let secret = store::add(conn, &new, account.id)?;
                let made = store::list(conn)?.into_iter().find(|webhook| webhook.url == new.url);
                Ok(secret.zip(made))
            });
            match added.await {
                Ok(Some((secret, webhook))) => {
                    let typed = WebhookForm::of(&webhook);
                    let mut shown = WebhookPage::new(cx, webhook, typed, FormErrors::default());
                    shown.secret = Some(secret);
                    return page::ok(&shown);
                }
                Ok(None) => FormErrors::one("url", fl!(cx.t, "webhooks-too-many", max = MOST)),
                Err(AppError::Taken(Constraint::WebhookUrl)) => {
                    FormErrors::one("url", fl!(cx.t, "webhook-url-taken"))
                }
                Err(error) => return Err(error),
            }
        }
    };
    page::unprocessable(&WebhooksPage::load(cx, &db, typed, errors).await?)
}

/// `GET /webhooks/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let webhook = db.read(move |conn| store::find(conn, *id)).await?;
    let typed = WebhookForm::of(&webhook);
    page::ok(&WebhookPage::new(cx, webhook, typed, FormErrors::default()))
}

/// `POST /webhooks/{id}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    sender: web::Data<Sender>,
    id: web::Path<i64>,
    Form(fields): Form<Fields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut typed = WebhookForm::read_fields(fields);
    let (mut errors, mut is_stale) = (FormErrors::default(), false);
    let read = typed.read(cx.t, sender.receivers());
    match read.clone() {
        Err(wrong) => errors = wrong,
        Ok(new) => {
            let drawn = Drawn::read(&typed.was);
            match db.write(move |conn| store::edit(conn, id, &new, &drawn, account.id)).await {
                Ok(Edited::Yes) => {
                    cx.say(fl!(cx.t, "webhook-saved"));
                    return Ok(page::see_other(format!("{LIST}/{id}")));
                }
                Ok(Edited::Stale) => is_stale = true,
                Err(AppError::Taken(Constraint::WebhookUrl)) => {
                    errors.add("url", fl!(cx.t, "webhook-url-taken"));
                }
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let webhook = match db.read(move |conn| store::find(conn, id)).await {
        Ok(webhook) => webhook,
        // Deleted meanwhile: what was typed can be saved as a new webhook.
        Err(AppError::NotFound) => {
            let errors = FormErrors::one("url", fl!(cx.t, "webhook-gone"));
            return page::unprocessable(&WebhooksPage::load(cx, &db, typed, errors).await?);
        }
        Err(error) => return Err(error),
    };
    let mut conflict = Vec::new();
    if let (true, Ok(yours)) = (is_stale, read) {
        conflict = differences(cx.t, &webhook, (&yours.url, &yours.events));
        errors.add("conflict", fl!(cx.t, "form-stale"));
        typed.was = WebhookForm::of(&webhook).was;
    }
    let mut shown = WebhookPage::new(cx, webhook, typed, errors);
    shown.conflict = conflict;
    page::unprocessable(&shown)
}

fn differences(t: &Catalogue, stored: &Webhook, (url, events): (&str, &str)) -> Vec<Difference> {
    [
        (fl!(t, "webhook-url"), stored.url.clone(), url.to_owned()),
        (fl!(t, "webhook-events"), event_names(t, &stored.events), event_names(t, events)),
    ]
    .into_iter()
    .filter(|(_, theirs, yours)| theirs != yours)
    .map(|(label, theirs, yours)| Difference { label, theirs, yours })
    .collect()
}

/// `POST /webhooks/{id}/test`: sends a message without items, and says how the receiver has answered.
pub async fn test(
    cx: Context,
    db: web::Data<Db>,
    sender: web::Data<Sender>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let webhook = db.read(move |conn| store::find(conn, id)).await?;
    match sender.send(&webhook.url, &webhook.secret, &Message::test()?).await {
        Ok(status) => cx.say(fl!(cx.t, "webhook-tested", status = status.as_str())),
        Err(trouble) => {
            cx.warn(fl!(cx.t, "webhook-test-failed", trouble = trouble_text(cx.t, trouble)));
        }
    }
    Ok(page::see_other(format!("{LIST}/{id}")))
}

/// `POST /webhooks/{id}/start`
pub async fn start(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<StartForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let from = if form.from == "now" { StartFrom::Now } else { StartFrom::There };
    db.write_unhurried(changes::number).await?;
    if db.write(move |conn| store::start(conn, id, from, account.id)).await? {
        cx.say(fl!(cx.t, "webhook-started"));
    }
    Ok(page::see_other(format!("{LIST}/{id}")))
}

/// `POST /webhooks/{id}/stop`
pub async fn stop(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if db.write(move |conn| store::stop(conn, id, State::Off, Some(account.id))).await? {
        cx.say(fl!(cx.t, "webhook-stopped"));
    }
    Ok(page::see_other(format!("{LIST}/{id}")))
}

/// The question before something is done with a webhook.
fn question(cx: &Context, webhook: &Webhook, (title, text, button): (String, String, String)) -> Confirm {
    Confirm {
        above: vec![(LIST.to_owned(), fl!(cx.t, "webhooks-title"))],
        title,
        text,
        quote: webhook.url.clone(),
        button: Some(button),
        back: format!("{LIST}/{}", webhook.id),
        ..Confirm::default()
    }
}

/// `GET /webhooks/{id}/secret`
pub async fn ask_secret(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let webhook = db.read(move |conn| store::find(conn, *id)).await?;
    let t = cx.t;
    let words =
        (fl!(t, "webhook-secret-title"), fl!(t, "webhook-secret-text"), fl!(t, "webhook-secret-renew"));
    question(&cx, &webhook, words).answer(cx)
}

/// `POST /webhooks/{id}/secret`: the answer shows the secret, as that of [`create`].
pub async fn renew_secret(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let renew =
        db.write(move |conn| Ok((store::renew_secret(conn, id, account.id)?, store::find(conn, id)?)));
    let (secret, webhook) = renew.await?;
    let typed = WebhookForm::of(&webhook);
    let mut shown = WebhookPage::new(cx, webhook, typed, FormErrors::default());
    shown.secret = Some(secret);
    page::ok(&shown)
}

/// `GET /webhooks/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let webhook = db.read(move |conn| store::find(conn, *id)).await?;
    let t = cx.t;
    let words = (fl!(t, "webhook-delete-title"), fl!(t, "webhook-delete-text"), fl!(t, "contact-delete"));
    question(&cx, &webhook, words).answer(cx)
}

/// `POST /webhooks/{id}/delete`
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    match db.write(move |conn| store::delete(conn, *id, account.id)).await {
        Ok(url) => cx.say(fl!(cx.t, "webhook-deleted", url = url)),
        // After a second click the webhook no longer exists.
        Err(AppError::NotFound) => {}
        Err(error) => return Err(error),
    }
    Ok(page::see_other(LIST))
}
