use actix_web::http::StatusCode;

/// A refusal that only programs get.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiRefusal {
    /// 401: the request has no key.
    #[error("no key")]
    NoKey,
    /// 401: there is no such key.
    #[error("unknown key")]
    WrongKey,
    /// 401: the key was ended, its last day is over, its account is disabled, or an account of the company has not signed in for
    /// too long.
    #[error("the key has ended")]
    KeyEnded,
    /// 403: the key is not allowed from this address.
    #[error("wrong network")]
    WrongNetwork,
    /// 403: the account must first set up its second factor.
    #[error("no second factor")]
    SecondFactor,
    /// 403: the key's scope does not include the request.
    #[error("the key's scope is too small")]
    Scope,
    /// 422: the operation has no parameter of this name.
    #[error("unknown parameter")]
    NoSuchParameter { name: String },
    /// 422: another request had this `Idempotency-Key`.
    #[error("another body with the same Idempotency-Key")]
    OtherBody,
    /// 404: administrators have named no such source.
    #[error("unknown source")]
    NoSource,
    /// 412: the contact has changed since the version that the request names.
    #[error("changed meanwhile")]
    Changed,
    /// 415: the body is not JSON.
    #[error("not JSON")]
    NotJson,
    /// 415: the body is sent as a form, or without a type, instead of as a file.
    #[error("not a file")]
    NotAFile,
    /// 428: the request does not say which version it is about.
    #[error("no If-Match")]
    NoVersion,
    /// 429: more requests of one key than allowed. `seconds` is when the next one is.
    #[error("too many requests")]
    TooFast { seconds: u64 },
}

impl ApiRefusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::WrongKey | Self::KeyEnded => StatusCode::UNAUTHORIZED,
            Self::WrongNetwork | Self::SecondFactor | Self::Scope => StatusCode::FORBIDDEN,
            Self::NoSource => StatusCode::NOT_FOUND,
            Self::OtherBody | Self::NoSuchParameter { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::NotJson | Self::NotAFile => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoVersion => StatusCode::PRECONDITION_REQUIRED,
            Self::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// The name of the problem's type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoKey => "no-key",
            Self::WrongKey => "wrong-key",
            Self::KeyEnded => "key-ended",
            Self::WrongNetwork => "wrong-network",
            Self::SecondFactor => "second-factor",
            Self::Scope => "key-scope",
            Self::NoSource => "unknown-source",
            Self::NoSuchParameter { .. } => "unknown-parameter",
            Self::OtherBody => "other-body",
            Self::Changed => "changed-meanwhile",
            Self::NotJson => "not-json",
            Self::NotAFile => "not-a-file",
            Self::NoVersion => "version-missing",
            Self::TooFast { .. } => "too-many-requests",
        }
    }
}
