//! How far an import is: a bar on a terminal; elsewhere now and then a line, as a log takes them.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::imports::import::{Import, State};
use crate::imports::store;

/// Between two looks at the import.
const LOOK: Duration = Duration::from_millis(100);
/// How long a database may be away while the import is followed.
const AWAY: Duration = Duration::from_secs(60);
/// A line is printed after this long and this many hundredths, whichever comes later.
const LINE_TIME: Duration = Duration::from_secs(10);
const LINE_PERCENT: u64 = 10;

/// Tells how far an import of a file of `lines` lines is until there is nothing more to wait for.
///
/// # Errors
/// Those of the database, where they last.
pub async fn follow(db: &Db, t: &Catalogue, id: i64, lines: u64) -> AppResult<Import> {
    let mut display = Display::new(t, lines);
    let mut away_since = None;
    loop {
        match db.read(move |conn| store::find(conn, id)).await {
            Ok(import) if import.state.is_running() => {
                away_since = None;
                display.show(&import);
            }
            Ok(import) => {
                display.end();
                return Ok(import);
            }
            Err(AppError::Unavailable(_))
                if away_since.get_or_insert_with(Instant::now).elapsed() < AWAY => {}
            Err(error) => {
                display.end();
                return Err(error);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

struct Display<'t> {
    t: &'t Catalogue,
    lines: u64,
    /// Hidden where standard error is no terminal.
    bar: ProgressBar,
    phase: Option<Phase>,
    /// When the last line was printed.
    told_at: Instant,
}

/// Checking or applying, and when and where it was first seen to move: what is left is told by how fast it went since.
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
        Self {
            t,
            lines,
            bar,
            phase: None,
            told_at: Instant::now(),
        }
    }

    fn show(&mut self, import: &Import) {
        let line = import.cursor_line.unsigned_abs().min(self.lines);
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
            State::Checking => fl!(self.t, "command-checking"),
            _ => fl!(self.t, "command-applying"),
        };
        let words = how_far(self.t, phase, line, self.lines);
        if !self.bar.is_hidden() {
            self.bar.set_prefix(name);
            self.bar.set_message(words);
            self.bar.set_position(line);
            return;
        }
        let percent = line * 100 / self.lines.max(1);
        let is_time =
            self.told_at.elapsed() >= LINE_TIME && percent >= phase.told_percent + LINE_PERCENT;
        if is_first || is_time {
            phase.told_percent = percent;
            self.told_at = Instant::now();
            say(&fl!(
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

/// `4 200 lignes sur 10 000 – encore environ 12 secondes`
fn how_far(t: &Catalogue, phase: &Phase, line: u64, lines: u64) -> String {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let words = fl!(
        t,
        "progress-applying",
        done = number(line),
        total = number(lines)
    );
    let gone = line.saturating_sub(phase.from);
    if gone == 0 || line >= lines {
        return words;
    }
    let seconds = phase.since.elapsed().as_secs() * (lines - line) / gone;
    let left = if seconds < 120 {
        fl!(t, "progress-left", seconds = number(seconds.max(1)))
    } else {
        fl!(t, "progress-left-minutes", minutes = number(seconds / 60))
    };
    format!("{words} – {left}")
}
