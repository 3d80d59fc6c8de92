//! Downloads: the template, the file of an import, and the report.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;
use futures_util::stream::{self, Stream};

use super::column_names::ColumnNames;
use super::files;
use super::findings::{self, Finding, FindingKind};
use super::form::refusal_message;
use super::import::{Import, State};
use super::{retention, store};
use crate::audit::{self, Entry};
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, explain, fl};
use crate::web::csv::{BYTE_ORDER_MARK, attachment, push_row};
use crate::web::{Account, Context, page};

/// Findings per query for a download.
const STEP: i64 = 500;

/// `GET /imports/template.csv`: the header and two examples. The byte order mark makes Excel read UTF-8; an import ignores it.
pub async fn template() -> HttpResponse {
    const LINES: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\r\n\
        Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\r\n\
        M.,Marc,Beaulieu,marc.beaulieu@regie.example,Contentieux,0033472103031,,L’Haÿ-les-Roses\r\n";
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"carnet.csv\""))
        .body(format!("{BYTE_ORDER_MARK}{LINES}"))
}

#[derive(Template)]
#[template(path = "imports/dropped.html")]
pub(super) struct DroppedPage {
    cx: Context,
    import: Import,
    date: String,
}

impl DroppedPage {
    /// Answers 410: the file was kept for a limited time, which is over.
    pub(super) fn answer(cx: Context, import: Import, dropped_at: NaiveDateTime) -> AppResult<HttpResponse> {
        let date = cx.locale.date_time(&dropped_at);
        page::with_status(StatusCode::GONE, &Self { cx, import, date })
    }
}

/// `GET /imports/{id}/file`: the file as received. The log of changes records the download with its account.
pub async fn original(
    method: Method,
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (import, dropped_at) = db
        .write(move |conn| {
            let import = store::find(conn, id)?;
            let dropped_at = match import.received_file() {
                Some(file) => retention::dropped_at(conn, file)?,
                None => Some(import.finished_at.unwrap_or(import.created_at)),
            };
            if dropped_at.is_none() && method == Method::GET {
                let entry = Entry::new(audit::Kind::ImportFileDownloaded, Some(account.id))
                    .import(Some(id))
                    .subject(&import.name);
                audit::record(conn, &[entry])?;
            }
            Ok((import, dropped_at))
        })
        .await?;
    if let Some(dropped_at) = dropped_at {
        return DroppedPage::answer(cx, import, dropped_at);
    }
    let name = match import.file_name.as_str() {
        "" => format!("{}.csv", import.name),
        name => name.to_owned(),
    };
    // A refused file may be a spreadsheet, whatever its name.
    let kind = match import.state {
        State::Refused => "application/octet-stream",
        _ if import.list.is_some() => "application/octet-stream",
        _ => "text/csv",
    };
    let file = import.received_file().unwrap_or(import.file_id);
    let body = stored_file(db.get_ref().clone(), file, import.file_size);
    Ok(attachment(&name).insert_header((header::CONTENT_TYPE, kind)).streaming(page::in_parts(body)))
}

/// Streams a file of `size` bytes in pieces. If the file is dropped meanwhile, the answer is aborted, so that half a file
/// does not look complete.
fn stored_file(db: Db, file: i64, size: i64) -> impl Stream<Item = AppResult<Bytes>> {
    stream::try_unfold((0, size), move |(seq, left)| {
        let db = db.clone();
        async move {
            if left <= 0 {
                return Ok(None);
            }
            let piece = db
                .read_unhurried(move |conn| files::piece(conn, file, seq))
                .await?
                .ok_or(AppError::NotFound)?;
            let left = left - findings::int(piece.len() as u64);
            Ok(Some((Bytes::from(piece), (seq + 1, left))))
        }
    })
}

/// `GET /imports/{id}/report.csv`: one row per finding, for a spreadsheet. The separator is the one that Excel expects in
/// the reader's language, and the byte order mark says UTF-8. Every cell is quoted, and no cell is executed as a formula.
pub async fn report(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (import, names) = db
        .read(move |conn| {
            let import = store::find(conn, id)?;
            let names = ColumnNames::of(conn, &import)?;
            Ok((import, names))
        })
        .await?;
    let names = Arc::new(names);
    let locale = cx.locale;
    let mut head = BYTE_ORDER_MARK.as_bytes().to_vec();
    let t = cx.t;
    let titles = [
        fl!(t, "report-line"),
        fl!(t, "report-column"),
        fl!(t, "report-value"),
        fl!(t, "report-reason"),
        fl!(t, "report-cure"),
    ];
    push_row(&mut head, locale, &titles)?;
    if let Some(refusal) = &import.refusal {
        let row =
            [String::new(), fl!(t, "whole-file"), String::new(), refusal_message(t, refusal), String::new()];
        push_row(&mut head, locale, &row)?;
    }
    let db = db.get_ref().clone();
    let start = Some((Some(head), FindingKind::Rejected, (0, -1)));
    let body = stream::try_unfold(start, move |place| {
        let (db, names) = (db.clone(), Arc::clone(&names));
        async move {
            let Some((head, kind, after)) = place else {
                return Ok(None);
            };
            if let Some(head) = head {
                return Ok(Some((Bytes::from(head), Some((None, kind, after)))));
            }
            let found = db.read_unhurried(move |conn| findings::after(conn, id, kind, after, STEP)).await?;
            let mut bytes = Vec::new();
            for finding in &found {
                push_row(&mut bytes, locale, &cells(locale, &names, finding))?;
            }
            let next = match (found.last(), kind) {
                (Some(last), kind) => Some((None, kind, (last.line, last.ordinal))),
                (None, FindingKind::Rejected) => Some((None, FindingKind::Superseded, (0, -1))),
                (None, FindingKind::Superseded) => None,
            };
            Ok::<_, AppError>(Some((Bytes::from(bytes), next)))
        }
    });
    Ok(attachment(&format!("{}-report.csv", import.name)).streaming(page::in_parts(body)))
}

fn cells(locale: Locale, names: &ColumnNames, finding: &Finding) -> [String; 5] {
    let t = locale.catalogue();
    let explanation = explain(t, &finding.fault);
    [
        finding.line.to_string(),
        names.name(t, finding.column),
        finding.value.clone(),
        explanation.reason,
        explanation.cure,
    ]
}
