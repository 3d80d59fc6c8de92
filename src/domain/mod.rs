//! The product's values and their rules. A value is parsed once, where it enters, and trusted afterwards.
//!
//! Nothing here depends on the web or the database. The form, the import and the command line all use these types, so a
//! value that one of them stored can be stored again by the others unchanged.

mod civility;
mod country;
mod custom_field;
mod details;
mod drawn;
mod email;
mod envelope;
mod fault;
mod field;
mod fold;
mod headcount;
mod import_name;
mod key_scope;
mod language;
mod networks;
mod own_id;
mod password;
mod phone;
pub mod phonetic_code;
mod query;
mod recipient;
mod rights;
mod search_text;
mod second_factor;
mod source_name;
mod spreadsheet;
mod term;
mod text;
mod username;
mod visible;
mod web_url;

pub use civility::{Civility, Gender};
pub use country::Country;
pub use custom_field::{CustomKind, EachOnce, is_far_longer, parse_date, parse_tags};
pub use details::{CUSTOM, Change, Details, EXTERNAL_ID};
pub use drawn::{Difference, Drawn};
pub use email::Email;
pub use envelope::envelope;
pub use fault::Fault;
pub use field::{Field, FieldKind, TICKED};
pub use fold::{fold, written};
pub use headcount::{ChangedContacts, Headcount};
pub use import_name::ImportName;
pub use key_scope::KeyScope;
pub use language::{language_names, language_tag};
pub use networks::Networks;
pub use own_id::{BookId, CARD_EXACT, CARD_PRODUCT, OwnId};
pub use password::{NewPassword, PASSWORD_MAX, PASSWORD_MIN};
pub use phone::{CallerNumber, Number, NumberBlocks, NumberKind, Phone, bare, beginnings, canonical_digits};
pub use phonetic_code::phonetic_code;
pub use query::{Piece, Query, asked_numbers};
pub use recipient::{Recipient, Status};
pub use rights::{Right, Role};
pub use search_text::{
    Facet, Findable, MIN_LAST_DIGITS, MIN_WORD, SHORT_WORD, Token, folded_words, name_word, sort_key,
};
pub use second_factor::SecondFactorFor;
pub use source_name::SourceName;
pub use spreadsheet::{escaped, guarded, unguarded};
pub use term::Term;
pub use text::{Text, clean_lines, repaired, repaired_list, tidy, tidy_prefix};
pub use username::Username;
pub use visible::{is_blank, is_invisible, visible};
pub use web_url::WebUrl;
