//! What `stoa bench files` found out.

use serde::{Deserialize, Serialize};

use super::super::report::{Percentiles, verdict};

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FilesReport {
    pub mib: u64,
    pub rounds: usize,
    /// Medians of the rounds.
    pub upload_mb_per_second: f64,
    pub plain_upload_mb_per_second: f64,
    pub upload_ratio: f64,
    pub download_mb_per_second: f64,
    pub plain_download_mb_per_second: f64,
    pub download_ratio: f64,
    /// Bytes by which the server grew for each of some transfers at once.
    pub memory_per_upload: Option<f64>,
    pub memory_per_download: Option<f64>,
    /// How many slow transfers went on beside chat.
    pub slow: usize,
    /// From a post to its last receiver.
    pub chat_alone_ms: Percentiles,
    pub chat_beside_ms: Percentiles,
    /// How many times the p99 it is beside them.
    pub slowdown: Option<f64>,
    pub faults: Vec<String>,
}

impl std::fmt::Display for FilesReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "files          of {} MiB, {} each way, in turn with a plain server", self.mib, self.rounds)?;
        writeln!(f, "uploads        {:.0} MB/s, plain {:.0}: {:.2}", self.upload_mb_per_second, self.plain_upload_mb_per_second, self.upload_ratio)?;
        writeln!(f, "downloads      {:.0} MB/s, plain {:.0}: {:.2}", self.download_mb_per_second, self.plain_download_mb_per_second, self.download_ratio)?;
        if let (Some(up), Some(down)) = (self.memory_per_upload, self.memory_per_download) {
            writeln!(f, "memory         {:.0} KiB for each upload, {:.0} KiB for each download", up / 1024.0, down / 1024.0)?;
        }
        if self.slow > 0 {
            writeln!(f, "chat alone     last receiver {}", self.chat_alone_ms)?;
            writeln!(f, "chat beside    last receiver {}, with {} slow transfers", self.chat_beside_ms, self.slow)?;
            if let Some(slowdown) = self.slowdown {
                writeln!(f, "slowdown       {slowdown:.2} of the p99")?;
            }
        }
        verdict(f, &self.faults, "every transfer was complete, or went on to the end")
    }
}
