//! How many messages came in each of the last minutes.

use stoa_domain::time::Timestamp;

const MINUTES: usize = 60;

#[derive(Debug)]
pub(super) struct Pace {
    /// A number a minute, the minute's number modulo their count giving the place.
    counts: [u64; MINUTES],
    /// The last minute that was counted in.
    last: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { counts: [0; MINUTES], last: i64::MIN }
    }
}

impl Pace {
    fn place(minute: i64) -> usize {
        usize::try_from(minute.rem_euclid(MINUTES as i64)).unwrap_or(0)
    }

    /// Forgets what is older than the minutes that are kept.
    fn advance(&mut self, at: Timestamp) {
        let minute = at.millis().div_euclid(60_000);
        let passed = minute.saturating_sub(self.last).clamp(0, MINUTES as i64);
        for back in 0..passed {
            self.counts[Self::place(minute - back)] = 0;
        }
        self.last = self.last.max(minute);
    }

    pub fn count(&mut self, at: Timestamp, messages: u64) {
        self.advance(at);
        self.counts[Self::place(self.last)] += messages;
    }

    /// The oldest first, the minute of `now` last.
    pub fn minutes(&mut self, now: Timestamp) -> Vec<u64> {
        self.advance(now);
        (0..MINUTES as i64).rev().map(|back| self.counts[Self::place(self.last - back)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept() {
        let at = |minute: i64| Timestamp::from_millis(minute * 60_000 + 7);
        let mut pace = Pace::default();
        assert_eq!(pace.minutes(at(1_000)), [0; 60]);
        pace.count(at(1_000), 2);
        pace.count(at(1_001), 3);
        pace.count(at(1_000), 1);
        let minutes = pace.minutes(at(1_003));
        assert_eq!(minutes[56..], [2, 4, 0, 0], "what comes late counts now");
        assert_eq!(pace.minutes(at(1_060))[..2], [4, 0]);
        assert_eq!(pace.minutes(at(1_061)), [0; 60]);
        pace.count(at(5_000), 9);
        assert_eq!(pace.minutes(at(5_000))[59], 9);
        assert_eq!(pace.minutes(at(5_000)).iter().sum::<u64>(), 9);
    }
}
