use zeroize::Zeroizing;

use super::Fault;

mod guess;

/// Fewest characters of a new password.
pub const PASSWORD_MIN: usize = 10;
/// Most characters of a password: a bound on the work of hashing, far above any passphrase.
pub const PASSWORD_MAX: usize = 200;

/// A password that may be set. Neither shown nor logged, and overwritten in memory when it is dropped.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Length decides, and whether it is among the first that are guessed, by itself or knowing `names`: of the account, of
    /// the organization. Any character counts, none is asked for: rules of composition make passwords worse.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooShort`], [`Fault::TooLong`], [`Fault::CommonPassword`],
    /// [`Fault::RepeatedCharacters`], [`Fault::KnownWords`]
    pub fn parse(raw: &str, names: &[&str]) -> Result<Self, Fault> {
        match raw.chars().count() {
            0 => return Err(Fault::Missing),
            length if length < PASSWORD_MIN => return Err(Fault::TooShort { min: PASSWORD_MIN }),
            length if length > PASSWORD_MAX => {
                return Err(Fault::TooLong {
                    length,
                    max: PASSWORD_MAX,
                });
            }
            _ => {}
        }
        guess::judge(raw, names)?;
        Ok(Self(Zeroizing::new(raw.to_owned())))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}
