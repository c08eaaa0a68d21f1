//! What went out, beside it: the last file of a run, which says that the run is whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stoa_domain::archive::Head;
use stoa_domain::archive::adapter::{Adapter, Dialect, Format};
use stoa_domain::audit::Hash;

use crate::error::Result;
use crate::work::{Work, entries};

/// How its name ends.
pub const MANIFEST: &str = ".manifest.json";
pub const STAGED: &str = "staged.json";

/// What a run is told of where its records come from.
#[derive(Debug, Clone)]
pub struct RunInfo {
    /// The pool's own domain, of which addresses are made.
    pub domain: String,
    /// Up to where the archive was checked, or stood, when the run began.
    pub head: Head,
    /// The position from which on records come.
    pub from: i64,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub first: i64,
    pub last: i64,
    pub records: u64,
    pub kinds: BTreeMap<&'static str, u64>,
}

/// What is known of a run whose files are all staged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What all names begin with: the adapter's, and the positions.
    pub name: String,
    pub first: i64,
    pub last: i64,
    pub records: u64,
    pub files: u64,
    pub bytes: u64,
    pub manifest_sha256: String,
}

/// The name of the run, which another try of it has too.
pub fn run_name(adapter: &str, first: i64, last: i64) -> String {
    format!("{adapter}-{first:012}-{last:012}")
}

pub fn write(work: &mut Work, adapter: &Adapter, info: &RunInfo, counts: &Counts) -> Result<Summary> {
    let name = run_name(&adapter.name, counts.first, counts.last);
    let mut out = Hashed { file: BufWriter::new(File::create(crate::work::staged_at(work.folder(), MANIFEST))?), hash: Sha256::new() };
    let text = |text: &str| serde_json::Value::from(text);
    writeln!(out, "{{\n  \"manifest\": 1,\n  \"run\": {},\n  \"adapter\": {},", text(&name), text(&adapter.name))?;
    write!(out, "  \"format\": {}", text(adapter.format.as_str()))?;
    if let Format::GroupChat(options) = &adapter.format {
        let dialect: Dialect = options.dialect;
        write!(out, ",\n  \"dialect\": {}", text(dialect.as_str()))?;
    }
    if let Some(sheet) = adapter.format.stylesheet() {
        write!(out, ",\n  \"stylesheet\": {}", text(sheet))?;
    }
    writeln!(out, ",\n  \"domain\": {},", text(&info.domain))?;
    let head = &info.head;
    writeln!(out, "  \"archive\": {{\"batch\": {}, \"hash\": {}, \"position\": {}}},", head.batch, text(&head.hash.to_string()), head.position)?;
    writeln!(out, "  \"first\": {},\n  \"last\": {},\n  \"records\": {},", counts.first, counts.last, counts.records)?;
    writeln!(out, "  \"kinds\": {},", serde_json::to_string(&counts.kinds)?)?;
    work.notes.write(&mut work.spool, &mut out)?;
    out.write_all(b",\n  \"files\": [")?;
    work.close()?;
    let (mut files, mut bytes) = (0, 0);
    for entry in entries(work.folder())? {
        let mut entry = entry?;
        entry.name = format!("{name}{}", entry.name);
        write!(out, "{}\n    {}", if files == 0 { "" } else { "," }, serde_json::to_string(&entry)?)?;
        files += 1;
        bytes += entry.bytes;
    }
    out.write_all(b"]\n}\n")?;
    out.flush()?;
    let manifest_sha256 = Hash(out.hash.finalize().into()).to_string();
    let summary = Summary { name, first: counts.first, last: counts.last, records: counts.records, files, bytes, manifest_sha256 };
    // Last, and at once: with it the run can be taken up again.
    let whole = work.folder().join("staged.part");
    std::fs::write(&whole, serde_json::to_vec(&summary)?)?;
    std::fs::rename(whole, work.folder().join(STAGED))?;
    Ok(summary)
}

struct Hashed {
    file: BufWriter<File>,
    hash: Sha256,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
