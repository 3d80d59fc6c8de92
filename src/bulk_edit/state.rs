use crate::base::text_enum;

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
    pub fn is_running(self) -> bool {
        matches!(self, Self::Gathering | Self::Changing | Self::Undoing)
    }
}
