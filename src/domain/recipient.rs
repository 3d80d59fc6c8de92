use super::{Civility, Email, Field, Phone, Text};

/// The eight fields of the strict file. A recipient's [`Status`] says how it can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub civility: Civility,
    pub first_name: Text<50>,
    pub last_name: Text<50>,
    pub email: Option<Email>,
    pub service: Text<50>,
    pub phone: Phone,
    pub address: Text<100>,
    pub city: Text<100>,
}

/// The use of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Can be consulted before an answer to a customer.
    Expert,
    /// Can be put in copy; needs an e-mail.
    Copy,
    /// Can be handed a case; needs an e-mail.
    Transfer,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Expert, Self::Copy, Self::Transfer];

    /// The name in forms and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expert => "expert",
            Self::Copy => "copy",
            Self::Transfer => "transfer",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    pub fn field(self) -> Field {
        match self {
            Self::Expert => Field::Expert,
            Self::Copy => Field::Copy,
            Self::Transfer => Field::Transfer,
        }
    }
}
