//! The tables to copy, and the description of each from the database's own catalogue.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::base::text_enum;
use crate::db::{AnyConnection, on_backend};
use crate::error::{AppError, AppResult};

/// Every copied table, in an order in which each follows the tables that it references.
pub const TABLES: [&str; 51] = [
    "settings",
    "accounts",
    "recovery_codes",
    "access_keys",
    "webhooks",
    "import_files",
    "import_chunks",
    "import_profiles",
    "imports",
    "import_mappings",
    "import_corrections",
    "import_findings",
    "import_lines",
    "organizations",
    "number_blocks",
    "contact_types",
    "contact_type_fields",
    "sources",
    "contacts",
    "contact_values",
    "contact_external_ids",
    "contact_aliases",
    "contact_merges",
    "notes",
    "reports",
    "import_held",
    "import_journal",
    "import_undos",
    "import_kept",
    "duplicate_runs",
    "duplicate_pairs",
    "shared_phones",
    "audit_entries",
    "feed",
    "feed_waiting",
    "drafts",
    "erasures",
    "erasure_emails",
    "erasure_marks",
    "phone_readings",
    "recent_contacts",
    "favourite_contacts",
    "saved_filters",
    "bulk_changes",
    "bulk_items",
    "book_words",
    "book_values",
    "book_counts",
    "book_count_deltas",
    "repairs",
    "jobs",
];

/// Tables about running servers, which are not copied: sessions, counts of failed sign-ins, nodes, and requests that programs may
/// send again. After a sign-out from
/// one book, no session of its copy may remain.
pub const LEFT_OUT: [&str; 4] = ["sessions", "sign_in_throttles", "nodes", "done_requests"];

/// Columns that only serve one database's search index; they are computed again.
pub const DERIVED: [(&str, &str); 2] = [("contacts", "order_label"), ("contacts", "tokens")];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// In the order of names.
    pub columns: Vec<Column>,
    /// The columns of the primary key, in its order.
    pub key: Vec<Column>,
    /// Set if the database assigns the ids and never reuses one.
    pub counts_ids: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: ValueKind,
}

text_enum! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ValueKind {
        Integer = "integer_",
        Flag = "flag_",
        Text = "text_",
        Time = "time_",
        Day = "day_",
        Bytes = "bytes_",
    }
}

impl ValueKind {
    /// Returns the kind of a column type of SQLite or PostgreSQL.
    fn declared(text: &str) -> Option<Self> {
        match text {
            "integer" | "bigint" => Some(Self::Integer),
            "boolean" => Some(Self::Flag),
            "text" => Some(Self::Text),
            "timestamp" | "timestamp without time zone" => Some(Self::Time),
            "date" => Some(Self::Day),
            "blob" | "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }
}

#[derive(QueryableByName)]
struct Described {
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    declared: String,
    /// From 1; 0 for a column outside the key.
    #[diesel(sql_type = BigInt)]
    key_place: i64,
    #[diesel(sql_type = Bool)]
    counts: bool,
}

const SQLITE: &str = "SELECT columns.name AS column_name, lower(columns.type) AS declared, columns.pk AS key_place, \
     columns.pk > 0 AND tables.sql LIKE '%AUTOINCREMENT%' AS counts \
     FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns \
     WHERE tables.type = 'table' AND tables.name = ? ORDER BY columns.name";

const POSTGRES: &str = "SELECT attname::text AS column_name, format_type(atttypid, NULL) AS declared, \
     COALESCE(array_position(indkey::int2[], attnum) + 1, 0)::bigint AS key_place, attidentity <> '' AS counts \
     FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary \
     WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || $1) AND attnum > 0 AND NOT attisdropped \
     ORDER BY attname COLLATE \"C\"";

/// Describes all of [`TABLES`].
///
/// # Errors
/// A missing table, or a column of an unknown type.
pub fn tables(conn: &mut AnyConnection) -> AppResult<Vec<Table>> {
    TABLES.into_iter().map(|name| table(conn, name)).collect()
}

fn table(conn: &mut AnyConnection, name: &str) -> AppResult<Table> {
    let sql = match conn {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    };
    let described: Vec<Described> =
        on_backend!(conn, |conn| sql_query(sql).bind::<Text, _>(name).load(conn))?;
    let mut table = Table {
        name: name.to_owned(),
        columns: Vec::new(),
        key: Vec::new(),
        counts_ids: described.iter().any(|column| column.counts),
    };
    let mut key = Vec::new();
    for found in described {
        if DERIVED.contains(&(name, &found.column_name)) {
            continue;
        }
        let Some(kind) = ValueKind::declared(&found.declared) else {
            return Err(unknown(name, &found.column_name));
        };
        let column = Column { name: found.column_name, kind };
        if found.key_place > 0 {
            key.push((found.key_place, column.clone()));
        }
        table.columns.push(column);
    }
    if key.is_empty() {
        return Err(unknown(name, "*"));
    }
    key.sort_by_key(|(place, _)| *place);
    table.key = key.into_iter().map(|(_, column)| column).collect();
    Ok(table)
}

fn unknown(table: &str, column: &str) -> AppError {
    AppError::Internal(anyhow::anyhow!("missing or unknown in the database: {table}.{column}"))
}
