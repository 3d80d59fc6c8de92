//! A line of the strict file: eight fields separated by commas.

use super::{Reading, Separator};
use crate::domain::{Civility, Email, Fault, Field, Phone, Recipient, Text, escaped, fold, unguarded};

/// Bytes of a line that are examined: the limits of the eight fields allow 2 400 at most, the rest is room for white space.
pub const MAX_LINE: usize = 16 * 1024;
/// Characters of a wrong value that are kept for display.
const SHOWN: usize = 300;

/// A fault of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field with the fault; `None` for the line as a whole.
    pub field: Option<Field>,
    /// The original value, at most 300 characters, with visible control characters.
    pub value: String,
    pub fault: Fault,
}

impl Finding {
    pub(super) fn of_line(text: &str, fault: Fault) -> Self {
        Self { field: None, value: shown(text), fault }
    }
}

pub(super) fn shown(value: &str) -> String {
    value
        .chars()
        .take(SHOWN)
        .map(|c| match c {
            // The symbol of the control character: `␀`, `␉`, …
            '\0'..'\u{20}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
            '\u{7F}' => '␡',
            c => c,
        })
        .collect()
}

/// A byte order mark, at the beginning of the file or of another file appended to it.
pub(super) const MARK: char = '\u{FEFF}';

/// Returns `true` if a line has only white space, separators and quotes.
pub(super) fn is_empty(text: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | MARK);
    text.chars().all(is_between)
}

pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Returns the eight fields in the strict order, or the number of fields found. `has_reason` is set if the ninth column has the
/// reason for which a line was rejected: it is no field.
pub(super) fn split<'a>(text: &'a str, reading: &Reading, has_reason: bool) -> Result<[&'a str; 8], usize> {
    let mut raw: Vec<&str> = text.split(reading.separator.sign()).collect();
    if has_reason && raw.len() > 8 {
        // The last one: a line with more fields has its reason behind them, and is told their number.
        raw.pop();
    }
    let found = raw.len();
    let fields = <[&str; 8]>::try_from(raw).map_err(|_| found)?;
    Ok(in_order(fields, reading))
}

/// Brings the fields of a line into the strict order.
pub(super) fn in_order<'a>(fields: [&'a str; 8], reading: &Reading) -> [&'a str; 8] {
    match reading.columns {
        Some(columns) => columns.map(|column| fields.get(column).copied().unwrap_or_default()),
        None => fields,
    }
}

/// The fields that hold the sign between fields, in the strict order, except those that have a fault already.
pub(super) fn separators(fields: [&str; 8], reading: &Reading, known: &[Finding]) -> Vec<Finding> {
    let sign = reading.separator.sign();
    Field::IN_FILE
        .into_iter()
        .zip(fields)
        .filter(|(field, value)| {
            value.contains(sign) && known.iter().all(|known| known.field != Some(*field))
        })
        .map(|(field, value)| Finding {
            field: Some(field),
            value: shown(value),
            fault: Fault::Separator { sign },
        })
        .collect()
}

/// # Errors
/// All faults of the line.
pub(super) fn parse(fields: [&str; 8], reading: &Reading) -> Result<Recipient, Vec<Finding>> {
    let [civility, first_name, last_name, email, service, phone, address, city] = fields;
    let mut findings = Vec::new();
    let recipient = (
        take(&mut findings, Field::Civility, civility, Civility::parse),
        take(&mut findings, Field::FirstName, first_name, Text::parse),
        take(&mut findings, Field::LastName, last_name, last_name_of_file),
        take(&mut findings, Field::Email, email, Email::parse),
        take(&mut findings, Field::Service, service, Text::parse),
        take(&mut findings, Field::PhoneWork, phone, |raw| Phone::parse_strict(&reading.phone(raw))),
        take(&mut findings, Field::Address, address, Text::parse),
        take(&mut findings, Field::City, city, Text::parse),
    );
    match recipient {
        (
            Some(civility),
            Some(first_name),
            Some(last_name),
            Some(email),
            Some(service),
            Some(phone),
            Some(address),
            Some(city),
        ) => Ok(Recipient {
            civility,
            first_name,
            last_name,
            email: Some(email),
            service,
            phone,
            address,
            city,
        }),
        _ => Err(findings),
    }
}

fn take<T>(
    findings: &mut Vec<Finding>,
    field: Field,
    raw: &str,
    parse: impl FnOnce(&str) -> Result<T, Fault>,
) -> Option<T> {
    match parse(&unguarded(&unquote(raw))) {
        Ok(value) => Some(value),
        Err(fault) => {
            findings.push(Finding { field: Some(field), value: shown(raw), fault });
            None
        }
    }
}

/// The strict file allows a last name of 20 characters, the form one of 50.
fn last_name_of_file(raw: &str) -> Result<Text<50>, Fault> {
    let name = Text::<20>::parse(raw)?;
    Text::parse(&name)
}

/// Removes quotes around a whole field, and replaces doubled quotes inside by single ones.
pub(super) fn unquote(raw: &str) -> std::borrow::Cow<'_, str> {
    let trimmed = raw.trim();
    match trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) if is_quoted(inside) => inside.replace("\"\"", "\"").into(),
        _ => trimmed.into(),
    }
}

/// Returns `true` if every quote inside is doubled; otherwise the outer quotes are part of the value.
fn is_quoted(inside: &str) -> bool {
    inside.replace("\"\"", "").find('"').is_none()
}

/// Writes a recipient as a line of the strict file, without line end. If a value has a comma, the line is not valid.
pub fn write(recipient: &Recipient) -> String {
    let email = recipient.email.as_ref().map_or("", Email::as_str);
    [
        recipient.civility.map_or("", Civility::as_str),
        &recipient.first_name,
        &recipient.last_name,
        email,
        &recipient.service,
        &recipient.phone,
        &recipient.address,
        &recipient.city,
    ]
    .map(|value| {
        let value = escaped(value);
        if value.starts_with('"') {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.into_owned()
        }
    })
    .join(",")
}

/// The columns in the strict order.
pub(super) const IN_ORDER: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// The line of the column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The column of each of the eight fields, from 0.
    pub columns: [usize; 8],
    /// Set if a ninth column has the reasons for which lines were rejected.
    pub has_reason: bool,
}

/// Returns the header, if the line consists of the eight column names, perhaps with *Raison* or *Reason* as the ninth.
pub(super) fn header(text: &str, separator: Separator) -> Option<Header> {
    const NAMES: [&str; 8] =
        ["civilite", "prenom", "nom", "email", "service", "telephone", "adresse", "ville"];
    let found: Vec<String> = text
        .split(separator.sign())
        .map(|name| fold(&unquote(name)).chars().filter(|c| c.is_alphanumeric()).collect())
        .collect();
    let has_reason = match found.get(NAMES.len()..) {
        Some([]) => false,
        Some([reason]) if matches!(reason.as_str(), "raison" | "reason") => true,
        _ => return None,
    };
    let mut columns = IN_ORDER;
    for (column, name) in columns.iter_mut().zip(NAMES) {
        *column = found.iter().take(NAMES.len()).position(|found| found == name)?;
    }
    Some(Header { columns, has_reason })
}
