//! The provider's description of itself (OpenID Connect Discovery), and its keys. Only the used members are read, so others can
//! have any type, or be damaged.

use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;
use url::Url;

use super::failure::Failure;
use super::http::Http;

pub struct Description {
    pub sign_in_page: Url,
    pub token_endpoint: Url,
    pub user_info: Option<Url>,
    pub keys: CoreJsonWebKeySet,
    /// `true` if the client's secret is sent in a header instead of the form.
    pub takes_header: bool,
    /// `true` if answers name the issuer (RFC 9207).
    pub names_issuer: bool,
}

#[derive(Deserialize)]
struct Members {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Description {
    /// Loads the description and the keys.
    ///
    /// # Errors
    /// The provider cannot be reached, or its description is not trusted.
    pub async fn ask(issuer: &str, http: &Http) -> Result<Self, Failure> {
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let members: Members = read(http, &place).await?;
        if members.issuer != issuer {
            return Err(Failure::Untrusted("its description has another issuer"));
        }
        // Without a list of methods, the standard's default is the header.
        let ways = members.token_endpoint_auth_methods_supported;
        let takes_header = ways.is_none_or(|ways| ways.iter().any(|way| way == "client_secret_basic"));
        Ok(Self {
            sign_in_page: address(&members.authorization_endpoint)?,
            token_endpoint: address(&members.token_endpoint)?,
            user_info: members.userinfo_endpoint.as_deref().map(address).transpose()?,
            keys: read(http, &members.jwks_uri).await?,
            takes_header,
            names_issuer: members.authorization_response_iss_parameter_supported,
        })
    }
}

async fn read<T: for<'a> Deserialize<'a>>(http: &Http, place: &str) -> Result<T, Failure> {
    let answer = http.send(http.get(&address(place)?)).await?;
    if !answer.status.is_success() {
        let status = answer.status;
        return Err(Failure::Unreachable(format!("the request for its description returned {status}")));
    }
    serde_json::from_slice(&answer.body).map_err(|_| Failure::Untrusted("its description cannot be read"))
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|_| Failure::Untrusted("its description names a malformed address"))
}
