//! Recomputes folded unique names after a newer version has changed the folding.

/// Recomputes the folded names of a small table's rows. A row keeps its older key if another row already has the new one.
/// Returns the ids of such rows.
macro_rules! rekey {
    ($conn:expr, $table:ident, $name:ident, $key:ident, $of:expr) => {{
        use $crate::db::schema::$table;
        let rows: Vec<(i64, String, String)> =
            $table::table.order($table::id).select(($table::id, $table::$name, $table::$key)).load($conn)?;
        let mut kept: Vec<i64> = Vec::new();
        for (id, name, key) in rows {
            let today: String = $of(&name);
            if today == key {
                continue;
            }
            let is_free = $crate::db::unless_taken($conn, |conn| {
                diesel::update($table::table.find(id)).set($table::$key.eq(today)).execute(conn)?;
                Ok(())
            })?;
            if !is_free {
                kept.push(id);
            }
        }
        kept
    }};
}
pub(crate) use rekey;
