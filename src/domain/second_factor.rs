use super::Role;
use crate::base::text_enum;

text_enum! {
    /// The administrators' choice of the accounts that must have a second factor.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum SecondFactorFor {
        Nobody = "nobody",
        Administrators = "administrators",
        /// Coordinators and administrators.
        Coordinators = "coordinators",
        Everybody = "everybody",
    }
}

impl SecondFactorFor {
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Nobody => false,
            Self::Administrators => role == Role::Administrator,
            Self::Coordinators => role != Role::Agent,
            Self::Everybody => true,
        }
    }
}
