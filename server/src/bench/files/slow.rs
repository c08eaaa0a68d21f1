//! Transfers over bad lines, many of them: each moves a few KiB twice a second, half of them in, half of them out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use stoa_domain::id::FileId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio_util::sync::CancellationToken;

use super::super::failure::{Result, fail};
use super::super::world::World;
use super::path;

const EVERY: Duration = Duration::from_millis(500);
const PIECE: usize = 8 * 1024;
/// What an upload announces; none gets so far.
const ANNOUNCED: usize = 16 * 1024 * 1024;
/// Small, so that the server feels how slowly is read.
const WINDOW: u32 = 32 * 1024;

pub struct Slow {
    stop: CancellationToken,
    thread: JoinHandle<()>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    going: AtomicUsize,
    faults: Mutex<Vec<String>>,
}

impl Slow {
    /// Comes back when all of them are going.
    pub fn start(world: &World, transfers: usize, file: FileId) -> Result<Self> {
        let (stop, shared) = (CancellationToken::new(), Arc::new(Shared::default()));
        let heads: Vec<_> = (0..transfers).map(|n| head(world, n, file)).collect();
        let (address, stopped, all) = (world.base.address, stop.clone(), Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let mut tasks = tokio::task::JoinSet::new();
                for (n, head) in heads.into_iter().enumerate() {
                    let (all, stopped) = (Arc::clone(&all), stopped.clone());
                    tasks.spawn(async move {
                        let done = tokio::select! {
                            done = transfer(address, n, head, &all) => done,
                            () = stopped.cancelled() => Ok(()),
                        };
                        if let Err(error) = done {
                            all.faults.lock().unwrap_or_else(PoisonError::into_inner).push(format!("a slow transfer: {error}"));
                        }
                    });
                    // Spread over the time between two pieces, as chance would.
                    tokio::time::sleep(EVERY / 250).await;
                }
                while tasks.join_next().await.is_some() {}
            });
        });
        let slow = Self { stop, thread, shared };
        let began = Instant::now();
        while slow.shared.going.load(Ordering::Relaxed) < transfers {
            if began.elapsed() > Duration::from_secs(60) || slow.thread.is_finished() {
                let going = slow.shared.going.load(Ordering::Relaxed);
                let faults = slow.end();
                return Err(fail(format!("only {going} of {transfers} slow transfers are going: {}", faults.first().map_or("", |fault| fault))));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(slow)
    }

    /// Cuts all off; what went wrong before.
    pub fn end(self) -> Vec<String> {
        self.stop.cancel();
        let mut faults = std::mem::take(&mut *self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner));
        if self.thread.join().is_err() {
            faults.push("the slow transfers panicked".to_owned());
        }
        let more = faults.len().saturating_sub(5);
        faults.truncate(5);
        if more > 0 {
            faults.push(format!("and {more} more slow transfers"));
        }
        faults
    }
}

fn is_upload(n: usize) -> bool {
    n.is_multiple_of(2)
}

fn head(world: &World, n: usize, file: FileId) -> String {
    let cookie = world.cookie(n / 2);
    let headers = format!("host: {}\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n", world.base.authority);
    if is_upload(n) {
        format!("POST {} HTTP/1.1\r\n{headers}content-length: {ANNOUNCED}\r\n\r\n", path(world.rooms[n % world.rooms.len()]))
    } else {
        format!("GET /api/v1/files/{file} HTTP/1.1\r\n{headers}\r\n")
    }
}

/// Goes on until it is dropped; its end is a fault.
async fn transfer(address: std::net::SocketAddr, n: usize, head: String, shared: &Shared) -> std::io::Result<()> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_recv_buffer_size(WINDOW)?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut buffer = vec![b'x'; PIECE];
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut first = true;
    loop {
        tick.tick().await;
        if is_upload(n) {
            stream.write_all(&buffer).await?;
            // An answer before the end is a refusal.
            let mut answer = [0; 400];
            match stream.try_read(&mut answer) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
                Ok(read) => return Err(std::io::Error::other(format!("refused: {:?}", String::from_utf8_lossy(&answer[..read])))),
            }
        } else {
            let read = stream.read(&mut buffer).await?;
            let wrong = read == 0 || (first && !buffer.starts_with(b"HTTP/1.1 200 "));
            if wrong {
                return Err(std::io::Error::other(format!("refused: {:?}", String::from_utf8_lossy(&buffer[..read.min(400)]))));
            }
        }
        if first {
            shared.going.fetch_add(1, Ordering::Relaxed);
            first = false;
        }
    }
}
