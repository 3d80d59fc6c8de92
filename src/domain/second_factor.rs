use super::Role;

/// The administrators' choice of the accounts that must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorFor {
    Nobody,
    Administrators,
    /// Coordinators and administrators.
    Coordinators,
    Everybody,
}

impl SecondFactorFor {
    pub const ALL: [Self; 4] = [
        Self::Nobody,
        Self::Administrators,
        Self::Coordinators,
        Self::Everybody,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Administrators => "administrators",
            Self::Coordinators => "coordinators",
            Self::Everybody => "everybody",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text)
    }

    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Nobody => false,
            Self::Administrators => role == Role::Administrator,
            Self::Coordinators => role != Role::Agent,
            Self::Everybody => true,
        }
    }
}
