use crate::base::text_enum;
use crate::error::{AppError, AppResult};

text_enum! {
    /// The progress of a bulk change.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum State {
        /// The contacts are being gathered.
        Gathering = "gathering",
        Changing = "changing",
        Done = "done",
        Undoing = "undoing",
        Undone = "undone",
    }
}

impl State {
    /// # Errors
    /// [`AppError::Internal`] for an unknown text, which the database does not allow.
    pub fn read(stored: &str) -> AppResult<Self> {
        Self::parse(stored)
            .ok_or_else(|| AppError::Internal(anyhow::anyhow!("an unknown state of a bulk change")))
    }

    pub fn is_running(self) -> bool {
        matches!(self, Self::Gathering | Self::Changing | Self::Undoing)
    }
}
