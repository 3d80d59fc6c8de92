//! The texts of the page of an import that waits for a decision.

use super::super::import::{Counts, Import};
use super::effect::{Effect, FieldChange};
use super::list::{Preview, PreviewLine, Show};
use crate::book::wording::Wording;
use crate::domain::Field;
use crate::i18n::{Catalogue, column_name, fl};
use crate::web::Context;

/// Says what there is to decide.
pub fn decision(t: &Catalogue, counts: &Counts) -> String {
    let count = counts.importable();
    if counts.rejected > 0 {
        fl!(t, "decide-text", count = count)
    } else if count > 0 && counts.written() == 0 {
        fl!(t, "decide-nothing-changes")
    } else {
        fl!(t, "decide-clean", count = count)
    }
}

/// Says in a sentence or two what a finished import has done.
pub fn done(t: &Catalogue, counts: &Counts) -> String {
    let done = fl!(t, "done-text", count = counts.written());
    match counts.rejected {
        0 => done,
        rejected => format!("{done} {}", fl!(t, "done-rejected", count = rejected)),
    }
}

/// Says that the book has changed since the last decision, if it has.
pub fn moved(cx: &Context, import: &Import, preview: &Preview) -> Option<String> {
    let foreseen = import.foreseen.filter(|_| preview.moved > 0)?;
    let date = cx.locale.date_time(&foreseen.at());
    Some(fl!(cx.t, "moved-text", count = preview.moved, date = date))
}

/// Says that the result differs from what was shown at the decision, if it does.
pub fn otherwise(t: &Catalogue, import: &Import) -> Option<String> {
    let foreseen = import.foreseen?;
    (!foreseen.came_true(&import.counts)).then(|| {
        fl!(
            t,
            "done-otherwise",
            created = foreseen.created,
            updated = foreseen.updated,
            unchanged = foreseen.unchanged,
            restored = foreseen.restored
        )
    })
}

/// The label of a changed field. The fields of the strict list, which has no `wording`, have the names of its columns.
pub fn label(t: &Catalogue, wording: Option<&Wording>, change: &FieldChange) -> String {
    match (wording, Field::parse(&change.field)) {
        (Some(wording), _) => wording.label(t, &change.field),
        (None, Some(field)) => column_name(t, field),
        (None, None) => change.field.clone(),
    }
}

pub fn line_of(t: &Catalogue, line: &i64) -> String {
    let line = *line;
    fl!(t, "diff-line", line = line)
}

impl Show {
    /// Title and explanation of a list of valid lines.
    pub fn words(self, t: &Catalogue) -> (String, String) {
        match self {
            Self::Effect(Effect::Created) => (fl!(t, "lines-created"), fl!(t, "lines-created-text")),
            Self::Effect(Effect::Unchanged) => (fl!(t, "lines-unchanged"), fl!(t, "lines-unchanged-text")),
            Self::Effect(Effect::Restored) => (fl!(t, "lines-restored"), fl!(t, "lines-restored-text")),
            Self::Effect(Effect::Held) => (fl!(t, "lines-held"), fl!(t, "lines-held-text")),
            Self::Effect(Effect::Unmatched) => (fl!(t, "lines-unmatched"), fl!(t, "lines-unmatched-text")),
            Self::Moved => (fl!(t, "lines-moved"), fl!(t, "lines-moved-text")),
            Self::Emptied => (fl!(t, "lines-emptied"), fl!(t, "lines-emptied-text")),
            _ => (fl!(t, "lines-updated"), fl!(t, "lines-updated-text")),
        }
    }
}

impl PreviewLine {
    /// The effect of the line in words, unless its list already says it.
    pub fn word(&self, t: &Catalogue, list: &Show) -> Option<String> {
        match self.effect {
            effect if *list == Show::Effect(effect) => None,
            Effect::Created => Some(fl!(t, "diff-new")),
            Effect::Restored => Some(fl!(t, "diff-restored")),
            Effect::Unchanged => Some(fl!(t, "diff-unchanged")),
            Effect::Held => Some(fl!(t, "diff-held")),
            Effect::Unmatched => Some(fl!(t, "diff-unmatched")),
            Effect::Updated => None,
        }
    }
}
