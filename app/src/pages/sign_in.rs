use leptos::prelude::*;

use super::Returned;
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Field, Notice, Tone};

#[component]
pub fn SignIn(returned: Returned) -> impl IntoView {
    let t = use_text();
    let name = returned.value("name");
    let known = !name.is_empty();
    view! {
        <main class="entry">
            <form class="card" method="post" action=routes::SIGN_IN>
                <span class="mark" aria-hidden="true">"Σ"</span>
                <h1>{t.sign_in_title}</h1>
                {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
                <input type="hidden" name="next" value=returned.value("next")/>
                <Field name="name" label=t.name value=name autocomplete="username" max=64 autofocus=!known/>
                <Field name="password" label=t.password kind="password" autocomplete="current-password" max=1024 autofocus=known/>
                <button class="button primary">{t.sign_in}</button>
            </form>
        </main>
    }
    .into_any()
}
