//! The cells of lines that somebody corrects.

use super::*;

fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn a_rejected_line_is_taken_apart_into_its_cells() {
    let strict = Reading::default();
    let line = "Dr,A,B,a@b.fr,,,\"1, rue\",Lyon\r\n".as_bytes();
    let nine = cells(line, strict, &[&Fault::FieldCount { found: 9 }]).unwrap();
    assert_eq!(nine, ["Dr", "A", "B", "a@b.fr", "", "", "\"1", " rue\"", "Lyon"]);
    // The ninth field is the reason for which the line was rejected before.
    let with_reason = b"Dr,A,B,a@b.fr,,,,Lyon,unknown\n";
    assert_eq!(cells(with_reason, strict, &[&Fault::UnknownCivility]).unwrap().len(), 8);
    assert_eq!(cells(b"M.,A,b,c\n", strict, &[&Fault::FieldCount { found: 3 }]).unwrap().len(), 3);
    assert_eq!(cells(b"    \n", strict, &[]), None);
    let latin = Reading { encoding: Encoding::Windows1252, separator: Separator::Semicolon, ..strict };
    assert_eq!(cells(b"Ren\xE9;B", latin, &[&Fault::FieldCount { found: 2 }]).unwrap(), ["René", "B"]);
}

#[test]
fn typed_cells_are_judged_as_a_line_is() {
    let faults = |cells: &[&str]| match judge(&texts(cells), &Reading::default()) {
        Verdict::Rejected(findings) => {
            findings.into_iter().map(|finding| (finding.field, finding.fault)).collect::<Vec<_>>()
        }
        Verdict::Valid(_) => Vec::new(),
        verdict => panic!("{verdict:?}"),
    };
    assert!(faults(&["", "A", "B", "a@b.fr", "", "", "", "Lyon", "", " "]).is_empty());
    assert!(faults(&["", "", "", "a@b.fr"]).is_empty(), "the missing cells are empty");
    assert_eq!(
        faults(&["", "", "", "a@b.fr", "", "", "", "", "x"]),
        [(None, Fault::FieldCount { found: 9 })]
    );
    assert_eq!(
        faults(&["Dr", "A", "B", "", "", "", "1, rue", ""]),
        [
            (Some(Field::Civility), Fault::UnknownCivility),
            (Some(Field::Email), Fault::Missing),
            (Some(Field::Address), Fault::Separator { sign: ',' }),
        ]
    );
    assert_eq!(judge(&texts(&["", " ", ""]), &Reading::default()), Verdict::Empty);
    let swapped = Reading { columns: Some([1, 0, 2, 3, 4, 5, 6, 7]), ..Reading::default() };
    let Verdict::Valid(recipient) = judge(&texts(&["A", "Mme", "B", "a@b.fr"]), &swapped) else { panic!() };
    assert_eq!(&*recipient.first_name, "A");
}

#[test]
fn a_text_is_encoded_as_its_file_is() {
    for encoding in
        [Encoding::Utf8, Encoding::Windows1252, Encoding::MacRoman, Encoding::Utf16Le, Encoding::Utf16Be]
    {
        let (text, is_whole) = encoding.decode(&encoding.encode("Élan, œuf\r\n"));
        assert_eq!((text.as_str(), is_whole), ("Élan, œuf\r\n", true), "{encoding:?}");
    }
    assert_eq!(Encoding::Windows1252.encode("Ł\u{E9}"), b"?\xE9");
}
