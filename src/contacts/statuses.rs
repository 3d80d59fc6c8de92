//! `POST /contacts/statuses`: the form around the list. It saves the ticked boxes of one page, then goes where its button says.

use std::collections::{HashMap, HashSet};

use actix_session::Session;
use actix_web::{HttpResponse, web};
use url::form_urlencoded::Serializer;

use crate::base::text_enum;
use crate::book::filter::ListQuery;
use crate::book::write::{self, Switch};
use crate::db::Db;
use crate::domain::{Right, Status};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl, status_name};
use crate::web::flash::Undo;
use crate::web::{Account, Context, Form, flash, page};

/// The most rows of a page, see [`crate::book::list`].
const MOST_ROWS: usize = 200;

text_enum! {
    /// What can be done with the chosen rows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum With {
        Bulk = "bulk",
        Merge = "merge",
        Message = "message",
        Export = "export",
        Delete = "delete",
    }
}

impl With {
    pub fn right(self) -> Right {
        match self {
            Self::Bulk | Self::Merge => Right::ContactEdit,
            Self::Message => Right::ContactView,
            Self::Export => Right::ExportAdd,
            Self::Delete => Right::ContactDelete,
        }
    }

    pub fn label(self, t: &Catalogue) -> String {
        match self {
            Self::Bulk => fl!(t, "chosen-bulk"),
            Self::Merge => fl!(t, "chosen-merge"),
            Self::Message => fl!(t, "chosen-message"),
            Self::Export => fl!(t, "chosen-export"),
            Self::Delete => fl!(t, "chosen-delete"),
        }
    }

    /// The address of the page for these contacts.
    fn url(self, contacts: &[i64]) -> String {
        let (path, pair) = match self {
            Self::Bulk => ("/contacts/bulk", None),
            Self::Merge => {
                let (low, high) = (contacts.iter().min(), contacts.iter().max());
                let id = |id: Option<&i64>| id.copied().unwrap_or_default();
                return format!("/duplicates/{}/{}/merge", id(low), id(high));
            }
            Self::Message => ("/contacts/message", Some(("as", "to"))),
            Self::Export => ("/contacts/export", None),
            Self::Delete => ("/contacts/bulk", Some(("do", "delete"))),
        };
        let query = Serializer::new(String::new())
            .extend_pairs(contacts.iter().map(|id| ("contact", id.to_string())))
            .extend_pairs(pair)
            .finish();
        format!("{path}?{query}")
    }
}

/// Ends the text of a row in `shown` if the contact has no e-mail.
pub(super) const WITHOUT_EMAIL: char = 'n';

pub(super) fn letter(status: Status) -> char {
    match status {
        Status::Expert => 'e',
        Status::Copy => 'c',
        Status::Transfer => 't',
    }
}

/// The list's form. `shown` has the statuses that the page showed of each row (`12:ec`), `expert`, `copy` and `transfer` the ids
/// that are ticked now. Of the buttons, `go` has the address to go to, `search` goes to the search of `q`, `with` to a page for
/// the rows in `contact`, `tick` is a column to tick or to clear (`transfer:all`), `undo` is what an earlier answer offered.
/// Without any of them the answer leads to `back`.
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(fields): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let form = ListForm(&fields);
    let tick = form.tick()?;
    let switches = match form.one("undo") {
        Some(undo) => parse_undo(undo)?,
        None => form.switches(tick)?,
    };
    let saved = if switches.is_empty() {
        Vec::new()
    } else {
        db.write(move |conn| write::switch(conn, &switches, account.id)).await?
    };
    let target = form.target(&cx, &session)?;
    let changed: HashSet<i64> = saved.iter().map(|switch| switch.contact).collect();
    let message = match changed.len() {
        // The warning about the chosen rows stays.
        0 if target.is_some() || form.one("with").is_some() => None,
        0 => Some(fl!(cx.t, "statuses-unchanged")),
        count => Some(fl!(cx.t, "statuses-saved", count = count)),
    };
    if let Some(mut message) = message {
        if let Some((status, true)) = tick.filter(|(status, _)| *status != Status::Expert) {
            let count = form.without_email();
            if count > 0 {
                let status = status_name(cx.t, &status);
                message = format!("{message} {}", fl!(cx.t, "tick-left-out", count = count, status = status));
            }
        }
        flash::set(&session, message);
        if tick.is_some() && !saved.is_empty() {
            let undo = Undo { action: "/contacts/statuses".to_owned(), value: undo(&saved) };
            flash::offer_undo(&session, &undo);
        }
    }
    let back = form.one("back").filter(|back| *back == "/contacts" || back.starts_with("/contacts?"));
    Ok(page::see_other(target.unwrap_or_else(|| page::local_path(back.unwrap_or("/contacts")).to_owned())))
}

/// The fields as the browser sent them.
struct ListForm<'a>(&'a [(String, String)]);

impl<'a> ListForm<'a> {
    fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The column to tick (`true`) or to clear.
    fn tick(&self) -> AppResult<Option<(Status, bool)>> {
        let Some((status, wanted)) = self.one("tick").map(|tick| tick.split_once(':').unwrap_or_default())
        else {
            return Ok(None);
        };
        let on = match wanted {
            "all" => true,
            "none" => false,
            _ => return Err(damaged()),
        };
        Ok(Some((Status::parse(status).ok_or_else(damaged)?, on)))
    }

