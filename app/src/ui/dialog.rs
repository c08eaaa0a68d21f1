use leptos::html;
use leptos::prelude::*;

use super::{Erase, Icon, IconButton, dynamic, effect, pressing};
use crate::text::use_text;

/// A dialog over the page. The browser keeps the focus inside and gives it back.
#[component]
pub fn Dialog(open: RwSignal<bool>, #[prop(into)] title: Signal<String>, #[prop(optional, into)] class: &'static str, children: Children) -> impl IntoView {
    let t = use_text();
    let node = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(dialog), open) = (node.get(), open.get()) else { return };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    // A click on the dialog itself is one beside its content.
    let beside = move |click: leptos::ev::MouseEvent| {
        let on_dialog = match (click.target(), node.get_untracked()) {
            (Some(target), Some(dialog)) => target == *AsRef::<leptos::web_sys::EventTarget>::as_ref(&dialog),
            _ => false,
        };
        if on_dialog {
            open.set(false);
        }
    };
    view! {
        <dialog node_ref=node class=format!("dialog {class}") aria-label=dynamic(move || title.get()) on:close=move |_| open.set(false) on:click=pressing(beside)>
            <div class="dialog-content">
                <header>
                    <h2>{dynamic(move || title.get())}</h2>
                    <IconButton icon=Icon::Close label=t.close press=move |_| open.set(false)/>
                </header>
                {children()}
            </div>
        </dialog>
    }
    .any()
}

/// Asks before something is done that can't be taken back.
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    text: &'static str,
    yes: &'static str,
    #[prop(into)] run: Callback<()>,
) -> impl IntoView {
    let t = use_text();
    view! {
        <Dialog open title class="confirm">
            <p>{text}</p>
            <div class="actions">
                <button type="button" class="button" autofocus on:click=pressing(move |_| open.set(false))>{t.cancel}</button>
                <button
                    type="button"
                    class="button danger"
                    on:click=pressing(move |_| {
                        open.set(false);
                        run.run(());
                    })
                >
                    {yes}
                </button>
            </div>
        </Dialog>
    }
    .any()
}
