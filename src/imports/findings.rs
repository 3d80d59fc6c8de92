//! The findings of an import: the faults of rejected lines, and the superseded lines.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::list_kind::{FoundFault, Line};
use crate::db::schema::import_findings;
use crate::db::{AnyConnection, on_backend};
use crate::domain::Fault;
use crate::error::AppResult;
use crate::jobs::JobContext;

const REJECTED: &str = "rejected";
const SUPERSEDED: &str = "superseded";
/// Approximate number of findings deleted per transaction: the findings of a line are deleted together.
const CLEARED_TOGETHER: i64 = 5_000;
/// Findings that a page counts by reason.
const COUNTED: i64 = 100_000;

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
    pub fn of_rejected<R>(import: i64, line: &Line<R>, faults: &[FoundFault]) -> AppResult<Vec<Self>> {
        faults
            .iter()
            .zip(0..)
            .map(|(found, ordinal)| {
                Ok(Self {
                    import_id: import,
                    line: int(line.number),
                    ordinal,
                    kind: REJECTED,
                    field: found.column,
                    value: found.value.clone(),
                    fault: serde_json::to_string(&found.fault)?,
                    line_start: int(line.start),
                    line_length: int(line.length),
                })
            })
            .collect()
    }

    /// # Errors
    /// The fault cannot be serialized: a bug in the program.
    pub fn of_superseded<R>(
        import: i64,
        line: &Line<R>,
        (column, value): (i64, String),
        by: u64,
    ) -> AppResult<Self> {
        Ok(Self {
            import_id: import,
            line: int(line.number),
            ordinal: 0,
            kind: SUPERSEDED,
            field: Some(column),
            value,
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

/// Counts the rejected lines. Each has a first fault.
pub fn count_rejected(conn: &mut AnyConnection, import: i64) -> AppResult<i64> {
    Ok(rejected(import).count().get_result(conn)?)
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

/// Deletes the findings of rejected lines, which are judged anew.
pub fn forget_rejected(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<()> {
    let rejected = import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(REJECTED))
        .filter(import_findings::line.eq_any(lines));
    diesel::delete(rejected).execute(conn)?;
    Ok(())
}

/// The first rejected lines.
pub fn first_rejected(conn: &mut AnyConnection, import: i64, limit: i64) -> AppResult<Vec<i64>> {
    Ok(rejected(import).order(import_findings::line).limit(limit).select(import_findings::line).load(conn)?)
}

/// Counts those of these lines that are rejected.
pub fn count_rejected_of(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<i64> {
    Ok(rejected(import).filter(import_findings::line.eq_any(lines.to_vec())).count().get_result(conn)?)
}

/// A finding of each rejected line.
fn rejected(import: i64) -> Query {
    import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(REJECTED))
        .filter(import_findings::ordinal.eq(0))
        .into_boxed()
}

/// A finding as shown and downloaded.
pub struct Finding {
    pub line: i64,
    pub ordinal: i64,
    /// The column, from 1; `None` for the line as a whole.
    pub column: Option<i64>,
    pub value: String,
    pub fault: Fault,
    pub line_start: i64,
    pub line_length: i64,
    reason: Reason,
}

impl Finding {
    pub fn reason(&self) -> Reason {
        self.reason.clone()
    }
}

/// The column and the fault of findings, as stored: findings with the same reason have the same cure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    pub field: Option<i64>,
    pub fault: String,
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
    let kind = match kind {
        FindingKind::Rejected => REJECTED,
        FindingKind::Superseded => SUPERSEDED,
    };
    load(conn, of_kind(import, kind).filter(behind(line, ordinal)).limit(limit))
}

/// Returns the next rejected findings with a reason after a line and ordinal, in the order of the file.
pub fn alike(
    conn: &mut AnyConnection,
    import: i64,
    reason: &Reason,
    (line, ordinal): (i64, i64),
    limit: i64,
) -> AppResult<Vec<Finding>> {
    let alike = of_kind(import, REJECTED).filter(import_findings::fault.eq(reason.fault.clone()));
    let alike = match reason.field {
        Some(field) => alike.filter(import_findings::field.eq(field)),
        None => alike.filter(import_findings::field.is_null()),
    };
    load(conn, alike.filter(behind(line, ordinal)).limit(limit))
}

/// Returns all findings of some rejected lines.
pub fn of_lines(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<Vec<Finding>> {
    load(conn, of_kind(import, REJECTED).filter(import_findings::line.eq_any(lines.to_vec())))
}

/// Returns the reason of the finding at a line and ordinal, if there is one.
pub fn reason_at(
    conn: &mut AnyConnection,
    import: i64,
    (line, ordinal): (i64, i64),
) -> AppResult<Option<Reason>> {
    let found: Option<(Option<i64>, String)> = import_findings::table
        .find((import, REJECTED, line, ordinal))
        .select((import_findings::field, import_findings::fault))
        .first(conn)
        .optional()?;
    Ok(found.map(|(field, fault)| Reason { field, fault }))
}

/// A reason with the rejected lines that have it.
pub struct CountedReason {
    pub reason: Reason,
    pub lines: i64,
    pub first_line: i64,
}

/// Field, fault, number of lines and first line.
type ReasonRow = (Option<i64>, String, i64, Option<i64>);

/// Returns the reasons of rejected lines, the most frequent first, at most `limit`. Of more findings than a bound, the first
/// are counted, and `true` is returned: a page must not read a million of them.
pub fn by_reason(conn: &mut AnyConnection, import: i64, limit: i64) -> AppResult<(Vec<CountedReason>, bool)> {
    let bound: Option<i64> = import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(REJECTED))
        .order((import_findings::line, import_findings::ordinal))
        .select(import_findings::line)
        .offset(COUNTED)
        .first(conn)
        .optional()?;
    let rows: Vec<ReasonRow> = import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(REJECTED))
        .filter(import_findings::line.lt(bound.unwrap_or(i64::MAX)))
        .group_by((import_findings::field, import_findings::fault))
        .select((import_findings::field, import_findings::fault, count_star(), min(import_findings::line)))
        .order((
            count_star().desc(),
            min(import_findings::line),
            import_findings::field,
            import_findings::fault,
        ))
        .limit(limit)
        .load(conn)?;
    let counted = rows.into_iter().map(|(field, fault, lines, first)| CountedReason {
        reason: Reason { field, fault },
        lines,
        first_line: first.unwrap_or_default(),
    });
    Ok((counted.collect(), bound.is_some()))
}

type Multi = <AnyConnection as diesel::Connection>::Backend;
type Query = import_findings::BoxedQuery<'static, Multi>;

fn of_kind(import: i64, kind: &'static str) -> Query {
    import_findings::table
        .filter(import_findings::import_id.eq(import))
        .filter(import_findings::kind.eq(kind))
        .order((import_findings::line, import_findings::ordinal))
        .into_boxed()
}

/// The condition to come after a line and ordinal.
#[diesel::dsl::auto_type(no_type_alias)]
fn behind(line: i64, ordinal: i64) -> _ {
    let further = import_findings::line.gt(line).or(import_findings::ordinal.gt(ordinal));
    import_findings::line.ge(line).and(further)
}

fn load(conn: &mut AnyConnection, query: Query) -> AppResult<Vec<Finding>> {
    type FindingRow = (i64, i64, Option<i64>, String, String, i64, i64);
    let rows: Vec<FindingRow> = query
        .select((
            import_findings::line,
            import_findings::ordinal,
            import_findings::field,
            import_findings::value,
            import_findings::fault,
            import_findings::line_start,
            import_findings::line_length,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(line, ordinal, field, value, fault, line_start, line_length)| {
            Ok(Finding {
                line,
                ordinal,
                column: field,
                value,
                fault: serde_json::from_str(&fault)?,
                line_start,
                line_length,
                reason: Reason { field, fault },
            })
        })
        .collect()
}
