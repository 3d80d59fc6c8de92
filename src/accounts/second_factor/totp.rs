//! Time-based one-time passwords (RFC 6238): six digits of SHA-1 every thirty seconds, the only kind that every app supports.

use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::base::clock;
use crate::base::random::random_bytes;
use crate::error::{AppError, AppResult};

const DIGITS: u8 = 6;
const SECONDS: u64 = 30;
/// The number of steps before and after the current one whose codes are accepted, because clocks differ, and typing takes time.
const TOLERANCE: u16 = 1;

/// The shared secret of the app and Carnet: 160 bits. Its memory is overwritten when it is dropped.
pub struct Key(Totp);

impl Key {
    /// A new random key.
    ///
    /// # Errors
    /// The library refuses its own kind of key, which is a fault of the program.
    pub fn fresh() -> AppResult<Self> {
        Self::of(Secret::from(random_bytes::<20>()))
    }

    /// Parses a stored key.
    ///
    /// # Errors
    /// The stored text is not a key.
    pub fn parse(base32: &str) -> AppResult<Self> {
        Self::of(Secret::try_from_base32(base32).map_err(|_| damaged())?)
    }

    fn of(secret: Secret) -> AppResult<Self> {
        builder(secret).build().map(Self).map_err(|_| damaged())
    }

    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.secret().to_base32())
    }

    /// The key in groups of four characters, for typing.
    pub fn groups(&self) -> Zeroizing<String> {
        let base32 = self.base32();
        let mut groups = Zeroizing::new(String::with_capacity(2 * base32.len()));
        for (place, c) in base32.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                groups.push(' ');
            }
            groups.push(c);
        }
        groups
    }

    /// The address that apps read from a QR code. `host` distinguishes books; it can be empty.
    ///
    /// # Errors
    /// The library refuses a name, which is a fault of the program.
    pub fn address(&self, username: &str, host: &str) -> AppResult<Zeroizing<String>> {
        builder(self.0.secret().clone())
            .with_issuer(Some(format!("Carnet {host}").trim_end()))
            // In the address, `:` separates issuer and name.
            .with_account_name(username.replace(':', " "))
            .build()
            .and_then(|named| named.to_url())
            .map(Zeroizing::new)
            .map_err(|_| damaged())
    }

    /// The time step of a code, if the code is accepted now.
    pub fn step_of(&self, code: &str) -> Option<i64> {
        let seconds = u64::try_from(clock::now().and_utc().timestamp()).ok()?;
        i64::try_from(self.0.check(code, seconds)?).ok()
    }
}

/// The last time step whose code is accepted now, by the clock of any node.
pub fn furthest_step() -> i64 {
    let latest = clock::now() + clock::APART;
    latest.and_utc().timestamp() / SECONDS as i64 + i64::from(TOLERANCE)
}

/// Returns `true` for a text with the form of an app's code, which differs from recovery codes.
pub fn is_code(text: &str) -> bool {
    text.len() == usize::from(DIGITS) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn builder(secret: Secret) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(SECONDS)
        .with_skew(TOLERANCE)
        .with_secret(secret)
}

/// An error without the library's message, which may repeat the key.
fn damaged() -> AppError {
    AppError::Internal(anyhow::anyhow!("the key of a second factor is damaged"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits. Its key has 20 bytes, here in base32.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = Key::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037"), (20_000_000_000, "353130")]
        {
            assert_eq!(key.0.generate(seconds).to_string(), code);
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_one_step_late_and_no_more() {
        let key = Key::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let code = key.0.generate(59).to_string();
        for (seconds, taken) in [(0, true), (30, true), (89, true), (90, false), (150, false)] {
            assert_eq!(key.0.check(&code, seconds), taken.then_some(1), "{seconds}");
        }
    }

    #[test]
    fn a_key_has_160_bits_of_its_own_and_is_shown_in_groups_of_four() {
        let (one, other) = (Key::fresh().unwrap(), Key::fresh().unwrap());
        assert_eq!(one.0.secret().as_bytes().len(), 20);
        assert_ne!(one.base32(), other.base32());
        assert_eq!(one.groups().replace(' ', ""), *one.base32());
        assert_eq!(one.groups().split(' ').count(), 8);
        assert!(one.groups().split(' ').all(|group| group.len() == 4));
        assert_eq!(Key::parse(&one.base32()).unwrap().base32(), one.base32());
    }

    #[test]
    fn the_address_names_book_and_account_and_holds_the_key() {
        let key = Key::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let address = key.address("Zoé: l’une", "carnet.example").unwrap();
        let read = Totp::from_url(address.as_str()).unwrap();
        assert_eq!(read.issuer(), Some("Carnet carnet.example"));
        assert_eq!(read.account_name(), "Zoé  l’une");
        assert_eq!(read.secret().to_base32(), *key.base32());
        assert_eq!((read.digits(), read.step()), (6, 30));
        assert!(
            key.address("a", "").unwrap().contains("issuer=Carnet&")
                || key.address("a", "").unwrap().ends_with("issuer=Carnet")
        );
    }
}
