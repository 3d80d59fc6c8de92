//! What becomes of an import's lines: in words with their numbers, and as the parts of one bar.

use super::import::Counts;
use super::preview::{Effect, Show};
use crate::i18n::{Catalogue, fl};

/// The lines of one outcome; never none.
pub struct Outcome {
    /// The name of its colour in the stylesheet.
    pub class: &'static str,
    pub count: i64,
    pub words: String,
    /// The list of these lines.
    pub show: Show,
    /// The place in the bar, in thousandths.
    pub x: i64,
    pub width: i64,
}

/// The width of the bar.
const WHOLE: i64 = 1_000;
const GAP: i64 = 4;
/// The narrowest part: one line of a million is seen too.
const LEAST: i64 = 10;

/// Returns the outcomes that have lines; they add up to the lines of the file. `is_planned` before anything is written.
pub fn outcomes(t: &Catalogue, counts: &Counts, is_planned: bool) -> Vec<Outcome> {
    let created = counts.created;
    let updated = counts.updated;
    let restored = counts.restored;
    let all = [
        (
            "created",
            created,
            Show::Effect(Effect::Created),
            if is_planned { fl!(t, "count-to-create") } else { fl!(t, "count-created", count = created) },
        ),
        (
            "updated",
            updated,
            Show::Effect(Effect::Updated),
            if is_planned { fl!(t, "count-to-update") } else { fl!(t, "count-updated") },
        ),
        (
            "restored",
            restored,
            Show::Effect(Effect::Restored),
            if is_planned { fl!(t, "count-to-restore") } else { fl!(t, "count-restored", count = restored) },
        ),
        (
            "unchanged",
            counts.unchanged,
            Show::Effect(Effect::Unchanged),
            fl!(t, "count-unchanged", count = counts.unchanged),
        ),
        ("held", counts.held, Show::Effect(Effect::Held), fl!(t, "count-held", count = counts.held)),
        ("unmatched", counts.unmatched, Show::Effect(Effect::Unmatched), fl!(t, "count-unmatched")),
        ("superseded", counts.superseded, Show::Superseded, fl!(t, "count-superseded")),
        ("rejected", counts.rejected, Show::Rejected, fl!(t, "count-rejected", count = counts.rejected)),
        ("skipped", counts.skipped, Show::All, fl!(t, "count-skipped", count = counts.skipped)),
    ];
    let mut outcomes: Vec<Outcome> = all
        .into_iter()
        .filter(|(_, count, ..)| *count > 0)
        .map(|(class, count, show, words)| Outcome { class, count, words, show, x: 0, width: 0 })
        .collect();
    lay_out(&mut outcomes);
    outcomes
}

/// Divides the bar in proportion to the lines.
fn lay_out(outcomes: &mut [Outcome]) {
    let parts = i64::try_from(outcomes.len()).unwrap_or(WHOLE);
    let total: i64 = outcomes.iter().map(|outcome| outcome.count).sum();
    let room = WHOLE - GAP * (parts - 1) - LEAST * parts;
    let mut before = 0;
    for (outcome, place) in outcomes.iter_mut().zip(0..) {
        let begin = room * before / total;
        before += outcome.count;
        let end = room * before / total;
        outcome.x = begin + place * (LEAST + GAP);
        outcome.width = end - begin + LEAST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    #[test]
    fn the_bar_is_full_and_its_parts_are_in_proportion() {
        let counts = Counts { created: 999_998, updated: 1, rejected: 1, ..Counts::default() };
        let found = outcomes(Locale::Fr.catalogue(), &counts, false);
        let places: Vec<(i64, i64)> = found.iter().map(|outcome| (outcome.x, outcome.width)).collect();
        assert_eq!(places, [(0, 971), (975, 10), (989, 11)]);
        let halves = Counts { created: 5, unchanged: 5, ..Counts::default() };
        let found = outcomes(Locale::Fr.catalogue(), &halves, true);
        let places: Vec<(i64, i64)> = found.iter().map(|outcome| (outcome.x, outcome.width)).collect();
        assert_eq!(places, [(0, 498), (502, 498)]);
        assert!(outcomes(Locale::Fr.catalogue(), &Counts::default(), true).is_empty());
    }
}
