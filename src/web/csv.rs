//! Tables for a spreadsheet, to download.

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::domain::guarded;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

/// At the beginning of a file it makes Excel read UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// One line. Excel takes the separator of its own language; every cell is quoted and none is run.
///
/// # Errors
/// None that a vector of bytes can have.
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

/// Headers of a CSV download. `name` may be any text: the plain form keeps what is safe in a header, the encoded form
/// keeps all.
pub fn attachment(name: &str) -> HttpResponseBuilder {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
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
    response
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"),
        ));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
