//! `POST /contacts/statuses`: the form around the list. It saves the ticked boxes of one page, then goes where its button says.

use std::collections::{HashMap, HashSet};

use actix_session::Session;
use actix_web::{HttpResponse, web};
use url::form_urlencoded::Serializer;

use crate::accounts::store;
use crate::base::text_enum;
use crate::book::filter::ListQuery;
use crate::book::list;
use crate::book::write::{self, Switch};
use crate::db::Db;
use crate::domain::{Right, Status};
use crate::duplicates;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl, status_name};
use crate::web::flash::Undo;
use crate::web::{Account, Context, Form, flash, page};

/// The most rows of a page, see [`list::SIZES`].
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
                let (first, others) =
                    contacts.split_first().map_or((0, [].as_slice()), |(id, rest)| (*id, rest));
                return duplicates::merge_path(first, others);
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

/// The list's form. `shown` has the statuses that the page showed of each row (`12:ec 13:`), `expert`, `copy` and `transfer` the
/// ids that are ticked now. Of the buttons, `go` has the address to go to, `search` goes to the search of `q`, `with` to a page
/// for the rows in `contact`, `rows` sets the number of rows per page, `tick` is a column to tick or to clear (`transfer:all`),
/// `undo` is what an earlier answer offered. Without any of them the answer leads to `back`.
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
    if let Some(rows) = form.rows()? {
        db.write(move |conn| store::set_rows_per_page(conn, account.id, rows)).await?;
    }
    let target = form.target(cx.t)?;
    let saved_words = form.saved_words(cx.t, &saved, tick);
    match (&target, saved_words) {
        (Target::Refused(why), None) => flash::warn(&session, why.clone()),
        (Target::Refused(why), Some(words)) => flash::warn(&session, format!("{words} {why}")),
        (Target::Here, None) => flash::set(&session, fl!(cx.t, "statuses-unchanged")),
        (Target::Page(_), None) => {}
        (Target::Here | Target::Page(_), Some(words)) => flash::set(&session, words),
    }
    let back = form.back();
    if tick.is_some() && !saved.is_empty() {
        let action = "/contacts/statuses".to_owned();
        flash::offer_undo(&session, &Undo { action, value: undo(&saved), back: back.clone() });
    }
    Ok(page::see_other(match target {
        Target::Page(url) => url,
        Target::Refused(_) | Target::Here => back,
    }))
}

/// Where the pressed button leads.
enum Target {
    Page(String),
    /// The button needs other chosen rows, for this reason: back to the list.
    Refused(String),
    /// Back to the list.
    Here,
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

    /// The rows of the page: one field has all of them.
    fn shown(&self) -> impl Iterator<Item = &'a str> {
        self.all("shown").flat_map(str::split_ascii_whitespace)
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
        let rows: Vec<&str> = self.shown().collect();
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
        self.shown().filter(|row| row.ends_with(WITHOUT_EMAIL)).count()
    }

    /// The page of the list that the form was on.
    fn back(&self) -> String {
        let back = self.one("back").filter(|back| *back == "/contacts" || back.starts_with("/contacts?"));
        page::local_path(back.unwrap_or("/contacts")).to_owned()
    }

    /// The number of contacts that were saved, and of those that a ticked column left out; `None` if nothing was saved and nothing
    /// left out.
    fn saved_words(&self, t: &Catalogue, saved: &[Switch], tick: Option<(Status, bool)>) -> Option<String> {
        let changed: HashSet<i64> = saved.iter().map(|switch| switch.contact).collect();
        let mut words = Vec::new();
        if !changed.is_empty() {
            words.push(fl!(t, "statuses-saved", count = changed.len()));
        }
        if let Some((status, true)) = tick.filter(|(status, _)| *status != Status::Expert) {
            let count = self.without_email();
            if count > 0 {
                words.push(fl!(t, "tick-left-out", count = count, status = status_name(t, &status)));
            }
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The number of rows per page that was chosen.
    fn rows(&self) -> AppResult<Option<usize>> {
        let Some(rows) = self.one("rows") else {
            return Ok(None);
        };
        let rows = list::SIZES.into_iter().find(|size| size.to_string() == rows);
        rows.map(Some).ok_or_else(damaged)
    }

    /// Where the pressed button leads.
    fn target(&self, t: &Catalogue) -> AppResult<Target> {
        if let Some(go) = self.one("go") {
            return Ok(Target::Page(page::local_path(go).to_owned()));
        }
        if self.one("search").is_some() {
            let asked: Vec<_> = self.0.iter().filter(|(name, _)| name != "contact").cloned().collect();
            return Ok(Target::Page(ListQuery::from(asked).read().0.url()));
        }
        if self.one("rows").is_some() {
            return Ok(Target::Page(self.back()));
        }
        let Some(with) = self.one("with") else {
            return Ok(Target::Here);
        };
        let with = With::parse(with).ok_or_else(damaged)?;
        let contacts: Vec<i64> =
            self.all("contact").filter_map(|id| id.parse().ok()).take(MOST_ROWS).collect();
        Ok(match contacts.len() {
            0 => Target::Refused(fl!(t, "chosen-none")),
            1 if with == With::Merge => Target::Refused(fl!(t, "chosen-two")),
            _ => Target::Page(with.url(&contacts)),
        })
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
        let fields = fields(&[("shown", "1:ec 2:"), ("expert", "1"), ("transfer", "2")]);
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
