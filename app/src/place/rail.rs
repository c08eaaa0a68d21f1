use leptos::prelude::*;
use leptos_router::hooks::use_location;
use stoa_domain::person::{Role, initials};

use super::Sheets;
use crate::live::store::use_store;
use crate::routes;
use crate::text::use_text;
use crate::ui::{Avatar, Icon, IconButton, icon};

/// The places, at the very left; on a phone at the bottom of the list.
#[component]
pub fn Rail() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    let path = use_location().pathname;
    let session = store.session();
    let administers = session.roles.iter().any(|role| matches!(role, Role::Administrator | Role::UserAdministrator));
    let place = move |href: &'static str, label: &'static str, picture: Icon| {
        view! {
            <a href=href title=label aria-label=label aria-current=move || path.with(|path| path.starts_with(href)).then_some("page")>
                {icon(picture)}
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=t.main_menu>
            <span class="mark" aria-hidden="true">"Σ"</span>
            {place(routes::CHAT, t.chat, Icon::Chat)}
            {place(routes::DIRECTORY, t.directory, Icon::Compass)}
            {administers.then(|| place(routes::PEOPLE, t.people, Icon::People))}
            <span class="space"></span>
            <IconButton icon=Icon::Keyboard label=t.help class="needs-live keyboard-help" press=move |_| sheets.help.set(true)/>
            <button type="button" class="icon-button needs-script" data-theme-switch title=t.theme aria-label=t.theme>{icon(Icon::Theme)}</button>
            <details class="menu">
                <summary aria-label=t.account title=session.user.display_name.clone()>
                    <Avatar initials=initials(&session.user.display_name)/>
                </summary>
                <div class="menu-panel">
                    <p>
                        <strong>{session.user.display_name.clone()}</strong>
                        <span class="faint">{format!("@{}", session.user.name)}</span>
                    </p>
                    <form method="post" action=routes::SIGN_OUT>
                        <button class="button quiet">{icon(Icon::Door)} {t.sign_out}</button>
                        <button class="button quiet" name="all" value="true">{t.sign_out_all}</button>
                    </form>
                </div>
            </details>
        </nav>
    }
    .into_any()
}
