//! Every text that the live interface shows, English and German side by side (those that only plain
//! pages show are in `pages/text.rs`).
//! `{}` stands for a value, see [`fill`].

use leptos::prelude::*;
use stoa_domain::wire::problem::Problem;

/// A language that the interface speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    German,
}

impl Language {
    /// As it stands in `<html lang>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
    /// The first language of an `Accept-Language` (or a `lang`) that there is a table for.
    #[must_use]
    pub fn of(accepted: &str) -> Self {
        accepted
            .split(',')
            .map(|part| part.trim().split([';', '-']).next().unwrap_or_default())
            .find_map(|code| [Self::English, Self::German].into_iter().find(|language| language.code().eq_ignore_ascii_case(code)))
            .unwrap_or(Self::English)
    }
    pub(crate) const fn table(self) -> &'static Text {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

/// The texts of this page. Call it while a component is built, not later.
#[must_use]
pub fn use_text() -> &'static Text {
    use_context::<&'static Text>().unwrap_or(&ENGLISH)
}

/// The language that the server chose for this page.
#[cfg(feature = "hydrate")]
pub fn page_language() -> Language {
    let code = document().document_element().and_then(|root| root.get_attribute("lang"));
    Language::of(&code.unwrap_or_default())
}

/// Provides the texts to the whole page.
pub fn provide_text(language: Language) {
    provide_context(language.table());
}

/// Puts values into a text, in their order.
#[must_use]
pub fn fill(text: &str, values: &[&dyn std::fmt::Display]) -> String {
    let mut parts = text.split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        if let Some(value) = values.get(index) {
            use std::fmt::Write;
            let _ = write!(out, "{value}");
        }
        out.push_str(part);
    }
    out
}

impl Text {
    /// A count with its noun.
    #[must_use]
    pub fn count(&self, count: i64, (one, many): (&'static str, &'static str)) -> String {
        fill(if count == 1 { one } else { many }, &[&count])
    }

    /// What went wrong, for a person.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> String {
        // The server's detail is exact but English; the other language has at least the kind.
        match (&problem.detail, self.problem_of(problem.slug())) {
            (Some(detail), _) if self.language == Language::English => detail.clone(),
            (_, Some(text)) => text.to_owned(),
            _ => problem.text().to_owned(),
        }
    }

    /// The text for a problem's slug, as it stands in the address after a form that failed.
    #[must_use]
    pub fn problem_of(&self, slug: &str) -> Option<&'static str> {
        Some(match slug {
            "bad-credentials" => self.bad_credentials,
            "not-signed-in" => self.signed_out,
            "forbidden" => self.forbidden,
            "cross-site" => self.cross_site,
            "room-not-found" => self.no_such_room,
            "user-not-found" => self.no_such_person,
            "name-taken" => self.name_taken,
            "invalid" | "malformed" => self.invalid,
            "too-many-requests" => self.too_many,
            "last-administrator" => self.last_administrator,
            "unavailable" | "connection-lost" => self.unavailable,
            "conflict" => self.conflict,
            "internal" => self.internal,
            "file-too-large" => self.file_too_large,
            "quota-exceeded" | "store-full" => self.no_place,
            "file-type" => self.file_type,
            "file-withheld" => self.file_withheld,
            "store-away" => self.unavailable,
            _ => return None,
        })
    }
}

