//! Names of people and places: in capitals, and first and last name in one cell.

use super::words;
use crate::domain::{Civility, fold};

/// The words before a last name that belong to it.
const PARTICLES: [&str; 15] =
    ["de", "du", "des", "d'", "la", "le", "les", "van", "von", "den", "der", "da", "dos", "di", "el"];
/// The words that are written in small letters in a name of a person.
const SMALL: [&str; 4] = ["de", "du", "des", "d"];
/// The same inside a name of a place, which does not begin with them.
const SMALL_IN_PLACES: [&str; 16] =
    ["de", "du", "des", "d", "la", "le", "les", "l", "sur", "sous", "en", "lès", "lez", "et", "aux", "au"];

/// A name in capitals as people write it: `DUPONT-LE GOFF` → `Dupont-Le Goff`, `D'ARTAGNAN` → `d'Artagnan`. A name with a small
/// letter stays as it is, and so do initials.
pub(super) fn of_person(name: &str) -> String {
    in_small_letters(name, |word, _| SMALL.contains(&word))
}

/// The same for the name of a place: `VILLENEUVE-LA-GARENNE` → `Villeneuve-la-Garenne`.
pub(super) fn of_place(name: &str) -> String {
    in_small_letters(name, |word, is_first| !is_first && SMALL_IN_PLACES.contains(&word))
}

/// `is_small` says whether a word has no capital, given in small letters and whether it is the first one.
fn in_small_letters(name: &str, is_small: impl Fn(&str, bool) -> bool) -> String {
    if !is_in_capitals(name) {
        return name.to_owned();
    }
    let mut written = String::with_capacity(name.len());
    for (index, part) in name.split_inclusive(|c: char| !c.is_alphanumeric()).enumerate() {
        let small = part.to_lowercase();
        let word = small.trim_end_matches(|c: char| !c.is_alphanumeric());
        // `D` and `L` are small before an apostrophe only; elsewhere they are initials.
        let is_elided = small.ends_with(['\'', '’']);
        if is_small(word, index == 0) && (word.len() > 1 || is_elided) {
            written.push_str(&small);
        } else {
            push_with_capital(&mut written, part);
        }
    }
    written
}

/// Appends a word with a capital at its beginning, and one after `Mc`.
fn push_with_capital(written: &mut String, word: &str) {
    let capitals = if word.starts_with("MC") && word.chars().count() > 4 { [0, 2] } else { [0, 0] };
    for (index, c) in word.chars().enumerate() {
        if capitals.contains(&index) {
            written.push(c);
        } else {
            written.extend(c.to_lowercase());
        }
    }
}

/// Returns `true` for a text without small letters that has two capitals side by side.
fn is_in_capitals(text: &str) -> bool {
    let mut before = ' ';
    let mut has_two = false;
    for c in text.chars() {
        if c.is_lowercase() {
            return false;
        }
        has_two |= before.is_uppercase() && c.is_uppercase();
        before = c;
    }
    has_two
}

/// The parts of a full name; the civility is `None` and the first name empty if the text has none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::imports) struct FullName {
    pub civility: Option<Civility>,
    pub first: String,
    pub last: String,
}

/// Splits a full name. A comma stands after the last name; capitals mark the last name; otherwise it is the last word, with the
/// particles before it.
pub(in crate::imports) fn split(text: &str) -> FullName {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let civility = words.first().filter(|_| words.len() > 1).and_then(|word| words::civility(word));
    if civility.is_some() {
        words.remove(0);
    }
    let (first, last) = halves(&words);
    FullName { civility, first: first.join(" "), last: last.join(" ").trim_end_matches(',').to_owned() }
}

fn halves<'w, 't>(words: &'w [&'t str]) -> (&'w [&'t str], &'w [&'t str]) {
    if let Some(comma) = words.iter().position(|word| word.ends_with(',')) {
        let (last, first) = words.split_at(comma + 1);
        return (first, last);
    }
    let capitals = |word: &&&str| is_in_capitals(word);
    let before = words.iter().take_while(capitals).count();
    let after = words.iter().rev().take_while(capitals).count();
    if (1..words.len()).contains(&before) {
        let (last, first) = words.split_at(before);
        return (first, last);
    }
    if (1..words.len()).contains(&after) {
        return words.split_at(words.len() - after);
    }
    let mut at = words.len().saturating_sub(1);
    while at > 1 && is_particle(words[at - 1]) {
        at -= 1;
    }
    words.split_at(at)
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&fold(word).as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_capitals_are_written_as_people_do() {
        for (name, written) in [
            ("DUPONT", "Dupont"),
            ("DUPONT-LE GOFF", "Dupont-Le Goff"),
            ("JEAN-PIERRE", "Jean-Pierre"),
            ("DE LA TOUR D'AUVERGNE", "de La Tour d'Auvergne"),
            ("O'BRIEN", "O'Brien"),
            ("D’ARTAGNAN", "d’Artagnan"),
            ("MCDONALD", "McDonald"),
            ("MACHADO", "Machado"),
            ("LEFÈVRE", "Lefèvre"),
            ("NGUYEN D", "Nguyen D"),
            ("J.-P.", "J.-P."),
            ("X", "X"),
            ("Dupont", "Dupont"),
            ("Le GOFF", "Le GOFF"),
        ] {
            assert_eq!(of_person(name), written);
        }
        for (name, written) in [
            ("LYON", "Lyon"),
            ("LA ROCHELLE", "La Rochelle"),
            ("VILLENEUVE-D'ASCQ", "Villeneuve-d'Ascq"),
            ("AIX-EN-PROVENCE", "Aix-en-Provence"),
            ("L'HAŸ-LES-ROSES", "L'Haÿ-les-Roses"),
            ("PARIS CEDEX 08", "Paris Cedex 08"),
            ("CHALON SUR SAÔNE", "Chalon sur Saône"),
        ] {
            assert_eq!(of_place(name), written);
        }
    }

    #[test]
    fn a_full_name_is_split_where_its_writing_says() {
        for (text, civility, first, last) in [
            ("DUPONT Jean", "", "Jean", "DUPONT"),
            ("Jean DUPONT", "", "Jean", "DUPONT"),
            ("Dupont, Jean", "", "Jean", "Dupont"),
            ("Jean Dupont", "", "Jean", "Dupont"),
            ("LE GOFF Anne-Marie", "", "Anne-Marie", "LE GOFF"),
            ("DUPONT JEAN", "", "DUPONT", "JEAN"),
            ("Jean-Pierre de la Tour", "", "Jean-Pierre", "de la Tour"),
            ("de Gaulle", "", "de", "Gaulle"),
            ("Madame Léa Martin", "Mme", "Léa", "Martin"),
            ("M. Martin", "M.", "", "Martin"),
            ("Martin", "", "", "Martin"),
            ("Monsieur", "", "", "Monsieur"),
            ("J. DUPONT", "", "J.", "DUPONT"),
            ("Dupont,", "", "", "Dupont"),
            (" ", "", "", ""),
        ] {
            let name = split(text);
            let found = (name.civility.map_or("", Civility::as_str), &*name.first, &*name.last);
            assert_eq!(found, (civility, first, last), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_second_time_changes_nothing(name in "[A-ZÉŸİa-z' .’-]{0,12}|\\PC{0,12}") {
            for written in [of_person, of_place] {
                let once = written(&name);
                prop_assert_eq!(written(&once), once);
            }
        }
    }
}
