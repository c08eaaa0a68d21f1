//! The files of a message, as far as a browser can show them; the others as something to download.

use std::sync::Arc;

use crate::words::size;
use leptos::prelude::*;
use stoa_domain::file::{Showing, showing};
use stoa_domain::wire::file::{Attachment, Held};
use stoa_domain::wire::message::Message;

use super::desk::use_desk;
use crate::text::{Text, fill, use_text};
use crate::ui::{Erase, Icon, dynamic, icon, pressing};

/// What a preview of text is read of at most.
const TEXT_BYTES: u64 = 64 * 1024;

pub fn address(file: &Attachment) -> String {
    format!("/api/v1/files/{}", file.id)
}

/// As a browser saves it.
pub fn download(file: &Attachment) -> String {
    format!("/api/v1/files/{}?download=true", file.id)
}

fn preview(file: &Attachment, edge: u32) -> String {
    format!("/api/v1/files/{}/preview?edge={edge}", file.id)
}

pub fn files(t: &'static Text, message: &Arc<Message>) -> AnyView {
    if message.attachments.is_empty() || message.body.is_none() {
        return ().into_any();
    }
    let (images, others): (Vec<&Attachment>, Vec<&Attachment>) =
        message.attachments.iter().partition(|file| showing(&file.kind) == Showing::Image && !file.lost && file.held.is_none());
    let images: Vec<AnyView> = images.into_iter().map(|file| image(t, message, file)).collect();
    let others: Vec<AnyView> = others.into_iter().map(|file| view! { <li>{other(t, file)}</li> }.any()).collect();
    view! {
        {(!images.is_empty()).then(|| view! { <div class="images">{images}</div> }.any())}
        {(!others.is_empty()).then(|| view! { <ul class="files">{others}</ul> }.any())}
    }
    .any()
}

fn image(t: &'static Text, message: &Arc<Message>, file: &Attachment) -> AnyView {
    let desk = use_context::<super::desk::Desk>();
    let (seq, id) = (message.seq, file.id);
    let open = move |click: leptos::ev::MouseEvent| {
        // With these keys a link opens elsewhere, as everybody is used to.
        if let Some(desk) = desk.filter(|_| !(click.ctrl_key() || click.meta_key() || click.shift_key())) {
            click.prevent_default();
            desk.lightbox.set(Some((seq, id)));
        }
    };
    let (small, large) = (preview(file, 320), preview(file, 960));
    // Its place is kept while it loads, so that nothing jumps.
    let shape = file.width.zip(file.height).map(|(width, height)| format!("aspect-ratio: {width} / {height}; --wide: {width}px"));
    view! {
        <a class="image" href=address(file) target="_blank" rel="noopener" title=file.name.clone() on:click=pressing(open) style=shape>
            <img src=small.clone() srcset=format!("{small} 320w, {large} 960w") sizes="360px" alt=fill(t.image_named, &[&file.name]) loading="lazy" decoding="async"/>
        </a>
    }
    .any()
}

fn other(t: &'static Text, file: &Attachment) -> AnyView {
    if file.held == Some(Held::Removed) {
        return view! { <p class="tombstone">{t.file_removed}</p> }.any();
    }
    let name = file.name.clone();
    let head = |more: AnyView| {
        view! {
            <div class="file" class:lost=file.lost || file.held.is_some_and(|held| held != Held::Checking) class:held=file.held == Some(Held::Checking)>
                {icon(match file.held {
                    None => Icon::File,
                    Some(Held::Checking) => Icon::Clock,
                    Some(_) => Icon::Lock,
                })}
                <span class="name" dir="auto" title=name.clone()>{name.clone()}</span>
                <span class="tiny faint">{size(file.size, t.language)}</span>
                {more}
            </div>
        }
        .any()
    };
    if let Some(why) = kept_back(t, file) {
        return head(view! { <span class="tiny" role="note">{why}</span> }.any());
    }
    let save = view! {
        <a class="icon-button" href=download(file) download=file.name.clone() title=t.download aria-label=fill(t.download_file, &[&file.name])>{icon(Icon::Download)}</a>
    }
    .any();
    match showing(&file.kind) {
        Showing::Audio => view! { {head(save)} <audio controls preload="none" src=address(file) aria-label=file.name.clone()></audio> }.any(),
        Showing::Video => view! { {head(save)} <video controls preload="metadata" src=address(file) aria-label=file.name.clone()></video> }.any(),
        Showing::Text => view! { {head(save)} {text(t, file)} }.any(),
        Showing::Document => head(
            view! {
                <a class="button quiet" href=address(file) target="_blank" rel="noopener">{t.open_file}</a>
                {save}
            }
            .any(),
        ),
        Showing::Image | Showing::Nothing => head(save),
    }
}

