//! `stoa bench chat`: many clients of one server, driven from one thread.

mod client;
mod engine;
mod ledger;
mod scan;
mod socket;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::client::Run;
use self::engine::Engine;
use super::failure::{Result, fail};
use super::process::Process;
use super::report::{ChatReport, Percentiles, publish, ratio};
use super::world::{Place, World};

#[derive(Debug, clap::Args)]
pub struct ChatArgs {
    #[command(flatten)]
    place: Place,
    /// How many sockets.
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// How many rooms they are spread over, each in one.
    #[arg(long, default_value_t = 1)]
    rooms: usize,
    /// How many clients of each room post.
    #[arg(long, default_value_t = 10)]
    senders: usize,
    /// Posts per second altogether, however long the answers take. Without it the loop is
    /// closed: a sender posts again when its own message has come back.
    #[arg(long)]
    rate: Option<f64>,
    /// In the closed loop: how many posts of each sender are on their way.
    #[arg(long, default_value_t = 1)]
    window: usize,
    /// How long to measure; 0 for connecting only.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How long to post before that.
    #[arg(long, default_value_t = 2)]
    warmup: u64,
    /// Bytes of a message's text, at least 22.
    #[arg(long, default_value_t = 120)]
    body: usize,
    /// Nobody joins: posts are acknowledged and reach nobody, and a sender posts again when
    /// the acknowledgement is there.
    #[arg(long)]
    no_join: bool,
    /// The server's process, for its CPU time and memory.
    #[arg(long)]
    pid: Option<u32>,
    /// Where to write the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// CPU times at one moment.
struct Moment {
    at: Instant,
    server: Option<Duration>,
    generator: Duration,
}

impl Moment {
    fn now(server: Option<&Process>) -> Result<Self> {
        Ok(Self { at: Instant::now(), server: server.map(Process::cpu).transpose()?, generator: Process::this().cpu()? })
    }
}

pub fn run(args: &ChatArgs) -> Result<()> {
    if args.clients == 0 || args.rate.is_some_and(|rate| rate <= 0.0 || rate.is_nan()) {
        return Err(fail("--clients and --rate have to be more than 0"));
    }
    let world = World::make(&args.place, args.rooms)?;
    let server = args.pid.map(Process::of);
    let mut engine = Engine::new(Run::new(world.rooms.clone(), !args.no_join, args.body))?;
    let mut report = ChatReport {
        clients: args.clients,
        rooms: world.rooms.len(),
        senders_per_room: args.senders,
        pace: args.rate.map_or_else(|| format!("closed loop of {} each", args.window), |rate| format!("{rate} posts/s")),
        body_bytes: args.body,
        ..ChatReport::default()
    };

    let tickets = world.tickets(args.clients)?;
    let before = server.as_ref().map(Process::memory).transpose()?;
    report.connect_seconds = engine.connect(&world, &tickets, args.senders)?.as_secs_f64();
    // What connecting leaves to be done belongs to nobody's measurement.
    engine.turn_for(Duration::from_secs(1))?;
    if let (Some(server), Some(before)) = (&server, before) {
        report.memory_per_client = Some(ratio(server.memory()?.saturating_sub(before), ratio(args.clients as u64, 1.0)));
    }
    if args.seconds > 0 {
        if engine.senders.is_empty() {
            return Err(fail("--senders 0 leaves nothing to measure"));
        }
        measure(args, &mut engine, server.as_ref(), &mut report)?;
    }
    report.faults = engine.run.ledger.verify(!args.no_join);
    report.resyncs = engine.run.ledger.resyncs;
    if engine.unanswered() > 0 {
        report.faults.push(format!("{} posts without an answer", engine.unanswered()));
    }
    publish(&report, args.json.as_deref())?;
    if report.faults.is_empty() { Ok(()) } else { Err(fail("not everything was as it has to be: see above")) }
}

/// Posts so many messages into the world's rooms, as fast as they are acknowledged.
pub fn fill(world: &World, messages: u64, join: bool) -> Result<()> {
    let clients = 16;
    let mut engine = Engine::new(Run::new(world.rooms.clone(), join, 120))?;
    engine.connect(world, &world.tickets(clients)?, clients)?;
    engine.run.ledger.start(0);
    engine.start_closed(usize::try_from(messages)?.div_ceil(clients).clamp(1, 64))?;
    while engine.run.ledger.posts + engine.unanswered() as u64 <= messages {
        engine.turn(Duration::from_millis(20))?;
        if let Some(why) = engine.run.ledger.faults.samples.first() {
            return Err(fail(format!("while filling: {why}")));
        }
    }
    engine.drain()?;
    let faults = engine.run.ledger.verify(join);
    if faults.is_empty() { Ok(()) } else { Err(fail(format!("while filling: {}", faults.join("; ")))) }
}

/// What chat at a steady pace was like.
pub struct Calm {
    pub last_receiver: Percentiles,
    pub faults: Vec<String>,
}

/// So many clients in the world's rooms, with so many posts a second altogether, for so long.
pub fn calm(world: &World, clients: usize, rate: f64, time: Duration) -> Result<Calm> {
    let mut engine = Engine::new(Run::new(world.rooms.clone(), true, 120))?;
    engine.connect(world, &world.tickets(clients)?, 10)?;
    engine.turn_for(Duration::from_secs(1))?;
    let mut posted = 0;
    engine.open_loop(rate, Duration::from_secs(2), &mut posted)?;
    engine.run.tick();
    engine.run.ledger.start(engine.run.now);
    engine.open_loop(rate, time, &mut posted)?;
    engine.drain()?;
    let mut faults = engine.run.ledger.verify(true);
    if engine.unanswered() > 0 {
        faults.push(format!("{} posts without an answer", engine.unanswered()));
    }
    Ok(Calm { last_receiver: Percentiles::of(&engine.run.ledger.last), faults })
}

fn measure(args: &ChatArgs, engine: &mut Engine, server: Option<&Process>, report: &mut ChatReport) -> Result<()> {
    let (warmup, time) = (Duration::from_secs(args.warmup), Duration::from_secs(args.seconds));
    let mut posted = 0;
    let mut go = |engine: &mut Engine, time| match args.rate {
        Some(rate) => engine.open_loop(rate, time, &mut posted),
        None => engine.turn_for(time),
    };
    if args.rate.is_none() {
        engine.start_closed(args.window.max(1))?;
    }
    go(engine, warmup)?;
    engine.run.tick();
    engine.run.ledger.start(engine.run.now);
    let begin = Moment::now(server)?;
    go(engine, time)?;
    let end = Moment::now(server)?;
    // Counts end here; the delays of what is still on its way belong to the measurement.
    let (deliveries, posts) = (engine.run.ledger.deliveries, engine.run.ledger.posts);
    engine.drain()?;

    let seconds = (end.at - begin.at).as_secs_f64();
    report.seconds = seconds;
    report.deliveries_per_second = ratio(deliveries, seconds);
    report.posts_per_second = ratio(posts, seconds);
    let ledger = &engine.run.ledger;
    report.acknowledgement_ms = Percentiles::of(&ledger.acknowledgement);
    report.delivery_ms = Percentiles::of(&ledger.delivery);
    report.last_receiver_ms = Percentiles::of(&ledger.last);
    report.generator_cpu_share = (end.generator - begin.generator).as_secs_f64() / seconds;
    if let (Some(end), Some(begin)) = (end.server, begin.server) {
        let cpu = end - begin;
        let per = |count: u64| (count > 0).then(|| cpu.as_secs_f64() * 1e6 / ratio(count, 1.0));
        report.server_cpu_share = Some(cpu.as_secs_f64() / seconds);
        report.server_cpu_micros_per_delivery = per(deliveries);
        report.server_cpu_micros_per_post = per(posts);
    }
    Ok(())
}
