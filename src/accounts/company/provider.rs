//! The company's OpenID Connect provider: the URL to send people to, and their identity when they return.

use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::PkceCodeChallenge;
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::claims::Person;
use super::description::Description;
use super::failure::Failure;
use super::http::Http;
use super::token::{self, Parties};
use crate::base::random::random_hex;
use crate::config::{Company, is_safe};
use crate::domain::Role;
use crate::error::{AppError, AppResult};

/// How long the provider's description is cached. Unknown keys make Carnet ask again immediately.
const BELIEVED: Duration = Duration::from_secs(600);
/// The number of sign-ins that contact the provider at once, so that a slow provider does not hold the places of other requests.
const AT_ONCE: usize = 8;
/// How long a sign-in waits for its turn.
const FOR_A_PLACE: Duration = Duration::from_secs(2);
/// The time limit for all requests to the provider in one step of a sign-in.
const WHOLE: Duration = Duration::from_secs(10);

/// A person's identity, according to the provider.
#[derive(Debug)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// Names for a new account, the best first.
    pub names: Vec<String>,
    /// The claims for the display name and the e-mail, where they are texts.
    pub name: Option<String>,
    pub email: Option<String>,
    /// The highest role that the claim gives.
    pub role: Option<Role>,
}

/// The provider's URL for a sign-in, and the values that the return must match.
pub struct Departure {
    pub url: Url,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// The values of a return whose `state` matched.
pub struct Arrival<'a> {
    pub code: &'a str,
    pub issuer: Option<&'a str>,
    pub nonce: String,
    pub verifier: String,
}

/// The provider's tokens for a code.
#[derive(Deserialize)]
struct Tokens {
    id_token: Option<Zeroizing<String>>,
    access_token: Option<Zeroizing<String>>,
}

/// The provider's answer instead of tokens.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

pub struct Provider {
    company: Company,
    http: Http,
    at_once: Semaphore,
    described: Mutex<Option<(Instant, Arc<Description>)>>,
}

impl Provider {
    /// Does not contact the provider yet, so that Carnet can start while the provider is down.
    ///
    /// # Errors
    /// The issuer is not a URL, or the system's certificate authorities cannot be read.
    pub fn new(company: Company) -> anyhow::Result<Self> {
        Ok(Self {
            http: Http::new(&Url::parse(&company.issuer)?)?,
            company,
            at_once: Semaphore::new(AT_ONCE),
            described: Mutex::new(None),
        })
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`AppError::Overloaded`]. The inner error is the reason why the provider cannot be used.
    pub async fn depart(&self) -> AppResult<Result<Departure, Failure>> {
        let _held = self.place().await?;
        Ok(within_time(self.departure()).await)
    }

