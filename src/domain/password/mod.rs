use zeroize::Zeroizing;

use super::Fault;

mod guess;

/// The smallest number of characters of a new password.
pub const PASSWORD_MIN: usize = 10;
/// The largest number of characters of a password. It bounds the work of hashing, and is far above any passphrase.
pub const PASSWORD_MAX: usize = 200;

/// A valid new password. It is neither shown nor logged, and its memory is overwritten when it is dropped.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Checks the length, and refuses passwords that are guessed first, including those made of `names` (the account's, the
    /// organization's). Any character is allowed and none is required, because rules of composition make passwords worse.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooShort`], [`Fault::TooLong`], [`Fault::CommonPassword`],
    /// [`Fault::RepeatedCharacters`], [`Fault::KnownWords`]
    pub fn parse(raw: &str, names: &[&str]) -> Result<Self, Fault> {
        match raw.chars().count() {
            0 => return Err(Fault::Missing),
            length if length < PASSWORD_MIN => return Err(Fault::TooShort { min: PASSWORD_MIN }),
            length if length > PASSWORD_MAX => {
                return Err(Fault::TooLong { length, max: PASSWORD_MAX });
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
