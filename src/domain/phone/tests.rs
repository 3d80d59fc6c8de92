use super::*;

pub(super) fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

pub(super) fn e164(typed: &str, default: &str) -> Option<String> {
    Phone::e164(&Phone::parse(typed).unwrap(), country(default))
}

/// The numbers that the links of a stored field dial.
pub(super) fn dialled(typed: &str, default: &str) -> Vec<String> {
    let country = country(default);
    let e164 = Phone::e164(typed, country);
    let numbers = Phone::numbers(typed, e164.as_deref(), country);
    numbers.iter().map(Number::dial).collect()
}

#[test]
fn every_spelling_of_a_number_is_one_number() {
    for typed in [
        "01 10 20 30 40",
        "01.10.20.30.40",
        "01/10/20/30/40",
        "01-10-20-30-40",
        "01\u{A0}10\u{202F}20\u{2009}30\u{2007}40",
        "01\u{2011}10\u{2011}20\u{2011}30\u{2011}40",
        "01–10–20–30–40",
        "+33 1 10 20 30 40",
        "0033110203040",
        "0033 (0)1 10 20 30 40",
        "+33 (0)1 10 20 30 40",
        "(+33) 1 10 20 30 40",
        "+33(1)10203040",
        "[01 10 20 30 40]",
        "(01) 10 20 30 40",
        "0110203040",
        "33 1 10 20 30 40",
        "1 10 20 30 40",
        "tél. 01 10 20 30 40",
        "Tél : 01 10 20 30 40",
        "tel:+33110203040",
        "Tel0110203040",
        "n° 01 10 20 30 40",
        "\u{202D}+33 1 10 20 30 40\u{202C}",
        "\u{2068}01 10 20\u{200B} 30 40\u{2069}\u{FEFF}",
        "01 10 20 30 40 poste 12",
        "01 10 20 30 40 (ext. 12",
        "01 10 20 30 40 (standard)",
        "standard 01 10 20 30 40",
        "bât12 01 10 20 30 40",
        "0110203040,,123#",
    ] {
        assert_eq!(e164(typed, "FR").as_deref(), Some("+33110203040"), "{typed}");
    }
    for (typed, default, expected) in [
        ("+32 2 555 12 12", "FR", "+3225551212"),
        ("02 555 12 12", "BE", "+3225551212"),
        ("(202) 555-0173", "US", "+12025550173"),
        ("00 33 1 10 20 30 40", "US", "+33110203040"),
        ("+49 (0)30/123456-78", "FR", "+493012345678"),
        ("+39 06 6982", "FR", "+39066982"),
        ("+870 773 111 632", "FR", "+870773111632"),
        ("00870 773 111 632", "FR", "+870773111632"),
        ("+881 6 123 45678", "FR", "+881612345678"),
    ] {
        assert_eq!(e164(typed, default).as_deref(), Some(expected), "{typed}");
    }
}

#[test]
fn a_number_of_no_plan_is_kept_and_never_dialled() {
    for typed in [
        "4021",
        "01 10 20",
        "+33 1",
        "99",
        "01 10 20 30 40 12",
        "01-10-20-30-40-50",
        "06 12 34 56 789",
        "01101020304001102030",
        "38500",
        "2021",
    ] {
        assert_eq!(e164(typed, "FR"), None, "{typed}");
        assert!(dialled(typed, "FR").is_empty(), "{typed}");
    }
}

#[test]
fn short_numbers_are_dialled_as_they_are() {
    for (typed, dial) in [
        ("15", "15"),
        ("112", "112"),
        ("3949", "3949"),
        ("39 49", "3949"),
        ("118 218", "118218"),
        ("116 117", "116117"),
        ("1014", "1014"),
        ("3949 (Pôle emploi)", "3949"),
        ("tél. 3646", "3646"),
    ] {
        assert_eq!(dialled(typed, "FR"), [dial], "{typed}");
        assert_eq!(dialled(typed, "RE"), [dial], "{typed}");
        assert_eq!(e164(typed, "FR"), None, "{typed}");
    }
    assert_eq!(dialled("15 / 112", "FR"), ["15", "112"]);
    assert_eq!(dialled("01 10 20 30 40 ou 3949", "FR"), ["+33110203040", "3949"]);
    // A room, hours, a year.
    assert_eq!(dialled("bureau 3012, 01 10 20 30 40", "FR"), ["+33110203040"]);
    assert_eq!(dialled("15h-18h : 01 10 20 30 40", "FR"), ["+33110203040"]);
    assert!(dialled("15 rue Haute", "FR").is_empty());
    assert_eq!(dialled("15 (SAMU)", "FR"), ["15"]);
    // In other plans: the one number that all phones know.
    assert_eq!(dialled("112", "BE"), ["112"]);
    assert!(dialled("3949", "BE").is_empty());
    let numbers = Phone::numbers("118218", None, country("FR"));
    assert_eq!(numbers[0].spoken(), "118\u{A0}218");
}

