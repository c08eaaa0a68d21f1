//! A folder: each file appears there whole or not at all, and the manifest after all others.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Outgoing, blocking};
use crate::error::{ExportError, Result, is_full};
use crate::{Delivered, Staged};

/// The beginning of what isn't whole yet.
const PART: &str = ".part-";

pub async fn deliver(staged: &Staged, exports: &Path, path: &str) -> Result<Delivered> {
    let (staged, exports, path) = (staged.clone(), exports.to_owned(), path.to_owned());
    blocking(move || {
        if path.split('/').any(|part| part == "..") || Path::new(&path).is_absolute() {
            return Err(ExportError::Settings("the folder isn't one below that of exports".to_owned()));
        }
        let folder = exports.join(&path);
        // Not what it lies in: a disk that isn't mounted shall not be taken for an empty one.
        if !exports.is_dir() {
            return Err(ExportError::Away("the folder of exports isn't there".into()));
        }
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut delivered = Delivered::default();
        for file in staged.all()? {
            place(&file?, &folder, &mut delivered)?;
        }
        // Their contents are on the disk before anything says that they are.
        let handle = File::open(&folder).map_err(failed)?;
        rustix::fs::syncfs(&handle).map_err(|error| failed(error.into()))?;
        place(&staged.manifest_out()?, &folder, &mut delivered)?;
        rustix::fs::syncfs(&handle).map_err(|error| failed(error.into()))?;
        Ok(delivered)
    })
    .await
}

fn place(file: &Outgoing, folder: &Path, delivered: &mut Delivered) -> Result<()> {
    let to = folder.join(&file.name);
    let part = part_of(&to);
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    // The same file under two names where it is the same disk: nothing is copied, and what is staged stays.
    if fs::hard_link(&file.path, &part).is_err() {
        copy(&file.path, &part)?;
    }
    fs::rename(&part, &to).map_err(failed)?;
    // Two names of one file aren't renamed onto each other.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    delivered.files += 1;
    delivered.bytes += file.bytes;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from)?;
    let copied = File::create(to).and_then(|mut target| {
        io::copy(&mut source, &mut target)?;
        target.sync_all()
    });
    copied.map_err(|error| {
        drop(fs::remove_file(to));
        failed(error)
    })
}

fn part_of(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!("{PART}{name}"))
}

fn failed(error: io::Error) -> ExportError {
    match error.kind() {
        _ if is_full(&error) => ExportError::Full("the folder of exports"),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            ExportError::Refused("the folder can't be written to".to_owned())
        }
        _ => ExportError::Away(error.into()),
    }
}
