use super::{Civility, Email, Phone, Text};

/// The eight fields that the strict file and the form share, in the file's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Civility,
    FirstName,
    LastName,
    Email,
    Service,
    Phone,
    Address,
    City,
}

impl Field {
    pub const ALL: [Self; 8] = [
        Self::Civility,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Service,
        Self::Phone,
        Self::Address,
        Self::City,
    ];

    /// The name of the form's control.
    pub fn form_name(self) -> &'static str {
        match self {
            Self::Civility => "civility",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Service => "service",
            Self::Phone => "phone_work",
            Self::Address => "address",
            Self::City => "city",
        }
    }

    /// Its column in the strict file, from 1.
    pub fn column(self) -> i64 {
        self as i64 + 1
    }

    pub fn from_column(column: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.column() == column)
    }
}

/// What a recipient is, without what it is for (see [`Status`]).
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

/// What a recipient is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Can be asked before answering a customer.
    Expert,
    /// Can be put in copy; needs an e-mail.
    Copy,
    /// Can be handed a case; needs an e-mail.
    Transfer,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Expert, Self::Copy, Self::Transfer];

    /// In forms and URLs.
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
}
