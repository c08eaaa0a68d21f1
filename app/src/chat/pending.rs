use leptos::prelude::*;
use stoa_domain::id::Nonce;
use stoa_domain::message::Importance;
use stoa_domain::person::initials;

use super::body::html;
use super::desk::use_desk;
use crate::live::store::use_store;
use crate::live::timeline::Progress;
use crate::text::{fill, use_text};
use crate::ui::{Avatar, Erase, Icon, dynamic, icon, pressing};

/// A post of one's own that isn't in the stream yet.
#[component]
pub fn PendingPost(nonce: Nonce, continued: bool) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let cell = desk.room.post_cell(nonce)?;
    let message = cell.with_untracked(|pending| pending.message.clone());
    let me = store.session();
    let failed = {
        let cell = cell.clone();
        move || cell.with(|pending| matches!(pending.progress, Progress::Failed(_)))
    };
    let state = move || {
        cell.with(|pending| match &pending.progress {
            Progress::Sent | Progress::Kept(_) => view! { <p class="state">{icon(Icon::Clock)} {t.sending}</p> }.any(),
            Progress::Queued => view! { <p class="state">{icon(Icon::Clock)} {if crate::place::is_online(store) { t.sending } else { t.waiting }}</p> }.any(),
            Progress::Failed(problem) => view! {
                <p class="state failed" role="alert">
                    {icon(Icon::Warning)}
                    <span>{fill(t.not_sent, &[&t.problem(problem)])}</span>
                    <button type="button" class="button" on:click=pressing(move |_| store.retry(desk.room, nonce))>{t.retry}</button>
                    <button type="button" class="button quiet" on:click=pressing(move |_| desk.again.set(store.discard(desk.room, nonce)))>{t.edit}</button>
                    <button type="button" class="button quiet" on:click=pressing(move |_| { store.discard(desk.room, nonce); })>{t.discard}</button>
                </p>
            }
            .any(),
        })
    };
    Some(
        view! {
            <li class="post pending" class:continued=continued class:failed=dynamic(move || failed()) class:high=message.importance == Importance::High>
                {if continued { view! { <span class="side"></span> }.any() } else { view! { <Avatar initials=initials(&me.user.display_name)/> }.any() }}
                <div class="content">
                    {(!continued).then(|| view! { <p class="by"><strong class="who">{me.user.display_name.clone()}</strong></p> }.any())}
                    {message.subject.clone().map(|subject| view! { <p><strong>{subject}</strong></p> }.any())}
                    <div class="body" dir="auto" inner_html=html(store, &message.body)></div>
                    {(!message.attachments.is_empty()).then(|| {
                        let count = i64::try_from(message.attachments.len()).unwrap_or_default();
                        view! { <p class="state">{icon(Icon::Clip)} {t.count(count, t.n_files)}</p> }.any()
                    })}
                    {dynamic(move || state())}
                </div>
            </li>
        }
        .any(),
    )
}
