use super::{Civility, Email, Field, Phone, Text};
use crate::base::text_enum;

/// The eight fields of the strict file. A recipient's [`Status`] says how it can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// `None` for an empty field: a new contact then is `M.`, and one without civility stays so.
    pub civility: Option<Civility>,
    pub first_name: Text<50>,
    pub last_name: Text<50>,
    pub email: Option<Email>,
    pub service: Text<50>,
    pub phone: Phone,
    pub address: Text<100>,
    pub city: Text<100>,
}

text_enum! {
    /// The use of a recipient.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Status {
        /// Can be consulted before an answer to a customer.
        Expert = "expert",
        /// Can be copied in; needs an e-mail.
        Copy = "copy",
        /// Can be handed a case; needs an e-mail.
        Transfer = "transfer",
    }
}

impl Status {
    pub fn field(self) -> Field {
        match self {
            Self::Expert => Field::Expert,
            Self::Copy => Field::Copy,
            Self::Transfer => Field::Transfer,
        }
    }
}
