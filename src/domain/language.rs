use super::fold;

/// The tag (BCP 47) of a language, found by its name in French, in English or in itself, in any case and with or without
/// accents. Returns `None` for an unknown name.
pub fn language_tag(name: &str) -> Option<&'static str> {
    let name = fold(name.trim());
    let is_it = |tag: &str, names: &[&str]| tag == name || names.contains(&name.as_str());
    TABLE.iter().find(|(tag, .., names)| is_it(tag, names)).map(|(tag, ..)| *tag)
}

/// The name of the language with a tag (BCP 47, any case), in French and in English. Returns `None` for an unknown tag.
pub fn language_names(tag: &str) -> Option<(&'static str, &'static str)> {
    let known = TABLE.iter().find(|(known, ..)| known.eq_ignore_ascii_case(tag.trim()));
    known.map(|(_, french, english, _)| (*french, *english))
}

/// The languages that customers of French contact centres speak: tag, French name, English name, and all names folded.
#[rustfmt::skip] // One language per line.
const TABLE: [(&str, &str, &str, &[&str]); 44] = [
    ("am", "Amharique", "Amharic", &["amharique", "amharic"]),
    ("ar", "Arabe", "Arabic", &["arabe", "arabic", "العربية"]),
    ("bg", "Bulgare", "Bulgarian", &["bulgare", "bulgarian"]),
    ("bm", "Bambara", "Bambara", &["bambara"]),
    ("bn", "Bengali", "Bengali", &["bengali"]),
    ("br", "Breton", "Breton", &["breton", "brezhoneg"]),
    ("ca", "Catalan", "Catalan", &["catalan", "catala"]),
    ("co", "Corse", "Corsican", &["corse", "corsican", "corsu"]),
    ("cs", "Tchèque", "Czech", &["tcheque", "czech"]),
    ("da", "Danois", "Danish", &["danois", "danish"]),
    ("de", "Allemand", "German", &["allemand", "german", "deutsch"]),
    ("el", "Grec", "Greek", &["grec", "greek"]),
    ("en", "Anglais", "English", &["anglais", "english"]),
    ("es", "Espagnol", "Spanish", &["espagnol", "spanish", "espanol", "castillan"]),
    ("eu", "Basque", "Basque", &["basque", "euskara"]),
    ("fa", "Persan", "Persian", &["persan", "persian", "farsi"]),
    ("fi", "Finnois", "Finnish", &["finnois", "finnish"]),
    ("fr", "Français", "French", &["francais", "french"]),
    ("fsl", "Langue des signes française", "French Sign Language", &["langue des signes", "langue des signes francaise", "lsf", "french sign language"]),
    ("gcr", "Créole guyanais", "French Guianese Creole", &["creole guyanais", "french guianese creole"]),
    ("gsw", "Alsacien", "Alsatian", &["alsacien", "alsatian"]),
    ("he", "Hébreu", "Hebrew", &["hebreu", "hebrew"]),
    ("hi", "Hindi", "Hindi", &["hindi"]),
    ("hr", "Croate", "Croatian", &["croate", "croatian"]),
    ("hu", "Hongrois", "Hungarian", &["hongrois", "hungarian"]),
    ("it", "Italien", "Italian", &["italien", "italian", "italiano"]),
    ("ja", "Japonais", "Japanese", &["japonais", "japanese"]),
    ("kab", "Kabyle", "Kabyle", &["kabyle", "berbere"]),
    ("ko", "Coréen", "Korean", &["coreen", "korean"]),
    ("nl", "Néerlandais", "Dutch", &["neerlandais", "dutch", "nederlands", "flamand"]),
    ("oc", "Occitan", "Occitan", &["occitan"]),
    ("pl", "Polonais", "Polish", &["polonais", "polish", "polski"]),
    ("pt", "Portugais", "Portuguese", &["portugais", "portuguese", "portugues"]),
    ("rcf", "Créole réunionnais", "Réunion Creole", &["creole reunionnais", "reunion creole"]),
    ("ro", "Roumain", "Romanian", &["roumain", "romanian", "moldave"]),
    ("ru", "Russe", "Russian", &["russe", "russian"]),
    ("sv", "Suédois", "Swedish", &["suedois", "swedish"]),
    ("ta", "Tamoul", "Tamil", &["tamoul", "tamil"]),
    ("tr", "Turc", "Turkish", &["turc", "turkish"]),
    ("uk", "Ukrainien", "Ukrainian", &["ukrainien", "ukrainian"]),
    ("vi", "Vietnamien", "Vietnamese", &["vietnamien", "vietnamese"]),
    ("wo", "Wolof", "Wolof", &["wolof"]),
    ("yo", "Yoruba", "Yoruba", &["yoruba"]),
    ("zh", "Chinois", "Chinese", &["chinois", "chinese", "mandarin"]),
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
    fn a_tag_has_a_name_in_each_language() {
        assert_eq!(language_names(" EN "), Some(("Anglais", "English")));
        assert_eq!(language_names("anglais"), None);
        for (tag, french, english, _) in TABLE {
            for name in [french, english] {
                assert_eq!(language_tag(name), Some(tag), "{name}");
            }
        }
    }

    #[test]
    fn names_in_the_table_are_folded() {
        for (.., names) in TABLE {
            for name in names {
                assert_eq!(fold(name), *name);
            }
        }
    }
}
