//! The state of the console: where one is, what is shown, and what is about to be changed.

use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::person::Role;
use stoa_domain::wire::category::TreeLine;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::session::Session;

use super::address::Address;
use super::change::Proposal;
use super::data::{self, Data};
use crate::api::Api;
use crate::live::Store;

type Shown = Result<Data, Problem>;

#[derive(Clone, Copy)]
pub struct Console {
    pub address: RwSignal<Address>,
    pub shown: RwSignal<Shown>,
    /// Whether the page works: before that, and without scripts, forms that need the script are off.
    pub awake: RwSignal<bool>,
    /// Whether the next page is on its way.
    pub loading: RwSignal<bool>,
    /// What is to be changed and waits for a yes.
    pub proposal: RwSignal<Option<Proposal>>,
    /// The tree as it was last opened.
    pub tree: StoredValue<Vec<TreeLine>>,
    session: StoredValue<Arc<Session>>,
    store: Store,
    /// Which load was asked for last: an older one that comes later is passed over.
    run: StoredValue<u64>,
}

impl Console {
    pub fn provide(session: Session, address: Address, shown: Shown, store: Store) -> Self {
        let console = Self {
            address: RwSignal::new(address),
            shown: RwSignal::new(shown),
            awake: RwSignal::new(false),
            loading: RwSignal::new(false),
            proposal: RwSignal::new(None),
            tree: StoredValue::new(Vec::new()),
            session: StoredValue::new(Arc::new(session)),
            store,
            run: StoredValue::new(0),
        };
        provide_context(console);
        console
    }

    pub fn session(self) -> Arc<Session> {
        self.session.get_value()
    }

    pub fn holds(self, role: Role) -> bool {
        self.session.with_value(|session| session.roles.contains(&role))
    }

    /// Whether the whole console is for this person to see.
    pub fn sees_all(self) -> bool {
        self.holds(Role::Administrator) || self.holds(Role::Auditor)
    }

    /// Whether people, groups and sign-in are for this person to change.
    pub fn administers_people(self) -> bool {
        self.holds(Role::Administrator) || self.holds(Role::UserAdministrator)
    }

    /// The server's time when the page was made.
    pub fn now(self) -> stoa_domain::time::Timestamp {
        self.store.now.get_value()
    }

    /// Says something for a moment, also to who listens.
    pub fn say(self, text: String) {
        self.store.toast.set(text);
    }

    /// Goes to a page of the console.
    pub fn go(self, path: &str) {
        #[cfg(feature = "hydrate")]
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
        }
        self.open(Address::of(path), true);
    }

    /// Loads again what is shown.
    pub fn reload(self) {
        self.open(self.address.get_untracked(), false);
    }

    fn open(self, address: Address, elsewhere: bool) {
        self.run.update_value(|run| *run += 1);
        let run = self.run.get_value();
        self.loading.set(true);
        leptos::task::spawn_local(async move {
            let shown = data::load(&Api::default(), &address, &self.session()).await;
            if self.run.try_get_value() != Some(run) {
                return;
            }
            #[cfg(feature = "hydrate")]
            if shown.as_ref().is_err_and(|problem| problem.status == 401) {
                // To the sign-in, and back from there.
                let _ = window().location().reload();
                return;
            }
            let focus = focused();
            let other = self.address.with_untracked(|before| before.at != address.at);
            self.address.set(address);
            self.shown.set(shown);
            self.loading.set(false);
            request_animation_frame(move || refocus(focus, elsewhere && other));
        });
    }

    /// Follows links and forms that lead to other pages of the console without asking the server for a page.
    pub fn listen(self) {
        #[cfg(feature = "hydrate")]
        crate::ui::effect(move || self.follow());
    }

    /// Also marks the page as awake.
    #[cfg(feature = "hydrate")]
    fn follow(self) {
        use leptos::ev;
        use wasm_bindgen::JsCast;
        use web_sys::{HtmlAnchorElement, HtmlFormElement};

        let back = window_event_listener(ev::popstate, move |_| self.open(Address::of(&here()), true));
        let clicks = window_event_listener(ev::click, move |click| {
            let plain = click.button() == 0 && !(click.meta_key() || click.ctrl_key() || click.shift_key() || click.alt_key());
            let link = crate::ui::closest(&click, "a[href]").and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
            let Some(link) = link.filter(|link| plain && !click.default_prevented() && link.target().is_empty() && !link.has_attribute("download")) else {
                return;
            };
            // The mark opens the line and leads nowhere.
            if crate::ui::closest(&click, "[data-folds]").is_some() {
                return;
            }
            let own = window().location().origin().is_ok_and(|origin| origin == link.origin()) && link.hash().is_empty();
            if own && is_console(&link.pathname()) {
                click.prevent_default();
                self.go(&(link.pathname() + &link.search()));
            }
        });
        let forms = window_event_listener(ev::submit, move |submit| {
            let form = submit.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
            let Some(form) = form.filter(|form| !submit.default_prevented() && form.method() == "get" && is_console(&path_of(&form.action()))) else { return };
            submit.prevent_default();
            let fields = super::form::Fields::of(&form);
            let pairs: Vec<(&str, &str)> = fields.pairs().collect();
            self.go(&crate::routes::with_query(&path_of(&form.action()), &pairs));
        });
        if let Some(main) = crate::ui::by_id("main") {
            let _ = main.set_attribute("data-awake", "true");
        }
        self.awake.set(true);
        on_cleanup(move || {
            back.remove();
            clicks.remove();
            forms.remove();
        });
    }
}

/// The console of this page. Call it while a component is built.
#[must_use]
pub fn use_console() -> Console {
    expect_context::<Console>()
}

#[cfg(feature = "hydrate")]
fn is_console(path: &str) -> bool {
    path == crate::routes::ADMIN || path.strip_prefix(crate::routes::ADMIN).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(feature = "hydrate")]
fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// The path of an address of our own.
#[cfg(feature = "hydrate")]
fn path_of(address: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    let path = address.strip_prefix(&origin).unwrap_or_default();
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// What has the focus, by its id.
fn focused() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    #[cfg(not(feature = "hydrate"))]
    None
}

/// What is drawn anew loses the focus: it goes back to what has the same id, else to the page. On another
/// page one begins at its top.
fn refocus(before: Option<String>, elsewhere: bool) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        // The same fields show what is so now, also those in which something else was entered; filters keep it.
        if let Ok(forms) = document().query_selector_all("#main form[method=post]") {
            let forms = (0..forms.length()).filter_map(|at| forms.item(at)?.dyn_into::<web_sys::HtmlFormElement>().ok());
            forms.for_each(|form| form.reset());
        }
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let same = before.clone().filter(|_| !elsewhere).and_then(|id| crate::ui::by_id(&id));
        if let Some(element) = same.or_else(|| crate::ui::by_id("main")).filter(|_| lost || elsewhere) {
            let _ = element.focus();
        }
        if elsewhere
            && let Some(sheet) = document().query_selector("#main .admin").ok().flatten()
            && let Ok(sheet) = sheet.dyn_into::<web_sys::HtmlElement>()
        {
            sheet.set_scroll_top(0);
        }
    }
    let _ = (before, elsewhere);
}
