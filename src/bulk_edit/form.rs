use serde::Deserialize;

use super::action::{Action, Switches};
use crate::book::filter::Filter;
use crate::book::organizations;
use crate::db::AnyConnection;
use crate::domain::{Headcount, Status};
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};
use crate::web::FormErrors;

/// The fields as typed, on the page that asks what is to be done and on the one that asks whether.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// Which button was pressed; empty where none was.
    #[serde(rename = "do")]
    pub step: String,
    /// `on`, `off`, or empty to leave it.
    pub expert: String,
    pub copy: String,
    pub transfer: String,
    pub new_organization: String,
    /// The filter, as it stands in the list's URL.
    pub query: String,
    pub form_key: String,
    /// Whom the page that asks whether was about, as [`Headcount`] writes it.
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

    /// What was said, for the question to be asked again.
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
                organization
                    .unwrap_or_default()
                    .clone_into(&mut form.new_organization);
                "organization"
            }
            Action::Organization(None) => "no_organization",
            Action::Delete => "delete",
        };
        step.clone_into(&mut form.step);
        form
    }

    /// The address of the page that asks whether.
    pub fn question(&self, filter: &Filter) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(filter.pairs())
            .append_pair("do", &self.step)
            .append_pair("expert", &self.expert)
            .append_pair("copy", &self.copy)
            .append_pair("transfer", &self.transfer)
            .append_pair("new_organization", &self.new_organization)
            .finish();
        format!("/contacts/bulk?{query}")
    }

    pub fn expected(&self) -> Option<Headcount> {
        Headcount::parse(&self.expected)
    }

    /// What is to be done; none before a button was pressed.
    ///
    /// # Errors
    /// Those of the database; within, what is wrong with the fields.
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
                        Ok(Said {
                            action: Action::Organization(Some(id)),
                            organization: Some(name),
                        })
                    },
                )
            }
            "no_organization" => Ok(Action::Organization(None).into()),
            "delete" => Ok(Action::Delete.into()),
            _ => return Ok(Ok(None)),
        };
        Ok(said.map(Some))
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

/// What somebody wants done.
pub struct Said {
    pub action: Action,
    /// The name of the organization that is to be set.
    pub organization: Option<String>,
}

impl From<Action> for Said {
    fn from(action: Action) -> Self {
        Self {
            action,
            organization: None,
        }
    }
}
