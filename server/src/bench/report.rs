//! What a run found out, as text and as JSON.

use std::path::Path;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::failure::{Context as _, Result};

/// Delays in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Percentiles {
    pub count: u64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

impl Percentiles {
    /// Of delays in microseconds.
    pub fn of(micros: &Histogram<u64>) -> Self {
        let at = |quantile| ratio(micros.value_at_quantile(quantile), 1_000.0);
        Self { count: micros.len(), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: ratio(micros.max(), 1_000.0) }
    }
}

impl std::fmt::Display for Percentiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { count, p50, p90, p99, max } = self;
        if *count == 0 {
            return f.write_str("none");
        }
        write!(f, "p50 {p50:.2}  p90 {p90:.2}  p99 {p99:.2}  max {max:.2} ms  ({count})")
    }
}

/// An empty histogram of delays in microseconds. Two digits keep it small enough to stay in the
/// processor's cache.
pub fn micros() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 3_600_000_000, 2).unwrap_or_else(|_| unreachable!("these bounds are allowed"))
}

/// Counts of a benchmark are far below what an `f64` holds exactly.
#[allow(clippy::cast_precision_loss)]
pub fn ratio(count: u64, per: f64) -> f64 {
    if per > 0.0 { count as f64 / per } else { 0.0 }
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ChatReport {
    pub clients: usize,
    pub rooms: usize,
    pub senders_per_room: usize,
    /// How posts were paced, in words.
    pub pace: String,
    pub body_bytes: usize,
    pub seconds: f64,
    /// From the first connection to the last join, tickets being there already.
    pub connect_seconds: f64,
    /// Bytes of the server's memory for each connected client that does nothing.
    pub memory_per_client: Option<f64>,
    pub deliveries_per_second: f64,
    pub posts_per_second: f64,
    pub acknowledgement_ms: Percentiles,
    pub delivery_ms: Percentiles,
    pub last_receiver_ms: Percentiles,
    pub server_cpu_micros_per_delivery: Option<f64>,
    pub server_cpu_micros_per_post: Option<f64>,
    /// Of one core.
    pub server_cpu_share: Option<f64>,
    pub generator_cpu_share: f64,
    pub resyncs: u64,
    /// Empty when everything acknowledged reached everyone once and in order.
    pub faults: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct TimesReport {
    /// What was timed, in words.
    pub what: String,
    pub times_ms: Percentiles,
    pub server_cpu_ms_each: Option<f64>,
    pub bytes_each: f64,
    pub faults: Vec<String>,
}

impl std::fmt::Display for ChatReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { clients, rooms, senders_per_room, pace, body_bytes, seconds, .. } = self;
        writeln!(f, "clients        {clients} in {rooms} rooms, {senders_per_room} senders a room, {pace}, bodies of {body_bytes} bytes, {seconds:.1} s")?;
        writeln!(f, "connect, join  {:.3} s", self.connect_seconds)?;
        if let Some(bytes) = self.memory_per_client {
            writeln!(f, "memory         {:.2} KiB for each idle client", bytes / 1024.0)?;
        }
        if self.seconds > 0.0 {
            writeln!(f, "deliveries     {:.0} per second", self.deliveries_per_second)?;
            writeln!(f, "posts          {:.0} acknowledged per second", self.posts_per_second)?;
            writeln!(f, "acknowledged   {}", self.acknowledgement_ms)?;
            writeln!(f, "delivered      {}", self.delivery_ms)?;
            writeln!(f, "last receiver  {}", self.last_receiver_ms)?;
            if let (Some(share), Some(micros)) = (self.server_cpu_share, self.server_cpu_micros_per_post) {
                write!(f, "server CPU     {:.0} % of a core, {micros:.2} µs per post", share * 100.0)?;
                match self.server_cpu_micros_per_delivery {
                    Some(micros) => writeln!(f, ", {micros:.2} µs per delivery")?,
                    None => writeln!(f)?,
                }
            }
            writeln!(f, "generator CPU  {:.0} % of a core", self.generator_cpu_share * 100.0)?;
            writeln!(f, "resyncs        {}", self.resyncs)?;
        }
        verdict(f, &self.faults, "everything acknowledged arrived, once and in order")
    }
}

impl std::fmt::Display for TimesReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "timed          {}, {:.0} bytes each", self.what, self.bytes_each)?;
        writeln!(f, "times          {}", self.times_ms)?;
        if let Some(ms) = self.server_cpu_ms_each {
            writeln!(f, "server CPU     {ms:.3} ms each")?;
        }
        verdict(f, &self.faults, "every answer was complete")
    }
}

/// The last line.
pub fn verdict(f: &mut std::fmt::Formatter<'_>, faults: &[String], good: &str) -> std::fmt::Result {
    if faults.is_empty() {
        return write!(f, "verified       {good}");
    }
    write!(f, "WRONG          {}", faults.join("\n               "))
}

/// Prints the report, and writes it where it was asked for.
pub fn publish(report: &(impl Serialize + std::fmt::Display), json: Option<&Path>) -> Result<()> {
    println!("{report}");
    match json {
        Some(path) => {
            let text = serde_json::to_string_pretty(report)?;
            std::fs::write(path, text + "\n").context(|| format!("writing {}", path.display()))
        }
        None => Ok(()),
    }
}
