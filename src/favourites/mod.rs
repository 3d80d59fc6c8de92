//! The recent contacts and the favourites of an account, visible to this account only. They are not in the history, which is
//! about the book.

mod pages;
mod store;

pub use pages::{AtHand, RowExtras, note_opened};
pub use store::{OPENED_AGAIN, keep, kept_by, neighbours, note, opened_by};

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/recent").get(Right::ContactView, pages::recent);
    routes.at("/contacts/favourites").get(Right::ContactView, pages::favourites);
    routes.at("/contacts/{id}/favourite").post(Right::ContactView, pages::update);
}