    /// The changes made on the page: ticked boxes compared with what was shown, not with what is stored.
    fn switches(&self, tick: Option<(Status, bool)>) -> AppResult<Vec<Switch>> {
        let mut ticked: HashMap<&str, HashSet<&str>> = HashMap::new();
        for (name, value) in self.0 {
            ticked.entry(name).or_default().insert(value);
        }
        let rows: Vec<&str> = self.all("shown").collect();
        if rows.len() > MOST_ROWS {
            return Err(damaged());
        }
        let mut switches = Vec::new();
        for row in rows {
            let (id, letters) = row.split_once(':').ok_or_else(damaged)?;
            let contact: i64 = id.parse().map_err(|_| damaged())?;
            for status in Status::ALL {
                let was = letters.contains(letter(status));
                let on = match tick {
                    Some((column, on)) if column == status => on,
                    _ => ticked.get(status.as_str()).is_some_and(|ids| ids.contains(id)),
                };
                if was != on {
                    switches.push(Switch { contact, status, on });
                }
            }
        }
        Ok(switches)
    }

    /// The number of rows without an e-mail.
    fn without_email(&self) -> usize {
        self.all("shown").filter(|row| row.ends_with(WITHOUT_EMAIL)).count()
    }

    /// The address that the pressed button leads to, if it leads somewhere.
    fn target(&self, cx: &Context, session: &Session) -> AppResult<Option<String>> {
        if let Some(go) = self.one("go") {
            return Ok(Some(page::local_path(go).to_owned()));
        }
        if self.one("search").is_some() {
            let asked: Vec<_> = self.0.iter().filter(|(name, _)| name != "contact").cloned().collect();
            return Ok(Some(ListQuery::from(asked).read().0.url()));
        }
        let Some(with) = self.one("with") else {
            return Ok(None);
        };
        let with = With::parse(with).ok_or_else(damaged)?;
        let contacts: Vec<i64> =
            self.all("contact").filter_map(|id| id.parse().ok()).take(MOST_ROWS).collect();
        if contacts.is_empty() {
            flash::warn(session, fl!(cx.t, "chosen-none"));
            return Ok(None);
        }
        if with == With::Merge && contacts.len() != 2 {
            flash::warn(session, fl!(cx.t, "chosen-two"));
            return Ok(None);
        }
        Ok(Some(with.url(&contacts)))
    }
}

fn damaged() -> AppError {
    AppError::BadRequest("a damaged list of statuses")
}

/// What takes these changes back, as text: `12t0 15c1`.
fn undo(saved: &[Switch]) -> String {
    let words =
        saved.iter().map(|saved| format!("{}{}{}", saved.contact, letter(saved.status), u8::from(!saved.on)));
    words.collect::<Vec<_>>().join(" ")
}

fn parse_undo(text: &str) -> AppResult<Vec<Switch>> {
    let switch = |word: &str| {
        let (id, rest) = word.split_at_checked(word.len().checked_sub(2)?)?;
        let (wanted, on) = rest.split_at_checked(1)?;
        let status = Status::ALL.into_iter().find(|status| wanted == letter(*status).to_string())?;
        Some(Switch { contact: id.parse().ok()?, status, on: on == "1" })
    };
    let words = text.split(' ').take(MOST_ROWS * Status::ALL.len());
    words.map(|word| switch(word).ok_or_else(damaged)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn switch(contact: i64, status: Status, on: bool) -> Switch {
        Switch { contact, status, on }
    }

    #[test]
    fn only_boxes_that_differ_from_the_shown_ones_are_changes() {
        let fields = fields(&[("shown", "1:ec"), ("shown", "2:"), ("expert", "1"), ("transfer", "2")]);
        assert_eq!(
            ListForm(&fields).switches(None).unwrap(),
            [switch(1, Status::Copy, false), switch(2, Status::Transfer, true)]
        );
    }

    #[test]
    fn a_column_is_ticked_beside_what_was_ticked_by_hand() {
        let fields = fields(&[("shown", "1:ec"), ("shown", "2:cn"), ("copy", "2"), ("expert", "1")]);
        let form = ListForm(&fields);
        assert_eq!(
            form.switches(Some((Status::Expert, true))).unwrap(),
            [switch(1, Status::Copy, false), switch(2, Status::Expert, true)]
        );
        assert_eq!(form.without_email(), 1);
    }

    #[test]
    fn a_damaged_list_is_refused() {
        for damaged in [("shown", "x:e"), ("shown", "1")] {
            assert!(ListForm(&fields(&[damaged])).switches(None).is_err());
        }
        for damaged in ["transfer", "transfer:some", "other:all", ""] {
            assert!(ListForm(&fields(&[("tick", damaged)])).tick().is_err(), "{damaged}");
        }
        for damaged in ["", "t", "12", "12x1", "é1", "12t0  3c1"] {
            assert!(parse_undo(damaged).is_err(), "{damaged}");
        }
    }

    #[test]
    fn an_undo_switches_everything_back() {
        let saved = [switch(12, Status::Transfer, true), switch(7, Status::Copy, false)];
        let back = parse_undo(&undo(&saved)).unwrap();
        assert_eq!(back, [switch(12, Status::Transfer, false), switch(7, Status::Copy, true)]);
    }
}
