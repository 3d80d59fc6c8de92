use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::{Book, Mapping};
use super::*;
use crate::domain::Country;

fn rules() -> Rules {
    let custom = |key: &str, kind, choices: &[&str]| CustomColumn {
        key: key.to_owned(),
        contact_type: String::new(),
        kind,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    let book = Book {
        customs: vec![
            custom("since", CustomKind::Date, &[]),
            custom("level", CustomKind::List, &["Élevé", "Bas", "N/A"]),
            custom("vip", CustomKind::CheckBox, &[]),
            custom("tags", CustomKind::Tag, &[]),
            custom("page", CustomKind::Url, &[]),
            custom("number", CustomKind::Number, &[]),
            custom("text", CustomKind::Text, &[]),
        ],
        types: Vec::new(),
        contact_type: String::new(),
        default_country: Country::parse("FR").unwrap(),
        in_french: true,
    };
    let last_name = super::super::Choice {
        target: Some(Target::Field(Field::LastName)),
        ..super::super::Choice::default()
    };
    let mapping =
        Mapping { columns: vec![last_name], capitals: true, postal_zeros: true, ..Mapping::default() };
    Rules::compile(mapping, book).unwrap()
}

/// Compiled once: the names of all countries are folded.
static RULES: LazyLock<Rules> = LazyLock::new(rules);

fn clean(target: &str, raw: &str) -> Result<Clean, Fault> {
    Cleaner { rules: &RULES, is_abroad: false }.clean(&Target::parse(target).unwrap(), raw)
}

#[test]
fn cells_become_stored_values() {
    for (target, raw, stored, kinds) in [
        ("civility", "Madame", "Mme", &[Cleaning::Civility][..]),
        ("civility", "M.", "M.", &[]),
        ("last_name", "DUPONT-LE GOFF", "Dupont-Le Goff", &[Cleaning::Capitals]),
        ("last_name", " Le  Goff\u{A0}", "Le Goff", &[Cleaning::Spaces]),
        ("first_name", "JEAN\u{A0}MARC", "Jean Marc", &[Cleaning::Spaces, Cleaning::Capitals]),
        ("title", "DIRECTEUR", "DIRECTEUR", &[]),
        ("city", "LYON", "Lyon", &[Cleaning::Capitals]),
        ("address", "1 rue X\r\nbât.  B", "1 rue X, bât. B", &[Cleaning::Spaces]),
        ("postal_code", "1000", "01000", &[Cleaning::LeadingZero]),
        ("postal_code", "69001.0", "69001", &[Cleaning::LeadingZero]),
        ("postal_code", "SW1A 1AA", "SW1A 1AA", &[]),
        ("phone_cell", "612345678", "0612345678", &[Cleaning::LeadingZero]),
        ("phone_work", "01.23.45.67.89", "01.23.45.67.89", &[]),
        (
            "phone_work",
            "01 10 20 30 40\n06 12 34 56 78",
            "01 10 20 30 40 / 06 12 34 56 78",
            &[Cleaning::Spaces],
        ),
        ("email", "mailto:j@x.fr", "j@x.fr", &[Cleaning::Email]),
        ("email", "Jean Dupont <j@x.fr>", "j@x.fr", &[Cleaning::Email]),
        ("email", "<j@x.fr>;", "j@x.fr", &[Cleaning::Email]),
        ("email", "j@x.fr.", "j@x.fr", &[Cleaning::Email]),
        ("email", "j @x.fr", "j@x.fr", &[Cleaning::Spaces]),
        ("expert", "oui", "on", &[Cleaning::Flag]),
        ("expert", "non", "", &[Cleaning::Flag]),
        ("country", "France", "FR", &[Cleaning::Country]),
        ("country", "cote d'ivoire", "CI", &[Cleaning::Country]),
        ("country", "FR", "FR", &[]),
        ("country", "NC", "NC", &[]),
        ("external_url", "www.x.fr/1", "https://www.x.fr/1", &[Cleaning::Url]),
        ("languages", "FR, en", "Français\nAnglais", &[Cleaning::Languages]),
        ("languages", "Anglais", "Anglais", &[]),
        ("topics", "eau; gaz,Eau", "eau\ngaz", &[]),
        ("topics", "eau, n/a", "eau", &[]),
        ("external_id", " A 12 ", "A 12", &[]),
        ("note", "a\r\nb", "a\nb", &[]),
        ("custom_since", "30.06.26", "2026-06-30", &[Cleaning::Date]),
        ("custom_since", "2026-06-30", "2026-06-30", &[]),
        ("custom_level", "eleve", "Élevé", &[Cleaning::Choice]),
        ("custom_level", "N/A", "N/A", &[]),
        ("custom_vip", "x", "on", &[Cleaning::Flag]),
        ("custom_tags", "a, b", "a\nb", &[]),
        ("custom_number", "3,50", "3.5", &[]),
        ("custom_text", "a  b", "a b", &[Cleaning::Spaces]),
    ] {
        let expected = Clean { value: Some(stored.to_owned()), kinds: kinds.to_vec() };
        assert_eq!(clean(target, raw), Ok(expected), "{target}: {raw:?}");
    }
}

#[test]
fn texts_for_nothing_are_blank() {
    for (target, raw) in
        [("city", "n/a"), ("email", "aucun"), ("phone_work", "NC"), ("expert", "-"), ("note", "néant")]
    {
        let expected = Clean { value: None, kinds: vec![Cleaning::Blank] };
        assert_eq!(clean(target, raw), Ok(expected), "{target}: {raw:?}");
    }
    for raw in ["", " \u{A0}", "\u{200B}"] {
        assert_eq!(clean("city", raw), Ok(Clean::BLANK));
    }
}

#[test]
fn what_the_form_would_refuse_is_refused() {
    for (target, raw, fault) in [
        ("civility", "Dr", Fault::UnknownCivility),
        ("email", "jean", Fault::NotAnEmail),
        ("email", "a@x.fr; b@x.fr", Fault::NotAnEmail),
        ("phone_work", "standard", Fault::NoDigit),
        ("phone_work", "6,12E+08", Fault::Shortened),
        ("country", "Atlantide", Fault::UnknownCountry),
        ("copy", "peut-être", Fault::NotAChoice),
        ("custom_level", "Moyen", Fault::NotAChoice),
        ("custom_since", "31/02/2026", Fault::NotADate),
        ("external_url", "javascript:x", Fault::NotAUrl),
        ("service", &"x".repeat(51), Fault::TooLong { length: 51, max: 50 }),
        ("city", "a\0b", Fault::ControlCharacter),
    ] {
        assert_eq!(clean(target, raw), Err(fault), "{target}: {raw:?}");
    }
}

#[test]
fn a_row_of_another_country_keeps_its_numbers() {
    let cleaner = Cleaner { rules: &RULES, is_abroad: true };
    for (field, raw) in [(Field::PostalCode, "1000"), (Field::PhoneWork, "612345678")] {
        assert_eq!(cleaner.clean(&Target::Field(field), raw).unwrap().value.as_deref(), Some(raw));
    }
}

/// Parts of cells.
const RAW: &str = "(M\\.|DUPONT|LE|DE| |\u{A0}|\\n|-|'|612345678|0[0-9]{9}|[0-9]{1,5}|\\.0|a@b\\.fr|<|>|;|,|/|oui|\
    non|FR|en|www\\.a\\.fr|é|30\\.06\\.26|n/a){0,4}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_stored_value_is_unchanged(
        target in 0..40_usize,
        raw in RAW,
    ) {
        let cleaner = Cleaner { rules: &RULES, is_abroad: false };
        let custom = |key: &&str| Target::Custom((*key).to_owned());
        let targets: Vec<Target> = Field::ALL.into_iter().map(Target::Field)
            .chain([Target::Topics, Target::Languages, Target::ExternalId, Target::Note])
            .chain(["since", "level", "vip", "tags", "page", "number", "text"].iter().map(custom))
            .collect();
        let target = &targets[target % targets.len()];
        if let Ok(Clean { value: Some(value), .. }) = cleaner.clean(target, &raw) {
            // The form stores it unchanged.
            if let Target::Field(field) = target {
                prop_assert_eq!(field.clean(&value), Ok(value.clone()));
            }
            if !value.is_empty() {
                let again = cleaner.clean(target, &value).unwrap();
                prop_assert_eq!(again, Clean { value: Some(value), kinds: Vec::new() });
            }
        }
    }
}
