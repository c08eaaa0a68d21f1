use leptos::prelude::*;
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::wire::Page;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};

use crate::pages::text::use_text;
use crate::place::room_icon;
use crate::routes;
use crate::text::fill;
use crate::ui::{Empty, Icon, icon};
use crate::when::{self, Zone};
use crate::words::{privacy_word, type_word};

/// One page of the directory.
#[component]
pub fn Results(page: Page<DirectoryRoom>, asked: DirectoryQuery) -> impl IntoView {
    let t = use_text();
    if page.items.is_empty() {
        return view! { <Empty icon=Icon::Compass title=t.directory_empty/> }.into_any();
    }
    let at = |cursor: &str| {
        let category = asked.category.map(|id| id.to_string()).unwrap_or_default();
        let privacy = asked.privacy.map(Privacy::as_str).unwrap_or_default();
        routes::with_query(
            routes::DIRECTORY,
            &[("q", asked.q.as_deref().unwrap_or_default()), ("category", &category), ("privacy", privacy), ("cursor", cursor)],
        )
    };
    let here = at(asked.cursor.as_deref().unwrap_or_default());
    let more = page.next.map(|next| at(&next));
    view! {
        <ul class="room-cards">
            {page.items.into_iter().map(|room| view! { <RoomCard room here=here.clone()/> }).collect_view()}
        </ul>
        {more.map(|href| view! { <a class="button" href=href>{t.more}</a> })}
    }
    .into_any()
}

#[component]
fn RoomCard(room: DirectoryRoom, here: String) -> impl IntoView {
    let t = use_text();
    let DirectoryRoom { room: info, following, asked, active_at, people, .. } = room;
    let id = info.id;
    let text = if info.topic.is_empty() { info.description.clone() } else { info.topic.clone() };
    let action = if following {
        view! { <a class="button" href=routes::room(id)>{t.open_room}</a> }.into_any()
    } else if info.may.enter {
        view! {
            <form method="post" action=routes::JOIN>
                <input type="hidden" name="room" value=id.to_string()/>
                <button class="button primary" aria-label=fill(t.join_room, &[&info.name])>{t.join}</button>
            </form>
        }
        .into_any()
    } else if asked {
        view! {
            <form method="post" action=routes::WITHDRAW>
                <input type="hidden" name="room" value=id.to_string()/>
                <input type="hidden" name="next" value=here/>
                <span class="tag">{t.asked}</span>
                <button class="button quiet" aria-label=fill(t.withdraw_room, &[&info.name])>{t.withdraw}</button>
            </form>
        }
        .into_any()
    } else if info.may.ask {
        view! {
            <details class="ask">
                <summary class="button" aria-label=fill(t.ask_room, &[&info.name])>{t.ask_to_join}</summary>
                <form method="post" action=routes::ASK>
                    <input type="hidden" name="room" value=id.to_string()/>
                    <input type="hidden" name="next" value=here/>
                    <label>
                        {t.ask_text}
                        <textarea class="input" name="text" rows="3" maxlength="500"></textarea>
                    </label>
                    <button class="button primary">{t.ask_send}</button>
                </form>
            </details>
        }
        .into_any()
    } else {
        view! { <span class="faint small">{t.ask_manager}</span> }.into_any()
    };
    view! {
        <li>
            {icon(room_icon(&info))}
            <div>
                <h2>
                    {if info.may.enter {
                        view! { <a href=routes::room(id) dir="auto">{info.name.clone()}</a> }.into_any()
                    } else {
                        view! { <span dir="auto">{info.name.clone()}</span> }.into_any()
                    }}
                    {(info.privacy != Privacy::Open).then(|| view! { <span class="tag" title=privacy_word(t, info.privacy).1>{privacy_word(t, info.privacy).0}</span> })}
                    {(info.room_type != RoomType::Normal).then(|| view! { <span class="tag" title=type_word(t, info.room_type).1>{type_word(t, info.room_type).0}</span> })}
                </h2>
                {(!text.is_empty()).then(|| view! { <p class="soft" dir="auto">{text}</p> })}
                <p class="meta">
                    <span>{if info.path.is_empty() { t.top_level.to_owned() } else { info.path.join(" › ") }}</span>
                    {people.filter(|people| *people > 0).map(|people| view! { <span class="num">{t.count(i64::from(people), t.n_here)}</span> })}
                    {active_at.map(|at| view! {
                        <span>{t.active} " " <time datetime=at.to_string() data-style="date">{when::date(Zone::Utc.day(at), t.language)}</time></span>
                    })}
                </p>
            </div>
            <div class="card-action">{action}</div>
        </li>
    }
}
