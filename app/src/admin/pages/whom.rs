//! Whom a category lets in: what each level contributes in numbers, the people, and one person's reasons.

use leptos::prelude::*;
use stoa_domain::category::Scope;
use stoa_domain::principal::Principal;
use stoa_domain::wire::access::{CategoryAccess, CategoryPerson, ScopeLevel};
use stoa_domain::wire::category::Category;

use super::super::address;
use super::super::console::Console;
use super::super::find::{find, picture};
use super::super::text::ConsoleText;
use super::super::{table, why};
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Erase, icon};

pub fn whom(console: Console, t: &'static ConsoleText, category: &Category, access: &CategoryAccess) -> AnyView {
    let path = StoredValue::new(address::category(category.id));
    let all = with_query(&path.get_value(), &[("tab", "access")]);
    let ask = move |principal: Principal, _: String| {
        if let Principal::User(user) = principal {
            console.go(&with_query(&path.get_value(), &[("tab", "access"), ("user", &user.to_string())]));
        }
    };
    let shown = match access {
        CategoryAccess::One(one) => view! {
            <p><a href=all>{t.all_who_pass}</a></p>
            {person(console, t, one, true)}
        }
        .into_any(),
        CategoryAccess::All(scope) => {
            let levels: Vec<AnyView> = scope.levels.iter().map(|at| level(t, at)).collect();
            let people: Vec<AnyView> = scope.items.iter().map(|one| person(console, t, one, false)).collect();
            view! {
                <p class="soft">{t.passing_help}</p>
                <p class="passing num"><strong>{t.number(scope.people)}</strong> " " {t.people_pass}</p>
                <h2>{t.by_level}</h2>
                <div class="levels">{levels}</div>
                <h2>{t.who_passes}</h2>
                {people}
                {table::more(&path.get_value(), &[("tab", "access")], scope.next.clone(), t)}
            }
            .into_any()
        }
    };
    view! {
        <div class="adding">{find("ask-person".to_owned(), t.ask_category, "user", t, ask)}</div>
        <div class="access">{shown}</div>
    }
    .into_any()
}

/// One level: what it asks for, and for how many each of its entries counts.
fn level(t: &'static ConsoleText, at: &ScopeLevel) -> AnyView {
    let scope = if at.scope == Scope::Inherit { t.scope_inherit } else { t.scope_list };
    let lines = at.entries.as_ref().map(|entries| {
        let rows: Vec<AnyView> = entries
            .iter()
            .map(|entry| {
                let principal = entry.principal.principal;
                let name = if principal == Principal::Everyone { t.everyone.to_owned() } else { entry.principal.name.clone() };
                let class = if entry.list == "denied" { "tag danger" } else { "tag good" };
                view! {
                    <tr>
                        <th scope="row">{icon(picture(principal))} " " <span dir="auto">{name}</span></th>
                        <td><span class=class>{t.list(&entry.list)}</span></td>
                        <td class="num">{t.number(entry.people)}</td>
                        <td class="num">{t.number(entry.passing)}</td>
                        <td class="soft">{entry.until.map(|until| table::time(until, t))}</td>
                    </tr>
                }
                .any()
            })
            .collect();
        if rows.is_empty() {
            table::nothing(t.list_empty)
        } else {
            table::table(format!("{}: {}", t.by_level, at.name), &[t.name, t.list_word, t.names_people, t.of_them_pass, t.until], rows)
        }
    });
    let hidden = lines.is_none();
    view! {
        <section>
            <h3><a href=address::category(at.id) dir="auto">{at.name.clone()}</a></h3>
            <p class="soft small">{scope}</p>
            {lines}
            {hidden.then(|| view! { <p class="faint small">{t.level_not_yours}</p> }.any())}
        </section>
    }
    .any()
}

fn person(console: Console, t: &'static ConsoleText, one: &CategoryPerson, alone: bool) -> AnyView {
    let tag =
        if one.passes { view! { <span class="tag good">{t.is_let_in}</span> }.any() } else { view! { <span class="tag danger">{t.is_kept_out}</span> }.any() };
    let rooms = one.rooms.map(|rooms| {
        let text = fill(t.enters_of, &[&t.number(rooms.entered), &t.number(rooms.of)]);
        view! { <p>{text} " " <a href=address::person(one.user.id)>{t.which_rooms}</a></p> }.any()
    });
    let name = view! {
                <a href=address::person(one.user.id) dir="auto">{one.user.display_name.clone()}</a>
                " " <span class="faint">{format!("@{}", one.user.name)}</span> " " {tag}
                {one.manage.then(|| view! { <span class="tag accent">{t.right_manage}</span> }.any())}
                {(one.create_rooms && !one.manage).then(|| view! { <span class="tag">{t.rule_creator}</span> }.any())}
    }
    .into_any();
    view! {
        <article class="reason">
            {if alone { view! { <h2>{name}</h2> }.any() } else { view! { <h3>{name}</h3> }.any() }}
            {rooms}
            {why::chain(console, t, &one.because)}
        </article>
    }
    .any()
}