/// A table of texts: a field each, and a table for each language. Behind `--` the texts with a count.
macro_rules! texts {
    ($table:ident { $($name:ident: $english:literal, $german:literal;)+ -- $($count:ident: $e1:literal, $en:literal, $g1:literal, $gn:literal;)* }) => {
        pub struct $table {
            pub language: $crate::text::Language,
            $(pub $name: &'static str,)+
            $(pub $count: (&'static str, &'static str),)*
        }
        static ENGLISH: $table = $table { language: $crate::text::Language::English, $($name: $english,)+ $($count: ($e1, $en),)* };
        static GERMAN: $table = $table { language: $crate::text::Language::German, $($name: $german,)+ $($count: ($g1, $gn),)* };
    };
}
pub(crate) use texts;

texts! { Text {
    // Everywhere
    cancel: "Cancel", "Abbrechen";
    close: "Close", "Schließen";
    retry: "Try again", "Noch einmal";
    back: "Back", "Zurück";
    save: "Save", "Speichern";
    loading: "Loading", "Wird geladen";
    skip: "Skip to the messages", "Zu den Nachrichten springen";
    copied: "The link is copied.", "Der Link ist kopiert.";

    // Places
    chat: "Chat", "Chat";
    directory: "Directory", "Verzeichnis";
    administration: "Administration", "Verwaltung";
    new_room: "New room", "Neuer Raum";
    help: "Keyboard", "Tastatur";
    theme: "Light or dark", "Hell oder dunkel";
    main_menu: "Main", "Hauptmenü";
    account: "Your account", "Dein Konto";

    // Signing in
    sign_in: "Sign in", "Anmelden";
    sign_out: "Sign out", "Abmelden";
    sign_out_all: "Sign out everywhere", "Überall abmelden";

    // Rooms
    rooms: "Rooms", "Räume";
    filter_rooms: "Go to…", "Gehe zu …";
    favourites: "Favourites", "Favoriten";
    all_unread: "All unread", "Alles Ungelesene";
    add_favourite: "Add to favourites", "Zu den Favoriten";
    remove_favourite: "Remove from favourites", "Aus den Favoriten";
    no_rooms: "You aren't in any room yet.", "Du bist noch in keinem Raum.";
    no_rooms_hint: "Find one in the directory, or open a new one.", "Finde einen im Verzeichnis oder eröffne einen neuen.";
    all_read: "You have read everything.", "Du hast alles gelesen.";
    all_read_hint: "New messages will show up here.", "Neue Nachrichten erscheinen hier.";
    mark_all_read: "Mark all as read", "Alles als gelesen markieren";
    company: "Rooms", "Räume";
    open: "open", "offen";
    closed: "closed", "geschlossen";
    secret: "secret", "geheim";
    open_long: "Everyone finds it and may join.", "Alle finden ihn und können beitreten.";
    closed_long: "Everyone finds it; only its people join.", "Alle finden ihn; beitreten können nur seine Leute.";
    secret_long: "Only its people know of it.", "Nur seine Leute wissen von ihm.";
    normal: "normal", "normal";
    auditorium: "auditorium", "Auditorium";
    normal_long: "Whoever is in may write.", "Wer drin ist, darf schreiben.";
    chat_history: "Chat history", "Chatverlauf";
    not_kept: "not kept", "ohne Verlauf";
    not_kept_long: "What is written here can be read while you are here, and not looked up later.", "Was hier geschrieben wird, ist zu lesen, solange man da ist, und später nicht nachzuschlagen.";
    auditorium_long: "Only presenters write, the others read.", "Nur Vortragende schreiben, die anderen lesen mit.";
    details: "Details", "Details";
    about: "About", "Über den Raum";
    category: "Category", "Kategorie";
    privacy: "Privacy", "Sichtbarkeit";
    room_type: "Type", "Art";
    topic: "Topic", "Thema";
    description: "Description", "Beschreibung";
    here_now: "Here now", "Gerade hier";
    show_people: "Show everyone", "Alle zeigen";
    administer: "Manage room", "Raum verwalten";
    leave: "Leave room", "Raum verlassen";
    leave_title: "Leave {}?", "{} verlassen?";
    leave_text: "It goes from your list, and you aren't told of new messages any more. You can come back as long as you have access.", "Er verschwindet aus deiner Liste, und du erfährst nichts mehr von neuen Nachrichten. Solange du Zugang hast, kannst du zurückkommen.";
    join_room: "Join {}", "{} beitreten";
    preview: "You are looking at a room that you don't follow.", "Du siehst einen Raum, dem du nicht folgst.";
    no_such_room_title: "There is no such room", "Diesen Raum gibt es nicht";
    no_such_room: "Perhaps it was closed, or you may not enter it.", "Vielleicht wurde er geschlossen, oder du darfst ihn nicht betreten.";
    removed_title: "You are no longer in {}", "Du bist nicht mehr in {}";
    removed_text: "Your access to this room has ended. Ask one of its managers if you think that this is a mistake.", "Dein Zugang zu diesem Raum ist beendet. Frage jemanden, der ihn verwaltet, wenn du das für einen Irrtum hältst.";
    disabled_text: "This room is disabled. Its managers can enable it again.", "Dieser Raum ist abgeschaltet. Wer ihn verwaltet, kann ihn wieder einschalten.";
    to_chat: "To your rooms", "Zu deinen Räumen";

    // Joining
    invitations: "Invitations", "Einladungen";
    invited_to: "You are invited into {}.", "Du bist in {} eingeladen.";
    invited_by: "{} made you a member.", "{} hat dich zum Mitglied gemacht.";
    accept: "Accept", "Annehmen";
    decline: "Decline", "Ablehnen";
    accept_room: "Accept the invitation into {}", "Einladung in {} annehmen";
    decline_room: "Decline the invitation into {}", "Einladung in {} ablehnen";
    let_in: "You may enter {} now.", "Du darfst {} jetzt betreten.";
    turned_away: "Your request to join {} was refused.", "Deine Bitte, {} beizutreten, wurde abgelehnt.";
    enter_room: "Enter", "Betreten";
    understood: "OK", "OK";
    requests: "Requests to join", "Beitrittsanfragen";
    admit: "Let in", "Aufnehmen";
    turn_away: "Refuse", "Ablehnen";
    admit_person: "Let {} in", "{} aufnehmen";
    turn_away_person: "Refuse {}", "{} ablehnen";

    // The timeline
    messages: "Messages", "Nachrichten";
    beginning: "This is where {} begins.", "Hier beginnt {}.";
    nothing_yet: "Nothing has been written here yet.", "Hier hat noch niemand geschrieben.";
    older: "Older messages", "Ältere Nachrichten";
    newer: "Newer messages", "Neuere Nachrichten";
    new_since: "New since {}", "Neu seit {}";
    new_here: "New", "Neu";
    to_unread: "To the first unread", "Zum ersten Ungelesenen";
    send_by_control: "Enter makes a new line; Ctrl Enter sends", "Enter macht eine neue Zeile; Strg Enter sendet";
    to_latest: "To the latest", "Zu den neuesten";
    high: "high importance", "hohe Wichtigkeit";
    story: "Story", "Beitrag";
    read_story: "Read", "Lesen";
    fold_story: "Fold", "Einklappen";
    edited: "edited", "bearbeitet";
    deleted_by: "Deleted by {}", "Gelöscht von {}";
    deleted_own: "You deleted this", "Von dir gelöscht";
    replaced_by: "replaced by {}", "ersetzt von {}";
    withheld: "This message is not kept.", "Diese Nachricht wird nicht aufbewahrt.";
    gone: "a message that is gone", "eine Nachricht, die es nicht mehr gibt";
    in_reply: "In reply to {}", "Antwort an {}";
    reply: "Reply", "Antworten";
    react: "React", "Reagieren";
    edit: "Edit", "Bearbeiten";
    delete: "Delete", "Löschen";
    copy_link: "Copy link", "Link kopieren";
    delete_title: "Delete this message?", "Diese Nachricht löschen?";
    delete_text: "A note that it was deleted stays in its place.", "An ihrer Stelle bleibt ein Hinweis, dass sie gelöscht wurde.";
    sending: "Sending", "Wird gesendet";
    waiting: "Will be sent when the connection is back", "Wird gesendet, sobald die Verbindung wieder da ist";
    not_sent: "Not sent: {}", "Nicht gesendet: {}";
    discard: "Discard", "Verwerfen";
    reacted: "{} {}, press to take yours back", "{} {}, drücken nimmt deine zurück";
    reactions_of: "{} {}, press to join in", "{} {}, drücken schließt sich an";
    typing_one: "{} is typing…", "{} schreibt …";
    typing_two: "{} and {} are typing…", "{} und {} schreiben …";
    typing_many: "Several people are typing…", "Mehrere schreiben …";
    load_failed: "The messages can't be loaded: {}", "Die Nachrichten lassen sich nicht laden: {}";

    // The composer
    write_to: "Write to {}", "Schreiben an {}";
    send: "Send", "Senden";
    formatting: "Preview", "Vorschau";
    nothing_to_preview: "Nothing to preview yet.", "Noch nichts zu sehen.";
    emoji: "Emoji", "Emoji";
    mark_high: "Mark as highly important", "Als sehr wichtig markieren";
    as_story: "Write a story", "Beitrag schreiben";
    story_offer: "This is getting long: a story is folded to its title.", "Das wird lang: Ein Beitrag wird auf seinen Titel eingeklappt.";
    make_story: "Make it a story", "Zum Beitrag machen";
    subject: "Title", "Titel";
    replying_to: "Replying to {}", "Antwort an {}";
    editing: "Editing your message", "Du bearbeitest deine Nachricht";
    draft_saved: "draft saved", "Entwurf gesichert";
    characters_left: "{} left", "noch {}";
    too_long: "{} too long", "{} zu lang";
    readonly_auditorium: "Only presenters write here. You can read and react.", "Hier schreiben nur Vortragende. Du kannst lesen und reagieren.";
    readonly: "You may not write here.", "Du darfst hier nicht schreiben.";
    readonly_disabled: "This room is disabled.", "Dieser Raum ist abgeschaltet.";
    mention_people: "People to mention", "Personen zum Erwähnen";

    // Files
    attach: "Attach files", "Dateien anhängen";
    files: "Files", "Dateien";
    drop_here: "Drop files to attach them", "Dateien zum Anhängen loslassen";
    find_file: "Find a file by its name", "Datei nach Namen suchen";
    no_files: "There are no files here.", "Hier sind keine Dateien.";
    more_files: "More files", "Weitere Dateien";
    all_files: "All, with more ways to search", "Alle, mit mehr Wegen zu suchen";
    message_optional: "Message (optional)", "Nachricht (freiwillig)";
    to_message: "Go to the message", "Zur Nachricht";
    file_waits: "waits", "wartet";
    file_held: "goes on when the connection is back", "geht weiter, sobald die Verbindung wieder da ist";
    remove: "Remove", "Entfernen";
    remove_file: "Remove {}", "{} entfernen";
    download: "Download", "Herunterladen";
    download_file: "Download {}", "{} herunterladen";
    open_file: "Open", "Öffnen";
    open_original: "Open the original", "Das Original öffnen";
    file_too_large: "The file is too large.", "Die Datei ist zu groß.";
    no_place: "There is no place left for the file.", "Für die Datei ist kein Platz mehr.";
    file_type: "Files of this type may not be posted here.", "Dateien dieser Art dürfen hier nicht stehen.";
    file_lost: "The content of this file is lost.", "Der Inhalt dieser Datei ist verloren.";
    file_withheld: "A file is withheld: malware was found in it, or it can't be checked.", "Eine Datei wird zurückgehalten: In ihr wurde Schadsoftware gefunden, oder sie lässt sich nicht prüfen.";
    file_removed: "A file was removed.", "Eine Datei wurde entfernt.";
    file_checking: "It is being checked for malware.", "Sie wird auf Schadsoftware geprüft.";
    file_infected: "Withheld: malware was found in it.", "Zurückgehalten: In ihr wurde Schadsoftware gefunden.";
    file_unscannable: "Withheld: it can't be checked for malware.", "Zurückgehalten: Sie lässt sich nicht auf Schadsoftware prüfen.";
    show_beginning: "Show the beginning", "Anfang zeigen";
    file_goes_on: "The file goes on.", "Die Datei geht weiter.";
    no_preview: "There is no preview of this.", "Hiervon gibt es keine Vorschau.";
    image: "Image", "Bild";
    image_named: "Image {}", "Bild {}";
    image_of: "{} of {}", "{} von {}";
    image_before: "The image before", "Das Bild davor";
    image_after: "The image after", "Das Bild danach";

    // The connection
    offline: "You're offline. What you write is sent when the connection is back.", "Du bist offline. Was du schreibst, wird gesendet, sobald die Verbindung wieder da ist.";
    reconnecting: "Connecting again…", "Verbindung wird wieder aufgebaut …";
    connect_now: "Connect now", "Jetzt verbinden";
    session_ended: "Your session has ended.", "Deine Sitzung ist beendet.";

    // Switching, help
    switcher: "Go to a room", "Zu einem Raum gehen";
    switcher_empty: "No room is called that.", "So heißt kein Raum.";
    help_switch: "Go to a room", "Zu einem Raum gehen";
    help_next: "Next and previous room", "Nächster und voriger Raum";
    help_next_unread: "Next and previous unread room", "Nächster und voriger ungelesener Raum";
    help_edit: "Edit your last message (in an empty composer)", "Deine letzte Nachricht bearbeiten (im leeren Eingabefeld)";
    help_send: "Send", "Senden";
    help_line: "New line", "Neue Zeile";
    help_messages: "From message to message", "Von Nachricht zu Nachricht";
    help_read: "Mark this room as read, and go to its end", "Diesen Raum als gelesen markieren und ans Ende gehen";
    help_read_all: "Mark everything as read", "Alles als gelesen markieren";
    help_help: "This sheet", "Diese Übersicht";

    // The directory and new rooms


    // Problems
    bad_credentials: "Name or password is wrong.", "Name oder Passwort ist falsch.";
    signed_out: "Sign in to go on.", "Melde dich an, um fortzufahren.";
    forbidden: "You may not do this.", "Das darfst du nicht.";
    cross_site: "The request came from another site and was refused.", "Die Anfrage kam von einer anderen Website und wurde abgelehnt.";
    no_such_person: "There is no such person.", "Diese Person gibt es nicht.";
    name_taken: "The name is taken.", "Der Name ist vergeben.";
    invalid: "Something in the form can't be accepted. Check what you entered.", "Etwas im Formular lässt sich nicht annehmen. Prüfe deine Angaben.";
    too_many: "Too many tries. Wait a little and try again.", "Zu viele Versuche. Warte ein wenig und versuche es noch einmal.";
    last_administrator: "One enabled administrator has to remain.", "Ein eingeschaltetes Administratorkonto muss bleiben.";
    unavailable: "The server can't do this at the moment. Try again in a little while.", "Der Server kann das gerade nicht. Versuche es in Kürze noch einmal.";
    conflict: "This doesn't fit the present state.", "Das passt nicht zum jetzigen Stand.";
    internal: "Something went wrong on the server.", "Auf dem Server ist etwas schiefgegangen.";
    --
    n_here: "{} here", "{} here", "{} hier", "{} hier";
    n_unread: "{} unread", "{} unread", "{} ungelesen", "{} ungelesen";
    n_mentions: "{} mention", "{} mentions", "{} Erwähnung", "{} Erwähnungen";
    n_new: "{} new message", "{} new messages", "{} neue Nachricht", "{} neue Nachrichten";
    n_files: "{} file", "{} files", "{} Datei", "{} Dateien";
    n_words: "{} word", "{} words", "{} Wort", "{} Wörter";
    n_people_here: "{} person is here", "{} people are here", "{} Person ist hier", "{} Personen sind hier";
    n_requests: "{} asks to join", "{} ask to join", "{} bittet um Beitritt", "{} bitten um Beitritt";
    retry_in: "Trying again in {} second.", "Trying again in {} seconds.", "Neuer Versuch in {} Sekunde.", "Neuer Versuch in {} Sekunden.";
}}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_there_is_wins() {
        assert_eq!(Language::of("de-CH,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(Language::of("fr, en-GB;q=0.7, de"), Language::English);
        assert_eq!(Language::of(""), Language::English);
    }

    #[test]
    fn values_are_put_in_their_order() {
        assert_eq!(fill("{} and {}", &[&"a", &2]), "a and 2");
        assert_eq!(fill("no place", &[&1]), "no place");
    }
}
