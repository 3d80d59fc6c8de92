//! Reads the numbers of one field: people type several numbers into a field, with extensions and remarks.
//!
//! A text counts as a number only if a numbering plan has it ([`super::plan`]); the rest is a remark, and is never dialled.

use super::lexemes::{Lexeme, LexemeKind, extension, is_list_sign, lexemes, tones};
use super::number::Number;
use super::plan;
use super::signs::{is_dash, is_label, visible};
use crate::domain::Country;

/// The number of digits of a number with another country's code, including a leading `00`.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 6..=17;

/// The largest number of groups of two digits that can be endings; more groups are a number.
const ENDINGS: usize = 3;
/// A short number with this number of digits can be followed by words.
const SURE: usize = 4;

/// The numbers of a text, from first to last.
pub fn read(text: &str, default: Country) -> Vec<Number> {
    let text = visible(text);
    Reader::of(&text, default).numbers()
}

/// A text without its second number, that number, and the other numbers.
pub fn without_second(text: &str, default: Country) -> Option<(String, Number, Vec<Number>)> {
    let text = visible(text);
    let reader = Reader::of(&text, default);
    let mut numbers = reader.numbers();
    if numbers.len() < 2 {
        return None;
    }
    let second = numbers.remove(1);
    let parts = reader.parts();
    // The sign before the third number, if there is one, stays.
    let rest = [&text[..parts[0].end], &text[parts[1].end..]];
    let rest: Vec<&str> = rest.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
    Some((rest.join(" "), second, numbers))
}

/// Adjacent digits of a number, and the separators before them.
#[derive(Debug, Clone, Copy)]
struct Group<'a> {
    digits: Lexeme<'a>,
    gap: &'a str,
}

