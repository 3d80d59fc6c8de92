use std::fmt;

use crate::base::text_enum;

text_enum! {
    /// The rights of accounts, with the names of Genesys Cloud.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Right {
        ContactView = "externalContacts:contact:view",
        ContactAdd = "externalContacts:contact:add",
        ContactEdit = "externalContacts:contact:edit",
        ContactDelete = "externalContacts:contact:delete",
        ImportAdd = "externalContacts:importJob:add",
        ImportView = "externalContacts:importJob:view",
        /// Edit the profiles by which lists are read.
        ImportProfileEdit = "externalContacts:importProfile:edit",
        ExportAdd = "externalContacts:export:add",
        OrganizationView = "externalContacts:externalOrganization:view",
        OrganizationAdd = "externalContacts:externalOrganization:add",
        OrganizationEdit = "externalContacts:externalOrganization:edit",
        OrganizationDelete = "externalContacts:externalOrganization:delete",
        /// Add notes, and edit or delete the notes of the account itself.
        NoteAdd = "externalContacts:note:add",
        /// Edit contact types and their fields.
        CustomFieldsEdit = "externalContacts:customFields:edit",
        UserManage = "directory:user:manage",
        SettingsEdit = "settings:edit",
        AuditView = "audit:view",
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_enum! {
    /// A set of rights. Each account has one role.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
    pub enum Role {
        Agent = "agent",
        Coordinator = "coordinator",
        Administrator = "administrator",
    }
}

impl Role {
    pub fn has(self, right: Right) -> bool {
        match right {
            Right::ContactView | Right::OrganizationView | Right::NoteAdd => true,
            Right::ContactAdd
            | Right::ContactEdit
            | Right::ContactDelete
            | Right::ImportAdd
            | Right::ImportView
            | Right::ImportProfileEdit
            | Right::ExportAdd
            | Right::OrganizationAdd
            | Right::OrganizationEdit
            | Right::OrganizationDelete => self != Self::Agent,
            Right::CustomFieldsEdit | Right::UserManage | Right::SettingsEdit | Right::AuditView => {
                self == Self::Administrator
            }
        }
    }
}
