//! The texts that only plain pages show, so that they aren't in the WebAssembly.

use std::ops::Deref;

use crate::text::{self, Language, Text, texts};

/// The texts of this page: its own, and all others.
#[must_use]
pub fn use_text() -> &'static PageText {
    match text::use_text().language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

impl Deref for PageText {
    type Target = Text;
    fn deref(&self) -> &Text {
        self.language.table()
    }
}

texts! { PageText {
    page_missing: "There is no such page", "Diese Seite gibt es nicht";
    page_missing_text: "The address leads nowhere.", "Die Adresse führt nirgendwohin.";
    active: "active", "aktiv";
    optional: "optional", "freiwillig";
    sign_in_title: "Sign in to Stoa", "Bei Stoa anmelden";
    name: "Name", "Name";
    password: "Password", "Passwort";
    display_name: "Full name", "Voller Name";
    setup_title: "Set up Stoa", "Stoa einrichten";
    setup_intro: "This creates the first administrator. The link works once.", "Damit entsteht das erste Administratorkonto. Der Link gilt einmal.";
    setup_done: "Stoa is set up already.", "Stoa ist schon eingerichtet.";
    setup_token: "Token from the link that the server printed", "Token aus dem Link, den der Server ausgegeben hat";
    setup_button: "Create administrator", "Administratorkonto anlegen";
    account_name_hint: "Letters, digits, dot, hyphen and underscore; others mention you by it.", "Buchstaben, Ziffern, Punkt, Binde- und Unterstrich; damit erwähnen dich andere.";
    password_hint: "At least 10 characters.", "Mindestens 10 Zeichen.";
    join: "Join", "Beitreten";
    open_room: "Open", "Öffnen";
    search: "Search", "Suchen";
    all_categories: "All categories", "Alle Kategorien";
    any_type: "Any type", "Jede Art";
    images: "Images", "Bilder";
    videos: "Video", "Videos";
    sounds: "Audio", "Ton";
    texts: "Text", "Texte";
    file_kind: "Type", "Art";
    files_by: "Files by {}", "Dateien von {}";
    files_by_anybody: "Files of everybody", "Dateien von allen";
    to_room: "To the room", "Zum Raum";
    any_privacy: "Any privacy", "Jede Sichtbarkeit";
    directory_empty: "No room that you may find fits.", "Kein Raum, den du finden darfst, passt.";
    more: "More", "Mehr";
    ask_manager: "Ask one of its managers to let you in.", "Bitte jemanden, der ihn verwaltet, um Zugang.";
    ask_to_join: "Ask to join", "Um Beitritt bitten";
    ask_room: "Ask to join {}", "Um Beitritt zu {} bitten";
    ask_text: "Why you would like to (optional)", "Warum du das möchtest (freiwillig)";
    ask_send: "Ask", "Bitten";
    asked: "Asked", "Angefragt";
    withdraw: "Take back", "Zurückziehen";
    withdraw_room: "Take back the request to join {}", "Die Anfrage für {} zurückziehen";
    create_room: "Create room", "Raum anlegen";
    may_not_create: "You may not create rooms. An administrator can give you that right in a category.", "Du darfst keine Räume anlegen. In einer Kategorie kann dir das jemand erlauben, der sie verwaltet.";
    top_level: "Top level", "Oberste Ebene";
    disabled: "disabled", "abgeschaltet";
    needed: "This is needed.", "Das wird gebraucht.";
    field_too_long: "This is too long.", "Das ist zu lang.";
    field_too_short: "This is too short.", "Das ist zu kurz.";
    field_character: "It has a character that isn't allowed.", "Darin ist ein Zeichen, das nicht erlaubt ist.";
    field_wrong: "This can't be accepted.", "Das lässt sich nicht annehmen.";
    --
}}
