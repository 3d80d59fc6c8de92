//! The description of a file that is wrong as a whole: what it is, its first lines, how to save it correctly, and the
//! offered reading.

use super::form::refusal_message;
use super::format::{Diagnosis, Encoding, Excerpt, Head, Kind, Place, Reading, Refusal, Separator, excerpt};
use super::import::{Import, State};
use crate::domain::Field;
use crate::i18n::{Catalogue, column_name, fl};
use crate::web::Context;

/// The part of a page about a file that is not the strict one.
pub struct Panel {
    pub sentence: String,
    /// Names of the columns; empty if the columns are unknown.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// A program and its instructions; the program is empty if they are the same for all.
    pub cures: Vec<(String, String)>,
    pub offer: Option<Offer>,
}

/// A certain reading of the file, offered with one button.
pub struct Offer {
    pub import: i64,
    /// The reading as text. The server only compares it with the offered one, and takes no value from it.
    pub reading: String,
    pub how: String,
    /// Set if the button starts a new import, because this one is done.
    pub is_new: bool,
}

impl Panel {
    /// Describes a file that was read as `base`, or refused.
    pub fn new(
        t: &Catalogue,
        diagnosis: &Diagnosis,
        base: Reading,
        refusal: Option<&Refusal>,
        head: Head<'_>,
    ) -> Self {
        let Excerpt { rows, is_in_order } = excerpt(head, diagnosis);
        let widest = rows.iter().map(Vec::len).max().unwrap_or_default();
        let columns = if is_in_order {
            Field::IN_FILE.map(|field| column_name(t, field)).to_vec()
        } else if widest > 1 {
            let number = |number: i64| fl!(t, "wrong-column", number = number);
            (1..).take(widest).map(number).collect()
        } else {
            Vec::new()
        };
        Self {
            sentence: sentence(t, diagnosis, base, refusal),
            columns,
            rows,
            cures: cures(t, diagnosis, base, refusal),
            offer: None,
        }
    }

    /// Describes a file of which nothing but the fault is known.
    pub fn only(sentence: String) -> Self {
        Self { sentence, columns: Vec::new(), rows: Vec::new(), cures: Vec::new(), offer: None }
    }

    /// Returns `true` if the reader may accept the offer.
    pub fn offers(&self, cx: &Context) -> bool {
        self.offer.is_some() && cx.may_import()
    }

    /// Returns the name of a column, from 0.
    pub(super) fn column(&self, index: &usize) -> &str {
        self.columns.get(*index).map_or("", String::as_str)
    }

    /// Describes a stored import, if there is anything to report.
    pub fn of_import(t: &Catalogue, import: &Import, head: Head<'_>) -> Option<Self> {
        let diagnosis = import.diagnosis.as_ref().filter(|_| has_something_to_say(import))?;
        let refusal = import.refusal.as_ref();
        Some(Self { offer: Offer::of(t, import), ..Self::new(t, diagnosis, import.reading, refusal, head) })
    }
}

impl Offer {
    /// Returns the offer for an import in its current state.
    pub fn of(t: &Catalogue, import: &Import) -> Option<Self> {
        let reading = offered(import)?;
        Some(Self {
            import: import.id,
            reading: token(&reading),
            how: how(t, &reading),
            is_new: import.state == State::Done,
        })
    }
}

/// Returns the reading offered for an import in its current state.
pub fn offered(import: &Import) -> Option<Reading> {
    let diagnosis = import.diagnosis.filter(|_| has_something_to_say(import))?;
    (diagnosis.is_certain && diagnosis.reading != import.reading).then_some(diagnosis.reading)
}

/// Returns `true` if the file as a whole has a fault, and no job works on the import.
pub fn has_something_to_say(import: &Import) -> bool {
    import.diagnosis.is_some() && matches!(import.state, State::Refused | State::Deciding | State::Done)
}

/// A reading as text, for the form.
pub fn token(reading: &Reading) -> String {
    serde_json::to_string(reading).unwrap_or_default()
}

/// Describes the reading of the file, if it is not the strict one.
pub fn read_as(t: &Catalogue, import: &Import) -> Option<String> {
    (!import.reading.is_strict()).then(|| fl!(t, "read-as", how = how(t, &import.reading)))
}

/// Describes what a reading does.
fn how(t: &Catalogue, reading: &Reading) -> String {
    let mut parts = Vec::new();
    if reading.encoding != Encoding::Utf8 {
        let encoding = encoding_name(reading.encoding);
        parts.push(fl!(t, "how-encoding", encoding = encoding));
    }
    if reading.separator != Separator::Comma {
        let sign = sign_name(t, reading.separator);
        parts.push(fl!(t, "how-separator", sign = sign));
    }
    if reading.skip > 0 {
        parts.push(fl!(t, "how-skip", count = count(reading.skip)));
    }
    if reading.columns.is_some() {
        parts.push(fl!(t, "how-columns"));
    }
    if reading.phones {
        parts.push(fl!(t, "how-phones"));
    }
    if reading.zeros {
        parts.push(fl!(t, "how-zeros"));
    }
    parts.join(", ")
}

