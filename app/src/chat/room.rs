use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use stoa_domain::id::{RoomId, Seq};
use stoa_domain::wire::message::HistoryQuery;
use stoa_domain::wire::problem::Problem;

use super::composer::Composer;
use super::desk::Desk;
use super::details::Details;
use super::head::Head;
use super::palette::Palette;
use super::timeline::TimelineView;
use crate::api::{Api, Result};
use crate::live::store::use_store;
use crate::live::{Room, RoomPage};
use crate::text::{fill, use_text};
use crate::ui::{Confirm, Empty, Icon};
use crate::{respond, routes};

/// Messages on a page that the server renders.
#[cfg(feature = "ssr")]
const FIRST: u32 = 40;

#[cfg(feature = "ssr")]
async fn load(api: Api, room: RoomId, query: HistoryQuery) -> Option<Result<RoomPage>> {
    let load = async {
        let info = api.room(room).await?;
        let history = api.history(room, HistoryQuery { limit: Some(FIRST), ..query }).await?;
        Ok(RoomPage { info, history })
    };
    Some(load.await)
}

/// In the browser the live state knows better.
#[cfg(not(feature = "ssr"))]
async fn load(_: Api, _: RoomId, _: HistoryQuery) -> Option<Result<RoomPage>> {
    None
}

/// Shows the room that the address names. The page that the server rendered brings its messages;
/// from then on the live state has them.
#[component]
pub fn RoomRoute() -> impl IntoView {
    let store = use_store();
    let params = use_params_map();
    let query = use_query_map();
    let target = Memo::new(move |_| {
        params.with(|params| {
            let room: RoomId = params.get_str("room")?.parse().ok()?;
            Some((room, params.get_str("seq").and_then(|seq| seq.parse::<Seq>().ok())))
        })
    });
    let failed = RwSignal::new(None::<Problem>);
    let api = store.api();
    let page = Resource::new(
        || (),
        move |()| {
            let api = api.clone();
            let number = |name| query.with_untracked(|query| query.get_str(name).and_then(|text| text.parse::<Seq>().ok()));
            let (before_seq, after_seq) = (number("before"), number("after"));
            let target = target.get_untracked();
            async move {
                let Some((room, around)) = target else { return Some(Err(Problem::room_not_found())) };
                load(api, room, HistoryQuery { around, before_seq, after_seq, limit: None }).await
            }
        },
    );
    let take = move |page: Option<Result<RoomPage>>| match page {
        Some(Ok(page)) => {
            let anchor = target.get_untracked().and_then(|(_, seq)| seq).or_else(|| {
                // A page of history without scripts is looked at where it is.
                let paged = query.with_untracked(|query| query.get_str("before").or(query.get_str("after")).is_some());
                page.history.messages.last().map(|message| message.seq).filter(|_| paged)
            });
            store.open_page(page, anchor);
        }
        Some(Err(problem)) => {
            respond::set_status(problem.status);
            failed.set(Some(problem));
        }
        None => {}
    };
    Effect::new(move |shown: Option<Option<(RoomId, Option<Seq>)>>| {
        let target = target.get();
        // What the server rendered is there already.
        if let Some((room, seq)) = target.filter(|_| shown != Some(target)) {
            if shown.is_some() || store.current.get_untracked() != Some(room) {
                failed.set(None);
                store.visit(room, seq, move |problem| failed.set(Some(problem)));
            }
        }
        target
    });
    on_cleanup(move || {
        if cfg!(feature = "hydrate") {
            store.leave_view();
        }
    });
    view! {
        <Suspense fallback=Skeleton>
            {move || Suspend::new(async move {
                take(page.await);
                view! {
                    <Show when=move || failed.with(Option::is_some)>
                        <NoRoom problem=failed/>
                    </Show>
                    <For
                        each=move || store.current.get().filter(|_| failed.with(Option::is_none)).and_then(|room| store.find(room))
                        key=|room| room.id
                        let:room
                    >
                        <RoomView room target=Signal::derive(move || target.get().and_then(|(_, seq)| seq))/>
                    </For>
                }
            })}
        </Suspense>
    }
}

#[component]
fn RoomView(room: Room, target: Signal<Option<Seq>>) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = Desk::provide(room);
    Effect::new(move || desk.target.set(target.get()));
    let deleting = RwSignal::new(false);
    // Each follows the other; setting what is so already would wake the other for nothing, for ever.
    Effect::new(move || crate::live::room::put(deleting, desk.deleting.get().is_some()));
    Effect::new(move || {
        if !deleting.get() {
            crate::live::room::put(desk.deleting, None);
        }
    });
    let delete = move |()| {
        if let Some(seq) = desk.deleting.get_untracked() {
            store.delete(room, seq);
        }
    };
    let details = move || match desk.details.get() {
        None => "auto",
        Some(true) => "open",
        Some(false) => "closed",
    };
    view! {
        <div class="room" data-details=details>
            <main aria-label=move || room.name()>
                <Head/>
                {move || match room.removed.get() {
                    Some(_) => view! { <Removed room/> }.into_any(),
                    None => view! {
                        <TimelineView/>
                        <Composer/>
                    }.into_any(),
                }}
            </main>
            <Details/>
            <Palette/>
            <Confirm open=deleting title=t.delete_title text=t.delete_text yes=t.delete run=delete/>
        </div>
    }
    .into_any()
}

#[component]
fn Removed(room: Room) -> impl IntoView {
    use stoa_domain::access::Refusal;
    let t = use_text();
    let text = if room.removed.get_untracked() == Some(Refusal::RoomDisabled) { t.disabled_text } else { t.removed_text };
    view! {
        <Empty icon=Icon::Door title=fill(t.removed_title, &[&room.name()]) text>
            <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
        </Empty>
    }
}

#[component]
fn NoRoom(problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let t = use_text();
    let (title, text) = match problem.get_untracked() {
        Some(problem) if !matches!(problem.status, 403 | 404) => (t.problem(&problem), String::new()),
        _ => (t.no_such_room_title.to_owned(), t.no_such_room.to_owned()),
    };
    view! {
        <main class="home">
            <Empty icon=Icon::Compass title text>
                <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
                <a class="button" href=routes::DIRECTORY>{t.directory}</a>
            </Empty>
        </main>
    }
}

/// Stands where a room will be.
#[component]
fn Skeleton() -> impl IntoView {
    let t = use_text();
    view! {
        <main class="home skeleton" aria-busy="true" aria-label=t.loading>
            {(0..6).map(|_| view! { <div class="bone"><span></span><p></p></div> }).collect_view()}
        </main>
    }
}
