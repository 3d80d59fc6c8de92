//! Two people edit the same contact: what each changed, field by field, and a choice where both changed the same.

use super::form::Typed;
use crate::audit;
use crate::book::wording::Wording;
use crate::book::write::Profile;
use crate::db::AnyConnection;
use crate::domain::{CUSTOM, Change, Details, Field};
use crate::error::AppResult;
use crate::i18n::Locale;

/// A field that someone changed since the form was drawn.
pub struct Row {
    pub name: String,
    pub label: String,
    /// As it was when the form was drawn.
    pub before: String,
    pub theirs: String,
    pub yours: String,
    pub whose: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Only they changed it: the form takes it over.
    Theirs,
    /// Only this form changes it.
    Yours,
    /// Both, and differently: to be chosen.
    Both,
}

/// What was stored at the version that the form was drawn from: the history's changes undone, the latest first.
///
/// # Errors
/// Those of the database.
pub fn base(conn: &mut AnyConnection, theirs: &Profile, version: i64) -> AppResult<Details> {
    let mut base = theirs.details();
    for Change { field, old, .. } in audit::store::changes_since(conn, theirs.contact.id, version)?
    {
        base.set_named(&field, old);
    }
    Ok(base)
}

/// Sets what only they changed in the form, and tells what each changed.
pub fn merge(
    typed: &mut Typed,
    base: &Details,
    theirs: &Details,
    yours: &Details,
    wording: &Wording,
    locale: Locale,
) -> Vec<Row> {
    let mut names: Vec<String> = base
        .changes_to(theirs)
        .into_iter()
        .chain(base.changes_to(yours))
        .map(|change| change.field)
        .collect();
    names.sort();
    names.dedup();
    // Fields of the former type would go with it: then the type itself is to be chosen.
    let filled_in_type = names
        .iter()
        .any(|name| name.starts_with(CUSTOM) && base.named(name) != yours.named(name));
    let mut rows = Vec::new();
    for name in names {
        let (before, saved, here) = (base.named(&name), theirs.named(&name), yours.named(&name));
        if saved == here {
            continue;
        }
        let whose = match (before == saved, before == here) {
            (false, true) if name == Field::ContactType.form_name() && filled_in_type => {
                Whose::Both
            }
            (false, true) => {
                typed.set(&name, saved);
                Whose::Theirs
            }
            (true, _) => Whose::Yours,
            (false, false) => Whose::Both,
        };
        let shown = |value| wording.value(locale, &name, value);
        rows.push(Row {
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
