//! The strict list as a list of eight columns: in this form its doubtful rows are found, shown and decided.

use super::load::of_mapping;
use super::{Mapped, MappedRow};
use crate::db::AnyConnection;
use crate::domain::{Field, Recipient};
use crate::error::{AppError, AppResult};
use crate::imports::mapping::{Blank, Choice, Given, ListRow, Mapping, MatchKey, Policy, Target};
use crate::imports::preview::lines::LinePlace;

/// The list with the eight columns. A row means the contact with its e-mail, comes back from the trash with it, and empties what it
/// leaves empty.
pub fn of_recipients(conn: &mut AnyConnection) -> AppResult<Mapped> {
    let column = |field| Choice { target: Some(Target::Field(field)), ..Choice::default() };
    let mapping = Mapping {
        headings: Field::IN_FILE.map(|field| field.form_name().to_owned()).to_vec(),
        columns: Field::IN_FILE.map(column).to_vec(),
        matching: vec![MatchKey::Email],
        blank: Blank::Clear,
        ..Mapping::default()
    };
    let list = of_mapping(conn, mapping)?.map_err(|faults| {
        AppError::Internal(anyhow::anyhow!("the eight columns are no mapping: {faults:?}"))
    })?;
    Ok(Mapped { restores: true, ..list })
}

/// A row of the strict list. An empty civility is `M.` for a new contact only.
pub fn row_of(list: &Mapped, recipient: &Recipient, place: LinePlace) -> MappedRow {
    let given = recipient.values().into_iter().map(|(field, value)| {
        let is_default = field == Field::Civility && recipient.civility.is_none();
        Given {
            target: Target::Field(field),
            value: Some(value.to_owned()),
            policy: if is_default { Policy::Create } else { Policy::Replace },
            moved: None,
        }
    });
    let row = ListRow { given: given.collect(), cleanings: Vec::new(), own: None };
    MappedRow::new(row, list.rules(), place)
}
