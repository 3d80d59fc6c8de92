//! Changes statuses of several contacts at once.

use std::collections::BTreeMap;

use super::{Columns, ContactWrite, apply, lock_present};
use crate::audit::Kind;
use crate::db::AnyConnection;
use crate::domain::{Change, Status, TICKED};
use crate::error::AppResult;

/// A status to set or to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    pub contact: i64,
    pub status: Status,
    pub on: bool,
}

/// Sets the statuses that differ from the wanted ones. Returns what was changed, by the ids of the contacts. Only the given statuses are
/// written, so that statuses that another person has changed meanwhile remain.
pub fn switch(conn: &mut AnyConnection, switches: &[Switch], account: i64) -> AppResult<Vec<Switch>> {
    // Rows are always locked in the same order, so that two saves cannot wait for each other.
    let mut by_contact: BTreeMap<i64, Vec<(Status, bool)>> = BTreeMap::new();
    for &Switch { contact, status, on } in switches {
        by_contact.entry(contact).or_default().push((status, on));
    }
    let ids: Vec<i64> = by_contact.keys().copied().collect();
    let known = lock_present(conn, &ids)?;
    let (mut writes, mut done) = (Vec::new(), Vec::new());
    for (id, wanted) in by_contact {
        let Some(contact) = known.get(&id) else {
            continue;
        };
        let mut statuses = contact.statuses();
        let mut changes = Vec::new();
        for (status, on) in wanted {
            // A contact without an e-mail can only have the status Expert.
            let allowed = !on || status == Status::Expert || contact.email.is_some();
            if allowed && statuses.get(status) != on {
                statuses.set(status, on);
                done.push(Switch { contact: id, status, on });
                let word = |on: bool| if on { TICKED } else { "" }.to_owned();
                changes.push(Change {
                    field: status.field().form_name().to_owned(),
                    old: word(!on),
                    new: word(on),
                });
            }
        }
        if changes.is_empty() {
            continue;
        }
        let columns = Columns {
            expert: Some(statuses.expert),
            copy: Some(statuses.copy),
            transfer: Some(statuses.transfer),
            ..Columns::default()
        };
        writes.push(ContactWrite::new(contact, columns, Kind::ContactEdited, changes));
    }
    apply(conn, &writes, Some(account))?;
    Ok(done)
}
