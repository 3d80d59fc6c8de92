//! Divides a text among its numbers.

use std::ops::Range;

use super::lexemes::{LexemeKind, is_list_sign};
use super::number::Number;
use super::reader::Reader;
use super::signs::is_dash;

impl Reader<'_> {
    /// The numbers that were found, each with its remarks.
    pub(super) fn numbers(&self) -> Vec<Number> {
        let parts = self.parts();
        std::iter::zip(&self.found, &parts)
            .map(|(found, part)| Number {
                before: remark(&self.text[part.start..found.start]).to_owned(),
                typed: found.typed.clone(),
                after: remark(&self.text[found.end..part.end]).to_owned(),
                digits: found.digits.clone(),
                e164: found.e164.clone(),
                extension: found.extension.clone(),
                tones: found.tones.clone(),
            })
            .collect()
    }

    /// Each number's part of the text, including its remarks. The text is divided at signs that announce another number.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        let has_word = |start: usize, end: usize| {
            let mut between = self.lexemes_between(start, end);
            between.any(|lexeme| lexeme.kind == LexemeKind::Word)
        };
        let begins = self.found.first().map_or(0, |found| found.start);
        let ends = self.found.last().map_or(0, |found| found.end);
        let are_behind = !has_word(0, begins) && has_word(ends, self.text.len());
        let mut parts = Vec::with_capacity(self.found.len());
        let mut begin = 0;
        for pair in self.found.windows(2) {
            let (end, next) = (pair[0].end, pair[1].start);
            let sign = self.list_sign(end, next).unwrap_or_else(|| {
                // `01 … (bureau) 06 …`, `01 … bureau 06 … perso`; `01 … fax 01 …`.
                let is_bracketed = self.text[end..].trim_start().starts_with(['(', '[']);
                let at = if is_bracketed || are_behind { next } else { end };
                at..at
            });
            parts.push(begin..sign.start);
            begin = sign.end;
        }
        parts.push(begin..self.text.len());
        parts
    }

    /// The last sign outside brackets that announces another number; a hyphen within a word is not one.
    fn list_sign(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let mut depth = 0;
        let mut last = None;
        for lexeme in self.lexemes_between(start, end) {
            if lexeme.kind != LexemeKind::Gap {
                if depth == 0 && is_list_sign(&lexeme) {
                    last = Some(lexeme.at..lexeme.end());
                }
                continue;
            }
            for (at, sign) in lexeme.text.char_indices() {
                let is_hyphen =
                    sign.len_utf8() == lexeme.text.len() && (lexeme.at, lexeme.end()) != (start, end);
                match sign {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth -= i32::from(depth > 0),
                    _ if depth == 0 && (sign == '/' || is_dash(sign) && !is_hyphen) => {
                        let at = lexeme.at + at;
                        last = Some(at..at + sign.len_utf8());
                    }
                    _ => {}
                }
            }
        }
        last
    }
}

/// A remark without separators and white space around it.
fn remark(text: &str) -> &str {
    let text = text
        .trim_matches(|c: char| c.is_whitespace() || is_dash(c) || matches!(c, ',' | ';' | '/' | '|' | ':'));
    if text.contains(char::is_alphanumeric) { text } else { "" }
}
