//! The base of the tests: a server per test ([`TestApp`]), people with fixed rights, pages read as a browser reads them, and what
//! several tests share, one file per subject.

mod app;
pub mod book;
mod browser;
pub mod chance;
mod client;
mod command;
pub mod contact_types;
pub mod contacts;
pub mod corrections;
pub mod dump;
pub mod duplicates;
pub mod erasure;
pub mod external_ids;
pub mod feed;
pub mod keys;
pub mod lists;
pub mod measured;
pub mod merges;
mod page;
pub mod postgres;
pub mod preview;
pub mod process;
pub mod random_book;
pub mod raw;
pub mod receiver;
pub mod savers;
pub mod second_factor;
pub mod statements;
pub mod undo;
pub mod waiting;
pub mod wrong_files;

pub use app::{Backend, PASSWORD, TestApp, database, left_out, person, with_app, with_app_and};
pub use browser::{Driver, Person, installed};
pub use client::{Client, plain_client};
pub use command::{Lists, code, spawn, stderr, stdout};
pub use page::Page;
pub use process::{CARNET, carnet, text};

/// Makes tests of functions that take a [`TestApp`], on both databases: `name::sqlite` and `name::postgres`. Options of the server
/// can stand before the names: `OPTIONS => name`.
macro_rules! both_backends {
    ($($name:ident),+ $(,)?) => { both_backends!([] => $($name),+); };
    ($options:expr => $($name:ident),+ $(,)?) => {$(
        mod $name {
            #[allow(unused_imports, reason = "most tests need no options")]
            use super::*;

            #[test]
            fn sqlite() {
                $crate::support::with_app_and($crate::support::Backend::Sqlite, &$options, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::support::with_app_and($crate::support::Backend::Postgres, &$options, super::$name);
            }
        }
    )+};
}
