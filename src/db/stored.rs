//! How diesel reads values from text columns.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::sql_types::{Nullable, Text};
use serde::de::DeserializeOwned;

/// A value that is stored as JSON. Without a text it is the default.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, DB: Backend> Queryable<Text, DB> for Json<T>
where
    String: FromSql<Text, DB>,
{
    type Row = String;

    fn build(json: String) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&json)?))
    }
}

impl<T: DeserializeOwned + Default, DB: Backend> Queryable<Nullable<Text>, DB> for Json<T>
where
    String: FromSql<Text, DB>,
{
    type Row = Option<String>;

    fn build(json: Option<String>) -> deserialize::Result<Self> {
        Ok(Self(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default()))
    }
}

/// For `deserialize_as` at a field with a list.
impl<T> From<Json<Vec<T>>> for Vec<T> {
    fn from(json: Json<Vec<T>>) -> Self {
        json.0
    }
}

/// For `deserialize_as` at a field with an optional value.
impl<T> From<Json<Option<T>>> for Option<T> {
    fn from(json: Json<Option<T>>) -> Self {
        json.0
    }
}

/// Reads enums of `text_enum!` from columns with their texts.
macro_rules! from_text_column {
    ($($name:ty),+) => {$(
        impl<DB: diesel::backend::Backend> diesel::Queryable<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            type Row = String;

            fn build(text: String) -> diesel::deserialize::Result<Self> {
                Self::parse(&text).ok_or_else(|| format!("an unknown {}: {text}", stringify!($name)).into())
            }
        }
    )+};
}
pub(crate) use from_text_column;
