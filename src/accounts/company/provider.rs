//! The company's OpenID Connect provider: where to send somebody, and who came back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthenticationFlow, AuthorizationCode,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl,
    Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use url::Url;

use super::failure::Failure;
use super::http::Http;
use crate::clock;
use crate::config::{Company, is_safe};
use crate::domain::Role;
use crate::error::{AppError, AppResult};

/// How long what the provider says about itself is believed; keys that are not in it are asked for anew at once.
const BELIEVED: Duration = Duration::from_secs(600);
/// Sign-ins that talk to the provider at once: one that hangs must not hold the places of other requests.
const AT_ONCE: usize = 8;
/// How long the next one waits for its turn.
const FOR_A_PLACE: Duration = Duration::from_secs(2);
/// For all that is said in one sign-in.
const WHOLE: Duration = Duration::from_secs(10);
/// How far ahead the provider's clock may be.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(60);
/// Signatures by a key pair only, never one by a secret that we have too, nor none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Whether answers name the issuer (RFC 9207).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NamesIssuer {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for NamesIssuer {}

/// The claims that OpenID Connect has no name for, groups among them.
#[derive(Debug, Serialize, Deserialize)]
struct OtherClaims(HashMap<String, Value>);

impl AdditionalClaims for OtherClaims {}

type Metadata = ProviderMetadata<
    NamesIssuer,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Tokens = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type OurClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Who somebody is, as the provider says.
#[derive(Debug)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// For a new account, the likeliest first.
    pub names: Vec<String>,
    /// The highest that the claim means.
    pub role: Option<Role>,
}

/// Where to send somebody, and what their return must fit.
pub struct Departure {
    pub url: Url,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// What came back with somebody, once `state` has fitted.
pub struct Arrival<'a> {
    pub code: &'a str,
    pub issuer: Option<&'a str>,
    pub nonce: String,
    pub verifier: String,
}

pub struct Provider {
    company: Company,
    issuer: IssuerUrl,
    return_url: RedirectUrl,
    http: Http,
    at_once: Semaphore,
    described: Mutex<Option<(Instant, Arc<Metadata>)>>,
}

impl Provider {
    /// Nothing is asked of the provider yet: one that is down stops no start.
    ///
    /// # Errors
    /// The system's certificate authorities cannot be read.
    pub fn new(company: Company) -> anyhow::Result<Self> {
        let issuer = IssuerUrl::new(company.issuer.clone())?;
        let return_url = RedirectUrl::from_url(company.return_url.clone());
        Ok(Self {
            http: Http::new(issuer.url())?,
            issuer,
            return_url,
            company,
            at_once: Semaphore::new(AT_ONCE),
            described: Mutex::new(None),
        })
    }

    /// # Errors
    /// [`AppError::Overloaded`]; inside, why nobody can be sent there.
    pub async fn depart(&self) -> AppResult<Result<Departure, Failure>> {
        let _held = self.place().await?;
        Ok(within_time(self.departure()).await)
    }

    /// # Errors
    /// [`AppError::Overloaded`]; inside, why what came back is not believed.
    pub async fn arrive(&self, arrival: Arrival<'_>) -> AppResult<Result<Identity, Failure>> {
        let _held = self.place().await?;
        Ok(within_time(self.identity(arrival)).await)
    }

