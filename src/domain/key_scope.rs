use super::Role;
use crate::base::text_enum;

text_enum! {
    /// What a program may do with a key, from little to much; each includes those before it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum KeyScope {
        /// Look somebody up by number or e-mail.
        Lookup = "lookup",
        Read = "read",
        Write = "write",
    }
}

impl KeyScope {
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }

    /// Returns `true` if an account with this role may have a key of this scope.
    pub fn is_for(self, role: Role) -> bool {
        self != Self::Write || role != Role::Agent
    }
}
