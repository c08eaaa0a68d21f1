//! `stoa bench page`: how long the server takes for a page, asked for one after another over
//! one connection by somebody who is signed in.

use std::path::PathBuf;
use std::time::Instant;

use super::chat;
use super::failure::{Result, fail};
use super::process::Process;
use super::report::{Percentiles, TimesReport, micros, publish, ratio};
use super::world::{Place, World};

#[derive(Debug, clap::Args)]
pub struct PageArgs {
    #[command(flatten)]
    place: Place,
    /// Another page than that of a room with messages.
    #[arg(long)]
    path: Option<String>,
    /// How many messages are posted into the room before.
    #[arg(long, default_value_t = 200)]
    messages: u64,
    #[arg(long, default_value_t = 500)]
    requests: u32,
    /// The server's process, for its CPU time.
    #[arg(long)]
    pid: Option<u32>,
    /// Where to write the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

pub fn run(args: &PageArgs) -> Result<()> {
    let world = World::make(&args.place, 1)?;
    if args.path.is_none() {
        chat::fill(&world, args.messages, true)?;
    }
    let path = args.path.clone().unwrap_or_else(|| format!("/chat/r/{}", world.rooms[0]));
    let server = args.pid.map(Process::of);
    let mut http = world.http(0)?;
    let mut report = TimesReport { what: format!("GET {path}"), ..TimesReport::default() };
    let (mut times, mut bytes) = (micros(), 0);
    let ask = |http: &mut super::http::Http| {
        let asked = Instant::now();
        let answer = http.get(&path)?;
        Ok::<_, super::failure::Failure>((asked.elapsed(), answer))
    };
    for _ in 0..20 {
        let (_, answer) = ask(&mut http)?;
        if answer.status != 200 {
            return Err(fail(format!("GET {path} answered {}", answer.status)));
        }
        // A page without the messages would be quick, and not what is meant.
        if args.path.is_none() && memchr::memmem::find(&answer.body, b"quick brown fox").is_none() {
            return Err(fail(format!("GET {path}: the page doesn't show the room's messages")));
        }
    }
    let before = server.as_ref().map(Process::cpu).transpose()?;
    for _ in 0..args.requests {
        let (took, answer) = ask(&mut http)?;
        times.saturating_record(u64::try_from(took.as_micros())?);
        bytes += answer.body.len() as u64;
    }
    let requests = f64::from(args.requests.max(1));
    if let (Some(server), Some(before)) = (&server, before) {
        report.server_cpu_ms_each = Some((server.cpu()? - before).as_secs_f64() * 1_000.0 / requests);
    }
    report.times_ms = Percentiles::of(&times);
    report.bytes_each = ratio(bytes, requests);
    publish(&report, args.json.as_deref())
}
