//! The loop that drives all clients from one thread.

use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use super::super::failure::{Context as _, Result, fail};
use super::super::world::World;
use super::client::{Client, Run};
use super::socket::Socket;

/// How many connections are on their way at once: below any server's queue of new ones, whose
/// overflow would cost a second each.
const CONNECTING: usize = 200;

/// One buffer for all sockets: as large as what one read may bring.
const BUFFER: usize = 256 * 1024;

pub struct Engine {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    pub clients: Vec<Client>,
    /// The clients that post, room by room in turn.
    pub senders: Vec<usize>,
    pub run: Run,
}

impl Engine {
    pub fn new(run: Run) -> Result<Self> {
        let poll = Poll::new()?;
        Ok(Self { poll, events: Events::with_capacity(1024), buffer: vec![0; BUFFER], clients: Vec::new(), senders: Vec::new(), run })
    }

    /// Opens a socket for each ticket and waits until all are in their rooms.
    pub fn connect(&mut self, world: &World, tickets: &[String], senders: usize) -> Result<Duration> {
        let started = Instant::now();
        while self.run.ready < tickets.len() {
            while self.clients.len() < tickets.len() && self.clients.len() - self.run.ready < CONNECTING {
                self.open(world, &tickets[self.clients.len()], senders)?;
            }
            self.turn(Duration::from_secs(1))?;
            if let Some(why) = self.run.ledger.faults.samples.first() {
                return Err(fail(format!("while connecting: {why}")));
            }
            if started.elapsed() > Duration::from_secs(120) {
                return Err(fail(format!("only {} of {} clients are in their rooms after two minutes", self.run.ready, tickets.len())));
            }
        }
        Ok(started.elapsed())
    }

    fn open(&mut self, world: &World, ticket: &str, senders: usize) -> Result<()> {
        let index = self.clients.len();
        let (room, _) = world.seat(index);
        let posts = index / world.rooms.len() < senders;
        let sender = posts.then(|| u16::try_from(self.senders.len())).transpose().context(|| "too many senders".into())?;
        let mut socket = Socket::open(world.base.address, &world.base.authority, ticket)?;
        self.poll.registry().register(socket.source(), Token(index), Interest::READABLE | Interest::WRITABLE)?;
        self.clients.push(Client::new(socket, room, sender));
        self.senders.extend(posts.then_some(index));
        Ok(())
    }

    /// Waits for something to happen, at most so long, and handles it.
    pub fn turn(&mut self, wait: Duration) -> Result<()> {
        if let Err(error) = self.poll.poll(&mut self.events, Some(wait)) {
            return if error.kind() == std::io::ErrorKind::Interrupted { Ok(()) } else { Err(error.into()) };
        }
        for event in &self.events {
            let client = &mut self.clients[event.token().0];
            if client.lost {
                continue;
            }
            let mut handled = if event.is_writable() { client.socket.flush() } else { Ok(()) };
            if handled.is_ok() && event.is_readable() {
                handled = client.receive(&mut self.run, &mut self.buffer);
            }
            if let Err(why) = handled {
                client.lost = true;
                self.run.ledger.faults.error(|| why.0);
            }
        }
        Ok(())
    }

    /// Goes on for so long.
    pub fn turn_for(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.turn(left)?;
        }
        Ok(())
    }

    /// One post of one sender.
    pub fn post(&mut self, sender: usize) -> Result<()> {
        let client = &mut self.clients[self.senders[sender % self.senders.len()]];
        self.run.tick();
        client.post(&mut self.run)?;
        client.socket.flush()
    }

    /// Starts the closed loop: so many posts of each sender are always on their way.
    pub fn start_closed(&mut self, window: usize) -> Result<()> {
        self.run.again = true;
        for sender in 0..self.senders.len() {
            let client = &mut self.clients[self.senders[sender]];
            self.run.tick();
            for _ in 0..window {
                client.post(&mut self.run)?;
            }
            client.socket.flush()?;
        }
        Ok(())
    }

    /// Posts at a rate, however long the answers take.
    pub fn open_loop(&mut self, rate: f64, time: Duration, next: &mut usize) -> Result<()> {
        let (started, first) = (Instant::now(), *next);
        while started.elapsed() < time {
            let due = |count: usize| Duration::from_secs_f64(super::super::report::ratio(count as u64, rate));
            while due(*next - first) <= started.elapsed() {
                self.post(*next)?;
                *next += 1;
            }
            let wait = (due(*next - first).min(time)).saturating_sub(started.elapsed());
            self.turn(wait)?;
        }
        Ok(())
    }

    /// Waits until everything acknowledged has reached everyone, for a while.
    pub fn drain(&mut self) -> Result<()> {
        self.run.again = false;
        let patience = Instant::now() + Duration::from_secs(15);
        while Instant::now() < patience && !self.is_drained() {
            self.turn(Duration::from_millis(20))?;
        }
        Ok(())
    }

    fn is_drained(&self) -> bool {
        let done = |client: &Client| client.lost || client.waiting() == 0 && (!self.run.join || client.last_seq >= self.run.ledger.highest(client.room));
        self.clients.iter().all(done)
    }

    /// Posts that were never answered.
    pub fn unanswered(&self) -> usize {
        self.clients.iter().map(Client::waiting).sum()
    }
}
