//! The base of the tests: a server per test ([`TestApp`]), people with fixed rights, pages read as a browser reads them.

mod app;
mod browser;
mod client;
mod command;
mod page;
pub mod postgres;
pub mod process;
pub mod raw;

pub use app::{Backend, PASSWORD, TestApp, database, left_out, person, with_app, with_app_and};
pub use browser::{Driver, Person, installed};
pub use client::Client;
pub use command::{Lists, code, spawn, stderr, stdout};
pub use page::Page;
pub use process::{CARNET, carnet, text};

/// Makes tests of functions that take a [`TestApp`], on both databases: `name::sqlite` and `name::postgres`.
macro_rules! both_backends {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::support::with_app($crate::support::Backend::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::support::with_app($crate::support::Backend::Postgres, super::$name);
            }
        }
    )+};
}
