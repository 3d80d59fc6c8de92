//! What can go wrong with the provider, sorted by who can do something about it. Nothing that the provider says is shown,
//! and of what it says only codes of the standard are logged.

use std::error::Error;

use super::http::HttpError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It passes, or the network is to be mended.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The code was used, is too old, or is another program's: to begin anew helps.
    #[error("the provider takes the code no more")]
    CodeRefused,
    /// The provider does not know us, or not so: for the operator.
    #[error("the provider refuses this program: {0}")]
    Refused(String),
    /// What it says cannot be believed.
    #[error("the provider's answer is not believed: {0}")]
    Untrusted(&'static str),
    /// Its keys may have changed.
    #[error("a token is signed with an unknown key")]
    UnknownKey,
}

impl Failure {
    /// What the provider sent somebody back with, for its own sake or ours and not for theirs.
    pub fn sent_back(code: &str) -> Self {
        match code {
            "server_error" | "temporarily_unavailable" => {
                Self::Unreachable("it says so itself".to_owned())
            }
            "invalid_request"
            | "invalid_scope"
            | "invalid_request_uri"
            | "request_not_supported"
            | "unauthorized_client"
            | "unsupported_response_type" => Self::Refused(code.to_owned()),
            _ => Self::Refused("for its own reason".to_owned()),
        }
    }

    /// Why it gave no token for a code.
    pub fn no_token(code: &str) -> Self {
        match code {
            "invalid_grant" => Self::CodeRefused,
            "invalid_client"
            | "invalid_request"
            | "invalid_scope"
            | "unauthorized_client"
            | "unsupported_grant_type" => Self::Refused(code.to_owned()),
            _ => Self::Refused("for its own reason".to_owned()),
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        match &error {
            HttpError::Unsafe => Self::Untrusted("it names an address that is not on https"),
            HttpError::TooLarge => Self::Untrusted("its answer is too large"),
            HttpError::Sending(sending) => {
                // The innermost says it: refused, no such host, a certificate.
                let mut cause: &dyn Error = sending;
                while let Some(source) = cause.source() {
                    cause = source;
                }
                Self::Unreachable(cause.to_string())
            }
        }
    }
}
