use crate::base::text_enum;

text_enum! {
    /// The format of an exported file.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
    pub enum ExportFormat {
        /// All columns, for a spreadsheet
        #[default]
        Full = "full",
        /// All columns as an Excel workbook; past 1 048 575 contacts in several sheets
        Xlsx = "xlsx",
        /// The eight columns that can be imported again
        Strict = "strict",
        /// Contact cards (vCard 4.0)
        Vcard = "vcard",
        /// A page to read, search and print without Carnet
        Html = "html",
    }
}

impl ExportFormat {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Full | Self::Strict => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Vcard => "text/vcard; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Full => "contacts.csv",
            Self::Xlsx => "contacts.xlsx",
            Self::Strict => "contacts-strict.csv",
            Self::Vcard => "contacts.vcf",
            Self::Html => "contacts.html",
        }
    }
}
