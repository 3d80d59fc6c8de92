//! The two columns of the civility. Programs of earlier versions know three values and no empty one: they fail to write it, and
//! their form shows it as the first value and saves that. So the column that they know keeps `M.` for a contact without civility,
//! and a second column says that it has none. `Mme` or `Mlle`, which such a program writes, counts whatever the second one says.

use crate::domain::Civility;

/// The civility of a contact as an expression of SQL; empty for none.
pub const COLUMN: &str =
    "CASE WHEN contacts.no_civility AND contacts.civility = 'M.' THEN '' ELSE contacts.civility END";

/// The values of the columns `civility` and `no_civility`.
pub fn stored(civility: &str) -> (&str, bool) {
    match civility {
        "" => (Civility::M.as_str(), true),
        known => (known, false),
    }
}
