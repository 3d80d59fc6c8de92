//! "Valider la sélection": saves the statuses of the contacts on one page.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, web};

use crate::book::write;
use crate::db::Db;
use crate::domain::Status;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::{Account, Context, Form, page};

/// More rows than any page has.
const MOST_ROWS: usize = 500;

pub(super) fn letter(status: Status) -> char {
    match status {
        Status::Expert => 'e',
        Status::Copy => 'c',
        Status::Transfer => 't',
    }
}

/// `POST /contacts/statuses`: `shown` has the statuses that the page showed of each row (`12:ec`), `expert`, `copy` and
/// `transfer` the ids that are ticked now, `back` the page to return to.
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(fields): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let switches = read(&fields)?;
    let count = db.write(move |conn| write::switch(conn, &switches, account.id)).await?;
    let message = match i64::try_from(count).unwrap_or(i64::MAX) {
        0 => fl!(cx.t, "statuses-unchanged"),
        count => fl!(cx.t, "statuses-saved", count = count),
    };
    cx.say(message);
    let back = fields
        .iter()
        .find(|(name, _)| name == "back")
        .map(|(_, value)| value.as_str())
        .filter(|back| *back == "/contacts" || back.starts_with("/contacts?"))
        .filter(|back| back.bytes().all(|byte| byte.is_ascii_graphic()));
    Ok(page::see_other(back.unwrap_or("/contacts")))
}

/// The changes made on the page: ticked boxes compared with what was shown, not with what is stored.
fn read(fields: &[(String, String)]) -> AppResult<Vec<(i64, Status, bool)>> {
    let damaged = || AppError::BadRequest("a damaged list of statuses");
    let mut ticked: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (name, value) in fields {
        ticked.entry(name).or_default().insert(value);
    }
    let mut switches = Vec::new();
    let rows: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "shown").map(|(_, value)| value.as_str()).collect();
    if rows.len() > MOST_ROWS {
        return Err(damaged());
    }
    for row in rows {
        let (id, letters) = row.split_once(':').ok_or_else(damaged)?;
        let contact: i64 = id.parse().map_err(|_| damaged())?;
        for status in Status::ALL {
            let was = letters.contains(letter(status));
            let is = ticked.get(status.as_str()).is_some_and(|ids| ids.contains(id));
            if was != is {
                switches.push((contact, status, is));
            }
        }
    }
    Ok(switches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_boxes_that_differ_from_the_shown_ones_are_changes() {
        let fields = fields(&[("shown", "1:ec"), ("shown", "2:"), ("expert", "1"), ("transfer", "2")]);
        assert_eq!(read(&fields).unwrap(), [(1, Status::Copy, false), (2, Status::Transfer, true)]);
    }

    #[test]
    fn a_damaged_list_is_refused() {
        assert!(read(&fields(&[("shown", "x:e")])).is_err());
        assert!(read(&fields(&[("shown", "1")])).is_err());
    }
}
