//! `rejected.csv`: the rejected lines of an import, to correct and import again: as they were, or below a heading and with their
//! reasons in a ninth column, which the reader drops.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use encoding_rs::Decoder;
use futures_util::stream;
use serde::Deserialize;

use super::column_names::ColumnNames;
use super::corrections::StoredLines;
use super::downloads::DroppedPage;
use super::findings::{self, Finding, FindingKind};
use super::format::{Encoding, Reading};
use super::import::Import;
use super::sources::rows_file::read_row;
use super::store;
use crate::db::{AnyConnection, Db};
use crate::domain::{Field, TICKED};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, column_name, explain, fl};
use crate::web::csv::{BYTE_ORDER_MARK, attachment, push_row};
use crate::web::{Context, page};

/// Findings per query; more than a line can have.
const STEP: i64 = 500;
/// Bytes per part of the answer.
const PART: i64 = 256 * 1024;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct RejectedQuery {
    reasons: String,
}

/// `GET /imports/{id}/rejected.csv`
pub async fn download(
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<RejectedQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let shown = db.read(move |conn| store::show(conn, id)).await?;
    let import = shown.import;
    if let Some(dropped_at) = shown.file_dropped_at {
        return DroppedPage::answer(cx, import, dropped_at);
    }
    let has_reasons = matches!(query.reasons.as_str(), "1" | TICKED);
    let charset =
        if has_reasons || import.list.is_some() { Encoding::Utf8 } else { import.reading.encoding }.charset();
    let names = db.read({
        let import = import.clone();
        move |conn| ColumnNames::of(conn, &import)
    });
    let names = names.await?;
    let picking = db
        .read({
            let (import, locale) = (import.clone(), cx.locale);
            move |conn| {
                let stored = StoredLines::of(conn, &import)?;
                Ok(Picking::of(&import, names, stored, (locale, has_reasons)))
            }
        })
        .await?;
    let db = db.get_ref().clone();
    let body = stream::try_unfold(picking, move |mut picking| {
        let db = db.clone();
        async move {
            let (bytes, picking) = db
                .read_unhurried(move |conn| {
                    let bytes = picking.next(conn)?;
                    Ok((bytes, picking))
                })
                .await?;
            let more = !bytes.is_empty();
            Ok::<_, AppError>(more.then(|| (Bytes::from(bytes), picking)))
        }
    });
    Ok(attachment(&format!("{}-rejected.csv", import.name))
        .insert_header((header::CONTENT_TYPE, format!("text/csv; charset={charset}")))
        .streaming(page::in_parts(body)))
}

/// A rejected line that is not sent yet, or the rest of one.
struct Rest {
    line: i64,
    start: i64,
    length: i64,
    /// Empty if the file has no reasons.
    reason: String,
}

/// The progress of the download. A line may be as long as the file, so the memory is bounded in bytes, and a line is sent in
/// parts.
struct Picking {
    import: i64,
    stored: StoredLines,
    /// The lines to send, the last line first.
    lines: Vec<Rest>,
    /// The last line that was looked up.
    after: i64,
    with_reasons: Option<WithReasons>,
    reading: Reading,
    names: ColumnNames,
    /// Set for a list that is not the strict one.
    as_rows: Option<AsRows>,
}

impl Picking {
    fn of(
        import: &Import,
        names: ColumnNames,
        stored: StoredLines,
        (locale, has_reasons): (Locale, bool),
    ) -> Self {
        let is_strict = import.list.is_none();
        Self {
            import: import.id,
            stored,
            reading: import.reading,
            lines: Vec::new(),
            after: 0,
            with_reasons: (has_reasons && is_strict).then(|| WithReasons::new(locale, import.reading)),
            as_rows: (!is_strict).then_some(AsRows { locale, has_reasons, has_heading: false }),
            names,
        }
    }

