//! The owner's actions on an active second factor: new recovery codes, and turning it off. Both require both factors.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;
use zeroize::Zeroizing;

use super::own_pages::{fresh_codes, show_codes};
use super::sign_in_pages;
use super::store::{self, Passed};
use super::wrong_codes::Limit;
use crate::accounts::form::BothFactorsForm;
use crate::accounts::throttle::{self, Buckets};
use crate::accounts::{Passwords, pages};
use crate::db::{AnyConnection, Db};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, CurrentSession, Form, FormErrors, Interrupted, page};

/// The action to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConfirmedAction {
    NewCodes,
    TurnOff,
}

#[derive(Template)]
#[template(path = "accounts/second_factor/confirm.html")]
struct ConfirmPage {
    cx: Context,
    errors: FormErrors,
    deed: ConfirmedAction,
}

impl ConfirmPage {
    fn title(&self) -> String {
        match self.deed {
            ConfirmedAction::NewCodes => fl!(self.cx.t, "recovery-codes-renew"),
            ConfirmedAction::TurnOff => fl!(self.cx.t, "second-factor-turn-off"),
        }
    }

    fn action(&self) -> &'static str {
        match self.deed {
            ConfirmedAction::NewCodes => "/account/second-factor/codes",
            ConfirmedAction::TurnOff => "/account/second-factor/off",
        }
    }
}

fn ask(cx: Context, account: &Account, deed: ConfirmedAction) -> AppResult<HttpResponse> {
    if !account.has_second_factor {
        return Ok(page::see_other("/account/second-factor"));
    }
    page::ok(&ConfirmPage { cx, errors: FormErrors::default(), deed })
}

/// `GET /account/second-factor/codes`
pub async fn new_codes(cx: Context, account: Account) -> AppResult<HttpResponse> {
    ask(cx, &account, ConfirmedAction::NewCodes)
}

/// `POST /account/second-factor/codes`: replaces the recovery codes. The earlier ones become invalid.
pub async fn create_codes(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<BothFactorsForm>,
) -> AppResult<HttpResponse> {
    let (codes, id) = (fresh_codes(), account.id);
    let stored = codes.clone();
    let renew = move |conn: &mut AnyConnection| store::renew_codes(conn, id, &stored);
    let errors = do_confirmed(&db, &passwords, &account, form, &cx, renew).await?;
    if !errors.is_empty() {
        let deed = ConfirmedAction::NewCodes;
        return page::unprocessable(&ConfirmPage { cx, errors, deed });
    }
    let title = fl!(cx.t, "recovery-codes-made");
    show_codes(cx, title, codes, Interrupted::default())
}

/// `GET /account/second-factor/off`
pub async fn ask_off(cx: Context, account: Account) -> AppResult<HttpResponse> {
    ask(cx, &account, ConfirmedAction::TurnOff)
}

/// `POST /account/second-factor/off`: turns the factor off, and ends the other sessions.
pub async fn turn_off(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<BothFactorsForm>,
) -> AppResult<HttpResponse> {
    let id = account.id;
    let off = move |conn: &mut AnyConnection| store::turn_off(conn, id, current.0);
    let errors = do_confirmed(&db, &passwords, &account, form, &cx, off).await?;
    if !errors.is_empty() {
        let deed = ConfirmedAction::TurnOff;
        return page::unprocessable(&ConfirmPage { cx, errors, deed });
    }
    cx.say(fl!(cx.t, "second-factor-is-off"));
    Ok(page::see_other("/account/second-factor"))
}

/// Performs the action if password and code are right; otherwise returns what is wrong.
async fn do_confirmed(
    db: &Db,
    passwords: &Passwords,
    account: &Account,
    form: BothFactorsForm,
    cx: &Context,
    deed: impl FnOnce(&mut AnyConnection) -> AppResult<()> + Send + 'static,
) -> AppResult<FormErrors> {
    let typed = &form.current_password;
    if let Some(wrong) = pages::wrong_password(db, passwords, account.id, typed, cx.t).await? {
        return Ok(FormErrors::one("current_password", wrong));
    }
    Ok(match do_with_code(db, account, form.code, cx, deed).await? {
        Some(wrong) => FormErrors::one("code", wrong),
        None => FormErrors::default(),
    })
}

/// Performs an action after its password was checked. If the account has a second factor, a right code is also required, which is
/// used up in the same transaction. Returns a message if the code is wrong. Wrong codes have their own count, which a right
/// password does not reset.
pub async fn do_with_code(
    db: &Db,
    account: &Account,
    code: Zeroizing<String>,
    cx: &Context,
    deed: impl FnOnce(&mut AnyConnection) -> AppResult<()> + Send + 'static,
) -> AppResult<Option<String>> {
    enum Tried {
        Done,
        Wait(TimeDelta),
        TooMany(Limit),
        Wrong,
    }
    let (id, has_second_factor) = (account.id, account.has_second_factor);
    let tried = db
        .write(move |conn| {
            if has_second_factor {
                let buckets = Buckets::signed_in(id).of_second_factor();
                let asked = throttle::ask(conn, &buckets)?;
                if let Some(wait) = asked.wait {
                    return Ok(Tried::Wait(wait));
                }
                match store::spend(conn, id, &code)? {
                    Passed::Yes { .. } => {}
                    Passed::TooMany(limit) => return Ok(Tried::TooMany(limit)),
                    Passed::No | Passed::Ended => return Ok(Tried::Wrong),
                }
                throttle::forgive(conn, &buckets, asked)?;
            }
            deed(conn)?;
            Ok(Tried::Done)
        })
        .await?;
    Ok(match tried {
        Tried::Done => None,
        Tried::Wait(wait) => {
            let seconds = wait.num_seconds() + 1;
            Some(fl!(cx.t, "sign-in-wait", seconds = seconds))
        }
        Tried::TooMany(limit) => Some(sign_in_pages::too_many(cx.t, cx.locale, limit)),
        Tried::Wrong => Some(fl!(cx.t, "second-factor-wrong")),
    })
}
