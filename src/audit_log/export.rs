//! The log of changes as a CSV table.

use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;

use super::filter::LogQuery;
use super::presenter::{EntryPresenter, wording};
use crate::audit::{Entry, EntryView, Kind, record, store};
use crate::base::clock;
use crate::db::Db;
use crate::domain::Change;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, fl};
use crate::web::csv::{BYTE_ORDER_MARK, attachment, push_row};
use crate::web::{Account, Context, page};

/// The number of entries read at once: about 20 MB if the changes are as long as possible.
const STEP: i64 = 200;

/// `GET /audit.csv`: the entries of the page's filter, one line per change. The export itself is recorded in the log.
pub async fn create(
    method: Method,
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    query: web::Query<LogQuery>,
) -> AppResult<HttpResponse> {
    let (filter, _) = query.into_inner().read();
    let Ok(wanted) = filter.read(cx.t) else {
        // The page shows the errors.
        return Ok(page::see_other(filter.url()));
    };
    let contact = filter.contact;
    let wanted = db
        .write(move |conn| {
            if method == Method::GET {
                let mut entry = Entry::new(Kind::HistoryExported, Some(account.id));
                entry.contact = contact;
                record(conn, &[entry])?;
            }
            store::with_ids(conn, wanted)
        })
        .await?;
    let locale = cx.locale;
    let mut head = BYTE_ORDER_MARK.as_bytes().to_vec();
    push_row(&mut head, locale, &headings(cx.t))?;
    let db = db.get_ref().clone();
    let body = stream::try_unfold(Some((head, i64::MAX)), move |place| {
        let db = db.clone();
        async move {
            let Some((mut bytes, before)) = place else {
                return Ok(None);
            };
            let (entries, wording) = db
                .read_unhurried(move |conn| {
                    let entries = store::page(conn, &wanted, Some(before), STEP)?;
                    let wording = wording(conn, &entries)?;
                    Ok((entries, wording))
                })
                .await?;
            let telling = EntryPresenter::new(locale, wording);
            for told in &entries {
                push_entry(&mut bytes, locale, &telling, told)?;
            }
            let next = entries.last().map(|told| (Vec::new(), told.id));
            Ok::<_, AppError>(Some((Bytes::from(bytes), next)))
        }
    });
    Ok(attachment("journal.csv").streaming(page::in_parts(body)))
}

fn headings(t: &Catalogue) -> [String; 9] {
    [
        fl!(t, "audit-date"),
        fl!(t, "audit-person"),
        fl!(t, "audit-action"),
        fl!(t, "audit-contact"),
        fl!(t, "import-name-column"),
        fl!(t, "audit-subject"),
        fl!(t, "audit-field"),
        fl!(t, "audit-old"),
        fl!(t, "audit-new"),
    ]
}

fn push_entry(
    bytes: &mut Vec<u8>,
    locale: Locale,
    telling: &EntryPresenter,
    told: &EntryView,
) -> AppResult<()> {
    let row = |change: Option<&Change>| {
        let [field, old, new] = change.map_or_else(Default::default, |change| {
            [telling.label(change), telling.before(change), telling.after(change)]
        });
        [
            clock::local(told.at).format("%Y-%m-%d %H:%M:%S").to_string(),
            telling.who(told),
            telling.what(told),
            told.contact.map(|id| id.to_string()).unwrap_or_default(),
            told.import.clone().map(|(_, name)| name).unwrap_or_default(),
            telling.subject(told),
            field,
            old,
            new,
        ]
    };
    if told.changes.is_empty() {
        return push_row(bytes, locale, &row(None));
    }
    for change in &told.changes {
        push_row(bytes, locale, &row(Some(change)))?;
    }
    Ok(())
}