    /// Finishes a sign-in.
    ///
    /// # Errors
    /// [`AppError::Overloaded`]. The inner error is the reason why the return is not trusted.
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
        let description = self.describe().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (random_hex::<16>(), random_hex::<16>());
        let mut url = description.sign_in_page.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.company.client_id)
            .append_pair("redirect_uri", self.company.return_url.as_str())
            .append_pair("scope", &self.company.scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method().as_str());
        if !is_safe(&url) {
            return Err(Failure::Untrusted("its sign-in page is not https"));
        }
        Ok(Departure { url, state, nonce, verifier: verifier.into_secret() })
    }

    async fn identity(&self, arrival: Arrival<'_>) -> Result<Identity, Failure> {
        let mut description = self.describe().await?;
        match arrival.issuer {
            Some(issuer) if issuer != self.company.issuer => {
                return Err(Failure::Untrusted("the answer names another issuer"));
            }
            None if description.names_issuer => {
                return Err(Failure::Untrusted("the answer names no issuer"));
            }
            _ => {}
        }
        let tokens = self.tokens(&description, &arrival).await?;
        let token = tokens.id_token.as_ref();
        let token = token.ok_or(Failure::Untrusted("there is no identity token"))?;
        let verified = |description: &Description| {
            token::identity(token, &description.keys, &self.parties(), &arrival.nonce)
        };
        let mut claims = verified(&description);
        if matches!(claims, Err(Failure::UnknownKey)) {
            // The provider may have changed its keys since they were loaded.
            *self.described.lock().await = None;
            description = self.describe().await?;
            claims = verified(&description);
        }
        let person = Person::read(&claims?, &self.company.roles_claim)?;
        let told = self.told_elsewhere(&description, &tokens, &person).await?;
        Ok(self.identity_of(person, told))
    }

    /// The provider's description with its keys, from the cache if it is fresh.
    async fn describe(&self) -> Result<Arc<Description>, Failure> {
        // Locked during the request, so that concurrent sign-ins wait for one answer.
        let mut described = self.described.lock().await;
        if let Some((since, description)) = described.as_ref()
            && since.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(description));
        }
        let description = Description::ask(&self.company.issuer, &self.http).await?;
        let description = Arc::new(description);
        *described = Some((Instant::now(), Arc::clone(&description)));
        Ok(description)
    }

    fn parties(&self) -> Parties<'_> {
        Parties { issuer: &self.company.issuer, client: &self.company.client_id }
    }

    async fn tokens(&self, description: &Description, arrival: &Arrival<'_>) -> Result<Tokens, Failure> {
        let (id, secret) = (&self.company.client_id, &self.company.client_secret);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", arrival.code)
            .append_pair("redirect_uri", self.company.return_url.as_str())
            .append_pair("code_verifier", &arrival.verifier);
        let mut request = self.http.post(&description.token_endpoint);
        if description.takes_header {
            // Both are form-encoded before they go into the header (RFC 6749, 2.3.1).
            request = request.basic_auth(encoded(id), Some(encoded(secret).as_str()));
        } else {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
        }
        let answer = self.http.send(with_form(request, form.finish())).await?;
        let unreadable = || Failure::Untrusted("its answer about the code cannot be read");
        if answer.status.is_success() {
            return serde_json::from_slice(&answer.body).map_err(|_| unreadable());
        }
        let refusal: Refusal = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        Err(Failure::no_token(&refusal.error))
    }

    /// The claims from the provider's user-info endpoint, if groups or names are missing: some providers send them only there.
    /// The access token is used for this request and dropped.
    async fn told_elsewhere(
        &self,
        description: &Description,
        tokens: &Tokens,
        person: &Person,
    ) -> Result<Option<Person>, Failure> {
        if person.roles.is_some() && person.username.is_some() {
            return Ok(None);
        }
        let (Some(place), Some(token)) = (&description.user_info, &tokens.access_token) else {
            return Ok(None);
        };
        let request = self.http.get(place).bearer_auth(token.as_str());
        let answer = self.http.send(request).await?;
        if !answer.status.is_success() {
            let status = answer.status;
            return Err(Failure::Unreachable(format!("the request for user info returned {status}")));
        }
        let claims = if answer.media_type == "application/jwt" {
            let token = std::str::from_utf8(&answer.body).unwrap_or_default();
            token::told(token, &description.keys, &self.parties())?
        } else {
            answer.body
        };
        let told = Person::read(&claims, &self.company.roles_claim)?;
        if told.subject != person.subject {
            return Err(Failure::Untrusted("its user info is about another person"));
        }
        Ok(Some(told))
    }

    fn identity_of(&self, person: Person, told: Option<Person>) -> Identity {
        let (roles, username, email, name) = match told {
            Some(told) => (told.roles, told.username, told.email, told.name),
            None => (None, None, None, None),
        };
        let values = person.roles.or(roles);
        if values.is_none() {
            // The most likely mistake of a new installation.
            let claim = &self.company.roles_claim;
            tracing::warn!(claim, "the provider did not send the claim for roles");
        }
        let values = values.unwrap_or_default();
        let email = person.email.or(email);
        let names = [person.username.or(username), email.clone()];
        Identity {
            issuer: self.company.issuer.clone(),
            subject: person.subject,
            names: names.into_iter().flatten().collect(),
            name: person.name.or(name),
            email,
            role: self.company.roles.highest(values.iter().map(String::as_str)),
        }
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn with_form(request: RequestBuilder, form: String) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
}

async fn within_time<T>(conversation: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(WHOLE, conversation)
        .await
        .unwrap_or_else(|_| Err(Failure::Unreachable("no answer in time".to_owned())))
}
