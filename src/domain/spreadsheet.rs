//! Cells that a spreadsheet would run, made text by an apostrophe, and that apostrophe taken off again.

use std::borrow::Cow;

/// What a formula begins with.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Digits that a phone number behind a `+` has at least: `+1` is a formula.
const PHONE_DIGITS: usize = 5;

/// A cell that a spreadsheet would take for a formula, made text. Phone numbers (`+33 1 10 20 30 40`) and negative numbers
/// run nothing, and stay as they are.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    let is_run = cell.starts_with(SIGNS) && !is_phone(cell) && !is_negative(cell)
        || cell.starts_with(['\t', '\r']);
    if is_run {
        format!("'{cell}").into()
    } else {
        escaped(cell)
    }
}

/// What [`guarded`] was given.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_guarded(cell) => rest,
        _ => cell,
    }
}

/// A cell that looks like a guarded one, so that [`unguarded`] gives it back; nothing else is guarded.
pub fn escaped(cell: &str) -> Cow<'_, str> {
    if looks_guarded(cell) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

fn looks_guarded(cell: &str) -> bool {
    cell.starts_with('\'') && cell.trim_start_matches('\'').starts_with(SIGNS)
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
            ("\t=1", "'\t=1"),
            ("+33110203040", "+33110203040"),
            ("+33 (0)1.10 20 30 40", "+33 (0)1.10 20 30 40"),
            ("-12", "-12"),
            ("-3,5", "-3,5"),
            ("'=1", "''=1"),
            ("’=1", "’=1"),
            ("d'Arc", "d'Arc"),
            ("'Ndrangheta", "'Ndrangheta"),
        ] {
            assert_eq!(guarded(cell), safe);
        }
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "['=+@a1 -]{0,6}") {
            let there = guarded(&cell);
            prop_assert_eq!(unguarded(&there), &cell);
            let there = escaped(&cell);
            prop_assert_eq!(unguarded(&there), &cell);
        }
    }
}
