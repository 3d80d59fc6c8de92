//! What a contact's page says of duplicates: whom it may be too, whom it was made of, what it became a part of.

use super::merge::{self, FormerContact, Merge};
use super::pairs::{self, Pair, Which};
use crate::book::contact::Contact;
use crate::book::write;
use crate::db::AnyConnection;
use crate::error::AppResult;

/// Possible duplicates that the page tells of.
const SHOWN: i64 = 3;

#[derive(Default)]
pub struct Alike {
    pairs: Vec<Pair>,
    /// Whom it was made of.
    pub former: Vec<FormerContact>,
    /// The merge by which it became a part of another, with that one's name.
    pub away: Option<(Merge, String)>,
    /// Whether another became a part of that one later, which is to be undone first.
    pub is_undone_later: bool,
}

impl Alike {
    /// # Errors
    /// Those of the database.
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
        Ok(Self {
            pairs,
            former: merge::former(conn, contact.id)?,
            away,
            is_undone_later,
        })
    }

    /// The contacts that may be the same person, each with the path of the form that makes them one.
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
