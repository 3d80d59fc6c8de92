//! Errors of a request, and the policy.
//!
//! * What a person typed wrongly is no error: the handler answers 422 with the form, its messages and all that was typed.
//! * [`AppError`] carries the status and, for a 5xx, the cause. It writes no page: [`crate::web::error_pages`]
//!   turns every error answer, ours and the framework's, into a page in the reader's language.
//! * An error that ends a form gives back what was typed ([`crate::web::sent`]).
//! * A cause is logged once, there, with the id of the request, which is the reference that the page shows; it is never
//!   shown. A panic is caught by [`crate::web::error_pages::contain_panic`] and is an answer like any other error.
//! * More than can be answered at once is [`AppError::Overloaded`] (503), of one account [`AppError::TooMuchAtOnce`] (429); they
//!   are counted and cost no line in the log. A page that takes too long is [`AppError::OverTime`] (503), a warning in the log.
//! * A database that cannot be reached is [`AppError::Unavailable`] (503) and a full disk [`AppError::StorageFull`] (507):
//!   both pass by themselves or by an operator's hand, so they have pages that say so.

mod database;

pub use database::{Constraint, classify};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::domain::Right;

pub type AppResult<T> = Result<T, AppError>;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 400: a URL or a form that none of our pages could have sent.
    #[error("malformed request: {0}")]
    BadRequest(&'static str),
    /// 403: signed in, but without this right.
    #[error("missing right {0}")]
    MissingRight(Right),
    /// 403: it is somebody else's, and nobody's but its author's to change.
    #[error("somebody else's")]
    NotYours,
    /// 403: the request did not come from one of our pages.
    #[error("request from elsewhere")]
    Forgery,
    /// 421: meant for a host that this server is not.
    #[error("request for another host")]
    OtherHost,
    /// 404
    #[error("not found")]
    NotFound,
    /// 404: a form is about a contact that was moved to the trash meanwhile.
    #[error("in the trash")]
    InTrash,
    /// 409: a value that must be unique is taken. Forms turn it into a message at the field.
    #[error("{0:?} is taken")]
    Taken(Constraint),
    /// 409: what a form points to was taken away meanwhile. Forms turn it into a message at the field.
    #[error("what it points to is gone")]
    Gone,
    /// 409: a job's work was continued or ended elsewhere. Its worker stops without a fault; no page meets it.
    #[error("the job went on elsewhere")]
    Overtaken,
    /// 413: a body over its limit, in bytes.
    #[error("body over {limit} bytes")]
    TooLarge { limit: u64 },
    /// 413: more fields than any form or link of ours has on that route. What was typed is not read, and cannot come back.
    #[error("more than {limit} fields")]
    TooManyFields { limit: usize },
    /// 408: a body that came too slowly.
    #[error("body too slow")]
    TooSlow,
    /// 429: one account asks for more at once than is worked on for it, and waits for none of it.
    #[error("too much at once for one account")]
    TooMuchAtOnce,
    /// 503: more is asked for at once than can be answered in time.
    #[error("overloaded")]
    Overloaded,
    /// 503: the read of a page took longer than it may. Others are answered meanwhile.
    #[error("a page's read took too long")]
    OverTime,
    /// 503: the database cannot be reached, or is too busy to answer in time.
    #[error("database unavailable: {0}")]
    Unavailable(#[source] anyhow::Error),
    /// 507: the disk is full; nothing was written.
    #[error("storage full: {0}")]
    StorageFull(#[source] anyhow::Error),
    /// 500: something panicked; where stands in the log.
    #[error("panicked")]
    Panicked,
    /// 500
    #[error("{0:#}")]
    Internal(#[source] anyhow::Error),
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::MissingRight(_) | Self::NotYours | Self::Forgery => StatusCode::FORBIDDEN,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound | Self::InTrash => StatusCode::NOT_FOUND,
            Self::Taken(_) | Self::Gone | Self::Overtaken => StatusCode::CONFLICT,
            Self::TooLarge { .. } | Self::TooManyFields { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMuchAtOnce => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded | Self::OverTime | Self::Unavailable(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::StorageFull(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Panicked | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<diesel::result::Error> for AppError {
    fn from(error: diesel::result::Error) -> Self {
        self::classify(error)
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::StorageFull(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}
