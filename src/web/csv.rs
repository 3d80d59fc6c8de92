//! CSV tables for spreadsheets, as downloads.

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::domain::guarded;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

/// The beginning of a file that makes Excel read UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Appends one line. The separator is the one that Excel uses in the language. Every cell is quoted, and no cell is run as a
/// formula, even if the spreadsheet assumes another separator.
pub fn push_row(bytes: &mut Vec<u8>, locale: Locale, cells: &[String]) -> AppResult<()> {
    let delimiter = match locale {
        Locale::Fr => b';',
        Locale::En => b',',
    };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(bytes);
    writer
        .write_record(cells.iter().map(|cell| guarded(cell).into_owned()))
        .map_err(|error| AppError::Internal(error.into()))?;
    writer.flush()?;
    Ok(())
}

/// The headers of a CSV download. `name` can be any text: the plain form has only characters that are safe in a header, the
/// encoded form has all of them.
pub fn attachment(name: &str) -> HttpResponseBuilder {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8")).insert_header((
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"),
    ));
    response
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::unguarded;

    #[test]
    fn a_spreadsheet_runs_nothing_of_a_table() {
        let mut bytes = Vec::new();
        let cells = ["1", "E-mail", "=HYPERLINK(\"http://evil\")", "+1", "a;b"].map(str::to_owned);
        push_row(&mut bytes, Locale::Fr, &cells).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\"1\";\"E-mail\";\"'=HYPERLINK(\"\"http://evil\"\")\";\"'+1\";\"a;b\"\r\n"
        );
    }

    fn table(locale: Locale, cells: &[String]) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Each of our tables begins its rows with a number or a date.
        let rows = cells.chunks(3).map(|row| [&["1".to_owned()], row].concat());
        for row in rows {
            push_row(&mut bytes, locale, &row).unwrap();
        }
        bytes
    }

    fn read(bytes: &[u8], separator: u8, quotes: bool) -> Vec<Vec<u8>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .quoting(quotes)
            .from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut cells = Vec::new();
        while reader.read_byte_record(&mut record).unwrap() {
            cells.extend(record.iter().map(<[u8]>::to_vec));
        }
        cells
    }

    fn is_run(cell: &[u8]) -> bool {
        let cell = String::from_utf8_lossy(cell);
        let cell = cell.trim_matches(|c: char| c == '"' || c.is_whitespace());
        let is_number = cell.strip_prefix('-').is_some_and(|digits| {
            digits.starts_with('1') && digits.trim_start_matches(['1', ',']).is_empty()
        });
        cell.starts_with(['=', '+', '-', '@']) && !is_number
    }

    proptest! {
        #[test]
        fn nothing_is_run_with_any_separator_and_every_cell_comes_back(
            cells in proptest::collection::vec("['=+@a \",;|\t\r\n-]{0,10}", 3..9)
        ) {
            for (locale, own) in [(Locale::Fr, b';'), (Locale::En, b',')] {
                let bytes = table(locale, &cells);
                for separator in [b',', b';', b'\t', b'|'] {
                    for quotes in [true, false] {
                        let wrong: Vec<_> = read(&bytes, separator, quotes).into_iter().filter(|cell| is_run(cell)).collect();
                        prop_assert!(wrong.is_empty(), "{:?} of {:?}", wrong, String::from_utf8_lossy(&bytes));
                    }
                }
                let back: Vec<String> = read(&bytes, own, true)
                    .into_iter()
                    .map(|cell| unguarded(&String::from_utf8(cell).unwrap()).into_owned())
                    .collect();
                let rows = cells.chunks(3).map(|row| [&["1".to_owned()], row].concat());
                prop_assert_eq!(back, rows.flatten().collect::<Vec<_>>());
            }
        }
    }
}
