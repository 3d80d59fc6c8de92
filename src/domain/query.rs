//! Search queries: their parsing, and the parts of a contact that they match.

use std::collections::HashSet;

use super::fold::{APOSTROPHE, fold, is_apostrophe};
use super::phone::{Asked, asked};
use super::search_text::{
    Facet, MIN_LAST_DIGITS, WORD, in_full, last_digits, name_word, number_tokens, words,
};
use super::term::Term;
use super::visible::is_invisible;

/// The largest number of words of a query that are used.
const MAX_TERMS: usize = 12;

/// The conditions of a list; contacts must meet all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
    /// The typed words, folded, without numbers.
    pub words: Vec<String>,
    /// The typed numbers.
    numbers: Vec<Term>,
}

impl Query {
    /// Reads a typed query and the filters: of each filter, any of its values passes. Nothing in `typed` is an operator.
    pub fn new(typed: &str, filters: &[Vec<Facet>]) -> Self {
        let any_of = |values: &Vec<Facet>| Term::AnyOf(values.iter().map(Facet::token).collect());
        let mut terms: Vec<Term> = filters.iter().map(any_of).collect();
        let addresses = words_of_addresses(&fold(typed));
        let typed: Vec<Typed> = read_typed(typed).into_iter().take(MAX_TERMS).collect();
        terms.extend(terms_of(&typed, &addresses));
        let mut query = Self { terms, ..Self::default() };
        for typed in typed {
            match typed {
                Typed::Word(word) => query.words.push(word),
                Typed::Number(_) => query.numbers.push(typed.term()),
            }
        }
        query
    }

    /// The contacts with the digits of a whole number.
    pub fn of_number(digits: &str) -> Self {
        let word = digits.chars().take(WORD).collect();
        Self { terms: vec![Term::AnyOf(vec![word])], ..Self::default() }
    }

    /// The contacts with all words of a whole e-mail address.
    pub fn of_email(email: &str) -> Self {
        let folded = fold(email);
        Self {
            terms: words(&folded).map(|word| Term::AnyOf(vec![word.to_owned()])).collect(),
            ..Self::default()
        }
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The typed words, with abbreviations in full. The last word stays unchanged, because it may be the beginning of a longer
    /// one.
    pub fn words_in_full(&self) -> Vec<String> {
        let last = self.words.len().saturating_sub(1);
        let words = self.words.iter().enumerate();
        words
            .map(|(place, word)| match in_full(word) {
                Some(in_full) if place < last => in_full.to_owned(),
                _ => word.clone(),
            })
            .collect()
    }

    /// The typed number, if there is exactly one.
    pub fn only_number(&self) -> Option<&Term> {
        match &self.numbers[..] {
            [number] => Some(number),
            _ => None,
        }
    }

    /// Returns `true` if a contact with these words ([`super::Findable::tokens`]) meets all conditions.
    pub fn is_met_by(&self, tokens: &str) -> bool {
        self.terms.iter().all(|term| term.is_met_by(tokens))
    }
}

/// A part of a typed query: a word, or the digits of a possible phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typed {
    Word(String),
    Number(String),
}

impl Typed {
    /// Returns `true` for a single letter, with which most contacts have a word that begins.
    fn is_letter(&self) -> bool {
        matches!(self, Self::Word(word) if word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase())
    }

    fn term(&self) -> Term {
        match self {
            Self::Word(word) => {
                let spellings = [Some(word.as_str()), in_full(word)].into_iter().flatten();
                Term::BeginsWithAnyOf(spellings.flat_map(|word| [word.to_owned(), name_word(word)]).collect())
            }
            Self::Number(digits) => {
                let mut spellings = vec![digits.clone()];
                // `+33 1` can only be the beginning of a number, not its end.
                if digits.len() >= MIN_LAST_DIGITS {
                    spellings.push(last_digits(digits));
                }
                // `33 1 10 20 30 40`, copied without its `+`.
                if let Some(national) = digits.strip_prefix("33") {
                    spellings.push(format!("0{national}"));
                }
                // `98 76 54 32`: people leave out the zero, or a spreadsheet removed it.
                if digits.len() > MIN_LAST_DIGITS && !digits.starts_with('0') {
                    spellings.push(format!("0{digits}"));
                }
                Term::BeginsWithAnyOf(spellings)
            }
        }
    }
}

