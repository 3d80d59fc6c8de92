//! Keys: with one, a program uses the API in the name of an account.
//!
//! A key may do what its scope and its account's role both allow, at each request. It ends by hand, with its last day, and for good
//! when its account is disabled.

mod authentication;
mod form;
mod own_pages;
mod pace;
mod secret;
pub(super) mod store;
mod users_pages;
mod uses;

pub use authentication::authenticate;
pub use pace::Pace;
pub use store::{AccessKey, list, sweep};
pub use uses::Uses;

use crate::domain::Right;
use crate::web::{Access, Routes};

pub fn routes(routes: &mut Routes) {
    routes
        .at("/account/keys")
        .get(Access::SignedIn, own_pages::index)
        .post(Access::SignedIn, own_pages::create);
    routes
        .at("/account/keys/{id}/end")
        .get(Access::SignedIn, own_pages::ask)
        .post_asked_again(Access::SignedIn, own_pages::end);
    routes.at("/users/keys").get(Right::UserManage, users_pages::index);
    routes
        .at("/users/keys/{id}/end")
        .get(Right::UserManage, users_pages::ask)
        .post_asked_again(Right::UserManage, users_pages::end);
}
