//! Which tables have something about a contact. Most contacts are in few of them: one statement for all saves a round trip to the
//! database for each of the others.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::{
    contact_external_ids, contact_merges, duplicate_pairs, favourite_contacts, notes, recent_contacts,
    reports, sources,
};
use crate::error::AppResult;
use crate::favourites::OPENED_AGAIN;

/// What there is about a contact for an account.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "most are tables that have something or not")]
pub struct Beside {
    pub is_favourite: bool,
    /// The account has just opened the contact, so that the visit is stored already.
    pub is_just_opened: bool,
    /// Contacts that may be the same person, or contacts that were merged into it.
    pub has_alike: bool,
    pub has_reports: bool,
    pub has_notes: bool,
    pub has_external_ids: bool,
    /// The book has sources of external ids.
    pub has_sources: bool,
}

impl Beside {
    pub fn load(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<Self> {
        let opened = recent_contacts::table.find((account, contact)).select(recent_contacts::seen_at);
        let pairs = duplicate_pairs::table.select(duplicate_pairs::run);
        let low = pairs.filter(duplicate_pairs::low_id.eq(contact));
        let high = pairs.filter(duplicate_pairs::high_id.eq(contact));
        let merged = contact_merges::table.filter(contact_merges::kept_id.eq(contact));
        let ids = contact_external_ids::table.filter(contact_external_ids::contact_id.eq(contact));
        let (
            is_favourite,
            is_just_opened,
            is_low,
            is_high,
            has_merged,
            has_reports,
            has_notes,
            has_ids,
            has_sources,
        ) = diesel::select((
            exists(favourite_contacts::table.find((account, contact)).select(favourite_contacts::created_at)),
            exists(opened.filter(recent_contacts::seen_at.ge(clock::now() - OPENED_AGAIN))),
            exists(low),
            exists(high),
            exists(merged.select(contact_merges::id)),
            exists(reports::table.filter(reports::contact_id.eq(contact)).select(reports::id)),
            exists(notes::table.filter(notes::contact_id.eq(contact)).select(notes::id)),
            exists(ids.select(contact_external_ids::id)),
            exists(sources::table.select(sources::id)),
        ))
        .get_result(conn)?;
        Ok(Self {
            is_favourite,
            is_just_opened,
            has_alike: is_low || is_high || has_merged,
            has_reports,
            has_notes,
            has_external_ids: has_ids,
            has_sources,
        })
    }
}
