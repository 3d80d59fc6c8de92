//! The import form: a name, what to do if lines are rejected, and a file.

use super::format::Refusal;
use super::import::OnError;
use super::mapping::OnAmbiguous;
use super::panel::kind_name;
use super::sources::{SourceFault, SourceKind};
use crate::domain::{Fault, ImportName, TICKED};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The values of the form, without the file.
#[derive(Debug, Clone, Default)]
pub struct ImportForm {
    pub name: String,
    /// `import_valid` if ticked.
    pub on_error: String,
    /// `on` if ticked.
    pub preview: String,
    /// `review` if ticked.
    pub on_ambiguous: String,
    /// `preview` if the form is the page's: its empty box was seen, and is a choice.
    pub asked: String,
    /// The name of the profile by which the list must be read; empty for any that fits.
    pub profile: String,
}

/// A valid form, which can start an import.
#[derive(Debug, Clone)]
pub struct NewImport {
    pub name: ImportName,
    /// Set if the name comes from the file's name: if it is taken, a number is added.
    pub is_proposed: bool,
    pub on_error: OnError,
    /// Set to stop for a preview, whatever the result of the check.
    pub preview: bool,
    /// The kind of a list that is not the strict one.
    pub list: Option<SourceKind>,
    /// The profile by which the list must be read; `None` for any that fits.
    pub profile: Option<i64>,
    /// Set if the doubtful rows of a strict list wait for a person's decision.
    pub holds_doubtful: bool,
}

impl ImportForm {
    pub fn imports_valid(&self) -> bool {
        self.on_error == OnError::ImportValid.as_str()
    }

    pub fn holds_doubtful(&self) -> bool {
        self.on_ambiguous == OnAmbiguous::Review.as_str()
    }

    pub fn wants_preview(&self) -> bool {
        self.preview == TICKED
    }

    /// # Errors
    /// The fault of the name.
    pub fn read(&self, t: &Catalogue) -> Result<NewImport, FormErrors> {
        match ImportName::parse(&self.name) {
            Ok(name) => Ok(self.named(name, false)),
            Err(fault) => Err(FormErrors::one("name", name_message(t, &fault))),
        }
    }

    /// Like [`ImportForm::read`]; an empty name is replaced by one made from the file's name.
    ///
    /// # Errors
    /// The fault of the name.
    pub fn read_with_file(&self, t: &Catalogue, file_name: &str) -> Result<NewImport, FormErrors> {
        match ImportName::parse(&self.name) {
            Err(Fault::Missing) => Ok(self.named(ImportName::of_file(file_name), true)),
            _ => self.read(t),
        }
    }

    fn named(&self, name: ImportName, is_proposed: bool) -> NewImport {
        let on_error = if self.imports_valid() { OnError::ImportValid } else { OnError::Ask };
        NewImport {
            name,
            is_proposed,
            on_error,
            preview: self.wants_preview(),
            list: None,
            profile: None,
            holds_doubtful: self.holds_doubtful(),
        }
    }

    /// Returns `true` if the sender saw the box for the preview.
    pub fn asked_for_preview(&self) -> bool {
        self.asked == "preview"
    }
}

pub fn name_message(t: &Catalogue, fault: &Fault) -> String {
    match fault {
        Fault::Missing => fl!(t, "import-name-missing"),
        Fault::WhiteSpace => fl!(t, "import-name-space"),
        fault => at_field(t, &fl!(t, "import-name"), fault),
    }
}

pub fn name_taken(t: &Catalogue) -> FormErrors {
    FormErrors::one("name", fl!(t, "import-name-taken"))
}

/// Explains why nothing can read a list.
fn source_fault_message(t: &Catalogue, fault: &SourceFault) -> String {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let size = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let mib = |bytes: u64| number(bytes / (1024 * 1024));
    match fault {
        SourceFault::Empty => fl!(t, "refusal-empty"),
        SourceFault::Unknown(kind) => kind_name(t, *kind),
        SourceFault::Encrypted => fl!(t, "list-encrypted"),
        SourceFault::Damaged => fl!(t, "list-damaged"),
        SourceFault::NoSuchSheet => fl!(t, "list-no-sheet"),
        SourceFault::TooManyColumns { row, max } => {
            fl!(t, "list-too-many-columns", row = number(*row), max = size(*max))
        }
        SourceFault::CellTooLong { row, column, max } => {
            fl!(t, "list-cell-too-long", row = number(*row), column = size(*column), max = size(*max))
        }
        SourceFault::RecordTooLong { row, .. } => fl!(t, "list-record-too-long", row = number(*row)),
        SourceFault::TooManyCells { max } => fl!(t, "list-too-many-cells", max = number(*max)),
        SourceFault::TooLargeUnpacked { max } => fl!(t, "list-too-large", max = mib(*max)),
        SourceFault::TooLargePacked { max } => fl!(t, "list-too-large-packed", max = mib(*max)),
        SourceFault::QuoteNeverCloses { row } => fl!(t, "list-open-quote", row = number(*row)),
        SourceFault::CardTooLong { card, .. } => fl!(t, "list-card-too-long", card = number(*card)),
        SourceFault::CardNeverEnds { card } => fl!(t, "list-open-card", card = number(*card)),
        SourceFault::Encoding => fl!(t, "list-encoding"),
    }
}

/// Explains why the file is refused, and how to save it correctly.
pub fn refusal_message(t: &Catalogue, refusal: &Refusal) -> String {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    match refusal {
        Refusal::Empty => fl!(t, "refusal-empty"),
        Refusal::Spreadsheet => fl!(t, "refusal-spreadsheet"),
        Refusal::Utf16 => fl!(t, "refusal-utf16"),
        Refusal::NotUtf8 { line, byte } => {
            fl!(t, "refusal-not-utf8", line = number(*line), byte = number(*byte))
        }
        Refusal::Separator { tab: false, line } => {
            fl!(t, "refusal-semicolons", line = number(*line))
        }
        Refusal::Separator { tab: true, line } => fl!(t, "refusal-tabs", line = number(*line)),
        Refusal::HeaderOrder { line } => fl!(t, "refusal-header", line = number(*line)),
        Refusal::List(fault) => source_fault_message(t, fault),
    }
}
