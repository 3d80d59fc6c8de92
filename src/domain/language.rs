use super::fold;

/// The tag (BCP 47) of a language, found by its name in French, in English or in itself, in any case and with or without
/// accents. Returns `None` for an unknown name.
pub fn language_tag(name: &str) -> Option<&'static str> {
    let name = fold(name.trim());
    TABLE.iter().find(|(tag, names)| *tag == name || names.contains(&name.as_str())).map(|(tag, _)| *tag)
}

/// The languages that customers of French contact centres speak, with folded names.
#[rustfmt::skip] // One language per line.
const TABLE: [(&str, &[&str]); 44] = [
    ("am", &["amharique", "amharic"]),
    ("ar", &["arabe", "arabic", "العربية"]),
    ("bg", &["bulgare", "bulgarian"]),
    ("bm", &["bambara"]),
    ("bn", &["bengali"]),
    ("br", &["breton", "brezhoneg"]),
    ("ca", &["catalan", "catala"]),
    ("co", &["corse", "corsican", "corsu"]),
    ("cs", &["tcheque", "czech"]),
    ("da", &["danois", "danish"]),
    ("de", &["allemand", "german", "deutsch"]),
    ("el", &["grec", "greek"]),
    ("en", &["anglais", "english"]),
    ("es", &["espagnol", "spanish", "espanol", "castillan"]),
    ("eu", &["basque", "euskara"]),
    ("fa", &["persan", "persian", "farsi"]),
    ("fi", &["finnois", "finnish"]),
    ("fr", &["francais", "french"]),
    ("fsl", &["langue des signes", "langue des signes francaise", "lsf", "french sign language"]),
    ("gcr", &["creole guyanais"]),
    ("gsw", &["alsacien", "alsatian"]),
    ("he", &["hebreu", "hebrew"]),
    ("hi", &["hindi"]),
    ("hr", &["croate", "croatian"]),
    ("hu", &["hongrois", "hungarian"]),
    ("it", &["italien", "italian", "italiano"]),
    ("ja", &["japonais", "japanese"]),
    ("kab", &["kabyle", "berbere"]),
    ("ko", &["coreen", "korean"]),
    ("nl", &["neerlandais", "dutch", "nederlands", "flamand"]),
    ("oc", &["occitan"]),
    ("pl", &["polonais", "polish", "polski"]),
    ("pt", &["portugais", "portuguese", "portugues"]),
    ("rcf", &["creole reunionnais"]),
    ("ro", &["roumain", "romanian", "moldave"]),
    ("ru", &["russe", "russian"]),
    ("sv", &["suedois", "swedish"]),
    ("ta", &["tamoul", "tamil"]),
    ("tr", &["turc", "turkish"]),
    ("uk", &["ukrainien", "ukrainian"]),
    ("vi", &["vietnamien", "vietnamese"]),
    ("wo", &["wolof"]),
    ("yo", &["yoruba"]),
    ("zh", &["chinois", "chinese", "mandarin"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_name_in_either_language() {
        assert_eq!(language_tag("Néerlandais "), Some("nl"));
        assert_eq!(language_tag("ENGLISH"), Some("en"));
        assert_eq!(language_tag("Langue des signes"), Some("fsl"));
        assert_eq!(language_tag("de"), Some("de"));
        assert_eq!(language_tag("klingon"), None);
        assert_eq!(language_tag(""), None);
    }

    #[test]
    fn names_in_the_table_are_folded() {
        for (_, names) in TABLE {
            for name in names {
                assert_eq!(fold(name), *name);
            }
        }
    }
}
