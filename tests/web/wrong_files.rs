//! Files that are not strict: the verdict on each line and on the whole file, and the result of the offered reading.

use std::fmt::Write as _;

use carnet::imports::format::{
    Culprit, Diagnosis, Encoding, Head, ReadError, Reader, Reading, Refusal, Separator, Tally, Verdict,
};

use crate::support::wrong_files::folder;

/// The name of a value in JSON.
fn name(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(name) => name,
        serde_json::Value::Object(object) => object.into_iter().next().unwrap().0,
        other => panic!("{other}"),
    }
}

/// The verdict on each line, and the totals.
fn verdicts(bytes: &[u8], reading: Reading) -> (String, Result<(Tally, u64), Refusal>) {
    let refused = |refusal: Refusal| (refusal_text(&refusal), Err(refusal));
    let mut reader = match Reader::reading(bytes, reading) {
        Ok(reader) => reader,
        Err(ReadError::Refused(refusal)) => return refused(refusal),
        Err(ReadError::Io(error)) => panic!("{error}"),
    };
    let mut lines = Vec::new();
    let (mut valid, mut rejected) = (0, 0);
    loop {
        let line = match reader.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(ReadError::Refused(refusal)) => return refused(refusal),
            Err(ReadError::Io(error)) => panic!("{error}"),
        };
        lines.push(match line.verdict {
            Verdict::Valid(_) => {
                valid += 1;
                "valid".to_owned()
            }
            Verdict::Header => "header".to_owned(),
            Verdict::Empty => "empty".to_owned(),
            Verdict::Rejected(findings) => {
                rejected += 1;
                let faults: Vec<String> = findings
                    .iter()
                    .map(|finding| {
                        let field = finding.field.map_or("line", |field| field.form_name());
                        format!("{field}:{}", name(&finding.fault))
                    })
                    .collect();
                faults.join("+")
            }
        });
    }
    // Consecutive lines with the same verdict are written once.
    let mut told = String::new();
    let mut first = 0;
    while first < lines.len() {
        let same = lines[first..].iter().take_while(|line| **line == lines[first]).count();
        let gap = if first == 0 { "" } else { ", " };
        write!(told, "{gap}{same} {}", lines[first]).unwrap();
        first += same;
    }
    assert_eq!(valid + rejected > 0, reader.tally().lines > 0 || rejected > 0);
    (told, Ok((reader.tally(), rejected)))
}

fn refusal_text(refusal: &Refusal) -> String {
    let place = match refusal {
        Refusal::NotUtf8 { line, byte } => format!(" {line}:{byte}"),
        Refusal::Separator { line, .. } | Refusal::HeaderOrder { line } => format!(" {line}"),
        Refusal::Empty | Refusal::Spreadsheet | Refusal::Utf16 | Refusal::List(_) => String::new(),
    };
    format!("refused {}{place}", name(refusal))
}

fn diagnosis_text(diagnosis: &Diagnosis) -> String {
    let mut parts = Vec::new();
    parts.extend(diagnosis.kind.map(name));
    let place =
        |name: &str, place: carnet::imports::format::Place| format!("{name} {}:{}", place.line, place.byte);
    parts.extend(diagnosis.not_utf8.map(|at| place("not_utf8", at)));
    parts.extend(diagnosis.is_mixed.then(|| "mixed".to_owned()));
    parts.extend(diagnosis.separator_at.map(|at| place("separator", at)));
    parts.extend(diagnosis.header_line.map(|line| format!("header {line}")));
    parts.extend(diagnosis.fields.map(|fields| format!("{fields} fields")));
    let phones = diagnosis.phones;
    for (count, name) in
        [(phones.separated, "separated"), (phones.without_zero, "without zero"), (phones.cut, "cut")]
    {
        parts.extend((count > 0).then(|| format!("{count} {name}")));
    }
    text_or_none(parts)
}

fn reading_text(reading: &Reading) -> String {
    let mut parts = Vec::new();
    if reading.encoding != Encoding::Utf8 {
        parts.push(name(reading.encoding));
    }
    if reading.separator != Separator::Comma {
        parts.push(name(reading.separator));
    }
    parts.extend((reading.skip > 0).then(|| format!("skip {}", reading.skip)));
    parts.extend(reading.columns.map(|columns| format!("{columns:?}")));
    parts.extend(reading.phones.then(|| "phones".to_owned()));
    parts.extend(reading.zeros.then(|| "zeros".to_owned()));
    text_or_none(parts)
}

