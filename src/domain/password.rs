use super::Fault;

/// Fewest characters of a new password.
pub const PASSWORD_MIN: usize = 10;
/// Most characters of a password: a bound on the work of hashing, far above any passphrase.
pub const PASSWORD_MAX: usize = 200;

/// A password that may be set. Neither shown nor logged.
pub struct NewPassword(String);

impl NewPassword {
    /// Length alone decides: rules of composition make passwords worse.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooShort`], [`Fault::TooLong`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        match raw.chars().count() {
            0 => Err(Fault::Missing),
            length if length < PASSWORD_MIN => Err(Fault::TooShort { min: PASSWORD_MIN }),
            length if length > PASSWORD_MAX => Err(Fault::TooLong {
                length,
                max: PASSWORD_MAX,
            }),
            _ => Ok(Self(raw.to_owned())),
        }
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}
