//! Images that there was no time for: each is tried again, after a while that grows, so that whoever
//! asks for it again and again doesn't keep a busy machine busy. Forgotten when the server ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

const FIRST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(3_600);
/// More are not remembered: they are tried each time.
const MOST: usize = 1_000;

#[derive(Debug, Default)]
pub struct Late(Mutex<HashMap<Uuid, Next>>);

#[derive(Debug, Clone, Copy)]
struct Next {
    at: Instant,
    /// How long that was waited for.
    after: Duration,
}

impl Late {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Next>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it isn't to be tried yet.
    pub fn waits(&self, id: Uuid) -> bool {
        self.all().get(&id).is_some_and(|next| next.at > Instant::now())
    }

    /// There was no time for it, once more.
    pub fn again(&self, id: Uuid) {
        let (mut all, now) = (self.all(), Instant::now());
        if all.len() >= MOST {
            all.retain(|_, next| next.at > now);
        }
        let after = all.get(&id).map_or(FIRST, |next| (next.after * 2).min(LONGEST));
        if all.len() < MOST || all.contains_key(&id) {
            all.insert(id, Next { at: now + after, after });
        }
    }

    pub fn done(&self, id: Uuid) {
        self.all().remove(&id);
    }
}
