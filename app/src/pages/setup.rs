use leptos::prelude::*;

use super::Returned;
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Empty, Field, Icon, Notice, Tone};

/// Creates the first administrator, by the link that the server prints.
#[component]
pub fn Setup(returned: Returned, needed: bool) -> impl IntoView {
    let t = use_text();
    let content = if needed {
        view! { <SetupForm returned/> }.into_any()
    } else {
        view! {
            <Empty icon=Icon::Info title=t.setup_done>
                <a class="button primary" href=routes::SIGN_IN>{t.sign_in}</a>
            </Empty>
        }
        .into_any()
    };
    view! { <main class="entry">{content}</main> }
}

#[component]
fn SetupForm(returned: Returned) -> impl IntoView {
    let t = use_text();
    view! {
        <form class="card" method="post" action=routes::SETUP>
            <span class="mark" aria-hidden="true">"Σ"</span>
            <h1>{t.setup_title}</h1>
            <p class="soft">{t.setup_intro}</p>
            {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
            // The token stands in the fragment of the link, which no log ever sees; `page.js` takes it from there.
            <div data-token>
                <Field name="token" label=t.setup_token error=returned.error("token")/>
            </div>
            <Field name="name" label=t.name hint=t.account_name_hint value=returned.value("name") error=returned.error("name") autocomplete="username" max=64/>
            <Field name="display_name" label=t.display_name value=returned.value("display_name") error=returned.error("display_name") autocomplete="name"/>
            <Field name="password" label=t.password kind="password" hint=t.password_hint error=returned.error("password") autocomplete="new-password" min=10 max=1024/>
            <button class="button primary">{t.setup_button}</button>
        </form>
    }
    .into_any()
}
