use std::fmt;

/// What an account may do, named as Genesys Cloud names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    ContactView,
    ContactAdd,
    ContactEdit,
    ContactDelete,
    ImportAdd,
    ImportView,
    UserManage,
}

impl Right {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactView => "externalContacts:contact:view",
            Self::ContactAdd => "externalContacts:contact:add",
            Self::ContactEdit => "externalContacts:contact:edit",
            Self::ContactDelete => "externalContacts:contact:delete",
            Self::ImportAdd => "externalContacts:importJob:add",
            Self::ImportView => "externalContacts:importJob:view",
            Self::UserManage => "directory:user:manage",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of rights that an account is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Agent,
    Coordinator,
    Administrator,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Agent, Self::Coordinator, Self::Administrator];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Coordinator => "coordinator",
            Self::Administrator => "administrator",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    pub fn has(self, right: Right) -> bool {
        match right {
            Right::ContactView => true,
            Right::ContactAdd
            | Right::ContactEdit
            | Right::ContactDelete
            | Right::ImportAdd
            | Right::ImportView => self != Self::Agent,
            Right::UserManage => self == Self::Administrator,
        }
    }
}
