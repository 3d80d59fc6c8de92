//! How far the work on an import is.

use super::import::{Import, State};
use super::store;
use super::undo::Section;

pub struct Progress {
    pub value: i64,
    pub max: i64,
    pub percent: i64,
    /// `None` until it can be told, and in the last second.
    pub seconds_left: Option<i64>,
}

impl Progress {
    pub fn of(import: &Import, undo: &Section) -> Self {
        let (value, max, since) = match (import.state, undo.running()) {
            (_, Some(undo)) => (undo.done, import.counts.importable(), Some(undo.created_at)),
            (State::Applying, None) => (import.cursor_line, import.lines, import.applying_since),
            // A forecast repeated after a decision: its start is not recorded.
            _ if import.decided_by.is_some() => (import.cursor_byte, import.file_size, None),
            _ => {
                // The forecast reads the file a second time.
                let is_twice = import.preview || import.cursor_byte > import.file_size;
                let max = import.file_size * if is_twice { 2 } else { 1 };
                // The start of a check with another reading is not recorded.
                let is_first = import.reading.is_strict();
                (import.cursor_byte, max, is_first.then_some(import.created_at))
            }
        };
        let max = max.max(1);
        let seconds_left = since.and_then(|since| left(store::seconds_since(since), value, max));
        Self { value, max, percent: value * 100 / max, seconds_left }
    }
}

/// Estimates the seconds left from those used for `value` of `max`. Nothing is said of the first second: the pace is unknown.
fn left(seconds: i64, value: i64, max: i64) -> Option<i64> {
    let is_known = seconds > 0 && value > 0;
    is_known.then(|| seconds * (max - value) / value).filter(|left| *left > 0)
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn the_time_left_is_told_only_if_it_is_known() {
        assert_eq!(left(10, 25, 100), Some(30));
        assert_eq!(left(10, 0, 100), None, "nothing is done yet");
        assert_eq!(left(0, 25, 100), None, "the pace is unknown");
        assert_eq!(left(10, 99, 100), None, "less than a second");
        assert_eq!(left(10, 100, 100), None, "the end");
        assert_eq!(left(-3, 25, 100), None, "a clock that was set back");
    }
}
