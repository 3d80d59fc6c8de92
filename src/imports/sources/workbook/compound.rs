//! The file system inside an XLS file (MS-CFB): its sectors are chained by a table.
//!
//! The file is in memory, and each step of a chain reads the table in place. A chain ends at the latest after
//! as many sectors as the file has, so a chain without end is found, and no table is copied.

use super::super::fault::SourceFault;

const HEADER: usize = 512;
const ENTRY: usize = 128;
const SMALL_SECTOR: usize = 64;
/// The length from which a stream has sectors of its own.
const LARGE: usize = 4096;
/// Larger numbers of sectors are marks: the end of a chain, or a free sector.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// The sectors of the table of chains.
    table: Vec<u32>,
    directory: Vec<u8>,
    small_table: Vec<u8>,
    /// The stream that has all small streams.
    small: Vec<u8>,
}

impl<'a> Compound<'a> {
    /// Reads the file system of a whole file.
    ///
    /// # Errors
    /// [`SourceFault::Damaged`]
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, SourceFault> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(SourceFault::Damaged),
        };
        let (directory, small) = (Vec::new(), Vec::new());
        let mut compound =
            Self { bytes, sector, table: Vec::new(), directory, small_table: Vec::new(), small };
        compound.table = compound.table()?;
        compound.directory = compound.chain(u32_at(bytes, 48)?, usize::MAX)?;
        compound.small_table = compound.chain(u32_at(bytes, 60)?, usize::MAX)?;
        let root = compound.directory.get(..ENTRY).ok_or(SourceFault::Damaged)?;
        compound.small = compound.chain(u32_at(root, 116)?, usize::MAX)?;
        Ok(compound)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&[u8]> {
        self.directory.chunks_exact(ENTRY).find(|entry| entry_name(entry).eq_ignore_ascii_case(name))
    }

    /// Returns the content of the first stream with this name, without regard to case; `None` if no stream has it.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, SourceFault> {
        let Some(entry) = self.entry(name) else {
            return Ok(None);
        };
        let begin = u32_at(entry, 116)?;
        let length = u32_at(entry, 120)? as usize;
        let content =
            if length < LARGE { self.small_chain(begin, length)? } else { self.chain(begin, length)? };
        Ok(Some(content))
    }

    /// Returns the sectors of the table: the first ones are listed in the header, others in a chain of lists.
    fn table(&self) -> Result<Vec<u32>, SourceFault> {
        let mut table = Vec::new();
        for at in (76..HEADER).step_by(4) {
            table.push(u32_at(self.bytes, at)?);
        }
        let mut list = u32_at(self.bytes, 68)?;
        while list < LAST_SECTOR {
            if table.len() > self.sectors() {
                return Err(SourceFault::Damaged);
            }
            let sector = self.sector(list)?;
            let links = self.sector / 4 - 1;
            for index in 0..links {
                table.push(u32_at(sector, 4 * index)?);
            }
            list = u32_at(sector, 4 * links)?;
        }
        Ok(table)
    }

    /// The number of sectors of the file, at most; a part of a sector counts.
    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn sector(&self, number: u32) -> Result<&'a [u8], SourceFault> {
        let begin = (number as usize + 1).checked_mul(self.sector).ok_or(SourceFault::Damaged)?;
        let bytes = self.bytes.get(begin..).filter(|bytes| !bytes.is_empty()).ok_or(SourceFault::Damaged)?;
        // The last sector of a file may be cut off.
        Ok(&bytes[..bytes.len().min(self.sector)])
    }

    /// Returns the content of a chain of sectors, at most `length` bytes.
    fn chain(&self, begin: u32, length: usize) -> Result<Vec<u8>, SourceFault> {
        let mut content = Vec::new();
        let mut number = begin;
        let mut passed = 0;
        while number < LAST_SECTOR && content.len() < length {
            passed += 1;
            if passed > self.sectors() {
                return Err(SourceFault::Damaged);
            }
            let sector = self.sector(number)?;
            content.extend_from_slice(&sector[..sector.len().min(length - content.len())]);
            let links = self.sector / 4;
            let table = self.table.get(number as usize / links).ok_or(SourceFault::Damaged)?;
            number = u32_at(self.sector(*table)?, 4 * (number as usize % links))?;
        }
        Ok(content)
    }

    fn small_chain(&self, begin: u32, length: usize) -> Result<Vec<u8>, SourceFault> {
        let mut content = Vec::new();
        let mut number = begin;
        while number < LAST_SECTOR && content.len() < length {
            let at = (number as usize).checked_mul(SMALL_SECTOR).ok_or(SourceFault::Damaged)?;
            let rest = self.small.get(at..).filter(|rest| !rest.is_empty()).ok_or(SourceFault::Damaged)?;
            content.extend_from_slice(&rest[..rest.len().min(SMALL_SECTOR).min(length - content.len())]);
            number = u32_at(&self.small_table, 4 * number as usize)?;
        }
        Ok(content)
    }
}

/// Returns the name of an entry of the directory.
fn entry_name(entry: &[u8]) -> String {
    let units = entry[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, SourceFault> {
    let bytes = bytes.get(at..at + 2).ok_or(SourceFault::Damaged)?;
    Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, SourceFault> {
    let bytes = bytes.get(at..at + 4).ok_or(SourceFault::Damaged)?;
    Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

pub(super) fn f64_at(bytes: &[u8], at: usize) -> Result<f64, SourceFault> {
    let low = u64::from(u32_at(bytes, at)?);
    let high = u64::from(u32_at(bytes, at + 4)?);
    Ok(f64::from_bits(high << 32 | low))
}
