use leptos::prelude::*;
use stoa_domain::person::{Role, initials};
use stoa_domain::wire::Page;
use stoa_domain::wire::people::Account;

use super::Returned;
use crate::api::Result;
use crate::live::store::use_store;
use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Avatar, Empty, Field, Icon, Notice, Tone, icon};
use crate::when::Zone;

/// People and their accounts, for who administers them; the console comes later.
#[component]
pub fn People(returned: Returned, found: Result<Page<Account>>) -> impl IntoView {
    let t = use_text();
    let words = returned.value("q");
    let failed = !returned.value("problem").is_empty();
    let accounts = match found {
        Err(problem) => view! { <Notice tone=Tone::Danger text=t.problem(&problem)/> }.into_any(),
        Ok(page) if page.items.is_empty() => view! { <Empty icon=Icon::People title=t.people_empty/> }.into_any(),
        Ok(page) => {
            let more = page.next.map(|next| routes::with_query(routes::PEOPLE, &[("q", &words), ("cursor", &next)]));
            view! {
                <ul class="accounts">{page.items.into_iter().map(|account| view! { <AccountLine account/> }).collect_view()}</ul>
                {more.map(|href| view! { <a class="button" href=href>{t.more}</a> })}
            }
            .into_any()
        }
    };
    view! {
        <main class="sheet">
            <header><h1>{t.people}</h1></header>
            {returned.problem().map(|text| view! { <Notice tone=Tone::Danger text/> })}
            {(!returned.value("done").is_empty()).then(|| view! { <Notice tone=Tone::Good text=t.done/> })}
            <details class="panel" open=failed>
                <summary>{icon(Icon::Plus)} {t.add_person}</summary>
                <form class="form columns" method="post" action="/people/new">
                    <Field name="name" label=t.name hint=t.account_name_hint value=returned.value("name") error=returned.error("name") max=64 scope="new-"/>
                    <Field name="display_name" label=t.display_name value=returned.value("display_name") error=returned.error("display_name") scope="new-"/>
                    <Field name="email" label=format!("{} ({})", t.email, t.optional) kind="email" value=returned.value("email") error=returned.error("email") required=false scope="new-"/>
                    <Field name="password" label=format!("{} ({})", t.password, t.optional) kind="password" hint=t.password_hint error=returned.error("password") autocomplete="new-password" required=false min=10 max=1024 scope="new-"/>
                    <div class="actions"><button class="button primary">{t.create_account}</button></div>
                </form>
            </details>
            <form class="filters" method="get" action=routes::PEOPLE role="search">
                <input class="input" type="search" name="q" aria-label=t.search placeholder=t.search value=words.clone()/>
                <button class="button">{icon(Icon::Search)} {t.search}</button>
            </form>
            {accounts}
        </main>
    }
    .into_any()
}

#[component]
fn AccountLine(account: Account) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let Account { person, enabled, account } = account;
    let me = store.me() == person.id;
    let path = format!("{}/{}", routes::PEOPLE, person.id);
    let seen = account.as_ref().map(|details| details.last_sign_in);
    let administrator = account.as_ref().is_some_and(|details| details.roles.contains(&Role::Administrator));
    let email = account.and_then(|details| details.email);
    view! {
        <li class:off=!enabled>
            <Avatar initials=initials(&person.display_name)/>
            <div class="who">
                <strong dir="auto">{person.display_name.clone()}</strong>
                " "
                <span class="faint">{format!("@{}", person.name)}</span>
                {administrator.then(|| view! { <span class="tag accent">{t.administrator}</span> })}
                {(!enabled).then(|| view! { <span class="tag warn">{t.disabled}</span> })}
                <p class="meta">
                    {email.map(|email| view! { <span>{email}</span> })}
                    {seen.map(|seen| view! {
                        <span>
                            {match seen {
                                None => view! { {t.never_signed_in} }.into_any(),
                                Some(at) => view! { {t.last_sign_in} " " <time datetime=at.to_string() data-style="exact">{Zone::Utc.exact(at, t.language)}</time> }.into_any(),
                            }}
                        </span>
                    })}
                </p>
            </div>
            <details class="menu">
                <summary class="button quiet">{t.reset_password}</summary>
                <form class="menu-panel form" method="post" action=format!("{path}/password")>
                    // For the browser's memory of passwords: whose this is. Without a name it isn't sent.
                    <input type="text" autocomplete="username" value=person.name.clone() hidden readonly/>
                    <Field name="password" label=t.reset_password kind="password" hint=t.password_ends_sessions autocomplete="new-password" min=10 max=1024 scope=format!("{}-", person.id)/>
                    <button class="button primary">{t.set_password}</button>
                </form>
            </details>
            {(!me).then(|| view! {
                <form method="post" action=format!("{path}/enabled")>
                    <input type="hidden" name="on" value=if enabled { "false" } else { "true" }/>
                    <button class="button quiet" aria-label=format!("{}: {}", if enabled { t.disable } else { t.enable }, person.display_name)>
                        {if enabled { t.disable } else { t.enable }}
                    </button>
                </form>
            })}
        </li>
    }
    .into_any()
}
