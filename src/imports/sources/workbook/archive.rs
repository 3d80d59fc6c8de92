//! The archive of a workbook.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::super::MAX_UNPACKED;
use super::super::fault::{ConvertError, SourceFault};
use super::xml::Xml;

/// The most entries of an archive. Each takes memory before it is opened.
const MAX_ENTRIES: usize = 20_000;
const ENTRY_MARK: &[u8] = b"PK\x01\x02";

/// The XML of an entry.
pub(super) type Part<'a> = Xml<BufReader<Unpacked<'a>>>;

pub(super) struct Archive {
    zip: ZipArchive<File>,
    /// The places of the entries by their names in lower case with `/`.
    places: HashMap<String, usize>,
    /// The bytes that may still be unpacked, over all entries.
    left: Cell<u64>,
}

impl Archive {
    pub(super) fn open(file: &File) -> Result<Self, ConvertError> {
        if entries(file)? > MAX_ENTRIES {
            return Err(SourceFault::Damaged.into());
        }
        let zip = ZipArchive::new(file.try_clone()?).map_err(|error| broken(error.into()))?;
        let mut places = HashMap::new();
        for (place, name) in zip.file_names().enumerate() {
            if let Ok(name) = name {
                places.insert(name.replace('\\', "/").to_ascii_lowercase(), place);
            }
        }
        Ok(Self { zip, places, left: Cell::new(MAX_UNPACKED) })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&name.to_ascii_lowercase())
    }

    /// Opens the XML of an entry, whose name is looked for without regard to case; `None` if there is no such
    /// entry.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, ConvertError> {
        let Some(&place) = self.places.get(&name.to_ascii_lowercase()) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(place).map_err(|error| broken(error.into()))?;
        Ok(Some(Xml::new(BufReader::new(Unpacked { entry, left: &self.left }))))
    }
}

/// The content of an entry, as long as the archive may unpack more. What an archive says of its sizes is not
/// believed.
pub(super) struct Unpacked<'a> {
    entry: ZipFile<'a, File>,
    left: &'a Cell<u64>,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.entry.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other(SourceFault::TooLargeUnpacked { max: MAX_UNPACKED })),
        }
        Ok(read)
    }
}

/// The error of a file that could not be unpacked: the fault that stopped it, the error of the disk, or that
/// the file is damaged.
pub(super) fn broken(error: io::Error) -> ConvertError {
    if error.raw_os_error().is_some() {
        return error.into();
    }
    let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<SourceFault>());
    fault.cloned().unwrap_or(SourceFault::Damaged).into()
}

/// Counts the entries of an archive by their marks, because the library takes memory for as many as there
/// seem to be.
fn entries(mut file: &File) -> io::Result<usize> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(super::MAX_PACKED).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(bytes.windows(ENTRY_MARK.len()).filter(|window| *window == ENTRY_MARK).count())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use quick_xml::events::Event;
    use zip::write::SimpleFileOptions;

    use super::*;

    #[test]
    fn a_limit_holds_for_all_that_is_unpacked() {
        let file = tempfile::tempfile().unwrap();
        let mut zip = zip::ZipWriter::new(&file);
        for name in ["a.xml", "B\\a.xml"] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all("<a/>".repeat(10_000).as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        assert!(file.metadata().unwrap().len() < 1_000);
        let mut archive = Archive::open(&file).unwrap();
        assert_eq!(archive.left.get(), MAX_UNPACKED);
        archive.left.set(70_000);
        read(&mut archive, "A.xml").unwrap();
        assert_eq!(archive.left.get(), 30_000);
        let refused = read(&mut archive, "b/A.xml");
        assert!(
            matches!(refused, Err(ConvertError::Refused(SourceFault::TooLargeUnpacked { .. }))),
            "{refused:?}"
        );
    }

    fn read(archive: &mut Archive, name: &str) -> Result<(), ConvertError> {
        let mut part = archive.part(name)?.unwrap();
        while part.next()? != Event::Eof {}
        Ok(())
    }

    #[test]
    fn an_archive_of_too_many_entries_is_refused() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&ENTRY_MARK.repeat(MAX_ENTRIES + 1)).unwrap();
        assert!(matches!(Archive::open(&file), Err(ConvertError::Refused(SourceFault::Damaged))));
    }
}
