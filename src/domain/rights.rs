use std::fmt;

/// The rights of accounts, with the names of Genesys Cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    ContactView,
    ContactAdd,
    ContactEdit,
    ContactDelete,
    ImportAdd,
    ImportView,
    ExportAdd,
    OrganizationView,
    OrganizationAdd,
    OrganizationEdit,
    OrganizationDelete,
    /// Add notes, and edit or delete the notes of the account itself.
    NoteAdd,
    /// Edit contact types and their fields.
    CustomFieldsEdit,
    UserManage,
    SettingsEdit,
    AuditView,
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
            Self::ExportAdd => "externalContacts:export:add",
            Self::OrganizationView => "externalContacts:externalOrganization:view",
            Self::OrganizationAdd => "externalContacts:externalOrganization:add",
            Self::OrganizationEdit => "externalContacts:externalOrganization:edit",
            Self::OrganizationDelete => "externalContacts:externalOrganization:delete",
            Self::NoteAdd => "externalContacts:note:add",
            Self::CustomFieldsEdit => "externalContacts:customFields:edit",
            Self::UserManage => "directory:user:manage",
            Self::SettingsEdit => "settings:edit",
            Self::AuditView => "audit:view",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of rights. Each account has one role.
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
            Right::ContactView | Right::OrganizationView | Right::NoteAdd => true,
            Right::ContactAdd
            | Right::ContactEdit
            | Right::ContactDelete
            | Right::ImportAdd
            | Right::ImportView
            | Right::ExportAdd
            | Right::OrganizationAdd
            | Right::OrganizationEdit
            | Right::OrganizationDelete => self != Self::Agent,
            Right::CustomFieldsEdit
            | Right::UserManage
            | Right::SettingsEdit
            | Right::AuditView => self == Self::Administrator,
        }
    }
}
