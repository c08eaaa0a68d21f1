//! The console: where rooms, people and the pool are administered.
//!
//! An [`address::Address`] says which page; [`data`] loads what it shows, on the server for the first
//! one and in the browser for each that follows; `pages` show it. What is changed is a
//! [`change::Proposal`]: calls of the API, with what they would do shown before.

mod address;
mod amount;
mod change;
mod console;
mod data;
mod difference;
mod entries;
mod find;
mod form;
mod menu;
mod pages;
mod table;
mod text;
mod why;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::session::Session;

#[cfg(feature = "ssr")]
use crate::api::{Api, Result};
use crate::live::Boot;
use crate::place;
#[cfg(feature = "ssr")]
use crate::text::Language;
use crate::ui::{Erase, dynamic};
use address::Address;
use console::Console;
use data::Data;

/// What a page of the console begins with; it stands in the document for the browser to take up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    session: Session,
    now: Timestamp,
    /// The path with its query.
    address: String,
    shown: std::result::Result<Data, Problem>,
}

impl Start {
    /// # Errors
    /// 401, and where the API can't be reached. What is refused of the page itself is shown in it.
    #[cfg(feature = "ssr")]
    pub async fn load(api: &Api, address: &str) -> Result<Self> {
        let session = api.session().await?;
        let shown = data::load(api, &Address::of(address), &session).await;
        if let Err(problem) = &shown
            && problem.status == 401
        {
            return Err(problem.clone());
        }
        Ok(Self { session, now: crate::when::now(), address: address.to_owned(), shown })
    }

    /// The status that the page is answered with.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn status(&self) -> u16 {
        self.shown.as_ref().map_or_else(|problem| problem.status, |_| 200)
    }

    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        title(&self.shown, &Address::of(&self.address), text::of(language))
    }
}

/// The page: the same on the server, which writes it, and in the browser, which takes it up.
pub fn live(start: Start) -> AnyView {
    #[cfg(feature = "hydrate")]
    crate::text::provide_text(crate::text::page_language());
    let t = text::use_text();
    let store = place::begin(Boot { session: start.session.clone(), rooms: Vec::new(), invitations: Vec::new(), asked: Vec::new(), now: start.now });
    crate::route::Route::provide(crate::routes::Page::Admin);
    let console = Console::provide(start.session, Address::of(&start.address), start.shown, store);
    console.listen();
    crate::ui::effect(move || {
        let title = console.shown.with(|shown| title(shown, &console.address.get(), t));
        document().set_title(&place::whole_title(&title));
    });
    view! {
        <a class="skip" href="#main">{t.skip_to_content}</a>
        <div class="place console" data-at="page">
            <place::Rail/>
            {menu::menu(console)}
            <div class="page" id="main" tabindex="-1" aria-busy=dynamic(move || if console.loading.get() { "true" } else { "false" })>
                {dynamic(move || console.shown.with(|shown| match shown {
                    Ok(data) => pages::page(data, &console.address.get_untracked()),
                    Err(problem) => pages::trouble(problem),
                }))}
            </div>
        </div>
        {change::dialog(console)}
        <place::Help/>
        <div class="sr" role="status" aria-live="polite">{dynamic(move || store.announcement.get())}</div>
        <place::Toast/>
    }
    .any()
}

fn title(shown: &std::result::Result<Data, Problem>, address: &Address, t: &text::ConsoleText) -> String {
    let page = menu::name(address.at, t);
    let own = shown.as_ref().ok().and_then(Data::name);
    match (own, page) {
        (Some(own), Some(page)) => format!("{own} · {page}"),
        (own, page) => own.or_else(|| page.map(str::to_owned)).unwrap_or_else(|| t.administration.to_owned()),
    }
}
