//! XSLT, by `xsltproc` as a process of its own: it reads one file and writes to its output, nothing else.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use stoa_domain::audit::Hash;

use crate::Site;
use crate::error::{ExportError, Result};

/// A stylesheet that goes round in circles has an end.
const TIMEOUT: Duration = Duration::from_secs(300);
/// It holds all that it reads in memory.
const INPUT: u64 = 256 * 1024 * 1024;
const OUTPUT: u64 = 1024 * 1024 * 1024;
/// In the units of `ulimit -v`.
const MEMORY_KIB: u64 = 4 * 1024 * 1024;
/// As much of what it complains of as is told.
const COMPLAINT: u64 = 2_000;

#[derive(Debug, Clone)]
pub struct Sheet {
    name: String,
    path: PathBuf,
    program: PathBuf,
    timeout: Duration,
    output: u64,
}

impl Sheet {
    pub fn find(site: &Site, name: &str) -> Result<Self> {
        let Some(folder) = &site.stylesheets else {
            return Err(ExportError::Settings("this server has no folder of stylesheets".to_owned()));
        };
        let fails = |why: &str| ExportError::Stylesheet { name: name.to_owned(), why: why.to_owned() };
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
            return Err(fails("its name has a path"));
        }
        let path = folder.join(name);
        if !path.is_file() {
            return Err(fails("there is no such file in the folder of stylesheets"));
        }
        Ok(Self { name: name.to_owned(), path, program: site.xsltproc.clone(), timeout: TIMEOUT, output: OUTPUT })
    }

    fn fails(&self, why: impl Into<String>) -> ExportError {
        ExportError::Stylesheet { name: self.name.clone(), why: why.into() }
    }

    /// Writes what it makes of a file; how many bytes these are, and their hash.
    pub fn apply(&self, from: &Path, to: &Path) -> Result<(u64, Hash)> {
        if from.metadata()?.len() > INPUT {
            return Err(self.fails("the file is too large for it; have one room per file, or a shorter interval"));
        }
        let mut child = self.start(from)?;
        let (complaints, told) = mpsc::channel();
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || complaints.send(complaint(errors)));
        }
        let (result, written) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            let (to, most) = (to.to_owned(), self.output);
            thread::spawn(move || result.send(write(output, &to, most)));
        }
        let written = written.recv_timeout(self.timeout);
        if !matches!(written, Ok(Ok(Some(_)))) {
            // It may have ended by itself.
            drop(child.kill());
        }
        let status = child.wait()?;
        let told = told.recv().unwrap_or_default();
        match written {
            Err(_) => Err(self.fails(format!("it took longer than {} seconds", self.timeout.as_secs()))),
            Ok(Err(error)) => Err(error.into()),
            Ok(Ok(None)) => Err(self.fails("what it makes has no end")),
            Ok(Ok(Some(_))) if !status.success() => {
                Err(self.fails(if told.is_empty() { "it used more than it may".to_owned() } else { self.without_paths(&told, from) }))
            }
            // It goes on when a template stops the work by a message, and when a document is missing.
            Ok(Ok(Some((0, _)))) => Err(self.fails("it makes nothing")),
            Ok(Ok(Some(written))) => Ok(written),
        }
    }

    fn start(&self, from: &Path) -> Result<Child> {
        let limited = format!("ulimit -v {MEMORY_KIB}; ulimit -t {}; exec \"$@\"", self.timeout.as_secs());
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &limited, "sh"]).arg(&self.program).args(["--nonet", "--nowrite", "--nomkdir", "--nodtdattr"]).arg(&self.path).arg(from);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|error| self.fails(format!("xsltproc can't be started: {error}")))
    }

    fn without_paths(&self, told: &str, from: &Path) -> String {
        let told = told.replace(&*self.path.to_string_lossy(), &self.name).replace(&*from.to_string_lossy(), "the file");
        if told.contains("not found") && told.contains("sh:") { "xsltproc isn't installed on this server".to_owned() } else { told }
    }
}

fn complaint(errors: impl Read) -> String {
    let mut bytes = Vec::new();
    let mut errors = errors.take(COMPLAINT);
    drop(errors.read_to_end(&mut bytes));
    // The rest is read too: it would wait for us.
    drop(io::copy(&mut errors.into_inner(), &mut io::sink()));
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// None when there is more than there may be.
fn write(mut from: impl Read, to: &Path, most: u64) -> io::Result<Option<(u64, Hash)>> {
    let mut file = File::create(to)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 128 * 1024];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(Some((bytes, Hash(hash.finalize().into())))),
            count => {
                bytes += count as u64;
                if bytes > most {
                    return Ok(None);
                }
                hash.update(&piece[..count]);
                file.write_all(&piece[..count])?;
            }
        }
    }
}

#[cfg(test)]
mod tests;
