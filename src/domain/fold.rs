//! The folding that stored values and searches share, so that a search finds every spelling.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::visible::is_invisible;

/// Converts a text to lower case without accents or ligatures (NFKD without marks) or invisible characters. Letters that French
/// keyboards lack become those that people type instead, and all apostrophes become one: `Hélène` → `helene`, `Œting` →
/// `oeting`, `Guðrún` → `gudrun`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        let folded = text.to_ascii_lowercase();
        return if folded.as_bytes().contains(&b'`') { folded.replace('`', "'") } else { folded };
    }
    let mut folded = String::with_capacity(text.len());
    for c in text
        .chars()
        .filter(|&c| !is_invisible(c))
        // Before NFKD, which turns the acute accent into a space and a mark.
        .map(one_apostrophe)
        .nfkd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'a'..='z' | '0'..='9' | ' ' => folded.push(c),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            'ø' | 'ɔ' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' | 'ɖ' | 'ɗ' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' | 'ɨ' | 'ɩ' => folded.push('i'),
            'ə' | 'ǝ' | 'ɛ' => folded.push('e'),
            'ŧ' => folded.push('t'),
            'ŋ' | 'ɲ' => folded.push('n'),
            'ɓ' => folded.push('b'),
            'ƒ' => folded.push('f'),
            'ɣ' => folded.push('g'),
            'ƙ' | 'ĸ' => folded.push('k'),
            'ʋ' => folded.push('v'),
            'ƴ' => folded.push('y'),
            'ς' => folded.push('σ'),
            // Converting to lower case can leave a mark (İ), and NFKD an apostrophe (ŉ).
            c if is_combining_mark(c) => {}
            c => folded.push(one_apostrophe(c)),
        }
    }
    folded
}

/// The only apostrophe in a folded text.
pub(super) const APOSTROPHE: char = '\'';

/// Returns `true` for every character that people type, programs write or alphabets transcribe as an apostrophe: quotation
/// marks, accents alone, primes, modifier letters, the saltillo, the Armenian and the full-width apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | 'ʹ' | 'ʻ'..='ʿ' | '՚' | '‘' | '’' | '‛' | '′' | '‵' | 'Ꞌ' | 'ꞌ' | '＇' | '｀'
    )
}

pub(super) fn one_apostrophe(c: char) -> char {
    if is_apostrophe(c) { APOSTROPHE } else { c }
}

/// Finds the part of a text, one word or several in a row, whose folded letters are `letters`: `Le Roux` for `leroux`.
pub fn written<'t>(text: &'t str, letters: &str) -> Option<&'t str> {
    let is_sign = |c: char| !is_apostrophe(c) && (c.is_alphanumeric() || is_invisible(c));
    let mut parts: Vec<(usize, usize, String)> = Vec::new();
    let mut end = 0;
    for part in text.split_inclusive(|c| !is_sign(c)) {
        let (start, word) = (end, part.trim_end_matches(|c| !is_sign(c)));
        end += part.len();
        let folded: String = fold(word).chars().filter(|c| c.is_alphanumeric()).collect();
        if !folded.is_empty() {
            parts.push((start, start + word.len(), folded));
        }
    }
    (0..parts.len()).find_map(|first| {
        let mut joined = String::new();
        for (_, end, folded) in &parts[first..] {
            joined.push_str(folded);
            if joined == letters {
                return Some(&text[parts[first].0..*end]);
            }
            if !letters.starts_with(&joined) {
                return None;
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_case_and_ligatures_are_folded() {
        assert_eq!(fold("Hélène LEFÈVRE"), "helene lefevre");
        assert_eq!(fold("Œting Weiß Łukasik Øster İ"), "oeting weiss lukasik oster i");
        assert_eq!(fold("e\u{301}"), fold("é"));
    }

    #[test]
    fn letters_are_folded_as_people_type_them() {
        for (written, typed) in [
            ("Guðrún Þórsdóttir", "gudrun thorsdottir"),
            ("Ħaż-Żebbuġ", "haz-zebbug"),
            ("Əliyev ƏLİYEV", "eliyev eliyev"),
            ("Łódź", "lodz"),
            ("STRAẞE Straße", "strasse strasse"),
            ("Γιώργος ΓΙΏΡΓΟΣ", "γιωργοσ γιωργοσ"),
            ("Kɔfi Ŋgɔ Ɓala Ƙwari", "kofi ngo bala kwari"),
            ("Đặng", "dang"),
            ("Mar\u{AD}tin\u{200B}", "martin"),
            ("\u{645}\u{6CC}\u{200C}\u{62E}", "\u{645}\u{6CC}\u{62E}"),
        ] {
            assert_eq!(fold(written), typed);
        }
    }

    #[test]
    fn letters_are_found_as_they_are_written() {
        for (text, letters, found) in [
            ("Lefèvre", "lefevre", Some("Lefèvre")),
            ("Marie Le Roux", "leroux", Some("Le Roux")),
            ("Jean-Pierre", "jeanpierre", Some("Jean-Pierre")),
            ("de La Tour d’Auvergne", "latour", Some("La Tour")),
            ("de La Tour dʼAuvergne", "dauvergne", Some("dʼAuvergne")),
            ("L'Haÿ-les-Roses", "lhay", Some("L'Haÿ")),
            ("Mar\u{AD}tin", "martin", Some("Mar\u{AD}tin")),
            ("Lerouxel", "leroux", None),
            ("", "a", None),
        ] {
            assert_eq!(written(text, letters), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "(\\PC|[\u{AD}\u{2033}\u{2057}\u{149}\u{1E9E}İ´ꞌǰ]){0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
