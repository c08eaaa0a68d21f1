//! Something that speaks clamd's protocol and does what the test wants.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stoa_scanning::Scanner;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Content with this in it is infected.
pub const EVIL: &[u8] = b"stoa-test-malware";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Well,
    /// Closes each connection at once.
    Away,
    /// Says what is no answer.
    Nonsense,
    /// Breaks off in the middle of a content.
    Breaks,
    /// Takes no content as long as this.
    Small,
}

pub struct Clamd {
    how: Mutex<How>,
    version: Mutex<String>,
    /// Answers to contents wait for one each.
    pub leave: Semaphore,
    pub scans: AtomicUsize,
    at_once: AtomicUsize,
    pub most: AtomicUsize,
    place: String,
}

impl Clamd {
    pub async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clamd = Arc::new(Self {
            how: Mutex::new(How::Well),
            version: Mutex::new("ClamAV 1.4.3/1/test".into()),
            leave: Semaphore::new(Semaphore::MAX_PERMITS),
            scans: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            place: format!("tcp://{}", listener.local_addr().unwrap()),
        });
        let served = Arc::clone(&clamd);
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let clamd = Arc::clone(&served);
                tokio::spawn(async move { clamd.answer(line).await });
            }
        });
        clamd
    }

    pub fn scanner(&self) -> Scanner {
        Scanner::new(self.place.parse().unwrap(), Duration::from_secs(30))
    }

    pub fn be(&self, how: How) {
        *self.how.lock().unwrap() = how;
    }

    pub fn learn(&self, version: &str) {
        *self.version.lock().unwrap() = version.into();
    }

    /// Answers nothing to contents until it is let.
    pub fn hold(&self) {
        self.leave.forget_permits(usize::MAX);
    }

    async fn answer(&self, mut line: TcpStream) -> Option<()> {
        let how = *self.how.lock().unwrap();
        if how == How::Away {
            return None;
        }
        let mut command = Vec::new();
        while line.read_u8().await.map(|byte| command.push(byte)).is_ok() && !command.ends_with(b"\0") {}
        if command == b"zVERSION\0" {
            let version = self.version.lock().unwrap().clone();
            return line.write_all(format!("{version}\0").as_bytes()).await.ok();
        }
        assert_eq!(command, b"zINSTREAM\0");
        self.scans.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(at_once, Ordering::SeqCst);
        let said = self.look(&mut line, how).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        line.write_all(said?.as_bytes()).await.ok()
    }

    async fn look(&self, line: &mut TcpStream, how: How) -> Option<&'static str> {
        if how == How::Small {
            return Some("INSTREAM size limit exceeded. ERROR\0");
        }
        let mut content = Vec::new();
        loop {
            let length = usize::try_from(line.read_u32().await.ok()?).unwrap();
            if how == How::Breaks {
                return None;
            }
            if length == 0 {
                break;
            }
            let at = content.len();
            content.resize(at + length, 0);
            line.read_exact(&mut content[at..]).await.ok()?;
        }
        self.leave.acquire().await.unwrap().forget();
        Some(match how {
            How::Nonsense => "I am a teapot\0",
            _ if content.windows(EVIL.len()).any(|part| part == EVIL) => "stream: Stoa.Test FOUND\0",
            _ => "stream: OK\0",
        })
    }
}
