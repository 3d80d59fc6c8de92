//! Webhooks: addresses that Carnet calls when contacts change.
//!
//! A webhook is a place in the feed of changes ([`crate::changes`]), so nothing is queued: a node reads what follows the place, sends
//! it, and stores the new place after the receiver's confirmation. A receiver gets each item at least once, in the order of the
//! feed, and no values of contacts.
//!
//! The operator of the network decides where Carnet may connect to: public addresses over https, and the hosts that an option names.

mod address;
mod delivery;
mod form;
mod message;
mod pages;
mod sender;
mod store;

use chrono::TimeDelta;

pub use address::Receivers;
pub use delivery::keep_delivering;
pub use sender::Sender;
pub use store::stop_all;

use crate::db::waiting::{Number, Things};
use crate::domain::Right;
use crate::web::Routes;

/// In the menu: webhooks that were switched off by Carnet and not by a person.
pub const WAITING: Number = Number {
    of: Things::Webhooks,
    right: Right::SettingsEdit,
    rows: "SELECT 1 FROM webhooks WHERE state IN ('failed', 'restored')",
    ago: TimeDelta::zero(),
};

pub fn routes(routes: &mut Routes) {
    let right = Right::SettingsEdit;
    routes.at("/webhooks").get(right, pages::index).post(right, pages::create);
    routes.at("/webhooks/{id}").get(right, pages::show).post(right, pages::update);
    routes.at("/webhooks/{id}/test").post(right, pages::test);
    routes.at("/webhooks/{id}/start").post(right, pages::start);
    routes.at("/webhooks/{id}/stop").post(right, pages::stop);
    routes
        .at("/webhooks/{id}/secret")
        .get(right, pages::ask_secret)
        .post_asked_again(right, pages::renew_secret);
    routes.at("/webhooks/{id}/delete").get(right, pages::ask).post_asked_again(right, pages::destroy);
}
