//! The part of a contact's page about duplicates: possible duplicates, contacts merged into it, and the contact into which
//! it was merged.

use super::merge::{self, FormerContact, Merge};
use super::pairs::{self, Pair, Which};
use crate::book::contact::Contact;
use crate::book::write;
use crate::db::AnyConnection;
use crate::error::AppResult;

/// Possible duplicates shown on the page.
const SHOWN: i64 = 3;

#[derive(Default)]
pub struct Alike {
    pairs: Vec<Pair>,
    /// The contacts merged into this one.
    pub former: Vec<FormerContact>,
    /// The merge of this contact into another, with the name of that other.
    pub away: Option<(Merge, String)>,
    /// Set if another contact was merged into the same contact later; that merge must be undone first.
    pub is_undone_later: bool,
}

impl Alike {
    pub fn load(conn: &mut AnyConnection, contact: &Contact) -> AppResult<Self> {
        let away = match contact.merged_into {
            None => None,
            Some(into) => {
                let name = write::names(conn, &[into])?.remove(&into);
                merge::away(conn, contact.id)?.zip(name)
            }
        };
        let is_undone_later = match &away {
            None => false,
            Some((merge, _)) => merge::has_open_later(conn, merge)?,
        };
        let pairs = match contact.deleted_at {
            None => pairs::page(conn, Which::Of(contact.id), None, SHOWN)?,
            Some(_) => Vec::new(),
        };
        Ok(Self { pairs, former: merge::former(conn, contact.id)?, away, is_undone_later })
    }

    /// Returns the contacts that may be the same person, each with the path of the merge form.
    pub fn possible(&self, contact: &Contact) -> Vec<(&Contact, String)> {
        self.pairs
            .iter()
            .map(|Pair { low, high, .. }| {
                let other = if low.id == contact.id { high } else { low };
                let path = format!("/duplicates/{}/{}/merge", low.id, high.id);
                (other, path)
            })
            .collect()
    }
}
