/// The format of an exported file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// All columns, for a spreadsheet
    #[default]
    Full,
    /// The eight columns that can be imported again
    Strict,
    /// Contact cards (vCard 4.0)
    Vcard,
    /// A page to read, search and print without Carnet
    Html,
}

impl ExportFormat {
    const ALL: [Self; 4] = [Self::Full, Self::Strict, Self::Vcard, Self::Html];

    /// The name in URLs and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Strict => "strict",
            Self::Vcard => "vcard",
            Self::Html => "html",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Full | Self::Strict => "text/csv; charset=utf-8",
            Self::Vcard => "text/vcard; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Full => "contacts.csv",
            Self::Strict => "contacts-strict.csv",
            Self::Vcard => "contacts.vcf",
            Self::Html => "contacts.html",
        }
    }
}
