//! Division of a long walk through the index into pieces, with a check of the time limit between them, as a statement of SQLite
//! cannot be interrupted.

use diesel::dsl;
use diesel::prelude::*;

use super::labelled;
use super::question::MatchExpr;
use crate::error::AppResult;

/// Index entries that are read between two checks of the time limit: a third of a second, since twelve single letters among
/// 600 000 contacts took 4.7 s.
#[cfg(not(test))]
const ENTRIES: i64 = 1_000_000;
/// Small, so that a small book has many pieces.
#[cfg(test)]
const ENTRIES: i64 = 200;
/// Lists in which each term is looked up: words, and words of names.
const LISTS: i64 = 2;
/// The cost of reading a contact's import, in lists.
const LOOK: i64 = 6;

/// First and last label of each piece between two labels, in rising order. Most queries are one piece: the walk through a single
/// word's list ends as soon as a page is full.
pub fn pieces(
    conn: &mut SqliteConnection,
    question: &MatchExpr,
    imports: &[i64],
    (first, last): (i64, i64),
) -> AppResult<Vec<(i64, i64)>> {
    if question.expression.is_empty() || question.terms < 2 && imports.is_empty() {
        return Ok(vec![(first, last)]);
    }
    let look = if imports.is_empty() { 0 } else { LOOK };
    let contacts_at_once = ENTRIES / (question.terms * LISTS + look);
    // Minimum and maximum in separate queries, as SQLite uses the index for only one of them per query.
    let at_most: Option<i64> = labelled::table.select(dsl::max(labelled::id)).first(conn)?;
    let at_most = at_most.unwrap_or(0);
    if at_most <= contacts_at_once {
        return Ok(vec![(first, last)]);
    }
    let lowest: Option<i64> = labelled::table.select(dsl::min(labelled::order_label)).first(conn)?;
    let highest: Option<i64> = labelled::table.select(dsl::max(labelled::order_label)).first(conn)?;
    let (Some(lowest), Some(highest)) = (lowest, highest) else {
        return Ok(vec![(first, last)]);
    };
    let labels = i128::from(highest) - i128::from(lowest) + 1;
    let step = labels * i128::from(contacts_at_once) / i128::from(at_most);
    let step = i64::try_from(step.max(1)).unwrap_or(i64::MAX);
    Ok(cut((first, last), (lowest, highest), step))
}

