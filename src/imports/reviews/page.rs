//! The pages of doubtful rows.

use askama::Template;

use super::store::{ShownReview, Waiting, stamp};
use crate::base::clock;
use crate::i18n::{Catalogue, fl};
use crate::imports::mapped::Doubt;
use crate::web::Context;

#[derive(Template)]
#[template(path = "imports/reviews.html")]
pub struct ReviewsPage {
    pub cx: Context,
    pub rows: Vec<Waiting>,
    pub is_beginning: bool,
    pub next: Option<i64>,
}

impl ReviewsPage {
    fn days(&self, row: &Waiting) -> String {
        let days = (clock::now() - row.created_at).num_days().max(0);
        fl!(self.cx.t, "waiting-oldest", days = days)
    }
}

#[derive(Template)]
#[template(path = "imports/review.html")]
pub struct ReviewPage {
    cx: Context,
    shown: ShownReview,
    /// The fields of the row and of its contacts, each with its label, the value of the list and those of the contacts.
    fields: Vec<(String, String, Vec<String>)>,
    stamp: String,
    has_changed: bool,
}

impl ReviewPage {
    pub fn new(cx: Context, shown: ShownReview, has_changed: bool) -> Self {
        let fields = compared(&cx, &shown);
        Self { stamp: stamp(&shown.candidates), fields, cx, shown, has_changed }
    }

    fn is_open(&self) -> bool {
        self.shown.held.decision.is_none() && !self.shown.is_undone && self.shown.row.is_some()
    }
}

/// The values of the row beside those of each contact, for the fields that the row has.
fn compared(cx: &Context, shown: &ShownReview) -> Vec<(String, String, Vec<String>)> {
    let Some(row) = &shown.row else {
        return Vec::new();
    };
    let worded = |name: &str, value: &str| {
        if value.is_empty() { String::new() } else { shown.wording.value(cx.locale, name, value) }
    };
    row.iter()
        .map(|(name, value)| {
            let theirs = shown.candidates.iter().map(|whole| worded(name, &whole.named(name)));
            (shown.wording.label(cx.t, name), worded(name, value), theirs.collect())
        })
        .collect()
}

pub fn doubt_name(t: &Catalogue, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Several => fl!(t, "doubt-several"),
        Doubt::Keys => fl!(t, "doubt-keys"),
        Doubt::Name => fl!(t, "doubt-name"),
        Doubt::Number => fl!(t, "doubt-number"),
        Doubt::Gone => fl!(t, "doubt-gone"),
    }
}
