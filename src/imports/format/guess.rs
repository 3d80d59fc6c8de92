//! Guesses which of two legacy encodings a text has, if only one is possible.

use super::Encoding;

/// Lower-case letters of western Europe beyond ASCII.
const LOWER: &str = "àâäæçèéêëîïñôöœùûüÿáíóúãõåøßìòý";
const UPPER: &str = "ÀÂÄÆÇÈÉÊËÎÏÑÔÖŒÙÛÜŸÁÍÓÚÃÕÅØ";
/// Signs that are common in lists of people.
const SIGNS: &str = "’«»–—°€·ºª²³½\u{A0}®©§…";

/// Returns `None` if the lines fit neither encoding, or both equally.
pub(in crate::imports) fn single_byte<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Encoding> {
    let windows = Marks::of(lines.clone(), Encoding::Windows1252);
    let mac = Marks::of(lines, Encoding::MacRoman);
    match (windows.is_possible(), mac.is_possible()) {
        (true, false) => Some(Encoding::Windows1252),
        (false, true) if mac.good > 0 => Some(Encoding::MacRoman),
        (true, true) if windows.good > mac.good => Some(Encoding::Windows1252),
        _ => None,
    }
}

/// Evidence for and against an encoding.
#[derive(Default)]
struct Marks {
    good: u64,
    bad: u64,
}

impl Marks {
    fn of<'a>(lines: impl Iterator<Item = &'a [u8]>, encoding: Encoding) -> Self {
        let mut marks = Self::default();
        for line in lines.filter(|line| !line.is_ascii()) {
            let (text, _) = encoding.decode(line);
            let chars: Vec<char> = text.chars().collect();
            for (index, &c) in chars.iter().enumerate() {
                if !c.is_ascii() {
                    let before = index.checked_sub(1).and_then(|before| chars.get(before));
                    let earlier = index.checked_sub(2).and_then(|earlier| chars.get(earlier));
                    marks.see(earlier.copied(), before.copied(), c, chars.get(index + 1).copied());
                }
            }
        }
        marks
    }

    fn is_possible(&self) -> bool {
        self.bad == 0
    }

    fn see(&mut self, earlier: Option<char>, before: Option<char>, c: char, after: Option<char>) {
        let is = |c: Option<char>, of: fn(char) -> bool| c.is_some_and(of);
        let after_lower = is(before, char::is_lowercase);
        let between_letters = is(before, char::is_alphabetic) && is(after, char::is_alphabetic);
        if c == '’' && between_letters {
            // `l’`, `d’`: a single letter of those that are elided, between other letters.
            let elided =
                !is(earlier, char::is_alphabetic) && before.is_some_and(|c| "lLdDnNsSjJcCmMtT".contains(c));
            self.good += u64::from(elided);
        } else if "œŒ".contains(c) {
            // The letters that can follow it in French; other encodings have their own letters at these bytes.
            let follows = after.is_none_or(|c| "uUnNdDcCsSiIeEtTfF".contains(c));
            // It is rarer than any letter of another encoding at the same byte, so it counts double.
            self.good += 2 * u64::from(follows);
            self.bad += u64::from(!follows);
        } else if LOWER.contains(c) {
            let in_capitals = is(before, char::is_uppercase) && is(after, char::is_uppercase);
            let before_capital = after_lower && is(after, char::is_uppercase);
            // Three such letters in a row belong to another alphabet.
            let is_foreign = |c: char| !c.is_ascii() && c.is_alphabetic();
            let in_a_row = is(before, is_foreign) && is(after, is_foreign);
            let fits = !in_capitals && !before_capital && !in_a_row;
            self.good += u64::from(fits);
            self.bad += u64::from(!fits);
        } else if UPPER.contains(c) {
            let inside = is(before, char::is_alphabetic) && is(after, char::is_lowercase);
            let fits = !after_lower && !inside;
            self.good += u64::from(fits);
            self.bad += u64::from(!fits);
        } else if !SIGNS.contains(c) || between_letters {
            self.bad += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(bytes: &[u8]) -> Option<Encoding> {
        single_byte(bytes.split(|&byte| byte == b'\n'))
    }

    fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn the_encoding_of_names_and_towns_is_recognized() {
        for text in [
            "Hélène,Lefèvre",
            "René",
            "RENÉ",
            "L’Haÿ-les-Roses",
            "François,Noël,Besançon",
            "Gaëlle,Îles de la Société",
            "12 rue de l’Évêché,Nîmes",
            "Cœur de Ville",
            "Béziers\nl’avenue\nà côté",
        ] {
            assert_eq!(
                guess(&encoded(text, encoding_rs::WINDOWS_1252)),
                Some(Encoding::Windows1252),
                "{text}"
            );
        }
        for text in [
            "Hélène,Lefèvre",
            "René",
            "François,Noël,Besançon",
            "12 rue de l’Évêché,Nîmes",
            "Béziers\nà côté",
        ] {
            assert_eq!(guess(&encoded(text, encoding_rs::MACINTOSH)), Some(Encoding::MacRoman), "{text}");
        }
    }

    #[test]
    fn an_uncertain_encoding_is_not_guessed() {
        // DOS (code page 850), and bytes that are not text.
        assert_eq!(guess(b"H\x82l\x8Ane,Lef\x8Avre"), None);
        assert_eq!(guess(b"\x81\x8D\x8F\x90\x9D"), None);
        assert_eq!(guess(b"ascii"), None);
        // Cyrillic in Windows-1251.
        assert_eq!(guess(b"\xC8\xE2\xE0\xED\xEE\xE2,\xC0\xED\xED\xE0"), None);
    }
}
