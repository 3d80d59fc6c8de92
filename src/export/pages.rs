//! The choice of an export file, and its download.

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use askama::Template;
use futures_util::stream;
use serde::Deserialize;

use super::writer::{self, Writer};
use crate::audit::{self, Entry, Kind};
use crate::book::contact_query::Selection;
use crate::book::counts::Count;
use crate::book::filter::{Filter, ListQuery};
use crate::book::list::DECIDED_BOUND;
use crate::config::ExportFormat;
use crate::contacts::{contacts_in_words, filter_bar};
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::csv::attachment;
use crate::web::{Account, Context, page};

/// Contacts that are checked for the number of those that the strict file cannot contain.
const TRIED: i64 = 5_000;

#[derive(Template)]
#[template(path = "contacts/export.html")]
struct ExportPage {
    cx: Context,
    filter: Filter,
    /// Counted up to [`DECIDED_BOUND`] with several conditions.
    total: Count,
    /// Contacts among the first [`TRIED`] that the strict file cannot contain.
    left_out: i64,
}

impl ExportPage {
    fn total_in_words(&self) -> String {
        contacts_in_words(self.cx.t, self.total)
    }

    /// Returns `true` if contacts beyond the first [`TRIED`] were not tried.
    fn are_more_than_tried(&self) -> bool {
        !matches!(self.total, Count::Exact(total) if total <= TRIED)
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
    let asked = filter.clone();
    let (total, left_out) = db
        .read(move |conn| {
            let total = Selection::of(conn, &asked)?.total(conn, DECIDED_BOUND)?;
            Ok((total, writer::count_left_out(conn, &asked, TRIED)?))
        })
        .await?;
    page::ok(&ExportPage { cx, filter, total, left_out })
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
        text => ExportFormat::parse(text).ok_or(AppError::BadRequest("an unknown format"))?,
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
