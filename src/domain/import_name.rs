use super::text::tidy;
use super::{Fault, Text, fold};

/// The name of an import: 1 to 50 characters without white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportName(String);

impl ImportName {
    const MAX: usize = 50;
    /// The characters of the longest file ending.
    const LONGEST_ENDING: usize = 5;

    /// Parses a name.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::WhiteSpace`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let name = Text::<{ Self::MAX }>::parse_required(raw)?;
        if name.contains(char::is_whitespace) {
            return Err(Fault::WhiteSpace);
        }
        Ok(Self(name.into_string()))
    }

    /// Makes a name from a file's name: without folders and ending, with hyphens for white space. A file's name of which
    /// nothing is left gives `import`.
    pub fn of_file(file_name: &str) -> Self {
        let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_ending = |ending: &str| {
            (1..=Self::LONGEST_ENDING).contains(&ending.len())
                && ending.chars().all(|c| c.is_ascii_alphanumeric())
        };
        let stem = match name.rsplit_once('.') {
            Some((stem, ending)) if is_ending(ending) => stem,
            _ => name,
        };
        let tidied = tidy(stem);
        let words =
            tidied.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        Self::cut(&words.collect::<Vec<_>>().join("-"), "")
    }

    /// Returns the name with a number at its end, `juin-2` for `juin`, within the longest length.
    pub fn numbered(&self, number: u64) -> Self {
        Self::cut(&self.0, &format!("-{number}"))
    }

    fn cut(text: &str, ending: &str) -> Self {
        let room = Self::MAX.saturating_sub(ending.len());
        let begin: String = text.chars().take(room).collect();
        // A cut between two signs that belong together may leave an invisible one, or nothing.
        Self::parse(&format!("{begin}{ending}")).unwrap_or_else(|_| Self(format!("import{ending}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The comparison key: names that differ only in case or accents would be confused.
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_file(name: &str) -> String {
        ImportName::of_file(name).as_str().to_owned()
    }

    #[test]
    fn a_files_name_gives_a_name() {
        for (file, name) in [
            ("liste.csv", "liste"),
            ("Liste des élus 2026.xlsx", "Liste-des-élus-2026"),
            ("liste.v2.csv", "liste.v2"),
            ("M. Martin (copie)", "M.-Martin-(copie)"),
            ("C:\\Documents\\juin.csv", "juin"),
            ("../../etc/passwd", "passwd"),
            ("archive.tar.gz", "archive.tar"),
            (".csv", "import"),
            ("", "import"),
            ("   .csv", "import"),
            ("a\u{A0}b\u{202F}c.csv", "a-b-c"),
            ("\u{202E}vsc.etsil", "vsc"),
            ("e\u{301}te\u{301}.csv", "été"),
            ("a\tb\u{1}c.csv", "a-b-c"),
            ("<b>.csv", "<b>"),
            ("=1+1.csv", "=1+1"),
            ("\u{200B}\u{FEFF}.csv", "import"),
        ] {
            assert_eq!(of_file(file), name, "{file:?}");
        }
        let long = of_file(&format!("{}.csv", "é".repeat(300)));
        assert_eq!(long.chars().count(), 50);
    }

    #[test]
    fn a_number_fits_into_the_longest_name() {
        assert_eq!(ImportName::parse("juin").unwrap().numbered(2).as_str(), "juin-2");
        let long = ImportName::parse(&"x".repeat(50)).unwrap();
        assert_eq!(long.numbered(12).as_str(), format!("{}-12", "x".repeat(47)));
    }

    proptest! {
        #[test]
        fn whatever_a_file_is_called_its_name_is_valid(file in "\\PC{0,80}|.{0,80}", number in 2u64..1_000_000) {
            let name = ImportName::of_file(&file);
            prop_assert_eq!(ImportName::parse(name.as_str()), Ok(name.clone()));
            let numbered = name.numbered(number);
            prop_assert_eq!(ImportName::parse(numbered.as_str()), Ok(numbered.clone()));
            let ending = format!("-{number}");
            prop_assert!(numbered.as_str().ends_with(&ending));
        }
    }
}
