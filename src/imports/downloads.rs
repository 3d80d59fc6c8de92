//! Files to download: the template, the rejected lines as they were, and the report.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;

use super::files::LinePicker;
use super::findings::{self, Finding, Kind};
use super::form::refusal_message;
use super::store;
use crate::contacts::column_name;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, explain, fl};
use crate::web::Context;
use crate::web::csv::{BYTE_ORDER_MARK, attachment, push_row};

/// Findings read at once for a download.
const STEP: i64 = 500;

/// `GET /imports/template.csv`: the header and two examples. The mark makes Excel read it as UTF-8; importing drops it.
pub async fn template() -> HttpResponse {
    const LINES: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\r\n\
        Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\r\n\
        M.,Marc,Beaulieu,marc.beaulieu@regie.example,Contentieux,0033472103031,,L’Haÿ-les-Roses\r\n";
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"carnet.csv\"",
        ))
        .body(format!("{BYTE_ORDER_MARK}{LINES}"))
}

/// `GET /imports/{id}/rejected.csv`: to mend and import again.
pub async fn rejected(db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let import = db.read(move |conn| store::find(conn, id)).await?;
    let db = db.get_ref().clone();
    let file = import.file_id;
    let body = stream::try_unfold(Some(0), move |after| {
        let db = db.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let next = db
                .read(move |conn| {
                    // Once for each line: all findings of the last line are passed over.
                    let found = findings::after(conn, id, Kind::Rejected, (after, i64::MAX), STEP)?;
                    let mut picker = LinePicker::new(file);
                    let mut bytes = Vec::new();
                    let mut last = after;
                    for finding in &found {
                        if finding.line == last {
                            continue;
                        }
                        last = finding.line;
                        picker.pick(conn, finding.line_start, finding.line_length, &mut bytes)?;
                    }
                    Ok((bytes, (!found.is_empty()).then_some(last)))
                })
                .await?;
            Ok::<_, AppError>(Some((Bytes::from(next.0), next.1)))
        }
    });
    Ok(attachment(&format!("{}-rejected.csv", import.name))
        .insert_header((
            header::CONTENT_TYPE,
            format!("text/csv; charset={}", import.reading.encoding.charset()),
        ))
        .streaming(body))
}

/// `GET /imports/{id}/report.csv`: one row a finding, for a spreadsheet. Excel takes the separator of its own
/// language, and the mark for UTF-8; every cell is quoted and none is run.
pub async fn report(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let import = db.read(move |conn| store::find(conn, id)).await?;
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
        let row = [
            String::new(),
            fl!(t, "whole-file"),
            String::new(),
            refusal_message(t, refusal),
            String::new(),
        ];
        push_row(&mut head, locale, &row)?;
    }
    let db = db.get_ref().clone();
    let start = Some((Some(head), Kind::Rejected, (0, -1)));
    let body = stream::try_unfold(start, move |place| {
        let db = db.clone();
        async move {
            let Some((head, kind, after)) = place else {
                return Ok(None);
            };
            if let Some(head) = head {
                return Ok(Some((Bytes::from(head), Some((None, kind, after)))));
            }
            let found = db
                .read(move |conn| findings::after(conn, id, kind, after, STEP))
                .await?;
            let mut bytes = Vec::new();
            for finding in &found {
                push_row(&mut bytes, locale, &cells(locale, finding))?;
            }
            let next = match (found.last(), kind) {
                (Some(last), kind) => Some((None, kind, (last.line, last.ordinal))),
                (None, Kind::Rejected) => Some((None, Kind::Superseded, (0, -1))),
                (None, Kind::Superseded) => None,
            };
            Ok::<_, AppError>(Some((Bytes::from(bytes), next)))
        }
    });
    Ok(attachment(&format!("{}-report.csv", import.name)).streaming(body))
}

fn cells(locale: Locale, finding: &Finding) -> [String; 5] {
    let t = locale.catalogue();
    let explanation = explain(t, &finding.fault);
    [
        finding.line.to_string(),
        finding
            .field
            .map_or_else(|| fl!(t, "whole-line"), |field| column_name(t, field)),
        finding.value.clone(),
        explanation.reason,
        explanation.cure,
    ]
}
