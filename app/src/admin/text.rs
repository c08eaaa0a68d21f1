//! The texts of the console, so that chat's WebAssembly doesn't have them.

use std::ops::Deref;

use stoa_domain::access::Right;
use stoa_domain::person::Role;
use stoa_domain::room::{Privacy, RoomState, RoomType, Rule};

use crate::text::{self, Language, Text, texts};

/// The texts of this page: its own, and all others.
#[must_use]
pub fn use_text() -> &'static ConsoleText {
    of(text::use_text().language)
}

#[must_use]
pub fn of(language: Language) -> &'static ConsoleText {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

impl Deref for ConsoleText {
    type Target = Text;
    fn deref(&self) -> &Text {
        self.language.table()
    }
}

impl ConsoleText {
    /// `12,500`, or `12.500`.
    pub fn number(&self, count: impl TryInto<u64>) -> String {
        let digits = count.try_into().unwrap_or_default().to_string();
        let mark = match self.language {
            Language::English => ',',
            Language::German => '.',
        };
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }

    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Administrator => self.administrators,
            Role::UserAdministrator => self.user_administrators,
            Role::Auditor => self.auditors,
            Role::ComplianceOfficer => self.compliance_officers,
        }
    }

    pub fn role_help(&self, role: Role) -> &'static str {
        match role {
            Role::Administrator => self.administrators_help,
            Role::UserAdministrator => self.user_administrators_help,
            Role::Auditor => self.auditors_help,
            Role::ComplianceOfficer => self.compliance_officers_help,
        }
    }

    pub fn list(&self, word: &str) -> &'static str {
        match word {
            "members" => self.members,
            "managers" => self.managers,
            "presenters" => self.presenters,
            "excluded" => self.excluded,
            "allowed" => self.allowed,
            "denied" => self.denied,
            "creators" => self.creators,
            _ => "",
        }
    }

    pub fn rule(&self, rule: Rule) -> &'static str {
        match rule {
            Rule::AccountDisabled => self.rule_account_disabled,
            Rule::Denied => self.rule_denied,
            Rule::OutOfScope => self.rule_out_of_scope,
            Rule::Excluded => self.rule_excluded,
            Rule::RoomDisabled => self.rule_room_disabled,
            Rule::NotAMember => self.rule_not_a_member,
            Rule::Allowed => self.rule_allowed,
            Rule::Open => self.rule_open,
            Rule::Member => self.rule_member,
            Rule::Presenter => self.rule_presenter,
            Rule::Manager => self.rule_manager,
            Rule::CategoryManager => self.rule_category_manager,
            Rule::Administrator => self.rule_administrator,
            Rule::Auditor => self.rule_auditor,
        }
    }

    pub fn right(&self, right: Right) -> &'static str {
        match right.as_str() {
            "find" => self.right_find,
            "see_members" => self.right_see_members,
            "enter" => self.right_enter,
            "post" => self.right_post,
            "ask" => self.right_ask,
            "manage" => self.right_manage,
            _ => self.right_see_in_console,
        }
    }

    pub fn privacy_word(&self, privacy: Privacy) -> &'static str {
        match privacy {
            Privacy::Open => self.open,
            Privacy::Closed => self.closed,
            Privacy::Secret => self.secret,
        }
    }

    pub fn type_word(&self, kind: RoomType) -> &'static str {
        match kind {
            RoomType::Normal => self.normal,
            RoomType::Auditorium => self.auditorium,
        }
    }

    pub fn state_word(&self, state: RoomState) -> &'static str {
        match state {
            RoomState::Active => self.active,
            RoomState::Disabled => self.disabled,
        }
    }
}

