//! The way from a contact's page back to the list that led there, and to the contacts beside it. It is worked out only for a link
//! that carries the list's address.

use crate::book::contact::ContactSummary;
use crate::book::counts::Count;
use crate::book::filter::Filter;
use crate::book::list_address::{ListAddress, Listed, contact_url};
use crate::book::neighbours::{Neighbours, neighbours};
use crate::book::search::Order;
use crate::db::Db;
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::favourites;
use crate::i18n::{Catalogue, fl};
use crate::web::Context;

/// A contact's place in the list that led to its page.
pub struct ListPlace {
    /// The address of the list.
    pub back: String,
    /// `11 résultats pour « beaulieu »`
    pub label: String,
    /// The pages of the contacts beside this one, with the same way back.
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl ListPlace {
    /// `None` if `from` in the query is not the address of a list. The contact's page does not wait for a list that takes too long: then there
    /// is only the way back.
    pub async fn find(cx: &Context, db: &Db, contact: &ContactSummary) -> AppResult<Option<Self>> {
        let Some((address, listed)) = ListAddress::parse(&cx.from).and_then(|address| {
            let listed = address.listed()?;
            Some((address, listed))
        }) else {
            return Ok(None);
        };
        let beside = match &listed {
            Listed::Filtered(filter) => {
                let (filter, contact, order) = (filter.clone(), contact.clone(), order(cx));
                db.read(move |conn| neighbours(conn, &filter, &contact, order)).await
            }
            Listed::Favourites => {
                let (account, contact) = (cx.account.as_ref().map_or(0, |account| account.id), contact.id);
                db.read(move |conn| favourites::neighbours(conn, account, contact)).await
            }
            // This visit itself changes the order of these.
            Listed::Recent => Ok(Neighbours::default()),
        };
        let beside = match beside {
            Err(AppError::OverTime) => Neighbours::default(),
            beside => beside?,
        };
        let url = |contact: i64| contact_url(&contact, address.as_str());
        Ok(Some(Self {
            label: label(cx.t, &listed, beside.total),
            previous: beside.previous.map(url),
            next: beside.next.map(url),
            back: address.as_str().to_owned(),
        }))
    }
}

/// The order of a list that has no sort order: agents see experts first.
pub fn order(cx: &Context) -> Order {
    Order::Best { experts_first: !cx.may(Right::ContactEdit) }
}

/// The number of results, in words.
pub fn results(t: &Catalogue, total: Count, filter: &Filter) -> String {
    let results = match total {
        Count::Exact(total) => fl!(t, "results", count = total),
        Count::MoreThan(bound) => fl!(t, "results-many", count = bound),
    };
    if filter.q.is_empty() {
        return results;
    }
    fl!(t, "results-for", results = results, query = filter.q.as_str())
}

fn label(t: &Catalogue, listed: &Listed, total: Option<Count>) -> String {
    match (listed, total) {
        (Listed::Filtered(filter), Some(total)) => results(t, total, filter),
        (Listed::Filtered(_), None) => fl!(t, "message-back"),
        (Listed::Favourites, _) => fl!(t, "favourites-title"),
        (Listed::Recent, _) => fl!(t, "recent-title"),
    }
}
