//! Durations as people say them: a number and a unit. The API has seconds.

use leptos::prelude::*;
use serde_json::Value;

use super::form::{Fields, Form, Labelled};
use super::text::ConsoleText;
use crate::ui::{Erase, dynamic};

const UNITS: [u64; 4] = [86_400, 3_600, 60, 1];

/// The number and the largest unit in which these seconds are whole.
fn split(seconds: u64) -> (u64, u64) {
    let unit = UNITS.into_iter().find(|unit| seconds > 0 && seconds.is_multiple_of(*unit)).unwrap_or(60);
    (seconds / unit, unit)
}

/// The name of the field that has the unit.
fn unit_name(name: &str) -> String {
    format!("{name}_unit")
}

/// What was entered, in seconds; what isn't a number as it is, so that the server says what is wrong with it.
pub fn seconds(fields: &Fields, name: &str) -> Value {
    let text = fields.get(name);
    let unit = fields.get(&unit_name(name)).parse::<u64>().unwrap_or(1);
    // `1,5` is one and a half, too.
    match text.replace(',', ".").parse::<f64>() {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(number) if number >= 0.0 && number.is_finite() && number * (unit as f64) < 1e15 => Value::from((number * unit as f64).round() as u64),
        _ => Value::String(text),
    }
}

/// A number beside its unit.
pub fn input(t: &'static ConsoleText, form: Form, labelled: Labelled, value: u64) -> AnyView {
    let name = labelled.name;
    let (number, unit) = split(value);
    let names = [t.days, t.hours, t.minutes, t.seconds];
    let unit_label = format!("{}: {}", labelled.label, t.unit_of_time);
    super::form::around(form, labelled, move |id, about| {
        let options: Vec<AnyView> = UNITS
            .into_iter()
            .zip(names)
            .map(|(seconds, name)| view! { <option value=seconds.to_string() selected=seconds == unit>{name}</option> }.any())
            .collect();
        view! {
            <div class="duration">
                <input class="input" id=id name=name inputmode="decimal" value=number.to_string() autocomplete="off" aria-describedby=about
                    aria-invalid=dynamic(move || form.has_error(name).then_some("true"))/>
                <select class="input" name=unit_name(name) aria-label=unit_label>{options}</select>
            </div>
        }
        .any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(number: &str, unit: u64) -> Value {
        seconds(&Fields::from_pairs(&[("idle", number), ("idle_unit", &unit.to_string())]), "idle")
    }

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(split(7 * 86_400), (7, 86_400));
        assert_eq!(split(36 * 3_600), (36, 3_600));
        assert_eq!(split(900), (15, 60));
        assert_eq!(split(90), (90, 1));
        assert_eq!(split(0), (0, 60));
    }

    #[test]
    fn what_is_entered_becomes_seconds() {
        assert_eq!(entered("15", 60), 900);
        assert_eq!(entered("1,5", 3_600), 5_400);
        assert_eq!(entered("0.5", 60), 30);
        for bad in ["", "soon", "-1", "inf", "1e40"] {
            assert_eq!(entered(bad, 60), bad, "{bad}");
        }
    }
}
