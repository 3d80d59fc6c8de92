//! The product's values and their rules: parsed once at the door, trusted afterwards.
//!
//! Nothing here knows the web or the database. The form, the import and the command line all come through these
//! types, so what one of them stores the others can store again unchanged.

mod civility;
mod email;
mod fault;
mod import_name;
mod password;
mod phone;
mod recipient;
mod rights;
mod search_text;
mod text;
mod username;

pub use civility::Civility;
pub use email::Email;
pub use fault::Fault;
pub use import_name::ImportName;
pub use password::{NewPassword, PASSWORD_MAX, PASSWORD_MIN};
pub use phone::Phone;
pub use recipient::{Field, Recipient, Status};
pub use rights::{Right, Role};
pub use search_text::{Facet, Findable, Query, Term, fold, sort_key};
pub use text::Text;
pub use username::Username;
