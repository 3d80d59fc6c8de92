//! The rejected lines on an import's page: by reason, or all lines of one reason or of every reason.

use std::collections::HashMap;

use super::column_names::ColumnNames;
use super::findings::{self, Finding, FindingKind, Reason};
use crate::base::paging;
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Explanation, explain};

/// Findings per page.
pub const PAGE: usize = 50;
/// Reasons that are shown; the other lines are in the whole list.
const REASONS: usize = 20;
/// Lines shown of each reason.
const FIRST: usize = 3;
/// Findings in which the first lines are looked for.
const LOOKED_AT: i64 = 300;

/// A finding in the reader's language.
pub struct ShownFinding {
    pub line: i64,
    pub column: String,
    pub value: String,
    pub explanation: Explanation,
}

pub fn shown(t: &Catalogue, names: &ColumnNames, findings: Vec<Finding>) -> Vec<ShownFinding> {
    findings
        .into_iter()
        .map(|finding| ShownFinding {
            line: finding.line,
            column: names.name(t, finding.column),
            value: finding.value,
            explanation: explain(t, &finding.fault),
        })
        .collect()
}

/// Parses a position: `12-0` is the first finding of line 12.
pub fn place(text: &str) -> Option<(i64, i64)> {
    let (line, ordinal) = text.split_once('-')?;
    Some((line.parse().ok()?, ordinal.parse().ok()?))
}

/// Shortens findings to a page; returns the place after which the next one begins.
pub fn cut(findings: &mut Vec<Finding>) -> Option<String> {
    paging::cut(findings, PAGE, |last| format!("{}-{}", last.line, last.ordinal))
}

/// The lines that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// None of them, but their reasons.
    Reasons,
    /// All, after a place.
    Lines((i64, i64)),
    /// Those with the reason of the finding at a place, after another place.
    Alike((i64, i64), (i64, i64)),
}

impl Asked {
    /// Reads `reason`, which is empty, `all` or the place of a finding, and `after`, a place.
    pub fn read(reason: &str, after: &str) -> Self {
        let begin = place(after);
        match (place(reason), reason, begin) {
            (Some(reason), ..) => Self::Alike(reason, begin.unwrap_or(BEGIN)),
            (None, "all", _) | (None, _, Some(_)) => Self::Lines(begin.unwrap_or(BEGIN)),
            _ => Self::Reasons,
        }
    }
}

const BEGIN: (i64, i64) = (0, -1);

/// Rejected lines with one reason.
pub struct Group {
    /// The place of the first of them, for its URL.
    pub place: String,
    pub lines: i64,
    pub column: String,
    pub explanation: Explanation,
    pub first: Vec<ShownFinding>,
    pub has_more: bool,
}

/// The part of the page about rejected lines.
#[derive(Default)]
pub struct Rejections {
    pub groups: Vec<Group>,
    /// Set if the lines were counted up to a bound, or if not every reason is shown.
    pub is_partial: bool,
    pub lines: Vec<ShownFinding>,
    /// The reason of the listed lines in its URL: a place, or `all`.
    pub reason: String,
    /// The place after which the next page of the list begins.
    pub next: Option<String>,
}

impl Rejections {
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.lines.is_empty()
    }

    pub fn load(
        conn: &mut AnyConnection,
        t: &Catalogue,
        names: &ColumnNames,
        import: i64,
        asked: Asked,
    ) -> AppResult<Self> {
        let limit = paging::limit(PAGE);
        let (mut lines, reason) = match asked {
            Asked::Reasons => return Self::by_reason(conn, t, names, import),
            Asked::Lines(after) => {
                (findings::after(conn, import, FindingKind::Rejected, after, limit)?, "all".to_owned())
            }
            Asked::Alike(place, after) => match findings::reason_at(conn, import, place)? {
                Some(reason) => {
                    let alike = findings::alike(conn, import, &reason, after, limit)?;
                    (alike, format!("{}-{}", place.0, place.1))
                }
                None => return Self::by_reason(conn, t, names, import),
            },
        };
        let next = cut(&mut lines);
        Ok(Self { lines: shown(t, names, lines), reason, next, ..Self::default() })
    }

    fn by_reason(
        conn: &mut AnyConnection,
        t: &Catalogue,
        names: &ColumnNames,
        import: i64,
    ) -> AppResult<Self> {
        let (mut counted, is_bounded) = findings::by_reason(conn, import, paging::limit(REASONS))?;
        let has_more_reasons = paging::cut(&mut counted, REASONS, |_| ()).is_some();
        // The first lines of most reasons are at the beginning of the file; the others show the very first one.
        let beginning = findings::after(conn, import, FindingKind::Rejected, BEGIN, LOOKED_AT)?;
        let firsts: Vec<i64> = counted.iter().map(|counted| counted.first_line).collect();
        let mut by_reason: HashMap<Reason, Vec<Finding>> = HashMap::new();
        for finding in beginning.into_iter().chain(findings::of_lines(conn, import, &firsts)?) {
            let found = by_reason.entry(finding.reason()).or_default();
            if found.len() < FIRST && found.iter().all(|known| known.line != finding.line) {
                found.push(finding);
            }
        }
        let groups = counted.into_iter().filter_map(|counted| {
            let first = by_reason.remove(&counted.reason)?;
            let earliest = first.first()?;
            let place = format!("{}-{}", earliest.line, earliest.ordinal);
            let has_more = counted.lines > findings::int(first.len() as u64);
            let first = shown(t, names, first);
            let column = first.first()?.column.clone();
            let explanation = explain(t, &serde_json::from_str(&counted.reason.fault).ok()?);
            Some(Group { place, lines: counted.lines, column, explanation, first, has_more })
        });
        Ok(Self { groups: groups.collect(), is_partial: is_bounded || has_more_reasons, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_place_shows_the_reasons() {
        assert_eq!(Asked::read("", ""), Asked::Reasons);
        assert_eq!(Asked::read("x", "y"), Asked::Reasons);
        assert_eq!(Asked::read("all", ""), Asked::Lines(BEGIN));
        assert_eq!(Asked::read("", "12-0"), Asked::Lines((12, 0)), "a link of an earlier version");
        assert_eq!(Asked::read("12-0", ""), Asked::Alike((12, 0), BEGIN));
        assert_eq!(Asked::read("12-0", "40-1"), Asked::Alike((12, 0), (40, 1)));
    }
}
