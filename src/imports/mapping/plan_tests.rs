use proptest::prelude::*;

use super::*;

fn mapping(columns: &[(&str, &str)]) -> Mapping {
    Mapping {
        headings: columns.iter().map(|(heading, _)| (*heading).to_owned()).collect(),
        columns: columns
            .iter()
            .map(|(_, target)| Choice { target: Target::parse(target), policy: Policy::default() })
            .collect(),
        ..Mapping::default()
    }
}

#[test]
fn a_mapping_is_stored_as_json_with_the_names_of_the_form() {
    let mut mapping = mapping(&[("Mail", "email"), ("SIRET", "custom_siret"), ("Couleur", "")]);
    mapping.matching = vec![MatchKey::NamePhone];
    let json = serde_json::to_value(&mapping).unwrap();
    assert_eq!(json["columns"][1]["target"], "custom_siret");
    assert_eq!(json["matching"][0], "name_phone");
    assert_eq!(serde_json::from_value::<Mapping>(json).unwrap(), mapping);
    // What an older version did not store is the default.
    let older = r#"{"headings": ["Mail"], "columns": [{"target": "email"}]}"#;
    assert_eq!(serde_json::from_str::<Mapping>(older).unwrap().columns[0].policy, Policy::Replace);
    for policy in Policy::ALL {
        assert_eq!(serde_json::to_value(policy).unwrap(), policy.as_str());
    }
    for key in MatchKey::ALL {
        assert_eq!(serde_json::to_value(key).unwrap(), key.as_str());
    }
}

#[test]
fn headings_are_compared_in_any_order_and_spelling() {
    let known = mapping(&[("Nom", "last_name"), ("Mobile", "phone_cell"), ("Note", "note"), ("Note", "")]);
    let headings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let same = headings(&["note", "NOM", "Note", "mobile"]);
    assert_eq!(known.compare(&same), HeadingDifference::default());
    assert!(known.reorder(&same).is_some());
    let other = headings(&["Nom", "Note", "Tél. mobile"]);
    let missing = headings(&["Mobile", "Note"]);
    assert_eq!(known.compare(&other), HeadingDifference { missing, added: headings(&["Tél. mobile"]) });
    assert!(known.reorder(&other).is_none());
    assert!(!mapping(&[("", "email"), (" ", "")]).has_headings());
}

#[test]
fn the_default_keys_are_those_with_columns() {
    let keys = |columns: &[(&str, &str)]| mapping(columns).keys();
    assert_eq!(
        keys(&[("a", "external_id"), ("b", "email"), ("c", "last_name"), ("d", "phone_cell")]),
        [MatchKey::Email, MatchKey::ExternalId, MatchKey::NamePhone]
    );
    assert_eq!(keys(&[("a", "full_name"), ("b", "phone_work")]), [MatchKey::NamePhone]);
    assert_eq!(keys(&[("a", "phone_work")]), []);
}

#[test]
fn faults_name_their_columns() {
    let target = Target::Field(Field::City);
    let faults = mapping(&[("a", "city"), ("b", "last_name"), ("c", "city"), ("d", "city")]).faults();
    let twice = |second| MappingFault::SameTarget { target: target.clone(), first: 1, second };
    assert_eq!(faults, [twice(3), twice(4)]);

    let faults = mapping(&[("a", "first_name"), ("b", "full_name")]).faults();
    assert_eq!(faults, [MappingFault::NamesTwice { full_name: 2, other: 1 }]);

    assert_eq!(mapping(&[("a", "city"), ("b", "phone_work")]).faults(), [MappingFault::NoKeyOrName]);
    assert_eq!(mapping(&[]).faults(), [MappingFault::NoKeyOrName]);

    let mut ids = mapping(&[("a", "external_id"), ("b", "custom_siret")]);
    assert_eq!(ids.faults(), [MappingFault::NoSource { column: 1 }, MappingFault::NotOfType { column: 2 }]);
    (ids.source, ids.contact_type) = (Some(1), Some(2));
    assert_eq!(ids.faults(), []);
    ids.matching = vec![MatchKey::ExternalId, MatchKey::Email];
    assert_eq!(ids.faults(), [MappingFault::KeyWithoutColumn { key: MatchKey::Email }]);

    let mut phones = mapping(&[("a", "phone_cell")]);
    phones.matching = vec![MatchKey::Phone];
    assert_eq!(phones.faults(), []);
}

#[test]
fn a_profile_fits_the_same_headings_only() {
    let known = mapping(&[("Prénom", "first_name"), ("Nom", "last_name"), ("Tél.", "phone_work")]);
    let texts = |headings: &[&str]| headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>();
    let other = known.reorder(&texts(&["TEL", " nom", "prenom "])).unwrap();
    let targets: Vec<_> =
        other.columns.iter().map(|choice| choice.target.clone().unwrap().form_name()).collect();
    assert_eq!(targets, ["phone_work", "last_name", "first_name"]);
    assert_eq!(other.headings, ["TEL", " nom", "prenom "]);
    assert_eq!(known.reorder(&texts(&["Nom", "Prénom"])), None);
    assert_eq!(known.reorder(&texts(&["Nom", "Prénom", "Mobile"])), None);
    assert_eq!(known.reorder(&texts(&["Nom", "Nom", "Prénom"])), None);
    assert_eq!(mapping(&[("", "email"), ("", "city")]).reorder(&texts(&["", ""])), None);
}

proptest! {
    #[test]
    fn reordering_and_back_changes_nothing(
        (columns, order) in prop::collection::vec(
            (prop::sample::select(vec!["Nom", "Tél. 1", "E-mail", "Ville"]), prop::sample::select(vec!["email", "city", ""])),
            1..8,
        ).prop_flat_map(|columns| {
            let order: Vec<usize> = (0..columns.len()).collect();
            (Just(columns), Just(order).prop_shuffle())
        })
    ) {
        let known = mapping(&columns);
        let headings: Vec<String> = order.iter().map(|column| known.headings[*column].clone()).collect();
        let other = known.reorder(&headings).unwrap();
        prop_assert_eq!(other.reorder(&known.headings).unwrap(), known);
    }
}
