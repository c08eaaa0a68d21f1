//! When to try again. Pure: the randomness comes from outside.

use std::time::Duration;

const FIRST: f64 = 0.5;
const LONGEST: f64 = 30.0;

/// How long to wait before the next try, after `failures` in a row. `random` is from 0 to 1:
/// a thousand clients that lost one server mustn't come back together. What the server asks for is
/// the least.
#[must_use]
pub fn delay(failures: u32, retry_after: Option<u32>, random: f64) -> Duration {
    let span = (FIRST * 2f64.powi(i32::try_from(failures.min(16)).unwrap_or(16))).min(LONGEST);
    let asked = f64::from(retry_after.unwrap_or(0).min(3_600));
    Duration::from_secs_f64(asked + span * (0.5 + random.clamp(0.0, 1.0) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_a_limit_and_keeps_what_was_asked() {
        assert_eq!(delay(0, None, 0.0), Duration::from_millis(250));
        assert_eq!(delay(0, None, 1.0), Duration::from_millis(500));
        assert!(delay(3, None, 0.0) >= delay(2, None, 1.0));
        assert_eq!(delay(40, None, 1.0), Duration::from_secs(30));
        assert!(delay(0, Some(7), 0.0) > Duration::from_secs(7));
    }
}
