//! `stoa bench files`: how quickly files come and go, beside a plain axum server on the same disk; how much memory a
//! transfer takes; and what a thousand slow ones do to chat.

mod plain;
mod report;
mod slow;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;
use stoa_domain::id::{FileId, RoomId};

use self::report::FilesReport;
use self::slow::Slow;
use super::chat;
use super::failure::{Context as _, Result, fail};
use super::http::{Base, Http, Moving};
use super::process::Process;
use super::report::{publish, ratio};
use super::world::{Place, World};

pub use self::plain::{PlainArgs, run as plain};

const MIB: u64 = 1024 * 1024;
/// Transfers whose memory is looked at together.
const TOGETHER: usize = 16;

#[derive(Debug, clap::Args)]
pub struct FilesArgs {
    #[command(flatten)]
    place: Place,
    /// The address of a plain server, `stoa bench plain`.
    #[arg(long)]
    plain: String,
    /// MiB of a file; the pool's `upload_limit` has to allow it.
    #[arg(long, default_value_t = 256)]
    size: u64,
    /// How many files go each way, one by one, in turn with the plain server.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// How many slow transfers at once, half of them each way; 0 for none.
    #[arg(long, default_value_t = 1000)]
    slow: usize,
    /// How long chat is measured, without them and with them.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// The server's process, for its memory.
    #[arg(long)]
    pid: Option<u32>,
    /// Where to write the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Made {
    id: FileId,
}

/// MB per second of each round.
#[derive(Default)]
struct Speeds(Vec<f64>);

impl Speeds {
    fn add(&mut self, bytes: u64, took: Duration) {
        self.0.push(ratio(bytes, took.as_secs_f64() * 1e6));
    }

    fn median(&mut self) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }
}

pub fn run(args: &FilesArgs) -> Result<()> {
    let bytes = args.size * MIB;
    if bytes == 0 || args.rounds == 0 {
        return Err(fail("--size and --rounds have to be more than 0"));
    }
    let world = World::make(&args.place, 100)?;
    let plain = Base::parse(&args.plain)?;
    let mut report = FilesReport { mib: args.size, rounds: args.rounds, slow: args.slow, ..FilesReport::default() };
    speed(args, &world, &plain, bytes, &mut report)?;
    if let Some(pid) = args.pid {
        let server = Process::of(pid);
        report.memory_per_upload = Some(memory_of_uploads(&world, &server, bytes)?);
        report.memory_per_download = Some(memory_of_downloads(&world, &server, bytes)?);
    }
    if args.slow > 0 {
        let time = Duration::from_secs(args.seconds);
        let alone = chat::calm(&world, 1_000, 50.0, time)?;
        let file = post(&world, 64 * MIB)?;
        let slow = Slow::start(&world, args.slow, file)?;
        let beside = chat::calm(&world, 1_000, 50.0, time)?;
        report.faults.extend(slow.end());
        report.faults.extend(alone.faults.into_iter().chain(beside.faults));
        (report.chat_alone_ms, report.chat_beside_ms) = (alone.last_receiver, beside.last_receiver);
        if report.chat_alone_ms.p99 > 0.0 {
            report.slowdown = Some(report.chat_beside_ms.p99 / report.chat_alone_ms.p99);
        }
    }
    publish(&report, args.json.as_deref())?;
    if report.faults.is_empty() { Ok(()) } else { Err(fail("not everything was as it has to be: see above")) }
}

fn path(room: RoomId) -> String {
    format!("/api/v1/rooms/{room}/files?name=bench.bin")
}

fn upload(http: &mut Http, room: RoomId, bytes: u64) -> Result<(FileId, Duration)> {
    let began = Instant::now();
    let made: Made = http.upload("POST", &path(room), bytes).context(|| "uploading".into())?;
    Ok((made.id, began.elapsed()))
}

fn download(http: &mut Http, path: &str, bytes: u64) -> Result<Duration> {
    let began = Instant::now();
    let mut moving = http.download(path)?;
    while moving.left > 0 {
        http.take(&mut moving, MIB)?;
    }
    if moving.length == bytes { Ok(began.elapsed()) } else { Err(fail(format!("GET {path}: {} bytes instead of {bytes}", moving.length))) }
}

