//! Invisible characters. They come with copied text, and make two values differ that look the same.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '\u{1F3F4}';
/// The characters after the black flag in the three flags of Unicode's emoji list that use it: England, Scotland, Wales.
const FLAGS: [&str; 3] = [
    "\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    "\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}",
];

/// `text` without its invisible characters, except those that change how it looks: joiners between letters of scripts that
/// need them, joiners and variation selectors in emoji, variants of Han and Mongolian letters.
///
/// It takes one pass for any text, because it also reads whole forms.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    // The last letter or sign, and whether a variation selector or mark already follows it.
    let (mut base, mut is_varied) = (None, false);
    // A joiner that is kept or dropped when the next sign is known.
    let mut pending = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if is_invisible(c) {
            let Some(base) = base else { continue };
            if pending.is_none() && !is_varied && is_variant(base, c) {
                kept.push(c);
                is_varied = true;
            } else if pending.is_none() && is_joiner(base, c) {
                pending = Some(c);
            }
            continue;
        }
        if let (Some(base), Some(joiner)) = (base, pending.take())
            && joins(base, joiner, Some(c))
        {
            kept.push(joiner);
        }
        kept.push(c);
        if is_combining_mark(c) && !is_joining(c) {
            is_varied = true;
            continue;
        }
        (base, is_varied) = (Some(c), false);
        if c == BLACK_FLAG
            && let Some(after) = FLAGS.iter().find_map(|tags| rest.strip_prefix(tags))
        {
            kept.push_str(&rest[..rest.len() - after.len()]);
            rest = after;
        }
    }
    if let (Some(base), Some(joiner)) = (base, pending)
        && joins(base, joiner, None)
    {
        kept.push(joiner);
    }
    kept.into()
}

/// Returns `true` if a text has no visible character.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Returns `true` for a character without width and without its own form: `Default_Ignorable_Code_Point` of Unicode 16, and the
/// marks of interlinear notes.
pub fn is_invisible(c: char) -> bool {
    c >= '\u{AD}'
        && matches!(
            c,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Returns `true` if `c` can be a joiner after `base`; the next character decides whether it is one.
fn is_joiner(base: char, c: char) -> bool {
    match c {
        ZWNJ | ZWJ | '\u{180E}' => true,
        // `1️⃣`
        '\u{FE0E}' | '\u{FE0F}' => matches!(base, '0'..='9' | '#' | '*'),
        _ => false,
    }
}

fn joins(base: char, joiner: char, next: Option<char>) -> bool {
    match joiner {
        '\u{FE0E}' | '\u{FE0F}' => next == Some(KEYCAP),
        ZWJ if is_pictograph(base) => next.is_some_and(is_pictograph),
        // At the end of a word, it gives an Indic letter its half form.
        ZWJ if is_indic(base) => true,
        _ => is_joining(base) && next.is_some_and(is_joining),
    }
}

/// Returns `true` if `c` selects a form of `base`.
fn is_variant(base: char, c: char) -> bool {
    match c {
        '\u{FE0E}' | '\u{FE0F}' => is_pictograph(base),
        '\u{FE00}'..='\u{FE02}' | '\u{E0100}'..='\u{E01EF}' => is_han(base),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => matches!(base, '\u{1820}'..='\u{18AA}'),
        _ => false,
    }
}

/// Returns `true` for letters and marks of the scripts whose letters join, from Arabic to the scripts of India and its
/// neighbours.
fn is_joining(c: char) -> bool {
    let is_of_script = matches!(
        c,
        '\u{600}'..='\u{DFF}'
            | '\u{F00}'..='\u{109F}'
            | '\u{1780}'..='\u{18AF}'
            | '\u{1900}'..='\u{1CFF}'
            | '\u{A800}'..='\u{ABFF}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}'
            | '\u{10A00}'..='\u{10EFF}'
            | '\u{11000}'..='\u{11FFF}'
            | '\u{1E900}'..='\u{1E95F}'
    );
    is_of_script && (c.is_alphabetic() || is_combining_mark(c))
}

fn is_indic(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{DFF}') && is_joining(c)
}

fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
    )
}

/// Returns `true` for signs that have an emoji form, and for a few of their neighbours.
fn is_pictograph(c: char) -> bool {
    matches!(
        c,
        '©' | '®'
            | '‼'
            | '⁉'
            | '™'
            | 'ℹ'
            | '\u{2190}'..='\u{21FF}'
            | '\u{2300}'..='\u{27BF}'
            | '\u{2900}'..='\u{297F}'
            | '\u{2B00}'..='\u{2BFF}'
            | '〰'
            | '〽'
            | '㊗'
            | '㊙'
            | '\u{1F000}'..='\u{1FAFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    #[test]
    fn invisible_characters_are_removed() {
        for (text, seen) in [
            ("Mar\u{AD}tin", "Martin"),
            ("jean@ex.fr\u{200B}", "jean@ex.fr"),
            ("\u{FEFF}M.", "M."),
            ("\u{200E}06 12\u{200F}\u{202A}34\u{202C}", "06 1234"),
            ("\u{2066}Anne\u{2069}\u{2060}", "Anne"),
            ("a\u{200D}b\u{200C}c\u{FE0F}", "abc"),
            ("1\u{FE0F}2", "12"),
            ("\u{3164}", ""),
            ("\u{1F3F4}\u{E0061}\u{E0062}", "\u{1F3F4}"),
            ("\u{E0041}cache\u{E0042}", "cache"),
            // The joiner of a script beside a letter of another script.
            ("\u{645}\u{200C}a", "\u{645}a"),
            ("\u{645}\u{200C}", "\u{645}"),
            ("é\u{200D}\u{1F525}", "é\u{1F525}"),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
            assert_eq!(is_blank(text), seen.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn characters_that_change_a_letter_or_an_emoji_stay() {
        for text in [
            "Hélène Lefèvre",
            // Persian: "I want", with its prefix apart.
            "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",
            // Sinhala: "Sri"; Malayalam: an old chillu at the end.
            "\u{DC1}\u{DCA}\u{200D}\u{DBB}\u{DD3}",
            "\u{D28}\u{D4D}\u{200D}",
            // Families, skin tones, hearts on fire, flags, keycaps.
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "\u{1F469}\u{1F3FD}\u{200D}\u{1F680}",
            "\u{2764}\u{FE0F}\u{200D}\u{1F525}",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "1\u{FE0F}\u{20E3}",
            // A Japanese name with the variant that its family uses.
            "\u{845B}\u{E0100}\u{57CE}",
            "\u{1820}\u{180B}",
        ] {
            assert_eq!(visible(text), text, "{text:?}");
        }
    }

    #[test]
    fn a_long_run_is_read_in_one_pass() {
        let run = format!("\u{645}{}", "\u{200C}".repeat(1_000_000));
        assert_eq!(visible(&run), "\u{645}");
    }

    proptest! {
        #[test]
        fn a_second_pass_changes_nothing(
            text in "[a1#\u{301}\u{645}\u{64E}\u{94D}\u{915}\u{93C}\u{845B}\u{1820}\u{1F468}\u{1F3F4}\u{2764}\u{20E3}\u{AD}\u{34F}\u{180B}\u{180E}\u{200B}-\u{200F}\u{FE00}\u{FE0F}\u{FEFF}\u{E0100}\u{E0067}]{0,14}"
        ) {
            let once: String = visible(&text).nfc().collect();
            prop_assert_eq!(visible(&once), once.as_str());
        }

        #[test]
        fn a_second_pass_changes_nothing_in_any_text(text in "\\PC{0,30}") {
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}
