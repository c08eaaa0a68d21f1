//! Amounts as people say them: a number and a unit. The API has seconds, or bytes.

use leptos::prelude::*;
use serde_json::Value;
use stoa_domain::settings::FileLimits;
use stoa_domain::wire::access::At;
use stoa_domain::wire::category::{EffectiveLimit, EffectiveSettings};

use super::form::{Fields, Form, Labelled};
use super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Erase, dynamic};

const TIMES: [u64; 4] = [86_400, 3_600, 60, 1];
const SIZES: [u64; 4] = [1 << 30, 1 << 20, 1 << 10, 1];
const SIZE_NAMES: [&str; 4] = ["GiB", "MiB", "KiB", "B"];

/// The number and the largest unit in which this is whole; of nothing the unit that is used most.
fn split(value: u64, units: [u64; 4], usual: u64) -> (u64, u64) {
    let unit = units.into_iter().find(|unit| value > 0 && value.is_multiple_of(*unit)).unwrap_or(usual);
    (value / unit, unit)
}

/// The name of the field that has the unit.
fn unit_name(name: &str) -> String {
    format!("{name}_unit")
}

/// What was entered, in the smallest unit; what isn't a number as it is, so that the server says what is wrong with it.
pub fn entered(fields: &Fields, name: &str) -> Value {
    let text = fields.get(name);
    let unit = fields.get(&unit_name(name)).parse::<u64>().unwrap_or(1);
    // `1,5` is one and a half, too.
    match text.replace(',', ".").parse::<f64>() {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(number) if number >= 0.0 && number.is_finite() && number * (unit as f64) < 1e15 => Value::from((number * unit as f64).round() as u64),
        _ => Value::String(text),
    }
}

/// The same where a field that is left empty says nothing.
pub fn entered_or_none(fields: &Fields, name: &str) -> Value {
    if fields.get(name).is_empty() { Value::from(0) } else { entered(fields, name) }
}

/// What lasts, in seconds.
pub fn duration(t: &'static ConsoleText, form: Form, labelled: Labelled, value: u64) -> AnyView {
    let (number, unit) = split(value, TIMES, 60);
    let label = format!("{}: {}", labelled.label, t.unit_word);
    input(form, labelled, number.to_string(), label, TIMES.into_iter().zip([t.days, t.hours, t.minutes, t.seconds]).collect(), unit)
}

/// What something takes, in bytes; nothing stands there as an empty field.
pub fn size(t: &'static ConsoleText, form: Form, labelled: Labelled, value: u64) -> AnyView {
    let (number, unit) = split(value, SIZES, 1 << 20);
    let label = format!("{}: {}", labelled.label, t.unit_word);
    let number = if value == 0 { String::new() } else { number.to_string() };
    input(form, labelled, number, label, SIZES.into_iter().zip(SIZE_NAMES).collect(), unit)
}

/// A number beside its unit.
fn input(form: Form, labelled: Labelled, number: String, unit_label: String, units: Vec<(u64, &'static str)>, unit: u64) -> AnyView {
    let name = labelled.name;
    super::form::around(form, labelled, move |id, about| {
        let options: Vec<AnyView> =
            units.into_iter().map(|(worth, name)| view! { <option value=worth.to_string() selected=worth == unit>{name}</option> }.any()).collect();
        view! {
            <div class="duration">
                <input class="input" id=id name=name inputmode="decimal" value=number autocomplete="off" aria-describedby=about
                    aria-invalid=dynamic(move || form.has_error(name).then_some("true"))/>
                <select class="input" name=unit_name(name) aria-label=unit_label>{options}</select>
            </div>
        }
        .any()
    })
}

/// `20 MiB`, exactly.
fn said(bytes: u64) -> String {
    let (number, unit) = split(bytes, SIZES, 1);
    let name = SIZES.into_iter().zip(SIZE_NAMES).find(|(worth, _)| *worth == unit).map_or("B", |(_, name)| name);
    format!("{number} {name}")
}

/// What the files of a room, or of each room of a category, may take; with what it comes to, and whose word that is.
pub fn limits(t: &'static ConsoleText, form: Form, scope: &'static str, own: FileLimits, comes: &EffectiveSettings) -> AnyView {
    let of_rooms = if scope == "room" { t.limit_room } else { t.limit_rooms };
    let line = |name: &'static str, label: &'static str, value: u64, comes: &EffectiveLimit| {
        view! {
            <div class="limit">
                {size(t, form, Labelled::new(scope, name, label), value)}
                <p class="comes faint tiny">{comes_to(t, comes)}</p>
            </div>
        }
        .any()
    };
    view! {
        <fieldset class="limits">
            <legend>{t.limits}</legend>
            <p class="faint tiny">{t.limits_help}</p>
            {line("upload_limit", t.limit_file, own.upload_limit, &comes.upload_limit)}
            {line("room_quota", of_rooms, own.room_quota, &comes.room_quota)}
        </fieldset>
    }
    .into_any()
}

fn comes_to(t: &'static ConsoleText, comes: &EffectiveLimit) -> String {
    let from = match &comes.from {
        At::Category { name, .. } | At::Room { name, .. } => name,
        At::Pool => t.the_pool,
    };
    comes.bytes.map_or_else(|| t.unlimited.to_owned(), |bytes| fill(t.at_most_from, &[&said(bytes), &from]))
}

/// What was entered there, if it isn't what was.
pub fn entered_limits(fields: &Fields, before: FileLimits) -> Option<Value> {
    let entered = serde_json::json!({ "upload_limit": entered_or_none(fields, "upload_limit"), "room_quota": entered_or_none(fields, "room_quota") });
    (serde_json::to_value(before).ok().as_ref() != Some(&entered)).then_some(entered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: &str, unit: u64) -> Value {
        entered(&Fields::from_pairs(&[("idle", number), ("idle_unit", &unit.to_string())]), "idle")
    }

    #[test]
    fn amounts_read_as_people_say_them() {
        let time = |seconds| split(seconds, TIMES, 60);
        assert_eq!([time(7 * 86_400), time(36 * 3_600), time(900), time(90), time(0)], [(7, 86_400), (36, 3_600), (15, 60), (90, 1), (0, 60)]);
        assert_eq!([said(20 << 20), said(1 << 30), said(1_537), said(1_000), said(0)], ["20 MiB", "1 GiB", "1537 B", "1000 B", "0 B"]);
    }

    #[test]
    fn what_is_entered_is_counted_in_the_smallest_unit() {
        assert_eq!(of("15", 60), 900);
        assert_eq!(of("1,5", 3_600), 5_400);
        assert_eq!(of("0.5", 60), 30);
        for bad in ["", "soon", "-1", "inf", "1e40"] {
            assert_eq!(of(bad, 60), bad, "{bad}");
        }
    }

    #[test]
    fn limits_are_sent_where_they_change() {
        let before = FileLimits { upload_limit: 20 << 20, room_quota: 0 };
        let sent = |file: &str, room: &str| {
            let fields = [("upload_limit", file), ("upload_limit_unit", "1048576"), ("room_quota", room), ("room_quota_unit", "1073741824")];
            entered_limits(&Fields::from_pairs(&fields), before)
        };
        assert_eq!((sent("20", ""), sent("20", "0")), (None, None));
        assert_eq!(sent("", "1.5"), Some(serde_json::json!({ "upload_limit": 0, "room_quota": 1_610_612_736_u64 })));
        assert_eq!(sent("much", ""), Some(serde_json::json!({ "upload_limit": "much", "room_quota": 0 })), "the server says what is wrong with it");
    }
}
