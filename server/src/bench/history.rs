//! `stoa bench history`: chunks of a long history, read at random places.

use std::path::PathBuf;
use std::time::Instant;

use stoa_domain::id::{RoomId, Seq};
use stoa_domain::wire::message::History;

use super::chat;
use super::failure::{Result, fail};
use super::http::Http;
use super::report::{Percentiles, TimesReport, micros, publish};
use super::world::{Place, World};

#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    #[command(flatten)]
    place: Place,
    /// How many messages the room gets before; with --room, up to how many.
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Messages of one answer.
    #[arg(long, default_value_t = 50)]
    chunk: u32,
    /// How many chunks to read, one after another.
    #[arg(long, default_value_t = 3_000)]
    reads: u32,
    /// Where to write the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

pub fn run(args: &HistoryArgs) -> Result<()> {
    let world = World::make(&args.place, 1)?;
    let room = world.rooms[0];
    let mut http = world.http(0)?;
    let there = u64::try_from(chunk(&mut http, room, Seq::MAX, 1)?.to_seq)?;
    if there < args.messages {
        let filled = Instant::now();
        chat::fill(&world, args.messages - there, false)?;
        eprintln!("filled the room with {} messages in {:.1} s", args.messages - there, filled.elapsed().as_secs_f64());
        // Whoever waited for the filling may have been disconnected.
        http = world.http(0)?;
    }
    let mut report = TimesReport { what: format!("chunks of {} out of {} messages", args.chunk, args.messages.max(there)), ..TimesReport::default() };
    let mut times = micros();
    let (mut random, mut bytes) = (0x9E37_79B9_7F4A_7C15_u64, 0);
    // The first reads warm the connection and the code, not the places that are read later.
    for read in 0..args.reads + 100 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let span = args.messages.saturating_sub(u64::from(args.chunk)).max(1);
        let before = Seq::try_from(random % span)? + Seq::from(args.chunk) + 1;
        let path = path(room, before, args.chunk);
        let asked = Instant::now();
        let answer = http.get(&path)?;
        let took = asked.elapsed();
        if read >= 100 {
            times.saturating_record(u64::try_from(took.as_micros())?);
            bytes += answer.body.len();
        }
        if let (Some(why), true) = (wrong(&answer.body, before, args.chunk), report.faults.is_empty()) {
            report.faults.push(format!("before {before}: {why}"));
        }
    }
    report.times_ms = Percentiles::of(&times);
    report.bytes_each = super::report::ratio(bytes as u64, f64::from(args.reads.max(1)));
    publish(&report, args.json.as_deref())?;
    if report.faults.is_empty() { Ok(()) } else { Err(fail("an answer was not what was asked for")) }
}

fn path(room: RoomId, before: Seq, limit: u32) -> String {
    format!("/api/v1/rooms/{room}/messages?before_seq={before}&limit={limit}")
}

fn chunk(http: &mut Http, room: RoomId, before: Seq, limit: u32) -> Result<History> {
    http.get_json(&path(room, before, limit))
}

/// What is wrong with an answer, if anything.
fn wrong(body: &[u8], before: Seq, chunk: u32) -> Option<String> {
    match serde_json::from_slice::<History>(body) {
        Err(error) => Some(error.to_string()),
        Ok(history) if history.messages.len() as u64 != u64::from(chunk) => Some(format!("{} messages", history.messages.len())),
        Ok(history) => (history.to_seq != before - 1).then(|| format!("it ends at {}", history.to_seq)),
    }
}
