//! Hashing of passwords: Argon2id with the crate's parameters (19 MiB, two passes), in a salted PHC string.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::domain::{NewPassword, PASSWORD_MAX};
use crate::error::{AppError, AppResult};

/// Hashes computed at once: each takes a core and 19 MiB, and pages want a core too.
const AT_ONCE: usize = 2;

/// Those that wait for one: an office that signs in at nine, for a second at most.
const WAITING: usize = 32;

/// The hash of a password that nobody knows: an unknown account takes as long as a known one.
static DECOY: LazyLock<AppResult<String>> =
    LazyLock::new(|| hash_now(&crate::base::random::random_hex::<16>()));

fn decoy() -> AppResult<&'static str> {
    match &*DECOY {
        Ok(hash) => Ok(hash),
        Err(error) => Err(AppError::Internal(anyhow::anyhow!("{error}"))),
    }
}

/// A bounded way to the hash function; clones share the bound.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// The host that people type, which names the organization: no part of a password.
    organization: Arc<str>,
}

impl Passwords {
    pub fn new(organization: &str) -> Self {
        // Beside the start, which would take twice as long with it. Who comes first waits for it.
        std::thread::spawn(|| LazyLock::force(&DECOY));
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            organization: organization.into(),
        }
    }

    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// # Errors
    /// [`AppError::Overloaded`], and a fault of the hash function.
    pub async fn hash(&self, password: &NewPassword) -> AppResult<String> {
        self.hash_text(password.expose()).await
    }

    /// The hash of a password that was right, with the parameters of today; none where `hash` has them.
    ///
    /// # Errors
    /// A fault of the hash function.
    pub async fn renewed(&self, password: &str, hash: &str) -> AppResult<Option<String>> {
        if parameters(hash) == parameters(decoy()?) {
            return Ok(None);
        }
        self.hash_text(password).await.map(Some)
    }

    async fn hash_text(&self, password: &str) -> AppResult<String> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || hash_now(&password)).await
    }

    /// The hash of a password that nobody knows: of an account that has none yet.
    ///
    /// # Errors
    /// A fault of the hash function.
    pub fn of_nobody() -> AppResult<String> {
        decoy().map(str::to_owned)
    }

    /// Whether `password` is the one behind `hash`; without a hash, as slowly, no.
    ///
    /// # Errors
    /// [`AppError::Overloaded`], and a stored hash that is none.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> AppResult<bool> {
        if password.chars().count() > PASSWORD_MAX {
            return Ok(false);
        }
        let password = Zeroizing::new(password.to_owned());
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => Self::of_nobody()?,
        };
        self.run(move || {
            let hash = PasswordHash::new(&hash).map_err(|_| {
                AppError::Internal(anyhow::anyhow!("a stored password hash is damaged"))
            })?;
            Ok(Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
                && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> AppResult<T> + Send + 'static,
    ) -> AppResult<T> {
        let waiting = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| AppError::Overloaded)?;
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|closed| AppError::Internal(closed.into()))?;
        tokio::task::spawn_blocking(move || {
            // Given back when the work is over, also where nobody waits for its answer any more.
            let _held = (waiting, place);
            work()
        })
        .await
        .map_err(|error| AppError::Internal(error.into()))?
    }
}

/// All of a PHC string but its salt and its hash.
fn parameters(hash: &str) -> Option<&str> {
    hash.rsplitn(3, '$').nth(2)
}

/// For the command line, which has nobody to wait for.
///
/// # Errors
/// A fault of the hash function.
pub(crate) fn hash_now(password: &str) -> AppResult<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| {
            AppError::Internal(anyhow::anyhow!("a password could not be hashed: {error}"))
        })
}

#[cfg(test)]
mod tests {
    use super::hash_now;

    #[test]
    fn password_hashes_have_the_written_parameters() {
        let hash = hash_now("correct horse battery").unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_ne!(hash, hash_now("correct horse battery").unwrap(), "salted");
    }
}
