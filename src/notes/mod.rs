//! The pages of notes on a contact.

mod pages;

pub use pages::read_note;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/{id}/notes")
        .get(Right::ContactView, pages::index)
        .post(Right::NoteAdd, pages::create);
    routes.at("/contacts/{id}/notes/{note}").post(Right::NoteAdd, pages::update);
    routes.at("/contacts/{id}/notes/{note}/edit").get(Right::NoteAdd, pages::edit);
    routes
        .at("/contacts/{id}/notes/{note}/delete")
        .get(Right::NoteAdd, pages::ask)
        .post_asked_again(Right::NoteAdd, pages::destroy);
}
