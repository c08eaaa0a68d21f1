//! How often somebody may do something: a bucket that fills at a steady rate.

use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;

#[derive(Debug, Default)]
pub struct Bucket {
    /// Operations taken and not yet given back by time.
    taken: f64,
    last: Timestamp,
}

impl Bucket {
    /// Whether nothing is taken any more: then it is as good as a new one.
    pub fn is_full(&self, settings: &PoolSettings, now: Timestamp) -> bool {
        self.left(settings, now) <= 0.0
    }

    fn left(&self, settings: &PoolSettings, now: Timestamp) -> f64 {
        self.taken - now.since(self.last).as_secs_f64() * rate(settings)
    }

    /// Takes one operation.
    ///
    /// # Errors
    /// 429 with the limit and when to try again.
    pub fn take(&mut self, settings: &PoolSettings, now: Timestamp) -> Result<(), Problem> {
        self.taken = self.left(settings, now).max(0.0);
        self.last = now;
        let over = self.taken + 1.0 - f64::from(settings.operations_burst.max(1));
        if over > 0.0 {
            metrics::counter!("stoa_limited_total").increment(1);
            // At least a second: a client that comes back at once would only be refused again.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let seconds = (over / rate(settings)).ceil().clamp(1.0, 60.0) as u32;
            return Err(Problem::too_many()
                .detail(format!("At most {} operations per second, {} at once.", settings.operations_per_second, settings.operations_burst))
                .retry_after(seconds));
        }
        self.taken += 1.0;
        Ok(())
    }
}

fn rate(settings: &PoolSettings) -> f64 {
    f64::from(settings.operations_per_second.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_then_the_rate_counts() {
        let settings = PoolSettings { operations_per_second: 2, operations_burst: 3, ..PoolSettings::default() };
        let mut bucket = Bucket::default();
        let start = Timestamp::from_millis(1_000_000);
        for _ in 0..3 {
            assert!(bucket.take(&settings, start).is_ok());
        }
        assert_eq!(bucket.take(&settings, start).unwrap_err().retry_after, Some(1));
        assert!(bucket.take(&settings, Timestamp::from_millis(1_000_500)).is_ok());
        assert!(bucket.take(&settings, Timestamp::from_millis(1_000_500)).is_err());
        assert!(!bucket.is_full(&settings, Timestamp::from_millis(1_001_000)) && bucket.is_full(&settings, Timestamp::from_millis(1_002_000)));
    }
}
