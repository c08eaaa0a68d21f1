//! What the kernel tells of a process: CPU time and memory.

use std::fs;
use std::time::Duration;

use super::failure::{Context as _, Result, fail};

/// The kernel counts CPU time for `/proc` in hundredths of a second, on every machine that
/// Linux runs on today.
const TICK: Duration = Duration::from_millis(10);

/// A process to look at: the server's, by its id, or this one.
#[derive(Debug, Clone)]
pub struct Process(String);

impl Process {
    pub fn of(pid: u32) -> Self {
        Self(pid.to_string())
    }
    pub fn this() -> Self {
        Self("self".into())
    }

    fn read(&self, file: &str) -> Result<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.0)).context(|| format!("looking at process {}", self.0))
    }

    /// User and system time of all its threads, ended ones included.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        // The name in parentheses may itself contain spaces and parentheses.
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let mut fields = after_name.split(' ').skip(11).map(str::parse::<u32>);
        match (fields.next(), fields.next()) {
            (Some(Ok(user)), Some(Ok(system))) => Ok(TICK * (user + system)),
            _ => Err(fail("/proc/…/stat has another shape than expected")),
        }
    }

    /// Bytes of memory that the process itself fills: without mapped files, whose share varies.
    pub fn memory(&self) -> Result<u64> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| fail("/proc/…/status tells no RssAnon"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory() {
        let this = Process::this();
        assert!(this.memory().unwrap() > 10_000);
        assert!(this.cpu().unwrap() < Duration::from_secs(3600));
        assert!(Process::of(u32::MAX).cpu().is_err());
    }
}
