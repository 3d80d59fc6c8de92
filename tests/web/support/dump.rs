//! A book as text, the same for two books with the same content: names instead of ids, no times.

use carnet::book::counts::recount;
use carnet::config::DatabaseUrl;
use carnet::db::{AnyConnection, ConnectionManager};
use carnet::imports;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A connection for a single look: the next start of the program is again the first to open the database.
pub fn open(url: &str) -> AnyConnection {
    ConnectionManager::new(DatabaseUrl::parse(url).unwrap()).open().unwrap()
}

pub fn lines(conn: &mut AnyConnection, sql: &str) -> Vec<String> {
    let found: Vec<Line> = sql_query(sql).load(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
    found.into_iter().map(|found| found.line).collect()
}

fn count(conn: &mut AnyConnection, sql: &str) -> i64 {
    let found: Count = sql_query(sql).get_result(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
    found.count
}

pub fn columns(conn: &mut AnyConnection, table: &str) -> Vec<String> {
    let sql = match conn {
        AnyConnection::Sqlite(_) => {
            format!("SELECT name AS line FROM pragma_table_info('{table}') ORDER BY name")
        }
        AnyConnection::Postgres(_) => format!(
            "SELECT column_name::text AS line FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY column_name"
        ),
    };
    lines(conn, &sql)
}

/// The columns of a table as text, one line per row, without some columns, and with expressions in place of others.
fn rows(conn: &mut AnyConnection, table: &str, without: &[&str], told: &[(&str, &str)]) -> String {
    let parts: Vec<String> = columns(conn, table)
        .into_iter()
        .filter(|column| !without.contains(&column.as_str()))
        .map(|column| {
            let told = told.iter().find(|(name, _)| *name == column);
            let value = told.map_or_else(|| format!("{table}.{column}"), |(_, sql)| (*sql).to_owned());
            format!("'{column}=' || COALESCE(CAST({value} AS TEXT), '-')")
        })
        .collect();
    parts.join(" || '|' || ")
}

const IMPORT: &str = "(SELECT name FROM imports WHERE imports.id = contacts.import_id)";
const CREATED_BY_IMPORT: &str = "(SELECT name FROM imports WHERE imports.id = contacts.created_import_id)";
const CONTACT: &str =
    "(SELECT COALESCE(email_key, sort_key) FROM contacts WHERE contacts.id = audit_entries.contact_id)";

/// The whole content of the book, without what differs between any two books.
pub fn dump(url: &str) -> Vec<String> {
    let conn = &mut open(url);
    let contact = rows(
        conn,
        "contacts",
        &["id", "order_label", "created_at", "updated_at", "form_key"],
        &[
            ("import_id", IMPORT),
            ("created_import_id", CREATED_BY_IMPORT),
            ("deleted_at", "CASE WHEN contacts.deleted_at IS NULL THEN 'no' ELSE 'yes' END"),
        ],
    );
    let mut dump = lines(conn, &format!("SELECT {contact} AS line FROM contacts"));
    dump.sort_unstable();
    let entry = rows(
        conn,
        "audit_entries",
        &["id", "at"],
        &[
            ("contact_id", CONTACT),
            ("import_id", "(SELECT name FROM imports WHERE imports.id = audit_entries.import_id)"),
        ],
    );
    // In the order of each contact's history.
    let mut history = lines(
        conn,
        &format!(
            "SELECT COALESCE({CONTACT}, '') || '#' || CAST(ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY id) AS TEXT) \
             || '|' || {entry} AS line FROM audit_entries"
        ),
    );
    history.sort_unstable();
    dump.append(&mut history);
    let import = rows(
        conn,
        "imports",
        &["id", "file_id", "created_at", "applying_since", "finished_at", "checked_entry", "checked_at"],
        &[
            // It has the time of its check.
            ("foreseen", "CASE WHEN imports.foreseen IS NULL THEN 'no' ELSE 'yes' END"),
            ("undone_at", "CASE WHEN imports.undone_at IS NULL THEN 'no' ELSE 'yes' END"),
        ],
    );
    dump.extend(lines(conn, &format!("SELECT {import} AS line FROM imports ORDER BY id")));
    let finding = rows(
        conn,
        "import_findings",
        &[],
        &[("import_id", "(SELECT name FROM imports WHERE imports.id = import_findings.import_id)")],
    );
    dump.extend(lines(
        conn,
        &format!("SELECT {finding} AS line FROM import_findings ORDER BY import_id, kind, line, ordinal"),
    ));
    let undo = rows(conn, "import_undos", &["import_id", "created_at", "finished_at"], &[]);
    dump.extend(lines(conn, &format!("SELECT {undo} AS line FROM import_undos ORDER BY import_id")));
    dump.extend(sizes(conn));
    dump.extend(search_index(conn));
    dump
}

/// The statement that lists the tables, without those of the search index.
pub fn tables(conn: &AnyConnection) -> &'static str {
    match conn {
        AnyConnection::Sqlite(_) => {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'contact_search%' \
             AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        AnyConnection::Postgres(_) => {
            "SELECT table_name::text AS line FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY table_name"
        }
    }
}

/// The number of rows of each table: no rows are left over anywhere. Sessions and nodes are left out, as they come and go, and so
/// are an import's batches, whose sizes vary, with their places in the feed.
fn sizes(conn: &mut AnyConnection) -> Vec<String> {
    let sql = tables(conn);
    lines(conn, sql)
        .into_iter()
        .filter(|table| {
            !matches!(table.as_str(), "sessions" | "nodes" | "import_journal" | "feed" | "feed_waiting")
        })
        .map(|table| {
            // The time of a backup is noted in the book that it was made of.
            let all = if table == "settings" { " WHERE key <> 'last_backup'" } else { "" };
            let rows = count(conn, &format!("SELECT COUNT(*) AS count FROM {table}{all}"));
            format!("{table}: {rows} rows")
        })
        .collect()
}

/// The words that SQLite's search index, a table of its own, has for each contact.
fn search_index(conn: &mut AnyConnection) -> Vec<String> {
    if matches!(conn, AnyConnection::Postgres(_)) {
        return Vec::new();
    }
    conn.batch_execute(
        "CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'contact_search', 'instance')",
    )
    .unwrap();
    let mut words = lines(
        conn,
        "SELECT COALESCE(email_key, sort_key, 'nobody') || ' ' || term AS line FROM temp.words \
         LEFT JOIN contacts ON contacts.order_label = words.doc",
    );
    words.sort_unstable();
    words
}

/// Files that no import has.
const ORPHANS: &str = "FROM import_files WHERE id NOT IN (SELECT file_id FROM imports)";

/// Removes what kills between the rows of a list and the import that takes them have left, at most so many files, as the sweep does
/// after an hour.
pub fn sweep(url: &str, most: usize) {
    let conn = &mut open(url);
    let left = count(conn, &format!("SELECT COUNT(*) AS count {ORPHANS}"));
    assert!(usize::try_from(left).unwrap() <= most, "{left} files without import: {url}");
    let old = "UPDATE import_files SET created_at = '2000-01-01 00:00:00'";
    conn.batch_execute(&format!("{old} WHERE id IN (SELECT id {ORPHANS})")).unwrap();
    imports::sweep_files(conn).unwrap();
}

/// Checks what must hold in every book, whatever its content.
pub fn hold_together(url: &str) {
    let conn = &mut open(url);
    assert_eq!(count(conn, "SELECT COUNT(*) AS count FROM jobs"), 0, "{url}");
    let orphans = format!("SELECT COUNT(*) AS count {ORPHANS}");
    assert_eq!(count(conn, &orphans), 0, "files without import: {url}");
    let wrong = recount::differences(conn).unwrap();
    assert!(wrong.is_empty(), "wrong numbers of contacts: {wrong:?}: {url}");
    if matches!(conn, AnyConnection::Postgres(_)) {
        return;
    }
    assert_eq!(lines(conn, "SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"], "{url}");
    conn.batch_execute("INSERT INTO contact_search (contact_search) VALUES ('integrity-check')")
        .unwrap_or_else(|error| panic!("the search index is damaged: {error}: {url}"));
    let astray = "SELECT COUNT(*) AS count FROM (SELECT order_label, LAG(order_label) OVER (ORDER BY sort_key, id) AS before \
         FROM contacts WHERE deleted_at IS NULL) WHERE order_label IS NULL OR before >= order_label";
    assert_eq!(count(conn, astray), 0, "order labels rise with the list: {url}");
}

/// Corrects the numbers of contacts after SQL that did not keep them.
pub fn count_again(conn: &mut AnyConnection) {
    let wrong = recount::differences(conn).unwrap();
    recount::correct(conn, &wrong).unwrap();
}
