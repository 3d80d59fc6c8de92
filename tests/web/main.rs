//! The product from outside: a real server on a real port, on each database.

#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test stops at what it did not expect"
)]

#[macro_use]
mod support;

mod accounts;
mod browser;
mod contacts;
mod faults;
mod imports;
mod pages;
mod rights;
mod search;
mod validity;
