use super::Fault;
use super::text::tidy;

/// The form of address of a recipient. 4CE's page also limits the field to three characters, which its own value `Mlle`
/// exceeds; the three values take precedence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Civility {
    #[default]
    M,
    Mme,
    Mlle,
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

    /// Accepts any case, and `M` without its point; an empty text means `M.`.
    ///
    /// # Errors
    /// [`Fault::UnknownCivility`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let text = &*tidy(raw);
        if text.is_empty() || text.eq_ignore_ascii_case("m") {
            return Ok(Self::M);
        }
        Self::ALL
            .into_iter()
            .find(|civility| civility.as_str().eq_ignore_ascii_case(text))
            .ok_or(Fault::UnknownCivility)
    }
}
