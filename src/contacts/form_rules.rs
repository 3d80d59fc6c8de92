//! The part of a contact's form that only the database knows.

use std::collections::HashMap;

use super::form::Typed;
use crate::book::contact::ContactSummary;
use crate::book::contact_types::{self, ContactType, CustomField};
use crate::book::write::Profile;
use crate::book::{aliases, organizations};
use crate::db::AnyConnection;
use crate::domain::{Email, Field};
use crate::error::AppResult;

/// The most organizations that a search in the form offers.
const OFFERED: i64 = 10;

/// The types, the fields of the chosen type, and the organization with the typed name.
#[derive(Debug, Default)]
pub struct Rules {
    /// The types that can be chosen.
    pub types: Vec<ContactType>,
    pub chosen_type: Option<ContactType>,
    /// The fields of the chosen type.
    pub fields: Vec<CustomField>,
    pub organization: Option<(i64, String)>,
    /// Similar names, if no organization has the typed name.
    pub offered: Vec<String>,
    /// Another contact that had the typed e-mail before a merge, if the user has not been told yet.
    pub former: Option<ContactSummary>,
}

/// What the forms of one transaction have looked up: each name is looked up once, however many forms have it.
#[derive(Debug, Default)]
pub struct Lookups {
    types: Option<Vec<ContactType>>,
    /// The types by typed names.
    named: HashMap<String, Option<ContactType>>,
    /// The fields in use by types.
    fields: HashMap<i64, Vec<CustomField>>,
    /// The organizations by typed names.
    organizations: HashMap<String, FoundOrganization>,
}

/// The organization with a typed name.
#[derive(Debug, Clone, Default)]
struct FoundOrganization {
    found: Option<(i64, String)>,
    /// Similar names, if no organization has this name.
    offered: Vec<String>,
}

impl Rules {
    pub fn load(conn: &mut AnyConnection, typed: &Typed, profile: Option<&Profile>) -> AppResult<Self> {
        Self::load_with(&mut Lookups::default(), conn, typed, profile)
    }

    /// Like [`Rules::load`], for one of many forms.
    pub fn load_with(
        lookups: &mut Lookups,
        conn: &mut AnyConnection,
        typed: &Typed,
        profile: Option<&Profile>,
    ) -> AppResult<Self> {
        let mut known_types = lookups.types(conn)?;
        let current = profile.and_then(|profile| profile.contact.contact_type_id);
        // Contacts keep a type that was switched off.
        known_types.retain(|known| !known.is_off || Some(known.id) == current);
        let chosen_type = match Field::ContactType.clean(typed.get("contact_type")) {
            Ok(name) if !name.is_empty() => {
                lookups.type_named(conn, name)?.filter(|chosen| known_types.contains(chosen))
            }
            _ => None,
        };
        let fields = match &chosen_type {
            Some(chosen) => lookups.fields(conn, chosen)?,
            None => Vec::new(),
        };
        let organization = match Field::Organization.clean(typed.get("organization")) {
            Ok(name) if !name.is_empty() => lookups.organization(conn, name)?,
            _ => FoundOrganization::default(),
        };
        let FoundOrganization { found: organization, offered } = organization;
        let former = former(conn, typed, profile)?;
        Ok(Self { types: known_types, chosen_type, fields, organization, offered, former })
    }
}

impl Lookups {
    fn types(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<ContactType>> {
        if self.types.is_none() {
            self.types = Some(contact_types::all(conn)?);
        }
        Ok(self.types.clone().unwrap_or_default())
    }

    fn type_named(&mut self, conn: &mut AnyConnection, name: String) -> AppResult<Option<ContactType>> {
        if let Some(known) = self.named.get(&name) {
            return Ok(known.clone());
        }
        let found = contact_types::named(conn, &name)?;
        self.named.insert(name, found.clone());
        Ok(found)
    }

    fn fields(&mut self, conn: &mut AnyConnection, of: &ContactType) -> AppResult<Vec<CustomField>> {
        if let Some(known) = self.fields.get(&of.id) {
            return Ok(known.clone());
        }
        let found = contact_types::fields_in_use(conn, of)?;
        self.fields.insert(of.id, found.clone());
        Ok(found)
    }

    fn organization(&mut self, conn: &mut AnyConnection, name: String) -> AppResult<FoundOrganization> {
        if let Some(known) = self.organizations.get(&name) {
            return Ok(known.clone());
        }
        let found = organizations::named(conn, &name)?;
        let offered = match &found {
            Some(_) => Vec::new(),
            None => organizations::near(conn, &name, OFFERED)?,
        };
        let organization = FoundOrganization { found, offered };
        self.organizations.insert(name, organization.clone());
        Ok(organization)
    }
}

/// The other contact that had the typed e-mail before a merge. `None` if the user was told and saves again.
fn former(
    conn: &mut AnyConnection,
    typed: &Typed,
    profile: Option<&Profile>,
) -> AppResult<Option<ContactSummary>> {
    let Ok(email) = Email::parse_typed(typed.get("email")) else {
        return Ok(None);
    };
    // A contact that was merged meanwhile has its own address among the former ones.
    let is_merged = profile.is_some_and(|profile| profile.contact.merged_into.is_some());
    if is_merged || typed.get("former") == email.as_str() {
        return Ok(None);
    }
    // The contact's own address is nobody's former address any more.
    let own = profile.and_then(|profile| Email::stored(profile.contact.email()));
    if own.is_some_and(|own| own.key() == email.key()) {
        return Ok(None);
    }
    let had_before = aliases::had_before(conn, &email)?;
    let own = profile.map(|profile| profile.contact.id);
    Ok(had_before.filter(|person| Some(person.id) != own))
}
