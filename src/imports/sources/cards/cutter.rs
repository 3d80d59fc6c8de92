//! Cuts a text into cards, and cards into unfolded lines.

use super::super::MAX_RECORD;
use super::super::fault::{ConvertError, SourceFault};

/// Properties with pictures, sounds and keys, which are passed over while they are read.
pub(super) const LARGE: [&str; 5] = ["PHOTO", "LOGO", "SOUND", "KEY", OUTLOOK_PHOTO];
/// The picture on a card of Outlook.
pub(super) const OUTLOOK_PHOTO: &str = "X-MS-CARDPICTURE";

const QUOTED_PRINTABLE: &[u8] = b"QUOTED-PRINTABLE";
/// The bytes of a line in which its parameters are.
const PARAMETERS: usize = 1_000;

/// The lines of a card, each a property with its parameters, as in the file.
pub(super) type Lines = Vec<String>;

/// The place in a text that is given in pieces.
#[derive(Default)]
pub(super) struct Cutter {
    /// The physical line so far.
    line: String,
    is_after_return: bool,
    card: Option<Lines>,
    /// The bytes of the card so far.
    length: usize,
    /// The number of cards that began.
    number: u64,
    /// Cards inside the card, as version 2.1 has for an agent.
    inner: u32,
    is_passing: bool,
    /// The properties that were passed over, in the order of [`LARGE`].
    pub passed: [u64; LARGE.len()],
}

impl Cutter {
    /// Reads a piece of the text, and gives the cards that end in it to `take`.
    pub(super) fn read(
        &mut self,
        text: &str,
        take: &mut impl FnMut(Lines) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        for part in text.split_inclusive(['\r', '\n']) {
            let content = part.trim_end_matches(['\r', '\n']);
            let is_after_return = std::mem::take(&mut self.is_after_return);
            if part == "\n" && is_after_return {
                continue;
            }
            // Of a line that is too long for a card, the beginning is kept, which says whether it is a photo.
            if self.line.len() <= MAX_RECORD {
                self.line.push_str(content);
            }
            if content.len() < part.len() {
                self.is_after_return = part.ends_with('\r');
                self.end_line(take)?;
            }
        }
        Ok(())
    }

    /// Ends the text.
    pub(super) fn finish(
        &mut self,
        take: &mut impl FnMut(Lines) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        self.end_line(take)?;
        match self.card {
            Some(_) => Err(self.never_ends()),
            None => Ok(()),
        }
    }

    fn end_line(
        &mut self,
        take: &mut impl FnMut(Lines) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        let line = std::mem::take(&mut self.line);
        let is_begin = is_mark(&line, "BEGIN:VCARD");
        let Some(card) = &mut self.card else {
            if is_begin {
                self.number += 1;
                (self.card, self.length, self.inner, self.is_passing) = (Some(Vec::new()), 0, 0, false);
            }
            return Ok(());
        };
        if is_begin {
            if card.last().is_none_or(|last| name_of(last) != "AGENT") {
                return Err(self.never_ends());
            }
            self.inner += 1;
        } else if is_mark(&line, "END:VCARD") {
            match self.inner.checked_sub(1) {
                Some(inner) => self.inner = inner,
                None => return self.card.take().map_or(Ok(()), take),
            }
        } else if self.inner == 0 {
            self.add(line)?;
        }
        Ok(())
    }

    /// Adds a line to the card, unless it belongs to a photo.
    fn add(&mut self, line: String) -> Result<(), ConvertError> {
        let Some(card) = &mut self.card else {
            return Ok(());
        };
        let folded = line.strip_prefix([' ', '\t']);
        // Version 2.1 ends a line in the middle of a text with `=`.
        let soft = card
            .last_mut()
            .filter(|last| !self.is_passing && last.ends_with('=') && is_quoted_printable(last));
        if let Some(last) = soft {
            last.pop();
            last.push_str(&line);
        } else if folded.is_none() && line.contains(':') {
            let name = name_of(&line);
            let large = LARGE.iter().position(|large| *large == name);
            self.is_passing = large.is_some();
            if let Some(large) = large {
                self.passed[large] += 1;
            }
            if self.is_passing {
                return Ok(());
            }
            card.push(line.clone());
        } else if self.is_passing {
            return Ok(());
        } else if let (Some(rest), Some(last)) = (folded, card.last_mut()) {
            last.push_str(rest);
        }
        self.length += line.len();
        if self.length > MAX_RECORD {
            return Err(SourceFault::CardTooLong { card: self.number, max: MAX_RECORD }.into());
        }
        Ok(())
    }

    fn never_ends(&self) -> ConvertError {
        SourceFault::CardNeverEnds { card: self.number }.into()
    }
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.trim_matches([' ', '\u{FEFF}']).eq_ignore_ascii_case(mark)
}

/// Returns the name of a line's property in capitals, without its group.
fn name_of(line: &str) -> String {
    let name = line.split([':', ';']).next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().to_ascii_uppercase()
}

/// Returns `true` if the parameters of a line say so. Only its beginning is searched, since a text has many
/// soft line ends.
fn is_quoted_printable(line: &str) -> bool {
    let beginning = &line.as_bytes()[..line.len().min(PARAMETERS)];
    let parameters = beginning.split(|byte| *byte == b':').next().unwrap_or_default();
    parameters.windows(QUOTED_PRINTABLE.len()).any(|name| name.eq_ignore_ascii_case(QUOTED_PRINTABLE))
}
