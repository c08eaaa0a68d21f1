mod results;

use leptos::prelude::*;
use stoa_domain::room::Privacy;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::Category;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};

use super::{Returned, category_path};
use crate::api::Result;
use crate::live::store::use_store;
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Icon, Notice, Tone, icon};
use crate::words::privacy_word;
use results::Results;

/// The rooms that one may find.
#[component]
pub fn Directory(returned: Returned, categories: Vec<Category>, asked: DirectoryQuery, found: Result<Page<DirectoryRoom>>) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let below_root = categories.iter().filter(|category| category.parent.is_some());
    let options = below_root.map(|category| {
        view! {
            <option value=category.id.to_string() selected=asked.category == Some(category.id)>{category_path(&categories, category, "")}</option>
        }
    });
    let privacies = Privacy::ALL.iter().map(|privacy| {
        view! {
            <option value=privacy.as_str() selected=asked.privacy == Some(*privacy)>{privacy_word(t, *privacy).0}</option>
        }
    });
    view! {
        <main class="sheet">
            <header>
                <h1>{t.directory}</h1>
                {store.session().may_create_rooms.then(|| view! { <a class="button" href=routes::NEW_ROOM>{icon(Icon::Plus)} {t.new_room}</a> })}
            </header>
            {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
            <form class="filters" method="get" action=routes::DIRECTORY role="search">
                <input class="input" type="search" name="q" aria-label=t.search placeholder=t.search value=asked.q.clone()/>
                <select class="input" name="category" aria-label=t.category>
                    <option value="">{t.all_categories}</option>
                    {options.collect_view()}
                </select>
                <select class="input" name="privacy" aria-label=t.privacy>
                    <option value="">{t.any_privacy}</option>
                    {privacies.collect_view()}
                </select>
                <button class="button">{icon(Icon::Search)} {t.search}</button>
            </form>
            {match found {
                Ok(page) => view! { <Results page asked/> }.into_any(),
                Err(problem) => view! { <Notice tone=Tone::Danger text=t.problem(&problem)/> }.into_any(),
            }}
        </main>
    }
}
