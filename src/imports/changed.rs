//! What an import has changed, from the history: old and new values stay when the file is gone.

use std::collections::HashMap;

use crate::audit::store::{self, ChangedContact};
use crate::audit_log::EntryPresenter;
use crate::base::paging;
use crate::book::wording::Wording;
use crate::book::write;
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::web::Context;

/// Contacts per page.
const PAGE: usize = 50;

/// A page of contacts that an import has updated or restored.
pub struct Changed {
    pub contacts: Vec<ChangedContact>,
    /// The current names of the contacts, by id; an erased contact has none.
    names: HashMap<i64, String>,
    /// The entry after which the next page begins.
    pub next: Option<i64>,
    wording: Wording,
}

impl Changed {
    pub fn load(conn: &mut AnyConnection, import: i64, after: i64) -> AppResult<Self> {
        let mut contacts = store::changed_by_import(conn, import, after, paging::limit(PAGE))?;
        let next = paging::cut(&mut contacts, PAGE, |last| last.entry);
        let ids: Vec<i64> = contacts.iter().map(|changed| changed.contact).collect();
        let names = write::names(conn, &ids)?;
        Ok(Self { contacts, names, next, wording: Wording::load(conn)? })
    }

    pub fn name(&self, contact: &i64) -> Option<&str> {
        self.names.get(contact).map(String::as_str)
    }

    pub fn telling(&self, cx: &Context) -> EntryPresenter {
        EntryPresenter::of(cx, self.wording.clone())
    }
}
