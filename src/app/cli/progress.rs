//! The progress of an import: a bar on a terminal, otherwise an occasional line, suitable for a log.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::check::print_line;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::imports::import::{Import, State};
use crate::imports::progress::time_left;
use crate::imports::store;
use crate::jobs::{Cause, JobFailures};

/// The interval between two looks at the import.
const LOOK: Duration = Duration::from_millis(25);
/// How long the import is followed while the database is unreachable or the job keeps failing.
pub const AWAY: Duration = Duration::from_secs(60);
/// A line is printed after this time and this many percent, whichever is later.
const LINE_TIME: Duration = Duration::from_secs(10);
const LINE_PERCENT: u64 = 10;

/// Shows the progress of an import of a file of `lines` lines; 0 if their number is not known yet. Returns the import when it no
/// longer runs, or the cause if its job keeps failing for `patience`.
///
/// # Errors
/// An unreachable database, once `patience` is over, and every other error.
pub async fn follow(
    db: &Db,
    t: &Catalogue,
    troubles: &JobFailures,
    patience: Duration,
    id: i64,
    lines: u64,
) -> AppResult<Result<Import, Cause>> {
    let mut display = Display::new(t, lines);
    let mut patience = Patience::new(patience);
    loop {
        match db.read(move |conn| store::find(conn, id)).await {
            Ok(import) if import.is_running() => {
                let trouble = troubles.of(import.job(), id);
                let look = Look::At(place(&import), trouble.is_some());
                let is_over = patience.is_over(look, Instant::now());
                if let Some(cause) = trouble.filter(|_| is_over) {
                    display.end();
                    return Ok(Err(cause));
                }
                display.show(&import);
            }
            Ok(import) => {
                display.end();
                return Ok(Ok(import));
            }
            Err(AppError::Unavailable(_)) if !patience.is_over(Look::Away, Instant::now()) => {}
            Err(error) => {
                display.end();
                return Err(error);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The progress of an import; a greater value is later.
type Place = (bool, i64);

fn place(import: &Import) -> Place {
    match import.state {
        State::Applying => (true, import.cursor_line),
        // A check with a forecast reads the lines twice, but its byte count continues.
        _ => (false, import.cursor_byte),
    }
}

/// The result of one look at an import.
#[derive(Clone, Copy)]
enum Look {
    /// The database does not answer.
    Away,
    /// The progress of the import, and `true` if its job has a failure.
    At(Place, bool),
}

/// How long there has been no progress.
struct Patience {
    limit: Duration,
    away_since: Option<Instant>,
    furthest: Option<Place>,
    failing_since: Option<Instant>,
}

impl Patience {
    fn new(limit: Duration) -> Self {
        Self { limit, away_since: None, furthest: None, failing_since: None }
    }

    fn is_over(&mut self, look: Look, now: Instant) -> bool {
        let since = match look {
            Look::Away => {
                // When the database is back, the job gets its full time again.
                self.failing_since = None;
                self.away_since.get_or_insert(now)
            }
            Look::At(place, is_in_trouble) => {
                self.away_since = None;
                if Some(place) > self.furthest {
                    self.furthest = Some(place);
                    self.failing_since = None;
                }
                // A job that is being tried again has no failure for a moment; only progress ends the wait.
                if !is_in_trouble {
                    return false;
                }
                self.failing_since.get_or_insert(now)
            }
        };
        now.duration_since(*since) >= self.limit
    }
}

struct Display<'t> {
    t: &'t Catalogue,
    lines: u64,
    /// Hidden if standard error is not a terminal.
    bar: ProgressBar,
    phase: Option<Phase>,
    /// The time of the last printed line.
    told_at: Instant,
}

/// A phase, checking or applying, with the time and line at which it was first seen to advance: the remaining time is
/// estimated from its speed since then.
struct Phase {
    state: State,
    since: Instant,
    from: u64,
    has_moved: bool,
    told_percent: u64,
}

impl<'t> Display<'t> {
    fn new(t: &'t Catalogue, lines: u64) -> Self {
        let bar = ProgressBar::new(lines);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {msg}") {
            bar.set_style(style);
        }
        Self { t, lines, bar, phase: None, told_at: Instant::now() }
    }

    fn show(&mut self, import: &Import) {
        let lines = if self.lines == 0 { import.lines.unsigned_abs() } else { self.lines };
        let line = import.cursor_line.unsigned_abs().min(lines);
        let is_first = self.phase.is_none();
        let phase = match self.phase.take() {
            Some(phase) if phase.state == import.state => phase,
            _ => Phase {
                state: import.state,
                since: Instant::now(),
                from: line,
                has_moved: false,
                told_percent: 0,
            },
        };
        let phase = self.phase.insert(phase);
        if !phase.has_moved && line > phase.from {
            phase.has_moved = true;
            phase.since = Instant::now();
            phase.from = line;
        }
        let name = match import.state {
            State::Mapping | State::Checking => fl!(self.t, "command-checking"),
            _ => fl!(self.t, "command-applying"),
        };
        let words = match import.state {
            State::Mapping => fl!(self.t, "progress-reading", rows = import.cursor_line),
            _ => how_far(self.t, phase, line, lines),
        };
        if !self.bar.is_hidden() {
            self.bar.set_prefix(name);
            self.bar.set_message(words);
            self.bar.set_length(lines);
            self.bar.set_position(line);
            return;
        }
        let percent = line * 100 / lines.max(1);
        let is_time = self.told_at.elapsed() >= LINE_TIME && percent >= phase.told_percent + LINE_PERCENT;
        if is_first || is_time {
            phase.told_percent = percent;
            self.told_at = Instant::now();
            print_line(&fl!(
                self.t,
                "command-progress",
                import = import.name.as_str(),
                phase = name,
                progress = words
            ));
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Returns the progress in words: `4 200 lignes sur 10 000 – encore environ 12 secondes`.
fn how_far(t: &Catalogue, phase: &Phase, line: u64, lines: u64) -> String {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let words = fl!(t, "progress-applying", done = number(line), total = number(lines));
    let gone = line.saturating_sub(phase.from);
    if gone == 0 || line >= lines {
        return words;
    }
    let seconds = phase.since.elapsed().as_secs() * (lines - line) / gone;
    format!("{words} – {}", time_left(t, number(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the seconds at which a patience of ten seconds is over.
    fn over(looks: &[(u64, Look)]) -> Vec<u64> {
        let mut patience = Patience::new(Duration::from_secs(10));
        let begun = Instant::now();
        looks
            .iter()
            .filter(|(second, look)| patience.is_over(*look, begun + Duration::from_secs(*second)))
            .map(|(second, _)| *second)
            .collect()
    }

    fn going(byte: i64) -> Look {
        Look::At((false, byte), false)
    }

    fn failing(byte: i64) -> Look {
        Look::At((false, byte), true)
    }

    #[test]
    fn patience_lasts_while_the_import_advances() {
        assert!(over(&[(0, going(0)), (99, going(0))]).is_empty());
        assert!(over(&[(0, failing(0)), (9, failing(0)), (11, failing(1))]).is_empty());
        let applying = Look::At((true, 0), true);
        assert!(over(&[(0, failing(7)), (11, applying)]).is_empty());
    }

    #[test]
    fn patience_ends_when_the_import_keeps_failing_at_the_same_place() {
        assert_eq!(over(&[(0, failing(0)), (9, failing(0)), (10, failing(0))]), [10]);
        let again = [
            (0, failing(7)),
            (3, going(0)),
            (4, going(7)),
            (5, failing(7)),
            (11, going(0)),
            (12, failing(7)),
        ];
        assert_eq!(over(&again), [12], "not while it is being tried");
    }

    #[test]
    fn an_unreachable_database_has_the_same_patience() {
        assert_eq!(over(&[(0, Look::Away), (9, Look::Away), (10, Look::Away)]), [10]);
        assert!(over(&[(0, Look::Away), (9, going(0)), (11, Look::Away)]).is_empty());
        assert!(over(&[(0, failing(0)), (1, Look::Away), (11, failing(0))]).is_empty());
    }
}
