mod results;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use stoa_domain::room::Privacy;
use stoa_domain::wire::directory::DirectoryQuery;

use results::Results;

use super::{Returned, category_path};
use crate::live::store::use_store;
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Icon, Notice, Tone, icon};
use crate::words::privacy_word;

/// The rooms that one may find.
#[component]
pub fn Directory() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let returned = Returned::here();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| DirectoryQuery {
            q: query.get("q").filter(|q| !q.is_empty()),
            category: query.get_str("category").and_then(|id| id.parse().ok()),
            privacy: query.get_str("privacy").and_then(Privacy::parse),
            cursor: query.get("cursor").filter(|cursor| !cursor.is_empty()),
            limit: None,
        })
    });
    let api = store.api();
    let categories = Resource::new(|| (), {
        let api = api.clone();
        move |()| {
            let api = api.clone();
            async move { api.categories().await.unwrap_or_default() }
        }
    });
    let rooms = Resource::new(
        move || asked.get(),
        move |asked| {
            let api = api.clone();
            async move { api.directory(&asked).await }
        },
    );
    view! {
        <main class="sheet">
            <header>
                <h1>{t.directory}</h1>
                {store.session().may_create_rooms.then(|| view! { <a class="button" href=routes::NEW_ROOM>{icon(Icon::Plus)} {t.new_room}</a> })}
            </header>
            {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
            <form class="filters" method="get" action=routes::DIRECTORY role="search">
                <input class="input" type="search" name="q" aria-label=t.search placeholder=t.search value=asked.with_untracked(|asked| asked.q.clone())/>
                <Suspense>
                    {move || Suspend::new(async move {
                        let categories = categories.await;
                        let chosen = asked.with_untracked(|asked| asked.category);
                        view! {
                            <select class="input" name="category" aria-label=t.category>
                                <option value="">{t.all_categories}</option>
                                {categories
                                    .iter()
                                    .filter(|category| category.parent.is_some())
                                    .map(|category| view! {
                                        <option value=category.id.to_string() selected=chosen == Some(category.id)>{category_path(&categories, category, "")}</option>
                                    })
                                    .collect_view()}
                            </select>
                        }
                    })}
                </Suspense>
                <select class="input" name="privacy" aria-label=t.privacy>
                    <option value="">{t.any_privacy}</option>
                    {Privacy::ALL.iter().map(|privacy| view! {
                        <option value=privacy.as_str() selected=asked.with_untracked(|asked| asked.privacy) == Some(*privacy)>{privacy_word(t, *privacy).0}</option>
                    }).collect_view()}
                </select>
                <button class="button">{icon(Icon::Search)} {t.search}</button>
            </form>
            <Suspense>
                {move || Suspend::new(async move {
                    match rooms.await {
                        Ok(page) => view! { <Results page asked=asked.get_untracked()/> }.into_any(),
                        Err(problem) => view! { <Notice tone=Tone::Danger text=t.problem(&problem)/> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
    .into_any()
}
