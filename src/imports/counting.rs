//! Counts of lines in words: `12 ajoutés, 3 mis à jour, 1 refusé`.

use super::import::Counts;
use super::outcomes::outcomes;
use crate::i18n::{Catalogue, fl};

/// Returns the counts in words, without zero counts. `is_planned` before anything is written.
pub fn counts_in_words(t: &Catalogue, counts: &Counts, is_planned: bool) -> String {
    outcomes(t, counts, is_planned)
        .into_iter()
        .map(|outcome| fl!(t, "words-count", count = outcome.count, words = outcome.words))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the counts of the whole file: `16 lignes : 12 ajoutés, 3 mis à jour, 1 refusé.`
pub fn file_in_words(t: &Catalogue, lines: i64, counts: &Counts, is_planned: bool) -> String {
    let counts = counts_in_words(t, counts, is_planned);
    fl!(t, "words-file", lines = fl!(t, "words-lines", count = lines), counts = counts)
}
