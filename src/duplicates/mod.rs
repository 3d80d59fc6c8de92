//! Contacts that may be one person: a search of the whole book finds the pairs, people decide about each, and a merge joins
//! two contacts and can be undone.

mod alike;
mod card;
mod merge;
mod pages;
mod pairs;
mod place;
mod runs;
mod search;

pub use alike::Alike;
pub use merge::{Both, FormerContact, former, merge, merge_path, proposed};
pub use pairs::{WAITING, dismiss, oldest as oldest_pair};
pub use runs::begin as begin_search;
pub use search::run as run_job;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/duplicates").get(Right::ContactEdit, pages::index);
    routes.at("/duplicates/search").post(Right::ContactEdit, pages::search);
    routes.at("/duplicates/dismissed").get(Right::ContactEdit, pages::dismissed);
    routes.at("/duplicates/{low}/{high}/dismiss").post(Right::ContactEdit, pages::dismiss);
    routes.at("/duplicates/{low}/{high}/reopen").post(Right::ContactEdit, pages::reopen);
    routes
        .at("/duplicates/{low}/{high}/merge")
        .get(Right::ContactEdit, merge::new)
        .post(Right::ContactEdit, merge::create);
    routes.at("/contacts/{id}/merge").get(Right::ContactEdit, merge::choose);
    routes.at("/merges/{id}/undo").post(Right::ContactEdit, merge::undo);
}
