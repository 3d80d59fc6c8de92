use diesel::backend::Backend;
use diesel::deserialize::{self, FromStaticSqlRow, Queryable};
use serde::de::DeserializeOwned;

/// A nullable column with JSON: the `deserialize_as` of a field `Option<T>`.
pub struct JsonColumn<T>(pub Option<T>);

impl<T, ST, DB> Queryable<ST, DB> for JsonColumn<T>
where
    T: DeserializeOwned,
    DB: Backend,
    Option<String>: FromStaticSqlRow<ST, DB>,
{
    type Row = Option<String>;

    fn build(text: Option<String>) -> deserialize::Result<Self> {
        Ok(Self(text.map(|text| serde_json::from_str(&text)).transpose()?))
    }
}

impl<T> From<JsonColumn<T>> for Option<T> {
    fn from(column: JsonColumn<T>) -> Self {
        column.0
    }
}
