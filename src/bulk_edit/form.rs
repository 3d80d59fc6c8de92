use serde::Deserialize;

use super::action::{Action, Switches, TopicChange};
use crate::book::filter::Filter;
use crate::book::organizations;
use crate::contacts::TOPIC;
use crate::db::AnyConnection;
use crate::domain::{Headcount, Status, parse_tags};
use crate::error::AppResult;
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The fields as typed, both on the page that asks for the action and on the page that asks for confirmation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// The pressed button, or empty.
    #[serde(rename = "do")]
    pub step: String,
    /// `on`, `off`, or empty for no change.
    pub expert: String,
    pub copy: String,
    pub transfer: String,
    pub new_organization: String,
    /// Topics to add or to remove, separated by commas.
    pub topics: String,
    /// The filter, as in the list's URL.
    pub query: String,
    pub form_key: String,
    /// The contacts of the confirmation page, in the text format of [`Headcount`].
    pub expected: String,
}

impl BulkForm {
    pub fn switch(&self, status: &Status) -> &str {
        match status {
            Status::Expert => &self.expert,
            Status::Copy => &self.copy,
            Status::Transfer => &self.transfer,
        }
    }

    /// Fills the form with an action, to ask for confirmation again.
    pub fn of(action: &Action, organization: Option<&str>) -> Self {
        let mut form = Self::default();
        let step = match action {
            Action::Statuses(switches) => {
                let word = |on: Option<bool>| match on {
                    Some(true) => "on".to_owned(),
                    Some(false) => "off".to_owned(),
                    None => String::new(),
                };
                form.expert = word(switches.expert);
                form.copy = word(switches.copy);
                form.transfer = word(switches.transfer);
                "statuses"
            }
            Action::Organization(Some(_)) => {
                organization.unwrap_or_default().clone_into(&mut form.new_organization);
                "organization"
            }
            Action::Organization(None) => "no_organization",
            Action::Topics(change) => {
                form.topics = change.topics.replace('\n', ", ");
                if change.is_removal { "remove_topics" } else { "add_topics" }
            }
            Action::Delete => "delete",
        };
        step.clone_into(&mut form.step);
        form
    }

    /// The URL of the confirmation page.
    pub fn question(&self, filter: &Filter) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(filter.pairs())
            .append_pair("do", &self.step)
            .append_pair("expert", &self.expert)
            .append_pair("copy", &self.copy)
            .append_pair("transfer", &self.transfer)
            .append_pair("new_organization", &self.new_organization)
            .append_pair("topics", &self.topics)
            .finish();
        format!("/contacts/bulk?{query}")
    }

    pub fn expected(&self) -> Option<Headcount> {
        Headcount::parse(&self.expected)
    }

    /// Returns the requested action; `None` before a button is pressed.
    ///
    /// # Errors
    /// Faults of the fields are the inner error.
    pub fn read(
        &self,
        conn: &mut AnyConnection,
        t: &Catalogue,
    ) -> AppResult<Result<Option<Said>, FormErrors>> {
        let said = match self.step.as_str() {
            "statuses" => self.statuses(t),
            "organization" => {
                let named = organizations::named(conn, self.new_organization.trim())?;
                named.map_or_else(
                    || {
                        let message = fl!(t, "organization-unknown");
                        Err(FormErrors::one("new_organization", message))
                    },
                    |(id, name)| {
                        Ok(Said { action: Action::Organization(Some(id)), organization: Some(name) })
                    },
                )
            }
            "no_organization" => Ok(Action::Organization(None).into()),
            "add_topics" => self.topics(t, false),
            "remove_topics" => self.topics(t, true),
            "delete" => Ok(Action::Delete.into()),
            _ => return Ok(Ok(None)),
        };
        Ok(said.map(Some))
    }

    fn topics(&self, t: &Catalogue, is_removal: bool) -> Result<Said, FormErrors> {
        let topics = parse_tags(&self.topics, TOPIC)
            .map_err(|fault| FormErrors::one("topics", at_field(t, &fl!(t, "expertise-topics"), &fault)))?;
        if topics.is_empty() {
            return Err(FormErrors::one("topics", fl!(t, "bulk-topics-missing")));
        }
        Ok(Action::Topics(TopicChange { is_removal, topics }).into())
    }

    fn statuses(&self, t: &Catalogue) -> Result<Said, FormErrors> {
        let mut switches = Switches::default();
        for status in Status::ALL {
            match self.switch(&status) {
                "on" => switches.set(status, true),
                "off" => switches.set(status, false),
                _ => {}
            }
        }
        if switches.is_empty() {
            let message = fl!(t, "bulk-statuses-missing");
            return Err(FormErrors::one(Status::Expert.as_str(), message));
        }
        Ok(Action::Statuses(switches).into())
    }
}

/// A requested action.
pub struct Said {
    pub action: Action,
    /// The name of the organization to set.
    pub organization: Option<String>,
}

impl From<Action> for Said {
    fn from(action: Action) -> Self {
        Self { action, organization: None }
    }
}
