//! The settings of the whole book: the country of phone numbers without a country, and the accounts that must have a second
//! factor. The page also shows what is configured where the server is started, and how old the last backups are.

mod form;
mod installation;
mod job;
mod pages;
mod store;

pub use installation::{CompanyFacts, CopiesFacts, Installation};
pub use job::run as run_job;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/settings").get(Right::SettingsEdit, pages::show).post(Right::SettingsEdit, pages::update);
}
