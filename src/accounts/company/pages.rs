use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::failure::Failure;
use super::pending::{self, Pending};
use super::provider::{Arrival, Identity};
use super::store::{self, Outcome};
use super::{CompanySignIn, Provider};
use crate::accounts::store::is_empty;
use crate::accounts::throttle::{self, Buckets};
use crate::accounts::{Passwords, known_browser, resume as interrupted, sign_in};
use crate::db::Db;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, fl};
use crate::web::page::{self, local_path};
use crate::web::{Context, Form, Interrupted, client};

/// The reason why a sign-in is refused.
enum Refusal {
    /// The provider or the connection to it failed.
    Failed(Failure),
    /// The sign-in was not begun in this browser, is too old, or is already complete.
    Stale,
    /// The provider does not allow the person to use Carnet, or the person cancelled.
    NotGranted,
    /// Too many tries from the network, with the seconds to wait.
    Slowed(i64),
    /// The claim gives no role; with the account, if there is one.
    NoRole(Option<i64>),
    Disabled(i64),
    LastAdministrator(i64),
    NameTaken(String),
    NoName,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Failed(Failure::Unreachable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Stale => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Slowed(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed(_)
            | Self::NotGranted
            | Self::NoRole(_)
            | Self::Disabled(_)
            | Self::LastAdministrator(_) => StatusCode::FORBIDDEN,
            Self::NameTaken(_) | Self::NoName => StatusCode::CONFLICT,
        }
    }

