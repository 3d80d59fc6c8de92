//! The failures of the provider, by who can fix them. Nothing that the provider sends is shown, and only codes of the standard
//! are logged.

use std::error::Error;

use super::http::HttpError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A temporary failure, or a fault of the network.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The code was already used, is too old, or is for another program. Signing in again helps.
    #[error("the provider no longer accepts the code")]
    CodeRefused,
    /// The provider does not accept Carnet or its configuration, which the operator must fix.
    #[error("the provider refuses this program: {0}")]
    Refused(String),
    /// The provider's answer is incomplete, contradicts itself or is not protected: no identity token, another issuer, an
    /// address without https. The text is the reason.
    #[error("the provider's answer is not trusted: {0}")]
    Untrusted(&'static str),
    /// The provider's keys may have changed.
    #[error("a token is signed with an unknown key")]
    UnknownKey,
}

impl Failure {
    /// The failure for an error code with which the provider sent a person back, if the cause is not the person.
    pub fn sent_back(code: &str) -> Self {
        match code {
            "server_error" | "temporarily_unavailable" => {
                Self::Unreachable("it reported this itself".to_owned())
            }
            "invalid_request"
            | "invalid_scope"
            | "invalid_request_uri"
            | "request_not_supported"
            | "unauthorized_client"
            | "unsupported_response_type" => Self::Refused(code.to_owned()),
            _ => Self::Refused("for a reason of its own".to_owned()),
        }
    }

    /// The failure for an error code in place of tokens.
    pub fn no_token(code: &str) -> Self {
        match code {
            "invalid_grant" => Self::CodeRefused,
            "invalid_client"
            | "invalid_request"
            | "invalid_scope"
            | "unauthorized_client"
            | "unsupported_grant_type" => Self::Refused(code.to_owned()),
            _ => Self::Refused("for a reason of its own".to_owned()),
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        match &error {
            HttpError::Unsafe => Self::Untrusted("it names an address without https"),
            HttpError::TooLarge => Self::Untrusted("its answer is too large"),
            HttpError::Sending(sending) => {
                // The innermost error has the reason: connection refused, unknown host, a certificate.
                let mut cause: &dyn Error = sending;
                while let Some(source) = cause.source() {
                    cause = source;
                }
                Self::Unreachable(cause.to_string())
            }
        }
    }
}
