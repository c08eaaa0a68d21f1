//! Who calls, what time it is, and where randomness comes from: all of it handed in, so that
//! tests own it.

use std::sync::Arc;
use std::time::SystemTime;

use stoa_domain::id::UserId;
use stoa_domain::time::Timestamp;
use stoa_store::{Actor, SessionKey};

/// A signed-in person's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionKey,
    /// The address that the request came from.
    pub from: String,
}

impl Caller {
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { user: Some(self.user), from: self.from.clone() }
    }
}

/// What tells the time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The clock and the source of randomness.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Clock>,
}

impl Environment {
    #[must_use]
    pub fn system() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
        bytes
    }
    /// A new id of this moment.
    #[must_use]
    pub fn id<T: From<uuid::Uuid>>(&self) -> T {
        stoa_domain::id::uuid_v7(self.now(), self.random()).into()
    }
}
