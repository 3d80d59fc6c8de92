use super::clean::{Clean, Cleaner, SEVERAL, email};
use super::list_row::ListRow;
use super::{Cleaning, Policy, Rules, Target, name, phones};
use crate::domain::{
    Civility, Country, CustomKind, Fault, Field, FieldKind, OwnId, Phone, is_blank, tidy_prefix,
};

/// The most characters of a cell that a fault or a correction shows.
const SHOWN: usize = 100;

/// A value for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Never the full name, which becomes first and last name. The contact type, by its name, is that of the mapping.
    pub target: Target,
    /// `None` for a blank cell. An unticked box has an empty text.
    pub value: Option<String>,
    pub policy: Policy,
    /// The same phone numbers or e-mails in two fields, for contacts whose second field is free.
    pub moved: Option<Moved>,
}

/// The values of a cell in two fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The text without its second value.
    pub rest: String,
    /// The field of the second value, which no column becomes.
    pub to: Field,
    pub second: String,
}

/// A correction, with the beginnings of both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// From 1.
    pub column: usize,
    pub kind: Cleaning,
    pub before: String,
    pub after: String,
}

/// A cell that the form would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// From 1; 0 for the whole row.
    pub column: usize,
    /// The beginning of the cell.
    pub shown: String,
    /// [`Fault::Missing`] for a row that has neither a name nor a value of a key.
    pub fault: Fault,
}

/// Returns `true` for a row without any visible character.
pub fn is_blank_row(cells: &[String]) -> bool {
    cells.iter().all(|cell| is_blank(cell))
}

/// Reads a row. Cells that it lacks are blank, and further ones are ignored.
///
/// # Errors
/// All faults of the row, in the order of the columns.
pub fn read(cells: &[String], rules: &Rules) -> Result<ListRow, Vec<CellFault>> {
    let mut reading = Reading {
        cells,
        cleaner: Cleaner { rules, is_abroad: is_abroad(cells, rules) },
        row: ListRow::default(),
        faults: Vec::new(),
    };
    for (index, choice) in rules.mapping().columns.iter().enumerate() {
        if let Some(target) = &choice.target {
            let cell = cells.get(index).map_or("", String::as_str);
            reading.cell(Cell { column: index + 1, raw: cell, policy: choice.policy }, target);
        }
    }
    if !rules.mapping().exact {
        reading.second_numbers();
    }
    reading.statuses_without_email();
    reading.contact_type();
    reading.own_id();
    reading.end()
}

/// Returns `true` if the row has a country with other phone numbers and postal codes than France.
fn is_abroad(cells: &[String], rules: &Rules) -> bool {
    let column = rules.mapping().column_of(&Target::Field(Field::Country));
    let cell = column.and_then(|column| cells.get(column - 1));
    let code = cell.and_then(|cell| Rules::country(cell));
    code.and_then(|code| Country::parse(code).ok()).is_some_and(|country| !Phone::is_french(country))
}

#[derive(Clone, Copy)]
struct Cell<'c> {
    column: usize,
    raw: &'c str,
    policy: Policy,
}

struct Reading<'r> {
    cells: &'r [String],
    cleaner: Cleaner<'r>,
    row: ListRow,
    faults: Vec<CellFault>,
}

