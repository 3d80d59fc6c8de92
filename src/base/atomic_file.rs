//! Files that are there whole or not at all: written beside their place, for their owner alone to read, since they are full
//! of people.

#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// A file that becomes the wanted one by [`keep`], and is gone without.
///
/// # Errors
/// The folder is not there, or may not be written to.
pub fn beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder_of(path))
}

/// Gives the file its place, once the disk has it; what stood there is replaced at that moment.
///
/// # Errors
/// Those of the disk; what stood there is left as it was.
pub fn keep(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// Puts on the disk which names a folder holds.
///
/// # Errors
/// Those of the disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and needs no such care.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
