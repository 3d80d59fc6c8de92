use serde::{Deserialize, Serialize};

use crate::book::contact::Statuses;
use crate::contacts::TOPIC;
use crate::domain::{Right, Status, fold, parse_tags};
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
    Topics(TopicChange),
    Delete,
}

/// Topics to add to those of a contact, or to remove from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicChange {
    pub is_removal: bool,
    /// One topic per line.
    pub topics: String,
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
    /// The change that reverses what was done to this contact's topics.
    Topics(TopicChange),
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

impl TopicChange {
    /// A contact's topics after the change, and the reverse of what it does to them. `None` if the contact would have too many.
    pub fn of(&self, topics: &str) -> Option<(String, Self)> {
        let same = |a: &str, b: &str| fold(a) == fold(b);
        let is_there = |topic: &&str| topics.lines().any(|known| same(known, topic));
        let is_meant = |topic: &&str| self.topics.lines().any(|meant| same(meant, topic));
        let lines = |lines: Vec<&str>| lines.join("\n");
        Some(if self.is_removal {
            let (gone, left): (Vec<&str>, Vec<&str>) = topics.lines().partition(is_meant);
            (lines(left), Self { is_removal: false, topics: lines(gone) })
        } else {
            let new: Vec<&str> = self.topics.lines().filter(|topic| !is_there(topic)).collect();
            let all = parse_tags(&lines(topics.lines().chain(new.iter().copied()).collect()), TOPIC).ok()?;
            (all, Self { is_removal: true, topics: lines(new) })
        })
    }
}

impl Action {
    /// The right that the action requires.
    pub fn right(&self) -> Right {
        match self {
            Self::Statuses(_) | Self::Organization(_) | Self::Topics(_) => Right::ContactEdit,
            Self::Delete => Right::ContactDelete,
        }
    }

    /// Returns `true` if the action is impossible for contacts without an e-mail.
    pub fn needs_email(&self) -> bool {
        match self {
            Self::Statuses(switches) => switches.copy == Some(true) || switches.transfer == Some(true),
            Self::Organization(_) | Self::Topics(_) | Self::Delete => false,
        }
    }

    /// Describes the action in words, one text per part; `organization` is the name of the organization to set.
    pub fn words(&self, t: &Catalogue, organization: Option<&str>) -> Vec<String> {
        match (self, organization) {
            (Self::Delete, _) => vec![fl!(t, "bulk-delete")],
            (Self::Topics(change), _) => {
                // An erasure empties topics that name the person.
                let topics = match change.topics.as_str() {
                    "" => "…".to_owned(),
                    topics => topics.replace('\n', ", "),
                };
                let words = if change.is_removal {
                    fl!(t, "bulk-topics-removed", topics = topics)
                } else {
                    fl!(t, "bulk-topics-added", topics = topics)
                };
                vec![words]
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn change(is_removal: bool, topics: &str) -> TopicChange {
        TopicChange { is_removal, topics: topics.to_owned() }
    }

    #[test]
    fn topics_are_added_beside_the_others_and_removed_whatever_their_case() {
        let (topics, back) = change(false, "Eau\nPermis").of("eau\nVoirie").unwrap();
        assert_eq!(topics, "eau\nVoirie\nPermis");
        assert_eq!(back, change(true, "Permis"));
        assert_eq!(back.of(&topics).unwrap().0, "eau\nVoirie");

        let (topics, back) = change(true, "EAU\nPermis").of("eau\nVoirie").unwrap();
        assert_eq!(topics, "Voirie");
        assert_eq!(back, change(false, "eau"));
        assert_eq!(back.of(&topics).unwrap().0, "Voirie\neau");
    }

    #[test]
    fn a_contact_with_too_many_topics_is_left_as_it_is() {
        let many: Vec<String> = (0..100).map(|n| format!("t{n}")).collect();
        assert_eq!(change(false, &many.join("\n")).of("one"), None);
    }
}
