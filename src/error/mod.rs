//! The errors of a request, and the policy for them.
//!
//! * A wrong value in a form is not an error: the handler answers 422 with the form, its messages and all typed values.
//! * [`AppError`] carries the status and, for a 5xx, the cause. It writes no page: [`crate::web::error_pages`]
//!   turns every error answer, of Carnet or of the framework, into a page in the reader's language.
//! * If an error prevents a form from being saved, the error page shows the typed values ([`crate::web::sent`]).
//! * A cause is logged once, in `error_pages`, with the request's id. The page shows this id as the reference, and never shows
//!   the cause. [`crate::web::error_pages::contain_panic`] catches a panic and answers it like any other error.
//! * Too many requests at once are [`AppError::Overloaded`] (503), too many of one account [`AppError::TooMuchAtOnce`] (429).
//!   They are counted in the metrics, without a log line. A page that takes too long is [`AppError::OverTime`] (503), with a
//!   warning in the log.
//! * An unreachable database is [`AppError::Unavailable`] (503) and a full disk [`AppError::StorageFull`] (507). Both have
//!   pages of their own, because they end by themselves or with the operator's help.

mod api;
mod database;

pub use api::ApiRefusal;
pub use database::{Constraint, classify};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::domain::Right;

pub type AppResult<T> = Result<T, AppError>;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 400: a URL or a form that none of our pages can send.
    #[error("malformed request: {0}")]
    BadRequest(&'static str),
    /// Refused to a program.
    #[error(transparent)]
    Api(ApiRefusal),
    /// 403: the account is signed in, but lacks this right.
    #[error("missing right {0}")]
    MissingRight(Right),
    /// 403: the object belongs to another account, and only its author can change it.
    #[error("belongs to another account")]
    NotYours,
    /// 403: the request did not come from one of our pages.
    #[error("request from another site")]
    Forgery,
    /// 421: the request names a host that is not this server's.
    #[error("request for another host")]
    OtherHost,
    /// 404
    #[error("not found")]
    NotFound,
    /// 404: the form's contact was moved to the trash in the meantime.
    #[error("in the trash")]
    InTrash { contact: i64, name: String },
    /// 409: another row has this unique value. Forms turn this into a message at the field.
    #[error("{0:?} is taken")]
    Taken(Constraint),
    /// 409: an object that the form refers to was deleted in the meantime. Forms turn this into a message at the field.
    #[error("a referenced object was deleted")]
    Gone,
    /// 409: another worker continued or ended the job. This worker stops without a fault; no page gets this error.
    #[error("another worker has the job")]
    Overtaken,
    /// 410: a cursor of another book's changes, or of a place that this book has not reached.
    #[error("a cursor of no place in this book's changes")]
    UnknownCursor,
    /// 410: a cursor of changes that are no longer kept.
    #[error("a cursor of changes that are no longer kept")]
    CursorGone,
    /// 413: a request body over the limit, in bytes.
    #[error("body over {limit} bytes")]
    TooLarge { limit: u64 },
    /// 413: a file over the limit for imports, in bytes.
    #[error("file over {limit} bytes")]
    FileTooLarge { limit: u64 },
    /// 413: more fields than any of our forms or links has on that route. The typed values are not read, so they are lost.
    #[error("more than {limit} fields")]
    TooManyFields { limit: usize },
    /// 408: a request body that arrived too slowly, or a connection that ended before its end.
    #[error("body too slow")]
    TooSlow,
    /// 429: one account has more requests at once than its limit, and none of its places became free in time.
    #[error("too much at once for one account")]
    TooMuchAtOnce,
    /// 503: more requests at once than the server can answer in time.
    #[error("overloaded")]
    Overloaded,
    /// 503: a page's query took longer than the limit. Other requests are answered in the meantime.
    #[error("a page's query took too long")]
    OverTime,
    /// 503: the database is unreachable, or too busy to answer in time.
    #[error("database unavailable: {0}")]
    Unavailable(#[source] anyhow::Error),
    /// 507: the disk is full; nothing was written.
    #[error("storage full: {0}")]
    StorageFull(#[source] anyhow::Error),
    /// 500: a panic. The log has its place in the source.
    #[error("panicked")]
    Panicked,
    /// 500
    #[error("{0:#}")]
    Internal(#[source] anyhow::Error),
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Api(refusal) => refusal.status(),
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::MissingRight(_) | Self::NotYours | Self::Forgery => StatusCode::FORBIDDEN,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound | Self::InTrash { .. } => StatusCode::NOT_FOUND,
            Self::Taken(_) | Self::Gone | Self::Overtaken => StatusCode::CONFLICT,
            Self::UnknownCursor | Self::CursorGone => StatusCode::GONE,
            Self::TooLarge { .. } | Self::FileTooLarge { .. } | Self::TooManyFields { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::TooMuchAtOnce => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded | Self::OverTime | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
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
