//! Files that appear completely or not at all. They are written next to their final path, and only their owner can read
//! them, because they contain personal data.

#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Creates a temporary file next to `path`. [`keep`] gives it its final name; without that, it is deleted.
///
/// # Errors
/// The folder does not exist, or is not writable.
pub fn beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder_of(path))
}

/// Moves the file to `path` once it is on the disk. An existing file at `path` is replaced at that moment.
///
/// # Errors
/// The disk refused to write or to rename; an existing file at `path` is unchanged.
pub fn keep(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// Writes a folder's list of names to the disk, so that a rename survives a power cut.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Only Unix can open a folder, and only there is this necessary.
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
