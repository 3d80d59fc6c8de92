#[path = "../../src/imports/format/mod.rs"]
pub mod format;
#[path = "../../src/imports/mapping/mod.rs"]
pub mod mapping;
#[path = "../../src/imports/sources/mod.rs"]
pub mod sources;
