//! What can go wrong with the provider, sorted by who can do something about it. Nothing that the provider says is shown,
//! and of what it says only codes of the standard are logged.

use std::error::Error;

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError, SignatureVerificationError,
    StandardErrorResponse, UserInfoError,
};

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
    #[error("the identity token is signed with an unknown key")]
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
}

impl From<DiscoveryError<HttpError>> for Failure {
    fn from(error: DiscoveryError<HttpError>) -> Self {
        match error {
            DiscoveryError::Request(error) => Self::from(error),
            DiscoveryError::Response(status, ..) => {
                Self::Unreachable(format!("its description is answered {status}"))
            }
            DiscoveryError::Validation(_) => Self::Untrusted("it names itself another issuer"),
            _ => Self::Untrusted("its description cannot be read"),
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        match &error {
            HttpError::Unsafe => Self::Untrusted("it names an address that is not on https"),
            HttpError::TooLarge => Self::Untrusted("its answer is too large"),
            HttpError::Malformed(_) => Self::Untrusted("its answer is malformed"),
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

type TokenError = RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>;

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            RequestTokenError::Request(error) => Self::from(error),
            RequestTokenError::ServerResponse(answer) => match answer.error() {
                CoreErrorResponseType::InvalidGrant => Self::CodeRefused,
                CoreErrorResponseType::Extension(_) => {
                    Self::Refused("for its own reason".to_owned())
                }
                reason => Self::Refused(reason.as_ref().to_owned()),
            },
            _ => Self::Untrusted("its answer about the code cannot be read"),
        }
    }
}

impl From<ClaimsVerificationError> for Failure {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::Untrusted(match error {
            ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            ) => return Self::UnknownKey,
            ClaimsVerificationError::SignatureVerification(_) => {
                "the identity token is not signed by it"
            }
            ClaimsVerificationError::Expired(_) => "the identity token is too old",
            ClaimsVerificationError::InvalidAudience(_) => "the identity token is for another",
            ClaimsVerificationError::InvalidIssuer(_) => "the identity token is another's",
            ClaimsVerificationError::InvalidNonce(_) => "the identity token is for another sign-in",
            _ => "the identity token is malformed",
        })
    }
}

impl From<UserInfoError<HttpError>> for Failure {
    fn from(error: UserInfoError<HttpError>) -> Self {
        match error {
            UserInfoError::Request(error) => Self::from(error),
            UserInfoError::Response(status, ..) => {
                Self::Unreachable(format!("what it knows of people is answered {status}"))
            }
            UserInfoError::ClaimsVerification(_) => Self::Untrusted("it tells of somebody else"),
            _ => Self::Untrusted("what it tells of people cannot be read"),
        }
    }
}
