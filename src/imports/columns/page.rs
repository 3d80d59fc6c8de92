//! The page itself.

use askama::Template;

use super::store::ShownList;
use super::words;
use crate::domain::Right;
use crate::i18n::fl;
use crate::imports::mapping::{Blank, Mapping, MatchKey, Mode, OnAmbiguous, Policy, Target};
use crate::web::{Context, FormErrors};

#[derive(Template)]
#[template(path = "imports/columns.html")]
pub struct ColumnsPage {
    cx: Context,
    errors: FormErrors,
    shown: ShownList,
    columns: Vec<ColumnView>,
    /// The fields to choose from, in groups with a label.
    targets: Vec<(String, Vec<(String, String)>)>,
    /// What the reading found in the rows as a whole.
    facts: Vec<String>,
    /// The typed name of a new profile.
    profile_name: String,
}

/// A column of the list.
pub struct ColumnView {
    /// From 1.
    pub number: usize,
    /// The name of its control.
    pub control: String,
    pub heading: String,
    pub samples: Vec<String>,
    /// The name of the chosen field; empty for a column that is not imported.
    pub target: String,
    pub policy: Policy,
    /// What will be cleaned up, and what is wrong.
    pub notes: Vec<String>,
    pub faults: Vec<String>,
}

impl ColumnsPage {
    pub fn new(cx: Context, errors: FormErrors, shown: ShownList, profile_name: String) -> Self {
        let columns = shown
            .table
            .columns
            .iter()
            .zip(&shown.mapping.columns)
            .zip(1..)
            .filter(|((column, _), _)| !column.samples.is_empty() || !column.heading.is_empty())
            .map(|((column, choice), number)| ColumnView {
                number,
                control: format!("column_{number}"),
                heading: words::heading(cx.t, &column.heading, number),
                samples: column.samples.clone(),
                target: choice.target.as_ref().map_or_else(String::new, Target::form_name),
                policy: choice.policy,
                notes: words::notes(cx.t, &shown.tally, number),
                faults: words::faults(cx.t, &shown.tally, number),
            })
            .collect();
        Self {
            columns,
            targets: words::targets(cx.t, &shown.fields, &shown.sources, shown.mapping.exact),
            facts: words::facts(&cx, &shown),
            cx,
            errors,
            shown,
            profile_name,
        }
    }

    fn mapping(&self) -> &Mapping {
        &self.shown.mapping
    }

    fn policies(&self) -> [(Policy, String); 3] {
        Policy::ALL.map(|policy| (policy, words::policy_name(self.cx.t, policy)))
    }

    fn modes(&self) -> [(Mode, String); 3] {
        Mode::ALL.map(|mode| (mode, words::mode_name(self.cx.t, mode)))
    }

    fn blanks(&self) -> [(Blank, String); 2] {
        Blank::ALL.map(|blank| (blank, words::blank_name(self.cx.t, blank)))
    }

    fn doubts(&self) -> [(OnAmbiguous, String); 2] {
        OnAmbiguous::ALL.map(|doubt| (doubt, words::doubt_name(self.cx.t, doubt)))
    }

    fn keys(&self) -> [(MatchKey, String); 4] {
        let keys = [MatchKey::Email, MatchKey::ExternalId, MatchKey::Phone, MatchKey::NamePhone];
        keys.map(|key| (key, words::key_name(self.cx.t, key)))
    }

    /// Returns `true` if the choices can be kept as a profile.
    fn may_keep(&self) -> bool {
        self.cx.may(Right::ImportProfileEdit) && self.mapping().has_headings()
    }

    /// Why a profile with nearly these headings does not read the list.
    fn near(&self) -> Option<String> {
        self.shown.near.as_ref().map(|near| words::near(self.cx.t, near))
    }

    /// The names of the chosen keys in their order, filled up to three with none.
    fn chosen_keys(&self) -> [(i64, &'static str); 3] {
        let mut keys = self.mapping().matching.iter().map(|key| key.as_str());
        [1, 2, 3].map(|place| (place, keys.next().unwrap_or_default()))
    }

    /// Returns `true` if a setting differs from what is proposed, so that the settings are open.
    fn has_settings(&self) -> bool {
        let mapping = self.mapping();
        !self.errors.is_empty()
            || mapping.mode != Mode::default()
            || mapping.blank != Blank::default()
            || !mapping.matching.is_empty()
            || mapping.contact_type.is_some()
            || mapping.on_ambiguous != OnAmbiguous::default()
    }

    fn is_source(&self, id: &i64) -> bool {
        self.mapping().source == Some(*id)
    }

    fn is_type(&self, id: &i64) -> bool {
        self.mapping().contact_type == Some(*id)
    }
}
