use proptest::prelude::*;

use super::*;
use crate::domain::{Civility, Field};

fn read(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    let mut reader = Reader::new(bytes)?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push(line);
    }
    Ok(lines)
}

fn verdicts(text: &str) -> Vec<Verdict> {
    read(text.as_bytes()).unwrap().into_iter().map(|line| line.verdict).collect()
}

fn refusal(bytes: &[u8]) -> Refusal {
    match read(bytes) {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn rejected(line: &str) -> Vec<(Option<Field>, Fault)> {
    match verdicts(line).pop().unwrap() {
        Verdict::Rejected(findings) => {
            findings.into_iter().map(|finding| (finding.field, finding.fault)).collect()
        }
        other => panic!("not rejected: {other:?}"),
    }
}

/// Parses a line of the strict file.
fn parse(text: &str) -> Result<Recipient, Vec<Finding>> {
    let strict = Reading::default();
    let fields = line::split(text, &strict, false)
        .map_err(|found| vec![Finding::of_line(text, Fault::FieldCount { found })])?;
    line::parse(fields, &strict)
}

const GOOD: &str = "Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon";

#[test]
fn a_good_line_is_a_recipient() {
    let verdicts = verdicts(GOOD);
    let [Verdict::Valid(recipient)] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(recipient.civility, Some(Civility::Mme));
    assert_eq!(&*recipient.first_name, "Hélène");
    assert_eq!(&*recipient.last_name, "Lefèvre");
    assert_eq!(recipient.email.as_ref().unwrap().as_str(), "helene.lefevre@mairie.example");
    assert_eq!(&*recipient.service, "État civil");
    assert_eq!(&*recipient.phone, "0110203040");
    assert_eq!(&*recipient.address, "12 rue Haute");
    assert_eq!(&*recipient.city, "Lyon");
}

#[test]
fn only_the_email_is_required_and_an_empty_civility_is_none() {
    let verdicts = verdicts(",,,a@b.fr,,,,\nm,,,c@d.fr,,,,\nMLLE,,,e@f.fr,,,,");
    for (verdict, civility) in verdicts.iter().zip([None, Some(Civility::M), Some(Civility::Mlle)]) {
        let Verdict::Valid(recipient) = verdict else { panic!("{verdict:?}") };
        assert_eq!(recipient.civility, civility);
    }
    assert_eq!(rejected("M.,A,B,,,,,"), [(Some(Field::Email), Fault::Missing)]);
}

#[test]
fn lines_end_with_lf_or_crlf_and_the_last_with_or_without() {
    for text in [format!("{GOOD}\r\n{GOOD}\r\n"), format!("{GOOD}\n{GOOD}")] {
        let lines = read(text.as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| matches!(line.verdict, Verdict::Valid(_))));
    }
}

#[test]
fn a_comma_in_a_field_rejects_the_line_even_in_quotes() {
    let line = GOOD.replace("12 rue", "\"12, rue\"");
    assert_eq!(rejected(&line), [(None, Fault::FieldCount { found: 9 })]);
    assert_eq!(rejected("M.,A,B,a@b.fr"), [(None, Fault::FieldCount { found: 4 })]);
}

#[test]
fn quotes_around_a_whole_field_are_removed_and_a_line_is_a_record() {
    let verdicts = verdicts("\"M.\",\"Jean \"\"JJ\"\"\",\"O\"B,a@b.fr,\"\",,,\"\n");
    let [Verdict::Valid(recipient)] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(&*recipient.first_name, "Jean \"JJ\"");
    assert_eq!(&*recipient.last_name, "\"O\"B");
    assert_eq!(&*recipient.service, "");
    assert_eq!(&*recipient.city, "\"");
}

#[test]
fn every_fault_of_a_line_is_reported() {
    assert_eq!(
        rejected(&format!(
            "Dr,{},{},nope,{},01 02,{},{}",
            "a".repeat(51),
            "b".repeat(21),
            "c".repeat(51),
            "d".repeat(101),
            "e".repeat(101)
        )),
        [
            (Some(Field::Civility), Fault::UnknownCivility),
            (Some(Field::FirstName), Fault::TooLong { length: 51, max: 50 }),
            (Some(Field::LastName), Fault::TooLong { length: 21, max: 20 }),
            (Some(Field::Email), Fault::NotAnEmail),
            (Some(Field::Service), Fault::TooLong { length: 51, max: 50 }),
            (Some(Field::PhoneWork), Fault::NotOnlyDigits),
            (Some(Field::Address), Fault::TooLong { length: 101, max: 100 }),
            (Some(Field::City), Fault::TooLong { length: 101, max: 100 }),
        ]
    );
}

#[test]
fn limits_are_met_to_the_character() {
    let local = "x".repeat(60);
    let domain = format!("{}.{}.{}.fr", "y".repeat(60), "z".repeat(60), "w".repeat(68 - 9));
    let line = format!(
        "Mlle,{},{},{local}@{domain},{},{},{},{}",
        "é".repeat(50),
        "ü".repeat(20),
        "ñ".repeat(50),
        "0".repeat(20),
        "œ".repeat(100),
        "ç".repeat(100)
    );
    let verdicts = verdicts(&line);
    assert!(matches!(verdicts.as_slice(), [Verdict::Valid(_)]), "{verdicts:?}");
}

#[test]
fn a_header_is_skipped_and_empty_lines_too() {
    let names = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    for header in [
        names.to_owned(),
        names.to_uppercase(),
        "\u{FEFF}civilite,prenom,nom,email,service,telephone,adresse,ville".into(),
    ] {
        let verdicts = verdicts(&format!("{header}\r\n\r\n  \n{GOOD}\n"));
        assert!(
            matches!(
                verdicts.as_slice(),
                [Verdict::Header, Verdict::Empty, Verdict::Empty, Verdict::Valid(_)]
            ),
            "{verdicts:?}"
        );
    }
}

#[test]
fn lines_of_separators_alone_are_empty() {
    for line in [
        ",,,,,,,",
        ";;;;;;;",
        ";;;;",
        "\t\t\t\t\t\t\t",
        " , ,, ",
        "||",
        "\"\",\"\",\"\"",
        "\u{FEFF}",
        "\u{200B},",
    ] {
        assert_eq!(verdicts(&format!("{line}\n{GOOD}"))[0], Verdict::Empty, "{line:?}");
        let alone = format!("{line}\n");
        assert_eq!(refusal(alone.as_bytes()), Refusal::Empty, "{line:?}");
    }
    // Such lines also do not count for the separator.
    let text = format!(";;;;;;;\n;;;;;;;\n{GOOD}\n{GOOD}\n");
    assert_eq!(read(text.as_bytes()).unwrap().len(), 4);
}

#[test]
fn a_file_appended_to_another_is_read_too() {
    let names = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    let other = GOOD.replace("helene", "anne");
    let quoted = GOOD.replace("Mme", "\"Mme\"");
    for (text, expected) in [
        (format!("\u{FEFF}{GOOD}\n\u{FEFF}{other}\n"), "vv"),
        (format!("\u{FEFF}{names}\n{GOOD}\n\u{FEFF}{names}\n{other}\n"), "hvhv"),
        (format!("{GOOD}\n\u{FEFF}{quoted}\n"), "vv"),
        (format!("{GOOD}\n\u{FEFF}\n{other}"), "vev"),
        (format!("\u{FEFF}\u{FEFF}{names}\n{GOOD}"), "hv"),
        (GOOD.replace("Lefèvre", "\u{FEFF}Le\u{AD}fèvre\u{200B}"), "v"),
        // Without its mark, the second header is a line like any other.
        (format!("{GOOD}\n{names}\n"), "vr"),
    ] {
        let found: String = verdicts(&text)
            .iter()
            .map(|verdict| match verdict {
                Verdict::Valid(recipient) => {
                    assert_eq!(recipient.civility, Some(Civility::Mme));
                    assert_eq!(&*recipient.last_name, "Lefèvre");
                    'v'
                }
                Verdict::Rejected(_) => 'r',
                Verdict::Header => 'h',
                Verdict::Empty => 'e',
            })
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn line_ends_of_an_old_mac_are_reported() {
    for text in [
        format!("{GOOD}\r{GOOD}\r{GOOD}"),
        format!("{GOOD}\r{GOOD}\r"),
        "M.,A,B\rM.,C,D".to_owned(),
        format!("{GOOD}\r").repeat(400),
    ] {
        assert_eq!(rejected(&text), [(None, Fault::BareReturn)], "{text:?}");
    }
    let whole = format!("{GOOD}\r{GOOD}\r{GOOD}\r");
    let head = Head { bytes: whole.as_bytes(), is_whole: true };
    assert_eq!(Diagnosis::of(head, None, true).kind, Some(Kind::OldMac));
    // Among lines with correct line ends.
    let mixed = format!("{GOOD}\n{GOOD}\r{GOOD}\n{GOOD}");
    let found: Vec<bool> =
        verdicts(&mixed).iter().map(|verdict| matches!(verdict, Verdict::Valid(_))).collect();
    assert_eq!(found, [true, false, true]);
}

#[test]
fn an_invalid_email_is_rejected_with_its_reason() {
    for (email, fault) in [
        ("jean@ex.fr?subject=x", Fault::EmailSign { sign: '?' }),
        ("a@1.2.3.4", Fault::EmailNumber),
        ("'jean@ex.fr", Fault::EmailApostrophe),
    ] {
        assert_eq!(rejected(&format!("M.,A,B,{email},,,,")), [(Some(Field::Email), fault)]);
    }
}

#[test]
fn faults_of_the_whole_file_are_reported() {
    assert_eq!(refusal(b""), Refusal::Empty);
    assert_eq!(refusal("\u{FEFF}\r\n \n".as_bytes()), Refusal::Empty);
    assert_eq!(refusal(b"PK\x03\x04rest"), Refusal::Spreadsheet);
    assert_eq!(refusal(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), Refusal::Spreadsheet);
    assert_eq!(refusal(b"\xFF\xFEM\0.\0,\0"), Refusal::Utf16);
    assert_eq!(refusal(b"M\0.\0,\0A\0,\0B\0,\0"), Refusal::Utf16);
    assert_eq!(
        refusal(format!("{}\n", GOOD.replace(',', ";")).as_bytes()),
        Refusal::Separator { tab: false, line: 1 }
    );
    assert_eq!(
        refusal(format!("\n{}\n", GOOD.replace(',', "\t")).as_bytes()),
        Refusal::Separator { tab: true, line: 2 }
    );
    let mut latin = format!("{GOOD}\nM.,Ren").into_bytes();
    latin.extend_from_slice(b"\xE9,A,a@b.fr,,,,\n");
    assert_eq!(refusal(&latin), Refusal::NotUtf8 { line: 2, byte: 7 });
    assert_eq!(
        refusal(b"Nom,Prenom,Civilite,E-mail,Service,Telephone,Adresse,Ville\n"),
        Refusal::HeaderOrder { line: 1 }
    );
}

#[test]
fn an_endless_line_is_rejected_in_bounded_memory() {
    let text = format!("{}\n{GOOD}\n", "é".repeat(MAX_LINE));
    let lines = read(text.as_bytes()).unwrap();
    assert!(
        matches!(&lines[0].verdict, Verdict::Rejected(findings) if findings[0].fault == Fault::LineTooLong { max: MAX_LINE })
    );
    assert!(matches!(lines[1].verdict, Verdict::Valid(_)));
    assert_eq!(lines[1].start, 2 * MAX_LINE as u64 + 1);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic_and_lines_cover_the_file(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(lines) = read(&bytes) {
            let mark = 3 * u64::from(bytes.starts_with(b"\xEF\xBB\xBF"));
            let mut next = mark;
            for (index, line) in lines.iter().enumerate() {
                prop_assert_eq!(line.number, index as u64 + 1);
                prop_assert_eq!(line.start, next);
                next += line.length;
            }
            prop_assert_eq!(next, bytes.len() as u64);
        }
    }

    #[test]
    fn lines_that_look_like_the_format_never_panic(text in "([MmleDr.]{0,4},|[a-z@.\" ]{0,9},|[0-9 ]{0,22},|\n|\r|,){0,60}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn a_valid_line_is_valid_again_once_written(line in "(M\\.|Mme|mlle|),[\\PC&&[^,]]{0,12},[\\PC&&[^,]]{0,12},[a-zà-ÿ.]{1,8}@[a-z]{1,8}\\.[a-z]{2,3},[\\PC&&[^,]]{0,9},[0-9]{0,20},[\\PC&&[^,]]{0,9},[\\PC&&[^,]]{0,9}") {
        if let Ok(first) = parse(&line) {
            let written = line::write(&first);
            prop_assert_eq!(parse(&written), Ok(first), "{}", written);
        }
    }
}

#[test]
fn a_ninth_column_with_reasons_is_dropped() {
    const NAMES: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    for reason in ["Raison", "raison", "RAISON", "Reason", "\"Raison\""] {
        let found = verdicts(&format!(
            "{NAMES},{reason}\nM.,A,B,a@b.fr,,,,Lyon,pas de chiffres\nM.,A,B,c@d.fr,,,,Lyon\n"
        ));
        assert_eq!(found[0], Verdict::Header, "{reason}");
        for verdict in &found[1..] {
            assert!(
                matches!(verdict, Verdict::Valid(recipient) if &*recipient.city == "Lyon"),
                "{verdict:?}"
            );
        }
    }
    // Too few and too many fields are counted without the reason.
    let count = |line: &str| match &verdicts(&format!("{NAMES},Raison\n{line}"))[1] {
        Verdict::Rejected(findings) => findings[0].fault.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(count("M.,A,B"), Fault::FieldCount { found: 3 });
    assert_eq!(count("M.,A,B,a@b.fr,,,12, rue Haute,Lyon,reason"), Fault::FieldCount { found: 9 });
    assert_eq!(count("M.,A,B,a@b.fr,,,12, rue Haute,Lyon,"), Fault::FieldCount { found: 9 });
    // A ninth column with another heading is not dropped.
    for ninth in ["Remarque", "Raisons", ""] {
        let found = verdicts(&format!("{NAMES},{ninth}\nM.,A,B,a@b.fr,,,,Lyon,x\n"));
        assert!(found.iter().all(|verdict| matches!(verdict, Verdict::Rejected(_))), "{ninth}: {found:?}");
    }
    let ten = format!("{NAMES},Raison,Raison\nM.,A,B,a@b.fr,,,,Lyon,x,y\n");
    assert!(verdicts(&ten).iter().all(|verdict| matches!(verdict, Verdict::Rejected(_))));
    // A second list with a heading of its own, appended to the first.
    let second =
        format!("{NAMES},Raison\nM.,A,B,a@b.fr,,,,Lyon,x\n\u{FEFF}{NAMES}\nM.,A,B,c@d.fr,,,,Lyon,x\n");
    let found = verdicts(&second);
    assert!(matches!(found[1], Verdict::Valid(_)) && matches!(found[3], Verdict::Rejected(_)), "{found:?}");
    // A single line is read again as it was.
    assert!(recipient("M.,A,B,a@b.fr,,,,Lyon,x".as_bytes(), Reading::default()).is_some());
}