impl Reading<'_> {
    fn cell(&mut self, cell: Cell<'_>, target: &Target) {
        match target {
            Target::FullName => return self.full_name(cell),
            Target::BookId | Target::ContactId | Target::CardId => return,
            _ => {}
        }
        let second = self.second_email(cell, target);
        let text = second.as_ref().map_or(cell.raw, |(first, _)| first);
        let Some(value) = self.clean(cell, target, text).map(|clean| clean.value) else { return };
        if value.is_some() || !self.is_flag(target) {
            self.give(target.clone(), value, cell.policy);
        }
        if let (Some((_, moved)), Some(given)) = (second, self.row.given.last_mut()) {
            self.row.cleanings.push(Cleaned {
                column: cell.column,
                kind: Cleaning::SecondEmail,
                before: tidy_prefix(cell.raw, SHOWN),
                after: tidy_prefix(&format!("{} | {}", moved.rest, moved.second), SHOWN),
            });
            given.moved = Some(moved);
        }
    }

    /// The first e-mail of a cell with several, and both in their fields; `None` if no field is free for the second.
    fn second_email<'c>(&self, cell: Cell<'c>, target: &Target) -> Option<(&'c str, Moved)> {
        let Target::Field(field) = target else { return None };
        let (first, further) = cell.raw.split_once(SEVERAL).filter(|_| field.kind() == FieldKind::Email)?;
        let second = further.split(SEVERAL).next()?;
        let fields = [Field::EmailOther, Field::EmailPersonal, Field::Email];
        let is_taken = |to| self.row.given.iter().flat_map(|given| &given.moved).any(|moved| moved.to == to);
        let to = fields.into_iter().find(|to| self.cleaner.rules.is_free(*to) && !is_taken(*to))?;
        let stored = |field: Field, text| email(field, text).ok().and_then(|clean| clean.value);
        Some((first, Moved { rest: stored(*field, first)?, to, second: stored(to, second)? }))
    }

    /// The value of a text from a cell, whose corrections or fault are noted; `None` for a fault.
    fn clean(&mut self, cell: Cell<'_>, target: &Target, text: &str) -> Option<Clean> {
        let shown = || tidy_prefix(cell.raw, SHOWN);
        match self.cleaner.clean(target, text) {
            Ok(clean) => {
                let after = clean.value.as_deref().unwrap_or_default();
                self.row.cleanings.extend(clean.kinds.iter().map(|kind| Cleaned {
                    column: cell.column,
                    kind: *kind,
                    before: shown(),
                    after: tidy_prefix(after, SHOWN),
                }));
                Some(clean)
            }
            Err(fault) => {
                self.faults.push(CellFault { column: cell.column, shown: shown(), fault });
                None
            }
        }
    }

    fn is_flag(&self, target: &Target) -> bool {
        match target {
            Target::Field(field) => field.kind() == FieldKind::Flag,
            Target::Custom(key) => {
                self.cleaner.rules.custom(key).is_some_and(|custom| custom.kind == CustomKind::CheckBox)
            }
            _ => false,
        }
    }

    fn give(&mut self, target: Target, value: Option<String>, policy: Policy) {
        self.row.given.push(Given { target, value, policy, moved: None });
    }

    fn full_name(&mut self, cell: Cell<'_>) {
        let clean = self.clean(cell, &Target::FullName, cell.raw);
        let Some(text) = clean.and_then(|clean| clean.value) else { return };
        let parts = name::split(&text);
        let given = [
            (Field::Civility, parts.civility.map_or("", Civility::as_str)),
            (Field::FirstName, &*parts.first),
            (Field::LastName, &*parts.last),
        ];
        let shown: Vec<&str> =
            given.into_iter().map(|(_, part)| part).filter(|part| !part.is_empty()).collect();
        self.row.cleanings.push(Cleaned {
            column: cell.column,
            kind: Cleaning::FullName,
            before: tidy_prefix(cell.raw, SHOWN),
            after: tidy_prefix(&shown.join(" | "), SHOWN),
        });
        for (field, part) in given {
            let is_asked = field != Field::Civility || self.cleaner.rules.is_free(field);
            let target = Target::Field(field);
            if is_asked && let Some(Clean { value: Some(value), .. }) = self.clean(cell, &target, part) {
                self.give(target, Some(value), cell.policy);
            }
        }
    }

    /// Finds a field for the second number of each phone text.
    fn second_numbers(&mut self) {
        let mut taken = Vec::new();
        let rules = self.cleaner.rules;
        for given in &mut self.row.given {
            let Target::Field(field) = given.target else { continue };
            let Some(typed) = given.value.as_deref().filter(|_| field.kind() == FieldKind::Phone) else {
                continue;
            };
            if let Some(moved) = phones::second_number(typed, rules, &taken) {
                taken.push(moved.to);
                self.row.cleanings.push(Cleaned {
                    column: rules.mapping().column_of(&given.target).unwrap_or_default(),
                    kind: Cleaning::SecondNumber,
                    before: typed.to_owned(),
                    after: format!("{} | {}", moved.rest, moved.second),
                });
                given.moved = Some(moved);
            }
        }
    }

    /// Leaves out the statuses that need an e-mail, if the list has a column of e-mails and the row has none. Without such a
    /// column, the contact may have an e-mail.
    fn statuses_without_email(&mut self) {
        let mapping = self.cleaner.rules.mapping();
        let email = Target::Field(Field::Email);
        if mapping.column_of(&email).is_none() || !self.row.value(&email).is_empty() {
            return;
        }
        for status in [Field::Copy, Field::Transfer] {
            let target = Target::Field(status);
            if self.row.value(&target).is_empty() {
                continue;
            }
            self.row.given.retain(|given| given.target != target);
            let column = mapping.column_of(&target).unwrap_or_default();
            let before = self.cells.get(column.saturating_sub(1)).map_or("", String::as_str);
            self.row.cleanings.push(Cleaned {
                column,
                kind: Cleaning::StatusWithoutEmail,
                before: tidy_prefix(before, SHOWN),
                after: String::new(),
            });
        }
    }

    /// Gives the contact type of the list, or in a list with a column of types leaves out the values of other types than the
    /// row's.
    fn contact_type(&mut self) {
        let rules = self.cleaner.rules;
        if rules.mapping().column_of(&Target::Field(Field::ContactType)).is_some() {
            return self.other_types();
        }
        let name = &self.cleaner.rules.book.contact_type;
        if !name.is_empty() {
            let target = Target::Field(Field::ContactType);
            self.give(target, Some(name.clone()), Policy::Replace);
        }
    }

    fn other_types(&mut self) {
        let rules = self.cleaner.rules;
        let own = self.row.field(Field::ContactType).to_owned();
        let is_other = |given: &Given| match &given.target {
            Target::Custom(key) => rules.custom(key).is_none_or(|custom| custom.contact_type != own),
            _ => false,
        };
        let other: Vec<Given> = self.row.given.extract_if(.., |given| is_other(given)).collect();
        for given in other {
            let Some(before) = given.value.filter(|value| !value.is_empty()) else { continue };
            self.row.cleanings.push(Cleaned {
                column: rules.mapping().column_of(&given.target).unwrap_or_default(),
                kind: Cleaning::OtherType,
                before: tidy_prefix(&before, SHOWN),
                after: String::new(),
            });
        }
    }

    /// Without an id, or with a damaged one, the row is matched like that of any list.
    fn own_id(&mut self) {
        let mapping = self.cleaner.rules.mapping();
        let cell = |target: &Target| {
            let column = mapping.column_of(target)?;
            Some(self.cells.get(column - 1).map_or("", String::as_str))
        };
        self.row.own = match (cell(&Target::BookId), cell(&Target::ContactId), cell(&Target::CardId)) {
            (Some(book), Some(contact), _) => OwnId::of_cells(book, contact),
            (_, _, Some(uid)) => OwnId::of_uid(uid),
            _ => None,
        };
    }

    fn end(mut self) -> Result<ListRow, Vec<CellFault>> {
        let rules = self.cleaner.rules;
        let has_key = || {
            let keys = rules.mapping().keys();
            keys.into_iter().any(|key| self.row.has_key(key))
        };
        if self.faults.is_empty() && !self.row.has_name() && !has_key() {
            self.faults.push(CellFault { column: 0, shown: String::new(), fault: Fault::Missing });
        }
        if !self.faults.is_empty() {
            self.faults.sort_by_key(|fault| fault.column);
            return Err(self.faults);
        }
        self.row.cleanings.sort_by_key(|cleaned| cleaned.column);
        Ok(self.row)
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
pub(super) mod tests;
