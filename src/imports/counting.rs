//! Counts of lines in words: `12 nouveaux, 3 mis à jour, 1 refusée`.

use super::import::Counts;
use crate::i18n::{Catalogue, fl};

/// Returns the counts in words, without zero counts.
pub fn counts_in_words(t: &Catalogue, counts: &Counts) -> String {
    [
        (counts.created, fl!(t, "words-created", count = counts.created)),
        (counts.updated, fl!(t, "words-updated", count = counts.updated)),
        (counts.restored, fl!(t, "words-restored", count = counts.restored)),
        (counts.unchanged, fl!(t, "words-unchanged", count = counts.unchanged)),
        (counts.superseded, fl!(t, "words-superseded", count = counts.superseded)),
        (counts.rejected, fl!(t, "words-rejected", count = counts.rejected)),
        (counts.skipped, fl!(t, "words-skipped", count = counts.skipped)),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, words)| words)
    .collect::<Vec<_>>()
    .join(", ")
}

/// Returns the counts of the whole file: `16 lignes : 12 nouveaux, 3 mis à jour, 1 refusée.`
pub fn file_in_words(t: &Catalogue, lines: i64, counts: &Counts) -> String {
    fl!(t, "words-file", lines = fl!(t, "words-lines", count = lines), counts = counts_in_words(t, counts))
}
