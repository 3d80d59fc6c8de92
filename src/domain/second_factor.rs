use super::Role;

/// Whose accounts must have a second factor, by the administrators' choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorFor {
    Nobody,
    Administrators,
    /// And administrators.
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
