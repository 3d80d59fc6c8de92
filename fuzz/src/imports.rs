#[path = "../../src/imports/format/mod.rs"]
pub mod format;
