use proptest::prelude::*;

use super::super::row::read;
use super::super::row::tests::{cells, rules};
use super::super::{Blank, Mapping};
use super::*;

fn row(columns: &[&str], cells_of: &str) -> (ListRow, Mapping) {
    let rules = rules(columns, |_| ());
    (read(&cells(cells_of), &rules).unwrap(), rules.mapping().clone())
}

fn contact(values: &[(&str, &str)]) -> Values {
    let mut contact = Values::default();
    for (name, value) in values {
        contact.details.set_named(name, *value);
    }
    contact
}

fn told(values: &Values) -> Vec<(String, String)> {
    values.details.iter().map(|(name, value)| (name, value.to_owned())).collect()
}

#[test]
fn a_new_contact_is_expert_and_copie_unless_the_row_says_otherwise() {
    let statuses = |columns: &[&str], cells: &str| {
        let (row, mapping) = row(columns, cells);
        let values = after(None, &row, &mapping);
        [Field::Expert, Field::Copy, Field::Transfer].map(|status| values.details.is_on(status))
    };
    let columns = ["last_name", "email", "expert create", "copy fill", "transfer"];
    assert_eq!(statuses(&columns, "A|a@x.fr|||"), [true, true, false]);
    assert_eq!(statuses(&columns, "A||||"), [true, false, false]);
    assert_eq!(statuses(&columns, "A|a@x.fr|non|non|oui"), [false, false, true]);
    assert_eq!(statuses(&columns, "A||oui|oui|oui"), [true, false, false]);
}

#[test]
fn policies_decide_about_the_values_of_a_contact() {
    let known = contact(&[("last_name", "Ancien"), ("city", "Nice"), ("service", "")]);
    let (row, mapping) =
        row(&["last_name", "city fill", "service fill", "title create"], "Neuf|Lyon|Achats|Juriste");
    let values = after(Some(&known), &row, &mapping);
    let expected = [("last_name", "Neuf"), ("service", "Achats"), ("city", "Nice")];
    assert_eq!(told(&values), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(after(None, &row, &mapping).details.get(Field::Title), "Juriste");
}

#[test]
fn blank_cells_keep_values_or_clear_them() {
    let known = contact(&[
        ("last_name", "A"),
        ("email", "a@x.fr"),
        ("copy", "on"),
        ("city", "Nice"),
        ("expert", "on"),
    ]);
    let (row, mut mapping) =
        row(&["external_id", "last_name", "email", "city", "service fill", "expert"], "7|||||");
    let kept = after(Some(&known), &row, &mapping);
    assert_eq!(kept.details, known.details);
    mapping.blank = Blank::Clear;
    let cleared = after(Some(&known), &row, &mapping);
    // The name stays, and so does the box; Copie needs an e-mail.
    assert_eq!(
        told(&cleared),
        [("last_name".to_owned(), "A".to_owned()), ("expert".to_owned(), "on".to_owned())]
    );
}

#[test]
fn external_ids_are_added() {
    let mut known = contact(&[("last_name", "A")]);
    known.external_ids.insert(Target::ExternalId, vec!["1".to_owned()]);
    known.topics = "eau".to_owned();
    let (row, mapping) = row(&["external_id", "topics", "languages"], "2|gaz|en");
    let values = after(Some(&known), &row, &mapping);
    assert_eq!(values.external_ids[&Target::ExternalId], ["1", "2"]);
    let shown: Vec<_> = changes(&known, &values, "RH")
        .into_iter()
        .map(|change| (change.field, change.old, change.new))
        .collect();
    let expected = [("topics", "eau", "gaz"), ("languages", "", "Anglais"), ("external_id_RH", "1", "1\n2")];
    assert_eq!(shown, expected.map(|(field, old, new)| (field.to_owned(), old.to_owned(), new.to_owned())));
}

#[test]
fn a_second_number_moves_if_its_field_is_free() {
    let (row, mapping) = row(&["last_name", "phone_work"], "A|01 10 20 30 40 / 04 10 20 30 41");
    let phones = |known: Option<&Values>| {
        let values = after(known, &row, &mapping);
        [Field::PhoneWork, Field::PhoneOther].map(|field| values.details.get(field).to_owned())
    };
    assert_eq!(phones(None), ["01 10 20 30 40", "04 10 20 30 41"]);
    let taken = contact(&[("last_name", "A"), ("phone_other", "3631")]);
    assert_eq!(phones(Some(&taken)), ["01 10 20 30 40 / 04 10 20 30 41", "3631"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn importing_twice_changes_nothing(
        policies in prop::collection::vec(prop::sample::select(vec!["replace", "fill", "create"]), 10),
        cells_of in prop::collection::vec(
            prop::sample::select(vec!["", "n/a", "a@x.fr", "01 10 20 30 40 / 06 12 34 56 78", "oui", "non", "eau, gaz", "7"]), 9),
        is_new in any::<bool>(),
        clears in any::<bool>(),
    ) {
        let names = ["email", "phone_work", "phone_cell", "copy", "transfer", "expert", "topics", "external_id", "city", "last_name"];
        let columns: Vec<String> = std::iter::zip(names, &policies).map(|(name, policy)| format!("{name} {policy}")).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let rules = rules(&columns, |mapping| mapping.blank = if clears { Blank::Clear } else { Blank::Keep });
        let mut cells: Vec<String> = cells_of.iter().map(|cell| (*cell).to_owned()).collect();
        cells.push("Martin".to_owned());
        if let Ok(row) = read(&cells, &rules) {
            let known = contact(&[("last_name", "Ancien"), ("email", "b@x.fr"), ("copy", "on"), ("phone_other", "3631")]);
            let once = after(Some(&known).filter(|_| !is_new), &row, rules.mapping());
            prop_assert_eq!(&after(Some(&once), &row, rules.mapping()), &once);
            // No contact has a status that needs an e-mail without one.
            let needs = once.details.is_on(Field::Copy) || once.details.is_on(Field::Transfer);
            prop_assert!(!needs || once.details.is_on(Field::Email));
        }
    }
}
