//! The product from outside: a real server on a real port, on each database.

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