#[test]
fn an_extension_is_separated_and_refused_alone() {
    for (typed, dial) in [
        ("01 10 20 30 40 poste 12", "+33110203040;ext=12"),
        ("01 10 20 30 40, ext. 1234", "+33110203040;ext=1234"),
        ("0110203040;ext=12", "+33110203040;ext=12"),
        ("0110203040x12", "+33110203040;ext=12"),
        ("0110203040 #12", "+33110203040;ext=12"),
        ("0110203040 p. 12", "+33110203040;ext=12"),
        ("01 10 20 30 40", "+33110203040"),
        ("06 12 34 56 78 Max 12", "+33612345678"),
    ] {
        assert_eq!(dialled(typed, "FR"), [dial], "{typed}");
    }
    for typed in ["poste 12", "ext 4021", "#12", "x12", "Poste: 3"] {
        assert_eq!(Phone::parse(typed), Err(Fault::ExtensionAlone), "{typed}");
    }
    assert_eq!(Phone::parse("poste"), Err(Fault::NoDigit));
    assert!(Phone::parse("4021").is_ok(), "the file takes it too");
}

#[test]
fn pauses_are_dialled() {
    for (typed, dial) in [
        ("+33123456789,,123", "+33123456789,,123"),
        ("01 23 45 67 89,123", "+33123456789,123"),
        ("0123456789,,85912345678#", "+33123456789,,85912345678%23"),
        ("0123456789p123", "+33123456789,123"),
        ("0123456789w1,2*", "+33123456789,1,2*"),
    ] {
        assert_eq!(dialled(typed, "FR"), [dial], "{typed}");
    }
    assert_eq!(e164("+33123456789,,123", "FR").as_deref(), Some("+33123456789"));
}

#[test]
fn bare_digits_are_grouped_to_be_read_aloud() {
    for (typed, spoken) in [
        ("0110203040", "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"),
        ("0033110203040", "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"),
        ("003225551212", "+32\u{A0}2\u{A0}555\u{A0}12\u{A0}12"),
        ("01.10.20.30.40", "01.10.20.30.40"),
        ("3949", "3949"),
    ] {
        let country = country("FR");
        let e164 = Phone::e164(typed, country);
        let numbers = Phone::numbers(typed, e164.as_deref(), country);
        assert_eq!(numbers[0].spoken(), spoken, "{typed}");
    }
}

#[test]
fn every_number_is_found_at_home_and_from_abroad() {
    let found = |typed: &str, default: &str| {
        Phone::search_digits(typed, e164(typed, default).as_deref(), country(default))
    };
    assert_eq!(found("+33 1 10 20 30 40", "FR"), ["0110203040"]);
    assert_eq!(found("+590 590 27 34 56", "FR"), ["0590273456", "590590273456"]);
    assert_eq!(found("+508 41 10 10", "FR"), ["0508411010", "508411010"]);
    assert_eq!(found("0508 41 10 10", "FR"), ["0508411010", "508411010"]);
    assert_eq!(found("02 555 12 12", "BE"), ["025551212", "3225551212"]);
    assert_eq!(found("3949", "FR"), ["3949"]);
    assert_eq!(
        found("06 12 34 56 78 / 01 23 45 67 82/83 / 4021", "FR"),
        ["0123456782", "0123456783", "0612345678", "4021"]
    );
    assert_eq!(found("4021 bis", "FR"), ["4021"]);
}

#[test]
fn the_file_accepts_digits_only() {
    assert_eq!(Phone::parse_strict("01 10"), Err(Fault::NotOnlyDigits));
    assert_eq!(Phone::parse_strict("+33110"), Err(Fault::NotOnlyDigits));
    assert_eq!(Phone::parse_strict("٠١"), Err(Fault::NotOnlyDigits));
    assert_eq!(Phone::parse_strict(&"1".repeat(21)), Err(Fault::TooLong { length: 21, max: 20 }));
    assert_eq!(&*Phone::parse_strict("0033110203040").unwrap(), "0033110203040");
    for (typed, digits) in [
        ("tél. 01–10–20–30–40", Some("0110203040")),
        ("+33 (0)1 10 20 30 40", Some("0033110203040")),
        ("3949", Some("3949")),
        ("01 10 20 30 40 poste 12", None),
        ("01 10 20 30 40 (standard)", None),
        ("06 12 34 56 78 / 01 23 45 67 89 / 3949", None),
    ] {
        assert_eq!(Phone::in_file(typed).as_deref(), digits, "{typed}");
    }
}

proptest::proptest! {
    #[test]
    fn every_dialled_number_is_in_a_plan(text in "[0-9+ ./()\\-,;#pxo\u{e9}]{0,50}") {
        let default = country("FR");
        for number in reader::read(&text, default) {
            let digits = number.e164.clone().unwrap_or_else(|| number.digits.clone());
            let is_known = plan::e164(&digits, default).is_some() || plan::is_short(&digits, default);
            proptest::prop_assert!(is_known, "{number:?}");
        }
        let _ = Phone::without_second(&text, default);
    }
}
