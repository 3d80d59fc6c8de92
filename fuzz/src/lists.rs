//! What must hold for every list, whatever it is: CSV, workbooks and cards.

use std::fs::File;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::domain::{Country, FieldKind};
use crate::imports::mapping::{self, Book, Choice, Mapping, Rules, Target};
use crate::imports::sources::{
    ConvertError, HEAD, MAX_CELL, MAX_COLUMNS, SourceKind, Table, convert, recognise, rows_file,
};

/// The rows that are read by the columns that the headings propose.
const READ: usize = 20;

/// Reads `data` as text with separators, and its rows as contacts.
pub fn csv(data: &[u8]) {
    if let Some((table, rows)) = read(SourceKind::Csv, data) {
        as_contacts(&table, &rows);
    }
}

/// Reads `data` as cards, and their rows as contacts.
pub fn cards(data: &[u8]) {
    if let Some((table, rows)) = read(SourceKind::Vcard, data) {
        assert_eq!(table.heading_row, Some(1));
        let targets = table.columns.iter().map(|column| Target::parse(&column.heading));
        as_mapped(&table, &rows, targets.collect());
    }
}

/// Reads an XLSX workbook whose parts are the pieces of `data` between NUL bytes: the sheet, the shared texts, the
/// styles and the book.
pub fn xlsx(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let entries = [
        ("xl/worksheets/sheet1.xml", part()),
        ("xl/sharedStrings.xml", part()),
        ("xl/styles.xml", part()),
        ("xl/workbook.xml", part()),
        ("xl/_rels/workbook.xml.rels", part()),
    ];
    let book: &[u8] = br#"<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>"#;
    let links: &[u8] = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>"#;
    let whole = entries.map(|(name, content)| match name {
        "xl/workbook.xml" if content.is_empty() => (name, book),
        "xl/_rels/workbook.xml.rels" if content.is_empty() => (name, links),
        _ => (name, content),
    });
    read(SourceKind::Xlsx, &packed(&whole));
}

/// Reads an ODS workbook whose parts are the pieces of `data` between NUL bytes: the content and the manifest.
pub fn ods(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let entries = [("content.xml", part()), ("META-INF/manifest.xml", part())];
    read(SourceKind::Ods, &packed(&entries));
}

/// Reads `data` as a whole XLS file, or its records as the stream of one.
pub fn xls(data: &[u8]) {
    match data.split_first() {
        Some((0, records)) => read(SourceKind::Xls, &in_file_system(records)),
        _ => read(SourceKind::Xls, data),
    };
}

/// Reads `data` as an archive of either kind, if it seems to be one.
pub fn archive(data: &[u8]) {
    let _ = recognise(&data[..data.len().min(HEAD)]);
    for kind in [SourceKind::Xlsx, SourceKind::Ods] {
        read(kind, data);
    }
}

/// Converts a list, and holds its rows against what the table says of them.
fn read(kind: SourceKind, data: &[u8]) -> Option<(Table, Vec<Vec<String>>)> {
    let file = file_of(data);
    let mut out = Vec::new();
    let table = match convert(kind, &file, None, &mut out, &mut |_| Ok(())) {
        Ok(table) => table,
        Err(ConvertError::Refused(fault)) => {
            let stored = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<crate::imports::sources::SourceFault>(&stored).unwrap(), fault);
            return None;
        }
        Err(ConvertError::Io(error)) => panic!("{error}"),
    };
    let rows: Vec<Vec<String>> =
        out.split_inclusive(|byte| *byte == b'\n').map(|line| rows_file::read_row(line).unwrap()).collect();
    assert_eq!(table.rows, rows.len() as u64);
    assert!(rows.last().is_some_and(|cells| !cells.is_empty()));
    for cells in &rows {
        assert!(cells.len() <= MAX_COLUMNS);
        assert!(cells.iter().all(|cell| cell.chars().count() <= MAX_CELL));
    }
    if let Some(row) = table.heading_row {
        assert!((1..=table.rows).contains(&row));
    }
    assert!(table.sheet == 0 || table.sheet < table.sheets.len());
    let again = serde_json::from_str::<Table>(&serde_json::to_string(&table).unwrap()).unwrap();
    assert_eq!(again, table);
    Some((table, rows))
}

/// Reads rows by the columns that their headings and values propose.
fn as_contacts(table: &Table, rows: &[Vec<String>]) {
    let samples: Vec<(&str, &[String])> = table
        .columns
        .iter()
        .map(|column| (column.heading.as_str(), column.samples.as_slice()))
        .collect();
    let targets = mapping::suggest(&samples, &[]);
    assert_eq!(targets.len(), table.columns.len());
    as_mapped(table, rows, targets);
}

/// What a row gives a contact can be stored, and is stored unchanged.
fn as_mapped(table: &Table, rows: &[Vec<String>], targets: Vec<Option<Target>>) {
    let mapping = Mapping {
        headings: table.headings(),
        columns: targets.into_iter().map(|target| Choice { target, ..Choice::default() }).collect(),
        capitals: true,
        postal_zeros: true,
        source: Some(1),
        heading_row: table.heading_row,
        ..Mapping::default()
    };
    let book = Book {
        customs: Vec::new(),
        types: Vec::new(),
        contact_type: String::new(),
        default_country: Country::parse("FR").unwrap(),
        in_french: true,
    };
    let Ok(rules) = Rules::compile(mapping, book) else { return };
    let below = table.heading_row.map_or(0, |row| usize::try_from(row).unwrap());
    for cells in rows.iter().skip(below).take(READ) {
        match mapping::read(cells, &rules) {
            Ok(row) => {
                for given in &row.given {
                    if let (Target::Field(field), Some(value)) = (&given.target, &given.value)
                        && field.kind() != FieldKind::Flag
                    {
                        assert_eq!(field.clean(value).as_ref(), Ok(value), "{field:?}");
                    }
                }
            }
            Err(faults) => assert!(!faults.is_empty()),
        }
    }
}

fn file_of(data: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(data).unwrap();
    file
}

fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The file system of an XLS file with one stream, whose sectors follow each other.
fn in_file_system(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    let length = stream.len().max(4096);
    let sectors = u32::try_from(length.div_ceil(SECTOR)).unwrap();
    let tables = (sectors + 2).div_ceil(127);
    let (directory, first) = (tables, tables + 1);
    let mut table = vec![END; usize::try_from(tables).unwrap() * SECTOR / 4];
    for sector in first..first + sectors - 1 {
        table[usize::try_from(sector).unwrap()] = sector + 1;
    }
    let mut bytes = vec![0; SECTOR];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    put(30, 9);
    put(48, directory);
    put(60, END);
    put(68, END);
    for number in 0..109 {
        put(76 + 4 * usize::try_from(number).unwrap(), if number < tables { number } else { u32::MAX });
    }
    bytes.extend(table.iter().flat_map(|link| link.to_le_bytes()));
    let mut entries = vec![0; SECTOR];
    for (place, name, begin, size) in [(0, "Root Entry", END, 0), (128, "Workbook", first, length)] {
        for (at, unit) in name.encode_utf16().enumerate() {
            entries[place + 2 * at..place + 2 * at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entries[place + 116..place + 120].copy_from_slice(&begin.to_le_bytes());
        entries[place + 120..place + 124].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    }
    bytes.extend(entries);
    bytes.extend_from_slice(stream);
    bytes.resize(SECTOR * usize::try_from(1 + tables + 1 + sectors).unwrap(), 0);
    bytes
}
