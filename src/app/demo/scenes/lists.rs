//! Imports, and changes of many contacts at once.

use crate::app::demo::office::{Office, Wish, note};
use crate::app::demo::people::{self, EMPLOYERS, PEOPLE};
use crate::book::contact_query::Selection;
use crate::book::filter::Filter;
use crate::book::organizations;
use crate::book::write::{self, Switch};
use crate::bulk_edit::{Action, Switches};
use crate::domain::Status;
use crate::error::AppResult;
use crate::imports::undo;

/// Its people have waited for a verification for a month.
pub fn first_import(office: &Office) -> AppResult<()> {
    office.import("essai", &people::first_list(), Wish::ValidLines)
}

pub fn import_of_the_directory(office: &Office) -> AppResult<()> {
    office.import("annuaire", &people::directory(), Wish::ValidLines)
}

/// Every fourth person has the status Transfert; some are not Expert, some not Copie. The first imports into an empty book number
/// its contacts from 1.
pub fn statuses(office: &Office) -> AppResult<()> {
    let switches = (1..=PEOPLE as i64).flat_map(|contact| {
        [
            (contact % 4 == 1).then_some(Switch { contact, status: Status::Transfer, on: true }),
            (contact % 9 == 0).then_some(Switch { contact, status: Status::Expert, on: false }),
            (contact % 7 == 0).then_some(Switch { contact, status: Status::Copy, on: false }),
        ]
    });
    let switches: Vec<Switch> = switches.flatten().collect();
    office.write(|conn| write::switch(conn, &switches, office.coordinator))?;
    Ok(())
}

pub fn organization_of_everybody(office: &Office) -> AppResult<()> {
    for employer in &EMPLOYERS {
        let cities: Vec<String> = employer.cities.iter().map(|city| format!("city={city}")).collect();
        let named = office.write(|conn| organizations::named(conn, employer.name))?;
        let action = Action::Organization(named.map(|(id, _)| id));
        office.change_all(&cities.join("&"), &action, office.coordinator)?;
    }
    Ok(())
}

pub fn bulk_edit_of_statuses(office: &Office) -> AppResult<()> {
    let switches = Switches { transfer: Some(false), ..Switches::default() };
    office.change_all("service=Recouvrement", &Action::Statuses(switches), office.admin)
}

const WRONG_LIST: &str = "renforts-ete";

pub fn import_of_the_wrong_list(office: &Office) -> AppResult<()> {
    office.import(WRONG_LIST, &people::temporary_staff(), Wish::ValidLines)
}

/// One contact stays, because somebody has worked with it since.
pub fn undo_of_the_wrong_list(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        note(conn, "Jade Rousseau", "Reste jusqu’en janvier : remplace le congé parental.", office.agent)?;
        let list = Filter::parse(&format!("import={WRONG_LIST}"));
        if let Some(import) = Selection::of(conn, &list)?.imports().first() {
            undo::begin(conn, *import, None, office.coordinator)?;
        }
        Ok(())
    })
}

/// A list of another program, of which some rows wait until somebody says which contact they mean.
pub fn import_with_doubtful_rows(office: &Office) -> AppResult<()> {
    office.import("annuaire-telephonie", &people::telephone_directory(), Wish::ValidLines)
}

pub fn import_to_decide(office: &Office) -> AppResult<()> {
    office.import("mouvements-du-mois", &people::moves(), Wish::Preview)
}
