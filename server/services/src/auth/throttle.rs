//! Failed sign-ins, counted by account and by address. Successes cost nothing, since an office
//! shares one address; an address may fail more often than an account.

use std::collections::HashMap;
use std::time::Duration;

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

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

#[derive(Default)]
pub(super) struct Throttle {
    failures: HashMap<String, Failures>,
}

fn by_account(key: &str) -> String {
    format!("account {key}")
}
fn by_address(from: &str) -> String {
    format!("address {from}")
}

impl Throttle {
    /// # Errors
    /// 429 with the time to wait.
    pub fn check(&self, account: &str, from: &str, limit: u32, now: Timestamp) -> Result<()> {
        let limit = limit.max(1);
        let wait = self.wait(&by_account(account), limit, now).max(self.wait(&by_address(from), limit.saturating_mul(ADDRESS_FACTOR), now));
        if wait == 0 {
            return Ok(());
        }
        Err(Problem::too_many().detail("Too many failed sign-ins. Wait a little before the next try.").retry_after(wait))
    }

    /// Seconds to wait: none below the limit, then 2, 4, 8, …
    fn wait(&self, key: &str, limit: u32, now: Timestamp) -> u32 {
        let Some(failures) = self.failures.get(key).filter(|failures| now.since(failures.last) < MEMORY) else { return 0 };
        if failures.count < limit {
            return 0;
        }
        let wait = 2_u32.saturating_pow((failures.count - limit + 1).min(10)).min(LONGEST);
        let passed = u32::try_from(now.since(failures.last).as_secs()).unwrap_or(u32::MAX);
        wait.saturating_sub(passed)
    }

    pub fn failed(&mut self, account: &str, from: &str, now: Timestamp) {
        for key in [by_account(account), by_address(from)] {
            let failures = self.failures.entry(key).or_insert(Failures { count: 0, last: now });
            if now.since(failures.last) >= MEMORY {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
        if self.failures.len() > ENTRIES {
            self.failures.retain(|_, failures| now.since(failures.last) < MEMORY);
            // Still too many: an attack from everywhere. The newest half stays.
            if self.failures.len() > ENTRIES {
                let mut times: Vec<_> = self.failures.values().map(|failures| failures.last).collect();
                let middle = times.len() / 2;
                let (_, middle, _) = times.select_nth_unstable(middle);
                let middle = *middle;
                self.failures.retain(|_, failures| failures.last > middle);
            }
        }
    }

    pub fn succeeded(&mut self, account: &str) {
        self.failures.remove(&by_account(account));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_an_account_make_it_wait_longer_and_longer() {
        let mut throttle = Throttle::default();
        let mut now = Timestamp::from_millis(1_000_000);
        for _ in 0..5 {
            assert!(throttle.check("aiko", "10.0.0.1", 5, now).is_ok());
            throttle.failed("aiko", "10.0.0.1", now);
        }
        assert_eq!(throttle.check("aiko", "10.0.0.2", 5, now).unwrap_err().retry_after, Some(2));
        assert!(throttle.check("omar", "10.0.0.1", 5, now).is_ok(), "the office's address has more");
        now = now.plus(Duration::from_secs(2));
        assert!(throttle.check("aiko", "10.0.0.2", 5, now).is_ok());
        throttle.failed("aiko", "10.0.0.2", now);
        assert_eq!(throttle.check("aiko", "10.0.0.2", 5, now).unwrap_err().retry_after, Some(4));
        throttle.succeeded("aiko");
        assert!(throttle.check("aiko", "10.0.0.2", 5, now).is_ok());
    }
}
