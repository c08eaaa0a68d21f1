//! The files of the next message: how they are chosen, and how far they are.

use crate::words::size;
use leptos::prelude::*;

use crate::chat::desk::Desk;
use crate::live::Room;
use crate::live::uploads::{Stage, Upload};
use crate::text::{Text, fill, use_text};
use crate::ui::{Erase, Icon, IconButton, dynamic, icon};

/// The button, with the field that the browser's own choice belongs to.
pub fn attach(desk: Desk, t: &'static Text) -> AnyView {
    let field = NodeRef::<leptos::html::Input>::new();
    let chosen = move |_| {
        #[cfg(feature = "hydrate")]
        if let Some(field) = field.get_untracked() {
            if let Some(files) = field.files() {
                take(desk, &files);
            }
            // The same file can be chosen again.
            field.set_value("");
        }
    };
    let press = move |_| {
        #[cfg(feature = "hydrate")]
        if let Some(field) = field.get_untracked() {
            field.click();
        }
    };
    let may = move || desk.room.info.with(|info| info.upload);
    dynamic(move || {
        may().then(|| {
            view! {
                <input node_ref=field type="file" multiple hidden tabindex="-1" aria-label=t.attach on:change=chosen/>
                <IconButton icon=Icon::Clip label=t.attach class="needs-live" press=press/>
            }
            .any()
        })
    })
    .into_any()
}

/// The form that does the same without scripts.
pub fn plain(desk: Desk, t: &'static Text) -> AnyView {
    let room = desk.room;
    let may = move || room.info.with(|info| info.upload);
    dynamic(move || {
        may().then(|| {
            view! {
                <details class="no-script attaching">
                    <summary class="button quiet">{icon(Icon::Clip)} {t.attach}</summary>
                    <form method="post" action=crate::routes::files(room.id) enctype="multipart/form-data">
                        <input type="hidden" name="nonce" value=super::form::server_nonce()/>
                        <input class="input" name="body" placeholder=t.message_optional aria-label=t.message_optional/>
                        <input class="input" type="file" name="file" multiple required aria-label=t.files/>
                        <button class="button primary">{t.send}</button>
                    </form>
                </details>
            }
            .any()
        })
    })
    .into_any()
}

/// Takes files that were chosen, pasted or dropped; whether there were any.
#[cfg(feature = "hydrate")]
pub fn take(desk: Desk, files: &web_sys::FileList) -> bool {
    let files: Vec<web_sys::File> = (0..files.length()).filter_map(|index| files.item(index)).collect();
    if files.is_empty() || desk.editing.get_untracked().is_some() || !desk.room.info.with_untracked(|info| info.upload) {
        return false;
    }
    desk.room.upload(files);
    desk.focus_input();
    true
}

/// Takes what is pasted, if it is files.
pub fn pasted(desk: Desk, paste: &leptos::ev::ClipboardEvent) {
    #[cfg(feature = "hydrate")]
    if let Some(files) = paste.clipboard_data().and_then(|data| data.files())
        && take(desk, &files)
    {
        paste.prevent_default();
    }
    let _ = (desk, paste);
}

/// The files that wait for the message to be sent.
pub fn uploads(room: Room) -> AnyView {
    let t = use_text();
    let list = move || {
        room.uploads.with(|uploads| {
            if uploads.is_empty() {
                return None;
            }
            let lines: Vec<AnyView> = uploads.iter().map(|upload| line(room, t, upload)).collect();
            Some(view! { <ul class="uploads" aria-label=t.files>{lines}</ul> }.any())
        })
    };
    dynamic(list).into_any()
}

fn line(room: Room, t: &'static Text, upload: &Upload) -> AnyView {
    let key = upload.key;
    let state = match &upload.stage {
        Stage::Waiting => t.file_waits.to_owned(),
        Stage::Sending(_) => format!("{} %", upload.percent()),
        Stage::Held(_) => t.file_held.to_owned(),
        Stage::Done(_) => size(upload.size, t.language),
        Stage::Failed(problem) => t.problem(problem),
    };
    let failed = matches!(upload.stage, Stage::Failed(_));
    // What is refused for what it is would be refused again.
    let again = matches!(&upload.stage, Stage::Failed(problem) if !matches!(problem.status, 413 | 415));
    let discard = move |_| {
        #[cfg(feature = "hydrate")]
        room.discard_upload(key);
        let _ = (room, key);
    };
    let retry = move |_| {
        #[cfg(feature = "hydrate")]
        room.retry_upload(key);
        let _ = (room, key);
    };
    view! {
        <li class:failed=failed>
            {icon(Icon::File)}
            <span class="name" dir="auto" title=upload.name.clone()>{upload.name.clone()}</span>
            <span class="tiny faint" role=failed.then_some("alert")>{state}</span>
            {again.then(|| view! { <button type="button" class="button quiet" on:click=crate::ui::pressing(retry)>{t.retry}</button> }.any())}
            <button type="button" class="icon-button" title=t.remove aria-label=fill(t.remove_file, &[&upload.name]) on:click=crate::ui::pressing(discard)>{icon(Icon::Close)}</button>
            {upload.moves().then(|| view! { <progress max="100" value=upload.percent() aria-label=upload.name.clone()></progress> }.any())}
        </li>
    }
    .any()
}
