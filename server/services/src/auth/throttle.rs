//! Failed sign-ins, counted by account and by address. Successes cost nothing, since an office
//! shares one address; an address may fail more often than an account. An attempt whose outcome
//! isn't known yet counts as failed, else many at once would be as many guesses.

use std::collections::HashMap;
use std::time::Duration;

use sha2::{Digest, Sha256};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;

use crate::Result;

/// After this long without failure a count begins anew.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// The longest wait.
const LONGEST: u32 = 300;
/// An address has this many times the failures of an account.
const ADDRESS_FACTOR: u32 = 10;
/// What is remembered at most; above it the oldest go first.
const ENTRIES: usize = 50_000;

/// Of one size, however long a name somebody sends.
type Key = [u8; 32];

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
    /// Attempts whose outcome isn't known yet.
    open: u32,
}

/// Account and address of one attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    account: Key,
    address: Key,
}

impl Attempt {
    pub fn new(account: &str, from: &str) -> Self {
        let hash = |kind: &str, text: &str| Sha256::new().chain_update(kind).chain_update(text).finalize().into();
        Self { account: hash("account ", account), address: hash("address ", from) }
    }

    const fn keys(self) -> [Key; 2] {
        [self.account, self.address]
    }
}

#[derive(Default)]
pub(super) struct Throttle {
    failures: HashMap<Key, Failures>,
}

impl Throttle {
    /// Begins an attempt, which has to be ended.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn begin(&mut self, attempt: Attempt, limit: u32, now: Timestamp) -> Result<()> {
        let limit = limit.max(1);
        let Attempt { account, address } = attempt;
        // A whole office may sign in at once; only where somebody failed already, all count.
        let crowd = if self.failed_lately(address, now) { self.open(address) } else { 0 };
        let wait = self.wait(account, self.open(account), limit, now).max(self.wait(address, crowd, limit.saturating_mul(ADDRESS_FACTOR), now));
        if wait > 0 {
            return Err(Problem::too_many().detail("Too many failed sign-ins. Wait a little before the next try.").retry_after(wait));
        }
        for key in attempt.keys() {
            self.failures.entry(key).or_insert(Failures { count: 0, last: now, open: 0 }).open += 1;
        }
        self.forget(now);
        Ok(())
    }

    fn open(&self, key: Key) -> u32 {
        self.failures.get(&key).map_or(0, |failures| failures.open)
    }

    fn failed_lately(&self, key: Key, now: Timestamp) -> bool {
        self.failures.get(&key).is_some_and(|failures| failures.count > 0 && now.since(failures.last) < MEMORY)
    }

    /// Seconds to wait: none below the limit, then 2, 4, 8, …
    fn wait(&self, key: Key, open: u32, limit: u32, now: Timestamp) -> u32 {
        let (count, last) = self.failures.get(&key).filter(|_| self.failed_lately(key, now)).map_or((0, now), |failures| (failures.count, failures.last));
        if count < limit {
            // As many as may still fail go on; the others wait for how these end.
            return u32::from(count.saturating_add(open) >= limit);
        }
        let wait = 2_u32.saturating_pow((count - limit + 1).min(10)).min(LONGEST);
        let passed = u32::try_from(now.since(last).as_secs()).unwrap_or(u32::MAX);
        // After the wait there is one try, not as many as fit into a moment.
        wait.saturating_sub(passed).max(u32::from(open > 0))
    }

    /// The attempt is over; whoever gave up before its end has learned nothing by it.
    pub fn end(&mut self, attempt: Attempt) {
        for key in attempt.keys() {
            if let Some(failures) = self.failures.get_mut(&key) {
                failures.open = failures.open.saturating_sub(1);
                if failures.open == 0 && failures.count == 0 {
                    self.failures.remove(&key);
                }
            }
        }
    }

    pub fn failed(&mut self, attempt: Attempt, now: Timestamp) {
        for key in attempt.keys() {
            let failures = self.failures.entry(key).or_insert(Failures { count: 0, last: now, open: 0 });
            if now.since(failures.last) >= MEMORY {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
    }

    fn forget(&mut self, now: Timestamp) {
        if self.failures.len() > ENTRIES {
            self.failures.retain(|_, failures| failures.open > 0 || now.since(failures.last) < MEMORY);
            // Still too many: an attack from everywhere. The newest half stays.
            if self.failures.len() > ENTRIES {
                let mut times: Vec<_> = self.failures.values().map(|failures| failures.last).collect();
                let middle = times.len() / 2;
                let (_, middle, _) = times.select_nth_unstable(middle);
                let middle = *middle;
                self.failures.retain(|_, failures| failures.open > 0 || failures.last > middle);
            }
        }
    }

    pub fn succeeded(&mut self, attempt: Attempt) {
        if let Some(failures) = self.failures.get_mut(&attempt.account) {
            failures.count = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(throttle: &mut Throttle, account: &str, from: &str, now: Timestamp) {
        let attempt = Attempt::new(account, from);
        throttle.begin(attempt, 5, now).unwrap();
        throttle.failed(attempt, now);
        throttle.end(attempt);
    }

    fn wait(throttle: &mut Throttle, account: &str, from: &str, now: Timestamp) -> Option<u32> {
        let attempt = Attempt::new(account, from);
        match throttle.begin(attempt, 5, now) {
            Ok(()) => {
                throttle.end(attempt);
                None
            }
            Err(problem) => problem.retry_after,
        }
    }

    #[test]
    fn failures_of_an_account_make_it_wait_longer_and_longer() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp::from_millis(1_000_000);
        for _ in 0..5 {
            fail(&mut throttle, "aiko", "10.0.0.1", now);
        }
        assert_eq!(wait(&mut throttle, "aiko", "10.0.0.2", now), Some(2));
        assert_eq!(wait(&mut throttle, "omar", "10.0.0.1", now), None, "the office's address has more");
        now = now.plus(Duration::from_secs(2));
        fail(&mut throttle, "aiko", "10.0.0.2", now);
        assert_eq!(wait(&mut throttle, "aiko", "10.0.0.2", now), Some(4));
        throttle.succeeded(Attempt::new("aiko", "10.0.0.2"));
        assert_eq!(wait(&mut throttle, "aiko", "10.0.0.2", now), None);
    }

    #[test]
    fn attempts_at_once_are_no_more_than_attempts_one_by_one() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp::from_millis(1_000_000);
        let attempt = Attempt::new("aiko", "10.0.0.1");
        for _ in 0..5 {
            throttle.begin(attempt, 5, now).unwrap();
        }
        assert!(throttle.begin(attempt, 5, now).is_err(), "as many as may fail are on their way");
        for _ in 0..5 {
            throttle.failed(attempt, now);
            throttle.end(attempt);
        }
        now = now.plus(Duration::from_secs(2));
        throttle.begin(attempt, 5, now).unwrap();
        assert!(throttle.begin(attempt, 5, now).is_err(), "after the wait, one");
        throttle.end(attempt);
        assert!(throttle.begin(attempt, 5, now).is_ok(), "one that was given up isn't held against anyone");
    }

    #[test]
    fn an_office_signs_in_at_once_and_nothing_is_remembered_of_it() {
        let mut throttle = Throttle::default();
        let now = Timestamp::from_millis(1_000_000);
        let everyone: Vec<_> = (0..500).map(|n| Attempt::new(&format!("u{n}"), "10.0.0.1")).collect();
        for attempt in &everyone {
            throttle.begin(*attempt, 5, now).unwrap();
        }
        for attempt in everyone {
            throttle.succeeded(attempt);
            throttle.end(attempt);
        }
        assert!(throttle.failures.is_empty());
    }
}