/// The largest number of single letters that are searched for, because initials are few.
const MAX_LETTERS: usize = 4;

/// The conditions for a typed query. A single letter beside a longer word is ignored, unless it is part of an e-mail address:
/// most contacts match it, so it narrows little, and twelve of them took 4.7 s among 600 000 contacts.
fn terms_of(typed: &[Typed], addresses: &HashSet<String>) -> Vec<Term> {
    let is_extra = |typed: &Typed| match typed {
        Typed::Word(word) => typed.is_letter() && !addresses.contains(word),
        Typed::Number(_) => false,
    };
    let is_all_letters = typed.iter().all(is_extra);
    let mut letters = 0;
    typed
        .iter()
        .filter(|typed| is_all_letters || !is_extra(typed))
        .filter(|typed| {
            letters += usize::from(typed.is_letter());
            !typed.is_letter() || letters <= MAX_LETTERS
        })
        .map(Typed::term)
        .collect()
}

/// The words of possible e-mail addresses.
fn words_of_addresses(folded: &str) -> HashSet<String> {
    let addresses = folded.split_whitespace().filter(|part| part.contains('@'));
    addresses.flat_map(words).map(str::to_owned).collect()
}

/// Splits a query into words; neighbours that together look like a phone number become one number.
fn read_typed(typed: &str) -> Vec<Typed> {
    let mut all = Vec::new();
    for asked in asked(typed, MIN_LAST_DIGITS) {
        match asked {
            Asked::Text(text) => {
                all.extend(words(&fold(&text)).map(|word| Typed::Word(word.to_owned())));
            }
            Asked::Number(digits) => {
                all.push(Typed::Number(digits.chars().take(WORD).collect()));
            }
        }
    }
    all
}

/// The numbers that a query with this text asks for, as their digits: `732829320` for `732 829 320`.
pub fn asked_numbers(text: &str) -> Vec<String> {
    let typed = read_typed(text).into_iter();
    let numbers = typed.filter_map(|typed| match typed {
        Typed::Number(digits) => Some(digits),
        Typed::Word(_) => None,
    });
    numbers.collect()
}

/// A piece of a text, and whether it matches the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub is_hit: bool,
}

impl Query {
    /// Splits a text into pieces to mark the words that begin like a typed word. The pieces together are the whole text.
    pub fn pieces<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        let mut asked = self.words_in_full();
        if asked.is_empty() {
            let is_hit = false;
            return vec![Piece { text, is_hit }];
        }
        asked.extend_from_slice(&self.words);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_word = is_word_sign(first);
            let length = rest.find(|c| is_word_sign(c) != is_word).unwrap_or(rest.len());
            let (part, later) = rest.split_at(length);
            let is_hit = is_word && is_about(part, &asked);
            match pieces.last_mut() {
                // Join neighbours of one kind.
                Some(last) if last.is_hit == is_hit => {
                    last.text = &text[text.len() - rest.len() - last.text.len()..text.len() - later.len()];
                }
                _ => pieces.push(Piece { text: part, is_hit }),
            }
            rest = later;
        }
        pieces
    }

    /// Returns `true` if the query has a phone number.
    pub fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// Returns `true` if a phone number, given by its [`super::Phone::search_digits`], matches the query.
    pub fn is_about_number(&self, digits: &[String]) -> bool {
        let tokens: Vec<String> = digits.iter().flat_map(|digits| number_tokens(digits)).collect();
        let tokens = tokens.join(" ");
        self.numbers.iter().any(|number| number.is_met_by(&tokens))
    }
}