    async fn place(&self) -> AppResult<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(FOR_A_PLACE, self.at_once.acquire()).await;
        let place = place.map_err(|_| AppError::Overloaded)?;
        place.map_err(|closed| AppError::Unavailable(closed.into()))
    }

    async fn departure(&self) -> Result<Departure, Failure> {
        let metadata = self.describe().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.company.scopes.iter();
        let (url, state, nonce) = self
            .client(&metadata)
            .disable_openid_scope()
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        if !is_safe(&url) {
            return Err(Failure::Untrusted("its sign-in page is not on https"));
        }
        Ok(Departure {
            url,
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    async fn identity(&self, arrival: Arrival<'_>) -> Result<Identity, Failure> {
        let mut metadata = self.describe().await?;
        match arrival.issuer {
            Some(issuer) if issuer != self.issuer.as_str() => {
                return Err(Failure::Untrusted("the answer names another issuer"));
            }
            None if metadata
                .additional_metadata()
                .authorization_response_iss_parameter_supported =>
            {
                return Err(Failure::Untrusted("the answer names no issuer"));
            }
            _ => {}
        }
        let tokens = self
            .client(&metadata)
            .exchange_code(AuthorizationCode::new(arrival.code.to_owned()))
            .map_err(|_| Failure::Untrusted("it has no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(arrival.verifier))
            .request_async(&self.http)
            .await?;
        let nonce = Nonce::new(arrival.nonce);
        let mut claims = self.verified(&metadata, &tokens, &nonce);
        if matches!(claims, Err(Failure::UnknownKey)) {
            // It may have changed its keys since it was asked.
            *self.described.lock().await = None;
            metadata = self.describe().await?;
            claims = self.verified(&metadata, &tokens, &nonce);
        }
        let claims = claims?;
        let told = self.told_elsewhere(&metadata, &tokens, claims).await?;
        self.read(claims, told.as_ref())
    }

    /// What the provider says about itself, with its keys.
    async fn describe(&self) -> Result<Arc<Metadata>, Failure> {
        // Held while it is asked for: those who come meanwhile wait for the one answer.
        let mut described = self.described.lock().await;
        if let Some((since, metadata)) = described.as_ref()
            && since.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(metadata));
        }
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await?;
        let metadata = Arc::new(metadata);
        *described = Some((Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }

    fn client(&self, metadata: &Metadata) -> OurClient {
        let secret = ClientSecret::new(self.company.client_secret.to_string());
        let id = ClientId::new(self.company.client_id.clone());
        let client = OurClient::from_provider_metadata(metadata.clone(), id, Some(secret))
            .set_redirect_uri(self.return_url.clone());
        // Where nothing is said, it is the header.
        let ways = metadata.token_endpoint_auth_methods_supported();
        let takes_header =
            ways.is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
        client.set_auth_type(if takes_header {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        })
    }

    fn verified<'a>(
        &self,
        metadata: &Metadata,
        tokens: &'a Tokens,
        nonce: &Nonce,
    ) -> Result<&'a IdTokenClaims<OtherClaims, CoreGenderClaim>, Failure> {
        let token = tokens
            .id_token()
            .ok_or(Failure::Untrusted("there is no identity token"))?;
        let client = self.client(metadata);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(|| clock::now().and_utc());
        let claims = token.claims(&verifier, nonce)?;
        // The library looks at the end of its time alone.
        let from = claims
            .additional_claims()
            .0
            .get("nbf")
            .and_then(Value::as_i64);
        let latest = (clock::now() + CLOCKS_DIFFER).and_utc().timestamp();
        if from.is_some_and(|from| from > latest) {
            return Err(Failure::Untrusted("the identity token is not valid yet"));
        }
        Ok(claims)
    }

    /// Some providers tell groups and names only to who asks with the access token, which serves for that and is dropped.
    async fn told_elsewhere(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>,
    ) -> Result<Option<UserInfoClaims<OtherClaims, CoreGenderClaim>>, Failure> {
        let has_roles = claims
            .additional_claims()
            .0
            .contains_key(&self.company.roles_claim);
        if has_roles && claims.preferred_username().is_some()
            || metadata.userinfo_endpoint().is_none()
        {
            return Ok(None);
        }
        let client = self.client(metadata);
        let subject = Some(claims.subject().clone());
        let request = client
            .user_info(tokens.access_token().clone(), subject)
            .map_err(|_| Failure::Untrusted("it has no place to ask about people"))?;
        Ok(Some(request.request_async(&self.http).await?))
    }

    fn read(
        &self,
        claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>,
        told: Option<&UserInfoClaims<OtherClaims, CoreGenderClaim>>,
    ) -> Result<Identity, Failure> {
        let subject = claims.subject().as_str();
        // As the standard says; it is written into the database as it is.
        if subject.is_empty()
            || subject.len() > 255
            || !subject.is_ascii()
            || subject.contains('\0')
        {
            return Err(Failure::Untrusted("its subject is malformed"));
        }
        let claim = &self.company.roles_claim;
        let values = claims.additional_claims().0.get(claim);
        let values = values.or_else(|| told?.additional_claims().0.get(claim));
        if values.is_none() {
            // The likeliest mistake of a new installation.
            tracing::warn!(claim, "the provider tells nothing in the claim for roles");
        }
        let username = claims.preferred_username();
        let username = username.or_else(|| told?.preferred_username());
        let email = claims.email().or_else(|| told?.email());
        let username = username.map(|name| name.as_str());
        let email = email.map(|email| email.as_str());
        Ok(Identity {
            issuer: self.issuer.as_str().to_owned(),
            subject: subject.to_owned(),
            names: [username, email]
                .into_iter()
                .flatten()
                .map(str::to_owned)
                .collect(),
            role: self.company.roles.highest(texts(values)),
        })
    }
}

/// A claim is one text, or a list of them.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

async fn within_time<T>(
    conversation: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(WHOLE, conversation)
        .await
        .unwrap_or_else(|_| Err(Failure::Unreachable("no answer in time".to_owned())))
}
