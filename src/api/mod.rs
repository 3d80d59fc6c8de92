//! The API for programs: `/api/v1`, with keys ([`crate::accounts::keys`]).
//!
//! It has the rules, the writer and the rights of the pages: a body becomes the form of the page ([`fields`]), and its errors are
//! the form's, each with a pointer. The names of values are those of the forms' controls.

mod body;
mod bulk;
mod changes;
mod contact_json;
mod contacts;
mod etag;
mod examples;
mod fields;
mod imports;
mod lookup;
mod notes;
mod once;
mod openapi;
mod organization_changes;
mod organizations;
mod page;
mod parameters;
mod schemas;
mod sources;
mod submit;
mod upsert;
mod write;

use actix_web::http::Method;

use crate::domain::{KeyScope, Right};
use crate::web::{Access, Routes};

/// A look-up, which every key may do.
const LOOK_UP: Access = Access::Key(KeyScope::Lookup, Right::ContactView);

fn reads(right: Right) -> Access {
    Access::Key(KeyScope::Read, right)
}

fn writes(right: Right) -> Access {
    Access::Key(KeyScope::Write, right)
}

pub use once::sweep;
pub use openapi::OPERATIONS;
pub use parameters::check as check_parameters;

/// The pages about the API.
pub fn page_routes(routes: &mut Routes) {
    routes.at("/api").get(Access::SignedIn, page::show);
    routes.at("/api/openapi.json").get(Access::SignedIn, openapi::document);
}

pub fn routes(routes: &mut Routes) {
    routes.at("/api/v1/openapi.json").on(Method::GET, LOOK_UP, openapi::document);
    routes.at("/api/v1/lookup").on(Method::GET, LOOK_UP, lookup::show);
    routes.at("/api/v1/contacts").on(Method::GET, reads(Right::ContactView), contacts::index).on(
        Method::POST,
        writes(Right::ContactAdd),
        contacts::create,
    );
    routes
        .at("/api/v1/contacts/{id}")
        .on(Method::GET, reads(Right::ContactView), contacts::show)
        .on(Method::PUT, writes(Right::ContactEdit), contacts::replace)
        .on(Method::PATCH, writes(Right::ContactEdit), contacts::patch)
        .on(Method::DELETE, writes(Right::ContactDelete), contacts::delete);
    routes.at("/api/v1/contacts/{id}/notes").on(Method::GET, reads(Right::ContactView), notes::index).on(
        Method::POST,
        writes(Right::NoteAdd),
        notes::create,
    );
    routes
        .at("/api/v1/organizations")
        .on(Method::GET, reads(Right::OrganizationView), organizations::index)
        .on(Method::POST, writes(Right::OrganizationAdd), organization_changes::create);
    routes
        .at("/api/v1/organizations/{id}")
        .on(Method::GET, reads(Right::OrganizationView), organizations::show)
        .on(Method::PUT, writes(Right::OrganizationEdit), organization_changes::replace)
        .on(Method::PATCH, writes(Right::OrganizationEdit), organization_changes::patch)
        .on(Method::DELETE, writes(Right::OrganizationDelete), organization_changes::delete);
    routes.at("/api/v1/imports").on(Method::GET, reads(Right::ImportView), imports::index).on(
        Method::POST,
        writes(Right::ImportAdd),
        imports::create,
    );
    routes.at("/api/v1/imports/{id}").on(Method::GET, reads(Right::ImportView), imports::show);
    routes.at("/api/v1/changes").on(Method::GET, reads(Right::ContactView), changes::index);
    routes.at("/api/v1/sources").on(Method::GET, reads(Right::ContactView), sources::index);
    routes.at("/api/v1/sources/{source}/contacts").on(Method::POST, writes(Right::ContactEdit), bulk::post);
    routes
        .at("/api/v1/sources/{source}/contacts/{external_id}")
        .on(Method::GET, reads(Right::ContactView), sources::show)
        .on(Method::PUT, writes(Right::ContactEdit), upsert::put);
}
