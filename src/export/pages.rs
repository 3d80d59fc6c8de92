//! The choice of an export file, and its download.

use std::io::Seek as _;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::workbook;
use super::writer::{self, Writer};
use crate::audit::{self, Entry, Kind};
use crate::base::stop::Stop;
use crate::book::contact_query::Selection;
use crate::book::counts::Count;
use crate::book::filter::{Filter, ListQuery};
use crate::book::list::DECIDED_BOUND;
use crate::config::ExportFormat;
use crate::contacts::{contacts_in_words, filter_bar};
use crate::db::{AnyConnection, Db, run_blocking};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::concurrency_limit::without_place;
use crate::web::csv::attachment;
use crate::web::{Account, Context, page};

/// Contacts that are checked for the number of those that the strict file cannot contain.
const TRIED: i64 = 5_000;
/// The most contacts in a workbook from the page. The browser waits for the first byte until the workbook is complete, and the
/// proxy before the server has its own patience. The command has no limit.
const WORKBOOK_LIMIT: i64 = 100_000;
/// Workbooks that are written at the same time; each takes one processor. Further ones wait.
static WORKBOOKS: Semaphore = Semaphore::const_new(2);

#[derive(Template)]
#[template(path = "contacts/export.html")]
struct ExportPage {
    cx: Context,
    filter: Filter,
    /// Counted up to [`DECIDED_BOUND`] with several conditions.
    total: Count,
    /// Contacts among the first [`TRIED`] that the strict file cannot contain.
    left_out: i64,
    /// `true` if a workbook was asked for, and has too many contacts.
    is_refused: bool,
}

impl ExportPage {
    fn total_in_words(&self) -> String {
        contacts_in_words(self.cx.t, self.total)
    }

    /// Returns `true` if contacts beyond the first [`TRIED`] were not tried.
    fn are_more_than_tried(&self) -> bool {
        !matches!(self.total, Count::Exact(total) if total <= TRIED)
    }

    fn is_too_long_for_workbook(&self) -> bool {
        self.is_refused || is_too_long(self.total)
    }

    fn workbook_url(&self) -> String {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.filter.pairs()).finish();
        if query.is_empty() { "/contacts.xlsx".to_owned() } else { format!("/contacts.xlsx?{query}") }
    }

    fn url(&self, format: &ExportFormat) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.filter.pairs())
            .append_pair("format", format.as_str())
            .finish();
        format!("/contacts.csv?{query}")
    }
}

/// `GET /contacts/export`: the available files, and the number of contacts that the strict file cannot contain.
pub async fn new(cx: Context, db: web::Data<Db>, list: web::Query<ListQuery>) -> AppResult<HttpResponse> {
    let (filter, _, _) = list.into_inner().read();
    page::ok(&export_page(cx, &db, filter).await?)
}

async fn export_page(cx: Context, db: &Db, filter: Filter) -> AppResult<ExportPage> {
    let asked = filter.clone();
    let (total, left_out) = db
        .read(move |conn| {
            let total = Selection::of(conn, &asked)?.total(conn, DECIDED_BOUND)?;
            Ok((total, writer::count_left_out(conn, &asked, TRIED)?))
        })
        .await?;
    Ok(ExportPage { cx, filter, total, left_out, is_refused: false })
}

fn is_too_long(total: Count) -> bool {
    match total {
        Count::Exact(total) => total > WORKBOOK_LIMIT,
        Count::MoreThan(counted) => counted >= WORKBOOK_LIMIT,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExportQuery {
    format: String,
}

/// `GET /contacts.csv`: the contacts of the list's filter. The log of changes records the export with its account.
pub async fn download(
    method: Method,
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    list: web::Query<ListQuery>,
    query: web::Query<ExportQuery>,
) -> AppResult<HttpResponse> {
    let format = match query.format.as_str() {
        "" => ExportFormat::Full,
        text => ExportFormat::parse(text)
            .filter(|format| *format != ExportFormat::Xlsx)
            .ok_or(AppError::BadRequest("an unknown format"))?,
    };
    let (filter, _, _) = list.into_inner().read();
    let (locale, by) = (cx.locale, Some(account.id));
    let mut response = attachment(format.file_name());
    response.insert_header((header::CONTENT_TYPE, format.content_type()));
    if method != Method::GET {
        return Ok(response.finish());
    }
    let writer = db
        .write(move |conn| {
            record_begin(conn, format, by)?;
            Writer::new(conn, format, &filter, locale)
        })
        .await?;
    let db = db.get_ref().clone();
    let body = stream::try_unfold(writer, move |mut writer| {
        let db = db.clone();
        async move {
            let (bytes, writer) = db
                .read_unhurried(move |conn| {
                    let bytes = writer.next(conn)?;
                    Ok((bytes, writer))
                })
                .await?;
            let Some(bytes) = bytes else {
                record_end(&db, &writer, by).await?;
                return Ok(None);
            };
            Ok::<_, AppError>(Some((Bytes::from(bytes), writer)))
        }
    });
    Ok(response.streaming(page::in_parts(body)))
}

/// `GET /contacts.xlsx`: the same table as an Excel workbook, or with too many contacts the page of all files, which says so.
pub async fn workbook(
    request: HttpRequest,
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    list: web::Query<ListQuery>,
) -> AppResult<HttpResponse> {
    let (filter, _, _) = list.into_inner().read();
    let (locale, by) = (cx.locale, Some(account.id));
    let format = ExportFormat::Xlsx;
    let mut response = attachment(format.file_name());
    response.insert_header((header::CONTENT_TYPE, format.content_type()));
    if request.method() != Method::GET {
        return Ok(response.finish());
    }
    let asked = filter.clone();
    let total =
        db.read_unhurried(move |conn| Selection::of(conn, &asked)?.total(conn, WORKBOOK_LIMIT)).await?;
    if is_too_long(total) {
        let page = ExportPage { total, is_refused: true, ..export_page(cx, &db, filter).await? };
        return page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let written = without_place(&request, async {
        let turn = WORKBOOKS.acquire().await;
        let _turn = turn.map_err(|closed| AppError::Unavailable(closed.into()))?;
        let export = db
            .write(move |conn| {
                record_begin(conn, format, by)?;
                workbook::Export::new(conn, &filter, locale)
            })
            .await?;
        let file = run_blocking(|| Ok(tempfile::tempfile()?)).await?;
        // When the client leaves, this future ends, and with it the files.
        export.write(&db, file, &Stop::default()).await
    });
    let Some(file) = Box::pin(written).await? else {
        return Err(AppError::Unavailable(anyhow::anyhow!("the workbook was stopped")));
    };
    let (file, size) = run_blocking(move || {
        let mut file = file;
        file.rewind()?;
        let size = file.metadata()?.len();
        Ok((file, size))
    })
    .await?;
    Ok(page::file(response, file, size))
}

pub fn record_begin(conn: &mut AnyConnection, format: ExportFormat, account: Option<i64>) -> AppResult<()> {
    let entry = Entry::new(Kind::ContactsExported, account);
    audit::record(conn, &[entry.subject(format.as_str())])
}

pub async fn record_end(db: &Db, writer: &Writer, account: Option<i64>) -> AppResult<()> {
    if writer.left_out == 0 {
        return Ok(());
    }
    let entry = Entry::new(Kind::ExportLeftOut, account).subject(writer.left_out.to_string());
    db.write(move |conn| audit::record(conn, &[entry])).await
}
