//! Rejects passwords that attackers try first.

use std::collections::HashSet;
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use crate::domain::{Fault, fold};

/// The list of [common.md](common.md): 24 700 passwords, 84 kB compressed. It takes about 1.5 MB of memory after the first use.
static COMMON: LazyLock<HashSet<Box<str>>> = LazyLock::new(|| {
    let mut text = String::new();
    // The list is compressed at build time; the tests below would find an unreadable one.
    let _ = GzDecoder::new(&include_bytes!("common.txt.gz")[..]).read_to_string(&mut text);
    text.lines().map(Box::from).collect()
});

/// Words that are on every page or in every role, in both languages.
const PRODUCT: [&str; 15] = [
    "motdepasse",
    "password",
    "administrateur",
    "administratrice",
    "administrator",
    "admin",
    "coordinateur",
    "coordinatrice",
    "coordinator",
    "carnet",
    "adresses",
    "adresse",
    "contacts",
    "contact",
    "agent",
];

/// Letters and digits in the order of the alphabet and of keyboards.
const ROWS: [&str; 7] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1a2z3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// The largest number of digits and signs around a common word that do not make it a different password.
const ADDED: usize = 5;
/// The smallest number of different characters.
const DIFFERENT: usize = 5;
/// The smallest number of letters and digits besides known words.
const OWN: usize = 8;
/// The shortest part of a name that counts, because shorter parts occur by chance in many words.
const NAME_PART: usize = 3;

/// Refuses a `password` that attackers guess with their first tries: a common one, one with few different characters, or one
/// made of known words: the product's, and `names` (the account's, the organization's).
pub fn judge(password: &str, names: &[&str]) -> Result<(), Fault> {
    let plain: String = fold(password).chars().filter(|c| !c.is_whitespace()).collect();
    if plain.chars().collect::<HashSet<_>>().len() < DIFFERENT {
        return Err(Fault::RepeatedCharacters);
    }
    let word = plain.trim_matches(|c: char| !c.is_alphabetic());
    let is_bare = plain.chars().count() - word.chars().count() <= ADDED;
    if is_common(&plain) || is_bare && is_common(word) {
        return Err(Fault::CommonPassword);
    }
    if is_known(&plain, names) {
        return Err(Fault::KnownWords);
    }
    Ok(())
}

fn is_common(text: &str) -> bool {
    let reversed: String = text.chars().rev().collect();
    COMMON.contains(text)
        || ROWS.iter().any(|row| !text.is_empty() && (row.contains(text) || row.contains(&reversed)))
}

/// Returns `true` if too little is left of a password without the known words.
fn is_known(plain: &str, names: &[&str]) -> bool {
    let names: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let parts = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .filter(|part| part.chars().count() >= NAME_PART);
    let mut known: Vec<&str> = parts.chain(PRODUCT).collect();
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = known.iter().fold(plain.to_owned(), |rest, word| rest.replace(word, " "));
    rest != plain && rest.chars().filter(|c| c.is_alphanumeric()).count() < OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_three_thousand_common_passwords_of_the_least_length_are_refused() {
        let long = COMMON.iter().filter(|word| word.chars().count() >= super::super::PASSWORD_MIN);
        let refused = long.filter(|word| judge(word, &[]).is_err()).count();
        let shorter = COMMON
            .iter()
            .filter(|word| (6..10).contains(&word.len()) && word.chars().all(char::is_alphabetic))
            .filter(|word| judge(&format!("{word}2026"), &[]) == Err(Fault::CommonPassword))
            .count();
        assert!(refused > 2_700, "{refused} as they are");
        assert!(shorter > 10_000, "{shorter} with a year behind");
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for (password, fault) in [
            ("Password123!", Fault::CommonPassword),
            ("SUNSHINE2024", Fault::CommonPassword),
            ("mot de passe 1", Fault::CommonPassword),
            ("motdepasse99", Fault::CommonPassword),
            ("azertyuiop", Fault::CommonPassword),
            ("poiuytreza", Fault::CommonPassword),
            ("1234567890", Fault::CommonPassword),
            ("abcdefghijkl", Fault::CommonPassword),
            ("Bienvenue 2026", Fault::CommonPassword),
            ("aaaaaaaaaaaaaaaa", Fault::RepeatedCharacters),
            ("abababababab", Fault::RepeatedCharacters),
            ("carnet d'adresses", Fault::KnownWords),
            ("Carnet-2026!", Fault::KnownWords),
            ("admin-admin-42", Fault::KnownWords),
            ("Zoé.Martin1987", Fault::KnownWords),
            ("mairie-lyon-69", Fault::KnownWords),
        ] {
            let names = ["zoe martin", "contacts.mairie-lyon.example"];
            assert_eq!(judge(password, &names), Err(fault), "{password:?}");
        }
    }

    #[test]
    fn words_in_a_row_and_random_characters_are_taken() {
        for password in [
            "correct horse battery",
            "une mairie sous la pluie de lyon",
            "le carnet rouge est sous l'escalier",
            "k7#vQ2pLx9",
            "Zoé aime les longues randonnées",
            "密码不是很短的一句话吗",
            "🦊🐢🍐🚲🧅🎻🧭🪁🧶🪴",
            "a long enough one",
        ] {
            assert_eq!(judge(password, &["zoe martin", "lyon.example"]), Ok(()), "{password:?}");
        }
    }
}