    /// Returns the next bytes; empty at the end.
    fn next(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<u8>> {
        if self.as_rows.is_some() {
            return self.next_rows(conn);
        }
        let mut bytes = self.with_reasons.as_mut().map(WithReasons::heading).unwrap_or_default();
        while findings::int(bytes.len() as u64) < PART {
            if self.lines.is_empty() {
                self.look_up(conn)?;
            }
            let Some(Rest { line, start, length, reason }) = self.lines.pop() else {
                break;
            };
            if let Some(mut raw) = self.corrected(line) {
                match &mut self.with_reasons {
                    None => bytes.append(&mut raw),
                    Some(with_reasons) => with_reasons.push(&raw, Some(&reason), &mut bytes),
                }
                continue;
            }
            let part = length.min(PART - findings::int(bytes.len() as u64));
            let mut raw = Vec::new();
            self.stored.pick(conn, start, part, &mut raw)?;
            if findings::int(raw.len() as u64) < part {
                // The file was dropped meanwhile: an incomplete list must not look complete.
                return Err(AppError::NotFound);
            }
            let is_end = part == length;
            match &mut self.with_reasons {
                None => bytes.append(&mut raw),
                Some(with_reasons) => with_reasons.push(&raw, is_end.then_some(&reason), &mut bytes),
            }
            if !is_end {
                self.lines.push(Rest { line, start: start + part, length: length - part, reason });
            }
        }
        Ok(bytes)
    }

    /// A corrected line of the strict file, as its file would have it: a line break in a cell would end it.
    fn corrected(&self, line: i64) -> Option<Vec<u8>> {
        let cells = self.stored.corrections().of(line)?;
        let sign = self.reading.separator.sign().to_string();
        let text = cells.join(&sign).replace(['\r', '\n'], " ");
        Some(self.reading.encoding.encode(&format!("{text}\r\n")))
    }

    /// Returns the next rows of a list that is not the strict one, each whole; empty at the end.
    fn next_rows(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<u8>> {
        let mut bytes = match &mut self.as_rows {
            Some(form) => form.heading(&self.names)?,
            None => Vec::new(),
        };
        while findings::int(bytes.len() as u64) < PART {
            if self.lines.is_empty() {
                self.look_up(conn)?;
            }
            let (Some(Rest { line, start, length, reason }), Some(form)) = (self.lines.pop(), &self.as_rows)
            else {
                break;
            };
            let columns = self.names.all(form.locale.catalogue()).len();
            if let Some(cells) = self.stored.corrections().of(line) {
                form.push(cells.to_vec(), reason, columns, &mut bytes)?;
                continue;
            }
            let mut raw = Vec::new();
            self.stored.pick(conn, start, length, &mut raw)?;
            if findings::int(raw.len() as u64) < length {
                // The file was dropped meanwhile: an incomplete list must not look complete.
                return Err(AppError::NotFound);
            }
            // A line that an erasure has blanked has no cells.
            form.push(read_row(&raw).unwrap_or_default(), reason, columns, &mut bytes)?;
        }
        Ok(bytes)
    }

    fn look_up(&mut self, conn: &mut AnyConnection) -> AppResult<()> {
        // Each line once: the largest ordinal skips the remaining findings of the last line.
        let place = (self.after, i64::MAX);
        let mut found = findings::after(conn, self.import, FindingKind::Rejected, place, STEP)?;
        if findings::int(found.len() as u64) == STEP
            && let Some(last) = found.last().map(|finding| finding.line)
        {
            // The next query has all findings of the last line.
            found.retain(|finding| finding.line != last);
        }
        for line in found.chunk_by(|finding, next| finding.line == next.line) {
            let first = &line[0];
            self.after = first.line;
            let reason = match (&self.with_reasons, &self.as_rows) {
                (Some(with_reasons), _) => Some(with_reasons.reason(&self.names, line)),
                (None, Some(form)) => Some(reasons(form.locale, &self.names, line)),
                (None, None) => None,
            };
            self.lines.push(Rest {
                line: first.line,
                start: first.line_start,
                length: first.line_length,
                reason: reason.unwrap_or_default(),
            });
        }
        self.lines.reverse();
        Ok(())
    }
}

/// The faults of a line in words.
fn reasons(locale: Locale, names: &ColumnNames, faults: &[Finding]) -> String {
    let t = locale.catalogue();
    let faults = faults.iter().map(|finding| {
        let reason = explain(t, &finding.fault).reason;
        match finding.column {
            Some(column) => format!("{} – {reason}", names.name(t, Some(column))),
            None => reason,
        }
    });
    faults.collect::<Vec<_>>().join(" / ")
}

/// Writes the rows of a list that is not the strict one as a table for spreadsheets, below its headings.
struct AsRows {
    locale: Locale,
    has_reasons: bool,
    has_heading: bool,
}

impl AsRows {
    /// Returns the headings at the first call, and nothing afterwards.
    fn heading(&mut self, names: &ColumnNames) -> AppResult<Vec<u8>> {
        let mut bytes = Vec::new();
        if !std::mem::replace(&mut self.has_heading, true) {
            let t = self.locale.catalogue();
            let mut cells = names.all(t);
            cells.extend(self.has_reasons.then(|| fl!(t, "report-reason")));
            bytes.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
            push_row(&mut bytes, self.locale, &cells)?;
        }
        Ok(bytes)
    }

    /// Appends a row of `columns` cells, with its reason behind them.
    fn push(
        &self,
        mut cells: Vec<String>,
        reason: String,
        columns: usize,
        into: &mut Vec<u8>,
    ) -> AppResult<()> {
        cells.resize(columns.max(cells.len()), String::new());
        cells.extend(self.has_reasons.then_some(reason));
        push_row(into, self.locale, &cells)
    }
}

/// Writes the lines as UTF-8 with their own separator and order of columns, and the reasons in the ninth column.
struct WithReasons {
    locale: Locale,
    reading: Reading,
    has_heading: bool,
    decoder: Decoder,
    /// The separators of the line so far.
    separators: usize,
    /// A carriage return that may be part of the line's end.
    held: bool,
}

impl WithReasons {
    fn new(locale: Locale, reading: Reading) -> Self {
        Self {
            locale,
            decoder: reading.encoding.decoder(),
            reading,
            has_heading: false,
            separators: 0,
            held: false,
        }
    }

    /// Returns the heading at the first call, and nothing afterwards: the French column names of the strict file, and the name of
    /// the column with the reason.
    fn heading(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.has_heading, true) {
            return Vec::new();
        }
        let mut names = vec![String::new(); 8];
        let columns = self.reading.columns.unwrap_or([0, 1, 2, 3, 4, 5, 6, 7]);
        for (field, column) in Field::IN_FILE.into_iter().zip(columns) {
            if let Some(name) = names.get_mut(column) {
                *name = column_name(Locale::Fr.catalogue(), field);
            }
        }
        names.push(fl!(self.locale.catalogue(), "report-reason"));
        let sign = self.reading.separator.sign().to_string();
        format!("{BYTE_ORDER_MARK}{}\r\n", names.join(&sign)).into_bytes()
    }

    /// The faults of a line in one cell, which has no separator.
    fn reason(&self, names: &ColumnNames, faults: &[Finding]) -> String {
        let reasons = reasons(self.locale, names, faults);
        reasons.replace(self.reading.separator.sign(), " –").replace('"', "'")
    }

    /// Appends a part of a line; `reason` with its last part.
    fn push(&mut self, raw: &[u8], reason: Option<&String>, into: &mut Vec<u8>) {
        let room = self.decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len());
        let mut text = String::with_capacity(room + 1);
        if std::mem::take(&mut self.held) {
            text.push('\r');
        }
        let _ = self.decoder.decode_to_string(raw, &mut text, reason.is_some());
        if reason.is_some() {
            if text.ends_with('\n') {
                text.pop();
            }
            if text.ends_with('\r') {
                text.pop();
            }
        } else if text.ends_with('\r') {
            text.pop();
            self.held = true;
        }
        let sign = self.reading.separator.sign();
        self.separators += text.matches(sign).count();
        into.extend_from_slice(text.as_bytes());
        if let Some(reason) = reason {
            // A shorter line is filled up, so that the reason is in its own column; a longer one keeps all its fields.
            let missing = 8_usize.saturating_sub(self.separators).max(1);
            for _ in 0..missing {
                into.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
            }
            into.extend_from_slice(reason.as_bytes());
            into.extend_from_slice(b"\r\n");
            self.separators = 0;
            self.decoder = self.reading.encoding.decoder();
        }
    }
}
