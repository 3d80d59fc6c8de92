//! Conflicts: two people have edited the same contact. The second one sees what each has changed, field by field, and chooses
//! where both have changed the same field.

use super::form::Typed;
use crate::audit;
use crate::book::wording::Wording;
use crate::book::write::Profile;
use crate::db::AnyConnection;
use crate::domain::{CUSTOM, Change, Details, Field};
use crate::error::AppResult;
use crate::i18n::Locale;

/// A field that was changed since the form was shown.
pub struct ConflictRow {
    pub name: String,
    pub label: String,
    /// The value when the form was shown.
    pub before: String,
    pub theirs: String,
    pub yours: String,
    pub whose: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Only the other person changed it: the form takes the new value over.
    Theirs,
    /// Only this form changes it.
    Yours,
    /// Both changed it to different values: the user must choose.
    Both,
}

/// The values at the version that the form was shown with: the later changes in the history are undone, the latest first.
pub fn base(conn: &mut AnyConnection, theirs: &Profile, version: i64) -> AppResult<Details> {
    let mut base = theirs.details();
    for Change { field, old, .. } in audit::store::changes_since(conn, theirs.contact.id, version)? {
        base.set_named(&field, old);
    }
    Ok(base)
}

/// Takes over into the form what only the other person changed. Returns the fields whose typed and stored values differ: those
/// that need a choice first.
pub fn merge(
    typed: &mut Typed,
    base: &Details,
    theirs: &Details,
    yours: &Details,
    wording: &Wording,
    locale: Locale,
) -> Vec<ConflictRow> {
    let mut names: Vec<String> = base
        .changes_to(theirs)
        .into_iter()
        .chain(base.changes_to(yours))
        .map(|change| change.field)
        .collect();
    names.sort();
    names.dedup();
    // Values of the former type's fields would be lost with it: then the type itself must be chosen.
    let filled_in_type =
        names.iter().any(|name| name.starts_with(CUSTOM) && base.named(name) != yours.named(name));
    let mut rows = Vec::new();
    for name in names {
        let (before, saved, here) = (base.named(&name), theirs.named(&name), yours.named(&name));
        if saved == here {
            continue;
        }
        let whose = match (before == saved, before == here) {
            (false, true) if name == Field::ContactType.form_name() && filled_in_type => Whose::Both,
            (false, true) => {
                typed.set(&name, saved);
                Whose::Theirs
            }
            (true, _) => Whose::Yours,
            (false, false) => Whose::Both,
        };
        let shown = |value| wording.value(locale, &name, value);
        rows.push(ConflictRow {
            label: wording.label(locale.catalogue(), &name),
            before: shown(before),
            theirs: shown(saved),
            yours: shown(here),
            whose,
            name,
        });
    }
    rows.sort_by_key(|row| row.whose != Whose::Both);
    rows
}
