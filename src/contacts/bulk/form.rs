use serde::Deserialize;

use super::action::{Action, Switches};
use crate::db::AnyConnection;
use crate::domain::Status;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};
use crate::organizations::store as organizations;
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
}

impl BulkForm {
    pub fn switch(&self, status: &Status) -> &str {
        match status {
            Status::Expert => &self.expert,
            Status::Copy => &self.copy,
            Status::Transfer => &self.transfer,
        }
    }

    /// What is to be done, with the name of the organization that is to be set; none before a button was pressed.
    ///
    /// # Errors
    /// Those of the database; within, what is wrong with the fields.
    pub fn read(
        &self,
        conn: &mut AnyConnection,
        t: &Catalogue,
    ) -> AppResult<Result<Option<(Action, Option<String>)>, FormErrors>> {
        let action = match self.step.as_str() {
            "statuses" => {
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
                    return Ok(Err(FormErrors::one(Status::Expert.as_str(), message)));
                }
                Action::Statuses(switches)
            }
            "organization" => {
                return Ok(
                    match organizations::named(conn, self.new_organization.trim())? {
                        Some((id, name)) => Ok(Some((Action::Organization(Some(id)), Some(name)))),
                        None => {
                            let message = fl!(t, "organization-unknown");
                            Err(FormErrors::one("new_organization", message))
                        }
                    },
                );
            }
            "no_organization" => Action::Organization(None),
            "delete" => Action::Delete,
            _ => return Ok(Ok(None)),
        };
        Ok(Ok(Some((action, None))))
    }
}
