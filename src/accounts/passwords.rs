//! Hashes passwords with Argon2id and the crate's parameters (19 MiB, two passes), in a salted PHC string.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::domain::{NewPassword, PASSWORD_MAX};
use crate::error::{AppError, AppResult};

/// The number of hashes computed at once. Each takes a core and 19 MiB, and pages need a core too.
const AT_ONCE: usize = 2;

/// The number of hashes that may wait for a core; more are refused. It is enough for an office where everybody signs in at nine,
/// and nobody waits for more than a second.
const WAITING: usize = 32;

/// The hash of a password that nobody knows, so that an unknown account takes as long as a known one.
static DECOY: LazyLock<AppResult<String>> =
    LazyLock::new(|| hash_now(&crate::base::random::random_hex::<16>()));

fn decoy() -> AppResult<&'static str> {
    match &*DECOY {
        Ok(hash) => Ok(hash),
        Err(error) => Err(AppError::Internal(anyhow::anyhow!("{error}"))),
    }
}

/// A limited access to the hash function. All clones share the limit.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// The server's host name, which names the organization. A password must not consist of it.
    organization: Arc<str>,
}

impl Passwords {
    pub fn new(organization: &str) -> Self {
        // On another thread, because the start would take twice as long with it. The first sign-in waits for it.
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

    /// Hashes a password.
    ///
    /// # Errors
    /// [`AppError::Overloaded`], and a fault of the hash function.
    pub async fn hash(&self, password: &NewPassword) -> AppResult<String> {
        self.hash_text(password.expose()).await
    }

    /// A new hash of a correct password with the current parameters; `None` if `hash` already has them.
    ///
    /// # Errors
    /// Those of [`Passwords::hash`].
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

    /// The hash of a password that nobody knows, for an account without a password.
    ///
    /// # Errors
    /// A fault of the hash function.
    pub fn of_nobody() -> AppResult<String> {
        decoy().map(str::to_owned)
    }

    /// Returns `true` if `password` belongs to `hash`. Without a hash it returns `false` after the same time.
    ///
    /// # Errors
    /// [`AppError::Overloaded`], and a damaged stored hash.
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
            let hash = PasswordHash::new(&hash)
                .map_err(|_| AppError::Internal(anyhow::anyhow!("a stored password hash is damaged")))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> AppResult<T> + Send + 'static,
    ) -> AppResult<T> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| AppError::Overloaded)?;
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|closed| AppError::Internal(closed.into()))?;
        tokio::task::spawn_blocking(move || {
            // Released when the work ends, even if the client no longer waits for the answer.
            let _held = (waiting, place);
            work()
        })
        .await
        .map_err(|error| AppError::Internal(error.into()))?
    }
}

/// The part of a PHC string before its salt and its hash.
fn parameters(hash: &str) -> Option<&str> {
    hash.rsplitn(3, '$').nth(2)
}

/// Hashes on the current thread, without waiting, for the command line.
///
/// # Errors
/// A fault of the hash function.
pub(crate) fn hash_now(password: &str) -> AppResult<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AppError::Internal(anyhow::anyhow!("a password could not be hashed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::hash_now;

    #[test]
    fn password_hashes_have_the_written_parameters() {
        let hash = hash_now("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hash_now("correct horse battery").unwrap(), "salted");
    }
}
