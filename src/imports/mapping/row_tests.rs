use super::super::{Book, Choice, CustomColumn, Mapping};
use super::*;
use crate::domain::sort_key;

pub fn rules(columns: &[&str], edit: impl FnOnce(&mut Mapping)) -> Rules {
    let choices = columns.iter().map(|name| {
        let (name, policy) = name.split_once(' ').unwrap_or((name, "replace"));
        Choice { target: Target::parse(name), policy: Policy::parse(policy).unwrap() }
    });
    let mut mapping = Mapping {
        headings: columns.iter().map(|name| (*name).to_owned()).collect(),
        columns: choices.collect(),
        source: Some(1),
        contact_type: Some(2),
        ..Mapping::default()
    };
    edit(&mut mapping);
    let vip = CustomColumn {
        key: "vip".to_owned(),
        contact_type: String::new(),
        kind: CustomKind::CheckBox,
        choices: Vec::new(),
    };
    let book = Book {
        customs: vec![vip],
        types: Vec::new(),
        contact_type: String::new(),
        default_country: Country::parse("FR").unwrap(),
        in_french: true,
    };
    Rules::compile(mapping, book).unwrap()
}

pub fn cells(row: &str) -> Vec<String> {
    row.split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn shown(row: &ListRow) -> Vec<(String, Option<&str>)> {
    row.given.iter().map(|given| (given.target.form_name(), given.value.as_deref())).collect()
}

#[test]
fn a_row_of_a_colleagues_list() {
    let columns = [
        "civility",
        "last_name",
        "first_name",
        "title",
        "service",
        "email",
        "phone_work",
        "phone_cell",
        "address",
        "postal_code",
        "city",
        "organization",
    ];
    let rules = rules(&columns, |mapping| {
        mapping.capitals = true;
        mapping.postal_zeros = true;
    });
    let cells = cells("Madame|LE GOFF|Anne|Juriste||a@x.fr|01 10 20 30 40|612345678|1 rue X|1000|LYON|Ville");
    let row = read(&cells, &rules).unwrap();
    for (field, value) in [
        (Field::Civility, "Mme"),
        (Field::LastName, "Le Goff"),
        (Field::Service, ""),
        (Field::PhoneWork, "01 10 20 30 40"),
        (Field::PhoneCell, "0612345678"),
        (Field::PostalCode, "01000"),
        (Field::City, "Lyon"),
        (Field::Organization, "Ville"),
    ] {
        assert_eq!(row.field(field), value);
    }
    let kinds: Vec<_> = row.cleanings.iter().map(|cleaned| (cleaned.column, cleaned.kind)).collect();
    let expected = [
        (1, Cleaning::Civility),
        (2, Cleaning::Capitals),
        (8, Cleaning::LeadingZero),
        (10, Cleaning::LeadingZero),
        (11, Cleaning::Capitals),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(row.email_key().as_deref(), Some("a@x.fr"));
    assert_eq!(row.name_key(), Some(sort_key("Le Goff", "Anne")));
    assert_eq!(row.external_ids().next(), None);
    assert_eq!(row.numbers(Country::parse("FR").unwrap()), ["+33110203040", "+33612345678"]);
}

#[test]
fn a_full_name_becomes_two_values() {
    let rules = rules(&["full_name fill", "email"], |mapping| mapping.capitals = true);
    let row = read(&cells("Mme DUPONT Jeanne|a@x.fr"), &rules).unwrap();
    let expected = [
        ("civility".to_owned(), Some("Mme")),
        ("first_name".to_owned(), Some("Jeanne")),
        ("last_name".to_owned(), Some("Dupont")),
        ("email".to_owned(), Some("a@x.fr")),
    ];
    assert_eq!(shown(&row), expected);
    assert!(row.given[..3].iter().all(|given| given.policy == Policy::Fill));
    let first = &row.cleanings[0];
    assert_eq!((first.kind, first.after.as_str()), (Cleaning::FullName, "Mme | Jeanne | DUPONT"));
    // A blank name gives nothing.
    assert_eq!(shown(&read(&cells("|a@x.fr"), &rules).unwrap()), [("email".to_owned(), Some("a@x.fr"))]);
}

#[test]
fn a_second_number_goes_to_a_field_without_a_column() {
    let rules = rules(&["last_name", "phone_work", "phone_cell"], |_| ());
    let row = read(&cells("Martin|01 10 20 30 40 / 04 10 20 30 41|06 12 34 56 78 / 06 98 76 54 32"), &rules)
        .unwrap();
    let moved: Vec<_> = row.given.iter().filter_map(|given| given.moved.as_ref()).collect();
    let shown: Vec<_> =
        moved.iter().map(|moved| (moved.rest.as_str(), moved.to, moved.second.as_str())).collect();
    let expected = [
        ("01 10 20 30 40", Field::PhoneOther, "04 10 20 30 41"),
        ("06 12 34 56 78", Field::PhoneHome, "06 98 76 54 32"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(row.field(Field::PhoneWork), "01 10 20 30 40 / 04 10 20 30 41");
    assert_eq!(row.cleanings.len(), 2);
    assert_eq!(row.numbers(Country::parse("FR").unwrap()).len(), 4);
}

#[test]
fn a_second_number_without_a_free_field_stays() {
    let columns = ["last_name", "phone_work", "phone_cell", "phone_home", "phone_other"];
    let row = read(&cells("Martin|01 10 20 30 40 / 04 10 20 30 41"), &rules(&columns, |_| ())).unwrap();
    assert!(row.given.iter().all(|given| given.moved.is_none()) && row.cleanings.is_empty());
}

#[test]
fn a_status_without_an_email_is_left_out() {
    let columns = ["last_name", "email", "copy", "transfer", "expert"];
    let row = read(&cells("Martin||oui|non|x"), &rules(&columns, |_| ())).unwrap();
    let given = shown(&row);
    assert!(!given.iter().any(|(name, _)| name == "copy"));
    assert!(
        given.contains(&("transfer".to_owned(), Some("")))
            && given.contains(&("expert".to_owned(), Some("on")))
    );
    let left_out = row.cleanings.iter().find(|cleaned| cleaned.kind == Cleaning::StatusWithoutEmail).unwrap();
    assert_eq!((left_out.column, left_out.before.as_str(), left_out.after.as_str()), (3, "oui", ""));
    // The contact may have an e-mail that the list does not have.
    let row = read(&cells("Martin|oui"), &rules(&["last_name", "copy"], |_| ())).unwrap();
    assert_eq!(row.field(Field::Copy), "on");
}

#[test]
fn blank_boxes_say_nothing_and_other_blank_cells_are_given() {
    let rules = rules(&["last_name", "expert", "custom_vip", "city"], |_| ());
    let row = read(&cells("Martin||n/a|"), &rules).unwrap();
    assert_eq!(shown(&row), [("last_name".to_owned(), Some("Martin")), ("city".to_owned(), None)]);
}

#[test]
fn all_faults_of_a_row_are_named() {
    let rules = rules(&["civility", "last_name", "email", "country"], |_| ());
    let faults = read(&cells("Dr|Martin|x|Atlantide"), &rules).unwrap_err();
    let shown: Vec<_> =
        faults.iter().map(|fault| (fault.column, fault.shown.as_str(), &fault.fault)).collect();
    let expected = [
        (1, "Dr", &Fault::UnknownCivility),
        (3, "x", &Fault::NotAnEmail),
        (4, "Atlantide", &Fault::UnknownCountry),
    ];
    assert_eq!(shown, expected);
    // Neither a key nor a name.
    let faults = read(&cells("M.|n/a||FR"), &rules).unwrap_err();
    assert_eq!(faults, [CellFault { column: 0, shown: String::new(), fault: Fault::Missing }]);
    assert!(is_blank_row(&cells("| |\u{A0}")) && !is_blank_row(&cells("|-")));
}

#[test]
fn a_short_row_is_blank_at_its_end_and_a_long_one_is_cut() {
    let rules = rules(&["last_name", "city"], |_| ());
    assert_eq!(read(&cells("Martin"), &rules), read(&cells("Martin||x|y"), &rules));
}

#[test]
fn every_row_has_the_contact_type() {
    let mut rules = rules(&["last_name"], |_| ());
    rules.book.contact_type = "Avocat".to_owned();
    assert_eq!(read(&cells("Martin"), &rules).unwrap().field(Field::ContactType), "Avocat");
}