/// Describes the file in one sentence, without the faults that its current reading already corrects.
pub fn sentence(t: &Catalogue, diagnosis: &Diagnosis, base: Reading, refusal: Option<&Refusal>) -> String {
    if let Some(kind) = diagnosis.kind {
        return kind_name(t, kind);
    }
    let parts = parts(t, diagnosis, base, refusal);
    if parts.is_empty() {
        return refusal.map_or_else(String::new, |refusal| refusal_message(t, refusal));
    }
    let sentence = fl!(t, "wrong-list", parts = parts.join(", "));
    if diagnosis.reading.columns == base.columns {
        return sentence;
    }
    let columns = Field::IN_FILE.map(|field| column_name(t, field)).join(", ");
    format!("{sentence} {}", fl!(t, "wrong-order", columns = columns))
}

fn parts(t: &Catalogue, diagnosis: &Diagnosis, base: Reading, refusal: Option<&Refusal>) -> Vec<String> {
    let reading = diagnosis.reading;
    let mut parts = Vec::new();
    let not_utf8 = match refusal {
        Some(&Refusal::NotUtf8 { line, byte }) => Some(Place { line, byte }),
        _ => diagnosis.not_utf8,
    };
    if let Some(place) = not_utf8 {
        let place = place_name(t, place);
        parts.push(match reading.encoding {
            Encoding::Utf8 if diagnosis.is_mixed => fl!(t, "wrong-mixed", place = place),
            Encoding::Utf8 => fl!(t, "wrong-not-utf8", place = place),
            encoding => {
                let encoding = encoding_name(encoding);
                fl!(t, "wrong-encoding", encoding = encoding, place = place)
            }
        });
    }
    if let Some(place) = diagnosis.separator_at {
        let (sign, place) = (sign_name(t, reading.separator), place_name(t, place));
        parts.push(fl!(t, "wrong-separator", sign = sign, place = place));
    }
    if let Some(fields) = diagnosis.fields {
        parts.push(fl!(t, "wrong-fields", count = count(fields)));
    }
    if reading.skip > base.skip {
        parts.push(fl!(t, "wrong-skip", count = count(reading.skip)));
    }
    if let Some(line) = diagnosis.header_line {
        parts.push(fl!(t, "wrong-columns", line = count(line)));
    }
    let phones = diagnosis.phones;
    if reading.phones && !base.phones {
        parts.push(fl!(t, "wrong-phones", count = count(phones.separated)));
    }
    if reading.zeros && !base.zeros {
        parts.push(fl!(t, "wrong-zeros", count = count(phones.without_zero)));
    }
    if phones.cut > 0 {
        parts.push(fl!(t, "wrong-cut", count = count(phones.cut)));
    }
    parts
}

/// Instructions to save the file correctly, for the most serious fault.
fn cures(
    t: &Catalogue,
    diagnosis: &Diagnosis,
    base: Reading,
    refusal: Option<&Refusal>,
) -> Vec<(String, String)> {
    let both =
        |excel: String, calc: String| vec![(fl!(t, "wrong-excel"), excel), (fl!(t, "wrong-calc"), calc)];
    let save = || both(fl!(t, "cure-save-excel"), fl!(t, "cure-save-calc"));
    let reading = diagnosis.reading;
    match diagnosis.kind {
        Some(Kind::Workbook | Kind::Html | Kind::Xml | Kind::OldMac) => save(),
        Some(_) => vec![(String::new(), fl!(t, "cure-other"))],
        None if diagnosis.not_utf8.or(diagnosis.separator_at).is_some() => save(),
        None if matches!(refusal, Some(Refusal::NotUtf8 { .. } | Refusal::Separator { .. })) => save(),
        None if diagnosis.fields.is_some()
            || reading.columns != base.columns
            || reading.skip != base.skip =>
        {
            both(fl!(t, "cure-columns-excel"), fl!(t, "cure-columns-calc"))
        }
        None if reading != base || diagnosis.phones.cut > 0 => {
            both(fl!(t, "cure-phones-excel"), fl!(t, "cure-phones-calc"))
        }
        None => Vec::new(),
    }
}

pub fn kind_name(t: &Catalogue, kind: Kind) -> String {
    match kind {
        Kind::Workbook => fl!(t, "wrong-workbook"),
        Kind::Document => fl!(t, "wrong-document"),
        Kind::Pdf => fl!(t, "wrong-pdf"),
        Kind::Image => fl!(t, "wrong-image"),
        Kind::Archive => fl!(t, "wrong-archive"),
        Kind::Vcard => fl!(t, "wrong-vcard"),
        Kind::Calendar => fl!(t, "wrong-calendar"),
        Kind::Html => fl!(t, "wrong-html"),
        Kind::Xml => fl!(t, "wrong-xml"),
        Kind::Json => fl!(t, "wrong-json"),
        Kind::OldMac => fl!(t, "wrong-old-mac"),
        Kind::Binary => fl!(t, "wrong-binary"),
    }
}

/// The name of the encoding with which a file is read.
pub fn encoding_of(import: &Import) -> &'static str {
    encoding_name(import.reading.encoding)
}

fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Windows1252 => "Windows-1252",
        Encoding::MacRoman => "Mac Roman",
        Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
    }
}

fn sign_name(t: &Catalogue, separator: Separator) -> String {
    match separator {
        Separator::Comma => fl!(t, "sign-comma"),
        Separator::Semicolon => fl!(t, "sign-semicolon"),
        Separator::Tab => fl!(t, "sign-tab"),
        Separator::Pipe => fl!(t, "sign-pipe"),
    }
}

fn place_name(t: &Catalogue, place: Place) -> String {
    fl!(t, "wrong-at", line = count(place.line), byte = count(place.byte))
}

fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
