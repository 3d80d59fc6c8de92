//! The import form: a name, what to do if lines are rejected, and a file.

use super::format::Refusal;
use super::import::OnError;
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
    /// `preview` if the form is the page's: its empty box was seen, and is a choice.
    pub asked: String,
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
}

impl ImportForm {
    pub fn imports_valid(&self) -> bool {
        self.on_error == OnError::ImportValid.as_str()
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
        NewImport { name, is_proposed, on_error, preview: self.wants_preview() }
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
    }
}
