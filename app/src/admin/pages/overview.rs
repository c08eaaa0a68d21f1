//! Is it all right? What the pool is doing, and what one should look at.

use leptos::prelude::*;
use stoa_domain::wire::pool::Overview;

use super::super::address::section;
use super::super::table;
use super::super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Erase, Icon, icon};
use crate::words::size;

pub fn overview(t: &'static ConsoleText, page: &Overview) -> AnyView {
    let warnings: Vec<AnyView> =
        page.warnings.iter().map(|warning| view! { <p class="notice warn">{icon(Icon::Warning)} <span>{warning.message.clone()}</span></p> }.any()).collect();
    let fine = warnings.is_empty();
    let figure = |href: Option<String>, name: &'static str, value: String, more: String| {
        let inner = view! { <span class="faint">{name}</span> <strong class="num">{value}</strong> <span class="soft tiny">{more}</span> }.into_any();
        match href {
            Some(href) => view! { <li><a href=href>{inner}</a></li> }.any(),
            None => view! { <li>{inner}</li> }.any(),
        }
    };
    let number = |count: u64| t.number(count);
    let disk = page.disk.map(|disk| fill(t.disk_free, &[&size(disk.free, t.language), &size(disk.bytes, t.language)])).unwrap_or_default();
    let last: u64 = page.posts_per_minute.iter().sum();
    view! {
        {table::head(Vec::new(), view! { {page.name.clone()} }.into_any(), ().into_any())}
        {fine.then(|| view! { <p class="notice good">{icon(Icon::Check)} <span>{t.all_right}</span></p> }.any())}
        {warnings}
        <ul class="figures">
            {figure(Some(section("people")), t.people, number(page.people.enabled), fill(t.n_disabled, &[&number(page.people.disabled)]))}
            {figure(Some(section("rooms")), t.rooms, number(page.rooms.active), fill(t.n_disabled, &[&number(page.rooms.disabled)]))}
            {figure(Some(section("categories")), t.categories, number(page.categories), String::new())}
            {figure(Some(section("groups")), t.groups, number(page.groups), String::new())}
            {figure(None, t.online, number(page.online), fill(t.n_connections, &[&number(page.connections)]))}
            {figure(None, t.posts_last_hour, number(last), String::new())}
            {figure(None, t.database, size(page.database.bytes, t.language), format!("{} {disk}", page.database.kind))}
            {figure(None, t.archive_queue, number(page.archive_queue), t.archive_queue_help.to_owned())}
        </ul>
        <section>
            <h2>{t.posts_per_minute}</h2>
            {chart(t, &page.posts_per_minute)}
        </section>
        <dl class="facts">
            {table::fact(t.version, view! { <span>{page.version.clone()}</span> }.any())}
            {table::fact(t.running_since, table::moment(page.started_at, t))}
        </dl>
    }
    .into_any()
}

/// Bars, the present minute at the end. What they say stands in the figure above, too.
fn chart(t: &'static ConsoleText, counts: &[u64]) -> AnyView {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let total: u64 = counts.iter().sum();
    let first = 60usize.saturating_sub(counts.len());
    let bars: Vec<AnyView> = counts
        .iter()
        .enumerate()
        .map(|(index, count)| {
            let height = count.saturating_mul(56) / most;
            view! { <rect x=((first + index) * 10).to_string() y=(60 - height).to_string() width="8" height=height.max(1).to_string()></rect> }.into_any()
        })
        .collect();
    view! { <svg class="chart" viewBox="0 0 600 60" preserveAspectRatio="none" role="img" aria-label=fill(t.chart_of, &[&t.number(total), &t.number(most)])>{bars}</svg> }.any()
}
