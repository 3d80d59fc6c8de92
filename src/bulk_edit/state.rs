use crate::error::{AppError, AppResult};

/// The progress of a bulk change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The contacts are being gathered.
    Gathering,
    Changing,
    Done,
    Undoing,
    Undone,
}

impl State {
    /// The text stored in the database.
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
    /// [`AppError::Internal`] for an unknown text, which the database does not allow.
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
