//! What must hold for every file, whatever it is.
//!
//! The readers of files and the values that they make are taken from the program by their paths: they need neither a
//! database nor OpenSSL, which would be built with the fuzzer's instruments.


use std::io::{BufRead, BufReader};

pub mod base;
#[path = "../../src/domain/mod.rs"]
pub mod domain;

pub mod imports;
pub mod lists;

use domain::Recipient;
use imports::format::{
    Culprit, Diagnosis, Encoding, Head, Line, MAX_LINE, ReadError, Reader, Reading, Separator,
    Verdict, excerpt,
};

/// Reads `data` as its last bytes say, and holds what comes of it against what a file is.
pub fn lines(data: &[u8]) {
    let Some((file, &[first, second, third])) = data.split_last_chunk() else {
        return;
    };
    let reading = reading(first, second, third);
    let read = read_all(file, reading);
    // What is read does not hang on the pieces that the file comes in. The strict file's beginning is looked at whole.
    if !reading.is_strict() {
        let source = BufReader::with_capacity(3 + usize::from(third), file);
        let again = read_all(source, reading);
        assert_eq!(format!("{read:?}"), format!("{again:?}"));
    }
    let Some((lines, is_whole)) = read else {
        return;
    };
    let mark: &[u8] = match reading.encoding {
        Encoding::Utf8 => b"\xEF\xBB\xBF",
        Encoding::Utf16Le => b"\xFF\xFE",
        Encoding::Utf16Be => b"\xFE\xFF",
        Encoding::Windows1252 | Encoding::MacRoman => b"",
    };
    let mut next = if file.starts_with(mark) {
        mark.len() as u64
    } else {
        0
    };
    for (line, number) in lines.iter().zip(1..) {
        assert_eq!((line.number, line.start), (number, next));
        assert!(line.length > 0);
        next += line.length;
        match &line.verdict {
            Verdict::Valid(recipient) => is_valid_again(recipient),
            Verdict::Rejected(findings) => {
                assert!(!findings.is_empty());
                for finding in findings {
                    assert!(finding.value.chars().count() <= 300);
                }
            }
            Verdict::Header | Verdict::Empty => {}
        }
    }
    if is_whole {
        assert_eq!(next, file.len() as u64, "lines cover the file");
    }
}

/// Says what `data` is, and holds that against reading it so.
pub fn diagnosis(data: &[u8]) {
    let Some((file, &[flags])) = data.split_last_chunk() else {
        return;
    };
    let head = Head {
        bytes: file,
        is_whole: flags & 1 == 0,
    };
    let zeros = flags & 2 == 0;
    let culprit = Culprit {
        line: &file[file.len() / 2..],
        among_utf8: flags & 4 == 0,
    };
    let culprit = (flags & 8 == 0).then_some(culprit);
    let found = Diagnosis::of(head, culprit, zeros);
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Diagnosis>(&stored).unwrap(), found);
    assert!(zeros || !found.reading.zeros);
    let shown = excerpt(head, &found);
    assert!(shown.rows.len() <= 5);
    for row in &shown.rows {
        assert!(row.len() <= 12);
        assert!(!shown.is_in_order || row.len() == 8);
        for cell in row {
            assert!(cell.chars().count() <= 61);
            assert!(!cell.contains(|c: char| c.is_ascii_control()));
        }
    }
    if found.is_certain {
        assert!(!found.reading.is_strict());
        assert!(found.kind.is_none() && !found.is_mixed);
        if head.is_whole {
            let (lines, _) = read_all(file, found.reading).expect("what is offered can be read");
            let is_valid = |line: &Line| matches!(line.verdict, Verdict::Valid(_));
            assert!(lines.iter().any(is_valid), "and gives people");
        }
    }
    let base = if found.is_certain {
        found.reading
    } else {
        Reading::default()
    };
    if let Ok(mut reader) = Reader::reading(file, base) {
        while let Ok(Some(_)) = reader.next_line() {}
        let tally = reader.tally();
        if let Some(after) = Diagnosis::of_read(base, &tally, Some(head), zeros) {
            assert!(!after.is_certain || after.reading != base);
        }
    }
}

fn reading(first: u8, second: u8, third: u8) -> Reading {
    let mut columns = [0, 1, 2, 3, 4, 5, 6, 7];
    columns.rotate_left(usize::from(third % 8));
    columns.swap(0, usize::from(third / 8 % 8));
    Reading {
        encoding: [
            Encoding::Utf8,
            Encoding::Windows1252,
            Encoding::MacRoman,
            Encoding::Utf16Le,
            Encoding::Utf16Be,
        ][usize::from(first % 5)],
        separator: [
            Separator::Comma,
            Separator::Semicolon,
            Separator::Tab,
            Separator::Pipe,
        ][usize::from(first / 5 % 4)],
        skip: (second % 3).into(),
        columns: (second & 16 != 0).then_some(columns),
        phones: second & 32 != 0,
        zeros: second & 64 != 0,
    }
}

/// The lines, and whether that is all; none when the file is refused by its beginning.
fn read_all(source: impl BufRead, reading: Reading) -> Option<(Vec<Line>, bool)> {
    let mut reader = match Reader::reading(source, reading) {
        Ok(reader) => reader,
        Err(ReadError::Refused(_)) => return None,
        Err(ReadError::Io(error)) => panic!("{error}"),
    };
    let mut lines = Vec::new();
    loop {
        let next = reader.next_line();
        assert!(reader.culprit().line.len() <= MAX_LINE + 2, "bounded");
        assert!(reader.tally().lines <= lines.len() as u64 + 1);
        match next {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => return Some((lines, true)),
            Err(ReadError::Refused(_)) => return Some((lines, false)),
            Err(ReadError::Io(error)) => panic!("{error}"),
        }
    }
}

/// Written back into the strict file, a recipient is the same one.
fn is_valid_again(recipient: &Recipient) {
    let email = recipient.email.as_ref().expect("the file asks for one");
    let fields = [
        recipient.civility.map_or("", |civility| civility.as_str()),
        &recipient.first_name,
        &recipient.last_name,
        email.as_str(),
        &recipient.service,
        &recipient.phone,
        &recipient.address,
        &recipient.city,
    ];
    if fields.iter().any(|field| field.contains(',')) {
        // Only a file with another separator can have it; the strict one cannot.
        return;
    }
    let line = fields
        .map(|value| {
            if value.starts_with('"') {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value.to_owned()
            }
        })
        .join(",");
    let (lines, _) = read_all(line.as_bytes(), Reading::default()).expect("a strict file");
    let [
        Line {
            verdict: Verdict::Valid(again),
            ..
        },
    ] = lines.as_slice()
    else {
        panic!("{line:?}: {lines:?}");
    };
    assert_eq!(**again, *recipient);
}
