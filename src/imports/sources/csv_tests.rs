use proptest::prelude::*;

use super::super::tests::{Grid, grid, read};
use super::*;
use crate::imports::format::Encoding;

fn rows(text: &str) -> Grid {
    read(text.as_bytes()).unwrap().1
}

#[test]
fn a_list_of_excel_is_read() {
    let (table, rows) = read(include_bytes!("../../../tests/files/lists/excel.csv")).unwrap();
    assert_eq!(table.encoding, Some(Encoding::Windows1252));
    assert_eq!(table.separator, Some(Separator::Semicolon));
    assert_eq!(table.heading_row, Some(2));
    assert_eq!(
        rows,
        grid(&[
            &["Liste des contacts"],
            &["Nom", "Prénom", "E-mail", "Remarque"],
            &["Lefèvre", "Hélène", "helene.lefevre@mairie.example", "Deux\r\nlignes ; et un \"mot\""],
            &["Noël", "François", "francois.noel@regie.example"],
        ])
    );
}

#[test]
fn quotes_are_read_as_programs_write_them() {
    assert_eq!(rows("\"a\"\"b\";\"c\nd\"\n"), grid(&[&["a\"b", "c\nd"]]));
    assert_eq!(rows("\"a\"b;c\"d\";\"\"\n"), grid(&[&["ab", "c\"d\""]]));
    assert_eq!(rows("a; \"b\"\n"), grid(&[&["a", " \"b\""]]));
    assert_eq!(rows("\"\";x\n\"y\""), grid(&[&["", "x"], &["y"]]));
    assert_eq!(read(b"a;b\nc;\"d\n"), Err(SourceFault::QuoteNeverCloses { row: 2 }));
    let long = format!("a;b\nc;d\n\"{}", "x\n".repeat(MAX_RECORD));
    assert_eq!(read(long.as_bytes()), Err(SourceFault::QuoteNeverCloses { row: 3 }));
}

#[test]
fn every_line_end_ends_a_record() {
    for text in ["a;b\nc;d\n\ne;f", "a;b\r\nc;d\r\n\r\ne;f\r\n", "a;b\rc;d\r\re;f\r\n\n\n"] {
        assert_eq!(rows(text), grid(&[&["a", "b"], &["c", "d"], &[], &["e", "f"]]), "{text:?}");
    }
}

#[test]
fn control_characters_are_kept() {
    assert_eq!(
        rows("a\0;b\u{7}\nccccccccccccccccccccccccccccccccccccccccccc;d"),
        grid(&[&["a\0", "b\u{7}"], &["ccccccccccccccccccccccccccccccccccccccccccc", "d"]])
    );
}

#[test]
fn the_line_for_excel_says_the_separator() {
    for text in ["sep=;\r\na,b;c,d\r\n", "\u{FEFF}SEP=;\na,b;c,d"] {
        let (table, rows) = read(text.as_bytes()).unwrap();
        assert_eq!(table.separator, Some(Separator::Semicolon));
        assert_eq!(rows, grid(&[&[], &["a,b", "c,d"]]));
    }
    assert_eq!(rows("sep=x;1\nb;2\n"), grid(&[&["sep=x", "1"], &["b", "2"]]));
}

#[test]
fn the_separator_is_the_consistent_one() {
    for (text, expected) in [
        ("a,b;c,d;e\nf;g;h\ni;j;k\n", Separator::Semicolon),
        ("Lyon, Rhône\tx\ty\nNice\tx\ty\n", Separator::Tab),
        ("a|b|c\nd|e, f|g\n", Separator::Pipe),
        ("\"a;b;c\",d\n\"e;f;g\",h\n", Separator::Comma),
        ("a@ex.fr\nb@ex.fr\n", Separator::Comma),
        ("Titre, avec virgule\n\nnom;mail;tel\na;b;c\n", Separator::Semicolon),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap().0.separator, Some(expected), "{text}");
    }
}

