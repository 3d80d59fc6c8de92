//! XML as a stream, with a limit for each of its elements.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::fault::{ConvertError, SourceFault};
use super::super::{MAX_CELL, MAX_RECORD};
use super::archive::broken;

/// The most bytes of a tag, a comment or a text without a tag inside.
const MAX_EVENT: usize = MAX_RECORD;

/// A reader of XML. The ends of elements are not compared with their beginnings, since that would need memory
/// for open elements.
pub(super) struct Xml<R> {
    reader: Reader<Metered<R>>,
    since_event: Rc<Cell<usize>>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(source: R) -> Self {
        let since_event = Rc::new(Cell::new(0));
        let mut reader = Reader::from_reader(Metered { source, since_event: Rc::clone(&since_event) });
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        Self { reader, since_event, buffer: Vec::new() }
    }

    /// Returns the next event; at the end, [`Event::Eof`]. An empty element is a beginning and an end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, ConvertError> {
        self.buffer.clear();
        self.since_event.set(0);
        self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
                Some(fault) => ConvertError::Refused(SourceFault::clone(fault)),
                None => {
                    broken(error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error))
                }
            },
            _ => SourceFault::Damaged.into(),
        })
    }
}

/// A source that ends with an error if one event takes too many bytes.
struct Metered<R> {
    source: R,
    since_event: Rc<Cell<usize>>,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_event.get() > MAX_EVENT {
            return Err(io::Error::other(SourceFault::Damaged));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.since_event.set(self.since_event.get() + amount);
        self.source.consume(amount);
    }
}

/// Returns the value of an attribute, by its name with its prefix.
pub(super) fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    attribute_that(element, |key| key == name)
}

/// Returns the value of the attribute `id` of any prefix: that of relationships has a prefix of the file's
/// choice.
pub(super) fn prefixed_id<'a>(element: &'a BytesStart<'_>) -> Option<Cow<'a, str>> {
    attribute_that(element, |key| key.ends_with(":id"))
}

fn attribute_that<'a>(element: &'a BytesStart<'_>, is_it: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let mut attributes = element.attributes();
    // The check for repeated names takes time by the square of their number.
    let found = attributes.with_checks(false).flatten().find(|attribute| is_it(attribute.key.as_ref()))?;
    match found.value {
        Cow::Borrowed(value) if !value.contains(['&', '\n', '\r', '\t']) => Some(value.into()),
        _ => found.normalized_value(XmlVersion::Implicit1_0).ok(),
    }
}

/// The text of a cell. Characters far beyond the limit of a cell are left out, so that the cell is still too
/// long.
#[derive(Debug, Default)]
pub(super) struct CellText(String);

impl CellText {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn push(&mut self, text: &str) {
        // So many bytes are more characters than a cell may have.
        if self.0.len() <= 4 * MAX_CELL {
            self.0.push_str(text);
        }
    }

    /// Adds the characters of an event, if it has any.
    pub(super) fn push_event(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => self.push(&text.xml10_content()),
            Event::CData(text) => self.push(&text.xml10_content()),
            Event::GeneralRef(reference) => self.push_reference(reference),
            _ => {}
        }
    }

    fn push_reference(&mut self, reference: &BytesRef<'_>) {
        let character = match &**reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        if let Some(character) = character {
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }
}