/// Both servers in turn, so that whatever else the machine does meets both.
fn speed(args: &FilesArgs, world: &World, plain: &Base, bytes: u64, report: &mut FilesReport) -> Result<()> {
    let room = world.rooms[0];
    let (mut here, mut there) = (world.http(0)?, Http::connect(plain)?);
    let [mut up, mut plain_up, mut down, mut plain_down] = [(); 4].map(|()| Speeds::default());
    // The first round warms the connections and the code, and isn't counted.
    for round in 0..=args.rounds {
        let began = Instant::now();
        there.upload::<serde_json::Value>("PUT", "/1", bytes)?;
        let plain_took = (began.elapsed(), download(&mut there, "/1", bytes)?);
        let (file, took) = upload(&mut here, room, bytes)?;
        let took = (took, download(&mut here, &format!("/api/v1/files/{file}"), bytes)?);
        there.delete("/1")?;
        here.delete(&format!("/api/v1/uploads/{file}"))?;
        if round > 0 {
            plain_up.add(bytes, plain_took.0);
            plain_down.add(bytes, plain_took.1);
            up.add(bytes, took.0);
            down.add(bytes, took.1);
        }
    }
    (report.upload_mb_per_second, report.plain_upload_mb_per_second) = (up.median(), plain_up.median());
    (report.download_mb_per_second, report.plain_download_mb_per_second) = (down.median(), plain_down.median());
    let part = |here: f64, there: f64| if there > 0.0 { here / there } else { 0.0 };
    report.upload_ratio = part(report.upload_mb_per_second, report.plain_upload_mb_per_second);
    report.download_ratio = part(report.download_mb_per_second, report.plain_download_mb_per_second);
    Ok(())
}

/// By how much the server grew at most, for each of some transfers that go on at once, up to their middle.
fn growth(server: &Process, transfers: &mut [(Http, Moving)], mut go_on: impl FnMut(&mut Http, &mut Moving) -> Result<()>) -> Result<f64> {
    let before = server.memory()?;
    let mut most = before;
    while transfers.iter().any(|(_, moving)| moving.left > moving.length / 2) {
        for (http, moving) in &mut *transfers {
            go_on(http, moving)?;
        }
        most = most.max(server.memory()?);
    }
    Ok(ratio(most - before, ratio(transfers.len() as u64, 1.0)))
}

fn memory_of_uploads(world: &World, server: &Process, bytes: u64) -> Result<f64> {
    let begin = |person| {
        let mut http = world.http(person)?;
        let moving = http.begin_upload("POST", &path(world.rooms[0]), bytes)?;
        Ok((http, moving))
    };
    let before = server.memory()?;
    let mut transfers = (0..TOGETHER).map(begin).collect::<Result<Vec<_>>>()?;
    let begun = ratio(server.memory()?.saturating_sub(before), ratio(TOGETHER as u64, 1.0));
    // Cut off in the middle: the server forgets them.
    Ok(begun + growth(server, &mut transfers, |http, moving| http.give(moving, MIB))?)
}

fn memory_of_downloads(world: &World, server: &Process, bytes: u64) -> Result<f64> {
    let mut one = world.http(0)?;
    let (file, _) = upload(&mut one, world.rooms[0], bytes)?;
    let begin = |_| {
        let mut http = world.http(0)?;
        let moving = http.download(&format!("/api/v1/files/{file}"))?;
        Ok((http, moving))
    };
    let before = server.memory()?;
    let mut transfers = (0..TOGETHER).map(begin).collect::<Result<Vec<_>>>()?;
    let begun = ratio(server.memory()?.saturating_sub(before), ratio(TOGETHER as u64, 1.0));
    let grown = growth(server, &mut transfers, |http, moving| http.take(moving, MIB))?;
    drop(transfers);
    one.delete(&format!("/api/v1/uploads/{file}"))?;
    Ok(begun + grown)
}

/// A file that all people may read.
fn post(world: &World, bytes: u64) -> Result<FileId> {
    let mut http = world.http(0)?;
    let (file, _) = upload(&mut http, world.rooms[0], bytes)?;
    let nonce = uuid::Uuid::from_u64_pair(0x0193_9c5e_7a00_7000, 0x8000_0000_0000_0000 | u64::from(std::process::id()));
    let message = serde_json::json!({ "nonce": nonce, "body": "", "attachments": [file] });
    http.post_json::<serde_json::Value>(&format!("/api/v1/rooms/{}/messages", world.rooms[0]), &message)?;
    Ok(file)
}
