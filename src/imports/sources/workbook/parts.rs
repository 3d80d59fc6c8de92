//! What the parts of an XLSX workbook say about its sheets: their names, the shared texts, the formats of
//! numbers.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::super::MAX_SHARED;
use super::super::fault::{ConvertError, SourceFault};
use super::Sheet;
use super::archive::{Archive, Part};
use super::number::Format;
use super::xml::{CellText, attribute, prefixed_id};

/// The most links of a part, and the most sheets.
const MAX_LINKS: usize = 10_000;
/// The most characters of a sheet's name and of a link.
const MAX_NAME: usize = 500;

/// The book: where its parts are.
pub(super) struct Book {
    /// The places of sheets are names of entries.
    pub sheets: Vec<Sheet<String>>,
    pub is_1904: bool,
    pub styles: Option<String>,
    pub strings: Option<String>,
}

impl Book {
    pub(super) fn open(archive: &mut Archive) -> Result<Self, ConvertError> {
        let path = links(archive, "", "_rels/.rels")?
            .into_iter()
            .find(|link| link.kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_owned(), |link| link.target);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let links = links(archive, folder, &format!("{folder}/_rels/{name}.rels"))?;
        let target = |kind: &str| links.iter().find(|link| link.kind == kind).map(|link| link.target.clone());
        let (styles, strings) = (target("styles"), target("sharedStrings"));
        let by_id: HashMap<&str, &Link> = links.iter().map(|link| (link.id.as_str(), link)).collect();
        let mut book = Self { sheets: Vec::new(), is_1904: false, styles, strings };
        let Some(mut part) = archive.part(&path)? else {
            return Err(SourceFault::Damaged.into());
        };
        loop {
            match part.next()? {
                Event::Start(element) if element.local_name().as_ref() == "workbookPr" => {
                    let value = attribute(&element, "date1904");
                    book.is_1904 = value.is_some_and(|value| matches!(&*value, "1" | "true"));
                }
                Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                    let id = prefixed_id(&element).unwrap_or_default();
                    if book.sheets.len() == MAX_LINKS {
                        return Err(SourceFault::Damaged.into());
                    }
                    if let Some(link) = by_id.get(&*id).filter(|link| link.kind == "worksheet") {
                        let state = attribute(&element, "state");
                        let name = attribute(&element, "name").unwrap_or_default();
                        book.sheets.push(Sheet {
                            name: name.chars().take(MAX_NAME).collect(),
                            is_hidden: state.is_some_and(|state| state != "visible"),
                            place: link.target.clone(),
                        });
                    }
                }
                Event::Eof => return Ok(book),
                _ => {}
            }
        }
    }
}

/// A link from one part to another.
struct Link {
    id: String,
    /// The last word of the type.
    kind: String,
    target: String,
}

/// Returns the links of a part in `folder`. A link out of the archive leads to no entry.
fn links(archive: &mut Archive, folder: &str, name: &str) -> Result<Vec<Link>, ConvertError> {
    let mut links = Vec::new();
    let Some(mut part) = archive.part(name)? else {
        return Ok(links);
    };
    loop {
        match part.next()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let value = |name| attribute(&element, name).unwrap_or_default();
                let kind = value("Type");
                let target = value("Target");
                if target.len() > MAX_NAME || links.len() == MAX_LINKS {
                    return Err(SourceFault::Damaged.into());
                }
                links.push(Link {
                    id: value("Id").chars().take(MAX_NAME).collect(),
                    kind: kind.rsplit('/').next().unwrap_or_default().chars().take(MAX_NAME).collect(),
                    target: match target.strip_prefix('/') {
                        Some(absolute) => absolute.to_owned(),
                        None if folder.is_empty() => target.into_owned(),
                        None => format!("{folder}/{target}"),
                    },
                });
            }
            Event::Eof => return Ok(links),
            _ => {}
        }
    }
}

/// Returns the formats by the number of a cell's style.
pub(super) fn formats(part: &mut Part<'_>) -> Result<Vec<Format>, ConvertError> {
    let mut own = HashMap::new();
    let mut formats = Vec::new();
    let mut is_in_cells = false;
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let code = attribute(&element, "formatCode").unwrap_or_default();
                    if let Some(id) = id.filter(|_| own.len() < MAX_LINKS) {
                        own.insert(id, Format::of_code(&code));
                    }
                }
                "cellXfs" => is_in_cells = true,
                "xf" if is_in_cells => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    formats.push(own.get(&id).copied().unwrap_or_else(|| Format::built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => is_in_cells = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
    }
}

/// The texts that cells share, in one piece of memory.
#[derive(Debug, Default)]
pub(super) struct SharedTexts {
    all: String,
    ends: Vec<u32>,
}

impl SharedTexts {
    pub(super) fn read(part: &mut Part<'_>) -> Result<Self, ConvertError> {
        let mut texts = Self::default();
        let mut text = CellText::default();
        loop {
            match part.next()? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {}
                Event::Eof => return Ok(texts),
                _ => continue,
            }
            text.clear();
            read_text(part, "si", &mut text)?;
            texts.push(&unescaped(text.as_str()))?;
        }
    }

    /// Adds a text.
    ///
    /// # Errors
    /// [`SourceFault::TooLargeUnpacked`]
    pub(super) fn push(&mut self, text: &str) -> Result<(), SourceFault> {
        if (self.all.len() + text.len() + 4 * self.ends.len()) as u64 > MAX_SHARED {
            return Err(SourceFault::TooLargeUnpacked { max: MAX_SHARED });
        }
        self.all.push_str(text);
        // The limit is far below 2^32.
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.all.get(begin..end)
    }
}

/// Reads the texts inside an element up to its end, without the pronunciation of Japanese and Chinese texts.
pub(super) fn read_text(part: &mut Part<'_>, name: &str, text: &mut CellText) -> Result<(), ConvertError> {
    let (mut is_text, mut is_pronunciation) = (false, false);
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => is_text = true,
                "rPh" => is_pronunciation = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => is_text = false,
                "rPh" => is_pronunciation = false,
                end if end == name => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(SourceFault::Damaged.into()),
            event if is_text && !is_pronunciation => text.push_event(&event),
            _ => {}
        }
    }
}

/// Returns a text with its characters that XML cannot have, which are written `_x000D_`.
pub(super) fn unescaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let unit = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let character = unit.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let (end, character) = character.map_or((at + 2, None), |character| (at + 7, Some(character)));
        out.push_str(if character.is_some() { &rest[..at] } else { &rest[..end] });
        out.extend(character);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out.into()
}
