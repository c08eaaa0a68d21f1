use leptos::prelude::*;
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::wire::category::Category;

use super::{Returned, category_path};
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Empty, Field, Icon, Notice, Tone, within_textarea};
use crate::words::{privacy_word, type_word};

/// Makes a room. A plain form.
#[component]
pub fn NewRoom(returned: Returned, categories: Vec<Category>) -> impl IntoView {
    let t = use_text();
    let choice = move |name: &'static str, value: &'static str, (word, long): (&'static str, &'static str), checked: bool| {
        view! {
            <label class="choice">
                <input type="radio" name=name value=value checked=checked/>
                <span>
                    <strong>{word}</strong>
                    <span class="soft">{long}</span>
                </span>
            </label>
        }
    };
    let privacy = Privacy::parse(&returned.value("privacy")).unwrap_or(Privacy::Open);
    let room_type = RoomType::parse(&returned.value("type")).unwrap_or(RoomType::Normal);
    let chosen = returned.value("category");
    let mine: Vec<_> = categories.iter().filter(|category| category.may_create_rooms).collect();
    let content = if mine.is_empty() {
        view! { <Empty icon=Icon::Lock title=t.may_not_create/> }.into_any()
    } else {
        view! {
            <form class="form" method="post" action=routes::NEW_ROOM>
                <Field name="name" label=t.name value=returned.value("name") error=returned.error("name") autofocus=true/>
                <div class="field">
                    <label for="category">{t.category}</label>
                    <select class="input" id="category" name="category">
                        {mine.iter().map(|category| view! {
                            <option value=category.id.to_string() selected=chosen == category.id.to_string()>{category_path(&categories, category, t.top_level)}</option>
                        }).collect_view()}
                    </select>
                </div>
                <fieldset>
                    <legend>{t.privacy}</legend>
                    {Privacy::ALL.iter().map(|each| choice("privacy", each.as_str(), privacy_word(t, *each), *each == privacy)).collect_view()}
                </fieldset>
                <fieldset>
                    <legend>{t.room_type}</legend>
                    {RoomType::ALL.iter().map(|each| choice("type", each.as_str(), type_word(t, *each), *each == room_type)).collect_view()}
                </fieldset>
                <Field name="topic" label=format!("{} ({})", t.topic, t.optional) value=returned.value("topic") required=false max=1024/>
                <div class="field">
                    <label for="description">{t.description} " (" {t.optional} ")"</label>
                    <textarea class="input" id="description" name="description" rows="3" maxlength="4000">{within_textarea(&returned.value("description"))}</textarea>
                </div>
                <div class="actions">
                    <button class="button primary">{t.create_room}</button>
                    <a class="button quiet" href=routes::CHAT>{t.cancel}</a>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <main class="sheet narrow">
            <header><h1>{t.new_room}</h1></header>
            {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
            {content}
        </main>
    }
    .into_any()
}
