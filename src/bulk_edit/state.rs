use crate::error::{AppError, AppResult};

/// How far a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is being noted whom it is about.
    Gathering,
    Changing,
    Done,
    Undoing,
    Undone,
}

impl State {
    /// In the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Changing => "changing",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// # Errors
    /// [`AppError::Internal`]: the database allows no other.
    pub fn parse(text: &str) -> AppResult<Self> {
        [
            Self::Gathering,
            Self::Changing,
            Self::Done,
            Self::Undoing,
            Self::Undone,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| AppError::Internal(anyhow::anyhow!("an unknown state of a bulk change")))
    }

    pub fn is_running(self) -> bool {
        matches!(self, Self::Gathering | Self::Changing | Self::Undoing)
    }
}
