//! Which sockets are alive. One task looks at all of them, since a timer for each would cost
//! more memory than the rest of an idle socket's task.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use stoa_domain::message::FRAME_LIMIT;
use stoa_services::channel::Outbox;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::reader::End;
use super::writer;

/// A socket that was silent for this many seconds is pinged,
const PING_AFTER: u32 = 25;
/// and after this many closed.
const SILENT: u32 = 60;
/// Each second a part of the sockets is looked at, so that pings don't all leave at once.
const PARTS: usize = 5;

const GOING_AWAY: u16 = 1001;
const TOO_BIG: u16 = 1009;
/// Stand-ins that are never sent: no farewell, and one without a code.
const NO_FAREWELL: u16 = 0;
const NO_CODE: u16 = 1;

/// One socket's sign of life.
pub struct Pulse {
    pulses: Arc<Pulses>,
    outbox: Arc<Outbox>,
    /// When it was last heard, by the coarse clock.
    heard: AtomicU32,
    /// The code with which it will be closed.
    code: AtomicU16,
    condemned: AtomicBool,
    task: OnceLock<AbortHandle>,
}

impl Pulse {
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    pub fn heard(&self) {
        self.heard.store(self.pulses.clock.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The task to end when it doesn't end by itself.
    pub fn belongs_to(&self, task: AbortHandle) {
        drop(self.task.set(task));
    }

    /// What is queued is still sent, then the farewell that fits.
    pub fn end(&self, end: End) {
        let code = match end {
            End::Gone => NO_FAREWELL,
            End::Closed(code) => code.unwrap_or(NO_CODE),
            End::Protocol => 1002,
            End::Binary => 1003,
            End::NotUtf8 => 1007,
            End::TooBig => TOO_BIG,
        };
        self.code.store(code, Ordering::Relaxed);
        self.outbox.close();
    }

    pub fn farewell(&self) -> Option<Bytes> {
        match self.code.load(Ordering::Relaxed) {
            NO_FAREWELL => None,
            NO_CODE => Some(writer::close(None, "")),
            TOO_BIG => Some(writer::close(Some(TOO_BIG), &format!("A frame has at most {FRAME_LIMIT} bytes."))),
            code => Some(writer::close(Some(code), "")),
        }
    }

    fn look(&self, now: u32) {
        let silent = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if self.condemned.load(Ordering::Relaxed) {
            // It had its time for a farewell, but doesn't read.
            if let Some(task) = self.task.get() {
                task.abort();
            }
        } else if self.outbox.is_closing() {
            self.condemned.store(true, Ordering::Relaxed);
        } else if silent >= SILENT {
            self.condemned.store(true, Ordering::Relaxed);
            self.outbox.close();
        } else if silent >= PING_AFTER {
            self.outbox.push_raw(writer::PING);
        }
    }
}

/// All sockets of this server.
#[derive(Default)]
pub struct Pulses {
    /// Seconds since the start.
    clock: AtomicU32,
    next: AtomicUsize,
    parts: [Mutex<Vec<Weak<Pulse>>>; PARTS],
}

impl Pulses {
    /// Looks after the sockets until it is stopped.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            self.tick();
        }
    }

    fn tick(&self) {
        let now = self.clock.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(part) = self.parts.get(now as usize % PARTS) else { return };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        part.retain(|pulse| pulse.upgrade().inspect(|pulse| pulse.look(now)).is_some());
    }

    pub fn add(self: &Arc<Self>, outbox: Arc<Outbox>) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse {
            pulses: Arc::clone(self),
            outbox,
            heard: AtomicU32::new(self.clock.load(Ordering::Relaxed)),
            code: AtomicU16::new(GOING_AWAY),
            condemned: AtomicBool::new(false),
            task: OnceLock::new(),
        });
        if let Some(part) = self.parts.get(self.next.fetch_add(1, Ordering::Relaxed) % PARTS) {
            part.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&pulse));
        }
        pulse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_was_told_farewell_and_doesnt_read_is_cut_off() {
        let pulses = Arc::new(Pulses::default());
        let (gone, lively) = (pulses.add(Arc::default()), pulses.add(Arc::default()));
        let stuck = tokio::spawn(std::future::pending::<()>());
        gone.belongs_to(stuck.abort_handle());
        gone.outbox.push(Bytes::from_static(b"bye"));
        gone.outbox.close();
        for _ in 0..2 * PARTS {
            pulses.tick();
            // Still sending is no sign of life any more.
            gone.heard();
            lively.heard();
        }
        assert!(stuck.await.unwrap_err().is_cancelled());
        assert!(!lively.condemned.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn the_silent_are_pinged_and_then_closed() {
        let pulses = Arc::new(Pulses::default());
        let (quiet, lively) = (pulses.add(Arc::default()), pulses.add(Arc::default()));
        let mut out = Vec::new();
        for _ in 0..30 {
            pulses.tick();
            lively.heard();
        }
        assert!(quiet.outbox.next(&mut out).await);
        assert_eq!(out.first(), Some(&writer::PING));
        for _ in 0..35 {
            pulses.tick();
            lively.heard();
        }
        out.clear();
        assert!(!quiet.outbox.next(&mut out).await, "closed after a minute");
        assert_eq!(quiet.farewell(), Some(writer::close(Some(1001), "")));
        assert!(!lively.condemned.load(Ordering::Relaxed));
        drop(quiet);
        for _ in 0..PARTS {
            pulses.tick();
        }
        assert_eq!(pulses.parts.iter().map(|part| part.lock().unwrap().len()).sum::<usize>(), 1, "the gone are forgotten");
    }
}