    /// The reason in the log.
    fn reason(&self) -> &'static str {
        match self {
            Self::Failed(_) => "provider",
            Self::Stale => "stale",
            Self::NotGranted => "not granted",
            Self::Slowed(_) => "slowed",
            Self::NoRole(_) => "no role",
            Self::Disabled(_) => "disabled",
            Self::LastAdministrator(_) => "last administrator",
            Self::NameTaken(_) => "name taken",
            Self::NoName => "no name",
        }
    }

    fn account(&self) -> Option<i64> {
        match self {
            Self::NoRole(account) => *account,
            Self::Disabled(account) | Self::LastAdministrator(account) => Some(*account),
            _ => None,
        }
    }

    /// The number of seconds after which to try again.
    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::Failed(Failure::Unreachable(_)) => Some(60),
            Self::Slowed(seconds) => Some(*seconds),
            _ => None,
        }
    }

    fn text(&self, t: &Catalogue) -> String {
        match self {
            Self::Failed(Failure::Unreachable(_)) => fl!(t, "company-unreachable"),
            Self::Failed(Failure::CodeRefused) | Self::Stale => fl!(t, "company-stale"),
            Self::Failed(_) => fl!(t, "company-untrusted"),
            Self::NotGranted => fl!(t, "company-not-granted"),
            &Self::Slowed(seconds) => fl!(t, "sign-in-wait", seconds = seconds),
            Self::NoRole(_) => fl!(t, "company-no-role"),
            Self::Disabled(_) => fl!(t, "company-disabled"),
            Self::LastAdministrator(_) => fl!(t, "company-last-administrator"),
            Self::NameTaken(name) => fl!(t, "company-name-taken", name = name.as_str()),
            Self::NoName => fl!(t, "company-no-name"),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/company.html")]
struct RefusedPage {
    cx: Context,
    text: String,
}

fn refuse(cx: Context, refusal: &Refusal) -> AppResult<HttpResponse> {
    let reason = refusal.reason();
    match refusal {
        Refusal::Failed(failure) => {
            tracing::warn!(event = "company_refused", reason, cause = %failure, "a company sign-in failed");
        }
        _ => {
            tracing::info!(
                event = "company_refused",
                reason,
                account = refusal.account(),
                "a company sign-in was refused"
            );
        }
    }
    let text = refusal.text(cx.t);
    let mut response = page::with_status(refusal.status(), &RefusedPage { cx, text })?;
    if let Some(seconds) = refusal.retry_after() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

#[derive(Deserialize)]
pub struct StartQuery {
    next: Option<String>,
}

/// `GET /login/company`: redirects to the provider. It is a link instead of a form, because our pages' policy allows forms to no
/// other site.
pub async fn start(
    cx: Context,
    request: HttpRequest,
    db: web::Data<Db>,
    company: web::Data<CompanySignIn>,
    query: web::Query<StartQuery>,
) -> AppResult<HttpResponse> {
    let provider = company.0.as_ref().ok_or(AppError::NotFound)?;
    let next = local_path(query.next.as_deref().unwrap_or_default());
    if cx.account.is_some() {
        return Ok(page::see_other(next));
    }
    // The first administrator's account is made with the printed code.
    if db.read(is_empty).await? {
        return Ok(page::see_other("/setup"));
    }
    match provider.depart().await? {
        Ok(departure) => {
            let mut response = page::see_other(departure.url.as_str());
            Pending::new(departure.state, departure.nonce, departure.verifier, next)
                .keep(&request, &mut response);
            Ok(response)
        }
        Err(failure) => refuse(cx, &Refusal::Failed(failure)),
    }
}

/// The provider's answer, in the query of the return URL.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /login/company/return`: the return from the provider.
pub async fn finish(
    cx: Context,
    request: HttpRequest,
    session: Session,
    db: web::Data<Db>,
    company: web::Data<CompanySignIn>,
    answer: web::Query<Answer>,
) -> AppResult<HttpResponse> {
    let provider = company.0.as_ref().ok_or(AppError::NotFound)?;
    let Some(pending) = Pending::of(&request, answer.state.as_deref().unwrap_or_default()) else {
        // The browser repeats an earlier return, or another sign-in is in progress in it and continues.
        return match cx.account {
            Some(_) => Ok(page::see_other("/")),
            None => refuse(cx, &Refusal::Stale),
        };
    };
    // Each repetition of a return makes Carnet contact the provider, so returns are throttled.
    let tries = match known_browser::name_for_anybody(&request) {
        Some(browser) => Buckets::returned_to(&browser),
        None => Buckets::returned(&pending.state, &client::network(&request)),
    };
    let counted = tries.clone();
    let asked = db.write(move |conn| throttle::ask(conn, &counted)).await?;
    if let Some(wait) = asked.wait {
        // The pending sign-in is kept, so that loading the page again continues it.
        return refuse(cx, &Refusal::Slowed(wait.num_seconds() + 1));
    }
    let next = local_path(&pending.next).to_owned();
    let admitted = match identify(provider, &answer, pending).await? {
        Ok(identity) => admit(&db, identity).await?,
        Err(refusal) => Err(refusal),
    };
    let mut response = match admitted {
        Ok((account, password_hash)) => {
            db.write(move |conn| throttle::forgive(conn, &tries, asked)).await?;
            sign_in::begin(&session, &request, account, &password_hash)?;
            let mut response = page::see_other(next);
            known_browser::remember(&request, &mut response, account);
            response
        }
        Err(refusal) => refuse(cx, &refusal)?,
    };
    pending::forget(&request, &mut response);
    Ok(response)
}

async fn identify(
    provider: &Provider,
    answer: &Answer,
    pending: Pending,
) -> AppResult<Result<Identity, Refusal>> {
    let code = match (answer.error.as_deref(), answer.code.as_deref()) {
        (None, Some(code)) => code,
        // Errors that the person causes, or that mean that the provider could not ask the person.
        (
            None
            | Some(
                "access_denied"
                | "account_selection_required"
                | "consent_required"
                | "interaction_required"
                | "login_required",
            ),
            _,
        ) => return Ok(Err(Refusal::NotGranted)),
        (Some(error), _) => return Ok(Err(Refusal::Failed(Failure::sent_back(error)))),
    };
    let arrival =
        Arrival { code, issuer: answer.iss.as_deref(), nonce: pending.nonce, verifier: pending.verifier };
    Ok(provider.arrive(arrival).await?.map_err(Refusal::Failed))
}

/// Returns the account that signs in, and the password hash that opens its session.
async fn admit(db: &Db, identity: Identity) -> AppResult<Result<(i64, String), Refusal>> {
    let name = identity.names.first().cloned().unwrap_or_default();
    let hash = Passwords::of_nobody()?;
    let identity = std::sync::Arc::new(identity);
    let sign_in = || {
        let (identity, hash) = (identity.clone(), hash.clone());
        db.write(move |conn| store::sign_in(conn, &identity, &hash))
    };
    let mut outcome = sign_in().await;
    if matches!(outcome, Err(AppError::Taken(Constraint::AccountName))) {
        // Two concurrent first sign-ins of one person: the other one has added the account.
        outcome = sign_in().await;
    }
    Ok(match outcome {
        Ok(Outcome::SignedIn { account, password_hash }) => Ok((account, password_hash)),
        Ok(Outcome::NoRole(account)) => Err(Refusal::NoRole(account)),
        Ok(Outcome::Disabled(account)) => Err(Refusal::Disabled(account)),
        Ok(Outcome::LastAdministrator(account)) => Err(Refusal::LastAdministrator(account)),
        Ok(Outcome::NoName) => Err(Refusal::NoName),
        Err(AppError::Taken(Constraint::AccountName)) => Err(Refusal::NameTaken(name)),
        Err(error) => return Err(error),
    })
}

/// `POST /login/resume`: gives back a form whose owner has signed in in another tab, because a form cannot travel to the provider
/// and back.
pub async fn resume(
    cx: Context,
    request: HttpRequest,
    Form(kept): Form<Interrupted>,
) -> AppResult<HttpResponse> {
    if cx.account.is_some() { interrupted::offer(cx, kept) } else { sign_in::ask_again(&request, kept) }
}