fn text_or_none(parts: Vec<String>) -> String {
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

/// A file's row in the table: strict verdicts, diagnosis, offered reading, verdicts of that reading.
fn row(file: &str, bytes: &[u8]) -> String {
    let strict = Reading::default();
    let head = Head { bytes, is_whole: true };
    let (told, read) = verdicts(bytes, strict);
    let diagnosis = match read {
        Err(Refusal::NotUtf8 { line, .. }) => {
            let number = usize::try_from(line - 1).unwrap();
            let culprit =
                Culprit { line: bytes.split(|&byte| byte == b'\n').nth(number).unwrap(), among_utf8: false };
            Some(Diagnosis::of(head, Some(culprit), true))
        }
        Err(_) => Some(Diagnosis::of(head, None, true)),
        Ok((tally, rejected)) => Diagnosis::of_read(strict, &tally, (rejected > 0).then_some(head), true),
    };
    let Some(diagnosis) = diagnosis else {
        return format!("{file} | {told} | - | - | -");
    };
    let (offer, then) = if diagnosis.is_certain {
        (reading_text(&diagnosis.reading), verdicts(bytes, diagnosis.reading).0)
    } else {
        ("-".to_owned(), "-".to_owned())
    };
    format!("{file} | {told} | {} | {offer} | {then}", diagnosis_text(&diagnosis))
}

#[test]
fn every_wrong_file_is_told_for_what_it_is() {
    let table = std::fs::read_to_string(folder().join("expected.txt")).unwrap();
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "expected.txt" && !name.starts_with('.'))
        .collect();
    files.sort();
    assert!(files.len() >= 60, "{}", files.len());
    let mut expected: Vec<&str> = table.lines().skip(1).collect();
    expected.sort_unstable();
    let found: Vec<String> =
        files.iter().map(|file| row(file, &std::fs::read(folder().join(file)).unwrap())).collect();
    let wrong: Vec<&String> = found.iter().filter(|row| !expected.contains(&row.as_str())).collect();
    assert!(
        wrong.is_empty(),
        "not as in expected.txt:\n{}",
        wrong.iter().map(|row| format!("{row}\n")).collect::<String>()
    );
    assert_eq!(expected.len(), files.len(), "a row without a file");
}

/// A strict file of one line with an accent, and the lines that follow it.
fn late(line: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = (0..3_000)
        .flat_map(|index| format!("M.,Paul,Zola,paul{index}@regie.example,,,,\n").into_bytes())
        .collect();
    file.extend_from_slice(line);
    file
}

#[test]
fn a_byte_far_down_the_file_also_shows_the_encoding() {
    let file = late(b"M.,Ren\xE9,Zola,rene@regie.example,,,,\n");
    let head = Head { bytes: &file[..64 * 1024], is_whole: false };
    let mut reader = Reader::new(file.as_slice()).unwrap();
    let refusal = loop {
        match reader.next_line() {
            Ok(line) => assert!(line.is_some()),
            Err(ReadError::Refused(refusal)) => break refusal,
            Err(ReadError::Io(error)) => panic!("{error}"),
        }
    };
    assert_eq!(refusal, Refusal::NotUtf8 { line: 3_001, byte: 7 });
    let diagnosis = Diagnosis::of(head, Some(reader.culprit()), true);
    assert_eq!(diagnosis.reading.encoding, Encoding::Windows1252);
    assert!(diagnosis.is_certain);
    let among_utf8 = Culprit { among_utf8: true, ..reader.culprit() };
    let mixed = Diagnosis::of(head, Some(among_utf8), true);
    assert!(mixed.is_mixed && !mixed.is_certain);
}

#[test]
fn lost_zeros_are_restored_in_french_numbers_only() {
    let bytes = std::fs::read(folder().join("phones-no-zero.csv")).unwrap();
    let (_, read) = verdicts(&bytes, Reading::default());
    let tally = read.unwrap().0;
    assert!(Diagnosis::of_read(Reading::default(), &tally, None, true).is_some());
    assert_eq!(Diagnosis::of_read(Reading::default(), &tally, None, false), None);
}
