//! What every feature's pages stand on.

pub mod assets;
pub mod bodies;
pub mod client;
pub mod connections;
pub mod context;
pub mod csrf;
pub mod csv;
pub mod drawn;
pub mod error_pages;
pub mod flash;
pub mod form;
pub mod form_key;
pub mod health;
pub mod host;
pub mod lengths;
pub mod overload;
pub mod pace;
pub mod page;
pub mod period;
pub mod routes;
pub mod security_headers;
pub mod sent;
pub mod server;
pub mod turn_away;

pub use context::Context;
pub use drawn::{Difference, Drawn};
pub use form::{FieldError, Form, FormErrors, NoFields};
pub use routes::{Access, Routes};
pub use sent::Sent;
