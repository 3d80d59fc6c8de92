//! The web framework of all features' pages.

pub(crate) mod assets;
pub(crate) mod bodies;
pub mod body_rate;
pub(crate) mod client;
pub mod concurrency_limit;
mod confirm;
pub(crate) mod connections;
pub(crate) mod context;
pub(crate) mod csrf;
pub(crate) mod csv;
pub(crate) mod error_pages;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod form_key;
pub(crate) mod health;
pub(crate) mod host;
pub(crate) mod identity;
pub(crate) mod interrupted;
pub mod page;
pub(crate) mod period;
pub(crate) mod request_log;
pub mod require_length;
pub mod routes;
pub(crate) mod security_headers;
pub(crate) mod sent;
pub(crate) mod server;
pub(crate) mod settings;
pub mod shutdown_responder;
pub(crate) mod trouble;

pub use confirm::Confirm;
pub use context::{Context, REFERRER, referrer};
pub use form::{FieldError, Form, FormErrors, NoFields};
pub use identity::{Account, CurrentSession};
pub use interrupted::Interrupted;
pub use routes::{Access, Door, Doors, Routes};
pub use sent::Sent;
