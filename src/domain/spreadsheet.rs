//! Protects cells that a spreadsheet would run as formulas with apostrophes, and removes these apostrophes again.
//!
//! A spreadsheet may assume another separator than the file has, and then quotes do not protect: if `"x";"y,=1+1"` is read with
//! commas, the second cell is `=1+1"`. So this module looks at each part of a cell: a spreadsheet's cell can begin at the
//! beginning of the file's cell, or after a separator or line break inside it. An apostrophe there makes it text with any
//! separator. A part that already has apostrophes before its sign gets one more, so that [`unguarded`] restores the original
//! of [`guarded`].

use std::borrow::Cow;

/// The characters with which a formula begins.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// The characters that spreadsheets read as the end of a cell or row.
const SEPARATORS: [char; 6] = [',', ';', '\t', '|', '\r', '\n'];
/// The smallest number of digits of a phone number after a `+`: `+1` is a formula.
const PHONE_DIGITS: usize = 5;

/// Makes a cell safe if a spreadsheet would read it or a part of it as a formula. Phone numbers (`+33 1 10 20 30 40`) and
/// negative numbers run nothing, and stay unchanged.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_phone(cell) || is_negative(cell) {
        return cell.into();
    }
    with_apostrophes(cell, |_| true)
}

/// A cell without protection, of which only existing apostrophes are doubled, so that [`unguarded`] restores it.
pub fn escaped(cell: &str) -> Cow<'_, str> {
    with_apostrophes(cell, |apostrophes| apostrophes > 0)
}

/// Restores the original of [`guarded`] or [`escaped`].
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

/// Adds an apostrophe to the parts that begin with a sign and for which `wants` returns `true`, given their number of
/// apostrophes.
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

/// The number of apostrophes before the sign with which a part begins; `None` for a part without such a sign.
fn apostrophes(part: &str) -> Option<usize> {
    let rest = part.trim_start_matches('\'');
    let begins = rest.trim_start_matches(is_passed_over).starts_with(SIGNS);
    begins.then_some(part.len() - rest.len())
}

/// Returns `true` for a character that spreadsheets allow before a formula: they trim it, read it as a quote or do not see it.
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
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '.' | '(' | ')'))
}

fn is_negative(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix('-') else {
        return false;
    };
    let (whole, rest) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    [whole, rest].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_unchanged() {
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
    fn formulas_after_any_separator_are_guarded() {
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
        fn guarding_a_cell_can_be_undone(
            cell in prop_oneof!["['=+@a1 \",;|\t\r\n-]{0,12}", "\\PC{0,20}"]
        ) {
            let there = guarded(&cell);
            prop_assert_eq!(unguarded(&there).into_owned(), cell.as_str());
            let there = escaped(&cell);
            prop_assert_eq!(unguarded(&there).into_owned(), cell.as_str());
        }
    }
}
