use serde::{Deserialize, Serialize};

use crate::book::contact::Statuses;
use crate::domain::{Right, Status};
use crate::i18n::{Catalogue, fl, status_name};

/// The change made to each contact.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Statuses(Switches),
    /// `None` removes the organization.
    Organization(Option<i64>),
    Delete,
}

/// The new value of each changed status; `None` leaves a status as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    pub expert: Option<bool>,
    pub copy: Option<bool>,
    pub transfer: Option<bool>,
}

/// The former value of what an action changed.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// The former values of the changed statuses.
    Statuses(Switches),
    Organization(Option<i64>),
    InBook,
}

impl Switches {
    pub fn get(self, status: Status) -> Option<bool> {
        match status {
            Status::Expert => self.expert,
            Status::Copy => self.copy,
            Status::Transfer => self.transfer,
        }
    }

    pub fn set(&mut self, status: Status, on: bool) {
        match status {
            Status::Expert => self.expert = Some(on),
            Status::Copy => self.copy = Some(on),
            Status::Transfer => self.transfer = Some(on),
        }
    }

    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Returns the switches that differ from the current statuses, and `true` if some are impossible: a contact without an
    /// e-mail can only be an Expert.
    pub fn of(self, is: Statuses, has_email: bool) -> (Self, bool) {
        let (mut switches, mut is_refused) = (Self::default(), false);
        for status in Status::ALL {
            match self.get(status) {
                Some(on) if is.get(status) != on => {
                    if on && status != Status::Expert && !has_email {
                        is_refused = true;
                    } else {
                        switches.set(status, on);
                    }
                }
                _ => {}
            }
        }
        (switches, is_refused)
    }

    pub fn apply(self, statuses: &mut Statuses) {
        for status in Status::ALL {
            if let Some(on) = self.get(status) {
                statuses.set(status, on);
            }
        }
    }

    /// Returns the opposite switches.
    pub fn reversed(self) -> Self {
        let reverse = |on: Option<bool>| on.map(|on| !on);
        Self { expert: reverse(self.expert), copy: reverse(self.copy), transfer: reverse(self.transfer) }
    }
}

impl Action {
    /// The right that the action requires.
    pub fn right(&self) -> Right {
        match self {
            Self::Statuses(_) | Self::Organization(_) => Right::ContactEdit,
            Self::Delete => Right::ContactDelete,
        }
    }

    /// Returns `true` if the action is impossible for contacts without an e-mail.
    pub fn needs_email(&self) -> bool {
        match self {
            Self::Statuses(switches) => switches.copy == Some(true) || switches.transfer == Some(true),
            Self::Organization(_) | Self::Delete => false,
        }
    }

    /// Describes the action in words, one text per part; `organization` is the name of the organization to set.
    pub fn words(&self, t: &Catalogue, organization: Option<&str>) -> Vec<String> {
        match (self, organization) {
            (Self::Delete, _) => vec![fl!(t, "bulk-delete")],
            (Self::Organization(None), _) => vec![fl!(t, "bulk-no-organization")],
            (Self::Organization(Some(_)), Some(name)) => {
                vec![fl!(t, "bulk-organization", name = name)]
            }
            (Self::Organization(Some(_)), None) => vec![fl!(t, "bulk-organization-gone")],
            (Self::Statuses(switches), _) => Status::ALL
                .into_iter()
                .filter_map(|status| {
                    let name = status_name(t, &status);
                    Some(if switches.get(status)? {
                        fl!(t, "bulk-status-on", status = name)
                    } else {
                        fl!(t, "bulk-status-off", status = name)
                    })
                })
                .collect(),
        }
    }
}