/// Why nobody can read it.
pub fn kept_back(t: &'static Text, file: &Attachment) -> Option<&'static str> {
    match file.held {
        Some(Held::Checking) => Some(t.file_checking),
        Some(Held::Infected) => Some(t.file_infected),
        Some(Held::Unscannable | Held::Removed) => Some(t.file_unscannable),
        None => file.lost.then_some(t.file_lost),
    }
}

/// The beginning of a text, once somebody wants to see it.
fn text(t: &'static Text, file: &Attachment) -> AnyView {
    let shown = RwSignal::new(None::<Result<(String, bool), ()>>);
    let (place, all) = (address(file), file.size);
    let open = move |_| {
        #[cfg(feature = "hydrate")]
        if shown.with_untracked(Option::is_none) {
            let place = place.clone();
            leptos::task::spawn_local(async move {
                let read = crate::api::part(&place, TEXT_BYTES).await;
                shown.try_set(Some(read.map(|bytes| (stoa_domain::file::beginning(&bytes), all > TEXT_BYTES)).map_err(drop)));
            });
        }
        let _ = (&place, all);
    };
    let content = move || match shown.get() {
        None => view! { <p class="tiny faint">{t.loading}</p> }.any(),
        Some(Err(())) => view! { <p class="tiny" role="alert">{t.no_preview}</p> }.any(),
        Some(Ok((text, more))) => view! {
            <pre tabindex="0" dir="auto">{text}</pre>
            {more.then(|| view! { <p class="tiny faint">{t.file_goes_on}</p> }.any())}
        }
        .any(),
    };
    view! {
        <details class="text" on:toggle=open>
            <summary>{t.show_beginning}</summary>
            {dynamic(content)}
        </details>
    }
    .any()
}

/// One image after another, over the page.
#[component]
pub fn Lightbox() -> impl IntoView {
    let t = use_text();
    let desk = use_desk();
    let node = NodeRef::<leptos::html::Dialog>::new();
    crate::ui::effect(move || {
        let (Some(dialog), open) = (node.get(), desk.lightbox.with(Option::is_some)) else { return };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    // All images of what is loaded: one looks from one message to the next.
    let step = move |by: isize| {
        let Some(shown) = desk.lightbox.get_untracked() else { return };
        let all = desk.room.images();
        let next = all.iter().position(|(seq, file)| (*seq, file.id) == shown).and_then(|at| at.checked_add_signed(by)).and_then(|at| all.get(at));
        if let Some((seq, file)) = next {
            desk.lightbox.set(Some((*seq, file.id)));
        }
    };
    let keys = move |key: leptos::ev::KeyboardEvent| match key.key().as_str() {
        "ArrowLeft" => step(-1),
        "ArrowRight" => step(1),
        _ => {}
    };
    let shown = move || {
        let (seq, id) = desk.lightbox.get()?;
        let message = desk.room.with_timeline(|timeline| timeline.message(seq).cloned())?;
        let file = message.attachments.iter().find(|file| file.id == id)?.clone();
        let all = desk.room.images();
        let at = all.iter().position(|(other, file)| (*other, file.id) == (seq, id)).unwrap_or_default();
        // A moving image moves only as it is.
        let source = if file.kind == "image/gif" || file.kind == "image/avif" { address(&file) } else { preview(&file, 1920) };
        let turn = |by: isize, way: Icon, label: &'static str, there: bool| {
            view! {
                <button type="button" class="icon-button turn" aria-disabled=if there { "false" } else { "true" } title=label aria-label=label on:click=pressing(move |_| step(by))>
                    {icon(way)}
                </button>
            }
            .any()
        };
        Some(
            view! {
                <header>
                    <p>
                        <strong dir="auto">{file.name.clone()}</strong>
                        <span class="tiny">{message.author.display_name.clone()} " · " {size(file.size, t.language)} " · " {fill(t.image_of, &[&(at + 1), &all.len()])}</span>
                    </p>
                    <a class="icon-button" href=address(&file) target="_blank" rel="noopener" title=t.open_original aria-label=t.open_original>{icon(Icon::Out)}</a>
                    <a class="icon-button" href=download(&file) download=file.name.clone() title=t.download aria-label=fill(t.download_file, &[&file.name])>{icon(Icon::Download)}</a>
                    <button type="button" class="icon-button" title=t.close aria-label=t.close on:click=pressing(move |_| desk.lightbox.set(None))>{icon(Icon::Close)}</button>
                </header>
                <div class="stage" on:click=pressing(move |_| desk.lightbox.set(None))>
                    <img src=source alt=fill(t.image_named, &[&file.name]) on:click=pressing(|click| click.stop_propagation())/>
                </div>
                <footer>
                    {turn(-1, Icon::Back, t.image_before, at > 0)}
                    {turn(1, Icon::Forward, t.image_after, at + 1 < all.len())}
                </footer>
            }
            .any(),
        )
    };
    view! {
        <dialog node_ref=node class="lightbox" aria-label=t.image on:close=move |_| desk.lightbox.set(None) on:keydown=keys>
            {dynamic(shown)}
        </dialog>
    }
    .any()
}
