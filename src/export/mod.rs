//! The contacts of a filter as a file: for a spreadsheet, as an Excel workbook, for a new import, or as vCards.

mod emergency;
mod full;
pub(crate) mod pages;
mod rows;
mod sheet;
mod strict;
pub(crate) mod workbook;
pub(crate) mod writer;
pub(crate) mod xlsx;

pub use emergency::{EmergencyCopies, latest_copy};

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/export").get(Right::ExportAdd, pages::new);
    routes.at("/contacts.csv").get(Right::ExportAdd, pages::download);
    routes.at("/contacts.xlsx").get(Right::ExportAdd, pages::workbook);
}
