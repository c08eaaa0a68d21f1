//! Times as people read them. The server doesn't know where a reader is, so it writes UTC and the
//! browser, once it is awake, its own zone.

use leptos::prelude::*;
use stoa_domain::time::Timestamp;

use crate::text::Language;

/// The zone that times are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    #[default]
    Utc,
    /// That of this browser.
    Local,
}

/// A moment as the API writes it. In the browser by the browser: it has all of that already.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    #[cfg(feature = "hydrate")]
    {
        let millis = js_sys::Date::parse(text);
        #[allow(clippy::cast_possible_truncation)]
        return millis.is_finite().then_some(Timestamp::from_millis(millis as i64));
    }
    #[cfg(not(feature = "hydrate"))]
    Timestamp::parse(text)
}

#[must_use]
pub fn stamp(at: Timestamp) -> String {
    #[cfg(feature = "hydrate")]
    {
        #[allow(clippy::cast_precision_loss)]
        return js_sys::Date::new(&(at.millis() as f64).into()).to_iso_string().into();
    }
    #[cfg(not(feature = "hydrate"))]
    at.to_string()
}

const MINUTES_OF_DAY: i64 = 24 * 60;

impl Zone {
    /// The zone of this page, as a signal: UTC until the browser is awake.
    pub fn provide() {
        let zone = RwSignal::new(Self::Utc);
        provide_context(zone.read_only());
        crate::ui::effect(move || zone.set(Self::Local));
    }

    /// Minutes east of UTC at that moment.
    fn offset(self, at: Timestamp) -> i64 {
        #[cfg(feature = "hydrate")]
        if self == Self::Local {
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            return -(js_sys::Date::new(&(at.millis() as f64).into()).get_timezone_offset() as i64);
        }
        let _ = at;
        0
    }

    fn minutes(self, at: Timestamp) -> i64 {
        at.millis().div_euclid(60_000) + self.offset(at)
    }

    /// The day, counted from 1970-01-01.
    #[must_use]
    pub fn day(self, at: Timestamp) -> i64 {
        self.minutes(at).div_euclid(MINUTES_OF_DAY)
    }

    /// `08:41`
    #[must_use]
    pub fn time(self, at: Timestamp) -> String {
        let minutes = self.minutes(at).rem_euclid(MINUTES_OF_DAY);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// `20 November 2026, 08:41`; before the browser is awake, with the zone.
    #[must_use]
    pub fn exact(self, at: Timestamp, language: Language) -> String {
        let zone = if self == Self::Utc { " UTC" } else { "" };
        format!("{}, {}{zone}", date(self.day(at), language), self.time(at))
    }
}

/// The zone signal of this page.
#[must_use]
pub fn use_zone() -> ReadSignal<Zone> {
    use_context::<ReadSignal<Zone>>().unwrap_or_else(|| RwSignal::new(Zone::Utc).read_only())
}

/// Now, by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "hydrate")]
    #[allow(clippy::cast_possible_truncation)]
    return Timestamp::from_millis(js_sys::Date::now() as i64);
    #[cfg(not(feature = "hydrate"))]
    Timestamp::from_millis(std::time::UNIX_EPOCH.elapsed().ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default())
}

const MONTHS: [[&str; 12]; 2] = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
];
const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
];

/// `20 November 2026`
#[must_use]
pub fn date(day: i64, language: Language) -> String {
    let (year, month, day) = civil(day);
    let month = MONTHS[language as usize][month - 1];
    match language {
        Language::English => format!("{day} {month} {year}"),
        Language::German => format!("{day}. {month} {year}"),
    }
}

/// `Friday, 20 November`, with the year when it isn't this one.
#[must_use]
pub fn day_line(day: i64, today: i64, language: Language) -> String {
    let weekday = WEEKDAYS[language as usize][usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default()];
    let mut line = format!("{weekday}, {}", date(day, language));
    let (year, this_year) = (civil(day).0, civil(today).0);
    if year == this_year {
        line.truncate(line.len() - " ".len() - year.to_string().len());
    }
    line
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil(day: i64) -> (i64, usize, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, usize::try_from(month).unwrap_or(1), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn times_read_as_people_write_them() {
        let moment = at("2026-11-20T08:41:59.999Z");
        assert_eq!(Zone::Utc.time(moment), "08:41");
        assert_eq!(Zone::Utc.exact(moment, Language::English), "20 November 2026, 08:41 UTC");
        assert_eq!(Zone::Utc.exact(moment, Language::German), "20. November 2026, 08:41 UTC");
    }

    #[test]
    fn a_day_line_names_the_year_only_when_it_is_another() {
        let day = |text| Zone::Utc.day(at(text));
        let today = day("2026-11-23T00:00:00Z");
        assert_eq!(day_line(day("2026-11-20T23:59:59Z"), today, Language::English), "Friday, 20 November");
        assert_eq!(day_line(day("2024-02-29T00:00:00Z"), today, Language::German), "Donnerstag, 29. Februar 2024");
        assert_eq!(day_line(day("1969-12-31T12:00:00Z"), today, Language::English), "Wednesday, 31 December 1969");
    }
}