/// Pieces of length `step`; what is beyond all labels belongs to the first and the last piece.
fn cut((first, last): (i64, i64), (lowest, highest): (i64, i64), step: i64) -> Vec<(i64, i64)> {
    let behind = |from: i64| {
        let end = from.max(lowest).checked_add(step)?;
        Some(end).filter(|end| *end <= last.min(highest))
    };
    let mut pieces = Vec::new();
    let mut from = first;
    while let Some(end) = behind(from) {
        pieces.push((from, end - 1));
        from = end;
    }
    pieces.push((from, last));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock;
    use crate::book::contact_query::Selection;
    use crate::book::document;
    use crate::book::filter::{Direction, Filter};
    use crate::book::search::Order;
    use crate::book::write::{self, By, Derived, New};
    use crate::config::DatabaseUrl;
    use crate::db::schema::{contacts, import_files, imports};
    use crate::db::{AnyConnection, Db};
    use crate::domain::{Civility, Country, Email, Phone, Recipient, Text};

    /// Contacts with several of each name, city and service, in no order.
    fn recipients() -> Vec<Recipient> {
        let names = ["Martin", "Marchand", "Zola", "Mata Hari", "Petit", "Le Roux"];
        let (first, cities) = (["Anne", "Marie", "Luc"], ["Lyon", "Paris", "Metz", "Mâcon"]);
        let recipient = |number: usize| {
            let at = number * 7_919 % 600;
            Recipient {
                civility: Some(Civility::M),
                first_name: Text::parse(first[at / 6 % 3]).unwrap(),
                last_name: Text::parse(names[at % 6]).unwrap(),
                email: Some(Email::parse(&format!("p{at}@mairie.example")).unwrap()),
                service: Text::parse(&format!("Voirie {}", at % 5)).unwrap(),
                phone: Phone::parse(&format!("01102{at:05}")).unwrap(),
                address: Text::parse("").unwrap(),
                city: Text::parse(cities[at / 18 % 4]).unwrap(),
            }
        };
        (0..600).map(recipient).collect()
    }

    /// An empty book.
    fn book() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/carnet.db", folder.path().display());
        let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
        (folder, db)
    }

    fn fill(conn: &mut AnyConnection) -> AppResult<()> {
        diesel::insert_into(import_files::table)
            .values((import_files::id.eq(1), import_files::created_at.eq(clock::now())))
            .execute(conn)?;
        diesel::insert_into(imports::table)
            .values((
                imports::name.eq("un"),
                imports::name_key.eq("un"),
                imports::file_id.eq(1),
                imports::file_name.eq("un.csv"),
                imports::file_size.eq(1),
                imports::file_sha256.eq(""),
                imports::on_error.eq("import_valid"),
                imports::state.eq("done"),
                imports::created_at.eq(clock::now()),
            ))
            .execute(conn)?;
        let import = imports::table.select(imports::id).first(conn)?;
        let recipients = recipients();
        let derived: Vec<Derived> = recipients
            .iter()
            .map(|recipient| Derived::of(recipient, Country::parse("FR").unwrap()))
            .collect();
        let new = recipients.iter().zip(&derived);
        let new = new.map(|(recipient, derived)| New { recipient, derived });
        let account = None;
        write::insert_imported(conn, new.collect(), By { import, account })?;
        Ok(())
    }

    /// All contacts that a filter finds, page by page.
    fn pages(
        conn: &mut AnyConnection,
        selection: &Selection,
        direction: Direction,
        order: Order,
    ) -> Vec<i64> {
        let mut all = Vec::new();
        let mut from = None;
        loop {
            let found = selection.find(conn, from.as_ref(), direction, 50, order).unwrap().found;
            all.extend(found.iter().map(|found| found.id));
            let Some(last) = found.last() else {
                return all;
            };
            let sort_key: String =
                contacts::table.find(last.id).select(contacts::sort_key).first(conn).unwrap();
            from = Some(crate::book::filter::Cursor {
                id: last.id,
                sort_key,
                section: last.section,
                value: None,
                passed: None,
            });
        }
    }

    #[test]
    fn a_search_in_pieces_finds_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (_folder, db) = book();
            db.write(|conn| {
                fill(conn)?;
                let AnyConnection::Sqlite(sqlite) = &mut *conn else {
                    panic!("not SQLite");
                };
                let query = crate::domain::Query::new("mar ly", &[]);
                let question = MatchExpr::of(sqlite, &query)?;
                let all = pieces(sqlite, &question, &[], (i64::MIN, i64::MAX))?;
                assert!((8..40).contains(&all.len()), "{all:?}");
                let ids: Vec<i64> = contacts::table.select(contacts::id).load(conn)?;
                let documents = document::documents(conn, &ids)?;
                for asked in [
                    "q=ma+ly",
                    "q=m+p",
                    "q=ma+lu+voirie",
                    "q=mar&import=un",
                    "q=zola+metz&status=expert",
                    "q=nobody+here",
                    "q=l+a+m+p",
                    "q=0110200012+martin",
                    "q=011020+ma",
                    "q=ma+ly&import=un",
                    "q=ma+ly&import=un&import=deux",
                    "q=ma+ly&service=Voirie+2",
                ] {
                    let selection = Selection::of(conn, &Filter::parse(asked))?;
                    let met =
                        documents.iter().filter(|document| selection.query().is_met_by(&document.tokens));
                    let mut expected: Vec<i64> = met.map(|document| document.id).collect();
                    expected.sort_unstable();
                    for order in [Order::Name, Order::Best { experts_first: true }] {
                        let mut forward = pages(conn, &selection, Direction::Forward, order);
                        let mut backward = pages(conn, &selection, Direction::Backward, order);
                        backward.reverse();
                        assert_eq!(forward, backward, "{asked}");
                        forward.sort_unstable();
                        assert_eq!(forward, expected, "{asked}");
                    }
                    let total = expected.len() as i64;
                    for bound in [1, 37, 10_000] {
                        assert_eq!(selection.count(conn, bound)?, total.min(bound), "{asked}");
                        let (counted, _) = selection.counts(conn, None, None, bound, bound)?;
                        let exact = crate::book::counts::Count::Exact(total);
                        let bounded = crate::book::counts::Count::bounded(total, bound);
                        assert!(counted == exact || counted == bounded, "{asked}: {counted:?}");
                    }
                }
                Ok(())
            })
            .await
            .unwrap();
        });
    }

    #[test]
    fn pieces_cover_the_whole_without_a_gap() {
        let book = (-50, 1_000);
        assert_eq!(cut((10, 20), book, 100), [(10, 20)]);
        assert_eq!(cut((10, 30), book, 10), [(10, 19), (20, 29), (30, 30)]);
        for (first, last) in [(i64::MIN, i64::MAX), (-50, 1_000), (990, i64::MAX), (5, 5)] {
            let pieces = cut((first, last), book, 137);
            assert!(pieces.len() <= 9, "{pieces:?}");
            assert_eq!((pieces[0].0, pieces[pieces.len() - 1].1), (first, last));
            for pair in pieces.windows(2) {
                assert_eq!(pair[0].1 + 1, pair[1].0);
            }
        }
    }
}