texts! { ConsoleText {
    skip_to_content: "Skip to the content", "Zum Inhalt springen";
    overview: "Overview", "Übersicht";
    categories: "Categories", "Kategorien";
    rooms: "Rooms", "Räume";
    messages: "Messages", "Nachrichten";
    people: "People", "Personen";
    groups: "Groups", "Gruppen";
    units: "Units", "Einheiten";
    domains: "Federated domains", "Verbundene Domänen";
    roles: "Roles", "Rollen";
    pool: "Pool", "Pool";
    settings: "Settings", "Einstellungen";
    audit: "Audit log", "Prüfprotokoll";

    // Everywhere
    search: "Search", "Suchen";
    next_page: "Next page", "Nächste Seite";
    show_more: "Show more", "Mehr zeigen";
    apply: "Apply and record", "Anwenden und festhalten";
    done: "Done and recorded.", "Erledigt und festgehalten.";
    review: "Review and apply…", "Prüfen und anwenden …";
    remove: "Remove", "Entfernen";
    remove_named: "Remove {}", "{} entfernen";
    name: "Name", "Name";
    email: "E-mail", "E-Mail";
    password: "Password", "Passwort";
    active: "active", "aktiv";
    disabled: "disabled", "abgeschaltet";
    enable: "Enable", "Einschalten";
    disable: "Disable", "Abschalten";
    move_to: "Move…", "Verschieben …";
    inherit: "Inherit", "Erben";
    on: "On", "An";
    off: "Off", "Aus";
    until: "until", "bis";
    ended: "ended", "abgelaufen";
    everyone: "Everyone (all internal people)", "Alle (alle internen Personen)";
    gone: "no longer there, without effect", "nicht mehr da, ohne Wirkung";
    the_pool: "the pool", "dem Pool";
    not_yours: "You see that this exists; its lists are for who manages it.", "Du siehst, dass es das gibt; seine Listen sind für die, die es verwalten.";
    nothing_here: "There is nothing here.", "Hier ist nichts.";
    trouble: "This page can't be shown", "Diese Seite lässt sich nicht zeigen";
    may_not: "This part of the administration isn't for you.", "Dieser Teil der Verwaltung ist nicht für dich.";
    page_missing: "There is no such page", "Diese Seite gibt es nicht";

    // Changes
    discard: "Discard", "Verwerfen";
    working: "Working: {} of {}", "In Arbeit: {} von {}";
    type_name: "Type “{}” to confirm", "Zur Bestätigung „{}“ eingeben";
    working_out: "Working out who is affected…", "Es wird ermittelt, wen das betrifft …";
    nobody_affected: "Nobody gains or loses access.", "Niemand gewinnt oder verliert Zugang.";
    lose_access: "lose access", "verlieren Zugang";
    gain_access: "gain access", "gewinnen Zugang";
    rooms_touched: "rooms touched", "Räume betroffen";
    affected: "Who is affected", "Wen es betrifft";
    loses: "loses: {}", "verliert: {}";
    gains: "gains: {}", "gewinnt: {}";
    conflict_changed: "Somebody else has changed this meanwhile.", "Das hat inzwischen jemand anders geändert.";
    conflict_gone: "Somebody else has removed this meanwhile.", "Das hat inzwischen jemand anders entfernt.";
    field: "What", "Was";
    you_saw: "You saw", "Du hast gesehen";
    now_is: "It is now", "Jetzt ist es";
    yours: "Yours", "Deines";
    take_over: "Keep theirs", "Die andere Änderung behalten";
    redo_mine: "Make mine all the same", "Meine trotzdem machen";

    // Lists
    members: "Members", "Mitglieder";
    managers: "Managers", "Verwaltende";
    presenters: "Presenters", "Vortragende";
    excluded: "Excluded", "Ausgeschlossen";
    allowed: "Allowed", "Zugelassen";
    denied: "Denied", "Abgewiesen";
    creators: "Creators", "Anlegende";
    list_empty: "Nobody is on this list.", "Auf dieser Liste steht niemand.";
    list_longer: "The first {} are shown.", "Die ersten {} werden gezeigt.";
    whole_list: "The list as JSON", "Die Liste als JSON";
    add_who: "Add people, groups, units or domains", "Personen, Gruppen, Einheiten oder Domänen hinzufügen";
    add_people: "Add people or groups", "Personen oder Gruppen hinzufügen";
    until_optional: "until (optional)", "bis (freiwillig)";
    paste_many: "Paste many…", "Viele einfügen …";
    paste_help: "One address, sign-in name or group a line", "Je Zeile eine Adresse, ein Anmeldename oder eine Gruppe";
    take_known: "Take the known ones", "Die bekannten übernehmen";
    pasted: "{} taken.", "{} übernommen.";
    pasted_unknown: "{} taken; {} aren't known and stay here.", "{} übernommen; {} sind unbekannt und bleiben hier stehen.";
    pending: "{} to add, {} to remove", "{} kommen hinzu, {} gehen";
    leaving: "goes", "geht";
    coming: "comes", "kommt hinzu";
    n_found: "{} found", "{} gefunden";

    // Why
    at_place: "in", "in";
    on_list_of: " on the list “{}” of ", " auf der Liste „{}“ von ";
    rule_account_disabled: "The account is disabled", "Das Konto ist abgeschaltet";
    rule_denied: "Denied", "Abgewiesen";
    rule_out_of_scope: "Not in scope", "Nicht im Geltungsbereich";
    rule_excluded: "Excluded", "Ausgeschlossen";
    rule_room_disabled: "The room is disabled", "Der Raum ist abgeschaltet";
    rule_not_a_member: "Not a member", "Kein Mitglied";
    rule_allowed: "Allowed", "Zugelassen";
    rule_open: "The room is open", "Der Raum ist offen";
    rule_member: "Member", "Mitglied";
    rule_presenter: "Presenter", "Vortragend";
    rule_manager: "Manager", "Verwaltend";
    rule_category_manager: "Manager of the category", "Verwaltend in der Kategorie";
    rule_administrator: "Administrator", "Administration";
    rule_auditor: "Auditor", "Prüfend";
    right_find: "find", "finden";
    right_see_members: "see members", "Mitglieder sehen";
    right_enter: "enter", "betreten";
    right_post: "post", "schreiben";
    right_ask: "ask to join", "um Zugang bitten";
    right_manage: "manage", "verwalten";
    right_see_in_console: "see in the console", "in der Verwaltung sehen";

    // Categories
    find_category: "Find a category", "Kategorie suchen";
    new_category: "New category", "Neue Kategorie";
    tab_settings: "Settings", "Einstellungen";
    tab_scope: "Who is allowed", "Wer zugelassen ist";
    tab_managers: "Managers and creators", "Verwaltende und Anlegende";
    tab_members: "Default members", "Vorgegebene Mitglieder";
    tab_rooms: "Rooms", "Räume";
    tab_history: "History", "Verlauf";
    scope: "Scope", "Geltungsbereich";
    scope_inherit: "As above: all internal people whom the levels above let in", "Wie darüber: alle internen Personen, die die Ebenen darüber einlassen";
    scope_list: "Only those on the allowed list", "Nur wer auf der Liste der Zugelassenen steht";
    allowed_help: "Whom this category lets into any room below it. It can only narrow what the levels above allow.", "Wen diese Kategorie in die Räume darunter lässt. Sie kann nur einengen, was die Ebenen darüber zulassen.";
    allowed_unused: "This list has no effect while the scope is as above.", "Diese Liste hat keine Wirkung, solange der Geltungsbereich wie darüber ist.";
    denied_help: "Denied people stay out at every level below, whatever else lets them in.", "Abgewiesene bleiben auf jeder Ebene darunter draußen, was immer sie sonst einlässt.";
    managers_help: "They manage this category and everything below it.", "Sie verwalten diese Kategorie und alles darunter.";
    creators_help: "They create rooms here and below, and become their managers.", "Sie legen hier und darunter Räume an und verwalten diese dann.";
    default_members_help: "Members of every room below that inherits its members.", "Mitglieder jedes Raums darunter, der seine Mitglieder erbt.";
    inherit_members_above: "The default members of the level above count here, too", "Die vorgegebenen Mitglieder der Ebene darüber zählen auch hier";
    invitations: "Invitations", "Einladungen";
    files: "File posting", "Dateien posten";
    history: "Chat history", "Chatverlauf";
    locked: "locked for everything below", "für alles darunter gesperrt";
    effective_on: "on, from {}", "an, von {}";
    effective_off: "off, from {}", "aus, von {}";
    locked_by: "{} has locked this: what is set here has no effect", "{} hat das gesperrt: Was hier gesetzt ist, hat keine Wirkung";
    remove_category: "Remove category", "Kategorie entfernen";
    remove_category_text: "Only an empty category can be removed.", "Nur eine leere Kategorie lässt sich entfernen.";
    parent: "Below", "Unter";
    n_rooms_below: "{} rooms here and below", "{} Räume hier und darunter";
    tree: "Category tree", "Kategorienbaum";
    move_category: "Move {}", "{} verschieben";
    move_text: "Everything below goes with it; its scope and default members follow the new place.", "Alles darunter geht mit; Geltungsbereich und vorgegebene Mitglieder folgen dem neuen Ort.";

    // Rooms
    new_room: "New room", "Neuer Raum";
    create: "Create", "Anlegen";
    category: "Category", "Kategorie";
    state: "State", "Zustand";
    type_short: "Type", "Art";
    last_activity: "Last activity", "Zuletzt aktiv";
    n_messages: "Messages", "Nachrichten";
    any: "any", "beliebig";
    no_rooms_found: "No room fits.", "Kein Raum passt.";
    csv: "CSV", "CSV";
    room_members: "Members", "Mitglieder";
    room_managers: "Managers and presenters", "Verwaltende und Vortragende";
    room_access: "Who can enter", "Wer hineinkommt";
    room_requests: "Requests", "Anfragen";
    members_help: "Who may read here, beside those whom the category brings if the room inherits its members.", "Wer hier lesen darf, neben denen, die die Kategorie mitbringt, wenn der Raum seine Mitglieder erbt.";
    excluded_help: "They stay out of this room whatever else lets them in.", "Sie bleiben diesem Raum fern, was immer sie sonst einlässt.";
    room_managers_help: "They change every setting and list of the room.", "Sie ändern jede Einstellung und Liste des Raums.";
    presenters_help: "In an auditorium only they write.", "In einem Auditorium schreiben nur sie.";
    presenters_unused: "Presenters matter only in an auditorium; they may enter all the same.", "Vortragende zählen nur in einem Auditorium; eintreten dürfen sie trotzdem.";
    inherit_members: "The category's default members are members here, too", "Die vorgegebenen Mitglieder der Kategorie sind auch hier Mitglieder";
    disable_room: "Disable # {}", "# {} abschalten";
    disable_room_text: "Everyone is disconnected from the room at once, and nobody enters until it is enabled again. Settings and messages are kept.", "Alle werden sofort vom Raum getrennt, und niemand kommt hinein, bis er wieder eingeschaltet wird. Einstellungen und Nachrichten bleiben.";
    enable_room: "Enable # {}", "# {} einschalten";
    delete_room: "Delete # {}", "# {} löschen";
    delete_room_text: "The room is gone for everyone. What was said stays in the archive.", "Der Raum ist für alle weg. Was gesagt wurde, bleibt im Archiv.";
    delete: "Delete", "Löschen";
    move_room: "Move # {}", "# {} verschieben";
    clean_up: "Clean up messages", "Nachrichten aufräumen";
    open_in_chat: "Open in chat", "Im Chat öffnen";
    ask_person: "Why is somebody in, or not?", "Warum ist jemand drin, oder nicht?";
    nobody_enters: "Nobody can enter.", "Niemand kommt hinein.";
    person: "Person", "Person";
    may_enter: "may enter", "darf hinein";
    may_not_enter: "may not enter", "darf nicht hinein";
    all_who_enter: "Everyone who can enter", "Alle, die hineinkommen";
    created: "Created", "Angelegt";
    selected: "{} selected", "{} ausgewählt";
    select_named: "Select {}", "{} auswählen";
    bulk_disable_text: "{} rooms are disabled.", "{} Räume werden abgeschaltet.";

    // People
    add_person: "Add a person", "Person hinzufügen";
    add: "Add", "Hinzufügen";
    display_name: "Full name", "Voller Name";
    sign_in_name: "Sign-in name", "Anmeldename";
    password_hint: "At least 10 characters; without one nobody signs in until it is set.", "Mindestens 10 Zeichen; ohne meldet sich niemand an, bis eines gesetzt ist.";
    new_password: "New password", "Neues Passwort";
    password_ends: "Ends all their sessions.", "Beendet alle Sitzungen.";
    set_password: "Set password", "Passwort setzen";
    last_sign_in: "Last signed in", "Zuletzt angemeldet";
    never: "never", "nie";
    nobody_found: "Nobody is called that.", "So heißt niemand.";
    disable_person: "Disable {}", "{} abschalten";
    disable_person_text: "They are signed out everywhere and can't sign in until they are enabled again. Nothing of theirs is deleted.", "Alle Sitzungen enden, und niemand meldet sich damit an, bis das Konto wieder eingeschaltet wird. Nichts wird gelöscht.";
    enable_person: "Enable {}", "{} einschalten";
    profile: "Profile", "Profil";
    sign_in_state: "Sign-in", "Anmeldung";
    sign_out_everywhere: "Sign out everywhere", "Überall abmelden";
    holds_roles: "Roles", "Rollen";
    no_roles: "none", "keine";
    reaches: "What they reach", "Was erreichbar ist";

    // Groups, roles
    new_group: "New group", "Neue Gruppe";
    no_groups: "There are no groups that are called that.", "So heißt keine Gruppe.";
    n_people: "People", "Personen";
    group_members: "Members", "Mitglieder";
    group_members_help: "People, and groups whose people count too.", "Personen und Gruppen, deren Personen mitzählen.";
    delete_group: "Delete {}", "{} löschen";
    delete_group_text: "Lists that name it keep the entry without effect.", "Listen, die sie nennen, behalten den Eintrag ohne Wirkung.";
    administrators: "Administrators", "Administration";
    administrators_help: "Everything in the console. One enabled person has to hold this directly and without end.", "Alles in der Verwaltung. Eine eingeschaltete Person muss sie unmittelbar und ohne Ende innehaben.";
    user_administrators: "User administrators", "Personenverwaltung";
    user_administrators_help: "People, groups and sign-in; no rooms, no settings, nobody who holds a role.", "Personen, Gruppen und Anmeldung; keine Räume, keine Einstellungen, niemand mit einer Rolle.";
    auditors: "Auditors", "Prüfung";
    auditors_help: "See the whole console and the audit log, change nothing.", "Sehen die ganze Verwaltung und das Protokoll, ändern nichts.";
    compliance_officers: "Compliance officers", "Compliance";
    new_unit: "New unit", "Neue Einheit";
    no_units: "There are no units that are called that.", "So heißt keine Einheit.";
    units_help: "Organisational units: a list that names one names everybody in it and below it.", "Organisatorische Einheiten: Eine Liste, die eine nennt, nennt alle darin und darunter.";
    top: "at the top", "ganz oben";
    rename: "Rename", "Umbenennen";
    rename_named: "Rename {}", "{} umbenennen";
    new_domain: "New domain", "Neue Domäne";
    no_domains: "No partner's domain is called that.", "So heißt keine Domäne eines Partners.";
    domains_help: "Partners by their domains. A category lets them in by name at every level, never by inheritance.", "Partner nach ihren Domänen. Eine Kategorie lässt sie auf jeder Ebene namentlich ein, nie durch Erben.";
    dns_name: "In the DNS", "Im DNS";

    // The audit log
    action: "Action", "Vorgang";
    action_hint: "Action, such as room.", "Vorgang, etwa room.";
    object: "Object", "Gegenstand";
    object_hint: "Object, such as room:ID", "Gegenstand, etwa room:ID";
    from: "From", "Von";
    to: "To", "Bis";
    no_records: "No record fits.", "Kein Eintrag passt.";
    the_server: "the server", "der Server";
    from_where: "From where", "Woher";
    changes: "Changes", "Änderungen";
    before: "Before", "Vorher";
    after: "After", "Nachher";
    chain: "In the chain", "In der Kette";
    linked: "at {}, hash {}…", "an Stelle {}, Hash {} …";
    not_linked: "not yet", "noch nicht";
    verify: "Verify", "Prüfen";
    verifying: "{} records looked through…", "{} Einträge durchgesehen …";
    broken: "The log isn't whole: {}", "Das Protokoll ist nicht heil: {}";
    whole: "The log is whole: {} records.", "Das Protokoll ist heil: {} Einträge.";
    note_head: "Note its head, to compare with it later:", "Notiere seinen Kopf, um später damit zu vergleichen:";
    noted_head: "A head noted earlier (optional)", "Ein früher notierter Kopf (freiwillig)";

    // Messages
    messages_help: "Finds messages in rooms, and hides or replaces them. What is hidden can be brought back for a while; the archive keeps everything.", "Findet Nachrichten in Räumen und verbirgt oder ersetzt sie. Verborgenes lässt sich eine Weile zurückholen; das Archiv behält alles.";
    words: "Words", "Wörter";
    words_hint: "All of them stand in the message, whole.", "Alle stehen in der Nachricht, als ganze.";
    author: "Author", "Von wem";
    authors: "Authors", "Verfassende";
    rooms_hint: "Addresses or ids of rooms; empty for all.", "Adressen oder Kennungen von Räumen; leer für alle.";
    category_hint: "Address or id of a category, with all below it; empty for all.", "Adresse oder Kennung einer Kategorie mit allem darunter; leer für alle.";
    before_day: "Before", "Vor";
    action_find: "Find", "Finden";
    action_remove: "Remove", "Entfernen";
    action_replace: "Replace by a text", "Durch einen Text ersetzen";
    action_clear: "Clear", "Leeren";
    replacement: "Text that stands in their place", "Text, der an ihrer Stelle steht";
    dry_run: "Look first", "Erst ansehen";
    result: "What was found", "Was gefunden wurde";
    act_text: "{} messages in {} rooms.", "{} Nachrichten in {} Räumen.";
    act_on: "Apply to {} messages…", "Auf {} Nachrichten anwenden …";
    not_readable: "you may not read it", "du darfst ihn nicht lesen";
    queries: "Queries so far", "Bisherige Abfragen";
    no_queries: "There are none yet.", "Es gibt noch keine.";
    when: "When", "Wann";
    who: "Who", "Wer";
    n_rooms_short: "Rooms", "Räume";
    undo: "Undo", "Rückgängig";
    undo_text: "Everything that it hid is shown again.", "Alles, was sie verborgen hat, wird wieder gezeigt.";
    progress: "{} of {}", "{} von {}";
    state_done: "done", "erledigt";
    state_undone: "undone", "rückgängig gemacht";
    state_erased: "erased for good", "endgültig gelöscht";

    // Settings
    pool_name: "The pool's name", "Name des Pools";
    seconds: "Seconds", "Sekunden";
    characters: "Characters", "Zeichen";
    bytes: "Bytes", "Bytes";
    set_edit_window: "How long authors can edit", "Wie lange man Eigenes bearbeiten kann";
    set_undo_window: "How long a clean-up can be undone", "Wie lange ein Aufräumen zurückgenommen werden kann";
    set_message_limit: "Longest chat message", "Längste Chatnachricht";
    set_story_offer: "From here on a story is offered", "Ab hier wird ein Beitrag angeboten";
    set_story_limit: "Longest story", "Längster Beitrag";
    set_history_chunk: "Messages that a room opens with", "Nachrichten, mit denen ein Raum aufgeht";
    set_participant_limit: "People up to whom comings and goings are told", "Personen, bis zu denen Kommen und Gehen erzählt wird";
    set_password_min_length: "Shortest password", "Kürzestes Passwort";
    set_session_idle: "A session ends unused after", "Eine Sitzung endet ungenutzt nach";
    set_session_lifetime: "and at the latest after", "und spätestens nach";
    set_sign_in_failures: "Failed sign-ins before waiting", "Fehlversuche, bevor gewartet wird";
    set_operations: "Operations per second and person", "Vorgänge je Sekunde und Person";
    set_burst: "Operations that may come at once", "Vorgänge, die auf einmal kommen dürfen";
    set_rooms_per_socket: "Rooms that one connection may join", "Räume je Verbindung";
    disk_free: "{} of {} free", "{} von {} frei";
    n_disabled: "{} disabled", "{} abgeschaltet";
    online: "Online now", "Jetzt da";
    n_connections: "{} connections here", "{} Verbindungen hier";
    posts_last_hour: "Posts in the last hour", "Beiträge in der letzten Stunde";
    posts_per_minute: "Posts per minute", "Beiträge je Minute";
    chart_of: "{} posts in the last hour, at most {} in a minute", "{} Beiträge in der letzten Stunde, höchstens {} in einer Minute";
    database: "Database", "Datenbank";
    archive_queue: "Waiting for the archive", "Warten auf das Archiv";
    archive_queue_help: "records", "Einträge";
    version: "Version", "Version";
    running_since: "Running since", "Läuft seit";
    no_requests: "Nobody has asked to join.", "Niemand hat um Zugang gebeten.";
    said: "What they said", "Was dazu gesagt wurde";
    let_in_do: "Let in", "Hereinlassen";
    let_in_named: "Let {} in", "{} hereinlassen";
    refuse: "Refuse", "Ablehnen";
    refuse_named: "Refuse {}", "{} ablehnen";
    let_in: "was let in", "wurde hereingelassen";
    refused: "was refused", "wurde abgelehnt";
    as_of: "As of the end of", "Am Ende von";
    show: "Show", "Zeigen";
    select: "Select", "Auswählen";
    unit: "Unit", "Einheit";
    no_unit: "none", "keine";
    in_groups: "Groups", "Gruppen";
    through: "through {}", "durch {}";
    reaches_nothing: "No room.", "Kein Raum.";
    sign_out_text: "All their sessions end at once.", "Alle Sitzungen enden sofort.";
    import: "Import…", "Importieren …";
    import_title: "Import people", "Personen importieren";
    import_help: "A CSV file with the columns name, display_name, email, unit, groups, in any order.", "Eine CSV-Datei mit den Spalten name, display_name, email, unit, groups in beliebiger Reihenfolge.";
    file: "File", "Datei";
    check_file: "Check the file", "Datei prüfen";
    import_now: "Import", "Importieren";
    import_rest: "Import the others", "Die übrigen importieren";
    import_counts: "{} new, {} changed, {} as they are, {} refused", "{} neu, {} geändert, {} unverändert, {} abgelehnt";
    import_done: "Imported: {} new, {} changed.", "Importiert: {} neu, {} geändert.";
    line: "Line", "Zeile";
    column: "Column", "Spalte";
    problem_word: "Problem", "Problem";
    all_right: "Nothing needs your attention.", "Nichts braucht deine Aufmerksamkeit.";
    compliance_officers_help: "Search, hold and export the archive; nothing else.", "Durchsuchen, sperren und exportieren das Archiv; sonst nichts.";
    --
    n_rooms: "{} room", "{} rooms", "{} Raum", "{} Räume";
}}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_has_it() {
        let of = |count: u64| (ENGLISH.number(count), GERMAN.number(count));
        assert_eq!(of(0), ("0".to_owned(), "0".to_owned()));
        assert_eq!(of(999), ("999".to_owned(), "999".to_owned()));
        assert_eq!(of(1_234_567), ("1,234,567".to_owned(), "1.234.567".to_owned()));
    }
}
