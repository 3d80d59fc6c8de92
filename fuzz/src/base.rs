#[path = "../../src/base/text_enum.rs"]
mod text_enum;

pub(crate) use text_enum::text_enum;
