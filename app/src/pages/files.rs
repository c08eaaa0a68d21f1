use leptos::prelude::*;
use stoa_domain::wire::Page;
use stoa_domain::wire::file::{File, FilesQuery};
use stoa_domain::wire::room::RoomInfo;

use crate::api::Result;
use crate::chat::file_line;
use crate::pages::text::use_text;
use crate::routes;
use crate::text::fill;
use crate::ui::{Empty, Icon, Notice, Tone, icon};
use crate::when::{self, Zone};

/// What the messages of a room have, found by name, type and who posted it.
#[component]
pub fn RoomFiles(room: RoomInfo, asked: FilesQuery, found: Result<Page<File>>) -> impl IntoView {
    let t = use_text();
    let here = routes::files(room.id);
    let by = asked.by.map(|by| by.to_string()).unwrap_or_default();
    let (words, kind) = (asked.q.unwrap_or_default(), asked.kind.unwrap_or_default());
    let kinds = [("", t.any_type), ("image/", t.images), ("video/", t.videos), ("audio/", t.sounds), ("text/", t.texts), ("application/pdf", "PDF")];
    let options = kinds.into_iter().map(|(begin, name)| view! { <option value=begin selected=kind == begin>{name}</option> });
    let at = |by: &str, cursor: &str| routes::with_query(&here, &[("q", &words), ("type", &kind), ("by", by), ("cursor", cursor)]);
    let any = at("", "");
    let shown = match found {
        Err(problem) => view! { <Notice tone=Tone::Danger text=t.problem(&problem)/> }.into_any(),
        Ok(page) if page.items.is_empty() => view! { <Empty icon=Icon::File title=t.no_files/> }.into_any(),
        Ok(page) => {
            let lines = page.items.iter().map(|file| {
                let who = view! { <a href=at(&file.by.id.to_string(), "") dir="auto" title=fill(t.files_by, &[&file.by.display_name])>{file.by.display_name.clone()}</a> }.into_any();
                let moment = view! { <time datetime=file.at.to_string() data-style="date">{when::date(Zone::Utc.day(file.at), t.language)}</time> }.into_any();
                file_line(t, file, who, moment)
            });
            view! {
                <ul class="listed">{lines.collect_view()}</ul>
                {page.next.map(|next| view! { <a class="button" href=at(&by, &next)>{t.more}</a> })}
            }
            .into_any()
        }
    };
    view! {
        <main class="sheet">
            <header>
                <h1>{t.files} " " <span class="soft" dir="auto">"# " {room.name.clone()}</span></h1>
                <a class="button" href=routes::room(room.id)>{icon(Icon::Back)} {t.to_room}</a>
            </header>
            <form class="filters" method="get" action=here.clone() role="search">
                <input class="input" type="search" name="q" value=words.clone() placeholder=t.find_file aria-label=t.find_file/>
                <select class="input" name="type" aria-label=t.file_kind>{options.collect_view()}</select>
                {(!by.is_empty()).then(|| view! { <input type="hidden" name="by" value=by.clone()/> })}
                <button class="button">{t.search}</button>
            </form>
            {(!by.is_empty()).then(|| view! { <p><a href=any>{t.files_by_anybody}</a></p> })}
            {shown}
        </main>
    }
}
