//! `rejected.csv`: the rejected lines of an import, to correct and import again: as they were, or below a heading and with their
//! reasons in a ninth column, which the reader drops.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use encoding_rs::Decoder;
use futures_util::stream;
use serde::Deserialize;

use super::downloads::DroppedPage;
use super::files::LinePicker;
use super::findings::{self, Finding, FindingKind};
use super::format::{Encoding, Reading};
use super::import::Import;
use super::store;
use crate::db::{AnyConnection, Db};
use crate::domain::{Field, TICKED};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, column_name, explain, fl};
use crate::web::csv::{BYTE_ORDER_MARK, attachment};
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
    let charset = if has_reasons { Encoding::Utf8 } else { import.reading.encoding }.charset();
    let picking = Picking::of(&import, has_reasons.then_some(cx.locale));
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
    start: i64,
    length: i64,
    /// Empty if the file has no reasons.
    reason: String,
}

/// The progress of the download. A line may be as long as the file, so the memory is bounded in bytes, and a line is sent in
/// parts.
struct Picking {
    import: i64,
    picker: LinePicker,
    /// The lines to send, the last line first.
    lines: Vec<Rest>,
    /// The last line that was looked up.
    after: i64,
    with_reasons: Option<WithReasons>,
}

impl Picking {
    fn of(import: &Import, reasons: Option<Locale>) -> Self {
        Self {
            import: import.id,
            picker: LinePicker::new(import.file_id),
            lines: Vec::new(),
            after: 0,
            with_reasons: reasons.map(|locale| WithReasons::new(locale, import.reading)),
        }
    }

    /// Returns the next bytes; empty at the end.
    fn next(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<u8>> {
        let mut bytes = self.with_reasons.as_mut().map(WithReasons::heading).unwrap_or_default();
        while findings::int(bytes.len() as u64) < PART {
            if self.lines.is_empty() {
                self.look_up(conn)?;
            }
            let Some(Rest { start, length, reason }) = self.lines.pop() else {
                break;
            };
            let part = length.min(PART - findings::int(bytes.len() as u64));
            let mut raw = Vec::new();
            self.picker.pick(conn, start, part, &mut raw)?;
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
                self.lines.push(Rest { start: start + part, length: length - part, reason });
            }
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
            let reason = self.with_reasons.as_ref().map(|with_reasons| with_reasons.reason(line));
            self.lines.push(Rest {
                start: first.line_start,
                length: first.line_length,
                reason: reason.unwrap_or_default(),
            });
        }
        self.lines.reverse();
        Ok(())
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
    fn reason(&self, faults: &[Finding]) -> String {
        let t = self.locale.catalogue();
        let faults = faults.iter().map(|finding| {
            let reason = explain(t, &finding.fault).reason;
            match finding.field {
                Some(field) => format!("{} – {reason}", column_name(t, field)),
                None => reason,
            }
        });
        let reasons = faults.collect::<Vec<_>>().join(" / ");
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
