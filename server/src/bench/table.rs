//! `stoa bench table`: the goals beside what several runs found, each with the limit of the
//! same session.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::failure::{Result, fail};

#[derive(Debug, clap::Args)]
pub struct TableArgs {
    /// The folder with the reports, named as `scripts/bench.sh` names them.
    reports: PathBuf,
}

/// How much is good.
#[derive(Debug, Clone, Copy)]
enum Bar {
    AtLeast(f64),
    AtMost(f64),
    /// At least this part of the limit.
    OfLimit(f64),
}

/// One line of the table.
struct Row {
    what: &'static str,
    unit: &'static str,
    /// The report is in `NAME-stoa.json`, the limit's, if there is one, in `NAME-limit.json`.
    report: &'static str,
    field: &'static str,
    goal: Bar,
    /// What the foundation has to reach already.
    least: Option<Bar>,
}

const fn row(what: &'static str, unit: &'static str, report: &'static str, field: &'static str, goal: Bar, least: Option<Bar>) -> Row {
    Row { what, unit, report, field, goal, least }
}

use Bar::{AtLeast, AtMost, OfLimit};

const ROWS: &[Row] = &[
    row("deliveries, 1 room × 1,000", "per s", "room", "/deliveries_per_second", OfLimit(0.7), Some(OfLimit(0.4))),
    row("  server CPU of each", "µs", "room", "/server_cpu_micros_per_delivery", AtMost(1.9), None),
    row("deliveries, 100 rooms × 10, durable", "per s", "rooms", "/deliveries_per_second", OfLimit(0.5), Some(OfLimit(0.25))),
    row("  server CPU of each", "µs", "rooms", "/server_cpu_micros_per_delivery", AtMost(4.2), None),
    row("last receiver p99, 1 × 1,000 at 5 posts/s", "ms", "room-calm", "/last_receiver_ms/p99", AtMost(10.0), None),
    row("last receiver p99, 100 × 10 at 50 posts/s", "ms", "rooms-calm", "/last_receiver_ms/p99", AtMost(3.0), None),
    row("memory per idle client of 5,000", "bytes", "idle", "/memory_per_client", AtMost(8192.0), Some(AtMost(12_288.0))),
    row("1,000 clients connect and join one room", "s", "room", "/connect_seconds", AtMost(0.3), None),
    row("durable posts, SQLite, one room", "per s", "write-room", "/posts_per_second", AtLeast(20_000.0), Some(AtLeast(12_000.0))),
    row("durable posts, SQLite, 64 rooms", "per s", "write-rooms", "/posts_per_second", AtLeast(20_000.0), Some(AtLeast(12_000.0))),
    row("durable posts, PostgreSQL, one room", "per s", "write-room-postgres", "/posts_per_second", AtLeast(30_000.0), Some(AtLeast(15_000.0))),
    row("durable posts, PostgreSQL, 64 rooms", "per s", "write-rooms-postgres", "/posts_per_second", AtLeast(30_000.0), Some(AtLeast(15_000.0))),
    row("history, chunk of 50 out of a million, p99", "ms", "history", "/times_ms/p99", AtMost(2.0), Some(AtMost(2.0))),
    row("a room's page as HTML, median", "ms", "page", "/times_ms/p50", AtMost(5.0), Some(AtMost(8.0))),
    row("upload, part of a plain server's speed", "", "files", "/upload_ratio", AtLeast(0.8), None),
    row("download, part of a plain server's speed", "", "files", "/download_ratio", AtLeast(0.8), None),
    row("memory of an upload of 256 MiB", "bytes", "files", "/memory_per_upload", AtMost(1_048_576.0), None),
    row("memory of a download of 256 MiB", "bytes", "files", "/memory_per_download", AtMost(1_048_576.0), None),
    row("last receiver p99 beside 1,000 slow transfers", "times", "files", "/slowdown", AtMost(2.0), None),
    row("WebAssembly in brotli", "KB", "wasm", "/kilobytes", AtMost(350.0), Some(AtMost(300.0))),
];

pub fn run(args: &TableArgs) -> Result<()> {
    if !args.reports.is_dir() {
        return Err(fail(format!("{} is no folder", args.reports.display())));
    }
    let head = ["what", "value", "", "limit", "ratio", "goal", "", "at least now", ""];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(ROWS.iter().map(|row| cells(row, &args.reports)));
    print!("{}", aligned(&lines));
    Ok(())
}

fn cells(row: &Row, reports: &Path) -> [String; 9] {
    let value = read(reports, row, "stoa");
    let limit = read(reports, row, "limit");
    let part = value.zip(limit).filter(|(_, limit)| *limit > 0.0).map(|(value, limit)| value / limit);
    let verdict = |bar: Bar| value.map_or("", |value| met(bar, value, part));
    [
        row.what.to_owned(),
        value.map_or_else(|| "not measured".to_owned(), number),
        value.map_or("", |_| row.unit).to_owned(),
        limit.map(number).unwrap_or_default(),
        part.map(|part| format!("{part:.2}")).unwrap_or_default(),
        row.goal.to_string(),
        verdict(row.goal).to_owned(),
        row.least.map(|bar| bar.to_string()).unwrap_or_default(),
        row.least.map_or("", verdict).to_owned(),
    ]
}

fn read(reports: &Path, row: &Row, who: &str) -> Option<f64> {
    let text = std::fs::read(reports.join(format!("{}-{who}.json", row.report))).ok()?;
    serde_json::from_slice::<Value>(&text).ok()?.pointer(row.field)?.as_f64()
}

fn met(bar: Bar, value: f64, part: Option<f64>) -> &'static str {
    let met = match bar {
        AtLeast(least) => value >= least,
        AtMost(most) => value <= most,
        OfLimit(least) => match part {
            Some(part) => part >= least,
            None => return "?",
        },
    };
    if met { "yes" } else { "NO" }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AtLeast(least) => write!(f, "≥ {}", number(*least)),
            AtMost(most) => write!(f, "≤ {}", number(*most)),
            OfLimit(part) => write!(f, "≥ {part} of the limit"),
        }
    }
}

/// Three digits that count, thousands apart.
fn number(value: f64) -> String {
    if value < 100.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The first column to the left, numbers to the right, words to the left again.
fn aligned(lines: &[[String; 9]]) -> String {
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..9).map(wide).collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<_> = line
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let width = widths[column];
                if matches!(column, 1 | 3 | 4) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_easily() {
        assert_eq!([0.5, 2.0, 1.234, 99.999, 350.4, 12_288.0, 710_000.0].map(number), ["0.5", "2", "1.23", "100", "350", "12,288", "710,000"]);
    }

    #[test]
    fn a_bar_is_met_or_not() {
        assert_eq!(met(AtLeast(2.0), 2.0, None), "yes");
        assert_eq!(met(AtMost(2.0), 2.1, None), "NO");
        assert_eq!(met(OfLimit(0.4), 1.0, Some(0.39)), "NO");
        assert_eq!(met(OfLimit(0.4), 1.0, None), "?");
    }

    #[test]
    fn reports_are_told_apart_by_their_names() {
        let mut names: Vec<_> = ROWS.iter().map(|row| (row.report, row.field)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROWS.len());
    }
}
