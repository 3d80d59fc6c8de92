//! Cells that a spreadsheet would run, made text by apostrophes, and those apostrophes taken off again.
//!
//! A spreadsheet may assume another separator than the file has. Quotes are no protection then: of `"x";"y,=1+1"` read with
//! commas, the second cell is `=1+1"`. So a cell is looked at in parts: what a spreadsheet reads as a cell begins where
//! the file's cell begins, or behind a separator or a line break inside it. An apostrophe there makes it text, whichever
//! separator is assumed. A part that has apostrophes before its sign gets one more, so that [`unguarded`] finds what
//! [`guarded`] was given.

use std::borrow::Cow;

/// What a formula begins with.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What spreadsheets take for the end of a cell or of a row.
const SEPARATORS: [char; 6] = [',', ';', '\t', '|', '\r', '\n'];
/// Digits that a phone number behind a `+` has at least: `+1` is a formula.
const PHONE_DIGITS: usize = 5;

/// A cell that a spreadsheet would take for a formula, in part or as a whole, made text. Phone numbers (`+33 1 10 20 30 40`)
/// and negative numbers run nothing, and stay as they are.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_phone(cell) || is_negative(cell) {
        return cell.into();
    }
    with_apostrophes(cell, |_| true)
}

/// A cell in which nothing is guarded, so that [`unguarded`] gives it back.
pub fn escaped(cell: &str) -> Cow<'_, str> {
    with_apostrophes(cell, |apostrophes| apostrophes > 0)
}

/// What [`guarded`] or [`escaped`] was given.
pub fn unguarded(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\'') || !cell.contains(SIGNS) {
        return cell.into();
    }
    let parts = cell.split_inclusive(SEPARATORS);
    parts
        .map(|part| match apostrophes(part) {
            Some(1..) => &part[1..],
            _ => part,
        })
        .collect()
}

/// Puts an apostrophe before those parts that begin with a sign, and that `wants` one, given how many they have.
fn with_apostrophes(cell: &str, wants: impl Fn(usize) -> bool) -> Cow<'_, str> {
    if !cell.contains(SIGNS) {
        return cell.into();
    }
    let mut text = String::with_capacity(cell.len() + 1);
    for part in cell.split_inclusive(SEPARATORS) {
        if apostrophes(part).is_some_and(&wants) {
            text.push('\'');
        }
        text.push_str(part);
    }
    text.into()
}

/// How many apostrophes stand before the sign that a part begins with; none for a part that begins with no sign.
fn apostrophes(part: &str) -> Option<usize> {
    let rest = part.trim_start_matches('\'');
    let begins = rest.trim_start_matches(is_passed_over).starts_with(SIGNS);
    begins.then_some(part.len() - rest.len())
}

/// What may stand before a formula, as spreadsheets trim it, take it for a quote or do not see it.
fn is_passed_over(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}'
    );
    (c == '"' || c.is_whitespace() || c.is_control() || is_invisible) && !SEPARATORS.contains(&c)
}

fn is_phone(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix('+') else {
        return false;
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    digits >= PHONE_DIGITS
        && number.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '.' | '(' | ')')
        })
}

fn is_negative(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix('-') else {
        return false;
    };
    let (whole, rest) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    [whole, rest]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_run_and_numbers_are_left_alone() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("+33110203040+A1", "'+33110203040+A1"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\u{200B}=1", "'\u{200B}=1"),
            ("\"=1\"", "'\"=1\""),
            ("＝1+1", "'＝1+1"),
            ("+33110203040", "+33110203040"),
            ("+33 (0)1.10 20 30 40", "+33 (0)1.10 20 30 40"),
            ("-12", "-12"),
            ("-3,5", "-3,5"),
            ("'=1", "''=1"),
            ("’=1", "’=1"),
            ("d'Arc", "d'Arc"),
            ("'Ndrangheta", "'Ndrangheta"),
            ("a = b", "a = b"),
            ("R&D - Lyon", "R&D - Lyon"),
        ] {
            assert_eq!(guarded(cell), safe);
        }
    }

    #[test]
    fn nothing_is_run_behind_any_separator() {
        for (cell, safe) in [
            ("y;=1+1;", "y;'=1+1;"),
            ("y,=1+1", "y,'=1+1"),
            ("y|=1+1|@x", "y|'=1+1|'@x"),
            ("\t=1", "\t'=1"),
            ("\r\n=1", "\r\n'=1"),
            ("- un\n- deux", "'- un\n'- deux"),
            ("y; \"=1+1", "y;' \"=1+1"),
            ("y;'=1", "y;''=1"),
            ("=1;=2;;=3", "'=1;'=2;;'=3"),
            ("a;b=c", "a;b=c"),
            (";+33110203040", ";'+33110203040"),
        ] {
            assert_eq!(guarded(cell), safe);
            assert_eq!(unguarded(safe), cell);
        }
        assert_eq!(escaped("y;=1;'=2"), "y;=1;''=2");
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(
            cell in prop_oneof!["['=+@a1 \",;|\t\r\n-]{0,12}", "\\PC{0,20}"]
        ) {
            let there = guarded(&cell);
            prop_assert_eq!(unguarded(&there).into_owned(), cell.as_str());
            let there = escaped(&cell);
            prop_assert_eq!(unguarded(&there).into_owned(), cell.as_str());
        }
    }
}