#[test]
fn encodings_are_found_in_the_whole_file() {
    let far = "a;b\n".repeat(100_000);
    let mut bytes = far.clone().into_bytes();
    bytes.extend_from_slice("Hélène;x\n".as_bytes());
    assert_eq!(read(&bytes).unwrap().0.encoding, Some(Encoding::Utf8));
    let mut bytes = far.into_bytes();
    bytes.extend_from_slice(b"H\xE9l\xE8ne;x\n");
    let (table, rows) = read(&bytes).unwrap();
    assert_eq!((table.encoding, table.rows), (Some(Encoding::Windows1252), 100_001));
    assert_eq!(rows.last().unwrap()[0], "Hélène");
    bytes.extend_from_slice("Hélène;x\n".as_bytes());
    assert_eq!(read(&bytes), Err(SourceFault::Encoding));
    // Cyrillic, and half of a character at the end.
    assert_eq!(read(b"\xC8\xE2\xE0\xED\xEE\xE2;\xC0\xED\xED\xE0\n"), Err(SourceFault::Encoding));
    assert_eq!(read(b"\xFF\xFEa\0;\0b\0\n\0\x3D\xD8"), Err(SourceFault::Encoding));
}

/// Writes a table as CSV; `style` chooses among the ways that programs have.
fn written(rows: &Grid, separator: Separator, end: &str, quotes_all: bool) -> String {
    let mut text = String::new();
    for cells in rows {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| {
                let needs = quotes_all || cell.contains(['"', ',', ';', '\t', '|', '\r', '\n']);
                if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
            })
            .collect();
        text.push_str(&cells.join(&separator.sign().to_string()));
        text.push_str(end);
    }
    text
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf16Le => {
            [&b"\xFF\xFE"[..], &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat()
        }
        Encoding::Utf16Be => {
            [&b"\xFE\xFF"[..], &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()].concat()
        }
        _ => text.as_bytes().to_vec(),
    }
}

proptest! {
    #[test]
    fn every_table_comes_back(
        width in 2..6_usize,
        cells in proptest::collection::vec("[a-zé€𝄞 \"',;|\\t\\r\\n.@0-9]{0,12}", 12..60),
        separator in 0..4_usize,
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]),
        quotes_all: bool,
    ) {
        // The first cell is not empty, so that the text begins like a list.
        let mut rows: Grid = cells.chunks_exact(width).map(<[String]>::to_vec).collect();
        rows[0][0] = "Nom".to_owned();
        let text = written(&rows, Separator::ALL[separator], end, quotes_all);
        let (table, found) = read(&encoded(&text, encoding)).unwrap();
        for cells in &mut rows {
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
        }
        while rows.last().is_some_and(Vec::is_empty) {
            rows.pop();
        }
        prop_assert_eq!(table.encoding, Some(encoding));
        prop_assert_eq!(found, rows, "{}", text);
    }

    #[test]
    fn a_legacy_table_comes_back(name in "(Noël|Besançon|René|Béziers|Anaïs|Côte)( Noël| Le Bé|-Loïc){0,3}", is_mac: bool) {
        let text = format!("Prénom;Nom\nHélène;Lefèvre\nFrançois;{name}\n");
        let encoding = if is_mac { encoding_rs::MACINTOSH } else { encoding_rs::WINDOWS_1252 };
        let (bytes, _, _) = encoding.encode(&text);
        let found = read(&bytes).unwrap();
        prop_assert_eq!(found.0.encoding, Some(if is_mac { Encoding::MacRoman } else { Encoding::Windows1252 }));
        prop_assert_eq!(&found.1[2][1], &name);
    }

    #[test]
    fn pieces_do_not_matter(text in "[ab\";\\r\\n]{0,60}", cut in 0..60_usize) {
        let tokens = |pieces: &[&str]| {
            let mut found = Vec::new();
            let mut see = |token: Token<'_>| {
                found.push(match token {
                    Token::Field(column, text) => format!("{column} {text}"),
                    Token::End => "end".to_owned(),
                    Token::TooLong | Token::Open => "fault".to_owned(),
                });
                Ok::<(), ()>(())
            };
            let mut records = Records::new(Separator::Semicolon);
            for piece in pieces {
                records.read(piece, &mut see).unwrap();
            }
            records.finish(&mut see).unwrap();
            found
        };
        let cut = cut.min(text.len());
        prop_assert_eq!(tokens(&[&text[..cut], &text[cut..]]), tokens(&[&text]));
    }
}