/// Returns `true` if a word of a text begins with one of the typed words.
fn is_about(word: &str, asked: &[String]) -> bool {
    let begins = |word: &str| asked.iter().any(|asked| word.starts_with(asked.as_str()));
    let folded = fold(word);
    words(&folded).any(|word| begins(word) || in_full(word).is_some_and(begins))
        || folded.contains(APOSTROPHE) && words(&folded.replace(APOSTROPHE, "")).any(begins)
}

/// Returns `true` for a character of a word, including apostrophes (`D’Arc` is one word) and invisible joiners.
fn is_word_sign(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begins(word: &str) -> Term {
        Term::BeginsWithAnyOf(vec![word.to_owned(), format!("\u{E006}{word}")])
    }

    #[test]
    fn matches_are_marked() {
        let query = Query::new("lefe d'arc 3040", &[]);
        let hits = |text: &'static str| -> Vec<&str> {
            let pieces = query.pieces(text).into_iter();
            pieces.filter(|piece| piece.is_hit).map(|piece| piece.text).collect()
        };
        assert_eq!(hits("Hélène Lefèvre"), ["Lefèvre"]);
        assert_eq!(hits("h.lefevre@lefe.fr"), ["lefevre", "lefe"]);
        for name in ["D’Arc", "D‘Arc", "DʼArc", "D´Arc", "D′Arc"] {
            assert_eq!(hits(name), [name]);
        }
        assert_eq!(hits("Le\u{AD}fèvre"), ["Le\u{AD}fèvre"]);
        assert_eq!(hits("Olefe"), [""; 0]);
        assert_eq!(hits(""), [""; 0]);
        assert!(query.is_about_number(&["0110203040".to_owned()]));
        assert!(!query.is_about_number(&["0110203041".to_owned()]));
        let short = Query::new("8218", &[]);
        assert!(!short.is_about_number(&["118218".to_owned()]));
    }

    #[test]
    fn a_query_is_words_and_phone_numbers() {
        assert_eq!(Query::new("lefevre hel", &[]).terms, [begins("lefevre"), begins("hel")]);
        let number = Term::BeginsWithAnyOf(vec!["0110203040".into(), "\u{E004}0403020110".into()]);
        for typed in [
            "01 10 20 30 40",
            "+33110203040",
            "0033 1 10 20 30 40",
            "01.10.20.30.40",
            "01 10 20 30 40 poste 12",
            "01 10 20 30 40 (poste 12)",
            "01 10 20 30 40 #12",
            "0110203040x12",
            "0110203040;ext=12",
            "+33110203040,,123",
            "01\u{2011}10\u{2011}20\u{2011}30\u{2011}40",
            "01–10–20–30–40",
            "01\u{A0}10\u{202F}20\u{2009}30 40",
            "\u{202D}+33 1 10 20 30 40\u{202C}",
            "\u{200B}01 10 20 30 40\u{FEFF}",
            "tél. 01 10 20 30 40",
            "Tél : 01 10 20 30 40",
            "tél.01.10.20.30.40",
            "tel:+33110203040",
            "n° 01 10 20 30 40",
            "[01 10 20 30 40]",
            "(+33) (0)1 10 20 30 40",
            "01/10/20/30/40",
            "01-10-20-30-40",
            "01 - 10 - 20 - 30 - 40",
        ] {
            assert_eq!(Query::new(typed, &[]).terms, std::slice::from_ref(&number), "{typed}");
        }
        for typed in [
            "01 10 20 30 40 / 06 12 34 56 78",
            "01 10 20 30 40 ou 06 12 34 56 78",
            "01 10 20 30 40, 06 12 34 56 78",
            "01 10 20 30 40 06 12 34 56 78",
            "01 10 20 30 40 poste 12 – 06 12 34 56 78",
            "0110203040/0612345678",
            "0110203040;0612345678",
            "+33110203040 +33612345678",
        ] {
            let query = Query::new(typed, &[]);
            assert_eq!(query.terms.len(), 2, "{typed}");
            assert_eq!(query.terms[0], number, "{typed}");
            assert!(query.terms[1].is_met_by("0612345678"), "{typed}");
            assert!(query.words.is_empty(), "{typed}");
        }
        let query = Query::new("06 12 34 56 78 (pro) / 01 10 20 30 40/41", &[]);
        assert_eq!(query.terms.len(), 4);
        assert_eq!(query.words, ["pro"]);
        for typed in ["01 10 20 30 40/41", "01 10 20 30 40 / 41", "0110203040 ou 41"] {
            let query = Query::new(typed, &[]);
            assert_eq!(query.terms.len(), 2, "{typed}");
            assert!(query.terms[1].is_met_by("0110203041"), "{typed}");
        }
        // Words around a number stay words.
        assert_eq!(Query::new("lefevre 3040 no", &[]).words, ["lefevre", "no"]);
        assert_eq!(Query::new("tel aviv", &[]).words, ["tel", "aviv"]);
        assert_eq!(Query::new("n001 no 12", &[]).words, ["n001", "no", "12"]);
        assert_eq!(Query::new("jean1975@ex.fr", &[]).words, ["jean1975", "ex", "fr"]);
        assert_eq!(Query::new("0110203040 (standard)", &[]).words, ["standard"]);
        // A number without its zero is also searched for with it.
        let Some(Term::BeginsWithAnyOf(spellings)) = Query::new("1 10 20", &[]).terms.pop() else {
            panic!("not one number");
        };
        assert!(spellings.contains(&"011020".to_owned()), "{spellings:?}");
        assert_eq!(Query::new("support 1", &[]).terms, [begins("support"), begins("1")]);
    }

    #[test]
    fn single_letters_count_only_in_queries_of_single_letters() {
        for (typed, asked) in [
            ("j dupont", &["dupont"][..]),
            ("a b c d e f g h i j martin l", &["martin"]),
            ("l'haÿ", &["hay"]),
            ("j p", &["j", "p"]),
            ("a b c d e f g h i j k l", &["a", "b", "c", "d"]),
            ("support 1", &["support", "1"]),
            ("李 wang", &["李", "wang"]),
            ("m", &["m"]),
            ("a@b.fr", &["a", "b", "fr"]),
            ("dupont j@mairie.fr x", &["dupont", "j", "mairie", "fr"]),
            ("a@e.i.o.u.fr", &["a", "e", "i", "o", "fr"]),
        ] {
            let asked: Vec<Term> = asked.iter().map(|word| begins(word)).collect();
            assert_eq!(Query::new(typed, &[]).terms, asked, "{typed}");
        }
        let facet = Facet::City("Lyon".into());
        assert_eq!(Query::new("m", &[vec![facet.clone()]]).terms.len(), 2);
        assert_eq!(Query::new("m 0110", &[]).terms.len(), 1);
        // The order of results still uses all typed words.
        assert_eq!(Query::new("l'haÿ", &[]).words, ["l", "hay"]);
    }

    #[test]
    fn operators_are_ordinary_text() {
        assert_eq!(
            Query::new("NEAR(\"a1\" OR *b2*) -c3:%_\0", &[]).terms,
            ["near", "a1", "or", "b2", "c3"].map(begins)
        );
        assert!(Query::new("\u{E001} * \" - +", &[]).is_empty());
    }

    proptest! {
        #[test]
        fn terms_hold_nothing_that_an_index_could_read_as_syntax(text in ".{0,80}") {
            for term in Query::new(&text, &[]).terms {
                let Term::BeginsWithAnyOf(words) = term else { unreachable!() };
                for word in words {
                    let unmarked = word.trim_start_matches(['\u{E004}', '\u{E006}']);
                    prop_assert!(unmarked.chars().all(char::is_alphanumeric));
                }
            }
        }

        #[test]
        fn pieces_are_the_whole_text(text in ".{0,60}", typed in ".{0,20}") {
            let query = Query::new(&typed, &[]);
            let whole: String = query.pieces(&text).iter().map(|piece| piece.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
