//! The pages of doubtful rows.

use askama::Template;

use chrono::NaiveDateTime;

use super::ends::{end_of, is_soon};
use super::groups::{Group, GroupKey};
use super::store::{ShownReview, stamp};
use crate::base::clock;
use crate::i18n::{Catalogue, fl};
use crate::imports::mapped::Doubt;
use crate::web::Context;

#[derive(Template)]
#[template(path = "imports/reviews.html")]
pub struct ReviewsPage {
    pub cx: Context,
    pub groups: Vec<Group>,
    /// The only group of the page, if it shows one.
    pub one: Option<GroupKey>,
    pub is_beginning: bool,
    /// The place after which the next page begins.
    pub next: Option<String>,
}

impl ReviewsPage {
    fn end(&self, group: &Group) -> Option<End> {
        group.ends_at.map(|at| End::of(&self.cx, at))
    }
}

/// When rows count as skipped.
struct End {
    words: String,
    is_soon: bool,
}

impl End {
    fn of(cx: &Context, at: NaiveDateTime) -> Self {
        let date = cx.locale.date(clock::local(at).date_naive());
        Self { words: fl!(cx.t, "reviews-until", date = date), is_soon: is_soon(at) }
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

    fn end(&self) -> Option<End> {
        self.shown.import.finished_at.map(|at| End::of(&self.cx, end_of(at)))
    }

    /// Returns `true` for a row that would empty values of its contact.
    fn is_emptying(&self) -> bool {
        self.shown.held.doubt == Doubt::Emptied
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
            (shown.wording.label(cx.t, name), worded(name, value), theirs.collect::<Vec<String>>())
        })
        .filter(|(_, value, theirs)| !value.is_empty() || theirs.iter().any(|their| !their.is_empty()))
        .collect()
}

pub fn doubt_name(t: &Catalogue, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Several => fl!(t, "doubt-several"),
        Doubt::Keys => fl!(t, "doubt-keys"),
        Doubt::Name => fl!(t, "doubt-name"),
        Doubt::Number => fl!(t, "doubt-number"),
        Doubt::Gone => fl!(t, "doubt-gone"),
        Doubt::Emptied => fl!(t, "doubt-emptied"),
    }
}
