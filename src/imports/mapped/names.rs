//! The names of rows beside those of contacts.

use crate::book::whole::WholeContact;
use crate::domain::{Field, folded_words, sort_key};
use crate::imports::mapping::ListRow;

/// The name for comparison, like [`ListRow::name_key`].
pub fn name_key(whole: &WholeContact) -> String {
    sort_key(&whole.contact.last_name, &whole.contact.first_name)
}

fn words_of(row: &ListRow) -> Vec<String> {
    folded_words(&format!("{} {}", row.field(Field::FirstName), row.field(Field::LastName)))
}

fn words_of_contact(whole: &WholeContact) -> Vec<String> {
    folded_words(&format!("{} {}", whole.contact.first_name, whole.contact.last_name))
}

/// Returns `true` if the row and the contact both have a name, and no word of one is nearly a word of the other.
pub fn has_other_name(whole: &WholeContact, row: &ListRow) -> bool {
    let is_same = whole.contact.first_name == row.field(Field::FirstName)
        && whole.contact.last_name == row.field(Field::LastName);
    if is_same {
        return false;
    }
    let (theirs, ours) = (words_of_contact(whole), words_of(row));
    !theirs.is_empty()
        && !ours.is_empty()
        && !theirs.iter().any(|word| ours.iter().any(|other| is_near(word, other)))
}

/// Returns `true` if every word of the shorter name is nearly a word of the longer one.
pub fn is_nearly_named(whole: &WholeContact, row: &ListRow) -> bool {
    let (theirs, ours) = (words_of_contact(whole), words_of(row));
    let (few, many) = if theirs.len() < ours.len() { (theirs, ours) } else { (ours, theirs) };
    !few.is_empty() && few.iter().all(|word| many.iter().any(|other| is_near(word, other)))
}

/// Returns `true` if two words are the same but for a typing error.
fn is_near(a: &str, b: &str) -> bool {
    let longest = a.chars().count().max(b.chars().count());
    a == b || longest > 3 && strsim::osa_distance(a, b) <= 1 + usize::from(longest > 7)
}
