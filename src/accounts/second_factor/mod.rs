//! The second factor: after the password, six digits of an app on the owner's phone, or a recovery code.
//!
//! Between the two, nobody is signed in: the session contains a [`PendingSecondFactor`], which opens only the page that asks for the code.

mod confirmed_pages;
mod half_way;
mod own_pages;
mod qr;
mod sign_in_pages;
mod store;
mod totp;
mod users_pages;
mod wrong_codes;

pub(super) use confirmed_pages::do_with_code;
pub(super) use half_way::PendingSecondFactor;
pub use own_pages::{ask_to_set_up, set_up_location};
pub(super) use sign_in_pages::{ask, told};
pub(crate) use store::remove;
pub(super) use wrong_codes::Counts;

use crate::domain::Right;
use crate::web::{Access, Routes};

pub fn routes(routes: &mut Routes) {
    routes
        .at("/login/second-factor")
        .get(Access::Anyone, sign_in_pages::new)
        .post(Access::Anyone, sign_in_pages::create);
    routes
        .at("/account/second-factor")
        .get(Access::BeforeSecondFactor, own_pages::show)
        .post(Access::BeforeSecondFactor, own_pages::create);
    routes
        .at("/account/second-factor/key")
        .get(Access::BeforeSecondFactor, own_pages::show_key)
        .post(Access::BeforeSecondFactor, own_pages::create_key);
    routes
        .at("/account/second-factor/codes")
        .get(Access::SignedIn, confirmed_pages::new_codes)
        .post(Access::SignedIn, confirmed_pages::create_codes);
    routes
        .at("/account/second-factor/off")
        .get(Access::SignedIn, confirmed_pages::ask_off)
        .post(Access::SignedIn, confirmed_pages::turn_off);
    routes
        .at("/users/{id}/second-factor/remove")
        .get(Right::UserManage, users_pages::ask)
        .post(Right::UserManage, users_pages::remove);
}
