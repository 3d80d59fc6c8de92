//! The contacts of a filter as a file: for a spreadsheet, to import again, or as cards.

mod command;
mod emergency;
mod format;
mod full;
mod pages;
mod sheet;
mod strict;
mod writer;

pub use command::export;
pub use emergency::EmergencyCopies;
pub use format::Format;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/export")
        .get(Right::ExportAdd, pages::new);
    routes
        .at("/contacts.csv")
        .get(Right::ExportAdd, pages::download);
}
