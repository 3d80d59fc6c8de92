//! The texts of the page about the columns of a list.

use super::store::ShownList;
use crate::book::contact_types::CustomField;
use crate::book::external_ids::Source;
use crate::domain::{CUSTOM, Field};
use crate::i18n::{Catalogue, control_label, explain, fl};
use crate::imports::mapping::{
    Blank, Cleaning, HeadingDifference, MappingFault, MatchKey, Mode, OnAmbiguous, Policy, Tally, Target,
};
use crate::imports::profiles::Near;
use crate::imports::sources::{SourceKind, Table};
use crate::web::{Context, FormErrors};

/// The heading of a column; its number for a column without one.
pub fn heading(t: &Catalogue, heading: &str, number: usize) -> String {
    if heading.trim().is_empty() { fl!(t, "wrong-column", number = int(number)) } else { heading.to_owned() }
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The fields that a column can become, by form name, in groups.
pub fn targets(
    t: &Catalogue,
    fields: &[CustomField],
    sources: &[Source],
    is_exact: bool,
) -> Vec<(String, Vec<(String, String)>)> {
    let of_fields = |fields: &[Field]| -> Vec<(String, String)> {
        let named = |field: &Field| (field.form_name().to_owned(), control_label(t, field.form_name()));
        fields.iter().map(named).collect()
    };
    let named = |name: &str, label: String| (name.to_owned(), label);
    let mut person = of_fields(&[Field::Civility, Field::FirstName, Field::LastName]);
    person.push(named("full_name", fl!(t, "target-full-name")));
    person.extend(of_fields(&[Field::Title, Field::Organization, Field::Service]));
    let mut expertise = of_fields(&[Field::Expert, Field::Copy, Field::Transfer]);
    expertise.push(named("topics", control_label(t, "topics")));
    expertise.push(named("languages", control_label(t, "languages")));
    let mut other = of_fields(&[
        Field::ExternalUrl,
        Field::SocialX,
        Field::SocialFacebook,
        Field::SocialLine,
        Field::SocialWhatsapp,
        Field::SocialInstagram,
        Field::SurveyOptOut,
    ]);
    if !sources.is_empty() {
        other.insert(0, named("external_id", fl!(t, "match-external-id")));
    }
    other.push(named("note", fl!(t, "note")));
    let mut groups = vec![
        (fl!(t, "targets-person"), person),
        (
            fl!(t, "targets-reach"),
            of_fields(&[
                Field::Email,
                Field::EmailPersonal,
                Field::EmailOther,
                Field::PhoneWork,
                Field::PhoneCell,
                Field::PhoneHome,
                Field::PhoneOther,
                Field::SmsWork,
                Field::SmsCell,
                Field::SmsHome,
                Field::SmsOther,
            ]),
        ),
        (
            fl!(t, "targets-address"),
            of_fields(&[Field::Address, Field::PostalCode, Field::City, Field::State, Field::Country]),
        ),
        (fl!(t, "targets-expertise"), expertise),
        (fl!(t, "targets-other"), other),
    ];
    if is_exact {
        let own = [Target::ContactId, Target::BookId, Target::Field(Field::ContactType)];
        let of_sources = sources.iter().map(|source| Target::IdIn(source.name.clone()));
        let own = own.into_iter().chain(of_sources);
        let named = own.map(|target| (target.form_name(), target_name(t, &target)));
        groups.push((fl!(t, "targets-own"), named.collect()));
    }
    if !fields.is_empty() {
        let custom = fields.iter().map(|field| (format!("{CUSTOM}{}", field.key), field.label.clone()));
        groups.push((fl!(t, "targets-type"), custom.collect()));
    }
    groups
}

/// What will be cleaned up in a column: "Madame → Mme (10)".
pub fn notes(t: &Catalogue, tally: &Tally, column: usize) -> Vec<String> {
    let of_column = tally.cleanings.iter().filter(|cleaning| cleaning.column == column);
    of_column
        .map(|cleaning| {
            let what = cleaning_name(t, cleaning.kind);
            let (before, after) = (cleaning.before.as_str(), cleaning.after.as_str());
            let number = count(cleaning.count);
            if after.is_empty() {
                fl!(t, "cleaned-away", what = what, before = before, count = number)
            } else {
                fl!(t, "cleaned", what = what, before = before, after = after, count = number)
            }
        })
        .collect()
}

/// What is wrong in a column: the first value, the reason and the number of rows.
pub fn faults(t: &Catalogue, tally: &Tally, column: usize) -> Vec<String> {
    let of_column = tally.faults.iter().filter(|fault| fault.column == column);
    of_column
        .map(|fault| {
            let reason = explain(t, &fault.fault).reason;
            fl!(t, "column-fault", value = fault.shown.as_str(), reason = reason, count = count(fault.count))
        })
        .collect()
}

pub fn policy_name(t: &Catalogue, policy: Policy) -> String {
    match policy {
        Policy::Replace => fl!(t, "policy-replace"),
        Policy::Fill => fl!(t, "policy-fill"),
        Policy::Create => fl!(t, "policy-create"),
    }
}

pub fn mode_name(t: &Catalogue, mode: Mode) -> String {
    match mode {
        Mode::Both => fl!(t, "mode-both"),
        Mode::Create => fl!(t, "mode-create"),
        Mode::Update => fl!(t, "mode-update"),
    }
}

pub fn blank_name(t: &Catalogue, blank: Blank) -> String {
    match blank {
        Blank::Keep => fl!(t, "blank-keep"),
        Blank::Clear => fl!(t, "blank-clear"),
    }
}

/// What happens to doubtful rows.
pub fn doubt_name(t: &Catalogue, doubt: OnAmbiguous) -> String {
    match doubt {
        OnAmbiguous::Review => fl!(t, "ambiguous-review"),
        OnAmbiguous::Reject => fl!(t, "ambiguous-reject"),
    }
}

pub fn key_name(t: &Catalogue, key: MatchKey) -> String {
    match key {
        MatchKey::Email => fl!(t, "field-email"),
        MatchKey::ExternalId => fl!(t, "match-external-id"),
        MatchKey::Phone => fl!(t, "match-phone"),
        MatchKey::NamePhone => fl!(t, "match-name-phone"),
    }
}

fn cleaning_name(t: &Catalogue, kind: Cleaning) -> String {
    match kind {
        Cleaning::Civility => fl!(t, "cleaning-civility"),
        Cleaning::Capitals => fl!(t, "cleaning-capitals"),
        Cleaning::LeadingZero => fl!(t, "cleaning-leading-zero"),
        Cleaning::Date => fl!(t, "cleaning-date"),
        Cleaning::Blank => fl!(t, "cleaning-blank"),
        Cleaning::SecondNumber => fl!(t, "cleaning-second-number"),
        Cleaning::SecondEmail => fl!(t, "cleaning-second-email"),
        Cleaning::Spaces => fl!(t, "cleaning-spaces"),
        Cleaning::FullName => fl!(t, "cleaning-full-name"),
        Cleaning::Flag => fl!(t, "cleaning-flag"),
        Cleaning::Country => fl!(t, "cleaning-country"),
        Cleaning::Languages => fl!(t, "cleaning-languages"),
        Cleaning::Email => fl!(t, "cleaning-email"),
        Cleaning::Url => fl!(t, "cleaning-url"),
        Cleaning::Choice => fl!(t, "cleaning-choice"),
        Cleaning::OtherType => fl!(t, "cleaning-other-type"),
        Cleaning::StatusWithoutEmail => fl!(t, "cleaning-status"),
    }
}

/// What the list is, and what was found in its rows as a whole.
pub fn facts(cx: &Context, shown: &ShownList) -> Vec<String> {
    let t = cx.t;
    let (table, tally) = (&shown.table, &shown.tally);
    let mut facts = vec![match table.kind {
        SourceKind::Csv => fl!(t, "list-csv"),
        SourceKind::Xlsx | SourceKind::Xls | SourceKind::Ods => fl!(t, "list-workbook"),
        SourceKind::Vcard => fl!(t, "list-cards"),
    }];
    facts.push(match table.heading_row {
        Some(row) => fl!(t, "list-heading", row = count(row), rows = count(table.rows)),
        None => fl!(t, "list-no-heading", rows = count(table.rows)),
    });
    if shown.is_partial {
        facts.push(fl!(t, "list-partial", rows = count(tally.rows)));
    }
    if tally.without_email > 0 {
        facts.push(fl!(t, "list-without-email", count = count(tally.without_email)));
    }
    if tally.faulty > 0 {
        facts.push(fl!(t, "list-faulty", count = count(tally.faulty)));
    }
    if tally.blank > 0 {
        facts.push(fl!(t, "list-blank", count = count(tally.blank)));
    }
    facts
}

/// Why a profile does not read a list that has nearly its headings.
pub fn near(t: &Catalogue, near: &Near) -> String {
    let HeadingDifference { missing, added } = &near.difference;
    let name = near.name.as_str();
    if missing.is_empty() && added.is_empty() {
        return fl!(t, "profile-outdated", name = name);
    }
    let difference = heading_difference(t, &near.difference);
    fl!(t, "columns-profile-near", name = name, difference = difference)
}

/// The headings that are missing and those that were added, in a sentence each.
pub fn heading_difference(t: &Catalogue, difference: &HeadingDifference) -> String {
    let named = |headings: &[String]| {
        let named: Vec<String> = headings.iter().zip(1..).map(|(known, n)| heading(t, known, n)).collect();
        named.join(", ")
    };
    let HeadingDifference { missing, added } = difference;
    let missing = (!missing.is_empty()).then(|| fl!(t, "headings-missing", headings = named(missing)));
    let added = (!added.is_empty()).then(|| fl!(t, "headings-added", headings = named(added)));
    missing.into_iter().chain(added).collect::<Vec<_>>().join(" ")
}

/// The faults of the choices, at the columns that have them.
pub fn errors(cx: &Context, table: &Table, faults: &[MappingFault]) -> FormErrors {
    let t = cx.t;
    let named = |number: usize| {
        let column = table.columns.get(number.saturating_sub(1));
        heading(t, column.map_or("", |column| column.heading.as_str()), number)
    };
    let mut errors = FormErrors::default();
    for fault in faults {
        match fault {
            MappingFault::SameTarget { target, first, second } => {
                let message = fl!(
                    t,
                    "mapping-same-target",
                    field = target_name(t, target),
                    first = named(*first),
                    second = named(*second)
                );
                errors.add(format!("column_{second}"), message);
            }
            MappingFault::NamesTwice { full_name, other } => {
                let message = fl!(t, "mapping-names-twice", full = named(*full_name), other = named(*other));
                errors.add(format!("column_{other}"), message);
            }
            MappingFault::NoKeyOrName => errors.add("columns", fl!(t, "mapping-no-key")),
            MappingFault::KeyWithoutColumn { key } => {
                let key = key_name(t, *key);
                errors.add("match_1", fl!(t, "mapping-key-without-column", key = key));
            }
            MappingFault::NoSource { column } => {
                errors.add(format!("column_{column}"), fl!(t, "mapping-no-source", column = named(*column)));
            }
            MappingFault::NotOfType { column } => {
                errors
                    .add(format!("column_{column}"), fl!(t, "mapping-not-of-type", column = named(*column)));
            }
        }
    }
    errors
}

/// The name of a target. A field of a contact type has the words of its key.
pub fn target_name(t: &Catalogue, target: &Target) -> String {
    match target {
        Target::FullName => fl!(t, "target-full-name"),
        Target::ExternalId => fl!(t, "match-external-id"),
        Target::ContactId => fl!(t, "target-contact-id"),
        Target::BookId => fl!(t, "export-book"),
        Target::CardId => fl!(t, "target-card-id"),
        Target::Dropped => fl!(t, "target-dropped"),
        target => control_label(t, &target.form_name()),
    }
}
