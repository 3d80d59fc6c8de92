//! The part of a contact's page about reported mistakes.

use crate::book::reports::{self, Report};
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::web::form_key;

/// Reports that the page shows. Answered ones are deleted after a while, so there are seldom more than two.
const SHOWN: i64 = 20;

/// The reports on a contact, and the form for a new one.
pub struct Reports {
    pub latest: Vec<Report>,
    pub typed: String,
    /// Key of the form: the same form sent twice stores one report.
    pub key: String,
}

impl Reports {
    pub fn load(conn: &mut AnyConnection, contact: i64) -> AppResult<Self> {
        Ok(Self { latest: reports::of_contact(conn, contact, SHOWN)?, ..Self::none() })
    }

    /// The form for the first report.
    pub fn none() -> Self {
        Self { latest: Vec::new(), typed: String::new(), key: form_key::fresh() }
    }
}