/// A number in the text.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) typed: String,
    /// The digits, after a `+` if the number has one.
    pub(super) digits: String,
    /// `None` for a short number.
    pub(super) e164: Option<String>,
    /// The number of digits in its last group.
    last_group: usize,
    pub(super) extension: Option<String>,
    pub(super) tones: String,
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    lexemes: Vec<Lexeme<'a>>,
    default: Country,
    pub(super) found: Vec<Found>,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str, default: Country) -> Self {
        let mut reader = Self { text, lexemes: lexemes(text), default, found: Vec::new() };
        reader.read();
        reader
    }

    fn read(&mut self) {
        let mut at = 0;
        while let Some(lexeme) = self.lexemes.get(at) {
            at = match lexeme.kind {
                LexemeKind::Digits | LexemeKind::Plus => self.read_run(at),
                _ => at + 1,
            };
        }
    }

    /// Reads the digits that begin at a lexeme, with only separators between them. Returns the next lexeme to read.
    fn read_run(&mut self, at: usize) -> usize {
        let (groups, next) = self.groups(at);
        let mut sign =
            if self.lexemes[at].kind == LexemeKind::Plus { Some(self.lexemes[at].at) } else { None };
        let mut rest = &groups[..];
        while !rest.is_empty() {
            let Some((taken, found)) = self.number(rest, sign.take()) else {
                return next;
            };
            self.found.push(found);
            rest = &rest[taken..];
        }
        if groups.is_empty() { at + 1 } else { self.read_tail() }
    }

    fn groups(&self, at: usize) -> (Vec<Group<'a>>, usize) {
        let mut groups = Vec::new();
        let mut next = at + usize::from(self.lexemes[at].kind == LexemeKind::Plus);
        loop {
            let gap = match self.lexemes.get(next) {
                Some(lexeme) if lexeme.kind == LexemeKind::Gap => lexeme.text,
                _ => "",
            };
            let digits = next + usize::from(!gap.is_empty());
            match self.lexemes.get(digits) {
                Some(&digits) if digits.kind == LexemeKind::Digits => {
                    groups.push(Group { digits, gap });
                }
                _ => return (groups, next),
            }
            next = digits + 1;
        }
    }

    /// The number at the beginning of these groups, after how many groups it has. `sign` is the position of its `+`.
    fn number(&self, groups: &[Group<'a>], sign: Option<usize>) -> Option<(usize, Found)> {
        let is_plus = sign.is_some();
        // In plans with numbers of any length, `26 12 34 56 / 57` could be one number.
        let slashes = (1..groups.len()).filter(|&taken| {
            let length = |at: usize| groups[at].digits.text.len();
            groups[taken].gap.contains('/') && is_strong(groups, taken) && length(taken) == length(taken - 1)
        });
        let whole = std::iter::once(groups.len());
        let mut all = slashes.chain(whole).chain(1..groups.len());
        let full = all.find_map(|taken| {
            let digits = joined(&groups[..taken], is_plus);
            let e164 = self.e164(&digits)?;
            let is_end = taken == groups.len()
                || is_strong(groups, taken)
                || groups[taken].gap.contains(['(', '['])
                || self.are_numbers(&groups[taken..]);
            is_end.then(|| (taken, self.found(&groups[..taken], sign, digits, Some(e164))))
        });
        if full.is_some() || is_plus {
            return full;
        }
        if are_endings(groups)
            && let Some(ended) = self.ending(&groups[0])
        {
            return Some((1, ended));
        }
        std::iter::once(groups.len())
            .chain((1..groups.len()).filter(|&taken| is_strong(groups, taken)))
            .map(|taken| (taken, joined(&groups[..taken], false)))
            .find(|(taken, digits)| self.is_short(&groups[..*taken], digits))
            .map(|(taken, digits)| (taken, self.found(&groups[..taken], None, digits, None)))
    }

    fn found(
        &self,
        groups: &[Group<'a>],
        sign: Option<usize>,
        digits: String,
        e164: Option<String>,
    ) -> Found {
        let last = &groups[groups.len() - 1].digits;
        let start = sign.unwrap_or(groups[0].digits.at);
        let (start, end) = widened(self.text, start, last.end());
        Found {
            start,
            end,
            typed: self.text[start..end].to_owned(),
            digits,
            e164,
            last_group: last.text.len(),
            extension: None,
            tones: String::new(),
        }
    }

    fn e164(&self, digits: &str) -> Option<String> {
        NUMBER_DIGITS
            .contains(&digits.trim_start_matches('+').len())
            .then(|| plan::e164(digits, self.default))?
    }

    /// Returns `true` if these groups consist of numbers only: `01 10 20 30 40 06 12 34 56 78`.
    fn are_numbers(&self, groups: &[Group<'a>]) -> bool {
        groups.is_empty()
            || (1..=groups.len()).rev().any(|taken| {
                self.e164(&joined(&groups[..taken], false)).is_some() && self.are_numbers(&groups[taken..])
            })
    }

    /// Returns `true` if these digits are a short number: first in the text, not counting labels, or listed after another number.
    /// `bureau 3012`, `15h` and `15 rue Haute` contain none.
    fn is_short(&self, groups: &[Group<'a>], digits: &str) -> bool {
        let (start, end) = (groups[0].digits.at, groups[groups.len() - 1].digits.end());
        let is_said = match self.found.last() {
            None => self.lexemes_between(0, start).all(|lexeme| match lexeme.kind {
                LexemeKind::Word => is_label(lexeme.text, &self.text[lexeme.end()..]),
                kind => kind != LexemeKind::Digits && kind != LexemeKind::Plus,
            }),
            Some(before) => self.is_listed(before.end, start),
        };
        let behind = &self.text[end..];
        let behind = if digits.len() < SURE { behind.trim_start() } else { behind };
        is_said && !behind.starts_with(char::is_alphabetic) && plan::is_short(digits, self.default)
    }

    /// The lexemes between two positions. They are cut there, because a bracket before a number can belong to the number.
    pub(super) fn lexemes_between(&self, start: usize, end: usize) -> impl Iterator<Item = Lexeme<'a>> {
        let inside = move |lexeme: &&Lexeme<'a>| lexeme.at < end && start < lexeme.end();
        self.lexemes.iter().filter(inside).map(move |lexeme| {
            let (from, to) = (lexeme.at.max(start), lexeme.end().min(end));
            Lexeme { kind: lexeme.kind, text: &lexeme.text[from - lexeme.at..to - lexeme.at], at: from }
        })
    }

    /// Returns `true` if the text between two numbers only separates them.
    fn is_listed(&self, start: usize, end: usize) -> bool {
        let is_only = self
            .lexemes_between(start, end)
            .all(|lexeme| lexeme.kind == LexemeKind::Gap || is_list_sign(&lexeme));
        is_only && self.lexemes_between(start, end).any(|lexeme| is_list_sign(&lexeme))
    }

    /// Completes an ending, such as `83` in `01 10 20 30 82/83`, with the beginning of the number before it.
    fn ending(&self, group: &Group<'a>) -> Option<Found> {
        let before = self.found.last()?;
        let (digits, start) = (group.digits.text, group.digits.at);
        let is_ending = digits.len() <= 2 || digits.len() <= 4 && digits.len() == before.last_group;
        let begin = before.digits.len().checked_sub(digits.len())?;
        if !is_ending || before.e164.is_none() || !self.is_listed(before.end, start) {
            return None;
        }
        // `82-83` are two numbers; in `82-12` the end may be an extension.
        let between = &self.text[before.end..start];
        let is_range = between.contains(is_dash) && !between.contains('/');
        if is_range && digits <= &before.digits[begin..] {
            return None;
        }
        let other = format!("{}{digits}", &before.digits[..begin]);
        let e164 = self.e164(&other)?;
        Some(Found {
            start,
            end: group.digits.end(),
            typed: with_ending(&before.typed, digits),
            digits: other,
            e164: Some(e164),
            last_group: digits.len(),
            extension: None,
            tones: String::new(),
        })
    }

    /// Reads the extension or tones of the last number. Returns the lexeme after them.
    fn read_tail(&mut self) -> usize {
        let text = self.text;
        let Some(end) = self.found.last().map(|found| found.end) else {
            return self.lexemes.len();
        };
        if let Some((length, tones)) = self.tones_behind(&text[end..]) {
            self.extend(end + length, None, tones);
        } else if let Some((length, extension)) = extension(&text[end..]) {
            self.extend(end + length, Some(extension), String::new());
        }
        let end = self.found.last().map_or(end, |found| found.end);
        self.lexemes.iter().position(|lexeme| lexeme.at >= end).unwrap_or(self.lexemes.len())
    }

    fn extend(&mut self, end: usize, extension: Option<String>, tones: String) {
        let text = self.text;
        if let Some(found) = self.found.last_mut() {
            found.typed.push_str(&text[found.end..end]);
            found.end = end;
            found.extension = extension;
            found.tones = tones;
        }
    }

    fn tones_behind(&self, text: &str) -> Option<(usize, String)> {
        let (length, tones) = tones(text)?;
        // `01 10 20 30 40,0612345678` is two numbers.
        let is_number =
            tones[1..].starts_with(|c: char| c.is_ascii_digit()) && self.e164(&tones[1..]).is_some();
        (!is_number).then_some((length, tones))
    }
}

fn joined(groups: &[Group<'_>], is_plus: bool) -> String {
    let sign = if is_plus { "+" } else { "" };
    std::iter::once(sign).chain(groups.iter().map(|group| group.digits.text)).collect()
}

/// Returns `true` if these groups can be the endings of other numbers, such as `83/84` after `82/`, and not the beginning of a
/// number that no plan has.
fn are_endings(groups: &[Group<'_>]) -> bool {
    let short = groups.iter().take_while(|group| group.digits.text.len() <= 2).count();
    short <= ENDINGS && groups[1..].iter().take(short).all(|group| group.gap.contains('/'))
}

/// Returns `true` if the gap before a group can separate two numbers: it has a slash or a dash, and differs from the gaps before
/// it. In `01/10/20/30/40/50` no gap separates numbers.
fn is_strong(groups: &[Group<'_>], at: usize) -> bool {
    let gap = groups[at].gap;
    gap.contains(|c| c == '/' || is_dash(c)) && groups[1..at].iter().all(|group| group.gap != gap)
}

/// Extends a number by its opening bracket, `(01) 10…`, and by brackets around it.
fn widened(text: &str, start: usize, end: usize) -> (usize, usize) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        if !text[..start].ends_with(open) {
            continue;
        }
        let count = |sign| text[start..end].matches(sign).count();
        if count(close) > count(open) {
            return (start - 1, end);
        }
        if text[end..].starts_with(close) {
            return (start - 1, end + 1);
        }
    }
    (start, end)
}

/// A number as typed, with its last digits replaced.
fn with_ending(typed: &str, ending: &str) -> String {
    let mut digits = ending.bytes().rev().map(char::from);
    let mut other: Vec<char> = typed.chars().collect();
    for sign in other.iter_mut().rev().filter(|sign| sign.is_ascii_digit()) {
        match digits.next() {
            Some(digit) => *sign = digit,
            None => break,
        }
    }
    other.into_iter().collect()
}
