//! How far the work on an import is.

use super::import::{Import, State};
use super::store;
use super::undo::Section;
use crate::i18n::{Catalogue, fl};

pub struct Progress {
    pub value: i64,
    pub max: i64,
    pub percent: i64,
    /// `None` until it can be told, and in the last second.
    seconds_left: Option<i64>,
}

impl Progress {
    pub fn of(import: &Import, undo: &Section) -> Self {
        let (value, max, since) = match (import.state, undo.running()) {
            (_, Some(undo)) => (undo.done, import.counts.importable(), Some(undo.created_at)),
            (State::Applying, None) => (import.cursor_line, import.lines, import.applying_since),
            // A forecast repeated after a decision: its start is not recorded.
            _ if import.decided_by.is_some() => (import.cursor_byte, import.stored_size(), None),
            _ => {
                // The forecast reads the file a second time.
                let is_twice =
                    import.preview || import.list.is_some() || import.cursor_byte > import.stored_size();
                let max = import.stored_size() * if is_twice { 2 } else { 1 };
                // The start of a check with another reading is not recorded.
                let is_first = import.reading.is_strict();
                (import.cursor_byte, max, is_first.then_some(import.created_at))
            }
        };
        let max = max.max(1);
        let seconds_left = since.and_then(|since| left(store::seconds_since(since), value, max));
        Self { value, max, percent: value * 100 / max, seconds_left }
    }

    pub fn time_left(&self, t: &Catalogue) -> Option<String> {
        self.seconds_left.map(|seconds| time_left(t, seconds))
    }
}

/// The time left in words: in minutes from two minutes on.
pub fn time_left(t: &Catalogue, seconds: i64) -> String {
    if seconds < 120 {
        fl!(t, "progress-left", seconds = seconds.max(1))
    } else {
        fl!(t, "progress-left-minutes", minutes = (seconds / 60))
    }
}

/// Estimates the seconds left from those used for `value` of `max`. Nothing is said of the first second: the pace is unknown.
fn left(seconds: i64, value: i64, max: i64) -> Option<i64> {
    let is_known = seconds > 0 && value > 0;
    is_known.then(|| seconds * (max - value) / value).filter(|left| *left > 0)
}

#[cfg(test)]
mod tests {
    use super::{left, time_left};
    use crate::i18n::Locale;

    #[test]
    fn the_time_left_is_told_only_if_it_is_known() {
        assert_eq!(left(10, 25, 100), Some(30));
        assert_eq!(left(10, 0, 100), None, "nothing is done yet");
        assert_eq!(left(0, 25, 100), None, "the pace is unknown");
        assert_eq!(left(10, 99, 100), None, "less than a second");
        assert_eq!(left(10, 100, 100), None, "the end");
        assert_eq!(left(-3, 25, 100), None, "a clock that was set back");
    }

    #[test]
    fn the_time_left_is_never_nothing_and_is_told_in_minutes_if_it_is_long() {
        let words = |seconds| time_left(Locale::Fr.catalogue(), seconds);
        assert_eq!(words(0), "encore environ 1 seconde");
        assert_eq!(words(119), "encore environ 119 secondes");
        assert_eq!(words(754), "encore environ 12 minutes");
    }
}
