//! The findings of an import: the faults of rejected lines, and the superseded lines.

use diesel::prelude::*;

use super::format;
use crate::db::schema::import_findings;
use crate::db::{AnyConnection, on_backend};
use crate::domain::{Fault, Field};
use crate::error::AppResult;
use crate::jobs::JobContext;

const REJECTED: &str = "rejected";
const SUPERSEDED: &str = "superseded";
/// Approximate number of findings deleted per transaction: the findings of a line are deleted together.
const CLEARED_TOGETHER: i64 = 5_000;

/// A finding to be inserted.
#[derive(Insertable)]
#[diesel(table_name = import_findings, treat_none_as_default_value = false)]
pub struct NewFinding {
    import_id: i64,
    line: i64,
    ordinal: i64,
    kind: &'static str,
    field: Option<i64>,
    value: String,
    fault: String,
    line_start: i64,
    line_length: i64,
}

impl NewFinding {
    /// # Errors
    /// The fault cannot be serialized: a bug in the program.
    pub fn of_rejected(
        import: i64,
        line: &format::Line,
        findings: &[format::Finding],
    ) -> AppResult<Vec<Self>> {
        findings
            .iter()
            .zip(0..)
            .map(|(finding, ordinal)| {
                Ok(Self {
                    import_id: import,
                    line: int(line.number),
                    ordinal,
                    kind: REJECTED,
                    field: finding.field.map(Field::column),
                    value: finding.value.clone(),
                    fault: serde_json::to_string(&finding.fault)?,
                    line_start: int(line.start),
                    line_length: int(line.length),
                })
            })
            .collect()
    }

    /// # Errors
    /// The fault cannot be serialized: a bug in the program.
    pub fn of_superseded(import: i64, line: &format::Line, email: &str, by: u64) -> AppResult<Self> {
        Ok(Self {
            import_id: import,
            line: int(line.number),
            ordinal: 0,
            kind: SUPERSEDED,
            field: Some(Field::Email.column()),
            value: email.to_owned(),
            fault: serde_json::to_string(&Fault::Superseded { line: by })?,
            line_start: int(line.start),
            line_length: int(line.length),
        })
    }
}

/// Files have fewer lines and bytes than 2^63.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub fn insert(conn: &mut AnyConnection, findings: &[NewFinding]) -> AppResult<()> {
    // SQLite accepts 32 766 values per statement, PostgreSQL 65 535; a finding has nine.
    for part in findings.chunks(2_000) {
        on_backend!(conn, |conn| diesel::insert_into(import_findings::table).values(part).execute(conn))?;
    }
    Ok(())
}

/// Deletes the findings before a new check, in several transactions, so that other writers get their turn in between.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued the import.
pub fn clear(work: &JobContext, import: i64) -> AppResult<()> {
    let of_import = import_findings::table.filter(import_findings::import_id.eq(import));
    work.walk((), |conn, ()| {
        let last: Option<i64> = of_import
            .order(import_findings::line)
            .select(import_findings::line)
            .offset(CLEARED_TOGETHER - 1)
            .first(conn)
            .optional()?;
        let up_to = import_findings::line.le(last.unwrap_or(i64::MAX));
        diesel::delete(of_import.filter(up_to)).execute(conn)?;
        Ok(last.map(drop))
    })
}

/// Removes the values of these lines. Their rejection or supersession, and the reason, stay.
pub fn forget_values(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<()> {
    for part in lines.chunks(1_000) {
        diesel::update(
            import_findings::table
                .filter(import_findings::import_id.eq(import))
                .filter(import_findings::kind.eq_any([REJECTED, SUPERSEDED]))
                .filter(import_findings::line.eq_any(part)),
        )
        .set(import_findings::value.eq(""))
        .execute(conn)?;
    }
    Ok(())
}

/// A finding as shown and downloaded.
pub struct Finding {
    pub line: i64,
    pub ordinal: i64,
    pub field: Option<Field>,
    pub value: String,
    pub fault: Fault,
    pub line_start: i64,
    pub line_length: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    Rejected,
    Superseded,
}

/// Returns the next findings of one kind after a line and ordinal, in the order of the file.
pub fn after(
    conn: &mut AnyConnection,
    import: i64,
    kind: FindingKind,
    (line, ordinal): (i64, i64),
    limit: i64,
) -> AppResult<Vec<Finding>> {
    type FindingRow = (i64, i64, Option<i64>, String, String, i64, i64);
    let kind = match kind {
        FindingKind::Rejected => REJECTED,
        FindingKind::Superseded => SUPERSEDED,
    };
    let rows: Vec<FindingRow> = import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(kind))
        .filter(import_findings::line.ge(line))
        .filter(import_findings::line.gt(line).or(import_findings::ordinal.gt(ordinal)))
        .order((import_findings::line, import_findings::ordinal))
        .select((
            import_findings::line,
            import_findings::ordinal,
            import_findings::field,
            import_findings::value,
            import_findings::fault,
            import_findings::line_start,
            import_findings::line_length,
        ))
        .limit(limit)
        .load(conn)?;
    rows.into_iter()
        .map(|(line, ordinal, field, value, fault, line_start, line_length)| {
            Ok(Finding {
                line,
                ordinal,
                field: field.and_then(Field::from_column),
                value,
                fault: serde_json::from_str(&fault)?,
                line_start,
                line_length,
            })
        })
        .collect()
}
