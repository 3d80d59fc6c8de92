use super::Fault;
use super::text::tidy;

/// The form of address of a recipient; a contact may have none. 4CE's page also limits the field to three characters, which its
/// own value `Mlle` exceeds; the three values take precedence. The default is that of a new contact from the strict file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Civility {
    #[default]
    M,
    Mme,
    Mlle,
}

/// What a civility tells about a person, for French texts that agree with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    Man,
    Woman,
}

impl Civility {
    pub const ALL: [Self; 3] = [Self::M, Self::Mme, Self::Mlle];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::M => "M.",
            Self::Mme => "Mme",
            Self::Mlle => "Mlle",
        }
    }

    /// Accepts any case, and `M` without its point. An empty text is no civility.
    ///
    /// # Errors
    /// [`Fault::UnknownCivility`]
    pub fn parse(raw: &str) -> Result<Option<Self>, Fault> {
        let text = &*tidy(raw);
        if text.is_empty() {
            return Ok(None);
        }
        if text.eq_ignore_ascii_case("m") {
            return Ok(Some(Self::M));
        }
        let mut known = Self::ALL.into_iter();
        let found = known.find(|civility| civility.as_str().eq_ignore_ascii_case(text));
        found.map(Some).ok_or(Fault::UnknownCivility)
    }

    /// The gender that a stored civility tells; `None` for no civility, about which texts are neutral.
    pub fn gender(stored: &str) -> Option<Gender> {
        match Self::parse(stored).ok()?? {
            Self::M => Some(Gender::Man),
            Self::Mme | Self::Mlle => Some(Gender::Woman),
        }
    }
}
