//! The staging folder of a run: outputs under the endings of their names, since what they begin with is
//! only known with the last record, and a line for each of them.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stoa_domain::archive::{ArchivedFile, Kind};
use stoa_domain::audit::Hash;

use crate::Site;
use crate::error::{ExportError, Result};
use crate::notes::Notes;
use crate::spool::{Lane, Spool};
use crate::stylesheet::Sheet;
use crate::text;

/// Within the staging folder.
pub const OUT: &str = "out";
pub const ENTRIES: &str = "entries.jsonl";
const SPOOL: &str = "spool";
/// Folder of uploaded files, as an ending.
pub const FILES: &str = ".files";

/// A file that goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// How its name ends.
    pub name: String,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// Where the file with this ending lies.
pub fn staged_at(staging: &Path, ending: &str) -> PathBuf {
    staging.join(OUT).join(format!("x{ending}"))
}

pub struct Work {
    folder: PathBuf,
    pub site: Site,
    pub sheet: Option<Sheet>,
    pub spool: Spool,
    pub notes: Notes,
    entries: BufWriter<File>,
}

/// A file that is being written, hashed as it grows.
pub struct Output {
    ending: String,
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Work {
    /// In a folder that is emptied first: what an earlier try left there is none of this one's.
    pub fn begin(folder: &Path, site: Site, sheet: Option<Sheet>) -> Result<Self> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir_all(folder.join(OUT))?,
        }
        let spool = Spool::create(&folder.join(SPOOL))?;
        let entries = BufWriter::new(File::create(folder.join(ENTRIES))?);
        Ok(Self { folder: folder.to_owned(), site, sheet, spool, notes: Notes::default(), entries })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn output(&self, ending: impl Into<String>) -> Result<Output> {
        let ending = ending.into();
        let path = staged_at(&self.folder, &ending);
        let file = BufWriter::with_capacity(128 * 1024, File::create(&path)?);
        Ok(Output { ending, path, file, hash: Sha256::new(), bytes: 0 })
    }

    /// It is whole.
    pub fn keep(&mut self, mut output: Output) -> Result<()> {
        output.flush()?;
        self.entry(&Entry { name: output.ending, bytes: output.bytes, sha256: Hash(output.hash.finalize().into()).to_string() })
    }

    /// The same of XML, to which the stylesheet is applied if there is one.
    pub fn keep_xml(&mut self, mut output: Output) -> Result<()> {
        let Some(sheet) = &self.sheet else { return self.keep(output) };
        output.flush()?;
        let styled = self.folder.join("styled");
        let (bytes, hash) = sheet.apply(&output.path, &styled)?;
        fs::rename(&styled, &output.path)?;
        self.entry(&Entry { name: output.ending, bytes, sha256: hash.to_string() })
    }

    fn entry(&mut self, entry: &Entry) -> Result<()> {
        serde_json::to_writer(&mut self.entries, entry)?;
        Ok(self.entries.write_all(b"\n")?)
    }

    /// No more files come.
    pub fn close(&mut self) -> Result<()> {
        self.entries.flush()?;
        match fs::remove_file(self.folder.join(SPOOL)) {
            Err(error) => Err(error.into()),
            Ok(()) => Ok(()),
        }
    }

    /// What lies in a lane, appended to an output.
    pub fn pour(&mut self, lane: Lane, out: &mut impl Write) -> Result<()> {
        let mut reading = self.spool.read(lane)?;
        let mut piece = vec![0; 64 * 1024];
        loop {
            match reading.read(&mut piece)? {
                0 => return Ok(()),
                count => out.write_all(&piece[..count])?,
            }
        }
    }

    pub fn unsaid(&mut self, kind: Kind, what: &'static str, position: i64) -> Result<()> {
        Ok(self.notes.unsaid(&mut self.spool, kind, what, position)?)
    }

    pub fn replaced(&mut self, position: i64) -> Result<()> {
        Ok(self.notes.replaced(&mut self.spool, position)?)
    }

    pub fn missing(&mut self, position: i64, file: &ArchivedFile, why: &'static str) -> Result<()> {
        Ok(self.notes.missing(&mut self.spool, position, file, why)?)
    }

    /// Puts the content of a file beside the outputs. Whether it lies there now.
    pub fn take(&mut self, position: i64, file: &ArchivedFile) -> Result<bool> {
        let folder = staged_at(&self.folder, FILES);
        let path = folder.join(text::stored(file));
        if path.exists() {
            return Ok(true);
        }
        let Some(mut content) = self.site.contents.open(file).map_err(ExportError::Contents)? else {
            self.missing(position, file, "gone")?;
            return Ok(false);
        };
        fs::create_dir_all(&folder)?;
        let mut output = self.output(format!("{FILES}/{}", text::stored(file)))?;
        let mut piece = vec![0; 128 * 1024];
        loop {
            match content.read(&mut piece).map_err(ExportError::Contents)? {
                0 => break,
                count => output.write_all(&piece[..count])?,
            }
        }
        if Hash(output.hash.clone().finalize().into()).to_string() != file.sha256 {
            fs::remove_file(&output.path)?;
            self.missing(position, file, "altered")?;
            return Ok(false);
        }
        self.keep(output)?;
        Ok(true)
    }
}

/// What goes out, line by line.
pub fn entries(staging: &Path) -> io::Result<impl Iterator<Item = io::Result<Entry>>> {
    let lines = BufReader::new(File::open(staging.join(ENTRIES))?).lines();
    Ok(lines.map(|line| Ok(serde_json::from_str(&line?)?)))
}
