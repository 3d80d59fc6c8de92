//! Notes on a contact: anybody who sees it may write one, and only its author edits or deletes it.

mod pages;
pub mod store;

use chrono::NaiveDateTime;

use crate::domain::Right;
use crate::web::Routes;

/// Characters of a note at most.
pub const LONGEST: usize = 32_000;

/// What someone wrote about a contact: plain lines, nothing in them means anything.
#[derive(Debug, Clone)]
pub struct Note {
    pub id: i64,
    pub contact: i64,
    pub account: i64,
    pub author: String,
    pub text: String,
    pub created_at: NaiveDateTime,
    pub edited_at: Option<NaiveDateTime>,
}

/// Characters of a note that a contact's page shows: a page with five long ones would be some 160 kB.
const EXCERPT: usize = 1_500;

impl Note {
    /// What tells one text of it from the next, in its form: the text itself may be long.
    pub fn stamp(&self) -> String {
        self.edited_at.map_or_else(String::new, |at| {
            at.and_utc().timestamp_micros().to_string()
        })
    }

    /// Its beginning, and whether there is more.
    pub fn excerpt(&self) -> (&str, bool) {
        match self.text.char_indices().nth(EXCERPT) {
            Some((end, _)) => (&self.text[..end], true),
            None => (&self.text, false),
        }
    }
}

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/{id}/notes")
        .get(Right::ContactView, pages::index)
        .post(Right::NoteAdd, pages::create);
    routes
        .at("/contacts/{id}/notes/{note}")
        .post(Right::NoteAdd, pages::update);
    routes
        .at("/contacts/{id}/notes/{note}/edit")
        .get(Right::NoteAdd, pages::edit);
    routes
        .at("/contacts/{id}/notes/{note}/delete")
        .get(Right::NoteAdd, pages::ask)
        .post_asked_again(Right::NoteAdd, pages::destroy);
}
