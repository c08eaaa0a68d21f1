use leptos::prelude::*;
use stoa_domain::person::{Role, initials};

use super::Sheets;
use crate::live::store::use_store;
use crate::route::use_route;
use crate::routes::{self, Page};
use crate::text::use_text;
use crate::ui::{Avatar, Erase, Icon, IconButton, icon};

/// The places, at the very left; on a phone at the bottom of the list.
#[component]
pub fn Rail() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    // Whatever is live is chat: while this rail lives, it is the same place.
    let page = untrack(|| use_route().page());
    let session = store.session();
    let administers = session.manages_categories || session.roles.iter().any(|role| *role != Role::ComplianceOfficer);
    let place = |href: &'static str, label: &'static str, picture: Icon, here: bool| {
        view! {
            <a href=href title=label aria-label=label aria-current=here.then_some("page")>
                {icon(picture)}
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=t.main_menu>
            <span class="mark" aria-hidden="true">"Σ"</span>
            {place(routes::CHAT, t.chat, Icon::Chat, page.is_live())}
            {place(routes::DIRECTORY, t.directory, Icon::Compass, page == Page::Directory)}
            {administers.then(|| place(routes::ADMIN, t.administration, Icon::Sliders, page == Page::Admin))}
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
    .any()
}
