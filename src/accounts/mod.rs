//! Accounts: the first administrator, signing in and out, the page of the signed-in account, and the administration of all
//! accounts.

mod authentication;
mod browser;
mod code;
mod code_pages;
mod code_store;
mod company;
mod form;
pub mod keys;
mod known_browser;
mod pages;
pub(crate) mod passwords;
pub(crate) mod profile;
mod repaired;
mod resume;
pub(crate) mod second_factor;
mod setup;
mod sign_in;
pub(crate) mod store;
mod throttle;
pub(crate) mod users;
mod users_sessions;

pub use authentication::{authenticate, doors};
pub use company::{CompanySignIn, Provider};
pub use passwords::Passwords;
pub use profile::Profile;
pub use repaired::repair_names;
pub use setup::{insert_account, prepare_code};
pub use throttle::sweep as sweep_throttles;

use crate::config::RETURN_PATH;
use crate::domain::Right;
use crate::web::{Access, Routes};

pub fn routes(routes: &mut Routes) {
    routes.at("/setup").get(Access::Anyone, setup::new).post(Access::Anyone, setup::create);
    routes.at("/login").get(Access::Anyone, sign_in::new).post(Access::Anyone, sign_in::create);
    routes.at("/login/code").get(Access::Anyone, code_pages::new).post(Access::Anyone, code_pages::redeem);
    routes.at("/login/company").get(Access::Anyone, company::start);
    routes.at(RETURN_PATH).get(Access::Anyone, company::finish);
    routes.at("/login/resume").post(Access::Anyone, company::resume);
    routes.at("/logout").post_asked_again(Access::BeforeSecondFactor, sign_in::destroy);
    routes.at("/account").get(Access::SignedIn, pages::show);
    routes.at("/account/language").post(Access::SignedIn, pages::update_language);
    routes.at("/account/password").post(Access::SignedIn, pages::update_password);
    routes.at("/account/sessions/end").post(Access::SignedIn, pages::end_sessions);
    keys::routes(routes);
    routes.at("/users").get(Right::UserManage, users::index).post(Right::UserManage, users::create);
    routes.at("/users/new").get(Right::UserManage, users::new);
    routes.at("/users/{id}").get(Right::UserManage, users::edit).post(Right::UserManage, users::update);
    routes.at("/users/{id}/password").post(Right::UserManage, users::update_password);
    routes.at("/users/{id}/code").post(Right::UserManage, code_pages::create);
    routes
        .at("/users/sessions/end")
        .get(Right::UserManage, users_sessions::ask_all)
        .post(Right::UserManage, users_sessions::end_all);
    routes
        .at("/users/{id}/sessions/end")
        .get(Right::UserManage, users_sessions::ask_of)
        .post(Right::UserManage, users_sessions::end_of);
    second_factor::routes(routes);
}
